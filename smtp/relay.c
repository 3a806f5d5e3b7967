/* smtp/relay.c - one attempt to hand one message on, one hop (RFC 5321 §3.6.2).
 *
 *   smtp_relay_new > hosts found > smtp_relay_call ... smtp_relay_call_over > settled, done
 *                                       ^                        |
 *                                       +-- no mail taken, another address left
 *
 * Start reading at smtp_relay_new(). Tests: tests/test_smtp_relay.c
 */
#include "smtp/relay_state.h"

#include "smtp/retry.h"

const StoreQueueItem *
smtp_relay_item(const SmtpRelay *relay, guint number)
{
    return g_ptr_array_index(relay->items, number);
}

const SmtpNextHost *
smtp_relay_next(const SmtpRelay *relay)
{
    return relay->hosts != NULL ? g_ptr_array_index(relay->hosts, relay->at) : NULL;
}

gboolean
smtp_relay_has(const SmtpRelay *relay, gint64 id)
{
    for (guint i = 0; i < relay->items->len; i++) {
        if (smtp_relay_item(relay, i)->id == id)
            return TRUE;
    }
    return FALSE;
}

void
smtp_relay_free(SmtpRelay *relay)
{
    if (relay == NULL)
        return;
    smtp_relay_hosts_cancel(relay->lookup);
    net_timer_stop(&relay->fault);
    if (relay->conn != NULL)
        net_conn_abort(relay->conn);
    smtp_client_free(relay->client);
    if (relay->hosts != NULL)
        g_ptr_array_unref(relay->hosts);
    g_ptr_array_unref(relay->items);
    g_free(relay->recipients);
    trace_free(relay->trace);
    g_free(relay);
}

/* ---- the end of it ---- */

static SmtpRelayCall
smtp_relay_this_call(const SmtpRelay *relay)
{
    gint64 now_us = net_clock_now_us(net_clock(relay->host->net));

    return (SmtpRelayCall){ smtp_relay_next(relay),
                            relay->called_us > 0 ? now_us - relay->called_us : 0 };
}

/* Whoever spoke last knows why: the database, if it has told of a failure. */
static void
smtp_relay_tell_not_written(SmtpRelay *relay, const char *what, const GError *error)
{
    trace_follow(relay->trace,
                 MAX(trace_last(relay->trace), trace_last(store_trace(relay->host->store))));
    trace_error(relay->trace, STAGE_RELAY, "%s could not be written: %s", what, error->message);
}

void
smtp_relay_settle_all(SmtpRelay *relay, const SmtpReply *reply)
{
    SmtpRelayCall call = smtp_relay_this_call(relay);

    relay->settled = TRUE;
    for (guint i = 0; i < relay->items->len; i++) {
        g_autoptr(GError) error = NULL;
        const SmtpReply *own =
            reply != NULL ? reply : &smtp_client_result(relay->client)->recipients[i];

        if (smtp_relay_settle(relay->host, relay->trace, smtp_relay_item(relay, i), own, &call,
                              &error))
            continue;
        g_autofree char *what =
            g_strconcat("What came of ", smtp_relay_item(relay, i)->recipient, NULL);

        relay->written = FALSE;
        smtp_relay_tell_not_written(relay, what, error);
    }
}

static void
smtp_relay_finish(SmtpRelay *relay)
{
    relay->done(relay, relay->written, relay->data);
}

gboolean
smtp_relay_may_go_on(const SmtpRelay *relay)
{
    const char *phase = relay->client != NULL ? smtp_client_result(relay->client)->phase : NULL;
    gboolean before_mail = phase == NULL || g_str_equal(phase, "greeting") ||
                           g_str_equal(phase, "EHLO") || g_str_equal(phase, "HELO");

    return relay->at + 1 < relay->hosts->len && before_mail;
}

