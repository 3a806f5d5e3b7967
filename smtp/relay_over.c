/* smtp/relay_over.c - what follows from the end of a call, and of a message (RFC 5321 §4.5.4.1).
 *
 *   smtp_relay_call_over > no decision on the mail?  the same host in another way: without TLS, or
 *                                                    because the open connection was open no more
 *                                                    the next address
 *                        > else settled: attempts, rows and report in one savepoint
 *
 * A host that has taken a decision, or some of the body, is not second-guessed: asking another one
 * could overrule a 550, or make two copies.
 *
 * Start reading at smtp_relay_call_over(). Tests: tests/test_smtp_relay.c,
 * tests/test_smtp_relay_many.c
 */
#include "smtp/relay_state.h"

/* ---- the end of a message ---- */

static SmtpRelayCall
smtp_relay_this_call(const SmtpRelay *relay)
{
    gint64 now_us = net_clock_now_us(net_clock(relay->host->net));

    return (SmtpRelayCall){ .next = smtp_relay_next(relay),
                            .duration_us = relay->called_us > 0 ? now_us - relay->called_us : 0,
                            .dsn =
                                relay->client != NULL && smtp_client_result(relay->client)->dsn };
}

/* Whoever spoke last knows why: the database, if it has told of a failure. */
static void
smtp_relay_tell_not_written(SmtpRelay *relay, const char *what, const GError *error)
{
    trace_follow(relay->trace,
                 MAX(trace_last(relay->trace), trace_last(store_trace(relay->host->store))));
    trace_error(relay->trace, STAGE_RELAY, "%s could not be written: %s", what, error->message);
}

/* @reply: the same for all; NULL: the client's results. */
static const SmtpReply *
smtp_relay_reply(const SmtpRelay *relay, const SmtpReply *reply, guint number)
{
    return reply != NULL ? reply : &smtp_client_result(relay->client)->recipients[number];
}

static gboolean
smtp_relay_settle_each(SmtpRelay *relay, const SmtpReply *reply, GError **error)
{
    SmtpRelayCall call = smtp_relay_this_call(relay);
    g_autoptr(SmtpBounce) bounce = smtp_bounce_new(relay->host);

    for (guint i = 0; i < relay->items->len; i++) {
        if (!smtp_relay_settle(relay->host, relay->trace, smtp_relay_item(relay, i),
                               smtp_relay_reply(relay, reply, i), &call, bounce, error))
            return FALSE;
    }
    return smtp_bounce_send(bounce, relay->trace, error);
}

/* Until it is committed nobody but us knows that they need no other try. */
static void
smtp_relay_note_taken(SmtpRelay *relay, const SmtpReply *reply, GArray *taken)
{
    for (guint i = 0; i < relay->items->len; i++) {
        gint64 id = smtp_relay_item(relay, i)->id;

        if (smtp_relay_reply(relay, reply, i)->code / 100 == 2)
            g_array_append_val(taken, id);
    }
}

/* All of it under one savepoint: the report about those who failed together is written with their
 * rows, or nothing is. */
void
smtp_relay_settle_all(SmtpRelay *relay, const SmtpReply *reply)
{
    Store *store = relay->host->store;
    g_autoptr(GError) error = NULL;
    gboolean begun;

    relay->settled = TRUE;
    trace_follow(store_trace(store), trace_last(relay->trace));
    begun = store_savepoint(store, &error);
    if (begun && smtp_relay_settle_each(relay, reply, &error) && store_release(store, &error)) {
        smtp_relay_note_taken(relay, reply, relay->crew->taken);
        return;
    }
    if (begun)
        store_rollback_to(store);
    smtp_relay_note_taken(relay, reply, relay->crew->owed);
    relay->written = FALSE;
    smtp_relay_tell_not_written(relay, "What came of the attempt", error);
}

/* ---- the end of a call ---- */

/* TLS that can't be had is no reason to keep the message, unless the world file says so. */
static gboolean
smtp_relay_may_do_without_tls(const SmtpRelay *relay)
{
    return relay->client != NULL && smtp_client_result(relay->client)->tls_failed &&
           relay->host->settings->relay_tls != SMTP_TLS_REQUIRED;
}

/* Did this message go over a connection that others had used before, and was it the connection that
 * failed? A reason of our own (too big for the host) would be the same on a new one. */
static gboolean
smtp_relay_is_carried_on(const SmtpRelay *relay)
{
    const SmtpReply *first;

    if (relay->carried <= 1)
        return FALSE;
    first = &smtp_client_result(relay->client)->recipients[0];
    return first->code != 0 || !smtp_reply_is_permanent(first);
}

gboolean
smtp_relay_may_go_on(const SmtpRelay *relay)
{
    if (relay->client != NULL && smtp_client_result(relay->client)->judged)
        return FALSE;
    return relay->at + 1 < relay->hosts->len || smtp_relay_may_do_without_tls(relay) ||
           smtp_relay_is_carried_on(relay);
}

/* A call that settles nothing is kept, too. */
static void
smtp_relay_note_all(SmtpRelay *relay, const SmtpReply *reply)
{
    SmtpRelayCall call = smtp_relay_this_call(relay);

    for (guint i = 0; i < relay->items->len; i++) {
        g_autoptr(GError) error = NULL;

        if (!smtp_relay_note(relay->host, relay->trace, smtp_relay_item(relay, i),
                             smtp_relay_reply(relay, reply, i), &call, &error))
            smtp_relay_tell_not_written(relay, "The attempt", error);
    }
}

/* The same host in another way, or the next one. */
static void
smtp_relay_go_on(SmtpRelay *relay)
{
    const char *name = smtp_relay_next(relay)->name;

    trace_put_text(relay->trace, "peer", name);
    if (smtp_relay_may_do_without_tls(relay)) {
        relay->plain = TRUE;
        trace_put_text(relay->trace, "outcome", "fallback");
        trace_decision(relay->trace, STAGE_RELAY, "RFC 3207 §4.1",
                       "TLS with %s failed. The message goes once more, without it: so it would go "
                       "to a host that offers none",
                       name);
    } else if (smtp_relay_is_carried_on(relay)) {
        trace_put_text(relay->trace, "outcome", "again");
        trace_state(relay->trace, STAGE_RELAY, "RFC 5321 §4.5.4.1",
                    "The open connection to %s carried other messages, but not this one: a new "
                    "call",
                    name);
    } else {
        relay->at++;
        relay->plain = FALSE;
    }
    smtp_relay_call(relay);
}

void
smtp_relay_call_over(SmtpRelay *relay, const SmtpReply *reply)
{
    relay->conn = NULL;
    relay->free = FALSE;
    if (!relay->settled && smtp_relay_may_go_on(relay)) {
        smtp_relay_note_all(relay, reply);
        smtp_relay_go_on(relay);
        return;
    }
    if (!relay->settled)
        smtp_relay_settle_all(relay, reply);
    relay->crew->done(relay, relay->written, relay->crew->data);
}
