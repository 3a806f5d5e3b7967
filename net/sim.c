/* net/sim.c - a network in memory, so that a world can run faster than time, and again.
 *
 *   write > output --(end of turn)--> flight, 1 ms --> the peer's wire > input() > input
 *
 * Whatever is on its way is a timer of the virtual clock, and timers due at the same time fire in
 * the order they were started: two runs of one world see the same calls in the same order. The
 * wire is what a kernel would keep for a reader that is slow; when it is full, the writer waits.
 *
 * Start reading at net_sim_send() and net_sim_arrive(). Tests: tests/test_net_sim.c
 */
#include "net/backend.h"

#include <string.h>

#define NET_SIM_LATENCY_US 1000
#define NET_SIM_WINDOW     (64 * 1024) /* octets on their way or on the wire, one direction */
#define NET_SIM_FIRST_PORT 49152       /* ports for those that ask for any */

typedef enum { NET_FLIGHT_OCTETS, NET_FLIGHT_END, NET_FLIGHT_RESET } NetFlightKind;

/* From one end of a connection to the other. */
typedef struct NetFlight {
    NetFlightKind kind;
    NetConn *to;
    NetTimer *timer;
    GBytes *octets; /* NULL for an end or a reset */
} NetFlight;

typedef struct NetSimDatagram {
    Net *net;
    NetTimer *timer;
    char *from, *to;
    guint16 from_port, to_port;
    GBytes *octets;
} NetSimDatagram;

/* ---- flights ---- */

static void
net_flight_free(NetFlight *flight)
{
    net_timer_stop(&flight->timer);
    if (flight->octets != NULL)
        g_bytes_unref(flight->octets);
    g_free(flight);
}

/* Gives the owner what is on the wire, then the end: one at a time, as a socket does. */
static void
net_sim_read(NetConn *conn)
{
    gsize length, room;
    const char *octets;

    if (!net_conn_wants_input(conn))
        return;
    octets = net_buffer_peek(conn->wire, &length);
    if (length > 0) {
        room = NET_INPUT_MAX - MIN(net_buffer_length(conn->input), NET_INPUT_MAX - 1);
        length = MIN(length, room);
        net_conn_received(conn, octets, length);
        net_buffer_take(conn->wire, length);
        if (conn->peer != NULL)
            net_conn_touch(conn->peer); /* there is room on the wire again */
    } else if (conn->wire_end) {
        conn->wire_end = FALSE;
        net_conn_ended(conn);
    }
}

static void
net_sim_arrive(void *data)
{
    NetFlight *flight = data;
    NetConn *to = flight->to;
    NetFlightKind kind = flight->kind;

    flight->timer = NULL;
    g_queue_remove(&to->flights, flight);
    if (kind == NET_FLIGHT_OCTETS) {
        gsize length;
        const void *octets = g_bytes_get_data(flight->octets, &length);

        to->flying -= length;
        net_buffer_add(to->wire, octets, length);
    } else if (kind == NET_FLIGHT_END) {
        to->wire_end = TRUE;
    }
    net_flight_free(flight);
    if (kind == NET_FLIGHT_RESET)
        net_conn_lost(to, net_conn_error(to, G_IO_ERROR_CONNECTION_CLOSED));
    else
        net_sim_read(to);
}

static void
net_sim_launch(NetConn *to, NetFlightKind kind, const void *octets, gsize length)
{
    NetFlight *flight = g_new0(NetFlight, 1);

    flight->kind = kind;
    flight->to = to;
    flight->octets = length > 0 ? g_bytes_new(octets, length) : NULL;
    flight->timer = net_timer_start(to->net->clock, NET_TIMER_GUARD, NET_SIM_LATENCY_US,
                                    net_sim_arrive, flight);
    to->flying += length;
    g_queue_push_tail(&to->flights, flight);
}

/* ---- a connection ---- */

