/* tests/test_trace_control.c - control.sock: commands over a real socket, driven without a loop.
 *
 * The test plays both ends in one thread: say() sends, serve() is the top of the loop, and while the
 * gate holds world_wait() lets the test's own script speak before control listens.
 */
#include "trace/control.h"
#include "trace/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct World {
    char *folder, *path;
    Tracer *tracer;
    TraceGate *gate;
    TraceFaults *faults;
    TraceControl *control;
    Trace *trace;
    double speed;
    GString *commands; /* what reached app/ */
    guint inputs;      /* input events */
    guint waits;
    void (*held)(struct World *world); /* what is done at each wait */
    int a, b;                          /* two clients; -1: not there */
} World;

static gint64
world_now(void *clock)
{
    (void)clock;
    return 0;
}

static void
world_take(const TraceEvent *event, void *data)
{
    if (event->kind == TRACE_INPUT)
        ((World *)data)->inputs++;
}

static void
world_nothing(void *data)
{
    (void)data;
}

static void
world_wait(void *data)
{
    World *world = data;

    g_assert_cmpuint(++world->waits, <, 100);
    if (world->held != NULL)
        world->held(world);
    trace_control_wait(world->control, 1000);
}

static char *
world_command(void *data, const char *command, const char *arguments, GError **error)
{
    World *world = data;

    if (strcmp(command, "fetch") == 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "no user \"%s\"", arguments);
        return NULL;
    }
    if (strcmp(command, "send") != 0)
        return NULL;
    g_string_append_printf(world->commands, "%s(%s) ", command, arguments);
    return g_strdup("\"queued\":3");
}

static void
world_set_speed(void *data, double speed)
{
    ((World *)data)->speed = speed;
}

static double
world_speed(void *data)
{
    return ((World *)data)->speed;
}

static char *
world_status(void *data)
{
    (void)data;
    return g_strdup("\"hosts\":3");
}

static char *
world_presets(void *data)
{
    (void)data;
    return g_strdup("\"presets\":[]");
}

static void
world_open(World *world, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    TraceGateHooks gate = { world_nothing, world_wait, world_nothing, world };
    TraceControlHooks hooks = { .command = world_command,
                                .set_speed = world_set_speed,
                                .speed = world_speed,
                                .status = world_status,
                                .presets = world_presets,
                                .data = world };

    (void)data;
    world->folder = g_dir_make_tmp("glasspost-control-XXXXXX", NULL);
    world->path = g_build_filename(world->folder, "control.sock", NULL);
    world->tracer = tracer_new(world_now, NULL);
    world->gate = trace_gate_new(world->tracer, &gate);
    world->faults = trace_faults_new(NULL, NULL);
    tracer_add_sink(world->tracer, world_take, world);
    tracer_switch(world->tracer, TRUE);
    world->control = trace_control_new(world->path, world->gate, world->faults, &hooks, &error);
    g_assert_no_error(error);
    world->trace = trace_new(world->tracer, "mx.north.example", "smtp");
    world->speed = 1;
    world->commands = g_string_new(NULL);
    world->a = world->b = -1;
}

static void
world_close(World *world, gconstpointer data)
{
    (void)data;
    if (world->a >= 0)
        close(world->a);
    if (world->b >= 0)
        close(world->b);
    trace_free(world->trace);
    trace_control_free(world->control);
    g_assert_false(g_file_test(world->path, G_FILE_TEST_EXISTS));
    trace_gate_free(world->gate);
    tracer_free(world->tracer);
    trace_faults_free(world->faults);
    g_string_free(world->commands, TRUE);
    g_rmdir(world->folder);
    g_free(world->path);
    g_free(world->folder);
}

/* ---- a client ---- */

