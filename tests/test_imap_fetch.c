/* tests/test_imap_fetch.c - FETCH: big bodies in slices, hostile ones bounded. */
#include "storage/inside.h"
#include "tests/imap_reader.h"

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
    g_autoptr(ReaderWorld) world = reader_selected_with(message->str, message->len);
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
    g_autoptr(ReaderWorld) world = reader_selected_with(message, sizeof message - 1);
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
    g_autoptr(ReaderWorld) world = reader_selected_with(message->str, message->len);
    reader_expect(world, "c FETCH 3 BODY.PEEK[HEADER.FIELDS (subject)]\r\n",
                  "* 3 FETCH (BODY[HEADER.FIELDS (subject)] {17}\r\nSubject: last\r\n\r\n)\r\n"
                  "c OK FETCH completed\r\n");
}

static void
test_bare_line_ends(void)
{
    static const char message[] = "A: b\nX: 1\n\nX: 2\n";

    g_test_summary("a header ends at its empty line, also where lines end with LF alone");
    g_autoptr(ReaderWorld) world = reader_selected_with(message, strlen(message));
    reader_expect(world, "c FETCH 3 BODY.PEEK[HEADER.FIELDS (X)]\r\n",
                  "* 3 FETCH (BODY[HEADER.FIELDS (X)] {6}\r\nX: 1\n\n)\r\n"
                  "c OK FETCH completed\r\n");
}

static void
test_endless_header(void)
{
    g_test_summary("DESIGN §11: of a header 1 MB is looked into, of one inside the message, too");
    g_autoptr(GString) message = g_string_new("Content-Type: message/rfc822\r\n\r\n");

    for (guint i = 0; i < 11000; i++)
        g_string_append_printf(message, "X: %095u\r\n", i);
    g_string_append(message, "Subject: last\r\n\r\n");
    g_autoptr(ReaderWorld) world = reader_selected_with(message->str, message->len);
    const char *inner = strstr(message->str, "X: ");
    reader_add(world, "INBOX", inner, strlen(inner));
    reader_expect(world, "c FETCH 3 BODY.PEEK[1.HEADER.FIELDS (Subject)]\r\n",
                  "* 3 FETCH (BODY[1.HEADER.FIELDS (Subject)] {0}\r\n)\r\n"
                  "* 4 EXISTS\r\n* 1 RECENT\r\nc OK FETCH completed\r\n");
    reader_expect(world, "d FETCH 4 BODY.PEEK[HEADER.FIELDS (Subject)]\r\n",
                  "* 4 FETCH (BODY[HEADER.FIELDS (Subject)] {0}\r\n)\r\n"
                  "d OK FETCH completed\r\n");
}

static void
test_removed_meanwhile(void)
{
    g_test_summary(
        "a body whose message goes while it is sent ends the connection: it can't be whole");
    g_autofree char *filler = g_strnfill(300000, 'x');
    g_autoptr(ReaderWorld) world = reader_selected_with(filler, 300000);
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

static void
test_items(void)
{
    g_test_summary("RFC 9051 §6.4.5, §7.5.2: every item, macros, sections, pieces");
    dialog_play_both("imap-items.txt", &reader_imap_engine, NULL);
}

static void
test_seen(void)
{
    g_test_summary(
        "RFC 3501 §6.4.5: reading sets \\Seen; PEEK, headers by RFC822.HEADER, EXAMINE don't");
    static const struct {
        const char *item;
        gboolean seen;
    } cases[] = {
        { "BODY[]", TRUE },          { "BODY[HEADER]", TRUE },   { "BODY[1]<0.1>", TRUE },
        { "RFC822", TRUE },          { "RFC822.TEXT", TRUE },    { "BINARY[1]", TRUE },
        { "BODY.PEEK[]", FALSE },    { "RFC822.HEADER", FALSE }, { "BINARY.PEEK[1]", FALSE },
        { "BINARY.SIZE[1]", FALSE }, { "BODYSTRUCTURE", FALSE }, { "FULL", FALSE },
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ReaderWorld) world = reader_selected_with("A: b\r\n\r\nc\r\n", 11);
        g_autofree char *line = g_strdup_printf("c FETCH 3 %s\r\n", cases[i].item);
        g_free(reader_say(world, "x EXAMINE INBOX\r\n"));
        g_free(reader_say(world, line));
        g_free(reader_say(world, "x SELECT INBOX\r\n"));

        reader_expect(world, "d SEARCH UNSEEN 3\r\n", "* SEARCH 3\r\nd OK SEARCH completed\r\n");
        g_free(reader_say(world, line));
        reader_expect(world, "e SEARCH SEEN\r\n",
                      cases[i].seen ? "* SEARCH 3\r\ne OK SEARCH completed\r\n"
                                    : "* SEARCH\r\ne OK SEARCH completed\r\n");
    }
}

