/* smtp/relay_call.c - one call to one host: the socket of smtp/client.c (RFC 5321 §4.5.4.1).
 *
 *   smtp_relay_call > (a fault?) > dial > opened > input, send ... > closed, expired or done
 *                                     no connection ---------------> smtp_relay_call_over()
 *
 * The conversation itself is smtp/client.c, which has no socket; here are its socket, its deadline
 * and the octets of the message. Faults asked for by a lab happen where the real ones would.
 *
 * Start reading at smtp_relay_call(). Tests: tests/test_smtp_relay.c
 */
#include "smtp/relay_state.h"

#include <string.h>

#define SMTP_RELAY_PORTION (32 * 1024) /* octets of the message read from the database at once */

/* The host could not be talked to. @why names its address. */
static void
smtp_relay_no_connection(SmtpRelay *relay, const char *label, const char *why)
{
    const SmtpNextHost *next = smtp_relay_next(relay);
    g_autofree char *text = g_strdup_printf("no connection to %s: %s", next->name, why);
    SmtpReply reason = { 0 };

    trace_put_text(relay->trace, "outcome", "failed");
    trace_put_number(relay->trace, "tries", smtp_relay_item(relay, 0)->tries);
    trace_put_arrow(relay->trace, "remote", "host", label);
    trace_state(relay->trace, STAGE_RELAY, "RFC 5321 §4.5.4.1", "There is %s", text);
    smtp_reply_set_reason(&reason, "4.4.1", text); /* no answer from host, RFC 3463 §3.5 */
    smtp_relay_call_over(relay, &reason);
    smtp_reply_clear(&reason);
}

/* The same where nobody else has put it in words. */
static void
smtp_relay_no_answer(SmtpRelay *relay, const char *label, const char *what)
{
    const SmtpNextHost *next = smtp_relay_next(relay);
    g_autofree char *why = g_strdup_printf("%s port %u: %s", next->address, next->port, what);

    smtp_relay_no_connection(relay, label, why);
}

/* ---- the message's octets ---- */

static gboolean
smtp_relay_body(void *data, GString *out, GError **error)
{
    SmtpRelay *relay = data;
    gsize before = out->len;

    if (!store_message_read(relay->host->store, smtp_relay_item(relay, 0)->message, relay->sent,
                            SMTP_RELAY_PORTION, out, error))
        return FALSE;
    relay->sent += out->len - before;
    return out->len > before;
}

/* Asked only where the next host can't take 8-bit octets: one look at the whole message. */
static gboolean
smtp_relay_has_eightbit(void *data)
{
    SmtpRelay *relay = data;
    guint64 offset = 0;

    for (;;) {
        g_autoptr(GString) portion = g_string_new(NULL);

        if (!store_message_read(relay->host->store, smtp_relay_item(relay, 0)->message, offset,
                                SMTP_RELAY_PORTION, portion, NULL))
            return TRUE;
        if (portion->len == 0)
            return FALSE;
        for (gsize i = 0; i < portion->len; i++) {
            if (portion->str[i] & 0x80)
                return TRUE;
        }
        offset += portion->len;
    }
}

/* ---- the connection ---- */

/* Sends what the client wants sent, the message as fast as the network takes it. The deadline
 * starts anew with each command, never with each octet of a reply. */
static void
smtp_relay_send(SmtpRelay *relay, GString *out, SmtpClientNext next)
{
    gboolean said = out->len > 0 || next == SMTP_CLIENT_SENDING;

    for (;;) {
        if (out->len > 0) {
            net_conn_write(relay->conn, out->str, (gssize)out->len);
            net_conn_wrote(relay->conn, trace_last(relay->trace));
            g_string_truncate(out, 0);
        }
        if (next != SMTP_CLIENT_SENDING || net_conn_is_full(relay->conn))
            break;
        next = smtp_client_more(relay->client, out);
    }
    if (said)
        net_conn_deadline(relay->conn, smtp_client_patience(relay->client,
                                                            relay->host->settings->peer_timeout_s));
    if (!relay->settled && smtp_client_is_settled(relay->client) && !smtp_relay_may_go_on(relay))
        smtp_relay_settle_all(relay, NULL);
    if (next == SMTP_CLIENT_DONE) {
        net_conn_close(relay->conn);
        smtp_relay_call_over(relay, NULL);
    }
}

