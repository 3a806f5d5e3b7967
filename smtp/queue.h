/* smtp/queue.h - mail that has to travel: what is due is handed to relays (RFC 5321 §4.5.4.1).
 *
 *   due rows > grouped by destination > one SmtpRelay a destination host > done | retry | bounce
 */
#ifndef SMTP_QUEUE_H
#define SMTP_QUEUE_H

#include "smtp/recipient.h"
#include "smtp/relays.h" /* the limits on what is under way */

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
/* Somebody who knows better asks for a try now: hosts that could not be reached a moment ago are
 * called again. */
void smtp_queue_forget_down(SmtpQueue *queue);
/* Is nothing being relayed? */
gboolean smtp_queue_is_idle(const SmtpQueue *queue);

/* What is the same for all recipients of a message that has to travel. */
typedef struct SmtpQueueMail {
    gint64 message;     /* stored in the open group */
    const char *sender; /* reverse-path */
    gboolean eightbit;  /* BODY=8BITMIME */
    gboolean held;      /* a rule of the filter keeps it back until it is released by hand */
    const char *envid;  /* ENVID as it came, or NULL */
    char ret;           /* RET: 'F' or 'H'; 0: not said */
} SmtpQueueMail;

/**
 * smtp_queue_message:
 * @recipients: (element-type SmtpRecipient): all remote, unless the message is held
 *
 * Writes the queue rows in the open group, each due now, telling queue events.
 */
gboolean smtp_queue_message(const SmtpHost *host, Trace *trace, const SmtpQueueMail *mail,
                            const GPtrArray *recipients, GError **error);

#endif
