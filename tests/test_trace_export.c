/* tests/test_trace_export.c - events as plain text. */
#include "trace/export.h"

#include <locale.h>

static const TraceEvent split = {
    .seq = 106,
    .time_us = 8000,
    .stage = STAGE_SPLIT,
    .kind = TRACE_DECISION,
    .host = "mx.north.example",
    .text = "user carol, domain south.example",
    .rfc = "RFC 5321 §4.1.2",
    .at = "smtp/split.c:41:smtp_split_address",
};

static void
test_line(void)
{
    g_test_summary("one numbered line an event, with section and source position");
    TraceExport export = { .started = TRUE };
    g_autoptr(GString) out = g_string_new(NULL);

    trace_export_text(&export, &split, out);
    g_assert_cmpstr(out->str, ==,
                    "  106       +8 ms  mx.north.example    split      * user carol, domain "
                    "south.example   [RFC 5321 §4.1.2; smtp/split.c:41 smtp_split_address]\n");
    export.bare = TRUE;
    g_string_truncate(out, 0);
    trace_export_text(&export, &split, out);
    g_assert_cmpstr(
        out->str, ==,
        "  106       +8 ms  mx.north.example    split      * user carol, domain south.example\n");
}

static void
test_hostile(void)
{
    g_test_summary("a journal from elsewhere controls no terminal");
    TraceExport export = { 0 };
    TraceEvent event = { .seq = 1, .kind = TRACE_WIRE, .text = "\x1b[2J\n\x9b", .at = "x\x1b" };
    g_autoptr(GString) out = g_string_new(NULL);

    trace_export_text(&export, &event, out);
    g_assert_cmpstr(out->str, ==,
                    "    1       +0 ms  -                   -          > ^[[2J^J\\x9b   [x^[]\n");
    event.text = NULL;
    event.at = NULL;
    event.kind = TRACE_KINDS;
    trace_export_text(&export, &event, out);
}

static void
test_summary(void)
{
    g_test_summary("a summary leaves out what is not worth telling");
    TraceExport export = { .summary = TRUE };
    TraceEvent sql = { .seq = 2, .kind = TRACE_SQL, .stage = STAGE_SPLIT, .text = "SELECT" };
    g_autoptr(GString) out = g_string_new(NULL);

    trace_export_text(&export, &split, out);
    gsize length = out->len;
    g_assert_cmpuint(length, >, 0);
    trace_export_text(&export, &sql, out);
    g_assert_cmpuint(out->len, ==, length);
}

static void
test_offsets(void)
{
    g_test_summary("times from the first event on, two units at most");
    static const struct {
        gint64 s;
        const char *text;
    } offsets[] = { { 0, "+0 ms" },       { 1, "+1.0 s" },       { 59, "+59.0 s" },
                    { 200, "+3 m 20 s" }, { 14400, "+4 h 0 m" }, { 439200, "+5 d 2 h" },
                    { -5, "+0 ms" } };

    for (guint i = 0; i < G_N_ELEMENTS(offsets); i++) {
        g_autofree char *text = trace_export_offset(offsets[i].s * G_USEC_PER_SEC);
        g_assert_cmpstr(text, ==, offsets[i].text);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trace/export/line", test_line);
    g_test_add_func("/trace/export/hostile", test_hostile);
    g_test_add_func("/trace/export/summary", test_summary);
    g_test_add_func("/trace/export/offsets", test_offsets);
    return g_test_run();
}
