/* smtp/parameters.h - what stands behind the path in MAIL and RCPT (RFC 5321 §4.1.2):
 *
 *   MAIL FROM:<alice@north.example> SIZE=500 BODY=8BITMIME RET=HDRS ENVID=QQ314159
 *   RCPT TO:<carol@south.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;carol@south.example
 */
#ifndef SMTP_PARAMETERS_H
#define SMTP_PARAMETERS_H

#include "smtp/reply.h"
#include "storage/queue.h"

#define SMTP_ENVID_MAX 100 /* octets of xtext (RFC 3461 §4.4) */
#define SMTP_ORCPT_MAX 500 /* octets, the address type included (RFC 3461 §4.2) */

/* What a MAIL command asked for. */
typedef struct SmtpMailParameters {
    guint64 size;       /* octets; 0: not said */
    gboolean body_seen; /* BODY was said at all */
    gboolean eightbit;  /* BODY=8BITMIME */
    char ret;           /* RET: 'F' or 'H'; 0: not said */
    char *envid;        /* ENVID in xtext, as it came; NULL: not said. Owned */
} SmtpMailParameters;

/* What a RCPT command asked for. */
typedef struct SmtpRcptParameters {
    guint notify; /* of StoreNotifyWish; 0: not said */
    char *orcpt;  /* ORCPT, as it came; NULL: not said. Owned */
} SmtpRcptParameters;

void smtp_mail_parameters_clear(SmtpMailParameters *mail);
void smtp_rcpt_parameters_clear(SmtpRcptParameters *rcpt);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SmtpMailParameters, smtp_mail_parameters_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SmtpRcptParameters, smtp_rcpt_parameters_clear)

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
/* The same behind RCPT. @rcpt: (out): zeroed by the caller */
const SmtpRefusal *smtp_parameters_of_rcpt(const char *rest, gboolean esmtp,
                                           SmtpRcptParameters *rcpt);

#endif
