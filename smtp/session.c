/* smtp/session.c - the receiving end of SMTP: lines in, replies out (RFC 5321).
 *
 *   START --EHLO--> READY --MAIL--> SENDER --RCPT--> RCPTS --DATA--> BODY
 *                   |   ^                                              |
 *                 AUTH  +------------ RSET, or the final dot ----------+
 *                   v
 *                 SECRET ---> READY
 *
 * This file is the frame: it takes a line, finds its row in the table of commands (smtp/commands.c),
 * checks that the row is allowed now, and calls its handler. A handler answers at once, or asks
 * for something and the session waits (smtp_session_wait, smtp_session_answer).
 *
 * Tests: tests/test_smtp_session.c, tests/dialogs/smtp-*.txt
 */
#include "smtp/session.h"

#include <string.h>

#include "smtp/limits.h"
#include "smtp/state.h"
#include "trace/words.h"

SmtpSession *
smtp_session_new(const SmtpHost *host, SmtpPort port, const char *peer, Trace *trace,
                 const SmtpAsk *ask, void *world)
{
    SmtpSession *session = g_new0(SmtpSession, 1);

    session->host = host;
    session->ask = ask;
    session->world = world;
    session->trace = trace;
    session->state = SMTP_START;
    session->recipients = g_ptr_array_new_with_free_func((GDestroyNotify)smtp_recipient_free);
    session->expanded = g_ptr_array_new_with_free_func((GDestroyNotify)smtp_recipient_free);
    smtp_connect_caller(&session->caller, host->settings, port, peer);
    return session;
}

void
smtp_session_free(SmtpSession *session)
{
    if (session == NULL)
        return;
    smtp_session_reset(session);
    g_ptr_array_unref(session->recipients);
    g_ptr_array_unref(session->expanded);
    if (session->caller.counted)
        smtp_limits_disconnect(session->host, &session->caller);
    smtp_connect_clear(&session->caller);
    smtp_judgement_free(session->at_connect);
    sasl_login_free(session->login);
    g_free(session->helo);
    g_free(session->origin_journey);
    g_free(session->origin_branch);
    g_free(session);
}

Trace *
smtp_session_trace(SmtpSession *session)
{
    return session->trace;
}

void
smtp_session_set_origin(SmtpSession *session, const char *journey, const char *branch,
                        guint64 event)
{
    g_free(session->origin_journey);
    g_free(session->origin_branch);
    session->origin_journey = g_strdup(journey);
    session->origin_branch = g_strdup(branch);
    trace_set_journey(session->trace, journey);
    trace_set_branch(session->trace, branch);
    trace_follow(session->trace, event);
}

NetNext
smtp_session_greet(SmtpSession *session, GString *replies)
{
    return smtp_connect_greet(session, replies);
}

/* A server waits at least 5 minutes for a command (RFC 5321 §4.5.3.2.7), and as long as a client
 * would for a block of data (RFC 5321 §4.5.3.2.5). */
double
smtp_session_patience(SmtpSession *session)
{
    return session->state == SMTP_BODY ? SMTP_BLOCK_PATIENCE_S : SMTP_COMMAND_PATIENCE_S;
}

/* ---- the transaction and its journey ---- */

void
smtp_session_reset(SmtpSession *session)
{
    g_clear_pointer(&session->sender, smtp_address_free);
    g_clear_pointer(&session->asked, smtp_address_free);
    g_clear_pointer(&session->data, smtp_data_free);
    smtp_policy_forget(session);
    g_clear_pointer(&session->draft, store_draft_free);
    g_clear_pointer(&session->token, g_free);
    g_clear_pointer(&session->branch, g_free);
    g_clear_pointer(&session->rcpt, g_free);
    g_clear_pointer(&session->envid, g_free);
    smtp_rcpt_parameters_clear(&session->wish);
    g_ptr_array_set_size(session->recipients, 0);
    g_ptr_array_set_size(session->expanded, 0);
    session->ret = 0;
    session->eightbit = FALSE;
    session->sevenbit = FALSE;
    session->rcpts = 0;
    session->accepted = 0;
    session->draft_wrong = NULL;
    session->data_cut = 0;
    if ((session->state & SMTP_TRANSACTION) != 0)
        session->state = SMTP_READY;
}

