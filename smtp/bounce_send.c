/* smtp/bounce_send.c - the report is made, stored and handed on (RFC 3464).
 *
 *   told > whom for (smtp/bounce_to.c) > the message it is about is read > text > stored
 *        > into mailboxes of ours, or into the queue
 *
 * A report is a message of its own, with a journey of its own that names the one it is about.
 *
 * Start reading at smtp_bounce_send(). Tests: tests/test_smtp_bounce.c
 */
#include <string.h>

#include "smtp/bounce_state.h"
#include "smtp/deliver.h"
#include "smtp/queue.h"
#include "smtp/recipient.h"
#include "smtp/xtext.h"

#define SMTP_BOUNCE_HEADER_MAX (16 * 1024) /* octets of the message's header that go back */
#define SMTP_BOUNCE_WHOLE_MAX  (50 * 1024) /* a larger message comes back as its header only */
#define SMTP_BOUNCE_TOKEN      20

static gboolean
smtp_bounce_travels(const SmtpBounce *bounce)
{
    for (guint i = 0; i < bounce->targets->len; i++)
        if (((const SmtpRecipient *)g_ptr_array_index(bounce->targets, i))->account == NULL)
            return TRUE;
    return FALSE;
}

/* ---- what comes back ---- */

/* All of the message comes back where RET=FULL asks so for a failure and it is not too large; else
 * its header, which RFC 3461 §4.3 leaves to us where RET was not said: it is what people look at,
 * and never large. To the postmaster all of it: what a lost report said is worth more than its
 * header. */
static gboolean
smtp_bounce_wants_whole(const SmtpBounce *bounce, const SmtpBounceText *text)
{
    return (bounce->item->ret == 'F' || text->about_report) &&
           text->ones[0].action == SMTP_BOUNCE_FAILED &&
           bounce->item->octets <= SMTP_BOUNCE_WHOLE_MAX;
}

/* What has 8-bit octets comes back whole only to a mailbox of ours: a report must get through to
 * hosts that take none. */
static void
smtp_bounce_check_eightbit(const SmtpBounce *bounce, SmtpBounceText *text)
{
    if (!text->whole || !smtp_bounce_travels(bounce) || !smtp_bounce_is_eightbit(text->message))
        return;
    text->whole = FALSE;
    trace_decision(bounce->trace, STAGE_BOUNCE, "RFC 6152 §3",
                   "the message has 8-bit octets, and not every host would take a report with "
                   "them: only its header comes back");
}

/* The message that it is about, into @message. */
static gboolean
smtp_bounce_read(const SmtpBounce *bounce, SmtpBounceText *text, GString *message, GError **error)
{
    gsize most = text->whole ? SMTP_BOUNCE_WHOLE_MAX : SMTP_BOUNCE_HEADER_MAX;
    const char *end;

    text->message = message;
    if (!store_message_read(bounce->host->store, bounce->item->message, 0, most, message, error))
        return FALSE;
    smtp_bounce_check_eightbit(bounce, text);
    if (text->whole)
        return TRUE;
    end = strstr(message->str, "\r\n\r\n");
    if (end != NULL)
        g_string_truncate(message, (gsize)(end + 2 - message->str));
    g_string_truncate(message, MIN(message->len, SMTP_BOUNCE_HEADER_MAX));
    return TRUE;
}

static gboolean
smtp_bounce_read_attempts(const SmtpBounce *bounce, GError **error)
{
    for (guint i = 0; i < bounce->ones->len; i++) {
        SmtpBounceOne *one = &g_array_index(bounce->ones, SmtpBounceOne, i);

        one->attempts =
            store_queue_attempts(bounce->host->store, g_array_index(bounce->ids, gint64, i), error);
        if (one->attempts == NULL)
            return FALSE;
    }
    return TRUE;
}

/* Puts the report together and stores it. Returns its id, 0 with @error. */
static gint64
smtp_bounce_store(SmtpBounce *bounce, SmtpBounceText *text, GError **error)
{
    Store *store = bounce->host->store;
    g_autoptr(GString) original = g_string_new(NULL);
    g_autofree char *token = net_chance_token(bounce->host->chance, SMTP_BOUNCE_TOKEN);
    g_autofree char *envelope =
        bounce->item->envid != NULL ? smtp_xtext_decode(bounce->item->envid) : NULL;
    g_autoptr(StoreDraft) draft = store_draft_new(store);

    if (!smtp_bounce_read(bounce, text, original, error) ||
        !smtp_bounce_read_attempts(bounce, error))
        return 0;
    text->token = token;
    text->envelope = envelope;
    g_autoptr(GString) message = smtp_bounce_text(text);
    if (!store_draft_append(draft, message->str, message->len, error))
        return 0;
    store_draft_finish(draft);
    return store_message_add(store, bounce->trace, draft, "", "", token, error);
}

