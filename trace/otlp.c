/* trace/otlp.c - a journal as OpenTelemetry traces: which event belongs to which span.
 *
 *   event --> its journey --> the visit (a host's part in it) --> the span (a session in a stage)
 *
 * A visit begins with the session that takes the message. What the host does with it later (a
 * relay, a report, a reader) is of the visit that it follows from, by the events' causes.
 *
 * Of each session it is remembered how the two ends named themselves, and what was said before the
 * message had a name: that belongs to its journey, too.
 *
 * What the message itself tells is in trace/otlp_message.c, the JSON in trace/otlp_event.c and
 * trace/otlp_write.c. Tests: tests/test_trace_otlp.c
 */
#include "trace/otlp.h"

#include <string.h>
#include "trace/otlp_inside.h"

#define TRACE_OTLP_BEFORE 64 /* events of a session before its first message */

/* ------------------------------------------------------------------ begin and end */

static void
trace_otlp_span_clear(TraceOtlpSpan *span)
{
    g_free(span->session);
    g_string_free(span->events, TRUE);
    g_free(span->refused);
    trace_otlp_hop_clear(&span->hop);
}

static void
trace_otlp_span_free(gpointer data)
{
    trace_otlp_span_clear(data);
    g_free(data);
}

static void
trace_otlp_visit_free(gpointer data)
{
    TraceOtlpVisit *visit = data;

    g_free(visit->host);
    trace_otlp_span_clear(&visit->own);
    g_ptr_array_unref(visit->spans);
    trace_otlp_hop_clear(&visit->hop);
    g_free(visit->reports_on);
    g_free(visit);
}

static void
trace_otlp_journey_free(gpointer data)
{
    TraceOtlpJourney *journey = data;

    g_free(journey->id);
    g_free(journey->message_id);
    g_free(journey->given);
    g_ptr_array_unref(journey->visits);
    g_free(journey);
}

static void
trace_otlp_talk_free(gpointer data)
{
    TraceOtlpTalk *talk = data;

    g_free(talk->client);
    g_free(talk->server);
    g_ptr_array_unref(talk->before);
    g_free(talk);
}

TraceOtlp *
trace_otlp_new(void)
{
    TraceOtlp *otlp = g_new0(TraceOtlp, 1);

    otlp->journeys = g_ptr_array_new_with_free_func(trace_otlp_journey_free);
    otlp->hosts = g_ptr_array_new_with_free_func(g_free);
    otlp->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    otlp->by_work = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    otlp->by_stage = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    otlp->by_seq = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    otlp->talks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, trace_otlp_talk_free);
    otlp->hop_count = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return otlp;
}

void
trace_otlp_free(TraceOtlp *otlp)
{
    if (otlp == NULL)
        return;
    g_hash_table_unref(otlp->by_id);
    g_hash_table_unref(otlp->by_work);
    g_hash_table_unref(otlp->by_stage);
    g_hash_table_unref(otlp->by_seq);
    g_hash_table_unref(otlp->talks);
    g_hash_table_unref(otlp->hop_count);
    g_ptr_array_unref(otlp->journeys);
    g_ptr_array_unref(otlp->hosts);
    g_free(otlp);
}

/* ------------------------------------------------------------------ sessions */

static const char *
trace_otlp_session(const TraceEvent *event)
{
    return event->session == NULL ? "" : event->session;
}

static TraceOtlpTalk *
trace_otlp_talk(TraceOtlp *otlp, const TraceEvent *event)
{
    g_autofree char *key = g_strdup_printf("%s %s", event->host, trace_otlp_session(event));
    TraceOtlpTalk *talk = g_hash_table_lookup(otlp->talks, key);

    if (talk != NULL)
        return talk;
    talk = g_new0(TraceOtlpTalk, 1);
    talk->relayed = g_str_has_prefix(trace_otlp_session(event), "relay-");
    talk->before = g_ptr_array_new_with_free_func((GDestroyNotify)trace_event_free);
    g_hash_table_insert(otlp->talks, g_steal_pointer(&key), talk);
    return talk;
}

