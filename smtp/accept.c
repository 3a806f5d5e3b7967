/* smtp/accept.c - the message is whole: do we take it, and where does it go?
 *
 *   loop? > filter > SAVEPOINT > message > local: deliver > remote: queue > archive > RELEASE
 *                                                                              |
 *   250 <-------------------------------- durable <--- COMMIT of the group <---+
 *
 * Until the 250 the message is the client's: any failure takes back what was written and answers
 * 4yz. After it the message is ours to lose (RFC 5321 §6.1). So all of it, body, mailbox entries
 * and queue rows, is in one transaction, and the reply waits for its commit.
 *
 * Start reading at smtp_accept_message(). Tests: tests/test_smtp_accept.c
 */
#include <string.h>

#include "smtp/deliver.h"
#include "smtp/filter.h"
#include "smtp/queue.h"
#include "smtp/head.h"
#include "smtp/reply.h"
#include "smtp/state.h"

static const SmtpRefusal smtp_accept_loop = { "554 5.4.6", "the message runs in a circle" };

/* ---- where it goes ---- */

/* A list's owner gets its failures. A report (null reverse-path) stays one, even on a list: it must
 * never be answered by another (RFC 5321 §4.5.5). */
static const char *
smtp_accept_sender(const SmtpSession *session, const SmtpRecipient *recipient)
{
    gboolean report = *session->sender->full == '\0';

    return recipient->owner == NULL || report ? session->sender->full : recipient->owner;
}

static gboolean
smtp_accept_local(const SmtpSession *session, gint64 message, const char *folder, GError **error)
{
    gboolean fine = TRUE;

    for (guint i = 0; i < session->recipients->len && fine; i++) {
        const SmtpRecipient *one = g_ptr_array_index(session->recipients, i);

        if (one->account == NULL)
            continue;
        trace_set_branch(session->trace, one->branch);
        fine = smtp_deliver(session->host, session->trace, one->account, message,
                            smtp_accept_sender(session, one), folder, error) != 0;
    }
    trace_set_branch(session->trace, session->origin_branch);
    return fine;
}

/* All that travel, or are held back, with the reverse-path @sender. What the sender asked to be told
 * goes with the message, but not to a list: its failures are the owner's (RFC 3461 §5.2.7.1). */
static gboolean
smtp_accept_queue(const SmtpSession *session, gint64 message, const char *sender, gboolean held,
                  GError **error)
{
    gboolean own = strcmp(session->sender->full, sender) == 0;
    const SmtpQueueMail mail = { .message = message,
                                 .sender = sender,
                                 .eightbit = session->eightbit,
                                 .held = held,
                                 .envid = own ? session->envid : NULL,
                                 .ret = own ? session->ret : 0 };
    g_autoptr(GPtrArray) travelling = g_ptr_array_new();

    for (guint i = 0; i < session->recipients->len; i++) {
        SmtpRecipient *one = g_ptr_array_index(session->recipients, i);

        if ((held || one->account == NULL) && strcmp(smtp_accept_sender(session, one), sender) == 0)
            g_ptr_array_add(travelling, one);
    }
    return smtp_queue_message(session->host, session->trace, &mail, travelling, error);
}

/* Mostly one queue row; one more for each list with an owner of its own. */
static gboolean
smtp_accept_remote(const SmtpSession *session, gint64 message, gboolean held, GError **error)
{
    g_autoptr(GPtrArray) senders = g_ptr_array_new();

    for (guint i = 0; i < session->recipients->len; i++) {
        const SmtpRecipient *one = g_ptr_array_index(session->recipients, i);
        const char *sender = smtp_accept_sender(session, one);

        if ((!held && one->account != NULL) ||
            g_ptr_array_find_with_equal_func(senders, sender, g_str_equal, NULL))
            continue;
        g_ptr_array_add(senders, (char *)sender);
        if (!smtp_accept_queue(session, message, sender, held, error))
            return FALSE;
    }
    return TRUE;
}

/* A copy is kept where the world file or a rule of the filter asks for it. */
static gboolean
smtp_accept_archive(const SmtpSession *session, const StoreIndex *index,
                    const SmtpJudgement *judgement, gint64 message, GError **error)
{
    const char *why = judgement->archive ? judgement->archive_why : "the host archives everything";
    g_autofree char *subject = store_index_header(index, "Subject");
    g_autoptr(GString) recipients = g_string_new(NULL);
    gint64 id;

    if (!judgement->archive && !session->host->settings->archive)
        return TRUE;
    for (guint i = 0; i < session->recipients->len; i++) {
        const SmtpRecipient *one = g_ptr_array_index(session->recipients, i);

        g_string_append_printf(recipients, "%s%s", i == 0 ? "" : ", ", one->address->full);
    }
    id = store_archive_add(session->host->store, session->trace, message, session->sender->full,
                           recipients->str, subject != NULL ? subject : "", why, error);
    if (id == 0)
        return FALSE;
    trace_put_number(session->trace, "archive", id);
    trace_put_text(session->trace, "outcome", "kept");
    trace_decision(session->trace, STAGE_ARCHIVE, NULL, "a copy is kept: %s", why);
    return TRUE;
}

