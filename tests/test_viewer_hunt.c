/* tests/test_viewer_hunt.c - what an event matches, and searches that go on in slices. */
#include <glib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "trace/viewer/hunt.h"
#include "trace/viewer/keys.h"
#include "trace/viewer/match.h"

/* So many events, each of which takes a parser, are more than one slice. */
#define MANY 4000

static const char *const journals[] = { "tests/journals/remote.ndjson",
                                        "tests/journals/unknown-user.ndjson",
                                        "tests/journals/hostile.ndjson" };

static ViewModel *
open_journal(const char *path)
{
    ViewModel *model = view_model_open(path, NULL);

    while (view_model_read(model, 1 << 20))
        ;
    return model;
}

/* What the filter says of the whole event, as the server's gate would have asked it. */
static gboolean
matches_parsed(const ViewModel *model, guint index, const TraceFilter *filter)
{
    g_autoptr(ViewEvent) event = view_model_load(model, index);

    return event != NULL && trace_filter_matches(filter, event->event);
}

static void
compare_all(const ViewModel *model, const char *text)
{
    g_autoptr(TraceFilter) filter = trace_filter_parse(text, NULL);

    g_assert_nonnull(filter);
    for (guint i = 0; i < view_model_count(model); i++) {
        if (view_matches(model, i, filter) != matches_parsed(model, i, filter))
            g_error("%s: entry %u", text, i);
    }
}

static void
test_same_answer(void)
{
    g_test_summary("by entry, by line or by parser, the answer is the same");
    static const char *const filters[] = {
        "stage=dns",
        "stage!=dns",
        "kind=wire code>=300",
        "host=mx.south.example",
        "host=",
        "journey=",
        "journey=j1 carol",
        "session~relay",
        "user~alice",
        "carol",
        "text~\"is ours\"",
        "rfc~\"RFC 5321\"",
        "at~smtp/",
        "seq>=40",
        "seq<20 stage=sender",
        "cause=1",
        "cause>=80",
        "code=250",
        "code!=250",
        "label=MAIL",
        "label~\"account\"",
        "local=false",
        "params~alice",
        "missing=",
        "lines~PIPELINING",
        "outcome=remote",
        "branch=1",
        "",
    };

    for (guint i = 0; i < G_N_ELEMENTS(journals); i++) {
        g_autoptr(ViewModel) model = open_journal(journals[i]);

        for (guint f = 0; f < G_N_ELEMENTS(filters); f++)
            compare_all(model, filters[f]);
    }
}

static void
test_line(void)
{
    g_test_summary(
        "a line in the plain form is read without a parser; its texts end where they do");
    char line[] =
        "{\"seq\":2,\"time\":\"x\",\"host\":\"a.example\",\"text\":\"t, u\",\"later\":[\"}\"],"
        "\"data\":{\"code\":250,\"text\":\"not this\"},\"twin\":1}\n";
    TraceEvent event = { 0 };

    g_assert_true(view_line_read(line, strlen(line), &event));
    g_assert_cmpstr(event.host, ==, "a.example");
    g_assert_cmpstr(event.text, ==, "t, u");
    g_assert_cmpstr(event.data, ==, "{\"code\":250,\"text\":\"not this\"}");
    g_assert_null(event.rfc);
}

static void
test_line_refused(void)
{
    g_test_summary("what is not in the plain form is left to the parser, cut anywhere too");
    static const char whole[] = "{\"seq\":2,\"text\":\"t\",\"data\":{\"a\":[1,\"}\"]}}";
    static const char *const others[] = {
        "",    "{",       "{}",         "[]",      "{\"a\": 1}",         "{\"text\":\"a\\\"b\"}",
        "{,}", "{\"a\"}", "{\"a\":1}x", "{'a':1}", "{\"data\":{/*}*/}}", "{\"a\\\"\":1}",
    };

    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *line = g_strdup(others[i]);
        TraceEvent event = { 0 };

        g_assert_false(view_line_read(line, strlen(line), &event));
    }
    for (gsize cut = 0; cut < strlen(whole); cut++) {
        /* No NUL behind it: a step too far is seen by the sanitizer. */
        g_autofree char *line = g_memdup2(whole, MAX(cut, 1));
        TraceEvent event = { 0 };

        g_assert_false(view_line_read(line, cut, &event));
    }
}

/* ---- in slices ---- */

typedef struct Fixture {
    char *path;
    ViewModel *model;
    View *view;
} Fixture;

static void
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    int file = g_file_open_tmp("viewer-XXXXXX", &it->path, NULL);
    FILE *out = fdopen(file, "w");

    fprintf(out, "{\"journal\":1}\n");
    /* The spaces are what takes the parser. */
    for (guint i = 1; i <= MANY; i++)
        fprintf(
            out,
            "{ \"seq\":%u, \"time\":\"2026-01-05T09:00:00.000Z\", \"host\":\"mx.north.example\", "
            "\"stage\":\"%s\", \"kind\":\"decision\", \"text\":\"%s\"}\n",
            i, i % 2 == 0 ? "dns" : "route", i == MANY ? "the last" : "one");
    fclose(out);
    it->model = open_journal(it->path);
    it->view = view_new(it->model);
    view_update(it->view);
    view_press(it->view, 'g');
    view_press(it->view, 's');
    view_press(it->view, 'S');
}