static void
smtp_relay_input(NetConn *conn, void *owner)
{
    SmtpRelay *relay = owner;
    g_autoptr(GString) out = g_string_new(NULL);
    SmtpClientNext next = smtp_client_input(relay->client, net_conn_input(conn), out);

    smtp_relay_send(relay, out, next);
}

static void
smtp_relay_drained(NetConn *conn, void *owner)
{
    SmtpRelay *relay = owner;
    g_autoptr(GString) out = g_string_new(NULL);

    (void)conn;
    smtp_relay_send(relay, out, smtp_client_more(relay->client, out));
}

static void
smtp_relay_begin_talk(SmtpRelay *relay)
{
    const StoreQueueItem *first = smtp_relay_item(relay, 0);
    SmtpClientMail mail = { .hostname = relay->host->settings->hostname,
                            .sender = first->sender,
                            .recipients = (const char *const *)relay->recipients,
                            .octets = first->octets,
                            .eightbit = first->eightbit,
                            .has_eightbit = smtp_relay_has_eightbit,
                            .body = smtp_relay_body,
                            .data = relay,
                            .from = "host",
                            .to = "remote",
                            .stage = STAGE_RELAY };

    relay->client = smtp_client_new(&mail, relay->trace);
    relay->sent = 0;
}

static void
smtp_relay_opened(NetConn *conn, void *owner)
{
    SmtpRelay *relay = owner;

    if (relay->cut_why != NULL) {
        net_conn_abort(conn);
        smtp_relay_no_answer(relay, "reset", relay->cut_why);
        return;
    }
    trace_state(relay->trace, STAGE_RELAY, "RFC 5321 §3.1",
                "The connection stands: the server speaks first, we wait for its greeting");
    smtp_relay_begin_talk(relay);
    net_conn_deadline(conn,
                      smtp_client_patience(relay->client, relay->host->settings->peer_timeout_s));
}

static void
smtp_relay_expired(NetConn *conn, void *owner)
{
    SmtpRelay *relay = owner;

    net_conn_abort(conn);
    if (relay->client == NULL) {
        smtp_relay_no_answer(relay, "timeout", "nobody answers");
        return;
    }
    trace_put_text(relay->trace, "outcome", "timeout");
    trace_timer(relay->trace, STAGE_RELAY, "RFC 5321 §4.5.3.2",
                "No reply in time: the connection is given up");
    smtp_client_cut(relay->client, "no reply in time");
    smtp_relay_call_over(relay, NULL);
}

