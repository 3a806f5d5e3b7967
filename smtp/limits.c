/* smtp/limits.c - how much one client may ask of us.
 *
 * Who has logged in is counted as that user, wherever they call from; everybody else as the address
 * they call from, which is all that is known of them for sure.
 *
 * Tests: tests/test_smtp_limits.c, tests/dialogs/smtp-limits.txt
 */
#include "smtp/limits.h"

#include "net/tally.h"

#define SMTP_LIMITS_MINUTE (60 * NET_SECOND)

static const SmtpRefusal smtp_limits_connections = { "421 4.7.0",
                                                     "too many connections from your address" };
static const SmtpRefusal smtp_limits_messages = { "450 4.7.1",
                                                  "too many messages in one minute, come again "
                                                  "later" };

struct SmtpLimits {
    GHashTable *open;   /* address > how many connections; looked up only */
    NetTally *messages; /* of users and addresses, in this minute */
};

SmtpLimits *
smtp_limits_new(NetClock *clock)
{
    SmtpLimits *limits = g_new0(SmtpLimits, 1);

    limits->open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    limits->messages = net_tally_new(clock, SMTP_LIMITS_MINUTE, NET_TALLY_WINDOW);
    return limits;
}

void
smtp_limits_free(SmtpLimits *limits)
{
    if (limits == NULL)
        return;
    g_hash_table_unref(limits->open);
    net_tally_free(limits->messages);
    g_free(limits);
}

static gboolean
smtp_limits_hold(const SmtpHost *host, const SmtpCaller *caller)
{
    return !caller->trusted && (!caller->loopback || host->settings->limit_loopback);
}

/* ---- connections at once ---- */

/* One more or one less of @address; how many that makes. */
static guint
smtp_limits_change(SmtpLimits *limits, const char *address, int by)
{
    guint count = GPOINTER_TO_UINT(g_hash_table_lookup(limits->open, address)) + by;

    if (count == 0)
        g_hash_table_remove(limits->open, address);
    else
        g_hash_table_insert(limits->open, g_strdup(address), GUINT_TO_POINTER(count));
    return count;
}

const SmtpRefusal *
smtp_limits_connect(const SmtpHost *host, Trace *trace, const SmtpCaller *caller)
{
    guint most = host->settings->connections_per_client, count;

    if (host->limits == NULL)
        return NULL;
    count = smtp_limits_change(host->limits, caller->peer, 1);
    if (most == 0 || count <= most || !smtp_limits_hold(host, caller))
        return NULL;
    trace_put_text(trace, "peer", caller->peer);
    trace_put_number(trace, "connections", count);
    trace_put_number(trace, "limit", most);
    trace_put_text(trace, "outcome", "closed");
    trace_decision(trace, STAGE_CONNECT, "RFC 5321 §7.8",
                   "%s has %u connections open already: one client must not take the room of all "
                   "others",
                   caller->peer, count - 1);
    return &smtp_limits_connections;
}

void
smtp_limits_disconnect(const SmtpHost *host, const SmtpCaller *caller)
{
    if (host->limits != NULL)
        smtp_limits_change(host->limits, caller->peer, -1);
}

/* ---- messages a minute ---- */

const SmtpRefusal *
smtp_limits_message(const SmtpHost *host, Trace *trace, const SmtpCaller *caller)
{
    guint most = host->settings->messages_per_minute;
    const char *who = caller->account != NULL ? caller->account->address : caller->peer;
    gint64 left_us;

    if (host->limits == NULL || most == 0 || !smtp_limits_hold(host, caller))
        return NULL;
    if (net_tally_count(host->limits->messages, who) < most) {
        net_tally_add(host->limits->messages, who);
        return NULL;
    }
    left_us = net_tally_left_us(host->limits->messages, who);
    trace_put_text(trace, "client", who);
    trace_put_number(trace, "limit", most);
    trace_put_text(trace, "outcome", "later");
    trace_decision(trace, STAGE_SENDER, "RFC 5321 §7.8",
                   "%s has begun %u messages in this minute: no more for another %d seconds", who,
                   most, (int)((left_us + NET_SECOND - 1) / NET_SECOND));
    return &smtp_limits_messages;
}
