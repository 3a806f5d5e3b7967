/* imap/answer.c - what a command must wait for: a password's check, a COMMIT (imap/session.h, ImapAsk).
 *
 *   STORE > "ending: OK STORE completed" > commit?  ...  COMMIT > * 2 FETCH (...), a1 OK STORE completed
 *                                                        failed > a1 NO [UNAVAILABLE] ...
 *
 * While it waits the session takes no input (NET_PENDING), and all others go on.
 *
 * Tests: tests/test_imap_session.c, tests/test_imap_view.c
 */
#include "imap/commands.h"
#include "storage/asked.h"

#include <stdarg.h>

/* Without a world to ask (tests) the store answers at once. */
static NetNext
imap_answer_now(ImapSession *session, GString *replies)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreAccount) account = NULL;
    ImapAnswer answer = { 0 };

    if (session->waits == IMAP_WAITS_PASSWORD)
        answer.account = account =
            store_sasl_check(session->host->store, session->trace, STAGE_PICKUP, session->attempt,
                             session->host->domains, &error);
    else if (store_commit(session->host->store, &error))
        answer.event = store_commit_event(session->host->store);
    answer.failed = error;
    return imap_session_answer(session, &answer, replies);
}

NetNext
imap_ask_password(ImapSession *session, GString *replies)
{
    session->waits = IMAP_WAITS_PASSWORD;
    if (session->ask == NULL)
        return imap_answer_now(session, replies);
    session->ask->password(session->world, session, session->attempt);
    return NET_PENDING;
}

/* What was changed is undone, and the client may have been told of it: look again. */
static NetNext
imap_answer_undone(ImapSession *session, const GError *failed, GString *replies)
{
    g_clear_pointer(&session->moved, g_free);
    session->modseq_due = FALSE;
    session->modseq = 0;
    session->changed = TRUE;
    return imap_trouble(session, replies, failed);
}

gboolean
imap_work_lost(ImapSession *session, GError **error)
{
    if (session->work == NULL || session->groups_lost == store_groups_lost(session->host->store))
        return FALSE;
    g_set_error(error, STORE_ERROR, STORE_ERROR_FAILED,
                "some of what %s did was undone, because a COMMIT failed", session->current->name);
    return TRUE;
}

/* The command ends as @ending says, once what it has changed is committed. Takes @ending. */
static NetNext
imap_answer_commit(ImapSession *session, GString *replies, char *ending)
{
    g_autoptr(GError) lost = NULL;
    gboolean undone = imap_work_lost(session, &lost);

    imap_set_work(session, NULL, NULL, NULL);
    if (undone) {
        g_free(ending);
        return imap_answer_undone(session, lost, replies);
    }
    g_free(session->ending);
    session->ending = ending;
    if (!store_is_open(session->host->store))
        return imap_finish(session, replies);
    session->waits = IMAP_WAITS_COMMIT;
    if (session->ask == NULL)
        return imap_answer_now(session, replies);
    session->ask->commit(session->world, session);
    return NET_PENDING;
}

NetNext
imap_end_committed(ImapSession *session, GString *replies, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return imap_answer_commit(session, replies, g_strconcat("OK ", text, NULL));
}

NetNext
imap_end_committed_no(ImapSession *session, GString *replies, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return imap_answer_commit(session, replies, g_strconcat("NO ", text, NULL));
}

gboolean
imap_may_read(ImapSession *session, gboolean *settled)
{
    gboolean waited = session->waited;

    *settled = !store_is_open(session->host->store);
    session->waited = FALSE;
    return *settled || waited;
}

NetNext
imap_ask_others(ImapSession *session, GString *replies)
{
    trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §5.2",
                   "something is being stored just now: the client is told what is there after the "
                   "COMMIT, because until then it could be undone");
    session->waits = IMAP_WAITS_OTHERS;
    if (session->ask == NULL)
        return imap_answer_now(session, replies);
    session->ask->commit(session->world, session);
    return NET_PENDING;
}

static NetNext
imap_answered(ImapSession *session, ImapWaits waited, const ImapAnswer *answer, GString *replies)
{
    if (waited == IMAP_WAITS_PASSWORD)
        return imap_auth_checked(session, answer, replies);
    if (answer->event != 0)
        trace_follow(session->trace, answer->event);
    if (waited == IMAP_WAITS_OTHERS) { /* well or badly: what can be read now is certain */
        session->waited = TRUE;
        /* No work: the session has said BYE meanwhile (imap_session_expired). */
        return session->work != NULL ? session->work(session, replies) : NET_CLOSE;
    }
    if (answer->failed != NULL)
        return imap_answer_undone(session, answer->failed, replies);
    return imap_finish(session, replies);
}

NetNext
imap_session_answer(ImapSession *session, const ImapAnswer *answer, GString *replies)
{
    ImapWaits waited = session->waits;
    GPtrArray **before = imap_listen(session);
    NetNext next;

    g_assert(waited != IMAP_WAITS_NOT);
    session->waits = IMAP_WAITS_NOT;
    next = imap_answered(session, waited, answer, replies);
    store_listen(session->host->store, before);
    return next;
}
