/* smtp/bounce.c - what is to be told of a message is noted, recipient by recipient (RFC 5321 §6.1).
 *
 *   is it due (smtp/bounce_wanted.c)? > noted > one report of all (smtp/bounce_send.c)
 *
 * Start reading at smtp_bounce_add(). Tests: tests/test_smtp_bounce.c
 */
#include "smtp/bounce_state.h"

#include <string.h>

#include "smtp/recipient.h"
#include "smtp/xtext.h"

static void
smtp_bounce_one_clear(void *data)
{
    SmtpBounceOne *one = data;

    g_free((char *)one->recipient);
    g_free((char *)one->original);
    g_free((char *)one->status);
    g_free((char *)one->diagnostic);
    g_free((char *)one->remote);
    if (one->attempts != NULL)
        g_ptr_array_unref((GPtrArray *)one->attempts);
}

SmtpBounce *
smtp_bounce_new(const SmtpHost *host)
{
    SmtpBounce *bounce = g_new0(SmtpBounce, 1);

    bounce->host = host;
    bounce->ones = g_array_new(FALSE, TRUE, sizeof(SmtpBounceOne));
    g_array_set_clear_func(bounce->ones, smtp_bounce_one_clear);
    bounce->ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    bounce->targets = g_ptr_array_new_with_free_func((GDestroyNotify)smtp_recipient_free);
    return bounce;
}

void
smtp_bounce_free(SmtpBounce *bounce)
{
    if (bounce == NULL)
        return;
    g_array_unref(bounce->ones);
    g_array_unref(bounce->ids);
    g_ptr_array_unref(bounce->targets);
    store_queue_item_free(bounce->item);
    trace_free(bounce->trace);
    g_free(bounce);
}

/* ---- what is to be told ---- */

/* "rfc822;carol+2Bnews@south.example": the type as it is, the address decoded (RFC 3461 §6.3). */
static char *
smtp_bounce_original(const char *orcpt)
{
    const char *semicolon = orcpt != NULL ? strchr(orcpt, ';') : NULL;
    g_autofree char *address = semicolon != NULL ? smtp_xtext_decode(semicolon + 1) : NULL;

    return address != NULL ? g_strdup_printf("%.*s;%s", (int)(semicolon - orcpt), orcpt, address)
                           : NULL;
}

static StoreQueueItem *
smtp_bounce_copy(const StoreQueueItem *item)
{
    StoreQueueItem *copy = g_new0(StoreQueueItem, 1);

    copy->message = item->message;
    copy->sender = g_strdup(item->sender);
    copy->journey = g_strdup(item->journey);
    copy->arrived_s = item->arrived_s;
    copy->envid = g_strdup(item->envid);
    copy->ret = item->ret;
    copy->octets = item->octets;
    return copy;
}

void
smtp_bounce_add(SmtpBounce *bounce, Trace *trace, const StoreQueueItem *item,
                SmtpBounceAction action, const char *status, const char *diagnostic,
                const char *remote)
{
    guint at = 0;

    if (!smtp_bounce_is_due(trace, item, action))
        return;
    if (bounce->item == NULL)
        bounce->item = smtp_bounce_copy(item);
    g_assert(item->message == bounce->item->message);
    const SmtpBounceOne one = { .recipient = g_strdup(item->recipient),
                                .original = smtp_bounce_original(item->orcpt),
                                .action = action,
                                .status = g_strdup(status),
                                .diagnostic = g_strdup(diagnostic),
                                .remote = g_strdup(remote) };
    while (at < bounce->ones->len &&
           g_array_index(bounce->ones, SmtpBounceOne, at).action <= action)
        at++;
    g_array_insert_val(bounce->ones, at, one);
    g_array_insert_val(bounce->ids, at, item->id);
    bounce->event = trace_last(trace);
}
