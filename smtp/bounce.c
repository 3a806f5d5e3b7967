/* smtp/bounce.c - we gave up: who is told, and with which reasons? (RFC 5321 §6.1, RFC 3464)
 *
 *   sender <>                           nobody: a report is never answered by another report
 *   an account or alias of ours         the report goes straight into the mailbox
 *   our domain, but nobody of that name it is dropped, and the trace says so
 *   somebody else's domain              it joins the queue, with the sender <>
 *
 * A report is a message of its own, with a journey of its own that names the one it is about.
 *
 * Start reading at smtp_bounce(). Tests: tests/test_smtp_bounce.c
 */
#include "smtp/bounce.h"

#include <gio/gio.h>
#include <string.h>

#include "smtp/bounce_text.h"
#include "smtp/deliver.h"
#include "smtp/queue.h"
#include "smtp/recipient.h"
#include "smtp/route.h"

#define SMTP_BOUNCE_HEADER_MAX (16 * 1024) /* octets of the message's header that go back */
#define SMTP_BOUNCE_TOKEN      20

/* One report on its way: what it says, and where it goes. */
typedef struct SmtpBounceJob {
    const SmtpHost *host;
    Trace *trace; /* of the report's own journey */
    const StoreQueueItem *item;
    SmtpBounceText text;
    GPtrArray *targets; /* SmtpRecipient */
} SmtpBounceJob;

/* Where does mail for the sender go? Nowhere is an answer, too: then targets stays empty. */
static gboolean
smtp_bounce_find_targets(SmtpBounceJob *job, GError **error)
{
    g_autoptr(SmtpAddress) address = smtp_split_address(job->item->sender, NULL);
    const SmtpRefusal *refusal = NULL;

    if (address == NULL) {
        trace_decision(job->trace, STAGE_BOUNCE, "RFC 5321 §4.1.2",
                       "The sender is no address: nobody can be told");
        return TRUE;
    }
    if (!smtp_route_is_ours(job->host->settings, address->domain)) {
        g_ptr_array_add(job->targets, smtp_recipient_new(g_steal_pointer(&address), NULL, "1"));
        return TRUE;
    }
    refusal = smtp_recipient_resolve(job->host, job->trace, address, "1", job->targets);
    if (refusal == NULL)
        return TRUE;
    if (refusal->code[0] == '4') {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "looking for %s: %s", job->item->sender,
                    refusal->text);
        return FALSE;
    }
    trace_put_text(job->trace, "outcome", "dropped");
    trace_decision(job->trace, STAGE_BOUNCE, "RFC 5321 §6.1",
                   "%s is nobody here: there is no one to be told, the report is dropped",
                   job->item->sender);
    return TRUE;
}

/* The header of the message that failed, without the empty line that ends it. */
static char *
smtp_bounce_read_header(const SmtpBounceJob *job, GError **error)
{
    GString *start = g_string_new(NULL);
    const char *end;

    if (!store_message_read(job->host->store, job->item->message, 0, SMTP_BOUNCE_HEADER_MAX, start,
                            error)) {
        g_string_free(start, TRUE);
        return NULL;
    }
    end = strstr(start->str, "\r\n\r\n");
    if (end != NULL)
        g_string_truncate(start, (gsize)(end + 2 - start->str));
    return g_string_free(start, FALSE);
}

/* Puts the report together and stores it. Returns its id, 0 with @error. */
static gint64
smtp_bounce_store(SmtpBounceJob *job, GError **error)
{
    Store *store = job->host->store;
    g_autofree char *header = smtp_bounce_read_header(job, error);
    g_autofree char *token = net_chance_token(job->host->chance, SMTP_BOUNCE_TOKEN);
    g_autoptr(GPtrArray) attempts =
        header != NULL ? store_queue_attempts(store, job->item->id, error) : NULL;
    g_autoptr(StoreDraft) draft = store_draft_new(store);

    if (attempts == NULL)
        return 0;
    job->text.header = header;
    job->text.token = token;
    job->text.attempts = attempts;
    g_autoptr(GString) message = smtp_bounce_text(&job->text);
    if (!store_draft_append(draft, message->str, message->len, error))
        return 0;
    store_draft_finish(draft);
    return store_message_add(store, job->trace, draft, "", "", token, error);
}

