/* smtp/queue.c - mail that has to travel: what is due is handed to relays (RFC 5321 §4.5.4.1).
 *
 *   store_queue_due     row 7  carol@south.example     \
 *                       row 8  dave@south.example      /  one SmtpRelay: one copy for both
 *                       row 9  erin@west.example       -  another one
 *   store_queue_next_due > one timer for the next that is not due yet
 *
 * The queue itself is the database; here is only what is under way. So a restart loses nothing but
 * the conversations, and those are begun again.
 *
 * Start reading at smtp_queue_wake(). Tests: tests/test_smtp_queue.c
 */
#include "smtp/queue.h"

#include <string.h>

#include "smtp/relay.h"
#include "smtp/split.h"

#define SMTP_QUEUE_LOOK    500 /* due rows looked at in one turn; the rest waits for the next */
#define SMTP_QUEUE_AGAIN_S 60  /* until we look again after the database refused */

struct SmtpQueue {
    const SmtpHost *host;
    Trace *trace;      /* of the queue itself: no journey */
    GPtrArray *relays; /* SmtpRelay, under way */
    NetTimer *timer;   /* for the next due row; or NULL */
    gint64 timer_s;    /* when it fires */
    gboolean recover;  /* rows may say "trying" of which nobody knows */
};

SmtpQueue *
smtp_queue_new(const SmtpHost *host)
{
    SmtpQueue *queue = g_new0(SmtpQueue, 1);

    queue->host = host;
    queue->recover = TRUE; /* a crash leaves such rows */
    queue->trace = trace_new(host->tracer, host->settings->hostname, NULL);
    queue->relays = g_ptr_array_new();
    return queue;
}

void
smtp_queue_free(SmtpQueue *queue)
{
    if (queue == NULL)
        return;
    net_timer_stop(&queue->timer);
    for (guint i = 0; i < queue->relays->len; i++)
        smtp_relay_free(g_ptr_array_index(queue->relays, i));
    g_ptr_array_unref(queue->relays);
    trace_free(queue->trace);
    g_free(queue);
}

gboolean
smtp_queue_is_idle(const SmtpQueue *queue)
{
    return queue->relays->len == 0;
}

/* ---- the timer ---- */

static void
smtp_queue_fired(void *data)
{
    SmtpQueue *queue = data;

    queue->timer = NULL;
    smtp_queue_wake(queue);
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
    smtp_queue_try_later(queue, "A commit failed", error);
}

/* ---- relays ---- */

static void
smtp_queue_relayed(SmtpRelay *relay, gboolean written, void *data)
{
    SmtpQueue *queue = data;

    g_ptr_array_remove(queue->relays, relay); /* keeps the order of the others */
    smtp_relay_free(relay);
    if (!written)
        queue->recover = TRUE;
}

static gboolean
smtp_queue_is_under_way(const SmtpQueue *queue, gint64 id)
{
    for (guint i = 0; i < queue->relays->len; i++) {
        if (smtp_relay_has(g_ptr_array_index(queue->relays, i), id))
            return TRUE;
    }
    return FALSE;
}

/* The group of @groups that @item belongs to: same message, same domain, and room; or NULL. */
static GPtrArray *
smtp_queue_group(const GPtrArray *groups, const StoreQueueItem *item)
{
    for (guint i = 0; i < groups->len; i++) {
        GPtrArray *group = g_ptr_array_index(groups, i);
        const StoreQueueItem *first = g_ptr_array_index(group, 0);

        if (first->queue == item->queue && strcmp(first->domain, item->domain) == 0 &&
            group->len < SMTP_RELAY_RECIPIENTS)
            return group;
    }
    return NULL;
}

/* Rows put together so that each message goes to a domain once (RFC 5321 §4.5.4.1), in the order of
 * their times; at most as many groups as relays may begin. */
