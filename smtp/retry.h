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
#include "smtp/smtp.h"

typedef enum {
    SMTP_RETRY_AGAIN,   /* at due_s */
    SMTP_RETRY_REFUSED, /* it would fail tomorrow, too */
    SMTP_RETRY_EXPIRED, /* it could work some day, but we wait no longer */
} SmtpRetryVerdict;

typedef struct SmtpRetry {
    SmtpRetryVerdict verdict;
    gint64 due_s;    /* for AGAIN */
    gboolean warn;   /* for AGAIN: the sender is to be told now */
    char status[12]; /* for the report (RFC 3463): "5.1.1", "4.4.1" */
} SmtpRetry;

/* How long to wait after attempt number @tries, the first being 1. */
gint64 smtp_retry_wait_s(const SmtpSettings *settings, guint tries);
/* When the next attempt is due after one at @now_s. Not after the time of the warning, so that the
 * sender is warned in time, and not after the give-up time, so that the last attempt is as late as
 * it may be. */
gint64 smtp_retry_due_s(const SmtpSettings *settings, const StoreQueueItem *item, gint64 now_s);

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
