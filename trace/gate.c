/* trace/gate.c - holding the world between two events.
 *
 *            step, next, pause              the event it waits for, or a breakpoint
 *   RUNNING ------------------> WAITING FOR ONE ------------------> HELD
 *      ^                                                              |
 *      +------------------------ continue, step, next ----------------+
 *
 * The gate is a sink, called after the journal's: when it holds, the event is on its way to the
 * disk and to the viewer, and the trace call that made it has not returned.
 *
 * Start reading at trace_gate_take().
 * Tests: tests/test_trace_gate.c
 */
#include "trace/gate.h"

#include "trace/redact.h"

typedef enum {
    GATE_RUN,   /* until a breakpoint */
    GATE_STEP,  /* to the next event that matches the filter */
    GATE_NEXT,  /* to the next event worth telling */
    GATE_PAUSE, /* to the next event of all */
} GateMode;

typedef struct GateBreakpoint {
    guint number;
    TraceFilter *filter;
} GateBreakpoint;

struct TraceGate {
    Tracer *tracer;
    TraceGateHooks hooks;
    void (*changed)(void *data); /* control's; NULL: nobody listens */
    void *changed_data;
    GateMode mode;
    gboolean held;
    guint64 held_at;        /* where it holds, or held last: its twin is passed over */
    Stage told;             /* of the last event worth telling */
    guint exempt;           /* calls nest */
    TraceFilter *filter;    /* NULL: all */
    GPtrArray *breakpoints; /* GateBreakpoint, in the order they were set */
    guint last_breakpoint;
};

static void
trace_gate_breakpoint_free(gpointer data)
{
    GateBreakpoint *breakpoint = data;

    trace_filter_free(breakpoint->filter);
    g_free(breakpoint);
}

static gboolean
trace_gate_is_breakpoint(const TraceGate *gate, const TraceEvent *event)
{
    for (guint i = 0; i < gate->breakpoints->len; i++) {
        const GateBreakpoint *breakpoint = g_ptr_array_index(gate->breakpoints, i);

        if (trace_filter_matches(breakpoint->filter, event))
            return TRUE;
    }
    return FALSE;
}

/* A line on the wire that both ends told is one step: it was stopped at when it was sent. Where
 * the filter passed the sender's event over, the receiver's is the step. */
static gboolean
trace_gate_is_step(const TraceGate *gate, const TraceEvent *event)
{
    if (event->twin != 0 && (gate->filter == NULL || event->twin == gate->held_at))
        return FALSE;
    return trace_filter_matches(gate->filter, event);
}

static gboolean
trace_gate_must_hold(TraceGate *gate, const TraceEvent *event)
{
    gboolean worth = trace_event_is_worth_telling(event, gate->told);

    if (worth)
        gate->told = event->stage;
    if (gate->breakpoints->len > 0 && trace_gate_is_breakpoint(gate, event))
        return TRUE;
    switch (gate->mode) {
    case GATE_STEP: return trace_gate_is_step(gate, event);
    case GATE_NEXT: return worth && trace_gate_is_step(gate, event);
    case GATE_PAUSE: return TRUE;
    case GATE_RUN: break;
    }
    return FALSE;
}

static void
trace_gate_tell_change(TraceGate *gate)
{
    if (gate->changed != NULL)
        gate->changed(gate->changed_data);
}

/* The sink. What is told while the world is held (by control, by the hooks) passes. */
static void
trace_gate_take(const TraceEvent *event, void *data)
{
    TraceGate *gate = data;

    if (gate->held || gate->exempt > 0)
        return;
    if (gate->mode == GATE_RUN && gate->breakpoints->len == 0)
        return;
    if (!trace_gate_must_hold(gate, event))
        return;
    gate->mode = GATE_PAUSE;
    gate->held = TRUE;
    gate->held_at = event->seq;
    gate->hooks.hold(gate->hooks.data);
    trace_gate_tell_change(gate);
    while (gate->held)
        gate->hooks.wait(gate->hooks.data);
    gate->hooks.release(gate->hooks.data);
    trace_gate_tell_change(gate);
}

