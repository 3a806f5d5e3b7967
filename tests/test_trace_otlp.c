/* tests/test_trace_otlp.c - a journal as OpenTelemetry traces: ids that two machines agree on.
 * The rules of OTLP's JSON are checked over all demo scenarios by tests/test_export.py. */
#include "trace/otlp.h"

#include <json-glib/json-glib.h>
#include <locale.h>
#include <string.h>

#define HEAD                                                                                       \
    "Received: from client.example\\n\\tby mx.north.example\\nFrom: a@north.example\\n"            \
    "Message-ID:\\n <one@north.example>\\n"
#define GREETING "{\"lines\":\"220 mx.south.example ESMTP Glasspost\",\"label\":\"220\"}"
#define EHLO     "{\"line\":\"EHLO mx.north.example\",\"label\":\"EHLO\"}"

static guint64 seq;

static void
take(TraceOtlp *otlp, const char *host, const char *journey, const char *session, Stage stage,
     TraceKind kind, const char *data)
{
    TraceEvent event = { .seq = ++seq,
                         .time_us = (gint64)seq * 1000,
                         .host = host,
                         .journey = journey,
                         .session = session,
                         .stage = stage,
                         .kind = kind,
                         .text = "some words",
                         .at = "smtp/relay.c:12:smtp_relay",
                         .data = data };

    trace_otlp_event(otlp, &event);
}

/* All spans, of all hosts. */
static JsonArray *
spans(const TraceOtlp *otlp)
{
    g_autoptr(GString) text = g_string_new(NULL);
    JsonArray *all = json_array_new();

    trace_otlp_write(otlp, text);
    g_autoptr(JsonNode) root = json_from_string(text->str, NULL);
    g_assert_nonnull(root);
    JsonArray *hosts = json_object_get_array_member(json_node_get_object(root), "resourceSpans");

    for (guint h = 0; h < json_array_get_length(hosts); h++) {
        JsonObject *host = json_array_get_object_element(hosts, h);
        JsonObject *scope =
            json_array_get_object_element(json_object_get_array_member(host, "scopeSpans"), 0);
        JsonArray *list = json_object_get_array_member(scope, "spans");

        for (guint s = 0; s < json_array_get_length(list); s++)
            json_array_add_object_element(all,
                                          json_object_ref(json_array_get_object_element(list, s)));
    }
    return all;
}

/* The @number-th span of that name, from 0. */
static JsonObject *
span(JsonArray *all, const char *name, guint number)
{
    for (guint i = 0; i < json_array_get_length(all); i++) {
        JsonObject *one = json_array_get_object_element(all, i);

        if (g_str_equal(json_object_get_string_member(one, "name"), name) && number-- == 0)
            return one;
    }
    g_error("no span %s", name);
}

static const char *
id(JsonObject *span, const char *which)
{
    return json_object_get_string_member_with_default(span, which, "-");
}

/* What the sender's machine writes about one try; NULL: no message goes over. */
static void
send_once(TraceOtlp *otlp, const char *session, const char *body)
{
    take(otlp, "mx.north.example", "j1", session, STAGE_RELAY, TRACE_WIRE, GREETING);
    take(otlp, "mx.north.example", "j1", session, STAGE_RELAY, TRACE_WIRE, EHLO);
    if (body != NULL)
        take(otlp, "mx.north.example", "j1", session, STAGE_RELAY, TRACE_WIRE, body);
}

#define SENT                                                                                       \
    "{\"from\":\"host\",\"to\":\"remote\",\"label\":\"message\",\"sha256\":\"ab\",\"head\":"       \
    "\"" HEAD "\"}"
#define TAKEN                                                                                      \
    "{\"from\":\"client\",\"to\":\"host\",\"label\":\"message\",\"sha256\":\"ab\",\"head\":"       \
    "\"" HEAD "\"}"

/* And the receiver's, whose journal knows the message by another name. */
static void
take_once(TraceOtlp *otlp, const char *journey, const char *session)
{
    take(otlp, "mx.south.example", NULL, session, STAGE_CONNECT, TRACE_DECISION,
         "{\"port\":\"relay\"}");
    take(otlp, "mx.south.example", NULL, session, STAGE_CONNECT, TRACE_WIRE, GREETING);
    take(otlp, "mx.south.example", NULL, session, STAGE_CONNECT, TRACE_WIRE, EHLO);
    take(otlp, "mx.south.example", journey, session, STAGE_SENDER, TRACE_WIRE, NULL);
    take(otlp, "mx.south.example", journey, session, STAGE_STORE, TRACE_WIRE, TAKEN);
}

