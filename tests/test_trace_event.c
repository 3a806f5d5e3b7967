/* tests/test_trace_event.c - an event to its journal line and back; one member of its data. */
#include "trace/event.h"

#include <locale.h>
#include <string.h>

static const TraceEvent sample = {
    .seq = 41,
    .time_us = G_GINT64_CONSTANT(1767603600120000),
    .stage = STAGE_ROUTE,
    .kind = TRACE_DECISION,
    .host = "mx.north.example",
    .journey = "j3",
    .branch = "1",
    .session = "smtp-7",
    .user = "alice",
    .text = "south.example is not ours: the message must travel",
    .rfc = "RFC 5321 §3.6",
    .at = "smtp/route.c:58:smtp_route_decide",
    .cause = 38,
    .twin = 40,
    .data = "{\"domain\":\"south.example\",\"local\":false}",
};

static const char sample_line[] =
    "{\"seq\":41,\"time\":\"2026-01-05T09:00:00.120Z\",\"host\":\"mx.north.example\","
    "\"stage\":\"route\",\"kind\":\"decision\",\"journey\":\"j3\",\"branch\":\"1\","
    "\"session\":\"smtp-7\",\"user\":\"alice\","
    "\"text\":\"south.example is not ours: the message must travel\","
    "\"rfc\":\"RFC 5321 §3.6\",\"at\":\"smtp/route.c:58:smtp_route_decide\",\"cause\":38,"
    "\"twin\":40,\"data\":{\"domain\":\"south.example\",\"local\":false}}\n";

static void
test_write(void)
{
    g_test_summary("the journal line of an event, and unset keys left out");
    g_autoptr(GString) line = g_string_new(NULL);
    TraceEvent small = { .seq = 1, .text = "the world starts", .kind = TRACE_STATE };

    trace_event_write(&sample, line);
    g_assert_cmpstr(line->str, ==, sample_line);
    g_string_truncate(line, 0);
    trace_event_write(&small, line);
    g_assert_cmpstr(line->str, ==,
                    "{\"seq\":1,\"time\":\"1970-01-01T00:00:00.000Z\",\"kind\":\"state\","
                    "\"text\":\"the world starts\"}\n");
}

static void
test_parse(void)
{
    g_test_summary("what was written is read back the same, with or without its line end");
    for (guint with_end = 0; with_end <= 1; with_end++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GString) line = g_string_new(NULL);
        g_autoptr(TraceEvent) event =
            trace_event_parse(sample_line, strlen(sample_line) - 1 + with_end, &error);

        g_assert_no_error(error);
        trace_event_write(event, line);
        g_assert_cmpstr(line->str, ==, sample_line);
    }
}

static void
test_parse_newer(void)
{
    g_test_summary("keys of a newer version are passed over");
    static const char line[] = "{\"seq\":2,\"time\":\"2026-01-05T09:00:00.120Z\",\"kind\":\"wire\","
                               "\"stage\":\"teleport\",\"mood\":[1,{\"a\":2}],\"cause\":-4}";
    g_autoptr(TraceEvent) event = trace_event_parse(line, strlen(line), NULL);

    g_assert_nonnull(event);
    g_assert_cmpint(event->stage, ==, STAGE_NONE);
    g_assert_cmpuint(event->cause, ==, 0);
    g_assert_null(event->data);
}

static void
refuse(const char *line, gsize length)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(trace_event_parse(line, length, &error));
    g_assert_nonnull(error);
}

static void
test_parse_hostile(void)
{
    g_test_summary("100,000 brackets, cut lines, no JSON: an error, not a crash");
    g_autofree char *deep = g_strnfill(100000, '[');
    g_autofree char *hidden = g_strconcat("{\"a\":/* \" */", deep, NULL);
    g_autofree char *single = g_strconcat("{'\"':", deep, NULL);
    g_autofree char *objects = g_malloc(500000);

    for (guint i = 0; i < 100000; i++)
        memcpy(objects + i * 5, "{\"a\":", 5);
    refuse(deep, 100000);
    refuse(objects, 500000);
    refuse(hidden, strlen(hidden));
    refuse(single, strlen(single));
    for (gsize cut = 0; cut < strlen(sample_line) - 2; cut++)
        refuse(sample_line, cut);
    refuse("{}", 2);
    refuse("[1]", 3);
    refuse("null", 4);
    refuse("{\"seq\":1}", 9);
    refuse("{\"seq\":\0001}", 9);
    refuse("{\"journal\":1,\"first\":1}", 23);
}