/* A journey begins with MAIL, unless the message brings one along from the host it comes from;
 * each RCPT is a branch of it. Said before the command is told, so that it is part of it. */
static void
smtp_session_enter(SmtpSession *session, const SmtpCommand *command)
{
    session->command = command;
    session->stage = command != NULL ? command->stage : STAGE_CONNECT;
    if (command == NULL)
        return;
    if (command->handler == smtp_envelope_mail && session->state == SMTP_READY &&
        session->origin_journey == NULL)
        trace_begin_journey(session->trace);
    if (command->handler == smtp_envelope_rcpt && (session->state & SMTP_TRANSACTION) != 0)
        smtp_envelope_branch(session);
}

/* After the reply the branch ends, and with the transaction its journey. */
static NetNext
smtp_session_settle(SmtpSession *session, NetNext next)
{
    if (next == NET_PENDING)
        return next;
    session->command = NULL;
    trace_set_branch(session->trace, session->origin_branch);
    if ((session->state & SMTP_TRANSACTION) == 0)
        trace_set_journey(session->trace, session->origin_journey);
    return next;
}

/* ---- questions ---- */

/* Without a world (in tests) the session answers its own questions at once. */
static NetNext
smtp_session_answer_self(SmtpSession *session, GString *replies)
{
    const SmtpHost *host = session->host;
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreAccount) account = NULL;
    DnsMxAnswer hosts = { .outcome = DNS_MX_HOSTS, .why = N_("nobody was asked") };
    SmtpAnswer answer = { .hosts = &hosts };

    if (session->waits == SMTP_WAITS_COMMIT && store_commit(host->store, &error))
        answer.event = store_commit_event(host->store);
    if (session->waits == SMTP_WAITS_PASSWORD)
        account = store_sasl_check(host->store, session->trace, STAGE_SENDER,
                                   sasl_login_attempt(session->login),
                                   (const char *const *)host->settings->domains, &error);
    answer.account = account;
    answer.failed = error;
    return smtp_session_answer(session, &answer, replies);
}

/* No further command is taken before the answer has come: so replies keep their order
 * (RFC 2920 §3.2). */
NetNext
smtp_session_wait(SmtpSession *session, SmtpWaits what, const char *domain, GString *replies)
{
    g_assert(session->waits == SMTP_WAITS_NOTHING);
    session->waits = what;
    if (session->ask == NULL)
        return smtp_session_answer_self(session, replies);
    if (what == SMTP_WAITS_HOSTS)
        session->ask->mail_hosts(session->world, session, domain);
    else if (what == SMTP_WAITS_COMMIT)
        session->ask->commit(session->world, session);
    else
        session->ask->password(session->world, session, sasl_login_attempt(session->login));
    return NET_PENDING;
}

NetNext
smtp_session_answer(SmtpSession *session, const SmtpAnswer *answer, GString *replies)
{
    SmtpWaits waited = session->waits;
    NetNext next;

    g_assert(waited != SMTP_WAITS_NOTHING);
    session->waits = SMTP_WAITS_NOTHING;
    if (waited == SMTP_WAITS_HOSTS)
        next = smtp_envelope_hosts(session, answer->hosts, replies);
    else if (waited == SMTP_WAITS_COMMIT)
        next = smtp_accept_committed(session, answer, replies);
    else
        next = smtp_auth_checked(session, answer, replies);
    return smtp_session_settle(session, next);
}

/* ---- one command ---- */

/* Faults that somebody asked for: a command is answered as if the server were ill. TRUE: done. */
static gboolean
smtp_session_fault(SmtpSession *session, GString *replies, NetNext *next)
{
    const TraceFault *fault;

    if ((fault = trace_fault(session->trace, session->stage, "command-cut")) != NULL) {
        *next = NET_CLOSE;
        return TRUE;
    }
    if ((fault = trace_fault(session->trace, session->stage, "command-421")) != NULL) {
        smtp_reply(session, replies, "421 4.3.2", "%s closes the connection",
                   session->host->settings->hostname);
        *next = NET_CLOSE;
        return TRUE;
    }
    if ((fault = trace_fault(session->trace, session->stage, "command-4xx")) == NULL &&
        (fault = trace_fault(session->trace, session->stage, "command-5xx")) == NULL)
        return FALSE;
    /* The parameter is checked where it is armed only for its form; a reply must be one. */
    guint64 number = 0;
    if (!net_parse_number(fault->parameter, -1, 599, &number) || number < 400)
        number = 451;
    g_autofree char *code = g_strdup_printf("%u %u.3.0", (guint)number, (guint)number / 100);
    *next = smtp_reply(session, replies, code, "a fault that was asked for");
    return TRUE;
}

