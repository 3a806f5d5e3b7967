/* smtp/bounce_to.c - whom a report goes to (RFC 5321 §6.1, RFC 3461 §5.2).
 *
 *   an account or alias of ours          straight into the mailbox; if that is full, it waits in
 *                                        the queue
 *   somebody else's domain               it joins the queue, with the sender <>
 *   our domain, but nobody of that name  the postmaster here gets it instead
 *   <>: what failed is a report itself   the postmaster here is told of that
 *
 * What goes to the postmaster bears NOTIFY=NEVER: if that cannot be delivered either, it ends there,
 * so reports about reports go no further than one step, on this host and on all others.
 *
 * Start reading at smtp_bounce_find_targets(). Tests: tests/test_smtp_bounce.c
 */
#include <gio/gio.h>

#include "smtp/bounce_state.h"
#include "smtp/recipient.h"
#include "smtp/route.h"

#define SMTP_BOUNCE_FULL "452 4.2.2"

char *
smtp_bounce_postmaster(const SmtpSettings *settings)
{
    gboolean named = settings->domains != NULL && settings->domains[0] != NULL;

    return named ? g_strconcat("postmaster@", settings->domains[0], NULL)
                 : g_strdup_printf("postmaster@[%s]", settings->address);
}

/* The mailbox has no room now. That must not undo what the report is about: the report waits in
 * the queue, like mail for anybody who cannot be reached (smtp/held.c brings it there). */
static void
smtp_bounce_wait_for_room(SmtpBounce *bounce, SmtpAddress *address)
{
    trace_put_text(bounce->trace, "outcome", "full");
    trace_decision(bounce->trace, STAGE_BOUNCE, "RFC 3463 §3.3",
                   "The mailbox of %s is full: the report waits in the queue for room in it",
                   address->full);
    g_ptr_array_add(bounce->targets, smtp_recipient_new(address, NULL, "1"));
}

/* The targets of an address of ours; none where it is nobody's. FALSE: the database cannot say. */
static gboolean
smtp_bounce_look_up(SmtpBounce *bounce, const SmtpAddress *address, GError **error)
{
    const SmtpRefusal *refusal =
        smtp_recipient_resolve(bounce->host, bounce->trace, address, "1", bounce->targets);

    if (refusal == NULL || refusal->code[0] == '5')
        return TRUE;
    if (g_str_equal(refusal->code, SMTP_BOUNCE_FULL)) {
        smtp_bounce_wait_for_room(bounce, smtp_address_copy(address));
        return TRUE;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "looking for %s: %s", address->full,
                refusal->text);
    return FALSE;
}

/* No report may come of this one, whatever becomes of it (RFC 3461 §5.2). */
static gboolean
smtp_bounce_find_postmaster(SmtpBounce *bounce, GError **error)
{
    g_autofree char *name = smtp_bounce_postmaster(bounce->host->settings);
    g_autoptr(SmtpAddress) address = smtp_split_address(name, error);

    if (address == NULL || !smtp_bounce_look_up(bounce, address, error))
        return FALSE;
    for (guint i = 0; i < bounce->targets->len; i++)
        ((SmtpRecipient *)g_ptr_array_index(bounce->targets, i))->notify = STORE_NOTIFY_NEVER;
    if (bounce->targets->len > 0)
        return TRUE;
    trace_put_text(bounce->trace, "outcome", "dropped");
    trace_decision(bounce->trace, STAGE_BOUNCE, "RFC 3461 §5.2",
                   "There is no account here, so no postmaster either: the report is dropped");
    return TRUE;
}

/* Who cannot be told is often somebody whom a wrong setting made up: that is the postmaster's to
 * see (RFC 5321 §4.5.5). */
static gboolean
smtp_bounce_is_nobody(SmtpBounce *bounce, GError **error)
{
    trace_put_text(bounce->trace, "outcome", "postmaster");
    trace_decision(bounce->trace, STAGE_BOUNCE, "RFC 5321 §4.5.5",
                   "%s is nobody here: there is no one to be told, so the report goes to the "
                   "postmaster here",
                   bounce->item->sender);
    return smtp_bounce_find_postmaster(bounce, error);
}

gboolean
smtp_bounce_find_targets(SmtpBounce *bounce, GError **error)
{
    g_autoptr(SmtpAddress) address = NULL;

    if (bounce->item->sender[0] == '\0')
        return smtp_bounce_find_postmaster(bounce, error);
    address = smtp_split_address(bounce->item->sender, NULL);
    if (address == NULL)
        return smtp_bounce_is_nobody(bounce, error);
    if (!smtp_route_is_ours(bounce->host->settings, address->domain)) {
        g_ptr_array_add(bounce->targets, smtp_recipient_new(g_steal_pointer(&address), NULL, "1"));
        return TRUE;
    }
    if (!smtp_bounce_look_up(bounce, address, error))
        return FALSE;
    return bounce->targets->len > 0 || smtp_bounce_is_nobody(bounce, error);
}
