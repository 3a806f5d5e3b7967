/* dns/exchange_tcp.c - the question again over TCP, because the answer did not fit a datagram.
 *
 *   connected --question--> a length, and so many octets      then the exchange is settled
 *
 * There is one try, as long as one over UDP. What goes wrong with it ends the exchange: the server
 * that cut its answer has nothing more to say.
 * Tests: tests/test_dns_resolver_liar.c
 */
#include "dns/exchange_inside.h"

#include <arpa/nameser.h>

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

void
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