static void
test_trace_id(void)
{
    g_test_summary("the first 16 octets of SHA-256 over \"trace\" and the Message-ID");
    g_autofree char *made = trace_otlp_trace_id("one@north.example");
    g_autofree char *sum = g_compute_checksum_for_data(
        G_CHECKSUM_SHA256, (const guchar *)"trace\0one@north.example", 24);
    g_autofree char *redacted = g_strconcat(made, TRACE_OTLP_REDACTED, NULL);
    g_autofree char *again = trace_otlp_trace_id(redacted);

    g_assert_cmpuint(strlen(made), ==, 32);
    g_assert_true(g_str_has_prefix(sum, made));
    g_assert_cmpstr(again, ==, made);
}

static void
test_two_machines(void)
{
    g_test_summary("two journals that know nothing of each other: one trace, and the hop joins");
    g_autoptr(TraceOtlp) north = trace_otlp_new(), south = trace_otlp_new();

    send_once(north, "relay-2", SENT);
    take_once(south, "j7", "smtp-1");
    g_autoptr(JsonArray) sent = spans(north), taken = spans(south);
    JsonObject *relay = span(sent, "relay", 0), *host = span(taken, "mx.south.example", 0);

    g_assert_cmpstr(id(host, "traceId"), ==, id(relay, "traceId"));
    g_assert_cmpstr(id(host, "parentSpanId"), ==, id(relay, "spanId"));
    g_assert_cmpstr(id(span(taken, "connect", 0), "parentSpanId"), ==, id(host, "spanId"));
    g_assert_cmpint(json_object_get_int_member(relay, "kind"), ==, 3);
    g_assert_cmpint(json_object_get_int_member(host, "kind"), ==, 2);
    g_assert_cmpstr(id(span(sent, "mx.north.example", 0), "parentSpanId"), ==, "-");
}

/* An event of mx.south.example in the world of mx.north.example, which knows what it follows from. */
static void
take_after(TraceOtlp *otlp, guint64 cause, Stage stage, const char *data)
{
    TraceEvent event = { .seq = ++seq,
                         .time_us = (gint64)seq * 1000,
                         .host = "mx.south.example",
                         .journey = "j1",
                         .session = "smtp-3",
                         .stage = stage,
                         .kind = TRACE_WIRE,
                         .text = "some words",
                         .cause = cause,
                         .at = "smtp/session.c:12:smtp_session_line",
                         .data = data };

    trace_otlp_event(otlp, &event);
}

static void
test_refused_early(void)
{
    g_test_summary("a hop refused before the message went over: joined where one journal has both");
    g_autoptr(TraceOtlp) world = trace_otlp_new(), south = trace_otlp_new();

    take(world, "mx.north.example", "j1", "smtp-1", STAGE_STORE, TRACE_WIRE, TAKEN);
    send_once(world, "relay-2", NULL);
    take_after(world, seq, STAGE_CONNECT, EHLO);
    take_after(world, seq, STAGE_RECIPIENT, "{\"from\":\"host\",\"code\":550}");
    take(south, "mx.south.example", "j1", "smtp-1", STAGE_RECIPIENT, TRACE_WIRE, NULL);
    g_autoptr(JsonArray) both = spans(world), alone = spans(south);
    JsonObject *relay = span(both, "relay", 0), *host = span(both, "mx.south.example", 0);

    g_assert_cmpstr(id(host, "traceId"), ==, id(relay, "traceId"));
    g_assert_cmpstr(id(host, "parentSpanId"), ==, id(relay, "spanId"));
    g_assert_cmpstr(id(span(alone, "mx.south.example", 0), "traceId"), !=, id(relay, "traceId"));
}

static void
test_one_message_id(void)
{
    g_test_summary("two messages with one Message-ID are one trace, with spans of their own");
    g_autoptr(TraceOtlp) north = trace_otlp_new();

    take(north, "mx.north.example", "j1", "smtp-1", STAGE_STORE, TRACE_WIRE, TAKEN);
    take(north, "mx.north.example", "j2", "smtp-2", STAGE_STORE, TRACE_WIRE, TAKEN);
    g_autoptr(JsonArray) all = spans(north);

    g_assert_cmpstr(id(span(all, "store", 0), "traceId"), ==, id(span(all, "store", 1), "traceId"));
    g_assert_cmpstr(id(span(all, "store", 0), "spanId"), !=, id(span(all, "store", 1), "spanId"));
}

