/* tests/test_imap_client.c - the reading end: against our own server, and against a hostile one. */
#include "imap/client.h"

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
talk(ReaderWorld *world, ImapClient *client, gsize portion)
{
    g_autoptr(NetBuffer) ear = net_buffer_new();
    g_autoptr(GString) said = g_string_new(NULL);
    NetNext next = NET_GO_ON;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    imap_session_greet(world->imap_session, said);
    for (guint turns = 0; next == NET_GO_ON && turns < 100; turns++) {
        g_autoptr(GString) out = g_string_new(NULL);

        for (gsize at = 0; at < said->len && next == NET_GO_ON; at += portion) {
            net_buffer_add(ear, said->str + at, MIN(portion, said->len - at));
            next = imap_client_input(client, ear, out);
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
    ImapClientWish wish = {
        .user = "carol", .password = "sesame", .message = keep_message, .data = kept
    };
    g_autoptr(ImapClient) client = imap_client_new(&wish, trace);

    talk(world, client, portion);
    g_assert_cmpstr(imap_client_error(client), ==, NULL);
    g_assert_cmpuint(imap_client_found(client), ==, 2);
    g_assert_cmpuint(imap_client_fetched(client), ==, 2);
    g_assert_cmpstr(kept->str, ==,
                    "1:295:" READER_PREFIX READER_TEXT "2:623:" READER_PREFIX READER_PARTS);
    reader_expect_no_secret(world, "sesame");
}

static void
test_fetch(void)
{
    g_test_summary("RFC 3501 §6.4.5: what is fetched is what was stored, however the octets come");
    expect_fetch(G_MAXUINT);
    expect_fetch(1);
}

static void
test_wrong_password(void)
{
    g_test_summary("a refusal ends it, with the server's words");
    g_autoptr(ReaderWorld) world = reader_world_new();
    ImapClientWish wish = { .user = "car\"ol", .password = "\\" };
    g_autoptr(ImapClient) client = imap_client_new(&wish, NULL);

    talk(world, client, G_MAXUINT);
    g_assert_cmpstr(imap_client_error(client), ==,
                    "LOGIN: NO [AUTHENTICATIONFAILED] User or password is wrong");
}

/* A server that says @said, all at once. */
static char *
hostile(const char *said)
{
    ImapClientWish wish = { .user = "carol", .password = "sesame", .max_octets = 1000 };
    g_autoptr(ImapClient) client = imap_client_new(&wish, NULL);
    g_autoptr(NetBuffer) ear = net_buffer_new();
    g_autoptr(GString) out = g_string_new(NULL);

    net_buffer_add(ear, said, strlen(said));
    if (imap_client_input(client, ear, out) != NET_CLOSE)
        imap_client_cut(client, "reset");
    return g_strdup(imap_client_error(client));
}

static void
test_hostile(void)
{
    g_test_summary("a server's literals and lines are bounded, and a cut is an error");
    g_autofree char *a = hostile("* OK hi\r\n* X {1001}\r\n"), *b = hostile("* BYE no\r\n"),
                    *c = hostile("* OK hi\r\n* X {0}\r\n\r\n* X {99999999999999999999}\r\n"),
                    *d = hostile("* OK hi\r\n"), *e = hostile("220 mx SMTP\r\n");

    g_assert_cmpstr(a, ==, "FETCH: the message is too big");
    g_assert_cmpstr(b, ==, "the greeting: BYE no");
    g_assert_cmpstr(c, ==, "FETCH: the message is too big");
    g_assert_cmpstr(d, ==, "the connection: reset");
    g_assert_cmpstr(e, ==, "the greeting: 220 mx SMTP");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/client/fetch", test_fetch);
    g_test_add_func("/imap/client/wrong-password", test_wrong_password);
    g_test_add_func("/imap/client/hostile", test_hostile);
    return g_test_run();
}
