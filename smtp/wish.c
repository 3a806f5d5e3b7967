/* smtp/wish.c - what the sender wants to be told about a message that comes in (RFC 3461).
 *
 *   MAIL ... RET=HDRS ENVID=QQ314159      the message: what comes back, and under which name
 *   RCPT ... NOTIFY=SUCCESS,FAILURE       a recipient: what is to be reported
 *
 *   a mailbox of ours             SUCCESS: "delivered", as soon as it lies there
 *   an alias for one              the wish goes on with the message (RFC 3461 §5.2.7.2)
 *   an alias for several          SUCCESS: "expanded", now; the rest of the wish goes on with each
 *   a list                        SUCCESS: "delivered", now; nothing goes on: it is the owner's mail
 *   somebody else's domain        it is kept in the queue, for the next host or for our own report
 *
 * Start reading at smtp_wish_of_recipients(). Tests: tests/test_smtp_wish.c,
 * tests/dialogs/smtp-dsn.txt
 */
#include <string.h>

#include "smtp/bounce.h"
#include "smtp/state.h"
#include "trace/words.h"

void
smtp_wish_of_message(SmtpSession *session)
{
    if (session->envid == NULL && session->ret == 0)
        return;
    if (session->envid != NULL)
        trace_put_text(session->trace, "envid", session->envid);
    trace_decision(session->trace, STAGE_SENDER, "RFC 3461 §4.3",
                   "the sender calls this message %s; in a report of a failure %s comes back",
                   session->envid != NULL ? session->envid : "nothing",
                   session->ret == 'F' ? "all of it" : "its header");
}

/* ---- a recipient ---- */

/* "success and failure" */
static char *
smtp_wish_words(guint notify)
{
    static const char *const words[] = { "failure", "delay", "success" };
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (notify & (1u << i))
            g_string_append_printf(text, "%s%s", text->len > 0 ? " and " : "", words[i]);
    if (text->len == 0)
        g_string_append(text, N_("nothing at all"));
    return g_string_free(text, FALSE);
}

static void
smtp_wish_tell(const SmtpSession *session, const SmtpAddress *address)
{
    g_autofree char *words = smtp_wish_words(session->wish.notify);

    if (session->wish.notify == 0)
        return;
    trace_put_number(session->trace, "notify", session->wish.notify);
    trace_decision(session->trace, session->stage, "RFC 3461 §4.1",
                   "the sender wants to be told of %s, as far as %s goes", words, address->full);
}

static void
smtp_wish_give(const SmtpSession *session, SmtpRecipient *recipient, guint notify)
{
    recipient->notify = notify;
    g_free(recipient->orcpt);
    recipient->orcpt = g_strdup(session->wish.orcpt);
}

/* Of the three ways that RFC 3461 §5.2.7.3 offers for an alias with several targets this is the
 * last: one "expanded" for the alias, and no SUCCESS goes on. Whoever wanted nothing but that
 * hears of nothing more. */
static guint
smtp_wish_behind_alias(guint notify)
{
    guint rest = notify & ~(guint)STORE_NOTIFY_SUCCESS;

    return notify != 0 && rest == 0 ? STORE_NOTIFY_NEVER : rest;
}

/* The address that the client named stands for others, and success was asked for: that is told as
 * soon as the message is stored. @owner: of a list, which is where the message's way ends as far
 * as its sender goes (RFC 3461 §5.2.7.1); NULL: an alias. */
static void
smtp_wish_expand(SmtpSession *session, const SmtpAddress *address, const char *owner)
{
    SmtpRecipient *alias;

    if (!smtp_bounce_is_wanted(session->wish.notify, SMTP_BOUNCE_EXPANDED))
        return;
    alias = smtp_recipient_new(smtp_address_copy(address), NULL, session->branch);
    alias->owner = g_strdup(owner);
    smtp_wish_give(session, alias, session->wish.notify);
    g_ptr_array_add(session->expanded, alias);
    trace_decision(session->trace, STAGE_RECIPIENT,
                   owner != NULL ? "RFC 3461 §5.2.7.1" : "RFC 3461 §5.2.7.3",
                   "%s stands for others: the sender will be told that the message goes on to "
                   "them, not that it has reached them",
                   address->full);
}

void
smtp_wish_of_recipients(SmtpSession *session, const SmtpAddress *address, const GPtrArray *found)
{
    const SmtpRecipient *first = g_ptr_array_index(found, 0);
    guint notify = session->wish.notify;

    smtp_wish_tell(session, address);
    if (found->len > 1 || first->owner != NULL)
        smtp_wish_expand(session, address, first->owner);
    if (found->len > 1)
        notify = smtp_wish_behind_alias(notify);
    for (guint i = 0; i < found->len; i++) {
        SmtpRecipient *one = g_ptr_array_index(found, i);

        if (one->owner == NULL)
            smtp_wish_give(session, one, notify);
    }
}

/* Each of the two wishes is kept: for one mailbox there will be one report. */
void
smtp_wish_join(SmtpRecipient *kept, const SmtpRecipient *other)
{
    const guint unsaid = STORE_NOTIFY_FAILURE | STORE_NOTIFY_DELAY;
    guint both =
        (kept->notify != 0 ? kept->notify : unsaid) | (other->notify != 0 ? other->notify : unsaid);

    if (kept->notify == other->notify)
        return;
    kept->notify = both == STORE_NOTIFY_NEVER ? both : both & ~(guint)STORE_NOTIFY_NEVER;
    if (kept->orcpt == NULL)
        kept->orcpt = g_strdup(other->orcpt);
}

/* ---- reports at once ---- */

static void
smtp_wish_add(const SmtpSession *session, SmtpBounce *bounce, const SmtpRecipient *recipient,
              gint64 message, SmtpBounceAction action)
{
    const StoreQueueItem item = { .message = message,
                                  .sender = session->sender->full,
                                  .recipient = recipient->address->full,
                                  .journey = (char *)trace_journey(session->trace),
                                  .arrived_s = store_now_s(session->host->store),
                                  .envid = session->envid,
                                  .ret = session->ret,
                                  .notify = recipient->notify,
                                  .orcpt = recipient->orcpt };

    /* "Destination address valid", for "positive delivery reports" (RFC 3463 §3.2). */
    smtp_bounce_add(bounce, session->trace, &item, action, "2.1.5", NULL, NULL);
}

gboolean
smtp_wish_report(SmtpSession *session, gint64 message, GError **error)
{
    g_autoptr(SmtpBounce) bounce = smtp_bounce_new(session->host);

    for (guint i = 0; i < session->recipients->len; i++) {
        const SmtpRecipient *one = g_ptr_array_index(session->recipients, i);

        if (one->account != NULL)
            smtp_wish_add(session, bounce, one, message, SMTP_BOUNCE_DELIVERED);
    }
    for (guint i = 0; i < session->expanded->len; i++) {
        const SmtpRecipient *one = g_ptr_array_index(session->expanded, i);

        smtp_wish_add(session, bounce, one, message,
                      one->owner != NULL ? SMTP_BOUNCE_DELIVERED : SMTP_BOUNCE_EXPANDED);
    }
    return smtp_bounce_send(bounce, session->trace, error);
}
