/* storage/tell.c - what an sql event shows: the statement, the values bound, the rows.
 *
 *   store_tell(trace, sql, "queue %d", 2)                   from host to store, label "queue 2"
 *   store_tell_params(trace, "si", "alice", id)             "params":["alice",1]
 *   store_tell_row(trace, "rows", "id:i user:s", id, user)  "rows":[{"id":1,"user":"alice"}]
 *
 * All of it is nothing but a branch while the trace is off.
 */
#include "storage/inside.h"

#include "trace/redact.h"
#include "trace/text.h"

#include <string.h>

#define STORE_TELL_OCTETS 512 /* of one value */

void
store_tell(Trace *trace, const char *sql, const char *label, ...)
{
    va_list arguments;

    va_start(arguments, label);
    trace_put_arrow_format(trace, "host", "store", label, arguments);
    va_end(arguments);
    trace_put_text(trace, "sql", sql);
}

/* @text may come from a stranger. On one line first, as a shell would show it; then as JSON. */
static void
store_tell_string(GString *out, const char *text)
{
    gsize length = strlen(text);

    if (length <= STORE_TELL_OCTETS && trace_safe_is_plain(text, length)) {
        trace_text_append_quoted(out, text, length);
        return;
    }
    g_autoptr(GString) safe = g_string_new(NULL);

    trace_safe_append(safe, text, (gssize)length, STORE_TELL_OCTETS, FALSE);
    trace_safe_append_json(out, safe->str, (gssize)safe->len, safe->len);
}

static void
store_tell_time(GString *out, gint64 seconds)
{
    char text[TRACE_TIME_SIZE];

    trace_time_write(text, seconds * G_USEC_PER_SEC);
    trace_text_append_quoted(out, text, sizeof text - 1);
}

static void
store_tell_value(GString *out, char type, va_list *arguments)
{
    const char *text;

    switch (type) {
    case 'i': trace_text_append_number(out, va_arg(*arguments, gint64)); break;
    case 't': store_tell_time(out, va_arg(*arguments, gint64)); break;
    case 'o':
        trace_text_append(out, "\"(");
        trace_text_append_unsigned(out, va_arg(*arguments, gsize));
        trace_text_append(out, " octets)\"");
        break;
    case 's':
        text = va_arg(*arguments, const char *);
        if (text == NULL)
            trace_text_append(out, "null");
        else
            store_tell_string(out, text);
        break;
    default: g_assert_not_reached();
    }
}

void
store_tell_params(Trace *trace, const char *types, ...)
{
    GString *json = trace_put_value(trace, "params");
    va_list arguments;

    if (json == NULL)
        return;
    g_string_append_c(json, '[');
    va_start(arguments, types);
    for (const char *type = types; *type != '\0'; type++) {
        if (type != types)
            g_string_append_c(json, ',');
        store_tell_value(json, *type, &arguments);
    }
    va_end(arguments);
    g_string_append_c(json, ']');
}

void
store_tell_row(Trace *trace, const char *key, const char *columns, ...)
{
    GString *json = trace_put_value(trace, key);
    va_list arguments;
    const char *column = columns;

    if (json == NULL)
        return;
    trace_text_append(json, "[{");
    va_start(arguments, columns);
    while (*column != '\0') {
        const char *type = strchr(column, ':') + 1;

        trace_text_append(json, column == columns ? "\"" : ",\"");
        trace_text_append_octets(json, column, (gsize)(type - 1 - column));
        trace_text_append(json, "\":");
        store_tell_value(json, *type, &arguments);
        column = type[1] == ' ' ? type + 2 : type + 1;
    }
    va_end(arguments);
    trace_text_append(json, "}]");
}

void
store_tell_none(Trace *trace, const char *key)
{
    trace_put_json(trace, key, "[]");
}

/* Rows that remember the event of their own making must know its number beforehand; one thread
 * makes that safe. */
guint64
store_next_event(Trace *trace)
{
    return trace_is_on(trace) ? tracer_last_seq(trace_tracer(trace)) + 1 : 0;
}