/* Hands the stored report to those it is for. */
static gboolean
smtp_bounce_deliver(SmtpBounce *bounce, gint64 message, GError **error)
{
    /* The null sender, and no ENVID and RET (RFC 3461 §6.1): no report comes of a report. */
    const SmtpQueueMail mail = { .message = message, .sender = "" };
    g_autoptr(GPtrArray) remote = g_ptr_array_new();

    for (guint i = 0; i < bounce->targets->len; i++) {
        SmtpRecipient *target = g_ptr_array_index(bounce->targets, i);

        if (target->account == NULL)
            g_ptr_array_add(remote, target);
        else if (smtp_deliver(bounce->host, bounce->trace, target->account, message, "", "INBOX",
                              error) == 0)
            return FALSE;
    }
    return remote->len == 0 ||
           smtp_queue_message(bounce->host, bounce->trace, &mail, remote, error);
}

/* ---- telling ---- */

/* "carol@south.example could not be reached (5.1.1)", and so on for the others. */
static char *
smtp_bounce_news(const SmtpBounceText *text)
{
    static const char *const words[] = {
        [SMTP_BOUNCE_FAILED] = "could not be reached",
        [SMTP_BOUNCE_DELAYED] = "has not been reached yet",
        [SMTP_BOUNCE_RELAYED] = "is up to the next host now",
        [SMTP_BOUNCE_EXPANDED] = "stands for several",
        [SMTP_BOUNCE_DELIVERED] = "has it in the mailbox",
    };
    GString *news = g_string_new(NULL);

    for (guint i = 0; i < MIN(text->count, 3); i++)
        g_string_append_printf(news, "%s%s %s (%s)", i > 0 ? ", that " : "",
                               text->ones[i].recipient, words[text->ones[i].action],
                               text->ones[i].status);
    if (text->count > 3)
        g_string_append_printf(news, ", and %u more", text->count - 3);
    return g_string_free(news, FALSE);
}

static void
smtp_bounce_tell(const SmtpBounce *bounce, const SmtpBounceText *text)
{
    const char *const parts[] = { "text/plain", "message/delivery-status",
                                  text->whole ? "message/rfc822" : "text/rfc822-headers", NULL };
    static const char *const labels[] = { "bounce", "delay notice" };
    const SmtpBounceOne *first = &text->ones[0];
    g_autofree char *news = smtp_bounce_news(text);

    if (text->journey != NULL)
        trace_put_text(bounce->trace, "reports_on", text->journey);
    trace_put_list(bounce->trace, "parts", parts);
    trace_put_text(bounce->trace, "action", smtp_bounce_action_name(first->action));
    trace_put_text(bounce->trace, "status", first->status);
    trace_put_text(bounce->trace, "recipient", first->recipient);
    if (text->count > 1)
        trace_put_number(bounce->trace, "recipients", text->count);
    trace_put_text(bounce->trace, "outcome", "report");
    trace_put_arrow(bounce->trace, "host", "client",
                    first->action < G_N_ELEMENTS(labels) ? labels[first->action] : "report");
    trace_decision(bounce->trace, STAGE_BOUNCE, "RFC 3464 §2",
                   "%s is told that %s, in a report about journey %s with the sender <>",
                   text->sender, news, text->journey != NULL ? text->journey : "-");
}

gboolean
smtp_bounce_send(SmtpBounce *bounce, Trace *trace, GError **error)
{
    const SmtpHost *host = bounce->host;
    const StoreQueueItem *item = bounce->item;
    g_autofree char *postmaster = smtp_bounce_postmaster(host->settings);
    gint64 message;

    if (bounce->ones->len == 0)
        return TRUE;
    gboolean about_report = item->sender[0] == '\0';
    SmtpBounceText text = { .hostname = host->settings->hostname,
                            .sender = about_report ? postmaster : item->sender,
                            .about_report = about_report,
                            .journey = item->journey,
                            .now_s = net_clock_now_s(net_clock(host->net)),
                            .arrived_s = item->arrived_s,
                            .ones = (const SmtpBounceOne *)(void *)bounce->ones->data,
                            .count = bounce->ones->len };
    text.retry_until_s = item->arrived_s + host->settings->give_up_after_s;
    text.whole = smtp_bounce_wants_whole(bounce, &text);
    bounce->trace = trace_fork(trace);
    trace_follow(bounce->trace, bounce->event);
    trace_begin_journey(bounce->trace);
    smtp_bounce_tell(bounce, &text);
    if (!smtp_bounce_find_targets(bounce, error))
        return FALSE;
    if (bounce->targets->len == 0)
        return TRUE;
    message = smtp_bounce_store(bounce, &text, error);
    return message != 0 && smtp_bounce_deliver(bounce, message, error);
}
