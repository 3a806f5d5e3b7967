/* pop3/session.c - the POP3 server's engine: lines in, replies out (RFC 1939).
 *
 *   AUTHORIZATION --USER--> NAMED --PASS--> (password?) --> opening --> TRANSACTION
 *                                                                           |
 *                        closed <-- +OK <-- (commit?) <-- UPDATE <----QUIT--+
 *
 * Start reading at commands[] in pop3/commands.c: the whole protocol on one screen. Here is what
 * drives it: one line at a time, the answers that were waited for, long work in slices.
 *
 * Tests: tests/test_pop3_session.c
 */
#include "pop3/session.h"

#include <stdarg.h>
#include <string.h>

#include "pop3/commands.h"

#define POP3_AUTOLOGOUT_S 600 /* at least ten minutes (RFC 1939 §3) */

Pop3Session *
pop3_session_new(const Pop3Host *host, const char *peer, gboolean plaintext_auth, Trace *trace,
                 const Pop3Ask *ask, void *world)
{
    Pop3Session *session = g_new0(Pop3Session, 1);

    session->host = host;
    session->peer = g_strdup(peer);
    session->plaintext_auth = plaintext_auth;
    session->trace = trace;
    session->ask = ask;
    session->world = world;
    session->state = POP3_AUTHORIZATION;
    session->told = g_string_new(NULL);
    return session;
}

void
pop3_session_free(Pop3Session *session)
{
    if (session == NULL)
        return;
    if (session->maildrop != NULL && session->state == POP3_TRANSACTION)
        pop3_update_broken_off(session);
    pop3_retrieve_clear(session);
    pop3_maildrop_free(session->maildrop);
    store_origin_free(session->origin);
    store_asked_free(session->asked);
    sasl_login_free(session->login);
    sasl_try_free(session->attempt);
    g_string_free(session->told, TRUE);
    g_free(session->address);
    g_free(session->user);
    g_free(session->peer);
    g_free(session);
}

void
pop3_tell_asked(Pop3Session *session)
{
    store_asked_tell(&session->asked, session->trace, STAGE_PICKUP);
}

void
pop3_reply(Pop3Session *session, GString *replies, const char *rfc, const char *format, ...)
{
    gsize before = replies->len;
    va_list arguments;

    va_start(arguments, format);
    g_string_append_vprintf(replies, format, arguments);
    va_end(arguments);
    pop3_tell_asked(session);
    trace_wire_reply(session->trace, STAGE_PICKUP, rfc, "host", "reader",
                     replies->str[before] == '-' ? "-ERR" : "+OK", replies->str + before);
    g_string_append(replies, "\r\n");
}

NetNext
pop3_refuse(Pop3Session *session, GString *replies, const char *rfc, const char *reply)
{
    pop3_reply(session, replies, rfc, "-ERR %s", reply);
    return NET_GO_ON;
}

NetNext
pop3_mistake(Pop3Session *session, GString *replies, const char *rfc, const char *reply)
{
    session->mistakes++;
    if (session->mistakes < POP3_MISTAKES_MAX) {
        trace_decision(session->trace, STAGE_PICKUP, rfc, "not a command we can follow: %s", reply);
        return pop3_refuse(session, replies, rfc, reply);
    }
    trace_decision(session->trace, STAGE_PICKUP, rfc,
                   "%u bad commands in a row: this is no POP3 client", session->mistakes);
    pop3_reply(session, replies, rfc, "-ERR %s; too many bad commands, closing", reply);
    return NET_CLOSE;
}

NetNext
pop3_session_greet(Pop3Session *session, GString *replies)
{
    g_autofree char *reply = g_strdup_printf("+OK %s POP3 server ready", session->host->hostname);

    trace_put_text(session->trace, "peer", session->peer);
    trace_decision(session->trace, STAGE_CONNECT, "RFC 1939 §3",
                   "a reader calls from %s: who is it? (POP3, state AUTHORIZATION)", session->peer);
    trace_wire_reply(session->trace, STAGE_CONNECT, "RFC 1939 §4", "host", "reader", "+OK", reply);
    g_string_append_printf(replies, "%s\r\n", reply);
    return NET_GO_ON;
}

/* ---- questions and answers ---- */

