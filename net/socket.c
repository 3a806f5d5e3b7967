/* net/socket.c - the network of the machine: TCP and UDP sockets, never blocking.
 *
 * Each socket of ours binds to its host's own address, so that hosts of a demo world call one
 * another from 127.0.0.2, 127.0.0.3 and so on, as they would from different machines.
 *
 * Start reading at net_socket_connect() and net_socket_ready().
 * Tests: tests/test_net_loop.c, tests/test_net_pair.c
 */
#define _GNU_SOURCE /* accept4() */
#include "net/backend.h"
#include "net/address.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define NET_BACKLOG  4096 /* callers that may wait to be accepted; a crowd may come at once */
#define NET_PAUSE_US (NET_SECOND / 10) /* out of descriptors: no accept for so long */

/* ---- an open connection ---- */

static void
net_socket_lost(NetConn *conn, const char *what, int code)
{
    GError *why = NULL;

    net_set_error(&why, code, what, conn->remote, conn->remote_port);
    net_conn_lost(conn, why);
}

/* One read a turn: a talkative peer must not keep the others waiting. */
static void
net_socket_read(NetConn *conn)
{
    guint8 octets[NET_INPUT_MAX];
    gsize room = NET_INPUT_MAX - MIN(net_buffer_length(conn->input), NET_INPUT_MAX - 1);
    ssize_t got = recv(conn->item.fd, octets, room, 0);

    if (got > 0)
        net_conn_received(conn, octets, got);
    else if (got == 0)
        net_conn_ended(conn);
    else if (errno != EAGAIN && errno != EINTR)
        net_socket_lost(conn, "connection with", errno);
}

static int
net_socket_error(const NetConn *conn)
{
    int code = 0;
    socklen_t length = sizeof code;

    getsockopt(conn->item.fd, SOL_SOCKET, SO_ERROR, &code, &length);
    return code;
}

static void
net_socket_connected(NetConn *conn)
{
    int code = net_socket_error(conn);

    if (code != 0)
        net_socket_lost(conn, "connect to", code);
    else
        net_conn_opened(conn);
}

static void
net_socket_ready(NetItem *item, guint32 events)
{
    NetConn *conn = (NetConn *)item;

    if (conn->state == NET_CONNECTING) {
        net_socket_connected(conn);
        return;
    }
    if (events & EPOLLOUT)
        net_conn_touch(conn);
    if (net_conn_wants_input(conn)) {
        if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
            net_socket_read(conn);
    } else if (events & EPOLLERR) {
        net_socket_lost(conn, "connection with", net_socket_error(conn));
    }
}

static void
net_socket_send(NetConn *conn)
{
    gsize length;
    const char *octets = net_buffer_peek(net_conn_carried(conn), &length);
    ssize_t sent = send(conn->item.fd, octets, length, MSG_NOSIGNAL);

    if (sent > 0) {
        conn->sent += sent;
        net_buffer_take(net_conn_carried(conn), sent);
    } else if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        GError *why = NULL;

        net_set_error(&why, errno, "connection with", conn->remote, conn->remote_port);
        net_conn_fail(conn, why);
    }
}

static void
net_socket_finish(NetConn *conn)
{
    shutdown(conn->item.fd, SHUT_WR);
}

static void
net_socket_attend(NetConn *conn)
{
    /* Who is not read is watched for a reset all the same: he is gone, nobody needs an answer. (His
     * end is something else. It waits its turn behind his octets.) */
    guint32 events = net_conn_wants_input(conn) ? EPOLLIN : EPOLLERR;

    if (conn->state == NET_CONNECTING || net_conn_has_to_send(conn))
        events |= EPOLLOUT;
    net_item_watch(conn->net, &conn->item, events);
}

