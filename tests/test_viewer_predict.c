/* tests/test_viewer_predict.c - PREDICT: what is asked, that nothing shows it before, and the score.
 *
 * Every demo scenario is walked through as a recording, with Space. A world that is held, and answers
 * that are kept: test_viewer_predict_live.c.
 *
 * After a change that is meant, `make screens` writes tests/screens/predict-*.txt anew.
 */
#include "tests/predicting.h"

/* ---- the questions ---- */

static void
expect_question(const char *scenario, const ViewModel *model, const ViewQuestion *question)
{
    const ViewEntry *entry = view_model_entry(model, question->outcome);

    g_test_message("%s %" G_GUINT64_FORMAT ": %s", scenario, question->seq, question->asks);
    g_assert_cmpuint(question->seq, ==, entry->seq);
    g_assert_cmpint(question->stage, ==, entry->stage);
    g_assert_cmpuint(question->hidden, <=, question->outcome);
    g_assert_cmpuint(question->count, >=, 2);
    g_assert_cmpuint(question->count, <=, VIEW_CHOICES);
    g_assert_cmpuint(question->right, <, question->count);
    g_assert_cmpstr(question->asks, !=, "");
    g_assert_cmpstr(question->why, !=, "");
    g_assert_cmpstr(question->rule, !=, "");
    for (guint i = 0; i < question->count; i++) {
        g_assert_cmpstr(question->choices[i], !=, "");
        g_assert_cmpint(g_utf8_strlen(question->choices[i], -1), <=, 75);
        for (guint j = 0; j < i; j++)
            g_assert_cmpstr(question->choices[i], !=, question->choices[j]);
    }
}

static void
test_questions(void)
{
    guint of_stage[STAGES] = { 0 };
    guint right_at[VIEW_CHOICES] = { 0 };

    g_test_summary("of every demo scenario: two to four different answers, one of them right");
    for (const char *const *name = scenarios; *name != NULL; name++) {
        Shown it = shown_open(journal_of(*name), -1);

        for (guint i = 0; i < view_model_count(it.model); i++) {
            g_autoptr(ViewQuestion) question = view_predict(it.model, i);
            g_autoptr(ViewQuestion) again = view_predict(it.model, i);

            if (question == NULL)
                continue;
            expect_question(*name, it.model, question);
            g_assert_cmpuint(again->right, ==, question->right);
            g_assert_cmpstr(again->choices[0], ==, question->choices[0]);
            of_stage[question->stage]++;
            right_at[question->right]++;
        }
        shown_close(&it);
    }
    for (Stage stage = STAGE_SENDER; stage < STAGES; stage++)
        if (stage != STAGE_ARCHIVE)
            g_assert_cmpuint(of_stage[stage], >, 0);
    for (guint i = 0; i < VIEW_CHOICES; i++)
        g_assert_cmpuint(right_at[i], >, 10);
}

/* Members of an event's data that questions are made of, with other values. */
static void
test_damaged(void)
{
    static const char *const values[] = {
        "{}",      "\"\"",        "null", "[[],{}]", "-1", "99999999999999999999",
        "\"<@>\"", "\"a@b@c.@\"", NULL,
    };
    g_autoptr(GRegex) members =
        g_regex_new("\"(domain|address|hosts|local|account|label|line|lines|wait_s|tries|commit|"
                    "peer|port|mailbox|removed|left|recipient|action|client|head|destination|"
                    "reports_on)\":(\"[^\"]*\"|[0-9]+|\\[[^\\]]*\\])",
                    0, 0, NULL);

    g_test_summary("a journal whose events say something else than ours do asks less, no worse");
    for (const char *const *value = values; *value != NULL; value++) {
        g_autofree char *with = g_strdup_printf("\"\\1\":%s", *value);
        g_autofree char *text =
            g_regex_replace(members, journal_of("lecture"), -1, 0, with, 0, NULL);
        Shown it = shown_open(text, -1);

        for (guint i = 0; i < view_model_count(it.model); i++) {
            g_autoptr(ViewQuestion) question = view_predict(it.model, i);

            view_predict_opens(it.model, i);
            if (question != NULL)
                g_assert_cmpuint(question->right, <, question->count);
        }
        shown_close(&it);
    }
}

static void
test_recordings(void)
{
    g_test_summary("no size of the screen shows an outcome before it is answered");
    for (const char *const *name = scenarios; *name != NULL; name++) {
        Shown it = shown_open(journal_of(*name), -1);
        guint asked;
        g_autofree char *score = NULL, *screen = NULL;

        g_test_message("%s", *name);
        asked = walk(&it);
        g_assert_cmpuint(asked, >, 0);
        g_assert_true(view_is_at_end(it.view));
        g_assert_cmpuint(it.view->predict->answers->len + it.view->predict->passed, ==, asked);
        g_assert_cmpuint(it.view->predict->right, ==, (asked + 2) / 3);
        score = view_ask_score(it.view);
        g_clear_pointer(&it.view->notice, g_free);
        screen = draw(it.view, 0);
        g_assert_nonnull(strstr(screen, score));
        shown_close(&it);
    }
}

