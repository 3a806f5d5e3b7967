/* tests/test_labs_rules.c - each rule of the grader from both sides, and what is said where it fails. */
#include <glib/gstdio.h>
#include <locale.h>
#include <sqlite3.h>
#include <string.h>

#include "labs/grader/judge.h"
#include "labs/grader/predicted.h"

#define LAB                                                                                        \
    "[lab]\ntitle = A lab\nminutes = 5\nkind = O\nstage = all\n"                                   \
    "[id]\nuser = alice\n[run main]\n[run hand]\nhand = yes\n"                                     \
    "[harness split]\nmain = world.ini\n"

/* A session with a mistake, and a message that is passed on at the second try. */
static const char *const journal[] = {
    "\"seq\":1,\"time\":\"2026-01-05T09:00:00.000Z\",\"stage\":\"connect\",\"kind\":\"wire\","
    "\"text\":\"220 mx.north.example\",\"data\":{\"code\":220}",
    "\"seq\":2,\"time\":\"2026-01-05T09:00:00.001Z\",\"stage\":\"sender\",\"kind\":\"wire\","
    "\"text\":\"RCPT TO:<bob@north.example>\",\"data\":{\"label\":\"RCPT\"}",
    "\"seq\":3,\"time\":\"2026-01-05T09:00:00.002Z\",\"stage\":\"sender\",\"kind\":\"wire\","
    "\"text\":\"503 5.5.1 Bad sequence of commands\",\"data\":{\"code\":503}",
    "\"seq\":4,\"time\":\"2026-01-05T09:00:00.003Z\",\"stage\":\"sender\",\"kind\":\"wire\","
    "\"journey\":\"j1\",\"text\":\"250 2.1.0 Sender ok\",\"data\":{\"code\":250}",
    "\"seq\":5,\"time\":\"2026-01-05T09:00:00.004Z\",\"stage\":\"store\",\"kind\":\"state\","
    "\"journey\":\"j1\",\"user\":\"alice\",\"text\":\"committed\"",
    "\"seq\":6,\"time\":\"2026-01-05T09:00:00.004Z\",\"stage\":\"store\",\"kind\":\"wire\","
    "\"journey\":\"j1\",\"text\":\"250 2.6.0 Taken\",\"data\":{\"code\":250}",
    "\"seq\":7,\"time\":\"2026-01-05T09:00:01.000Z\",\"stage\":\"retry\",\"kind\":\"timer\","
    "\"journey\":\"j1\",\"text\":\"try again in 5 minutes\"",
    "\"seq\":8,\"time\":\"2026-01-05T09:05:01.000Z\",\"stage\":\"relay\",\"kind\":\"wire\","
    "\"journey\":\"j1\",\"host\":\"mx.south.example\",\"text\":\"250 2.6.0 Taken "
    "there\",\"data\":{\"code\":250}",
    "\"seq\":9,\"time\":\"2026-01-05T09:05:02.000Z\",\"stage\":\"relay\",\"kind\":\"wire\","
    "\"journey\":\"j2\",\"text\":\"somebody else's\"",
};

typedef struct Fixture {
    char *folder; /* the lab's; the work folder and the state, too */
    Lab *lab;
    LabIdentity *identity;
    GPtrArray *takes, *reference;
} Fixture;

static void
put(Fixture *it, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(it->folder, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
put_journal(Fixture *it)
{
    g_autoptr(GString) text = g_string_new("{\"journal\":1,\"first\":1}\n");

    for (guint i = 0; i < G_N_ELEMENTS(journal); i++)
        g_string_append_printf(text, "{%s}\n", journal[i]);
    put(it, "journal-0001.ndjson", text->str);
}

static void
put_database(Fixture *it)
{
    g_autofree char *path = g_build_filename(it->folder, "mx.north.example.db", NULL);
    sqlite3 *db = NULL;

    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(db,
                                 "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (2, NULL);",
                                 NULL, NULL, NULL),
                    ==, SQLITE_OK);
    sqlite3_close(db);
}

static void
take_free(gpointer take)
{
    lab_take_free(take);
}

static void
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    LabTake *take;

    it->folder = g_dir_make_tmp("glasspost-test-XXXXXX", NULL);
    put(it, "world.ini", "");
    put_journal(it);
    put_database(it);
    take = lab_take_open(it->folder, 1, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(take->events->len, ==, G_N_ELEMENTS(journal));
    it->takes = g_ptr_array_new_with_free_func(take_free);
    g_ptr_array_add(it->takes, take);
    it->reference = g_ptr_array_new_with_free_func(take_free);
}

static void
tear_down(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GDir) folder = g_dir_open(it->folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(it->folder, name, NULL);
        g_unlink(path);
    }
    g_assert_cmpint(g_rmdir(it->folder), ==, 0);
    g_ptr_array_unref(it->takes);
    g_ptr_array_unref(it->reference);
    g_clear_pointer(&it->identity, lab_identity_free);
    g_clear_pointer(&it->lab, lab_free);
    g_free(it->folder);
}

