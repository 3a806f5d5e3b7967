/* tests/test_viewer_whatif.c - :whatif in the viewer: a cursor on both runs, and the way into either.
 *
 * The runs are a sample journal and a copy of it in which some words differ; nothing is run again here
 * (tests/test_whatif.c does that, tests/test_whatif.py with a terminal).
 */
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "trace/viewer/hunt.h"
#include "trace/viewer/keys.h"
#include "trace/viewer/whatif_both.h"

#define SAMPLE "tests/journals/remote.ndjson"

typedef struct Fixture {
    TraceFleeting *fleeting; /* goes to the view with both runs */
    char *folder;
    char *text; /* of the sample */
    ViewModel *model;
    View *view;
} Fixture;

static void
write_run(Fixture *it, const char *name, const char *text)
{
    g_autofree char *folder = g_build_filename(it->folder, name, NULL);
    g_autofree char *path = g_build_filename(folder, "journal-0001.ndjson", NULL);

    g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    it->fleeting = trace_fleeting_new(NULL);
    it->folder = g_strdup(trace_fleeting_path(it->fleeting));
    g_assert_true(g_file_get_contents(SAMPLE, &it->text, NULL, NULL));
    it->model = view_model_open(SAMPLE, NULL);
    while (view_model_read(it->model, 1 << 20))
        ;
    it->view = view_new(it->model);
    view_update(it->view);
    view_press(it->view, 's');
}

static void
tear_down(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    view_free(it->view);
    view_model_free(it->model);
    g_assert_false(g_file_test(it->folder, G_FILE_TEST_EXISTS)); /* both runs went with the view */
    g_free(it->folder);
    g_free(it->text);
}

static char *
draw(Fixture *it, int width, int height)
{
    g_autoptr(ViewScreen) screen = view_screen_new(width, height, FALSE);

    view_settle(it->view, width, height);
    view_draw(view_seen(it->view), screen);
    return view_screen_text(screen);
}

/* The other run says @new where the sample says @old. */
static void
open_runs(Fixture *it, const char *old, const char *new)
{
    g_autoptr(GString) other = g_string_new(it->text);

    g_assert_cmpuint(g_string_replace(other, old, new, 0), >, 0);
    write_run(it, "before", it->text);
    write_run(it, "after", other->str);
    g_assert_true(view_whatif_open(it->view, it->fleeting, "fault some-fault", ""));
    g_free(draw(it, 80, 24));
}

/* Keys, each followed by a screen, as it is in the viewer. */
static void
type(Fixture *it, const char *keys)
{
    for (; *keys != '\0'; keys++) {
        view_press(it->view, (guchar)*keys);
        view_hunt_finish(view_seen(it->view));
        g_free(draw(it, 80, 24));
    }
}

static void
expect(Fixture *it, int width, int height, const char *words)
{
    g_autofree char *drawn = draw(it, width, height);

    if (strstr(drawn, words) == NULL)
        g_error("'%s' is not in:\n%s", words, drawn);
}

/* The cursor's event of that run. */
static const ViewEntry *
chosen(Fixture *it, guint side)
{
    const ViewWhatif *both = it->view->both;
    const ViewWhatifStop *stop = &g_array_index(both->runs.stops, ViewWhatifStop, both->stop);

    return view_model_entry(both->models[side], stop->entries[side]);
}

#define OTHER "is not ours", "is nobody's"

static void
test_cursor(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("both runs, and a cursor on the first event that differs, in each of them");
    open_runs(it, OTHER);
    expect(it, 80, 24, ">> There they part:");
    expect(it, 80, 24, "\n >  as it was: event ");
    expect(it, 80, 24, "as it was, on your ladder; W comes back here.");
    g_assert_nonnull(chosen(it, 0));
    type(it, "j");
    expect(it, 80, 24, "\n >  what if: event ");
    expect(it, 80, 24, "of the other run, to walk on in it; Esc comes back here.");
    type(it, "k");
    expect(it, 120, 40, "\n >  as it was: event ");
    type(it, "q");
    g_assert_cmpuint(it->view->page, ==, VIEW_NO_PAGE);
}

static void
test_rows(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    const ViewWhatifStop *stop;

    g_test_summary("Down comes to every row; Left and Right, or Tab, choose the run");
    open_runs(it, OTHER);
    for (guint i = 0; i < 500; i++)
        type(it, "j");
    g_assert_cmpuint(it->view->both->stop, ==, it->view->both->runs.stops->len - 1);
    type(it, "g");
    g_assert_cmpuint(it->view->both->stop, ==, 0);
    for (guint i = 0; i < 500 && it->view->both->stop != 2; i++)
        type(it, "j");
    stop = &g_array_index(it->view->both->runs.stops, ViewWhatifStop, 2);
    g_assert_false(stop->across);
    expect(it, 80, 24, "*>09:00:00");
    view_press(it->view, VIEW_KEY_RIGHT);
    expect(it, 80, 24, " of the other run");
    view_press(it->view, '\t');
    expect(it, 80, 24, " as it was, on your ladder");
    view_press(it->view, VIEW_KEY_RIGHT);
    view_press(it->view, VIEW_KEY_LEFT);
    expect(it, 80, 24, " as it was, on your ladder");
    type(it, "G");
    g_assert_cmpuint(it->view->both->stop, ==, it->view->both->runs.stops->len - 1);
}

