/* trace/text.c - numbers and sentences without printf().
 *
 *   "%s is account %ld"  ->  put together here, in a fifth of printf's time
 *   "%04x", "%.*s"       ->  not simple: printf after all
 *
 * Tests: tests/test_trace_text.c
 */
#include "trace/text.h"

void
trace_text_append_unsigned(GString *out, guint64 value)
{
    guint digits = 1;
    char *at;

    for (guint64 power = 10; digits < 20 && value >= power; power *= 10)
        digits++;
    at = trace_text_room(out, digits) + digits;
    do {
        *--at = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
}

void
trace_text_append_number(GString *out, gint64 value)
{
    if (value < 0)
        g_string_append_c(out, '-');
    trace_text_append_unsigned(out, value < 0 ? 0 - (guint64)value : (guint64)value);
}

/* As many octets of @text as there is room for up to the length @most. */
static void
trace_text_append_bounded(GString *out, gsize most, const char *text, gsize length)
{
    trace_text_append_octets(out, text, MIN(length, most - MIN(out->len, most)));
}

static void
trace_text_append_string(GString *out, gsize most, const char *text)
{
    if (text == NULL)
        text = "(null)";
    trace_text_append_bounded(out, most, text, strnlen(text, most));
}

/* One conversion: a string, a number, also a long one (%ld), or %%. FALSE: another one. */
static gboolean
trace_text_append_value(GString *out, gsize most, gboolean is_long, char type, va_list *values)
{
    if (is_long && strchr("diu", type) == NULL)
        return FALSE;
    switch (type) {
    case 's': trace_text_append_string(out, most, va_arg(*values, const char *)); return TRUE;
    case '%': trace_text_append_bounded(out, most, "%", 1); return TRUE;
    case 'd':
    case 'i':
        trace_text_append_number(out, is_long ? va_arg(*values, glong) : va_arg(*values, gint));
        return TRUE;
    case 'u':
        trace_text_append_unsigned(out, is_long ? va_arg(*values, gulong) : va_arg(*values, guint));
        return TRUE;
    default: return FALSE;
    }
}

/* FALSE: not all of @format is simple; what has been written is to be taken back. */
static gboolean
trace_text_append_simple(GString *out, gsize most, const char *format, va_list *values)
{
    const char *sign;

    while ((sign = strchr(format, '%')) != NULL) {
        gboolean is_long = sign[1] == 'l';

        trace_text_append_bounded(out, most, format, (gsize)(sign - format));
        if (!trace_text_append_value(out, most, is_long, sign[1 + is_long], values))
            return FALSE;
        format = sign + 2 + is_long;
    }
    trace_text_append_bounded(out, most, format, strlen(format));
    return TRUE;
}

void
trace_text_append_format(GString *out, gsize max, const char *format, va_list values)
{
    gsize before = out->len, most = before + max;
    va_list copy;

    va_copy(copy, values);
    if (!trace_text_append_simple(out, most, format, &copy)) {
        trace_text_cut(out, before);
        g_vsnprintf(trace_text_room(out, max), max + 1, format, values);
        trace_text_cut(out, before + strlen(out->str + before));
    }
    va_end(copy);
    /* A number is written whole. */
    if (out->len > most)
        trace_text_cut(out, most);
}