/* Without a world to ask (tests) the store answers at once. */
static NetNext
pop3_session_answer_now(Pop3Session *session, GString *replies)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreAccount) account = NULL;
    Pop3Answer answer = { 0 };

    if (session->waits == POP3_WAITS_PASSWORD)
        answer.account = account =
            store_sasl_check(session->host->store, session->trace, STAGE_PICKUP, session->attempt,
                             session->host->domains, &error);
    else if (store_commit(session->host->store, &error))
        answer.event = store_commit_event(session->host->store);
    answer.failed = error;
    return pop3_session_answer(session, &answer, replies);
}

NetNext
pop3_ask_password(Pop3Session *session, GString *replies)
{
    session->waits = POP3_WAITS_PASSWORD;
    if (session->ask == NULL)
        return pop3_session_answer_now(session, replies);
    session->ask->password(session->world, session, session->attempt);
    return NET_PENDING;
}

NetNext
pop3_ask_commit(Pop3Session *session, GString *replies)
{
    session->waits = POP3_WAITS_COMMIT;
    if (session->ask == NULL)
        return pop3_session_answer_now(session, replies);
    session->ask->commit(session->world, session);
    return NET_PENDING;
}

/* What this session leaves behind. */
static void
pop3_session_tell_end(Pop3Session *session, guint left)
{
    guint gone = pop3_maildrop_gone(session->maildrop);

    if (gone > POP3_TOLD_EACH)
        trace_decision(session->trace, STAGE_PICKUP, "RFC 1939 §6",
                       "and %u more messages were removed in the same way", gone - POP3_TOLD_EACH);
    pop3_tell_asked(session);
    if (gone != 1) /* it is about no single message */
        trace_set_journey(session->trace, NULL);
    trace_put_number(session->trace, "removed", gone);
    trace_put_number(session->trace, "left", left);
    trace_put_text(session->trace, "outcome", "left");
    if (gone > 0)
        trace_decision(session->trace, STAGE_PICKUP, "RFC 1939 §6",
                       "%u message%s gone from the server, %u stay%s: what is gone lies only where "
                       "it was downloaded to. The maildrop is unlocked",
                       gone, gone == 1 ? " is" : "s are", left, left == 1 ? "s" : "");
    else
        trace_decision(session->trace, STAGE_PICKUP, "RFC 1939 §6",
                       "nothing is removed, %u message%s stay%s on the server: DELE marked none. "
                       "The maildrop is unlocked",
                       left, left == 1 ? "" : "s", left == 1 ? "s" : "");
}

/* A slice of the removal is durable, or it failed. Only behind the last may QUIT be answered. */
static NetNext
pop3_session_committed(Pop3Session *session, const Pop3Answer *answer, GString *replies)
{
    guint left;
    guint64 octets;

    if (answer->event != 0)
        trace_follow(session->trace, answer->event);
    if (answer->failed != NULL) {
        trace_error(session->trace, STAGE_PICKUP, "the marked messages could not be removed: %s",
                    answer->failed->message);
        g_clear_pointer(&session->maildrop, pop3_maildrop_free);
        pop3_reply(session, replies, "RFC 1939 §6",
                   "-ERR [SYS/TEMP] Some deleted messages not removed");
        return NET_CLOSE;
    }
    if (session->work == POP3_REMOVING)
        return NET_MORE;
    pop3_maildrop_stat(session->maildrop, &left, &octets);
    pop3_session_tell_end(session, left);
    /* Unlocked before the reader hears of it: its next session may come at once. */
    g_clear_pointer(&session->maildrop, pop3_maildrop_free);
    pop3_reply(session, replies, "RFC 1939 §6", "+OK %s signing off (%u message%s left)",
               session->host->hostname, left, left == 1 ? "" : "s");
    return NET_CLOSE;
}

/* What the database is asked from now on is gathered for the trace. Returns who listened before. */
static GPtrArray **
pop3_session_listen(Pop3Session *session)
{
    return store_listen(session->host->store, trace_is_on(session->trace) ? &session->asked : NULL);
}

NetNext
pop3_session_answer(Pop3Session *session, const Pop3Answer *answer, GString *replies)
{
    Pop3Waits waited = session->waits;
    GPtrArray **before = pop3_session_listen(session);
    NetNext next;

    g_assert(waited != POP3_WAITS_NOT);
    session->waits = POP3_WAITS_NOT;
    next = waited == POP3_WAITS_PASSWORD ? pop3_login_checked(session, answer, replies)
                                         : pop3_session_committed(session, answer, replies);
    store_listen(session->host->store, before);
    return next;
}

/* ---- input ---- */

/* QUIT in the TRANSACTION state: a slice of the removal and its commit, until all is removed. Each
 * slice waits for its own commit: a failure of one that nobody waited for would end in a "+OK" that
 * is not true (RFC 1939 §6). */
