/* tests/test_viewer_predict_live.c - PREDICT in a world that is held at each event, line by line; and what
 * of the answers is kept for a lab.
 */
#include <unistd.h>

#include "tests/predicting.h"

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

/* ---- kept for a lab ---- */

/* A work folder with a state folder in it; @file: predictions.txt, or NULL for a lab that does not
 * ask. Returns the state folder. */
static char *
work_folder(const char *file)
{
    g_autofree char *work = folder_new();
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
    folder_remove(work);
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
    folder_remove(work);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/viewer/predict/live", test_live);
    g_test_add_func("/viewer/predict/kept", test_kept);
    g_test_add_func("/viewer/predict/not-kept", test_not_kept);
    return g_test_run();
}
