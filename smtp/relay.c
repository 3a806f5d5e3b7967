/* smtp/relay.c - one conversation with the next host: how it sets out (RFC 5321 §3.6.2).
 *
 *   smtp_relay_new > hosts found > smtp_relay_call ... smtp_relay_call_over > settled, done
 *                                     ^                      |
 *                                     +-- another way, or host, is left (relay_over.c)
 *
 *   settled, the host listens > free > smtp_relay_again: another message
 *                                    > smtp_relay_end: QUIT
 *
 * Start reading at smtp_relay_new(). Tests: tests/test_smtp_relay.c, tests/test_smtp_relay_many.c
 */
#include "smtp/relay_state.h"

#include "smtp/retry.h"

static void smtp_relay_set_out(SmtpRelay *relay);

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
    for (guint i = 0; i < relay->items->len && !relay->settled; i++) {
        if (smtp_relay_item(relay, i)->id == id)
            return TRUE;
    }
    return FALSE;
}

gint64
smtp_relay_queue(const SmtpRelay *relay)
{
    return relay->settled ? 0 : smtp_relay_item(relay, 0)->queue;
}

const char *
smtp_relay_destination(const SmtpRelay *relay)
{
    return relay->destination;
}

gboolean
smtp_relay_is_free(const SmtpRelay *relay)
{
    return relay->free;
}

gboolean
smtp_relay_is_leaving(const SmtpRelay *relay)
{
    return relay->leaving;
}

static void
smtp_relay_drop_message(SmtpRelay *relay)
{
    g_clear_pointer(&relay->items, g_ptr_array_unref);
    g_clear_pointer(&relay->recipients, g_free);
    g_clear_pointer(&relay->notify, g_free);
    g_clear_pointer(&relay->orcpt, g_free);
}

void
smtp_relay_free(SmtpRelay *relay)
{
    if (relay == NULL)
        return;
    smtp_relay_hosts_cancel(relay->lookup);
    net_timer_stop(&relay->later);
    if (relay->conn != NULL)
        net_conn_abort(relay->conn);
    smtp_client_free(relay->client);
    if (relay->hosts != NULL)
        g_ptr_array_unref(relay->hosts);
    smtp_relay_drop_message(relay);
    g_free(relay->known_why);
    g_free(relay->destination);
    trace_free(relay->trace);
    g_free(relay);
}

void
smtp_relay_committed(SmtpRelay *relay)
{
    gboolean waits = !relay->durable && relay->careful;

    relay->durable = TRUE;
    relay->careful = FALSE;
    if (waits)
        smtp_relay_set_out(relay);
}

gboolean
smtp_relay_is_called_off(SmtpRelay *relay)
{
    if (relay->durable || relay->settled)
        return FALSE;
    trace_follow(relay->trace, trace_last(store_trace(relay->host->store)));
    trace_put_text(relay->trace, "outcome", "called off");
    trace_state(relay->trace, STAGE_RELAY, "RFC 5321 §4.5.4.1",
                "The disk did not take that this is try %u, so it is called off before the message "
                "goes: a try that nobody remembers would be made again and again",
                smtp_relay_item(relay, 0)->tries);
    return TRUE;
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
        relay->crew->done(relay, relay->written, relay->crew->data);
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

/* ---- setting out with a message ---- */

static void
smtp_relay_tell_due(SmtpRelay *relay)
{
    const StoreQueueItem *first = smtp_relay_item(relay, 0);

    trace_set_journey(relay->trace, first->journey);
    trace_set_branch(relay->trace, relay->items->len == 1 ? first->branch : NULL);
    trace_follow(relay->trace, first->event);
    trace_put_number(relay->trace, "tries", first->tries + 1);
    trace_put_number(relay->trace, "recipients", relay->items->len);
    trace_timer(relay->trace, STAGE_RELAY, "RFC 5321 §4.5.4.1",
                "Try %u for %s is due; recipients who share this conversation: %u",
                first->tries + 1, first->domain, relay->items->len);
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
                               smtp_schedule_due_s(relay->host->settings, item, now_s), error))
            return FALSE;
    }
    trace_follow(store_trace(relay->host->store), trace_last(relay->trace));
    return TRUE;
}

static gboolean
smtp_relay_take(SmtpRelay *relay, GPtrArray *items, GError **error)
{
    g_assert(items->len > 0);
    smtp_relay_drop_message(relay);
    relay->items = items;
    relay->settled = relay->durable = FALSE;
    relay->recipients = g_new0(char *, items->len + 1);
    relay->orcpt = g_new0(char *, items->len + 1);
    relay->notify = g_new0(guint, items->len);
    for (guint i = 0; i < items->len; i++) {
        relay->recipients[i] = smtp_relay_item(relay, i)->recipient;
        relay->orcpt[i] = smtp_relay_item(relay, i)->orcpt;
        relay->notify[i] = smtp_relay_item(relay, i)->notify;
    }
    smtp_relay_tell_due(relay);
    return smtp_relay_start_rows(relay, error);
}

static void
smtp_relay_set_out(SmtpRelay *relay)
{
    relay->lookup =
        smtp_relay_hosts_find(relay->host, relay->trace, smtp_relay_item(relay, 0)->domain,
                              smtp_relay_hosts_found, relay);
}

SmtpRelay *
smtp_relay_new(const SmtpRelayCrew *crew, const char *destination, GPtrArray *items, GError **error)
{
    SmtpRelay *relay = g_new0(SmtpRelay, 1);

    relay->crew = crew;
    relay->host = crew->host;
    relay->destination = g_strdup(destination);
    relay->written = TRUE;
    relay->trace = trace_new(crew->host->tracer, crew->host->settings->hostname, "relay");
    if (!smtp_relay_take(relay, items, error)) {
        smtp_relay_free(relay);
        return NULL;
    }
    relay->careful = crew->careful;
    if (!relay->careful)
        smtp_relay_set_out(relay);
    return relay;
}

gboolean
smtp_relay_again(SmtpRelay *relay, GPtrArray *items, GError **error)
{
    const SmtpNextHost *next = smtp_relay_next(relay);

    g_assert(relay->free);
    if (!smtp_relay_take(relay, items, error)) {
        relay->settled = TRUE;
        relay->written = FALSE;
        return FALSE;
    }
    relay->called_us = net_clock_now_us(net_clock(relay->host->net));
    trace_put_arrow(relay->trace, "host", "remote", "reuse");
    trace_put_text(relay->trace, "peer", next->name);
    trace_put_number(relay->trace, "tries", smtp_relay_item(relay, 0)->tries);
    trace_put_number(relay->trace, "carried", relay->carried);
    trace_state(relay->trace, STAGE_RELAY, "RFC 5321 §3.3",
                "The connection to %s stands, its last message is done: this one goes over it, "
                "without DNS, call and EHLO",
                next->name);
    net_conn_set_origin(relay->conn, trace_journey(relay->trace), trace_branch(relay->trace),
                        trace_last(relay->trace));
    smtp_relay_talk_again(relay);
    return TRUE;
}

void
smtp_relay_end(SmtpRelay *relay)
{
    g_assert(relay->free);
    smtp_relay_talk_end(relay);
}
