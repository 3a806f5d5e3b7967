/* tests/test_net_tls.c - TLS on a connection: names, the handshake, octets, the end. */
#include "net/tls.h"

#include <locale.h>
#include <string.h>

#include "tests/folder.h"

#define HERE  "127.0.0.2"
#define THERE "127.0.0.3"
#define HOST  "mx.south.example"

typedef struct World {
    NetClock *clock;
    Net *net;
    char *folder;
    NetTls *server_tls, *client_tls;
    NetListener *listener;
    NetConn *server;
    NetTimer *guard;
    GString *log;      /* what happened, in order */
    GString *came;     /* at the server */
    GString *back;     /* at the client */
    gsize expect;      /* the client leaves when so much came back */
    const char *name;  /* whose certificate the client wants to see */
    const char *first; /* what it sends in the clear; NULL: TLS at once */
    const char *slip;  /* sent in the clear right behind it: an attacker's words */
    GString *big;      /* sent through TLS */
} World;

static void
note(World *world, const char *what)
{
    g_string_append_printf(world->log, "%s ", what);
}

static void
take(NetConn *conn, GString *to)
{
    gsize length;
    const char *octets = net_buffer_peek(net_conn_input(conn), &length);

    g_string_append_len(to, octets, length);
    net_buffer_take(net_conn_input(conn), length);
}

/* ---- the server: "S" in the clear asks for TLS; then each octet comes back ---- */

static void
server_input(NetConn *conn, void *owner)
{
    World *world = owner;
    gsize before = world->came->len;

    if (net_conn_secured(conn) != NULL) {
        take(conn, world->came);
        net_conn_write(conn, world->came->str + before, world->came->len - before);
        net_conn_wrote(conn, 200);
        return;
    }
    if (*net_buffer_peek(net_conn_input(conn), &before) != 'S')
        return; /* whatever that is: it stays untaken */
    net_conn_write(conn, "R", 1);
    net_conn_secure(conn, world->server_tls, NULL);
}

static void
server_secured(NetConn *conn, void *owner)
{
    note(owner, g_str_has_prefix(net_conn_secured(conn), "TLS1.") ? "server-tls" : "server-odd");
}

static void
server_closed(NetConn *conn G_GNUC_UNUSED, void *owner, const GError *why)
{
    World *world = owner;

    world->server = NULL;
    note(world, why == NULL                           ? "server-closed"
                : strstr(why->message, "TLS") != NULL ? "server-tls-failed"
                                                      : "server-failed");
    net_quit(world->net);
}

static const NetHandler server_handler = { .input = server_input,
                                           .secured = server_secured,
                                           .closed = server_closed };

static void
accept_server(NetConn *conn, void *data)
{
    World *world = data;

    net_conn_handle(conn, &server_handler, world);
    world->server = conn;
    if (world->first == NULL)
        net_conn_secure(conn, world->server_tls, NULL);
}

/* ---- the client ---- */

static void
client_opened(NetConn *conn, void *owner)
{
    World *world = owner;

    if (world->first == NULL) {
        net_conn_secure(conn, world->client_tls, world->name);
        return;
    }
    net_conn_write(conn, world->first, -1);
    if (world->slip != NULL)
        net_conn_write(conn, world->slip, -1);
}

static void
client_input(NetConn *conn, void *owner)
{
    World *world = owner;
    gsize length;

    if (net_conn_secured(conn) == NULL) {
        g_assert_cmpint(*net_buffer_peek(net_conn_input(conn), &length), ==, 'R');
        net_conn_secure(conn, world->client_tls, world->name);
        return;
    }
    take(conn, world->back);
    g_assert_cmpuint(net_buffer_twin(net_conn_input(conn)), ==, 200);
    if (world->back->len >= world->expect)
        net_conn_close(conn);
}

static void
client_secured(NetConn *conn, void *owner)
{
    World *world = owner;

    note(world, net_conn_distrust(conn) == NULL ? "client-trusts" : "client-doubts");
    net_conn_write(conn, world->big->str, world->big->len);
}

