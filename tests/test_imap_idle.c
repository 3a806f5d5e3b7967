/* tests/test_imap_idle.c - IDLE: told at once, after the commit. */
#include "tests/reader_world.h"

static void
keep_push(void *data, const char *octets, gsize length)
{
    g_string_append_len(data, octets, (gssize)length);
}

static ReaderWorld *
idling(GString *pushed)
{
    ReaderWorld *world = reader_world_new();
    g_autofree char *said = NULL;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    if (pushed != NULL)
        imap_session_set_push(world->imap_session, keep_push, pushed);
    said = reader_say(world, "a LOGIN carol sesame\r\nb SELECT INBOX\r\n");
    reader_expect(world, "c IDLE\r\n", "+ idling\r\n");
    return world;
}

static void
test_push(void)
{
    g_test_summary("RFC 2177 §3: new mail is told while the client waits");
    g_autoptr(GString) pushed = g_string_new(NULL);
    g_autoptr(ReaderWorld) world = idling(pushed);

    g_assert_cmpstr(pushed->str, ==, "");
    reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    g_assert_cmpstr(pushed->str, ==, "* 3 EXISTS\r\n* 1 RECENT\r\n");
    reader_expect(world, "DONE\r\n", "c OK IDLE completed\r\n");
    reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    g_assert_cmpstr(pushed->str, ==, "* 3 EXISTS\r\n* 1 RECENT\r\n");
    reader_expect(world, "d NOOP\r\n", "* 4 EXISTS\r\n* 2 RECENT\r\nd OK NOOP completed\r\n");
}

static void
test_before(void)
{
    g_test_summary(
        "RFC 2177 §3: what has changed before IDLE is told when it begins, removals too");
    g_autoptr(GString) pushed = g_string_new(NULL);
    g_autoptr(ReaderWorld) world = idling(pushed);
    g_autoptr(StoreMailbox) inbox =
        store_mailbox_find(world->store, world->carol->id, "INBOX", NULL);

    reader_expect(world, "DONE\r\n", "c OK IDLE completed\r\n");
    g_assert_true(store_entry_remove(world->store, NULL, inbox->id, 1, NULL));
    reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    reader_expect(world, "d IDLE\r\n", "* 1 EXPUNGE\r\n* 2 EXISTS\r\n* 1 RECENT\r\n+ idling\r\n");
    g_assert_cmpstr(pushed->str, ==, "");
    reader_expect(world, "DONE\r\n", "d OK IDLE completed\r\n");
}

static void
test_rev2(void)
{
    g_test_summary("RFC 9051 §6.3.13: in IDLE, too, news of flags name the UID");
    g_autoptr(GString) pushed = g_string_new(NULL);
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(StoreMailbox) inbox =
        store_mailbox_find(world->store, world->carol->id, "INBOX", NULL);
    g_autofree char *said = NULL;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    imap_session_set_push(world->imap_session, keep_push, pushed);
    said = reader_say(world, "a LOGIN carol sesame\r\nb ENABLE IMAP4rev2\r\nc SELECT INBOX\r\n"
                             "d IDLE\r\n");
    g_assert_true(store_entry_set_flags(world->store, NULL, inbox->id, 2, STORE_SEEN, "", NULL));
    reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    g_assert_cmpstr(pushed->str, ==, "* 2 FETCH (UID 2 FLAGS (\\Seen))\r\n* 3 EXISTS\r\n");
}

static void
test_silence(void)
{
    g_test_summary("RFC 9051 §6.3.13: thirty minutes of IDLE end the session, with a BYE");
    g_autoptr(ReaderWorld) world = idling(NULL);
    g_autoptr(GString) replies = g_string_new(NULL);

    g_assert_cmpfloat(imap_session_patience(world->imap_session), ==, 30 * 60);
    imap_session_expired(world->imap_session, replies);
    g_assert_cmpstr(replies->str, ==, "* BYE Autologout, you were silent for too long\r\n");
}

static void
test_other_mailbox(void)
{
    g_test_summary("what happens to another mailbox is not told");
    g_autoptr(GString) pushed = g_string_new(NULL);
    g_autoptr(ReaderWorld) world = idling(pushed);

    reader_add(world, "Junk", "A: b\r\n\r\n", 8);
    g_assert_cmpstr(pushed->str, ==, "");
}

static void
test_no_push(void)
{
    g_test_summary("without a way to push, new mail is told at DONE");
    g_autoptr(ReaderWorld) world = idling(NULL);

    reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    reader_expect(world, "done\r\n", "* 3 EXISTS\r\n* 1 RECENT\r\nc OK IDLE completed\r\n");
}

static void
test_not_done(void)
{
    g_test_summary("RFC 2177 §3: only DONE ends IDLE well");
    g_autoptr(ReaderWorld) world = idling(NULL);

    reader_expect(world, "d NOOP\r\n", "c BAD DONE ends IDLE\r\n");
    reader_expect(world, "e NOOP\r\n", "e OK NOOP completed\r\n");
}

static void
test_many(void)
{
    g_test_summary("RFC 2177 §3: a crowd of new mail is told whole, and IDLE takes no arguments");
    g_autoptr(GString) pushed = g_string_new(NULL);
    g_autoptr(ReaderWorld) world = idling(pushed);

    for (guint i = 0; i < 600; i++)
        reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    g_assert_true(store_commit(world->store, NULL));
    g_assert_cmpstr(pushed->str, ==, "* 602 EXISTS\r\n* 600 RECENT\r\n");
    reader_expect(world, "DONE\r\nd IDLE now\r\n",
                  "c OK IDLE completed\r\nd BAD IDLE has no arguments\r\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/idle/push", test_push);
    g_test_add_func("/imap/idle/many", test_many);
    g_test_add_func("/imap/idle/before", test_before);
    g_test_add_func("/imap/idle/rev2", test_rev2);
    g_test_add_func("/imap/idle/silence", test_silence);
    g_test_add_func("/imap/idle/other-mailbox", test_other_mailbox);
    g_test_add_func("/imap/idle/no-push", test_no_push);
    g_test_add_func("/imap/idle/not-done", test_not_done);
    return g_test_run();
}
