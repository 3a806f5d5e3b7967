/* tests/test_viewer_stages.c - each stage of the journey as a learner meets it: a demo scenario is
 * run in the simulated network, its journal is cut after the event that tells most of the stage,
 * and what the viewer then shows is what it shows of a world that is held there.
 *
 *   scenario > journal > cut after the event > 80x24 and 120x40, UTF-8 and ASCII > stage-NAME.txt
 *
 * After a change that is meant, `make screens` writes the screens anew. Look at each of them (git
 * diff tests/screens) before you commit it.
 */
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "app/run.h"
#include "tests/folder.h"
#include "trace/viewer/draw.h"
#include "trace/viewer/keys.h"

typedef struct Shown {
    Stage stage;
    const char *scenario;
    const char *event;   /* a filter: the first that matches is the one held at */
    const char *why;     /* "a;b": what the pane Why must say of it, */
    const char *changed; /* and the pane Changed */
} Shown;

/* Beside the saved screens, so that what a stage has to teach is not lost in one of them. */
/* clang-format off */
static const Shown shown[] = {
    { STAGE_CONNECT,   "remote",       "stage=connect kind=decision", "submission port;220", "connect" },
    { STAGE_SENDER,    "remote",       "stage=sender kind=decision journey=j1", "alice@north.example;550 5.7.1", "sender" },
    { STAGE_SPLIT,     "remote",       "stage=split kind=decision", "user carol;domain south.example", "split" },
    { STAGE_ROUTE,     "remote",       "stage=route kind=decision", "south.example is not ours;550 5.7.1", "route;remote" },
    { STAGE_RECIPIENT, "remote",       "stage=recipient kind=decision", "carol@south.example;alias;550 5.1.1", "recipient" },
    { STAGE_DNS,       "remote",       "stage=dns kind=decision", "south.example;preference;NXDOMAIN;null MX", "10 mx.south.example" },
    { STAGE_FILTER,    "junk",         "stage=filter outcome=junk", "lottery;550 5.7.1", "junk" },
    { STAGE_STORE,     "remote",       "stage=store kind=decision", "250;responsible;451 4.3.0", "queue 1;messages 1" },
    { STAGE_QUEUE,     "remote",       "stage=queue kind=decision", "carol@south.example;due", "queue 1" },
    { STAGE_RELAY,     "remote",       "stage=relay kind=decision text~taken", "mx.south.example;250", "attempts 1" },
    { STAGE_RETRY,     "retry",        "stage=retry tries=1 kind=timer", "5 minutes;2026-01-10", "next_attempt=2026-01-05T09:05" },
    { STAGE_BOUNCE,    "unknown-user", "stage=bounce kind=decision", "zoe@south.example;no such user;<>;message/delivery-status", "bounce" },
    { STAGE_DELIVER,   "remote",       "stage=deliver kind=decision", "INBOX;UID 1", "entries 1;uid=1" },
    { STAGE_ARCHIVE,   "archive",      "stage=archive", "contract;not kept", "archive 1;INSERT INTO archive" },
    { STAGE_PICKUP,    "pop3",         "stage=pickup kind=sql text~INBOX", "POP3;IMAP;UID 1", "DELETE FROM;uid=1" },
};

static const struct { int width, height; gboolean ascii; } sizes[] = {
    { 80, 24, FALSE }, { 120, 40, FALSE }, { 80, 24, TRUE }, { 120, 40, TRUE },
};
/* clang-format on */

/* ---- a world that stands still ---- */

typedef struct Held {
    TraceFilter *filter;
    guint64 seq; /* the event it is held at; 0: not met yet */
    char *path;  /* the source that made it */
    char *journal;
    ViewModel *model;
    View *view;
    ViewSource sources[2];
} Held;

static void
watch(const TraceEvent *event, void *data)
{
    Held *held = data;
    g_autoptr(ViewPlace) place = NULL;

    if (held->seq > 0 || !trace_filter_matches(held->filter, event))
        return;
    held->seq = event->seq;
    place = view_place_parse(event->at);
    held->path = g_strdup(place->path);
}

/* Runs the scenario to its end; returns its journal as text. */
static char *
run_scenario(const Shown *it, Held *held)
{
    g_autofree char *overlay = g_strdup_printf("labs/demo/scenarios/%s.ini", it->scenario);
    g_autofree char *state = folder_new();
    g_autofree char *path = g_build_filename(state, "journal-0001.ndjson", NULL);
    g_autoptr(GError) error = NULL;
    AppWorldFile *file = app_world_load("labs/demo/world.ini", overlay, &error);
    AppRunOptions options = { .sink = watch, .sink_data = held };
    AppRun *run;
    char *text = NULL;

    g_assert_no_error(error);
    g_free(file->state);
    file->state = g_strdup(state);
    file->network = APP_NETWORK_SIMULATED;
    run = app_run_new(file, &options, &error);
    g_assert_no_error(error);
    app_run_loop(run, TRUE);
    app_run_free(run);
    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    folder_remove(state);
    return text;
}