static void
test_home(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    guint64 seq;

    g_test_summary("Enter on what was goes to that event of the recording; W comes back");
    open_runs(it, OTHER);
    seq = chosen(it, 0)->seq;
    type(it, "\n");
    g_assert_true(view_seen(it->view) == it->view);
    g_assert_cmpuint(it->view->page, ==, VIEW_NO_PAGE);
    g_assert_cmpuint(view_current(it->view)->seq, ==, seq);
    expect(it, 80, 24, "W: to both runs again.");
    type(it, "W");
    g_assert_cmpuint(it->view->page, ==, VIEW_WHATIF);
    expect(it, 80, 24, "\n >  as it was: event ");
    /* On the ladder of a message that does not have it, that of all is shown. */
    type(it, "q");
    view_choose(it->view, "j1");
    type(it, "gW\n");
    g_assert_cmpuint(view_current(it->view)->seq, ==, seq);
}

static void
test_walk(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    guint row = it->view->cursor;
    View *walk;
    guint64 seq;

    g_test_summary(
        "Enter on the other run opens it at that event; Esc comes back to both, then home");
    open_runs(it, OTHER);
    type(it, "j");
    seq = chosen(it, 1)->seq;
    type(it, "\n");
    walk = view_seen(it->view);
    g_assert_true(walk != it->view);
    g_assert_cmpuint(view_current(walk)->seq, ==, seq);
    expect(it, 80, 24, "Glasspost WHAT-IF  j1");
    expect(it, 80, 24, "This is the other run, with the change. Esc: back to both runs.");
    expect(it, 120, 40, "is nobody's");
    type(it, "s2");
    g_assert_cmpuint(view_current(walk)->seq, >, seq);
    expect(it, 80, 24, "[2 Wire]");
    type(it, "?\033"); /* Esc closes what lies open first */
    g_assert_true(view_seen(it->view) == walk);
    type(it, ":whatif without 1\n");
    g_assert_nonnull(strstr(walk->notice, "asked of your own run"));
    type(it, "\033");
    g_assert_true(view_seen(it->view) == it->view);
    g_assert_cmpuint(it->view->page, ==, VIEW_WHATIF);
    expect(it, 80, 24, "\n >  what if: event ");
    type(it, "\033");
    g_assert_cmpuint(it->view->page, ==, VIEW_NO_PAGE);
    g_assert_cmpuint(it->view->cursor, ==, row);
}

static void
test_ways_back(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("out of the other run: W and q, too; Ctrl-C leaves all");
    open_runs(it, OTHER);
    type(it, "j\nW");
    g_assert_true(view_seen(it->view) == it->view);
    type(it, "\nq");
    g_assert_true(view_seen(it->view) == it->view);
    g_assert_false(it->view->quit);
    type(it, "\n/W\033"); /* a W that is typed is a letter */
    g_assert_true(view_seen(it->view) != it->view);
    type(it, "\003");
    g_assert_true(it->view->quit);
}

static void
test_not_in_recording(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GString) text = g_string_new(it->text);
    g_autoptr(GString) other = g_string_new(it->text);

    g_test_summary("an event that the recording does not have is shown in the run as it was");
    g_string_replace(text, "SPLIT", "split", 0);
    g_string_replace(text, "is not ours", "is not of ours", 0);
    g_string_replace(other, "is not ours", "is nobody's", 0);
    write_run(it, "before", text->str);
    write_run(it, "after", other->str);
    g_assert_true(
        view_whatif_open(it->view, it->fleeting, "without 9", "The recording is another."));
    expect(it, 80, 24, "The recording is another.");
    type(it, "\n");
    expect(it, 80, 24, "Glasspost AS IT WAS  j1");
    expect(it, 80, 24, "This is the run as it was, without the change.");
}

static void
test_nothing(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(
        "where nothing differs there is nothing to choose; where nothing ran, W says so");
    type(it, "W");
    g_assert_nonnull(strstr(it->view->notice, "there is no other run"));
    write_run(it, "before", it->text);
    write_run(it, "after", it->text);
    g_assert_true(view_whatif_open(it->view, it->fleeting, "without 9", ""));
    expect(it, 80, 24, "Nothing changes");
    type(it, "jjGg\n");
    g_assert_nonnull(strstr(it->view->notice, "No event is chosen here"));
}

static void
test_sizes(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("no size does harm, and the page is laid out anew for each");
    open_runs(it, OTHER);
    for (int width = 1; width < 140; width += 7)
        for (int height = 1; height < 50; height += 6) {
            type(it, "jj");
            g_free(draw(it, width, height));
            view_press(it->view, 'k');
        }
    type(it, "g");
    expect(it, 120, 40, "as it was, on your ladder");
    g_assert_cmpint(it->view->both->runs.columns, ==, 118);
}

static void
test_gone(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("runs that can't be read: that is said, and the page before stays");
    g_assert_false(view_whatif_open(it->view, it->fleeting, "without 9", ""));
    g_assert_nonnull(strstr(it->view->notice, "No other run: "));
    g_assert_null(it->view->both);
}

#define ADD(name, test) g_test_add("/viewer/whatif/" name, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("cursor", test_cursor);
    ADD("rows", test_rows);
    ADD("home", test_home);
    ADD("walk", test_walk);
    ADD("ways-back", test_ways_back);
    ADD("not-in-recording", test_not_in_recording);
    ADD("nothing", test_nothing);
    ADD("sizes", test_sizes);
    ADD("gone", test_gone);
    return g_test_run();
}
