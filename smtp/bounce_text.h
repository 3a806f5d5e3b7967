/* smtp/bounce_text.h - the text of a report: three parts in one message (RFC 6522 §3).
 *
 *     Content-Type: multipart/report; report-type=delivery-status; boundary="..."
 *
 *       1  text/plain                what happened, in plain English, with all attempts
 *       2  message/delivery-status   the same for programs (RFC 3464 §2)
 *       3  text/rfc822-headers       the header of the message it is about
 */
#ifndef SMTP_BOUNCE_TEXT_H
#define SMTP_BOUNCE_TEXT_H

#include "smtp/bounce.h"

typedef struct SmtpBounceText {
    const char *hostname;  /* who reports */
    const char *sender;    /* who is told */
    const char *recipient; /* who was not reached */
    SmtpBounceAction action;
    const char *status;     /* "5.1.1" */
    const char *diagnostic; /* the last words */
    const char *remote;     /* who said them, or NULL: we did */
    const char *token;      /* letters and digits nobody can guess: message id and boundary */
    const char *journey;    /* of the message it is about; may be NULL */
    const char *header;     /* its header lines, as many as are to be returned */
    gint64 now_s, arrived_s;
    gint64 retry_until_s;      /* for DELAYED */
    const GPtrArray *attempts; /* StoreAttempt, oldest first */
} SmtpBounceText;

/* The whole message, CRLF at each line's end, 7-bit throughout. */
GString *smtp_bounce_text(const SmtpBounceText *report);

#endif
