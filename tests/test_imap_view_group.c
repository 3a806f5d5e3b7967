/* tests/test_imap_view_group.c - a group is open: what others have written may be undone yet, and the
 * client is not told of it. */
#include "tests/reader_world.h"

static void
ask_commit(void *world, ImapSession *session)
{
    (void)world;
    (void)session;
}

static void
ask_password(void *world, ImapSession *session, const SaslTry *attempt)
{
    (void)world;
    (void)session;
    (void)attempt;
}

static void
pump(ReaderWorld *world, const char *octets, GString *replies, NetNext expected)
{
    NetNext next;

    g_string_truncate(replies, 0);
    net_buffer_add(world->input, octets, strlen(octets));
    do
        next = reader_input(world, world->input, replies);
    while (next == NET_MORE);
    g_assert_cmpint(next, ==, expected);
}

static void
answer(ReaderWorld *world, const GError *failed, GString *replies, NetNext expected)
{
    ImapAnswer committed = { .failed = failed };

    g_string_truncate(replies, 0);
    g_assert_cmpint(imap_session_answer(world->imap_session, &committed, replies), ==, expected);
}

/* A world whose session waits for each COMMIT. */
static ReaderWorld *
waiting(GString *replies)
{
    static const ImapAsk ask = { ask_commit, ask_password };
    ReaderWorld *world = reader_world_new();
    ImapAnswer account = { .account = world->carol };

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, &ask, world);
    pump(world, "a LOGIN carol sesame\r\n", replies, NET_PENDING);
    imap_session_answer(world->imap_session, &account, replies);
    return world;
}

static void
test_open_group(void)
{
    g_test_summary("RFC 3501 §5.2: a delivery is told after its COMMIT, one that fails never");
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autoptr(ReaderWorld) world = waiting(replies);
    g_autoptr(GError) full = g_error_new(STORE_ERROR, STORE_ERROR_FULL, "no space");

    pump(world, "b SELECT INBOX\r\n", replies, NET_GO_ON);
    reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    g_assert_cmpuint(reader_put(world, "INBOX", "lost: x\r\n\r\n", 11), ==, 4);
    pump(world, "c NOOP\r\n", replies, NET_PENDING);
    g_assert_cmpstr(replies->str, ==, "");
    reader_lose_group(world);
    answer(world, full, replies, NET_GO_ON);
    g_assert_cmpstr(replies->str, ==, "* 3 EXISTS\r\n* 1 RECENT\r\nc OK NOOP completed\r\n");
    g_assert_cmpuint(reader_add(world, "INBOX", "kept: x\r\n\r\n", 11), ==, 4);
    pump(world, "d FETCH 3 UID\r\n", replies, NET_GO_ON);
    g_assert_cmpstr(replies->str, ==,
                    "* 3 FETCH (UID 3)\r\n* 4 EXISTS\r\n* 2 RECENT\r\nd OK FETCH completed\r\n");
}

static void
test_own_change_lost(void)
{
    g_test_summary("RFC 3501 §5.2: flags that were told and then undone are told as they are");
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autoptr(ReaderWorld) world = waiting(replies);
    g_autoptr(GError) full = g_error_new(STORE_ERROR, STORE_ERROR_FULL, "no space");

    pump(world, "b SELECT INBOX\r\n", replies, NET_GO_ON);
    pump(world, "c STORE 1 +FLAGS (\\Flagged)\r\n", replies, NET_PENDING);
    g_assert_cmpstr(replies->str, ==, "* 1 FETCH (FLAGS (\\Flagged))\r\n");
    reader_lose_group(world);
    answer(world, full, replies, NET_GO_ON);
    g_assert_cmpstr(replies->str, ==,
                    "* 1 FETCH (FLAGS ())\r\nc NO [OVERQUOTA] No space is left\r\n");
    pump(world, "d NOOP\r\n", replies, NET_GO_ON);
    g_assert_cmpstr(replies->str, ==, "d OK NOOP completed\r\n");
}

static void
test_busy_store(void)
{
    g_test_summary("a command waits for one COMMIT at most; what is left is told by the next one");
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autoptr(ReaderWorld) world = waiting(replies);

    pump(world, "b SELECT INBOX\r\n", replies, NET_GO_ON);
    reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    pump(world, "c NOOP\r\n", replies, NET_PENDING);
    g_assert_true(store_commit(world->store, NULL));
    reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    answer(world, NULL, replies, NET_GO_ON);
    g_assert_cmpstr(replies->str, ==, "c OK NOOP completed\r\n");
    g_assert_true(store_commit(world->store, NULL));
    pump(world, "d NOOP\r\n", replies, NET_GO_ON);
    g_assert_cmpstr(replies->str, ==, "* 5 EXISTS\r\n* 3 RECENT\r\nd OK NOOP completed\r\n");
}

