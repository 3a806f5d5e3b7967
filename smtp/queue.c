/* smtp/queue.c - mail that has to travel: what is due is handed to relays (RFC 5321 §4.5.4.1).
 *
 *   rows that are due    > relays.c, which knows who is under way and how many may be
 *   the next that is not > one timer
 *
 * The queue itself is the database; here is only what is under way. So a restart loses nothing but
 * the conversations, and those are begun again.
 *
 * Start reading at smtp_queue_wake(). Tests: tests/test_smtp_queue.c
 */
#include "smtp/queue.h"

#define SMTP_QUEUE_AGAIN_S 60   /* until we look again after the database refused */
#define SMTP_QUEUE_OLD     200  /* finished rows forgotten in one turn */
#define SMTP_QUEUE_OLD_S   3600 /* from one look at the history to the next */

struct SmtpQueue {
    const SmtpHost *host;
    Trace *trace;       /* of the queue itself: no journey */
    SmtpRelays *relays; /* what is under way */
    NetTimer *timer;    /* for the next due row; or NULL */
    gint64 timer_s;     /* when it fires */
    gboolean recover;   /* rows may say "trying" of which nobody knows */
    gint64 history_s;   /* when we look next for what is finished long ago */
};

static void smtp_queue_relayed(void *data, gboolean written);
static void smtp_queue_look(SmtpQueue *queue);

SmtpQueue *
smtp_queue_new(const SmtpHost *host)
{
    SmtpQueue *queue = g_new0(SmtpQueue, 1);

    queue->host = host;
    queue->recover = TRUE; /* a crash leaves such rows */
    queue->trace = trace_new(host->tracer, host->settings->hostname, NULL);
    queue->relays = smtp_relays_new(host, smtp_queue_relayed, queue);
    return queue;
}

void
smtp_queue_free(SmtpQueue *queue)
{
    if (queue == NULL)
        return;
    net_timer_stop(&queue->timer);
    smtp_relays_free(queue->relays);
    trace_free(queue->trace);
    g_free(queue);
}

gboolean
smtp_queue_is_idle(const SmtpQueue *queue)
{
    return smtp_relays_count(queue->relays) == 0;
}

void
smtp_queue_forget_down(SmtpQueue *queue)
{
    smtp_relays_forget_down(queue->relays);
}

/* ---- the timer ---- */

static void
smtp_queue_fired(void *data)
{
    SmtpQueue *queue = data;

    queue->timer = NULL;
    smtp_queue_look(queue);
}

static void
smtp_queue_set_timer(SmtpQueue *queue, gint64 due_s)
{
    NetClock *clock = net_clock(queue->host->net);
    gint64 delay_us = MAX(due_s * NET_SECOND - net_clock_now_us(clock), 0);

    if (queue->timer != NULL && queue->timer_s == due_s)
        return;
    net_timer_stop(&queue->timer);
    queue->timer_s = due_s;
    queue->timer = net_timer_start(clock, NET_TIMER_SCHEDULE, delay_us, smtp_queue_fired, queue);
}

/* The database refused: it may be busy or full. The mail is safe in it; we look again later. */
static void
smtp_queue_try_later(SmtpQueue *queue, const char *what, const GError *error)
{
    trace_follow(queue->trace, trace_last(store_trace(queue->host->store)));
    trace_error(queue->trace, STAGE_QUEUE, "%s: %s; we look again in %d s", what, error->message,
                SMTP_QUEUE_AGAIN_S);
    smtp_queue_set_timer(queue, net_clock_now_s(net_clock(queue->host->net)) + SMTP_QUEUE_AGAIN_S);
}

void
smtp_queue_commit_failed(SmtpQueue *queue)
{
    g_autoptr(GError) error =
        g_error_new_literal(STORE_ERROR, STORE_ERROR_FAILED, "what was written is lost");

    queue->recover = TRUE;
    smtp_relays_commit_failed(queue->relays);
    smtp_queue_try_later(queue, "A commit failed", error);
}

static void
smtp_queue_relayed(void *data, gboolean written)
{
    SmtpQueue *queue = data;

    if (!written)
        queue->recover = TRUE;
    /* No COMMIT follows, after which somebody would look: the rows would lie there as being tried. */
    if (queue->recover && smtp_queue_is_idle(queue))
        smtp_queue_set_timer(queue,
                             net_clock_now_s(net_clock(queue->host->net)) + SMTP_QUEUE_AGAIN_S);
}

/* ---- a look ---- */

