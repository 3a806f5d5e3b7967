/* net/conn.c - connections, whatever network carries them.
 *
 * A back end says what happens to a connection (net_conn_opened, _received, _ended, _lost); from
 * here the owner is told. What the owner does (write, hold, close) only marks the connection
 * dirty: at the turn's end each dirty one is settled, so nothing leaves before the hooks ran.
 *
 *   owner > net_conn_write() > output ... end of turn > net_conn_settle() > back end > peer
 *
 * Any callback may close any connection. So the dead are freed at the end of the turn only, and
 * what happened outside the loop's own calls is told at the start of the next turn (net->owed).
 *
 * Start reading at net_conn_settle(). Tests: tests/test_net_loop.c, tests/test_net_sim.c
 */
#include "net/backend.h"

#include "trace/words.h"

#include <string.h>

static void net_conn_expired(void *data);

static void
net_conn_free(NetItem *item)
{
    NetConn *conn = (NetConn *)item;

    net_buffer_free(conn->input);
    net_buffer_free(conn->output);
    net_buffer_free(conn->wire);
    net_seal_free(conn->seal);
    g_clear_error(&conn->why);
    g_free(conn->local);
    g_free(conn->remote);
    g_free(conn->journey);
    g_free(conn->branch);
    g_free(conn);
}

NetConn *
net_conn_new(Net *net, NetConnState state)
{
    NetConn *conn = g_new0(NetConn, 1);

    conn->item.fd = -1;
    conn->item.free = net_conn_free;
    conn->net = net;
    conn->state = state;
    conn->input = net_buffer_new();
    conn->output = net_buffer_new();
    g_queue_push_tail(&net->conns, conn);
    conn->link = net->conns.tail;
    return conn;
}

NetConn *
net_connect(Net *net, const char *local, const char *remote, guint16 port,
            const NetHandler *handler, void *owner)
{
    NetConn *conn = net_conn_new(net, NET_CONNECTING);

    conn->handler = handler;
    conn->owner = owner;
    conn->local = g_strdup(local);
    conn->remote = g_strdup(remote);
    conn->remote_port = port;
    if (net_is_down(net, remote) || (local != NULL && net_is_down(net, local)))
        net_conn_fail(conn, net_conn_error(conn, G_IO_ERROR_CONNECTION_REFUSED));
    else
        net->backend->connect(conn);
    return conn;
}

gboolean
net_conn_is_one_too_many(const NetConn *conn)
{
    return conn->one_too_many;
}

void
net_conn_handle(NetConn *conn, const NetHandler *handler, void *owner)
{
    conn->handler = handler;
    conn->owner = owner;
}

/* ---- what the owner does ---- */

/* To be looked at when the turn ends. */
void
net_conn_touch(NetConn *conn)
{
    if (conn->dirty != NULL || conn->state == NET_DEAD)
        return;
    g_queue_push_tail(&conn->net->dirty, conn);
    conn->dirty = conn->net->dirty.tail;
}

/* A callback is due at the start of the next turn. */
static void
net_conn_owe(NetConn *conn)
{
    if (conn->owed != NULL)
        return;
    g_queue_push_tail(&conn->net->owed, conn);
    conn->owed = conn->net->owed.tail;
    conn->net->again = TRUE;
}

NetBuffer *
net_conn_input(NetConn *conn)
{
    return conn->input;
}

void
net_conn_write(NetConn *conn, const char *octets, gssize length)
{
    gsize count = length < 0 ? strlen(octets) : (gsize)length;

    if (conn->state != NET_OPEN && conn->state != NET_CONNECTING)
        return;
    net_buffer_add(conn->output, octets, count);
    conn->written += count;
    conn->was_full |= net_conn_is_full(conn);
    net_conn_touch(conn);
}

gboolean
net_conn_is_full(const NetConn *conn)
{
    return net_buffer_length(conn->output) >= NET_OUTPUT_MAX;
}

void
net_conn_hold(NetConn *conn, gboolean hold)
{
    conn->held = hold;
    net_conn_touch(conn);
}

static void
net_conn_start_deadline(NetConn *conn, gint64 delay_us)
{
    conn->deadline =
        net_timer_start(conn->net->clock, NET_TIMER_GUARD, delay_us, net_conn_expired, conn);
}