/* The header and the events up to the one held at. The lines of C that made them are all called
 * line 2: the screens are not to change with every edit of the sources. */
static char *
cut_journal(const char *text, guint64 seq)
{
    g_autoptr(GRegex) line = g_regex_new("(\"at\":\"[^\":]+):[0-9]+:", 0, 0, NULL);
    const char *end = text;
    g_autofree char *cut = NULL;

    for (guint64 lines = 0; lines <= seq; lines++) {
        end = strchr(end, '\n');
        g_assert_nonnull(end);
        end++;
    }
    cut = g_strndup(text, (gsize)(end - text));
    return g_regex_replace(line, cut, -1, 0, "\\1:2:", 0, NULL);
}

static void
held_open(Held *held, const Shown *it)
{
    g_autofree char *text = NULL;
    g_autofree char *cut = NULL;

    held->filter = trace_filter_parse(it->event, NULL);
    text = run_scenario(it, held);
    if (held->seq == 0)
        g_error("%s: no event matches %s", it->scenario, it->event);
    cut = cut_journal(text, held->seq);
    g_close(g_file_open_tmp("viewer-XXXXXX", &held->journal, NULL), NULL);
    g_assert_true(g_file_set_contents(held->journal, cut, -1, NULL));
    held->model = view_model_open(held->journal, NULL);
    while (view_model_read(held->model, 1 << 20))
        ;
    held->sources[0].path = held->path;
    held->sources[0].text = "/* A stand-in, so that the screens stay. */\nthe line that told;\n";
    held->view = view_new(held->model);
    held->view->sources = held->sources;
    held->view->live = held->view->held = held->view->controls = TRUE;
    held->view->held_at = held->seq;
    held->view->page = VIEW_NO_PAGE;
    held->view->welcome = FALSE;
    view_update(held->view);
}

static void
held_close(Held *held)
{
    view_free(held->view);
    view_model_free(held->model);
    trace_filter_free(held->filter);
    g_unlink(held->journal);
    g_free(held->journal);
    g_free(held->path);
}

/* ---- what is seen there ---- */

static char *
draw(const View *view, int width, int height, gboolean ascii)
{
    g_autoptr(ViewScreen) screen = view_screen_new(width, height, ascii);

    view_draw(view, screen);
    return view_screen_text(screen);
}

static void
expect_saved(const char *name, const char *drawn)
{
    g_autofree char *path = g_strdup_printf("tests/screens/stage-%s.txt", name);
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

/* The pane on the whole of a large screen says each of @words. */
static void
expect_pane(View *view, char key, const char *words)
{
    g_auto(GStrv) each = g_strsplit(words, ";", -1);
    g_autofree char *screen = NULL;

    view_press(view, (guint)key);
    view_press(view, 'z');
    screen = draw(view, 120, 40, FALSE);
    for (char **word = each; *word != NULL; word++)
        if (strstr(screen, *word) == NULL) {
            g_test_message("pane %c does not say \"%s\":\n%s", key, *word, screen);
            g_test_fail();
        }
    view_press(view, 'z');
    view_press(view, '1');
}

static void
test_stage(gconstpointer data)
{
    const Shown *it = data;
    g_autoptr(GString) screens = g_string_new(NULL);
    Held held = { 0 };

    g_test_summary("held at this stage, the screens are those that were saved, at every size");
    held_open(&held, it);
    g_assert_cmpint(view_mode(held.view), ==, VIEW_STEP);
    g_assert_cmpint(view_current(held.view)->stage, ==, it->stage);
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *screen = draw(held.view, sizes[i].width, sizes[i].height, sizes[i].ascii);

        g_string_append_printf(screens, "%s held at %s, %dx%d, %s\n%s\n", it->scenario, it->event,
                               sizes[i].width, sizes[i].height, sizes[i].ascii ? "ASCII" : "UTF-8",
                               screen);
    }
    expect_saved(stage_name(it->stage), screens->str);
    expect_pane(held.view, '1', it->why);
    expect_pane(held.view, '3', it->changed);
    held_close(&held);
}

static void
test_all_stages(void)
{
    g_test_summary("no stage of the journey is without its screens");
    for (guint i = 0; i < G_N_ELEMENTS(shown); i++)
        g_assert_cmpint(shown[i].stage, ==, STAGE_CONNECT + (int)i);
    g_assert_cmpuint(G_N_ELEMENTS(shown), ==, STAGES - STAGE_CONNECT);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/viewer/stages/all", test_all_stages);
    for (guint i = 0; i < G_N_ELEMENTS(shown); i++) {
        g_autofree char *name = g_strdup_printf("/viewer/stages/%s", stage_name(shown[i].stage));

        g_test_add_data_func(name, &shown[i], test_stage);
    }
    return g_test_run();
}
