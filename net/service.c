/* net/service.c - carries the sessions of one protocol on one port.
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
#include "net/service.h"

#include <string.h>

/* Lines of one connection in one turn: a client that pipelines thousands must not keep the
 * others waiting. */
#define NET_SERVED_STEPS 64

/* A block of data that gets no reply gives the client new patience after so many octets: so a
 * body that trickles in octet by octet runs into the deadline. */
#define NET_SERVED_BLOCK 4096

#define NET_REPLIES_KEPT (256 * 1024) /* a string for replies that has grown larger is not kept */

#define NET_SERVED_HANDSHAKE_S 30 /* for a client's part of the TLS handshake */

struct NetServed {
    NetService *service;
    NetConn *conn;
    void *session;
    GList *link;             /* its place in service->all */
    NetNext next;            /* what the session returned last */
    gsize taken;             /* octets since the client got its patience */
    gboolean running;        /* inside a call of the session */
    GString *answer_replies; /* net_served_go_on() came inside that call; NULL: it did not */
    NetNext answer;
    NetTimer *later; /* the next turn's steps */
};

struct NetService {
    Net *net;
    NetListener *listener;
    const NetProtocol *protocol;
    void *data;
    NetTls *tls;
    gboolean tls_at_once;
    guint per_address;     /* connections of one address at once */
    GQueue all;            /* of NetServed, oldest first */
    GString *replies;      /* to write in, for whoever runs next; NULL: lent */
    GHashTable *addresses; /* address > number of connections; looked up only */
};

static void net_served_run(NetServed *served);

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

/* ---- the end of a session ---- */

/* The connection is closed already, or about to be. */
static void
net_served_free(NetServed *served)
{
    NetService *service = served->service;

    g_assert(!served->running); /* a session can't be freed under its own feet */
    net_timer_stop(&served->later);
    net_service_add_count(service, net_conn_remote(served->conn), -1);
    g_queue_delete_link(&service->all, served->link);
    if (served->session != NULL)
        service->protocol->closed(served->session);
    g_free(served);
}

/* @event told why; 0: the last thing that the session told did. */
static void
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
    gboolean progress = TRUE;

    if (served->running || served->later != NULL)
        return;
    while (served->next == NET_GO_ON || served->next == NET_MORE) {
        gboolean waiting = net_buffer_length(net_conn_input(served->conn)) > 0;
        gboolean more = served->next == NET_MORE;

        if (net_conn_is_full(served->conn) || (!more && (!waiting || !progress)))
            break;
        if (steps == NET_SERVED_STEPS || (more && steps > 0)) {
            net_served_run_later(served);
            break;
        }
        progress = net_served_step(served) > 0 || more;
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

static void
net_service_accept(NetConn *conn, void *data)
{
    NetService *service = data;
    NetServed *served;

    if (!net_service_has_room(service, conn)) {
        net_conn_write(conn, service->protocol->too_many, -1);
        net_conn_close(conn);
        return;
    }
    served = g_new0(NetServed, 1);
    served->service = service;
    served->conn = conn;
    g_queue_push_tail(&service->all, served);
    served->link = service->all.tail;
    net_service_add_count(service, net_conn_remote(conn), 1);
    net_conn_handle(conn, &net_served_handler, served);
    if (service->tls_at_once) {
        net_conn_deadline(conn, NET_SERVED_HANDSHAKE_S);
        net_conn_secure(conn, service->tls, NULL);
    } else {
        net_served_open(served);
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
