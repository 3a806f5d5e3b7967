/* smtp/dot.h - how a message ends, though its own lines may begin with dots (RFC 5321 §4.5.2).
 *
 *     the message          on the wire
 *     Dear Carol,          Dear Carol,
 *     .hidden              ..hidden        a dot that begins a line is doubled
 *     (the end)            .               a line with nothing but a dot ends it
 *
 * One writes, the other reads; each goes octet by octet and remembers no more than its state, so
 * the octets may come in any portions. Both begin at SMTP_DOT_LINE_START.
 */
#ifndef SMTP_DOT_H
#define SMTP_DOT_H

#include <glib.h>

typedef enum {
    SMTP_DOT_LINE_START, /* behind a CRLF, or at the very start */
    SMTP_DOT_TEXT,       /* inside a line: no octet but CR and LF means anything here */
    SMTP_DOT_CR,         /* behind a CR in a line */
    SMTP_DOT_DOT,        /* behind the dot that began a line (the reader's alone) */
    SMTP_DOT_DOT_CR,     /* behind that dot and a CR (the reader's alone) */
} SmtpDotState;

/* ---- writing ---- */

/* Appends to @out what goes over the wire for the next @length octets of the message. */
void smtp_dot_write(SmtpDotState *state, const char *octets, gsize length, GString *out);
/* That was all: appends the line with the dot, after a CRLF where the message had none at its end. */
void smtp_dot_finish(SmtpDotState state, GString *out);

/* ---- reading ---- */

/* What the octet that was read last means. */
typedef enum {
    SMTP_DOT_KEEP,    /* it belongs to the message */
    SMTP_DOT_DROP,    /* it does not: the dot that was put in front, or the end may begin here */
    SMTP_DOT_END,     /* it is the last one of the end: CRLF . CRLF */
    SMTP_DOT_BARE_LF, /* a LF without a CR before it */
    SMTP_DOT_BARE_CR, /* the octet before it was a CR, and it is no LF */
} SmtpDotMeaning;

SmtpDotMeaning smtp_dot_read(SmtpDotState *state, char octet);

#endif