/* The verdict on a check of these lines; @failure: why nothing could be run, or NULL. */
static LabVerdict *
judge_with(Fixture *it, const char *lines, const char *failure)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *checks = g_strconcat(LAB "[check a]\ntext = For ${user}\n", lines, NULL);
    LabEvidence evidence = {
        .work = it->folder, .takes = it->takes, .reference = it->reference, .failure = failure
    };

    g_clear_pointer(&it->identity, lab_identity_free);
    g_clear_pointer(&it->lab, lab_free);
    put(it, "checks", checks);
    it->lab = lab_load(it->folder, &error);
    g_assert_no_error(error);
    it->identity = lab_identity_new(it->lab, "example", &error);
    g_assert_no_error(error);
    evidence.lab = it->lab;
    evidence.identity = it->identity;
    return lab_judge(g_ptr_array_index(it->lab->checks, 0), &evidence);
}

static void
expect_held(Fixture *it, const char *lines)
{
    g_autoptr(LabVerdict) verdict = judge_with(it, lines, NULL);

    if (!verdict->holds)
        g_error("%s: expected %s, found %s", lines, verdict->expected, verdict->found);
    g_assert_cmpstr(verdict->text, ==, "For alice");
    g_assert_null(verdict->expected);
    g_assert_null(verdict->look);
    g_assert_cmpuint(verdict->around->len, ==, 0);
}

/* @seq: the event that the command and the marked line name; 0: none. */
static void
expect_failed(Fixture *it, const char *lines, const char *expected, const char *found, guint seq)
{
    g_autoptr(LabVerdict) verdict = judge_with(it, lines, NULL);
    g_autofree char *at = g_strdup_printf(" --at %u", seq);
    g_autofree char *mark = g_strdup_printf("=>     %u  ", seq);
    guint marked = 0;

    g_assert_false(verdict->holds);
    g_assert_cmpstr(verdict->expected, ==, expected);
    g_assert_cmpstr(verdict->found, ==, found);
    if (seq == 0) {
        g_assert_true(verdict->look == NULL || strstr(verdict->look, "--at") == NULL);
        return;
    }
    g_assert_true(g_str_has_suffix(verdict->look, at));
    for (guint i = 0; i < verdict->around->len; i++)
        marked += g_str_has_prefix(g_ptr_array_index(verdict->around, i), mark);
    g_assert_cmpuint(marked, ==, 1);
}

/* ---- rules over events ---- */

static void
test_count(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("count: one at least unless said; is, at-least, at-most");
    expect_held(it, "count = stage=sender code=503\n");
    expect_held(it, "count = stage=sender code=503\nis = 1\n");
    expect_held(it, "count = code=250\nat-least = 3\nat-most = 3\n");
    expect_held(it, "count = code=251\nat-most = 0\n");
    expect_held(it, "count = user=${user}\n");
    expect_failed(it, "count = stage=sender code=503\nis = 2\n",
                  "2 events that match stage=sender code=503", "1: event 3", 3);
    expect_failed(it, "count = code=250\nat-most = 1\n", "at most 1 event that matches code=250",
                  "3: events 4, 6 and 8", 6);
    expect_failed(it, "count = code=250\nat-least = 4\n", "at least 4 events that match code=250",
                  "3: events 4, 6 and 8", 8);
    expect_failed(it, "count = code=250\nat-least = 1\nat-most = 2\n",
                  "1 to 2 events that match code=250", "3: events 4, 6 and 8", 8);
}

