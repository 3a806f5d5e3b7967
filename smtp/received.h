/* smtp/received.h - the line that each server writes on top: from whom, by whom, when
 * (RFC 5321 §4.4).
 */
#ifndef SMTP_RECEIVED_H
#define SMTP_RECEIVED_H

#include <glib.h>

typedef struct SmtpReceived {
    const char *helo;      /* the name the client gave */
    const char *peer;      /* the address it called from */
    const char *hostname;  /* ours */
    const char *with;      /* "SMTP", "ESMTP", "ESMTPA" (RFC 3848 §1) */
    const char *id;        /* an atom: our token for this message */
    const char *recipient; /* the only recipient, or NULL: naming one of many would betray a Bcc */
    gint64 when_s;
} SmtpReceived;

/* Appends the field with its CRLF, folded. */
void smtp_received_append(const SmtpReceived *received, GString *head);
/* "Sun, 22 Nov 2026 00:47:47 +0000" (RFC 5322 §3.3), in UT: every host of a world compares well. */
char *smtp_received_date(gint64 when_s);

#endif
