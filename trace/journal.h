/* trace/journal.h - events on disk: journal-NNNN.ndjson in the state folder.
 *
 *   journal-0001.ndjson   {"journal":1,"build":"...","seed":1,"world":"...","first":1,
 *                          "journey":0,"session":0,"start":true,"inputs":{...},
 *                          "snapshot":{...}}                               the header
 *                         {"seq":1,...}                                    an event a line
 *
 * Events gather in memory and are written at the end of a turn of the loop (app/run.c), and before
 * the gate waits: never one system call an event. A segment is closed at 16 MB; beyond @max_octets
 * in all, the oldest go. A start opens a new segment and goes on counting; its header waits for the
 * first writing, because only then is the world open that the snapshot shows.
 */
#ifndef TRACE_JOURNAL_H
#define TRACE_JOURNAL_H

#include "trace/trace.h"

#define TRACE_JOURNAL_SEGMENT_OCTETS (16 * 1024 * 1024)

typedef struct TraceJournal TraceJournal;

typedef struct TraceJournalHead {
    const char *build; /* build id */
    guint64 seed;
    const char *world; /* the text of the world file */
    /* A JSON object: what else a run can be repeated from (app/inputs.h); it stands in the header of a
     * start only. NULL: it can't be repeated. */
    const char *inputs;
    /* (transfer full): a JSON object with messages, sessions, queue and hosts as they are now (see
     * app/snapshot.h); a position is folded from its own segment's header. May be NULL. */
    char *(*snapshot)(void *data);
    void *data;
    guint64 segment_octets; /* a segment is closed at this size; 0: TRACE_JOURNAL_SEGMENT_OCTETS */
} TraceJournalHead;

/* Opens the next segment in @folder, resumes @tracer's counts from the segments found there,
 * becomes its first sink and switches it on. Nothing is written yet. */
TraceJournal *trace_journal_open(const char *folder, guint64 max_octets, Tracer *tracer,
                                 const TraceJournalHead *head, GError **error);
/* Writes what has gathered. FALSE: the disk refused; the journal stops, the mail goes on. */
gboolean trace_journal_flush(TraceJournal *journal);
/* Flushes and closes. */
void trace_journal_close(TraceJournal *journal);

#endif
