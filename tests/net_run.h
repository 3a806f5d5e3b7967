/* tests/net_run.h - lets a network run for a while, for the tests of net/. */
#ifndef TESTS_NET_RUN_H
#define TESTS_NET_RUN_H

#include "net/net.h"

typedef struct Run {
    Net *net;
    NetTimer *end; /* NULL: it has come */
    guint turns;   /* of the loop, after that */
} Run;

/* A machine under load may have slept through all of the time: so the loop turns a while more. */
static inline void
run_out(void *data)
{
    Run *run = data;

    run->end = NULL;
    if (run->turns-- > 0)
        run->end = net_timer_start(net_clock(run->net), NET_TIMER_GUARD, 0, run_out, run);
    else
        net_quit(run->net);
}

/* Runs for @ms. */
static inline void
run_for(Net *net, gint64 ms)
{
    Run run = { .net = net, .turns = 100 };

    run.end = net_timer_start(net_clock(net), NET_TIMER_GUARD, ms * 1000, run_out, &run);
    net_run(net, FALSE);
    net_timer_stop(&run.end); /* something else may have ended the run */
}

#endif
