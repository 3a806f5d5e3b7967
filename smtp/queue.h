/* smtp/queue.h - mail that has to travel: what is due is handed to relays (RFC 5321 §4.5.4.1).
 *
 *   due rows > grouped by destination > one SmtpRelay a destination host > done | retry | bounce
 */
#ifndef SMTP_QUEUE_H
#define SMTP_QUEUE_H

#include "smtp/smtp.h"

#define SMTP_RELAYS_MAX       20  /* conversations at once */
#define SMTP_RELAY_RECIPIENTS 100 /* of one message in one conversation */

typedef struct SmtpQueue SmtpQueue;

SmtpQueue *smtp_queue_new(const SmtpHost *host);
/* Relays under way are cut; their rows wait again when the next queue is made. */
void smtp_queue_free(SmtpQueue *queue);
/* Rows have been committed, or released by hand, or it's the start: look what is due, set the
 * timer for the rest. Call after a commit, never before. */
void smtp_queue_wake(SmtpQueue *queue);
/* A commit failed: what was written about attempts may be lost. Their rows wait again as soon as
 * nothing is being relayed. */
void smtp_queue_commit_failed(SmtpQueue *queue);
/* Is nothing being relayed? */
gboolean smtp_queue_is_idle(const SmtpQueue *queue);

/**
 * smtp_queue_message:
 * @message: stored in the open group
 * @sender: reverse-path
 * @recipients: (element-type SmtpAddress): all remote
 * @branches: (element-type utf8): the branch of each
 *
 * Writes the queue rows in the open group, each due now, telling queue events.
 */
gboolean smtp_queue_message(const SmtpHost *host, Trace *trace, gint64 message, const char *sender,
                            gboolean eightbit, GPtrArray *recipients, GPtrArray *branches,
                            GError **error);

#endif
