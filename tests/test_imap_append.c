/* tests/test_imap_append.c - APPEND: what comes is stored as it came. */
#include "storage/inside.h"
#include "tests/reader_world.h"

static void
test_append(void)
{
    g_test_summary("RFC 3501 §6.3.11, RFC 7888: checked before the +, line ends made whole");
    dialog_play_both("imap-append.txt", &reader_imap_engine, NULL);
}

static void
test_big(void)
{
    g_test_summary("a big message goes to the store as it comes, and back octet for octet");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GString) message = g_string_new("Subject: big\r\n\r\n");
    g_autofree char *login = NULL, *command = NULL, *expected = NULL;

    while (message->len < 700000)
        g_string_append_printf(message, "%08u some text\r\n", (guint)message->len);
    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    login = reader_say(world, "a LOGIN carol sesame\r\n");
    command = g_strdup_printf("b APPEND Sent {%" G_GSIZE_FORMAT "+}\r\n%s\r\n", message->len,
                              message->str);
    g_autofree char *appended = reader_say(world, command);
    g_assert_true(g_str_has_prefix(appended, "b OK [APPENDUID "));
    g_autofree char *selected = reader_say(world, "c EXAMINE Sent\r\n");
    g_assert_nonnull(strstr(selected, "c OK "));
    expected = g_strdup_printf("* 1 FETCH (BODY[] {%" G_GSIZE_FORMAT "}\r\n%s)\r\n"
                               "d OK FETCH completed\r\n",
                               message->len, message->str);
    reader_expect(world, "d FETCH 1 BODY[]\r\n", expected);
}

static void
test_line_ends(void)
{
    g_test_summary("RFC 5322 §2.3: CR and LF stand in a message together; one alone becomes both");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *said = NULL;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "a LOGIN carol sesame\r\nb APPEND Sent {13+}\r\n"
                             "A: b\n\rx\ry\r\nz\r\r\n"
                             "c EXAMINE Sent\r\n");
    g_assert_nonnull(strstr(said, "b OK [APPENDUID "));
    reader_expect(world, "d FETCH 1 BODY[]\r\n",
                  "* 1 FETCH (BODY[] {17}\r\nA: b\r\n\r\nx\r\ny\r\nz\r\n)\r\n"
                  "d OK FETCH completed\r\n");
}

static void
test_limit(void)
{
    g_test_summary("RFC 7889 §4: as many octets as announced are taken, one more is TOOBIG");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *login = NULL;

    world->imap.max_message_octets = 100;
    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    login = reader_say(world, "a LOGIN carol sesame\r\n");
    reader_expect(world, "b APPEND Sent {101}\r\n", "b NO [TOOBIG] The message is too big\r\n");
    reader_expect(world, "c APPEND Sent {100}\r\n", "+ Ready for the message\r\n");
}

static void
test_full(void)
{
    g_test_summary("RFC 5530 §3: a disk that is full is OVERQUOTA, and nothing is left behind");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *filler = g_strnfill(200000, 'x');
    g_autofree char *line = g_strdup_printf("b APPEND Sent {200000+}\r\n%s\r\n", filler);
    g_autofree char *login = NULL;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    login = reader_say(world, "a LOGIN carol sesame\r\n");
    store_limit_pages(world->store, 1);
    reader_expect(world, line, "b NO [OVERQUOTA] No space is left\r\n");
    store_limit_pages(world->store, 0);
    reader_expect(world, "c STATUS Sent (MESSAGES)\r\n",
                  "* STATUS \"Sent\" (MESSAGES 0)\r\nc OK STATUS completed\r\n");
}

static void
test_not_written(void)
{
    g_test_summary("RFC 3501 §6.3.11: a message that could not be written whole is not kept");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *bodies = g_strdup_printf("%s/mx.south.example.bodies", world->folder);
    g_autofree char *filler = g_strnfill(600000, 'x'); /* it would lie in a file */
    g_autofree char *line = g_strdup_printf("b APPEND Sent {600000+}\r\n%s\r\n", filler);
    g_autofree char *login = NULL;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    login = reader_say(world, "a LOGIN carol sesame\r\n");
    folder_remove(bodies);
    reader_expect(world, line, "b NO [UNAVAILABLE] Try again later\r\n");
    reader_expect(world, "c STATUS Sent (MESSAGES)\r\n",
                  "* STATUS \"Sent\" (MESSAGES 0)\r\nc OK STATUS completed\r\n");
}

static gint64
count_messages(ReaderWorld *world)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(world->store, "SELECT count(*) FROM messages", NULL);

    g_assert_cmpint(sqlite3_step(ask), ==, SQLITE_ROW);
    return sqlite3_column_int64(ask, 0);
}

static void
test_gone_meanwhile(void)
{
    g_test_summary("RFC 3501 §6.3.11: a mailbox that goes while the message comes leaves no trace");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *login = NULL;
    gint64 before = count_messages(world);

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    login = reader_say(world, "a LOGIN carol sesame\r\n");
    reader_expect(world, "b APPEND Sent {8}\r\n", "+ Ready for the message\r\n");
    g_assert_true(store_mailbox_delete(world->store, world->carol->id, "Sent", NULL));
    g_assert_true(store_commit(world->store, NULL));
    g_autofree char *said = reader_say(world, "A: b\r\n\r\n\r\n");
    g_assert_true(g_str_has_prefix(said, "b NO "));
    g_assert_true(store_commit(world->store, NULL));
    g_assert_cmpint(count_messages(world), ==, before);
}

