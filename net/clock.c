/* net/clock.c - the world's time and its timers.
 *
 *   steady   real: CLOCK_MONOTONIC less what was held; virtual: what the simulation has reached
 *   world    = anchor_world + (steady - anchor_steady) * speed
 *
 * Steady time never jumps: guard timers run on it. World time can be warped, hurried and (as a
 * fault) made to jump: each moves the anchor. Schedule timers run on world time.
 *
 * Timers stand in two sequences (balanced trees), by when they are due and then by the order in
 * which they were started: starting and stopping one of 10,000 is a matter of a microsecond.
 *
 * Start reading at net_clock_now_us(). Tests: tests/test_net_clock.c
 */
#include "net/clock.h"

#include <time.h>

struct NetTimer {
    NetClock *clock;
    NetTimerKind kind;
    gint64 due_us;  /* in world time (SCHEDULE) or steady time (GUARD) */
    guint64 number; /* timers count from 1 in the order they were started */
    GSequenceIter *place;
    void (*fire)(void *data);
    void *data;
};

struct NetClock {
    gboolean is_virtual;
    gboolean warp;
    double speed;
    gint64 reached_us; /* virtual: the steady time */
    guint pauses;      /* real: how often paused and not yet resumed */
    gint64 paused_at;  /* real: when the first of these was */
    gint64 held_us;    /* real: how long it was held in all */
    gint64 anchor_world;
    gint64 anchor_steady;
    guint64 started;      /* timers ever started */
    GSequence *timers[2]; /* of NetTimer, by kind */
};

static gint64
net_clock_machine_us(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return now.tv_sec * NET_SECOND + now.tv_nsec / 1000;
}

static NetClock *
net_clock_new(gboolean is_virtual)
{
    NetClock *clock = g_new0(NetClock, 1);

    clock->is_virtual = is_virtual;
    clock->speed = 1.0;
    clock->timers[NET_TIMER_SCHEDULE] = g_sequence_new(g_free);
    clock->timers[NET_TIMER_GUARD] = g_sequence_new(g_free);
    return clock;
}

NetClock *
net_clock_new_real(void)
{
    NetClock *clock = net_clock_new(FALSE);

    clock->anchor_world = net_clock_machine_us(CLOCK_REALTIME);
    clock->anchor_steady = net_clock_machine_us(CLOCK_MONOTONIC);
    return clock;
}

NetClock *
net_clock_new_virtual(gint64 start_us)
{
    NetClock *clock = net_clock_new(TRUE);

    clock->reached_us = clock->anchor_world = clock->anchor_steady = start_us;
    return clock;
}

void
net_clock_free(NetClock *clock)
{
    if (clock == NULL)
        return;
    g_sequence_free(clock->timers[NET_TIMER_SCHEDULE]);
    g_sequence_free(clock->timers[NET_TIMER_GUARD]);
    g_free(clock);
}

/* ---- now ---- */

gint64
net_clock_steady_us(const NetClock *clock)
{
    if (clock->is_virtual)
        return clock->reached_us;
    return (clock->pauses > 0 ? clock->paused_at : net_clock_machine_us(CLOCK_MONOTONIC)) -
           clock->held_us;
}

gint64
net_clock_now_us(NetClock *clock)
{
    gint64 passed = net_clock_steady_us(clock) - clock->anchor_steady;

    return clock->anchor_world + (clock->speed == 1.0 ? passed : (gint64)(passed * clock->speed));
}

gint64
net_clock_now_s(NetClock *clock)
{
    return net_clock_now_us(clock) / NET_SECOND;
}

gboolean
net_clock_is_virtual(const NetClock *clock)
{
    return clock->is_virtual;
}

void
net_clock_pause(NetClock *clock)
{
    if (clock->pauses++ == 0)
        clock->paused_at = net_clock_machine_us(CLOCK_MONOTONIC);
}

void
net_clock_resume(NetClock *clock)
{
    g_assert(clock->pauses > 0);
    if (--clock->pauses == 0)
        clock->held_us += net_clock_machine_us(CLOCK_MONOTONIC) - clock->paused_at;
}

gboolean
net_clock_is_paused(const NetClock *clock)
{
    return clock->pauses > 0;
}

/* From here on the world's time counts from @world. */
static void
net_clock_anchor(NetClock *clock, gint64 world)
{
    clock->anchor_world = world;
    clock->anchor_steady = net_clock_steady_us(clock);
}

/* A virtual clock does not follow the machine's: it has no speed. */
void
net_clock_set_speed(NetClock *clock, double speed)
{
    g_assert(speed > 0);
    if (clock->is_virtual)
        return;
    net_clock_anchor(clock, net_clock_now_us(clock));
    clock->speed = speed;
}

double
net_clock_speed(const NetClock *clock)
{
    return clock->speed;
}

void
net_clock_set_warp(NetClock *clock, gboolean warp)
{
    clock->warp = warp;
}

gboolean
net_clock_warps(const NetClock *clock)
{
    return clock->warp;
}

gboolean
net_clock_warp(NetClock *clock)
{
    gint64 due = net_clock_next_schedule_us(clock);

    if (due < 0)
        return FALSE;
    if (due <= net_clock_now_us(clock))
        return TRUE;
    if (clock->is_virtual)
        net_clock_set_virtual(clock, due);
    else
        net_clock_anchor(clock, due);
    return TRUE;
}