static void
test_nearest(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("where none matches, the event that comes nearest is named with what it misses");
    expect_failed(it, "count = stage=store code=503\nis = 1\n",
                  "1 event that matches stage=store code=503",
                  "none; nearest is event 3: its stage is sender, not store", 3);
    expect_failed(it, "count = stage=relay code>=400 host=mx.south.example\n",
                  "at least 1 event that matches stage=relay code>=400 host=mx.south.example",
                  "none; nearest is event 8: its code is 250, not at least 400", 8);
    expect_failed(it, "count = stage=retry code=250 text~tomorrow\n",
                  "at least 1 event that matches stage=retry code=250 text~tomorrow",
                  "none; nearest is event 7: it has no code, and its text does not contain "
                  "\"tomorrow\"",
                  7);
    expect_failed(it, "count = user=carol\n", "at least 1 event that matches user=carol", "none",
                  0);
}

static void
test_around(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("two events on either side, as the viewer tells them; fewer at an end");
    g_autoptr(LabVerdict) middle = judge_with(it, "never = code=503\n", NULL);
    g_autoptr(LabVerdict) end = judge_with(it, "never = seq=9\n", NULL);
    g_autofree char *look = g_strdup_printf("glasspost view %s --at 3", it->folder);

    g_assert_cmpuint(middle->around->len, ==, 5);
    g_assert_cmpstr(g_ptr_array_index(middle->around, 0), ==,
                    "       1       +0 ms  -                   connect    > 220 mx.north.example");
    g_assert_cmpstr(g_ptr_array_index(middle->around, 2), ==,
                    "=>     3       +2 ms  -                   sender     > 503 5.5.1 Bad sequence "
                    "of commands");
    g_assert_cmpstr(middle->look, ==, look);
    g_assert_cmpuint(end->around->len, ==, 3);
    g_assert_true(strstr(g_ptr_array_index(end->around, 2), "+5 m 2 s") != NULL);
}

static void
test_look_from_here(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("below the current folder the command is short; with a space in it, quoted");
    g_autofree char *here = g_get_current_dir();
    g_autofree char *parent = g_path_get_dirname(it->folder);
    g_autofree char *name = g_path_get_basename(it->folder);
    g_autofree char *look = g_strdup_printf("glasspost view %s --at 3", name);
    g_autoptr(LabVerdict) verdict = NULL;
    LabTake *take = g_ptr_array_index(it->takes, 0);

    g_assert_cmpint(g_chdir(parent), ==, 0);
    verdict = judge_with(it, "never = code=503\n", NULL);
    g_assert_cmpint(g_chdir(here), ==, 0);
    g_assert_cmpstr(verdict->look, ==, look);
    g_free(take->state);
    take->state = g_strdup("/a b");
    g_clear_pointer(&verdict, lab_verdict_free);
    verdict = judge_with(it, "never = code=503\n", NULL);
    g_assert_cmpstr(verdict->look, ==, "glasspost view '/a b' --at 3");
}

static void
test_never(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("never: the first that matches is named");
    expect_held(it, "never = stage=bounce\n");
    expect_failed(it, "never = code=503\n", "no event that matches code=503",
                  "event 3 (503 5.5.1 Bad sequence of commands)", 3);
    expect_failed(it, "never = code=250\n", "no event that matches code=250",
                  "3 of them; the first is event 4 (250 2.1.0 Sender ok)", 4);
}

static void
test_always(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("always: each has it, and there is one");
    expect_held(it, "always = code>=200\nhas = kind=wire\n");
    expect_failed(it, "always = kind=wire code>0\nhas = code<500\n",
                  "each event that matches kind=wire code>0 also matches code<500",
                  "event 3 (503 5.5.1 Bad sequence of commands) does not: its code is 503, not "
                  "less than 500",
                  3);
    expect_failed(it, "always = stage=bounce\nhas = kind=wire\n",
                  "each event that matches stage=bounce also matches kind=wire",
                  "no event that matches stage=bounce: none", 0);
}

