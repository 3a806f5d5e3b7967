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

#include "tests/tmux.h"
#include "trace/viewer/code.h"
#include "trace/viewer/view.h"

#define SAMPLE "tests/journals/remote.ndjson"

/* The Code pane's sources: none, so that the screens don't change with the code. */
const ViewSource view_sources[] = { { NULL, NULL } };

static char *self; /* the path of this program */

/* FALSE: skipped. */
static gboolean
start_with(const Tmux *it, const char *width, const char *height, const char *journal)
{
    g_autofree char *quoted = g_shell_quote(self);
    g_autofree char *command = g_strdup_printf("%s --replay %s", quoted, journal);

    return tmux_start(it, width, height, command);
}

static gboolean
start(const Tmux *it, const char *width, const char *height)
{
    return start_with(it, width, height, SAMPLE);
}

/* Waits until the screen is the saved one. */
static void
expect_saved(const Tmux *it, const char *name)
{
    g_autofree char *path = g_strdup_printf("tests/screens/%s.txt", name);
    g_autofree char *saved = NULL;

    g_assert_true(g_file_get_contents(path, &saved, NULL, NULL));
    tmux_expect(it, saved);
}

static void
test_journey(Tmux *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("first screen, breakpoint on dns, end of the journey, leaving; at 80x24");
    if (!start(it, "80", "24"))
        return;
    expect_saved(it, "first");
    tmux_keys(it, "b");
    tmux_expect(it, "Break at: stage=");
    tmux_keys(it, "dns");
    tmux_keys(it, "Enter");
    tmux_keys(it, "c");
    expect_saved(it, "dns");
    tmux_keys(it, "End");
    expect_saved(it, "end");
    tmux_keys(it, "q");
    tmux_expect(it, "left 0");
}

static void
test_at(Tmux *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("--at begins on the ladder, at that event");
    if (!start_with(it, "80", "24", SAMPLE " --at 17"))
        return;
    tmux_expect(it, "=>  17   6 ms ");
    tmux_keys(it, "BSpace");
    tmux_expect(it, " >  16   6 ms ");
    tmux_keys(it, "q");
    tmux_expect(it, "left 0");
}

static void
test_lists(Tmux *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("filter, sessions, the searched help, autoplay; at 80x24");
    if (!start(it, "80", "24"))
        return;
    expect_saved(it, "first");
    tmux_keys(it, "?");
    tmux_keys(it, "/");
    tmux_expect(it, "Search the help:");
    tmux_keys(it, "breakpoint");
    tmux_keys(it, "Enter");
    tmux_keys(it, "n");
    expect_saved(it, "help-found");
    tmux_keys(it, "Escape");
    tmux_keys(it, "f");
    tmux_expect(it, "Show only:");
    tmux_keys(it, "stage=dns");
    tmux_keys(it, "Enter");
    tmux_keys(it, "G");
    expect_saved(it, "filter");
    tmux_keys(it, "f");
    tmux_keys(it, "C-u");
    tmux_keys(it, "Enter");
    tmux_expect(it, "All events are shown.");
    tmux_keys(it, "L");
    tmux_expect(it, "who waits for what");
    tmux_keys(it, "q");
    tmux_keys(it, "a");
    tmux_expect(it, "Any key stops it.");
    tmux_keys(it, "x");
    tmux_expect(it, "Autoplay has stopped.");
    tmux_keys(it, "q");
    tmux_expect(it, "left 0");
}

static void
test_resize(Tmux *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("the screen follows the terminal's size, too small ones included");
    static const char *const sizes[][2] = { { "120", "40" }, { "20", "5" },  { "200", "50" },
                                            { "1", "1" },    { "61", "17" }, { "120", "40" } };

    if (!start(it, "80", "24"))
        return;
    expect_saved(it, "first");
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *out =
            tmux_run(it, "resize-window", "-x", sizes[i][0], "-y", sizes[i][1], NULL);

        g_assert_nonnull(out);
    }
    expect_saved(it, "first-wide");
    tmux_keys(it, "End");
    expect_saved(it, "end-wide");
    tmux_keys(it, "C-c");
    tmux_expect(it, "left 0");
}