static void
test_select_waits(void)
{
    g_test_summary("RFC 3501 §6.3.1: SELECT counts what is committed");
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autoptr(ReaderWorld) world = waiting(replies);
    g_autoptr(GError) full = g_error_new(STORE_ERROR, STORE_ERROR_FULL, "no space");

    reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    pump(world, "b SELECT INBOX\r\n", replies, NET_PENDING);
    g_assert_cmpstr(replies->str, ==, "");
    reader_lose_group(world);
    answer(world, full, replies, NET_GO_ON);
    g_assert_nonnull(strstr(replies->str, "* 2 EXISTS\r\n"));
    reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    pump(world, "c EXAMINE INBOX\r\n", replies, NET_PENDING);
    g_assert_true(store_commit(world->store, NULL));
    reader_put(world, "INBOX", "A: b\r\n\r\n", 8); /* the next group: read, and looked after */
    answer(world, NULL, replies, NET_PENDING);
    g_assert_nonnull(strstr(replies->str, "* 4 EXISTS\r\n"));
    reader_lose_group(world);
    answer(world, full, replies, NET_GO_ON);
    g_assert_cmpstr(replies->str, ==, "* 4 EXPUNGE\r\nc OK [READ-ONLY] EXAMINE completed\r\n");
}

static void
test_expired_waiting(void)
{
    g_test_summary("RFC 3501 §5.4: an answer that comes after the autologout changes nothing");
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autoptr(ReaderWorld) world = waiting(replies);

    reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    pump(world, "b SELECT INBOX\r\n", replies, NET_PENDING);
    imap_session_expired(world->imap_session, replies);
    answer(world, NULL, replies, NET_CLOSE);
    g_assert_cmpstr(replies->str, ==, "");
}

static void
test_list_waits(void)
{
    g_test_summary("RFC 5819 §2: LIST with STATUS counts what is committed, as STATUS does");
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autoptr(ReaderWorld) world = waiting(replies);

    reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    pump(world, "b LIST \"\" INBOX RETURN (STATUS (MESSAGES))\r\n", replies, NET_PENDING);
    reader_lose_group(world);
    answer(world, NULL, replies, NET_GO_ON);
    g_assert_nonnull(strstr(replies->str, "(MESSAGES 2)\r\n"));
}

static void
test_idle_waits(void)
{
    g_test_summary(
        "RFC 2177 §3: what has changed before IDLE is told, a group that is open or not");
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autoptr(ReaderWorld) world = waiting(replies);

    pump(world, "b SELECT INBOX\r\n", replies, NET_GO_ON);
    reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    pump(world, "c IDLE\r\n", replies, NET_PENDING);
    g_assert_cmpstr(replies->str, ==, "");
    g_assert_true(store_commit(world->store, NULL));
    answer(world, NULL, replies, NET_GO_ON);
    g_assert_cmpstr(replies->str, ==, "* 4 EXISTS\r\n* 2 RECENT\r\n+ idling\r\n");
}

static void
test_recent_undone(void)
{
    g_test_summary("RFC 3501 §2.3.2: the UID of a message that is undone is recent for the next");
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autoptr(ReaderWorld) world = waiting(replies);

    reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    pump(world, "b SELECT INBOX\r\n", replies, NET_PENDING);
    g_assert_true(store_commit(world->store, NULL));
    reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    answer(world, NULL, replies, NET_PENDING);
    g_assert_nonnull(strstr(replies->str, "* 4 EXISTS\r\n* 2 RECENT\r\n"));
    reader_lose_group(world);
    answer(world, NULL, replies, NET_GO_ON);
    g_assert_cmpstr(replies->str, ==, "* 4 EXPUNGE\r\nb OK [READ-WRITE] SELECT completed\r\n");
    g_assert_cmpuint(reader_add(world, "INBOX", "A: b\r\n\r\n", 8), ==, 4);
    pump(world, "c NOOP\r\n", replies, NET_GO_ON);
    g_assert_cmpstr(replies->str, ==, "* 4 EXISTS\r\n* 2 RECENT\r\nc OK NOOP completed\r\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/view-group/open-group", test_open_group);
    g_test_add_func("/imap/view-group/own-change-lost", test_own_change_lost);
    g_test_add_func("/imap/view-group/busy-store", test_busy_store);
    g_test_add_func("/imap/view-group/select-waits", test_select_waits);
    g_test_add_func("/imap/view-group/expired-waiting", test_expired_waiting);
    g_test_add_func("/imap/view-group/list-waits", test_list_waits);
    g_test_add_func("/imap/view-group/idle-waits", test_idle_waits);
    g_test_add_func("/imap/view-group/recent-undone", test_recent_undone);
    return g_test_run();
}
