/* dns/server.c - carries questions to dns/answer.c and the answers back.
 *
 *   UDP   a datagram in, a datagram out
 *   TCP   two octets of length, then a message; both ways, again and again (RFC 7766 §6.2.1)
 *
 * Tests: tests/test_dns_server.c
 */
#include "dns/server.h"

#include "dns/answer.h"
#include "dns/message.h"

#include <arpa/nameser.h>

struct DnsServer {
    Net *net;
    Trace *trace;
    GPtrArray *zones; /* DnsZone, owned */
    NetUdp *udp;
    NetListener *listener;
    GQueue callers; /* DnsCaller */
};

/* One TCP connection. */
typedef struct DnsCaller {
    DnsServer *server;
    NetConn *conn;
    GList *link;     /* in the server's queue */
    guint questions; /* answered so far */
} DnsCaller;

GPtrArray *
dns_zones_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)dns_zone_free);
}

static void
dns_server_datagram(NetUdp *udp, const guint8 *octets, gsize length, const char *from, guint16 port,
                    void *data)
{
    DnsServer *server = data;
    g_autoptr(GBytes) answer = dns_answer_question(server->zones, octets, length, DNS_UDP_MAX);
    const guint8 *reply;
    gsize count;

    if (answer == NULL)
        return;
    reply = g_bytes_get_data(answer, &count);
    /* Lost is lost: who asks over UDP asks again. */
    net_udp_send(udp, reply, count, from, port, NULL);
}

/* ---- TCP ---- */

static void
dns_caller_free(DnsCaller *caller)
{
    g_queue_delete_link(&caller->server->callers, caller->link);
    g_free(caller);
}

static void
dns_caller_close(DnsCaller *caller)
{
    net_conn_close(caller->conn);
    dns_caller_free(caller);
}

/* FALSE: the connection is over, by a message that isn't worth an answer or by the limits. */
static gboolean
dns_caller_answer(DnsCaller *caller, const guint8 *octets, gsize length)
{
    g_autoptr(GBytes) answer =
        dns_answer_question(caller->server->zones, octets, length, DNS_MESSAGE_MAX);
    guint8 prefix[2];
    gsize count;
    const char *reply;

    if (answer == NULL || net_conn_is_full(caller->conn))
        return FALSE;
    reply = g_bytes_get_data(answer, &count);
    ns_put16(count, prefix);
    net_conn_write(caller->conn, (const char *)prefix, sizeof prefix);
    net_conn_write(caller->conn, reply, count);
    return ++caller->questions < DNS_SERVER_QUESTIONS;
}

static void
dns_caller_input(NetConn *conn, void *owner)
{
    DnsCaller *caller = owner;
    NetBuffer *input = net_conn_input(conn);

    for (;;) {
        gsize there;
        const guint8 *octets = (const guint8 *)net_buffer_peek(input, &there);
        gsize length = there < 2 ? 0 : ns_get16(octets);

        if (there < 2 || there < 2 + length)
            return;
        if (!dns_caller_answer(caller, octets + 2, length)) {
            dns_caller_close(caller);
            return;
        }
        net_buffer_take(input, 2 + length);
        net_conn_deadline(conn, DNS_SERVER_IDLE_S);
    }
}

static void
dns_caller_expired(NetConn *conn G_GNUC_UNUSED, void *owner)
{
    dns_caller_close(owner);
}

static void
dns_caller_closed(NetConn *conn G_GNUC_UNUSED, void *owner, const GError *why G_GNUC_UNUSED)
{
    dns_caller_free(owner);
}

static const NetHandler dns_caller_handler = {
    .input = dns_caller_input,
    .expired = dns_caller_expired,
    .closed = dns_caller_closed,
};

static void
dns_server_accept(NetConn *conn, void *data)
{
    DnsServer *server = data;
    DnsCaller *caller;

    if (server->callers.length >= DNS_SERVER_CONNECTIONS) {
        net_conn_close(conn);
        return;
    }
    caller = g_new0(DnsCaller, 1);
    caller->server = server;
    caller->conn = conn;
    g_queue_push_tail(&server->callers, caller);
    caller->link = server->callers.tail;
    net_conn_handle(conn, &dns_caller_handler, caller);
    net_conn_deadline(conn, DNS_SERVER_IDLE_S);
}

/* ---- the server ---- */

static void
dns_server_tell_zones(DnsServer *server, const char *what)
{
    g_autoptr(GPtrArray) origins = g_ptr_array_new();

    for (guint i = 0; i < server->zones->len; i++)
        g_ptr_array_add(origins, (char *)dns_zone_origin(g_ptr_array_index(server->zones, i)));
    g_ptr_array_add(origins, NULL);
    trace_put_list(server->trace, "zones", (const char *const *)origins->pdata);
    trace_put_number(server->trace, "port", dns_server_port(server));
    trace_state(server->trace, STAGE_NONE, "RFC 1034 §4.3.2", "The name server %s %u zone%s", what,
                server->zones->len, server->zones->len == 1 ? "" : "s");
}

DnsServer *
dns_server_new(Net *net, Tracer *tracer, const char *name, const char *address, guint16 port,
               GPtrArray *zones, GError **error)
{
    g_autoptr(DnsServer) server = g_new0(DnsServer, 1);

    server->net = net;
    server->zones = zones;
    g_queue_init(&server->callers);
    server->trace = trace_new(tracer, name != NULL ? name : "dns", NULL);
    server->udp = net_udp_open(net, address, port, dns_server_datagram, server, error);
    if (server->udp == NULL)
        return NULL;
    server->listener =
        net_listen(net, address, net_udp_port(server->udp), dns_server_accept, server, error);
    if (server->listener == NULL)
        return NULL;
    dns_server_tell_zones(server, "answers for");
    return g_steal_pointer(&server);
}

void
dns_server_free(DnsServer *server)
{
    if (server == NULL)
        return;
    while (server->callers.head != NULL)
        dns_caller_close(server->callers.head->data);
    if (server->listener != NULL)
        net_listener_free(server->listener);
    if (server->udp != NULL)
        net_udp_close(server->udp);
    g_ptr_array_unref(server->zones);
    trace_free(server->trace);
    g_free(server);
}

void
dns_server_set_zones(DnsServer *server, GPtrArray *zones)
{
    g_ptr_array_unref(server->zones);
    server->zones = zones;
    dns_server_tell_zones(server, "has read anew its");
}

guint16
dns_server_port(const DnsServer *server)
{
    return net_udp_port(server->udp);
}