TraceGate *
trace_gate_new(Tracer *tracer, const TraceGateHooks *hooks)
{
    TraceGate *gate = g_new0(TraceGate, 1);

    gate->tracer = tracer;
    gate->hooks = *hooks;
    gate->breakpoints = g_ptr_array_new_with_free_func(trace_gate_breakpoint_free);
    tracer_add_sink(tracer, trace_gate_take, gate);
    return gate;
}

void
trace_gate_free(TraceGate *gate)
{
    if (gate == NULL)
        return;
    tracer_remove_sink(gate->tracer, trace_gate_take, gate);
    trace_filter_free(gate->filter);
    g_ptr_array_unref(gate->breakpoints);
    g_free(gate);
}

Tracer *
trace_gate_tracer(const TraceGate *gate)
{
    return gate->tracer;
}

void
trace_gate_set_listener(TraceGate *gate, void (*changed)(void *data), void *data)
{
    gate->changed = changed;
    gate->changed_data = data;
}

/* ---- what control says ---- */

static void
trace_gate_go(TraceGate *gate, GateMode mode)
{
    gate->mode = mode;
    gate->held = FALSE;
}

void
trace_gate_step(TraceGate *gate)
{
    trace_gate_go(gate, GATE_STEP);
}

void
trace_gate_next(TraceGate *gate)
{
    trace_gate_go(gate, GATE_NEXT);
}

void
trace_gate_continue(TraceGate *gate)
{
    trace_gate_go(gate, GATE_RUN);
}

void
trace_gate_pause(TraceGate *gate)
{
    gate->mode = GATE_PAUSE;
}

gboolean
trace_gate_is_held(const TraceGate *gate)
{
    return gate->held;
}

guint64
trace_gate_held_at(const TraceGate *gate)
{
    return gate->held ? gate->held_at : 0;
}

void
trace_gate_set_filter(TraceGate *gate, TraceFilter *filter)
{
    trace_filter_free(gate->filter);
    gate->filter = filter;
}

guint
trace_gate_break(TraceGate *gate, TraceFilter *filter)
{
    GateBreakpoint *breakpoint = g_new0(GateBreakpoint, 1);

    breakpoint->number = ++gate->last_breakpoint;
    breakpoint->filter = filter;
    g_ptr_array_add(gate->breakpoints, breakpoint);
    return breakpoint->number;
}

gboolean
trace_gate_clear(TraceGate *gate, guint number)
{
    if (number == 0) {
        g_ptr_array_set_size(gate->breakpoints, 0);
        return TRUE;
    }
    for (guint i = 0; i < gate->breakpoints->len; i++) {
        const GateBreakpoint *breakpoint = g_ptr_array_index(gate->breakpoints, i);

        if (breakpoint->number == number) {
            g_ptr_array_remove_index(gate->breakpoints, i);
            return TRUE;
        }
    }
    return FALSE;
}

guint
trace_gate_breakpoints(const TraceGate *gate)
{
    return gate->breakpoints->len;
}

char *
trace_gate_breakpoints_json(const TraceGate *gate)
{
    GString *json = g_string_new("[");

    for (guint i = 0; i < gate->breakpoints->len; i++) {
        const GateBreakpoint *breakpoint = g_ptr_array_index(gate->breakpoints, i);

        g_string_append_printf(json, "%s{\"number\":%u,\"filter\":", i == 0 ? "" : ",",
                               breakpoint->number);
        trace_safe_append_json(json, trace_filter_text(breakpoint->filter), -1, 1024);
        g_string_append_c(json, '}');
    }
    g_string_append_c(json, ']');
    return g_string_free(json, FALSE);
}

void
trace_gate_exempt(TraceGate *gate, gboolean exempt)
{
    g_assert(exempt || gate->exempt > 0);
    gate->exempt += exempt ? 1 : -1;
}
