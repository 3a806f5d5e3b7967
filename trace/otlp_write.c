/* trace/otlp_write.c - the request, host by host, and the ids that join what machines tell apart.
 *
 *   {"resourceSpans":[{"resource":{"attributes":[service.name]},
 *                      "scopeSpans":[{"scope":{"name":"glasspost"},"spans":[ ... ]}]}]}
 */
#include "trace/otlp_inside.h"

#include <string.h>
#include "trace/redact.h"

enum { TRACE_OTLP_INTERNAL = 1, TRACE_OTLP_SERVER = 2, TRACE_OTLP_CLIENT = 3 }; /* SpanKind */
enum { TRACE_OTLP_ERROR = 2 };                                                  /* StatusCode */

#define TRACE_OTLP_TRACE_OCTETS 16
#define TRACE_OTLP_SPAN_OCTETS  8

/* The first @octets of SHA-256 over the words, each with its NUL, as hex digits. */
static char *
trace_otlp_id(gsize octets, const char *const *words)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

    for (; *words != NULL; words++)
        g_checksum_update(sum, (const guchar *)*words, (gssize)strlen(*words) + 1);
    return g_strndup(g_checksum_get_string(sum), octets * 2);
}

/* What names the message: its Message-ID, or else the host, the journey and when it began. */
static char *
trace_otlp_name(const TraceOtlpJourney *journey)
{
    const TraceOtlpVisit *first = g_ptr_array_index(journey->visits, 0);

    if (journey->message_id != NULL || journey->given != NULL)
        return g_strdup(journey->message_id != NULL ? journey->message_id : journey->given);
    return g_strdup_printf("%s %s %" G_GINT64_FORMAT, first->host, journey->id,
                           first->own.start_us);
}

char *
trace_otlp_trace_id(const char *message_id)
{
    const char *const words[] = { "trace", message_id, NULL };
    const char *at = strchr(message_id, '@');

    if (at != NULL && at - message_id == TRACE_OTLP_TRACE_OCTETS * 2 &&
        g_str_equal(at, TRACE_OTLP_REDACTED))
        return g_strndup(message_id, TRACE_OTLP_TRACE_OCTETS * 2);
    return trace_otlp_id(TRACE_OTLP_TRACE_OCTETS, words);
}

static char *
trace_otlp_trace_of(const TraceOtlpJourney *journey)
{
    g_autofree char *name = trace_otlp_name(journey);

    return trace_otlp_trace_id(name);
}

static char *
trace_otlp_hop_id(const TraceOtlpJourney *journey, const TraceOtlpHop *hop)
{
    g_autofree char *trace = trace_otlp_trace_of(journey);
    g_autofree char *number = g_strdup_printf("%u", hop->number);
    const char *const words[] = {
        "hop", trace, hop->client, hop->server, hop->sha256, number, NULL
    };

    return trace_otlp_id(TRACE_OTLP_SPAN_OCTETS, words);
}

static char *
trace_otlp_span_id(const TraceOtlpSpan *span)
{
    const TraceOtlpJourney *journey = span->visit->journey;
    g_autofree char *trace = trace_otlp_trace_of(journey);
    g_autofree char *number = g_strdup_printf("%u", span->visit->number);
    const char *const words[] = { "span",
                                  trace,
                                  journey->id,
                                  span->visit->host,
                                  number,
                                  span->session == NULL ? "" : span->session,
                                  stage_name(span->stage),
                                  NULL };

    return span->hop.number > 0 ? trace_otlp_hop_id(journey, &span->hop)
                                : trace_otlp_id(TRACE_OTLP_SPAN_OCTETS, words);
}

/* The span of the hop that brought it; NULL: it began here. */
static char *
trace_otlp_visit_parent(const TraceOtlpVisit *visit)
{
    if (visit->hop.number > 0)
        return trace_otlp_hop_id(visit->journey, &visit->hop);
    return visit->after == NULL ? NULL : trace_otlp_span_id(visit->after);
}

/* A report is a message of its own; it points back at the one that it is about. */
static void
trace_otlp_link(const TraceOtlp *otlp, const TraceOtlpVisit *visit, GString *out)
{
    const TraceOtlpJourney *about =
        visit->reports_on == NULL ? NULL : g_hash_table_lookup(otlp->by_id, visit->reports_on);

    if (about == NULL || about->visits->len == 0)
        return;
    const TraceOtlpVisit *first = g_ptr_array_index(about->visits, 0);
    g_autofree char *trace = trace_otlp_trace_of(about), *span = trace_otlp_span_id(&first->own);

    g_string_append_printf(out, ",\"links\":[{\"traceId\":\"%s\",\"spanId\":\"%s\"}]", trace, span);
}

static int
trace_otlp_kind(const TraceOtlpSpan *span)
{
    switch (span->stage) {
    case STAGE_NONE: return span->visit->called ? TRACE_OTLP_SERVER : TRACE_OTLP_INTERNAL;
    case STAGE_PICKUP: return TRACE_OTLP_SERVER;
    case STAGE_DNS:
    case STAGE_RELAY: return TRACE_OTLP_CLIENT;
    default: return TRACE_OTLP_INTERNAL;
    }
}

