/* smtp/held.h - mail in the queue that is for our own users: held back once, now released.
 *
 *   rule: hold > queue row, held > glasspost queue release > waiting, due now > delivered here
 */
#ifndef SMTP_HELD_H
#define SMTP_HELD_H

#include "smtp/smtp.h"

/* Delivers those of @due (element-type StoreQueueItem) whose domain is ours, and takes them out of
 * the list; writes in the open group. */
gboolean smtp_held_deliver(const SmtpHost *host, GPtrArray *due, GError **error);

#endif