static void
smtp_relay_closed(NetConn *conn, void *owner, const GError *why)
{
    SmtpRelay *relay = owner;
    const char *text = why != NULL ? why->message : "the host closed the connection";
    gboolean refused = g_error_matches(why, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
    g_autoptr(GString) unsent = g_string_new(NULL);

    if (relay->client == NULL) {
        smtp_relay_no_connection(relay, refused ? "refused" : "failed", text);
        return;
    }
    /* A last reply, 421 perhaps, may have come with the end. */
    smtp_client_input(relay->client, net_conn_input(conn), unsent);
    if (!smtp_client_is_settled(relay->client)) {
        if (net_conn_why(conn) != 0)
            trace_follow(relay->trace, net_conn_why(conn));
        trace_put_text(relay->trace, "outcome", "cut");
        trace_put_arrow(relay->trace, "remote", "host", "closed");
        trace_state(relay->trace, STAGE_RELAY, "RFC 5321 §4.5.4.1", "The connection broke off: %s",
                    text);
    }
    smtp_client_cut(relay->client, text);
    smtp_relay_call_over(relay, NULL);
}

static const NetHandler smtp_relay_handler = {
    .opened = smtp_relay_opened,
    .input = smtp_relay_input,
    .drained = smtp_relay_drained,
    .expired = smtp_relay_expired,
    .closed = smtp_relay_closed,
};

/* ---- calling ---- */

static void
smtp_relay_dial(SmtpRelay *relay)
{
    const SmtpSettings *settings = relay->host->settings;
    const SmtpNextHost *next = smtp_relay_next(relay);
    double patience_s =
        settings->peer_timeout_s > 0 ? settings->peer_timeout_s : SMTP_RELAY_CONNECT_S;
    /* Our IPv4 address can't call an IPv6 one, nor the other way round. */
    gboolean same_family =
        (strchr(settings->address, ':') != NULL) == (strchr(next->address, ':') != NULL);

    relay->conn = net_connect(relay->host->net, same_family ? settings->address : NULL,
                              next->address, next->port, &smtp_relay_handler, relay);
    /* Where both ends are ours, the other one goes on in this journey. */
    net_conn_set_origin(relay->conn, trace_journey(relay->trace), trace_branch(relay->trace),
                        trace_last(relay->trace));
    net_conn_deadline(relay->conn, patience_s);
}

static void
smtp_relay_fault_refused(void *data)
{
    SmtpRelay *relay = data;

    relay->fault = NULL;
    smtp_relay_no_answer(relay, "refused", "connection refused");
}

static void
smtp_relay_fault_timeout(void *data)
{
    SmtpRelay *relay = data;

    relay->fault = NULL;
    smtp_relay_no_answer(relay, "timeout", "nobody answers");
}

static void
smtp_relay_fault_slow(void *data)
{
    SmtpRelay *relay = data;

    relay->fault = NULL;
    smtp_relay_dial(relay);
}

static void
smtp_relay_fault_after(SmtpRelay *relay, double seconds, void (*fire)(void *data))
{
    relay->fault = net_timer_start(net_clock(relay->host->net), NET_TIMER_GUARD,
                                   (gint64)(seconds * NET_SECOND), fire, relay);
}

/* Has somebody asked for this call to fail? TRUE: it takes its own way from here. */
static gboolean
smtp_relay_asked_to_fail(SmtpRelay *relay)
{
    double patience_s = relay->host->settings->peer_timeout_s;
    const TraceFault *fault;
    guint64 seconds = 0;

    if (trace_fault(relay->trace, STAGE_RELAY, "connect-refused") != NULL) {
        smtp_relay_fault_after(relay, 0, smtp_relay_fault_refused);
        return TRUE;
    }
    if (trace_fault(relay->trace, STAGE_RELAY, "connect-timeout") != NULL) {
        smtp_relay_fault_after(relay, patience_s > 0 ? patience_s : SMTP_RELAY_CONNECT_S,
                               smtp_relay_fault_timeout);
        return TRUE;
    }
    fault = trace_fault(relay->trace, STAGE_RELAY, "connect-slow");
    if (fault != NULL && net_parse_number(fault->parameter, -1, 3600, &seconds)) {
        smtp_relay_fault_after(relay, (double)seconds, smtp_relay_fault_slow);
        return TRUE;
    }
    if (trace_fault(relay->trace, STAGE_RELAY, "connect-reset") != NULL)
        relay->cut_why = "connection reset by peer";
    return FALSE;
}

void
smtp_relay_call(SmtpRelay *relay)
{
    const SmtpNextHost *next = smtp_relay_next(relay);

    g_clear_pointer(&relay->client, smtp_client_free);
    relay->cut_why = NULL;
    relay->called_us = net_clock_now_us(net_clock(relay->host->net));
    trace_put_arrow(relay->trace, "host", "remote", "connect");
    trace_put_text(relay->trace, "peer", next->name);
    trace_put_text(relay->trace, "address", next->address);
    trace_put_number(relay->trace, "port", next->port);
    trace_put_number(relay->trace, "tries", smtp_relay_item(relay, 0)->tries);
    trace_state(relay->trace, STAGE_RELAY, "RFC 5321 §3.6.2", "Calling %s [%s] port %u", next->name,
                next->address, next->port);
    if (!smtp_relay_asked_to_fail(relay))
        smtp_relay_dial(relay);
}
