/* smtp/disown.c - finds our header fields' names in a message that comes in, and renames them; and
 * sees to it that its first line is none of ours.
 *
 *   line start --X-Glasspost-matches so far--> held back --all of it--> renamed, rest of the line
 *       |  ^                                       |
 *       |  +--------------- CRLF ------ rest of the line <--something else--+
 *       +-- CRLF: the header ends
 *
 * Bare CR and LF were refused before (smtp/data.c), so a line begins behind an LF and nowhere else.
 *
 * Tests: tests/test_smtp_disown.c
 */
#include "smtp/disown.h"

#include <string.h>

#define SMTP_DISOWN_LENGTH (sizeof SMTP_DISOWN_OURS - 1)

G_STATIC_ASSERT(sizeof SMTP_DISOWN_OURS == sizeof SMTP_DISOWN_THEIRS);

void
smtp_disown_finish(SmtpDisown *disown, GString *out)
{
    g_string_append_len(out, disown->octets, disown->held);
    disown->held = 0;
}

/* One octet at the beginning of a header line. */
static void
smtp_disown_begin(SmtpDisown *disown, char octet, GString *out)
{
    if (g_ascii_tolower(octet) != SMTP_DISOWN_OURS[disown->held]) {
        disown->in_body = disown->held == 0 && octet == '\r';
        disown->in_line = octet != '\n';
        smtp_disown_finish(disown, out);
        g_string_append_c(out, octet);
        return;
    }
    disown->octets[disown->held++] = octet;
    if (disown->held < SMTP_DISOWN_LENGTH)
        return;
    g_string_append(out, SMTP_DISOWN_THEIRS);
    disown->held = 0;
    disown->in_line = TRUE;
    disown->renamed++;
}

static void
smtp_disown_first(SmtpDisown *disown, char octet, GString *out)
{
    disown->begun = TRUE;
    if (octet != ' ' && octet != '\t')
        return;
    disown->headless = disown->in_body = TRUE;
    g_string_append(out, "\r\n");
}

void
smtp_disown_feed(SmtpDisown *disown, const char *octets, gsize length, GString *out)
{
    const char *end = octets + length;

    if (length > 0 && !disown->begun)
        smtp_disown_first(disown, *octets, out);
    while (octets < end && !disown->in_body) {
        const char *lf;

        if (!disown->in_line) {
            smtp_disown_begin(disown, *octets++, out);
            continue;
        }
        lf = memchr(octets, '\n', (gsize)(end - octets));
        lf = lf != NULL ? lf + 1 : end;
        disown->in_line = lf[-1] != '\n';
        g_string_append_len(out, octets, lf - octets);
        octets = lf;
    }
    g_string_append_len(out, octets, end - octets);
}
