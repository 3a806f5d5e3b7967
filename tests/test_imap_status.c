/* tests/test_imap_status.c - how much is in a mailbox. */
#include "tests/reader_world.h"

static void
test_status(void)
{
    g_test_summary("RFC 9051 §6.3.11: STATUS, its items, and what it switches on");
    dialog_play_both("imap-status.txt", &reader_imap_engine, NULL);
}

/* The sum of RFC822.SIZE is what SIZE must not be below. */
static void
test_size(void)
{
    g_test_summary("RFC 8438 §3: SIZE is the sum of all RFC822.SIZE, after a change, too");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *said = NULL;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "a LOGIN carol sesame\r\nb SELECT INBOX\r\n");
    reader_expect(world, "c FETCH 1:2 RFC822.SIZE\r\n",
                  "* 1 FETCH (RFC822.SIZE 295)\r\n* 2 FETCH (RFC822.SIZE 623)\r\n"
                  "c OK FETCH completed\r\n");
    reader_expect(world, "d STATUS INBOX (SIZE)\r\n",
                  "* STATUS \"INBOX\" (SIZE 918)\r\nd OK STATUS completed\r\n");
    g_free(said);
    said = reader_say(world, "e COPY 1 Sent\r\nf STORE 2 FLAGS \\Deleted\r\ng EXPUNGE\r\n");
    reader_expect(world, "h STATUS INBOX (SIZE)\r\n",
                  "* STATUS \"INBOX\" (SIZE 295)\r\nh OK STATUS completed\r\n");
    reader_expect(world, "i STATUS Sent (SIZE MESSAGES)\r\n",
                  "* STATUS \"Sent\" (MESSAGES 1 SIZE 295)\r\ni OK STATUS completed\r\n");
    reader_find_event(world, "Sent is not opened for this");
    g_assert_cmpint(reader_find_event(world, "1 messages are in Sent, 1 of them not seen")->kind,
                    ==, TRACE_SQL);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/status/status", test_status);
    g_test_add_func("/imap/status/size", test_size);
    return g_test_run();
}
