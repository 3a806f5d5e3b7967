/* smtp/blind.h - blind copies: the line that names them is left out of what a user submits.
 *
 *   To: carol@south.example                To: carol@south.example
 *   Bcc: dave@south.example,       -->     Subject: hello
 *    erin@east.example
 *   Subject: hello
 *
 * The recipients stand in the envelope (RCPT), so nobody is lost; and whoever is named in Bcc must
 * not be known to the others (RFC 5322 §3.6.3). A mail program should have taken the line out
 * itself. Where one has not, this is the last host that may: one that passes mail on for others
 * changes nothing (RFC 5321 §6.4).
 */
#ifndef SMTP_BLIND_H
#define SMTP_BLIND_H

#include <glib.h>

#define SMTP_BLIND_NAME_MAX 32 /* octets of "Resent-Bcc", the spaces behind it, and the colon */

/* All zero at a message's first octet. */
typedef struct SmtpBlind {
    gboolean in_line; /* not at the beginning of a header line */
    gboolean in_body; /* the empty line has come: what follows is left alone */
    gboolean
        dropping; /* in a field that is left out; a line that begins with a space goes on with it */
    guint held;   /* octets of a line's beginning that look like such a name so far */
    char octets[SMTP_BLIND_NAME_MAX];
    guint dropped; /* fields */
} SmtpBlind;

/* The message's octets as they come, in any portions; appends what to store. */
void smtp_blind_feed(SmtpBlind *blind, const char *octets, gsize length, GString *out);
/* No more comes: what was held back is appended. */
void smtp_blind_finish(SmtpBlind *blind, GString *out);

#endif