static void
test_before(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("before: in the same journey where both have one");
    expect_held(it, "before = text=committed\nthen = stage=store code=250\n");
    expect_held(it, "before = code=503\nthen = stage=store code=250\n");
    expect_failed(
        it, "before = stage=store code=250\nthen = text=committed\n",
        "before each event that matches text=committed, one of the same message that matches "
        "stage=store code=250",
        "none before event 5 (committed); it comes only later: event 6 (250 2.6.0 Taken)", 5);
    expect_failed(
        it, "before = text=committed\nthen = stage=relay\n",
        "before each event that matches stage=relay, one of the same message that matches "
        "text=committed",
        "none before event 9 (somebody else's), and none after it", 9);
    expect_failed(
        it, "before = seq=1\nthen = stage=bounce\n",
        "before each event that matches stage=bounce, one of the same message that matches "
        "seq=1",
        "no event that matches stage=bounce: none", 0);
    expect_failed(
        it, "before = seq=3\nthen = seq=3\n",
        "before each event that matches seq=3, one of the same message that matches seq=3",
        "none before event 3 (503 5.5.1 Bad sequence of commands), and none after it", 3);
}

static void
test_within(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("within, and at-least: each limit from both sides, by virtual time");
    expect_held(it, "within = 5m\nfrom = stage=retry\nto = stage=relay\n");
    expect_held(it, "at-least = 5m\nfrom = stage=retry\nto = stage=relay\n");
    expect_held(it, "at-least = 5m\nwithin = 5m\nfrom = stage=retry\nto = stage=relay\n");
    expect_failed(it, "within = 299s\nfrom = stage=retry\nto = stage=relay\n",
                  "for each event that matches stage=retry, one that matches stage=relay no later "
                  "than 299s after it",
                  "5 m 0 s after event 7 (try again in 5 minutes) came event 8 (250 2.6.0 Taken "
                  "there)",
                  8);
    expect_failed(it, "at-least = 301s\nfrom = stage=retry\nto = stage=relay\n",
                  "for each event that matches stage=retry, one that matches stage=relay no "
                  "earlier than 301s after it",
                  "5 m 0 s after event 7 (try again in 5 minutes) came event 8 (250 2.6.0 Taken "
                  "there)",
                  8);
    expect_failed(it, "within = 5m\nfrom = stage=retry\nto = stage=bounce\n",
                  "for each event that matches stage=retry, one that matches stage=bounce no later "
                  "than 5m after it",
                  "none after event 7 (try again in 5 minutes)", 7);
    /* Another message's does not count; at-least asks for no next one. */
    expect_failed(it, "within = 5m\nfrom = seq=8\nto = seq=9\n",
                  "for each event that matches seq=8, one that matches seq=9 no later than 5m "
                  "after it",
                  "none after event 8 (250 2.6.0 Taken there)", 8);
    expect_held(it, "at-least = 5m\nfrom = seq=8\nto = seq=9\n");
    expect_failed(it, "at-least = 5m\nfrom = stage=bounce\nto = seq=9\n",
                  "for each event that matches stage=bounce, one that matches seq=9 no earlier "
                  "than 5m after it",
                  "no event that matches stage=bounce: none", 0);
}

/* ---- tables, answers, files ---- */

#define ROW "host = mx.north.example\nrow = "

static void
test_row(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("row: columns joined by a comma, rows by a semicolon, nothing is empty");
    expect_held(it, ROW "SELECT count(*) FROM t\nis = 2\n");
    expect_held(it, ROW "SELECT a, b FROM t ORDER BY a\nis = 1,x;2,\n");
    expect_held(it, ROW "SELECT a FROM t WHERE a > 7\nis =\n");
    expect_failed(it, ROW "SELECT count(*) FROM t\nis = 3\n",
                  "3, when the database of mx.north.example is asked: SELECT count(*) FROM t", "2",
                  0);
    expect_failed(it, ROW "SELECT a FROM t\nis =\n",
                  "nothing, when the database of mx.north.example is asked: SELECT a FROM t", "1;2",
                  0);
    expect_failed(it, ROW "SELECT a FROM u\nis = 1\n",
                  "1, when the database of mx.north.example is asked: SELECT a FROM u",
                  "no such table: u", 0);
}

