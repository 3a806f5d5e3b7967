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

#include <string.h>

#include "trace/redact.h"
#include "trace/speaker.h"
#include "trace/text.h"

#define TRACE_VALUE_MAX (16 * 1024) /* octets of one value */
#define TRACE_DATA_MAX  (64 * 1024) /* octets of all; what comes later is left out */
#define TRACE_LABEL_MAX 512         /* octets of a label that is put together here */
#define TRACE_START_MAX 512         /* octets of a message's text, behind its header */

GString *
trace_put_value(Trace *trace, const char *key)
{
    if (!trace_is_on(trace))
        return NULL;
    if (trace->data == NULL)
        trace->data = tracer_lend(trace->tracer);
    GString *data = trace->data;

    if (data->len > TRACE_DATA_MAX)
        return NULL;
    const char *before = data->len == 0 ? "{\"" : ",\"";
    gsize length = strlen(key);
    char *at = trace_text_room(data, 2 + length + 2);

    memcpy(at, before, 2);
    memcpy(at + 2, key, length);
    memcpy(at + 2 + length, "\":", 2);
    return data;
}

void
trace_put_text(Trace *trace, const char *key, const char *value)
{
    GString *data = value == NULL ? NULL : trace_put_value(trace, key);

    if (data != NULL)
        trace_safe_append_json(data, value, -1, TRACE_VALUE_MAX);
}

void
trace_put_number(Trace *trace, const char *key, gint64 value)
{
    GString *data = trace_put_value(trace, key);

    if (data != NULL)
        trace_text_append_number(data, value);
}

void
trace_put_flag(Trace *trace, const char *key, gboolean value)
{
    GString *data = trace_put_value(trace, key);

    if (data != NULL)
        trace_text_append(data, value ? "true" : "false");
}

void
trace_put_time(Trace *trace, const char *key, gint64 seconds)
{
    char text[TRACE_TIME_SIZE];

    if (!trace_is_on(trace))
        return;
    trace_time_write(text, seconds * G_USEC_PER_SEC);
    trace_put_text(trace, key, text);
}

void
trace_put_list(Trace *trace, const char *key, const char *const *values)
{
    GString *data = trace_put_value(trace, key);

    if (data == NULL)
        return;
    g_string_append_c(data, '[');
    for (guint i = 0; values != NULL && values[i] != NULL; i++) {
        if (i > 0)
            g_string_append_c(data, ',');
        if (data->len > TRACE_DATA_MAX) {
            trace_text_append(data, "\"...\"");
            break;
        }
        trace_safe_append_json(data, values[i], -1, TRACE_VALUE_MAX);
    }
    g_string_append_c(data, ']');
}

void
trace_put_json(Trace *trace, const char *key, const char *json)
{
    GString *data = json == NULL ? NULL : trace_put_value(trace, key);

    if (data != NULL)
        trace_safe_copy_json(data, json);
}

void
trace_put_word(Trace *trace, const char *key, const char *word)
{
    GString *data = trace_put_value(trace, key);

    if (data != NULL)
        trace_text_append_quoted(data, word, strlen(word));
}

void
trace_put_arrow(Trace *trace, const char *from, const char *to, const char *label)
{
    GString *data = trace_put_value(trace, "from");

    if (data == NULL)
        return;
    gsize from_octets = strlen(from), to_octets = strlen(to);
    char *at =
        trace_text_make_room(data, from_octets + to_octets + strlen("\"\",\"to\":\"\",\"label\":"));

    at = trace_text_lay_quoted(at, from, from_octets);
    at = trace_text_lay_word(at, ",\"to\":");
    at = trace_text_lay_quoted(at, to, to_octets);
    trace_text_end(data, trace_text_lay_word(at, ",\"label\":"));
    trace_safe_append_json(data, label, -1, TRACE_VALUE_MAX);
}

void
trace_put_arrow_format(Trace *trace, const char *from, const char *to, const char *label,
                       va_list values)
{
    if (!trace_is_on(trace))
        return;
    GString *text = tracer_lend(trace->tracer);

    trace_text_append_format(text, TRACE_LABEL_MAX, label, values);
    trace_put_arrow(trace, from, to, text->str);
    tracer_give_back(trace->tracer, text);
}

/* Octets of the header, with its last CRLF: an empty line follows. @length: there is none. */
static gsize
trace_put_header_octets(const char *octets, gsize length)
{
    const char *end = octets + length, *lf = memchr(octets, '\n', length);

    while (lf != NULL && end - lf > 2) {
        if (lf > octets && lf[-1] == '\r' && lf[1] == '\r' && lf[2] == '\n')
            return (gsize)(lf + 1 - octets);
        lf = memchr(lf + 1, '\n', (gsize)(end - lf - 1));
    }
    return length;
}

void
trace_put_message(Trace *trace, const char *octets, gsize length)
{
    if (!trace_is_on(trace))
        return;
    gsize head = trace_put_header_octets(octets, length);
    gsize text = MIN(head + strlen("\r\n"), length);
    GString *data = trace_put_value(trace, "head");

    if (data != NULL)
        trace_safe_append_json(data, octets, (gssize)head, TRACE_VALUE_MAX);
    data = trace_put_value(trace, "start");
    if (data != NULL)
        trace_safe_append_json(data, octets + text, (gssize)(length - text), TRACE_START_MAX);
}
