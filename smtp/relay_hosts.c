/* smtp/relay_hosts.c - which host is next, at which address? (RFC 5321 §5.1)
 *
 *   route > an address: that is it
 *         > a name: its addresses
 *         > MX: hosts by preference > we are one of them? cut the list there > addresses, at most 5
 *
 * We may stand in the list ourselves, as a second mail host that keeps mail while the first is
 * down. Mail must then go towards the better ones only; sent to an equal or a worse one it would
 * come back, and go round for ever.
 *
 * Start reading at smtp_relay_hosts_find(). Tests: tests/test_smtp_relay.c
 */
#include "smtp/relay_hosts.h"

#include "smtp/route.h"

struct SmtpRelayHosts {
    const SmtpHost *host;
    Trace *trace; /* the relay's */
    SmtpRoute route;
    DnsMxLookup *lookup; /* the open question, or NULL */
    NetTimer *soon;      /* answers what need not be asked, in the next turn */
    SmtpRelayHostsFound found;
    void *data;
};

static void
smtp_next_host_free(gpointer data)
{
    SmtpNextHost *next = data;

    g_free(next->name);
    g_free(next->address);
    g_free(next);
}

static void
smtp_relay_hosts_add(GPtrArray *hosts, const char *name, const char *address, guint16 port,
                     guint16 preference, gboolean known)
{
    SmtpNextHost *next = g_new0(SmtpNextHost, 1);

    next->name = g_strdup(name);
    next->address = g_strdup(address);
    next->port = port;
    next->preference = preference;
    next->known = known;
    g_ptr_array_add(hosts, next);
}

void
smtp_relay_hosts_cancel(SmtpRelayHosts *hosts)
{
    if (hosts == NULL)
        return;
    dns_mx_cancel(hosts->lookup);
    net_timer_stop(&hosts->soon);
    smtp_route_clear(&hosts->route);
    g_free(hosts);
}

/* ---- the answer ---- */

static void
smtp_relay_hosts_answer(SmtpRelayHosts *hosts, GPtrArray *found, const SmtpReply *why,
                        guint64 event)
{
    SmtpRelayHostsFound call = hosts->found;
    void *data = hosts->data;

    smtp_relay_hosts_cancel(hosts);
    call(data, found, why, event);
}

static void
smtp_relay_hosts_refuse(SmtpRelayHosts *hosts, const char *enhanced, const char *why, guint64 event)
{
    SmtpReply reason = { 0 };

    smtp_reply_set_reason(&reason, enhanced, why);
    smtp_relay_hosts_answer(hosts, NULL, &reason, event);
    smtp_reply_clear(&reason);
}

static gboolean
smtp_relay_hosts_is_us(const SmtpSettings *settings, const DnsMxHost *mx)
{
    for (char **address = mx->addresses; *address != NULL; address++)
        if (smtp_route_is_us(settings, *address))
            return TRUE;
    return g_ascii_strcasecmp(mx->name, settings->hostname) == 0;
}

/* How many of the sorted @mx may be used: those strictly before our own preference. */
static guint
smtp_relay_hosts_before_us(const SmtpRelayHosts *hosts, const GPtrArray *mx)
{
    for (guint i = 0; i < mx->len; i++) {
        const DnsMxHost *us = g_ptr_array_index(mx, i);
        guint before = i;

        if (!smtp_relay_hosts_is_us(hosts->host->settings, us))
            continue;
        while (before > 0 &&
               ((DnsMxHost *)g_ptr_array_index(mx, before - 1))->preference == us->preference)
            before--;
        trace_put_number(hosts->trace, "usable", before);
        trace_decision(hosts->trace, STAGE_RELAY, "RFC 5321 §5.1",
                       "%s is ourselves: mail goes only to hosts before preference %u", us->name,
                       us->preference);
        return before;
    }
    return mx->len;
}

static GPtrArray *
smtp_relay_hosts_flatten(const DnsMxAnswer *answer, guint usable, guint16 port)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(smtp_next_host_free);

    for (guint i = 0; i < usable; i++) {
        const DnsMxHost *one = g_ptr_array_index(answer->hosts, i);
        guint most = i + 1 < usable ? SMTP_RELAY_ADDRESSES_OF : SMTP_RELAY_ADDRESSES_MAX;

        for (guint n = 0; n < most && one->addresses[n] != NULL; n++)
            if (found->len < SMTP_RELAY_ADDRESSES_MAX)
                smtp_relay_hosts_add(found, one->name, one->addresses[n], port, one->preference,
                                     answer->cached);
    }
    return found;
}