static void
test_storm(Tmux *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a hundred sizes, keys among them, in a storm; then all is as it was");
    if (!start(it, "80", "24"))
        return;
    expect_saved(it, "first");
    for (guint i = 0; i < 100; i++) {
        g_autofree char *width = g_strdup_printf("%u", 1 + i * 37 % 200);
        g_autofree char *height = g_strdup_printf("%u", 1 + i * 17 % 60);

        g_free(tmux_run(it, "resize-window", "-x", width, "-y", height, NULL));
        if (i % 10 == 0)
            tmux_keys(it, "z");
    }
    g_free(tmux_run(it, "resize-window", "-x", "20", "-y", "5", NULL));
    tmux_expect(it, "60x16; this is 20x5.");
    g_free(tmux_run(it, "resize-window", "-x", "80", "-y", "24", NULL));
    tmux_keys(it, "End");
    expect_saved(it, "end");
}

/* Whether a cell of the screen has a colour, @begin of its sequence. */
static gboolean
has_colour(const Tmux *it, const char *begin)
{
    g_autofree char *screen = tmux_run(it, "capture-pane", "-p", "-e", NULL);

    g_assert_nonnull(screen);
    return strstr(screen, begin) != NULL;
}

static void
test_themes(Tmux *it, gconstpointer data)
{
    g_test_summary("dark and light have colours of their own, mono has none; the text is the same");
    const char *theme = data;
    g_autofree char *journal = g_strdup_printf("%s %s", SAMPLE, theme);

    if (!start_with(it, "80", "24", journal))
        return;
    expect_saved(it, "first");
    tmux_keys(it, "End");
    expect_saved(it, "end");
    g_assert_cmpint(has_colour(it, "\x1b[36m"), ==, strcmp(theme, "dark") == 0);
    g_assert_cmpint(has_colour(it, "\x1b[34m"), ==, strcmp(theme, "light") == 0);
}

static void
check_pane(const Tmux *it)
{
    g_autofree char *screen = tmux_run(it, "capture-pane", "-p", NULL);
    g_autofree char *title =
        tmux_run(it, "display-message", "-p", "#{pane_title}#{window_name}", NULL);

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
test_hostile(Tmux *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(
        "terminal sequences in a journal reach neither the pane, nor its title or buffers");
    g_autofree char *buffers = NULL;

    if (!start_with(it, "80", "24", "tests/journals/hostile.ndjson"))
        return;
    g_free(tmux_run(it, "set", "-g", "set-clipboard", "on", NULL));
    tmux_expect(it, "q quit");
    tmux_keys(it, "Space");
    for (const char *key = "123456"; *key != '\0'; key++) {
        char name[] = { *key, '\0' };

        tmux_keys(it, "g");
        tmux_keys(it, name);
        for (guint i = 0; i < 9; i++)
            tmux_keys(it, "s");
        tmux_expect(it, ">   9");
        check_pane(it);
    }
    buffers = tmux_run(it, "list-buffers", NULL);
    g_assert_true(buffers == NULL || *buffers == '\0');
}

int
main(int argc, char **argv)
{
    TraceViewOptions options = { 0 };

    setlocale(LC_ALL, "C.UTF-8");
    options.theme = argc == 4 ? argv[3] : NULL;
    options.at = argc == 5 ? g_ascii_strtoull(argv[4], NULL, 10) : 0;
    if (argc >= 3 && strcmp(argv[1], "--replay") == 0)
        return trace_view_replay(argv[2], &options);
    g_test_init(&argc, &argv, NULL);
    self = g_file_read_link("/proc/self/exe", NULL);
    g_test_add("/viewer/tmux/journey", Tmux, NULL, tmux_set_up, test_journey, tmux_tear_down);
    g_test_add("/viewer/tmux/at", Tmux, NULL, tmux_set_up, test_at, tmux_tear_down);
    g_test_add("/viewer/tmux/lists", Tmux, NULL, tmux_set_up, test_lists, tmux_tear_down);
    g_test_add("/viewer/tmux/resize", Tmux, NULL, tmux_set_up, test_resize, tmux_tear_down);
    g_test_add("/viewer/tmux/storm", Tmux, NULL, tmux_set_up, test_storm, tmux_tear_down);
    g_test_add("/viewer/tmux/dark", Tmux, "dark", tmux_set_up, test_themes, tmux_tear_down);
    g_test_add("/viewer/tmux/light", Tmux, "light", tmux_set_up, test_themes, tmux_tear_down);
    g_test_add("/viewer/tmux/mono", Tmux, "mono", tmux_set_up, test_themes, tmux_tear_down);
    g_test_add("/viewer/tmux/hostile", Tmux, NULL, tmux_set_up, test_hostile, tmux_tear_down);
    return g_test_run();
}