static void
test_recent(void)
{
    g_test_summary("RFC 3501 §2.3.2: \\Recent may be named in APPEND, and is nothing to be set");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *login = NULL, *appended = NULL, *selected = NULL;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    login = reader_say(world, "a LOGIN carol sesame\r\n");
    appended = reader_say(world, "b APPEND Sent (\\Recent \\Seen) {8+}\r\nA: b\r\n\r\n\r\n");
    g_assert_true(g_str_has_prefix(appended, "b OK [APPENDUID "));
    selected = reader_say(world, "c SELECT Sent\r\nc EXAMINE Sent\r\n");
    reader_expect(world, "d FETCH 1 FLAGS\r\n",
                  "* 1 FETCH (FLAGS (\\Seen))\r\nd OK FETCH completed\r\n");
}

static void
test_literal8(void)
{
    g_test_summary("RFC 3516 §4.4: a literal8 is taken where it holds text, and never mended");
    static const char *const binary[] = { "A: b\r\n\r\nbare\nLF\r\n", "A: b\r\n\r\nbare\rCR\r\n",
                                          "A: b\r\n\r\nCR at the end\r" };
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *login = NULL, *taken = NULL, *asked = NULL;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    login = reader_say(world, "a LOGIN carol sesame\r\n");
    taken = reader_say(world, "b APPEND Sent (\\Seen) ~{8+}\r\nA: b\r\n\r\n\r\n");
    g_assert_true(g_str_has_prefix(taken, "b OK [APPENDUID "));
    reader_expect(world, "c APPEND Sent ~{8}\r\n", "+ Ready for the message\r\n");
    asked = reader_say(world, "A: b\r\n\r\n\r\n");
    g_assert_true(g_str_has_prefix(asked, "c OK [APPENDUID "));
    for (gsize i = 0; i < G_N_ELEMENTS(binary); i++) {
        g_autofree char *command = g_strdup_printf(
            "d APPEND Sent ~{%" G_GSIZE_FORMAT "+}\r\n%s\r\n", strlen(binary[i]), binary[i]);

        reader_expect(world, command,
                      "d NO [UNKNOWN-CTE] Mailboxes hold text, encode it first\r\n");
    }
    g_autofree char *nowhere = reader_say(world, "e APPEND ~{8+}\r\nA: b\r\n\r\n\r\n");
    g_assert_true(g_str_has_prefix(nowhere, "e BAD "));
}

static void
test_quota(void)
{
    g_test_summary("RFC 9208 §4.3.1: OVERQUOTA for APPEND and COPY; MOVE needs no room");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *said = NULL, *moved = NULL;

    world->imap.quota_octets = 1000; /* INBOX holds 918 */
    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "a LOGIN carol sesame\r\nb SELECT INBOX\r\n");
    reader_expect(world, "c APPEND Sent {83}\r\n",
                  "c NO [OVERQUOTA] There is no room for this\r\n");
    reader_expect(world, "d APPEND Sent {82}\r\n", "+ Ready for the message\r\n");
    g_autofree char *filler = g_strnfill(82, 'x');
    g_autofree char *rest = g_strconcat(filler, "\r\n", NULL);
    g_autofree char *taken = reader_say(world, rest);
    g_assert_true(g_str_has_prefix(taken, "d OK [APPENDUID "));
    reader_expect(world, "e COPY 1 Trash\r\n", "e NO [OVERQUOTA] There is no room for this\r\n");
    moved = reader_say(world, "f MOVE 1 Trash\r\n");
    g_assert_true(g_str_has_suffix(moved, "* 1 EXPUNGE\r\nf OK MOVE completed\r\n"));
}

static void
test_second(void)
{
    g_test_summary("RFC 7888 §4: what a second, unasked message says is never taken for a command");
    static const char *const firsts[] = { "b APPEND INBOX", "b APPEND Nowhere" };

    for (gsize i = 0; i < G_N_ELEMENTS(firsts); i++) {
        g_autoptr(ReaderWorld) world = reader_world_new();
        g_autofree char *login = NULL;
        g_autoptr(GString) replies = g_string_new(NULL), said = g_string_new(firsts[i]);

        world->imap_session =
            imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
        login = reader_say(world, "a LOGIN carol sesame\r\n");
        g_string_append(said, " {5+}\r\nfirst {15+}\r\nc DELETE Sent\r\n\r\n");
        g_assert_false(
            dialog_pump(world->input, said->str, said->len, reader_input, world, replies));
        g_assert_cmpstr(replies->str, ==, "* BYE One message at a time\r\n");
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/append/append", test_append);
    g_test_add_func("/imap/append/big", test_big);
    g_test_add_func("/imap/append/second", test_second);
    g_test_add_func("/imap/append/line-ends", test_line_ends);
    g_test_add_func("/imap/append/limit", test_limit);
    g_test_add_func("/imap/append/full", test_full);
    g_test_add_func("/imap/append/not-written", test_not_written);
    g_test_add_func("/imap/append/gone-meanwhile", test_gone_meanwhile);
    g_test_add_func("/imap/append/recent", test_recent);
    g_test_add_func("/imap/append/literal8", test_literal8);
    g_test_add_func("/imap/append/quota", test_quota);
    return g_test_run();
}
