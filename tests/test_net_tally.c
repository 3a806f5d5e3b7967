/* tests/test_net_tally.c - counts that are forgotten after a while (net/tally.c). */
#include "net/tally.h"

#include <locale.h>

#define START_US G_GINT64_CONSTANT(1767603600000000)

static void
test_window(void)
{
    g_autoptr(NetClock) clock = net_clock_new_virtual(START_US);
    g_autoptr(NetTally) tally = net_tally_new(clock, 60 * NET_SECOND, NET_TALLY_WINDOW);

    g_test_summary("a window ends so long after the first count, however often it is counted");
    g_assert_cmpuint(net_tally_count(tally, "a"), ==, 0);
    g_assert_cmpint(net_tally_left_us(tally, "a"), ==, 0);
    g_assert_cmpuint(net_tally_add(tally, "a"), ==, 1);
    net_clock_set_virtual(clock, START_US + 59 * NET_SECOND);
    g_assert_cmpuint(net_tally_add(tally, "a"), ==, 2);
    g_assert_cmpuint(net_tally_add(tally, "b"), ==, 1);
    g_assert_cmpint(net_tally_left_us(tally, "a"), ==, NET_SECOND);
    net_clock_set_virtual(clock, START_US + 60 * NET_SECOND);
    g_assert_cmpuint(net_tally_count(tally, "a"), ==, 0);
    g_assert_cmpuint(net_tally_count(tally, "b"), ==, 1);
}

static void
test_renew(void)
{
    g_autoptr(NetClock) clock = net_clock_new_virtual(START_US);
    g_autoptr(NetTally) tally = net_tally_new(clock, 60 * NET_SECOND, NET_TALLY_RENEW);

    g_test_summary(
        "with renewal only quiet makes it forgotten, and a row in front does not stay for it");
    net_tally_add(tally, "a");
    net_tally_add(tally, "b");
    net_clock_set_virtual(clock, START_US + 59 * NET_SECOND);
    g_assert_cmpuint(net_tally_add(tally, "a"), ==, 2);
    net_clock_set_virtual(clock, START_US + 118 * NET_SECOND);
    g_assert_cmpuint(net_tally_count(tally, "a"), ==, 2);
    g_assert_cmpuint(net_tally_count(tally, "b"), ==, 0);
    net_clock_set_virtual(clock, START_US + 119 * NET_SECOND);
    g_assert_cmpuint(net_tally_count(tally, "a"), ==, 0);
}

static void
test_forget(void)
{
    g_autoptr(NetClock) clock = net_clock_new_virtual(START_US);
    g_autoptr(NetTally) tally = net_tally_new(clock, 60 * NET_SECOND, NET_TALLY_RENEW);

    g_test_summary("a name can be forgiven at once; one that is not known, too");
    net_tally_add(tally, "a");
    net_tally_forget(tally, "a");
    net_tally_forget(tally, "a");
    g_assert_cmpuint(net_tally_add(tally, "a"), ==, 1);
}

static void
test_set_back(void)
{
    g_autoptr(NetClock) clock = net_clock_new_virtual(START_US);
    g_autoptr(NetTally) tally = net_tally_new(clock, 60 * NET_SECOND, NET_TALLY_WINDOW);

    g_test_summary("a clock that jumps back makes nobody wait for ever");
    net_tally_add(tally, "a");
    net_clock_jump(clock, -3600 * NET_SECOND);
    g_assert_cmpuint(net_tally_count(tally, "a"), ==, 0);
}

static void
test_bound(void)
{
    g_autoptr(NetClock) clock = net_clock_new_virtual(START_US);
    g_autoptr(NetTally) tally = net_tally_new(clock, 60 * NET_SECOND, NET_TALLY_WINDOW);

    g_test_summary("the table has an end: the oldest name makes room");
    for (guint i = 0; i < NET_TALLY_NAMES; i++) {
        g_autofree char *name = g_strdup_printf("%u", i);

        net_tally_add(tally, name);
    }
    g_assert_cmpuint(net_tally_count(tally, "0"), ==, 1);
    net_tally_add(tally, "one more");
    g_assert_cmpuint(net_tally_count(tally, "0"), ==, 0);
    g_assert_cmpuint(net_tally_count(tally, "1"), ==, 1);
    g_assert_cmpuint(net_tally_count(tally, "one more"), ==, 1);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net/tally/window", test_window);
    g_test_add_func("/net/tally/renew", test_renew);
    g_test_add_func("/net/tally/forget", test_forget);
    g_test_add_func("/net/tally/set-back", test_set_back);
    g_test_add_func("/net/tally/bound", test_bound);
    return g_test_run();
}
