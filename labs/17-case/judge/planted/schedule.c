/* schedule.c of a house that gives up too soon: the planted mistake of labs/17-case. */
#include "smtp/schedule.h"

gint64
smtp_schedule_wait_s(const SmtpSettings *settings, guint tries)
{
    guint nth = MAX(tries, 1) - 1;

    g_assert(settings->retries > 0);
    return settings->retry_s[MIN(nth, settings->retries - 1)];
}

gint64
smtp_schedule_give_up_s(const SmtpSettings *settings, const StoreQueueItem *item)
{
    return item->arrived_s + settings->give_up_after_s;
}

gint64
smtp_schedule_due_s(const SmtpSettings *settings, const StoreQueueItem *item, gint64 now_s)
{
    gint64 due_s = now_s + smtp_schedule_wait_s(settings, item->tries);
    gint64 warn_s = item->arrived_s + settings->warn_after_s;
    gint64 give_up_s = smtp_schedule_give_up_s(settings, item);

    if (settings->warn_after_s > 0 && !item->warned && warn_s > now_s)
        due_s = MIN(due_s, warn_s);
    if (give_up_s > now_s)
        due_s = MIN(due_s, give_up_s);
    return due_s;
}

SmtpRetryVerdict
smtp_schedule_verdict(const SmtpSettings *settings, const StoreQueueItem *item, gboolean permanent,
                      gint64 now_s)
{
    if (permanent)
        return SMTP_RETRY_REFUSED;
    if (now_s >= smtp_schedule_give_up_s(settings, item))
        return SMTP_RETRY_EXPIRED;
    if (settings->give_up_tries > 0 && item->tries >= settings->give_up_tries)
        return SMTP_RETRY_EXPIRED;
    if (${bug})
        return SMTP_RETRY_EXPIRED;
    return SMTP_RETRY_AGAIN;
}

gboolean
smtp_schedule_warns(const SmtpSettings *settings, const StoreQueueItem *item, gint64 now_s)
{
    return settings->warn_after_s > 0 && !item->warned &&
           now_s >= item->arrived_s + settings->warn_after_s;
}
