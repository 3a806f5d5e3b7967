/* tests/toy_service.h - a toy protocol carried over both networks, for the tests of net/service.h.
 *
 * The toy answers each line: "ECHO x" with x, "WAIT" when the test says so, "NOW" within its own
 * call, "WORK n" in n slices, "BIG" with a lot, "QUIT" by closing.
 */
#ifndef TESTS_TOY_SERVICE_H
#define TESTS_TOY_SERVICE_H

#include "net/service.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "tests/folder.h"
#include "tests/net_run.h"

#define SERVER "127.0.0.3"

typedef struct World {
    NetClock *clock;
    Net *net;
    NetService *service;
    Tracer *tracer;
    NetTimer *guard;
    GString *came; /* at the client */
    NetTls *tls;
    char *tls_folder;
    guint opened, closed, client_closed;
    guint64 why; /* what the client learnt of the end */
    struct Toy *last;
} World;

typedef struct Toy {
    World *world;
    NetServed *served;
    Trace *trace;
    guint work;
} Toy;

/* ---- the toy's engine ---- */

static void *
toy_open(void *data, NetServed *served, GString *replies)
{
    World *world = data;
    Toy *toy = g_new0(Toy, 1);

    toy->world = world;
    toy->served = served;
    toy->trace = trace_new(world->tracer, "toy.example", "toy");
    world->opened++;
    world->last = toy;
    trace_state(toy->trace, STAGE_CONNECT, NULL, "a toy session begins");
    g_string_append(replies, "hello\r\n");
    return toy;
}

static NetNext
toy_line(Toy *toy, const char *line, GString *replies)
{
    g_autoptr(GString) now = g_string_new("now\r\n");
    g_autofree char *big = g_strnfill(1000, 'b');

    if (g_str_has_prefix(line, "ECHO "))
        g_string_append_printf(replies, "%s\r\n", line + 5);
    if (strcmp(line, "WAIT") == 0)
        return NET_PENDING;
    if (strcmp(line, "SECURE") == 0) {
        g_string_append(replies, "go\r\n");
        return NET_SECURE;
    }
    if (strcmp(line, "NOW") == 0) {
        g_string_append(replies, "first ");
        net_served_go_on(toy->served, NET_GO_ON, now);
        return NET_PENDING;
    }
    if (g_str_has_prefix(line, "WORK ")) {
        toy->work = atoi(line + 5);
        return NET_MORE;
    }
    for (guint i = 0; strcmp(line, "BIG") == 0 && i < 100; i++)
        g_string_append_printf(replies, "%s\r\n", big);
    if (strcmp(line, "QUIT") == 0) {
        g_string_append(replies, "bye\r\n");
        return NET_CLOSE;
    }
    return NET_GO_ON;
}

static NetNext
toy_input(void *session, NetBuffer *input, GString *replies)
{
    Toy *toy = session;
    g_autofree char *line = NULL;

    if (toy->work > 0) {
        g_string_append_printf(replies, "%u ", toy->work);
        return --toy->work > 0 ? NET_MORE : NET_GO_ON;
    }
    if (net_line_take(input, 100, &line) != NET_LINE_OK)
        return NET_GO_ON;
    trace_state(toy->trace, STAGE_CONNECT, NULL, "%s", line);
    return toy_line(toy, line, replies);
}

static Trace *
toy_trace(void *session)
{
    return ((Toy *)session)->trace;
}

static void
toy_expired(void *session G_GNUC_UNUSED, GString *replies)
{
    g_string_append(replies, "too slow\r\n");
}

static void
toy_closed(void *session)
{
    Toy *toy = session;

    toy->world->closed++;
    toy->world->last = NULL;
    trace_free(toy->trace);
    g_free(toy);
}

static double
toy_patience(void *session G_GNUC_UNUSED)
{
    return 1.0;
}

/* The session starts anew, and says so. */
static void
toy_secured(void *session, const char *words)
{
    Toy *toy = session;

    g_assert_true(g_str_has_prefix(words, "TLS1."));
    toy->work = 0;
    net_served_send(toy->served, "secured\r\n", -1);
}

static const NetProtocol toy = {
    .name = "toy",
    .open = toy_open,
    .input = toy_input,
    .trace = toy_trace,
    .secured = toy_secured,
    .expired = toy_expired,
    .closed = toy_closed,
    .too_many = "too many\r\n",
    .patience = toy_patience,
};

/* ---- the client ---- */

static void
client_input(NetConn *conn, void *owner)
{
    World *world = owner;
    gsize length;
    const char *octets = net_buffer_peek(net_conn_input(conn), &length);

    g_string_append_len(world->came, octets, length);
    net_buffer_take(net_conn_input(conn), length);
}

static void
client_closed(NetConn *conn, void *owner, const GError *why G_GNUC_UNUSED)
{
    World *world = owner;

    world->client_closed++;
    world->why = net_conn_why(conn);
}

static const NetHandler client = { .input = client_input, .closed = client_closed };

/* ---- a world for each test ---- */

static gint64
world_now(void *clock)
{
    return net_clock_now_us(clock);
}

static void
stuck(void *data G_GNUC_UNUSED)
{
    g_error("nothing happened for 60 seconds");
}

static World *
world_new(gconstpointer simulated, const NetProtocol *protocol)
{
    World *world = g_new0(World, 1);

    world->clock = simulated ? net_clock_new_virtual(0) : net_clock_new_real();
    world->net = simulated ? net_new_simulated(world->clock) : net_new_sockets(world->clock, NULL);
    world->tracer = tracer_new(world_now, world->clock);
    tracer_switch(world->tracer, TRUE);
    world->service = net_service_new(world->net, SERVER, 0, protocol, world, NULL);
    g_assert_nonnull(world->service);
    world->guard = net_timer_start(world->clock, NET_TIMER_GUARD, 60 * NET_SECOND, stuck, NULL);
    world->came = g_string_new(NULL);
    return world;
}

static void
world_free(World *world)
{
    net_timer_stop(&world->guard);
    net_service_free(world->service);
    g_assert_cmpuint(world->opened, ==, world->closed);
    net_free(world->net);
    tracer_free(world->tracer);
    net_clock_free(world->clock);
    net_tls_free(world->tls);
    if (world->tls_folder != NULL)
        folder_remove(world->tls_folder);
    g_free(world->tls_folder);
    g_string_free(world->came, TRUE);
    g_free(world);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

static NetConn *
dial(World *world, const char *from)
{
    return net_connect(world->net, from, SERVER, net_service_port(world->service), &client, world);
}

G_GNUC_UNUSED static void
expect_came(World *world, const char *text)
{
    g_assert_cmpstr(world->came->str, ==, text);
    g_string_truncate(world->came, 0);
}

#endif
