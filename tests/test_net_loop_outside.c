/* tests/test_net_loop_outside.c - what else the turn looks after: datagrams, foreign descriptors, slow
 * callbacks, a machine without descriptors.
 */
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/net_world.h"

static void
datagram_came(NetUdp *udp, const guint8 *octets, gsize length, const char *from, guint16 port,
              void *data)
{
    World *world = data;

    g_string_append_len(world->came, (const char *)octets, length);
    if (strcmp(from, HERE) == 0)
        g_assert_true(net_udp_send(udp, (const guint8 *)"pong", 4, from, port, NULL));
    else
        net_quit(world->net);
}

static void
test_datagrams(gconstpointer simulated)
{
    g_test_summary("Datagrams go there and back");
    g_autoptr(World) world = world_new(accept_echo, simulated);
    NetUdp *there = net_udp_open(world->net, THERE, 0, datagram_came, world, NULL);
    NetUdp *here = net_udp_open(world->net, HERE, 0, datagram_came, world, NULL);

    g_assert_true(net_udp_send(here, (const guint8 *)"ping", 4, THERE, net_udp_port(there), NULL));
    net_run(world->net, FALSE);
    g_assert_cmpstr(world->came->str, ==, "pingpong");
    net_udp_close(here);
    net_udp_close(there);
}

static void
pipe_ready(void *data)
{
    note(data, "pipe");
    net_quit(((World *)data)->net);
}

static void
test_watch(gconstpointer simulated)
{
    g_test_summary("A foreign descriptor wakes the loop; a plain file is always readable");
    g_autoptr(World) world = world_new(accept_echo, simulated);
    int ends[2], file;

    g_assert_cmpint(pipe(ends), ==, 0);
    net_watch_fd(world->net, ends[0], pipe_ready, world);
    g_assert_cmpint(write(ends[1], "x", 1), ==, 1);
    net_run(world->net, FALSE);
    net_unwatch_fd(world->net, ends[0]);
    run_for(world->net, 5);
    file = open("/proc/self/exe", O_RDONLY);
    net_watch_fd(world->net, file, pipe_ready, world);
    net_run(world->net, FALSE);
    net_unwatch_fd(world->net, file);
    g_assert_cmpstr(world->log->str, ==, "pipe pipe ");
    close(ends[0]);
    close(ends[1]);
    close(file);
}

/* ---- limits of the machine ---- */

static void
dawdle(void *data)
{
    World *world = data;

    g_usleep(NET_SLOW_TURN_US + 10000);
    net_clock_pause(world->clock); /* as the gate does */
    g_usleep(20000);
    net_clock_resume(world->clock);
}

static void
watchdog(void *data, gint64 took_us)
{
    g_assert_cmpint(took_us, >, NET_SLOW_TURN_US);
    note(data, "slow");
}

static void
test_watchdog(gconstpointer simulated)
{
    g_test_summary("A callback that keeps everybody waiting for 50 ms is reported");
    g_autoptr(World) world = world_new(accept_echo, simulated);

    net_set_watchdog(world->net, watchdog, world);
    net_timer_start(world->clock, NET_TIMER_GUARD, 0, dawdle, world);
    run_for(world->net, 80);
    g_assert_true(g_str_has_prefix(world->log->str, "slow "));
}

static void
test_out_of_descriptors(gconstpointer simulated)
{
    g_test_summary(
        "Without a free descriptor callers wait; the loop does not spin, nobody is lost");
    g_autoptr(World) world = world_new(accept_echo, simulated);
    struct rlimit old, low;
    int used = dup(0);

    dial(world); /* this one has its descriptor already */
    getrlimit(RLIMIT_NOFILE, &old);
    low = old;
    low.rlim_cur = used + 2; /* one for the client, which is taken, and one more */
    int last = dup(0);
    setrlimit(RLIMIT_NOFILE, &low);
    run_for(world->net, 30);
    g_assert_cmpstr(world->log->str, ==, "opened ");
    setrlimit(RLIMIT_NOFILE, &old);
    run_for(world->net, 150);
    g_assert_cmpstr(world->log->str, ==, "opened accept ");
    close(used);
    close(last);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/net/loop/sockets/datagrams", SOCKETS, test_datagrams);
    g_test_add_data_func("/net/loop/simulated/datagrams", SIMULATED, test_datagrams);
    g_test_add_data_func("/net/loop/sockets/watch", SOCKETS, test_watch);
    g_test_add_data_func("/net/loop/sockets/out-of-descriptors", SOCKETS, test_out_of_descriptors);
    g_test_add_data_func("/net/loop/sockets/watchdog", SOCKETS, test_watchdog);
    return g_test_run();
}
