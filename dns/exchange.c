/* dns/exchange.c - one question to a name server, over UDP: try, wait, try again.
 *
 * Each try has a socket of its own and a new id, so that whoever wants to answer in the server's
 * place must guess both (RFC 5452 §9.2). What does not fit the question is told and passed over,
 * and the wait goes on.
 * Start reading at dns_exchange_try(). An answer that was cut is asked for again in exchange_tcp.c.
 * Tests: tests/test_dns_resolver.c, tests/test_dns_resolver_liar.c
 */
#include "dns/exchange_inside.h"

#include "dns/asking.h"

#include <arpa/nameser.h>
#include <string.h>

#define STRAYS_MAX 20 /* wrong answers to one question; then somebody is guessing */

static void dns_exchange_try(DnsExchange *exchange);

/* ---- whose turn it is ---- */

static guint
dns_exchange_turn(const DnsExchange *exchange)
{
    return (exchange->first + exchange->try - 1) % dns_settings_servers(exchange->settings);
}

const DnsServerAt *
dns_exchange_server(const DnsExchange *exchange)
{
    return &exchange->settings->servers[dns_exchange_turn(exchange)];
}

static guint
dns_exchange_tries(const DnsExchange *exchange)
{
    return exchange->settings->tries * dns_settings_servers(exchange->settings);
}

static gboolean
dns_exchange_is_last(const DnsExchange *exchange)
{
    return exchange->try >= dns_exchange_tries(exchange);
}

guint
dns_exchange_answered_by(const DnsExchange *exchange)
{
    return dns_exchange_turn(exchange);
}

/* ---- the end ---- */

static void
dns_exchange_tell(void *data)
{
    DnsExchange *exchange = data;

    exchange->settled = NULL;
    exchange->done(exchange->outcome, exchange->message, exchange->data);
}

/* The end is known. It's told from a timer that is due at once: so never before
 * dns_exchange_start() has returned, nor from within a socket's own callback. */
void
dns_exchange_settle(DnsExchange *exchange, DnsOutcome outcome, DnsMessage *message)
{
    g_assert(exchange->settled == NULL);
    net_timer_stop(&exchange->patience);
    exchange->outcome = outcome;
    exchange->message = message;
    exchange->settled =
        net_timer_start(net_clock(exchange->net), NET_TIMER_GUARD, 0, dns_exchange_tell, exchange);
}

static void
dns_exchange_close(DnsExchange *exchange)
{
    if (exchange->udp != NULL)
        net_udp_close(exchange->udp);
    if (exchange->tcp != NULL)
        net_conn_close(exchange->tcp);
    exchange->udp = NULL;
    exchange->tcp = NULL;
}

void
dns_exchange_free(DnsExchange *exchange)
{
    if (exchange == NULL)
        return;
    dns_exchange_close(exchange);
    net_timer_stop(&exchange->patience);
    net_timer_stop(&exchange->late_timer);
    g_clear_pointer(&exchange->late, g_bytes_unref);
    net_timer_stop(&exchange->settled);
    dns_message_free(exchange->message);
    g_free(exchange->question.name);
    g_free(exchange);
}

/* ---- what comes back ---- */

/* An answer that isn't one: told, counted, and otherwise ignored (RFC 5452 §9.1). */
static void
dns_exchange_stray(DnsExchange *exchange, const char *from, const char *why)
{
    trace_put_text(exchange->trace, "server", from);
    trace_put_text(exchange->trace, "outcome", "ignored");
    trace_put_arrow(exchange->trace, "dns", "host", "not ours");
    trace_dns(exchange->trace, STAGE_DNS, "RFC 5452 §9.1",
              "Something came from %s that does not answer our question: %s; it is ignored", from,
              why);
    if (++exchange->strays >= STRAYS_MAX)
        dns_exchange_settle(exchange, DNS_BAD, NULL);
}

/* The same server, in the way of 1987: it knows nothing of EDNS (RFC 6891 §6.2.2). */
static void
dns_exchange_without_edns(DnsExchange *exchange)
{
    trace_put_arrow(exchange->trace, "dns", "host", "no EDNS");
    trace_dns(exchange->trace, STAGE_DNS, "RFC 6891 §6.2.2",
              "%s does not understand EDNS: asking again without it",
              dns_exchange_server(exchange)->address);
    exchange->question.edns = FALSE;
    exchange->try--;
}

/* This one can't say; another may. */
static void
dns_exchange_next_server(DnsExchange *exchange, const DnsMessage *message)
{
    trace_put_arrow(exchange->trace, "dns", "host", "failure");
    trace_put_number(exchange->trace, "rcode", message->rcode);
    trace_dns(exchange->trace, STAGE_DNS, "RFC 1034 §5.3.3",
              "%s can't say (RCODE %u): asking the next name server",
              dns_exchange_server(exchange)->address, message->rcode);
}

/* A whole answer to our question. Is it the last word? */
static void
dns_exchange_take(DnsExchange *exchange, DnsMessage *message)
{
    gboolean old = exchange->question.edns &&
                   (message->rcode == ns_r_formerr || message->rcode == ns_r_notimpl);
    gboolean another = message->rcode != ns_r_noerror && message->rcode != ns_r_nxdomain &&
                       dns_settings_servers(exchange->settings) > 1 &&
                       !dns_exchange_is_last(exchange);

    if (!old && !another) {
        dns_exchange_settle(exchange, DNS_FOUND, message);
        return;
    }
    if (old)
        dns_exchange_without_edns(exchange);
    else
        dns_exchange_next_server(exchange, message);
    dns_message_free(message);
    net_timer_stop(&exchange->patience);
    dns_exchange_close(exchange);
    dns_exchange_try(exchange);
}

