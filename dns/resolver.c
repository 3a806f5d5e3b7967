/* dns/resolver.c - a look-up: from a name and a type to records, or to a reason why not.
 *
 *   ask > cache? > exchange > follow the aliases > answer, keep it in the cache
 *                     ^              |
 *                     +-- the target is not in the answer: ask for it
 *
 * Start reading at dns_resolver_ask(). Tests: tests/test_dns_resolver.c
 */
#include "dns/resolver.h"

#include "dns/cache.h"
#include "dns/exchange.h"
#include "dns/verdict.h"

#include <arpa/nameser.h>
#include <string.h>

struct DnsResolver {
    Net *net;
    NetChance *chance;
    DnsSettings settings; /* strings owned */
    DnsCache *cache;
    GQueue lookups; /* DnsLookup under way */
};

struct DnsLookup {
    DnsResolver *resolver;
    GList *link; /* in the resolver's queue */
    Trace *trace;
    char *name; /* what was asked for, clean */
    DnsType type;
    guint hops;            /* aliases followed so far */
    guint32 ttl_s;         /* the least TTL on the way; what the answer is kept for */
    DnsAnswer answer;      /* grows; canonical is the name the aliases led to so far */
    DnsExchange *exchange; /* the open question; NULL: none */
    NetTimer *known;       /* runs when the answer needs no question */
    DnsAnswered answered;
    void *data;
};

gboolean
dns_settings_add(DnsSettings *settings, const char *text)
{
    const char *colon = strrchr(text, ':');
    g_autofree char *address = colon != NULL ? g_strndup(text, (gsize)(colon - text)) : NULL;
    guint at = dns_settings_servers(settings);
    guint64 port;

    if (at == DNS_SERVERS_MAX || address == NULL || !g_hostname_is_ip_address(address) ||
        !net_parse_number(colon + 1, -1, 65535, &port) || port == 0)
        return FALSE;
    settings->servers[at].address = g_steal_pointer(&address);
    settings->servers[at].port = (guint16)port;
    return TRUE;
}

guint
dns_settings_servers(const DnsSettings *settings)
{
    guint count = 0;

    while (count < DNS_SERVERS_MAX && settings->servers[count].address != NULL)
        count++;
    return count;
}

void
dns_settings_system(DnsSettings *settings, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) words = g_strsplit_set(*line, " \t\r", -1);
        const char *address = NULL;

        if (words[0] == NULL || strcmp(words[0], "nameserver") != 0)
            continue;
        /* The first word behind it: there may be several spaces, and a remark at the end. */
        for (char **word = words + 1; *word != NULL && address == NULL; word++)
            address = **word != '\0' ? *word : NULL;
        g_autofree char *server = g_strdup_printf("%s:53", address != NULL ? address : "");
        dns_settings_add(settings, server);
    }
    if (dns_settings_servers(settings) == 0)
        dns_settings_add(settings, "127.0.0.1:53");
}

DnsResolver *
dns_resolver_new(Net *net, NetChance *chance, const DnsSettings *settings)
{
    DnsResolver *resolver = g_new0(DnsResolver, 1);

    resolver->net = net;
    resolver->chance = chance;
    resolver->settings = *settings;
    for (DnsServerAt *at = resolver->settings.servers; at->address != NULL; at++)
        at->address = g_strdup(at->address);
    resolver->settings.local = g_strdup(settings->local);
    if (settings->timeout_s <= 0)
        resolver->settings.timeout_s = DNS_TIMEOUT_S;
    if (settings->tries == 0)
        resolver->settings.tries = DNS_TRIES;
    resolver->cache = dns_cache_new();
    g_queue_init(&resolver->lookups);
    return resolver;
}

NetChance *
dns_resolver_chance(const DnsResolver *resolver)
{
    return resolver->chance;
}

void
dns_resolver_free(DnsResolver *resolver)
{
    if (resolver == NULL)
        return;
    while (resolver->lookups.head != NULL)
        dns_lookup_cancel(resolver->lookups.head->data);
    dns_cache_free(resolver->cache);
    for (DnsServerAt *at = resolver->settings.servers; at->address != NULL; at++)
        g_free((char *)at->address);
    g_free((char *)resolver->settings.local);
    g_free(resolver);
}

void
dns_resolver_flush(DnsResolver *resolver)
{
    dns_cache_clear(resolver->cache);
}

