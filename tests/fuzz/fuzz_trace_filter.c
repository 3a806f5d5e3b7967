/* tests/fuzz/fuzz_trace_filter.c - the language that chooses events: `ctl break`, searches, checks
 * of labs. */
#include "tests/fuzz/fuzz.h"

#include "trace/filter.h"

int
LLVMFuzzerTestOneInput(const guint8 *octets, gsize length)
{
    static const TraceEvent event = {
        .seq = 41,
        .stage = STAGE_DNS,
        .kind = TRACE_DNS,
        .host = "mx.north.example",
        .journey = "j1",
        .text = "south.example, type MX: 10 mx.south.example",
        .data = "{\"code\":250,\"outcome\":\"found\",\"list\":[1,2]}",
    };
    g_autofree char *text = fuzz_text(octets, length);
    g_autoptr(GError) error = NULL;
    g_autoptr(TraceFilter) filter = trace_filter_parse(text, &error);

    if (filter == NULL) {
        g_assert_nonnull(error);
        return 0;
    }
    g_assert_cmpstr(trace_filter_text(filter), ==, text);
    trace_filter_matches(filter, &event);
    return 0;
}