static GPtrArray *
smtp_queue_groups(SmtpQueue *queue, GPtrArray *due)
{
    GPtrArray *groups = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);

    for (guint i = 0; i < due->len;) {
        StoreQueueItem *item = g_ptr_array_index(due, i);
        GPtrArray *group = smtp_queue_group(groups, item);
        gboolean room = group != NULL || queue->relays->len + groups->len < SMTP_RELAYS_MAX;

        if (!room || smtp_queue_is_under_way(queue, item->id)) {
            i++;
            continue;
        }
        if (group == NULL) {
            group = g_ptr_array_new_with_free_func((GDestroyNotify)store_queue_item_free);
            g_ptr_array_add(groups, group);
        }
        g_ptr_array_add(group, g_ptr_array_steal_index(due, i));
    }
    return groups;
}

static gboolean
smtp_queue_start(SmtpQueue *queue, gint64 now_s, GError **error)
{
    g_autoptr(GPtrArray) due = store_queue_due(queue->host->store, now_s, SMTP_QUEUE_LOOK, error);
    g_autoptr(GPtrArray) groups = NULL;

    if (due == NULL)
        return FALSE;
    groups = smtp_queue_groups(queue, due);
    for (guint i = 0; i < groups->len; i++) {
        GPtrArray *items = g_ptr_array_ref(g_ptr_array_index(groups, i));
        SmtpRelay *relay = smtp_relay_new(queue->host, items, smtp_queue_relayed, queue, error);

        if (relay == NULL) {
            queue->recover = TRUE;
            return FALSE;
        }
        g_ptr_array_add(queue->relays, relay);
    }
    return TRUE;
}

void
smtp_queue_wake(SmtpQueue *queue)
{
    g_autoptr(GError) error = NULL;
    gint64 now_s = net_clock_now_s(net_clock(queue->host->net));
    gint64 next_s;

    if (queue->recover && queue->relays->len == 0) {
        queue->recover = FALSE;
        if (!store_queue_recover(queue->host->store, &error)) {
            queue->recover = TRUE;
            smtp_queue_try_later(queue, "The queue could not be looked through", error);
            return;
        }
    }
    next_s = store_queue_next_due(queue->host->store, &error);
    if (error == NULL && next_s > 0 && next_s <= now_s && queue->relays->len < SMTP_RELAYS_MAX) {
        if (smtp_queue_start(queue, now_s, &error))
            next_s = store_queue_next_due(queue->host->store, &error);
    }
    if (error != NULL)
        smtp_queue_try_later(queue, "The queue could not be read or written", error);
    else if (next_s > now_s)
        smtp_queue_set_timer(queue, next_s);
    else
        net_timer_stop(&queue->timer); /* nothing waits, or the end of a relay will wake us */
}

/* ---- a message joins the queue ---- */

gboolean
smtp_queue_message(const SmtpHost *host, Trace *trace, gint64 message, const char *sender,
                   gboolean eightbit, GPtrArray *recipients, GPtrArray *branches, GError **error)
{
    gint64 now_s = net_clock_now_s(net_clock(host->net));
    gint64 queue = store_queue_add(host->store, trace, message, sender, eightbit, error);

    if (queue == 0)
        return FALSE;
    for (guint i = 0; i < recipients->len; i++) {
        const SmtpAddress *address = g_ptr_array_index(recipients, i);
        g_autoptr(Trace) fork = trace_fork(trace);

        trace_set_branch(fork, g_ptr_array_index(branches, i));
        trace_put_text(fork, "destination", address->domain);
        trace_put_time(fork, "due", now_s);
        trace_put_text(fork, "outcome", "queued");
        trace_decision(fork, STAGE_QUEUE, "RFC 5321 §4.5.4.1",
                       "%s joins the queue for %s; the first try is due now", address->full,
                       address->domain);
        if (store_queue_add_recipient(host->store, fork, queue, address->full, address->domain,
                                      now_s, error) == 0)
            return FALSE;
    }
    return TRUE;
}
