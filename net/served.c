/* net/served.c - carries the session of one connection (net/service.c has the port).
 *
 *            octets                    net_served_go_on()
 *   conn --> input --> session ---+      ^ the answer came
 *     ^                           |      |
 *     |   GO_ON: again, up to 64 steps a turn
 *     |   PENDING: hold the input -------+
 *     |   MORE: again in the next turn
 *     +-- SECURE: send, the TLS handshake, secured(), then input again
 *     +-- CLOSE: send, close, closed()
 *
 * Input is held back (the rest stays in the kernel, and slows the client down) while an answer is
 * pending, while the client does not read its replies, and while steps wait for the next turn.
 *
 * A client may send all it has and close its direction ("printf ... | nc -N"). That end comes after
 * the octets, and is held back with them: so whoever sees it has answered all that came before.
 *
 * Start reading at net_served_run(). Tests: tests/test_net_service.c
 */
#include "net/service_inside.h"

#include <string.h>

/* Lines of one connection in one turn: a client that pipelines thousands must not keep the
 * others waiting. */
#define NET_SERVED_STEPS 64

/* A block of data that gets no reply gives the client new patience after so many octets: so a
 * body that trickles in octet by octet runs into the deadline. */
#define NET_SERVED_BLOCK 4096

#define NET_REPLIES_KEPT (256 * 1024) /* a string for replies that has grown larger is not kept */

#define NET_SERVED_HANDSHAKE_S 30 /* for a client's part of the TLS handshake */

static void net_served_run(NetServed *served);

/* ---- the end of a session ---- */

/* The connection is closed already, or about to be. */
static void
net_served_free(NetServed *served)
{
    NetService *service = served->service;

    g_assert(!served->running); /* a session can't be freed under its own feet */
    net_timer_stop(&served->later);
    net_service_leave(served);
    if (served->session != NULL)
        service->protocol->closed(served->session);
    g_free(served);
}

void
net_served_end(NetServed *served, guint64 event)
{
    const NetProtocol *protocol = served->service->protocol;
    NetConn *conn = served->conn;

    if (event == 0 && protocol->trace != NULL && served->session != NULL)
        event = trace_last(protocol->trace(served->session));
    net_conn_say_why(conn, event);
    net_served_free(served);
    net_conn_close(conn);
}

/* ---- replies, patience, holding ---- */

/* The mark says which event told of these octets, for the other end's events (net_buffer_twin). */
static void
net_served_write(NetServed *served, const char *octets, gsize length)
{
    const NetProtocol *protocol = served->service->protocol;

    if (length == 0)
        return;
    net_conn_write(served->conn, octets, length);
    if (protocol->trace != NULL && served->session != NULL)
        net_conn_wrote(served->conn, trace_last(protocol->trace(served->session)));
}

/* One string serves all sessions of a port, because thousands of them sit idle at a time. Whoever runs
 * while another one has it (an answer may come to a session because of what another does) gets his
 * own. */
static GString *
net_service_lend_replies(NetService *service)
{
    return service->replies != NULL ? g_steal_pointer(&service->replies) : g_string_new(NULL);
}

/* What was written in it leaves. */
static void
net_served_send_replies(NetServed *served, GString *replies)
{
    NetService *service = served->service;

    net_served_write(served, replies->str, (gssize)replies->len);
    if (service->replies != NULL || replies->allocated_len > NET_REPLIES_KEPT) {
        g_string_free(replies, TRUE);
        return;
    }
    service->replies = g_string_truncate(replies, 0);
}

static void
net_served_give_patience(NetServed *served)
{
    served->taken = 0;
    net_conn_deadline(served->conn, served->service->protocol->patience(served->session));
}

/* What the session returned last decides what is read, and who is waited for. */
static void
net_served_attend(NetServed *served)
{
    gboolean full = net_conn_is_full(served->conn);

    net_conn_hold(served->conn, served->next == NET_PENDING || served->later != NULL || full);
    if (served->next == NET_PENDING)
        net_conn_deadline(served->conn, 0); /* we are the one who is slow */
}

/* ---- steps ---- */

static void
net_served_later(void *data)
{
    NetServed *served = data;

    served->later = NULL;
    net_served_run(served);
}

static void
net_served_run_later(NetServed *served)
{
    NetClock *clock = net_clock(served->service->net);

    if (served->later == NULL)
        served->later = net_timer_start(clock, NET_TIMER_GUARD, 0, net_served_later, served);
}

/* An answer that came while the session was still running is applied after it. */
static void
net_served_take_answer(NetServed *served, GString *replies)
{
    g_autoptr(GString) answer = g_steal_pointer(&served->answer_replies);

    if (answer == NULL)
        return;
    g_string_append_len(replies, answer->str, (gssize)answer->len);
    served->next = served->answer;
}

/* One line, or one block. Returns how many octets it took. */
static gsize
net_served_step(NetServed *served)
{
    const NetProtocol *protocol = served->service->protocol;
    NetBuffer *input = net_conn_input(served->conn);
    GString *replies = net_service_lend_replies(served->service);
    gsize before = net_buffer_length(input), took;
    gboolean replied;

    served->running = TRUE;
    served->next = protocol->input(served->session, input, replies);
    served->running = FALSE;
    net_served_take_answer(served, replies);
    took = before - net_buffer_length(input);
    replied = replies->len > 0;
    net_served_send_replies(served, replies);
    served->taken += took;
    if (replied || served->next == NET_MORE || served->taken >= NET_SERVED_BLOCK)
        net_served_give_patience(served);
    return took;
}

