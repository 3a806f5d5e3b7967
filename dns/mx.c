/* dns/mx.c - which hosts take mail for a domain, and where they are (RFC 5321 §5.1).
 *
 *   dns_mx_lookup() > dns_mx_answer() > dns_mx_choose() > dns_mx_next_address() > dns_mx_finish()
 *     MX?               found? no?          sort, shuffle     A? AAAA? of each host
 *
 * What the answers mean is decided in dns/mx_outcome.c, in which order the hosts are tried in
 * dns/mx_order.c. One question at a time: slower than all at once, but a reader can follow it.
 * Tests: tests/test_dns_mx.c
 */
#include "dns/mx_inside.h"

struct DnsMxLookup {
    DnsResolver *resolver;
    NetChance *chance; /* the resolver's; for ties */
    Trace *trace;
    char *domain;
    DnsLookup *question;  /* the open one; NULL: none */
    GPtrArray *hosts;     /* DnsMxHost, in the order to be tried; addresses come in one by one */
    guint at;             /* the host whose addresses are asked for */
    DnsType kind;         /* DNS_A or DNS_AAAA: what is asked for of it */
    GPtrArray *addresses; /* of that host so far, NULL-terminated at the end */
    guint unanswered;     /* questions for an address that nobody answered */
    gboolean asked;       /* something was not in the cache */
    DnsMxAnswered answered;
    void *data;
};

static void dns_mx_next_address(DnsMxLookup *lookup);

const char *
dns_mx_outcome_name(DnsMxOutcome outcome)
{
    switch (outcome) {
    case DNS_MX_HOSTS: return "hosts";
    case DNS_MX_NULL: return "null-mx";
    case DNS_MX_NO_DOMAIN: return "no-domain";
    case DNS_MX_NO_HOST: return "no-host";
    case DNS_MX_LATER: return "later";
    }
    g_assert_not_reached();
}

DnsMxHost *
dns_mx_host_new(const char *name, guint16 preference, gboolean implicit)
{
    DnsMxHost *host = g_new0(DnsMxHost, 1);

    host->name = g_strdup(name);
    host->preference = preference;
    host->implicit = implicit;
    return host;
}

void
dns_mx_host_free(DnsMxHost *host)
{
    g_free(host->name);
    g_strfreev(host->addresses);
    g_free(host);
}

void
dns_mx_cancel(DnsMxLookup *lookup)
{
    if (lookup == NULL)
        return;
    dns_lookup_cancel(lookup->question);
    g_ptr_array_unref(lookup->hosts);
    g_ptr_array_unref(lookup->addresses);
    trace_free(lookup->trace);
    g_free(lookup->domain);
    g_free(lookup);
}

/* ---- the end ---- */

static void
dns_mx_finish(DnsMxLookup *lookup, DnsMxOutcome outcome, const char *why)
{
    DnsMxAnswer answer = {
        .outcome = outcome,
        .hosts = lookup->hosts,
        .why = why,
        .event = trace_last(lookup->trace),
        .cached = !lookup->asked,
    };

    if (outcome != DNS_MX_HOSTS)
        g_ptr_array_set_size(lookup->hosts, 0);
    lookup->answered(&answer, lookup->data);
    dns_mx_cancel(lookup);
}

/* Tells the decision that ends the look-up, then ends it. */
static void
dns_mx_refuse(DnsMxLookup *lookup, DnsMxOutcome outcome, const char *rfc, const char *why)
{
    trace_put_text(lookup->trace, "domain", lookup->domain);
    trace_put_text(lookup->trace, "outcome", dns_mx_outcome_name(outcome));
    trace_decision(lookup->trace, STAGE_DNS, rfc, "%s: %s", lookup->domain, why);
    dns_mx_finish(lookup, outcome, why);
}

