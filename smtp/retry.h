/* smtp/retry.h - it failed for now: why, and when again? (RFC 5321 §4.5.4.1)
 *
 *   5yz                                  never: bounce at once
 *   4yz, no answer, no connection        again, after retry[tries], the last wait repeating
 *   older than warn-after, not warned    the same, and the sender is told of the delay
 *   older than give-up-after, or
 *   tried give-up-tries times            no more: bounce
 *
 * Decides only; who asks writes the rows and sends the reports.
 */
#ifndef SMTP_RETRY_H
#define SMTP_RETRY_H

#include "smtp/client_reply.h"
#include "smtp/schedule.h"

typedef struct SmtpRetry {
    SmtpRetryVerdict verdict;
    gint64 due_s;    /* for AGAIN */
    gboolean warn;   /* for AGAIN: the sender is to be told now */
    char status[12]; /* for the report (RFC 3463): "5.1.1", "4.4.1" */
} SmtpRetry;

/**
 * smtp_retry_decide:
 * @item: with the attempt that has just failed counted in its tries
 * @reply: what the next host said, or our own reason
 *
 * Tells the verdict, and for AGAIN the timer with the numbers it comes from.
 */
SmtpRetry smtp_retry_decide(const SmtpSettings *settings, Trace *trace, const StoreQueueItem *item,
                            const SmtpReply *reply, gint64 now_s);

/* "30 minutes", "1 hour 45 minutes", "5 days". */
char *smtp_retry_duration(gint64 seconds);

#endif
