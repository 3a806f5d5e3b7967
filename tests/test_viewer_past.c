/* tests/test_viewer_past.c - the state at any place of a journal of many segments: what is folded
 * from the header of the place's own segment is what is folded from the very first event.
 *
 * Demo scenarios are run in the simulated network, with segments so small that one ends in the
 * middle of everything: of a transaction, of a try, of a session.
 */
#include <locale.h>
#include <string.h>

#include "app/ports.h"
#include "app/run.h"
#include "tests/folder.h"
#include "trace/viewer/fold.h"

#define SMALL 5000 /* octets; a header and some events */

/* Runs a scenario of the demo; returns the folder of its journal. */
static char *
run_scenario(const char *name, const char *script, guint64 journal_octets)
{
    g_autofree char *overlay = g_strdup_printf("labs/demo/scenarios/%s.ini", name);
    g_autoptr(GError) error = NULL;
    AppWorldFile *file = app_world_load("labs/demo/world.ini", overlay, &error);
    AppRunOptions options = { .segment_octets = SMALL };
    char *state = folder_new();

    g_assert_no_error(error);
    g_free(file->state);
    file->state = g_strdup(state);
    file->network = APP_NETWORK_SIMULATED;
    file->journal_octets = journal_octets;
    g_autoptr(AppRun) run = app_run_new(file, &options, &error);

    g_assert_no_error(error);
    if (script != NULL) {
        g_autofree char *answer = app_command(run, script, &error);

        g_assert_no_error(error);
        g_assert_nonnull(answer);
    }
    app_run_loop(run, TRUE);
    return state;
}

static ViewModel *
read_journal(const char *folder)
{
    ViewModel *model = view_model_open(folder, NULL);

    while (view_model_read(model, 1 << 20))
        ;
    return model;
}

/* ---- at every place ---- */

static char *
fold_text(const ViewModel *model, guint index)
{
    g_autoptr(ViewFold) fold = view_fold_upto(model, index, index);

    return view_fold_text(fold);
}

/* Two hosts may use the same number for a row, and a file cut into segments says as much as a whole. */
static void
compare_folds(const char *name, const ViewModel *model)
{
    guint facts = 0;
    /* A fold from the first event takes longer with each. */
    guint step = 1 + view_model_count(model) / 300;
    g_autoptr(GPtrArray) folds = view_folds_new();

    for (guint i = 0; i < view_model_count(model); i += step) {
        g_autoptr(ViewFold) near = view_fold_upto(model, i, i);
        g_autoptr(ViewFold) far = view_fold_upto(model, 0, i);
        g_autofree char *from_header = view_fold_text(near);
        g_autofree char *from_first = view_fold_text(far);

        g_assert_true(view_fold_is_founded(near));
        if (strcmp(from_header, from_first) != 0)
            g_error("%s: before event %" G_GUINT64_FORMAT
                    "\nfrom its segment's header:\n%s\nfrom the first event:\n%s",
                    name, view_model_entry(model, i)->seq, from_header, from_first);
        /* As one that was gone on with, and after a look back. */
        for (guint back = 0; back <= MIN(i, 2); back += 2) {
            g_autofree char *expected = fold_text(model, i - back);
            g_autofree char *kept = view_fold_text(view_folds_upto(folds, model, i - back));

            g_assert_cmpstr(kept, ==, expected);
        }
        facts += *from_header != '\0' ? 1 : 0;
    }
    g_assert_cmpuint(facts, >, view_model_count(model) / 3 / step);
}

static void
test_every_place(const void *name)
{
    g_test_summary("state and rows are the same, folded from the header or from the first event");
    g_autofree char *folder = run_scenario(name, NULL, G_MAXINT64);
    g_autoptr(ViewModel) model = read_journal(folder);
    guint last = view_model_count(model) - 1;

    g_assert_cmpuint(view_model_segment_begin(model, last), >, last / 2);
    compare_folds(name, model);
    folder_remove(folder);
}

static void
test_undone(const void *fault)
{
    g_test_summary("rows of a COMMIT that failed are gone again, those of a crash too");
    g_autofree char *folder = run_scenario("remote", fault, G_MAXINT64);
    g_autoptr(ViewModel) model = read_journal(folder);

    compare_folds(fault, model);
    folder_remove(folder);
}

/* ---- with the oldest gone ---- */

static void
test_dropped(void)
{
    g_test_summary("segments that are dropped take nothing from what later places show");
    g_autofree char *whole_folder = run_scenario("retry", NULL, G_MAXINT64);
    g_autofree char *cut_folder = run_scenario("retry", NULL, 60000);
    g_autoptr(ViewModel) whole = read_journal(whole_folder);
    g_autoptr(ViewModel) cut = read_journal(cut_folder);

    g_assert_cmpuint(view_model_entry(cut, 0)->seq, >, 30);
    g_assert_cmpstr(view_model_message_of(cut, "j1")->from, ==, "alice@north.example");
    g_assert_cmpstr(view_model_message_of(cut, "j1")->to, ==, "carol@south.example");
    for (guint i = 0; i < view_model_count(cut); i++) {
        guint same;

        g_assert_true(view_model_find(whole, view_model_entry(cut, i)->seq, &same));
        g_autoptr(ViewFold) of_cut = view_fold_upto(cut, 0, i);
        g_autoptr(ViewFold) of_whole = view_fold_upto(whole, 0, same);
        g_autofree char *found = view_fold_text(of_cut);
        g_autofree char *expected = view_fold_text(of_whole);

        g_assert_true(view_fold_is_founded(of_cut));
        g_assert_cmpstr(found, ==, expected);
    }
    folder_remove(whole_folder);
    folder_remove(cut_folder);
}

