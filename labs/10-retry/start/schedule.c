/* schedule.c - when is the next try, and when is there none? (RFC 5321 §4.5.4.1)
 *
 *   came ----first wait----x--second wait--x ... warn-after ... x ... give-up-after
 *     x                                             x                      x
 *   tries (x): after each the next wait of the list; one at the warning, a last one at the end
 *
 * Sums and comparisons only. All times are seconds since 1970; "_s" at the end of a name says so.
 * You are given:
 *
 *   settings->retry_s[]        the waits, in order               settings->retries    how many there are
 *   settings->warn_after_s     0: never warn                     settings->give_up_after_s
 *   settings->give_up_tries    0: any number of tries
 *   item->arrived_s            when the message came             item->tries    how often it was tried,
 *   item->warned               the sender was warned already                    the failed one included
 *
 * At the moment the house tries once and gives up. Say how it ought to be.
 */
#include "smtp/schedule.h"

/* How long to wait after try number @tries; the first one is 1. */
gint64
smtp_schedule_wait_s(const SmtpSettings *settings, guint tries)
{
    (void)settings; /* no longer needed once you use it */
    (void)tries;
    return 0;
}

/* When the last try is due (this one is done). */
gint64
smtp_schedule_give_up_s(const SmtpSettings *settings, const StoreQueueItem *item)
{
    return item->arrived_s + settings->give_up_after_s;
}

/* When the next try is due after one at @now_s: a wait later, but not after the time of the warning
 * if that is still to come, nor after the time to give up. */
gint64
smtp_schedule_due_s(const SmtpSettings *settings, const StoreQueueItem *item, gint64 now_s)
{
    (void)item;
    return now_s + smtp_schedule_wait_s(settings, 1);
}

/* A try has failed. @permanent: the answer was a "no" for good (5yz).
 * SMTP_RETRY_AGAIN, SMTP_RETRY_REFUSED (no use to come back) or SMTP_RETRY_EXPIRED (we wait no longer)? */
SmtpRetryVerdict
smtp_schedule_verdict(const SmtpSettings *settings, const StoreQueueItem *item, gboolean permanent,
                      gint64 now_s)
{
    (void)settings;
    (void)item;
    (void)permanent;
    (void)now_s;
    return SMTP_RETRY_EXPIRED;
}

/* Is the sender to be told now that it takes long? */
gboolean
smtp_schedule_warns(const SmtpSettings *settings, const StoreQueueItem *item, gint64 now_s)
{
    (void)settings;
    (void)item;
    (void)now_s;
    return FALSE;
}
