/* tests/repeated.h - a world that was played and recorded, and runs again: unchanged, or with one thing
 * changed.
 *
 *   record() a scenario > it->before, the repetition > what_if() a change > the page that compares
 */
#ifndef TESTS_REPEATED_H
#define TESTS_REPEATED_H

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "app/inputs.h"
#include "app/state.h"
#include "app/whatif.h"
#include "trace/viewer/model.h"
#include "trace/viewer/whatif.h"

/* A crowd shows in a dozen what it shows in hundreds. */
#define CROWD "12"

typedef struct Fixture {
    char *folder;
    AppRecorded *recorded;
    char *before; /* the repetition, unchanged */
    guint runs;
} Fixture;

static inline void
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    it->folder = g_dir_make_tmp("glasspost-test-XXXXXX", NULL);
    g_assert_nonnull(it->folder);
}

static inline void
tear_down(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_clear_pointer(&it->recorded, app_recorded_free);
    app_state_remove(it->folder);
    g_free(it->folder);
    g_free(it->before);
}

static inline void
write_file(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* Plays a world on the simulated network, as `glasspost play` does. */
static inline void
play(Fixture *it, const char *world, const char *overlay)
{
    g_autoptr(GError) error = NULL;
    AppWorldFile *file = app_world_load(world, overlay, &error);
    AppRunOptions options = { 0 };
    g_autoptr(AppRun) run = NULL;

    g_assert_no_error(error);
    file->network = APP_NETWORK_SIMULATED;
    g_free(file->state);
    file->state = g_build_filename(it->folder, "recording", NULL);
    run = app_run_new(file, &options, &error);
    g_assert_no_error(error);
    app_run_loop(run, TRUE);
}

/* Reads the recording, and repeats it unchanged. */
static inline void
repeat(Fixture *it)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *journal = g_build_filename(it->folder, "recording", NULL);
    AppWhatifEnd end = { 0 };
    gboolean goes_on;

    it->recorded = app_recorded_read(journal, &error);
    g_assert_no_error(error);
    it->before = g_build_filename(it->folder, "before", NULL);
    g_assert_true(app_whatif_run(it->recorded, NULL, it->before, &end, &error));
    g_assert_no_error(error);
    g_assert_null(end.stopped);
    g_assert_cmpuint(app_recorded_differs(it->recorded, it->before, &goes_on), ==, 0);
    g_assert_false(goes_on);
}

static inline void
record(Fixture *it, const char *scenario)
{
    g_autofree char *overlay = g_strdup_printf("labs/demo/scenarios/%s.ini", scenario);
    g_autofree char *text = NULL;
    g_autoptr(GString) story = NULL;

    g_assert_true(g_file_get_contents(overlay, &text, NULL, NULL));
    story = g_string_new(text);
    g_string_replace(story, "crowd 1000", "crowd " CROWD, 0);
    write_file(it->folder, "story.ini", story->str);
    g_free(overlay);
    overlay = g_build_filename(it->folder, "story.ini", NULL);
    play(it, "labs/demo/world.ini", overlay);
    repeat(it);
}

/* The page of @change. */
static inline char *
what_if(Fixture *it, const char *change)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *after = g_strdup_printf("%s/after-%u", it->folder, ++it->runs);
    AppWhatifEnd end = { 0 };
    g_autoptr(ViewModel) one = NULL, two = NULL;
    char *page;

    if (!app_whatif_run(it->recorded, change, after, &end, &error))
        g_error("%s: %s", change, error->message);
    one = view_model_open(it->before, &error);
    two = view_model_open(after, &error);
    g_assert_no_error(error);
    page = view_whatif_text(one, two, change, end.stopped);
    app_state_remove(after);
    return page;
}

static inline void
expect(const char *page, const char *words)
{
    if (strstr(page, words) == NULL)
        g_error("'%s' is not in:\n%s", words, page);
}

/* As a viewer that holds the world has it: the journal so far, a COMMIT told later than by itself. */
static inline void
hold(Fixture *it)
{
    g_autofree char *path = g_build_filename(it->folder, "recording", "journal-0001.ndjson", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GString) held = g_string_new(NULL);
    g_auto(GStrv) lines = NULL;
    guint commit = 1;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    lines = g_strsplit(text, "\n", -1);
    while (strstr(lines[commit], "COMMIT: the changes are on the disk now") == NULL)
        commit++;
    for (guint i = 0; i < commit; i++)
        g_string_append_printf(held, "%s\n", lines[i]);
    g_string_append_printf(held, "%s\n%s\n", lines[commit + 1], lines[commit]);
    g_assert_true(g_file_set_contents(path, held->str, -1, NULL));
}

static inline void
add(const char *name, gconstpointer data, void (*test)(Fixture *it, gconstpointer data))
{
    g_autofree char *path = g_strconcat("/whatif/", name, NULL);

    g_test_add(path, Fixture, data, set_up, test, tear_down);
}

#endif
