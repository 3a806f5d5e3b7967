/* imap/session.c - the IMAP server's engine: lines and literals in, responses out (RFC 3501).
 *
 *   NOT AUTHENTICATED --LOGIN--> AUTHENTICATED --SELECT--> SELECTED
 *                                      ^                      |
 *                                      +---CLOSE, UNSELECT----+       LOGOUT from everywhere
 *
 * A command on its way:   framing > table > handler > (work in slices) > (commit?) > catch up > tag
 *
 * Start reading at commands[] in imap/commands.c: the whole protocol on one screen. Here is how a
 * command ends: what it changed is committed, then the client is told what else has changed in its
 * mailbox, then the tagged response goes.
 *
 * Tests: tests/test_imap_session.c
 */
#include "imap/session.h"

#include <stdarg.h>
#include <string.h>

#include "imap/commands.h"
#include "storage/asked.h"

#define IMAP_AUTOLOGOUT_S (30 * 60)   /* at least thirty minutes (RFC 3501 §5.4) */
#define IMAP_TOLD_MAX     (16 * 1024) /* octets of a command's responses kept for the trace */

ImapSession *
imap_session_new(const ImapHost *host, const char *peer, gboolean plaintext_auth, Trace *trace,
                 const ImapAsk *ask, void *world)
{
    ImapSession *session = g_new0(ImapSession, 1);

    session->host = host;
    session->peer = g_strdup(peer);
    session->plaintext_auth = plaintext_auth;
    session->trace = trace;
    session->ask = ask;
    session->world = world;
    session->state = IMAP_NOT_AUTHENTICATED;
    session->command = g_string_new(NULL);
    session->view = imap_uids_new();
    return session;
}

void
imap_session_free(ImapSession *session)
{
    if (session == NULL)
        return;
    imap_set_work(session, NULL, NULL, NULL);
    imap_view_close(session);
    imap_frame_reset(session);
    sasl_login_free(session->login);
    sasl_try_free(session->attempt);
    store_asked_free(session->asked);
    store_origin_free(session->origin);
    imap_uids_free(session->view);
    imap_forget_told(session);
    g_string_free(session->command, TRUE);
    g_free(session->ending);
    g_free(session->moved);
    g_free(session->address);
    g_free(session->peer);
    g_free(session);
}

void
imap_session_set_push(ImapSession *session,
                      void (*push)(void *data, const char *octets, gsize length), void *data)
{
    session->push = push;
    session->push_data = data;
}

void
imap_set_work(ImapSession *session, ImapWork work, void *data, GDestroyNotify data_free)
{
    if (session->work_free != NULL)
        session->work_free(session->work_data);
    session->work = work;
    session->work_data = data;
    session->work_free = data_free;
    session->waited = FALSE;
    session->groups_lost = store_groups_lost(session->host->store);
}

/* ---- responses ---- */

void
imap_sent(ImapSession *session, const GString *replies, gsize from)
{
    if (!trace_is_on(session->trace))
        return;
    if (session->told == NULL)
        session->told = g_string_new(NULL);
    if (session->told->len < IMAP_TOLD_MAX)
        g_string_append_len(session->told, replies->str + from,
                            (gssize)MIN(replies->len - from, IMAP_TOLD_MAX - session->told->len));
}

void
imap_send(ImapSession *session, GString *replies, const char *octets, gsize length, gboolean tell)
{
    gsize from = replies->len;

    g_string_append_len(replies, octets, (gssize)length);
    if (tell)
        imap_sent(session, replies, from);
}

const char *
imap_told(const ImapSession *session)
{
    return session->told == NULL ? "" : session->told->str;
}

void
imap_forget_told(ImapSession *session)
{
    if (session->told != NULL)
        g_string_free(g_steal_pointer(&session->told), TRUE);
}

void
imap_untagged(ImapSession *session, GString *replies, const char *format, ...)
{
    g_autoptr(GString) response = g_string_new("* ");
    va_list arguments;

    va_start(arguments, format);
    g_string_append_vprintf(response, format, arguments);
    va_end(arguments);
    g_string_append(response, "\r\n");
    imap_send(session, replies, response->str, response->len, TRUE);
}