static NetNext
pop3_session_removing(Pop3Session *session, GString *replies)
{
    g_autoptr(GError) error = NULL;
    gboolean whole = FALSE;
    Pop3Answer answer = { 0 };

    if (!pop3_maildrop_remove_marked(session->maildrop, session->trace, &whole, &error)) {
        answer.failed = error;
        return pop3_session_committed(session, &answer, replies);
    }
    if (whole)
        session->work = POP3_NO_WORK;
    pop3_tell_asked(session);
    if (!store_is_open(session->host->store))
        return pop3_session_committed(session, &answer, replies);
    return pop3_ask_commit(session, replies);
}

static NetNext
pop3_session_work(Pop3Session *session, GString *replies)
{
    switch (session->work) {
    case POP3_OPENING: return pop3_login_opening(session, replies);
    case POP3_LISTING:
    case POP3_LISTING_ID: return pop3_list_more(session, replies);
    case POP3_SENDING: return pop3_retrieve_more(session, replies);
    case POP3_REMOVING: return pop3_session_removing(session, replies);
    case POP3_NO_WORK: break;
    }
    g_assert_not_reached();
}

/* A line that is no line: each is answered once, in the protocol's own words. */
static NetNext
pop3_session_bad_line(Pop3Session *session, NetLine found, GString *replies)
{
    static const char *const replies_to[] = {
        [NET_LINE_TOO_LONG] = "Line too long",
        [NET_LINE_BARE_LF] = "Lines end with CRLF, not with LF alone",
        [NET_LINE_NUL] = "No NUL and no bare CR in a line",
    };

    session->sasl = FALSE;
    pop3_command_forget_name(session);
    trace_wire_command(session->trace, STAGE_PICKUP, "RFC 1939 §3", "reader", "host", "?",
                       "(a line that is not kept)", FALSE);
    return pop3_mistake(session, replies, "RFC 1939 §3", replies_to[found]);
}

static NetNext
pop3_session_take(Pop3Session *session, NetBuffer *input, GString *replies)
{
    g_autofree char *line = NULL;

    if (session->work != POP3_NO_WORK)
        return pop3_session_work(session, replies);
    NetLine found = net_line_take(input, session->sasl ? POP3_SASL_MAX : POP3_COMMAND_MAX, &line);
    if (found == NET_LINE_NONE)
        return NET_GO_ON;
    trace_set_journey(session->trace, NULL);
    trace_twin(session->trace, net_buffer_twin(input));
    if (found != NET_LINE_OK)
        return pop3_session_bad_line(session, found, replies);
    if (session->sasl)
        return pop3_login_auth_answer(session, line, replies);
    return pop3_command(session, line, replies);
}

NetNext
pop3_session_input(Pop3Session *session, NetBuffer *input, GString *replies)
{
    GPtrArray **before;
    NetNext next;

    if (session->waits != POP3_WAITS_NOT)
        return NET_PENDING;
    before = pop3_session_listen(session);
    next = pop3_session_take(session, input, replies);
    store_listen(session->host->store, before);
    return next;
}

/* ---- what the connection wants to know ---- */

void
pop3_session_expired(Pop3Session *session, GString *replies)
{
    (void)replies; /* "without ... sending any response to the client" (RFC 1939 §3) */
    trace_set_journey(session->trace, NULL);
    trace_timer(session->trace, STAGE_PICKUP, "RFC 1939 §3",
                "nothing came for %d s: closed, nothing is deleted", POP3_AUTOLOGOUT_S);
    g_clear_pointer(&session->maildrop, pop3_maildrop_free);
}

double
pop3_session_patience(Pop3Session *session)
{
    (void)session;
    return POP3_AUTOLOGOUT_S;
}

Trace *
pop3_session_trace(Pop3Session *session)
{
    return session->trace;
}

char *
pop3_session_json(const Pop3Session *session)
{
    static const char *const waits[] = { "", "password", "commit" };
    const char *state = session->state == POP3_UPDATE        ? "UPDATE"
                        : session->state == POP3_TRANSACTION ? "TRANSACTION"
                                                             : "AUTHORIZATION";
    const char *id = trace_session(session->trace);

    return g_strdup_printf("{\"id\":\"%s\",\"state\":\"%s\",\"peer\":\"%s\",\"waits\":\"%s\"}",
                           id == NULL ? "pop3" : id, state, session->peer, waits[session->waits]);
}
