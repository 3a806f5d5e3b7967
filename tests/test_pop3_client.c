/* tests/test_pop3_client.c - the reading end: against our own server, and against a hostile one. */
#include "pop3/client.h"

#include "tests/reader_world.h"

static void
keep_message(void *data, guint number, const char *octets, gsize length)
{
    GString *kept = data;

    g_string_append_printf(kept, "%u:%" G_GSIZE_FORMAT ":", number, length);
    g_string_append_len(kept, octets, (gssize)length);
}

/* Both engines, mouth to ear, @portion octets of the server at a time. */
static void
talk(ReaderWorld *world, Pop3Client *client, gsize portion)
{
    g_autoptr(NetBuffer) ear = net_buffer_new();
    g_autoptr(GString) said = g_string_new(NULL);
    NetNext next = NET_GO_ON;

    world->pop3_session =
        pop3_session_new(&world->pop3, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    pop3_session_greet(world->pop3_session, said);
    for (guint turns = 0; next == NET_GO_ON && turns < 100; turns++) {
        g_autoptr(GString) out = g_string_new(NULL);

        for (gsize at = 0; at < said->len && next == NET_GO_ON; at += portion) {
            net_buffer_add(ear, said->str + at, MIN(portion, said->len - at));
            next = pop3_client_input(client, ear, out);
        }
        g_string_truncate(said, 0);
        dialog_pump(world->input, out->str, out->len, reader_input, world, said);
    }
}

static void
expect_fetch(gsize portion)
{
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GString) kept = g_string_new(NULL);
    g_autoptr(Trace) trace = trace_new(world->tracer, NULL, "fetch");
    Pop3ClientWish wish = {
        .user = "carol", .password = "sesame", .delete = TRUE, .message = keep_message, .data = kept
    };
    g_autoptr(Pop3Client) client = pop3_client_new(&wish, trace);

    talk(world, client, portion);
    g_assert_cmpstr(pop3_client_error(client), ==, NULL);
    g_assert_cmpuint(pop3_client_found(client), ==, 2);
    g_assert_cmpuint(pop3_client_fetched(client), ==, 2);
    g_assert_cmpuint(pop3_client_deleted(client), ==, 2);
    g_assert_cmpstr(kept->str, ==,
                    "1:295:" READER_PREFIX READER_TEXT "2:623:" READER_PREFIX READER_PARTS);
    reader_expect_no_secret(world, "sesame");
}

static void
test_fetch(void)
{
    g_test_summary("RFC 1939 §5: what is fetched is what was stored, however the octets come");
    expect_fetch(G_MAXUINT);
    expect_fetch(1);
}

static void
test_left_there(void)
{
    g_test_summary("RFC 1939 §5: who does not wish to delete sends no DELE");
    g_autoptr(ReaderWorld) world = reader_world_new();
    Pop3ClientWish wish = { .user = "carol", .password = "sesame" };
    g_autoptr(Pop3Client) client = pop3_client_new(&wish, NULL);

    talk(world, client, G_MAXUINT);
    g_assert_cmpuint(pop3_client_fetched(client), ==, 2);
    g_assert_cmpuint(pop3_client_deleted(client), ==, 0);
    g_assert_cmpuint(reader_count_events(world, "is marked only"), ==, 0);
}

static void
test_wrong_password(void)
{
    g_test_summary("a refusal ends it, with the server's words");
    g_autoptr(ReaderWorld) world = reader_world_new();
    Pop3ClientWish wish = { .user = "carol", .password = "wrong" };
    g_autoptr(Pop3Client) client = pop3_client_new(&wish, NULL);

    talk(world, client, G_MAXUINT);
    g_assert_cmpstr(pop3_client_error(client), ==, "PASS: -ERR [AUTH] User or password is wrong");
    g_assert_cmpuint(pop3_client_fetched(client), ==, 0);
}

/* A server that says @said, all at once. */
static char *
hostile(const char *said)
{
    Pop3ClientWish wish = { .user = "carol", .password = "sesame", .max_octets = 1000 };
    g_autoptr(Pop3Client) client = pop3_client_new(&wish, NULL);
    g_autoptr(NetBuffer) ear = net_buffer_new();
    g_autoptr(GString) out = g_string_new(NULL);

    net_buffer_add(ear, said, strlen(said));
    if (pop3_client_input(client, ear, out) != NET_CLOSE)
        pop3_client_cut(client, NULL);
    return g_strdup(pop3_client_error(client));
}

static void
test_hostile(void)
{
    g_test_summary("a server's lines and messages are bounded, and a cut is an error");
    g_autofree char *filler = g_strnfill(2000, 'x');
    g_autofree char *big = g_strdup_printf("+OK\r\n+OK\r\n+OK\r\n+OK 1 5\r\n+OK\r\n%s", filler);
    g_autofree char *wide = g_strdup_printf("+OK %s\r\n", filler);
    g_autofree char *a = hostile(big), *b = hostile(wide), *c = hostile("+OK\r\n"),
                    *d = hostile("+OK\r\n+OK\r\n+OK\r\n+OK -1 5\r\n"), *e = hostile("* BYE\r\n");

    g_assert_cmpstr(a, ==, "RETR: the message is too big");
    g_assert_cmpstr(b, ==, "the reply: not a line of POP3");
    g_assert_cmpstr(c, ==, "the connection: closed by the server before the end");
    g_assert_cmpstr(d, ==, "STAT: +OK -1 5");
    g_assert_cmpstr(e, ==, "the greeting: * BYE");
}

static void
test_cut_before_quit(void)
{
    g_test_summary("RFC 1939 §6: what is marked is deleted only once QUIT is answered");
    static const char said[] = "+OK\r\n+OK\r\n+OK\r\n+OK 1 5\r\n+OK\r\n.\rx\r\n..\r\n.\r\n+OK\r\n";
    g_autoptr(GString) kept = g_string_new(NULL), out = g_string_new(NULL);
    Pop3ClientWish wish = {
        .user = "carol", .password = "sesame", .delete = TRUE, .message = keep_message, .data = kept
    };
    g_autoptr(Pop3Client) client = pop3_client_new(&wish, NULL);
    g_autoptr(NetBuffer) ear = net_buffer_new();

    net_buffer_add(ear, said, strlen(said));
    g_assert_cmpint(pop3_client_input(client, ear, out), ==, NET_GO_ON);
    g_assert_true(g_str_has_suffix(out->str, "DELE 1\r\nQUIT\r\n"));
    g_assert_cmpstr(kept->str, ==, "1:7:\rx\r\n.\r\n"); /* a lone CR is an octet like others */
    pop3_client_cut(client, NULL);
    g_assert_cmpuint(pop3_client_fetched(client), ==, 1);
    g_assert_cmpuint(pop3_client_deleted(client), ==, 0);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pop3/client/fetch", test_fetch);
    g_test_add_func("/pop3/client/left-there", test_left_there);
    g_test_add_func("/pop3/client/wrong-password", test_wrong_password);
    g_test_add_func("/pop3/client/hostile", test_hostile);
    g_test_add_func("/pop3/client/cut-before-quit", test_cut_before_quit);
    return g_test_run();
}
