/* smtp/recipient.c - does this user exist here?
 *
 *   sales@north.example (branch 1)
 *     alias > alice@north.example (1.1)  account: her mailbox
 *           > team@north.example  (1.2)  alias > bob@north.example (1.2.1)  account
 *           > carol@south.example (1.3)  remote: it will travel
 *
 * What is still to be looked up waits in a queue, so that no function calls itself; the depth is
 * bounded, so that an alias that leads to itself comes to an end.
 *
 * Start reading at smtp_recipient_resolve(). Tests: tests/test_smtp_recipient.c
 */
#include "smtp/recipient.h"

#include <string.h>

#include "smtp/route.h"

static const SmtpRefusal smtp_recipient_unknown = { "550 5.1.1", "no such user here" };
static const SmtpRefusal smtp_recipient_full = { "452 4.2.2", "the mailbox is full" };
static const SmtpRefusal smtp_recipient_circle = { "550 5.4.6", "this alias leads to itself" };

/* An address that is still to be looked up. */
typedef struct SmtpRecipientTask {
    SmtpAddress *address;
    char *branch;
    char *alias; /* the first alias passed, or NULL */
    char *owner; /* of the last list passed, or NULL */
    guint depth; /* aliases passed so far */
} SmtpRecipientTask;

/* One resolution under way. */
typedef struct SmtpRecipientSearch {
    const SmtpHost *host;
    Trace *trace;
    GQueue tasks;
    GPtrArray *found;
    gboolean circle; /* an alias went deeper than allowed */
    gboolean full;   /* an account has no room */
    GError *error;   /* the database could not say */
} SmtpRecipientSearch;

SmtpRecipient *
smtp_recipient_new(SmtpAddress *address, StoreAccount *account, const char *branch)
{
    SmtpRecipient *recipient = g_new0(SmtpRecipient, 1);

    recipient->address = address;
    recipient->account = account;
    recipient->branch = g_strdup(branch);
    return recipient;
}

void
smtp_recipient_free(SmtpRecipient *recipient)
{
    if (recipient == NULL)
        return;
    smtp_address_free(recipient->address);
    store_account_free(recipient->account);
    g_free(recipient->branch);
    g_free(recipient->alias);
    g_free(recipient->owner);
    g_free(recipient->orcpt);
    g_free(recipient);
}

static void
smtp_recipient_task_free(void *data)
{
    SmtpRecipientTask *task = data;

    smtp_address_free(task->address);
    g_free(task->branch);
    g_free(task->alias);
    g_free(task->owner);
    g_free(task);
}

/* Takes @address. The task belongs to the queue. */
static SmtpRecipientTask *
smtp_recipient_push(SmtpRecipientSearch *search, SmtpAddress *address, const char *branch,
                    guint depth)
{
    SmtpRecipientTask *task = g_new0(SmtpRecipientTask, 1);

    task->address = address;
    task->branch = g_strdup(branch);
    task->depth = depth;
    g_queue_push_tail(&search->tasks, task);
    return task;
}

/* One end of the search. Takes @account (NULL: the address is remote), and the task's address. */
static void
smtp_recipient_found(SmtpRecipientSearch *search, SmtpRecipientTask *task, StoreAccount *account)
{
    SmtpRecipient *recipient =
        smtp_recipient_new(g_steal_pointer(&task->address), account, task->branch);

    recipient->alias = g_steal_pointer(&task->alias);
    recipient->owner = g_steal_pointer(&task->owner);
    g_ptr_array_add(search->found, recipient);
}

/* ---- what an address may turn out to be ---- */

/* The domain to look in: <postmaster> and user@[our address] mean the first of ours. */
static const char *
smtp_recipient_domain(const SmtpSettings *settings, const SmtpAddress *address)
{
    if (*address->domain != '\0' && !address->literal)
        return address->domain;
    return settings->domains != NULL && settings->domains[0] != NULL ? settings->domains[0] : "";
}

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

static gboolean
smtp_recipient_account(SmtpRecipientSearch *search, SmtpRecipientTask *task, const char *domain)
{
    StoreAccount *account = store_account_find(search->host->store, search->trace, STAGE_RECIPIENT,
                                               task->address->local, domain, &search->error);

    if (account == NULL)
        return FALSE;
    smtp_recipient_add(search, task, account, "has an account here");
    return TRUE;
}

/* "owner-sales" makes the alias "sales" a list: its failures are the owner's business, not the
 * author's (RFC 5321 §3.9.2). The name is an old custom of mail hosts. NULL: there is none. */
static char *
smtp_recipient_owner(SmtpRecipientSearch *search, const SmtpRecipientTask *task, const char *domain)
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

/* Each target becomes a task of its own. A target that is no address is passed over: the
 * administrator's mistake must not lose the message for the others. */
