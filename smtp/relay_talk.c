/* smtp/relay_talk.c - the socket of smtp/client.c: what is said once a connection stands.
 *
 *   opened > input, (secured), send ... > closed, expired or done > smtp_relay_call_over()
 *                          |
 *                          +-- the message is settled: free > smtp_relay_talk_again() or _end()
 *
 * The conversation itself is smtp/client.c, which has no socket; here are its socket, its deadline,
 * its TLS and the octets of the message.
 *
 * Start reading at smtp_relay_handler. Tests: tests/test_smtp_relay.c, tests/test_smtp_relay_many.c,
 * tests/test_smtp_relay_breaks.c, tests/test_relay_tls.py
 */
#include "smtp/relay_state.h"

#include "trace/words.h"

#define SMTP_RELAY_PORTION (32 * 1024) /* octets of the message read from the database at once */

/* ---- no conversation ---- */

void
smtp_relay_no_connection(SmtpRelay *relay, const char *label, const char *why)
{
    const SmtpNextHost *next = smtp_relay_next(relay);
    g_autofree char *text = g_strdup_printf(N_("no connection to %s: %s"), next->name, why);
    SmtpReply reason = { 0 };

    smtp_relay_down_note(relay->crew->down, next->address, next->port, why,
                         relay->host->settings->retry_s[0]);
    trace_put_text(relay->trace, "outcome", "failed");
    trace_put_number(relay->trace, "tries", smtp_relay_item(relay, 0)->tries);
    trace_put_arrow(relay->trace, "remote", "host", label);
    trace_state(relay->trace, STAGE_RELAY, "RFC 5321 §4.5.4.1", "There is %s", text);
    smtp_reply_set_reason(&reason, "4.4.1", text); /* no answer from host, RFC 3463 §3.5 */
    smtp_relay_call_over(relay, &reason);
    smtp_reply_clear(&reason);
}

void
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

/* ---- out ---- */

static double
smtp_relay_patience(const SmtpRelay *relay)
{
    return smtp_client_patience(relay->client, relay->host->settings->peer_timeout_s);
}

static void
smtp_relay_set_free(SmtpRelay *relay)
{
    relay->free = TRUE;
    if (!relay->written || relay->carried >= SMTP_RELAY_MESSAGES)
        smtp_relay_end(relay);
}

/* What the client wants done beside sending. */
static void
smtp_relay_heed(SmtpRelay *relay, SmtpClientNext next)
{
    if (!relay->settled && smtp_client_is_settled(relay->client) && !smtp_relay_may_go_on(relay))
        smtp_relay_settle_all(relay, NULL);
    if (next == SMTP_CLIENT_SECURE) {
        net_conn_secure(relay->conn, relay->host->tls, smtp_relay_next(relay)->name);
    } else if (next == SMTP_CLIENT_FREE) {
        smtp_relay_set_free(relay);
    } else if (next == SMTP_CLIENT_DONE) {
        net_conn_close(relay->conn);
        smtp_relay_call_over(relay, NULL);
    }
}

/* Sends what the client wants sent, the message as fast as the network takes it. The deadline
 * starts anew with each command and each whole reply, never with each octet of a reply. */
static void
smtp_relay_send(SmtpRelay *relay, GString *out, SmtpClientNext next, gboolean heard)
{
    gboolean said = heard || out->len > 0 || next == SMTP_CLIENT_SENDING;

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
        net_conn_deadline(relay->conn, smtp_relay_patience(relay));
    smtp_relay_heed(relay, next);
}

/* ---- one message ---- */

static SmtpClientMail
smtp_relay_mail(SmtpRelay *relay)
{
    const SmtpSettings *settings = relay->host->settings;
    const StoreQueueItem *first = smtp_relay_item(relay, 0);
    gboolean can_tls = relay->host->tls != NULL ||
                       (net_is_simulated(relay->host->net) && settings->tls != SMTP_TLS_OFF);

    return (SmtpClientMail){ .hostname = settings->hostname,
                             .sender = first->sender,
                             .recipients = (const char *const *)relay->recipients,
                             .octets = first->octets,
                             .eightbit = first->eightbit,
                             .has_eightbit = smtp_relay_has_eightbit,
                             .body = smtp_relay_body,
                             .data = relay,
                             .from = "host",
                             .to = "remote",
                             .stage = STAGE_RELAY,
                             .envid = first->envid,
                             .ret = first->ret,
                             .notify = relay->notify,
                             .orcpt = (const char *const *)relay->orcpt,
                             .pipelining = settings->relay_pipelining,
                             .tls = can_tls && settings->relay_tls != SMTP_TLS_OFF && !relay->plain,
                             .only_tls = settings->relay_tls == SMTP_TLS_REQUIRED,
                             .stays = TRUE };
}

