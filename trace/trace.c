/* trace/trace.c - from a trace call to the sinks.
 *
 *   trace_put_text(...)      gathers in the speaker:   {"domain":"south.example"
 *   trace_decision(...)  ->  trace_emit(): text, position, next seq, cause
 *                            -> each sink in order: the journal writes it, the gate may hold here
 *
 * Start reading at trace_emit(). Data is gathered in trace/put.c; what wire events have in common
 * is in trace/wire.c.
 * Tests: tests/test_trace_trace.c
 */
#include "trace/trace.h"

#include <string.h>

#include "trace/fault.h"
#include "trace/redact.h"
#include "trace/speaker.h"

#define TRACE_TEXT_MAX  1024 /* octets of an event's sentence */
#define TRACE_DATA_KEEP 1024 /* a silent speaker keeps no larger buffer than this */
#define TRACE_AT_MAX    160  /* "smtp/route.c:58:smtp_route_decide" */

typedef struct TracerSinkEntry {
    TracerSink sink;
    void *data;
} TracerSinkEntry;

struct Tracer {
    gint64 (*now_us)(void *clock);
    void *clock;
    gboolean on;
    guint64 seq, journeys, sessions; /* the last number given */
    GArray *sinks;                   /* TracerSinkEntry */
    guint telling;                   /* how many calls of sinks are under way */
    TraceFaults *faults;             /* not ours; NULL: none */
};

/* ---- the world's tracer ---- */

Tracer *
tracer_new(gint64 (*now_us)(void *clock), void *clock)
{
    Tracer *tracer = g_new0(Tracer, 1);

    tracer->now_us = now_us;
    tracer->clock = clock;
    tracer->sinks = g_array_new(FALSE, FALSE, sizeof(TracerSinkEntry));
    return tracer;
}

void
tracer_free(Tracer *tracer)
{
    if (tracer == NULL)
        return;
    g_array_unref(tracer->sinks);
    g_free(tracer);
}

void
tracer_switch(Tracer *tracer, gboolean on)
{
    tracer->on = on;
}

void
tracer_add_sink(Tracer *tracer, TracerSink sink, void *data)
{
    TracerSinkEntry entry = { .sink = sink, .data = data };

    g_array_append_val(tracer->sinks, entry);
}

void
tracer_remove_sink(Tracer *tracer, TracerSink sink, void *data)
{
    for (guint i = 0; i < tracer->sinks->len; i++) {
        TracerSinkEntry *entry = &g_array_index(tracer->sinks, TracerSinkEntry, i);

        if (entry->sink == sink && entry->data == data) {
            g_array_remove_index(tracer->sinks, i);
            return;
        }
    }
}

void
tracer_resume(Tracer *tracer, guint64 last_seq, guint64 last_journey, guint64 last_session)
{
    tracer->seq = last_seq;
    tracer->journeys = last_journey;
    tracer->sessions = last_session;
}

guint64
tracer_last_seq(const Tracer *tracer)
{
    return tracer->seq;
}

guint64
tracer_last_journey(const Tracer *tracer)
{
    return tracer->journeys;
}

guint64
tracer_last_session(const Tracer *tracer)
{
    return tracer->sessions;
}

gint64
tracer_now_us(const Tracer *tracer)
{
    return tracer->now_us(tracer->clock);
}

gboolean
tracer_is_telling(const Tracer *tracer)
{
    return tracer->telling > 0;
}

void
tracer_set_faults(Tracer *tracer, TraceFaults *faults)
{
    tracer->faults = faults;
}

TraceFaults *
tracer_faults(const Tracer *tracer)
{
    return tracer == NULL ? NULL : tracer->faults;
}

/* ---- a speaker ---- */

Trace *
trace_new(Tracer *tracer, const char *host, const char *session)
{
    if (tracer == NULL)
        return NULL;
    Trace *trace = g_new0(Trace, 1);

    trace->tracer = tracer;
    trace->host = g_strdup(host);
    if (session != NULL)
        trace->session = g_strdup_printf("%s-%" G_GUINT64_FORMAT, session, ++tracer->sessions);
    return trace;
}

Trace *
trace_fork(const Trace *parent)
{
    if (parent == NULL)
        return NULL;
    Trace *trace = g_new0(Trace, 1);

    trace->tracer = parent->tracer;
    trace->host = g_strdup(parent->host);
    trace->session = g_strdup(parent->session);
    trace->journey = g_strdup(parent->journey);
    trace->branch = g_strdup(parent->branch);
    trace->user = g_strdup(parent->user);
    trace->last = parent->last;
    trace->cause = parent->cause;
    return trace;
}

void
trace_free(Trace *trace)
{
    if (trace == NULL)
        return;
    g_free(trace->host);
    g_free(trace->session);
    g_free(trace->journey);
    g_free(trace->branch);
    g_free(trace->user);
    if (trace->data != NULL)
        g_string_free(trace->data, TRUE);
    g_free(trace);
}

const char *
trace_begin_journey(Trace *trace)
{
    if (!trace_is_on(trace))
        return NULL;
    g_free(trace->journey);
    trace->journey = g_strdup_printf("j%" G_GUINT64_FORMAT, ++trace->tracer->journeys);
    trace_set_branch(trace, NULL);
    return trace->journey;
}

