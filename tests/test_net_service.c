/* tests/test_net_service.c - how a session is carried: lines, waits, slices, TLS, and its end.
 *
 * Each test runs over both networks. Limits and patience: tests/test_net_service_limits.c.
 */
#include "tests/toy_service.h"

#include "net/backend.h" /* only to close one direction of a client's connection */

/* The greeting waits until the test says so. */
static void *
toy_open_late(void *data, NetServed *served, GString *replies)
{
    g_autoptr(GString) nothing = g_string_new(NULL);
    void *toy = toy_open(data, served, replies);

    g_string_truncate(replies, 0);
    net_served_go_on(served, NET_PENDING, nothing);
    return toy;
}

static void *
toy_refuse(void *data G_GNUC_UNUSED, NetServed *served G_GNUC_UNUSED, GString *replies)
{
    g_string_append(replies, "go away\r\n");
    return NULL;
}

static const NetProtocol late = {
    .name = "toy",
    .open = toy_open_late,
    .input = toy_input,
    .trace = toy_trace,
    .secured = toy_secured,
    .expired = toy_expired,
    .closed = toy_closed,
    .too_many = "too many\r\n",
    .patience = toy_patience,
};
static const NetProtocol refusing = {
    .name = "toy",
    .open = toy_refuse,
    .input = toy_input,
    .trace = NULL,
    .secured = toy_secured,
    .expired = toy_expired,
    .closed = toy_closed,
    .too_many = "too many\r\n",
    .patience = toy_patience,
};

static void
test_dialogue(gconstpointer simulated)
{
    g_test_summary("Greeting, pipelined lines, replies in order, the end told once");
    g_autoptr(World) world = world_new(simulated, &toy);
    NetConn *conn = dial(world, "127.0.0.2");

    run_for(world->net, 20);
    expect_came(world, "hello\r\n");
    net_conn_write(conn, "ECHO a\r\nECHO b\r\nECH", -1);
    run_for(world->net, 20);
    net_conn_write(conn, "O c\r\nQUIT\r\nECHO never\r\n", -1);
    run_for(world->net, 20);
    expect_came(world, "a\r\nb\r\nc\r\nbye\r\n");
    g_assert_cmpuint(world->closed, ==, 1);
    g_assert_cmpuint(world->client_closed, ==, 1);
    g_assert_cmpuint(net_service_count(world->service), ==, 0);
}

static void
client_secured(NetConn *conn, void *owner G_GNUC_UNUSED)
{
    net_conn_write(conn, "ECHO sealed\r\n", -1);
}

/* Says "SECURE", and more that nobody may hear; goes over to TLS when told "go". */
static void
client_secures(NetConn *conn, void *owner)
{
    World *world = owner;

    client_input(conn, owner);
    if (g_str_has_suffix(world->came->str, "hello\r\n"))
        net_conn_write(conn, "SECURE\r\nECHO slipped in\r\n", -1);
    else if (g_str_has_suffix(world->came->str, "go\r\n"))
        net_conn_secure(conn, world->tls, "toy.example");
}

static const NetHandler securing = {
    .input = client_secures,
    .secured = client_secured,
    .closed = client_closed,
};

static void
at_once_opened(NetConn *conn, void *owner)
{
    net_conn_secure(conn, ((World *)owner)->tls, "toy.example");
}

static const NetHandler at_once = {
    .opened = at_once_opened,
    .input = client_input,
    .secured = client_secured,
    .closed = client_closed,
};

/* Certificates only where something is really sealed. */
static void
make_tls(World *world, gconstpointer simulated)
{
    g_autofree char *pem = NULL;
    g_autoptr(GError) error = NULL;

    if (simulated)
        return;
    world->tls_folder = folder_new();
    pem = g_build_filename(world->tls_folder, "toy.example.pem", NULL);
    net_tls_make(world->tls_folder, "toy.example", SERVER,
                 net_clock_now_us(world->clock) / NET_SECOND, &error);
    g_assert_no_error(error);
    world->tls = net_tls_new(pem, pem, NULL, &error);
    g_assert_no_error(error);
}

static void
test_secure(gconstpointer simulated)
{
    g_test_summary(
        "RFC 3207 §4.2: TLS in the middle, and nothing said before it is heard after it");
    g_autoptr(World) world = world_new(simulated, &toy);

    make_tls(world, simulated);
    net_service_set_tls(world->service, world->tls, FALSE);
    net_connect(world->net, "127.0.0.2", SERVER, net_service_port(world->service), &securing,
                world);
    run_for(world->net, 100);
    expect_came(world, "hello\r\ngo\r\nsecured\r\nsealed\r\n");
}

static void
test_secure_at_once(gconstpointer simulated)
{
    g_test_summary("TLS from the first octet: the greeting comes sealed");
    g_autoptr(World) world = world_new(simulated, &toy);

    make_tls(world, simulated);
    net_service_set_tls(world->service, world->tls, TRUE);
    net_connect(world->net, "127.0.0.2", SERVER, net_service_port(world->service), &at_once, world);
    run_for(world->net, 100);
    expect_came(world, "secured\r\nhello\r\nsealed\r\n");
}