static void
smtp_recipient_expand(SmtpRecipientSearch *search, const SmtpRecipientTask *task, char **targets,
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

static gboolean
smtp_recipient_alias(SmtpRecipientSearch *search, SmtpRecipientTask *task, const char *domain)
{
    g_auto(GStrv) targets = store_alias_find(search->host->store, search->trace, STAGE_RECIPIENT,
                                             task->address->local, domain, &search->error);
    g_autofree char *owner = NULL;

    if (targets == NULL || targets[0] == NULL)
        return FALSE;
    trace_put_list(search->trace, "targets", (const char *const *)targets);
    if (task->depth >= SMTP_ALIAS_DEPTH) {
        search->circle = TRUE;
        trace_put_text(search->trace, "outcome", "refused");
        trace_decision(search->trace, STAGE_RECIPIENT, "RFC 5321 §6.3",
                       "%s is the %uth alias in a row: it goes in a circle, so it is left out",
                       task->address->full, task->depth + 1);
        return TRUE;
    }
    owner = smtp_recipient_owner(search, task, domain);
    if (search->error != NULL)
        return TRUE;
    trace_put_text(search->trace, "outcome", "alias");
    trace_decision(
        search->trace, STAGE_RECIPIENT, owner != NULL ? "RFC 5321 §3.9.2" : "RFC 5321 §3.9.1",
        "%s is %s: the message goes to each of its %u targets%s%s", task->address->full,
        owner != NULL ? "a list" : "an alias", g_strv_length(targets),
        owner != NULL ? ", and what fails on the way goes to " : "", owner != NULL ? owner : "");
    smtp_recipient_expand(search, task, targets, owner);
    return TRUE;
}

/* alice+shop: a note that only alice understands; an account or alias of that very name was looked
 * for before. */
static gboolean
smtp_recipient_subaddress(SmtpRecipientSearch *search, SmtpRecipientTask *task, const char *domain)
{
    const char *separator = search->host->settings->subaddress;
    const char *at =
        separator != NULL && *separator != '\0' ? strstr(task->address->local, separator) : NULL;
    g_autofree char *user = NULL;
    StoreAccount *account;

    if (at == NULL || at == task->address->local)
        return FALSE;
    user = g_strndup(task->address->local, (gsize)(at - task->address->local));
    account = store_account_find(search->host->store, search->trace, STAGE_RECIPIENT, user, domain,
                                 &search->error);
    if (account == NULL)
        return FALSE;
    trace_put_text(search->trace, "note", at + strlen(separator));
    smtp_recipient_add(search, task, account,
                       "is a sub-address: what stands behind the sign is the "
                       "user's own note");
    return TRUE;
}

/* Mail for postmaster must be accepted (RFC 5321 §4.5.1); the first account reads it where the
 * administrator has not said who does. */
static gboolean
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

static gboolean
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

/* ---- the search ---- */

static void
smtp_recipient_look_up(SmtpRecipientSearch *search, SmtpRecipientTask *task)
{
    const SmtpSettings *settings = search->host->settings;
    g_auto(SmtpRoute) route = { 0 };

    trace_set_branch(search->trace, task->branch);
    if (task->depth > 0) {
        smtp_route_decide(settings, search->trace, task->address, &route);
        if (route.kind != SMTP_ROUTE_LOCAL) {
            smtp_recipient_found(search, task, NULL);
            return;
        }
    }
    const char *domain = smtp_recipient_domain(settings, task->address);
    if (smtp_recipient_account(search, task, domain) || search->error != NULL ||
        smtp_recipient_alias(search, task, domain) || search->error != NULL ||
        smtp_recipient_subaddress(search, task, domain) || search->error != NULL ||
        smtp_recipient_postmaster(search, task) || search->error != NULL ||
        smtp_recipient_catch_all(search, task, domain) || search->error != NULL)
        return;
    trace_put_text(search->trace, "outcome", "unknown");
    trace_decision(search->trace, STAGE_RECIPIENT, "RFC 5321 §3.3",
                   "nobody here is called %s: no account, no alias, no catch-all",
                   task->address->full);
}

const SmtpRefusal *
smtp_recipient_resolve(const SmtpHost *host, Trace *trace, const SmtpAddress *address,
                       const char *branch, GPtrArray *found)
{
    SmtpRecipientSearch search = { host, trace, G_QUEUE_INIT, found, FALSE, FALSE, NULL };
    guint before = found->len;
    g_autofree char *outer = g_strdup(trace_branch(trace));

    smtp_recipient_push(&search, smtp_address_copy(address), branch, 0);
    while (search.error == NULL && !g_queue_is_empty(&search.tasks)) {
        SmtpRecipientTask *task = g_queue_pop_head(&search.tasks);

        smtp_recipient_look_up(&search, task);
        smtp_recipient_task_free(task);
    }
    g_queue_clear_full(&search.tasks, smtp_recipient_task_free);
    trace_set_branch(trace, outer);
    if (search.error != NULL) {
        g_autoptr(GError) error = search.error;

        /* Half of an alias is no answer: the client will ask again for all of it. */
        g_ptr_array_set_size(found, before);
        return smtp_refusal_for_error(trace, STAGE_RECIPIENT, error);
    }
    if (found->len > before)
        return NULL;
    if (search.full)
        return &smtp_recipient_full;
    return search.circle ? &smtp_recipient_circle : &smtp_recipient_unknown;
}