void
dns_lookup_cancel(DnsLookup *lookup)
{
    if (lookup == NULL)
        return;
    g_queue_delete_link(&lookup->resolver->lookups, lookup->link);
    net_unbusy(lookup->resolver->net);
    dns_exchange_free(lookup->exchange);
    net_timer_stop(&lookup->known);
    trace_free(lookup->trace);
    g_ptr_array_unref(lookup->answer.records);
    g_free(lookup->answer.canonical);
    g_free(lookup->name);
    g_free(lookup);
}

/* ---- the end ---- */

static void
dns_lookup_finish(DnsLookup *lookup)
{
    dns_verdict_tell(lookup->trace, lookup->name, lookup->type, &lookup->answer, lookup->ttl_s);
    lookup->answer.event = trace_last(lookup->trace);
    lookup->answered(&lookup->answer, lookup->data);
    dns_lookup_cancel(lookup);
}

/* ---- from a message to an answer ---- */

static void
dns_lookup_settle(DnsLookup *lookup, DnsOutcome outcome)
{
    lookup->answer.outcome = outcome;
    if (outcome == DNS_FOUND || outcome == DNS_NO_DATA || outcome == DNS_NO_NAME)
        dns_cache_put(lookup->resolver->cache, lookup->name, lookup->type, &lookup->answer,
                      lookup->ttl_s, net_clock_now_s(net_clock(lookup->resolver->net)));
    dns_lookup_finish(lookup);
}

static const DnsRecord *
dns_lookup_alias(const GPtrArray *records, const char *name)
{
    for (guint i = 0; i < records->len; i++) {
        const DnsRecord *record = g_ptr_array_index(records, i);

        if (record->type == DNS_CNAME && dns_name_equal(record->name, name))
            return record;
    }
    return NULL;
}

/* Takes the records that @message has for the name we have come to. */
static void
dns_lookup_take(DnsLookup *lookup, const DnsMessage *message)
{
    for (guint i = 0; i < message->answers->len; i++) {
        const DnsRecord *record = g_ptr_array_index(message->answers, i);

        if ((record->type != lookup->type && lookup->type != DNS_ANY) ||
            !dns_name_equal(record->name, lookup->answer.canonical))
            continue;
        lookup->ttl_s = MIN(lookup->ttl_s, record->ttl_s);
        g_ptr_array_add(lookup->answer.records, dns_record_copy(record));
    }
}

/* Walks from alias to alias as far as @message knows (RFC 1034 §3.6.2). FALSE: too far. */
static gboolean
dns_lookup_walk(DnsLookup *lookup, const DnsMessage *message)
{
    for (;;) {
        const DnsRecord *alias = dns_lookup_alias(message->answers, lookup->answer.canonical);

        dns_lookup_take(lookup, message);
        if (lookup->answer.records->len > 0 || alias == NULL)
            return TRUE;
        /* Aliases may point in a circle. */
        if (++lookup->hops > DNS_CHAIN_MAX)
            return FALSE;
        lookup->ttl_s = MIN(lookup->ttl_s, alias->ttl_s);
        g_free(lookup->answer.canonical);
        lookup->answer.canonical = g_strdup(alias->text);
    }
}

/* "No" is kept as long as the SOA with it says; without one, not at all (RFC 2308 §5). */
static void
dns_lookup_refuse(DnsLookup *lookup, const DnsMessage *message, DnsOutcome outcome)
{
    const DnsRecord *soa = message->soa;

    if (soa == NULL || !dns_name_is_within(lookup->answer.canonical, soa->name))
        lookup->ttl_s = 0;
    else
        lookup->ttl_s = MIN(lookup->ttl_s, MIN(soa->ttl_s, dns_record_soa_minimum(soa)));
    dns_lookup_settle(lookup, outcome);
}

static void dns_lookup_exchanged(DnsOutcome outcome, const DnsMessage *message, void *data);

static void
dns_lookup_question(DnsLookup *lookup)
{
    DnsResolver *resolver = lookup->resolver;

    lookup->exchange =
        dns_exchange_start(resolver->net, resolver->chance, &resolver->settings, lookup->trace,
                           lookup->answer.canonical, lookup->type, dns_lookup_exchanged, lookup);
}