static void
test_pending(gconstpointer simulated)
{
    g_test_summary("While an answer is awaited input waits and no deadline runs");
    g_autoptr(World) world = world_new(simulated, &toy);
    g_autoptr(GString) answer = g_string_new("answer\r\n");
    NetConn *conn = dial(world, "127.0.0.2");

    net_conn_write(conn, "WAIT\r\nECHO after\r\n", -1);
    run_for(world->net, simulated ? 5000 : 50);
    expect_came(world, "hello\r\n");
    net_served_go_on(world->last->served, NET_GO_ON, answer);
    run_for(world->net, 20);
    expect_came(world, "answer\r\nafter\r\n");
    net_conn_write(conn, "NOW\r\nECHO after\r\n", -1);
    run_for(world->net, 20);
    expect_came(world, "first now\r\nafter\r\n");
    net_conn_write(conn, "WAIT\r\n", -1);
    run_for(world->net, 20);
    net_served_send(world->last->served, "news\r\n", -1);
    net_served_go_on(world->last->served, NET_CLOSE, answer);
    run_for(world->net, 20);
    expect_came(world, "news\r\nanswer\r\n");
    g_assert_cmpuint(world->closed, ==, 1);
}

/* All that was written is on its way; no more will come. What comes back can still be read. */
static void
half_close(World *world, NetConn *conn)
{
    world->net->backend->finish(conn);
    run_for(world->net, 20);
}

static void
answer(World *world, const char *text)
{
    g_autoptr(GString) replies = g_string_new(text);

    g_assert_nonnull(world->last);
    net_served_go_on(world->last->served, NET_GO_ON, replies);
    run_for(world->net, 20);
}

static void
test_half_closed(gconstpointer simulated)
{
    g_test_summary("A client that sent all and closed its direction is answered to "
                   "the end, pending answers and slices included");
    g_autoptr(World) world = world_new(simulated, &toy);
    NetConn *conn = dial(world, "127.0.0.2");

    run_for(world->net, 20);
    net_conn_write(conn, "WAIT\r\nECHO a\r\nWAIT\r\nWORK 3\r\nECHO b\r\nWAIT\r\nECHO c\r\nECH", -1);
    run_for(world->net, 20);
    half_close(world, conn);
    answer(world, "one\r\n");
    answer(world, "two\r\n");
    expect_came(world, "hello\r\none\r\na\r\ntwo\r\n3 2 1 b\r\n");
    g_assert_cmpuint(world->closed, ==, 0);
    answer(world, "three\r\n");
    expect_came(world, "three\r\nc\r\n"); /* half a line is no line */
    g_assert_cmpuint(world->closed, ==, 1);
    g_assert_cmpuint(world->client_closed, ==, 1);
}

static void
test_half_closed_slow_reader(gconstpointer simulated)
{
    g_test_summary("So is one that reads its replies slowly");
    g_autoptr(World) world = world_new(simulated, &toy);
    NetConn *conn = dial(world, "127.0.0.2");

    run_for(world->net, 20);
    net_conn_hold(conn, TRUE);
    for (guint i = 0; i < 30; i++)
        net_conn_write(conn, "BIG\r\n", -1);
    run_for(world->net, 20);
    half_close(world, conn);
    net_conn_hold(conn, FALSE);
    run_for(world->net, 300);
    g_assert_cmpuint(world->came->len, ==, strlen("hello\r\n") + 30 * 100 * 1002);
    g_assert_cmpuint(world->closed, ==, 1);
}

static void
test_half_closed_before_greeting(gconstpointer simulated)
{
    g_test_summary(
        "A greeting that is awaited holds like an answer: no end, no deadline before it");
    g_autoptr(World) world = world_new(simulated, &late);
    NetConn *conn = dial(world, "127.0.0.2");

    run_for(world->net, 20);
    half_close(world, conn);
    run_for(world->net, simulated ? 5000 : 50);
    g_assert_cmpuint(world->closed, ==, 0);
    answer(world, "hello\r\n");
    expect_came(world, "hello\r\n");
    g_assert_cmpuint(world->closed, ==, 1);
}

static void
test_gone_while_pending(gconstpointer simulated)
{
    g_test_summary("A reset ends a pending session at once: nobody is left");
    g_autoptr(World) world = world_new(simulated, &toy);
    NetConn *conn = dial(world, "127.0.0.2");

    net_conn_write(conn, "WAIT\r\nECHO never\r\n", -1);
    run_for(world->net, 20);
    net_conn_abort(conn);
    run_for(world->net, 20);
    g_assert_cmpuint(world->closed, ==, 1);
}

static void
test_slices(gconstpointer simulated)
{
    g_test_summary("Long work runs in slices, and input waits meanwhile");
    g_autoptr(World) world = world_new(simulated, &toy);
    NetConn *conn = dial(world, "127.0.0.2");

    net_conn_write(conn, "WORK 5\r\nECHO done\r\n", -1);
    run_for(world->net, 50);
    expect_came(world, "hello\r\n5 4 3 2 1 done\r\n");
}

