/* pop3/login.c - who reads? STLS, USER and PASS, AUTH, and the opening of the maildrop.
 *
 *   USER alice    +OK             always yes: "no such user" would tell a stranger who is here
 *   PASS ***      (the check)     -ERR [AUTH] wrong, -ERR [IN-USE] locked, +OK open
 *   AUTH PLAIN    "+ "            the answer line holds user and password (RFC 5034, RFC 4616)
 *   AUTH SCRAM-SHA-256            a proof that the password is known; it stays at home (RFC 7677)
 *   STLS          +OK             then TLS, and everything anew (RFC 2595)
 *
 * Tests: tests/test_pop3_session.c
 */
#include "pop3/commands.h"

#include <string.h>

static NetNext
pop3_login_refuse_plaintext(Pop3Session *session, GString *replies)
{
    trace_put_text(session->trace, "outcome", "refused");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 2595 §2.3",
                   "a password would cross the network readable for all: not without TLS");
    return pop3_refuse(session, replies, "RFC 1939 §7", "No passwords over this connection");
}

NetNext
pop3_login_user(Pop3Session *session, const char *argument, GString *replies)
{
    if (!session->plaintext_auth)
        return pop3_login_refuse_plaintext(session, replies);
    if (*argument == '\0')
        return pop3_mistake(session, replies, "RFC 1939 §7", "USER needs a name");
    g_free(session->user);
    session->user = g_strdup(argument);
    session->state = POP3_NAMED;
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 1939 §7",
                   "a name, kept until PASS: the answer is yes for every name, so that nobody "
                   "learns here which names exist");
    pop3_reply(session, replies, "RFC 1939 §7", "+OK Now the password");
    return NET_GO_ON;
}

/* Spaces belong to the password: PASS has one argument only (RFC 1939 §7). */
NetNext
pop3_login_pass(Pop3Session *session, const char *argument, GString *replies)
{
    session->state = POP3_AUTHORIZATION;
    sasl_try_free(session->attempt);
    session->attempt = sasl_try_new("", session->user, argument);
    return pop3_ask_password(session, replies);
}

/* ---- TLS (RFC 2595 §4) ---- */

NetNext
pop3_login_stls(Pop3Session *session, const char *argument, GString *replies)
{
    (void)argument;
    if (session->secured)
        return pop3_refuse(session, replies, "RFC 2595 §4", "TLS stands already");
    if (!session->host->tls)
        return pop3_refuse(session, replies, "RFC 2595 §4", "STLS is not offered here");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 2595 §4",
                   "the reader wants what follows sealed: after this answer TLS begins, and the "
                   "login with it");
    pop3_reply(session, replies, "RFC 2595 §4", "+OK Begin TLS");
    return NET_SECURE;
}

/* Behind STLS, or from the first octet (RFC 8314 §3.1). The state is AUTHORIZATION again, or still:
 * nothing said before counts. */
void
pop3_session_secured(Pop3Session *session, const char *words)
{
    session->secured = TRUE;
    session->plaintext_auth = TRUE;
    session->state = POP3_AUTHORIZATION;
    session->sasl = FALSE;
    g_clear_pointer(&session->user, g_free);
    g_clear_pointer(&session->login, sasl_login_free);
    trace_put_text(session->trace, "tls", words);
    trace_put_text(session->trace, "outcome", "ok");
    trace_state(session->trace, STAGE_PICKUP, "RFC 2595 §4",
                "From here on nobody in between can read or change what is said (%s)", words);
}

void
pop3_session_lost(Pop3Session *session, const GError *why)
{
    trace_set_journey(session->trace, NULL);
    trace_error(session->trace, STAGE_PICKUP, "The connection broke: %s", why->message);
}

/* ---- AUTH (RFC 5034): the steps are storage/login.c's ---- */

/* One answer of the client's; NULL: it wants to be asked. */
static NetNext
pop3_login_step(Pop3Session *session, const char *response, GString *replies)
{
    const SaslLoginHost host = { session->host->store, session->host->domains, session->trace,
                                 STAGE_PICKUP };
    g_autofree char *challenge = NULL;
    g_autoptr(GError) error = NULL;

    session->sasl = FALSE;
    switch (sasl_login_take(session->login, &host, response, &challenge, &error)) {
    case SASL_ASK:
        session->sasl = TRUE;
        pop3_reply(session, replies, "RFC 5034 §4", "+ %s", challenge);
        return NET_GO_ON;
    case SASL_CHECK:
        sasl_try_free(session->attempt);
        session->attempt = sasl_try_copy(sasl_login_attempt(session->login));
        return pop3_ask_password(session, replies);
    case SASL_BAD: return pop3_mistake(session, replies, "RFC 5034 §4", "Not the answer asked for");
    case SASL_BROKEN: break;
    }
    trace_error(session->trace, STAGE_PICKUP, "the login cannot go on: %s", error->message);
    pop3_reply(session, replies, "RFC 3206 §4", "-ERR [SYS/TEMP] Try again later");
    return NET_GO_ON;
}

/* "=" stands for an empty answer, because nothing at all means "ask me" (RFC 5034 §4). */
static const char *
pop3_login_initial(const char *response)
{
    if (response == NULL)
        return NULL;
    return g_str_equal(response, "=") ? "" : response;
}

