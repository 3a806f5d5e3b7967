/* tests/test_viewer_tmux.c - the viewer on a real terminal, inside tmux: keys sent, screen read.
 *
 * This program is its own viewer: called with --replay JOURNAL it runs it, and the tests start
 * themselves so in a tmux of their own. Without tmux they are skipped.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "trace/viewer/code.h"
#include "trace/viewer/view.h"

#define SAMPLE "tests/journals/remote.ndjson"
/* How long a screen may take to come, on a machine that is busy with all the other tests. */
#define PATIENCE_MS 10000
#define GLANCE_MS   20

/* The Code pane's sources: none, so that the screens don't change with the code. */
const ViewSource view_sources[] = { { NULL, NULL } };

static char *self; /* the path of this program */

typedef struct Fixture {
    char *server; /* the name of our tmux server */
} Fixture;

/* Runs tmux with these arguments; what it prints, or NULL where it failed. */
static char *
tmux(const Fixture *it, ...)
{
    g_autoptr(GPtrArray) arguments = g_ptr_array_new();
    char *out = NULL;
    int status = 0;
    va_list list;
    char *argument;

    g_ptr_array_add(arguments, (char *)"tmux");
    g_ptr_array_add(arguments, (char *)"-L");
    g_ptr_array_add(arguments, it->server);
    g_ptr_array_add(arguments, (char *)"-f");
    g_ptr_array_add(arguments, (char *)"/dev/null");
    va_start(list, it);
    while ((argument = va_arg(list, char *)) != NULL)
        g_ptr_array_add(arguments, argument);
    va_end(list);
    g_ptr_array_add(arguments, NULL);
    if (!g_spawn_sync(NULL, (char **)arguments->pdata, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL,
                      &status, NULL) ||
        status != 0)
        g_clear_pointer(&out, g_free);
    return out;
}

static void
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    static guint number;

    /* A name for each test: the server of the one before may still be ending. */
    it->server = g_strdup_printf("glasspost-test-%d-%u", (int)getpid(), ++number);
}

static void
tear_down(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_free(tmux(it, "kill-server", NULL));
    g_free(it->server);
}

/* FALSE: there is no tmux here, and the test is skipped. */
static gboolean
start_with(const Fixture *it, const char *width, const char *height, const char *journal)
{
    g_autofree char *tool = g_find_program_in_path("tmux");
    g_autofree char *quoted = g_shell_quote(self);
    g_autofree char *command = g_strdup_printf("LC_ALL=C.UTF-8 %s --replay %s; echo left $?; "
                                               "sleep 60",
                                               quoted, journal);
    g_autofree char *out = NULL;

    if (tool == NULL) {
        g_test_skip("tmux is not installed");
        return FALSE;
    }
    out = tmux(it, "new-session", "-d", "-x", width, "-y", height, command, NULL);
    g_assert_nonnull(out);
    return TRUE;
}

static gboolean
start(const Fixture *it, const char *width, const char *height)
{
    return start_with(it, width, height, SAMPLE);
}

/* Waits until @text is on the screen. */
static void
expect(const Fixture *it, const char *text)
{
    g_autofree char *screen = NULL;

    for (guint waited = 0; waited < PATIENCE_MS; waited += GLANCE_MS) {
        g_free(screen);
        screen = tmux(it, "capture-pane", "-p", NULL);
        if (screen != NULL && strstr(screen, text) != NULL)
            return;
        g_usleep(GLANCE_MS * 1000);
    }
    g_test_message("not on the screen: %s\n%s", text, screen);
    g_test_fail();
}

static void
send_keys(const Fixture *it, const char *keys)
{
    g_autofree char *out = tmux(it, "send-keys", keys, NULL);

    g_assert_nonnull(out);
}

/* Waits until the screen is the saved one. */
static void
expect_saved(const Fixture *it, const char *name)
{
    g_autofree char *path = g_strdup_printf("tests/screens/%s.txt", name);
    g_autofree char *saved = NULL;

    g_assert_true(g_file_get_contents(path, &saved, NULL, NULL));
    expect(it, saved);
}

