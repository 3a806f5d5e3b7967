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
#include "smtp/recipient_inside.h"
#include "smtp/route.h"

static const SmtpRefusal smtp_recipient_unknown = { "550 5.1.1", "no such user here" };
static const SmtpRefusal smtp_recipient_full = { "452 4.2.2", "the mailbox is full" };
static const SmtpRefusal smtp_recipient_circle = { "550 5.4.6", "this alias leads to itself" };
static const SmtpRefusal smtp_recipient_many = {
    "451 4.3.5", "this alias leads to more addresses than we take"
};

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

SmtpRecipientTask *
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

void
smtp_recipient_found(SmtpRecipientSearch *search, SmtpRecipientTask *task, StoreAccount *account)
{
    SmtpRecipient *recipient =
        smtp_recipient_new(g_steal_pointer(&task->address), account, task->branch);

    recipient->alias = g_steal_pointer(&task->alias);
    recipient->owner = g_steal_pointer(&task->owner);
    g_ptr_array_add(search->found, recipient);
}

/* ---- the search ---- */

/* The domain to look in: <postmaster> and user@[our address] mean the first of ours. */
static const char *
smtp_recipient_domain(const SmtpSettings *settings, const SmtpAddress *address)
{
    if (*address->domain != '\0' && !address->literal)
        return address->domain;
    return settings->domains != NULL && settings->domains[0] != NULL ? settings->domains[0] : "";
}

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
        smtp_alias_try(search, task, domain) || search->error != NULL ||
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
    guint before = found->len, looked_at = 0;
    gboolean many;
    g_autofree char *outer = g_strdup(trace_branch(trace));

    smtp_recipient_push(&search, smtp_address_copy(address), branch, 0);
    while (search.error == NULL && !g_queue_is_empty(&search.tasks) &&
           looked_at++ <= SMTP_ALIAS_ADDRESSES_MAX) {
        SmtpRecipientTask *task = g_queue_pop_head(&search.tasks);

        smtp_recipient_look_up(&search, task);
        smtp_recipient_task_free(task);
    }
    many = !g_queue_is_empty(&search.tasks);
    g_queue_clear_full(&search.tasks, smtp_recipient_task_free);
    trace_set_branch(trace, outer);
    if (search.error != NULL) {
        g_autoptr(GError) error = search.error;

        /* Half of an alias is no answer: the client will ask again for all of it. */
        g_ptr_array_set_size(found, before);
        return smtp_refusal_for_error(trace, STAGE_RECIPIENT, error);
    }
    if (many) {
        g_ptr_array_set_size(found, before);
        trace_put_text(trace, "outcome", "refused");
        trace_decision(trace, STAGE_RECIPIENT, "RFC 3463 §3.4",
                       "%s leads to more than %u addresses: its administrator has to look at that",
                       address->full, SMTP_ALIAS_ADDRESSES_MAX);
        return &smtp_recipient_many;
    }
    if (found->len > before)
        return NULL;
    if (search.full)
        return &smtp_recipient_full;
    return search.circle ? &smtp_recipient_circle : &smtp_recipient_unknown;
}
