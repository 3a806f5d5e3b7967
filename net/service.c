/* net/service.c - the sessions of one protocol on one port, and how many there may be.
 *
 *   a caller > room? > net/served.c carries its session until it ends
 *                |
 *                +-- no: the protocol's words (421, * BYE), and the end
 *
 * Tests: tests/test_net_service.c, tests/test_idle_crowd.py
 */
#include "net/service_inside.h"

/* ---- limits ---- */

static gboolean
net_service_is_exempt(const char *address)
{
    return g_str_has_prefix(address, "127.") || strcmp(address, "::1") == 0;
}

static guint
net_service_count_of(const NetService *service, const char *address)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(service->addresses, address));
}

static gboolean
net_service_has_room(const NetService *service, const NetConn *caller)
{
    const char *address = net_conn_remote(caller);

    return !net_conn_is_one_too_many(caller) && service->all.length < NET_SERVICE_IN_ALL &&
           (net_service_is_exempt(address) ||
            net_service_count_of(service, address) < service->per_address);
}

static void
net_service_add_count(NetService *service, const char *address, int by)
{
    guint count = net_service_count_of(service, address) + by;

    if (count == 0)
        g_hash_table_remove(service->addresses, address);
    else
        g_hash_table_insert(service->addresses, g_strdup(address), GUINT_TO_POINTER(count));
}

void
net_service_enter(NetServed *served)
{
    NetService *service = served->service;

    g_queue_push_tail(&service->all, served);
    served->link = service->all.tail;
    net_service_add_count(service, net_conn_remote(served->conn), 1);
}

void
net_service_leave(NetServed *served)
{
    NetService *service = served->service;

    net_service_add_count(service, net_conn_remote(served->conn), -1);
    g_queue_delete_link(&service->all, served->link);
}

static void
net_service_accept(NetConn *conn, void *data)
{
    NetService *service = data;

    if (net_service_has_room(service, conn)) {
        net_served_begin(service, conn);
    } else {
        net_conn_write(conn, service->protocol->too_many, -1);
        net_conn_close(conn);
    }
}

/* ---- the service ---- */

NetService *
net_service_new(Net *net, const char *address, guint16 port, const NetProtocol *protocol,
                void *data, GError **error)
{
    NetService *service = g_new0(NetService, 1);

    service->net = net;
    service->protocol = protocol;
    service->data = data;
    service->per_address = NET_SERVICE_PER_ADDRESS;
    service->listener = net_listen(net, address, port, net_service_accept, service, error);
    if (service->listener == NULL) {
        g_free(service);
        return NULL;
    }
    service->addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    service->replies = g_string_new(NULL);
    return service;
}

void
net_service_set_tls(NetService *service, NetTls *tls, gboolean at_once)
{
    service->tls = tls;
    service->tls_at_once = at_once;
}

void
net_service_set_per_address(NetService *service, guint connections)
{
    service->per_address = connections;
}

guint16
net_service_port(const NetService *service)
{
    return net_listener_port(service->listener);
}

void
net_service_say_why(NetService *service, guint64 event)
{
    for (const GList *link = service->all.head; link != NULL; link = link->next)
        net_conn_say_why(((const NetServed *)link->data)->conn, event);
}

void
net_service_end_all(NetService *service, guint64 event)
{
    while (service->all.length > 0)
        net_served_end(g_queue_peek_head(&service->all), event);
}

void
net_service_dismiss_all(NetService *service)
{
    while (service->all.length > 0)
        net_served_dismiss(g_queue_peek_head(&service->all));
}

void
net_service_free(NetService *service)
{
    if (service == NULL)
        return;
    net_listener_free(service->listener);
    net_service_end_all(service, 0);
    g_hash_table_unref(service->addresses);
    g_string_free(service->replies, TRUE);
    g_free(service);
}

guint
net_service_count(const NetService *service)
{
    return service->all.length;
}

void
net_service_foreach(NetService *service, void (*call)(void *session, void *data), void *data)
{
    for (GList *link = service->all.head, *next; link != NULL; link = next) {
        NetServed *served = link->data;

        next = link->next;
        if (served->session != NULL)
            call(served->session, data);
    }
}
