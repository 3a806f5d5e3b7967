/* net/pair.c - connections whose two ends are both ours, and hosts that are down.
 *
 * A demo world is several mail hosts in one process. One dials, another accepts; the kernel
 * carries the octets, but we know both ends:
 *
 *   outgoing  127.0.0.2:40001 > 127.0.0.3:25   remembered under this name when dialled
 *   accepted  127.0.0.3:25 < 127.0.0.2:40001   finds it under the same name
 *
 * So the accepting host learns the journey that the message is on, and each line the event that
 * told of it at the sender; and the loop knows whether something is still on its way.
 *
 * Tests: tests/test_net_pair.c
 */
#include "net/backend.h"

#include <string.h>

static char *
net_pair_key(const char *from, guint16 from_port, const char *to, guint16 to_port)
{
    return g_strdup_printf("%s:%u>%s:%u", from, from_port, to, to_port);
}

void
net_pair_register(NetConn *outgoing)
{
    outgoing->key = net_pair_key(outgoing->local, outgoing->local_port, outgoing->remote,
                                 outgoing->remote_port);
    g_hash_table_insert(outgoing->net->outgoing, outgoing->key, outgoing);
}

void
net_pair_accepted(NetConn *accepted)
{
    g_autofree char *key = net_pair_key(accepted->remote, accepted->remote_port, accepted->local,
                                        accepted->local_port);
    NetConn *outgoing = g_hash_table_lookup(accepted->net->outgoing, key);

    if (outgoing != NULL)
        net_pair(outgoing, accepted);
}

void
net_pair(NetConn *outgoing, NetConn *accepted)
{
    outgoing->peer = accepted;
    accepted->peer = outgoing;
    outgoing->unpaired = FALSE;
    if (outgoing->early_end > 0)
        net_buffer_mark(accepted->input, outgoing->early_end, outgoing->early_seq);
}

void
net_unpair(NetConn *conn)
{
    if (conn->key != NULL)
        g_hash_table_remove(conn->net->outgoing, conn->key);
    g_clear_pointer(&conn->key, g_free);
    if (conn->peer == NULL)
        return;
    conn->peer->orphaned = !conn->peer->ended;
    conn->peer->peer = NULL;
    conn->peer = NULL;
}

/* ---- journey and cause cross the connection ---- */

void
net_conn_set_origin(NetConn *conn, const char *journey, const char *branch, guint64 event)
{
    g_free(conn->journey);
    g_free(conn->branch);
    conn->journey = g_strdup(journey);
    conn->branch = g_strdup(branch);
    conn->event = event;
}

gboolean
net_conn_origin(const NetConn *conn, const char **journey, const char **branch, guint64 *event)
{
    const NetConn *peer = conn->peer;

    if (peer == NULL || (peer->journey == NULL && peer->event == 0))
        return FALSE;
    *journey = peer->journey;
    *branch = peer->branch;
    *event = peer->event;
    return TRUE;
}

/* Before the other end accepted, one mark must do: a client of ours waits for the greeting, so
 * there is hardly ever anything to mark. */
void
net_conn_wrote(NetConn *conn, guint64 seq)
{
    if (conn->peer != NULL) {
        net_buffer_mark(conn->peer->input, conn->written, seq);
    } else {
        conn->early_end = conn->written;
        conn->early_seq = seq;
    }
}

/* Kept at the other end, which hears of the close when this one may be gone. */
void
net_conn_say_why(NetConn *conn, guint64 seq)
{
    if (conn->peer != NULL)
        conn->peer->peer_why = seq;
}

guint64
net_conn_why(const NetConn *conn)
{
    return conn->peer_why;
}

/* ---- in flight: what no descriptor shows yet, so that the clock must not be warped ---- */

static gboolean
net_conn_in_flight(const NetConn *conn)
{
    if (conn->state == NET_CONNECTING || conn->unpaired || conn->orphaned)
        return TRUE;
    if (net_buffer_length(conn->output) > 0 || net_buffer_length(net_conn_carried(conn)) > 0)
        return TRUE;
    /* Written at one end and not read at the other; or an end that the other has not seen. */
    return conn->peer != NULL && (conn->sent != conn->peer->received || conn->finished);
}

gboolean
net_in_flight(const Net *net)
{
    if (net->busy > 0)
        return TRUE;
    for (const GList *link = net->conns.head; link != NULL; link = link->next) {
        if (net_conn_in_flight(link->data))
            return TRUE;
    }
    for (guint i = 0; i < net->udps->len; i++) {
        if (((const NetUdp *)net->udps->pdata[i])->expected > 0)
            return TRUE;
    }
    return FALSE;
}

/* ---- hosts that are down ---- */

gboolean
net_is_down(const Net *net, const char *address)
{
    return address != NULL && g_hash_table_contains(net->down, address);
}

static void
net_reset_conns_of(Net *net, const char *address)
{
    for (GList *link = net->conns.head; link != NULL; link = link->next) {
        NetConn *conn = link->data;

        if (g_strcmp0(conn->local, address) != 0 && strcmp(conn->remote, address) != 0)
            continue;
        conn->reset = TRUE;
        net_conn_fail(conn, net_conn_error(conn, conn->state == NET_CONNECTING
                                                     ? G_IO_ERROR_CONNECTION_REFUSED
                                                     : G_IO_ERROR_CONNECTION_CLOSED));
    }
}

/* Somebody else may have taken the port meanwhile: then this one stays closed, and says so. */
static void
net_switch_listeners(Net *net, const char *address, gboolean down)
{
    for (guint i = 0; i < net->listeners->len; i++) {
        NetListener *listener = net->listeners->pdata[i];
        g_autoptr(GError) error = NULL;

        if (strcmp(listener->address, address) != 0 || listener->open == !down)
            continue;
        if (down)
            net->backend->unlisten(listener);
        else if (!net->backend->listen(listener, &error))
            g_warning("cannot listen again: %s", error->message);
        listener->open = !down && error == NULL;
    }
}

void
net_set_down(Net *net, const char *address, gboolean down)
{
    if (net_is_down(net, address) == down)
        return;
    if (down) {
        g_hash_table_add(net->down, g_strdup(address));
        net_reset_conns_of(net, address);
    } else {
        g_hash_table_remove(net->down, address);
    }
    net_switch_listeners(net, address, down);
}
