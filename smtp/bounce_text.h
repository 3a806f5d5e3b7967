/* smtp/bounce_text.h - the text of a report: three parts in one message (RFC 6522 §3).
 *
 *     Content-Type: multipart/report; report-type=delivery-status; boundary="..."
 *
 *       1  text/plain                what happened, in plain English, with all attempts
 *       2  message/delivery-status   the same for programs (RFC 3464 §2)
 *       3  text/rfc822-headers       the header of the message it is about,
 *          or message/rfc822         or all of it
 */
#ifndef SMTP_BOUNCE_TEXT_H
#define SMTP_BOUNCE_TEXT_H

#include "smtp/bounce.h"

/* What is told of one recipient. */
typedef struct SmtpBounceOne {
    const char *recipient;
    const char
        *original; /* "rfc822;carol@south.example": whom the sender first wrote to, or NULL */
    SmtpBounceAction action;
    const char *status;        /* "5.1.1" */
    const char *diagnostic;    /* the last words; NULL: none */
    const char *remote;        /* who said them, or NULL: we did */
    const GPtrArray *attempts; /* StoreAttempt, oldest first; may be empty */
} SmtpBounceOne;

typedef struct SmtpBounceText {
    const char *hostname;   /* who reports */
    const char *sender;     /* who is told */
    gboolean about_report;  /* the message has the sender <>: the postmaster is told of it */
    const char *envelope;   /* the sender's own name for the message; NULL: none */
    const char *token;      /* letters and digits nobody can guess: message id and boundary */
    const char *journey;    /* of the message it is about; may be NULL */
    const GString *message; /* its header lines, or all of it */
    gboolean whole;         /* it is all of it */
    gint64 now_s, arrived_s;
    gint64 retry_until_s;      /* for DELAYED */
    const SmtpBounceOne *ones; /* the most serious first */
    guint count;               /* at least 1 */
} SmtpBounceText;

/* The word of RFC 3464 §2.3.3: "failed". */
const char *smtp_bounce_action_name(SmtpBounceAction action);
/* The whole message, CRLF at each line's end; 7-bit throughout, but for what comes back whole. */
GString *smtp_bounce_text(const SmtpBounceText *report);
/* Is there an octet above 127? */
gboolean smtp_bounce_is_eightbit(const GString *message);

#endif