void
smtp_relay_talk_again(SmtpRelay *relay)
{
    g_autoptr(GString) out = g_string_new(NULL);
    SmtpClientMail mail = smtp_relay_mail(relay);

    relay->free = FALSE;
    relay->sent = 0;
    relay->carried++;
    smtp_relay_send(relay, out, smtp_client_again(relay->client, &mail, out), FALSE);
}

void
smtp_relay_talk_end(SmtpRelay *relay)
{
    g_autoptr(GString) out = g_string_new(NULL);

    relay->free = FALSE;
    relay->leaving = TRUE;
    smtp_relay_send(relay, out, smtp_client_quit(relay->client, out), FALSE);
}

/* ---- what the connection tells ---- */

static void
smtp_relay_opened(NetConn *conn, void *owner)
{
    SmtpRelay *relay = owner;
    const SmtpNextHost *next = smtp_relay_next(relay);
    SmtpClientMail mail;

    if (relay->cut_why != NULL) {
        net_conn_abort(conn);
        smtp_relay_no_answer(relay, "reset", relay->cut_why);
        return;
    }
    smtp_relay_down_forget(relay->crew->down, next->address, next->port);
    trace_state(relay->trace, STAGE_RELAY, "RFC 5321 §3.1",
                "The connection stands; in SMTP the server speaks first: its greeting is 220");
    mail = smtp_relay_mail(relay);
    relay->client = smtp_client_new(&mail, relay->trace);
    relay->sent = 0;
    relay->carried = 1;
    net_conn_deadline(conn, smtp_relay_patience(relay));
}

static void
smtp_relay_input(NetConn *conn, void *owner)
{
    SmtpRelay *relay = owner;
    g_autoptr(GString) out = g_string_new(NULL);
    guint heard = smtp_client_result(relay->client)->replies;
    SmtpClientNext next = smtp_client_input(relay->client, net_conn_input(conn), out);

    smtp_relay_send(relay, out, next, smtp_client_result(relay->client)->replies > heard);
}

static void
smtp_relay_secured(NetConn *conn, void *owner)
{
    SmtpRelay *relay = owner;
    g_autoptr(GString) out = g_string_new(NULL);
    const char *distrust = net_conn_distrust(conn);
    SmtpClientNext next;

    if (trace_fault(relay->trace, STAGE_RELAY, "tls-unproven") != NULL)
        distrust = N_("a fault that was asked for");
    next = smtp_client_secured(relay->client, smtp_relay_next(relay)->name, net_conn_secured(conn),
                               distrust, out);
    smtp_relay_send(relay, out, next, TRUE);
}

static void
smtp_relay_drained(NetConn *conn G_GNUC_UNUSED, void *owner)
{
    SmtpRelay *relay = owner;
    g_autoptr(GString) out = g_string_new(NULL);

    smtp_relay_send(relay, out, smtp_client_more(relay->client, out), FALSE);
}

/* What is to be said of a conversation that broke behind the last dot. */
static const char *
smtp_relay_doubt(const SmtpRelay *relay)
{
    return smtp_client_awaits_verdict(relay->client)
               ? N_(". The whole message had gone, only the reply is missing: perhaps the host has "
                    "it. "
                    "We can't know, so it goes again: twice is better than never (RFC 1047)")
               : "";
}

static void
smtp_relay_broken(SmtpRelay *relay, const char *why)
{
    smtp_client_cut(relay->client, why);
    smtp_relay_call_over(relay, NULL);
}

static void
smtp_relay_expired(NetConn *conn, void *owner)
{
    SmtpRelay *relay = owner;
    const SmtpNextHost *next = smtp_relay_next(relay);

    net_conn_abort(conn);
    if (relay->client == NULL) {
        smtp_relay_no_answer(relay, "timeout", "nobody answers");
        return;
    }
    if (smtp_client_result(relay->client)->replies == 0) /* not even a greeting */
        smtp_relay_down_note(relay->crew->down, next->address, next->port,
                             "it takes calls and says "
                             "nothing",
                             relay->host->settings->retry_s[0]);
    if (!relay->settled) {
        trace_put_text(relay->trace, "outcome", "timeout");
        trace_timer(relay->trace, STAGE_RELAY, "RFC 5321 §4.5.3.2",
                    "No reply in time: the connection is given up%s", smtp_relay_doubt(relay));
    }
    smtp_relay_broken(relay, "no reply in time");
}

static void
smtp_relay_closed(NetConn *conn, void *owner, const GError *why)
{
    SmtpRelay *relay = owner;
    const char *text = why != NULL ? why->message : N_("the host closed the connection");
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
        trace_state(relay->trace, STAGE_RELAY, "RFC 5321 §4.5.4.1",
                    "The connection broke off: %s%s", text, smtp_relay_doubt(relay));
    }
    smtp_relay_broken(relay, text);
}

const NetHandler smtp_relay_handler = {
    .opened = smtp_relay_opened,
    .input = smtp_relay_input,
    .secured = smtp_relay_secured,
    .drained = smtp_relay_drained,
    .expired = smtp_relay_expired,
    .closed = smtp_relay_closed,
};