static void
test_row_bounds(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("row: nothing is changed, nothing else is opened, nothing grows without end");
    static const char *const bad[] = {
        ROW "DELETE FROM t\nis = 1\n",
        ROW "ATTACH 'other.db' AS o\nis = 1\n",
        ROW
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n\nis = 1\n",
        ROW
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n\nis "
        "= 1\n",
        "host = mx.none.example\nrow = SELECT 1\nis = 1\n",
        "host = ../mx.north.example\nrow = SELECT 1\nis = 1\n",
    };

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(LabVerdict) verdict = judge_with(it, bad[i], NULL);

        g_assert_false(verdict->holds);
        g_test_message("%s", verdict->found);
    }
    expect_held(it, ROW "SELECT count(*) FROM t\nis = 2\n");
}

#define ANSWER "answer = reply\nevent = stage=sender code>=400\nfield = code\n"

static void
test_answer(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("answer: without regard to case, outer space and a final full stop");
    static const char *const good[] = { "reply: 503\n", "REPLY:  503. \n",
                                        "# reply: 1\n reply : 503",
                                        "other: 1\nreply: Five-oh-three.\r\n" };

    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        put(it, "answers.txt", good[i]);
        expect_held(it, ANSWER "accept = 5xx;five-OH-three\n");
    }
    put(it, "answers.txt", "reply: alice@North.example\nrows: 2\nwhen: 2026-01-05T09:00:00.002z\n");
    expect_held(it, "answer = reply\nis = ${user}@north.example\n");
    expect_held(it, "answer = rows\nhost = mx.north.example\nrow = SELECT count(*) FROM t\n");
    expect_held(it, "answer = when\nevent = code=503\nfield = time\n");
}

static void
test_answer_wrong(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a wrong answer is told, and where to look, but never the right one");
    g_autoptr(LabVerdict) verdict = NULL;

    put(it, "answers.txt", "reply: 50\nempty:\n");
    verdict = judge_with(it, ANSWER, NULL);
    g_assert_false(verdict->holds);
    g_assert_cmpstr(verdict->expected, ==, "what event 3 in stage sender tells");
    g_assert_cmpstr(verdict->found, ==, "50");
    g_assert_true(g_str_has_suffix(verdict->look, "--at 3"));
    g_assert_cmpuint(verdict->around->len, ==, 0);
    expect_failed(it, "answer = reply\nis = 503\n", "another answer to \"reply\"", "50", 0);
    expect_failed(it, "answer = empty\nevent = code=503\nfield = code\n", "an answer",
                  "nothing was answered", 0);
    expect_failed(it, "answer = reply\nevent = code=503\nfield = seq\n",
                  "the number of another event in stage sender", "50", 0);
    expect_failed(it, "answer = empty\nis = 503\n", "an answer", "nothing was answered", 0);
    expect_failed(it, "answer = more\nis = 503\n", "an answer",
                  "no line \"more: ...\" in answers.txt", 0);
    expect_failed(it, "answer = reply\nhost = mx.north.example\nrow = SELECT count(*) FROM t\n",
                  "what stands in the database of mx.north.example", "50", 0);
}

static void
test_answer_none(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("no answers, no text, too many octets: told, not passed");
    g_autofree char *large = g_strnfill(2 * 1024 * 1024, 'x');

    expect_failed(it, "answer = a\nis = b\n", "an answer", "no answers.txt in the work folder", 0);
    put(it, "answers.txt", "a: \xff\n");
    expect_failed(it, "answer = a\nis = b\n", "an answer", "no answers.txt in the work folder", 0);
    put(it, "answers.txt", large);
    expect_failed(it, "answer = a\nis = b\n", "an answer", "no answers.txt in the work folder", 0);
}

static void
test_file(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("file: its lines, a last one without its end counts; a place that matches");
    put(it, "faults", "one\ntwo\nthree");
    expect_held(it, "file = faults\nat-most-lines = 3\n");
    expect_held(it, "file = faults\nmatches = ^t[wx]o$\n");
    expect_failed(it, "file = faults\nat-most-lines = 2\n", "faults of at most 2 lines", "3 lines",
                  0);
    expect_failed(it, "file = none\nmatches = ^four\n", "a text file none",
                  "none in the work folder", 0);
    expect_failed(it, "file = faults\nmatches = ^four\n", "faults with /^four/ in it",
                  "no place that matches", 0);
    put(it, "faults", "");
    expect_held(it, "file = faults\nat-most-lines = 0\n");
}

