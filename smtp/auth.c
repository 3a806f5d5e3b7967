/* smtp/auth.c - a user proves who they are (RFC 4954, on the submission port).
 *
 *   AUTH PLAIN <base64 of authzid NUL user NUL password>      one step
 *   AUTH PLAIN        334 (empty)     > the same
 *   AUTH LOGIN        334 "Username:" > user > 334 "Password:" > password
 *
 * Without TLS the password travels in the clear. So it is offered only to clients of this machine,
 * and only where the world file allows that (RFC 4954 §4 wants a server that can do without).
 * The password goes from the line into a SaslTry and from there to the check; no trace sees it.
 *
 * Tests: tests/test_smtp_auth.c, tests/dialogs/smtp-auth.txt
 */
#include <string.h>

#include "smtp/reply.h"
#include "smtp/state.h"

/* Base64 of "Username:" and "Password:", the questions that LOGIN's clients expect. */
#define SMTP_AUTH_USERNAME "VXNlcm5hbWU6"
#define SMTP_AUTH_PASSWORD "UGFzc3dvcmQ6"

gboolean
smtp_auth_offered(const SmtpSession *session)
{
    return session->caller.port == SMTP_PORT_SUBMIT && session->caller.loopback &&
           session->host->settings->plaintext_auth;
}

static void
smtp_auth_forget(SmtpSession *session)
{
    g_clear_pointer(&session->auth_try, sasl_try_free);
    g_clear_pointer(&session->auth_user, g_free);
    session->state = SMTP_READY;
}

static NetNext
smtp_auth_bad(SmtpSession *session, GString *replies)
{
    smtp_auth_forget(session);
    return smtp_reply(session, replies, "501 5.5.2", "this is not the base64 that was asked for");
}

/* Everything is there: have it checked. */
static NetNext
smtp_auth_check(SmtpSession *session, SaslTry *attempt, GString *replies)
{
    g_clear_pointer(&session->auth_user, g_free);
    session->auth_try = attempt;
    session->state = SMTP_READY;
    return smtp_session_wait(session, SMTP_WAITS_PASSWORD, NULL, replies);
}

/* ---- the two mechanisms ---- */

static NetNext
smtp_auth_plain(SmtpSession *session, const char *response, GString *replies)
{
    SaslTry *attempt = sasl_try_from_plain(response);

    if (attempt == NULL)
        return smtp_auth_bad(session, replies);
    return smtp_auth_check(session, attempt, replies);
}

static NetNext
smtp_auth_login_user(SmtpSession *session, const char *response, GString *replies)
{
    session->auth_user = sasl_decode_text(response);
    if (session->auth_user == NULL)
        return smtp_auth_bad(session, replies);
    session->state = SMTP_SECRET;
    session->auth_step = SMTP_AUTH_LOGIN_PASSWORD;
    return smtp_reply(session, replies, "334", SMTP_AUTH_PASSWORD);
}

static NetNext
smtp_auth_login_password(SmtpSession *session, const char *response, GString *replies)
{
    char *password = sasl_decode_text(response);
    SaslTry *attempt;

    if (password == NULL)
        return smtp_auth_bad(session, replies);
    attempt = sasl_try_new("", session->auth_user, password);
    explicit_bzero(password, strlen(password));
    g_free(password);
    return smtp_auth_check(session, attempt, replies);
}

static NetNext
smtp_auth_step(SmtpSession *session, const char *response, GString *replies)
{
    switch (session->auth_step) {
    case SMTP_AUTH_PLAIN: return smtp_auth_plain(session, response, replies);
    case SMTP_AUTH_LOGIN_USER: return smtp_auth_login_user(session, response, replies);
    case SMTP_AUTH_LOGIN_PASSWORD: return smtp_auth_login_password(session, response, replies);
    }
    g_assert_not_reached();
}

/* ---- the command, and the lines that answer it ---- */

/* "=" stands for an empty response, because nothing at all means "ask me" (RFC 4954 §4). */
static const char *
smtp_auth_initial(const char *response)
{
    return strcmp(response, "=") == 0 ? "" : response;
}

NetNext
smtp_auth_command(SmtpSession *session, const char *arg, GString *replies)
{
    gsize length = strcspn(arg, " ");
    const char *response = arg + length + strspn(arg + length, " ");
    gboolean plain = length == 5 && g_ascii_strncasecmp(arg, "PLAIN", 5) == 0;
    gboolean login = length == 5 && g_ascii_strncasecmp(arg, "LOGIN", 5) == 0;

    if (!smtp_auth_offered(session))
        return smtp_reply(session, replies, "502 5.5.1",
                          "AUTH is not offered here: users hand mail in on the submission port");
    if (session->caller.account != NULL)
        return smtp_reply(session, replies, "503 5.5.1", "already logged in");
    if (!plain && !login)
        return smtp_reply(session, replies, "504 5.5.4", "mechanisms are PLAIN and LOGIN");
    session->auth_step = plain ? SMTP_AUTH_PLAIN : SMTP_AUTH_LOGIN_USER;
    if (*response != '\0')
        return smtp_auth_step(session, smtp_auth_initial(response), replies);
    session->state = SMTP_SECRET;
    return smtp_reply(session, replies, "334", "%s", plain ? "" : SMTP_AUTH_USERNAME);
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