static int
dial(World *world)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_strlcpy(address.sun_path, world->path, sizeof address.sun_path);
    g_assert_cmpint(connect(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
    return fd;
}

static void
say(int fd, const char *line)
{
    g_assert_cmpint(send(fd, line, strlen(line), MSG_NOSIGNAL), ==, (gssize)strlen(line));
}

/* Everything there is to read now; the test frees it. */
static char *
hear(int fd)
{
    GString *heard = g_string_new(NULL);
    char octets[4096];
    gssize n;

    while ((n = recv(fd, octets, sizeof octets, MSG_DONTWAIT)) > 0)
        g_string_append_len(heard, octets, n);
    return g_string_free(heard, FALSE);
}

static void
expect(int fd, const char *answers)
{
    g_autofree char *heard = hear(fd);

    g_assert_cmpstr(heard, ==, answers);
}

static void
expect_part(int fd, const char *part)
{
    g_autofree char *heard = hear(fd);

    if (strstr(heard, part) == NULL)
        g_error("'%s' is not in '%s'", part, heard);
}

static void
serve(World *world)
{
    /* Twice: the first brings in a client that has just connected. */
    trace_control_serve(world->control, FALSE);
    trace_control_serve(world->control, FALSE);
}

static void
ask(World *world, int fd, const char *line, const char *answers)
{
    say(fd, line);
    serve(world);
    expect(fd, answers);
}

static gboolean
is_ready(World *world)
{
    struct pollfd ready = { .fd = trace_control_fd(world->control), .events = POLLIN };

    return poll(&ready, 1, 0) == 1;
}

/* ---- tests ---- */

static void
test_socket(World *world, gconstpointer data)
{
    g_test_summary("the socket is ours alone; a second server is refused, a dead one replaced");
    g_autoptr(GError) error = NULL;
    TraceControlHooks hooks = { 0 };
    GStatBuf status;

    (void)data;
    g_assert_cmpint(g_stat(world->path, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0600);
    g_assert_null(trace_control_new(world->path, world->gate, world->faults, &hooks, &error));
    g_assert_nonnull(strstr(error->message, world->path));
    /* A server that was killed leaves its file behind. */
    g_autofree char *dead = g_build_filename(world->folder, "dead.sock", NULL);
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    g_strlcpy(address.sun_path, dead, sizeof address.sun_path);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
    close(fd);
    TraceControl *second = trace_control_new(dead, world->gate, world->faults, &hooks, NULL);
    g_assert_nonnull(second);
    trace_control_free(second);
    g_clear_error(&error);
    g_assert_true(g_file_set_contents(dead, "mine", -1, NULL));
    g_assert_null(trace_control_new(dead, world->gate, world->faults, &hooks, &error));
    g_unlink(dead);
}

static void
test_status(World *world, gconstpointer data)
{
    g_test_summary("status, and commands of app/: an answer each, in order");
    (void)data;
    world->a = dial(world);
    g_assert_true(is_ready(world));
    ask(world, world->a, "status\r\n",
        "{\"ok\":true,\"command\":\"status\",\"seq\":0,\"held\":false,\"held_at\":0,\"speed\":1,"
        "\"breakpoints\":[],\"controls\":false,\"hosts\":3}\n");
    ask(world, world->a, "send a b\nfetch \"x\n",
        "{\"ok\":true,\"command\":\"send\",\"queued\":3}\n"
        "{\"ok\":false,\"command\":\"fetch\",\"error\":\"no user \\\"\\\"x\\\"\"}\n");
    g_assert_cmpstr(world->commands->str, ==, "send(a b) ");
    say(world->a, "stat");
    serve(world);
    expect(world->a, "");
    ask(world, world->a, "us\x1b\n",
        "{\"ok\":false,\"command\":\"status^[\",\"error\":\"unknown command 'status^[': status "
        "watch step next continue pause break clear fault faults presets speed warp reload send "
        "fetch host\"}\n");
    g_assert_false(is_ready(world));
}

static void
test_commands(World *world, gconstpointer data)
{
    g_test_summary("break, clear, fault, speed and their mistakes");
    (void)data;
    world->a = dial(world);
    ask(world, world->a, "break stage=dns\n", "{\"ok\":true,\"command\":\"break\",\"number\":1}\n");
    say(world->a,
        "break\nbreak stage=dsn\nclear 7\nclear x\nspeed 0\nspeed nan\nspeed\nfault no\n");
    serve(world);
    g_autofree char *heard = hear(world->a);
    g_auto(GStrv) lines = g_strsplit(heard, "\n", -1);
    for (guint i = 0; i < 8; i++)
        g_assert_true(g_str_has_prefix(lines[i], "{\"ok\":false,"));
    g_assert_cmpuint(world->inputs, ==, 0);
    ask(world, world->a, "clear 1\n", "{\"ok\":true,\"command\":\"clear\"}\n");
    ask(world, world->a, "speed 2.5\n", "{\"ok\":true,\"command\":\"speed\"}\n");
    g_assert_cmpfloat(world->speed, ==, 2.5);
    ask(world, world->a, "fault dns-timeout\n",
        "{\"ok\":true,\"command\":\"fault\",\"faults\":[{\"point\":\"dns-timeout\","
        "\"line\":\"dns-timeout\",\"asked\":0,\"fired\":0}]}\n");
    g_assert_cmpuint(world->inputs, ==, 2);
    say(world->a, "faults\n");
    serve(world);
    expect_part(world->a, "{\"name\":\"clock-jump\"");
    ask(world, world->a, "fault clear\n", "{\"ok\":true,\"command\":\"fault\",\"faults\":[]}\n");
}

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
test_hung_up(World *world, gconstpointer data)
{
    g_test_summary("who sends and leaves has its command done; half-closed, it hears the answer");
    (void)data;
    world->a = dial(world);
    say(world->a, "send one\n");
    close(world->a);
    world->a = -1;
    serve(world);
    g_assert_cmpstr(world->commands->str, ==, "send(one) ");
    world->b = dial(world);
    say(world->b, "send two\n");
    shutdown(world->b, SHUT_WR);
    serve(world);
    expect(world->b, "{\"ok\":true,\"command\":\"send\",\"queued\":3}\n");
    g_assert_false(is_ready(world));
    char octet;
    g_assert_cmpint(recv(world->b, &octet, 1, MSG_DONTWAIT), ==, 0);
}

static void
test_too_long(World *world, gconstpointer data)
{
    g_test_summary("a line that is too long is answered once, then the connection ends");
    g_autofree char *line = g_strnfill(5000, 'x');

    (void)data;
    world->a = dial(world);
    ask(world, world->a, line, "{\"ok\":false,\"error\":\"the line is too long\"}\n");
    char octet;
    g_assert_cmpint(recv(world->a, &octet, 1, MSG_DONTWAIT), ==, 0);
    world->b = dial(world);
    for (guint i = 0; i < 100; i++)
        send(world->b, line, 5000, MSG_NOSIGNAL | MSG_DONTWAIT);
    serve(world);
    g_assert_cmpint(recv(world->b, &octet, 1, 0), <=, 0);
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

static void
test_crowd(World *world, gconstpointer data)
{
    g_test_summary("so many connections, and no more; what is over the limit is closed at once");
    int fds[TRACE_SOCKET_CLIENTS_MAX + 8];
    guint closed = 0;
    char octet;

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(fds); i++) {
        fds[i] = dial(world);
        serve(world);
    }
    for (guint i = 0; i < G_N_ELEMENTS(fds); i++) {
        closed += recv(fds[i], &octet, 1, MSG_DONTWAIT) == 0;
        close(fds[i]);
    }
    g_assert_cmpuint(closed, ==, 8);
    for (guint i = 0; i < G_N_ELEMENTS(fds) / 8; i++) /* so many are looked at in one go */
        serve(world);
    world->a = dial(world);
    say(world->a, "status\n");
    serve(world);
    expect_part(world->a, "\"ok\":true");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add("/trace/control/socket", World, NULL, world_open, test_socket, world_close);
    g_test_add("/trace/control/follow", World, NULL, world_open, test_follow, world_close);
    g_test_add("/trace/control/follow-slowly", World, NULL, world_open, test_follow_slowly,
               world_close);
    g_test_add("/trace/control/status", World, NULL, world_open, test_status, world_close);
    g_test_add("/trace/control/commands", World, NULL, world_open, test_commands, world_close);
    g_test_add("/trace/control/steps", World, NULL, world_open, test_steps, world_close);
    g_test_add("/trace/control/watchers", World, NULL, world_open, test_watchers, world_close);
    g_test_add("/trace/control/ctl", World, NULL, world_open, test_ctl, world_close);
    g_test_add("/trace/control/hung-up", World, NULL, world_open, test_hung_up, world_close);
    g_test_add("/trace/control/too-long", World, NULL, world_open, test_too_long, world_close);
    g_test_add("/trace/control/slow-watcher", World, NULL, world_open, test_slow_watcher,
               world_close);
    g_test_add("/trace/control/crowd", World, NULL, world_open, test_crowd, world_close);
    return g_test_run();
}
