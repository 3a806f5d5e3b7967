/* imap/write.c - the words of a response: strings, names, flags, dates (RFC 9051 §9); envelopes: storage/envelope_write.c.
 *
 * Tests: tests/test_imap_write.c
 */
#include "imap/write.h"

#include <string.h>

#include "imap/name.h"
#include "imap/parse.h"
#include "trace/text.h"

void
imap_write_string(GString *out, const char *text)
{
    store_write_string(out, text);
}

void
imap_write_utf8(GString *out, const char *text)
{
    if (g_utf8_validate(text, -1, NULL) && strpbrk(text, "\r\n") == NULL)
        store_write_quoted(out, text);
    else
        imap_write_string(out, text);
}

void
imap_write_mailbox(GString *out, const char *name)
{
    g_autofree char *wire = imap_name_from_utf8(name);

    imap_write_string(out, wire);
}

void
imap_write_flags(GString *out, guint flags, const char *keywords)
{
    static const char *const names[] = { "\\Seen",    "\\Answered", "\\Flagged",
                                         "\\Deleted", "\\Draft",    "\\Recent" };
    const char *gap = "";

    trace_text_append(out, "(");
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if ((flags & 1u << i) == 0)
            continue;
        trace_text_append(out, gap);
        trace_text_append(out, names[i]);
        gap = " ";
    }
    if (keywords != NULL && *keywords != '\0') {
        trace_text_append(out, gap);
        trace_text_append(out, keywords);
    }
    trace_text_append(out, ")");
}

void
imap_write_modseq(GString *out, guint64 modseq)
{
    trace_text_append(out, "(");
    trace_text_append_unsigned(out, modseq);
    trace_text_append(out, ")");
}

void
imap_write_date_time(GString *out, gint64 seconds)
{
    gint64 day = seconds / 86400, rest = seconds % 86400;
    int year, month, date;

    if (rest < 0) {
        day--;
        rest += 86400;
    }
    imap_date_from_day(day, &year, &month, &date);
    g_string_append_printf(out, "\"%2d-%s-%04d %02d:%02d:%02d +0000\"", date,
                           imap_months[month - 1], year, (int)(rest / 3600), (int)(rest / 60 % 60),
                           (int)(rest % 60));
}
