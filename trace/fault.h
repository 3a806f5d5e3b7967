/* trace/fault.h - things that go wrong on purpose.
 *
 * One table of fault points (trace/fault.c). The code asks at the point, right after the trace
 * call, and acts on the answer; each firing is an event of kind fault, made here.
 *
 *     const TraceFault *fault = trace_fault(trace, STAGE_DNS, "dns-timeout");
 *
 * Armed by a command line: "dns-timeout host=mx.north.example occurrence=first".
 */
#ifndef TRACE_FAULT_H
#define TRACE_FAULT_H

#include "trace/trace.h"

typedef struct TraceFaults TraceFaults;

typedef struct TraceFault {
    const char *point;     /* "dns-timeout" */
    const char *parameter; /* what the point takes ("451", a name, a number), or "" */
} TraceFault;

typedef struct TraceFaultPoint {
    const char *name;
    Stage stage; /* where it is asked; STAGE_NONE: at each SMTP command, or by the world */
    const char *parameter; /* what it takes, in words; NULL: nothing */
    const char *fallback;  /* the parameter where none is given; "" or NULL: none */
    const char *does;      /* one sentence */
} TraceFaultPoint;

/* The table, ended by a NULL name. */
const TraceFaultPoint *trace_fault_points(void);

/* @chance: a number in [0, 1) for probabilities, from the world's seeded chance. */
TraceFaults *trace_faults_new(double (*chance)(void *data), void *data);
void trace_faults_free(TraceFaults *faults);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TraceFaults, trace_faults_free)
void tracer_set_faults(Tracer *tracer, TraceFaults *faults);
/* NULL where none were set. */
TraceFaults *tracer_faults(const Tracer *tracer);

/* "POINT [host=H] [stage=S] [occurrence=first|always|N|P%] [value=V]". FALSE: @error says what is
 * wrong. Without host: every host; stage narrows the points of SMTP commands (command-4xx):
 * connect (EHLO, QUIT), sender (AUTH, MAIL), split (RCPT), store (DATA);
 * occurrence: the first time (default), each time, the N-th time, by chance. */
gboolean trace_faults_arm(TraceFaults *faults, const char *line, GError **error);
void trace_faults_clear(TraceFaults *faults);
/* The armed ones, a JSON array. */
char *trace_faults_json(const TraceFaults *faults);

/* NULL unless @point is armed for this speaker's host and it is its turn. The answer is valid
 * until the next call. */
const TraceFault *trace_fault(Trace *trace, Stage stage, const char *point);

#endif
