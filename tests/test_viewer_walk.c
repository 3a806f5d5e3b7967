/* tests/test_viewer_walk.c - the program itself, as a learner uses it: `glasspost demo` on a terminal
 * (in tmux), walked through by the keys of the footer and the help, small and large.
 *
 * The world is simulated: what happens is the same each time, and no port is taken.
 */
#include <glib.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tmux.h"

/* So many presses of Space lead from MAIL to the mailbox, and no more: about twenty a message. */
#define PRESSES_MAX 60

typedef struct Size {
    const char *width, *height;
} Size;

static const Size sizes[] = { { "80", "24" }, { "120", "40" } };

static char *program; /* the path of glasspost */

static gboolean
start(const Tmux *it, const Size *size, const char *scenario)
{
    g_autofree char *quoted = g_shell_quote(program);
    g_autofree char *command = g_strdup_printf(
        "%s demo --network simulated --ports 20000 --scenario %s", quoted, scenario);

    if (!tmux_start(it, size->width, size->height, command))
        return FALSE;
    tmux_expect(it, "Now: before the first stage");
    tmux_expect(it, "HELD at ");
    return TRUE;
}

static char *
screen_of(const Tmux *it)
{
    char *screen = tmux_run(it, "capture-pane", "-p", NULL);

    g_assert_nonnull(screen);
    return screen;
}

/* The line of the ladder that begins with @mark: " >" or "=>"; "" where there is none. */
static char *
line_with(const char *screen, const char *mark)
{
    g_auto(GStrv) lines = g_strsplit(screen, "\n", 0);

    for (char **line = lines; *line != NULL; line++)
        if (g_str_has_prefix(*line, mark))
            return g_strdup(*line);
    return g_strdup("");
}

/* Waits until the line with @mark says @text. */
static void
expect_line(const Tmux *it, const char *mark, const char *text)
{
    g_autofree char *line = NULL;

    for (guint waited = 0; waited < TMUX_PATIENCE_MS; waited += TMUX_GLANCE_MS) {
        g_autofree char *screen = screen_of(it);

        g_free(line);
        line = line_with(screen, mark);
        if (strstr(line, text) != NULL)
            return;
        g_usleep(TMUX_GLANCE_MS * 1000);
    }
    g_autofree char *screen = screen_of(it);

    g_test_message("the line with %s does not say %s: %s\n%s", mark, text, line, screen);
    g_test_fail();
}

/* The number of the event that the world is held at, as the screen says; 0: it says none. */
static guint64
held_at(const char *screen)
{
    const char *words = strstr(screen, "HELD at ");

    return words == NULL ? 0 : g_ascii_strtoull(words + strlen("HELD at "), NULL, 10);
}

/* Presses Space, and waits until the world is held at a later event and the screen stays. Returns it;
 * NULL: it goes on no more. */
static char *
next(const Tmux *it)
{
    g_autofree char *before = screen_of(it);
    guint64 held = held_at(before);

    tmux_keys(it, "Space");
    for (guint waited = 0; waited < TMUX_PATIENCE_MS; waited += TMUX_GLANCE_MS) {
        g_autofree char *screen = screen_of(it);

        if (held_at(screen) > held && strcmp(screen, before) == 0)
            return g_steal_pointer(&screen);
        g_free(before);
        before = g_steal_pointer(&screen);
        g_usleep(TMUX_GLANCE_MS * 1000);
    }
    return NULL;
}

static void
test_from_mail_to_mailbox(Tmux *it, gconstpointer size)
{
    g_test_summary("Space alone leads through each stage to the mailbox; Backspace looks back");
    /* As the line of stages has them, from the time they have come to an end. */
    static const char *const stages[] = {
        "CONNECT ok",   "SENDER ok", "SPLIT ok",   "ROUTE remote", "DNS ",         "FILTER accept",
        "QUEUE queued", "RELAY ",    "mx.south: ", "ROUTE local",  "RECIPIENT ok", "DELIVER ok"
    };
    guint met = 0;

    if (!start(it, size, "remote"))
        return;
    for (guint i = 0; i < PRESSES_MAX && met < G_N_ELEMENTS(stages); i++) {
        g_autofree char *screen = next(it);

        if (screen == NULL)
            break;
        while (met < G_N_ELEMENTS(stages) && strstr(screen, stages[met]) != NULL)
            met++;
    }
    if (met < G_N_ELEMENTS(stages)) {
        /* Not an assertion: the tmux server is to be ended as well. */
        g_autofree char *last = screen_of(it);

        g_test_message("no screen showed the stage %s; the last:\n%s", stages[met], last);
        g_test_fail();
        return;
    }
    tmux_expect(it, "Glasspost STEP");
    tmux_keys(it, "BSpace");
    tmux_expect(it, "Glasspost PAST");
    tmux_expect(it, "You look back at");
    tmux_keys(it, "End");
    tmux_expect(it, "Glasspost STEP");
    tmux_keys(it, "c");
    tmux_expect(it, "Delivered: ");
    tmux_keys(it, "q");
    tmux_expect(it, "left 0");
}

