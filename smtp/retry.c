/* smtp/retry.c - it failed for now: why, and when again? (RFC 5321 §4.5.4.1)
 *
 * The sums are in smtp/schedule.c: what follows from them, in words and in a report's status, is
 * here.
 *
 * Start reading at smtp_retry_decide(). Tests: tests/test_smtp_retry.c
 */
#include "smtp/retry.h"

#include "trace/words.h"

#define SMTP_RETRY_RFC_S (30 * 60) /* "SHOULD be at least 30 minutes" (RFC 5321 §4.5.4.1) */

char *
smtp_retry_duration(gint64 seconds)
{
    static const struct {
        gint64 seconds;
        const char *name;
    } units[] = { { 86400, "day" }, { 3600, "hour" }, { 60, "minute" }, { 1, "second" } };
    GString *text = g_string_new(NULL);
    guint written = 0;

    for (guint i = 0; i < G_N_ELEMENTS(units) && written < 2; i++) {
        gint64 count = seconds / units[i].seconds;

        if (count == 0)
            continue;
        g_string_append_printf(text, "%s%" G_GINT64_FORMAT " %s%s", written > 0 ? " " : "", count,
                               units[i].name, count == 1 ? "" : "s");
        seconds -= count * units[i].seconds;
        written++;
    }
    if (written == 0)
        g_string_append(text, "0 seconds");
    return g_string_free(text, FALSE);
}

/* The status of the last problem says more than "delivery time expired", which RFC 3463 §3.5 wants
 * only where the problem itself has no code. Of class 4 even when we give up: sending it again some
 * day could work (RFC 3464 §2.3.3). */
static void
smtp_retry_put_status(SmtpRetry *retry, const SmtpReply *reply)
{
    const char *status = reply->enhanced;

    if (status[0] == '\0' && retry->verdict == SMTP_RETRY_REFUSED)
        status = "5.0.0";
    else if (status[0] == '\0')
        status = retry->verdict == SMTP_RETRY_EXPIRED ? "4.4.7" : "4.0.0";
    g_strlcpy(retry->status, status, sizeof retry->status);
}

static void
smtp_retry_tell_expired(const SmtpSettings *settings, Trace *trace, const StoreQueueItem *item,
                        const char *words, gint64 now_s)
{
    g_autofree char *limit = smtp_retry_duration(settings->give_up_after_s);

    trace_put_text(trace, "outcome", "expired");
    trace_put_number(trace, "tries", item->tries);
    if (settings->give_up_tries > 0 && item->tries >= settings->give_up_tries &&
        now_s < smtp_schedule_give_up_s(settings, item))
        trace_decision(trace, STAGE_RETRY, "RFC 5321 §4.5.4.1",
                       "Try %u of %u failed, it was the last one: we give up: %s", item->tries,
                       settings->give_up_tries, words);
    else
        trace_decision(trace, STAGE_RETRY, "RFC 5321 §4.5.4.1",
                       "Still not, after %u tries in %s: we give up: %s", item->tries, limit,
                       words);
}

static SmtpRetryVerdict
smtp_retry_verdict(const SmtpSettings *settings, Trace *trace, const StoreQueueItem *item,
                   const SmtpReply *reply, gint64 now_s)
{
    g_autofree char *words = smtp_reply_words(reply);
    SmtpRetryVerdict verdict =
        smtp_schedule_verdict(settings, item, smtp_reply_is_permanent(reply), now_s);

    switch (verdict) {
    case SMTP_RETRY_REFUSED:
        trace_put_text(trace, "outcome", "refused");
        trace_decision(trace, STAGE_RETRY, "RFC 5321 §4.2.1",
                       "Never (class 5): no other try is made: %s", words);
        break;
    case SMTP_RETRY_EXPIRED: smtp_retry_tell_expired(settings, trace, item, words, now_s); break;
    case SMTP_RETRY_AGAIN:
        trace_put_text(trace, "outcome", "later");
        trace_decision(trace, STAGE_RETRY, "RFC 5321 §4.2.1",
                       "Not now (class 4), but perhaps later: it stays in the queue: %s", words);
        break;
    }
    return verdict;
}

/* The formula with its numbers: what a learner checks on the screen. */
static void
smtp_retry_tell_timer(const SmtpSettings *settings, Trace *trace, const StoreQueueItem *item,
                      gint64 due_s, gint64 now_s)
{
    g_autofree char *wait = smtp_retry_duration(due_s - now_s);
    const char *departure =
        due_s - now_s < SMTP_RETRY_RFC_S
            ? N_("; the RFC advises 30 minutes at least, this list is shorter so "
                 "that it can be watched")
            : "";

    trace_put_time(trace, "due", due_s);
    trace_put_number(trace, "tries", item->tries);
    trace_put_number(trace, "wait_s", due_s - now_s);
    trace_put_time(trace, "give_up", smtp_schedule_give_up_s(settings, item));
    trace_put_number(trace, "give_up_tries", settings->give_up_tries);
    trace_timer(trace, STAGE_RETRY, "RFC 5321 §4.5.4.1", "Try %u failed, try %u in %s%s",
                item->tries, item->tries + 1, wait, departure);
}

SmtpRetry
smtp_retry_decide(const SmtpSettings *settings, Trace *trace, const StoreQueueItem *item,
                  const SmtpReply *reply, gint64 now_s)
{
    SmtpRetry retry = { .verdict = smtp_retry_verdict(settings, trace, item, reply, now_s) };

    smtp_retry_put_status(&retry, reply);
    if (retry.verdict != SMTP_RETRY_AGAIN)
        return retry;
    retry.warn = smtp_schedule_warns(settings, item, now_s);
    retry.due_s = smtp_schedule_due_s(settings, item, now_s);
    smtp_retry_tell_timer(settings, trace, item, retry.due_s, now_s);
    return retry;
}
