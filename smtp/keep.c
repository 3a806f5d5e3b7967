/* smtp/keep.c - a message that we take is written down: itself, and where it goes.
 *
 *   SAVEPOINT > message > local: deliver > remote: queue > archive > reports > RELEASE
 *
 * Body, mailbox entries and queue rows are in one transaction and under one savepoint: a failure
 * leaves nothing behind. It is not durable yet: that is what smtp/accept.c waits for.
 *
 * Start reading at smtp_keep_message(). Tests: tests/test_smtp_accept.c
 */
#include <string.h>

#include "smtp/deliver.h"
#include "smtp/filter.h"
#include "smtp/head.h"
#include "smtp/queue.h"
#include "smtp/state.h"
#include "trace/words.h"

/* A list's owner gets its failures. A report (null reverse-path) stays one, even on a list: it must
 * never be answered by another (RFC 5321 §4.5.5). */
static const char *
smtp_keep_sender(const SmtpSession *session, const SmtpRecipient *recipient)
{
    gboolean report = *session->sender->full == '\0';

    return recipient->owner == NULL || report ? session->sender->full : recipient->owner;
}

static gboolean
smtp_keep_local(const SmtpSession *session, gint64 message, const char *folder, GError **error)
{
    gboolean fine = TRUE;

    for (guint i = 0; i < session->recipients->len && fine; i++) {
        const SmtpRecipient *one = g_ptr_array_index(session->recipients, i);

        if (one->account == NULL)
            continue;
        trace_set_branch(session->trace, one->branch);
        fine = smtp_deliver(session->host, session->trace, one->account, message,
                            smtp_keep_sender(session, one), folder, error) != 0;
    }
    trace_set_branch(session->trace, session->origin_branch);
    return fine;
}

/* All that travel, or are held back, with the reverse-path @sender. What the sender asked to be told
 * goes with the message, but not to a list: its failures are the owner's (RFC 3461 §5.2.7.1). */
static gboolean
smtp_keep_queue(const SmtpSession *session, gint64 message, const char *sender, gboolean held,
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

        if ((held || one->account == NULL) && strcmp(smtp_keep_sender(session, one), sender) == 0)
            g_ptr_array_add(travelling, one);
    }
    return smtp_queue_message(session->host, session->trace, &mail, travelling, error);
}

/* Mostly one queue row; one more for each list with an owner of its own. */
static gboolean
smtp_keep_remote(const SmtpSession *session, gint64 message, gboolean held, GError **error)
{
    g_autoptr(GPtrArray) senders = g_ptr_array_new();

    for (guint i = 0; i < session->recipients->len; i++) {
        const SmtpRecipient *one = g_ptr_array_index(session->recipients, i);
        const char *sender = smtp_keep_sender(session, one);

        if ((!held && one->account != NULL) ||
            g_ptr_array_find_with_equal_func(senders, sender, g_str_equal, NULL))
            continue;
        g_ptr_array_add(senders, (char *)sender);
        if (!smtp_keep_queue(session, message, sender, held, error))
            return FALSE;
    }
    return TRUE;
}

/* A copy is kept where the world file or a rule of the filter asks for it. */
static gboolean
smtp_keep_archive(const SmtpSession *session, const StoreIndex *index,
                  const SmtpJudgement *judgement, gint64 message, GError **error)
{
    const char *why =
        judgement->archive ? judgement->archive_why : N_("the host archives everything");
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

gboolean
smtp_keep_message(SmtpSession *session, const StoreIndex *index, const SmtpJudgement *judgement,
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
    if (message != 0 && (held || smtp_keep_local(session, message, folder, error)) &&
        smtp_keep_remote(session, message, held, error) &&
        smtp_keep_archive(session, index, judgement, message, error) &&
        (held || smtp_wish_report(session, message, error)) && store_release(store, error))
        return TRUE;
    store_rollback_to(store);
    return FALSE;
}
