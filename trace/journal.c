/* trace/journal.c - events on disk, in segments.
 *
 *   turn of the loop:  event event event  ->  buffer  ->  one write()  ->  journal-0003.ndjson
 *   at 16 MB:          snapshot, header   ->  journal-0004.ndjson; the oldest go beyond the limit
 *   at the start:      counts of journal-0004 read, journal-0005 opened
 *
 * After kill -9 the last segment may end within a line. That piece is no event: it is passed
 * over, and its number is given again in the next segment.
 *
 * Start reading at trace_journal_open(). How old segments are read stands in trace/segment.c.
 * Tests: tests/test_trace_journal.c
 */
#include "trace/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "trace/redact.h"
#include "trace/segment.h"

#define TRACE_JOURNAL_BUFFER_MAX                                                                   \
    (1024 * 1024)                             /* written earlier than the turn's end from here on */
#define TRACE_JOURNAL_WORLD_MAX (1024 * 1024) /* octets of the world file that are kept */

struct TraceJournal {
    char *folder;
    guint64 max_octets;
    Tracer *tracer;
    TraceJournalHead head; /* its texts are copies of ours */
    GArray *segments;      /* TraceSegment, the oldest first; the last is open */
    int fd;                /* -1: stopped */
    TraceCounts before;    /* the last numbers given before the open segment */
    gboolean headed;       /* it has its header */
    GString *buffer;
};

static TraceSegment *
trace_journal_current(TraceJournal *journal)
{
    return &g_array_index(journal->segments, TraceSegment, journal->segments->len - 1);
}

/* The mail must go on when its journal can't. From here on nothing is told, so nothing can hold
 * at an event that no viewer would ever see. */
static void
trace_journal_stop(TraceJournal *journal, const char *what)
{
    g_printerr("glasspost: the journal in %s stops: %s: %s\n", journal->folder, what,
               g_strerror(errno));
    if (journal->fd >= 0)
        close(journal->fd);
    journal->fd = -1;
    g_string_truncate(journal->buffer, 0);
    tracer_switch(journal->tracer, FALSE);
}

/* Writes the buffer to the open segment, usually by one call. */
static gboolean
trace_journal_write(TraceJournal *journal)
{
    gsize done = 0;

    if (journal->fd < 0)
        return FALSE;
    while (done < journal->buffer->len) {
        gssize n = write(journal->fd, journal->buffer->str + done, journal->buffer->len - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            trace_journal_stop(journal, "write");
            return FALSE;
        }
        done += (gsize)n;
    }
    trace_journal_current(journal)->octets += done;
    g_string_truncate(journal->buffer, 0);
    return TRUE;
}

/* The header is the first line of a segment: all a reader needs to begin here. It comes before what
 * has gathered. */
static void
trace_journal_header(TraceJournal *journal, gboolean start, const char *snapshot)
{
    g_autoptr(GString) line = g_string_new(NULL);
    const TraceCounts *before = &journal->before;

    g_string_append(line, "{\"journal\":1,\"build\":");
    trace_safe_append_json(line, journal->head.build, -1, 256);
    g_string_append_printf(line, ",\"seed\":%" G_GUINT64_FORMAT ",\"world\":", journal->head.seed);
    trace_safe_append_json(line, journal->head.world, -1, TRACE_JOURNAL_WORLD_MAX);
    g_string_append_printf(line,
                           ",\"first\":%" G_GUINT64_FORMAT ",\"journey\":%" G_GUINT64_FORMAT
                           ",\"session\":%" G_GUINT64_FORMAT ",\"start\":%s",
                           before->seq + 1, before->journey, before->session,
                           start ? "true" : "false");
    if (start && journal->head.inputs != NULL) {
        g_string_append(line, ",\"inputs\":");
        trace_safe_copy_json(line, journal->head.inputs);
    }
    if (snapshot != NULL) {
        g_string_append(line, ",\"snapshot\":");
        trace_safe_copy_json(line, snapshot);
    }
    g_string_append(line, "}\n");
    g_string_prepend_len(journal->buffer, line->str, (gssize)line->len);
    journal->headed = TRUE;
}

static char *
trace_journal_snapshot(const TraceJournal *journal)
{
    return journal->head.snapshot == NULL ? NULL : journal->head.snapshot(journal->head.data);
}

static void
trace_journal_drop_oldest(TraceJournal *journal)
{
    guint64 all = 0;

    for (guint i = 0; i < journal->segments->len; i++)
        all += g_array_index(journal->segments, TraceSegment, i).octets;
    while (all > journal->max_octets && journal->segments->len > 1) {
        TraceSegment oldest = g_array_index(journal->segments, TraceSegment, 0);
        g_autofree char *path = trace_segment_path(journal->folder, oldest.number);

        g_unlink(path);
        all -= oldest.octets;
        g_array_remove_index(journal->segments, 0);
    }
}

