/* tests/test_imap_move.c - MOVE: each message is moved, or stays; never both, never neither. */
#include "storage/inside.h"
#include "tests/imap_reader.h"

static guint32
count(ReaderWorld *world, const char *name)
{
    g_autoptr(StoreMailbox) mailbox =
        store_mailbox_find(world->store, world->carol->id, name, NULL);
    StoreMailboxCounts counts = { 0 };

    g_assert_true(store_mailbox_counts(world->store, mailbox->id, &counts, NULL));
    return counts.messages;
}

/* Another session removes a message of INBOX. */
static void
others_remove(ReaderWorld *world, guint32 uid)
{
    g_autoptr(StoreMailbox) inbox =
        store_mailbox_find(world->store, world->carol->id, "INBOX", NULL);

    g_assert_true(store_entry_remove(world->store, NULL, inbox->id, uid, NULL));
    g_assert_true(store_commit(world->store, NULL));
}

static void
test_move(void)
{
    g_test_summary("RFC 6851 §3.3: moved in one step, with flags and date");
    dialog_play_both("imap-move.txt", &reader_imap_engine, NULL);
}

static void
test_order(void)
{
    g_test_summary("RFC 6851 §4.3: COPYUID comes before the EXPUNGEs");
    g_autoptr(ReaderWorld) world = reader_selected();

    reader_expect(world, "c UID MOVE 2,1 INBOX\r\n",
                  "* OK [COPYUID 1767603600 1:2 3:4] Moved\r\n* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n"
                  "* 2 EXISTS\r\n* 2 RECENT\r\nc OK UID MOVE completed\r\n");
    g_assert_cmpuint(reader_count_events(world, "in one step: it is never lost"), ==, 2);
}

static void
test_gone(void)
{
    g_test_summary("RFC 9051 §6.4.8: one that is gone does not keep the others from moving");
    g_autoptr(ReaderWorld) world = reader_selected();

    others_remove(world, 1);
    g_autofree char *said = reader_say(world, "c MOVE 1:2 Trash\r\n");
    g_assert_true(g_str_has_prefix(said, "* OK [COPYUID "));
    g_assert_nonnull(strstr(said, " 2 1] Moved\r\n* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n"
                                  "c NO [EXPUNGEISSUED] "));
    g_assert_cmpuint(count(world, "INBOX") + 10 * count(world, "Trash"), ==, 10);
}

static void
test_gone_by_uid(void)
{
    g_test_summary("RFC 9051 §6.4.9: a UID that is not there is ignored, by COPY too");
    g_autoptr(ReaderWorld) world = reader_selected();

    others_remove(world, 1);
    g_autofree char *copied = reader_say(world, "c UID COPY 1:2 Trash\r\n");
    g_assert_nonnull(strstr(copied, "* 1 EXPUNGE\r\nc OK [COPYUID "));
    others_remove(world, 2);
    reader_expect(world, "d UID MOVE 1:2 Trash\r\n", "* 1 EXPUNGE\r\nd OK Nothing to move\r\n");
    g_assert_cmpuint(count(world, "Trash"), ==, 1);
}

static void
test_many(void)
{
    g_test_summary("many are moved in slices, and the two sets of UIDs fit each other");
    g_autoptr(ReaderWorld) world = reader_selected();

    for (guint i = 0; i < 700; i++)
        reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    g_assert_true(store_commit(world->store, NULL));
    g_autofree char *told = reader_say(world, "c NOOP\r\n");
    g_assert_nonnull(strstr(told, "* 702 EXISTS\r\n"));
    g_autofree char *said = reader_say(world, "d MOVE 1:350,353:702 Trash\r\n");
    g_assert_nonnull(strstr(said, " 1:350,353:702 1:700] Moved\r\n* 1 EXPUNGE\r\n"));
    g_assert_true(g_str_has_suffix(said, "* 3 EXPUNGE\r\nd OK MOVE completed\r\n"));
    reader_expect(world, "e FETCH 1:* UID\r\n",
                  "* 1 FETCH (UID 351)\r\n* 2 FETCH (UID 352)\r\ne OK FETCH completed\r\n");
    g_assert_cmpuint(count(world, "Trash"), ==, 700);
}

static void
test_slice_fails(void)
{
    g_test_summary("RFC 9051 §6.4.8: what one slice could not move whole stays; the client is told "
                   "of the rest");
    g_autoptr(ReaderWorld) world = reader_selected();

    for (guint i = 0; i < 698; i++)
        reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    /* 250 UIDs are left there: one slice of 200, and 50 of the next */
    g_assert_true(store_exec(world->store,
                             "UPDATE mailboxes SET uidnext = 4294967295 - 250 WHERE name = 'Trash'",
                             NULL));
    g_assert_true(store_commit(world->store, NULL));
    g_autofree char *told = reader_say(world, "c NOOP\r\n");
    g_assert_nonnull(strstr(told, "* 700 EXISTS\r\n"));
    g_autofree char *said = reader_say(world, "d MOVE 1:* Trash\r\n");
    g_assert_nonnull(strstr(said, " 1:200 4294967045:4294967244] Moved\r\n* 1 EXPUNGE\r\n"));
    g_assert_true(g_str_has_suffix(said, "d NO [UNAVAILABLE] Not all could be moved\r\n"));
    g_assert_cmpuint(count(world, "INBOX") + 1000 * count(world, "Trash"), ==, 200500);
}