static void
net_socket_release(NetConn *conn)
{
    const struct linger at_once = { 1, 0 };

    if (conn->reset && conn->item.fd >= 0)
        setsockopt(conn->item.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    net_item_close(&conn->item);
}

/* ---- dialling ---- */

/* A socket of the family of @remote, bound to conn->local if there is one. The port is chosen
 * only when the remote end is known: one port can then serve many remote ends. */
static int
net_socket_dial(NetConn *conn, const NetAddress *remote, socklen_t length)
{
    NetAddress local;
    socklen_t local_length = 0;
    int fd = socket(remote->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    conn->item.fd = fd;
    net_socket_option(fd, IPPROTO_TCP, TCP_NODELAY);
    net_socket_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
    if (conn->local != NULL) {
        local_length = net_address_parse(&local, conn->local, 0);
        if (local_length == 0 || bind(fd, &local.any, local_length) != 0)
            return -1;
    }
    if (connect(fd, &remote->any, length) != 0 && errno != EINPROGRESS)
        return -1;
    return 0;
}

static void
net_socket_connect(NetConn *conn)
{
    NetAddress remote;
    socklen_t length = net_address_parse(&remote, conn->remote, conn->remote_port);
    GError *why = NULL;

    conn->item.ready = net_socket_ready;
    if (length == 0 || net_socket_dial(conn, &remote, length) != 0) {
        net_set_error(&why, errno, "connect to", conn->remote, conn->remote_port);
        net_conn_fail(conn, why);
        return;
    }
    g_free(conn->local);
    g_free(conn->remote);
    conn->local = net_address_local(conn->item.fd, &conn->local_port);
    conn->remote = net_address_text(&remote, &conn->remote_port);
    net_pair_register(conn);
    net_socket_attend(conn);
}

/* ---- listening ---- */

/* The kernel gives the lowest number that is free, so @fd tells how many are in use. */
static gboolean
net_socket_is_scarce(int fd)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return FALSE;
    return (rlim_t)fd >= limit.rlim_cur - limit.rlim_cur / NET_SPARE_PART;
}

static void
net_socket_take_in(NetListener *listener, int fd, const NetAddress *remote, gboolean scarce)
{
    NetConn *conn = net_conn_new(listener->net, NET_OPEN);

    conn->item.fd = fd;
    conn->item.ready = net_socket_ready;
    conn->local = net_address_local(fd, &conn->local_port);
    conn->remote = net_address_text(remote, &conn->remote_port);
    conn->one_too_many = scarce;
    net_socket_option(fd, IPPROTO_TCP, TCP_NODELAY);
    net_pair_accepted(conn);
    net_conn_touch(conn);
    if (net_is_down(listener->net, conn->remote)) {
        net_conn_abort(conn);
        return;
    }
    listener->accept(conn, listener->data);
    g_assert(conn->state != NET_OPEN || conn->handler != NULL);
}

static void
net_socket_resume_accept(void *data)
{
    NetListener *listener = data;

    listener->paused = NULL;
    net_item_watch(listener->net, &listener->item, EPOLLIN);
}

/* Out of descriptors or memory, or nearly so. The callers wait in the kernel's queue until others have
 * gone; going on asking would keep the loop spinning. */
static void
net_socket_pause_accept(NetListener *listener)
{
    net_item_watch(listener->net, &listener->item, 0);
    if (listener->paused == NULL)
        listener->paused = net_timer_start(listener->net->clock, NET_TIMER_GUARD, NET_PAUSE_US,
                                           net_socket_resume_accept, listener);
}

static void
net_socket_accept(NetItem *item, guint32 events G_GNUC_UNUSED)
{
    NetListener *listener = (NetListener *)item;

    /* Its owner may free the listener in the middle: then its descriptor is -1. */
    for (guint i = 0; i < NET_BATCH && item->fd >= 0; i++) {
        NetAddress remote = { 0 };
        socklen_t length = sizeof remote;
        int fd = accept4(item->fd, &remote.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        gboolean scarce = fd >= 0 && net_socket_is_scarce(fd);

        if (fd >= 0)
            net_socket_take_in(listener, fd, &remote, scarce);
        else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            net_socket_pause_accept(listener);
        if (scarce && item->fd >= 0) {
            /* The caller is told so. A crowd to be told it would use up what is left. */
            net_socket_pause_accept(listener);
            return;
        }
        if (fd < 0 && errno != EINTR && errno != ECONNABORTED)
            return;
    }
}

static gboolean
net_socket_listen(NetListener *listener, GError **error)
{
    listener->item.fd = net_socket_bound(SOCK_STREAM, listener->address, listener->port);
    if (listener->item.fd < 0 || listen(listener->item.fd, NET_BACKLOG) != 0) {
        net_set_error(error, errno, "cannot listen on", listener->address, listener->port);
        net_item_close(&listener->item);
        return FALSE;
    }
    listener->item.ready = net_socket_accept;
    if (listener->port == 0)
        g_free(net_address_local(listener->item.fd, &listener->port));
    net_item_watch(listener->net, &listener->item, EPOLLIN);
    return TRUE;
}

/* Whoever calls is refused now, and those that wait to be accepted are reset. */
static void
net_socket_unlisten(NetListener *listener)
{
    net_timer_stop(&listener->paused);
    net_item_close(&listener->item);
}

/* ---- datagrams ---- */

static void
net_socket_datagrams(NetItem *item, guint32 events G_GNUC_UNUSED)
{
    NetUdp *udp = (NetUdp *)item;
    guint8 octets[65536];

    for (guint i = 0; i < NET_BATCH && item->fd >= 0; i++) {
        NetAddress from = { 0 };
        socklen_t from_length = sizeof from;
        ssize_t length = recvfrom(item->fd, octets, sizeof octets, 0, &from.any, &from_length);
        guint16 port;

        if (length < 0)
            return;
        g_autofree char *sender = net_address_text(&from, &port);
        if (udp->expected > 0 && --udp->expected == 0)
            net_timer_stop(&udp->forget);
        if (!net_is_down(udp->net, udp->address) && !net_is_down(udp->net, sender))
            udp->datagram(udp, octets, length, sender, port, udp->data);
    }
}

static gboolean
net_socket_udp_open(NetUdp *udp, GError **error)
{
    udp->item.fd = net_socket_bound(SOCK_DGRAM, udp->address, udp->port);
    if (udp->item.fd < 0) {
        net_set_error(error, errno, "cannot open UDP on", udp->address, udp->port);
        return FALSE;
    }
    udp->item.ready = net_socket_datagrams;
    g_free(net_address_local(udp->item.fd, &udp->port));
    net_item_watch(udp->net, &udp->item, EPOLLIN);
    return TRUE;
}

static gboolean
net_socket_udp_send(NetUdp *udp, const guint8 *octets, gsize length, const char *to, guint16 port,
                    GError **error)
{
    NetAddress address;
    socklen_t address_length = net_address_parse(&address, to, port);

    if (address_length > 0 &&
        sendto(udp->item.fd, octets, length, MSG_NOSIGNAL, &address.any, address_length) >= 0)
        return TRUE;
    net_set_error(error, errno, "cannot send UDP to", to, port);
    return FALSE;
}

/* ---- the back end ---- */

static const NetBackend net_sockets = {
    .simulated = FALSE,
    .listen = net_socket_listen,
    .unlisten = net_socket_unlisten,
    .connect = net_socket_connect,
    .send = net_socket_send,
    .finish = net_socket_finish,
    .attend = net_socket_attend,
    .release = net_socket_release,
    .udp_open = net_socket_udp_open,
    .udp_send = net_socket_udp_send,
};

/* Each connection is a descriptor; the usual limit of 1,024 would be a small server. */
static void
net_socket_raise_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

Net *
net_new_sockets(NetClock *clock, GError **error)
{
    g_assert(!net_clock_is_virtual(clock));
    net_socket_raise_limit();
    return net_new(clock, &net_sockets, error);
}
