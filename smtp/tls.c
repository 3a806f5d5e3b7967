/* smtp/tls.c - the receiving end goes over to TLS (STARTTLS, RFC 3207).
 *
 *   EHLO        250-STARTTLS
 *   STARTTLS    220 > the handshake > everything said before is forgotten > EHLO again
 *
 * Who could change the octets before the handshake could have said anything in the client's name;
 * so nothing of it counts any more (RFC 3207 §4.2).
 *
 * Tests: tests/test_tls.py, tests/dialogs/smtp-starttls.txt
 */
#include "smtp/reply.h"
#include "smtp/state.h"

gboolean
smtp_tls_offered(const SmtpSession *session)
{
    return session->host->settings->tls != SMTP_TLS_OFF && session->caller.secured == NULL;
}

/* Users have to use it where the world file says so; hosts that deliver to us never have to. Some
 * commands are needed to get there (RFC 3207 §4). */
gboolean
smtp_tls_missing(const SmtpSession *session, const char *verb)
{
    static const char *const free_verbs[] = { "EHLO", "NOOP", "STARTTLS", "QUIT", NULL };

    return session->host->settings->tls == SMTP_TLS_REQUIRED && session->caller.secured == NULL &&
           session->caller.port == SMTP_PORT_SUBMIT && !g_strv_contains(free_verbs, verb);
}

NetNext
smtp_tls_command(SmtpSession *session, const char *arg G_GNUC_UNUSED, GString *replies)
{
    if (session->caller.secured != NULL)
        return smtp_reply(session, replies, "503 5.5.1", "TLS stands already");
    if (!smtp_tls_offered(session) || !session->esmtp)
        return smtp_reply(session, replies, "502 5.5.1", "STARTTLS is not offered here");
    if (trace_fault(session->trace, STAGE_CONNECT, "tls-refused") != NULL)
        return smtp_reply(session, replies, "454 4.7.0", "TLS is not to be had just now");
    smtp_reply(session, replies, "220 2.0.0", "ready to start TLS");
    if (trace_fault(session->trace, STAGE_CONNECT, "tls-cut") != NULL)
        return NET_CLOSE;
    return NET_SECURE;
}

void
smtp_session_secured(SmtpSession *session, const char *words)
{
    g_free(session->caller.secured);
    session->caller.secured = g_strdup(words);
    smtp_session_reset(session);
    g_clear_pointer(&session->helo, g_free);
    g_clear_pointer(&session->caller.account, store_account_free);
    session->esmtp = FALSE;
    if (session->state != SMTP_UNWELCOME) /* who is not welcome is not so in TLS either */
        session->state = SMTP_START;
    trace_put_text(session->trace, "tls", words);
    trace_put_text(session->trace, "outcome", "ok");
    trace_state(
        session->trace, STAGE_CONNECT, "RFC 3207 §4.2",
        "From here on nobody in between can read or change what is said (%s); what was said "
        "before is forgotten",
        words);
}

void
smtp_session_lost(SmtpSession *session, const GError *why)
{
    trace_error(session->trace, session->stage, "The connection broke: %s", why->message);
}
