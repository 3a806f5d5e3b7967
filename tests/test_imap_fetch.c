/* tests/test_imap_fetch.c - FETCH: big bodies in slices, hostile ones bounded. */
#include "tests/reader_world.h"

static ReaderWorld *
selected_with(const char *octets, gsize length)
{
    ReaderWorld *world = reader_world_new();
    g_autofree char *said = NULL;

    reader_add(world, "INBOX", octets, length);
    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "a LOGIN carol sesame\r\nb SELECT INBOX\r\n");
    return world;
}

static void
test_slices(void)
{
    g_test_summary("DESIGN §4: a big body goes out in slices, each giving the loop back");
    g_autoptr(GString) message = g_string_new("A: b\r\n\r\n");
    g_autoptr(GString) replies = g_string_new(NULL);
    static const char fetch[] = "c FETCH 3 BODY.PEEK[]\r\n";
    gsize largest = 0;
    guint slices = 0;
    NetNext next;

    while (message->len < 1000000)
        g_string_append_printf(message, "%08u\r\n", (guint)message->len);
    g_autoptr(ReaderWorld) world = selected_with(message->str, message->len);
    net_buffer_add(world->input, fetch, strlen(fetch));
    do {
        gsize before = replies->len;

        next = reader_input(world, world->input, replies);
        largest = MAX(largest, replies->len - before);
        slices++;
    } while (next == NET_MORE);
    g_assert_cmpuint(slices, >, 10);
    g_assert_cmpuint(largest, <, 128 * 1024);
    g_autofree char *expected =
        g_strdup_printf("* 3 FETCH (BODY[] {%" G_GSIZE_FORMAT "}\r\n" READER_PREFIX "%s)\r\n"
                        "c OK FETCH completed\r\n",
                        message->len + strlen(READER_PREFIX), message->str);
    g_assert_true(g_str_equal(replies->str, expected));
}

static void
test_binary(void)
{
    g_test_summary("octets are octets: NUL and 8-bit go through, the count is right");
    static const char message[] = "A: b\r\n\r\n\0\xff\xfe\0\r\n";
    static const char fetch[] = "c FETCH 3 BODY[TEXT]\r\n";
    static const char expected[] =
        "* 3 FETCH (BODY[TEXT] {6}\r\n\0\xff\xfe\0\r\n FLAGS (\\Seen))\r\n";
    g_autoptr(ReaderWorld) world = selected_with(message, sizeof message - 1);
    g_autoptr(GString) replies = g_string_new(NULL);

    dialog_pump(world->input, fetch, strlen(fetch), reader_input, world, replies);
    g_assert_cmpmem(replies->str, sizeof expected - 1, expected, sizeof expected - 1);
}

static void
test_many_headers(void)
{
    g_test_summary("DESIGN §11: 100,000 header lines are filtered in one pass");
    g_autoptr(GString) message = g_string_new(NULL);

    for (guint i = 0; i < 100000; i++)
        g_string_append(message, "X: 1\r\n");
    g_string_append(message, "Subject: last\r\n\r\n");
    g_autoptr(ReaderWorld) world = selected_with(message->str, message->len);
    reader_expect(world, "c FETCH 3 BODY.PEEK[HEADER.FIELDS (subject)]\r\n",
                  "* 3 FETCH (BODY[HEADER.FIELDS (subject)] {17}\r\nSubject: last\r\n\r\n)\r\n"
                  "c OK FETCH completed\r\n");
}

static void
test_removed_meanwhile(void)
{
    g_test_summary(
        "a body whose message goes while it is sent ends the connection: it can't be whole");
    g_autofree char *filler = g_strnfill(300000, 'x');
    g_autoptr(ReaderWorld) world = selected_with(filler, 300000);
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    static const char fetch[] = "c FETCH 3 BODY.PEEK[]\r\n";
    g_autoptr(StoreMailbox) inbox =
        store_mailbox_find(world->store, world->carol->id, "INBOX", &error);
    NetNext next;

    net_buffer_add(world->input, fetch, strlen(fetch));
    g_assert_cmpint(reader_input(world, world->input, replies), ==, NET_MORE);
    g_assert_true(store_entry_remove(world->store, NULL, inbox->id, 3, &error));
    g_assert_true(store_commit(world->store, &error));
    do
        next = reader_input(world, world->input, replies);
    while (next == NET_MORE);
    g_assert_cmpint(next, ==, NET_CLOSE);
    g_assert_true(
        g_str_has_suffix(replies->str, "* BYE [UNAVAILABLE] A message cannot be read\r\n"));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/fetch/slices", test_slices);
    g_test_add_func("/imap/fetch/binary", test_binary);
    g_test_add_func("/imap/fetch/many-headers", test_many_headers);
    g_test_add_func("/imap/fetch/removed-meanwhile", test_removed_meanwhile);
    return g_test_run();
}
