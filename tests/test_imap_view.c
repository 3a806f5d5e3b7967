/* tests/test_imap_view.c - what others do to the mailbox, and when this client is told; while a group is
 * open: test_imap_view_group.c. */
#include "tests/reader_world.h"

static guint32 inbox;

/* A world with a session that has INBOX open. */
static ReaderWorld *
selected(void)
{
    ReaderWorld *world = reader_world_new();
    g_autofree char *said = NULL;
    g_autoptr(StoreMailbox) mailbox =
        store_mailbox_find(world->store, world->carol->id, "INBOX", NULL);

    inbox = (guint32)mailbox->id;
    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "a LOGIN carol sesame\r\nb SELECT INBOX\r\n");
    return world;
}

static void
others_set(ReaderWorld *world, guint32 uid, guint flags)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(store_entry_set_flags(world->store, NULL, inbox, uid, flags, "", &error));
    g_assert_true(store_commit(world->store, &error));
}

static void
others_remove(ReaderWorld *world, guint32 uid)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(store_entry_remove(world->store, NULL, inbox, uid, &error));
    g_assert_true(store_commit(world->store, &error));
}

static void
test_new(void)
{
    g_test_summary("RFC 3501 §5.2: new mail is told at the end of any command");
    g_autoptr(ReaderWorld) world = selected();

    reader_expect(world, "c NOOP\r\n", "c OK NOOP completed\r\n");
    reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    reader_expect(world, "d FETCH 1 UID\r\n",
                  "* 1 FETCH (UID 1)\r\n* 3 EXISTS\r\n* 1 RECENT\r\nd OK FETCH completed\r\n");
    reader_expect(world, "e NOOP\r\n", "e OK NOOP completed\r\n");
}

static void
test_flags(void)
{
    g_test_summary("RFC 3501 §5.2: other sessions' flags are told, our own once");
    g_autoptr(ReaderWorld) world = selected();

    others_set(world, 2, STORE_FLAGGED);
    reader_expect(world, "c NOOP\r\n", "* 2 FETCH (FLAGS (\\Flagged))\r\nc OK NOOP completed\r\n");
    reader_expect(world, "d STORE 1 FLAGS (\\Seen)\r\n",
                  "* 1 FETCH (FLAGS (\\Seen))\r\nd OK STORE completed\r\n");
    reader_expect(world, "e NOOP\r\n", "e OK NOOP completed\r\n");
    others_set(world, 1, STORE_DRAFT);
    reader_expect(world, "f STORE 1 +FLAGS.SILENT (\\Seen)\r\n",
                  "* 1 FETCH (FLAGS (\\Seen \\Draft))\r\nf OK STORE completed\r\n");
    /* What was told with a FETCH is known as well, though more is to be told. */
    others_set(world, 2, STORE_ANSWERED);
    others_set(world, 1, 0);
    reader_expect(world, "g FETCH 1 BODY[TEXT]<0.1>\r\n",
                  "* 1 FETCH (BODY[TEXT]<0> {1}\r\n. FLAGS (\\Seen))\r\n"
                  "* 2 FETCH (FLAGS (\\Answered))\r\ng OK FETCH completed\r\n");
}

static void
test_expunge_waits(void)
{
    g_test_summary("RFC 3501 §7.4.1: no EXPUNGE while FETCH, STORE or SEARCH run");
    g_autoptr(ReaderWorld) world = selected();

    others_remove(world, 1);
    reader_expect(world, "c SEARCH ALL\r\n", "* SEARCH 2\r\nc OK SEARCH completed\r\n");
    reader_expect(world, "d FETCH 1:2 UID\r\n",
                  "* 2 FETCH (UID 2)\r\n"
                  "d NO [EXPUNGEISSUED] Some messages are there no more\r\n");
    reader_expect(world, "e UID FETCH 2 UID\r\n",
                  "* 2 FETCH (UID 2)\r\n* 1 EXPUNGE\r\ne OK UID FETCH completed\r\n");
    reader_expect(world, "f FETCH 1 UID\r\n", "* 1 FETCH (UID 2)\r\nf OK FETCH completed\r\n");
}

static void
test_gone_by_uid(void)
{
    g_test_summary("RFC 3501 §6.4.8: a UID that is there no more is no mistake of UID STORE's");
    g_autoptr(ReaderWorld) world = selected();

    others_remove(world, 1);
    reader_expect(world, "c STORE 1:2 +FLAGS.SILENT (\\Flagged)\r\n",
                  "c NO [EXPUNGEISSUED] Some messages are there no more\r\n");
    reader_expect(world, "d UID STORE 1:2 +FLAGS (\\Draft)\r\n",
                  "* 2 FETCH (UID 2 FLAGS (\\Flagged \\Draft))\r\n* 1 EXPUNGE\r\n"
                  "d OK UID STORE completed\r\n");
}