void
imap_continue(ImapSession *session, GString *replies, const char *text)
{
    g_autofree char *response = g_strdup_printf("+ %s", text);

    trace_wire_reply(session->trace, STAGE_PICKUP, "RFC 3501 §7.5", "host", "reader", "+",
                     response);
    g_string_append_printf(replies, "%s\r\n", response);
}

/* One wire event for all that the command has answered; then nothing is known of it any more. */
static NetNext
imap_session_tagged(ImapSession *session, GString *replies)
{
    g_autofree char *label = NULL;
    const char *section = session->current == NULL ? "RFC 3501 §7.1" : session->current->section;

    if (session->modseq_due && session->state == IMAP_SELECTED)
        imap_untagged(session, replies, "OK [HIGHESTMODSEQ %" G_GUINT64_FORMAT "] Changes so far",
                      imap_view_modseq(session));
    session->modseq_due = FALSE;
    imap_tell_rest(session);
    label = g_strdup_printf("%.6s %.*s", session->tag, (int)strcspn(session->ending, " "),
                            session->ending);
    imap_send(session, replies, session->tag, strlen(session->tag), TRUE);
    imap_send(session, replies, " ", 1, TRUE);
    imap_send(session, replies, session->ending, strlen(session->ending), TRUE);
    imap_send(session, replies, "\r\n", 2, TRUE);
    trace_wire_reply(session->trace, STAGE_PICKUP, section, "host", "reader", label,
                     imap_told(session));
    imap_forget_told(session);
    if (!g_str_has_prefix(session->ending, "BAD "))
        session->mistakes = 0; /* whoever types by hand errs now and then, a stray program always */
    g_clear_pointer(&session->ending, g_free);
    imap_frame_reset(session);
    return NET_GO_ON;
}

NetNext
imap_finish(ImapSession *session, GString *replies)
{
    gboolean expunge = session->current == NULL || !session->current->no_expunge;

    imap_set_work(session, NULL, NULL, NULL);
    if (!session->one_message)
        trace_set_journey(session->trace, NULL);
    if (session->moved != NULL)
        imap_untagged(session, replies, "OK %s", session->moved);
    g_clear_pointer(&session->moved, g_free);
    if (session->state == IMAP_SELECTED && session->changed && imap_view_is_stale(session))
        return imap_view_catch_up(session, expunge, imap_session_tagged, replies);
    return imap_session_tagged(session, replies);
}

NetNext
imap_end(ImapSession *session, GString *replies, const char *status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_free(session->ending);
    session->ending = g_strdup_printf("%s %s", status, text);
    return imap_finish(session, replies);
}

/* The last of too many is answered like the others; then the connection ends. */
static NetNext
imap_session_give_up(ImapSession *session, GString *replies, const char *rfc, const char *text)
{
    trace_decision(session->trace, STAGE_PICKUP, rfc,
                   "%u bad commands in a row: this is no IMAP client", session->mistakes);
    if (session->tag == NULL) {
        imap_untagged(session, replies, "BAD %s", text);
    } else {
        g_free(session->ending);
        session->ending = g_strdup_printf("BAD %s", text);
        imap_session_tagged(session, replies);
    }
    return imap_bye(session, replies, "Too many bad commands");
}

NetNext
imap_mistake(ImapSession *session, GString *replies, const char *rfc, const char *text)
{
    session->mistakes++;
    if (session->mistakes >= IMAP_MISTAKES_MAX)
        return imap_session_give_up(session, replies, rfc, text);
    trace_decision(session->trace, STAGE_PICKUP, rfc, "not a command we can follow: %s", text);
    if (session->tag != NULL)
        return imap_end(session, replies, "BAD", "%s", text);
    imap_untagged(session, replies, "BAD %s", text);
    trace_wire_reply(session->trace, STAGE_PICKUP, rfc, "host", "reader", "* BAD",
                     imap_told(session));
    imap_forget_told(session);
    imap_frame_reset(session);
    return NET_GO_ON;
}