/* An alias whose target the server did not look up for us: a question of its own. */
static void
dns_lookup_go_on(DnsLookup *lookup)
{
    trace_put_text(lookup->trace, "canonical", lookup->answer.canonical);
    trace_put_arrow(lookup->trace, "dns", "host", "CNAME");
    trace_dns(lookup->trace, STAGE_DNS, "RFC 1034 §3.6.2",
              "%s is an alias of %s, and the answer says no more: asking for that name",
              lookup->name, lookup->answer.canonical);
    dns_exchange_free(lookup->exchange);
    dns_lookup_question(lookup);
}

static void
dns_lookup_message(DnsLookup *lookup, const DnsMessage *message)
{
    guint hops = lookup->hops;

    if (message->rcode != ns_r_noerror && message->rcode != ns_r_nxdomain) {
        dns_lookup_settle(lookup, DNS_SERVFAIL);
        return;
    }
    if (!dns_lookup_walk(lookup, message)) {
        dns_lookup_settle(lookup, DNS_BAD);
        return;
    }
    if (lookup->answer.records->len > 0)
        dns_lookup_settle(lookup, DNS_FOUND);
    else if (message->rcode == ns_r_nxdomain)
        dns_lookup_refuse(lookup, message, DNS_NO_NAME);
    else if (lookup->hops > hops && message->soa == NULL)
        dns_lookup_go_on(lookup);
    else if (message->referral)
        dns_lookup_settle(lookup, DNS_SERVFAIL); /* we asked for the whole work, and got a hint */
    else
        dns_lookup_refuse(lookup, message, DNS_NO_DATA);
}

static void
dns_lookup_exchanged(DnsOutcome outcome, const DnsMessage *message, void *data)
{
    DnsLookup *lookup = data;

    lookup->resolver->settings.first = dns_exchange_answered_by(lookup->exchange);
    if (outcome == DNS_FOUND)
        dns_lookup_message(lookup, message);
    else
        dns_lookup_settle(lookup, outcome);
}

/* ---- asking ---- */

static void
dns_lookup_known(void *data)
{
    DnsLookup *lookup = data;

    lookup->known = NULL;
    dns_lookup_finish(lookup);
}

/* The answer needs no question. It comes with the next turn, as the header promises. */
static void
dns_lookup_answer_soon(DnsLookup *lookup)
{
    lookup->known = net_timer_start(net_clock(lookup->resolver->net), NET_TIMER_GUARD, 0,
                                    dns_lookup_known, lookup);
}

static gboolean
dns_lookup_from_cache(DnsLookup *lookup)
{
    DnsResolver *resolver = lookup->resolver;
    const DnsAnswer *known =
        dns_cache_get(resolver->cache, lookup->name, lookup->type,
                      net_clock_now_s(net_clock(resolver->net)), &lookup->ttl_s);

    if (known == NULL)
        return FALSE;
    g_ptr_array_unref(lookup->answer.records);
    g_free(lookup->answer.canonical);
    lookup->answer.outcome = known->outcome;
    lookup->answer.records = dns_records_copy(known->records);
    lookup->answer.canonical = g_strdup(known->canonical);
    lookup->answer.cached = TRUE;
    return TRUE;
}

DnsLookup *
dns_resolver_ask(DnsResolver *resolver, Trace *trace, const char *name, DnsType type,
                 DnsAnswered answered, void *data)
{
    DnsLookup *lookup = g_new0(DnsLookup, 1);
    char *clean = dns_name_clean(name);

    lookup->resolver = resolver;
    lookup->trace = trace == NULL ? NULL : trace_fork(trace);
    lookup->name = clean != NULL ? clean : g_strdup(name);
    lookup->type = type;
    lookup->ttl_s = DNS_CACHE_TTL_MAX;
    lookup->answer.records = dns_records_new();
    lookup->answer.canonical = g_strdup(lookup->name);
    lookup->answered = answered;
    lookup->data = data;
    g_queue_push_tail(&resolver->lookups, lookup);
    lookup->link = resolver->lookups.tail;
    net_busy(resolver->net);

    if (clean == NULL) {
        /* What breaks the limits of a name can't exist (RFC 1035 §2.3.4). */
        lookup->answer.outcome = DNS_NO_NAME;
        dns_lookup_answer_soon(lookup);
    } else if (dns_lookup_from_cache(lookup)) {
        dns_lookup_answer_soon(lookup);
    } else {
        dns_lookup_question(lookup);
    }
    return lookup;
}
