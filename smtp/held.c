/* smtp/held.c - delivers to our own users what lay in the queue, held back by a rule of the filter.
 *
 * A held message waits in the queue, whoever it is for: there one can look at it, release it or
 * delete it. What travels goes on as if it had just come; what is for a mailbox of ours is brought
 * there, into INBOX: somebody has looked at it. So is a report whose mailbox was full when it was
 * written (smtp/bounce_send.c).
 *
 * Start reading at smtp_held_deliver(). Tests: tests/test_smtp_policy.c
 */
#include "smtp/held.h"

#include "smtp/bounce.h"
#include "smtp/deliver.h"
#include "smtp/recipient.h"
#include "smtp/retry.h"
#include "smtp/route.h"

/* Into each mailbox that the address leads to now. */
static gboolean
smtp_held_into(const SmtpHost *host, Trace *trace, const StoreQueueItem *item,
               const GPtrArray *found, GError **error)
{
    g_autoptr(SmtpBounce) bounce = smtp_bounce_new(host);

    for (guint i = 0; i < found->len; i++) {
        const SmtpRecipient *one = g_ptr_array_index(found, i);

        if (one->account != NULL && smtp_deliver(host, trace, one->account, item->message,
                                                 item->sender, "INBOX", error) == 0)
            return FALSE;
    }
    /* Whoever asked for it is told now: "delivered" was not true before (RFC 3461 §5.2.3). */
    if (smtp_bounce_is_wanted(item->notify, SMTP_BOUNCE_DELIVERED))
        smtp_bounce_add(bounce, trace, item, SMTP_BOUNCE_DELIVERED, "2.1.5", NULL, NULL);
    return store_queue_done(host->store, trace, item->id, error) &&
           smtp_bounce_send(bounce, trace, error);
}

/* The user is gone, or has no room: as if another host had said so. */
static gboolean
smtp_held_refused(const SmtpHost *host, Trace *trace, const StoreQueueItem *item,
                  const SmtpRefusal *refusal, GError **error)
{
    gint64 now_s = store_now_s(host->store);
    gboolean too_old = now_s - item->arrived_s >= host->settings->give_up_after_s;
    g_autofree char *words = g_strdup_printf("%s %s", refusal->code, refusal->text);
    g_autoptr(SmtpBounce) bounce = smtp_bounce_new(host);

    if (refusal->code[0] == '4' && !too_old)
        return store_queue_postpone(host->store, trace, item->id,
                                    now_s + smtp_schedule_wait_s(host->settings, 1), words, error);
    if (!store_queue_failed(host->store, trace, item->id, words, error))
        return FALSE;
    smtp_bounce_add(bounce, trace, item, SMTP_BOUNCE_FAILED, refusal->code + 4, words, NULL);
    return smtp_bounce_send(bounce, trace, error);
}

static gboolean
smtp_held_settle(const SmtpHost *host, Trace *trace, const StoreQueueItem *item, GError **error)
{
    g_autoptr(GPtrArray) found =
        g_ptr_array_new_with_free_func((GDestroyNotify)smtp_recipient_free);
    g_autoptr(SmtpAddress) address = smtp_split_address(item->recipient, error);
    const SmtpRefusal *refusal;

    if (address == NULL)
        return FALSE;
    trace_put_text(trace, "outcome", "released");
    trace_decision(trace, STAGE_QUEUE, NULL,
                   item->sender[0] == '\0'
                       ? "a report waited for room in the mailbox of %s: is there any now?"
                       : "%s was held back and is released: it is for a mailbox of ours, so it "
                         "goes no further",
                   item->recipient);
    refusal = smtp_recipient_resolve(host, trace, address, item->branch, found);
    return refusal == NULL ? smtp_held_into(host, trace, item, found, error)
                           : smtp_held_refused(host, trace, item, refusal, error);
}

gboolean
smtp_held_deliver(const SmtpHost *host, GPtrArray *due, GError **error)
{
    for (guint i = 0; i < due->len;) {
        const StoreQueueItem *item = g_ptr_array_index(due, i);
        g_autoptr(Trace) trace = NULL;

        if (!smtp_route_is_ours(host->settings, item->domain)) {
            i++;
            continue;
        }
        trace = trace_new(host->tracer, host->settings->hostname, NULL);
        trace_set_journey(trace, item->journey);
        trace_set_branch(trace, item->branch);
        trace_follow(trace, item->event);
        if (!store_savepoint(host->store, error))
            return FALSE;
        if (!smtp_held_settle(host, trace, item, error) || !store_release(host->store, error)) {
            store_rollback_to(host->store);
            return FALSE;
        }
        trace_follow(store_trace(host->store),
                     trace_last(trace)); /* the COMMIT follows from this */
        g_ptr_array_remove_index(due, i);
    }
    return TRUE;
}
