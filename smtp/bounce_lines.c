/* smtp/bounce_lines.c - lines of a report: printable ASCII, and never too long.
 *
 * Tests: tests/test_smtp_bounce_text.c
 */
#include "smtp/bounce_lines.h"

#include <string.h>

#include "smtp/received.h"

#define SMTP_BOUNCE_FIELD_MAX 900 /* octets of a value */
#define SMTP_BOUNCE_LINE      76  /* where lines are folded */

char *
smtp_bounce_plain(const char *text)
{
    char *plain = g_strndup(text, SMTP_BOUNCE_FIELD_MAX);

    for (char *octet = plain; *octet != '\0'; octet++) {
        if (*octet < ' ' || *octet > '~')
            *octet = '?';
    }
    return plain;
}

void
smtp_bounce_wrap(GString *out, const char *text, gsize column, const char *indent)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    for (guint i = 0; words[i] != NULL; i++) {
        gsize length = strlen(words[i]);

        if (length == 0)
            continue;
        if (i > 0 && column + 1 + length > SMTP_BOUNCE_LINE) {
            g_string_append_printf(out, "\r\n%s%s", indent, words[i]);
            column = strlen(indent) + length;
        } else {
            g_string_append_printf(out, "%s%s", i > 0 ? " " : "", words[i]);
            column += (i > 0 ? 1 : 0) + length;
        }
    }
    g_string_append(out, "\r\n");
}

void
smtp_bounce_field(GString *out, const char *name, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *value = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *plain = smtp_bounce_plain(value);
    g_string_append_printf(out, "%s: ", name);
    smtp_bounce_wrap(out, plain, strlen(name) + 2, " ");
}

void
smtp_bounce_exact(GString *out, const char *name, const char *value)
{
    g_autofree char *plain = smtp_bounce_plain(value);

    g_string_append_printf(out, "%s: %s\r\n", name, plain);
}

void
smtp_bounce_date(GString *out, const char *name, gint64 when_s)
{
    g_autofree char *date = smtp_received_date(when_s);

    smtp_bounce_field(out, name, "%s", date);
}

void
smtp_bounce_paragraph(GString *out, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *plain = smtp_bounce_plain(text);
    smtp_bounce_wrap(out, plain, 0, "");
    g_string_append(out, "\r\n");
}

void
smtp_bounce_quote(GString *out, const char *words)
{
    g_autofree char *plain = smtp_bounce_plain(words);

    g_string_append(out, "    ");
    smtp_bounce_wrap(out, plain, 4, "    ");
    g_string_append(out, "\r\n");
}