void
dns_mx_put_hosts(Trace *trace, const char *key, const GPtrArray *hosts, gboolean addresses)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < hosts->len; i++) {
        const DnsMxHost *host = g_ptr_array_index(hosts, i);
        g_autofree char *list = addresses ? g_strjoinv(" ", host->addresses) : NULL;

        g_ptr_array_add(texts, addresses ? g_strdup_printf("%s %s", host->name, list)
                                         : g_strdup_printf("%u %s", host->preference, host->name));
    }
    g_ptr_array_add(texts, NULL);
    trace_put_list(trace, key, (const char *const *)texts->pdata);
}

/* All hosts have been asked for: those without an address are out. */
static void
dns_mx_conclude(DnsMxLookup *lookup)
{
    const DnsMxHost *first;
    DnsMxOutcome outcome;

    for (guint i = lookup->hosts->len; i > 0; i--)
        if (((DnsMxHost *)g_ptr_array_index(lookup->hosts, i - 1))->addresses == NULL)
            g_ptr_array_remove_index(lookup->hosts, i - 1);
    outcome = dns_mx_outcome_of_addresses(lookup->hosts->len, lookup->unanswered);
    if (outcome != DNS_MX_HOSTS) {
        dns_mx_refuse(lookup, outcome, "RFC 5321 §5.1",
                      outcome == DNS_MX_LATER
                          ? "no answer about the addresses of its mail hosts: try again later"
                          : "none of its mail hosts has an address; that is an error, and final");
        return;
    }
    first = g_ptr_array_index(lookup->hosts, 0);
    trace_put_text(lookup->trace, "domain", lookup->domain);
    trace_put_text(lookup->trace, "outcome", dns_mx_outcome_name(DNS_MX_HOSTS));
    dns_mx_put_hosts(lookup->trace, "hosts", lookup->hosts, TRUE);
    trace_decision(lookup->trace, STAGE_DNS, "RFC 5321 §5.1", "Mail for %s goes to %s at %s%s",
                   lookup->domain, first->name, first->addresses[0],
                   lookup->hosts->len > 1 ? "; the others are tried if that fails" : "");
    dns_mx_finish(lookup, DNS_MX_HOSTS, "its mail hosts and their addresses are known");
}

/* ---- addresses ---- */

/* An MX that names an alias is against the rules; most servers deliver all the same, and so do we. */
static void
dns_mx_check_alias(DnsMxLookup *lookup, const DnsMxHost *host, const DnsAnswer *answer)
{
    if (host->implicit || answer->outcome != DNS_FOUND || lookup->kind != DNS_A ||
        dns_name_equal(answer->canonical, host->name))
        return;
    trace_put_text(lookup->trace, "canonical", answer->canonical);
    trace_put_text(lookup->trace, "outcome", "alias");
    trace_decision(lookup->trace, STAGE_DNS, "RFC 2181 §10.3",
                   "%s is an alias, which an MX must not name; its address is used all the same",
                   host->name);
}

static void
dns_mx_address(const DnsAnswer *answer, void *data)
{
    DnsMxLookup *lookup = data;
    DnsMxHost *host = g_ptr_array_index(lookup->hosts, lookup->at);

    lookup->question = NULL;
    lookup->asked |= !answer->cached;
    trace_follow(lookup->trace, answer->event);
    dns_mx_check_alias(lookup, host, answer);
    for (guint i = 0; i < answer->records->len; i++) {
        const DnsRecord *record = g_ptr_array_index(answer->records, i);

        g_ptr_array_add(lookup->addresses, g_strdup(record->text));
    }
    if (answer->outcome >= DNS_SERVFAIL)
        lookup->unanswered++;
    if (lookup->kind == DNS_A && answer->outcome != DNS_NO_NAME) {
        lookup->kind = DNS_AAAA;
        dns_mx_next_address(lookup);
        return;
    }
    if (lookup->addresses->len > 0) {
        g_ptr_array_add(lookup->addresses, NULL);
        host->addresses = (char **)g_ptr_array_steal(lookup->addresses, NULL);
    }
    lookup->at++;
    lookup->kind = DNS_A;
    dns_mx_next_address(lookup);
}