/* @value may be what *@field holds already. */
static void
trace_set(char **field, const char *value)
{
    char *copy = g_strdup(value);

    g_free(*field);
    *field = copy;
}

void
trace_set_journey(Trace *trace, const char *journey)
{
    if (trace != NULL)
        trace_set(&trace->journey, journey);
}

void
trace_set_branch(Trace *trace, const char *branch)
{
    if (trace != NULL)
        trace_set(&trace->branch, branch);
}

void
trace_set_user(Trace *trace, const char *user)
{
    if (trace != NULL)
        trace_set(&trace->user, user);
}

const char *
trace_journey(const Trace *trace)
{
    return trace == NULL ? NULL : trace->journey;
}

const char *
trace_branch(const Trace *trace)
{
    return trace == NULL ? NULL : trace->branch;
}

const char *
trace_session(const Trace *trace)
{
    return trace == NULL ? NULL : trace->session;
}

const char *
trace_host(const Trace *trace)
{
    return trace == NULL ? NULL : trace->host;
}

Tracer *
trace_tracer(const Trace *trace)
{
    return trace == NULL ? NULL : trace->tracer;
}

gboolean
trace_is_on(const Trace *trace)
{
    return trace != NULL && trace->tracer->on;
}

guint64
trace_last(const Trace *trace)
{
    return trace == NULL ? 0 : trace->last;
}

void
trace_follow(Trace *trace, guint64 seq)
{
    if (trace != NULL)
        trace->cause = seq;
}

void
trace_twin(Trace *trace, guint64 seq)
{
    /* 0: the other end is a program of somebody else. The chain of causes stays as it is. */
    if (trace == NULL || seq == 0)
        return;
    trace->twin = seq;
    trace->cause = seq;
}

/* ---- events ---- */

/* The data goes with one event only. A large buffer (a body's headers) is given back: thousands
 * of idle sessions would keep one each. */
static void
trace_forget_data(Trace *trace)
{
    trace->twin = 0;
    if (trace->data == NULL)
        return;
    if (trace->data->allocated_len > TRACE_DATA_KEEP) {
        g_string_free(trace->data, TRUE);
        trace->data = NULL;
    } else {
        g_string_truncate(trace->data, 0);
    }
}

static void
trace_tell_sinks(Tracer *tracer, const TraceEvent *event)
{
    tracer->telling++;
    for (guint i = 0; i < tracer->sinks->len; i++) {
        TracerSinkEntry entry = g_array_index(tracer->sinks, TracerSinkEntry, i);

        entry.sink(event, entry.data);
    }
    tracer->telling--;
}

/* The sentence; what a stranger sent may be part of it. */
static char *
trace_sentence(const char *format, va_list values)
{
    char
        raw[TRACE_TEXT_MAX + 8]; /* so that only what is over the limit is cut, and gets its dots */
    GString *text = g_string_sized_new(128);

    g_vsnprintf(raw, sizeof raw, format, values);
    trace_safe_append(text, raw, -1, TRACE_TEXT_MAX, FALSE);
    return g_string_free(text, FALSE);
}

/* "smtp/route.c:58:smtp_route_decide", made by hand: printf would take a third of an event's time. */
static void
trace_put_position(char at[TRACE_AT_MAX], const char *file, guint line, const char *function)
{
    char digits[12];
    guint first = sizeof digits - 1;
    gsize length;

    digits[first] = '\0';
    do {
        digits[--first] = (char)('0' + line % 10);
        line /= 10;
    } while (line > 0);
    length = g_strlcpy(at, file, TRACE_AT_MAX / 2);
    length = MIN(length, TRACE_AT_MAX / 2 - 1);
    at[length++] = ':';
    length += g_strlcpy(at + length, digits + first, TRACE_AT_MAX - length);
    at[length++] = ':';
    g_strlcpy(at + length, function, TRACE_AT_MAX - length);
}

void
trace_emit(Trace *trace, TraceKind kind, Stage stage, const char *rfc, const char *file, int line,
           const char *function, const char *format, ...)
{
    char at[TRACE_AT_MAX];
    va_list values;

    if (!trace_is_on(trace))
        return;
    va_start(values, format);
    g_autofree char *text = trace_sentence(format, values);
    va_end(values);
    trace_put_position(at, g_str_has_prefix(file, "./") ? file + 2 : file, (guint)line, function);
    if (trace->data != NULL && trace->data->len > 0)
        g_string_append_c(trace->data, '}');

    Tracer *tracer = trace->tracer;
    TraceEvent event = {
        .seq = ++tracer->seq,
        .time_us = tracer_now_us(tracer),
        .stage = stage,
        .kind = kind,
        .host = trace->host,
        .journey = trace->journey,
        .branch = trace->branch,
        .session = trace->session,
        .user = trace->user,
        .text = text,
        .rfc = rfc,
        .at = at,
        .cause = trace->cause,
        .twin = trace->twin,
        .data = trace->data != NULL && trace->data->len > 0 ? trace->data->str : NULL,
    };
    trace->last = trace->cause = event.seq;
    trace_tell_sinks(tracer, &event);
    trace_forget_data(trace);
}
