/* smtp/copies.c - how many copies of a message are there to be?
 *
 *   RCPT TO:<sales@north.example>     alias: alice, bob     two copies
 *   RCPT TO:<alice@north.example>     she has one already   no other
 *   RCPT TO:<ring@north.example>      alias: ring           it leads to itself: none
 *
 * An alias makes more of them, a mailbox that is named twice makes fewer. A copy too many is a nuisance;
 * an alias that leads to itself would make copies for ever.
 *
 * Tests: tests/test_smtp_recipient.c, tests/test_smtp_session.c
 */
#include <string.h>

#include "smtp/recipient_inside.h"

gboolean
smtp_copies_is_circle(const SmtpRecipientTask *task)
{
    return task->depth >= SMTP_ALIAS_DEPTH;
}

/* A target that is no address is passed over: the administrator's mistake must not lose the message
 * for the others. */
void
smtp_copies_expand(SmtpRecipientSearch *search, const SmtpRecipientTask *task, char **targets,
                   const char *owner)
{
    guint number = 0;

    for (char **target = targets; *target != NULL; target++) {
        g_autoptr(GError) error = NULL;
        SmtpAddress *address = smtp_split_address(*target, &error);
        g_autofree char *branch = g_strdup_printf("%s.%u", task->branch, ++number);
        SmtpRecipientTask *next;

        if (address == NULL) {
            trace_error(search->trace, STAGE_RECIPIENT,
                        "a target of the alias %s is no address: %s", task->address->full,
                        error->message);
            continue;
        }
        next = smtp_recipient_push(search, address, branch, task->depth + 1);
        next->alias = g_strdup(task->alias != NULL ? task->alias : task->address->full);
        next->owner = g_strdup(owner != NULL ? owner : task->owner);
    }
}

SmtpRecipient *
smtp_copies_same(const GPtrArray *recipients, const SmtpRecipient *wanted)
{
    for (guint i = 0; i < recipients->len; i++) {
        SmtpRecipient *one = g_ptr_array_index(recipients, i);

        if (wanted->account != NULL && one->account != NULL &&
            wanted->account->id == one->account->id)
            return one;
        if (wanted->account == NULL && one->account == NULL &&
            strcmp(wanted->address->full, one->address->full) == 0)
            return one;
    }
    return NULL;
}
