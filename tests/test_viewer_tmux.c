/* tests/test_viewer_tmux.c - the viewer on a real terminal, inside tmux: keys sent, screen read.
 *
 * This program is its own viewer: called with --replay JOURNAL it runs it, and the tests start
 * themselves so in a tmux of their own. Without tmux they are skipped.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <locale.h>
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
start(const Fixture *it, const char *width, const char *height)
{
    g_autofree char *tool = g_find_program_in_path("tmux");
    g_autofree char *quoted = g_shell_quote(self);
    g_autofree char *command = g_strdup_printf("LC_ALL=C.UTF-8 %s --replay %s; echo left $?; "
                                               "sleep 60",
                                               quoted, SAMPLE);
    g_autofree char *out = NULL;

    if (tool == NULL) {
        g_test_skip("tmux is not installed");
        return FALSE;
    }
    out = tmux(it, "new-session", "-d", "-x", width, "-y", height, command, NULL);
    g_assert_nonnull(out);
    return TRUE;
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

int
main(int argc, char **argv)
{
    TraceViewOptions options = { 0 };

    setlocale(LC_ALL, "C.UTF-8");
    if (argc == 3 && strcmp(argv[1], "--replay") == 0)
        return trace_view_replay(argv[2], &options);
    g_test_init(&argc, &argv, NULL);
    self = g_file_read_link("/proc/self/exe", NULL);
    g_test_add("/viewer/tmux/journey", Fixture, NULL, set_up, test_journey, tear_down);
    g_test_add("/viewer/tmux/resize", Fixture, NULL, set_up, test_resize, tear_down);
    return g_test_run();
}
