/* imap/commands_auth.c - who reads? STARTTLS, LOGIN, AUTHENTICATE, and what any client may ask.
 *
 *   a1 LOGIN alice ***          a2 AUTHENTICATE PLAIN [***]
 *        |                              |  "+ " unless the answer came at once (RFC 4959)
 *        +-------> (the check) <--------+
 *
 * Tests: tests/test_imap_session.c
 */
#include "imap/commands.h"

#include <string.h>

/* What is offered is here whole. All of IMAP4rev2's parts are named too, for clients that speak
 * IMAP4rev1 and know them as extensions (RFC 9051, appendix A). */
static const char imap_auth_offers[] =
    "IMAP4rev1 IMAP4rev2 BINARY CONDSTORE ENABLE ESEARCH ID IDLE LIST-EXTENDED LIST-STATUS "
    "LITERAL+ MOVE NAMESPACE QUOTA QUOTA=RES-STORAGE SEARCHRES SPECIAL-USE STATUS=SIZE "
    "UIDPLUS UNSELECT";

/* Before login only what is of use then, with how to log in. A stranger may send 4,096 octets without
 * asking, a user more: LITERAL- before login and LITERAL+ after it, never both (RFC 7888 §5). */
char *
imap_auth_capabilities(const ImapSession *session)
{
    GString *text;

    if (session->state != IMAP_NOT_AUTHENTICATED)
        return g_strdup_printf("%s APPENDLIMIT=%" G_GUINT64_FORMAT, imap_auth_offers,
                               imap_append_limit(session));
    text = g_string_new("IMAP4rev1 IMAP4rev2 LITERAL- SASL-IR ID");
    if (session->host->tls && !session->secured)
        g_string_append(text, " STARTTLS");
    if (!session->plaintext_auth)
        g_string_append(text, " LOGINDISABLED");
    g_auto(GStrv) mechanisms = g_strsplit(sasl_mechanisms(session->plaintext_auth), " ", -1);
    for (char **mechanism = mechanisms; *mechanism != NULL; mechanism++)
        g_string_append_printf(text, " AUTH=%s", *mechanism);
    return g_string_free(text, FALSE);
}

NetNext
imap_auth_capability(ImapSession *session, ImapParse *arguments, GString *replies)
{
    g_autofree char *capabilities = imap_auth_capabilities(session);

    if (!imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 3501 §6.1.1", "CAPABILITY has no arguments");
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §6.1.1",
                   "the reader's program asks what this server can do%s",
                   session->state == IMAP_NOT_AUTHENTICATED ? ": before login less is offered"
                                                            : "");
    imap_untagged(session, replies, "CAPABILITY %s", capabilities);
    return imap_end(session, replies, "OK", "CAPABILITY completed");
}

/* Nothing to do but to end: new mail is told at the end of any command. */
NetNext
imap_auth_noop(ImapSession *session, ImapParse *arguments, GString *replies)
{
    if (!imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 3501 §6.1.2", "NOOP has no arguments");
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §6.1.2",
                   "nothing is asked for: an occasion to be told what has changed meanwhile");
    return imap_end(session, replies, "OK", "NOOP completed");
}

NetNext
imap_auth_logout(ImapSession *session, ImapParse *arguments, GString *replies)
{
    if (!imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 3501 §6.1.3", "LOGOUT has no arguments");
    trace_put_text(session->trace, "outcome", "left");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §6.1.3",
                   "the reader goes: all mail stays on the server, with its flags, for this and "
                   "every other device");
    imap_view_close(session);
    imap_untagged(session, replies, "BYE %s signing off", session->host->hostname);
    imap_end(session, replies, "OK", "LOGOUT completed");
    return NET_CLOSE;
}

