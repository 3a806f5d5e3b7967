/* tests/test_net_sim.c - a world in memory: fast, and the same each time. */
#include "net/net.h"

#include <locale.h>
#include <string.h>
#include <unistd.h>

#define SERVER  "127.0.0.3"
#define CLIENTS 1000

/* A crowd talks to one server; @log gathers each call with its virtual time. */
typedef struct World {
    NetClock *clock;
    Net *net;
    NetListener *listener;
    NetChance *chance;
    GString *log;
    guint done;
} World;

typedef struct Client {
    World *world;
    NetConn *conn;
    guint left; /* questions to ask */
} Client;

static void
note(World *world, const NetConn *conn, const char *what)
{
    g_string_append_printf(world->log, "%" G_GINT64_FORMAT " %s:%u %s\n",
                           net_clock_now_us(world->clock), net_conn_remote(conn),
                           net_conn_remote_port(conn), what);
}

static void
server_input(NetConn *conn, void *owner)
{
    World *world = owner;
    gsize length = net_buffer_length(net_conn_input(conn));

    note(world, conn, "asked");
    net_buffer_take(net_conn_input(conn), length);
    if (net_chance_below(world->chance, 50) == 0)
        net_conn_abort(conn);
    else
        net_conn_write(conn, "answer", 6);
}

static void
server_closed(NetConn *conn, void *owner, const GError *why)
{
    note(owner, conn, why != NULL ? why->message : "closed");
}

static const NetHandler server = { .input = server_input, .closed = server_closed };

static void
accept_server(NetConn *conn, void *data)
{
    note(data, conn, "accepted");
    net_conn_handle(conn, &server, data);
}

static void
client_ask(Client *client)
{
    if (client->left-- > 0)
        net_conn_write(client->conn, "question", 8);
    else {
        net_conn_close(client->conn);
        client->world->done++;
    }
}

static void
client_opened(NetConn *conn, void *owner)
{
    note(((Client *)owner)->world, conn, "opened");
    client_ask(owner);
}

static void
client_pause_over(void *data)
{
    client_ask(data);
}

static void
client_input(NetConn *conn, void *owner)
{
    Client *client = owner;
    World *world = client->world;

    net_buffer_take(net_conn_input(conn), net_buffer_length(net_conn_input(conn)));
    if (client->left == 0)
        client_ask(client);
    else
        net_timer_start(world->clock, NET_TIMER_SCHEDULE,
                        net_chance_below(world->chance, 3600) * NET_SECOND, client_pause_over,
                        client);
}

static void
client_closed(NetConn *conn, void *owner, const GError *why)
{
    Client *client = owner;

    note(client->world, conn, why != NULL ? why->message : "closed by the server");
    client->world->done++;
}

static const NetHandler client_handler = {
    .opened = client_opened,
    .input = client_input,
    .closed = client_closed,
};

/* Runs a crowd from @seed; returns what happened. */
static char *
run_crowd(guint64 seed)
{
    World world = { 0 };
    g_autofree Client *clients = g_new0(Client, CLIENTS);

    world.clock = net_clock_new_virtual(0);
    world.net = net_new_simulated(world.clock);
    world.chance = net_chance_new(seed, TRUE);
    world.log = g_string_new(NULL);
    world.listener = net_listen(world.net, SERVER, 25, accept_server, &world, NULL);
    for (guint i = 0; i < CLIENTS; i++) {
        clients[i].world = &world;
        clients[i].left = 1 + i % 5;
        clients[i].conn =
            net_connect(world.net, "127.0.0.2", SERVER, 25, &client_handler, &clients[i]);
    }
    net_run(world.net, TRUE);
    g_assert_cmpuint(world.done, ==, CLIENTS);
    g_assert_cmpint(net_clock_now_s(world.clock), >=, 3600);
    net_listener_free(world.listener);
    net_free(world.net);
    net_chance_free(world.chance);
    net_clock_free(world.clock);
    return g_string_free(world.log, FALSE);
}

static void
test_same_each_time(void)
{
    g_test_summary("Same seed, same world: the same calls in the same order, hours in no time");
    g_autofree char *one = run_crowd(1);
    g_autofree char *two = run_crowd(1);
    g_autofree char *other = run_crowd(2);

    g_assert_cmpstr(one, ==, two);
    g_assert_cmpstr(one, !=, other);
    g_assert_nonnull(strstr(one, "reset by the peer"));
}

