/* trace/text.c - numbers and sentences without printf().
 *
 *   "%s is account %ld"  ->  put together here, in a fifth of printf's time
 *   "%04x", "%.*s"       ->  not simple: printf after all
 *
 * Tests: tests/test_trace_text.c
 */
#include "trace/text.h"

/* Two digits at a time halve the divisions. */
static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                            "25262728293031323334353637383940414243444546474849"
                            "50515253545556575859606162636465666768697071727374"
                            "75767778798081828384858687888990919293949596979899";

static gsize
trace_text_digits(guint64 value)
{
    gsize digits = 1;

    for (; value >= 10000; value /= 10000)
        digits += 4;
    return digits + (value >= 10) + (value >= 100) + (value >= 1000);
}

/* From the last digit to the first, each where it belongs. */
char *
trace_text_lay_unsigned(char *at, guint64 value)
{
    char *end = at + trace_text_digits(value), *first = end;

    for (; value >= 10; value /= 100) {
        first -= 2;
        memcpy(first, pairs + value % 100 * 2, 2);
    }
    if (first > at)
        *at = (char)('0' + value);
    return end;
}

void
trace_text_append_unsigned(GString *out, guint64 value)
{
    char *at = trace_text_make_room(out, TRACE_TEXT_DIGITS);

    trace_text_end(out, trace_text_lay_unsigned(at, value));
}

void
trace_text_append_number(GString *out, gint64 value)
{
    if (value < 0)
        g_string_append_c(out, '-');
    trace_text_append_unsigned(out, value < 0 ? 0 - (guint64)value : (guint64)value);
}

/* One conversion: a string, a number, also a long one (%ld), or %%. FALSE: another one. */
static gboolean
trace_text_append_value(GString *out, gsize max, gboolean is_long, char type, va_list *values)
{
    const char *text;

    if (is_long && strchr("diu", type) == NULL)
        return FALSE;
    switch (type) {
    case 's':
        text = va_arg(*values, const char *);
        text = text == NULL ? "(null)" : text;
        trace_text_append_octets(out, text, strnlen(text, max));
        return TRUE;
    case '%': g_string_append_c(out, '%'); return TRUE;
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
trace_text_append_simple(GString *out, gsize max, const char *format, va_list *values)
{
    const char *sign;

    while ((sign = strchr(format, '%')) != NULL) {
        gboolean is_long = sign[1] == 'l';

        trace_text_append_octets(out, format, (gsize)(sign - format));
        if (!trace_text_append_value(out, max, is_long, sign[1 + is_long], values))
            return FALSE;
        format = sign + 2 + is_long;
    }
    trace_text_append(out, format);
    return TRUE;
}

void
trace_text_append_format(GString *out, gsize max, const char *format, va_list values)
{
    gsize before = out->len, most = before + max;
    va_list copy;

    va_copy(copy, values);
    if (!trace_text_append_simple(out, max, format, &copy)) {
        trace_text_cut(out, before);
        g_vsnprintf(trace_text_room(out, max), max + 1, format, values);
        trace_text_cut(out, before + strlen(out->str + before));
    }
    va_end(copy);
    /* Each piece was short enough; all of them together may not be. */
    if (out->len > most)
        trace_text_cut(out, most);
}

void
trace_text_append_printf(GString *out, const char *format, ...)
{
    gsize before = out->len;
    va_list values, again;

    va_start(values, format);
    va_copy(again, values);
    if (!trace_text_append_simple(out, G_MAXSSIZE, format, &values)) {
        trace_text_cut(out, before);
        g_string_append_vprintf(out, format, again);
    }
    va_end(again);
    va_end(values);
}
