/* smtp/relay_call.c - one call to one host, until the connection stands (RFC 5321 §4.5.4.1).
 *
 *   smtp_relay_call > (known to be down? a fault?) > dial > smtp_relay_handler (relay_talk.c)
 *
 * Faults asked for by a lab happen where the real ones would.
 *
 * Start reading at smtp_relay_call(). Tests: tests/test_smtp_relay.c, tests/test_smtp_relay_breaks.c
 */
#include "smtp/relay_state.h"

#include "trace/words.h"

#include <string.h>

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
smtp_relay_after(SmtpRelay *relay, double seconds, void (*fire)(void *data))
{
    relay->later = net_timer_start(net_clock(relay->host->net), NET_TIMER_GUARD,
                                   (gint64)(seconds * NET_SECOND), fire, relay);
}

/* ---- a host that could not be reached a moment ago ---- */

static void
smtp_relay_known_down(void *data)
{
    SmtpRelay *relay = data;
    const SmtpNextHost *next = smtp_relay_next(relay);
    g_autofree char *why = g_steal_pointer(&relay->known_why);
    g_autofree char *text =
        g_strdup_printf(N_("%s could not be reached a moment ago: %s"), next->name, why);
    SmtpReply reason = { 0 };

    relay->later = NULL;
    smtp_reply_set_reason(&reason, "4.4.1", text);
    smtp_relay_call_over(relay, &reason);
    smtp_reply_clear(&reason);
}

/* Other messages have waited for this host already, in vain. */
static gboolean
smtp_relay_is_known_down(SmtpRelay *relay)
{
    const SmtpNextHost *next = smtp_relay_next(relay);
    gint64 ago_s = 0;

    relay->known_why =
        g_strdup(smtp_relay_down_find(relay->crew->down, next->address, next->port, &ago_s));
    if (relay->known_why == NULL)
        return FALSE;
    trace_put_text(relay->trace, "peer", next->name);
    trace_put_text(relay->trace, "address", next->address);
    trace_put_number(relay->trace, "port", next->port);
    trace_put_number(relay->trace, "tries", smtp_relay_item(relay, 0)->tries);
    trace_put_text(relay->trace, "outcome", "known-down");
    trace_decision(relay->trace, STAGE_RELAY, "RFC 5321 §4.5.4.1",
                   "%s [%s] port %u could not be reached %" G_GINT64_FORMAT
                   " s ago, when another message was to go there: it is not called again so soon",
                   next->name, next->address, next->port, ago_s);
    smtp_relay_after(relay, 0, smtp_relay_known_down);
    return TRUE;
}

/* ---- faults ---- */

static void
smtp_relay_fault_refused(void *data)
{
    SmtpRelay *relay = data;

    relay->later = NULL;
    smtp_relay_no_answer(relay, "refused", "connection refused");
}

static void
smtp_relay_fault_timeout(void *data)
{
    SmtpRelay *relay = data;

    relay->later = NULL;
    smtp_relay_no_answer(relay, "timeout", "nobody answers");
}

static void
smtp_relay_fault_slow(void *data)
{
    SmtpRelay *relay = data;

    relay->later = NULL;
    smtp_relay_dial(relay);
}

/* Has somebody asked for this call to fail? TRUE: it takes its own way from here. */
static gboolean
smtp_relay_asked_to_fail(SmtpRelay *relay)
{
    double patience_s = relay->host->settings->peer_timeout_s;
    const TraceFault *fault;
    guint64 seconds = 0;

    if (trace_fault(relay->trace, STAGE_RELAY, "connect-refused") != NULL) {
        smtp_relay_after(relay, 0, smtp_relay_fault_refused);
        return TRUE;
    }
    if (trace_fault(relay->trace, STAGE_RELAY, "connect-timeout") != NULL) {
        smtp_relay_after(relay, patience_s > 0 ? patience_s : SMTP_RELAY_CONNECT_S,
                         smtp_relay_fault_timeout);
        return TRUE;
    }
    fault = trace_fault(relay->trace, STAGE_RELAY, "connect-slow");
    if (fault != NULL && net_parse_number(fault->parameter, -1, 3600, &seconds)) {
        smtp_relay_after(relay, (double)seconds, smtp_relay_fault_slow);
        return TRUE;
    }
    if (trace_fault(relay->trace, STAGE_RELAY, "connect-reset") != NULL)
        relay->cut_why = N_("connection reset by peer");
    return FALSE;
}

/* ---- calling ---- */

void
smtp_relay_call(SmtpRelay *relay)
{
    const SmtpNextHost *next = smtp_relay_next(relay);

    g_clear_pointer(&relay->client, smtp_client_free);
    relay->cut_why = NULL;
    relay->carried = 0;
    relay->called_us = net_clock_now_us(net_clock(relay->host->net));
    if (smtp_relay_is_known_down(relay))
        return;
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