void
net_clock_jump(NetClock *clock, gint64 delta_us)
{
    net_clock_anchor(clock, net_clock_now_us(clock) + delta_us);
}

void
net_clock_set_virtual(NetClock *clock, gint64 now_us)
{
    g_assert(clock->is_virtual);
    clock->reached_us += MAX(now_us - net_clock_now_us(clock), 0);
}

/* ---- timers ---- */

static gint
net_timer_compare(gconstpointer a, gconstpointer b, gpointer unused G_GNUC_UNUSED)
{
    const NetTimer *left = a, *right = b;

    if (left->due_us != right->due_us)
        return left->due_us < right->due_us ? -1 : 1;
    return left->number < right->number ? -1 : left->number > right->number;
}

/* What a timer of @kind compares its due time with. */
static gint64
net_clock_now_for(NetClock *clock, NetTimerKind kind)
{
    return kind == NET_TIMER_SCHEDULE ? net_clock_now_us(clock) : net_clock_steady_us(clock);
}

NetTimer *
net_timer_start(NetClock *clock, NetTimerKind kind, gint64 delay_us, void (*fire)(void *data),
                void *data)
{
    NetTimer *timer = g_new0(NetTimer, 1);

    timer->clock = clock;
    timer->kind = kind;
    timer->due_us = net_clock_now_for(clock, kind) + MAX(delay_us, 0);
    timer->number = ++clock->started;
    timer->fire = fire;
    timer->data = data;
    timer->place = g_sequence_insert_sorted(clock->timers[kind], timer, net_timer_compare, NULL);
    return timer;
}

void
net_timer_stop(NetTimer **timer)
{
    if (*timer != NULL)
        g_sequence_remove((*timer)->place); /* frees it */
    *timer = NULL;
}

/* The next timer of @kind, or NULL. */
static NetTimer *
net_clock_first(const NetClock *clock, NetTimerKind kind)
{
    GSequenceIter *first = g_sequence_get_begin_iter(clock->timers[kind]);

    return g_sequence_iter_is_end(first) ? NULL : g_sequence_get(first);
}

gint64
net_clock_next_schedule_us(const NetClock *clock)
{
    const NetTimer *timer = net_clock_first(clock, NET_TIMER_SCHEDULE);

    return timer != NULL ? timer->due_us : -1;
}

gint64
net_clock_wait_us(NetClock *clock)
{
    gint64 wait = -1;

    if (clock->pauses > 0)
        return -1;
    for (NetTimerKind kind = NET_TIMER_SCHEDULE; kind <= NET_TIMER_GUARD; kind++) {
        const NetTimer *timer = net_clock_first(clock, kind);

        if (timer == NULL)
            continue;
        gint64 left = MAX(timer->due_us - net_clock_now_for(clock, kind), 0);
        if (kind == NET_TIMER_SCHEDULE && left > 0 && clock->speed != 1.0)
            left = (gint64)(left / clock->speed) + 1; /* not a moment too early */
        wait = wait < 0 ? left : MIN(wait, left);
    }
    return wait;
}

gint64
net_clock_next_us(const NetClock *clock)
{
    const NetTimer *schedule = net_clock_first(clock, NET_TIMER_SCHEDULE);
    const NetTimer *guard = net_clock_first(clock, NET_TIMER_GUARD);
    gint64 ahead = clock->anchor_world - clock->anchor_steady; /* of world over steady time */

    g_assert(clock->is_virtual);
    if (schedule == NULL)
        return guard != NULL ? guard->due_us + ahead : -1;
    return guard != NULL ? MIN(schedule->due_us, guard->due_us + ahead) : schedule->due_us;
}

/* The timer that fires next of those due at @now (by kind) and not started after number @last. */
static NetTimer *
net_clock_pick(const NetClock *clock, const gint64 now[2], guint64 last)
{
    NetTimer *pick = NULL;
    gint64 pick_late = 0;

    for (NetTimerKind kind = NET_TIMER_SCHEDULE; kind <= NET_TIMER_GUARD; kind++) {
        NetTimer *timer = net_clock_first(clock, kind);
        gint64 late = timer != NULL ? now[kind] - timer->due_us : -1;

        if (late < 0 || timer->number > last)
            continue;
        if (pick == NULL || late > pick_late ||
            (late == pick_late && timer->number < pick->number)) {
            pick = timer;
            pick_late = late;
        }
    }
    return pick;
}

/* A timer started by one that fires here waits for the next call, even with no delay: otherwise
 * two that start each other would keep the loop for ever. */
guint
net_clock_run_due(NetClock *clock)
{
    const gint64 now[2] = { net_clock_now_for(clock, NET_TIMER_SCHEDULE),
                            net_clock_now_for(clock, NET_TIMER_GUARD) };
    guint64 last = clock->started;
    guint fired = 0;

    while (clock->pauses == 0) {
        NetTimer *timer = net_clock_pick(clock, now, last);

        if (timer == NULL)
            break;
        void (*fire)(void *data) = timer->fire;
        void *data = timer->data;
        net_timer_stop(&timer);
        fire(data);
        fired++;
    }
    return fired;
}