static void
trace_otlp_span_attributes(const TraceOtlpSpan *span, GString *out)
{
    const TraceOtlpVisit *visit = span->visit;

    g_string_append(out, ",\"attributes\":[");
    trace_otlp_text(out, "glasspost.journey", visit->journey->id);
    if (span->stage == STAGE_NONE) {
        trace_otlp_text(out, "glasspost.message_id", visit->journey->message_id);
    } else {
        trace_otlp_text(out, "glasspost.stage", stage_name(span->stage));
        trace_otlp_text(out, "glasspost.session", span->session);
        trace_otlp_text(out, "glasspost.rfc", stage_info(span->stage)->rfc);
    }
    g_string_append_c(out, ']');
}

/* @parent: NULL for the first of its trace. */
static void
trace_otlp_span_write(const TraceOtlp *otlp, const TraceOtlpSpan *span, const char *parent,
                      GString *out)
{
    const TraceOtlpVisit *visit = span->visit;
    g_autofree char *trace = trace_otlp_trace_of(visit->journey), *id = trace_otlp_span_id(span);

    if (out->str[out->len - 1] != '[')
        g_string_append_c(out, ',');
    g_string_append_printf(out, "{\"traceId\":\"%s\",\"spanId\":\"%s\"", trace, id);
    if (parent != NULL)
        g_string_append_printf(out, ",\"parentSpanId\":\"%s\"", parent);
    g_string_append(out, ",\"name\":");
    trace_safe_append_json(out, span->stage == STAGE_NONE ? visit->host : stage_name(span->stage),
                           -1, 255);
    g_string_append_printf(out,
                           ",\"kind\":%d,\"startTimeUnixNano\":\"%" G_GINT64_FORMAT
                           "000\",\"endTimeUnixNano\":\"%" G_GINT64_FORMAT "000\"",
                           trace_otlp_kind(span), span->start_us, span->end_us);
    trace_otlp_span_attributes(span, out);
    g_string_append_printf(out, ",\"events\":[%s]", span->events->str);
    if (span->dropped > 0)
        g_string_append_printf(out, ",\"droppedEventsCount\":%u", span->dropped);
    if (span->stage == STAGE_NONE)
        trace_otlp_link(otlp, visit, out);
    if (span->refused != NULL) {
        g_string_append_printf(out, ",\"status\":{\"code\":%d,\"message\":", TRACE_OTLP_ERROR);
        trace_safe_append_json(out, span->refused, -1, 1024);
        g_string_append_c(out, '}');
    }
    g_string_append_c(out, '}');
}

/* What a relay asks DNS is part of that try; all else is the host's own. */
static const TraceOtlpSpan *
trace_otlp_span_parent(const TraceOtlpVisit *visit, const TraceOtlpSpan *span)
{
    for (guint i = 0; span->stage == STAGE_DNS && i < visit->spans->len; i++) {
        const TraceOtlpSpan *other = g_ptr_array_index(visit->spans, i);

        if (other->stage == STAGE_RELAY && g_str_equal(other->session, span->session))
            return other;
    }
    return &visit->own;
}

static void
trace_otlp_visit_write(const TraceOtlp *otlp, const TraceOtlpVisit *visit, GString *out)
{
    g_autofree char *parent = trace_otlp_visit_parent(visit);

    trace_otlp_span_write(otlp, &visit->own, parent, out);
    for (guint i = 0; i < visit->spans->len; i++) {
        const TraceOtlpSpan *span = g_ptr_array_index(visit->spans, i);
        g_autofree char *above = trace_otlp_span_id(trace_otlp_span_parent(visit, span));

        trace_otlp_span_write(otlp, span, above, out);
    }
}

static void
trace_otlp_host_write(const TraceOtlp *otlp, const char *host, GString *out)
{
    g_string_append(out, "{\"resource\":{\"attributes\":[");
    trace_otlp_text(out, "service.name", host);
    g_string_append(out, "]},\"scopeSpans\":[{\"scope\":{\"name\":\"glasspost\"},\"spans\":[");
    for (guint i = 0; i < otlp->journeys->len; i++) {
        const TraceOtlpJourney *journey = g_ptr_array_index(otlp->journeys, i);

        for (guint v = 0; v < journey->visits->len; v++) {
            const TraceOtlpVisit *visit = g_ptr_array_index(journey->visits, v);

            if (g_str_equal(visit->host, host))
                trace_otlp_visit_write(otlp, visit, out);
        }
    }
    g_string_append(out, "]}]}");
}

void
trace_otlp_write(const TraceOtlp *otlp, GString *out)
{
    g_string_append(out, "{\"resourceSpans\":[");
    for (guint i = 0; i < otlp->hosts->len; i++) {
        if (i > 0)
            g_string_append_c(out, ',');
        trace_otlp_host_write(otlp, g_ptr_array_index(otlp->hosts, i), out);
    }
    g_string_append(out, "]}\n");
}
