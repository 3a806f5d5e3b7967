/* tests/test_imap_select.c - a mailbox is opened: what the client is told of it. */
#include "tests/reader_world.h"

static void
test_select(void)
{
    g_test_summary(
        "RFC 9051 §6.3.2, RFC 7162 §3.1.8: SELECT for both revisions, CONDSTORE, CLOSED");
    dialog_play_both("imap-select.txt", &reader_imap_engine, NULL);
}

/* A delivery is under way: it could be undone, and its numbers given to another message. */
static void
test_uncommitted(void)
{
    g_test_summary("RFC 7162 §3.1.2.1: HIGHESTMODSEQ and UIDNEXT count only what is committed");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *said = NULL, *status = NULL;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "a LOGIN carol sesame\r\n");
    reader_put(world, "INBOX", READER_TEXT, strlen(READER_TEXT));
    g_free(said);
    said = reader_say(world, "b SELECT INBOX\r\n");
    g_assert_false(store_is_open(world->store));
    g_assert_nonnull(strstr(said, "* 3 EXISTS\r\n"));
    g_assert_nonnull(strstr(said, "[HIGHESTMODSEQ 4]"));
    g_assert_cmpuint(reader_count_events(world, "something is being stored just now"), ==, 1);
    reader_put(world, "INBOX", READER_TEXT, strlen(READER_TEXT));
    status = reader_say(world, "c UNSELECT\r\nd STATUS INBOX (MESSAGES)\r\n");
    g_assert_nonnull(strstr(status, "* STATUS \"INBOX\" (MESSAGES 4)\r\n"));
    g_assert_false(store_is_open(world->store));
    g_assert_cmpuint(reader_count_events(world, "something is being stored just now"), ==, 2);
}

/* What is told of INBOX when it is opened; @known: whether its UIDs were read this time. */
static void
open_inbox(ReaderWorld *world, guint known, const char *exists, const char *unseen)
{
    g_autofree char *said = reader_say(world, "b SELECT INBOX\r\n");

    g_assert_nonnull(strstr(said, exists));
    g_assert_cmpint(strstr(said, unseen) != NULL, ==, TRUE);
    g_assert_nonnull(strstr(said, "b OK [READ-WRITE] SELECT completed\r\n"));
    g_assert_cmpuint(reader_count_events(world, "INBOX is as it was when it was opened last"), ==,
                     known);
}

static void
test_kept(void)
{
    g_test_summary(
        "RFC 9051 §6.3.2: a mailbox that has not changed is opened from memory, and is the "
        "same; any change, and it is read again");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *said = NULL;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "a LOGIN carol sesame\r\n");
    open_inbox(world, 0, "* 2 EXISTS\r\n", "[UNSEEN 1]");
    open_inbox(world, 1, "* 2 EXISTS\r\n", "[UNSEEN 1]");
    reader_add(world, "INBOX", READER_TEXT, strlen(READER_TEXT));
    open_inbox(world, 1, "* 3 EXISTS\r\n", "[UNSEEN 1]");
    open_inbox(world, 2, "* 3 EXISTS\r\n", "[UNSEEN 1]");
    g_free(said);
    said = reader_say(world, "c STORE 1 +FLAGS (\\Seen \\Deleted)\r\n");
    open_inbox(world, 2, "* 3 EXISTS\r\n", "[UNSEEN 2]");
    g_free(said);
    said = reader_say(world, "c EXPUNGE\r\n");
    open_inbox(world, 2, "* 2 EXISTS\r\n", "[UNSEEN 1]");
    open_inbox(world, 3, "* 2 EXISTS\r\n", "[UNSEEN 1]");
    reader_expect(world, "d UID SEARCH ALL\r\n", "* SEARCH 2 3\r\nd OK UID SEARCH completed\r\n");
}

static void
test_keywords(void)
{
    g_test_summary("RFC 9051 §7.3.5: FLAGS lists the keywords in use, each once, from memory, too");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *said = NULL;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "a LOGIN carol sesame\r\nb SELECT INBOX\r\n"
                             "c STORE 1 +FLAGS.SILENT (work $Forwarded)\r\n"
                             "d STORE 2 +FLAGS.SILENT ($forwarded Later)\r\n");
    for (guint i = 0; i < 2; i++) {
        g_autofree char *again = reader_say(world, "e SELECT INBOX\r\n");
        g_autofree char *examined = reader_say(world, "f EXAMINE INBOX\r\n");

        g_assert_nonnull(strstr(again, "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft "
                                       "work $Forwarded Later)\r\n"));
        g_assert_nonnull(strstr(again, "[PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen "
                                       "\\Draft work $Forwarded Later \\*)]"));
        g_assert_nonnull(strstr(examined, "Draft work $Forwarded Later)\r\n"));
    }
}

static void
test_recent(void)
{
    g_test_summary("RFC 3501 §2.3.2: \\Recent for the session told first, none after IMAP4rev2");
    dialog_play_both("imap-recent.txt", &reader_imap_engine, NULL);
}

/* A second client of carol's; reader_say() speaks for the one that is world->imap_session. */
static ImapSession *
another_client(ReaderWorld *world)
{
    g_autofree char *said = NULL;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "a LOGIN carol sesame\r\n");
    return world->imap_session;
}

static void
expect_recent(ReaderWorld *world, ImapSession *client, const char *command, const char *expected)
{
    g_autofree char *said = NULL;

    world->imap_session = client;
    said = reader_say(world, command);
    g_assert_nonnull(strstr(said, expected));
}

