/* tests/test_pop3_retrieve.c - RETR and TOP: octets and dots, long ones in slices. */
#include "tests/reader_world.h"

static ReaderWorld *
world_with(const char *octets, gsize length)
{
    ReaderWorld *world = reader_world_new();
    g_autofree char *said = NULL;

    reader_add(world, "INBOX", octets, length);
    world->pop3_session =
        pop3_session_new(&world->pop3, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "USER carol\r\nPASS sesame\r\n");
    return world;
}

/* The size that LIST tells for message 3 is that of what RETR sends, dots taken out. */
static void
expect_retr(const char *octets, const char *sent)
{
    g_autoptr(ReaderWorld) world = world_with(octets, strlen(octets));
    g_autofree char *all = g_strconcat(READER_PREFIX, octets, NULL);
    gsize size = strlen(all) + (g_str_has_suffix(all, "\r\n") ? 0 : 2);
    g_autofree char *expected =
        g_strdup_printf("+OK %" G_GSIZE_FORMAT " octets\r\n%s%s.\r\n", size, READER_PREFIX, sent);
    g_autofree char *listed = g_strdup_printf("+OK 3 %" G_GSIZE_FORMAT "\r\n", size);

    reader_expect(world, "LIST 3\r\n", listed);
    reader_expect(world, "RETR 3\r\n", expected);
}

static void
test_dots(void)
{
    g_test_summary("RFC 1939 §3: a line that starts with a dot gets one more");
    expect_retr("A: b\r\n\r\n.\r\n", "A: b\r\n\r\n..\r\n");
    expect_retr("A: b\r\n\r\n..\r\n...\r\n", "A: b\r\n\r\n...\r\n....\r\n");
    expect_retr("A: b\r\n\r\nx.\r\n", "A: b\r\n\r\nx.\r\n");
    expect_retr(".dot: b\r\n\r\n", "..dot: b\r\n\r\n");
}

static void
test_no_line_end(void)
{
    g_test_summary("RFC 1939 §3: the final dot stands on a line of its own, whatever the message");
    expect_retr("A: b\r\n\r\nend", "A: b\r\n\r\nend\r\n");
    expect_retr("A: b\r\n\r\n.", "A: b\r\n\r\n..\r\n");
    expect_retr("A: b\r\n\r\nx\r", "A: b\r\n\r\nx\r\r\n");
}

static void
test_top(void)
{
    g_test_summary("RFC 1939 §7: TOP sends the header, the empty line and n lines of the body");
    static const char message[] = "A: b\r\nC: d\r\n\r\n1\r\n.2\r\n3\r\n";
    g_autoptr(ReaderWorld) world = world_with(message, strlen(message));

#define TOP_HEAD "+OK Top of message 3 follows\r\n" READER_PREFIX "A: b\r\nC: d\r\n\r\n"
    reader_expect(world, "TOP 3 0\r\n", TOP_HEAD ".\r\n");
    reader_expect(world, "TOP 3 2\r\n", TOP_HEAD "1\r\n..2\r\n.\r\n");
    reader_expect(world, "TOP 3 3\r\n", TOP_HEAD "1\r\n..2\r\n3\r\n.\r\n");
    reader_expect(world, "TOP 3 99999999\r\n", TOP_HEAD "1\r\n..2\r\n3\r\n.\r\n");
}

static void
test_slices(void)
{
    g_test_summary(
        "DESIGN §4: a big message goes out in slices of 64 KB, each giving the loop back");
    g_autoptr(GString) message = g_string_new("A: b\r\n\r\n");
    g_autoptr(GString) replies = g_string_new(NULL);
    guint slices = 0;
    gsize largest = 0;
    NetNext next;

    while (message->len < 1000000)
        g_string_append(message, "0123456789\r\n.starts with a dot\r\n");
    g_autoptr(ReaderWorld) world = world_with(message->str, message->len);
    net_buffer_add(world->input, "RETR 3\r\nNOOP\r\n", 14);
    do {
        gsize before = replies->len;

        next = reader_input(world, world->input, replies);
        largest = MAX(largest, replies->len - before);
        slices++;
    } while (next == NET_MORE || net_buffer_length(world->input) > 0);
    g_assert_cmpuint(slices, >, 10);
    g_assert_cmpuint(largest, <, 2 * 64 * 1024);
    g_assert_true(g_str_has_suffix(replies->str, "\r\n.\r\n+OK\r\n"));
}

static void
test_gone(void)
{
    g_test_summary("a message that IMAP has removed is reported, not sent");
    static const char message[] = "A: b\r\n\r\n";
    g_autoptr(ReaderWorld) world = world_with(message, strlen(message));
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreMailbox) inbox =
        store_mailbox_find(world->store, world->carol->id, "INBOX", &error);

    g_assert_true(store_entry_remove(world->store, NULL, inbox->id, 3, &error));
    g_assert_true(store_commit(world->store, &error));
    reader_expect(world, "RETR 3\r\n", "-ERR Message 3 has been removed by another program\r\n");
    reader_expect(world, "NOOP\r\n", "+OK\r\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pop3/retrieve/dots", test_dots);
    g_test_add_func("/pop3/retrieve/no-line-end", test_no_line_end);
    g_test_add_func("/pop3/retrieve/top", test_top);
    g_test_add_func("/pop3/retrieve/slices", test_slices);
    g_test_add_func("/pop3/retrieve/gone", test_gone);
    return g_test_run();
}
