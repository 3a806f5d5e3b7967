/* smtp/schedule.h - when is the next try, and when is there none? (RFC 5321 §4.5.4.1)
 *
 *   arrived ----5m----x--10m--x----30m----x ... warn-after ... x ... give-up-after
 *      x                                          x                      x
 *   attempts (x): after each the next wait of the list; one at the warning, a last one at the end
 *
 * Sums and comparisons only: no clock, no database, no trace. All times are seconds since 1970.
 */
#ifndef SMTP_SCHEDULE_H
#define SMTP_SCHEDULE_H

#include "smtp/smtp.h"

typedef enum {
    SMTP_RETRY_AGAIN,   /* at smtp_schedule_due_s() */
    SMTP_RETRY_REFUSED, /* it would fail tomorrow, too */
    SMTP_RETRY_EXPIRED, /* it could work some day, but we wait no longer */
} SmtpRetryVerdict;

/* How long to wait after attempt number @tries, the first being 1: the list retry_s has @retries
 * entries, and the last one repeats. */
gint64 smtp_schedule_wait_s(const SmtpSettings *settings, guint tries);
/* When the last attempt is due. */
gint64 smtp_schedule_give_up_s(const SmtpSettings *settings, const StoreQueueItem *item);
/* When the next attempt is due after one at @now_s. Not after the time of the warning, so that the
 * sender is warned in time, and not after the give-up time, so that the last attempt is as late as
 * it may be. */
gint64 smtp_schedule_due_s(const SmtpSettings *settings, const StoreQueueItem *item, gint64 now_s);
/* The attempt at @now_s has failed, and is counted in the item's tries. @permanent: of class 5. */
SmtpRetryVerdict smtp_schedule_verdict(const SmtpSettings *settings, const StoreQueueItem *item,
                                       gboolean permanent, gint64 now_s);
/* Is the sender to be told now that it takes long? Once, from warn_after_s on; 0: never. */
gboolean smtp_schedule_warns(const SmtpSettings *settings, const StoreQueueItem *item,
                             gint64 now_s);

#endif
