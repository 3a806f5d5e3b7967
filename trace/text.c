/* trace/text.c - numbers and sentences without printf().
 *
 *   "%s is account %ld"  ->  is it simple?  yes: put together here, in a fifth of printf's time
 *                                           no ("%04x", "%.*s"): printf after all
 *
 * Tests: tests/test_trace_text.c
 */
#include "trace/text.h"

void
trace_text_append_unsigned(GString *out, guint64 value)
{
    char digits[20];
    guint first = sizeof digits;

    do {
        digits[--first] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    trace_text_append_octets(out, digits + first, sizeof digits - first);
}

void
trace_text_append_number(GString *out, gint64 value)
{
    if (value < 0)
        g_string_append_c(out, '-');
    trace_text_append_unsigned(out, value < 0 ? 0 - (guint64)value : (guint64)value);
}

/* Nothing but %s, %d, %i, %u, the last three also as long (%ld), and %%? */
static gboolean
trace_text_is_simple(const char *format)
{
    const char *at = format;

    while ((at = strchr(at, '%')) != NULL) {
        gboolean is_long = at[1] == 'l';
        char type = at[1 + is_long];

        if (type != 'd' && type != 'i' && type != 'u' && (is_long || (type != 's' && type != '%')))
            return FALSE;
        at += 2 + is_long;
    }
    return TRUE;
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

static void
trace_text_append_simple(GString *out, gsize most, const char *format, va_list values)
{
    for (;;) {
        gsize words = strcspn(format, "%");

        trace_text_append_bounded(out, most, format, words);
        format += words;
        if (*format == '\0')
            break;
        gboolean is_long = format[1] == 'l';

        switch (format[1 + is_long]) {
        case 's': trace_text_append_string(out, most, va_arg(values, const char *)); break;
        case '%': trace_text_append_bounded(out, most, "%", 1); break;
        case 'u':
            trace_text_append_unsigned(out,
                                       is_long ? va_arg(values, gulong) : va_arg(values, guint));
            break;
        default:
            trace_text_append_number(out, is_long ? va_arg(values, glong) : va_arg(values, gint));
        }
        format += 2 + is_long;
    }
    g_string_truncate(out, MIN(out->len, most));
}

void
trace_text_append_format(GString *out, gsize max, const char *format, va_list values)
{
    gsize before = out->len;

    if (trace_text_is_simple(format)) {
        trace_text_append_simple(out, before + max, format, values);
        return;
    }
    g_vsnprintf(trace_text_room(out, max), max + 1, format, values);
    g_string_truncate(out, before + strlen(out->str + before));
}