static void
test_journey(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("first screen, breakpoint on dns, end of the journey, leaving; at 80x24");
    if (!start(it, "80", "24"))
        return;
    expect_saved(it, "first");
    send_keys(it, "b");
    expect(it, "Break at: stage=");
    send_keys(it, "dns");
    send_keys(it, "Enter");
    send_keys(it, "c");
    expect_saved(it, "dns");
    send_keys(it, "End");
    expect_saved(it, "end");
    send_keys(it, "q");
    expect(it, "left 0");
}

static void
test_lists(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("filter, sessions, the searched help, autoplay; at 80x24");
    if (!start(it, "80", "24"))
        return;
    expect_saved(it, "first");
    send_keys(it, "?");
    send_keys(it, "/");
    expect(it, "Search the help:");
    send_keys(it, "breakpoint");
    send_keys(it, "Enter");
    send_keys(it, "n");
    expect_saved(it, "help-found");
    send_keys(it, "Escape");
    send_keys(it, "f");
    expect(it, "Show only:");
    send_keys(it, "stage=dns");
    send_keys(it, "Enter");
    send_keys(it, "G");
    expect_saved(it, "filter");
    send_keys(it, "f");
    send_keys(it, "C-u");
    send_keys(it, "Enter");
    expect(it, "All events are shown.");
    send_keys(it, "L");
    expect(it, "who waits for what");
    send_keys(it, "q");
    send_keys(it, "a");
    expect(it, "Any key stops it.");
    send_keys(it, "x");
    expect(it, "Autoplay has stopped.");
    send_keys(it, "q");
    expect(it, "left 0");
}

static void
test_resize(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("the screen follows the terminal's size, too small ones included");
    static const char *const sizes[][2] = { { "120", "40" }, { "20", "5" },  { "200", "50" },
                                            { "1", "1" },    { "61", "17" }, { "120", "40" } };

    if (!start(it, "80", "24"))
        return;
    expect_saved(it, "first");
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *out =
            tmux(it, "resize-window", "-x", sizes[i][0], "-y", sizes[i][1], NULL);

        g_assert_nonnull(out);
    }
    expect_saved(it, "first-wide");
    send_keys(it, "End");
    expect_saved(it, "end-wide");
    send_keys(it, "C-c");
    expect(it, "left 0");
}

static void
test_storm(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a hundred sizes, keys among them, in a storm; then all is as it was");
    if (!start(it, "80", "24"))
        return;
    expect_saved(it, "first");
    for (guint i = 0; i < 100; i++) {
        g_autofree char *width = g_strdup_printf("%u", 1 + i * 37 % 200);
        g_autofree char *height = g_strdup_printf("%u", 1 + i * 17 % 60);

        g_free(tmux(it, "resize-window", "-x", width, "-y", height, NULL));
        if (i % 10 == 0)
            send_keys(it, "z");
    }
    g_free(tmux(it, "resize-window", "-x", "20", "-y", "5", NULL));
    expect(it, "60x16; this is 20x5.");
    g_free(tmux(it, "resize-window", "-x", "80", "-y", "24", NULL));
    send_keys(it, "End");
    expect_saved(it, "end");
}

/* The viewer's process: the shell's only child. */
static pid_t
viewer_of(const Fixture *it)
{
    g_autofree char *shell = tmux(it, "display-message", "-p", "#{pane_pid}", NULL);
    g_autofree char *path = NULL;
    g_autofree char *child = NULL;

    g_assert_nonnull(shell);
    g_strchomp(shell);
    path = g_strdup_printf("/proc/%s/task/%s/children", shell, shell);
    g_assert_true(g_file_get_contents(path, &child, NULL, NULL));
    return (pid_t)g_ascii_strtoll(child, NULL, 10);
}

static void
test_stopped(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("stopped (SIGTSTP) and woken, the viewer paints its screen again");
    pid_t viewer;

    if (!start(it, "80", "24"))
        return;
    expect_saved(it, "first");
    viewer = viewer_of(it);
    g_assert_cmpint(viewer, >, 1);
    for (guint i = 0; i < 3; i++) {
        g_assert_cmpint(kill(viewer, SIGTSTP), ==, 0);
        g_usleep(GLANCE_MS * 1000);
        g_free(tmux(it, "clear-history", NULL));
        g_assert_cmpint(kill(viewer, SIGCONT), ==, 0);
    }
    send_keys(it, "End");
    expect_saved(it, "end");
}

