/* smtp/recipient_kinds.c - what an address of ours may turn out to be (an alias is smtp/alias.c's).
 *
 * Each function tries one kind; recipient.c asks them in turn.
 * Tests: tests/test_smtp_recipient.c
 */
#include <string.h>

#include "smtp/recipient_inside.h"

/* How large the message will be is not known yet: who has no room at all gets none. */
static gboolean
smtp_recipient_is_full(SmtpRecipientSearch *search, const StoreAccount *account)
{
    guint64 quota = search->host->settings->quota_octets, octets;

    if (quota == 0 || !store_account_usage(search->host->store, search->trace, STAGE_RECIPIENT,
                                           account, &octets, &search->error))
        return FALSE;
    if (octets < quota)
        return FALSE;
    search->full = TRUE;
    trace_put_number(search->trace, "octets", (gint64)octets);
    trace_put_number(search->trace, "quota", (gint64)quota);
    trace_put_text(search->trace, "outcome", "full");
    trace_decision(search->trace, STAGE_RECIPIENT, "RFC 3463 §3.3",
                   "%s has used all the room that a user gets: not now, perhaps later",
                   account->address);
    return TRUE;
}

/* Takes @account; the task's address becomes the recipient's. */
static void
smtp_recipient_add(SmtpRecipientSearch *search, SmtpRecipientTask *task, StoreAccount *account,
                   const char *why)
{
    if (smtp_recipient_is_full(search, account) || search->error != NULL) {
        store_account_free(account);
        return;
    }
    trace_put_text(search->trace, "account", account->address);
    trace_put_text(search->trace, "outcome", "ok");
    trace_decision(search->trace, STAGE_RECIPIENT, "RFC 5321 §3.3", "%s %s", task->address->full,
                   why);
    smtp_recipient_found(search, task, account);
}

gboolean
smtp_recipient_account(SmtpRecipientSearch *search, SmtpRecipientTask *task, const char *domain)
{
    StoreAccount *account = store_account_find(search->host->store, search->trace, STAGE_RECIPIENT,
                                               task->address->local, domain, &search->error);

    if (account == NULL)
        return FALSE;
    smtp_recipient_add(search, task, account, "has an account here");
    return TRUE;
}

char *
smtp_recipient_user(const SmtpHost *host, const SmtpAddress *address)
{
    const char *separator = host->settings->subaddress;
    const char *at =
        separator != NULL && *separator != '\0' ? strstr(address->local, separator) : NULL;

    if (at == NULL || at == address->local)
        return NULL;
    return g_strndup(address->local, (gsize)(at - address->local));
}

/* alice+shop: a note that only alice understands; an account or alias of that very name was looked
 * for before. */
gboolean
smtp_recipient_subaddress(SmtpRecipientSearch *search, SmtpRecipientTask *task, const char *domain)
{
    g_autofree char *user = smtp_recipient_user(search->host, task->address);
    StoreAccount *account;

    if (user == NULL)
        return FALSE;
    account = store_account_find(search->host->store, search->trace, STAGE_RECIPIENT, user, domain,
                                 &search->error);
    if (account == NULL)
        return FALSE;
    trace_put_text(search->trace, "note",
                   task->address->local + strlen(user) +
                       strlen(search->host->settings->subaddress));
    smtp_recipient_add(search, task, account,
                       "is a sub-address: what stands behind the sign is the "
                       "user's own note");
    return TRUE;
}

/* Mail for postmaster must be accepted (RFC 5321 §4.5.1); the first account reads it where the
 * administrator has not said who does. */
gboolean
smtp_recipient_postmaster(SmtpRecipientSearch *search, SmtpRecipientTask *task)
{
    g_autoptr(GPtrArray) accounts = NULL;

    if (g_ascii_strcasecmp(task->address->local, "postmaster") != 0)
        return FALSE;
    accounts = store_account_list(search->host->store, &search->error);
    if (accounts == NULL || accounts->len == 0)
        return FALSE;
    const StoreAccount *first = g_ptr_array_index(accounts, 0);
    StoreAccount *account = store_account_find(search->host->store, search->trace, STAGE_RECIPIENT,
                                               first->user, first->domain, &search->error);
    if (account == NULL)
        return FALSE;
    smtp_recipient_add(search, task, account, "always exists; the first account reads it");
    return TRUE;
}

gboolean
smtp_recipient_catch_all(SmtpRecipientSearch *search, SmtpRecipientTask *task, const char *domain)
{
    char **all = search->host->settings->catch_all;

    for (char **one = all; one != NULL && *one != NULL; one++) {
        g_autoptr(SmtpAddress) address = smtp_split_address(*one, NULL);
        StoreAccount *account;

        if (address == NULL || g_ascii_strcasecmp(address->domain, domain) != 0)
            continue;
        account = store_account_find(search->host->store, search->trace, STAGE_RECIPIENT,
                                     address->local, domain, &search->error);
        if (account == NULL)
            return FALSE;
        smtp_recipient_add(search, task, account,
                           "is nobody, and the domain's catch-all takes what is for nobody");
        return TRUE;
    }
    return FALSE;
}
