/* tests/tmux.h - a terminal that can be read: a program inside a tmux server of its own.
 *
 *   keys > tmux > program > screen > tmux_expect()
 *
 * Nothing sleeps for a fixed time: what is waited for is a text on the screen.
 */
#ifndef TESTS_TMUX_H
#define TESTS_TMUX_H

#include <glib.h>
#include <string.h>
#include <unistd.h>

/* How long a screen may take to come, on a machine that is busy with all the other tests. */
#define TMUX_PATIENCE_MS 60000
#define TMUX_GLANCE_MS   20

typedef struct Tmux {
    char *server; /* the name of our tmux server */
} Tmux;

/* Runs tmux with these arguments; what it prints, or NULL where it failed. */
static inline char *
tmux_run(const Tmux *it, ...)
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

static inline void
tmux_set_up(Tmux *it, G_GNUC_UNUSED gconstpointer data)
{
    static guint number;

    /* A name for each test: the server of the one before may still be ending. */
    it->server = g_strdup_printf("glasspost-test-%d-%u", (int)getpid(), ++number);
}

static inline void
tmux_tear_down(Tmux *it, G_GNUC_UNUSED gconstpointer data)
{
    g_free(tmux_run(it, "kill-server", NULL));
    g_free(it->server);
}

/* Runs @command in a terminal of that size. FALSE: there is no tmux here, and the test is skipped. */
static inline gboolean
tmux_start(const Tmux *it, const char *width, const char *height, const char *command)
{
    g_autofree char *tool = g_find_program_in_path("tmux");
    g_autofree char *line = g_strdup_printf("LC_ALL=C.UTF-8 %s; echo left $?; sleep 600", command);
    g_autofree char *out = NULL;

    if (tool == NULL) {
        g_test_skip("tmux is not installed");
        return FALSE;
    }
    out = tmux_run(it, "new-session", "-d", "-x", width, "-y", height, line, NULL);
    g_assert_nonnull(out);
    return TRUE;
}

/* Waits until @text is on the screen. */
static inline void
tmux_expect(const Tmux *it, const char *text)
{
    g_autofree char *screen = NULL;

    for (guint waited = 0; waited < TMUX_PATIENCE_MS; waited += TMUX_GLANCE_MS) {
        g_free(screen);
        screen = tmux_run(it, "capture-pane", "-p", NULL);
        if (screen != NULL && strstr(screen, text) != NULL)
            return;
        g_usleep(TMUX_GLANCE_MS * 1000);
    }
    g_test_message("not on the screen: %s\n%s", text, screen);
    g_test_fail();
}

static inline void
tmux_keys(const Tmux *it, const char *keys)
{
    g_autofree char *out = tmux_run(it, "send-keys", keys, NULL);

    g_assert_nonnull(out);
}

#endif