/* " ("name" "mutt" "version" NIL)" or " NIL". *@name: what the client calls itself, or NULL. */
static gboolean
imap_auth_id_parse(ImapParse *arguments, char **name)
{
    if (!imap_parse_char(arguments, ' '))
        return FALSE;
    if (imap_parse_word(arguments, "NIL"))
        return imap_parse_is_end(arguments);
    if (!imap_parse_char(arguments, '('))
        return FALSE;
    while (!imap_parse_is_at(arguments, ')')) {
        g_autofree char *field = imap_parse_string(arguments), *value = NULL;

        if (field == NULL || !imap_parse_char(arguments, ' '))
            return FALSE;
        if (!imap_parse_word(arguments, "NIL")) {
            value = imap_parse_string(arguments);
            if (value == NULL)
                return FALSE;
        }
        if (*name == NULL && g_ascii_strcasecmp(field, "name") == 0)
            *name = g_steal_pointer(&value);
        imap_parse_char(arguments, ' ');
    }
    return imap_parse_char(arguments, ')') && imap_parse_is_end(arguments);
}

/* The client may say what it is; we listen, and say what we are. */
NetNext
imap_auth_id(ImapSession *session, ImapParse *arguments, GString *replies)
{
    g_autofree char *name = NULL;

    if (!imap_auth_id_parse(arguments, &name))
        return imap_mistake(session, replies, "RFC 2971 §3.1", "ID needs a list, or NIL");
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 2971 §3.1",
                   "the reader calls itself %.60s: good to know when something goes wrong, and "
                   "no more is done with it",
                   name != NULL ? name : "nothing");
    imap_untagged(session, replies, "ID (\"name\" \"Glasspost\")");
    return imap_end(session, replies, "OK", "ID completed");
}

static NetNext
imap_auth_refuse_plaintext(ImapSession *session, GString *replies)
{
    trace_put_text(session->trace, "outcome", "refused");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §6.2.3",
                   "a password would cross the network readable for all: not without TLS");
    return imap_end(session, replies, "NO", "[PRIVACYREQUIRED] No passwords over this connection");
}

NetNext
imap_auth_login(ImapSession *session, ImapParse *arguments, GString *replies)
{
    g_autofree char *user = imap_parse_char(arguments, ' ') ? imap_parse_astring(arguments) : NULL;
    g_autofree char *password =
        user != NULL && imap_parse_char(arguments, ' ') ? imap_parse_astring(arguments) : NULL;

    if (password == NULL || !imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 3501 §6.2.3",
                            "LOGIN needs a name and a password");
    if (!session->plaintext_auth)
        return imap_auth_refuse_plaintext(session, replies);
    sasl_try_free(session->attempt);
    session->attempt = sasl_try_new("", user, password);
    memset(password, 0, strlen(password));
    return imap_ask_password(session, replies);
}

/* ---- TLS (RFC 3501 §6.2.1) ---- */

NetNext
imap_auth_starttls(ImapSession *session, ImapParse *arguments, GString *replies)
{
    if (!imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 3501 §6.2.1", "STARTTLS has no arguments");
    if (session->secured || !session->host->tls)
        return imap_mistake(session, replies, "RFC 3501 §6.2.1",
                            session->secured ? "TLS stands already"
                                             : "STARTTLS is not offered here");
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §6.2.1",
                   "the reader wants what follows sealed: after this answer TLS begins, and the "
                   "login with it");
    imap_end(session, replies, "OK", "Begin TLS");
    return NET_SECURE;
}

void
imap_session_begin_secured(ImapSession *session)
{
    session->secured = TRUE;
    session->plaintext_auth = TRUE;
}

void
imap_session_secured(ImapSession *session, const char *words)
{
    imap_session_begin_secured(session);
    trace_put_text(session->trace, "tls", words);
    trace_put_text(session->trace, "outcome", "ok");
    trace_state(session->trace, STAGE_PICKUP, "RFC 3501 §6.2.1",
                "From here on nobody in between can read or change what is said (%s)", words);
}

void
imap_session_lost(ImapSession *session, const GError *why)
{
    trace_set_journey(session->trace, NULL);
    trace_error(session->trace, STAGE_PICKUP, "The connection broke: %s", why->message);
}

/* ---- AUTHENTICATE: the steps are storage/login.c's ---- */

