/* net/clock.h - the world's time, and the only door to it.
 *
 *   real     now = the machine's clock times speed, plus what was warped, less what was held
 *   virtual  now = what the simulation has reached; it moves only when nothing else can happen
 *
 * Two kinds of timer. A SCHEDULE timer is ours (retry, warning, give-up, greylist, script): it
 * runs on the world's time and the clock may *warp* to it. A GUARD timer watches a peer outside
 * this process (command deadlines, DNS timeouts): in a real world it runs on real time, in a
 * simulated one on virtual time; it attracts no warp. While the gate holds, neither runs.
 */
#ifndef NET_CLOCK_H
#define NET_CLOCK_H

#include <glib.h>

typedef struct NetClock NetClock;
typedef struct NetTimer NetTimer;

typedef enum { NET_TIMER_SCHEDULE, NET_TIMER_GUARD } NetTimerKind;

#define NET_SECOND G_GINT64_CONSTANT(1000000) /* the clock's unit is the microsecond */

NetClock *net_clock_new_real(void);
/* Starts at @start_us since 1970. */
NetClock *net_clock_new_virtual(gint64 start_us);
void net_clock_free(NetClock *clock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetClock, net_clock_free)

gint64 net_clock_now_us(NetClock *clock);
gint64 net_clock_now_s(NetClock *clock);
gboolean net_clock_is_virtual(const NetClock *clock);

/* While paused (calls nest) now stands still and no timer is due. */
void net_clock_pause(NetClock *clock);
void net_clock_resume(NetClock *clock);
gboolean net_clock_is_paused(const NetClock *clock);
/* 1.0 is real time; only SCHEDULE timers and now follow it. A virtual clock has no speed. */
void net_clock_set_speed(NetClock *clock, double speed);
double net_clock_speed(const NetClock *clock);

/* May idle time be skipped (key clock = warp)? */
void net_clock_set_warp(NetClock *clock, gboolean warp);
gboolean net_clock_warps(const NetClock *clock);
/* Jumps to the next SCHEDULE timer. FALSE: there is none. The caller has checked that nothing is
 * in flight (net/net.h). */
gboolean net_clock_warp(NetClock *clock);
/* A fault: now jumps by @delta_us. */
void net_clock_jump(NetClock *clock, gint64 delta_us);

/* Calls @fire once, @delay_us from now. Timers due at the same time fire in the order they were
 * started. The timer is gone when @fire is called. */
NetTimer *net_timer_start(NetClock *clock, NetTimerKind kind, gint64 delay_us,
                          void (*fire)(void *data), void *data);
/* Stops *@timer, if any, and sets it to NULL. */
void net_timer_stop(NetTimer **timer);

/* Time that never jumps and stands still while paused: what guard timers run on. */
gint64 net_clock_steady_us(const NetClock *clock);

/* For the loop: microseconds of real time until the next timer is due (0: now; -1: none); fire
 * those that are due (returns how many). */
gint64 net_clock_wait_us(NetClock *clock);
guint net_clock_run_due(NetClock *clock);
/* When the next SCHEDULE timer is due, in world time; -1: none. */
gint64 net_clock_next_schedule_us(const NetClock *clock);
/* For the simulation only: virtual now becomes @now_us. */
void net_clock_set_virtual(NetClock *clock, gint64 now_us);
/* The earliest timer of either kind on a virtual clock; -1: none. */
gint64 net_clock_next_us(const NetClock *clock);

#endif