/* ---- what a harness prints ---- */

static void
put_outputs(Fixture *it, const char *student, const char *failure, const char *reference)
{
    LabTake *take = g_ptr_array_index(it->takes, 0);
    LabTake *other = lab_take_open(it->folder, 1, NULL);

    g_free(take->output);
    g_free(take->failure);
    take->output = g_strdup(student);
    take->failure = g_strdup(failure);
    g_free(other->output);
    other->output = g_strdup(reference);
    g_ptr_array_set_size(it->reference, 0);
    g_ptr_array_add(it->reference, other);
}

/* Of the run's events two are right, one is wrong, and one was passed over before it was answered. */
#define PREDICTIONS                                                                                \
    "# a comment\n2 sender right\n2 sender wrong\n4 sender wrong\n5 store right\r\n"               \
    "7 retry passed\n7 retry right\n6 sender right\n99 store right\n\n8 relay perhaps\n-1 a "      \
    "right\n"

static void
test_predicted(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("so many events of the run were predicted; of each the first answer counts");
    expect_failed(it, "predicted = 1\n",
                  "1 decision predicted in your journal: p in the viewer asks for them",
                  "none in predictions.txt", 0);
    put(it, "predictions.txt", PREDICTIONS);
    expect_held(it, "predicted = 3\n");
    expect_held(it, "predicted = 3\nright = 2\n");
    expect_failed(it, "predicted = 4\n",
                  "4 decisions predicted in your journal: p in the viewer asks for them",
                  "2 of 3 right; 1 passed over", 0);
    expect_failed(it, "predicted = 3\nright = 3\n",
                  "3 decisions predicted in your journal, 3 of them rightly: p in the viewer asks "
                  "for them",
                  "2 of 3 right; 1 passed over", 0);
    put(it, "predictions.txt", "2 sender right\n\xff\n");
    expect_failed(it, "predicted = 1\n",
                  "1 decision predicted in your journal: p in the viewer asks for them",
                  "none in predictions.txt", 0);
}

static void
test_predictions_told(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("the score is told for all that was answered, and not at all without an answer");
    g_autofree char *told = NULL;

    g_assert_null(lab_predictions_tell(it->folder));
    put(it, "predictions.txt", "# nothing yet\n");
    g_assert_null(lab_predictions_tell(it->folder));
    put(it, "predictions.txt", PREDICTIONS);
    told = lab_predictions_tell(it->folder);
    g_assert_cmpstr(told, ==, "4 of 5 right; 1 passed over");
}

static void
test_same(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("same: the first line that differs, and what it was about");
    put_outputs(it, "# a@b\nuser a\n", NULL, "# a@b\nuser a\n");
    expect_held(it, "same = split\n");
    put_outputs(it, "# a@b\nuser a\n# c\nuser d\n", NULL, "# a@b\nuser a\n# c\nuser c\n");
    expect_failed(it, "same = split\n", "line 4, about c: user c", "user d", 0);
    put_outputs(it, "user a\n", NULL, "user a\nuser b\n");
    expect_failed(it, "same = split\n", "line 2: user b", "(an empty line)", 0);
    put_outputs(it, "user a", NULL, "user a\nuser b\n");
    expect_failed(it, "same = split\n", "line 2: user b", "(the end)", 0);
    put_outputs(it, "# a@b\nuser", "it was ended by signal 11", "# a@b\nuser a\n");
    expect_failed(it, "same = split\n", "a program that ends well",
                  "it was ended by signal 11\nit was about to do: a@b", 0);
}

/* ---- what cannot be judged ---- */