static void
net_sim_send(NetConn *conn)
{
    NetConn *to = conn->peer;
    gsize length, used;
    const char *octets = net_buffer_peek(conn->output, &length);

    if (to == NULL) { /* it has gone without reading to the end */
        net_conn_fail(conn, net_conn_error(conn, G_IO_ERROR_CONNECTION_CLOSED));
        return;
    }
    used = to->flying + net_buffer_length(to->wire);
    length = MIN(length, NET_SIM_WINDOW - MIN(used, NET_SIM_WINDOW));
    if (length == 0)
        return;
    net_sim_launch(to, NET_FLIGHT_OCTETS, octets, length);
    conn->sent += length;
    net_buffer_take(conn->output, length);
}

static void
net_sim_finish(NetConn *conn)
{
    if (conn->peer != NULL)
        net_sim_launch(conn->peer, NET_FLIGHT_END, NULL, 0);
}

static void
net_sim_reading(void *data)
{
    NetConn *conn = data;

    conn->reading = NULL;
    net_sim_read(conn);
}

/* What waits on the wire is read in the next turn. */
static void
net_sim_attend(NetConn *conn)
{
    gboolean waiting = net_buffer_length(conn->wire) > 0 || conn->wire_end;

    if (waiting && conn->reading == NULL && net_conn_wants_input(conn))
        conn->reading =
            net_timer_start(conn->net->clock, NET_TIMER_GUARD, 0, net_sim_reading, conn);
}

static void
net_sim_release(NetConn *conn)
{
    net_timer_stop(&conn->reading);
    g_queue_clear_full(&conn->flights, (GDestroyNotify)net_flight_free);
    if (conn->peer != NULL && conn->reset)
        net_sim_launch(conn->peer, NET_FLIGHT_RESET, NULL, 0);
    else if (conn->peer != NULL && !conn->finished)
        net_sim_launch(conn->peer, NET_FLIGHT_END, NULL, 0);
}

/* ---- dialling and listening ---- */

static guint16
net_sim_new_port(Net *net, const char *address)
{
    do {
        if (net->next_port < NET_SIM_FIRST_PORT)
            net->next_port = NET_SIM_FIRST_PORT;
        net->next_port++; /* from 65535 back to 0, and so to the first */
    } while (net->next_port == 0 || net_listener_find(net, address, net->next_port) != NULL ||
             net_udp_find(net, address, net->next_port) != NULL);
    return net->next_port;
}

static void
net_sim_connected(void *data)
{
    NetConn *conn = data;

    conn->reading = NULL;
    net_conn_opened(conn);
}

/* The call reaches the other host: it answers, or refuses. */
static void
net_sim_called(void *data)
{
    NetConn *conn = data, *accepted;
    NetListener *listener = net_listener_find(conn->net, conn->remote, conn->remote_port);

    conn->reading = NULL;
    if (listener == NULL) {
        net_conn_lost(conn, net_conn_error(conn, G_IO_ERROR_CONNECTION_REFUSED));
        return;
    }
    accepted = net_conn_new(conn->net, NET_OPEN);
    accepted->wire = net_buffer_new();
    accepted->local = g_strdup(conn->remote);
    accepted->local_port = conn->remote_port;
    accepted->remote = g_strdup(conn->local);
    accepted->remote_port = conn->local_port;
    net_pair(conn, accepted);
    conn->reading = net_timer_start(conn->net->clock, NET_TIMER_GUARD, NET_SIM_LATENCY_US,
                                    net_sim_connected, conn);
    net_conn_touch(accepted);
    listener->accept(accepted, listener->data);
    g_assert(accepted->state != NET_OPEN || accepted->handler != NULL);
}

static void
net_sim_connect(NetConn *conn)
{
    if (conn->local == NULL)
        conn->local = g_strdup("127.0.0.1");
    conn->local_port = net_sim_new_port(conn->net, conn->local);
    conn->wire = net_buffer_new();
    conn->reading = net_timer_start(conn->net->clock, NET_TIMER_GUARD, NET_SIM_LATENCY_US,
                                    net_sim_called, conn);
}