static void
test_disk_full(void)
{
    g_test_summary("RFC 9051 §7.1: MOVE on a disk that is full ends with OVERQUOTA, nothing lost");
    g_autoptr(ReaderWorld) world = reader_selected();

    for (guint i = 0; i < 698; i++)
        reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    g_assert_true(store_commit(world->store, NULL));
    g_autofree char *told = reader_say(world, "c NOOP\r\n");
    g_assert_nonnull(strstr(told, "* 700 EXISTS\r\n"));
    store_limit_pages(world->store, 1);
    g_autofree char *said = reader_say(world, "d MOVE 1:* Trash\r\n");
    store_limit_pages(world->store, 0);
    g_assert_true(g_str_has_suffix(said, "d NO [OVERQUOTA] Not all could be moved\r\n"));
    g_assert_cmpuint(count(world, "INBOX") + count(world, "Trash"), ==, 700);
}

static void
test_two_sessions(void)
{
    g_test_summary("RFC 3501 §7.4.1: another session hears of a MOVE as of any removal");
    g_autoptr(ReaderWorld) world = reader_selected();
    ImapSession *first = g_steal_pointer(&world->imap_session);

    world->imap_session = imap_session_new(&world->imap, "127.0.0.1", TRUE, NULL, NULL, NULL);
    g_autofree char *said =
        reader_say(world, "a LOGIN carol sesame\r\nb SELECT INBOX\r\nc MOVE 1 Trash\r\n");
    g_assert_nonnull(strstr(said, "c OK MOVE"));
    imap_session_free(world->imap_session);
    world->imap_session = first;
    reader_expect(world, "c SEARCH ALL\r\n", "* SEARCH 2\r\nc OK SEARCH completed\r\n");
    reader_expect(world, "d MOVE 1 Junk\r\n",
                  "* 1 EXPUNGE\r\nd NO [EXPUNGEISSUED] Some messages are there no more\r\n");
    g_assert_cmpuint(count(world, "Junk"), ==, 0);
}

/* ---- the COMMIT comes later ---- */

static guint asked;

static void
ask_commit(G_GNUC_UNUSED void *world, G_GNUC_UNUSED ImapSession *session)
{
    asked++;
}

static void
ask_password(G_GNUC_UNUSED void *world, G_GNUC_UNUSED ImapSession *session,
             G_GNUC_UNUSED const SaslTry *attempt)
{
}

static void
test_committed(void)
{
    g_test_summary("nothing is told before the COMMIT; where that fails nothing has moved");
    static const ImapAsk ask = { ask_commit, ask_password };
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autoptr(GError) broken = g_error_new(STORE_ERROR, STORE_ERROR_FAILED, "disk");
    ImapAnswer account = { .account = world->carol }, durable = { 0 },
               failed = { .failed = broken };

    asked = 0;
    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, &ask, world);
    reader_go_on(world, "a LOGIN carol sesame\r\n", replies);
    imap_session_answer(world->imap_session, &account, replies);
    reader_go_on(world, "b SELECT INBOX\r\n", replies);
    g_assert_cmpint(reader_go_on(world, "c MOVE 1 Trash\r\n", replies), ==, NET_PENDING);
    g_assert_cmpstr(replies->str, ==, "");
    g_assert_cmpuint(asked, ==, 1);
    reader_lose_group(world);
    imap_session_answer(world->imap_session, &failed, replies);
    g_assert_cmpstr(replies->str, ==, "c NO [UNAVAILABLE] Try again later\r\n");
    g_assert_cmpuint(count(world, "INBOX") + 10 * count(world, "Trash"), ==, 2);
    g_assert_cmpint(reader_go_on(world, "d MOVE 1 Trash\r\n", replies), ==, NET_PENDING);
    g_assert_true(store_commit(world->store, NULL));
    imap_session_answer(world->imap_session, &durable, replies);
    g_assert_true(g_str_has_prefix(replies->str, "* OK [COPYUID "));
    g_assert_true(g_str_has_suffix(replies->str, "* 1 EXPUNGE\r\nd OK MOVE completed\r\n"));
    g_assert_cmpuint(count(world, "INBOX") + 10 * count(world, "Trash"), ==, 11);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/move/move", test_move);
    g_test_add_func("/imap/move/order", test_order);
    g_test_add_func("/imap/move/gone", test_gone);
    g_test_add_func("/imap/move/gone-by-uid", test_gone_by_uid);
    g_test_add_func("/imap/move/many", test_many);
    g_test_add_func("/imap/move/slice-fails", test_slice_fails);
    g_test_add_func("/imap/move/disk-full", test_disk_full);
    g_test_add_func("/imap/move/two-sessions", test_two_sessions);
    g_test_add_func("/imap/move/committed", test_committed);
    return g_test_run();
}