void
smtp_relay_call_over(SmtpRelay *relay, const SmtpReply *reply)
{
    SmtpRelayCall call = smtp_relay_this_call(relay);

    relay->conn = NULL;
    if (relay->settled) {
        smtp_relay_finish(relay);
        return;
    }
    if (!smtp_relay_may_go_on(relay)) {
        smtp_relay_settle_all(relay, reply);
        smtp_relay_finish(relay);
        return;
    }
    for (guint i = 0; i < relay->items->len; i++) {
        g_autoptr(GError) error = NULL;
        const SmtpReply *own =
            reply != NULL ? reply : &smtp_client_result(relay->client)->recipients[i];

        if (!smtp_relay_note(relay->host, relay->trace, smtp_relay_item(relay, i), own, &call,
                             &error))
            smtp_relay_tell_not_written(relay, "The attempt", error);
    }
    relay->at++;
    smtp_relay_call(relay);
}

static void
smtp_relay_hosts_found(void *data, GPtrArray *hosts, const SmtpReply *why, guint64 event)
{
    SmtpRelay *relay = data;
    const SmtpNextHost *next;

    relay->lookup = NULL;
    relay->hosts = hosts;
    trace_follow(relay->trace, event);
    if (hosts == NULL) {
        smtp_relay_settle_all(relay, why);
        smtp_relay_finish(relay);
        return;
    }
    next = smtp_relay_next(relay);
    trace_put_text(relay->trace, "peer", next->name);
    trace_put_number(relay->trace, "addresses", hosts->len);
    trace_put_number(relay->trace, "tries", smtp_relay_item(relay, 0)->tries);
    trace_put_text(relay->trace, "outcome", "ok");
    trace_decision(relay->trace, STAGE_RELAY, "RFC 5321 §5.1",
                   "%s at %s is the next host%s. Addresses to be tried: %u", next->name,
                   next->address, next->known ? ", as DNS has said before: it is not asked" : "",
                   hosts->len);
    smtp_relay_call(relay);
}

/* ---- setting out ---- */

static Trace *
smtp_relay_trace(const SmtpHost *host, const GPtrArray *items)
{
    const StoreQueueItem *first = g_ptr_array_index(items, 0);
    Trace *trace = trace_new(host->tracer, host->settings->hostname, "relay");

    trace_set_journey(trace, first->journey);
    trace_set_branch(trace, items->len == 1 ? first->branch : NULL);
    trace_follow(trace, first->event);
    trace_put_number(trace, "tries", first->tries + 1);
    trace_put_number(trace, "recipients", items->len);
    trace_timer(trace, STAGE_RELAY, "RFC 5321 §4.5.4.1",
                "Try %u for %s is due; recipients who share this conversation: %u",
                first->tries + 1, first->domain, items->len);
    return trace;
}

/* One more try each, and the time of the next one is known before this one begins: whatever
 * happens in between, nothing is forgotten and nobody is hammered. */
static gboolean
smtp_relay_start_rows(SmtpRelay *relay, GError **error)
{
    gint64 now_s = net_clock_now_s(net_clock(relay->host->net));

    for (guint i = 0; i < relay->items->len; i++) {
        StoreQueueItem *item = g_ptr_array_index(relay->items, i);

        item->tries++;
        trace_follow(store_trace(relay->host->store), trace_last(relay->trace));
        if (!store_queue_start(relay->host->store, relay->trace, item->id,
                               smtp_retry_due_s(relay->host->settings, item, now_s), error))
            return FALSE;
    }
    trace_follow(store_trace(relay->host->store), trace_last(relay->trace));
    return TRUE;
}

SmtpRelay *
smtp_relay_new(const SmtpHost *host, GPtrArray *items, SmtpRelayDone done, void *data,
               GError **error)
{
    SmtpRelay *relay = g_new0(SmtpRelay, 1);

    g_assert(items->len > 0);
    relay->host = host;
    relay->items = items;
    relay->done = done;
    relay->data = data;
    relay->written = TRUE;
    relay->recipients = g_new0(char *, items->len + 1);
    for (guint i = 0; i < items->len; i++)
        relay->recipients[i] = smtp_relay_item(relay, i)->recipient;
    relay->trace = smtp_relay_trace(host, items);
    if (!smtp_relay_start_rows(relay, error)) {
        smtp_relay_free(relay);
        return NULL;
    }
    relay->lookup = smtp_relay_hosts_find(host, relay->trace, smtp_relay_item(relay, 0)->domain,
                                          smtp_relay_hosts_found, relay);
    return relay;
}
