/* tests/test_net_loop.c - the turn, connections, hooks, deadlines, closing: the same tests over both
 * networks. Datagrams, foreign descriptors, the machine's limits: test_net_loop_outside.c.
 */
#include "tests/net_world.h"

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
test_deadline_moved(gconstpointer simulated)
{
    g_test_summary(
        "A deadline that is put off passes then, and one brought forward passes earlier");
    g_autoptr(World) world = world_new(accept_echo, simulated);

    dial(world);
    run_for(world->net, 20);
    net_conn_deadline(world->server, 0.01);
    net_conn_deadline(world->server, 100);
    run_for(world->net, 30);
    g_assert_null(strstr(world->log->str, "server-expired"));
    net_conn_deadline(world->server, 0.05);
    net_conn_deadline(world->server, 0.01);
    net_conn_deadline(world->server, 0.03);
    net_run(world->net, FALSE);
    g_assert_nonnull(strstr(world->log->str, "server-expired client-closed"));
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
        { "deadline-moved", test_deadline_moved },
        { "hold", test_hold },
        { "back-pressure", test_back_pressure },
        { "close-inside", test_close_inside },
        { "last-words", test_last_words_arrive },
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
    return g_test_run();
}
