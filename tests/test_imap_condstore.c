/* tests/test_imap_condstore.c - MODSEQ: each change has a number, and STORE can ask for it. */
#include "tests/reader_world.h"

/* Two sessions of carol's in one world, both with INBOX open. */
typedef struct Pair {
    ReaderWorld *world;
    ImapSession *sessions[2];
} Pair;

static char *
say(Pair *pair, guint who, const char *octets)
{
    pair->world->imap_session = pair->sessions[who];
    return reader_say(pair->world, octets);
}

static void
expect(Pair *pair, guint who, const char *octets, const char *expected)
{
    g_autofree char *found = say(pair, who, octets);

    g_assert_cmpstr(found, ==, expected);
}

static void
pair_open(Pair *pair, const char *enable)
{
    pair->world = reader_world_new();
    for (guint i = 0; i < 2; i++) {
        g_autofree char *login = NULL, *enabled = NULL, *selected = NULL;

        pair->sessions[i] =
            imap_session_new(&pair->world->imap, "127.0.0.1", TRUE, pair->world->trace, NULL, NULL);
        login = say(pair, i, "a LOGIN carol sesame\r\n");
        enabled = say(pair, i, enable);
        selected = say(pair, i, "b SELECT INBOX\r\n");
        g_assert_nonnull(strstr(selected, "b OK "));
    }
}

static void
pair_close(Pair *pair)
{
    pair->world->imap_session = NULL;
    imap_session_free(pair->sessions[0]);
    imap_session_free(pair->sessions[1]);
    reader_world_free(pair->world);
}

static void
test_condstore(void)
{
    g_test_summary("RFC 7162 §3.1.3: STORE (UNCHANGEDSINCE n), MODIFIED, HIGHESTMODSEQ");
    dialog_play_both("imap-condstore.txt", &reader_imap_engine, NULL);
}

static void
test_others(void)
{
    g_test_summary("RFC 7162 §3.1.4.2: a change by another session comes with its MODSEQ");
    Pair pair;

    pair_open(&pair, "e ENABLE CONDSTORE\r\n");
    expect(&pair, 0, "c STORE 1 +FLAGS (\\Flagged)\r\n",
           "* 1 FETCH (UID 1 FLAGS (\\Flagged) MODSEQ (4))\r\nc OK STORE completed\r\n");
    expect(&pair, 1, "c NOOP\r\n",
           "* 1 FETCH (UID 1 FLAGS (\\Flagged) MODSEQ (4))\r\nc OK NOOP completed\r\n");
    expect(&pair, 0, "d NOOP\r\n", "d OK NOOP completed\r\n");
    pair_close(&pair);
}

static void
test_race(void)
{
    g_test_summary("RFC 7162 §3.1.3: of two clients that change what they saw, one is told so");
    Pair pair;

    pair_open(&pair, "e ENABLE CONDSTORE\r\n");
    expect(&pair, 0, "c STORE 2 (UNCHANGEDSINCE 3) FLAGS.SILENT (\\Answered)\r\n",
           "* 2 FETCH (UID 2 MODSEQ (4))\r\nc OK STORE completed\r\n");
    expect(&pair, 1, "c UID STORE 2 (UNCHANGEDSINCE 3) FLAGS.SILENT (\\Flagged)\r\n",
           "* 2 FETCH (UID 2 FLAGS (\\Answered) MODSEQ (4))\r\n"
           "c OK [MODIFIED 2] Some were changed meanwhile\r\n");
    g_assert_cmpuint(reader_count_events(pair.world, "UID 2 was changed meanwhile"), ==, 1);
    /* It knows the new state now, and does it again with that. */
    expect(&pair, 1, "d STORE 2 (UNCHANGEDSINCE 4) +FLAGS.SILENT (\\Flagged)\r\n",
           "* 2 FETCH (UID 2 MODSEQ (5))\r\nd OK STORE completed\r\n");
    expect(&pair, 0, "d NOOP\r\n",
           "* 2 FETCH (UID 2 FLAGS (\\Answered \\Flagged) MODSEQ (5))\r\nd OK NOOP completed\r\n");
    pair_close(&pair);
}