static void
test_opened_meanwhile(void)
{
    g_test_summary(
        "RFC 7162 §3.1: who opens the mailbox in the middle of a STORE hears of its rest");
    g_autoptr(ReaderWorld) world = selected();
    g_autoptr(GString) replies = g_string_new(NULL);
    ImapSession *first = world->imap_session, *second;

    for (guint i = 0; i < 500; i++)
        reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    g_assert_true(store_commit(world->store, NULL));
    g_free(reader_say(world, "c NOOP\r\n"));
    static const char command[] = "d STORE 1:* +FLAGS.SILENT (\\Flagged)\r\n";
    net_buffer_add(world->input, command, strlen(command));
    g_assert_cmpint(reader_input(world, world->input, replies), ==, NET_MORE);
    second = world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, NULL, NULL, NULL);
    g_free(reader_say(world, "a LOGIN carol sesame\r\nb SELECT INBOX\r\n"));
    world->imap_session = first;
    while (reader_input(world, world->input, replies) == NET_MORE)
        continue;
    g_assert_true(g_str_has_suffix(replies->str, "d OK STORE completed\r\n"));
    world->imap_session = second;
    g_autofree char *told = reader_say(world, "c NOOP\r\n");
    g_assert_nonnull(strstr(told, "* 502 FETCH (FLAGS (\\Flagged))\r\n"));
    imap_session_free(first);
}

static void
test_all_at_once(void)
{
    g_test_summary("RFC 3501 §7.4.1: each EXPUNGE counts with the ones before it");
    g_autoptr(ReaderWorld) world = selected();
    g_autofree char *said = NULL;

    for (guint i = 0; i < 4; i++)
        reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    said = reader_say(world, "c NOOP\r\n");
    others_remove(world, 2);
    others_remove(world, 3);
    others_remove(world, 6);
    others_set(world, 5, STORE_SEEN);
    reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    reader_expect(world, "d NOOP\r\n",
                  "* 2 EXPUNGE\r\n* 2 EXPUNGE\r\n* 3 FETCH (FLAGS (\\Seen \\Recent))\r\n"
                  "* 4 EXPUNGE\r\n* 4 EXISTS\r\n* 3 RECENT\r\nd OK NOOP completed\r\n");
    reader_expect(world, "e UID SEARCH ALL\r\n",
                  "* SEARCH 1 4 5 7\r\ne OK UID SEARCH completed\r\n");
}

static void
test_two_sessions(void)
{
    g_test_summary("two sessions of one user see each other's removal");
    g_autoptr(ReaderWorld) world = selected();
    ImapSession *first = g_steal_pointer(&world->imap_session);
    g_autofree char *said = NULL;

    world->imap_session = imap_session_new(&world->imap, "127.0.0.1", TRUE, NULL, NULL, NULL);
    said = reader_say(world, "a LOGIN carol sesame\r\nb SELECT INBOX\r\n"
                             "c STORE 1 +FLAGS \\Deleted\r\n");
    reader_expect(world, "d EXPUNGE\r\n", "* 1 EXPUNGE\r\nd OK EXPUNGE completed\r\n");
    imap_session_free(world->imap_session);
    world->imap_session = first;
    reader_expect(world, "c NOOP\r\n", "* 1 EXPUNGE\r\nc OK NOOP completed\r\n");
}

static void
test_many(void)
{
    g_test_summary("a mailbox of many pages is opened, fetched, changed and emptied in slices");
    g_autoptr(ReaderWorld) world = selected();
    g_autoptr(GString) replies = g_string_new(NULL);
    static const char fetch[] = "d FETCH 1:* (UID FLAGS)\r\n";
    guint slices = 0;
    NetNext next;

    for (guint i = 0; i < 900; i++)
        reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    g_autofree char *told = reader_say(world, "c NOOP\r\n");
    g_assert_nonnull(strstr(told, "* 902 EXISTS\r\n"));
    net_buffer_add(world->input, fetch, strlen(fetch));
    do {
        next = reader_input(world, world->input, replies);
        slices++;
    } while (next == NET_MORE);
    g_assert_cmpuint(slices, >, 1);
    g_assert_nonnull(strstr(replies->str, "* 902 FETCH (UID 902 FLAGS (\\Recent))\r\nd OK"));
    reader_expect(world, "e STORE 1:901 +FLAGS.SILENT (\\Deleted)\r\n", "e OK STORE completed\r\n");
    g_autofree char *gone = reader_say(world, "f EXPUNGE\r\n");
    g_assert_true(g_str_has_prefix(gone, "* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n"));
    reader_expect(world, "g FETCH * UID\r\n", "* 1 FETCH (UID 902)\r\ng OK FETCH completed\r\n");
}

