/* app/refusal.c - a wrong password: the answer waits, the thread does not.
 *
 *   wrong password > how many of late? > a timer of 1, 2, 4... s > the refusal
 *
 * One thread serves everybody. Whoever guesses is to wait, and nobody else: so nothing sleeps here,
 * a timer is started, and the loop goes on serving.
 *
 * Tests: tests/test_hostile.py, tests/test_hostile_reading.py
 */
#include "app/host.h"

static void
app_refusal_due(void *data)
{
    AppCaller *caller = data;
    AppAnswer answer = { 0 };

    caller->delay = NULL;
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
    trace_timer(
        caller->trace, caller->stage, "RFC 5321 §7.8",
        "Wrong passwords of %s of late: %u. The answer waits %d s, so that guessing is slow",
        address, count, (int)(delay_us / NET_SECOND));
    return delay_us;
}

void
app_refusal_delay(AppCaller *caller)
{
    gint64 delay_us = app_refusal_us(caller);

    caller->delay = net_timer_start(net_clock(caller->host->parts.net), NET_TIMER_GUARD, delay_us,
                                    app_refusal_due, caller);
}
