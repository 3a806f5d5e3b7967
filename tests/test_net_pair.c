/* tests/test_net_pair.c - both ends ours: journeys, marks, warping; and hosts that are down. */
#include "net/net.h"

#include <locale.h>
#include <string.h>

#include "tests/net_run.h"

#define HERE  "127.0.0.2"
#define THERE "127.0.0.3"

typedef struct World {
    NetClock *clock;
    Net *net;
    NetListener *listener;
    NetConn *server;
    NetTimer *guard;
    GString *log;
    guint rounds; /* questions and answers still to go */
} World;

static void
note(World *world, const char *what)
{
    g_string_append_printf(world->log, "%s ", what);
}

static void
expect_log(World *world, const char *text)
{
    g_assert_cmpstr(world->log->str, ==, text);
    g_string_truncate(world->log, 0);
}

static void
take_all(NetConn *conn)
{
    net_buffer_take(net_conn_input(conn), net_buffer_length(net_conn_input(conn)));
}

/* ---- a server that answers each octet, and a client that asks again ---- */

static void
server_input(NetConn *conn, void *owner)
{
    World *world = owner;
    g_autofree char *seen = NULL;

    net_buffer_take(net_conn_input(conn), 1);
    seen = g_strdup_printf("twin=%" G_GUINT64_FORMAT, net_buffer_twin(net_conn_input(conn)));
    note(world, seen);
    take_all(conn);
    net_conn_write(conn, "a", 1);
    net_conn_wrote(conn, 200);
}

static void
server_closed(NetConn *conn G_GNUC_UNUSED, void *owner, const GError *why)
{
    ((World *)owner)->server = NULL;
    note(owner, why != NULL ? "server-failed" : "server-closed");
}

static const NetHandler server = { .input = server_input, .closed = server_closed };

static void
accept_server(NetConn *conn, void *data)
{
    World *world = data;
    const char *journey, *branch;
    guint64 event;

    net_conn_handle(conn, &server, world);
    world->server = conn;
    if (net_conn_origin(conn, &journey, &branch, &event)) {
        g_assert_cmpstr(journey, ==, "j3");
        g_assert_cmpstr(branch, ==, "1.2");
        g_assert_cmpuint(event, ==, 38);
        note(world, "origin");
    } else {
        note(world, "stranger");
    }
}

static void
client_ask(NetConn *conn, World *world)
{
    net_conn_write(conn, "q", 1);
    net_conn_wrote(conn, 100 + world->rounds);
}

static void
client_opened(NetConn *conn, void *owner)
{
    client_ask(conn, owner);
}

static void
client_input(NetConn *conn, void *owner)
{
    World *world = owner;

    take_all(conn);
    g_assert_cmpuint(net_buffer_twin(net_conn_input(conn)), ==, 200);
    if (--world->rounds > 0)
        client_ask(conn, world);
    else
        note(world, "done");
}

static void
client_closed(NetConn *conn G_GNUC_UNUSED, void *owner, const GError *why)
{
    if (why != NULL && why->code == G_IO_ERROR_CONNECTION_REFUSED)
        note(owner, "refused");
    else
        note(owner, why != NULL ? "client-failed" : "client-closed");
}

static const NetHandler client = {
    .opened = client_opened,
    .input = client_input,
    .closed = client_closed,
};

/* ---- a world for each test ---- */

static void
stuck(void *data G_GNUC_UNUSED)
{
    g_error("nothing happened for 60 seconds");
}

static World *
world_new(gconstpointer simulated)
{
    World *world = g_new0(World, 1);

    world->clock = simulated ? net_clock_new_virtual(0) : net_clock_new_real();
    world->net = simulated ? net_new_simulated(world->clock) : net_new_sockets(world->clock, NULL);
    world->listener = net_listen(world->net, THERE, 0, accept_server, world, NULL);
    world->guard = net_timer_start(world->clock, NET_TIMER_GUARD, 60 * NET_SECOND, stuck, NULL);
    world->log = g_string_new(NULL);
    world->rounds = 3;
    return world;
}