static void
test_parse_brackets_in_text(void)
{
    g_test_summary("brackets inside of a text are no depth");
    g_autofree char *many = g_strnfill(500, '[');
    g_autofree char *line = g_strdup_printf("{\"seq\":1,\"time\":\"2026-01-05T09:00:00.120Z\","
                                            "\"kind\":\"wire\",\"text\":\"\\\"%s\"}",
                                            many);
    g_autoptr(TraceEvent) event = trace_event_parse(line, strlen(line), NULL);

    g_assert_nonnull(event);
    g_assert_cmpuint(strlen(event->text), ==, 501);
}

static void
test_time(void)
{
    g_test_summary("times are ISO 8601 in UTC, to the millisecond");
    g_autofree char *text = trace_time_format(sample.time_us);
    g_autofree char *before = trace_time_format(-1000);

    g_assert_cmpstr(text, ==, "2026-01-05T09:00:00.120Z");
    g_assert_cmpstr(before, ==, "1969-12-31T23:59:59.999Z");
    g_assert_cmpint(trace_time_parse(text), ==, sample.time_us);
    g_assert_cmpint(trace_time_parse(NULL), ==, -1);
    g_assert_cmpint(trace_time_parse("2026-01-05 09:00:00.120Z"), ==, -1);
    g_assert_cmpint(trace_time_parse("2026-13-05T09:00:00.120Z"), ==, -1);
    g_assert_cmpint(trace_time_parse("2026-01-05T09:00:00.120Zx"), ==, -1);
}

static void
expect_data(const char *data, const char *key, const char *value)
{
    TraceEvent event = { .data = data };
    g_autofree char *found = trace_event_data(&event, key);

    g_assert_cmpstr(found, ==, value);
}

static void
test_data(void)
{
    g_test_summary("one member of the data, found at the top only");
    static const char data[] = "{\"code\":550,\"lines\":\"a\\n\\\"b\\\" \\u00e4\\\\x\","
                               "\"rows\": [{\"id\":4,\"t\":\"}\"}], \"local\":false}";

    expect_data(data, "code", "550");
    expect_data(data, "lines", "a\n\"b\" ä\\x");
    expect_data(data, "rows", "[{\"id\":4,\"t\":\"}\"}]");
    expect_data(data, "local", "false");
    expect_data(data, "id", NULL);
    expect_data(NULL, "id", NULL);
    expect_data("{}", "id", NULL);
    for (gsize cut = 0; cut < strlen(data); cut++) {
        g_autofree char *part = g_strndup(data, cut);
        TraceEvent event = { .data = part };
        g_free(trace_event_data(&event, "none"));
    }
    expect_data("]]]]\"a\":1", "a", NULL);
    expect_data("{\"a\":]\"b\":1", "b", NULL);
}

static void
test_kinds(void)
{
    g_test_summary("kinds have names, found again");
    for (guint kind = 0; kind < TRACE_KINDS; kind++)
        g_assert_cmpint(trace_kind_from_name(trace_kind_name(kind)), ==, kind);
    g_assert_cmpint(trace_kind_from_name(NULL), ==, TRACE_KINDS);
    g_assert_cmpstr(trace_kind_name(TRACE_KINDS), ==, "");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trace/event/write", test_write);
    g_test_add_func("/trace/event/parse", test_parse);
    g_test_add_func("/trace/event/parse-newer", test_parse_newer);
    g_test_add_func("/trace/event/parse-hostile", test_parse_hostile);
    g_test_add_func("/trace/event/parse-brackets-in-text", test_parse_brackets_in_text);
    g_test_add_func("/trace/event/time", test_time);
    g_test_add_func("/trace/event/data", test_data);
    g_test_add_func("/trace/event/kinds", test_kinds);
    return g_test_run();
}
