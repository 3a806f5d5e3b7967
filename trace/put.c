/* trace/put.c - the data of the next event, gathered member by member.
 *
 *   trace_put_text(trace, "domain", "south.example")   {"domain":"south.example"
 *   trace_put_flag(trace, "local", FALSE)              {"domain":"south.example","local":false
 *   trace_decision(...)                                closes the object and takes it along
 *
 * Whatever is put is made safe here (trace/redact.h) and bounded: a stranger's octets may be in it.
 * Tests: tests/test_trace_trace.c
 */
#include "trace/trace.h"

#include "trace/redact.h"
#include "trace/speaker.h"

#define TRACE_VALUE_MAX (16 * 1024) /* octets of one value */
#define TRACE_DATA_MAX  (64 * 1024) /* octets of all; what comes later is left out */

/* Opens the member @key. FALSE: nobody listens, or the event has data enough. */
static gboolean
trace_put_key(Trace *trace, const char *key)
{
    if (!trace_is_on(trace))
        return FALSE;
    if (trace->data == NULL)
        trace->data = g_string_sized_new(256);
    if (trace->data->len > TRACE_DATA_MAX)
        return FALSE;
    g_string_append(trace->data, trace->data->len == 0 ? "{\"" : ",\"");
    g_string_append(trace->data, key);
    g_string_append(trace->data, "\":");
    return TRUE;
}

void
trace_put_text(Trace *trace, const char *key, const char *value)
{
    if (value == NULL || !trace_put_key(trace, key))
        return;
    trace_safe_append_json(trace->data, value, -1, TRACE_VALUE_MAX);
}

void
trace_put_number(Trace *trace, const char *key, gint64 value)
{
    if (trace_put_key(trace, key))
        g_string_append_printf(trace->data, "%" G_GINT64_FORMAT, value);
}

void
trace_put_flag(Trace *trace, const char *key, gboolean value)
{
    if (trace_put_key(trace, key))
        g_string_append(trace->data, value ? "true" : "false");
}

void
trace_put_time(Trace *trace, const char *key, gint64 seconds)
{
    if (!trace_is_on(trace))
        return;
    g_autofree char *text = trace_time_format(seconds * G_USEC_PER_SEC);

    trace_put_text(trace, key, text);
}

void
trace_put_list(Trace *trace, const char *key, const char *const *values)
{
    if (!trace_put_key(trace, key))
        return;
    g_string_append_c(trace->data, '[');
    for (guint i = 0; values != NULL && values[i] != NULL; i++) {
        if (i > 0)
            g_string_append_c(trace->data, ',');
        if (trace->data->len > TRACE_DATA_MAX) {
            g_string_append(trace->data, "\"...\"");
            break;
        }
        trace_safe_append_json(trace->data, values[i], -1, TRACE_VALUE_MAX);
    }
    g_string_append_c(trace->data, ']');
}

void
trace_put_json(Trace *trace, const char *key, const char *json)
{
    if (json != NULL && trace_put_key(trace, key))
        trace_safe_copy_json(trace->data, json);
}

void
trace_put_arrow(Trace *trace, const char *from, const char *to, const char *label)
{
    if (!trace_is_on(trace))
        return;
    trace_put_text(trace, "from", from);
    trace_put_text(trace, "to", to);
    trace_put_text(trace, "label", label);
}