static void
world_free(World *world)
{
    net_timer_stop(&world->guard);
    net_listener_free(world->listener);
    net_free(world->net);
    net_clock_free(world->clock);
    g_string_free(world->log, TRUE);
    g_free(world);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

static NetConn *
dial(World *world)
{
    return net_connect(world->net, HERE, THERE, net_listener_port(world->listener), &client, world);
}

static void
test_origin_and_marks(gconstpointer simulated)
{
    g_test_summary("Journey and cause of the dialling end are known at the accepting end");
    g_autoptr(World) world = world_new(simulated);
    NetConn *conn = dial(world);

    net_conn_set_origin(conn, "j3", "1.2", 38);
    run_for(world->net, 30);
    expect_log(world, "origin twin=103 twin=102 twin=101 done ");
    dial(world);
    run_for(world->net, 5);
    g_assert_true(g_str_has_prefix(world->log->str, "stranger "));
}

static void
test_down(gconstpointer simulated)
{
    g_test_summary("A host that is down refuses, resets what was open, and comes back");
    g_autoptr(World) world = world_new(simulated);

    dial(world);
    run_for(world->net, 30);
    expect_log(world, "stranger twin=103 twin=102 twin=101 done ");
    net_set_down(world->net, THERE, TRUE);
    g_assert_true(net_is_down(world->net, THERE));
    run_for(world->net, 10);
    expect_log(world, "client-failed server-failed ");
    dial(world);
    run_for(world->net, 10);
    expect_log(world, "refused ");
    net_set_down(world->net, THERE, FALSE);
    world->rounds = 1;
    dial(world);
    run_for(world->net, 20);
    expect_log(world, "stranger twin=101 done ");
    net_set_down(world->net, HERE, TRUE);
    run_for(world->net, 10);
    expect_log(world, "client-failed server-failed ");
    dial(world);
    run_for(world->net, 10);
    expect_log(world, "refused ");
}

static void
datagram(NetUdp *udp G_GNUC_UNUSED, const guint8 *octets G_GNUC_UNUSED, gsize length G_GNUC_UNUSED,
         const char *from G_GNUC_UNUSED, guint16 port G_GNUC_UNUSED, void *data)
{
    note(data, "datagram");
}

static void
test_down_datagrams(gconstpointer simulated)
{
    g_test_summary("What is sent to a host that is down, or by it, gets lost in silence");
    g_autoptr(World) world = world_new(simulated);
    NetUdp *there = net_udp_open(world->net, THERE, 0, datagram, world, NULL);
    NetUdp *here = net_udp_open(world->net, HERE, 0, datagram, world, NULL);
    const guint8 x = 'x';

    for (guint i = 0; i < 3; i++) {
        net_set_down(world->net, THERE, i == 0);
        net_set_down(world->net, HERE, i == 1);
        g_assert_true(net_udp_send(here, &x, 1, THERE, net_udp_port(there), NULL));
        run_for(world->net, 10);
        expect_log(world, i < 2 ? "" : "datagram ");
    }
    net_udp_close(there);
    net_udp_close(here);
}

/* ---- warp ---- */

static void
later(void *data)
{
    note(data, "timer");
}

static void
test_warp_waits_for_octets(gconstpointer simulated)
{
    g_test_summary("Time is skipped only when nothing is on its way");
    g_autoptr(World) world = world_new(simulated);
    gint64 before = net_clock_now_us(world->clock);
    NetConn *conn = dial(world);

    net_clock_set_warp(world->clock, TRUE);
    world->rounds = 500;
    net_timer_start(world->clock, NET_TIMER_SCHEDULE, 3600 * NET_SECOND, later, world);
    run_for(world->net, 300);
    g_assert_true(g_str_has_suffix(world->log->str, "twin=101 done timer "));
    g_assert_cmpint(net_clock_now_us(world->clock) - before, >=, 3600 * NET_SECOND);
    net_conn_close(conn);
}

static void
test_warp_waits_for_busy(gconstpointer simulated)
{
    g_test_summary("Somebody who is busy, or a datagram on its way, keeps time from being skipped");
    g_autoptr(World) world = world_new(simulated);
    NetUdp *udp = net_udp_open(world->net, HERE, 0, datagram, world, NULL);
    const guint8 x = 'x';

    net_clock_set_warp(world->clock, TRUE);
    net_timer_start(world->clock, NET_TIMER_SCHEDULE, 3600 * NET_SECOND, later, world);
    net_busy(world->net);
    run_for(world->net, 20);
    expect_log(world, "");
    g_assert_true(net_udp_send(udp, &x, 1, HERE, net_udp_port(udp), NULL));
    net_unbusy(world->net);
    run_for(world->net, 20);
    expect_log(world, "datagram timer ");
    net_udp_close(udp);
}

static void
close_it(void *data)
{
    net_conn_close(data);
}

static void
test_quiet(gconstpointer simulated)
{
    g_test_summary("A run until all is quiet ends when conversations and timers have ended");
    g_autoptr(World) world = world_new(simulated);
    NetConn *conn = dial(world);

    net_clock_set_warp(world->clock, TRUE);
    net_timer_stop(&world->guard);
    net_timer_start(world->clock, NET_TIMER_SCHEDULE, 5 * 86400 * NET_SECOND, later, world);
    net_timer_start(world->clock, NET_TIMER_GUARD, 20000, close_it, conn);
    net_run(world->net, TRUE);
    g_assert_nonnull(strstr(world->log->str, "timer "));
    g_assert_nonnull(strstr(world->log->str, "server-closed "));
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        GTestDataFunc test;
        gboolean sockets_only;
    } tests[] = {
        { "origin", test_origin_and_marks, FALSE },
        { "down", test_down, FALSE },
        { "down-datagrams", test_down_datagrams, FALSE },
        { "warp-octets", test_warp_waits_for_octets, TRUE },
        { "warp-busy", test_warp_waits_for_busy, TRUE },
        { "quiet", test_quiet, FALSE },
    };

    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *sockets = g_strdup_printf("/net/pair/sockets/%s", tests[i].name);
        g_autofree char *simulation = g_strdup_printf("/net/pair/simulated/%s", tests[i].name);

        g_test_add_data_func(sockets, NULL, tests[i].test);
        if (!tests[i].sockets_only)
            g_test_add_data_func(simulation, GINT_TO_POINTER(1), tests[i].test);
    }
    return g_test_run();
}
