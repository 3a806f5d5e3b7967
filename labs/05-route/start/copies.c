/* copies.c - how many copies of a message are there to be?     Your file: it stands in for
 * smtp/copies.c.
 *
 *   RCPT TO:<sales@north.example>     alias: alice, bob     two copies
 *   RCPT TO:<alice@north.example>     she has one already   no other
 *   RCPT TO:<ring@north.example>      alias: ring           it leads to itself: none
 *
 * All three functions are yours; what each has to do stands in smtp/recipient_inside.h and, for the
 * last one, in smtp/recipient.h.
 */
#include <string.h>

#include "smtp/recipient_inside.h"

/* Yours. Never, so far: whoever follows ring goes round until the house itself stops it. */
gboolean
smtp_copies_is_circle(G_GNUC_UNUSED const SmtpRecipientTask *task)
{
    return FALSE;
}

/* Yours. Only the first target gets the message, so far. */
void
smtp_copies_expand(SmtpRecipientSearch *search, const SmtpRecipientTask *task, char **targets,
                   const char *owner)
{
    g_autoptr(GError) error = NULL;
    SmtpAddress *address = smtp_split_address(targets[0], &error);
    SmtpRecipientTask *next;

    if (address == NULL) {
        trace_error(search->trace, STAGE_RECIPIENT, "a target of the alias %s is no address: %s",
                    task->address->full, error->message);
        return;
    }
    next = smtp_recipient_push(search, address, task->branch, task->depth);
    next->alias = g_strdup(task->address->full);
    next->owner = g_strdup(owner);
}

/* Yours. Nobody is ever the same as somebody else, so far. */
SmtpRecipient *
smtp_copies_same(G_GNUC_UNUSED const GPtrArray *recipients,
                 G_GNUC_UNUSED const SmtpRecipient *wanted)
{
    return NULL;
}
