/* trace/gate.h - holding the world between two events.
 *
 * An event is written, then the gate holds: the event is visible, and nothing after it has
 * happened. Holding means not returning from the trace call: the one thread waits here, serving
 * only the control socket (trace/control.h), until it is told to go on.
 */
#ifndef TRACE_GATE_H
#define TRACE_GATE_H

#include "trace/trace.h"
#include "trace/filter.h"

#define TRACE_GATE_BREAKPOINTS_MAX 100 /* control sets no more */

typedef struct TraceGate TraceGate;

typedef struct TraceGateHooks {
    void (*hold)(void *data);    /* entering: flush the journal, pause the clock */
    void (*wait)(void *data);    /* serve control until something came; called again while held */
    void (*release)(void *data); /* leaving: let the clock run */
    void *data;
} TraceGateHooks;

/* Becomes a sink of @tracer. */
TraceGate *trace_gate_new(Tracer *tracer, const TraceGateHooks *hooks);
void trace_gate_free(TraceGate *gate);
Tracer *trace_gate_tracer(const TraceGate *gate);

/* @changed is called when the gate has begun to hold, and when it lets go. NULL: nobody. */
void trace_gate_set_listener(TraceGate *gate, void (*changed)(void *data), void *data);

void trace_gate_step(TraceGate *gate);     /* let one event that matches the filter through, hold */
void trace_gate_next(TraceGate *gate);     /* run to the next thing worth telling, hold */
void trace_gate_continue(TraceGate *gate); /* run until a breakpoint */
void trace_gate_pause(TraceGate *gate);    /* hold at the next event */
gboolean trace_gate_is_held(const TraceGate *gate);
guint64 trace_gate_held_at(const TraceGate *gate); /* 0: not held */

/* Steps stop only at events that match (NULL: all). Takes @filter. */
void trace_gate_set_filter(TraceGate *gate, TraceFilter *filter);
/* Returns the breakpoint's number, from 1. Takes @filter. */
guint trace_gate_break(TraceGate *gate, TraceFilter *filter);
/* 0: all. FALSE: no such breakpoint. */
gboolean trace_gate_clear(TraceGate *gate, guint number);
guint trace_gate_breakpoints(const TraceGate *gate); /* how many there are */
/* [{"number":1,"filter":"stage=dns"}] */
char *trace_gate_breakpoints_json(const TraceGate *gate);

/* Events made between these never hold: control's own. Calls nest. */
void trace_gate_exempt(TraceGate *gate, gboolean exempt);

/* Is @event worth telling (a decision, a hop, a change of stage)? `next` stops at these; some
 * twenty a message. @last: the stage of the event told before. Viewer and gate share it. */
gboolean trace_event_is_worth_telling(const TraceEvent *event, Stage last);
/* The same, where @value knows the event's data without its text being parsed: (transfer full), NULL
 * where there is none of that name. */
typedef char *(*TraceEventValue)(const TraceEvent *event, const char *key, gconstpointer data);
gboolean trace_event_is_worth_telling_by(const TraceEvent *event, Stage last, TraceEventValue value,
                                         gconstpointer data);

#endif
