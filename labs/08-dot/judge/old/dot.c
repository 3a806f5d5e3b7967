/* dot.c of the old server: it has been running for twenty years, and nobody has complained.
 *
 * "Be liberal in what you accept", its author had read; so it is.
 */
#include "smtp/dot.h"

enum { LF = '\n', CR = '\r' };

void
smtp_dot_write(SmtpDotState *state, const char *octets, gsize length, GString *out)
{
    for (const char *octet = octets; octet < octets + length; octet++) {
        if (*octet == '.' && *state == SMTP_DOT_LINE_START)
            g_string_append(out, "..");
        else
            g_string_append_c(out, *octet);
        if (*octet == LF && *state == SMTP_DOT_CR)
            *state = SMTP_DOT_LINE_START;
        else
            *state = *octet == CR ? SMTP_DOT_CR : SMTP_DOT_TEXT;
    }
}

void
smtp_dot_finish(SmtpDotState state, GString *out)
{
    g_string_append(out, state == SMTP_DOT_LINE_START ? ".\r\n" : "\r\n.\r\n");
}

SmtpDotMeaning
smtp_dot_read(SmtpDotState *state, char octet)
{
    SmtpDotState before = *state;

    if (octet == '.' && before == SMTP_DOT_LINE_START) {
        *state = SMTP_DOT_DOT;
        return SMTP_DOT_DROP;
    }
    if (before == SMTP_DOT_DOT && octet == CR) {
        *state = SMTP_DOT_DOT_CR;
        return SMTP_DOT_DROP;
    }
    if (octet == ${lone} || (octet == LF && before != SMTP_DOT_TEXT))
        *state = SMTP_DOT_LINE_START;
    else
        *state = octet == CR ? SMTP_DOT_CR : SMTP_DOT_TEXT;
    return before == SMTP_DOT_DOT_CR && octet == LF ? SMTP_DOT_END : SMTP_DOT_KEEP;
}
