/* tests/test_trace_control_watch.c - who steps, watches and follows through control.sock: while the world
 * is held, and when one of them is slow.
 */
#include "trace/control.h"

#include "tests/control_world.h"

/* Held: steps in one write, one after the other; a send waits meanwhile, what can be sent is told. */
static void
steps_held(World *world)
{
    if (world->waits == 1)
        say(world->a, "send x y\npresets\nstep\nstep\nstatus\ncontinue\n");
}

static void
test_steps(World *world, gconstpointer data)
{
    g_test_summary("while held steps are taken one by one; other commands wait for the top");
    (void)data;
    world->a = dial(world);
    serve(world);
    world->held = steps_held;
    trace_gate_pause(world->gate);
    for (guint i = 0; i < 4; i++)
        trace_state(world->trace, STAGE_CONNECT, NULL, "event");
    expect(world->a, "{\"ok\":true,\"command\":\"presets\",\"presets\":[]}\n"
                     "{\"ok\":true,\"command\":\"step\"}\n"
                     "{\"ok\":true,\"command\":\"step\"}\n"
                     "{\"ok\":true,\"command\":\"status\",\"seq\":3,\"held\":true,\"held_at\":3,"
                     "\"speed\":1,\"breakpoints\":[],\"controls\":false,\"hosts\":3}\n"
                     "{\"ok\":true,\"command\":\"continue\"}\n");
    g_assert_cmpstr(world->commands->str, ==, "");
    g_assert_true(is_ready(world));
    serve(world);
    g_assert_cmpstr(world->commands->str, ==, "send(x y) ");
    expect(world->a, "{\"ok\":true,\"command\":\"send\",\"queued\":3}\n");
    g_assert_false(is_ready(world));
}

/* Two watchers; the first goes while held, then the second. */
static void
watchers_held(World *world)
{
    g_assert_true(trace_gate_is_held(world->gate));
    if (world->waits == 2) {
        expect_part(world->a, "\"held\":true,\"held_at\":1,\"speed\":1,\"breakpoints\":[],"
                              "\"controls\":true,\"hosts\":3}\n");
        expect_part(world->b, "\"controls\":false");
        say(world->b, "continue\n");
    } else if (world->waits == 3) {
        expect_part(world->b, "another viewer controls this world");
        close(world->a);
        world->a = -1;
    } else if (world->waits == 4) {
        expect_part(world->b, "\"held\":true,\"held_at\":1,\"speed\":1,\"breakpoints\":[],"
                              "\"controls\":true,\"hosts\":3}\n");
        say(world->b, "break stage=connect\n");
    } else if (world->waits == 5) {
        close(world->b);
        world->b = -1;
    }
}

static void
test_watchers(World *world, gconstpointer data)
{
    g_test_summary("the next watcher controls, still held; without any the world goes on");
    (void)data;
    world->a = dial(world);
    say(world->a, "watch\n");
    serve(world);
    world->b = dial(world);
    say(world->b, "watch\n");
    serve(world);
    expect_part(world->a, "{\"ok\":true,\"command\":\"watch\"}\n{\"seq\":0,\"held\":false");
    expect_part(world->b, "\"controls\":false");
    world->held = watchers_held;
    trace_gate_pause(world->gate);
    trace_state(world->trace, STAGE_CONNECT, NULL, "held here");
    trace_state(world->trace, STAGE_CONNECT, NULL, "the breakpoint is gone");
    g_assert_cmpuint(world->waits, ==, 5);
    g_assert_cmpuint(trace_gate_breakpoints(world->gate), ==, 0);
}

static void
ctl_held(World *world)
{
    int fd = dial(world);

    if (world->waits == 3)
        say(fd, "step\n");
    else if (world->waits > 5)
        say(fd, "continue\n");
    else
        say(fd, "status\n");
    trace_control_wait(world->control, 1000); /* it connects; then its line is read */
    close(fd);
}