static void
test_many_lines_at_once(gconstpointer simulated)
{
    g_test_summary("RFC 2920 §3.1: thousands of pipelined lines are all answered, in order");
    g_autoptr(World) world = world_new(simulated, &toy);
    g_autoptr(GString) wanted = g_string_new("hello\r\n");
    NetConn *conn = dial(world, "127.0.0.2");

    for (guint i = 0; i < 20000; i++) {
        g_autofree char *line = g_strdup_printf("ECHO %u\r\n", i);

        net_conn_write(conn, line, -1);
        g_string_append(wanted, line + 5);
    }
    while (world->came->len < wanted->len)
        run_for(world->net, 10);
    expect_came(world, wanted->str);
}

static void
test_slow_reader(gconstpointer simulated)
{
    g_test_summary("A client that does not read its replies is read no further");
    g_autoptr(World) world = world_new(simulated, &toy);
    NetConn *conn = dial(world, "127.0.0.2");
    guint seen;

    for (guint i = 0; i < 200; i++)
        net_conn_write(conn, "BIG\r\n", -1);
    net_conn_hold(conn, TRUE);
    run_for(world->net, 50);
    seen = world->came->len;
    g_assert_cmpuint(seen, ==, 0);
    net_conn_hold(conn, FALSE);
    while (world->came->len < 7 + 200 * 100 * 1002)
        run_for(world->net, 10);
    g_assert_cmpuint(world->closed, ==, 0);
}

static void
test_refusing(gconstpointer simulated)
{
    g_test_summary("A protocol may refuse a caller: its words are sent, then the end");
    g_autoptr(World) world = world_new(simulated, &refusing);

    dial(world, "127.0.0.2");
    run_for(world->net, 20);
    expect_came(world, "go away\r\n");
    g_assert_cmpuint(world->client_closed, ==, 1);
    g_assert_cmpuint(net_service_count(world->service), ==, 0);
}

static void
test_twins(gconstpointer simulated)
{
    g_test_summary("What the client reads names the event that told of it at the server");
    g_autoptr(World) world = world_new(simulated, &toy);
    NetConn *conn = dial(world, "127.0.0.2");

    run_for(world->net, 20);
    g_assert_cmpuint(net_buffer_twin(net_conn_input(conn)), ==, 1);
    net_conn_write(conn, "ECHO x\r\n", -1);
    run_for(world->net, 20);
    g_assert_cmpuint(net_buffer_twin(net_conn_input(conn)), ==, 2);
}

static void
test_freed_with_clients(gconstpointer simulated)
{
    g_test_summary("A service that ends closes its sessions, pending ones too");
    g_autoptr(World) world = world_new(simulated, &toy);

    dial(world, "127.0.0.2");
    net_conn_write(dial(world, "127.0.0.2"), "WAIT\r\n", -1);
    run_for(world->net, 20);
    net_service_free(g_steal_pointer(&world->service));
    run_for(world->net, 20);
    g_assert_cmpuint(world->closed, ==, 2);
    g_assert_cmpuint(world->client_closed, ==, 2);
}

static void
test_why(gconstpointer simulated)
{
    g_test_summary("The other end learns which event told why a session ended");
    g_autoptr(World) world = world_new(simulated, &toy);

    net_conn_write(dial(world, "127.0.0.2"), "QUIT\r\n", -1);
    run_for(world->net, 20);
    g_assert_cmpuint(world->why, ==, 2); /* the session's own last */
    dial(world, "127.0.0.2");
    run_for(world->net, 20);
    net_service_end_all(world->service, 77);
    run_for(world->net, 20);
    g_assert_cmpuint(world->why, ==, 77);
    dial(world, "127.0.0.2");
    run_for(world->net, 20);
    net_set_down(world->net, SERVER, TRUE);
    net_service_say_why(world->service, 78);
    run_for(world->net, 20);
    g_assert_cmpuint(world->why, ==, 78);
    g_assert_cmpuint(world->client_closed, ==, 3);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        GTestDataFunc test;
    } both[] = {
        { "dialogue", test_dialogue },
        { "secure", test_secure },
        { "secure-at-once", test_secure_at_once },
        { "pending", test_pending },
        { "half-closed", test_half_closed },
        { "half-closed-slow", test_half_closed_slow_reader },
        { "half-closed-early", test_half_closed_before_greeting },
        { "gone-while-pending", test_gone_while_pending },
        { "slices", test_slices },
        { "many-lines", test_many_lines_at_once },
        { "slow-reader", test_slow_reader },
        { "refusing", test_refusing },
        { "twins", test_twins },
        { "why", test_why },
        { "freed", test_freed_with_clients },
    };

    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(both); i++) {
        g_autofree char *sockets = g_strdup_printf("/net/service/sockets/%s", both[i].name);
        g_autofree char *simulation = g_strdup_printf("/net/service/simulated/%s", both[i].name);

        g_test_add_data_func(sockets, NULL, both[i].test);
        g_test_add_data_func(simulation, GINT_TO_POINTER(1), both[i].test);
    }
    return g_test_run();
}
