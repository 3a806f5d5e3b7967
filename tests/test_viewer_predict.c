/* tests/test_viewer_predict.c - PREDICT: what is asked, that nothing shows it before, and the score.
 *
 * Every demo scenario is run in the simulated network, and its journal walked through with the
 * switch on: as a recording with Space, and line by line as a world that is held at each event.
 *
 * After a change that is meant, `make screens` writes tests/screens/predict-*.txt anew.
 */
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "app/run.h"
#include "trace/viewer/ask.h"
#include "trace/viewer/keys.h"

/* clang-format off */
static const char *const scenarios[] = {
    "archive", "attachment", "bounce", "greylist", "imap", "junk", "lecture", "local", "no-such-domain",
    "pop3", "receipt", "refused", "relay", "remote", "retry", "secure", "tls-broken", "two-ways",
    "unknown-user", "unregistered", NULL,
};
static const struct { int width, height; gboolean ascii; } sizes[] = {
    { 80, 24, FALSE }, { 120, 40, FALSE }, { 80, 24, TRUE }, { 120, 40, TRUE }, { 70, 17, FALSE },
};
/* clang-format on */

/* ---- journals ---- */

static void
remove_folder(const char *folder)
{
    g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
    const char *name;

    while (directory != NULL && (name = g_dir_read_name(directory)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            remove_folder(path);
        else
            g_unlink(path);
    }
    g_rmdir(folder);
}

/* Runs the scenario to its end; returns the folder of its journal. */
static char *
run_scenario(const char *name)
{
    g_autofree char *overlay = g_strdup_printf("labs/demo/scenarios/%s.ini", name);
    g_autoptr(GError) error = NULL;
    AppWorldFile *file = app_world_load("labs/demo/world.ini", overlay, &error);
    AppRunOptions options = { 0 };
    char *folder = g_dir_make_tmp("glasspost-test-XXXXXX", NULL);
    AppRun *run;

    g_assert_no_error(error);
    g_free(file->state);
    file->state = g_strdup(folder);
    file->network = APP_NETWORK_SIMULATED;
    run = app_run_new(file, &options, &error);
    g_assert_no_error(error);
    app_run_loop(run, TRUE);
    app_run_free(run);
    return folder;
}

/* Each scenario is run once. */
static const char *
journal_of(const char *scenario)
{
    static GHashTable *journals;
    char *text;

    if (journals == NULL)
        journals = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    text = g_hash_table_lookup(journals, scenario);
    if (text == NULL) {
        g_autofree char *folder = run_scenario(scenario);
        g_autofree char *path = g_build_filename(folder, "journal-0001.ndjson", NULL);

        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        g_hash_table_insert(journals, (gpointer)scenario, text);
        remove_folder(folder);
    }
    return text;
}

typedef struct Shown {
    char *path;
    ViewModel *model;
    View *view;
} Shown;

/* A viewer of a journal that begins with @text. */
static Shown
shown_open(const char *text, gssize octets)
{
    Shown it = { 0 };

    g_close(g_file_open_tmp("viewer-XXXXXX", &it.path, NULL), NULL);
    g_assert_true(g_file_set_contents(it.path, text, octets, NULL));
    it.model = view_model_open(it.path, NULL);
    while (view_model_read(it.model, 1 << 20))
        ;
    it.view = view_new(it.model);
    it.view->page = VIEW_NO_PAGE;
    it.view->welcome = FALSE;
    view_update(it.view);
    return it;
}

static void
shown_close(Shown *it)
{
    view_free(it->view);
    view_model_free(it->model);
    g_unlink(it->path);
    g_free(it->path);
}

static char *
draw(View *view, guint size)
{
    g_autoptr(ViewScreen) screen =
        view_screen_new(sizes[size].width, sizes[size].height, sizes[size].ascii);

    view_settle(view, sizes[size].width, sizes[size].height);
    view_draw(view, screen);
    return view_screen_text(screen);
}

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

/* ---- nothing shows it before ---- */

/* Whether it is no secret: the question or an answer to choose says it, or an event before it. */
static gboolean
is_said_anyway(const Shown *it, const ViewQuestion *question, const char *words)
{
    for (guint i = 0; i < question->count; i++)
        if (strstr(question->choices[i], words) != NULL)
            return TRUE;
    if (strstr(question->asks, words) != NULL)
        return TRUE;
    for (guint i = 0; i < question->hidden; i++) {
        g_autoptr(ViewEvent) event = view_model_load(it->model, i);

        if (event != NULL && event->event->text != NULL &&
            strstr(event->event->text, words) != NULL)
            return TRUE;
    }
    return FALSE;
}

/* No row of the ladder, and no words of an event, from the hidden ones on. */
static void
expect_hidden(const Shown *it, const char *screen)
{
    const ViewQuestion *question = it->view->predict->question;
    guint64 hidden = view_model_entry(it->model, question->hidden)->seq;
    g_auto(GStrv) rows = g_strsplit(screen, "\n", -1);

    for (guint i = 3; rows[i] != NULL && strstr(rows[i], "PREDICT") == NULL; i++)
        if (strlen(rows[i]) > 6)
            g_assert_cmpuint(g_ascii_strtoull(rows[i] + 2, NULL, 10), <, hidden);
    for (guint i = question->hidden; i <= question->outcome; i++) {
        g_autoptr(ViewEvent) event = view_model_load(it->model, i);
        g_autofree char *words =
            g_utf8_substring(event->event->text, 0, MIN(24, g_utf8_strlen(event->event->text, -1)));

        if (strstr(screen, words) != NULL && !is_said_anyway(it, question, words))
            g_error("seq %" G_GUINT64_FORMAT " is seen before the answer: %s\n%s",
                    event->event->seq, words, screen);
    }
}

/* Right, wrong and passed over in turn. */
static void
answer(Shown *it, guint turn)
{
    const ViewQuestion *question = it->view->predict->question;
    guint64 seq = question->seq;
    guint chosen = turn % 3 == 0 ? question->right : (question->right + 1) % question->count;
    g_autofree char *screen = NULL;

    if (turn % 3 == 2) {
        view_press(it->view, VIEW_KEY_ESCAPE);
        g_assert_cmpuint(view_current(it->view)->seq, ==, seq);
        return;
    }
    view_press(it->view, (turn % 2 == 0 ? '1' : 'a') + chosen);
    g_assert_true(view_is_told(it->view));
    g_assert_cmpuint(view_current(it->view)->seq, ==, seq);
    screen = draw(it->view, turn % G_N_ELEMENTS(sizes));
    g_assert_nonnull(strstr(screen, turn % 3 == 0 ? "Right:" : "Not so."));
}

static guint
walk(Shown *it)
{
    guint asked = 0;

    view_press(it->view, 'p');
    for (guint turn = 0; turn < 5000; turn++) {
        if (view_is_asked(it->view)) {
            g_autofree char *screen = draw(it->view, asked % G_N_ELEMENTS(sizes));

            expect_hidden(it, screen);
            answer(it, asked++);
        } else if (view_is_at_end(it->view) && !view_is_told(it->view)) {
            break;
        } else {
            view_press(it->view, turn % 7 == 0 ? 's' : turn % 11 == 0 ? 'o' : ' ');
        }
    }
    return asked;
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

/* ---- a world that is held ---- */

/* One line more of the journal, as a server writes that was told to step. */
static gboolean
grow(Shown *it, const char **rest)
{
    const char *end = strchr(*rest, '\n');
    FILE *file;

    if (end == NULL)
        return FALSE;
    file = fopen(it->path, "a");
    fwrite(*rest, 1, end + 1 - *rest, file);
    fclose(file);
    *rest = end + 1;
    view_model_read(it->model, 1 << 20);
    it->view->held_at = view_model_entry(it->model, view_model_count(it->model) - 1)->seq;
    return TRUE;
}

/* What the server was told is done. FALSE: nothing more comes. */
static gboolean
obey(Shown *it, const char **rest)
{
    gboolean grown = TRUE;
    ViewOrder *order = g_queue_pop_head(&it->view->orders);

    if (order == NULL)
        return TRUE;
    do {
        grown = grow(it, rest);
    } while (grown && strcmp(order->command, "next") == 0 &&
             !view_model_entry(it->model, view_model_count(it->model) - 1)->worth);
    view_order_free(order);
    view_update(it->view);
    return grown;
}

static guint
live(const char *scenario, guint key)
{
    const char *text = journal_of(scenario);
    const char *rest = strchr(strchr(text, '\n') + 1, '\n') + 1;
    Shown it = shown_open(text, rest - text);
    guint asked = 0;

    it.view->live = it.view->held = it.view->controls = TRUE;
    it.view->held_at = 1;
    view_update(it.view);
    view_press(it.view, 'p');
    for (guint turn = 0; turn < 10000; turn++) {
        if (view_is_asked(it.view)) {
            g_autofree char *screen = draw(it.view, asked % 2);

            expect_hidden(&it, screen);
            answer(&it, asked++);
        } else if (g_queue_is_empty(&it.view->orders)) {
            view_press(it.view, key);
        }
        if (!obey(&it, &rest))
            break;
    }
    shown_close(&it);
    return asked;
}

static guint
recorded(const char *scenario)
{
    Shown it = shown_open(journal_of(scenario), -1);
    guint asked = walk(&it);

    shown_close(&it);
    return asked;
}

static void
test_live(void)
{
    static const char *const some[] = { "remote", "unknown-user", "refused", "greylist", NULL };

    g_test_summary("a world that is held at each event asks the same, and shows as little");
    for (const char *const *name = some; *name != NULL; name++) {
        guint expected = recorded(*name);

        g_test_message("%s", *name);
        g_assert_cmpuint(live(*name, 's'), ==, expected);
        g_assert_cmpuint(live(*name, ' '), ==, expected);
    }
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

/* ---- kept for a lab ---- */

/* A work folder with a state folder in it; @file: predictions.txt, or NULL for a lab that does not
 * ask. Returns the state folder. */
static char *
work_folder(const char *file)
{
    g_autofree char *work = g_dir_make_tmp("glasspost-test-XXXXXX", NULL);
    g_autofree char *id = g_build_filename(work, "id", NULL);
    g_autofree char *kept = g_build_filename(work, "predictions.txt", NULL);
    char *state = g_build_filename(work, "state", NULL);

    g_assert_cmpint(g_mkdir(state, 0700), ==, 0);
    g_assert_true(g_file_set_contents(id, "example\n", -1, NULL));
    if (file != NULL)
        g_assert_true(g_file_set_contents(kept, file, -1, NULL));
    return state;
}

/* Each answer is a line, as the viewer knows them: right, wrong, passed in turn. */
static void
expect_kept(const Shown *it, const char *path, guint asked)
{
    static const char *const words[] = { "right", "wrong", "passed" };
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    lines = g_strsplit(text, "\n", -1);
    g_assert_cmpstr(lines[0], ==, "# a comment");
    g_assert_cmpuint(g_strv_length(lines), ==, 1 + asked + 1);
    for (guint i = 0; i < asked; i++) {
        guint64 seq = g_ascii_strtoull(lines[1 + i], NULL, 10);
        guint index;
        g_autofree char *line = NULL;

        g_assert_true(view_model_find(it->model, seq, &index));
        line = g_strdup_printf("%" G_GUINT64_FORMAT " %s %s", seq,
                               stage_name(view_model_entry(it->model, index)->stage), words[i % 3]);
        g_assert_cmpstr(lines[1 + i], ==, line);
    }
}

static void
test_kept(void)
{
    g_test_summary("the answers are kept, a line each, where a lab's work folder asks for it");
    g_autofree char *state = work_folder("# a comment\n");
    g_autofree char *work = g_path_get_dirname(state);
    g_autofree char *kept = g_build_filename(work, "predictions.txt", NULL);
    g_autofree char *segment = g_build_filename(state, "journal-0001.ndjson", NULL);
    Shown it = shown_open(journal_of("remote"), -1);

    view_ask_keep(it.view, state);
    g_assert_cmpstr(it.view->predict->kept, ==, kept);
    g_assert_true(g_file_set_contents(segment, "", 0, NULL));
    view_ask_keep(it.view, segment);
    g_assert_cmpstr(it.view->predict->kept, ==, kept);
    expect_kept(&it, kept, walk(&it));
    shown_close(&it);
    remove_folder(work);
}

static void
test_not_kept(void)
{
    g_test_summary("nothing is written where nobody asks, and through no link");
    g_autofree char *state = work_folder(NULL);
    g_autofree char *work = g_path_get_dirname(state);
    g_autofree char *kept = g_build_filename(work, "predictions.txt", NULL);
    g_autofree char *id = g_build_filename(work, "id", NULL);
    g_autofree char *text = NULL;
    Shown it = shown_open(journal_of("remote"), -1);

    view_ask_keep(it.view, state);
    g_assert_null(it.view->predict->kept);
    g_assert_cmpint(symlink(id, kept), ==, 0);
    view_ask_keep(it.view, state);
    g_assert_null(it.view->predict->kept);
    it.view->predict->kept = g_strdup(kept); /* it was put there afterwards */
    walk(&it);
    g_assert_null(it.view->predict->kept);
    g_assert_true(g_file_get_contents(id, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "example\n");
    g_unlink(kept);
    g_assert_true(g_file_set_contents(kept, "", 0, NULL));
    g_unlink(id);
    view_ask_keep(it.view, state);
    g_assert_null(it.view->predict->kept);
    shown_close(&it);
    remove_folder(work);
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
    g_test_add_func("/viewer/predict/live", test_live);
    g_test_add_func("/viewer/predict/screens", test_screens);
    g_test_add_func("/viewer/predict/kept", test_kept);
    g_test_add_func("/viewer/predict/not-kept", test_not_kept);
    return g_test_run();
}
