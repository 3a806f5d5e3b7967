/* tests/test_net_clock.c - time that warps, hurries and stands still, and its timers. */
#include "net/clock.h"

#include <locale.h>

static GString *fired;

static void
fire(void *data)
{
    g_string_append(fired, data);
}

static void
expect_fired(const char *names)
{
    g_assert_cmpstr(fired->str, ==, names);
    g_string_truncate(fired, 0);
}

static NetTimer *
start(NetClock *clock, NetTimerKind kind, gint64 delay_us, const char *name)
{
    return net_timer_start(clock, kind, delay_us, fire, (void *)name);
}

static void
test_order(void)
{
    g_test_summary("Timers fire when due; at the same time in the order they were started");
    g_autoptr(NetClock) clock = net_clock_new_virtual(1000);

    start(clock, NET_TIMER_GUARD, 20, "c");
    start(clock, NET_TIMER_SCHEDULE, 10, "a");
    start(clock, NET_TIMER_SCHEDULE, 20, "d");
    NetTimer *stopped = start(clock, NET_TIMER_GUARD, 10, "x");
    start(clock, NET_TIMER_GUARD, 10, "b");
    net_timer_stop(&stopped);
    g_assert_null(stopped);
    g_assert_cmpint(net_clock_next_us(clock), ==, 1010);
    g_assert_cmpuint(net_clock_run_due(clock), ==, 0);
    net_clock_set_virtual(clock, 1010);
    g_assert_cmpuint(net_clock_run_due(clock), ==, 2);
    expect_fired("ab");
    net_clock_set_virtual(clock, 1500);
    net_clock_run_due(clock);
    expect_fired("cd");
    g_assert_cmpint(net_clock_next_us(clock), ==, -1);
    g_assert_cmpint(net_clock_wait_us(clock), ==, -1);
}

static void
again(void *data)
{
    NetClock *clock = data;

    g_string_append(fired, "r");
    net_timer_start(clock, NET_TIMER_GUARD, 0, again, clock);
}

static void
test_started_while_firing(void)
{
    g_test_summary("A timer that starts itself again waits for the next turn");
    g_autoptr(NetClock) clock = net_clock_new_virtual(0);

    net_timer_start(clock, NET_TIMER_GUARD, 0, again, clock);
    g_assert_cmpuint(net_clock_run_due(clock), ==, 1);
    g_assert_cmpuint(net_clock_run_due(clock), ==, 1);
    expect_fired("rr");
}

static void
test_warp(void)
{
    g_test_summary("Warping jumps to the next timer of ours, and leaves guards alone");
    g_autoptr(NetClock) clock = net_clock_new_real();
    gint64 before = net_clock_now_us(clock), day = 86400 * NET_SECOND;

    g_assert_false(net_clock_warp(clock));
    start(clock, NET_TIMER_GUARD, NET_SECOND, "guard");
    start(clock, NET_TIMER_SCHEDULE, 5 * day, "retry");
    g_assert_true(net_clock_warp(clock));
    g_assert_cmpint(net_clock_now_us(clock) - before, >=, 5 * day);
    g_assert_cmpint(net_clock_wait_us(clock), ==, 0);
    net_clock_run_due(clock);
    expect_fired("retry");
    g_assert_cmpint(net_clock_wait_us(clock), >, NET_SECOND / 2);
}

static void
test_pause(void)
{
    g_test_summary("While paused now stands still and nothing is due; calls nest");
    g_autoptr(NetClock) clock = net_clock_new_real();

    start(clock, NET_TIMER_GUARD, 1000, "a");
    net_clock_pause(clock);
    net_clock_pause(clock);
    gint64 now = net_clock_now_us(clock), began = g_get_monotonic_time();
    g_usleep(5000);
    net_clock_resume(clock);
    g_assert_cmpint(net_clock_now_us(clock), ==, now);
    g_assert_cmpint(net_clock_wait_us(clock), ==, -1);
    g_assert_cmpuint(net_clock_run_due(clock), ==, 0);
    net_clock_resume(clock);
    g_assert_cmpint(net_clock_now_us(clock), >=, now);
    g_assert_cmpint(net_clock_now_us(clock) - now, <=, g_get_monotonic_time() - began - 5000);
    g_usleep(2000);
    net_clock_run_due(clock);
    expect_fired("a");
}

static void
test_speed(void)
{
    g_test_summary("Speed moves world time and its timers, not the guards");
    g_autoptr(NetClock) clock = net_clock_new_real();
    gint64 before = net_clock_now_us(clock);

    net_clock_set_speed(clock, 3600.0);
    start(clock, NET_TIMER_SCHEDULE, 10 * NET_SECOND, "a");
    start(clock, NET_TIMER_GUARD, 10 * NET_SECOND, "b");
    g_assert_cmpint(net_clock_wait_us(clock), <, 3000);
    g_usleep(5000);
    net_clock_run_due(clock);
    expect_fired("a");
    g_assert_cmpint(net_clock_now_us(clock) - before, >=, 18 * NET_SECOND);
}

static void
test_jump(void)
{
    g_test_summary("A clock that jumps (a fault) moves our timers, and no guard");
    g_autoptr(NetClock) clock = net_clock_new_virtual(0);

    start(clock, NET_TIMER_SCHEDULE, 100, "a");
    start(clock, NET_TIMER_GUARD, 100, "b");
    net_clock_jump(clock, 1000);
    net_clock_run_due(clock);
    expect_fired("a");
    g_assert_cmpint(net_clock_next_us(clock), ==, 1100);
    net_clock_jump(clock, -5000);
    g_assert_cmpint(net_clock_now_us(clock), ==, -4000);
    net_clock_set_virtual(clock, net_clock_next_us(clock));
    net_clock_run_due(clock);
    expect_fired("b");
}

static void
test_many(void)
{
    g_test_summary("10,000 timers are cheap to start, stop and fire, and keep their order");
    g_autoptr(NetClock) clock = net_clock_new_virtual(0);
    static NetTimer *timers[10000];

    for (guint round = 0; round < 5; round++) {
        for (guint i = 0; i < G_N_ELEMENTS(timers); i++) {
            net_timer_stop(&timers[i]);
            timers[i] = start(clock, NET_TIMER_GUARD, 1000 - i % 1000, ".");
        }
    }
    net_clock_set_virtual(clock, 1000);
    g_assert_cmpuint(net_clock_run_due(clock), ==, G_N_ELEMENTS(timers));
    g_string_truncate(fired, 0);
}

int
main(int argc, char **argv)
{
    int result;

    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    fired = g_string_new(NULL);
    g_test_add_func("/net/clock/order", test_order);
    g_test_add_func("/net/clock/started-while-firing", test_started_while_firing);
    g_test_add_func("/net/clock/warp", test_warp);
    g_test_add_func("/net/clock/pause", test_pause);
    g_test_add_func("/net/clock/speed", test_speed);
    g_test_add_func("/net/clock/jump", test_jump);
    g_test_add_func("/net/clock/many", test_many);
    result = g_test_run();
    g_string_free(fired, TRUE);
    return result;
}
