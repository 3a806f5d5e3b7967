/* smtp/retry.c - it failed for now: why, and when again? (RFC 5321 §4.5.4.1)
 *
 *   arrived ----5m----x--10m--x----30m----x ... warn-after ... x ... give-up-after
 *      x                                          x                      x
 *   attempts (x): after each the next wait of the list; one at the warning, a last one at the end
 *
 * Start reading at smtp_retry_decide(). Tests: tests/test_smtp_retry.c
 */
#include "smtp/retry.h"

#define SMTP_RETRY_RFC_S (30 * 60) /* "SHOULD be at least 30 minutes" (RFC 5321 §4.5.4.1) */

gint64
smtp_retry_wait_s(const SmtpSettings *settings, guint tries)
{
    guint nth = MAX(tries, 1) - 1;

    g_assert(settings->retries > 0);
    return settings->retry_s[MIN(nth, settings->retries - 1)];
}

static gint64
smtp_retry_give_up_s(const SmtpSettings *settings, const StoreQueueItem *item)
{
    return item->arrived_s + settings->give_up_after_s;
}

gint64
smtp_retry_due_s(const SmtpSettings *settings, const StoreQueueItem *item, gint64 now_s)
{
    gint64 due_s = now_s + smtp_retry_wait_s(settings, item->tries);
    gint64 warn_s = item->arrived_s + settings->warn_after_s;
    gint64 give_up_s = smtp_retry_give_up_s(settings, item);

    if (settings->warn_after_s > 0 && !item->warned && warn_s > now_s)
        due_s = MIN(due_s, warn_s);
    if (give_up_s > now_s)
        due_s = MIN(due_s, give_up_s);
    return due_s;
}

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

static SmtpRetryVerdict
smtp_retry_verdict(const SmtpSettings *settings, Trace *trace, const StoreQueueItem *item,
                   const SmtpReply *reply, gint64 now_s)
{
    g_autofree char *words = smtp_reply_words(reply);
    g_autofree char *limit = smtp_retry_duration(settings->give_up_after_s);

    if (smtp_reply_is_permanent(reply)) {
        trace_put_text(trace, "outcome", "refused");
        trace_decision(trace, STAGE_RETRY, "RFC 5321 §4.2.1",
                       "Never (class 5): no other try is made: %s", words);
        return SMTP_RETRY_REFUSED;
    }
    if (now_s >= smtp_retry_give_up_s(settings, item)) {
        trace_put_text(trace, "outcome", "expired");
        trace_put_number(trace, "tries", item->tries);
        trace_decision(trace, STAGE_RETRY, "RFC 5321 §4.5.4.1",
                       "Still not, after %u tries in %s: we give up: %s", item->tries, limit,
                       words);
        return SMTP_RETRY_EXPIRED;
    }
    if (settings->give_up_tries > 0 && item->tries >= settings->give_up_tries) {
        trace_put_text(trace, "outcome", "expired");
        trace_put_number(trace, "tries", item->tries);
        trace_decision(trace, STAGE_RETRY, "RFC 5321 §4.5.4.1",
                       "Try %u of %u failed, it was the last one: we give up: %s", item->tries,
                       settings->give_up_tries, words);
        return SMTP_RETRY_EXPIRED;
    }
    trace_put_text(trace, "outcome", "later");
    trace_decision(trace, STAGE_RETRY, "RFC 5321 §4.2.1",
                   "Not now (class 4), but perhaps later: it stays in the queue: %s", words);
    return SMTP_RETRY_AGAIN;
}

/* The formula with its numbers: what a learner checks on the screen. */
static void
smtp_retry_tell_timer(const SmtpSettings *settings, Trace *trace, const StoreQueueItem *item,
                      gint64 due_s, gint64 now_s)
{
    g_autofree char *wait = smtp_retry_duration(due_s - now_s);
    const char *departure = due_s - now_s < SMTP_RETRY_RFC_S
                                ? "; the RFC advises 30 minutes at least, this list is shorter so "
                                  "that it can be watched"
                                : "";

    trace_put_time(trace, "due", due_s);
    trace_put_number(trace, "tries", item->tries);
    trace_put_number(trace, "wait_s", due_s - now_s);
    trace_put_time(trace, "give_up", smtp_retry_give_up_s(settings, item));
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
    retry.warn = settings->warn_after_s > 0 && !item->warned &&
                 now_s >= item->arrived_s + settings->warn_after_s;
    retry.due_s = smtp_retry_due_s(settings, item, now_s);
    smtp_retry_tell_timer(settings, trace, item, retry.due_s, now_s);
    return retry;
}