static void
test_recent_for_one(void)
{
    g_test_summary("RFC 3501 §2.3.2: of several sessions a message is recent for one alone, and "
                   "for none that comes after it, even if that one dropped");
    g_autoptr(ReaderWorld) world = reader_world_new();
    ImapSession *first = another_client(world), *second = another_client(world);

    reader_add(world, "INBOX", READER_TEXT, strlen(READER_TEXT));
    expect_recent(world, first, "b SELECT INBOX\r\n", "* 1 RECENT\r\n");
    expect_recent(world, second, "b SELECT INBOX\r\n", "* 0 RECENT\r\n");
    reader_add(world, "INBOX", READER_TEXT, strlen(READER_TEXT));
    expect_recent(world, second, "c NOOP\r\n", "* 4 EXISTS\r\n* 1 RECENT\r\n");
    expect_recent(world, first, "c NOOP\r\n", "* 4 EXISTS\r\n* 1 RECENT\r\n");
    expect_recent(world, first, "d SEARCH RECENT\r\n", "* SEARCH 3\r\n");
    expect_recent(world, second, "d SEARCH RECENT\r\n", "* SEARCH 4\r\n");
    reader_add(world, "INBOX", READER_TEXT, strlen(READER_TEXT));
    expect_recent(world, first, "e NOOP\r\n", "* 5 EXISTS\r\n* 2 RECENT\r\n");
    expect_recent(world, first, "f FETCH 3:5 FLAGS\r\n",
                  "* 3 FETCH (FLAGS (\\Recent))\r\n* 4 FETCH (FLAGS ())\r\n"
                  "* 5 FETCH (FLAGS (\\Recent))\r\n");
    imap_session_free(first);
    expect_recent(world, second, "g SELECT INBOX\r\n", "* 0 RECENT\r\n");
}

static void
test_recent_in_another(void)
{
    g_test_summary(
        "RFC 3501 §2.3.2, §6.3.5: RENAME leaves what is recent as it is; what is in a mailbox "
        "made anew, or moved out of INBOX by RENAME, has arrived there");
    g_autoptr(ReaderWorld) world = reader_world_new();
    ImapSession *client = another_client(world);

    expect_recent(world, client, "b SELECT INBOX\r\n", "* 2 EXISTS\r\n");
    expect_recent(world, client, "c CREATE Work\r\n", "c OK");
    expect_recent(world, client, "d COPY 1:2 Work\r\n", "d OK");
    expect_recent(world, client, "e STATUS Work (RECENT)\r\n", "(RECENT 2)");
    expect_recent(world, client, "f RENAME Work Old\r\n", "f OK");
    expect_recent(world, client, "g STATUS Old (RECENT)\r\n", "(RECENT 2)");
    expect_recent(world, client, "h SELECT Old\r\n", "* 2 RECENT\r\n");
    expect_recent(world, client, "i RENAME Old Older\r\n", "i OK");
    expect_recent(world, client, "j FETCH 1 FLAGS\r\n", "(FLAGS (\\Recent))");
    expect_recent(world, client, "k SELECT Older\r\n", "* 0 RECENT\r\n");
    expect_recent(world, client, "l CLOSE\r\n", "l OK");
    expect_recent(world, client, "m DELETE Older\r\n", "m OK");
    expect_recent(world, client, "n CREATE Older\r\n", "n OK");
    expect_recent(world, client, "o SELECT INBOX\r\n", "* 0 RECENT\r\n");
    expect_recent(world, client, "p COPY 1 Older\r\n", "p OK");
    expect_recent(world, client, "q SELECT Older\r\n", "* 1 RECENT\r\n");
    expect_recent(world, client, "r RENAME INBOX Before\r\n", "r OK");
    expect_recent(world, client, "s SELECT INBOX\r\n", "* 0 EXISTS\r\n");
    expect_recent(world, client, "t SELECT Before\r\n", "* 2 RECENT\r\n");
}

static void
test_recent_again(void)
{
    g_test_summary("RFC 3501 §7.3.2: RECENT is counted anew each time the mailbox is opened");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *said = NULL;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "a LOGIN carol sesame\r\nb SELECT INBOX\r\n");
    reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    reader_expect(world,
                  "c STORE 1 +FLAGS.SILENT (\\Seen)\r\nd STORE 3 +FLAGS.SILENT (\\Deleted)\r\n"
                  "e EXPUNGE\r\n",
                  "* 3 EXISTS\r\n* 1 RECENT\r\nc OK STORE completed\r\n"
                  "d OK STORE completed\r\n* 3 EXPUNGE\r\ne OK EXPUNGE completed\r\n");
    reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    g_autofree char *again = reader_say(world, "f SELECT INBOX\r\n");
    g_assert_nonnull(strstr(again, "* 3 EXISTS\r\n* 1 RECENT\r\n"));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/select/select", test_select);
    g_test_add_func("/imap/select/uncommitted", test_uncommitted);
    g_test_add_func("/imap/select/kept", test_kept);
    g_test_add_func("/imap/select/recent-again", test_recent_again);
    g_test_add_func("/imap/select/keywords", test_keywords);
    g_test_add_func("/imap/select/recent", test_recent);
    g_test_add_func("/imap/select/recent-for-one", test_recent_for_one);
    g_test_add_func("/imap/select/recent-in-another", test_recent_in_another);
    return g_test_run();
}