/* Opens the segment after the last one, still without its header. */
static gboolean
trace_journal_open_segment(TraceJournal *journal, GError **error)
{
    guint count = journal->segments->len;
    TraceSegment segment = { .number =
                                 count == 0 ? 1 : trace_journal_current(journal)->number + 1 };
    g_autofree char *path = trace_segment_path(journal->folder, segment.number);
    int fd = g_open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);

    if (fd < 0) {
        int failure = errno;
        g_set_error(error, G_IO_ERROR, (int)g_io_error_from_errno(failure), "%s: %s", path,
                    g_strerror(failure));
        return FALSE;
    }
    if (journal->fd >= 0)
        close(journal->fd);
    journal->fd = fd;
    journal->headed = FALSE;
    journal->before =
        (TraceCounts){ tracer_last_seq(journal->tracer), tracer_last_journey(journal->tracer),
                       tracer_last_session(journal->tracer) };
    g_array_append_val(journal->segments, segment);
    trace_journal_drop_oldest(journal);
    return TRUE;
}

/* Events that the snapshot itself causes still belong to the old segment, so it is taken first. */
static gboolean
trace_journal_next(TraceJournal *journal, GError **error)
{
    g_autofree char *snapshot = trace_journal_snapshot(journal);

    if (!trace_journal_write(journal) || !trace_journal_open_segment(journal, error))
        return FALSE;
    trace_journal_header(journal, FALSE, snapshot);
    return TRUE;
}

/* The first header of a start. Between two turns the world can be asked what it looks like. */
static void
trace_journal_begin(TraceJournal *journal)
{
    g_autofree char *snapshot =
        tracer_is_telling(journal->tracer) ? NULL : trace_journal_snapshot(journal);

    trace_journal_header(journal, TRUE, snapshot);
}

/* The sink: each event, in order. Within a trace call no segment is closed: the server is in the
 * middle of something, and a snapshot would show half of it. */
static void
trace_journal_take(const TraceEvent *event, void *data)
{
    TraceJournal *journal = data;

    if (journal->fd < 0)
        return;
    trace_event_write(event, journal->buffer);
    if (journal->buffer->len > TRACE_JOURNAL_BUFFER_MAX)
        trace_journal_flush(journal);
}

gboolean
trace_journal_flush(TraceJournal *journal)
{
    g_autoptr(GError) error = NULL;

    if (journal->fd >= 0 && !journal->headed)
        trace_journal_begin(journal);
    if (!trace_journal_write(journal))
        return FALSE;
    /* A header alone makes no segment full. */
    if (trace_journal_current(journal)->octets < journal->head.segment_octets ||
        tracer_last_seq(journal->tracer) == journal->before.seq ||
        tracer_is_telling(journal->tracer))
        return TRUE;
    if (trace_journal_next(journal, &error))
        return trace_journal_write(journal);
    if (journal->fd >= 0)
        trace_journal_stop(journal, error == NULL ? "next segment" : error->message);
    return FALSE;
}

TraceJournal *
trace_journal_open(const char *folder, guint64 max_octets, Tracer *tracer,
                   const TraceJournalHead *head, GError **error)
{
    g_autoptr(GArray) segments = trace_segments_list(folder, error);

    if (segments == NULL)
        return NULL;
    TraceCounts counts = trace_segments_counts(folder, segments);
    TraceJournal *journal = g_new0(TraceJournal, 1);

    journal->folder = g_strdup(folder);
    journal->max_octets = max_octets;
    journal->tracer = tracer;
    journal->segments = g_steal_pointer(&segments);
    journal->fd = -1;
    journal->buffer = g_string_new(NULL);
    journal->head = *head;
    journal->head.build = g_strdup(head->build == NULL ? "" : head->build);
    journal->head.world = g_strdup(head->world == NULL ? "" : head->world);
    journal->head.inputs = g_strdup(head->inputs);
    if (head->segment_octets == 0)
        journal->head.segment_octets = TRACE_JOURNAL_SEGMENT_OCTETS;
    tracer_resume(tracer, counts.seq, counts.journey, counts.session);
    if (!trace_journal_open_segment(journal, error)) {
        trace_journal_close(journal);
        return NULL;
    }
    tracer_add_sink(tracer, trace_journal_take, journal);
    tracer_switch(tracer, TRUE);
    return journal;
}

void
trace_journal_close(TraceJournal *journal)
{
    if (journal == NULL)
        return;
    /* The world is gone already: a header that was never written has no snapshot. */
    if (journal->fd >= 0 && !journal->headed)
        trace_journal_header(journal, TRUE, NULL);
    trace_journal_write(journal);
    tracer_remove_sink(journal->tracer, trace_journal_take, journal);
    if (journal->fd >= 0)
        close(journal->fd);
    g_array_unref(journal->segments);
    g_string_free(journal->buffer, TRUE);
    g_free((char *)journal->head.build);
    g_free((char *)journal->head.world);
    g_free((char *)journal->head.inputs);
    g_free(journal->folder);
    g_free(journal);
}