/* The session hears nothing until secured(): there is no input meanwhile. */
static void
net_served_secure(NetServed *served)
{
    served->next = NET_GO_ON;
    net_conn_hold(served->conn, FALSE);
    net_conn_deadline(served->conn, NET_SERVED_HANDSHAKE_S);
    net_conn_secure(served->conn, served->service->tls, NULL);
}

static void
net_served_run(NetServed *served)
{
    guint steps = 0;
    gsize took = 0;
    gboolean progress = TRUE;

    if (served->running || served->later != NULL)
        return;
    while (served->next == NET_GO_ON || served->next == NET_MORE) {
        gboolean waiting = net_buffer_length(net_conn_input(served->conn)) > 0;
        gboolean more = served->next == NET_MORE;

        if (net_conn_is_full(served->conn) || (!more && (!waiting || !progress)))
            break;
        /* What a command has to do may begin in its own turn; a second slice waits for the next. */
        if (steps == NET_SERVED_STEPS || (more && steps > 0 && took == 0)) {
            net_served_run_later(served);
            break;
        }
        took = net_served_step(served);
        progress = took > 0 || more;
        steps++;
    }
    if (served->next == NET_SECURE)
        net_served_secure(served);
    else if (served->next == NET_CLOSE)
        net_served_end(served, 0);
    else
        net_served_attend(served);
}

void
net_served_go_on(NetServed *served, NetNext next, const GString *replies)
{
    if (served->running) {
        served->answer = next;
        if (served->answer_replies == NULL)
            served->answer_replies = g_string_new(NULL);
        g_string_append_len(served->answer_replies, replies->str, (gssize)replies->len);
        return;
    }
    served->next = next;
    net_served_write(served, replies->str, replies->len);
    if (next != NET_CLOSE)
        net_served_give_patience(served);
    if (next == NET_MORE)
        net_served_run_later(served);
    net_served_run(served);
}

void
net_served_send(NetServed *served, const char *octets, gssize length)
{
    net_served_write(served, octets, length < 0 ? strlen(octets) : (gsize)length);
}

NetConn *
net_served_conn(NetServed *served)
{
    return served->conn;
}

void *
net_served_session(NetServed *served)
{
    return served->session;
}

/* ---- what the connection tells ---- */

static void
net_served_input(NetConn *conn G_GNUC_UNUSED, void *owner)
{
    net_served_run(owner);
}

static void
net_served_expired(NetConn *conn G_GNUC_UNUSED, void *owner)
{
    NetServed *served = owner;
    GString *replies = net_service_lend_replies(served->service);

    if (served->session != NULL)
        served->service->protocol->expired(served->session, replies);
    net_served_send_replies(served, replies);
    net_served_end(served, 0);
}

void
net_served_dismiss(NetServed *served)
{
    const NetProtocol *protocol = served->service->protocol;
    GString *replies = net_service_lend_replies(served->service);

    if (served->session != NULL && protocol->dismissed != NULL)
        protocol->dismissed(served->session, replies);
    net_served_send_replies(served, replies);
    net_served_end(served, 0);
}

/* The peer's end, with nothing left to answer but half a line; or it is gone altogether. What was
 * replied is still sent, if anybody reads it. */
static void
net_served_closed(NetConn *conn G_GNUC_UNUSED, void *owner, const GError *why)
{
    NetServed *served = owner;
    const NetProtocol *protocol = served->service->protocol;

    if (why != NULL && served->session != NULL && protocol->lost != NULL)
        protocol->lost(served->session, why);
    net_served_free(served);
}

/* The session begins, with its greeting. */
static void
net_served_open(NetServed *served)
{
    NetService *service = served->service;
    const char *words = net_conn_secured(served->conn);
    GString *replies = net_service_lend_replies(service);

    served->running = TRUE;
    served->session = service->protocol->open(service->data, served, replies);
    if (served->session != NULL && words != NULL)
        service->protocol->secured(served->session, words);
    served->running = FALSE;
    net_served_take_answer(served, replies);
    net_served_send_replies(served, replies);
    if (served->session == NULL) {
        net_served_end(served, 0);
        return;
    }
    net_served_give_patience(served);
    net_served_run(served); /* a greeting may be awaited, too */
}

static void
net_served_secured(NetConn *conn, void *owner)
{
    NetServed *served = owner;

    if (served->session == NULL) {
        net_served_open(served);
        return;
    }
    served->service->protocol->secured(served->session, net_conn_secured(conn));
    net_served_give_patience(served);
}

static const NetHandler net_served_handler = {
    .input = net_served_input,
    .secured = net_served_secured,
    .drained = net_served_input, /* there is room for replies again */
    .expired = net_served_expired,
    .closed = net_served_closed,
};

void
net_served_begin(NetService *service, NetConn *conn)
{
    NetServed *served = g_new0(NetServed, 1);

    served->service = service;
    served->conn = conn;
    net_service_enter(served);
    net_conn_handle(conn, &net_served_handler, served);
    if (service->tls_at_once) {
        net_conn_deadline(conn, NET_SERVED_HANDSHAKE_S);
        net_conn_secure(conn, service->tls, NULL);
    } else {
        net_served_open(served);
    }
}