static void
client_closed(NetConn *conn G_GNUC_UNUSED, void *owner, const GError *why)
{
    note(owner, why != NULL ? "client-failed" : "client-closed");
}

static const NetHandler client_handler = {
    .opened = client_opened,
    .input = client_input,
    .secured = client_secured,
    .closed = client_closed,
};

/* ---- a world for each test ---- */

static void
stuck(void *data G_GNUC_UNUSED)
{
    g_error("nothing happened for 60 seconds");
}

static char *
in_folder(const World *world, const char *name)
{
    return g_build_filename(world->folder, name, NULL);
}

static World *
world_new(gconstpointer simulated)
{
    World *world = g_new0(World, 1);
    g_autoptr(GError) error = NULL;

    world->clock = simulated ? net_clock_new_virtual(0) : net_clock_new_real();
    world->net = simulated ? net_new_simulated(world->clock) : net_new_sockets(world->clock, NULL);
    world->log = g_string_new(NULL);
    world->came = g_string_new(NULL);
    world->back = g_string_new(NULL);
    world->big = g_string_new("hello");
    world->expect = 5;
    world->name = HOST;
    world->first = "S";
    world->guard = net_timer_start(world->clock, NET_TIMER_GUARD, 60 * NET_SECOND, stuck, NULL);
    world->listener = net_listen(world->net, THERE, 0, accept_server, world, &error);
    g_assert_no_error(error);
    world->folder = folder_new();
    if (simulated)
        return world;
    gint64 now_s = net_clock_now_us(world->clock) / NET_SECOND;
    g_autofree char *pem = in_folder(world, HOST ".pem"), *ca = in_folder(world, NET_TLS_AUTHORITY);

    g_assert_true(net_tls_make(world->folder, HOST, THERE, now_s, &error));
    world->server_tls = net_tls_new(pem, pem, NULL, &error);
    g_assert_no_error(error);
    world->client_tls = net_tls_new(pem, pem, ca, &error);
    g_assert_no_error(error);
    return world;
}

static void
world_free(World *world)
{
    net_timer_stop(&world->guard);
    net_listener_free(world->listener);
    net_free(world->net);
    net_clock_free(world->clock);
    net_tls_free(world->server_tls);
    net_tls_free(world->client_tls);
    folder_remove(world->folder);
    g_free(world->folder);
    g_string_free(world->log, TRUE);
    g_string_free(world->came, TRUE);
    g_string_free(world->back, TRUE);
    g_string_free(world->big, TRUE);
    g_free(world);
}

/* One conversation, until the server's side is over. */
static void
talk(World *world)
{
    net_connect(world->net, HERE, THERE, net_listener_port(world->listener), &client_handler,
                world);
    net_run(world->net, FALSE);
}

static void
test_upgrade(gconstpointer simulated)
{
    World *world = world_new(simulated);

    g_test_summary("a connection begins in the clear and goes on in TLS");
    talk(world);
    g_assert_cmpstr(world->back->str, ==, "hello");
    g_assert_nonnull(strstr(world->log->str, "server-tls"));
    g_assert_nonnull(strstr(world->log->str, "client-trusts"));
    g_assert_true(g_str_has_suffix(world->log->str, "server-closed "));
    world_free(world);
}

static void
test_at_once(gconstpointer simulated)
{
    World *world = world_new(simulated);

    g_test_summary("TLS from the first octet");
    world->first = NULL;
    talk(world);
    g_assert_cmpstr(world->back->str, ==, "hello");
    world_free(world);
}

static void
test_slipped(gconstpointer simulated)
{
    World *world = world_new(simulated);

    g_test_summary("what was sent in front of the handshake is thrown away (RFC 3207 §4.2)");
    world->slip = "RCPT TO:<victim@south.example>\r\n";
    talk(world);
    g_assert_cmpstr(world->came->str, ==, "hello");
    world_free(world);
}

