/* labs/grader/take.c - plays a world or runs a harness, and reads what came of it (see take.h).
 *
 * Tests: tests/test_labs.py
 */
#include "labs/grader/take.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>
#include "app/state.h"
#include "app/world.h"
#include "labs/grader/process.h"

static LabTake *
lab_take_new(const char *state, guint64 seed)
{
    LabTake *take = g_new0(LabTake, 1);

    take->seed = seed;
    take->state = g_strdup(state);
    take->events = g_ptr_array_new_with_free_func((GDestroyNotify)trace_event_free);
    take->output = g_strdup("");
    return take;
}

void
lab_take_free(LabTake *take)
{
    if (take == NULL)
        return;
    g_free(take->state);
    g_ptr_array_unref(take->events);
    g_free(take->output);
    g_free(take->failure);
    g_free(take);
}

/* ---- the journal ---- */

/* The segments' headers are no events; the last line may not be whole yet while a world runs. */
static gboolean
lab_take_read_line(LabTake *take, const char *line, gsize length, GError **error)
{
    TraceEvent *event;

    if (length == 0 || line[length - 1] != '\n' || g_str_has_prefix(line, "{\"journal\""))
        return TRUE;
    event = trace_event_parse(line, length, error);
    if (event != NULL)
        g_ptr_array_add(take->events, event);
    return event != NULL;
}

static gboolean
lab_take_read_segment(LabTake *take, const char *path, gsize *octets, GError **error)
{
    FILE *segment = fopen(path, "re");
    g_autofree char *line = NULL;
    gboolean readable = segment != NULL;
    size_t room = 0;
    ssize_t length;

    if (segment == NULL)
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
    while (readable && (length = getline(&line, &room, segment)) > 0) {
        *octets += (gsize)length;
        if (*octets > LAB_TAKE_OCTETS)
            g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                        "the journal is larger than %d MB: more happened than this lab asks for",
                        LAB_TAKE_OCTETS >> 20);
        readable =
            *octets <= LAB_TAKE_OCTETS && lab_take_read_line(take, line, (gsize)length, error);
    }
    if (segment != NULL)
        fclose(segment);
    return readable;
}

static int
lab_take_by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Segments are counted up from 1; the oldest may have been dropped. */
static GPtrArray *
lab_take_segments(const char *state, GError **error)
{
    g_autoptr(GDir) folder = g_dir_open(state, 0, error);
    GPtrArray *segments;
    const char *name;

    if (folder == NULL)
        return NULL;
    segments = g_ptr_array_new_with_free_func(g_free);
    while ((name = g_dir_read_name(folder)) != NULL)
        if (g_str_has_prefix(name, "journal-") && g_str_has_suffix(name, ".ndjson"))
            g_ptr_array_add(segments, g_build_filename(state, name, NULL));
    g_ptr_array_sort(segments, lab_take_by_name);
    return segments;
}

static gboolean
lab_take_read(LabTake *take, GError **error)
{
    g_autoptr(GPtrArray) segments = lab_take_segments(take->state, error);
    gsize octets = 0;

    if (segments == NULL)
        return FALSE;
    if (segments->len == 0) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "%s holds no journal", take->state);
        return FALSE;
    }
    for (guint i = 0; i < segments->len; i++)
        if (!lab_take_read_segment(take, g_ptr_array_index(segments, i), &octets, error))
            return FALSE;
    return TRUE;
}

LabTake *
lab_take_open(const char *state, guint64 seed, GError **error)
{
    g_autoptr(LabTake) take = lab_take_new(state, seed);

    return lab_take_read(take, error) ? g_steal_pointer(&take) : NULL;
}

/* ---- playing ---- */

/* Where a program says itself why it stopped, its words are better than its status. */
static char *
lab_take_why(char *failure, const char *output)
{
    const char *said = strstr(output, "glasspost: ");
    g_autofree char *line = NULL;

    if (failure == NULL || said == NULL)
        return failure;
    line = g_strndup(said, strcspn(said, "\n"));
    g_free(failure);
    return g_strdup(line + strlen("glasspost: "));
}

LabTake *
lab_take_play(const LabScene *scene, const LabIdentity *identity, guint64 seed, const char *state)
{
    LabTake *take = lab_take_new(state, seed);
    g_autofree char *output = g_build_filename(state, "output", NULL);
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, identity->seed + seed);
    const char *argv[] = { scene->program, "play", scene->world, "--state", state,
                           "--seed",       number, NULL,         NULL,      NULL };
    LabProcess process = { argv, NULL, output, LAB_TAKE_SECONDS, 2 * LAB_TAKE_OCTETS, FALSE };
    g_autoptr(GError) error = NULL;

    if (scene->overlay != NULL) {
        argv[7] = "--overlay";
        argv[8] = scene->overlay;
    }
    app_state_remove(state);
    if (g_mkdir_with_parents(state, 0700) != 0) {
        take->failure = g_strdup_printf("%s: %s", state, g_strerror(errno));
        return take;
    }
    take->failure = lab_process_run(&process);
    g_free(take->output);
    take->output = lab_process_words(output, LAB_OUTPUT_OCTETS);
    take->failure = lab_take_why(take->failure, take->output);
    if (!lab_take_read(take, &error) && take->failure == NULL)
        take->failure = g_strdup(error->message);
    return take;
}

/* A sanitizer says more than a status does. Its line is told without folders:
 *
 *   SUMMARY: AddressSanitizer: heap-buffer-overflow /tmp/a/split.c:12 in smtp_split_read
 *   /tmp/a/split.c:12:5: runtime error: signed integer overflow
 */
static char *
lab_take_sanitizer(char *failure, const char *output)
{
    g_autoptr(GRegex) line =
        g_regex_new("^(?:SUMMARY: (.*)|(.*: runtime error: .*))$", G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GRegex) folders = g_regex_new("(?:/[^/\\s]+)*/(?=[^/\\s]+\\.c:)", 0, 0, NULL);
    g_autoptr(GMatchInfo) found = NULL;
    g_autofree char *summary = NULL, *error = NULL;

    if (failure == NULL || !g_regex_match(line, output, 0, &found))
        return failure;
    summary = g_match_info_fetch(found, 1);
    error = g_match_info_fetch(found, 2);
    g_free(failure);
    return g_regex_replace_literal(folders, *summary != '\0' ? summary : error, -1, 0, "", 0, NULL);
}

LabTake *
lab_take_harness(const char *program, const LabIdentity *identity, guint64 seed, const char *output)
{
    LabTake *take = lab_take_new(NULL, seed);
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, identity->seed + seed);
    const char *argv[] = { program, number, NULL };
    LabProcess process = { argv, NULL, output, LAB_HARNESS_SECONDS, LAB_OUTPUT_OCTETS, TRUE };

    take->failure = lab_process_run(&process);
    g_free(take->output);
    take->output = lab_process_words(output, LAB_OUTPUT_OCTETS);
    take->failure = lab_take_sanitizer(take->failure, take->output);
    return take;
}