/* Whether a cell of the screen has a colour, @begin of its sequence. */
static gboolean
has_colour(const Fixture *it, const char *begin)
{
    g_autofree char *screen = tmux(it, "capture-pane", "-p", "-e", NULL);

    g_assert_nonnull(screen);
    return strstr(screen, begin) != NULL;
}

static void
test_themes(Fixture *it, gconstpointer data)
{
    g_test_summary("dark and light have colours of their own, mono has none; the text is the same");
    const char *theme = data;
    g_autofree char *journal = g_strdup_printf("%s %s", SAMPLE, theme);

    if (!start_with(it, "80", "24", journal))
        return;
    expect_saved(it, "first");
    send_keys(it, "End");
    expect_saved(it, "end");
    g_assert_cmpint(has_colour(it, "\x1b[36m"), ==, strcmp(theme, "dark") == 0);
    g_assert_cmpint(has_colour(it, "\x1b[34m"), ==, strcmp(theme, "light") == 0);
}

static void
check_pane(const Fixture *it)
{
    g_autofree char *screen = tmux(it, "capture-pane", "-p", NULL);
    g_autofree char *title = tmux(it, "display-message", "-p", "#{pane_title}#{window_name}", NULL);

    g_assert_nonnull(screen);
    g_assert_true(g_utf8_validate(screen, -1, NULL));
    for (const char *p = screen; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        g_assert_true(c == '\n' || (c >= ' ' && c < 0x7f) || c >= 0xa0);
        g_assert_false((c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
                       (c >= 0x2066 && c <= 0x2069));
    }
    g_assert_null(strstr(title, "PWNED"));
}

static void
test_hostile(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(
        "terminal sequences in a journal reach neither the pane, nor its title or buffers");
    g_autofree char *buffers = NULL;

    if (!start_with(it, "80", "24", "tests/journals/hostile.ndjson"))
        return;
    g_free(tmux(it, "set", "-g", "set-clipboard", "on", NULL));
    expect(it, "q quit");
    send_keys(it, "Space");
    for (const char *key = "123456"; *key != '\0'; key++) {
        char name[] = { *key, '\0' };

        send_keys(it, "g");
        send_keys(it, name);
        for (guint i = 0; i < 9; i++)
            send_keys(it, "s");
        expect(it, ">   9");
        check_pane(it);
    }
    buffers = tmux(it, "list-buffers", NULL);
    g_assert_true(buffers == NULL || *buffers == '\0');
}

int
main(int argc, char **argv)
{
    TraceViewOptions options = { 0 };

    setlocale(LC_ALL, "C.UTF-8");
    options.theme = argc == 4 ? argv[3] : NULL;
    if (argc >= 3 && strcmp(argv[1], "--replay") == 0)
        return trace_view_replay(argv[2], &options);
    g_test_init(&argc, &argv, NULL);
    self = g_file_read_link("/proc/self/exe", NULL);
    g_test_add("/viewer/tmux/journey", Fixture, NULL, set_up, test_journey, tear_down);
    g_test_add("/viewer/tmux/lists", Fixture, NULL, set_up, test_lists, tear_down);
    g_test_add("/viewer/tmux/resize", Fixture, NULL, set_up, test_resize, tear_down);
    g_test_add("/viewer/tmux/storm", Fixture, NULL, set_up, test_storm, tear_down);
    g_test_add("/viewer/tmux/stopped", Fixture, NULL, set_up, test_stopped, tear_down);
    g_test_add("/viewer/tmux/dark", Fixture, "dark", set_up, test_themes, tear_down);
    g_test_add("/viewer/tmux/light", Fixture, "light", set_up, test_themes, tear_down);
    g_test_add("/viewer/tmux/mono", Fixture, "mono", set_up, test_themes, tear_down);
    g_test_add("/viewer/tmux/hostile", Fixture, NULL, set_up, test_hostile, tear_down);
    return g_test_run();
}
