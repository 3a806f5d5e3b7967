/* tests/test_labs_rules.c - each rule of the grader over events from both sides, what is said where it
 * fails, and what cannot be judged. Rules over the work itself: test_labs_rules_work.c.
 */
#include "tests/labs_judge.h"

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