static void
test_failures(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(
        "work that cannot be run fails, and says why; what needs no run is judged all the "
        "same");
    g_autoptr(LabVerdict) built = judge_with(it, "count = code=503\n", "split.c:12: error: oh");
    LabTake *take = g_ptr_array_index(it->takes, 0);
    g_autoptr(LabVerdict) late = NULL, alone = NULL, none = NULL, hand = NULL;

    g_assert_cmpstr(built->expected, ==, "work that can be run");
    g_assert_cmpstr(built->found, ==, "split.c:12: error: oh");
    put(it, "answers.txt", "a: b\n");
    alone = judge_with(it, "answer = a\nis = b\n", "split.c:12: error: oh");
    g_assert_true(alone->holds);
    take->failure = g_strdup("it took longer than 20 s");
    late = judge_with(it, "count = code=503\n", NULL);
    g_assert_cmpstr(late->expected, ==, "a world that plays to its end");
    g_assert_cmpstr(late->found, ==, "it took longer than 20 s");
    g_assert_true(g_str_has_suffix(late->look, "--at 9"));
    g_ptr_array_set_size(it->takes, 0);
    none = judge_with(it, "count = code=503\n", NULL);
    g_assert_cmpstr(none->found, ==, "none");
    hand = judge_with(it, "count = code=503\nrun = hand\n", NULL);
    g_assert_cmpstr(hand->found, ==, "none yet: the README says how to play it");
}

static void
test_broken_lab(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(
        "what a student's value makes of a filter may be none: the lab's fault, and said so");
    static const char *const broken[] = {
        "count = stage=${user}\n",
        "never = stage=${user}\n",
        "always = seq=1\nhas = stage=${user}\n",
        "before = stage=${user}\nthen = seq=1\n",
        "within = ${user}\nfrom = seq=1\nto = seq=2\n",
        "count = seq=1\nis = ${user}\n",
        "answer = a\nevent = code=503\nfield = none\n",
        "answer = a\nevent = code=504\nfield = code\n",
        "answer = a\nhost = mx.north.example\nrow = SELECT ${user}\n",
        "same = split\n",
    };

    put(it, "answers.txt", "a: b\n");
    for (guint i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autoptr(LabVerdict) verdict = judge_with(it, broken[i], NULL);

        g_assert_false(verdict->holds);
        g_assert_true(g_str_has_prefix(verdict->expected, "a check that can be judged"));
        g_test_message("%s", verdict->found);
    }
}

static void
test_seeds(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("over several seeds a rule fails at the first where it does not hold");
    LabTake *other = lab_take_open(it->folder, 7, NULL);
    g_autoptr(LabVerdict) verdict = NULL;

    g_ptr_array_set_size(other->events, 2);
    g_ptr_array_add(it->takes, other);
    verdict = judge_with(it, "count = code=503\n", NULL);
    g_assert_false(verdict->holds);
    g_assert_cmpuint(verdict->seed, ==, 7);
    expect_held(it, "count = code=220\n");
}

static void
test_empty(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a journal without an event fails what asks for one");
    LabTake *take = g_ptr_array_index(it->takes, 0);

    g_ptr_array_set_size(take->events, 0);
    expect_held(it, "never = code=503\n");
    expect_failed(it, "count = code=503\n", "at least 1 event that matches code=503",
                  "none: nothing happened at all", 0);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*test)(Fixture *it, gconstpointer data);
    } tests[] = {
        { "/labs/rules/count", test_count },
        { "/labs/rules/nearest", test_nearest },
        { "/labs/rules/around", test_around },
        { "/labs/rules/look-from-here", test_look_from_here },
        { "/labs/rules/never", test_never },
        { "/labs/rules/always", test_always },
        { "/labs/rules/before", test_before },
        { "/labs/rules/within", test_within },
        { "/labs/rules/row", test_row },
        { "/labs/rules/row-bounds", test_row_bounds },
        { "/labs/rules/answer", test_answer },
        { "/labs/rules/answer-wrong", test_answer_wrong },
        { "/labs/rules/answer-none", test_answer_none },
        { "/labs/rules/file", test_file },
        { "/labs/rules/predicted", test_predicted },
        { "/labs/rules/predictions-told", test_predictions_told },
        { "/labs/rules/same", test_same },
        { "/labs/rules/failures", test_failures },
        { "/labs/rules/broken-lab", test_broken_lab },
        { "/labs/rules/seeds", test_seeds },
        { "/labs/rules/empty", test_empty },
    };

    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
    return g_test_run();
}
