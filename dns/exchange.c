/* dns/exchange.c - one question to a name server, over UDP and if need be over TCP.
 *
 * Each try has a socket of its own and a new id, so that whoever wants to answer in the server's
 * place must guess both (RFC 5452 §9.2). What does not fit the question is told and passed over,
 * and the wait goes on.
 * Start reading at dns_exchange_try(). Tests: tests/test_dns_resolver.c
 */
#include "dns/exchange.h"

#include "dns/asking.h"

#include "trace/fault.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <string.h>

#define STRAYS_MAX 20 /* wrong answers to one question; then somebody is guessing */

struct DnsExchange {
    Net *net;
    NetChance *chance;
    const DnsSettings *settings;
    Trace *trace;         /* the look-up's */
    DnsQuestion question; /* name owned; the id is new with each try */
    guint first;          /* of the servers: asked in the first try */
    guint try;            /* from 1 */
    guint strays;         /* answers that were none of ours */
    NetUdp *udp;          /* of this try; NULL: none open */
    NetConn *tcp;         /* after TC; NULL: none open */
    NetTimer *patience;   /* until this try is given up */
    gint64 late_us;       /* a fault: when this try's answer may be seen, steady time; 0: at once */
    GBytes *late;         /* an answer that came and is held back; NULL: none */
    NetTimer *late_timer; /* until it may be seen */
    NetTimer *settled;    /* runs once the end is known; then @done is called */
    DnsOutcome outcome;
    DnsMessage *message; /* owned; NULL: none came */
    DnsExchanged done;
    void *data;
};

static void dns_exchange_try(DnsExchange *exchange);
static void dns_exchange_tcp(DnsExchange *exchange);

/* ---- whose turn it is ---- */

static guint
dns_exchange_turn(const DnsExchange *exchange)
{
    return (exchange->first + exchange->try - 1) % dns_settings_servers(exchange->settings);
}

static const DnsServerAt *
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
static void
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
static void
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
dns_exchange_arrived_late(void *data)
{
    DnsExchange *exchange = data;
    g_autoptr(GBytes) late = g_steal_pointer(&exchange->late);
    gsize length;
    const guint8 *octets = g_bytes_get_data(late, &length);

    exchange->late_timer = NULL;
    dns_exchange_arrived(exchange, octets, length);
}

/* As if the network took its time with it: by then this try may have been given up. One at a time:
 * an answer that comes behind another late one would find nobody either. */