static gboolean
net_sim_in_use(GError **error, const char *address, guint16 port)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE,
                "cannot listen on %s port %u: in use already", address, port);
    return FALSE;
}

static gboolean
net_sim_listen(NetListener *listener, GError **error)
{
    if (listener->port == 0)
        listener->port = net_sim_new_port(listener->net, listener->address);
    if (net_listener_find(listener->net, listener->address, listener->port) != NULL)
        return net_sim_in_use(error, listener->address, listener->port);
    return TRUE;
}

/* A listener that is not open is not found: calls are refused. */
static void
net_sim_unlisten(NetListener *listener G_GNUC_UNUSED)
{
}

/* ---- datagrams ---- */

static void
net_sim_datagram_free(NetSimDatagram *datagram)
{
    net_timer_stop(&datagram->timer);
    g_bytes_unref(datagram->octets);
    g_free(datagram->from);
    g_free(datagram->to);
    g_free(datagram);
}

static void
net_sim_datagram_arrive(void *data)
{
    NetSimDatagram *datagram = data;
    Net *net = datagram->net;
    NetUdp *udp = net_udp_find(net, datagram->to, datagram->to_port);
    gsize length;
    const guint8 *octets = g_bytes_get_data(datagram->octets, &length);

    datagram->timer = NULL;
    g_queue_remove(&net->flights, datagram);
    if (udp != NULL && !net_is_down(net, datagram->to) && !net_is_down(net, datagram->from))
        udp->datagram(udp, octets, length, datagram->from, datagram->from_port, udp->data);
    net_sim_datagram_free(datagram);
}

static gboolean
net_sim_udp_open(NetUdp *udp, GError **error)
{
    if (udp->port == 0)
        udp->port = net_sim_new_port(udp->net, udp->address);
    if (net_udp_find(udp->net, udp->address, udp->port) != NULL)
        return net_sim_in_use(error, udp->address, udp->port);
    return TRUE;
}

static gboolean
net_sim_udp_send(NetUdp *udp, const guint8 *octets, gsize length, const char *to, guint16 port,
                 GError **error G_GNUC_UNUSED)
{
    NetSimDatagram *datagram = g_new0(NetSimDatagram, 1);

    datagram->net = udp->net;
    datagram->from = g_strdup(udp->address);
    datagram->from_port = udp->port;
    datagram->to = g_strdup(to);
    datagram->to_port = port;
    datagram->octets = g_bytes_new(octets, length);
    datagram->timer = net_timer_start(udp->net->clock, NET_TIMER_GUARD, NET_SIM_LATENCY_US,
                                      net_sim_datagram_arrive, datagram);
    g_queue_push_tail(&udp->net->flights, datagram);
    return TRUE;
}

/* ---- the back end ---- */

static void
net_sim_free(Net *net)
{
    g_queue_clear_full(&net->flights, (GDestroyNotify)net_sim_datagram_free);
}

static const NetBackend net_simulation = {
    .simulated = TRUE,
    .listen = net_sim_listen,
    .unlisten = net_sim_unlisten,
    .connect = net_sim_connect,
    .send = net_sim_send,
    .finish = net_sim_finish,
    .attend = net_sim_attend,
    .release = net_sim_release,
    .udp_open = net_sim_udp_open,
    .udp_send = net_sim_udp_send,
    .free = net_sim_free,
};

Net *
net_new_simulated(NetClock *clock)
{
    g_autoptr(GError) error = NULL;
    Net *net;

    g_assert(net_clock_is_virtual(clock));
    net = net_new(clock, &net_simulation, &error);
    if (net == NULL) /* no descriptor for epoll: a world without any can't start */
        g_error("%s", error->message);
    return net;
}
