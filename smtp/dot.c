/* smtp/dot.c - dots doubled on their way out, and taken away on their way in.
 *
 *                 any octet               CR                    LF
 *   LINE_START ----------------> TEXT ----------> CR ---------------------> LINE_START
 *       |  '.'                     ^               |  any other: bare CR
 *       v        any octet         |               v
 *      DOT ------------------------+<--------------+
 *       |  CR                                      the dot was doubled by the client and goes
 *       v        LF
 *     DOT_CR -----------> the end
 *
 * Only CRLF . CRLF ends a message. A server that also took LF . LF, or CR . CR, would see two
 * messages where its neighbour sees one, and the second could be forged; so a bare CR or LF is
 * told as such, and never ends a line (RFC 5321 §4.1.1.4, §2.3.8).
 *
 * The exercise of labs/08-dot. Tests: tests/test_smtp_data.c, tests/test_smtp_client.c
 */
#include "smtp/dot.h"

/* ---- writing ---- */

void
smtp_dot_write(SmtpDotState *state, const char *octets, gsize length, GString *out)
{
    for (gsize i = 0; i < length; i++) {
        if (octets[i] == '.' && *state == SMTP_DOT_LINE_START)
            g_string_append_c(out, '.');
        g_string_append_c(out, octets[i]);
        if (octets[i] == '\r')
            *state = SMTP_DOT_CR;
        else if (octets[i] == '\n' && *state == SMTP_DOT_CR)
            *state = SMTP_DOT_LINE_START;
        else
            *state = SMTP_DOT_TEXT;
    }
}

void
smtp_dot_finish(SmtpDotState state, GString *out)
{
    if (state != SMTP_DOT_LINE_START)
        g_string_append(out, "\r\n");
    g_string_append(out, ".\r\n");
}

/* ---- reading ---- */

/* An octet inside a line, a LF too that no CR comes before. */
static SmtpDotMeaning
smtp_dot_text(SmtpDotState *state, char octet)
{
    *state = octet == '\r' ? SMTP_DOT_CR : SMTP_DOT_TEXT;
    return octet == '\n' ? SMTP_DOT_BARE_LF : SMTP_DOT_KEEP;
}

/* The CR before @octet was a bare one. */
static SmtpDotMeaning
smtp_dot_bare_cr(SmtpDotState *state, char octet)
{
    smtp_dot_text(state, octet);
    return SMTP_DOT_BARE_CR;
}

SmtpDotMeaning
smtp_dot_read(SmtpDotState *state, char octet)
{
    switch (*state) {
    case SMTP_DOT_LINE_START:
        if (octet != '.')
            return smtp_dot_text(state, octet);
        *state = SMTP_DOT_DOT; /* the end, or a doubled dot: no octet of the message */
        return SMTP_DOT_DROP;
    case SMTP_DOT_TEXT: return smtp_dot_text(state, octet);
    case SMTP_DOT_CR:
        if (octet != '\n')
            return smtp_dot_bare_cr(state, octet);
        *state = SMTP_DOT_LINE_START;
        return SMTP_DOT_KEEP;
    case SMTP_DOT_DOT:
        if (octet != '\r')
            return smtp_dot_text(state, octet);
        *state = SMTP_DOT_DOT_CR;
        return SMTP_DOT_DROP;
    case SMTP_DOT_DOT_CR:
        if (octet != '\n')
            return smtp_dot_bare_cr(state, octet);
        *state = SMTP_DOT_LINE_START;
        return SMTP_DOT_END;
    }
    g_assert_not_reached();
}