/* Something from the server we asked. Is it the answer to this try's question? */
void
dns_exchange_arrived(DnsExchange *exchange, const guint8 *octets, gsize length)
{
    DnsMessage *message;
    const char *why;

    if (exchange->settled != NULL || exchange->tcp != NULL)
        return;
    message = dns_message_read(octets, length, &exchange->question, &why);
    if (message == NULL) {
        dns_exchange_stray(exchange, dns_exchange_server(exchange)->address, why);
        return;
    }
    if (!message->truncated) {
        dns_exchange_take(exchange, message);
        return;
    }
    dns_message_free(message);
    dns_exchange_tcp(exchange);
}

static void
dns_exchange_datagram(NetUdp *udp, const guint8 *octets, gsize length, const char *from,
                      guint16 port, void *data)
{
    DnsExchange *exchange = data;

    if (exchange->settled != NULL || udp != exchange->udp || exchange->tcp != NULL)
        return;
    if (strcmp(from, dns_exchange_server(exchange)->address) != 0 ||
        port != dns_exchange_server(exchange)->port)
        dns_exchange_stray(exchange, from, "we did not ask there");
    else if (exchange->late_us > 0)
        dns_exchange_hold_back(exchange, octets, length);
    else
        dns_exchange_arrived(exchange, octets, length);
}

/* ---- a try ---- */

static void
dns_exchange_expired(void *data)
{
    DnsExchange *exchange = data;
    const DnsSettings *settings = exchange->settings;
    gboolean last = dns_exchange_is_last(exchange);

    exchange->patience = NULL;
    trace_put_text(exchange->trace, "outcome", "timeout");
    trace_put_number(exchange->trace, "try", exchange->try);
    trace_put_arrow(exchange->trace, "dns", "host", "timeout");
    trace_dns(exchange->trace, STAGE_DNS, "RFC 1035 §4.2.1",
              "No answer from %s within %g s, try %u of %u%s",
              dns_exchange_server(exchange)->address, settings->timeout_s, exchange->try,
              dns_exchange_tries(exchange), last ? "" : ": asking again");
    dns_exchange_close(exchange);
    if (last)
        dns_exchange_settle(exchange, exchange->strays > 0 ? DNS_BAD : DNS_TIMEOUT, NULL);
    else
        dns_exchange_try(exchange);
}

static void
dns_exchange_send(DnsExchange *exchange)
{
    g_autoptr(GBytes) question = dns_message_ask(&exchange->question, FALSE);
    const DnsServerAt *server = dns_exchange_server(exchange);
    g_autoptr(GError) error = NULL;
    gsize length;
    const guint8 *octets = g_bytes_get_data(question, &length);

    /* A datagram that can't be sent is as good as one that got lost: the next try may do better. */
    if (!net_udp_send(exchange->udp, octets, length, server->address, server->port, &error))
        trace_error(exchange->trace, STAGE_DNS, "The question could not be sent: %s",
                    error->message);
}

static void
dns_exchange_try(DnsExchange *exchange)
{
    const DnsSettings *settings = exchange->settings;
    const char *local = settings->local;
    g_autoptr(GError) error = NULL;

    exchange->try++;
    exchange->late_us = 0;
    net_chance_secret(exchange->chance, (guint8 *)&exchange->question.id, 2);
    if (local == NULL)
        local = strchr(dns_exchange_server(exchange)->address, ':') != NULL ? "::" : "0.0.0.0";
    exchange->udp = net_udp_open(exchange->net, local, 0, dns_exchange_datagram, exchange, &error);
    if (exchange->udp == NULL) {
        trace_error(exchange->trace, STAGE_DNS, "No socket to ask DNS with: %s", error->message);
        dns_exchange_settle(exchange, DNS_TIMEOUT, NULL);
        return;
    }
    exchange->patience =
        net_timer_start(net_clock(exchange->net), NET_TIMER_GUARD,
                        (gint64)(settings->timeout_s * NET_SECOND), dns_exchange_expired, exchange);
    dns_asking_tell(exchange->trace, &exchange->question, dns_exchange_server(exchange)->address,
                    exchange->try, dns_exchange_tries(exchange));
    if (!dns_exchange_fault(exchange))
        dns_exchange_send(exchange);
}

DnsExchange *
dns_exchange_start(Net *net, NetChance *chance, const DnsSettings *settings, Trace *trace,
                   const char *name, DnsType type, DnsExchanged done, void *data)
{
    DnsExchange *exchange = g_new0(DnsExchange, 1);

    exchange->net = net;
    exchange->chance = chance;
    exchange->settings = settings;
    exchange->trace = trace;
    exchange->question.name = g_strdup(name);
    exchange->question.type = type;
    exchange->question.edns = TRUE;
    exchange->first = settings->first;
    exchange->done = done;
    exchange->data = data;
    dns_exchange_try(exchange);
    return exchange;
}
