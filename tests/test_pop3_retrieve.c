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
test_slice_ends(void)
{
    g_test_summary("RFC 1939 §3: where a slice ends no dot is added, and none is forgotten");
    g_autofree char *dots = g_strnfill(66000, '.');

    for (gsize line = 65530; line <= 65540; line++) {
        gsize filler = line - strlen(READER_PREFIX "A: b\r\n\r\nx");
        g_autofree char *octets =
            g_strdup_printf("A: b\r\n\r\nx%.*s\r\n.y\r\n.\r\n", (int)filler, dots);
        g_autofree char *sent =
            g_strdup_printf("A: b\r\n\r\nx%.*s\r\n..y\r\n..\r\n", (int)filler, dots);

        expect_retr(octets, sent);
    }
}

static void
test_first_dot(void)
{
    g_test_summary("RFC 3501 §6.3.11, RFC 1939 §3: a message from IMAP may begin with a dot");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *put = NULL, *read = NULL;

    world->imap_session = imap_session_new(&world->imap, "127.0.0.1", TRUE, NULL, NULL, NULL);
    put = reader_say(world, "a LOGIN carol sesame\r\nb APPEND INBOX {6+}\r\n.a: b\n\r\n");
    g_assert_nonnull(strstr(put, "b OK "));
    g_clear_pointer(&world->imap_session, imap_session_free);
    world->pop3_session = pop3_session_new(&world->pop3, "127.0.0.1", TRUE, NULL, NULL, NULL);
    read = reader_say(world, "USER carol\r\nPASS sesame\r\nRETR 3\r\n");
    g_assert_true(g_str_has_suffix(read, "\r\n+OK 7 octets\r\n..a: b\r\n.\r\n"));
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

/* A message that lies in a file of its own: it takes several slices. */
static ReaderWorld *
world_with_big(void)
{
    g_autoptr(GString) message = g_string_new("A: b\r\n\r\n");

    while (message->len < 300000)
        g_string_append(message, "0123456789\r\n");
    return world_with(message->str, message->len);
}

static void
test_unreadable(void)
{
    g_test_summary("RFC 3206 §4: a message that cannot be read is [SYS/TEMP], the session goes on");
    g_autoptr(ReaderWorld) world = world_with_big();
    g_autofree char *bodies = g_strdup_printf("%s/mx.south.example.bodies", world->folder);

    folder_remove(bodies);
    reader_expect(world, "RETR 3\r\nNOOP\r\n",
                  "-ERR [SYS/TEMP] Message 3 cannot be read now\r\n+OK\r\n");
}

static void
test_unreadable_rest(void)
{
    g_test_summary("RFC 1939 §3: no final dot behind a message that breaks off in the middle");
    g_autoptr(ReaderWorld) world = world_with_big();
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autofree char *bodies = g_strdup_printf("%s/mx.south.example.bodies", world->folder);

    net_buffer_add(world->input, "RETR 3\r\n", 8);
    g_assert_cmpint(reader_input(world, world->input, replies), ==, NET_MORE);
    folder_remove(bodies);
    g_assert_cmpint(reader_input(world, world->input, replies), ==, NET_CLOSE);
    g_assert_false(g_str_has_suffix(replies->str, ".\r\n"));
}

static void
test_many(void)
{
    g_test_summary("RFC 1939 §5: a full maildrop is opened whole, LIST and UIDL leave nobody out");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *login = NULL;

    for (guint i = 2; i < 1001; i++)
        reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    g_assert_true(store_commit(world->store, NULL));
    world->pop3_session = pop3_session_new(&world->pop3, "127.0.0.1", TRUE, NULL, NULL, NULL);
    login = reader_say(world, "USER carol\r\nPASS sesame\r\n");
    g_assert_nonnull(strstr(login, "+OK Maildrop locked and ready, 1001 messages "));
    for (guint i = 0; i < 2; i++) {
        g_autoptr(GString) replies = g_string_new(NULL);
        g_autofree char *rest = NULL;

        net_buffer_add(world->input, i == 0 ? "LIST\r\n" : "UIDL\r\n", 6);
        g_assert_cmpint(reader_input(world, world->input, replies), ==, NET_MORE);
        rest = reader_say(world, "");
        g_string_append(replies, rest);
        g_auto(GStrv) lines = g_strsplit(replies->str, "\r\n", -1);
        g_assert_cmpuint(g_strv_length(lines), ==, 1004);
        for (guint number = 1; number <= 1001; number++)
            g_assert_cmpuint(strtoul(lines[number], NULL, 10), ==, number);
        g_assert_cmpstr(lines[1002], ==, ".");
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pop3/retrieve/dots", test_dots);
    g_test_add_func("/pop3/retrieve/no-line-end", test_no_line_end);
    g_test_add_func("/pop3/retrieve/slice-ends", test_slice_ends);
    g_test_add_func("/pop3/retrieve/first-dot", test_first_dot);
    g_test_add_func("/pop3/retrieve/top", test_top);
    g_test_add_func("/pop3/retrieve/slices", test_slices);
    g_test_add_func("/pop3/retrieve/gone", test_gone);
    g_test_add_func("/pop3/retrieve/unreadable", test_unreadable);
    g_test_add_func("/pop3/retrieve/unreadable-rest", test_unreadable_rest);
    g_test_add_func("/pop3/retrieve/many", test_many);
    return g_test_run();
}