static void
test_much(gconstpointer simulated)
{
    World *world = world_new(simulated);

    g_test_summary("3 MB there and back: buffers fill, both ends wait, nothing is lost");
    g_string_truncate(world->big, 0);
    for (guint i = 0; i < 400000; i++)
        g_string_append_printf(world->big, "%07u\n", i);
    world->expect = world->big->len;
    talk(world);
    g_assert_true(g_string_equal(world->back, world->big));
    world_free(world);
}

static void
test_names(gconstpointer simulated)
{
    World *world = world_new(simulated);

    g_test_summary("a certificate for another name, or of an unknown authority, is not trusted");
    world->name = "mx.north.example";
    talk(world);
    g_assert_nonnull(strstr(world->log->str, "client-doubts"));
    g_assert_cmpstr(world->back->str, ==, "hello"); /* its owner decided to go on */

    g_string_truncate(world->log, 0);
    g_string_truncate(world->back, 0);
    world->name = THERE; /* dialled by its address */
    talk(world);
    g_assert_nonnull(strstr(world->log->str, "client-trusts"));

    g_string_truncate(world->log, 0);
    world->name = HOST;
    g_string_truncate(world->back, 0);
    net_tls_free(world->client_tls);
    g_autofree char *pem = in_folder(world, HOST ".pem");
    world->client_tls = net_tls_new(pem, pem, NULL, NULL);
    talk(world);
    g_assert_nonnull(strstr(world->log->str, "client-doubts"));
    world_free(world);
}

/* ---- a client that speaks no TLS, or stops in the middle of it ---- */

static void
rude_opened(NetConn *conn, void *owner)
{
    World *world = owner;

    net_conn_write(conn, world->big->str, world->big->len);
    if (world->slip != NULL)
        net_conn_close(conn);
}

static const NetHandler rude_handler = { .opened = rude_opened, .closed = client_closed };

static void
test_no_tls(gconstpointer simulated)
{
    World *world = world_new(simulated);

    g_test_summary("a client that sends something else than TLS is told so, and closed");
    world->first = NULL;
    g_string_assign(world->big, "EHLO client.example\r\n");
    net_connect(world->net, HERE, THERE, net_listener_port(world->listener), &rude_handler, world);
    net_run(world->net, FALSE);
    g_assert_nonnull(strstr(world->log->str, "server-tls-failed"));
    world_free(world);
}

static void
test_cut(gconstpointer simulated)
{
    /* A ClientHello's beginning: a record of 122 octets is announced and never comes whole. */
    static const char hello[] = "\x16\x03\x01\x00\x7a\x01\x00\x00\x76\x03\x03 then nothing more";
    World *world = world_new(simulated);

    g_test_summary("a handshake that is cut at any octet ends the connection, and nothing else");
    world->first = NULL;
    world->slip = "close";
    for (gsize length = 0; length < sizeof hello; length++) {
        g_string_truncate(world->big, 0);
        g_string_append_len(world->big, hello, length);
        net_connect(world->net, HERE, THERE, net_listener_port(world->listener), &rude_handler,
                    world);
        net_run(world->net, FALSE);
        g_assert_true(g_str_has_suffix(world->log->str, "server-closed "));
    }
    world_free(world);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        GTestDataFunc test;
        gboolean sockets_only;
    } tests[] = {
        { "upgrade", test_upgrade, FALSE }, { "at-once", test_at_once, FALSE },
        { "slipped", test_slipped, FALSE }, { "much", test_much, FALSE },
        { "names", test_names, TRUE },      { "no-tls", test_no_tls, TRUE },
        { "cut", test_cut, TRUE },
    };

    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *sockets = g_strdup_printf("/net/tls/sockets/%s", tests[i].name);
        g_autofree char *simulation = g_strdup_printf("/net/tls/simulated/%s", tests[i].name);

        g_test_add_data_func(sockets, NULL, tests[i].test);
        if (!tests[i].sockets_only)
            g_test_add_data_func(simulation, GINT_TO_POINTER(1), tests[i].test);
    }
    return g_test_run();
}