static void
test_implicit(void)
{
    g_test_summary("RFC 7162 §3.1: UNCHANGEDSINCE enables it, and so does SEARCH MODSEQ; "
                   "HIGHESTMODSEQ is told once");
    Pair pair;

    pair_open(&pair, "e NOOP\r\n");
    expect(&pair, 0, "c STORE 1 +FLAGS (\\Seen)\r\n",
           "* 1 FETCH (FLAGS (\\Seen))\r\nc OK STORE completed\r\n");
    expect(&pair, 0, "d STORE 1 (UNCHANGEDSINCE 4) +FLAGS (\\Flagged)\r\n",
           "* OK [HIGHESTMODSEQ 4] Changes so far\r\n"
           "* 1 FETCH (UID 1 FLAGS (\\Seen \\Flagged) MODSEQ (5))\r\nd OK STORE completed\r\n");
    expect(&pair, 0, "e STORE 1 (UNCHANGEDSINCE 5) -FLAGS (\\Flagged)\r\n",
           "* 1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ (6))\r\ne OK STORE completed\r\n");
    /* The other client has not asked for it. */
    expect(&pair, 1, "c NOOP\r\n", "* 1 FETCH (FLAGS (\\Seen))\r\nc OK NOOP completed\r\n");
    expect(&pair, 1, "d SEARCH MODSEQ 6\r\n",
           "* OK [HIGHESTMODSEQ 6] Changes so far\r\n* SEARCH 1 (MODSEQ 6)\r\n"
           "d OK SEARCH completed\r\n");
    expect(&pair, 1, "e FETCH 1 FLAGS\r\n",
           "* 1 FETCH (FLAGS (\\Seen) MODSEQ (6))\r\ne OK FETCH completed\r\n");
    pair_close(&pair);
}

static void
test_modified_and_gone(void)
{
    g_test_summary("RFC 7162 §3.1.3: some changed, some gone: NO, and MODIFIED names the changed");
    Pair pair;

    pair_open(&pair, "e ENABLE CONDSTORE\r\n");
    g_autofree char *removed = say(&pair, 0,
                                   "c STORE 1 +FLAGS.SILENT \\Deleted\r\nd EXPUNGE\r\n"
                                   "e STORE 1 +FLAGS.SILENT \\Draft\r\n");
    g_assert_nonnull(strstr(removed, "d OK EXPUNGE"));
    expect(&pair, 1, "c STORE 1:2 (UNCHANGEDSINCE 3) +FLAGS.SILENT (\\Seen)\r\n",
           "* 2 FETCH (UID 2 FLAGS (\\Draft) MODSEQ (6))\r\n"
           "c NO [MODIFIED 2] Others are there no more\r\n");
    expect(&pair, 1, "d NOOP\r\n", "* 1 EXPUNGE\r\nd OK NOOP completed\r\n");
    pair_close(&pair);
}

static void
test_many(void)
{
    g_test_summary("RFC 7162 §3.1: each STORE gets a MODSEQ of its own; its messages may share it");
    static const char *const commands[] = { "d STORE 1:* +FLAGS.SILENT (\\Seen)\r\n",
                                            "e STORE 402,1:401 +FLAGS.SILENT (\\Draft)\r\n" };
    Pair pair;
    guint64 before = 0;

    pair_open(&pair, "e ENABLE CONDSTORE\r\n");
    for (guint i = 0; i < 400; i++)
        reader_put(pair.world, "INBOX", "A: b\r\n\r\n", 8);
    g_assert_true(store_commit(pair.world->store, NULL));
    g_autofree char *told = say(&pair, 0, "c NOOP\r\n");
    g_assert_nonnull(strstr(told, "* 402 EXISTS\r\n"));
    for (guint n = 0; n < G_N_ELEMENTS(commands); n++) {
        g_autofree char *said = say(&pair, 0, commands[n]);
        g_auto(GStrv) lines = g_strsplit(said, "\r\n", -1);
        guint64 highest = before;

        for (guint i = 0; i < 402; i++) {
            const char *modseq = strstr(lines[i], "MODSEQ (");

            g_assert_nonnull(modseq);
            guint64 number = g_ascii_strtoull(modseq + strlen("MODSEQ ("), NULL, 10);
            g_assert_cmpuint(number, >, before);
            highest = MAX(highest, number);
        }
        before = highest;
    }
    pair_close(&pair);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/condstore/condstore", test_condstore);
    g_test_add_func("/imap/condstore/others", test_others);
    g_test_add_func("/imap/condstore/race", test_race);
    g_test_add_func("/imap/condstore/implicit", test_implicit);
    g_test_add_func("/imap/condstore/modified-and-gone", test_modified_and_gone);
    g_test_add_func("/imap/condstore/many", test_many);
    return g_test_run();
}
