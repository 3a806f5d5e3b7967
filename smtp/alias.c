/* smtp/alias.c - a name that stands for others (RFC 5321 §3.9).
 *
 *   sales: alice, bob            an alias: who wrote hears of failures
 *   the same, and owner-sales    a list: its owner hears of them
 *
 * Start reading at smtp_alias_try(). Tests: tests/test_smtp_recipient.c
 */
#include <string.h>

#include "smtp/recipient_inside.h"

/* "owner-sales" makes the alias "sales" a list: its failures are the owner's business, not the
 * author's (RFC 5321 §3.9.2). The name is an old custom of mail hosts. NULL: there is none. */
static char *
smtp_alias_owner(SmtpRecipientSearch *search, const SmtpRecipientTask *task, const char *domain)
{
    g_autofree char *name = g_strconcat("owner-", task->address->local, NULL);
    g_autofree char *full = g_strconcat(name, "@", domain, NULL);
    g_autoptr(SmtpAddress) address = smtp_split_address(full, NULL);
    g_auto(GStrv) targets = NULL;
    g_autoptr(StoreAccount) account = NULL;

    /* An owner is no list; and what would have to be quoted was never meant as one. */
    if (g_str_has_prefix(task->address->local, "owner-") || address == NULL)
        return NULL;
    targets = store_alias_find(search->host->store, search->trace, STAGE_RECIPIENT, name, domain,
                               &search->error);
    if (targets == NULL && search->error == NULL)
        account = store_account_find(search->host->store, search->trace, STAGE_RECIPIENT, name,
                                     domain, &search->error);
    if (targets == NULL && account == NULL)
        return NULL;
    return g_steal_pointer(&full);
}

gboolean
smtp_alias_try(SmtpRecipientSearch *search, SmtpRecipientTask *task, const char *domain)
{
    g_auto(GStrv) targets = store_alias_find(search->host->store, search->trace, STAGE_RECIPIENT,
                                             task->address->local, domain, &search->error);
    g_autofree char *owner = NULL;

    if (targets == NULL || targets[0] == NULL)
        return FALSE;
    trace_put_list(search->trace, "targets", (const char *const *)targets);
    if (smtp_copies_is_circle(task)) {
        search->circle = TRUE;
        trace_put_text(search->trace, "outcome", "refused");
        trace_decision(search->trace, STAGE_RECIPIENT, "RFC 5321 §6.3",
                       "%s is the %uth alias in a row: it goes in a circle, so it is left out",
                       task->address->full, task->depth + 1);
        return TRUE;
    }
    owner = smtp_alias_owner(search, task, domain);
    if (search->error != NULL)
        return TRUE;
    trace_put_text(search->trace, "outcome", "alias");
    trace_decision(
        search->trace, STAGE_RECIPIENT, owner != NULL ? "RFC 5321 §3.9.2" : "RFC 5321 §3.9.1",
        "%s is %s: the message goes to each of its %u targets%s%s", task->address->full,
        owner != NULL ? "a list" : "an alias", g_strv_length(targets),
        owner != NULL ? ", and what fails on the way goes to " : "", owner != NULL ? owner : "");
    smtp_copies_expand(search, task, targets, owner);
    return TRUE;
}
