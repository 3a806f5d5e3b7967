/* smtp/auth.c - a user proves who they are (RFC 4954, on the submission port).
 *
 *   AUTH SCRAM-SHA-256 <first>   334 <challenge> > <proof> > 334 <signature> > (empty) > 235
 *   AUTH PLAIN <NUL user NUL password>                                                 > 235
 *   AUTH LOGIN                   334 "Username:" > user > 334 "Password:" > password   > 235
 *
 * With PLAIN and LOGIN the password itself travels. Without TLS they are offered only to clients
 * of this machine, and only where the world file allows that (RFC 4954 §4). What each step means
 * is storage/login.c's; here are the words around it. No trace sees what the client answers.
 *
 * Tests: tests/test_smtp_session.c, tests/dialogs/smtp-auth*.txt
 */
#include <string.h>

#include "smtp/reply.h"
#include "smtp/state.h"

static gboolean
smtp_auth_may_cross(const SmtpSession *session)
{
    return session->caller.secured != NULL ||
           (session->caller.loopback && session->host->settings->plaintext_auth);
}

const char *
smtp_auth_offered(const SmtpSession *session)
{
    if (session->caller.port != SMTP_PORT_SUBMIT)
        return NULL;
    return sasl_mechanisms(smtp_auth_may_cross(session));
}

static void
smtp_auth_forget(SmtpSession *session)
{
    g_clear_pointer(&session->login, sasl_login_free);
    session->state = SMTP_READY;
}

/* ---- the steps ---- */

/* One answer of the client's, or none (NULL): then it wants to be asked. */
static NetNext
smtp_auth_step(SmtpSession *session, const char *response, GString *replies)
{
    const SmtpHost *host = session->host;
    const SaslLoginHost login_host = { host->store, (const char *const *)host->settings->domains,
                                       session->trace, STAGE_SENDER };
    g_autofree char *challenge = NULL;
    g_autoptr(GError) error = NULL;

    switch (sasl_login_take(session->login, &login_host, response, &challenge, &error)) {
    case SASL_ASK:
        session->state = SMTP_SECRET;
        return smtp_reply(session, replies, "334", "%s", challenge);
    case SASL_CHECK:
        session->state = SMTP_READY;
        return smtp_session_wait(session, SMTP_WAITS_PASSWORD, NULL, replies);
    case SASL_BAD:
        smtp_auth_forget(session);
        return smtp_reply(session, replies, "501 5.5.2", "this is not the answer asked for");
    case SASL_BROKEN: break;
    }
    smtp_auth_forget(session);
    smtp_refusal_for_error(session->trace, STAGE_SENDER, error);
    return smtp_reply(session, replies, "454 4.7.0", "cannot check passwords now");
}

/* "=" stands for an empty response, because nothing at all means "ask me" (RFC 4954 §4). */
static const char *
smtp_auth_initial(const char *response)
{
    if (*response == '\0')
        return NULL;
    return strcmp(response, "=") == 0 ? "" : response;
}

NetNext
smtp_auth_command(SmtpSession *session, const char *arg, GString *replies)
{
    gsize length = strcspn(arg, " ");
    const char *response = arg + length + strspn(arg + length, " ");
    g_autofree char *name = g_strndup(arg, length);
    g_autoptr(SaslLogin) known = sasl_login_new(name, TRUE);

    if (smtp_auth_offered(session) == NULL)
        return smtp_reply(session, replies, "502 5.5.1",
                          "AUTH is not offered here: users hand mail in on the submission port");
    if (!session->esmtp)
        return smtp_reply(session, replies, "503 5.5.1",
                          "HELO asks for no extensions, and AUTH is one: EHLO first");
    if (session->caller.account != NULL)
        return smtp_reply(session, replies, "503 5.5.1", "already logged in");
    if (known == NULL)
        return smtp_reply(session, replies, "504 5.5.4", "mechanisms are %s",
                          smtp_auth_offered(session));
    g_clear_pointer(&session->login, sasl_login_free);
    session->login = sasl_login_new(name, smtp_auth_may_cross(session));
    if (session->login == NULL)
        return smtp_reply(session, replies, "538 5.7.11",
                          "%s would send the password in the clear: STARTTLS first", name);
    return smtp_auth_step(session, smtp_auth_initial(response), replies);
}

NetNext
smtp_auth_line(SmtpSession *session, const char *line, GString *replies)
{
    session->command = smtp_commands_find("AUTH", 4);
    session->stage = STAGE_SENDER;
    trace_wire_command(session->trace, STAGE_SENDER, "RFC 4954 §4", "client", "host", "AUTH", line,
                       TRUE);
    if (strcmp(line, "*") == 0) {
        smtp_auth_forget(session);
        return smtp_reply(session, replies, "501 5.7.0", "login cancelled, as asked");
    }
    return smtp_auth_step(session, line, replies);
}

/* ---- the password has been checked ---- */

static StoreAccount *
smtp_auth_copy(const StoreAccount *account)
{
    StoreAccount *copy = g_new0(StoreAccount, 1);

    copy->id = account->id;
    copy->user = g_strdup(account->user);
    copy->domain = g_strdup(account->domain);
    copy->address = g_strdup(account->address);
    return copy;
}

NetNext
smtp_auth_checked(SmtpSession *session, const SmtpAnswer *answer, GString *replies)
{
    const StoreAccount *account = answer->account;
    gboolean broken = account == NULL && answer->failed != NULL &&
                      !g_error_matches(answer->failed, STORE_ERROR, STORE_ERROR_NO);

    smtp_auth_forget(session);
    if (broken) {
        smtp_refusal_for_error(session->trace, STAGE_SENDER, answer->failed);
        return smtp_reply(session, replies, "454 4.7.0", "cannot check passwords now");
    }
    trace_put_text(session->trace, "outcome", account != NULL ? "ok" : "refused");
    if (account == NULL) {
        trace_decision(session->trace, STAGE_SENDER, "RFC 4954 §6",
                       "user or password is wrong; which of them is not told");
        return smtp_reply(session, replies, "535 5.7.8", "user or password is wrong");
    }
    session->caller.account = smtp_auth_copy(account);
    trace_set_user(session->trace, account->user);
    trace_put_text(session->trace, "account", account->address);
    trace_decision(session->trace, STAGE_SENDER, "RFC 4954 §4",
                   "%s has logged in: may send to the whole world", account->address);
    return smtp_reply(session, replies, "235 2.7.0", "%s is logged in", account->address);
}
