/* trace/speaker.h - what a speaker holds, between trace/trace.c and trace/put.c. Nobody else
 * includes this.
 */
#ifndef TRACE_SPEAKER_H
#define TRACE_SPEAKER_H

#include "trace/trace.h"

struct Trace {
    Tracer *tracer;
    char *host, *session, *journey, *branch, *user; /* ours; NULL: unset */
    guint64 last;                                   /* our last event */
    guint64 cause;                                  /* what the next one follows from */
    guint64 twin;                                   /* of the next one; 0: none */
    GString *data; /* of the next one, the open object; NULL: nothing put yet */
};

#endif
