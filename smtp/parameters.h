/* smtp/parameters.h - what stands behind the path in MAIL and RCPT: " SIZE=500 BODY=8BITMIME"
 * (RFC 5321 §4.1.2).
 */
#ifndef SMTP_PARAMETERS_H
#define SMTP_PARAMETERS_H

#include "smtp/reply.h"

/* What a MAIL command asked for. */
typedef struct SmtpMailParameters {
    gboolean size_seen, body_seen, auth_seen; /* each may stand there once */
    guint64 size;                             /* octets; 0: not said */
    gboolean eightbit;                        /* BODY=8BITMIME */
} SmtpMailParameters;

/**
 * smtp_parameters_of_mail:
 * @rest: from behind the path to the end of the line
 * @esmtp: the client said EHLO; without it there are no parameters
 * @auth: AUTH is offered, and thus its parameter known (RFC 4954 §5)
 * @octets_max: the largest message taken
 * @mail: (out): zeroed by the caller
 *
 * Returns: NULL, or what is wrong
 */
const SmtpRefusal *smtp_parameters_of_mail(const char *rest, gboolean esmtp, gboolean auth,
                                           guint64 octets_max, SmtpMailParameters *mail);
/* RCPT has no parameters: none of the extensions offered defines one. */
const SmtpRefusal *smtp_parameters_of_rcpt(const char *rest);

#endif