/* All of it under one savepoint, so that a failure leaves nothing behind. */
static gboolean
smtp_accept_store(SmtpSession *session, const StoreIndex *index, const SmtpJudgement *judgement,
                  GError **error)
{
    Store *store = session->host->store;
    g_autofree char *head = smtp_head_make(session, index, judgement->headers->str);
    const char *folder = judgement->verdict == SMTP_JUNK ? "Junk" : "INBOX";
    gboolean held = judgement->verdict == SMTP_HOLD; /* then local recipients wait, too */
    gint64 message;

    trace_follow(store_trace(store), trace_last(session->trace));
    if (!store_savepoint(store, error))
        return FALSE;
    message = store_message_add(store, session->trace, session->draft, head, session->sender->full,
                                session->token, error);
    if (message != 0 && (held || smtp_accept_local(session, message, folder, error)) &&
        smtp_accept_remote(session, message, held, error) &&
        smtp_accept_archive(session, index, judgement, message, error) &&
        (held || smtp_wish_report(session, message, error)) && store_release(store, error))
        return TRUE;
    store_rollback_to(store);
    return FALSE;
}

/* ---- the answer ---- */

static NetNext
smtp_accept_answer(SmtpSession *session, const char *code, const char *text, GString *replies)
{
    NetNext next = smtp_reply(session, replies, code, "%s", text);

    smtp_session_reset(session);
    return next;
}

static gboolean
smtp_accept_is_loop(SmtpSession *session, const StoreIndex *index)
{
    guint count = store_index_header_count(index, "Received");

    if (count <= SMTP_RECEIVED_MAX)
        return FALSE;
    trace_put_number(session->trace, "received", count);
    trace_put_text(session->trace, "outcome", "refused");
    trace_decision(session->trace, STAGE_ROUTE, "RFC 5321 §6.3",
                   "%u hosts have passed this message on: it runs in a circle and is stopped",
                   count);
    return TRUE;
}

NetNext
smtp_accept_message(SmtpSession *session, const StoreIndex *index, GString *replies)
{
    const SmtpJudgement *judgement;
    g_autoptr(GError) error = NULL;

    if (smtp_accept_is_loop(session, index) || smtp_head_is_circle(session, index))
        return smtp_accept_answer(session, smtp_accept_loop.code, smtp_accept_loop.text, replies);
    judgement = smtp_policy_content(session);
    if (judgement->verdict == SMTP_REFUSE)
        return smtp_accept_answer(session, "550 5.7.1", judgement->reply, replies);
    session->stage = STAGE_STORE;
    if (!smtp_accept_store(session, index, judgement, &error)) {
        /* Whoever spoke last knows why: the database, if it has told of a failure. */
        trace_follow(session->trace, MAX(trace_last(session->trace),
                                         trace_last(store_trace(session->host->store))));
        const SmtpRefusal *refusal = smtp_refusal_for_error(session->trace, STAGE_STORE, error);

        return smtp_accept_answer(session, refusal->code, refusal->text, replies);
    }
    return smtp_session_wait(session, SMTP_WAITS_COMMIT, NULL, replies);
}

/* The group has been committed, or all of it is lost. */
NetNext
smtp_accept_committed(SmtpSession *session, const SmtpAnswer *answer, GString *replies)
{
    g_autofree char *text = NULL;

    if (answer->failed != NULL) {
        if (answer->event != 0) {
            trace_follow(session->trace, answer->event);
            trace_put_number(session->trace, "commit", answer->event);
        }
        const SmtpRefusal *refusal =
            smtp_refusal_for_error(session->trace, STAGE_STORE, answer->failed);

        return smtp_accept_answer(session, refusal->code, refusal->text, replies);
    }
    trace_put_number(session->trace, "commit", answer->event);
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_STORE, "RFC 5321 §6.1",
                   "the message is durable: from the 250 on we are responsible for it");
    /* RFC 1047: the client that never hears the 250 sends the message again. */
    if (trace_fault(session->trace, STAGE_STORE, "reply-lost") != NULL) {
        smtp_session_reset(session);
        return NET_CLOSE;
    }
    text = g_strdup_printf("message accepted, id %s", session->token);
    return smtp_accept_answer(session, "250 2.6.0", text, replies);
}
