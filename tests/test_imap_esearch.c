/* tests/test_imap_esearch.c - what SEARCH answers and remembers: ESEARCH, "$", MODSEQ. */
#include "imap/search.h"

#include "tests/imap_reader.h"

static void
test_esearch(void)
{
    g_test_summary(
        "RFC 4731 §3.1, RFC 5182 §2.1: RETURN and its options; what $ stands for, and when");
    dialog_play_both("imap-esearch.txt", &reader_imap_engine, NULL);
}

static void
test_changed(void)
{
    g_test_summary("RFC 7162 §3.1.4, §3.1.5: MODSEQ in FETCH and SEARCH, CHANGEDSINCE");
    dialog_play_both("imap-changed.txt", &reader_imap_engine, NULL);
}

static ReaderWorld *
selected(const char *before)
{
    ReaderWorld *world = reader_world_new();
    g_autofree char *said = NULL, *lines = NULL;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    lines = g_strconcat("a LOGIN carol sesame\r\n", before, "b SELECT INBOX\r\n", NULL);
    said = reader_say(world, lines);
    return world;
}

static void
test_rev2(void)
{
    g_test_summary("RFC 9051 §6.4.4: IMAP4rev2 answers ESEARCH, asked or not");
    g_autoptr(ReaderWorld) world = selected("r ENABLE IMAP4rev2\r\n");
    reader_expect(world, "c SEARCH FROM dave\r\n",
                  "* ESEARCH (TAG \"c\") ALL 2\r\nc OK SEARCH completed\r\n");
    reader_expect(world, "d UID SEARCH FROM nobody\r\n",
                  "* ESEARCH (TAG \"d\") UID\r\nd OK UID SEARCH completed\r\n");
    reader_expect(world, "e SEARCH LARGER 4294967296\r\n",
                  "* ESEARCH (TAG \"e\")\r\ne OK SEARCH completed\r\n");
}

static void
test_told(void)
{
    g_test_summary("what was found and what is remembered is told in the trace");
    g_autoptr(ReaderWorld) world = selected("");
    g_autofree char *said = reader_say(world, "c SEARCH RETURN (SAVE) FROM dave\r\n");
    g_assert_cmpstr(said, ==, "c OK SEARCH completed\r\n");
    reader_find_event(world, "1 of the 2 messages in INBOX are what carol@south.example looks for");
    reader_find_event(world, "1 of them are remembered: the reader can call them $");
    g_free(reader_say(world, "d FETCH 1:* FLAGS (CHANGEDSINCE 2)\r\n"));
    reader_find_event(world, "knows the flags up to change 2");
}

static void
test_others(void)
{
    g_test_summary(
        "RFC 5182 §2.1: what others expunge leaves $ at once, what comes does not join it");
    g_autoptr(ReaderWorld) world = selected("");
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreMailbox) inbox =
        store_mailbox_find(world->store, world->carol->id, "INBOX", &error);
    reader_expect(world, "c SEARCH RETURN (SAVE COUNT) ALL\r\n",
                  "* ESEARCH (TAG \"c\") COUNT 2\r\nc OK SEARCH completed\r\n");
    g_assert_true(store_entry_remove(world->store, NULL, inbox->id, 1, &error));
    g_assert_true(store_commit(world->store, &error));
    reader_add(world, "INBOX", READER_TEXT, strlen(READER_TEXT));
    /* Numbers are a promise until EXPUNGE is told; but the message is there no more. */
    reader_expect(world, "d UID FETCH $ UID\r\n",
                  "* 2 FETCH (UID 2)\r\n* 1 EXPUNGE\r\n* 2 EXISTS\r\n* 1 RECENT\r\n"
                  "d OK UID FETCH completed\r\n");
    reader_expect(world, "e SEARCH $\r\n", "* SEARCH 1\r\ne OK SEARCH completed\r\n");
    reader_expect(world, "f UID SEARCH ALL\r\n", "* SEARCH 2 3\r\nf OK UID SEARCH completed\r\n");
    /* By UID "*" is the last UID, which is not the number of messages. */
    reader_expect(world, "g SEARCH UID 9:*\r\n", "* SEARCH 2\r\ng OK SEARCH completed\r\n");
}

static void
test_modseq(void)
{
    g_test_summary(
        "RFC 4731 §3.2: the MODSEQ told goes by the messages told, of MIN and MAX the higher");
    g_autoptr(ReaderWorld) world = reader_selected_with("A: b\r\n\r\n", 8);
    g_free(reader_say(world, "s STORE 2 +FLAGS.SILENT (\\Flagged)\r\n"));
    reader_expect(world, "c FETCH 1:3 MODSEQ\r\n",
                  "* OK [HIGHESTMODSEQ 5] Changes so far\r\n"
                  "* 1 FETCH (MODSEQ (2))\r\n* 2 FETCH (MODSEQ (5))\r\n* 3 FETCH (MODSEQ (4))\r\n"
                  "c OK FETCH completed\r\n");
    reader_expect(world, "d SEARCH RETURN (MIN MAX) MODSEQ 1\r\n",
                  "* ESEARCH (TAG \"d\") MIN 1 MAX 3 MODSEQ 4\r\nd OK SEARCH completed\r\n");
    reader_expect(world, "e SEARCH RETURN (ALL) MODSEQ 1\r\n",
                  "* ESEARCH (TAG \"e\") ALL 1:3 MODSEQ 5\r\ne OK SEARCH completed\r\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/esearch/esearch", test_esearch);
    g_test_add_func("/imap/esearch/changed", test_changed);
    g_test_add_func("/imap/esearch/rev2", test_rev2);
    g_test_add_func("/imap/esearch/told", test_told);
    g_test_add_func("/imap/esearch/others", test_others);
    g_test_add_func("/imap/esearch/modseq", test_modseq);
    return g_test_run();
}
