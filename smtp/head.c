/* smtp/head.c - the lines that we write on top of a message that we take.
 *
 *   Received: from ... by ... with ... id ...   always: one a hop, and at the very top
 *   Delivered-To: list@north.example            an alias sends it on elsewhere (circle.c)
 *   From:, Date:, Message-ID:, Sender:          submission only, and only what is missing
 *   X-Glasspost-Filter: ...                     of the filter
 *
 * What the client sent stays below them as it came: a signature over it must stay valid.
 *
 * Start reading at smtp_head_make(). Tests: tests/test_smtp_accept.c
 */
#include "smtp/head.h"

#include <string.h>

#include "smtp/circle.h"
#include "smtp/received.h"
#include "smtp/state.h"
#include "storage/envelope.h"

/* ---- Received ---- */

static const char *
smtp_head_with(const SmtpSession *session)
{
    gboolean user = session->caller.account != NULL;

    if (!session->esmtp)
        return "SMTP";
    if (session->caller.secured != NULL)
        return user ? "ESMTPSA" : "ESMTPS";
    return user ? "ESMTPA" : "ESMTP";
}

static void
smtp_head_received(const SmtpSession *session, GString *head)
{
    SmtpReceived received = {
        .helo = session->helo,
        .peer = session->caller.peer,
        .hostname = session->host->settings->hostname,
        .with = smtp_head_with(session),
        .id = session->token,
        .recipient = session->accepted == 1 ? session->rcpt : NULL,
        .when_s = store_now_s(session->host->store),
    };

    smtp_received_append(&received, head);
}

/* ---- Sender ---- */

/* Is @account among the authors? */
static gboolean
smtp_head_wrote(const StoreIndex *index, const StoreAccount *account)
{
    g_autofree char *from = store_index_header(index, "From");
    g_autoptr(GPtrArray) authors = store_addresses_parse(from != NULL ? from : "");

    for (guint i = 0; i < authors->len; i++) {
        const StoreAddress *author = g_ptr_array_index(authors, i);

        if (author->mailbox != NULL && author->host != NULL &&
            g_ascii_strcasecmp(author->mailbox, account->user) == 0 &&
            g_ascii_strcasecmp(author->host, account->domain) == 0)
            return TRUE;
    }
    return FALSE;
}

/* A user may write another name into From: a secretary does. Who really sent it then stands in
 * Sender. One that is there already is left alone, and so is a message that is sent on by hand
 * (Resent-From): its From is somebody else's by right. */
static void
smtp_head_sender(SmtpSession *session, const StoreIndex *index, GString *head)
{
    const StoreAccount *account = session->caller.account;
    g_autofree char *resent = store_index_header(index, "Resent-From");

    if (account == NULL || resent != NULL || store_index_header_count(index, "From") == 0 ||
        store_index_header_count(index, "Sender") > 0 || smtp_head_wrote(index, account))
        return;
    trace_put_text(session->trace, "account", account->address);
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_SENDER, "RFC 6409 §8.1",
                   "From does not name %s, who logged in: a Sender line does", account->address);
    g_string_append_printf(head, "Sender: %s\r\n", account->address);
}

/* ---- what a user's program may leave out, or should have ---- */

static void
smtp_head_tell_blind(SmtpSession *session)
{
    if (session->blind.dropped == 0)
        return;
    trace_put_number(session->trace, "removed", session->blind.dropped);
    trace_put_text(session->trace, "outcome", "removed");
    trace_decision(session->trace, STAGE_SENDER, "RFC 5322 §3.6.3",
                   "the Bcc line is left out: who is named there must not be known to the others, "
                   "and RCPT has named them to us");
}

/* A message must say who wrote it (RFC 5322 §3.6), and what we pass on must be one. */
static void
smtp_head_from(SmtpSession *session, const StoreIndex *index, GString *head)
{
    const StoreAccount *account = session->caller.account;

    if (account == NULL || store_index_header_count(index, "From") > 0)
        return;
    trace_put_text(session->trace, "account", account->address);
    trace_put_text(session->trace, "outcome", "ok");
    trace_decision(session->trace, STAGE_SENDER, "RFC 5322 §3.6",
                   "no From line: %s, who logged in, is named in one", account->address);
    g_string_append_printf(head, "From: %s\r\n", account->address);
}

/* The submission server adds them (RFC 6409 §8.2, §8.3). A relay must not (RFC 5321 §6.4). */
static void
smtp_head_complete(SmtpSession *session, const StoreIndex *index, GString *head)
{
    if (session->caller.port != SMTP_PORT_SUBMIT)
        return;
    smtp_head_tell_blind(session);
    smtp_head_from(session, index, head);
    smtp_head_sender(session, index, head);
    if (store_index_header_count(index, "Date") == 0) {
        g_autofree char *date = smtp_received_date(store_now_s(session->host->store));

        g_string_append_printf(head, "Date: %s\r\n", date);
    }
    if (store_index_header_count(index, "Message-ID") == 0)
        g_string_append_printf(head, "Message-ID: <%s@%s>\r\n", session->token,
                               session->host->settings->hostname);
}

char *
smtp_head_make(SmtpSession *session, const StoreIndex *index, const char *more)
{
    GString *head = g_string_new(NULL);

    smtp_head_received(session, head);
    smtp_circle_mark(session->recipients, session->accepted, head);
    smtp_head_complete(session, index, head);
    g_string_append(head, more);
    return g_string_free(head, FALSE);
}