static void
udp_came(NetUdp *udp, const guint8 *octets, gsize length, const char *from, guint16 port,
         void *data)
{
    World *world = data;

    g_assert_cmpuint(length, ==, 1);
    g_string_append_printf(world->log, "%c%" G_GINT64_FORMAT " ", octets[0],
                           net_clock_now_us(world->clock));
    if (net_udp_port(udp) == 53)
        g_assert_true(net_udp_send(udp, (const guint8 *)"a", 1, from, port, NULL));
}

static void
test_datagrams_take_a_millisecond(void)
{
    g_test_summary("A question and its answer take two milliseconds, and nobody is asked in vain");
    World world = { .clock = net_clock_new_virtual(0), .log = g_string_new(NULL) };
    NetUdp *name_server, *resolver;
    const guint8 q = 'q';

    world.net = net_new_simulated(world.clock);
    name_server = net_udp_open(world.net, "0.0.0.0", 53, udp_came, &world, NULL);
    g_assert_null(net_udp_open(world.net, "127.0.0.53", 53, udp_came, &world, NULL));
    resolver = net_udp_open(world.net, "127.0.0.2", 0, udp_came, &world, NULL);
    g_assert_true(net_udp_send(resolver, &q, 1, "127.0.0.53", 53, NULL));
    g_assert_true(net_udp_send(resolver, &q, 1, "127.0.0.53", 54, NULL));
    net_run(world.net, TRUE);
    g_assert_cmpstr(world.log->str, ==, "q1000 a2000 ");
    net_udp_send(resolver, &q, 1, "127.0.0.53", 53, NULL);
    net_udp_close(name_server); /* while the datagram is on its way */
    net_run(world.net, TRUE);
    g_assert_cmpstr(world.log->str, ==, "q1000 a2000 ");
    net_udp_close(resolver);
    net_free(world.net);
    net_clock_free(world.clock);
    g_string_free(world.log, TRUE);
}

static void
pipe_ready(void *data)
{
    World *world = data;

    g_string_append(world->log, "pipe ");
    net_quit(world->net);
}

static void
timer_fired(void *data)
{
    g_string_append(((World *)data)->log, "timer ");
}

static void
test_watch(void)
{
    g_test_summary("A simulation hears of foreign descriptors, and sleeps when only they are left");
    World world = { .clock = net_clock_new_virtual(0), .log = g_string_new(NULL) };
    int ends[2];

    world.net = net_new_simulated(world.clock);
    g_assert_cmpint(pipe(ends), ==, 0);
    net_watch_fd(world.net, ends[0], pipe_ready, &world);
    net_timer_start(world.clock, NET_TIMER_GUARD, 10 * NET_SECOND, timer_fired, &world);
    net_timer_start(world.clock, NET_TIMER_SCHEDULE, 86400 * NET_SECOND, timer_fired, &world);
    if (fork() == 0) { /* a control command, from another process */
        g_usleep(50000);
        _exit(write(ends[1], "x", 1) == 1 ? 0 : 1);
    }
    net_run(world.net, FALSE);
    g_assert_cmpstr(world.log->str, ==, "timer timer pipe ");
    g_assert_cmpint(net_clock_now_s(world.clock), ==, 86400);
    net_unwatch_fd(world.net, ends[0]);
    net_free(world.net);
    net_clock_free(world.clock);
    g_string_free(world.log, TRUE);
    close(ends[0]);
    close(ends[1]);
}

static void
test_freed_in_the_middle(void)
{
    g_test_summary("A simulated world may end with octets and datagrams on their way");
    World world = { .clock = net_clock_new_virtual(0), .log = g_string_new(NULL) };
    Client client = { .world = &world, .left = 1000 };
    NetUdp *udp;

    world.net = net_new_simulated(world.clock);
    world.chance = net_chance_new(1, TRUE);
    world.listener = net_listen(world.net, SERVER, 0, accept_server, &world, NULL);
    client.conn = net_connect(world.net, NULL, SERVER, net_listener_port(world.listener),
                              &client_handler, &client);
    udp = net_udp_open(world.net, SERVER, 0, udp_came, &world, NULL);
    net_run(world.net, TRUE); /* asks and is aborted in the end, or not: either way it ends */
    net_connect(world.net, NULL, SERVER, net_listener_port(world.listener), &client_handler,
                &client);
    g_assert_true(net_udp_send(udp, (const guint8 *)"x", 1, SERVER, net_udp_port(udp), NULL));
    net_free(world.net);
    net_chance_free(world.chance);
    net_clock_free(world.clock);
    g_string_free(world.log, TRUE);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net/sim/same-each-time", test_same_each_time);
    g_test_add_func("/net/sim/datagrams", test_datagrams_take_a_millisecond);
    g_test_add_func("/net/sim/watch", test_watch);
    g_test_add_func("/net/sim/freed", test_freed_in_the_middle);
    return g_test_run();
}
