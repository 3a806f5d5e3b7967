/* smtp/bounce_wanted.c - is anybody told? (RFC 3461 §4.1)
 *
 *   NOTIFY says otherwise    nobody: the sender asked not to be
 *   sender <>                no report answers a report; that it failed, the postmaster is told
 *   else                     the sender
 *
 * Start reading at smtp_bounce_is_due(). The exercise of labs/11-bounce. Tests: tests/test_smtp_bounce.c
 */
#include "smtp/bounce_state.h"

/* Where nothing was said, failures and delays are told, success is not (RFC 3461 §4.1). */
gboolean
smtp_bounce_is_wanted(guint notify, SmtpBounceAction action)
{
    static const guint wishes[] = {
        [SMTP_BOUNCE_FAILED] = STORE_NOTIFY_FAILURE,
        [SMTP_BOUNCE_DELAYED] = STORE_NOTIFY_DELAY,
        [SMTP_BOUNCE_RELAYED] = STORE_NOTIFY_SUCCESS,
        [SMTP_BOUNCE_EXPANDED] = STORE_NOTIFY_SUCCESS,
        [SMTP_BOUNCE_DELIVERED] = STORE_NOTIFY_SUCCESS,
    };

    if (notify == 0)
        notify = STORE_NOTIFY_FAILURE | STORE_NOTIFY_DELAY;
    return (notify & wishes[action]) != 0;
}

/* A success that nobody asked for is not worth a word; that bad news is kept back is. */
static void
smtp_bounce_tell_unwanted(Trace *trace, const StoreQueueItem *item, SmtpBounceAction action)
{
    if (action > SMTP_BOUNCE_DELAYED)
        return;
    trace_put_text(trace, "outcome", "none");
    if (item->sender[0] == '\0') {
        trace_decision(trace, STAGE_BOUNCE, "RFC 3461 §5.2",
                       "The sender is <>, and NOTIFY=NEVER: nobody is told of this one. So word of "
                       "a lost report can't run in a circle; it ends here");
        return;
    }
    trace_decision(trace, STAGE_BOUNCE,
                   action == SMTP_BOUNCE_FAILED ? "RFC 3461 §5.2.6" : "RFC 3461 §5.2.5",
                   "NOTIFY for %s does not name %s: the sender asked not to be told, and is not",
                   item->recipient, action == SMTP_BOUNCE_FAILED ? "FAILURE" : "DELAY");
}

/* What a report said is lost when it fails, and nobody else will ever hear of it; that its address
 * is wrong may be our fault. So the postmaster of this host is told, and nobody abroad. TRUE: that
 * is to be done. */
static gboolean
smtp_bounce_tell_about_report(Trace *trace, SmtpBounceAction action)
{
    gboolean failed = action == SMTP_BOUNCE_FAILED;

    trace_put_text(trace, "outcome", failed ? "postmaster" : "none");
    trace_decision(trace, STAGE_BOUNCE, failed ? "RFC 3461 §5.2" : "RFC 5321 §6.1",
                   "The sender is <>: a report is not answered by a report%s",
                   failed ? ". That it is lost is for the postmaster here to know" : "");
    return failed;
}

gboolean
smtp_bounce_is_due(Trace *trace, const StoreQueueItem *item, SmtpBounceAction action)
{
    if (!smtp_bounce_is_wanted(item->notify, action)) {
        smtp_bounce_tell_unwanted(trace, item, action);
        return FALSE;
    }
    return item->sender[0] != '\0' || smtp_bounce_tell_about_report(trace, action);
}
