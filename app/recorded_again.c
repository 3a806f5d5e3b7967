/* app/recorded_again.c - the lines of a journal, and whether another run tells the same.
 *
 * Start reading at app_recorded_differs(), at the end. Tests: tests/test_whatif_refused.c
 */
#include <string.h>

#include "app/recorded_inside.h"
#include "app/world_inside.h"
#include "trace/segment.h"

#define APP_RECORDED_SEGMENT_MAX (64 * 1024 * 1024) /* octets; a segment is closed at 16 MB */

/* ---- the files of a journal ---- */

GString *
app_recorded_load(const char *journal, GError **error)
{
    g_autoptr(GString) all = g_string_new(NULL);
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

    if (g_file_test(journal, G_FILE_TEST_IS_DIR)) {
        g_autoptr(GArray) segments = trace_segments_list(journal, error);

        for (guint i = 0; segments != NULL && i < segments->len; i++)
            g_ptr_array_add(paths, trace_segment_path(
                                       journal, g_array_index(segments, TraceSegment, i).number));
    } else {
        g_ptr_array_add(paths, g_strdup(journal));
    }
    for (guint i = 0; i < paths->len; i++) {
        g_autofree char *text = NULL;
        gsize length;

        if (!g_file_get_contents(g_ptr_array_index(paths, i), &text, &length, error))
            return NULL;
        if (length + all->len > APP_RECORDED_SEGMENT_MAX) {
            g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "%s: more than %d MB can't be repeated",
                        journal, APP_RECORDED_SEGMENT_MAX / 1024 / 1024);
            return NULL;
        }
        g_string_append_len(all, text, (gssize)length);
    }
    return *error == NULL ? g_steal_pointer(&all) : NULL;
}

char *
app_recorded_next(GString *all, gsize *at, gsize *length)
{
    char *line = all->str + *at;
    char *end = memchr(line, '\n', all->len - *at);

    if (end == NULL)
        return NULL;
    *end = '\0';
    *length = (gsize)(end - line);
    *at += *length + 1;
    return line;
}

/* ---- is the repetition one? ---- */

/* A COMMIT that belongs to no message: the database writes when a turn of the loop is over, and a
 * world that was held in the middle of a turn tells it an event earlier or later. */
static gboolean
app_recorded_is_commit(const char *line, gsize length)
{
    return g_strstr_len(line, (gssize)length, "\"kind\":\"sql\",\"text\":\"COMMIT: ") != NULL;
}

static char *
app_recorded_next_event(GString *all, gsize *at, gsize *length)
{
    char *line;

    do
        line = app_recorded_next(all, at, length);
    while (line != NULL &&
           (g_str_has_prefix(line, "{\"journal\":") || app_recorded_is_commit(line, *length)));
    return line;
}

/* Another build may tell the same from another line of its sources. */
static gboolean
app_recorded_is_told_alike(const char *line, gsize length, const char *other, gsize other_length,
                           guint64 *seq)
{
    g_autoptr(TraceEvent) one = NULL, two = NULL;

    if (length == other_length && memcmp(line, other, length) == 0)
        return TRUE;
    one = trace_event_parse(line, length, NULL);
    two = trace_event_parse(other, other_length, NULL);
    if (one == NULL)
        return TRUE; /* it is no event: damaged, and passed over elsewhere, too */
    *seq = one->seq;
    return two != NULL && one->stage == two->stage && one->kind == two->kind &&
           one->time_us == two->time_us && g_strcmp0(one->host, two->host) == 0 &&
           g_strcmp0(one->text, two->text) == 0;
}

guint64
app_recorded_differs(const AppRecorded *recorded, const char *again, gboolean *goes_on)
{
    GError *error = NULL;
    GString *all = app_recorded_load(recorded->journal, &error);
    GString *other = error == NULL ? app_recorded_load(again, &error) : NULL;
    gsize at = 0, other_at = 0, length, other_length;
    guint64 seq = 0;
    gboolean alike = error == NULL;
    char *line;

    while (alike && (line = app_recorded_next_event(all, &at, &length)) != NULL) {
        char *theirs = app_recorded_next_event(other, &other_at, &other_length);

        alike = app_recorded_is_told_alike(line, length, theirs != NULL ? theirs : "",
                                           theirs != NULL ? other_length : 0, &seq);
    }
    *goes_on = alike && app_recorded_next_event(other, &other_at, &other_length) != NULL;
    if (all != NULL)
        g_string_free(all, TRUE);
    if (other != NULL)
        g_string_free(other, TRUE);
    g_clear_error(&error);
    return alike ? 0 : MAX(seq, 1);
}
