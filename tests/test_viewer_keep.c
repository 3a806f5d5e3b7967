/* tests/test_viewer_keep.c - marks, copies, saved text, and the commands after a colon. */
#include <glib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "trace/viewer/keep.h"
#include "trace/viewer/keys.h"
#include "trace/viewer/moves.h"

#define SAMPLE "tests/journals/remote.ndjson"

typedef struct Fixture {
    ViewModel *model;
    View *view;
    char *folder;
} Fixture;

static void
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    it->folder = g_dir_make_tmp("viewer-XXXXXX", NULL);
    it->model = view_model_open(SAMPLE, NULL);
    it->view = view_new(it->model);
    while (view_model_read(it->model, 1 << 20))
        ;
    view_update(it->view);
    view_keep_open(it->view, it->folder);
}

static void
tear_down(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    static const char *const names[] = { "marks.txt", "copied.txt", "saved.txt" };

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(it->folder, names[i], NULL);

        g_unlink(path);
    }
    g_assert_cmpint(g_rmdir(it->folder), ==, 0);
    view_free(it->view);
    view_model_free(it->model);
    g_free(it->folder);
}

static void
press(Fixture *it, const char *keys)
{
    for (; *keys != '\0'; keys++)
        view_press(it->view, (guchar)*keys);
}

static guint64
here(const Fixture *it)
{
    return view_current(it->view)->seq;
}

static void
expect_notice(const Fixture *it, const char *part)
{
    if (it->view->notice == NULL || strstr(it->view->notice, part) == NULL)
        g_error("the notice is '%s', not '%s'", it->view->notice, part);
}

static void
expect_order(Fixture *it, const char *command)
{
    ViewOrder *order = g_queue_pop_head(&it->view->orders);

    g_assert_cmpstr(order == NULL ? "" : order->command, ==, command);
    if (order != NULL)
        view_order_free(order);
}