static void
tear_down(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    view_free(it->view);
    view_model_free(it->model);
    g_unlink(it->path);
    g_free(it->path);
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
test_search(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a long search goes on turn by turn, says how far it is, and keys are heard");
    press(it, "/last\n");
    g_assert_nonnull(it->view->hunt);
    g_assert_cmpuint(here(it), ==, 1);
    g_assert_nonnull(strstr(it->view->notice, "Searching: "));
    g_assert_nonnull(strstr(it->view->notice, "%"));
    press(it, "ss2");
    g_assert_cmpuint(here(it), ==, 3);
    g_assert_cmpuint(it->view->pane, ==, VIEW_WIRE);
    view_hunt_finish(it->view);
    g_assert_cmpuint(here(it), ==, MANY);
    g_assert_false(view_hunt_turn(it->view));
    press(it, "N");
    view_hunt_finish(it->view);
    g_assert_nonnull(strstr(it->view->notice, "Not found above: last"));
}

static void
test_give_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("Esc gives a search up, and only that; a new one takes the place of the old");
    press(it, "/last\n");
    press(it, "z");
    view_press(it->view, VIEW_KEY_ESCAPE);
    g_assert_null(it->view->hunt);
    g_assert_true(it->view->zoom);
    g_assert_cmpuint(here(it), ==, 1);
    view_press(it->view, VIEW_KEY_ESCAPE);
    g_assert_false(it->view->zoom);
    press(it, "/last\n/seq=2\n");
    g_assert_null(it->view->hunt);
    g_assert_cmpuint(here(it), ==, 2);
    /* Left in the middle of it: nothing is lost or leaked. */
    press(it, "ftext~last\n");
    g_assert_nonnull(it->view->hunt);
}

static void
test_filter(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a filter's ladder is shown when it is whole; Esc keeps the old one");
    press(it, "ftext~last\n");
    g_assert_nonnull(it->view->hunt);
    g_assert_null(it->view->filter);
    g_assert_cmpuint(view_track_count(it->view->track), ==, MANY);
    view_press(it->view, VIEW_KEY_ESCAPE);
    g_assert_null(it->view->filter);
    press(it, "ftext~last\n");
    view_hunt_finish(it->view);
    g_assert_cmpuint(view_track_count(it->view->track), ==, 1);
    g_assert_nonnull(strstr(it->view->notice, "matches"));
    press(it, "f\025\n");
    view_hunt_finish(it->view);
    g_assert_cmpuint(view_track_count(it->view->track), ==, MANY);
    g_assert_nonnull(strstr(it->view->notice, "All events"));
}

static void
test_filter_by_entry(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("what the entries decide is not read again: the file may be gone");
    g_unlink(it->path);
    press(it, "fstage=dns\n");
    view_hunt_finish(it->view);
    g_assert_cmpuint(view_track_count(it->view->track), ==, MANY / 2);
}

static void
test_run(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a run to a breakpoint goes on in slices too, and without one to the end");
    press(it, "b\025text~last\nc");
    g_assert_nonnull(it->view->hunt);
    g_assert_nonnull(strstr(it->view->notice, "Running: "));
    view_hunt_finish(it->view);
    g_assert_cmpuint(here(it), ==, MANY);
    press(it, "gBc");
    view_hunt_finish(it->view);
    g_assert_cmpuint(here(it), ==, MANY);
}

static void
test_save(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a long ladder is saved in slices; given up, no half of it is left");
    g_autofree char *path = g_strconcat(it->path, ".txt", NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    press(it, "G");
    view_hunt_save(it->view, path);
    g_assert_nonnull(it->view->hunt);
    g_assert_nonnull(strstr(it->view->notice, "Saving: "));
    g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
    view_press(it->view, VIEW_KEY_ESCAPE);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    view_hunt_save(it->view, path);
    view_hunt_finish(it->view);
    g_assert_nonnull(strstr(it->view->notice, "Saved: 4000 events"));
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    lines = g_strsplit(text, "\n", 0);
    g_assert_cmpuint(g_strv_length(lines), ==, MANY + 1);
    /* Never over a file that is there. */
    view_hunt_save(it->view, path);
    g_assert_null(it->view->hunt);
    g_assert_nonnull(strstr(it->view->notice, "Not written"));
    g_unlink(path);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/viewer/match/same-answer", test_same_answer);
    g_test_add_func("/viewer/match/line", test_line);
    g_test_add_func("/viewer/match/line-refused", test_line_refused);
    g_test_add("/viewer/hunt/search", Fixture, NULL, set_up, test_search, tear_down);
    g_test_add("/viewer/hunt/give-up", Fixture, NULL, set_up, test_give_up, tear_down);
    g_test_add("/viewer/hunt/filter", Fixture, NULL, set_up, test_filter, tear_down);
    g_test_add("/viewer/hunt/filter-by-entry", Fixture, NULL, set_up, test_filter_by_entry,
               tear_down);
    g_test_add("/viewer/hunt/run", Fixture, NULL, set_up, test_run, tear_down);
    g_test_add("/viewer/hunt/save", Fixture, NULL, set_up, test_save, tear_down);
    return g_test_run();
}