/* No timer of its own: a queue in which nothing happens does not grow. */
static gboolean
smtp_queue_forget(SmtpQueue *queue, gint64 now_s, GError **error)
{
    gint64 kept_s = queue->host->settings->history_s;
    guint count;

    if (kept_s == 0 || now_s < queue->history_s)
        return TRUE;
    if (!store_queue_forget(queue->host->store, now_s - kept_s, SMTP_QUEUE_OLD, &count, error))
        return FALSE;
    if (count < SMTP_QUEUE_OLD)
        queue->history_s = now_s + SMTP_QUEUE_OLD_S;
    return TRUE;
}

static void
smtp_queue_look(SmtpQueue *queue)
{
    g_autoptr(GError) error = NULL;
    gint64 now_s = net_clock_now_s(net_clock(queue->host->net));
    gint64 next_s = 0;

    if (queue->recover && smtp_queue_is_idle(queue)) {
        queue->recover = FALSE;
        if (!store_queue_recover(queue->host->store, &error)) {
            queue->recover = TRUE;
            smtp_queue_try_later(queue, "The queue could not be looked through", error);
            return;
        }
    }
    if (!smtp_relays_write_taken(queue->relays, queue->trace, &error) ||
        !smtp_relays_start(queue->relays, now_s, &error))
        queue->recover = TRUE;
    if (error == NULL)
        next_s = store_queue_due_after(queue->host->store, now_s, &error);
    if (smtp_relays_left_rows(queue->relays))
        next_s = now_s + 1;
    if (error == NULL)
        smtp_queue_forget(queue, now_s, &error);
    if (error != NULL)
        smtp_queue_try_later(queue, "The queue could not be read or written", error);
    else if (next_s > now_s)
        smtp_queue_set_timer(queue, next_s);
    else
        net_timer_stop(&queue->timer); /* nothing waits, or the end of a relay will wake us */
}

void
smtp_queue_wake(SmtpQueue *queue)
{
    smtp_relays_committed(queue->relays);
    /* What has become due without a change, the timer sees to. */
    if (store_queue_has_changed(queue->host->store) || queue->recover || !smtp_queue_is_idle(queue))
        smtp_queue_look(queue);
}

/* ---- a message joins the queue ---- */

static gboolean
smtp_queue_recipient(const SmtpHost *host, Trace *trace, gint64 queue,
                     const SmtpRecipient *recipient, gboolean held, GError **error)
{
    const StoreAccount *account = recipient->account; /* only where it is held */
    const char *full = account != NULL ? account->address : recipient->address->full;
    const char *domain = account != NULL ? account->domain : recipient->address->domain;
    gint64 now_s = net_clock_now_s(net_clock(host->net)), row;

    trace_put_text(trace, "destination", domain);
    trace_put_time(trace, "due", now_s);
    trace_put_text(trace, "outcome", held ? "held" : "queued");
    trace_decision(trace, STAGE_QUEUE, held ? "RFC 5321 §7.9" : "RFC 5321 §4.5.4.1",
                   held ? "%s joins the queue for %s, held: a rule keeps it back until somebody "
                          "releases it (glasspost queue release)"
                        : "%s joins the queue for %s; the first try is due now",
                   full, domain);
    row = store_queue_add_recipient(host->store, trace, queue, full, domain, now_s, error);
    if (row == 0 || (held && !store_queue_set_state(host->store, row, STORE_HELD, now_s, error)))
        return FALSE;
    return (recipient->notify == 0 && recipient->orcpt == NULL) ||
           store_queue_set_notify(host->store, trace, row, recipient->notify, recipient->orcpt,
                                  error);
}

gboolean
smtp_queue_message(const SmtpHost *host, Trace *trace, const SmtpQueueMail *mail,
                   const GPtrArray *recipients, GError **error)
{
    gint64 queue =
        store_queue_add(host->store, trace, mail->message, mail->sender, mail->eightbit, error);

    if (queue == 0)
        return FALSE;
    if ((mail->envid != NULL || mail->ret != 0) &&
        !store_queue_set_envelope(host->store, trace, queue, mail->envid, mail->ret, error))
        return FALSE;
    for (guint i = 0; i < recipients->len; i++) {
        const SmtpRecipient *recipient = g_ptr_array_index(recipients, i);
        g_autoptr(Trace) fork = trace_fork(trace);

        trace_set_branch(fork, recipient->branch);
        if (!smtp_queue_recipient(host, fork, queue, recipient, mail->held, error))
            return FALSE;
    }
    return TRUE;
}
