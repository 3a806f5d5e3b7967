/* smtp/disown.h - header fields that only this host may write: a stranger's are renamed.
 *
 *   X-Glasspost-Filter: accept (mx.south.example)      as it came: anybody can write that
 *   X-Elsewhere-Filter: accept (mx.south.example)      as it is stored: somebody else said so
 *
 * The new name is as long as the old one, so that sizes and offsets stay what they are.
 *
 * And a first line that begins with a space would go on with the last line that we write on top of it
 * (RFC 5322 §2.2.3), and so speak in our name. What is in no field is text: an empty line before it
 * ends the header.
 */
#ifndef SMTP_DISOWN_H
#define SMTP_DISOWN_H

#include <glib.h>

#define SMTP_DISOWN_OURS   "x-glasspost-" /* any case */
#define SMTP_DISOWN_THEIRS "X-Elsewhere-"

/* All zero at a message's first octet. */
typedef struct SmtpDisown {
    gboolean begun;    /* the first octet has come */
    gboolean headless; /* and was a space or a tab */
    gboolean in_line;  /* not at the beginning of a header line */
    gboolean in_body;  /* the empty line has come: what follows is left alone */
    guint held;        /* octets of a line's beginning that look like our name so far */
    char octets[sizeof SMTP_DISOWN_OURS];
    guint renamed;
} SmtpDisown;

/* The message's octets as they come, in any portions; appends what to store. */
void smtp_disown_feed(SmtpDisown *disown, const char *octets, gsize length, GString *out);
/* No more comes: what was held back is appended. */
void smtp_disown_finish(SmtpDisown *disown, GString *out);

#endif
