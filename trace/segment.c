/* trace/segment.c - finds the segments of a journal, and the last numbers given in them.
 *
 * The counts are read without a JSON parser: keys stand in a fixed order (trace/event.h), and
 * within a string a quote is escaped, so that "journey":"j3" is a key wherever it stands.
 * Tests: tests/test_trace_journal.c
 */
#include "trace/segment.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#define SEGMENT_DIGITS_MAX 9                  /* of a file's number */
#define SEGMENT_READ_MAX   (64 * 1024 * 1024) /* a larger file is none of ours */

/* The digits at @at, up to @end. FALSE: there are none, or more than a count can have. */
static gboolean
trace_segment_digits(const char *at, const char *end, guint64 *value)
{
    guint digits = 0;

    *value = 0;
    for (; at < end && g_ascii_isdigit(*at); at++) {
        *value = *value * 10 + (guint64)(*at - '0');
        if (++digits > 18)
            return FALSE;
    }
    return digits > 0;
}

char *
trace_segment_path(const char *folder, guint number)
{
    return g_strdup_printf("%s/journal-%04u.ndjson", folder, number);
}

guint
trace_segment_number(const char *name)
{
    gsize length = strlen(name);
    guint64 number = 0;

    if (!g_str_has_prefix(name, "journal-") || !g_str_has_suffix(name, ".ndjson") ||
        length < strlen("journal-0000.ndjson"))
        return 0;
    const char *digits = name + strlen("journal-");
    const char *end = name + length - strlen(".ndjson");

    if (strspn(digits, "0123456789") != (gsize)(end - digits) || end - digits > SEGMENT_DIGITS_MAX)
        return 0;
    return trace_segment_digits(digits, end, &number) ? (guint)number : 0;
}

static gint
trace_segment_compare(gconstpointer a, gconstpointer b)
{
    const TraceSegment *first = a, *second = b;

    return first->number < second->number ? -1 : first->number > second->number;
}

GArray *
trace_segments_list(const char *folder, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
    const char *name;

    if (dir == NULL)
        return NULL;
    GArray *segments = g_array_new(FALSE, TRUE, sizeof(TraceSegment));
    while ((name = g_dir_read_name(dir)) != NULL) {
        TraceSegment segment = { .number = trace_segment_number(name) };
        g_autofree char *path = g_build_filename(folder, name, NULL);
        GStatBuf status;

        if (segment.number == 0 || g_lstat(path, &status) != 0 || !S_ISREG(status.st_mode))
            continue;
        segment.octets = (guint64)status.st_size;
        g_array_append_val(segments, segment);
    }
    g_array_sort(segments, trace_segment_compare);
    return segments;
}

/* The number behind @key in the line, raised into *@count. */
static void
trace_segment_raise(const char *line, gsize length, const char *key, guint64 *count)
{
    const char *found = g_strstr_len(line, (gssize)length, key);
    guint64 value = 0;

    if (found != NULL && trace_segment_digits(found + strlen(key), line + length, &value))
        *count = MAX(*count, value);
}

/* The session's number follows the last "-" of its name ("smtp-7", "lmtp-in-7"). */
static void
trace_segment_raise_session(const char *line, gsize length, guint64 *count)
{
    static const char key[] = "\"session\":\"";
    const char *found = g_strstr_len(line, (gssize)length, key);
    guint64 value = 0;

    if (found == NULL)
        return;
    found += strlen(key);
    const char *end = memchr(found, '"', (gsize)(line + length - found));
    const char *dash = end == NULL ? NULL : g_strrstr_len(found, end - found, "-");

    if (dash != NULL && trace_segment_digits(dash + 1, end, &value))
        *count = MAX(*count, value);
}

static void
trace_segment_header(const char *line, gsize length, TraceCounts *counts)
{
    guint64 first = 0;

    /* The world's text stands before these keys, but a quote in it is escaped. */
    trace_segment_raise(line, length, ",\"first\":", &first);
    trace_segment_raise(line, length, ",\"journey\":", &counts->journey);
    trace_segment_raise(line, length, ",\"session\":", &counts->session);
    if (first > 0)
        counts->seq = MAX(counts->seq, first - 1);
}

/* Of an event only what stands before its text is looked at: the rest can be long. */
static void
trace_segment_event(const char *line, gsize length, TraceCounts *counts)
{
    const char *text = g_strstr_len(line, (gssize)length, ",\"text\":");
    gsize head = text == NULL ? length : (gsize)(text - line);

    trace_segment_raise(line, head, "{\"seq\":", &counts->seq);
    trace_segment_raise(line, head, "\"journey\":\"j", &counts->journey);
    trace_segment_raise_session(line, head, &counts->session);
}

/* FALSE: not even a whole header in there. */
static gboolean
trace_segment_counts(const char *path, TraceCounts *counts)
{
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, NULL);
    gsize length = file == NULL ? 0 : g_mapped_file_get_length(file);
    gboolean found = FALSE;

    if (length == 0 || length > SEGMENT_READ_MAX)
        return FALSE;
    const char *at = g_mapped_file_get_contents(file);
    const char *end = at + length;

    while (at < end) {
        const char *newline = memchr(at, '\n', (gsize)(end - at));

        if (newline == NULL)
            break;
        gsize line = (gsize)(newline - at);
        if (line > 11 && memcmp(at, "{\"journal\":", 11) == 0) {
            trace_segment_header(at, line, counts);
            found = TRUE;
        } else if (line > 7 && memcmp(at, "{\"seq\":", 7) == 0) {
            trace_segment_event(at, line, counts);
            found = TRUE;
        }
        at = newline + 1;
    }
    return found;
}

TraceCounts
trace_segments_counts(const char *folder, const GArray *segments)
{
    TraceCounts counts = { 0 };

    for (guint i = segments->len; i > 0; i--) {
        guint number = g_array_index(segments, TraceSegment, i - 1).number;
        g_autofree char *path = trace_segment_path(folder, number);

        if (trace_segment_counts(path, &counts))
            break;
    }
    return counts;
}
