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

#include <string.h>

#define STORE_TELL_OCTETS 512 /* of one value */

void
store_tell(Trace *trace, const char *sql, const char *label, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    if (!trace_is_on(trace))
        return;
    va_start(arguments, label);
    text = g_strdup_vprintf(label, arguments);
    va_end(arguments);
    trace_put_arrow(trace, "host", "store", text);
    trace_put_text(trace, "sql", sql);
}

/* @text may come from a stranger: made safe, then quoted as JSON wants it. */
static void
store_tell_string(GString *out, const char *text)
{
    g_autoptr(GString) safe = g_string_new(NULL);

    trace_safe_append(safe, text, -1, STORE_TELL_OCTETS, FALSE);
    g_string_append_c(out, '"');
    for (gsize i = 0; i < safe->len; i++) {
        if (safe->str[i] == '"' || safe->str[i] == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, safe->str[i]);
    }
    g_string_append_c(out, '"');
}

static void
store_tell_value(GString *out, char type, va_list *arguments)
{
    const char *text;
    g_autofree char *time = NULL;

    switch (type) {
    case 'i': g_string_append_printf(out, "%" G_GINT64_FORMAT, va_arg(*arguments, gint64)); break;
    case 't':
        time = trace_time_format(va_arg(*arguments, gint64) * G_USEC_PER_SEC);
        g_string_append_printf(out, "\"%s\"", time);
        break;
    case 'o':
        g_string_append_printf(out, "\"(%" G_GSIZE_FORMAT " octets)\"", va_arg(*arguments, gsize));
        break;
    case 's':
        text = va_arg(*arguments, const char *);
        if (text == NULL)
            g_string_append(out, "null");
        else
            store_tell_string(out, text);
        break;
    default: g_assert_not_reached();
    }
}

void
store_tell_params(Trace *trace, const char *types, ...)
{
    g_autoptr(GString) json = NULL;
    va_list arguments;

    if (!trace_is_on(trace))
        return;
    json = g_string_new("[");
    va_start(arguments, types);
    for (const char *type = types; *type != '\0'; type++) {
        if (type != types)
            g_string_append_c(json, ',');
        store_tell_value(json, *type, &arguments);
    }
    va_end(arguments);
    g_string_append_c(json, ']');
    trace_put_json(trace, "params", json->str);
}

void
store_tell_row(Trace *trace, const char *key, const char *columns, ...)
{
    g_autoptr(GString) json = NULL;
    va_list arguments;
    const char *column = columns;

    if (!trace_is_on(trace))
        return;
    json = g_string_new("[{");
    va_start(arguments, columns);
    while (*column != '\0') {
        gsize name = strcspn(column, ":");

        g_string_append_printf(json, "%s\"%.*s\":", column == columns ? "" : ",", (int)name,
                               column);
        store_tell_value(json, column[name + 1], &arguments);
        column += name + 2;
        column += strspn(column, " ");
    }
    va_end(arguments);
    g_string_append(json, "}]");
    trace_put_json(trace, key, json->str);
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
