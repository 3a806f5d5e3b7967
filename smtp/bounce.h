/* smtp/bounce.h - we gave up (or it takes long): who is told, and with which reasons? (RFC 3464)
 *
 *   multipart/report
 *     1  text/plain               for the human
 *     2  message/delivery-status  for programs: Reporting-MTA, then a block a recipient
 *     3  text/rfc822-headers      what it was about (or message/rfc822)
 */
#ifndef SMTP_BOUNCE_H
#define SMTP_BOUNCE_H

#include "smtp/smtp.h"

typedef enum { SMTP_BOUNCE_FAILED, SMTP_BOUNCE_DELAYED } SmtpBounceAction;

/**
 * smtp_bounce:
 * @item: the recipient that failed or waits; its journey is named in the report's own
 * @status: "5.1.1" (RFC 3463)
 * @diagnostic: the remote words ("550 5.1.1 no such user"), or our own reason
 * @remote: the host that said it, or NULL
 *
 * Makes a message with the null reverse-path for item->sender, delivered here or queued, in the
 * open group; a journey of its own that follows from @trace's last event. Never for the null
 * sender: tells so and returns TRUE.
 */
gboolean smtp_bounce(const SmtpHost *host, Trace *trace, const StoreQueueItem *item,
                     SmtpBounceAction action, const char *status, const char *diagnostic,
                     const char *remote, GError **error);

#endif
