/* tests/test_imap_mailbox.c - mailboxes are made, listed, renamed, removed. */
#include "tests/reader_world.h"

static void
test_mailboxes(void)
{
    g_test_summary("RFC 3501 §6.3: CREATE, DELETE, RENAME, LIST, LSUB, SUBSCRIBE");
    dialog_play_both("imap-mailboxes.txt", &reader_imap_engine, NULL);
}

static void
test_selected_deleted(void)
{
    g_test_summary("the selected mailbox may be deleted; then none is selected");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *said = NULL;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "a LOGIN carol sesame\r\nb SELECT Trash\r\n");
    reader_expect(world, "c DELETE Trash\r\n", "c OK DELETE completed\r\n");
    reader_expect(world, "d FETCH 1 FLAGS\r\n", "d BAD Not in this state\r\n");
}

static void
test_eight_bit(void)
{
    g_test_summary(
        "RFC 3501 §5.1: no 8-bit name is made; UTF-8 in quotes is read as modified UTF-7");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *said = NULL;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "a LOGIN carol sesame\r\n");
    reader_expect(world, "b CREATE \"Entw\xc3\xbcrfe\"\r\n", "b OK CREATE completed\r\n");
    reader_expect(world, "c LIST \"\" E*\r\n",
                  "* LIST () \"/\" \"Entw&APw-rfe\"\r\nc OK LIST completed\r\n");
    reader_expect(world, "d DELETE {9+}\r\nEntw\xc3\xbcrfe\r\n", "d OK DELETE completed\r\n");
    reader_expect(world, "e CREATE \"Entw\xfcrfe\"\r\n", "e BAD A mailbox name is needed here\r\n");
    reader_expect(world, "f CREATE Entw\xc3\xbcrfe\r\n", "f BAD A mailbox name is needed here\r\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/mailbox/mailboxes", test_mailboxes);
    g_test_add_func("/imap/mailbox/selected-deleted", test_selected_deleted);
    g_test_add_func("/imap/mailbox/eight-bit", test_eight_bit);
    return g_test_run();
}