static void
smtp_relay_hosts_answered(const DnsMxAnswer *answer, void *data)
{
    SmtpRelayHosts *hosts = data;
    gboolean by_mx = hosts->route.kind == SMTP_ROUTE_MX;
    guint16 port = by_mx ? hosts->host->settings->relay_port : hosts->route.port;
    guint usable;

    hosts->lookup = NULL;
    trace_follow(hosts->trace, answer->event);
    if (answer->outcome != DNS_MX_HOSTS) {
        smtp_relay_hosts_refuse(hosts, dns_mx_outcome_status(answer->outcome), answer->why,
                                answer->event);
        return;
    }
    usable = by_mx || port == hosts->host->settings->relay_port
                 ? smtp_relay_hosts_before_us(hosts, answer->hosts)
                 : answer->hosts->len;
    if (usable == 0) {
        smtp_relay_hosts_refuse(hosts, "5.4.6",
                                "the best mail host of the domain is this one, which does not "
                                "take its mail: it would go round in a circle",
                                trace_last(hosts->trace));
        return;
    }
    smtp_relay_hosts_answer(hosts, smtp_relay_hosts_flatten(answer, usable, port), NULL,
                            answer->event);
}

/* Nothing to ask: the route names an address, or the domain has become ours since the message was
 * queued. Mail to ourselves would go round in a circle. */
static void
smtp_relay_hosts_soon(void *data)
{
    SmtpRelayHosts *hosts = data;
    const SmtpSettings *settings = hosts->host->settings;
    GPtrArray *found = NULL;

    hosts->soon = NULL;
    if (hosts->route.kind == SMTP_ROUTE_LOCAL || (smtp_route_is_us(settings, hosts->route.host) &&
                                                  hosts->route.port == settings->relay_port)) {
        smtp_relay_hosts_refuse(hosts, "5.4.6", "the next host would be this one",
                                trace_last(hosts->trace));
        return;
    }
    found = g_ptr_array_new_with_free_func(smtp_next_host_free);
    smtp_relay_hosts_add(found, hosts->route.host, hosts->route.host, hosts->route.port, 0, FALSE);
    smtp_relay_hosts_answer(hosts, found, NULL, trace_last(hosts->trace));
}

/* Silent: that the domain is not ours was decided, and told, when the message came. */
static void
smtp_relay_hosts_route(const SmtpSettings *settings, const char *domain, SmtpRoute *route)
{
    SmtpAddress address = { .domain = (char *)domain, .literal = domain[0] == '[' };

    smtp_route_decide(settings, NULL, &address, route);
}

char *
smtp_relay_hosts_destination(const SmtpSettings *settings, const char *domain)
{
    g_auto(SmtpRoute) route = { 0 };

    smtp_relay_hosts_route(settings, domain, &route);
    if (route.kind == SMTP_ROUTE_HOST)
        return g_strdup_printf("via %s:%u", route.host, route.port);
    return g_ascii_strdown(domain, -1);
}

SmtpRelayHosts *
smtp_relay_hosts_find(const SmtpHost *host, Trace *trace, const char *domain,
                      SmtpRelayHostsFound found, void *data)
{
    SmtpRelayHosts *hosts = g_new0(SmtpRelayHosts, 1);
    gboolean named;

    hosts->host = host;
    hosts->trace = trace;
    hosts->found = found;
    hosts->data = data;
    smtp_relay_hosts_route(host->settings, domain, &hosts->route);
    named = hosts->route.kind == SMTP_ROUTE_HOST && !g_hostname_is_ip_address(hosts->route.host);
    if (hosts->route.kind == SMTP_ROUTE_MX)
        hosts->lookup =
            dns_mx_lookup(host->resolver, trace, domain, smtp_relay_hosts_answered, hosts);
    else if (named)
        hosts->lookup = dns_mx_lookup_host(host->resolver, trace, hosts->route.host,
                                           smtp_relay_hosts_answered, hosts);
    else
        hosts->soon =
            net_timer_start(net_clock(host->net), NET_TIMER_GUARD, 0, smtp_relay_hosts_soon, hosts);
    return hosts;
}