static void
test_sent_twice(void)
{
    g_test_summary("a lost reply, the same content again: the second arrival is of the second try");
    g_autoptr(TraceOtlp) north = trace_otlp_new(), south = trace_otlp_new();

    send_once(north, "relay-2", SENT);
    send_once(north, "relay-3", NULL);
    send_once(north, "relay-4", SENT);
    take_once(south, "j7", "smtp-1");
    take_once(south, "j8", "smtp-2");
    g_autoptr(JsonArray) sent = spans(north), taken = spans(south);

    g_assert_cmpstr(id(span(taken, "mx.south.example", 0), "parentSpanId"), ==,
                    id(span(sent, "relay", 0), "spanId"));
    g_assert_cmpstr(id(span(taken, "mx.south.example", 1), "parentSpanId"), ==,
                    id(span(sent, "relay", 2), "spanId"));
}

static void
test_mail_program(void)
{
    g_test_summary("a message without a Received line comes from no host: its trace begins here");
    g_autoptr(TraceOtlp) south = trace_otlp_new();

    take(south, "mx.south.example", NULL, "smtp-1", STAGE_CONNECT, TRACE_DECISION,
         "{\"port\":\"relay\"}");
    take(south, "mx.south.example", "j1", "smtp-1", STAGE_STORE, TRACE_WIRE,
         "{\"from\":\"client\",\"to\":\"host\",\"label\":\"message\",\"sha256\":\"ab\","
         "\"head\":\"Message-ID: <one@north.example>\\n\"}");
    g_autoptr(JsonArray) all = spans(south);

    g_assert_cmpstr(id(span(all, "mx.south.example", 0), "parentSpanId"), ==, "-");
}

static void
test_refused(void)
{
    g_test_summary("a refusal is the span's status");
    g_autoptr(TraceOtlp) south = trace_otlp_new();

    take(south, "mx.south.example", "j1", "smtp-1", STAGE_RECIPIENT, TRACE_WIRE,
         "{\"from\":\"host\",\"to\":\"client\",\"label\":\"550\",\"code\":550}");
    take(south, "mx.south.example", "j1", "smtp-1", STAGE_SENDER, TRACE_WIRE,
         "{\"from\":\"host\",\"to\":\"client\",\"label\":\"250\",\"code\":250}");
    g_autoptr(JsonArray) all = spans(south);
    JsonObject *status = json_object_get_object_member(span(all, "recipient", 0), "status");

    g_assert_cmpint(json_object_get_int_member(status, "code"), ==, 2);
    g_assert_false(json_object_has_member(span(all, "sender", 0), "status"));
}

static void
test_bounds(void)
{
    g_test_summary("a span keeps 256 events and counts the rest; events of nobody are passed over");
    g_autoptr(TraceOtlp) otlp = trace_otlp_new();

    take(otlp, NULL, "j1", "smtp-1", STAGE_SPLIT, TRACE_DECISION, NULL);
    for (guint i = 0; i < 300; i++)
        take(otlp, "mx.north.example", "j1", NULL, STAGE_SPLIT, TRACE_DECISION, NULL);
    g_autoptr(JsonArray) all = spans(otlp);
    JsonObject *split = span(all, "split", 0);

    g_assert_cmpuint(json_array_get_length(json_object_get_array_member(split, "events")), ==, 256);
    g_assert_cmpint(json_object_get_int_member(split, "droppedEventsCount"), ==, 44);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trace/otlp/trace_id", test_trace_id);
    g_test_add_func("/trace/otlp/two_machines", test_two_machines);
    g_test_add_func("/trace/otlp/refused_early", test_refused_early);
    g_test_add_func("/trace/otlp/one_message_id", test_one_message_id);
    g_test_add_func("/trace/otlp/sent_twice", test_sent_twice);
    g_test_add_func("/trace/otlp/mail_program", test_mail_program);
    g_test_add_func("/trace/otlp/refused", test_refused);
    g_test_add_func("/trace/otlp/bounds", test_bounds);
    return g_test_run();
}