static char *
kept(const Fixture *it, const char *name)
{
    g_autofree char *path = g_build_filename(it->folder, name, NULL);
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static void
test_event(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(":108 goes to that event, or to the one before where the ladder has none");
    press(it, ":21\n");
    g_assert_cmpuint(here(it), ==, 21);
    press(it, ":40\n");
    g_assert_cmpuint(here(it), <=, 40);
    press(it, ":99999\n");
    g_assert_cmpuint(here(it), ==, 89);
    expect_notice(it, "not on this ladder");
    press(it, ":0\n");
    expect_notice(it, "no command");
    press(it, ":18446744073709551616\n:-3\n");
    g_assert_cmpuint(here(it), ==, 89);
}

static void
test_time(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(":time goes to the last event that had happened by then");
    press(it, ":time +3ms\n");
    g_assert_cmpuint(here(it), ==, 9);
    press(it, ":time +2s\n");
    g_assert_cmpuint(here(it), >, 60);
    g_assert_cmpuint(here(it), <, 89);
    press(it, ":time +1 h\n");
    g_assert_cmpuint(here(it), ==, 89);
    press(it, ":time -2d\n");
    g_assert_cmpuint(here(it), ==, 1);
    for (guint i = 0; i < 5; i++) {
        static const char *const wrong[] = { ":time\n", ":time x\n", ":time 1e300d\n",
                                             ":time nan\n", ":time 3 weeks\n" };

        press(it, wrong[i]);
        expect_notice(it, "needs a span");
        g_assert_cmpuint(here(it), ==, 1);
    }
}

static void
test_marks(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("marks with their notes are kept beside the journal, and found again");
    g_autofree char *text = NULL;

    press(it, "M");
    expect_notice(it, "no mark");
    press(it, ":21\n:mark who answers?\n:7\n:mark\n:9\n");
    text = kept(it, "marks.txt");
    g_assert_cmpstr(text, ==, "7 \n21 who answers?\n");
    press(it, "M");
    g_assert_cmpuint(here(it), ==, 21);
    press(it, "M");
    g_assert_cmpuint(here(it), ==, 7);
    g_ptr_array_set_size(it->view->marks, 0);
    view_keep_open(it->view, it->folder);
    g_assert_cmpstr(view_mark_note(it->view, 21), ==, "who answers?");
    g_assert_cmpstr(view_mark_note(it->view, 7), ==, "");
    press(it, ":mark\n");
    g_assert_null(view_mark_note(it->view, 7));
    /* A demo that is not kept says so before the learner relies on it. */
    it->view->fleeting = TRUE;
    press(it, ":mark\n");
    expect_notice(it, "demo --keep FOLDER");
}

static void
test_marks_hostile(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("lines of the marks that are none are passed over, at whatever octet it is cut");
    static const char hostile[] = "12 good\n-4 no\n99999999999999999999 no\n13\n14no\n\xff\xfe\n"
                                  "15 \x1b[31m \xff\n";
    g_autofree char *path = g_build_filename(it->folder, "marks.txt", NULL);

    for (gsize length = 0; length < sizeof(hostile); length++) {
        g_ptr_array_set_size(it->view->marks, 0);
        g_assert_true(g_file_set_contents(path, hostile, length, NULL));
        view_keep_open(it->view, it->folder);
        g_assert_cmpuint(it->view->marks->len, <=, 3);
    }
    g_assert_cmpuint(it->view->marks->len, ==, 3);
    g_assert_cmpstr(view_mark_note(it->view, 12), ==, "good");
    g_assert_true(g_utf8_validate(view_mark_note(it->view, 15), -1, NULL));
}

static void
test_copy(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("y copies the event and its pane, for the terminal and to a file");
    g_autofree char *text = NULL;

    press(it, ":17\n2y");
    text = kept(it, "copied.txt");
    g_assert_nonnull(strstr(text, "Which hosts take mail"));
    g_assert_nonnull(strstr(text, "Wire:"));
    g_assert_cmpstr(it->view->copied, ==, text);
    g_assert_true(it->view->copied_now);
}

static void
test_save(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("w saves what has happened so far as numbered lines, and overwrites nothing");
    g_autofree char *path = g_build_filename(it->folder, "saved.txt", NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    press(it, ":17\nw\025");
    press(it, path);
    press(it, "\n");
    text = kept(it, "saved.txt");
    lines = g_strsplit(text, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 17 + 1);
    g_assert_true(g_str_has_prefix(g_strchug(lines[16]), "17 "));
    press(it, "w\025");
    press(it, path);
    press(it, "\n");
    expect_notice(it, "there already");
    press(it, "w\025/nowhere/at/all\n");
    expect_notice(it, "Not written");
}

static void
test_world(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(":fault and :speed are asked of the server; in a recording they say why not");
    press(it, ":fault dns-timeout\n");
    expect_notice(it, "recording");
    press(it, ":speed 4\n");
    g_assert_cmpfloat(it->view->pace, ==, 4);
    expect_order(it, "");
    it->view->live = TRUE;
    it->view->controls = TRUE;
    press(it, ":fault dns-timeout host=mx.north.example\n");
    expect_order(it, "fault dns-timeout host=mx.north.example");
    press(it, ":speed 2.5\n");
    expect_order(it, "speed 2.5");
    press(it, ":speed nan\n:speed -1\n:speed 1 2\n:speed\n:fault\n:nonsense\n");
    expect_order(it, "");
    expect_notice(it, "no command");
    it->view->controls = FALSE;
    press(it, ":speed 2\n:fault dns-timeout\n");
    expect_notice(it, "another viewer");
    expect_order(it, "");
}

static void
test_switches(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(":mouse and :projector are on or off; alone they change it");
    press(it, ":mouse on\n");
    g_assert_true(it->view->mouse);
    press(it, ":mouse off\n:projector\n");
    g_assert_false(it->view->mouse);
    g_assert_true(it->view->projector);
    press(it, ":projector\n");
    g_assert_false(it->view->projector);
    press(it, ":projector maybe\n");
    expect_notice(it, "on or off");
    g_assert_false(it->view->projector);
}

static void
test_autoplay(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a goes on by itself, as fast as :speed says, until a key or the end");
    it->view->now_us = 1000;
    press(it, ":speed 2\na");
    g_assert_cmpint(view_autoplay_wait_ms(it->view), ==, 1000);
    view_autoplay_turn(it->view);
    g_assert_cmpuint(here(it), ==, 1);
    it->view->now_us += G_USEC_PER_SEC;
    view_autoplay_turn(it->view);
    g_assert_cmpuint(here(it), >, 1);
    press(it, " ");
    g_assert_false(it->view->autoplay);
    g_assert_cmpint(view_autoplay_wait_ms(it->view), ==, -1);
    press(it, "a");
    for (guint i = 0; i < 200; i++) {
        it->view->now_us += G_USEC_PER_SEC;
        view_autoplay_turn(it->view);
    }
    g_assert_cmpuint(here(it), ==, 89);
    g_assert_false(it->view->autoplay);
}

#define ADD(name, test) g_test_add("/viewer/keep/" name, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("event", test_event);
    ADD("time", test_time);
    ADD("marks", test_marks);
    ADD("marks-hostile", test_marks_hostile);
    ADD("copy", test_copy);
    ADD("save", test_save);
    ADD("world", test_world);
    ADD("switches", test_switches);
    ADD("autoplay", test_autoplay);
    return g_test_run();
}
