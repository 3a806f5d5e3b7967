/* refusal.c - a wrong password is answered late, so that guessing is slow. Stands in for app/refusal.c.
 *
 * It is answered late: but who waits?
 */
#include "app/host.h"

#include <unistd.h>

/* The answer that the session waits for: no account, the password was wrong. */
static void
app_refusal_give(AppCaller *caller)
{
    AppAnswer answer = { 0 };

    app_caller_give(caller, &answer);
}

/* The more wrong ones, the longer; by address, so that hanging up and calling again does not help. */
static gint64
app_refusal_us(AppCaller *caller)
{
    const char *address = net_conn_remote(net_served_conn(caller->served));
    guint count = net_tally_add(caller->host->failures, address);
    gint64 delay_us = MIN(APP_PASSWORD_DELAY_US << MIN(count - 1, 10), APP_PASSWORD_DELAY_MAX_US);

    trace_put_text(caller->trace, "peer", address);
    trace_put_number(caller->trace, "failures", count);
    trace_put_number(caller->trace, "delay", delay_us / NET_SECOND);
    trace_timer(caller->trace, caller->stage, "RFC 5321 §7.8",
                "Wrong passwords of %s of late: %u. The answer waits %d s, so that guessing is slow",
                address, count, (int)(delay_us / NET_SECOND));
    return delay_us;
}

void
app_refusal_delay(AppCaller *caller)
{
    gint64 delay_us = app_refusal_us(caller);

    ${call}((gulong)delay_us);
    app_refusal_give(caller);
}