NetNext
imap_trouble(ImapSession *session, GString *replies, const GError *error)
{
    trace_error(session->trace, STAGE_PICKUP, "the store cannot do it: %s", error->message);
    if (g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL))
        return imap_end(session, replies, "NO", "[OVERQUOTA] No space is left");
    return imap_end(session, replies, "NO", "[UNAVAILABLE] Try again later");
}

NetNext
imap_bye(ImapSession *session, GString *replies, const char *text)
{
    imap_untagged(session, replies, "BYE %s", text);
    trace_wire_reply(session->trace, STAGE_PICKUP, "RFC 3501 §7.1.5", "host", "reader", "* BYE",
                     imap_told(session));
    imap_forget_told(session);
    imap_set_work(session, NULL, NULL, NULL);
    return NET_CLOSE;
}

NetNext
imap_session_greet(ImapSession *session, GString *replies)
{
    g_autofree char *capabilities = imap_auth_capabilities(session);
    g_autofree char *reply = g_strdup_printf("* OK [CAPABILITY %s] %s IMAP server ready",
                                             capabilities, session->host->hostname);

    trace_put_text(session->trace, "peer", session->peer);
    trace_decision(session->trace, STAGE_CONNECT, "RFC 3501 §3.1",
                   "a reader calls from %s: who is it? (IMAP, not authenticated)", session->peer);
    trace_wire_reply(session->trace, STAGE_CONNECT, "RFC 3501 §7.1.1", "host", "reader", "* OK",
                     reply);
    g_string_append_printf(replies, "%s\r\n", reply);
    return NET_GO_ON;
}

/* ---- input ---- */

static NetNext
imap_session_take(ImapSession *session, NetBuffer *input, GString *replies)
{
    if (session->work != NULL) {
        NetNext next = session->work(session, replies);

        /* The work has taken nothing from the input: what waits there must be looked at. */
        return next == NET_GO_ON && net_buffer_length(input) > 0 ? NET_MORE : next;
    }
    return imap_frame_input(session, input, replies);
}

NetNext
imap_session_input(ImapSession *session, NetBuffer *input, GString *replies)
{
    GPtrArray **before;
    NetNext next;

    if (session->waits != IMAP_WAITS_NOT)
        return NET_PENDING;
    before = imap_listen(session);
    next = imap_session_take(session, input, replies);
    store_listen(session->host->store, before);
    return next;
}

/* ---- what the connection wants to know ---- */

void
imap_session_expired(ImapSession *session, GString *replies)
{
    trace_set_journey(session->trace, NULL);
    trace_timer(session->trace, STAGE_PICKUP, "RFC 3501 §5.4", "nothing came for %d minutes",
                IMAP_AUTOLOGOUT_S / 60);
    imap_bye(session, replies, "Autologout, you were silent for too long");
}

void
imap_session_dismissed(ImapSession *session, GString *replies)
{
    trace_set_journey(session->trace, NULL);
    trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §3.4",
                   "this host is shut down: the client is told why the connection closes");
    imap_bye(session, replies, "This host is shutting down, come again later");
}

double
imap_session_patience(G_GNUC_UNUSED ImapSession *session)
{
    return IMAP_AUTOLOGOUT_S;
}

Trace *
imap_session_trace(ImapSession *session)
{
    return session->trace;
}

char *
imap_session_json(const ImapSession *session)
{
    static const char *const waits[] = { "", "password", "commit", "commit" };
    const char *state = session->state == IMAP_SELECTED        ? "SELECTED"
                        : session->state == IMAP_AUTHENTICATED ? "AUTHENTICATED"
                                                               : "NOT AUTHENTICATED";
    const char *id = trace_session(session->trace);

    return g_strdup_printf("{\"id\":\"%s\",\"state\":\"%s\",\"peer\":\"%s\",\"waits\":\"%s\"}",
                           id == NULL ? "imap" : id, state, session->peer,
                           session->reading == IMAP_READING_IDLE ? "idle" : waits[session->waits]);
}
