/* trace/trace.c - from a trace call to the sinks.
 *
 *   trace_put_text(...)      gathers in the speaker:   {"domain":"south.example"
 *   trace_decision(...)  ->  trace_emit(): text, position, next seq, cause
 *                            -> each sink in order: the journal writes it, the gate may hold here
 *
 * An event is told twenty times a message, so nothing is allocated for it: its text is put together
 * in buffers that are lent (tracer_lend), and what many events share is made once (trace_make_who(),
 * trace_make_at()).
 *
 * Start reading at trace_emit(). Who speaks is kept in trace/speaker.c; data is gathered in
 * trace/put.c; what wire events have in common is in trace/wire.c.
 * Tests: tests/test_trace_trace.c, tests/test_trace_cost.c
 */
#include "trace/trace.h"

#include <string.h>

#include "trace/fault.h"
#include "trace/redact.h"
#include "trace/speaker.h"
#include "trace/text.h"

#define TRACE_TEXT_MAX  1024        /* octets of an event's sentence */
#define TRACE_LENT_SIZE 4096        /* of a new buffer: most events' data fits */
#define TRACE_LENT_MAX  (64 * 1024) /* a larger buffer is not kept */

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
    while (tracer->at_home > 0)
        g_string_free(tracer->buffers[--tracer->at_home], TRUE);
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

GString *
tracer_lend(Tracer *tracer)
{
    if (tracer->at_home == 0)
        return g_string_sized_new(TRACE_LENT_SIZE);
    return tracer->buffers[--tracer->at_home];
}

void
tracer_give_back(Tracer *tracer, GString *lent)
{
    if (lent->allocated_len > TRACE_LENT_MAX || tracer->at_home == TRACE_LENT_KEPT) {
        g_string_free(lent, TRUE);
        return;
    }
    trace_text_cut(lent, 0);
    tracer->buffers[tracer->at_home++] = lent;
}

/* ---- events ---- */

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

/* The sentence, lent; what a stranger sent may be part of it. */
static GString *
trace_sentence(Tracer *tracer, const char *format, va_list values, gboolean *is_plain)
{
    GString *raw = tracer_lend(tracer);

    /* A little over the limit, so that only what is cut gets its dots. */
    trace_text_append_format(raw, TRACE_TEXT_MAX + 8, format, values);
    *is_plain = raw->len <= TRACE_TEXT_MAX && trace_safe_is_plain(raw->str, raw->len);
    if (*is_plain)
        return raw;
    GString *text = tracer_lend(tracer);

    trace_safe_append(text, raw->str, (gssize)raw->len, TRACE_TEXT_MAX, FALSE);
    tracer_give_back(tracer, raw);
    return text;
}

/* The data goes with one event only: the speaker has none any more. NULL: nothing was put. */
static GString *
trace_take_data(Trace *trace)
{
    GString *data = g_steal_pointer(&trace->data);

    if (data != NULL)
        g_string_append_c(data, '}');
    return data;
}

/* Made once for all events, until one of the four changes. */
static void
trace_make_who(Trace *trace)
{
    const TraceEvent event = {
        .journey = trace->journey,
        .branch = trace->branch,
        .session = trace->session,
        .user = trace->user,
    };

    trace_event_write_who(&event, trace->who);
}

/* The position in the source, as the compiler gave it to the macro. Made once a place. */
static void
trace_make_at(TracePlace *place)
{
    const char *line = place->line;

    place->at =
        g_strdup_printf("%s:%s", g_str_has_prefix(line, "./") ? line + 2 : line, place->function);
    place->at_octets = strlen(place->at);
}

void
trace_emit(Trace *trace, TraceKind kind, Stage stage, const char *rfc, TracePlace *place,
           const char *format, ...)
{
    gboolean is_plain;
    va_list values;

    if (!trace_is_on(trace))
        return;
    va_start(values, format);
    GString *text = trace_sentence(trace->tracer, format, values, &is_plain);
    va_end(values);
    trace_emit_sentence(trace, kind, stage, rfc, place, text, is_plain);
    tracer_give_back(trace->tracer, text);
}

void
trace_emit_sentence(Trace *trace, TraceKind kind, Stage stage, const char *rfc, TracePlace *place,
                    const GString *text, gboolean is_plain)
{
    Tracer *tracer = trace->tracer;
    GString *data = trace_take_data(trace);

    if (trace->who->len == 0)
        trace_make_who(trace);
    if (place->at == NULL)
        trace_make_at(place);
    /* No member is left out: then the compiler need not clear it all beforehand. */
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
        .text = text->str,
        .rfc = rfc,
        .at = place->at,
        .cause = trace->cause,
        .twin = trace->twin,
        .data = data == NULL ? NULL : data->str,
        .who = trace->who->str,
        .who_octets = trace->who->len,
        .text_octets = is_plain ? text->len : 0,
        .at_octets = place->at_octets,
        .data_octets = data == NULL ? 0 : data->len,
    };
    trace->last = trace->cause = event.seq;
    trace->twin = 0;
    trace_tell_sinks(tracer, &event);
    if (data != NULL)
        tracer_give_back(tracer, data);
}
