/* trace/otlp_event.c - one event of the journal as a span event, and the attributes of OTLP/JSON.
 *
 *   {"timeUnixNano":"1767603600007000000","name":"user carol, domain south.example",
 *    "attributes":[{"key":"glasspost.seq","value":{"intValue":"21"}}, ...]}
 *
 * A 64-bit number is a string in JSON, ids are hex digits, enums are numbers, and names are written
 * inLowerCamelCase: the rules of OTLP's JSON encoding.
 */
#include "trace/otlp_inside.h"

#include <string.h>
#include "trace/redact.h"

#define TRACE_OTLP_EVENTS 256 /* a span keeps so many; the rest is counted */
#define TRACE_OTLP_TEXT   1024

static void
trace_otlp_attribute(GString *out, const char *key)
{
    if (out->len > 0 && out->str[out->len - 1] != '[')
        g_string_append_c(out, ',');
    g_string_append_printf(out, "{\"key\":\"%s\",\"value\":", key);
}

void
trace_otlp_text(GString *out, const char *key, const char *value)
{
    if (value == NULL)
        return;
    trace_otlp_attribute(out, key);
    g_string_append(out, "{\"stringValue\":");
    trace_safe_append_json(out, value, -1, TRACE_OTLP_TEXT);
    g_string_append(out, "}}");
}

void
trace_otlp_number(GString *out, const char *key, gint64 value)
{
    trace_otlp_attribute(out, key);
    g_string_append_printf(out, "{\"intValue\":\"%" G_GINT64_FORMAT "\"}}", value);
}

/* "smtp/route.c:58:smtp_route_decide" in its three parts. */
static void
trace_otlp_place(GString *out, const char *at)
{
    g_auto(GStrv) parts = g_strsplit(at == NULL ? "" : at, ":", 3);

    if (g_strv_length(parts) != 3)
        return;
    trace_otlp_text(out, "code.file.path", parts[0]);
    trace_otlp_number(out, "code.line.number", (gint64)g_ascii_strtoull(parts[1], NULL, 10));
    trace_otlp_text(out, "code.function.name", parts[2]);
}

/* A refusal, a fault, an error of the world: the stage did not go well. */
static gboolean
trace_otlp_is_bad(const TraceEvent *event, const char *code)
{
    return event->kind == TRACE_ERROR || event->kind == TRACE_FAULT ||
           (event->kind == TRACE_WIRE && code != NULL && strlen(code) == 3 &&
            (*code == '4' || *code == '5'));
}

void
trace_otlp_span_tell(TraceOtlpSpan *span, const TraceEvent *event)
{
    g_autofree char *code = trace_event_data(event, "code");

    if (span->start_us == 0 || event->time_us < span->start_us)
        span->start_us = event->time_us;
    span->end_us = MAX(span->end_us, event->time_us);
    if (span->refused == NULL && trace_otlp_is_bad(event, code))
        span->refused = g_strdup(event->text == NULL ? "" : event->text);
    if (span->taken == TRACE_OTLP_EVENTS) {
        span->dropped++;
        return;
    }
    GString *out = span->events;

    g_string_append_printf(out, "%s{\"timeUnixNano\":\"%" G_GINT64_FORMAT "000\",\"name\":",
                           span->taken++ > 0 ? "," : "", event->time_us);
    trace_safe_append_json(out, event->text == NULL ? "-" : event->text, -1, TRACE_OTLP_TEXT);
    g_string_append(out, ",\"attributes\":[");
    trace_otlp_number(out, "glasspost.seq", (gint64)event->seq);
    trace_otlp_text(out, "glasspost.kind", trace_kind_name(event->kind));
    trace_otlp_text(out, "glasspost.rfc", event->rfc);
    trace_otlp_text(out, "glasspost.recipient", event->branch);
    if (code != NULL && *code >= '1' && *code <= '5')
        trace_otlp_number(out, "glasspost.code", (gint64)g_ascii_strtoull(code, NULL, 10));
    trace_otlp_place(out, event->at);
    g_string_append(out, "]}");
}