/* Each command puts the deadline off, and hardly any ever passes: so a timer that is now too early stays
 * where it is, and finds out when it fires. */
static void
net_conn_expire_in(NetConn *conn, double seconds)
{
    gint64 delay_us = (gint64)(seconds * NET_SECOND), before_us = conn->deadline_us;

    conn->deadline_us = net_clock_steady_us(conn->net->clock) + delay_us;
    if (conn->deadline != NULL && conn->deadline_us >= before_us)
        return;
    net_timer_stop(&conn->deadline);
    net_conn_start_deadline(conn, delay_us);
}

void
net_conn_deadline(NetConn *conn, double seconds)
{
    if (conn->state != NET_OPEN && conn->state != NET_CONNECTING)
        return;
    if (seconds > 0)
        net_conn_expire_in(conn, seconds);
    else
        net_timer_stop(&conn->deadline);
}

/* From here on the connection is ours: it has no owner and a deadline of our own. */
static void
net_conn_disown(NetConn *conn)
{
    conn->state = NET_CLOSING;
    conn->handler = NULL;
    net_conn_expire_in(conn, NET_CLOSE_S);
    net_conn_touch(conn);
}

void
net_conn_close(NetConn *conn)
{
    if (conn->state == NET_CONNECTING)
        net_conn_die(conn);
    else if (conn->state == NET_OPEN)
        net_conn_disown(conn);
}

void
net_conn_abort(NetConn *conn)
{
    conn->reset = TRUE;
    net_conn_die(conn);
}

const char *
net_conn_local(const NetConn *conn)
{
    return conn->local;
}

guint16
net_conn_local_port(const NetConn *conn)
{
    return conn->local_port;
}

const char *
net_conn_remote(const NetConn *conn)
{
    return conn->remote;
}

guint16
net_conn_remote_port(const NetConn *conn)
{
    return conn->remote_port;
}

/* ---- what happens to it ---- */

void
net_conn_opened(NetConn *conn)
{
    conn->state = NET_OPEN;
    conn->unpaired =
        conn->peer == NULL && net_listener_find(conn->net, conn->remote, conn->remote_port) != NULL;
    net_conn_touch(conn);
    if (conn->handler->opened != NULL)
        conn->handler->opened(conn, conn->owner);
}

/* An owner gets what fits its buffer. Without one, what comes is thrown away, within bounds. */
gboolean
net_conn_wants_input(const NetConn *conn)
{
    if (conn->ended || conn->why != NULL)
        return FALSE;
    if (conn->state == NET_CLOSING)
        return conn->finished || conn->discarded < NET_LINGER_MAX;
    return conn->state == NET_OPEN && !conn->held && net_buffer_length(conn->input) < NET_INPUT_MAX;
}

void
net_conn_received(NetConn *conn, const void *octets, gsize length)
{
    conn->received += length;
    net_conn_touch(conn);
    if (conn->state == NET_CLOSING) {
        conn->discarded += length;
        if (conn->finished && conn->discarded >= NET_LINGER_MAX)
            net_conn_die(conn);
        return;
    }
    if (net_seal_is_real(conn)) {
        net_seal_received(conn, octets, length);
        return;
    }
    net_buffer_add(conn->input, octets, length);
    if (conn->handler->input != NULL)
        conn->handler->input(conn, conn->owner);
}

/* The peer's end. Replies to what it sent before are on their way: they are still sent. */
void
net_conn_ended(NetConn *conn)
{
    conn->ended = TRUE;
    net_conn_touch(conn);
    if (conn->state == NET_OPEN)
        net_conn_lost(conn, NULL);
}

GError *
net_conn_error(const NetConn *conn, int code)
{
    static const struct {
        int code;
        const char *text;
    } words[] = {
        { G_IO_ERROR_CONNECTION_REFUSED, N_("connection refused") },
        { G_IO_ERROR_CONNECTION_CLOSED, N_("connection reset by the peer") },
        { G_IO_ERROR_TIMED_OUT, N_("no answer in time") },
    };
    const char *text = "network error";

    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (words[i].code == code)
            text = words[i].text;
    }
    return g_error_new(G_IO_ERROR, code, "%s port %u: %s", conn->remote, conn->remote_port, text);
}

