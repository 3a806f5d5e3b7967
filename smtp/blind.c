/* smtp/blind.c - finds Bcc and Resent-Bcc in the header of a message that comes in, and drops them.
 *
 *   line start --"bcc" matches so far--> held back --":"--> dropped, with the lines that fold it
 *       |  ^                                 |
 *       |  +------ CRLF ------ rest of the line <--something else--+
 *       +-- CRLF: the header ends
 *
 * Bare CR and LF were refused before (smtp/data.c), so a line begins behind an LF and nowhere else.
 *
 * Tests: tests/test_smtp_blind.c
 */
#include "smtp/blind.h"

#include <string.h>

static gboolean
smtp_blind_is_space(char octet)
{
    return octet == ' ' || octet == '\t';
}

/* Are the octets held back the beginning of @name, or @name and spaces behind it? RFC 5322 §4.5.3
 * allows those in old messages, so there are programs that read them. */
static gboolean
smtp_blind_may_be(const SmtpBlind *blind, const char *name)
{
    gsize length = strlen(name);

    if (g_ascii_strncasecmp(blind->octets, name, MIN(blind->held, length)) != 0)
        return FALSE;
    for (gsize at = length; at < blind->held; at++)
        if (!smtp_blind_is_space(blind->octets[at]))
            return FALSE;
    return TRUE;
}

static gboolean
smtp_blind_is_field(const SmtpBlind *blind, char octet)
{
    return octet == ':' &&
           ((blind->held >= strlen("bcc") && smtp_blind_may_be(blind, "bcc")) ||
            (blind->held >= strlen("resent-bcc") && smtp_blind_may_be(blind, "resent-bcc")));
}

void
smtp_blind_finish(SmtpBlind *blind, GString *out)
{
    g_string_append_len(out, blind->octets, blind->held);
    blind->held = 0;
}

/* One octet at the beginning of a header line. */
static void
smtp_blind_begin(SmtpBlind *blind, char octet, GString *out)
{
    gboolean first = blind->held == 0;

    if (first && blind->dropping && smtp_blind_is_space(octet)) {
        blind->in_line = TRUE;
        return;
    }
    blind->dropping = smtp_blind_is_field(blind, octet);
    if (blind->dropping) {
        blind->held = 0;
        blind->in_line = TRUE;
        blind->dropped++;
        return;
    }
    blind->octets[blind->held++] = octet;
    if (blind->held < SMTP_BLIND_NAME_MAX &&
        (smtp_blind_may_be(blind, "bcc") || smtp_blind_may_be(blind, "resent-bcc")))
        return;
    blind->in_body = first && octet == '\r';
    blind->in_line = octet != '\n';
    smtp_blind_finish(blind, out);
}

void
smtp_blind_feed(SmtpBlind *blind, const char *octets, gsize length, GString *out)
{
    const char *end = octets + length;

    while (octets < end && !blind->in_body) {
        const char *lf;

        if (!blind->in_line) {
            smtp_blind_begin(blind, *octets++, out);
            continue;
        }
        lf = memchr(octets, '\n', (gsize)(end - octets));
        lf = lf != NULL ? lf + 1 : end;
        blind->in_line = lf[-1] != '\n';
        if (!blind->dropping)
            g_string_append_len(out, octets, lf - octets);
        octets = lf;
    }
    g_string_append_len(out, octets, end - octets);
}