/* Hands the stored report to those it is for. */
static gboolean
smtp_bounce_send(SmtpBounceJob *job, gint64 message, GError **error)
{
    g_autoptr(GPtrArray) remote = g_ptr_array_new();
    g_autoptr(GPtrArray) branches = g_ptr_array_new();

    for (guint i = 0; i < job->targets->len; i++) {
        const SmtpRecipient *target = g_ptr_array_index(job->targets, i);

        if (target->account == NULL) {
            g_ptr_array_add(remote, target->address);
            g_ptr_array_add(branches, target->branch);
        } else if (smtp_deliver(job->host, job->trace, target->account, message, "", "INBOX",
                                error) == 0) {
            return FALSE;
        }
    }
    return remote->len == 0 ||
           smtp_queue_message(job->host, job->trace, message, "", FALSE, remote, branches, error);
}

static void
smtp_bounce_tell(const SmtpBounceJob *job)
{
    static const char *const parts[] = { "text/plain", "message/delivery-status",
                                         "text/rfc822-headers", NULL };
    gboolean failed = job->text.action == SMTP_BOUNCE_FAILED;

    if (job->item->journey != NULL)
        trace_put_text(job->trace, "reports_on", job->item->journey);
    trace_put_list(job->trace, "parts", parts);
    trace_put_text(job->trace, "action", failed ? "failed" : "delayed");
    trace_put_text(job->trace, "status", job->text.status);
    trace_put_text(job->trace, "recipient", job->item->recipient);
    trace_put_text(job->trace, "outcome", "report");
    trace_put_arrow(job->trace, "host", "client", failed ? "bounce" : "delay notice");
    trace_decision(job->trace, STAGE_BOUNCE, "RFC 3464 §2",
                   "%s is told that %s %s (%s), in a report about journey %s with the sender <>",
                   job->item->sender, job->item->recipient,
                   failed ? "could not be reached" : "has not been reached yet", job->text.status,
                   job->item->journey != NULL ? job->item->journey : "-");
}

gboolean
smtp_bounce(const SmtpHost *host, Trace *trace, const StoreQueueItem *item, SmtpBounceAction action,
            const char *status, const char *diagnostic, const char *remote, GError **error)
{
    g_autoptr(GPtrArray) targets =
        g_ptr_array_new_with_free_func((GDestroyNotify)smtp_recipient_free);
    g_autoptr(Trace) fork = NULL;
    gint64 message;

    if (item->sender[0] == '\0') {
        trace_put_text(trace, "outcome", "none");
        trace_decision(trace, STAGE_BOUNCE, "RFC 5321 §6.1",
                       "The sender is <>: a report is not answered by a report, it ends here");
        return TRUE;
    }
    fork = trace_fork(trace);
    trace_begin_journey(fork);
    SmtpBounceJob job = { host, fork, item, { 0 }, targets };
    job.text = (SmtpBounceText){ .hostname = host->settings->hostname,
                                 .sender = item->sender,
                                 .recipient = item->recipient,
                                 .action = action,
                                 .status = status,
                                 .diagnostic = diagnostic,
                                 .remote = remote,
                                 .journey = item->journey,
                                 .now_s = net_clock_now_s(net_clock(host->net)),
                                 .arrived_s = item->arrived_s };
    job.text.retry_until_s = item->arrived_s + host->settings->give_up_after_s;
    smtp_bounce_tell(&job);
    if (!smtp_bounce_find_targets(&job, error))
        return FALSE;
    if (targets->len == 0)
        return TRUE;
    message = smtp_bounce_store(&job, error);
    return message != 0 && smtp_bounce_send(&job, message, error);
}
