/* smtp/connect.c - who is calling, and on which port?
 *
 *   port 25    another host delivers to us, or asks us to pass mail on   (RFC 5321 §3.1)
 *   port 587   one of our users hands a new message in                  (RFC 6409 §3.1)
 *
 * The server speaks first. Whether the address is in a trusted network is found out once, here;
 * what follows from it is decided in smtp/sender.c and smtp/route.c.
 *
 * Tests: tests/test_smtp_session.c
 */
#include "smtp/connect.h"

#include <arpa/inet.h>
#include <string.h>

#include "smtp/limits.h"
#include "smtp/state.h"

/* Writes the address's octets; returns how many bits it has, 0 where @text is no address. */
static guint
smtp_connect_octets(const char *text, guint8 octets[16])
{
    if (inet_pton(AF_INET, text, octets) == 1)
        return 32;
    return inet_pton(AF_INET6, text, octets) == 1 ? 128 : 0;
}

gboolean
smtp_connect_in_network(const char *address, const char *network)
{
    const char *slash = strchr(network, '/');
    g_autofree char *base =
        g_strndup(network, slash == NULL ? strlen(network) : (gsize)(slash - network));
    guint8 theirs[16] = { 0 }, ours[16] = { 0 };
    guint bits = smtp_connect_octets(base, ours);
    guint64 prefix = bits;

    if (bits == 0 || smtp_connect_octets(address, theirs) != bits)
        return FALSE;
    if (slash != NULL && !net_parse_number(slash + 1, -1, bits, &prefix))
        return FALSE;
    if (memcmp(theirs, ours, prefix / 8) != 0)
        return FALSE;
    guint8 mask = prefix % 8 == 0 ? 0 : (guint8)(0xff << (8 - prefix % 8));
    return prefix % 8 == 0 || ((theirs[prefix / 8] ^ ours[prefix / 8]) & mask) == 0;
}

void
smtp_connect_caller(SmtpCaller *caller, const SmtpSettings *settings, SmtpPort port,
                    const char *peer)
{
    caller->port = port;
    caller->peer = g_strdup(peer);
    caller->loopback = smtp_connect_in_network(peer, "127.0.0.0/8") || strcmp(peer, "::1") == 0;
    for (char **network = settings->trusted_networks; network != NULL && *network != NULL;
         network++)
        caller->trusted = caller->trusted || smtp_connect_in_network(peer, *network);
}

void
smtp_connect_clear(SmtpCaller *caller)
{
    g_free(caller->peer);
    g_free(caller->secured);
    store_account_free(caller->account);
}

NetNext
smtp_connect_greet(SmtpSession *session, GString *replies)
{
    SmtpCaller *caller = &session->caller;
    gboolean submission = caller->port == SMTP_PORT_SUBMIT;
    const SmtpRefusal *refusal;
    const char *words;

    session->stage = STAGE_CONNECT;
    caller->counted = TRUE;
    refusal = smtp_limits_connect(session->host, session->trace, caller);
    if (refusal != NULL) {
        smtp_reply(session, replies, refusal->code, "%s %s", session->host->settings->hostname,
                   refusal->text);
        return NET_CLOSE;
    }
    trace_put_text(session->trace, "peer", caller->peer);
    trace_put_flag(session->trace, "trusted", caller->trusted);
    trace_put_text(session->trace, "port", submission ? "submission" : "relay");
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_CONNECT, submission ? "RFC 6409 §3.1" : "RFC 5321 §3.1",
                   "%s calls %s%s", caller->peer,
                   submission ? "the submission port: one of our users hands a message in"
                              : "the SMTP port: another host delivers",
                   caller->trusted ? "; its network is trusted" : "");
    words = smtp_policy_connect(session);
    if (words != NULL) {
        session->state = SMTP_UNWELCOME;
        return smtp_reply(session, replies, "554 5.7.1", "%s %s", session->host->settings->hostname,
                          words);
    }
    /* The name first, then ESMTP for clients that look for it (RFC 5321 §4.2). */
    return smtp_reply(session, replies, "220", "%s ESMTP Glasspost",
                      session->host->settings->hostname);
}
