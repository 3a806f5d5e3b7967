/* trace/data.c - one member of an event's data, without a JSON tree.
 *
 * Filters look at each event while the world waits, so this walks over the text once, keeps no
 * memory and never recurses: inside a list or an inner object only the brackets are counted.
 *
 *   {"code":550,"lines":"550 no such user","rows":[{"id":4}]}
 *    ^key  ^value                               ^-- as it stands: [{"id":4}]
 *
 * Tests: tests/test_trace_event.c
 */
#include "trace/event.h"

#include <string.h>

/* The end of the string whose opening quote is at @at: behind its closing quote. */
static const char *
trace_data_string_end(const char *at)
{
    for (at++; *at != '\0' && *at != '"'; at++) {
        if (*at == '\\' && at[1] != '\0')
            at++;
    }
    return *at == '"' ? at + 1 : at;
}

/* The end of the value at @at: the comma or bracket after it. */
static const char *
trace_data_value_end(const char *at)
{
    guint depth = 0;

    while (*at != '\0') {
        if (*at == '"') {
            at = trace_data_string_end(at);
            continue;
        }
        if (depth == 0 && strchr(",}]", *at) != NULL)
            break;
        if (*at == '{' || *at == '[')
            depth++;
        else if (*at == '}' || *at == ']')
            depth--;
        at++;
    }
    return at;
}

/* Four hexadecimal digits; -1 where they are none. */
static int
trace_data_hex(const char *digits)
{
    int value = 0;

    for (guint i = 0; i < 4; i++) {
        int digit = g_ascii_xdigit_value(digits[i]);

        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* What stands behind a backslash at @at; returns where it ends. */
static const char *
trace_data_unescape(GString *text, const char *at)
{
    static const char escapes[] = "b\bf\fn\nr\rt\t";
    int wide = *at == 'u' ? trace_data_hex(at + 1) : -1;

    if (wide > 0 && (wide < 0xd800 || wide > 0xdfff)) {
        g_string_append_unichar(text, (gunichar)wide);
        return at + 5;
    }
    for (guint i = 0; escapes[i] != '\0'; i += 2) {
        if (*at == escapes[i]) {
            g_string_append_c(text, escapes[i + 1]);
            return at + 1;
        }
    }
    g_string_append_c(text, *at);
    return at + 1;
}

/* @start is a string's opening quote, @end behind its closing one. */
static char *
trace_data_string(const char *start, const char *end)
{
    GString *text = g_string_new(NULL);

    for (const char *at = start + 1; at < end && *at != '"';) {
        if (*at == '\\' && at[1] != '\0')
            at = trace_data_unescape(text, at + 1);
        else
            g_string_append_c(text, *at++);
    }
    return g_string_free(text, FALSE);
}

static const char *
trace_data_skip(const char *at, const char *these)
{
    return at + strspn(at, these);
}

char *
trace_event_data(const TraceEvent *event, const char *key)
{
    gsize length = strlen(key);
    const char *at = event->data == NULL ? "" : trace_data_skip(event->data, "{ ");

    while (*at == '"') {
        const char *name_end = trace_data_string_end(at);
        const char *value = trace_data_skip(name_end, " :");
        const char *value_end = trace_data_value_end(value);

        if ((gsize)(name_end - at) == length + 2 && memcmp(at + 1, key, length) == 0) {
            if (*value == '"')
                return trace_data_string(value, value_end);
            return g_strchomp(g_strndup(value, (gsize)(value_end - value)));
        }
        at = trace_data_skip(value_end, " ,");
    }
    return NULL;
}