/* Its owner hears of it last: closed() may do anything, also with other connections. */
void
net_conn_lost(NetConn *conn, GError *why)
{
    g_autoptr(GError) failed = why;
    const NetHandler *handler = conn->handler;

    if (conn->state == NET_DEAD)
        return;
    if (conn->state != NET_CLOSING)
        net_conn_disown(conn);
    if (handler != NULL && handler->closed != NULL)
        handler->closed(conn, conn->owner, failed);
    if (failed != NULL)
        net_conn_die(conn);
}

void
net_conn_fail(NetConn *conn, GError *why)
{
    if (conn->why != NULL || conn->state == NET_DEAD) {
        g_error_free(why);
        return;
    }
    conn->why = why;
    net_conn_owe(conn);
}

static void
net_conn_expired(void *data)
{
    NetConn *conn = data;
    gint64 left_us = conn->deadline_us - net_clock_steady_us(conn->net->clock);

    conn->deadline = NULL;
    if (left_us > 0)
        net_conn_start_deadline(conn, left_us);
    else if (conn->state == NET_CLOSING)
        net_conn_die(conn);
    else if (conn->handler->expired != NULL)
        conn->handler->expired(conn, conn->owner);
    else
        net_conn_lost(conn, net_conn_error(conn, G_IO_ERROR_TIMED_OUT));
}

void
net_conn_die(NetConn *conn)
{
    Net *net = conn->net;

    if (conn->state == NET_DEAD)
        return;
    conn->state = NET_DEAD;
    conn->handler = NULL;
    net_timer_stop(&conn->deadline);
    net->backend->release(conn);
    net_unpair(conn);
    g_queue_delete_link(&net->conns, conn->link);
    if (conn->dirty != NULL)
        g_queue_delete_link(&net->dirty, conn->dirty);
    if (conn->owed != NULL)
        g_queue_delete_link(&net->owed, conn->owed);
    net_item_bury(net, &conn->item);
}

/* ---- the turn ---- */

void
net_conns_tell(Net *net)
{
    for (guint left = net->owed.length; left > 0 && net->owed.length > 0; left--) {
        NetConn *conn = g_queue_pop_head(&net->owed);
        gboolean drained = conn->drained;

        conn->owed = NULL;
        conn->drained = FALSE;
        if (conn->why != NULL)
            net_conn_lost(conn, g_steal_pointer(&conn->why));
        else if (drained && conn->state == NET_OPEN && conn->handler->drained != NULL)
            conn->handler->drained(conn, conn->owner);
    }
}

/* All is sent: now our end, then a short while for the peer's. */
static void
net_conn_say_end(NetConn *conn)
{
    if (conn->ended) {
        net_conn_die(conn);
        return;
    }
    if (conn->finished)
        return;
    conn->finished = TRUE;
    if (net_seal_is_real(conn)) {
        net_seal_end(conn);
        conn->net->backend->send(conn);
    }
    conn->net->backend->finish(conn);
    net_conn_expire_in(conn, NET_LINGER_S);
}

static gboolean
net_conn_all_sent(const NetConn *conn)
{
    return net_buffer_length(conn->output) == 0 && net_buffer_length(net_conn_carried(conn)) == 0;
}

static void
net_conn_settle(NetConn *conn)
{
    if (conn->why != NULL || conn->state == NET_CONNECTING)
        return;
    if (net_seal_is_real(conn))
        net_seal_output(conn);
    if (net_buffer_length(net_conn_carried(conn)) > 0)
        conn->net->backend->send(conn);
    if (conn->why == NULL && net_conn_all_sent(conn)) {
        if (conn->state == NET_CLOSING)
            net_conn_say_end(conn);
        else if (conn->was_full) {
            conn->was_full = FALSE;
            conn->drained = TRUE;
            net_conn_owe(conn);
        }
    }
    if (conn->state != NET_DEAD)
        conn->net->backend->attend(conn);
}

/* What is touched from here on belongs to the next turn: its hooks have not run yet. */
void
net_conns_settle(Net *net)
{
    for (guint left = net->dirty.length; left > 0 && net->dirty.length > 0; left--) {
        NetConn *conn = g_queue_pop_head(&net->dirty);

        conn->dirty = NULL;
        net_conn_settle(conn);
    }
}