static void
test_only_new(void)
{
    g_test_summary("new mail in a full mailbox is told without a look at all that is in it");
    g_autoptr(ReaderWorld) world = selected();
    g_autoptr(GString) replies = g_string_new(NULL);

    for (guint i = 0; i < 1000; i++)
        reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    g_assert_true(store_commit(world->store, NULL));
    g_autofree char *told = reader_say(world, "c NOOP\r\n");
    g_assert_nonnull(strstr(told, "* 1002 EXISTS\r\n"));
    reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    net_buffer_add(world->input, "d NOOP\r\n", 8);
    g_assert_cmpint(reader_input(world, world->input, replies), ==, NET_GO_ON);
    g_assert_cmpstr(replies->str, ==, "* 1003 EXISTS\r\n* 1001 RECENT\r\nd OK NOOP completed\r\n");
    /* As many new ones as there were changes, but one of these was another change. */
    others_remove(world, 500);
    reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    reader_expect(world, "e NOOP\r\n",
                  "* 500 EXPUNGE\r\n* 1003 EXISTS\r\n* 1001 RECENT\r\ne OK NOOP completed\r\n");
    guint32 uid = reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    others_set(world, uid, STORE_SEEN);
    reader_expect(world, "f NOOP\r\n", "* 1004 EXISTS\r\n* 1002 RECENT\r\nf OK NOOP completed\r\n");
    reader_expect(world, "g NOOP\r\n", "g OK NOOP completed\r\n");
}

static void
test_changed_meanwhile(void)
{
    g_test_summary("RFC 3501 §5.2: what changes while others' changes are told is told next");
    g_autoptr(ReaderWorld) world = selected();
    g_autoptr(GString) replies = g_string_new(NULL);

    for (guint i = 0; i < 500; i++)
        reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    g_assert_true(store_commit(world->store, NULL));
    net_buffer_add(world->input, "c NOOP\r\n", 8);
    g_assert_cmpint(reader_input(world, world->input, replies), ==, NET_MORE);
    others_set(world, 1, STORE_FLAGGED); /* the page with it has been looked at */
    while (reader_input(world, world->input, replies) == NET_MORE)
        continue;
    g_assert_cmpstr(replies->str, ==, "* 502 EXISTS\r\n* 500 RECENT\r\nc OK NOOP completed\r\n");
    reader_expect(world, "d NOOP\r\n", "* 1 FETCH (FLAGS (\\Flagged))\r\nd OK NOOP completed\r\n");
}

static void
test_store_gone(void)
{
    g_test_summary("RFC 5530 §3: STORE of a message that is gone is EXPUNGEISSUED, by UID ignored");
    g_autoptr(ReaderWorld) world = selected();

    others_remove(world, 1);
    reader_expect(world, "c STORE 1:2 +FLAGS (\\Flagged)\r\n",
                  "* 2 FETCH (FLAGS (\\Flagged))\r\n"
                  "c NO [EXPUNGEISSUED] Some messages are there no more\r\n");
    reader_expect(world, "d UID STORE 1:2 -FLAGS.SILENT (\\Flagged)\r\n",
                  "* 1 EXPUNGE\r\nd OK UID STORE completed\r\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/view/new", test_new);
    g_test_add_func("/imap/view/flags", test_flags);
    g_test_add_func("/imap/view/expunge-waits", test_expunge_waits);
    g_test_add_func("/imap/view/gone-by-uid", test_gone_by_uid);
    g_test_add_func("/imap/view/opened-meanwhile", test_opened_meanwhile);
    g_test_add_func("/imap/view/all-at-once", test_all_at_once);
    g_test_add_func("/imap/view/two-sessions", test_two_sessions);
    g_test_add_func("/imap/view/many", test_many);
    g_test_add_func("/imap/view/only-new", test_only_new);
    g_test_add_func("/imap/view/changed-meanwhile", test_changed_meanwhile);
    g_test_add_func("/imap/view/store-gone", test_store_gone);
    return g_test_run();
}
