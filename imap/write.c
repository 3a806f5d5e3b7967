/* imap/write.c - the words of a response: strings, flags, dates, envelopes (RFC 9051 §9).
 *
 * Tests: tests/test_imap_write.c
 */
#include "imap/write.h"

#include <string.h>

#include "imap/name.h"
#include "imap/parse.h"

/* A quoted string holds 7-bit text without CR and LF; longer ones are easier on clients as
 * literals. */
#define IMAP_QUOTED_MAX 1000

static gboolean
imap_write_can_quote(const char *text)
{
    gsize length = 0;

    for (; text[length] != '\0'; length++)
        if ((guchar)text[length] >= 0x7f || text[length] == '\r' || text[length] == '\n')
            return FALSE;
    return length <= IMAP_QUOTED_MAX;
}

static void
imap_write_quoted(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *text);
    }
    g_string_append_c(out, '"');
}

void
imap_write_string(GString *out, const char *text)
{
    if (text == NULL) {
        g_string_append(out, "NIL");
        return;
    }
    if (!imap_write_can_quote(text)) {
        g_string_append_printf(out, "{%" G_GSIZE_FORMAT "}\r\n%s", strlen(text), text);
        return;
    }
    imap_write_quoted(out, text);
}

void
imap_write_utf8(GString *out, const char *text)
{
    if (g_utf8_validate(text, -1, NULL) && strpbrk(text, "\r\n") == NULL)
        imap_write_quoted(out, text);
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
    static const char *const names[] = { "\\Seen", "\\Answered", "\\Flagged", "\\Deleted",
                                         "\\Draft" };
    const char *gap = "";

    g_string_append_c(out, '(');
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if ((flags & 1u << i) == 0)
            continue;
        g_string_append_printf(out, "%s%s", gap, names[i]);
        gap = " ";
    }
    if (keywords != NULL && *keywords != '\0')
        g_string_append_printf(out, "%s%s", gap, keywords);
    g_string_append_c(out, ')');
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

/* ((name route mailbox host)(...)), or NIL where there is nobody. */
static void
imap_write_addresses(GString *out, const GPtrArray *addresses)
{
    if (addresses->len == 0) {
        g_string_append(out, "NIL");
        return;
    }
    g_string_append_c(out, '(');
    for (guint i = 0; i < addresses->len; i++) {
        const StoreAddress *address = g_ptr_array_index(addresses, i);
        const char *fields[] = { address->name, address->route, address->mailbox, address->host };

        for (guint j = 0; j < G_N_ELEMENTS(fields); j++) {
            g_string_append_c(out, j == 0 ? '(' : ' ');
            imap_write_string(out, fields[j]);
        }
        g_string_append_c(out, ')');
    }
    g_string_append_c(out, ')');
}

/* In the order of RFC 3501 §7.4.2. */
void
imap_write_envelope(GString *out, const StoreEnvelope *envelope)
{
    const GPtrArray *people[] = { envelope->from, envelope->sender, envelope->reply_to,
                                  envelope->to,   envelope->cc,     envelope->bcc };

    g_string_append_c(out, '(');
    imap_write_string(out, envelope->date);
    g_string_append_c(out, ' ');
    imap_write_string(out, envelope->subject);
    for (guint i = 0; i < G_N_ELEMENTS(people); i++) {
        g_string_append_c(out, ' ');
        imap_write_addresses(out, people[i]);
    }
    g_string_append_c(out, ' ');
    imap_write_string(out, envelope->in_reply_to);
    g_string_append_c(out, ' ');
    imap_write_string(out, envelope->message_id);
    g_string_append_c(out, ')');
}