NetNext
pop3_login_auth(Pop3Session *session, const char *argument, GString *replies)
{
    g_auto(GStrv) words = g_strsplit(argument, " ", 2);
    const char *name = words[0] != NULL ? words[0] : "";
    g_autoptr(SaslLogin) known = sasl_login_new(name, TRUE);

    session->state = POP3_AUTHORIZATION;
    g_clear_pointer(&session->login, sasl_login_free);
    session->login = sasl_login_new(name, session->plaintext_auth);
    if (session->login == NULL && known != NULL)
        return pop3_login_refuse_plaintext(session, replies);
    if (session->login == NULL)
        return pop3_mistake(session, replies, "RFC 5034 §4",
                            "CAPA lists the mechanisms after SASL");
    return pop3_login_step(session, pop3_login_initial(words[0] != NULL ? words[1] : NULL),
                           replies);
}

NetNext
pop3_login_auth_answer(Pop3Session *session, const char *line, GString *replies)
{
    session->sasl = FALSE;
    trace_wire_command(session->trace, STAGE_PICKUP, "RFC 5034 §4", "reader", "host", "AUTH",
                       "AUTH", TRUE);
    if (g_str_equal(line, "*"))
        return pop3_refuse(session, replies, "RFC 5034 §4", "Cancelled");
    return pop3_login_step(session, line, replies);
}

/* Wrong user or wrong password: the reply doesn't say which. Our own trouble has another code, so
 * that the reader's program doesn't ask for a new password (RFC 3206 §4). */
static NetNext
pop3_login_refused(Pop3Session *session, const GError *why, GString *replies)
{
    if (why != NULL && !g_error_matches(why, STORE_ERROR, STORE_ERROR_NO)) {
        trace_error(session->trace, STAGE_PICKUP, "the password cannot be checked: %s",
                    why->message);
        pop3_reply(session, replies, "RFC 3206 §4", "-ERR [SYS/TEMP] Try again later");
        return NET_GO_ON;
    }
    session->refused++;
    trace_put_text(session->trace, "outcome", "refused");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 3206 §5",
                   "user or password is wrong (we don't say which)");
    pop3_reply(session, replies, "RFC 3206 §5", "-ERR [AUTH] User or password is wrong");
    return session->refused < POP3_REFUSED_MAX ? NET_GO_ON : NET_CLOSE;
}

static NetNext
pop3_login_not_opened(Pop3Session *session, const GError *why, GString *replies)
{
    if (g_error_matches(why, STORE_ERROR, STORE_ERROR_BUSY) && session->maildrop == NULL) {
        trace_put_text(session->trace, "outcome", "refused");
        trace_decision(session->trace, STAGE_PICKUP, "RFC 1939 §4",
                       "another POP3 session has this maildrop: one at a time");
        pop3_reply(session, replies, "RFC 2449 §8.1.2",
                   "-ERR [IN-USE] Another POP3 session has this maildrop");
    } else {
        trace_error(session->trace, STAGE_PICKUP, "the maildrop cannot be opened: %s",
                    why->message);
        pop3_reply(session, replies, "RFC 3206 §4", "-ERR [SYS/TEMP] Maildrop cannot be opened");
    }
    g_clear_pointer(&session->maildrop, pop3_maildrop_free);
    session->work = POP3_NO_WORK;
    return NET_GO_ON;
}

NetNext
pop3_login_checked(Pop3Session *session, const Pop3Answer *answer, GString *replies)
{
    g_autoptr(GError) error = NULL;

    g_clear_pointer(&session->attempt, sasl_try_free);
    if (answer->account == NULL)
        return pop3_login_refused(session, answer->failed, replies);
    trace_set_user(session->trace, answer->account->user);
    g_free(session->address);
    session->address = g_strdup(answer->account->address);
    session->maildrop =
        pop3_maildrop_open(session->host->locks, session->host->store, answer->account, &error);
    if (session->maildrop == NULL)
        return pop3_login_not_opened(session, error, replies);
    session->work = POP3_OPENING;
    return pop3_login_opening(session, replies);
}

/* A page of the list; when it is whole, the session enters the TRANSACTION state. */
NetNext
pop3_login_opening(Pop3Session *session, GString *replies)
{
    g_autoptr(GError) error = NULL;
    gboolean whole = FALSE;
    guint messages;
    guint64 octets;

    if (!pop3_maildrop_load(session->maildrop, &whole, &error))
        return pop3_login_not_opened(session, error, replies);
    if (!whole)
        return NET_MORE;
    pop3_tell_asked(session);
    session->work = POP3_NO_WORK;
    session->state = POP3_TRANSACTION;
    pop3_maildrop_stat(session->maildrop, &messages, &octets);
    trace_put_text(session->trace, "outcome", "ok");
    trace_put_number(session->trace, "messages", messages);
    if (pop3_maildrop_kept(session->maildrop) > 0)
        trace_put_number(session->trace, "kept", pop3_maildrop_kept(session->maildrop));
    if (messages == 0)
        trace_state(session->trace, STAGE_PICKUP, "RFC 1939 §4",
                    "the maildrop is empty: %s has logged in, and it is locked all the same (state "
                    "TRANSACTION)",
                    session->address);
    else
        trace_state(session->trace, STAGE_PICKUP, "RFC 1939 §4",
                    "%u message%s here, maildrop locked: %s has logged in, and nobody else can "
                    "read it by POP3 meanwhile (state TRANSACTION)",
                    messages, messages == 1 ? " is" : "s are", session->address);
    pop3_reply(session, replies, "RFC 1939 §7",
               "+OK Maildrop locked and ready, %u message%s (%" G_GUINT64_FORMAT " octets)",
               messages, messages == 1 ? "" : "s", octets);
    return NET_GO_ON;
}