static void
test_pages(void)
{
    g_test_summary("DESIGN §4: entries are read by the page, whatever messages are named");
    g_autoptr(ReaderWorld) world = reader_selected_with("A: b\r\n\r\nc\r\n", 11);
    g_autoptr(GString) expected = g_string_new(NULL);

    for (guint i = 0; i < 1000; i++)
        reader_put(world, "INBOX", "A: b\r\n\r\nc\r\n", 11);
    g_assert_true(store_commit(world->store, NULL));
    g_free(reader_say(world, "n NOOP\r\n"));
    for (guint i = 1; i <= 1003; i++)
        g_string_append_printf(expected, "* %u FETCH (UID %u)\r\n", i, i);
    g_string_append(expected, "c OK FETCH completed\r\n");
    reader_expect(world, "c FETCH 1:* UID\r\n", expected->str);
    reader_expect(world, "d UID FETCH 7,999:1001,450,2000:3000 UID\r\n",
                  "* 7 FETCH (UID 7)\r\n* 450 FETCH (UID 450)\r\n* 999 FETCH (UID 999)\r\n"
                  "* 1000 FETCH (UID 1000)\r\n* 1001 FETCH (UID 1001)\r\n"
                  "d OK UID FETCH completed\r\n");
}

static void
test_expunged(void)
{
    g_test_summary("RFC 5530 §3: messages that others have expunged: NO, and those that are there");
    g_autoptr(ReaderWorld) world = reader_selected_with("A: b\r\n\r\nc\r\n", 11);
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreMailbox) inbox =
        store_mailbox_find(world->store, world->carol->id, "INBOX", &error);
    g_assert_true(store_entry_remove(world->store, NULL, inbox->id, 2, &error));
    g_assert_true(store_commit(world->store, &error));
    reader_expect(world, "c FETCH 1:3 UID\r\n",
                  "* 1 FETCH (UID 1)\r\n* 3 FETCH (UID 3)\r\n"
                  "c NO [EXPUNGEISSUED] Some messages are there no more\r\n");
    reader_expect(world, "d SEARCH UNSEEN\r\n", "* SEARCH 1 3\r\nd OK SEARCH completed\r\n");
    reader_expect(world, "e SEARCH 1:*\r\n", "* SEARCH 1 3\r\ne OK SEARCH completed\r\n");
}

