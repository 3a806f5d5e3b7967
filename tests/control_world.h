/* tests/control_world.h - a gate and its control.sock, and clients of it, driven without a loop.
 *
 * The test plays both ends in one thread: say() sends, serve() is the top of the loop, and while the
 * gate holds world_wait() lets the test's own script speak before control listens.
 */
#ifndef TESTS_CONTROL_WORLD_H
#define TESTS_CONTROL_WORLD_H

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "trace/control.h"

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

static inline gint64
world_now(void *clock)
{
    (void)clock;
    return 0;
}

static inline void
world_take(const TraceEvent *event, void *data)
{
    if (event->kind == TRACE_INPUT)
        ((World *)data)->inputs++;
}

static inline void
world_nothing(void *data)
{
    (void)data;
}

static inline void
world_wait(void *data)
{
    World *world = data;

    g_assert_cmpuint(++world->waits, <, 100);
    if (world->held != NULL)
        world->held(world);
    trace_control_wait(world->control, 1000);
}

static inline char *
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

static inline void
world_set_speed(void *data, double speed)
{
    ((World *)data)->speed = speed;
}

static inline double
world_speed(void *data)
{
    return ((World *)data)->speed;
}

static inline char *
world_status(void *data)
{
    (void)data;
    return g_strdup("\"hosts\":3");
}

static inline char *
world_presets(void *data)
{
    (void)data;
    return g_strdup("\"presets\":[]");
}

static inline void
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

static inline void
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

static inline int
dial(World *world)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_strlcpy(address.sun_path, world->path, sizeof address.sun_path);
    g_assert_cmpint(connect(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
    return fd;
}

static inline void
say(int fd, const char *line)
{
    g_assert_cmpint(send(fd, line, strlen(line), MSG_NOSIGNAL), ==, (gssize)strlen(line));
}

/* Everything there is to read now; the test frees it. */
static inline char *
hear(int fd)
{
    GString *heard = g_string_new(NULL);
    char octets[4096];
    gssize n;

    while ((n = recv(fd, octets, sizeof octets, MSG_DONTWAIT)) > 0)
        g_string_append_len(heard, octets, n);
    return g_string_free(heard, FALSE);
}

static inline void
expect(int fd, const char *answers)
{
    g_autofree char *heard = hear(fd);

    g_assert_cmpstr(heard, ==, answers);
}

static inline void
expect_part(int fd, const char *part)
{
    g_autofree char *heard = hear(fd);

    if (strstr(heard, part) == NULL)
        g_error("'%s' is not in '%s'", part, heard);
}

static inline void
serve(World *world)
{
    /* Twice: the first brings in a client that has just connected. */
    trace_control_serve(world->control, FALSE);
    trace_control_serve(world->control, FALSE);
}

static inline void
ask(World *world, int fd, const char *line, const char *answers)
{
    say(fd, line);
    serve(world);
    expect(fd, answers);
}

static inline gboolean
is_ready(World *world)
{
    struct pollfd ready = { .fd = trace_control_fd(world->control), .events = POLLIN };

    return poll(&ready, 1, 0) == 1;
}

#endif