static void
test_ctl(World *world, gconstpointer data)
{
    g_test_summary("connections that don't watch come and go; the world stays held");
    (void)data;
    world->held = ctl_held;
    trace_gate_pause(world->gate);
    for (guint i = 0; i < 3; i++)
        trace_state(world->trace, STAGE_CONNECT, NULL, "event");
    g_assert_cmpuint(world->waits, >, 5);
}

static void
test_slow_watcher(World *world, gconstpointer data)
{
    g_test_summary("a watcher that doesn't read is dropped; the others are served");
    (void)data;
    world->a = dial(world);
    say(world->a, "watch\n");
    world->b = dial(world);
    serve(world);
    for (guint i = 0; i < 8000; i++) {
        world->speed = 1 + i;
        trace_control_serve(world->control, FALSE);
    }
    say(world->b, "status\n");
    serve(world);
    expect_part(world->b, "\"ok\":true");
    g_autofree char *heard = hear(world->a);
    g_assert_true(g_str_has_prefix(heard, "{\"ok\":true,\"command\":\"watch\"}\n"));
    char octet;
    g_assert_cmpint(recv(world->a, &octet, 1, MSG_DONTWAIT), ==, 0);
}

/* The answer to a command that @fd has just been served. */
static void
expect_said(World *world, int fd, const char *command, const char *part)
{
    say(fd, command);
    serve(world);
    expect_part(fd, part);
}

static void
test_follow(World *world, gconstpointer data)
{
    g_test_summary(
        "`watch follow` never controls, and is told where the viewer that controls looks");
    (void)data;
    world->a = dial(world);
    expect_said(world, world->a, "watch follow\n", "\"led\":false");
    expect_said(world, world->a, "step\n", "another viewer controls");
    world->b = dial(world);
    expect_said(world, world->b, "watch\n", "\"controls\":true,\"followers\":1");
    expect_part(world->a, "\"controls\":false,\"led\":true");
    expect_said(world, world->b, "at seq=12 \"pane\"\n", "\"ok\":true,\"command\":\"at\"");
    expect_part(world->a, "\"at\":\"seq=12 \\\"pane\\\"\"");
    expect_said(world, world->a, "at seq=1\n", "only the viewer that controls");
    close(world->b);
    serve(world);
    serve(world);
    expect_part(world->a, "\"led\":false");
    world->b = dial(world);
    /* What the one before said is not told of the new one. */
    expect_said(world, world->b, "watch\n", "\"controls\":true");
    g_autofree char *heard = hear(world->a);
    g_assert_nonnull(strstr(heard, "\"led\":true"));
    g_assert_null(strstr(heard, "seq=12"));
}

/* The server is never held up: what is too much is left out, and the newest told in the end. */
static void
test_follow_slowly(World *world, gconstpointer data)
{
    g_test_summary("a slow follower costs little, and hears the newest place in the end");
    g_autoptr(GString) place = g_string_new(NULL);
    (void)data;
    world->a = dial(world);
    expect_said(world, world->a, "watch follow\n", "\"led\":false");
    world->b = dial(world);
    expect_said(world, world->b, "watch\n", "\"controls\":true");
    for (guint i = 0; i <= 5000; i++) {
        g_string_printf(place, "at seq=%u %0900d\n", i, 0);
        expect_said(world, world->b, place->str, "\"ok\":true");
    }
    for (guint i = 0; i < 100; i++) {
        g_autofree char *heard = hear(world->a);

        serve(world);
        if (strstr(heard, "seq=5000 ") != NULL)
            return;
    }
    g_assert_not_reached();
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add("/trace/control/follow", World, NULL, world_open, test_follow, world_close);
    g_test_add("/trace/control/follow-slowly", World, NULL, world_open, test_follow_slowly,
               world_close);
    g_test_add("/trace/control/steps", World, NULL, world_open, test_steps, world_close);
    g_test_add("/trace/control/watchers", World, NULL, world_open, test_watchers, world_close);
    g_test_add("/trace/control/ctl", World, NULL, world_open, test_ctl, world_close);
    g_test_add("/trace/control/slow-watcher", World, NULL, world_open, test_slow_watcher,
               world_close);
    return g_test_run();
}