static void
dns_exchange_hold_back(DnsExchange *exchange, const guint8 *octets, gsize length)
{
    NetClock *clock = net_clock(exchange->net);
    gint64 wait_us = exchange->late_us - net_clock_steady_us(clock);

    if (exchange->late != NULL)
        return;
    exchange->late = g_bytes_new(octets, length);
    exchange->late_timer = net_timer_start(clock, NET_TIMER_GUARD, MAX(wait_us, 0),
                                           dns_exchange_arrived_late, exchange);
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

/* ---- TCP, after an answer that was cut ---- */

static void
dns_exchange_tcp_opened(NetConn *conn, void *owner)
{
    DnsExchange *exchange = owner;
    g_autoptr(GBytes) question = dns_message_ask(&exchange->question, TRUE);
    gsize length;
    const char *octets = g_bytes_get_data(question, &length);

    net_conn_write(conn, octets, length);
}

/* Two octets of length, then the message (RFC 1035 §4.2.2). */
static void
dns_exchange_tcp_input(NetConn *conn, void *owner)
{
    DnsExchange *exchange = owner;
    gsize there;
    const guint8 *octets = (const guint8 *)net_buffer_peek(net_conn_input(conn), &there);
    DnsMessage *message;
    const char *why;
    gsize length;

    if (exchange->settled != NULL || there < 2)
        return;
    length = ns_get16(octets);
    if (there < 2 + length)
        return;
    message = dns_message_read(octets + 2, length, &exchange->question, &why);
    if (message == NULL || message->truncated) {
        dns_message_free(message);
        dns_exchange_settle(exchange, DNS_BAD, NULL);
        return;
    }
    dns_exchange_settle(exchange, DNS_FOUND, message);
}

static void
dns_exchange_tcp_expired(NetConn *conn G_GNUC_UNUSED, void *owner)
{
    DnsExchange *exchange = owner;

    if (exchange->settled == NULL)
        dns_exchange_settle(exchange, DNS_TIMEOUT, NULL);
}

static void
dns_exchange_tcp_closed(NetConn *conn G_GNUC_UNUSED, void *owner, const GError *why)
{
    DnsExchange *exchange = owner;

    exchange->tcp = NULL;
    if (exchange->settled != NULL)
        return;
    trace_error(exchange->trace, STAGE_DNS, "The name server ended the connection: %s",
                why == NULL ? "without an answer" : why->message);
    dns_exchange_settle(exchange, DNS_BAD, NULL);
}

static const NetHandler dns_exchange_handler = {
    .opened = dns_exchange_tcp_opened,
    .input = dns_exchange_tcp_input,
    .expired = dns_exchange_tcp_expired,
    .closed = dns_exchange_tcp_closed,
};

static void
dns_exchange_tcp(DnsExchange *exchange)
{
    const DnsSettings *settings = exchange->settings;
    const DnsServerAt *server = dns_exchange_server(exchange);

    net_timer_stop(&exchange->patience);
    net_chance_secret(exchange->chance, (guint8 *)&exchange->question.id, 2);
    trace_put_arrow(exchange->trace, "dns", "host", "cut (TC)");
    trace_dns(exchange->trace, STAGE_DNS, "RFC 7766 §5",
              "The answer did not fit a datagram (TC is set): asking again over TCP");
    exchange->tcp = net_connect(exchange->net, settings->local, server->address, server->port,
                                &dns_exchange_handler, exchange);
    net_conn_deadline(exchange->tcp, settings->timeout_s);
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

/* An answer made here, as the fault wants it. @lie: an address, or a host to be sent on to. */
static void
dns_exchange_pretend(DnsExchange *exchange, guint rcode, const char *lie)
{
    DnsMessage *message = g_new0(DnsMessage, 1);
    g_autofree char *host = lie == NULL ? NULL : dns_name_clean(lie);
    guint8 address[NS_INADDRSZ];

    message->rcode = rcode;
    message->answers = dns_records_new();
    if (lie != NULL && inet_pton(AF_INET, lie, address) == 1)
        g_ptr_array_add(message->answers,
                        dns_record_new(exchange->question.name, DNS_A, 0, 0, lie));
    else if (host != NULL)
        g_ptr_array_add(message->answers,
                        dns_record_new(exchange->question.name, DNS_CNAME, 0, 0, host));
    dns_exchange_settle(exchange, DNS_FOUND, message);
}

/* What somebody wants to go wrong with this try. TRUE: the question is not to be sent. */
static gboolean
dns_exchange_fault(DnsExchange *exchange)
{
    Trace *trace = exchange->trace;
    const TraceFault *fault;

    if (trace_fault(trace, STAGE_DNS, "dns-timeout") != NULL)
        return TRUE;
    if (trace_fault(trace, STAGE_DNS, "dns-nxdomain") != NULL) {
        dns_exchange_pretend(exchange, ns_r_nxdomain, NULL);
        return TRUE;
    }
    if (trace_fault(trace, STAGE_DNS, "dns-servfail") != NULL) {
        dns_exchange_pretend(exchange, ns_r_servfail, NULL);
        return TRUE;
    }
    if (exchange->question.type == DNS_A &&
        (fault = trace_fault(trace, STAGE_DNS, "dns-lie")) != NULL) {
        dns_exchange_pretend(exchange, ns_r_noerror, fault->parameter);
        return TRUE;
    }
    if ((fault = trace_fault(trace, STAGE_DNS, "dns-late")) != NULL) {
        double delay_s = CLAMP(g_ascii_strtod(fault->parameter, NULL), 0, 3600);

        exchange->late_us =
            net_clock_steady_us(net_clock(exchange->net)) + (gint64)(delay_s * NET_SECOND);
    }
    return FALSE;
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
