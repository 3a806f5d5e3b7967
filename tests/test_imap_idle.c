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
    g_assert_cmpstr(pushed->str, ==, "* 3 EXISTS\r\n* 0 RECENT\r\n");
    reader_expect(world, "DONE\r\n", "c OK IDLE completed\r\n");
    reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    g_assert_cmpstr(pushed->str, ==, "* 3 EXISTS\r\n* 0 RECENT\r\n");
    reader_expect(world, "d NOOP\r\n", "* 4 EXISTS\r\n* 0 RECENT\r\nd OK NOOP completed\r\n");
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
    reader_expect(world, "done\r\n", "* 3 EXISTS\r\n* 0 RECENT\r\nc OK IDLE completed\r\n");
}

static void
test_not_done(void)
{
    g_test_summary("RFC 2177 §3: only DONE ends IDLE well");
    g_autoptr(ReaderWorld) world = idling(NULL);

    reader_expect(world, "d NOOP\r\n", "c BAD DONE ends IDLE\r\n");
    reader_expect(world, "e NOOP\r\n", "e OK NOOP completed\r\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/idle/push", test_push);
    g_test_add_func("/imap/idle/other-mailbox", test_other_mailbox);
    g_test_add_func("/imap/idle/no-push", test_no_push);
    g_test_add_func("/imap/idle/not-done", test_not_done);
    return g_test_run();
}
