/* smtp/relay_settle.c - what becomes of a recipient after an attempt.
 *
 *   attempt row > 2yz?  done
 *               > retry decides:  again at ...   (old enough, not warned: delay notice)
 *                                 refused or expired: failed, bounce
 *
 * Attempt, new state and report are one savepoint: a crash leaves all of them or none.
 * Start reading at smtp_relay_settle(). Tests: tests/test_smtp_relay.c
 */
#include "smtp/relay_settle.h"

#include "smtp/bounce.h"
#include "smtp/retry.h"

gboolean
smtp_relay_note(const SmtpHost *host, Trace *trace, const StoreQueueItem *item,
                const SmtpReply *reply, const SmtpRelayCall *call, GError **error)
{
    g_autofree char *words = smtp_reply_words(reply);

    return store_queue_attempt(host->store, trace, item->id,
                               call->next != NULL ? call->next->name : NULL,
                               call->next != NULL ? call->next->address : NULL, reply->code, words,
                               call->duration_us, error);
}

/* From this 250 on the message is the next host's to deliver or to report. */
static gboolean
smtp_relay_settle_done(const SmtpHost *host, Trace *trace, const StoreQueueItem *item,
                       const SmtpRelayCall *call, GError **error)
{
    trace_put_text(trace, "outcome", "ok");
    trace_decision(trace, STAGE_RELAY, "RFC 5321 §6.1",
                   "%s has taken the message for %s: it is responsible now, we are done",
                   call->next->name, item->recipient);
    return store_queue_done(host->store, trace, item->id, error);
}

static gboolean
smtp_relay_settle_failed(const SmtpHost *host, Trace *trace, const StoreQueueItem *item,
                         const SmtpReply *reply, const SmtpRelayCall *call, GError **error)
{
    gint64 now_s = net_clock_now_s(net_clock(host->net));
    SmtpRetry retry = smtp_retry_decide(host->settings, trace, item, reply, now_s);
    g_autofree char *words = smtp_reply_words(reply);
    /* A reason of our own has nobody's name on it (RFC 3464 §2.3.5). */
    const char *remote = reply->code != 0 && call->next != NULL ? call->next->name : NULL;

    if (retry.verdict != SMTP_RETRY_AGAIN)
        return store_queue_failed(host->store, trace, item->id, words, error) &&
               smtp_bounce(host, trace, item, SMTP_BOUNCE_FAILED, retry.status, words, remote,
                           error);
    if (!store_queue_postpone(host->store, trace, item->id, retry.due_s, words, error))
        return FALSE;
    return !retry.warn || (smtp_bounce(host, trace, item, SMTP_BOUNCE_DELAYED, retry.status, words,
                                       remote, error) &&
                           store_queue_warned(host->store, item->id, error));
}

gboolean
smtp_relay_settle(const SmtpHost *host, Trace *trace, const StoreQueueItem *item,
                  const SmtpReply *reply, const SmtpRelayCall *call, GError **error)
{
    g_autoptr(Trace) fork = trace_fork(trace);
    gboolean written;

    trace_set_branch(fork, item->branch);
    trace_follow(store_trace(host->store), trace_last(fork));
    if (!store_savepoint(host->store, error))
        return FALSE;
    written = smtp_relay_note(host, fork, item, reply, call, error);
    if (written && reply->code / 100 == 2)
        written = smtp_relay_settle_done(host, fork, item, call, error);
    else if (written)
        written = smtp_relay_settle_failed(host, fork, item, reply, call, error);
    if (written && store_release(host->store, error)) {
        trace_follow(store_trace(host->store), trace_last(fork)); /* the COMMIT follows from this */
        return TRUE;
    }
    store_rollback_to(host->store);
    return FALSE;
}
