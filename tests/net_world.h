/* tests/net_world.h - a server that echoes and a client that listens, over either network.
 *
 *   HERE dial() --> THERE accept_echo()     world->log: what happened, in order
 */
#ifndef TESTS_NET_WORLD_H
#define TESTS_NET_WORLD_H

#include <locale.h>
#include <string.h>

#include "net/net.h"
#include "tests/net_run.h"

#define HERE  "127.0.0.2"
#define THERE "127.0.0.3"

/* A world with a server on THERE and whatever a test makes of it. */
typedef struct World {
    NetClock *clock;
    Net *net;
    NetListener *listener;
    guint16 port;
    NetTimer *guard;
    NetConn *server; /* the connection accepted last */
    GString *log;    /* what happened, in order */
    GString *came;   /* octets that came at the client */
    gsize served;    /* octets that came at the server */
    gsize to_write;  /* octets the server still has to write */
    guint hooks;     /* hook calls that want another */
    gboolean hold;
} World;

static inline void
note(World *world, const char *what)
{
    g_string_append_printf(world->log, "%s ", what);
}

static inline void
stuck(void *data G_GNUC_UNUSED)
{
    g_error("nothing happened for 60 seconds");
}

/* ---- the server's end ---- */

static inline void
server_input(NetConn *conn, void *owner)
{
    World *world = owner;
    gsize length;
    const char *octets = net_buffer_peek(net_conn_input(conn), &length);

    world->served += length;
    note(world, "server-input");
    if (g_strstr_len(octets, length, "QUIT") != NULL) {
        net_conn_write(conn, "221 bye\r\n", -1);
        net_conn_close(conn);
        return;
    }
    net_conn_write(conn, octets, length);
    net_buffer_take(net_conn_input(conn), length);
}

static inline void
server_closed(NetConn *conn G_GNUC_UNUSED, void *owner, const GError *why)
{
    World *world = owner;

    world->server = NULL;
    note(world, why != NULL ? "server-failed" : "server-closed");
}

static inline void
server_expired(NetConn *conn, void *owner)
{
    note(owner, "server-expired");
    net_conn_close(conn);
}

static const NetHandler echo = {
    .input = server_input,
    .closed = server_closed,
    .expired = server_expired,
};

static inline void
accept_echo(NetConn *conn, void *data)
{
    World *world = data;

    world->server = conn;
    note(world, "accept");
    net_conn_handle(conn, &echo, world);
    net_conn_hold(conn, world->hold);
}

/* ---- the client's end ---- */

static inline void
client_opened(NetConn *conn G_GNUC_UNUSED, void *owner)
{
    note(owner, "opened");
}

static inline void
client_input(NetConn *conn, void *owner)
{
    World *world = owner;
    gsize length;
    const char *octets = net_buffer_peek(net_conn_input(conn), &length);

    g_string_append_len(world->came, octets, length);
    net_buffer_take(net_conn_input(conn), length);
}

static inline void
client_closed(NetConn *conn G_GNUC_UNUSED, void *owner, const GError *why)
{
    World *world = owner;

    note(world, why != NULL ? "client-failed" : "client-closed");
    if (why != NULL)
        g_assert_cmpint(why->domain, ==, G_IO_ERROR);
    net_quit(world->net);
}

static const NetHandler client = {
    .opened = client_opened,
    .input = client_input,
    .closed = client_closed,
};

/* ---- a world for each test ---- */

static inline World *
world_new(NetAccept accept, gconstpointer simulated)
{
    World *world = g_new0(World, 1);

    world->clock = simulated ? net_clock_new_virtual(0) : net_clock_new_real();
    world->net = simulated ? net_new_simulated(world->clock) : net_new_sockets(world->clock, NULL);
    world->listener = net_listen(world->net, THERE, 0, accept, world, NULL);
    world->port = net_listener_port(world->listener);
    g_assert_cmpuint(world->port, >, 0);
    world->guard = net_timer_start(world->clock, NET_TIMER_GUARD, 60 * NET_SECOND, stuck, NULL);
    world->log = g_string_new(NULL);
    world->came = g_string_new(NULL);
    return world;
}

static inline void
world_free(World *world)
{
    net_timer_stop(&world->guard);
    net_listener_free(world->listener);
    net_free(world->net);
    net_clock_free(world->clock);
    g_string_free(world->log, TRUE);
    g_string_free(world->came, TRUE);
    g_free(world);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

static inline NetConn *
dial(World *world)
{
    return net_connect(world->net, HERE, THERE, world->port, &client, world);
}

#define SOCKETS   NULL
#define SIMULATED GINT_TO_POINTER(1)

#endif