/* Checks what the table says: known, allowed now, with or without an argument. */
static NetNext
smtp_session_dispatch(SmtpSession *session, const SmtpCommand *command, const char *arg,
                      GString *replies)
{
    if (command == NULL)
        return smtp_reply(session, replies, "500 5.5.1", "command not recognized");
    if ((session->state & command->allowed) == 0) {
        trace_put_text(session->trace, "state", smtp_session_state_name(session));
        trace_put_text(session->trace, "outcome", "refused");
        trace_decision(session->trace, session->stage, "RFC 5321 §4.1.4",
                       "%s is out of order: the session is in state %s", command->verb,
                       smtp_session_state_name(session));
        return smtp_reply(session, replies, "503 5.5.1", "bad sequence of commands");
    }
    if (smtp_tls_missing(session, command->verb))
        return smtp_reply(session, replies, "530 5.7.0", "this host wants STARTTLS first");
    if (command->argument == SMTP_ARG_NONE && *arg != '\0')
        return smtp_reply(session, replies, "501 5.5.4", "%s has no argument", command->verb);
    if (command->argument == SMTP_ARG_MUST && *arg == '\0')
        return smtp_reply(session, replies, "501 5.5.4", "%s needs an argument", command->verb);
    return command->handler(session, arg, replies);
}

/* @length: of the verb at the front of a command line. */
static const SmtpCommand *
smtp_session_verb(const char *line, gsize *length)
{
    *length = strcspn(line, " \t");
    return smtp_commands_find(line, *length);
}

/* AUTH carries a password; and behind an AUTH that was refused, what looks like an unknown command
 * may be the answer that the client would have given. */
static gboolean
smtp_session_is_secret(SmtpSession *session, const SmtpCommand *command)
{
    gboolean after_auth = session->after_auth;

    session->after_auth = command != NULL && command->handler == smtp_auth_command;
    return session->after_auth || (after_auth && command == NULL);
}

NetNext
smtp_session_line(SmtpSession *session, const char *line, GString *replies)
{
    g_autofree char *trimmed = g_strchomp(g_strdup(line)); /* tolerated (RFC 5321 §4.1.1) */
    gsize length;
    const SmtpCommand *command;
    NetNext next;

    if (session->state == SMTP_SECRET)
        return smtp_session_settle(session, smtp_auth_line(session, line, replies));
    command = smtp_session_verb(trimmed, &length);
    smtp_session_enter(session, command);
    /* A stranger's first word may hold anything; only known verbs are written on the ladder. */
    trace_wire_command(session->trace, session->stage,
                       command != NULL ? command->section : "RFC 5321 §4.2.4", "client", "host",
                       command != NULL ? command->verb : "?", trimmed,
                       smtp_session_is_secret(session, command));
    if (!smtp_session_fault(session, replies, &next))
        next = smtp_session_dispatch(session, command,
                                     trimmed + length + strspn(trimmed + length, " \t"), replies);
    return smtp_session_settle(session, next);
}

/* ---- lines from the network ---- */

/* The longest line allowed now. Only the verb tells, and it comes first. */
static gsize
smtp_session_limit(const SmtpSession *session, const NetBuffer *input)
{
    gsize length;
    const char *octets = net_buffer_peek(input, &length);

    if (session->state == SMTP_SECRET)
        return SMTP_AUTH_LINE_MAX;
    if (length >= 5 && g_ascii_strncasecmp(octets, "AUTH ", 5) == 0)
        return SMTP_AUTH_LINE_MAX;
    if (length >= 5 && (g_ascii_strncasecmp(octets, "MAIL ", 5) == 0 ||
                        g_ascii_strncasecmp(octets, "RCPT ", 5) == 0))
        return SMTP_COMMAND_MAX + SMTP_MAIL_EXTRA;
    return SMTP_COMMAND_MAX;
}

