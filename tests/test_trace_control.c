/* tests/test_trace_control.c - control.sock: commands over a real socket, and clients that hang up, say
 * too much or come in crowds. Who steps, watches and follows: test_trace_control_watch.c.
 */
#include "trace/control.h"
#include "trace/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/control_world.h"

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
    g_test_add("/trace/control/status", World, NULL, world_open, test_status, world_close);
    g_test_add("/trace/control/commands", World, NULL, world_open, test_commands, world_close);
    g_test_add("/trace/control/hung-up", World, NULL, world_open, test_hung_up, world_close);
    g_test_add("/trace/control/too-long", World, NULL, world_open, test_too_long, world_close);
    g_test_add("/trace/control/crowd", World, NULL, world_open, test_crowd, world_close);
    return g_test_run();
}