/* What FETCH ENVELOPE says of message 3, and what it says when nothing was kept of it. */
static void
expect_envelope_kept(const char *message, gint64 kept)
{
    g_autoptr(ReaderWorld) world = reader_selected_with(message, strlen(message));
    Store *store = world->store;
    g_autofree char *first = reader_say(world, "c FETCH 3 ENVELOPE\r\n");
    g_autofree char *read = NULL;
    gint64 rows = -1;
    gboolean found;

    {
        g_autoptr(sqlite3_stmt) ask = store_prepare(
            store, "SELECT count(*) FROM envelopes WHERE message = (SELECT max(id) FROM messages)",
            NULL);

        g_assert_true(store_number(store, ask, &rows, &found, NULL));
    }
    g_assert_cmpint(rows, ==, kept);
    g_assert_true(store_begin(store, NULL));
    g_assert_true(store_exec(store, "UPDATE envelopes SET envelope = '(kept)'", NULL));
    if (kept > 0)
        reader_expect(world, "c FETCH 3 ENVELOPE\r\n",
                      "* 3 FETCH (ENVELOPE (kept))\r\nc OK FETCH completed\r\n");
    g_assert_true(store_exec(store, "DELETE FROM envelopes", NULL));
    g_assert_true(store_commit(store, NULL));
    read = reader_say(world, "c FETCH 3 ENVELOPE\r\n");
    g_assert_cmpstr(read, ==, first);
}

static void
test_envelope_kept(void)
{
    g_test_summary(
        "An envelope kept when the message came is what its header says; without one (an "
        "older version's message, a very long field) the header is read");
    g_autofree char *octets = g_strnfill(5000, 'x');
    g_autofree char *large = g_strconcat("Subject: ", octets, "\r\n\r\n", NULL);
    static const char *const fields[] = { "From", "Sender", "Reply-To", "To", "Cc", "Bcc" };
    g_autoptr(GString) crowd = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        g_string_append_printf(crowd, "%s: a@b", fields[i]);
        for (guint j = 0; j < 500; j++)
            g_string_append(crowd, ",a@b");
        g_string_append(crowd, "\r\n");
    }

    expect_envelope_kept("From: A <a@north.example>\r\nSubject: hi\r\n there\r\n\r\nx", 1);
    expect_envelope_kept("no header at all", 1);
    expect_envelope_kept(large, 0);
    expect_envelope_kept(crowd->str, 0);
}

static void
test_global(void)
{
    static const char message[] = "Content-Type: message/global\r\n\r\nSubject: in\r\n\r\ninner";

    g_test_summary("RFC 9051 §6.4.5.1: to IMAP4rev2 message/global is a message with parts");
    g_autoptr(ReaderWorld) world = reader_selected_with(message, strlen(message));
    reader_expect(world, "c FETCH 3 BODY.PEEK[1.1]\r\n",
                  "* 3 FETCH (BODY[1.1] NIL)\r\nc OK FETCH completed\r\n");
    g_free(reader_say(world, "x UNSELECT\r\nx ENABLE IMAP4rev2\r\nx SELECT INBOX\r\n"));
    reader_expect(world, "d FETCH 3 (BODY BODY.PEEK[1.1] BODY.PEEK[1.HEADER])\r\n",
                  "* 3 FETCH (BODY (\"MESSAGE\" \"GLOBAL\" NIL NIL NIL \"7BIT\" 20 "
                  "(NIL \"in\" NIL NIL NIL NIL NIL NIL NIL NIL) "
                  "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 5 1) 3) "
                  "BODY[1.1] {5}\r\ninner BODY[1.HEADER] {15}\r\nSubject: in\r\n\r\n)\r\n"
                  "d OK FETCH completed\r\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/fetch/items", test_items);
    g_test_add_func("/imap/fetch/seen", test_seen);
    g_test_add_func("/imap/fetch/pages", test_pages);
    g_test_add_func("/imap/fetch/expunged", test_expunged);
    g_test_add_func("/imap/fetch/envelope-kept", test_envelope_kept);
    g_test_add_func("/imap/fetch/global", test_global);
    g_test_add_func("/imap/fetch/slices", test_slices);
    g_test_add_func("/imap/fetch/binary", test_binary);
    g_test_add_func("/imap/fetch/many-headers", test_many_headers);
    g_test_add_func("/imap/fetch/bare-line-ends", test_bare_line_ends);
    g_test_add_func("/imap/fetch/endless-header", test_endless_header);
    g_test_add_func("/imap/fetch/removed-meanwhile", test_removed_meanwhile);
    return g_test_run();
}
