/* dot.c - dots doubled on their way out, and taken away on their way in (RFC 5321 §4.5.2).
 *
 * Writing: octets of the message in, octets for the wire out. The reader's machine:
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
 * The states and what may be answered stand in smtp/dot.h. Only CRLF . CRLF ends a message.
 */
#include "smtp/dot.h"

/* ---- writing ---- */

/* Appends to @out what goes over the wire for the next @length octets of the message. They may end
 * anywhere, even between a CR and its LF: *state is all that is remembered till the next call. */
void
smtp_dot_write(SmtpDotState *state, const char *octets, gsize length, GString *out)
{
    (void)state; /* no longer needed once you use it */
    g_string_append_len(out, octets, (gssize)length);
}

/* That was all: appends the line with the dot, after a CRLF where the message had none at its end. */
void
smtp_dot_finish(SmtpDotState state, GString *out)
{
    (void)state;
    g_string_append(out, ".\r\n");
}

/* ---- reading ---- */

/* What does the next octet mean? Sets *state for the one after it. */
SmtpDotMeaning
smtp_dot_read(SmtpDotState *state, char octet)
{
    /* For now: whatever looks like a dot at the start of a line is the end. */
    if (octet == '.' && *state == SMTP_DOT_LINE_START)
        return SMTP_DOT_END;
    *state = octet == '\n' ? SMTP_DOT_LINE_START : SMTP_DOT_TEXT;
    return SMTP_DOT_KEEP;
}
