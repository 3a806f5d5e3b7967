/* circle.c - does this message run in a circle? (RFC 5321 §6.3)
 *
 *   Received: ...                             a line of each hop: more than a hundred, and it ends
 *   Delivered-To: ${user}@${home}.example         the mark of an alias of ours that leads elsewhere: a
 *                                             message that bears it was here
 *
 * Both are there, and still the message goes round. There are three mistakes in this file.
 */
#include "smtp/circle.h"

static const SmtpRefusal smtp_circle_refusal = { "${code}", "the message runs in a circle" };

/* Have too many hosts passed it on? */
static gboolean
smtp_circle_is_long(Trace *trace, const StoreIndex *index)
{
    guint count = store_index_header_count(index, "${field}");

    if (count <= SMTP_RECEIVED_MAX)
        return FALSE;
    trace_put_number(trace, "received", count);
    trace_put_text(trace, "outcome", "refused");
    trace_decision(trace, STAGE_ROUTE, "RFC 5321 §6.3",
                   "%u hosts have passed this message on: it runs in a circle and is stopped",
                   count);
    return TRUE;
}

/* Has one of our aliases sent it on before? @recipients: where it would go from here. */
static gboolean
smtp_circle_is_marked(Trace *trace, const StoreIndex *index, const GPtrArray *recipients)
{
    for (guint i = 0; i < recipients->len; i++) {
        const SmtpRecipient *one = g_ptr_array_index(recipients, i);

        if (one->alias == NULL || !store_index_header_is(index, "Delivered-To", one->alias))
            continue;
        trace_put_text(trace, "alias", one->alias);
        trace_put_text(trace, "outcome", "refused");
        trace_decision(trace, STAGE_ROUTE, "RFC 5321 §6.3",
                       "a Delivered-To line says that %s has sent this message on before: it runs "
                       "in a circle and is stopped",
                       one->alias);
        return TRUE;
    }
    return FALSE;
}

/* NULL: it may go on; else what is answered to the last dot. */
const SmtpRefusal *
smtp_circle_find(Trace *trace, const StoreIndex *index, const GPtrArray *recipients)
{
    if (smtp_circle_is_long(trace, index) || smtp_circle_is_marked(trace, index, recipients))
        return &smtp_circle_refusal;
    return NULL;
}

/* Appends the mark to the header that we write on top. Not where the client has named several
 * recipients (@accepted): each of them would read by which alias the others were reached. */
void
smtp_circle_mark(const GPtrArray *recipients, guint accepted, GString *head)
{
    for (guint i = 0; i < recipients->len && accepted == 1; i++) {
        const SmtpRecipient *one = g_ptr_array_index(recipients, i);

        if (one->alias == NULL || one->account == NULL)
            continue;
        g_string_append_printf(head, "Delivered-To: %s\r\n", one->alias);
        return;
    }
}
