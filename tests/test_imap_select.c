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

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/select/select", test_select);
    g_test_add_func("/imap/select/uncommitted", test_uncommitted);
    return g_test_run();
}