static void
test_far(void)
{
    Shown it = shown_open(journal_of("remote"), -1);
    guint row;

    g_test_summary("what goes far stops at the first outcome, and so does a search");
    view_press(it.view, 'p');
    view_press(it.view, 'G');
    g_assert_true(view_is_asked(it.view));
    row = it.view->cursor;
    view_press(it.view, 'G'); /* not before the answer */
    g_assert_cmpuint(it.view->cursor, ==, row);
    g_assert_nonnull(it.view->notice);
    view_press(it.view, 'k');
    g_assert_false(view_is_asked(it.view));
    view_press(it.view, 'j');
    g_assert_true(view_is_asked(it.view));
    view_press(it.view, 'p');
    g_assert_false(view_is_asked(it.view));
    view_press(it.view, 'G');
    g_assert_true(view_is_at_end(it.view));
    /* Back at the begin, all of it may be asked for. */
    view_press(it.view, 'g');
    view_press(it.view, 'p');
    view_press(it.view, 'G');
    g_assert_true(view_is_asked(it.view));
    shown_close(&it);
}

static void
type(Shown *it, const char *line)
{
    for (const char *at = line; *at != '\0'; at++)
        view_press(it->view, (guchar)*at);
    view_press(it->view, VIEW_KEY_ENTER);
}

static void
test_command(void)
{
    Shown it = shown_open(journal_of("lecture"), -1);
    guint row;

    g_test_summary("a command may be typed while a question stands; no outcome is shown by it");
    view_press(it.view, 'p');
    view_press(it.view, 'G');
    g_assert_true(view_is_asked(it.view));
    row = it.view->cursor;
    type(&it, ":projector");
    g_assert_true(it.view->projector);
    type(&it, ":200"); /* it is not there yet */
    type(&it, ":time +10m");
    g_assert_true(view_is_asked(it.view));
    g_assert_cmpuint(it.view->cursor, ==, row);
    shown_close(&it);
}

static void
test_end_of_many(void)
{
    Shown it = shown_open(journal_of("lecture"), -1);
    g_autofree char *screen = NULL;

    g_test_summary("the end of many messages is not called by what became of one of them");
    view_press(it.view, 'G');
    g_assert_true(view_is_at_end(it.view));
    screen = draw(it.view, 0);
    g_assert_nonnull(strstr(screen, " The end: 477 events, 2 servers. Next: "));
    shown_close(&it);
}

/* ---- screens ---- */

static void
expect_saved(const char *name, const char *drawn)
{
    g_autofree char *path = g_strdup_printf("tests/screens/predict-%s.txt", name);
    g_autofree char *saved = NULL;

    g_file_get_contents(path, &saved, NULL, NULL);
    if (g_strcmp0(saved, drawn) == 0)
        return;
    if (g_getenv("SAVE_SCREENS") != NULL) {
        g_assert_true(g_file_set_contents(path, drawn, -1, NULL));
        return;
    }
    g_test_message("%s differs; it is now:\n%s", path, drawn);
    g_test_fail();
}

static void
expect_screens(View *view, const char *name, guint count)
{
    g_autoptr(GString) screens = g_string_new(NULL);

    for (guint size = 0; size < count; size++) {
        g_autofree char *screen = draw(view, size);

        g_string_append_printf(screens, "%dx%d, %s\n%s\n", sizes[size].width, sizes[size].height,
                               sizes[size].ascii ? "ASCII" : "UTF-8", screen);
    }
    expect_saved(name, screens->str);
}

static void
test_screens(void)
{
    Shown it = shown_open(journal_of("remote"), -1);

    g_test_summary("a question, a right and a wrong answer look as they were saved");
    view_press(it.view, 'p');
    while (!view_is_asked(it.view) || it.view->predict->question->stage != STAGE_ROUTE)
        view_press(it.view, view_is_asked(it.view) ? VIEW_KEY_ESCAPE : ' ');
    expect_screens(it.view, "asked", 4);
    view_press(it.view, '1' + it.view->predict->question->right);
    expect_screens(it.view, "right", 1);
    while (!view_is_asked(it.view))
        view_press(it.view, ' ');
    view_press(it.view, '1' + (it.view->predict->question->right + 1) % 3);
    expect_screens(it.view, "wrong", 1);
    shown_close(&it);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/viewer/predict/questions", test_questions);
    g_test_add_func("/viewer/predict/damaged", test_damaged);
    g_test_add_func("/viewer/predict/recordings", test_recordings);
    g_test_add_func("/viewer/predict/far", test_far);
    g_test_add_func("/viewer/predict/command", test_command);
    g_test_add_func("/viewer/predict/end-of-many", test_end_of_many);
    g_test_add_func("/viewer/predict/screens", test_screens);
    return g_test_run();
}
