/* smtp/circle.c - does this message run in a circle? (RFC 5321 §6.3)
 *
 *   north:  alice: alice@south.example        each of two hosts sends on what the
 *   south:  alice: alice@north.example        other one has sent on
 *
 *   Received: ...                             one a hop: more than a hundred, and it ends. Always
 *                                             works, but late
 *   Delivered-To: alice@north.example         the mark of an alias of ours that leads elsewhere: a
 *                                             message that bears it was here. It ends after a round
 *
 * Start reading at smtp_circle_find(). The exercise of labs/12-circle.
 * Tests: tests/test_smtp_accept.c
 */
#include "smtp/circle.h"

#include "trace/words.h"

static const SmtpRefusal smtp_circle_refusal = { "554 5.4.6", N_("the message runs in a circle") };

/* A circle that no alias of ours is part of: two hosts, each of which takes the other for the way to
 * a domain. */
static gboolean
smtp_circle_is_long(Trace *trace, const StoreIndex *index)
{
    guint count = store_index_header_count(index, "Received");

    if (count <= SMTP_RECEIVED_MAX)
        return FALSE;
    trace_put_number(trace, "received", count);
    trace_put_text(trace, "outcome", "refused");
    trace_decision(trace, STAGE_ROUTE, "RFC 5321 §6.3",
                   "%u hosts have passed this message on: it runs in a circle and is stopped",
                   count);
    return TRUE;
}

/* Has an alias of ours that a recipient was reached by sent this very message on before? */
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

/* How a circle is found is left to us, that it is found is not (RFC 5321 §6.3). */
const SmtpRefusal *
smtp_circle_find(Trace *trace, const StoreIndex *index, const GPtrArray *recipients)
{
    if (smtp_circle_is_long(trace, index) || smtp_circle_is_marked(trace, index, recipients))
        return &smtp_circle_refusal;
    return NULL;
}

/* The mark of an alias that leads to another host: if the message ever comes back to it, that host's
 * alias leads to us, and the two would send it to and fro a hundred times. With more recipients
 * than one it is left out, or each would learn of the others; a copy that comes back comes alone, and
 * is marked then. */
void
smtp_circle_mark(const GPtrArray *recipients, guint accepted, GString *head)
{
    for (guint i = 0; i < recipients->len && accepted == 1; i++) {
        const SmtpRecipient *one = g_ptr_array_index(recipients, i);

        if (one->alias == NULL || one->account != NULL)
            continue;
        g_string_append_printf(head, "Delivered-To: %s\r\n", one->alias);
        return;
    }
}