/* ---- after a restart ---- */

typedef struct Stopper {
    AppRun *run;
    TraceFilter *at; /* the event that ends the run */
} Stopper;

static void
stop_at(const TraceEvent *event, void *data)
{
    Stopper *stopper = data;

    if (stopper->run != NULL && trace_filter_matches(stopper->at, event))
        app_run_stop(stopper->run);
}

/* Runs the scenario over sockets, with the state that lies in @state, up to an event. */
static void
run_until(const char *state, const char *event)
{
    g_autoptr(GError) error = NULL;
    AppWorldFile *file =
        app_world_load("labs/demo/world.ini", "labs/demo/scenarios/retry.ini", &error);
    Stopper stopper = { NULL, trace_filter_parse(event, NULL) };
    AppRunOptions options = { .sink = stop_at, .sink_data = &stopper };
    guint16 base;

    g_assert_no_error(error);
    g_free(file->state);
    file->state = g_strdup(state);
    file->network = APP_NETWORK_LOOPBACK;
    g_assert_true(app_ports_choose(file, 0, &base, &error));
    stopper.run = app_run_new(file, &options, &error);
    g_assert_no_error(error);
    app_run_loop(stopper.run, FALSE);
    app_run_free(stopper.run);
    trace_filter_free(stopper.at);
}

static void
test_restart(void)
{
    g_test_summary("after a restart the first header tells of what the database holds");
    g_autofree char *folder = folder_new();
    g_autoptr(ViewModel) model = NULL;
    g_autofree char *header = NULL;

    run_until(folder, "stage=retry kind=sql");
    run_until(folder, "kind=input");
    model = read_journal(folder);
    header = view_model_header(model, view_model_count(model) - 1);
    g_assert_nonnull(strstr(header, "\"start\":true"));
    g_assert_nonnull(strstr(header, "\"recipient\":\"carol@south.example\",\"state\":\"waiting\""));
    g_assert_nonnull(strstr(header, "\"table\":\"attempts\",\"journey\":\"j1\""));
    folder_remove(folder);
}

/* ---- headers that nobody of ours wrote ---- */

static void
fold_header(const char *header)
{
    g_autoptr(ViewFold) fold = view_fold_new("j1", "smtp-1");
    g_autoptr(ViewFold) copy = NULL;
    g_autoptr(ViewLines) lines = view_lines_new(80);
    g_autofree char *text = NULL;

    view_fold_header(fold, header);
    copy = view_fold_copy(fold);
    view_fold_show_changes(fold, copy, lines);
    view_fold_show_rest(fold, copy, "mx.north.example", lines);
    text = view_fold_text(fold);
}

static void
test_hostile_header(void)
{
    g_test_summary(
        "a header that is cut, of other types or too deep tells nothing, and harms nobody");
    static const char header[] =
        "{\"journal\":1,\"first\":7,\"snapshot\":{\"hosts\":[{\"name\":\"a\",\"down\":true}],"
        "\"sessions\":[{\"host\":\"a\",\"id\":\"smtp-1\",\"journey\":\"j1\",\"sender\":\"x\","
        "\"state\":\"BODY\",\"recipients\":[{\"branch\":\"1\",\"user\":\"u\"}]}],"
        "\"rows\":[{\"host\":\"a\",\"table\":\"entries\",\"journey\":\"j1\","
        "\"row\":{\"mailbox\":1,\"uid\":2,\"flags\":\"\"}}],\"left_out\":{\"rows\":3}}}";
    static const char *const words[] = { "true", "\"a\"", "7", "1", "\"j1\"", "\"1\"", "2", NULL };
    static const char *const others[] = { "null", "[]", "{}", "[[1]]", "-1", "1e99", "\"\"", NULL };

    for (gsize cut = 0; cut <= strlen(header); cut++) {
        g_autofree char *part = g_strndup(header, cut);

        fold_header(part);
    }
    for (const char *const *word = words; *word != NULL; word++)
        for (const char *const *other = others; *other != NULL; other++) {
            g_autoptr(GString) changed = g_string_new(header);

            g_string_replace(changed, *word, *other, 0);
            fold_header(changed->str);
        }
    g_autoptr(GString) deep = g_string_new("{\"journal\":1,\"snapshot\":");

    for (guint i = 0; i < 100000; i++)
        g_string_append_c(deep, '[');
    fold_header(deep->str);
}

int
main(int argc, char **argv)
{
    static const char *const scenarios[] = { "local",        "remote",  "relay",   "retry",
                                             "bounce",       "archive", "junk",    "pop3",
                                             "unknown-user", "imap",    "refused", NULL };
    static const char *const faults[] = { "fault store-full host=mx.south.example occurrence=first",
                                          "fault crash-before-commit host=mx.south.example",
                                          "fault crash-after-commit host=mx.north.example", NULL };

    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    for (const char *const *name = scenarios; *name != NULL; name++) {
        g_autofree char *path = g_strdup_printf("/viewer/past/every-place/%s", *name);

        g_test_add_data_func(path, *name, test_every_place);
    }
    for (const char *const *fault = faults; *fault != NULL; fault++) {
        g_autofree char *path = g_strdup_printf("/viewer/past/undone/%u", (guint)(fault - faults));

        g_test_add_data_func(path, *fault, test_undone);
    }
    g_test_add_func("/viewer/past/dropped", test_dropped);
    g_test_add_func("/viewer/past/restart", test_restart);
    g_test_add_func("/viewer/past/hostile-header", test_hostile_header);
    return g_test_run();
}