static void
dns_mx_next_address(DnsMxLookup *lookup)
{
    const DnsMxHost *host;

    if (lookup->at == lookup->hosts->len) {
        dns_mx_conclude(lookup);
        return;
    }
    host = g_ptr_array_index(lookup->hosts, lookup->at);
    lookup->question = dns_resolver_ask(lookup->resolver, lookup->trace, host->name, lookup->kind,
                                        dns_mx_address, lookup);
}

/* ---- the MX records ---- */

/* No MX at all: the domain's own address takes its mail, as in the time before MX. */
static void
dns_mx_tell_implicit(DnsMxLookup *lookup)
{
    trace_put_text(lookup->trace, "domain", lookup->domain);
    trace_put_text(lookup->trace, "outcome", "implicit");
    trace_decision(lookup->trace, STAGE_DNS, "RFC 5321 §5.1",
                   "%s has no MX: the domain itself is taken as its mail host (implicit MX)",
                   lookup->domain);
}

static void
dns_mx_choose(DnsMxLookup *lookup, const GPtrArray *records)
{
    if (!dns_mx_order_choose(lookup->domain, records, lookup->hosts)) {
        dns_mx_refuse(lookup, DNS_MX_NULL, "RFC 7505 §3",
                      "its only mail host is \".\", a null MX: the domain takes no mail");
        return;
    }
    if (records->len == 0)
        dns_mx_tell_implicit(lookup);
    else
        dns_mx_order(lookup->trace, lookup->domain, lookup->hosts, lookup->chance);
    dns_mx_next_address(lookup);
}

static void
dns_mx_answer(const DnsAnswer *answer, void *data)
{
    DnsMxLookup *lookup = data;
    DnsMxOutcome outcome = dns_mx_outcome_of(answer->outcome);

    lookup->question = NULL;
    lookup->asked |= !answer->cached;
    trace_follow(lookup->trace, answer->event);
    if (outcome == DNS_MX_HOSTS)
        dns_mx_choose(lookup, answer->records);
    else
        dns_mx_refuse(lookup, outcome, "RFC 5321 §5.1",
                      outcome == DNS_MX_LATER
                          ? "no answer about its mail hosts: try again later"
                          : "the domain does not exist; that is an error, and final");
}

static DnsMxLookup *
dns_mx_new(DnsResolver *resolver, Trace *trace, const char *domain, DnsMxAnswered answered,
           void *data)
{
    DnsMxLookup *lookup = g_new0(DnsMxLookup, 1);

    lookup->resolver = resolver;
    lookup->chance = dns_resolver_chance(resolver);
    lookup->trace = trace == NULL ? NULL : trace_fork(trace);
    lookup->domain = g_strdup(domain);
    lookup->hosts = g_ptr_array_new_with_free_func((GDestroyNotify)dns_mx_host_free);
    lookup->addresses = g_ptr_array_new_with_free_func(g_free);
    lookup->kind = DNS_A;
    lookup->answered = answered;
    lookup->data = data;
    return lookup;
}

DnsMxLookup *
dns_mx_lookup(DnsResolver *resolver, Trace *trace, const char *domain, DnsMxAnswered answered,
              void *data)
{
    DnsMxLookup *lookup = dns_mx_new(resolver, trace, domain, answered, data);

    lookup->question =
        dns_resolver_ask(resolver, lookup->trace, domain, DNS_MX, dns_mx_answer, lookup);
    return lookup;
}

DnsMxLookup *
dns_mx_lookup_host(DnsResolver *resolver, Trace *trace, const char *host, DnsMxAnswered answered,
                   void *data)
{
    DnsMxLookup *lookup = dns_mx_new(resolver, trace, host, answered, data);

    g_ptr_array_add(lookup->hosts, dns_mx_host_new(host, 0, TRUE));
    dns_mx_next_address(lookup);
    return lookup;
}