static void
test_breakpoint(Tmux *it, gconstpointer size)
{
    g_test_summary(
        "a breakpoint holds the world; its cause, and back; the next hop; leaving, held");

    if (!start(it, size, "remote"))
        return;
    tmux_keys(it, "Space");
    tmux_expect(it, "[CONNECT ok]");
    tmux_keys(it, "b");
    tmux_expect(it, "Break at: stage=");
    tmux_keys(it, "dns");
    tmux_keys(it, "Enter");
    tmux_keys(it, "c");
    expect_line(it, "=>", "MX?");
    tmux_expect(it, "Glasspost STEP");
    tmux_keys(it, "u");
    expect_line(it, " >", "ROUTE remote");
    tmux_keys(it, "BSpace");
    tmux_expect(it, "Glasspost STEP");
    tmux_keys(it, "B");
    tmux_keys(it, "h");
    tmux_expect(it, "mx.north.example > mx.south.example (");
    tmux_expect(it, "Glasspost STEP");
    tmux_keys(it, "q");
    tmux_expect(it, "Leave?");
    tmux_keys(it, "n");
    tmux_expect(it, "HELD at");
    tmux_keys(it, "q");
    tmux_expect(it, "Leave?");
    tmux_keys(it, "y");
    tmux_expect(it, "left 0");
}

static void
test_bounce(Tmux *it, gconstpointer size)
{
    g_test_summary("why a message bounced and who said so: the problem, its causes, its story");

    if (!start(it, size, "unknown-user"))
        return;
    tmux_keys(it, "e");
    tmux_expect(it, "zoe@south.example");
    tmux_expect(it, "1 problem");
    tmux_keys(it, "c");
    tmux_expect(it, "[PICKUP");
    tmux_keys(it, "g");
    tmux_keys(it, "f");
    tmux_expect(it, "Show only:");
    tmux_keys(it, "stage=bounce");
    tmux_keys(it, "Enter");
    tmux_expect(it, "[BOUNCE");
    tmux_expect(it, "PAST FILTER");
    tmux_keys(it, "f");
    tmux_keys(it, "C-u");
    tmux_keys(it, "Enter");
    tmux_expect(it, "All events are shown.");
    tmux_keys(it, "l");
    tmux_expect(it, "It came back");
    tmux_expect(it, "no such user here");
    tmux_expect(it, "Said by: mx.south.example");
    tmux_keys(it, "Escape");
    tmux_expect(it, "Glasspost PAST");
}

static void
test_pages(Tmux *it, gconstpointer size)
{
    g_test_summary("search, messages, sessions, map, help and fault menu open, and close again");
    static const struct {
        const char *key, *text;
    } pages[] = { { "l", "no    from" },
                  { "L", "who waits for what" },
                  { "v", "who takes the mail?" },
                  { "?", "Keys (arrows scroll" },
                  { "i", "What shall go wrong?" } };

    if (!start(it, size, "local"))
        return;
    tmux_keys(it, "c");
    tmux_expect(it, "[PICKUP");
    tmux_keys(it, "g");
    tmux_keys(it, "/");
    tmux_expect(it, "Search");
    tmux_keys(it, "RCPT");
    tmux_keys(it, "Enter");
    expect_line(it, " >", "RCPT");
    for (guint i = 0; i < G_N_ELEMENTS(pages); i++) {
        tmux_keys(it, pages[i].key);
        tmux_expect(it, pages[i].text);
        tmux_keys(it, "Escape");
        expect_line(it, " >", "RCPT");
    }
    tmux_keys(it, "C-c");
    tmux_expect(it, "left 0");
}

/* A test for each size, named after it. */
static void
add(const char *name, void (*test)(Tmux *, gconstpointer))
{
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *path =
            g_strdup_printf("/viewer/walk/%s/%sx%s", name, sizes[i].width, sizes[i].height);

        g_test_add(path, Tmux, &sizes[i], tmux_set_up, test, tmux_tear_down);
    }
}

int
main(int argc, char **argv)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *tests = self == NULL ? NULL : g_path_get_dirname(self);

    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_assert_nonnull(tests);
    program = g_build_filename(tests, "..", "glasspost", NULL);
    if (!g_file_test(program, G_FILE_TEST_IS_EXECUTABLE)) {
        g_test_message("%s is not built", program);
        return EXIT_FAILURE;
    }
    add("mailbox", test_from_mail_to_mailbox);
    add("breakpoint", test_breakpoint);
    add("bounce", test_bounce);
    add("pages", test_pages);
    return g_test_run();
}
