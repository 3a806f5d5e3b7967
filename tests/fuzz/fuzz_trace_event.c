/* tests/fuzz/fuzz_trace_event.c - journal lines. A line that is read and written again is read as
 * the same event, and no octet in it could harm a terminal. */
#include "tests/fuzz/fuzz.h"

#include "trace/event.h"

int
LLVMFuzzerTestOneInput(const guint8 *octets, gsize length)
{
    g_autoptr(TraceEvent) event = trace_event_parse((const char *)octets, length, NULL);
    g_autoptr(GString) line = g_string_new(NULL), again = g_string_new(NULL);

    if (event == NULL)
        return 0;
    trace_event_write(event, line);
    for (gsize i = 0; i + 1 < line->len; i++)
        g_assert_true((guint8)line->str[i] >= ' ' && line->str[i] != 0x7f);
    g_assert_true(g_utf8_validate(line->str, (gssize)line->len, NULL));
    g_autoptr(TraceEvent) read = trace_event_parse(line->str, line->len, NULL);
    g_assert_nonnull(read);
    trace_event_write(read, again);
    g_assert_cmpstr(line->str, ==, again->str);
    return 0;
}
