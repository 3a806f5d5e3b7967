/* tests/test_net_loop.c - the turn, connections, datagrams: the same tests over both networks. */
#include "net/net.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

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

static void
note(World *world, const char *what)
{
    g_string_append_printf(world->log, "%s ", what);
}

static void
stuck(void *data G_GNUC_UNUSED)
{
    g_error("nothing happened for 60 seconds");
}

/* ---- the server's end ---- */

static void
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

static void
server_closed(NetConn *conn G_GNUC_UNUSED, void *owner, const GError *why)
{
    World *world = owner;

    world->server = NULL;
    note(world, why != NULL ? "server-failed" : "server-closed");
}

static void
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

static void
accept_echo(NetConn *conn, void *data)
{
    World *world = data;

    world->server = conn;
    note(world, "accept");
    net_conn_handle(conn, &echo, world);
    net_conn_hold(conn, world->hold);
}

/* ---- the client's end ---- */

static void
client_opened(NetConn *conn G_GNUC_UNUSED, void *owner)
{
    note(owner, "opened");
}

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

static World *
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

static void
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

static NetConn *
dial(World *world)
{
    return net_connect(world->net, HERE, THERE, world->port, &client, world);
}

static void
test_talk(gconstpointer simulated)
{
    g_test_summary("Both ends open, talk and close in order; the client calls from its address");
    g_autoptr(World) world = world_new(accept_echo, simulated);
    NetConn *conn = dial(world);

    net_conn_write(conn, "hello\r\n", -1);
    run_for(world->net, 30);
    g_assert_cmpstr(world->came->str, ==, "hello\r\n");
    g_assert_cmpstr(net_conn_remote(world->server), ==, HERE);
    g_assert_cmpuint(net_conn_remote_port(world->server), ==, net_conn_local_port(conn));
    net_conn_write(conn, "QUIT\r\n", -1);
    net_run(world->net, FALSE);
    g_assert_cmpstr(world->came->str, ==, "hello\r\n221 bye\r\n");
    g_assert_true(g_str_has_suffix(world->log->str, "client-closed "));
    g_assert_null(strstr(world->log->str, "server-closed"));
}

static void
test_half_closed_client_gets_its_replies(gconstpointer simulated)
{
    g_test_summary("A client that sent all and closed its end is still answered");
    g_autoptr(World) world = world_new(accept_echo, simulated);
    NetConn *conn = dial(world);

    net_conn_write(conn, "one\r\n", -1);
    net_conn_close(conn); /* not yet open: nothing is sent */
    run_for(world->net, 20);
    g_assert_cmpuint(world->served, ==, 0);
    conn = dial(world);
    run_for(world->net, 20);
    net_conn_write(conn, "one\r\n", -1);
    net_conn_close(conn);
    run_for(world->net, 20);
    g_assert_cmpuint(world->served, ==, 5);
    g_assert_true(g_str_has_suffix(world->log->str, "server-input server-closed "));
}

static void
test_refused(gconstpointer simulated)
{
    g_test_summary("A connect that fails is told by closed(), never at once");
    g_autoptr(World) world = world_new(accept_echo, simulated);

    net_listener_free(g_steal_pointer(&world->listener));
    dial(world);
    g_assert_cmpstr(world->log->str, ==, "");
    net_run(world->net, FALSE);
    g_assert_cmpstr(world->log->str, ==, "client-failed ");
    net_connect(world->net, "no address", THERE, 1, &client, world);
    net_run(world->net, FALSE);
    g_assert_cmpstr(world->log->str, ==, "client-failed client-failed ");
}

