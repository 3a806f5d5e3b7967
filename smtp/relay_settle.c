/* smtp/relay_settle.c - what becomes of a recipient after an attempt.
 *
 *   attempt row > 2yz?  done
 *               > retry decides:  again at ...   (old enough, not warned: delay notice)
 *                                 refused or expired: failed, bounce
 *
 * Attempts, new states and the report of one conversation are one savepoint (smtp/relay.c): a crash
 * leaves all of them or none.
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

    trace_put_number(trace, "tries", item->tries);
    return store_queue_attempt(host->store, trace, item->id,
                               call->next != NULL ? call->next->name : NULL,
                               call->next != NULL ? call->next->address : NULL, reply->code, words,
                               call->duration_us, error);
}

/* From this 250 on the message is the next host's to deliver or to report. */
static gboolean
smtp_relay_settle_done(const SmtpHost *host, Trace *trace, const StoreQueueItem *item,
                       const SmtpReply *reply, const SmtpRelayCall *call, SmtpBounce *bounce,
                       GError **error)
{
    g_autofree char *words = smtp_reply_words(reply);

    trace_put_text(trace, "outcome", "ok");
    trace_decision(trace, STAGE_RELAY, "RFC 5321 §6.1",
                   "%s has taken the message for %s: it is responsible now, we are done",
                   call->next->name, item->recipient);
    if (!store_queue_done(host->store, trace, item->id, error))
        return FALSE;
    /* A host that offers DSN tells of the delivery itself; of any other this is as far as anybody
     * can see (RFC 3461 §5.2.2). */
    if (!call->dsn)
        smtp_bounce_add(bounce, trace, item, SMTP_BOUNCE_RELAYED,
                        reply->enhanced[0] == '2' ? reply->enhanced : "2.0.0", words,
                        call->next->name);
    return TRUE;
}

static gboolean
smtp_relay_settle_failed(const SmtpHost *host, Trace *trace, const StoreQueueItem *item,
                         const SmtpReply *reply, const SmtpRelayCall *call, SmtpBounce *bounce,
                         GError **error)
{
    gint64 now_s = net_clock_now_s(net_clock(host->net));
    SmtpRetry retry = smtp_retry_decide(host->settings, trace, item, reply, now_s);
    g_autofree char *words = smtp_reply_words(reply);
    /* A reason of our own has nobody's name on it (RFC 3464 §2.3.5). */
    const char *remote = reply->code != 0 && call->next != NULL ? call->next->name : NULL;

    if (retry.verdict != SMTP_RETRY_AGAIN) {
        if (!store_queue_failed(host->store, trace, item->id, words, error))
            return FALSE;
        smtp_bounce_add(bounce, trace, item, SMTP_BOUNCE_FAILED, retry.status, words, remote);
        return TRUE;
    }
    if (!store_queue_postpone(host->store, trace, item->id, retry.due_s, words, error))
        return FALSE;
    if (!retry.warn)
        return TRUE;
    smtp_bounce_add(bounce, trace, item, SMTP_BOUNCE_DELAYED, retry.status, words, remote);
    return store_queue_warned(host->store, item->id, error);
}

gboolean
smtp_relay_settle(const SmtpHost *host, Trace *trace, const StoreQueueItem *item,
                  const SmtpReply *reply, const SmtpRelayCall *call, SmtpBounce *bounce,
                  GError **error)
{
    g_autoptr(Trace) fork = trace_fork(trace);

    trace_set_branch(fork, item->branch);
    trace_follow(store_trace(host->store), trace_last(fork));
    if (!smtp_relay_note(host, fork, item, reply, call, error))
        return FALSE;
    if (reply->code / 100 == 2) {
        if (!smtp_relay_settle_done(host, fork, item, reply, call, bounce, error))
            return FALSE;
    } else if (!smtp_relay_settle_failed(host, fork, item, reply, call, bounce, error)) {
        return FALSE;
    }
    trace_follow(store_trace(host->store), trace_last(fork)); /* the COMMIT follows from this */
    return TRUE;
}