/* The word after the first @skip octets of @line. */
static char *
trace_otlp_word(const char *line, gsize skip)
{
    return strlen(line) <= skip ? NULL : g_strndup(line + skip, strcspn(line + skip, " \r\n"));
}

/* "220 mx.south.example ESMTP", "EHLO mx.north.example": who speaks here with whom? */
static void
trace_otlp_talk_learn(TraceOtlpTalk *talk, const TraceEvent *event)
{
    g_autofree char *lines = trace_event_data(event, "lines");
    g_autofree char *line = trace_event_data(event, "line");
    g_autofree char *port = trace_event_data(event, "port");

    if (event->stage == STAGE_CONNECT && g_strcmp0(port, "relay") == 0)
        talk->relayed = TRUE;
    if (lines != NULL && (g_str_has_prefix(lines, "220 ") || g_str_has_prefix(lines, "220-")) &&
        talk->client == NULL) {
        g_free(talk->server);
        talk->server = trace_otlp_word(lines, 4);
    }
    if (line != NULL && (g_str_has_prefix(line, "EHLO ") || g_str_has_prefix(line, "HELO "))) {
        g_free(talk->client);
        talk->client = trace_otlp_word(line, 5);
    }
    /* A relay that turns to the next address begins anew. */
    g_autofree char *label = trace_event_data(event, "label");
    if (g_strcmp0(label, "connect") == 0)
        g_clear_pointer(&talk->client, g_free);
}

/* ------------------------------------------------------------------ journey, visit, span */

static TraceOtlpJourney *
trace_otlp_journey(TraceOtlp *otlp, const char *id)
{
    TraceOtlpJourney *journey = g_hash_table_lookup(otlp->by_id, id);

    if (journey != NULL)
        return journey;
    journey = g_new0(TraceOtlpJourney, 1);
    journey->id = g_strdup(id);
    journey->visits = g_ptr_array_new_with_free_func(trace_otlp_visit_free);
    g_ptr_array_add(otlp->journeys, journey);
    g_hash_table_insert(otlp->by_id, journey->id, journey);
    return journey;
}

static void
trace_otlp_meet_host(TraceOtlp *otlp, const char *host)
{
    if (!g_ptr_array_find_with_equal_func(otlp->hosts, host, g_str_equal, NULL))
        g_ptr_array_add(otlp->hosts, g_strdup(host));
}

static TraceOtlpVisit *
trace_otlp_visit_new(TraceOtlp *otlp, TraceOtlpJourney *journey, const TraceEvent *event)
{
    TraceOtlpVisit *visit = g_new0(TraceOtlpVisit, 1);

    visit->journey = journey;
    visit->number = journey->visits->len;
    visit->host = g_strdup(event->host);
    visit->called = g_str_has_prefix(trace_otlp_session(event), "smtp-");
    visit->own.visit = visit;
    visit->own.events = g_string_new(NULL);
    visit->spans = g_ptr_array_new_with_free_func(trace_otlp_span_free);
    g_ptr_array_add(journey->visits, visit);
    trace_otlp_meet_host(otlp, event->host);
    return visit;
}

/* The visit that @event's cause belongs to, or else the journey's last one at this host. */
static TraceOtlpVisit *
trace_otlp_visit_before(const TraceOtlpJourney *journey, const TraceOtlpSpan *cause,
                        const TraceEvent *event)
{
    if (cause != NULL && cause->visit->journey == journey &&
        g_str_equal(cause->visit->host, event->host))
        return cause->visit;
    for (guint i = journey->visits->len; i > 0; i--) {
        TraceOtlpVisit *visit = g_ptr_array_index(journey->visits, i - 1);

        if (g_str_equal(visit->host, event->host))
            return visit;
    }
    return NULL;
}