/* One answer of the client's; NULL: it wants to be asked. */
static NetNext
imap_auth_step(ImapSession *session, const char *response, GString *replies)
{
    const SaslLoginHost host = { session->host->store, session->host->domains, session->trace,
                                 STAGE_PICKUP };
    g_autofree char *challenge = NULL;
    g_autoptr(GError) error = NULL;

    switch (sasl_login_take(session->login, &host, response, &challenge, &error)) {
    case SASL_ASK:
        session->reading = IMAP_READING_SASL;
        imap_continue(session, replies, challenge);
        return NET_GO_ON;
    case SASL_CHECK:
        sasl_try_free(session->attempt);
        session->attempt = sasl_try_copy(sasl_login_attempt(session->login));
        return imap_ask_password(session, replies);
    case SASL_BAD:
        return imap_mistake(session, replies, "RFC 3501 §6.2.2", "Not the answer asked for");
    case SASL_BROKEN: break;
    }
    return imap_trouble(session, replies, error);
}

/* What may stand behind the mechanism: the first answer at once, "=" for an empty one (RFC 4959
 * §3). */
static NetNext
imap_auth_begin(ImapSession *session, ImapParse *arguments, GString *replies)
{
    g_autofree char *first = NULL;

    if (imap_parse_char(arguments, ' '))
        first = g_strndup(arguments->at, arguments->end - arguments->at);
    else if (!imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 3501 §6.2.2", "One mechanism, please");
    if (first == NULL)
        return imap_auth_step(session, NULL, replies);
    return imap_auth_step(session, g_str_equal(first, "=") ? "" : first, replies);
}

NetNext
imap_auth_authenticate(ImapSession *session, ImapParse *arguments, GString *replies)
{
    g_autofree char *mechanism =
        imap_parse_char(arguments, ' ') ? imap_parse_atom(arguments) : NULL;
    g_autoptr(SaslLogin) known = mechanism != NULL ? sasl_login_new(mechanism, TRUE) : NULL;

    if (mechanism == NULL)
        return imap_mistake(session, replies, "RFC 3501 §6.2.2", "AUTHENTICATE needs a mechanism");
    g_clear_pointer(&session->login, sasl_login_free);
    session->login = sasl_login_new(mechanism, session->plaintext_auth);
    if (session->login != NULL)
        return imap_auth_begin(session, arguments, replies);
    if (known != NULL)
        return imap_auth_refuse_plaintext(session, replies);
    return imap_end(session, replies, "NO", "CAPABILITY lists the mechanisms after AUTH=");
}

NetNext
imap_auth_sasl(ImapSession *session, const char *line, GString *replies)
{
    session->reading = IMAP_READING_LINE;
    trace_wire_command(session->trace, STAGE_PICKUP, "RFC 3501 §6.2.2", "reader", "host", "answer",
                       "AUTH", TRUE);
    if (g_str_equal(line, "*"))
        return imap_mistake(session, replies, "RFC 3501 §6.2.2", "Cancelled");
    return imap_auth_step(session, line, replies);
}

NetNext
imap_auth_checked(ImapSession *session, const ImapAnswer *answer, GString *replies)
{
    g_clear_pointer(&session->attempt, sasl_try_free);
    if (answer->account != NULL) {
        session->account = answer->account->id;
        session->address = g_strdup(answer->account->address);
        session->state = IMAP_AUTHENTICATED;
        trace_set_user(session->trace, answer->account->user);
        trace_put_text(session->trace, "outcome", "ok");
        trace_state(session->trace, STAGE_PICKUP, "RFC 3501 §3.2",
                    "%s has logged in: the mailboxes can be opened, by other devices at the same "
                    "time, too (IMAP)",
                    session->address);
        g_autofree char *capabilities = imap_auth_capabilities(session);
        return imap_end(session, replies, "OK", "[CAPABILITY %s] Logged in", capabilities);
    }
    if (answer->failed != NULL && !g_error_matches(answer->failed, STORE_ERROR, STORE_ERROR_NO))
        return imap_trouble(session, replies, answer->failed);
    session->refused++;
    trace_put_text(session->trace, "outcome", "refused");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 5530 §3",
                   "user or password is wrong (we don't say which)");
    imap_end(session, replies, "NO", "[AUTHENTICATIONFAILED] User or password is wrong");
    if (session->refused < IMAP_REFUSED_MAX)
        return NET_GO_ON;
    return imap_bye(session, replies, "Too many wrong passwords");
}
