/* trace/speaker.h - what a tracer and a speaker hold, between trace/trace.c, trace/speaker.c,
 * trace/put.c and trace/wire.c. Nobody else includes this.
 */
#ifndef TRACE_SPEAKER_H
#define TRACE_SPEAKER_H

#include "trace/fault.h"
#include "trace/trace.h"

#define TRACE_LENT_KEPT 8 /* buffers; more are not kept */

typedef struct TracerSinkEntry {
    TracerSink sink;
    void *data;
} TracerSinkEntry;

struct Tracer {
    gint64 (*now_us)(void *clock);
    void *clock;
    gboolean on;
    guint64 seq, journeys, sessions;   /* the last number given */
    GArray *sinks;                     /* TracerSinkEntry */
    guint telling;                     /* how many calls of sinks are under way */
    TraceFaults *faults;               /* not ours; NULL: none */
    GString *buffers[TRACE_LENT_KEPT]; /* those that nobody has borrowed */
    guint at_home;                     /* how many of them */
};

struct Trace {
    Tracer *tracer;
    char *host, *session, *journey, *branch, *user; /* ours; NULL: unset */
    GString *who;  /* the last four as they stand in the line; empty: to be made */
    guint64 last;  /* our last event */
    guint64 cause; /* what the next one follows from */
    guint64 twin;  /* of the next one; 0: none */
    GString *data; /* of the next one, the open object, lent; NULL: nothing put yet */
};

/* An empty string to write in, to be given back soon: nothing is allocated for an event, and
 * thousands of idle sessions keep no buffer each. */
GString *tracer_lend(Tracer *tracer);
void tracer_give_back(Tracer *tracer, GString *lent);

/* trace/trace.c: as trace_emit(), of a sentence that is there already and no longer than that may
 * be. @is_plain: it is safe in a JSON string as it stands. */
void trace_emit_sentence(Trace *trace, TraceKind kind, Stage stage, const char *rfc,
                         TracePlace *place, const GString *text, gboolean is_plain);
/* trace/put.c: as trace_put_text(), of a @word that is safe as it stands. */
void trace_put_word(Trace *trace, const char *key, const char *word);

#endif