static TraceOtlpVisit *
trace_otlp_visit(TraceOtlp *otlp, TraceOtlpJourney *journey, const TraceOtlpSpan *cause,
                 const TraceEvent *event)
{
    g_autofree char *work =
        g_strdup_printf("%s %s %s", journey->id, event->host, trace_otlp_session(event));
    TraceOtlpVisit *visit = g_hash_table_lookup(otlp->by_work, work);

    if (visit != NULL)
        return visit;
    if (!g_str_has_prefix(trace_otlp_session(event), "smtp-"))
        visit = trace_otlp_visit_before(journey, cause, event);
    if (visit == NULL) {
        visit = trace_otlp_visit_new(otlp, journey, event);
        if (cause != NULL && cause->visit->journey == journey && cause->stage != STAGE_NONE)
            visit->after = cause;
    }
    g_hash_table_insert(otlp->by_work, g_steal_pointer(&work), visit);
    return visit;
}

static TraceOtlpSpan *
trace_otlp_span(TraceOtlp *otlp, TraceOtlpVisit *visit, const TraceEvent *event)
{
    if (event->stage == STAGE_NONE)
        return &visit->own;
    g_autofree char *key = g_strdup_printf("%s %u %s %s", visit->journey->id, visit->number,
                                           trace_otlp_session(event), stage_name(event->stage));
    TraceOtlpSpan *span = g_hash_table_lookup(otlp->by_stage, key);

    if (span != NULL)
        return span;
    span = g_new0(TraceOtlpSpan, 1);
    span->visit = visit;
    span->stage = event->stage;
    span->session = g_strdup(trace_otlp_session(event));
    span->events = g_string_new(NULL);
    g_ptr_array_add(visit->spans, span);
    g_hash_table_insert(otlp->by_stage, g_steal_pointer(&key), span);
    return span;
}

/* ------------------------------------------------------------------ one event */

static void
trace_otlp_take(TraceOtlp *otlp, TraceOtlpTalk *talk, const TraceEvent *event, const char *id)
{
    gint64 cause = (gint64)event->cause;
    TraceOtlpJourney *journey = trace_otlp_journey(otlp, id);
    TraceOtlpVisit *visit =
        trace_otlp_visit(otlp, journey, g_hash_table_lookup(otlp->by_seq, &cause), event);
    TraceOtlpSpan *span = trace_otlp_span(otlp, visit, event);
    g_autofree char *label = trace_event_data(event, "label");
    gint64 *seq = g_new(gint64, 1);

    *seq = (gint64)event->seq;
    g_hash_table_replace(otlp->by_seq, seq, span);
    trace_otlp_span_tell(span, event);
    visit->own.start_us =
        visit->own.start_us == 0 ? event->time_us : MIN(visit->own.start_us, event->time_us);
    visit->own.end_us = MAX(visit->own.end_us, event->time_us);
    if (g_strcmp0(label, "message") == 0 && event->kind == TRACE_WIRE)
        trace_otlp_body(otlp, span, talk, event);
    else if (event->stage == STAGE_STORE && event->kind == TRACE_SQL)
        trace_otlp_given(journey, event);
    if (event->stage == STAGE_BOUNCE && visit->reports_on == NULL)
        visit->reports_on = trace_event_data(event, "reports_on");
}

void
trace_otlp_event(TraceOtlp *otlp, const TraceEvent *event)
{
    if (event->host == NULL || (event->journey == NULL && event->session == NULL))
        return;
    TraceOtlpTalk *talk = trace_otlp_talk(otlp, event);

    trace_otlp_talk_learn(talk, event);
    if (event->journey == NULL) {
        if (talk->before->len < TRACE_OTLP_BEFORE)
            g_ptr_array_add(talk->before, trace_event_copy(event));
        return;
    }
    for (guint i = 0; i < talk->before->len; i++)
        trace_otlp_take(otlp, talk, g_ptr_array_index(talk->before, i), event->journey);
    g_ptr_array_set_size(talk->before, 0);
    trace_otlp_take(otlp, talk, event, event->journey);
}