/* A line that is none: it is answered once and never executed. */
static NetNext
smtp_session_bad_line(SmtpSession *session, NetLine bad, GString *replies)
{
    smtp_session_enter(session, NULL);
    trace_wire_command(session->trace, session->stage, "RFC 5321 §2.3.8", "client", "host", "?",
                       bad == NET_LINE_TOO_LONG  ? "(a line that is too long)"
                       : bad == NET_LINE_BARE_LF ? "(a line ended by a bare LF)"
                                                 : "(a line with a NUL or a bare CR in it)",
                       FALSE);
    if (session->state == SMTP_SECRET) {
        session->state = SMTP_READY;
        return smtp_reply(session, replies, "500 5.5.6", "this line cannot be an answer to AUTH");
    }
    if (bad == NET_LINE_TOO_LONG)
        return smtp_reply(session, replies, "500 5.5.2", "line too long");
    if (bad == NET_LINE_BARE_LF)
        return smtp_reply(session, replies, "500 5.5.2",
                          "lines end with CRLF, and this one ended with LF alone");
    return smtp_reply(session, replies, "500 5.5.2", "a NUL or a bare CR in a command line");
}

NetNext
smtp_session_input(SmtpSession *session, NetBuffer *input, GString *replies)
{
    g_autofree char *line = NULL;
    NetLine taken;

    if (session->waits != SMTP_WAITS_NOTHING)
        return NET_PENDING;
    if (session->state == SMTP_BODY)
        return smtp_session_settle(session, smtp_body_input(session, input, replies));
    taken = net_line_take(input, smtp_session_limit(session, input), &line);
    if (taken == NET_LINE_NONE)
        return NET_GO_ON;
    trace_twin(session->trace, net_buffer_twin(input));
    if (taken != NET_LINE_OK)
        return smtp_session_settle(session, smtp_session_bad_line(session, taken, replies));
    return smtp_session_line(session, line, replies);
}

void
smtp_session_expired(SmtpSession *session, GString *replies)
{
    trace_put_text(session->trace, "outcome", "closed");
    trace_timer(session->trace, STAGE_CONNECT, "RFC 5321 §4.5.3.2.7",
                "the client has been silent for too long: the connection is closed");
    smtp_reply(session, replies, "421 4.4.2", "%s closes the connection: nothing came for too long",
               session->host->settings->hostname);
}

/* Who hears this tries again later; who only sees the connection break may wonder whether his message
 * was taken. */
void
smtp_session_dismissed(SmtpSession *session, GString *replies)
{
    trace_put_text(session->trace, "outcome", "closed");
    trace_decision(session->trace, STAGE_CONNECT, "RFC 5321 §3.8",
                   "this host is shut down: the client is told, and comes again later");
    smtp_reply(session, replies, "421 4.3.2", "%s is shutting down, come again later",
               session->host->settings->hostname);
}

/* ---- for snapshots ---- */

const char *
smtp_session_state_name(const SmtpSession *session)
{
    switch (session->state) {
    case SMTP_START: return "START";
    case SMTP_READY: return "READY";
    case SMTP_SENDER: return "SENDER";
    case SMTP_RCPTS: return "RCPTS";
    case SMTP_BODY: return "BODY";
    case SMTP_SECRET: return "SECRET";
    case SMTP_UNWELCOME: return "UNWELCOME";
    }
    g_assert_not_reached();
}

char *
smtp_session_json(const SmtpSession *session)
{
    static const char *const waits[] = { "client", "dns", "commit", "password" };
    const char *id = trace_session(session->trace);

    /* None of these texts holds anything that JSON would have to escape. */
    return g_strdup_printf("{\"id\":\"%s\",\"state\":\"%s\",\"peer\":\"%s\",\"waits\":\"%s\"}",
                           id != NULL ? id : "", smtp_session_state_name(session),
                           session->caller.peer, waits[session->waits]);
}
