/* tests/test_labs_rules_work.c - each rule of the grader over what the work left behind, from both sides:
 * rows, answers, files, predictions, what a harness prints. Rules over events: test_labs_rules.c.
 */
#include "labs/grader/predicted.h"
#include "tests/labs_judge.h"

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

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*test)(Fixture *it, gconstpointer data);
    } tests[] = {
        { "/labs/rules/row", test_row },
        { "/labs/rules/row-bounds", test_row_bounds },
        { "/labs/rules/answer", test_answer },
        { "/labs/rules/answer-wrong", test_answer_wrong },
        { "/labs/rules/answer-none", test_answer_none },
        { "/labs/rules/file", test_file },
        { "/labs/rules/predicted", test_predicted },
        { "/labs/rules/predictions-told", test_predictions_told },
        { "/labs/rules/same", test_same },
    };

    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
    return g_test_run();
}