static void
test_port_in_use(gconstpointer simulated)
{
    g_test_summary("A port in use is an error that names address and port");
    g_autoptr(World) world = world_new(accept_echo, simulated);
    g_autoptr(GError) error = NULL;
    g_autofree char *named = g_strdup_printf("%s port %u", THERE, world->port);

    g_assert_null(net_listen(world->net, THERE, world->port, accept_echo, world, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
    g_assert_nonnull(strstr(error->message, named));
}

/* ---- hooks ---- */

static gboolean
hook(void *data, gboolean idle)
{
    World *world = data;

    if (world->served > 0 && world->hooks < 3) {
        world->hooks++;
        note(world, idle ? "hook-idle" : "hook");
        if (world->hooks == 1)
            g_assert_cmpuint(world->came->len, ==, 0);
        return world->hooks < 3;
    }
    return FALSE;
}

static void
test_output_after_hooks(gconstpointer simulated)
{
    g_test_summary("Nothing written leaves before the hooks of its turn have run");
    g_autoptr(World) world = world_new(accept_echo, simulated);

    net_add_turn_hook(world->net, hook, world);
    NetConn *conn = dial(world);
    net_conn_write(conn, "x", 1);
    run_for(world->net, 30);
    g_assert_nonnull(strstr(world->log->str, "server-input hook"));
    g_assert_cmpuint(world->hooks, ==, 3);
    g_assert_cmpstr(world->came->str, ==, "x");
}

/* "hook-idle" is when a group is committed, whoever else might still have joined it. */
static void
test_company(gconstpointer simulated)
{
    g_test_summary("A turn that has something to send is not idle: an answer may come in a moment");
    g_autoptr(World) world = world_new(accept_echo, simulated);

    net_add_turn_hook(world->net, hook, world);
    net_conn_write(dial(world), "x", 1);
    run_for(world->net, 30);
    g_assert_nonnull(strstr(world->log->str, "server-input hook "));
    g_assert_nonnull(strstr(world->log->str, "hook-idle"));
}

/* ---- deadlines, holding, back-pressure ---- */

static void
test_deadline(gconstpointer simulated)
{
    g_test_summary("A deadline is told once; without a handler for it the connection fails");
    g_autoptr(World) world = world_new(accept_echo, simulated);
    NetConn *conn = dial(world);

    run_for(world->net, 20);
    net_conn_deadline(world->server, 0.01);
    net_run(world->net, FALSE); /* the server closes, so the client is closed */
    g_assert_nonnull(strstr(world->log->str, "server-expired client-closed"));
    g_string_truncate(world->log, 0);
    conn = dial(world);
    net_conn_deadline(conn, 0.01);
    net_run(world->net, FALSE);
    g_assert_nonnull(strstr(world->log->str, "client-failed"));
}

static void
test_hold(gconstpointer simulated)
{
    g_test_summary("While a connection is held nothing is read from it, and it costs no turns");
    g_autoptr(World) world = world_new(accept_echo, simulated);
    NetConn *conn = dial(world);

    world->hold = TRUE;
    net_conn_write(conn, "abc", 3);
    run_for(world->net, 20);
    g_assert_cmpuint(world->served, ==, 0);
    net_conn_hold(world->server, FALSE);
    run_for(world->net, 20);
    g_assert_cmpuint(world->served, ==, 3);
}

static void
greedy_drained(NetConn *conn, void *owner)
{
    World *world = owner;
    static const char block[4096];

    while (world->to_write > 0 && !net_conn_is_full(conn)) {
        net_conn_write(conn, block, sizeof block);
        world->to_write -= sizeof block;
    }
}

static const NetHandler greedy = { .drained = greedy_drained, .closed = server_closed };

static void
accept_greedy(NetConn *conn, void *data)
{
    net_conn_handle(conn, &greedy, data);
    greedy_drained(conn, data);
}

static void
test_back_pressure(gconstpointer simulated)
{
    g_test_summary("Output is produced as fast as it is read, in bounded memory");
    g_autoptr(World) world = world_new(accept_greedy, simulated);
    NetConn *conn;

    world->to_write = 32 * 1024 * 1024;
    conn = dial(world);
    net_conn_hold(conn, TRUE);
    run_for(world->net, 50);
    g_assert_cmpuint(world->to_write, >, 16 * 1024 * 1024);
    net_conn_hold(conn, FALSE);
    while (world->came->len < 32 * 1024 * 1024)
        run_for(world->net, 5);
    g_assert_cmpuint(world->to_write, ==, 0);
}

/* ---- closing in every way ---- */

static void
close_both(NetConn *conn, void *owner)
{
    World *world = owner;

    note(world, "closing");
    if (world->server != NULL)
        net_conn_abort(world->server);
    world->server = NULL;
    net_conn_write(conn, "never mind", -1);
    net_conn_close(conn);
    net_quit(world->net);
}

static void
test_close_inside(gconstpointer simulated)
{
    static const NetHandler closer = { .opened = close_both, .closed = client_closed };
    g_test_summary("A callback may close its own and any other connection");
    g_autoptr(World) world = world_new(accept_echo, simulated);

    for (guint i = 0; i < 20; i++) {
        net_connect(world->net, HERE, THERE, world->port, &closer, world);
        dial(world);
        net_run(world->net, FALSE);
        run_for(world->net, 3);
    }
    g_assert_null(strstr(world->log->str, "client-closed server-closed client-closed"));
}

static void
test_last_words_arrive(gconstpointer simulated)
{
    g_test_summary("A reply is not lost when we close while the client still talks");
    g_autoptr(World) world = world_new(accept_echo, simulated);
    g_autofree char *more = g_strnfill(40000, 'm');
    NetConn *conn = dial(world);

    net_conn_write(conn, "QUIT\r\n", -1);
    run_for(world->net, 10);
    g_string_truncate(world->came, 0);
    conn = dial(world);
    net_conn_write(conn, "QUIT\r\n", -1);
    net_conn_write(conn, more, -1);
    net_run(world->net, FALSE);
    g_assert_cmpstr(world->came->str, ==, "221 bye\r\n");
    g_assert_true(g_str_has_suffix(world->log->str, "client-closed "));
}

/* ---- datagrams and foreign descriptors ---- */

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

static void
test_one_thread(gconstpointer simulated)
{
    g_test_summary("The loop never starts a thread");
    g_autoptr(World) world = world_new(accept_echo, simulated);
    g_autoptr(GDir) tasks = NULL;
    guint count = 0;

    net_conn_write(dial(world), "x", 1);
    run_for(world->net, 10);
    tasks = g_dir_open("/proc/self/task", 0, NULL);
    while (g_dir_read_name(tasks) != NULL)
        count++;
    g_assert_cmpuint(count, ==, 1);
}

#define SOCKETS   NULL
#define SIMULATED GINT_TO_POINTER(1)

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        GTestDataFunc test;
    } both[] = {
        { "talk", test_talk },
        { "half-closed", test_half_closed_client_gets_its_replies },
        { "refused", test_refused },
        { "port-in-use", test_port_in_use },
        { "output-after-hooks", test_output_after_hooks },
        { "deadline", test_deadline },
        { "hold", test_hold },
        { "back-pressure", test_back_pressure },
        { "close-inside", test_close_inside },
        { "last-words", test_last_words_arrive },
        { "datagrams", test_datagrams },
        { "one-thread", test_one_thread },
    };

    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(both); i++) {
        g_autofree char *sockets = g_strdup_printf("/net/loop/sockets/%s", both[i].name);
        g_autofree char *simulation = g_strdup_printf("/net/loop/simulated/%s", both[i].name);

        g_test_add_data_func(sockets, SOCKETS, both[i].test);
        g_test_add_data_func(simulation, SIMULATED, both[i].test);
    }
    g_test_add_data_func("/net/loop/sockets/company", SOCKETS, test_company);
    g_test_add_data_func("/net/loop/sockets/watch", SOCKETS, test_watch);
    g_test_add_data_func("/net/loop/sockets/out-of-descriptors", SOCKETS, test_out_of_descriptors);
    g_test_add_data_func("/net/loop/sockets/watchdog", SOCKETS, test_watchdog);
    return g_test_run();
}
