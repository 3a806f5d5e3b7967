/* trace/viewer/view.c - the viewer's loop: terminal, journal, control socket, signals.
 *
 *   poll   something typed | journal grew | the server said something | told to end | a second
 *   then   read keys, read the journal, serve the link, draw
 *
 * In plain mode lines are read instead of keys, and told instead of drawn.
 *
 * Start reading at view_run().
 * Tests: tests/test_viewer_plain.c, tests/test_viewer_tmux.c
 */
#include "trace/viewer/view.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "trace/viewer/ask.h"
#include "trace/viewer/colon.h"
#include "trace/viewer/draw.h"
#include "trace/viewer/follow.h"
#include "trace/viewer/hunt.h"
#include "trace/viewer/keep.h"
#include "trace/viewer/keys.h"
#include "trace/viewer/link.h"
#include "trace/viewer/moves.h"
#include "trace/viewer/plain.h"
#include "trace/viewer/rerun.h"
#include "trace/viewer/terminal.h"
#include "trace/viewer/whatif_page.h"
#include "trace/words.h"

/* Octets of journal read before keys are looked at again. */
#define VIEW_READ_STEP (2 * 1024 * 1024)
/* A clock on the screen ticks; and should the file system not tell of changes, we look. */
#define VIEW_TICK_MS 500
/* A line that waits is not to wait longer than it must. */
#define VIEW_PLAIN_TICK_MS 50

/* Exit statuses, as everywhere in the program. */
enum { VIEW_RUN_OK = 0, VIEW_RUN_FAILED = 1, VIEW_RUN_USAGE = 2 };

enum { FD_TERMINAL, FD_JOURNAL, FD_SIGNAL, FD_RERUN, FD_LINK, FDS = FD_LINK + VIEW_LINK_LINES };

typedef struct ViewProgram {
    View *view;
    ViewModel *model;
    ViewLink *link;   /* NULL: a recording */
    ViewPlain *plain; /* NULL: the screen is drawn */
    ViewRerun *rerun; /* what :whatif asks for */
    char *whatif;     /* the change to begin with, once the journal has been read; or NULL */
    guint64 at;       /* the event to go to once the journal has been read; 0: none */
    int journal;      /* inotify */
    int signals;      /* signalfd */
} ViewProgram;

static void
view_program_draw(ViewProgram *program)
{
    int width, height;
    g_autoptr(ViewScreen) screen = NULL;
    View *seen = view_seen(program->view);

    view_terminal_size(&width, &height);
    screen = view_screen_new(width, height, program->view->ascii);
    view_settle(program->view, width, height);
    view_draw(seen, screen);
    view_terminal_paint(screen, seen->redraw);
    seen->redraw = FALSE;
    view_terminal_mouse(seen->mouse);
    if (seen->copied_now)
        view_terminal_copy(seen->copied);
    seen->copied_now = FALSE;
}

static void
view_program_lost_server(ViewProgram *program)
{
    View *view = program->view;

    g_clear_pointer(&program->link, view_link_free);
    view->live = FALSE;
    view->held = FALSE;
    view->seek = VIEW_SEEK_NOTHING;
    view->stand = view_last(view);
    view_follow_end(view);
    view_notice(view, "The world has ended. Its journal stays: this is a recording now.");
}

/* ---- plain mode ---- */

/* What was typed, as far as lines may be typed ahead. */
static void
view_program_read(ViewProgram *program, short ready)
{
    char buffer[4096];
    ssize_t got;

    if (ready == 0 || !view_plain_has_room(program->plain))
        return;
    got = read(STDIN_FILENO, buffer, sizeof(buffer));
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    view_plain_type(program->plain, got > 0 ? buffer : NULL, (gsize)MAX(got, 0));
}

/* Returns whether there is more to do at once. */
static gboolean
view_program_tell(ViewProgram *program, gboolean more)
{
    g_autoptr(GString) text = g_string_new(NULL);
    gboolean again = view_plain_turn(program->plain, more, text);

    fwrite(text->str, 1, text->len, stdout);
    /* Whoever listened has gone. */
    if (fflush(stdout) != 0)
        program->view->quit = TRUE;
    return again;
}

/* ---- the loop ---- */

static void
view_program_poll(ViewProgram *program, gboolean more)
{
    gboolean typing = program->plain == NULL || view_plain_has_room(program->plain);
    struct pollfd fds[FDS] = {
        [FD_TERMINAL] = { .fd = typing ? STDIN_FILENO : -1, .events = POLLIN },
        [FD_JOURNAL] = { .fd = program->journal, .events = POLLIN },
        [FD_SIGNAL] = { .fd = program->signals, .events = POLLIN },
        [FD_RERUN] = { .fd = view_rerun_fd(program->rerun), .events = POLLIN },
    };
    char buffer[4096];
    int count = FD_LINK;
    int wait_ms = view_autoplay_wait_ms(view_seen(program->view));

    wait_ms = wait_ms < 0 ? VIEW_TICK_MS : MIN(wait_ms, VIEW_TICK_MS);
    if (program->plain != NULL && view_plain_waits(program->plain))
        wait_ms = MIN(wait_ms, VIEW_PLAIN_TICK_MS);

    if (program->link != NULL) {
        view_link_poll(program->link, fds + FD_LINK);
        count = FDS;
    }
    /* SIGWINCH interrupts this; ncurses then gives the new size with the next key. */
    if (poll(fds, count, more ? 0 : wait_ms) < 0)
        return;
    if (program->plain != NULL)
        view_program_read(program, fds[FD_TERMINAL].revents);
    else if ((fds[FD_TERMINAL].revents & (POLLHUP | POLLERR)) != 0)
        program->view->quit = TRUE;
    if (fds[FD_SIGNAL].revents != 0)
        program->view->quit = TRUE;
    /* What changed does not matter: the journal is looked at anyway. */
    while (fds[FD_JOURNAL].revents != 0 && read(program->journal, buffer, sizeof(buffer)) > 0)
        ;
}

/* All is there that was recorded: to the event that was named on the command line. */
static void
view_program_go(ViewProgram *program)
{
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, program->at);

    if (program->at != 0)
        view_colon(program->view, number);
    program->at = 0;
    if (program->whatif != NULL)
        view_whatif_command(program->view, program->whatif);
    g_clear_pointer(&program->whatif, g_free);
}

/* Returns whether the journal has more at once. */
static gboolean
view_program_turn(ViewProgram *program)
{
    gboolean more, hunts;
    guint key;

    program->view->now_us = g_get_monotonic_time();
    while (program->plain == NULL && (key = view_terminal_key()) != 0)
        view_press(program->view, key);
    view_autoplay_turn(program->view);
    hunts = view_hunt_turn(program->view);
    hunts = view_walk_turn(program->view) || hunts;
    view_rerun_turn(program->rerun, program->view);
    more = view_model_read(program->model, VIEW_READ_STEP);
    view_update(program->view);
    if (!more)
        view_program_go(program);
    if (program->link != NULL && !view_link_serve(program->link, program->view))
        view_program_lost_server(program);
    /* What the server said may let a longer run go on. */
    view_update(program->view);
    if (program->link != NULL && !g_queue_is_empty(&program->view->orders) &&
        !view_link_serve(program->link, program->view))
        view_program_lost_server(program);
    view_follow_turn(program->view);
    return more || hunts;
}

static int
view_program_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int
view_program_watch(const char *path)
{
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

    if (fd >= 0)
        inotify_add_watch(fd, path, IN_MODIFY | IN_CREATE | IN_MOVED_TO);
    return fd;
}

static void
view_program_loop(ViewProgram *program)
{
    gboolean more = view_program_turn(program);

    while (!program->view->quit) {
        if (program->plain == NULL)
            view_program_draw(program);
        else if (view_program_tell(program, more))
            more = TRUE;
        if (!program->view->quit)
            view_program_poll(program, more);
        more = view_program_turn(program);
    }
}

static void
view_program_begin(ViewProgram *program, const char *path, const TraceViewOptions *options)
{
    View *view = view_new(program->model);

    program->view = view;
    view->live = program->link != NULL;
    view->controls = !options->follow;
    view->watching->follows = options->follow;
    view->ascii = options->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    view->sources = view_sources;
    view->explain = options->explain;
    view->sentence = g_strdup(options->sentence);
    view_keep_open(view, path);
    view_ask_keep(view, path);
    view->fleeting = options->fleeting;
    program->at = options->at;
    program->whatif = g_strdup(options->whatif);
    program->rerun = view_rerun_new("/proc/self/exe", path, options->plain);
    program->signals = view_program_signals();
    program->journal = view_program_watch(path);
    if (!options->plain)
        return;
    /* What comes from a pipe or a file was written before its answers were seen. */
    program->plain = view_plain_new(view, !isatty(STDIN_FILENO));
    signal(SIGPIPE, SIG_IGN);
    if (options->sentence != NULL)
        printf("%s\n", options->sentence);
    if (isatty(STDIN_FILENO))
        puts("An empty line goes on to the next thing worth telling, ? lists all keys, q leaves.");
}

static void
view_program_end(ViewProgram *program)
{
    g_autofree char *score = view_follows(program->view) ? NULL : view_ask_score(program->view);

    if (program->plain == NULL)
        view_terminal_close();
    if (score != NULL)
        puts(score);
    if (score != NULL && program->view->predict->kept != NULL)
        printf(_("Your answers are kept in %s.\n"), program->view->predict->kept);
    view_plain_free(program->plain);
    view_rerun_free(program->rerun);
    g_free(program->whatif);
    close(program->journal);
    close(program->signals);
    view_free(program->view);
}

/* FALSE: no such theme, and it has been said. */
static gboolean
view_run_theme(const TraceViewOptions *options, ViewTheme *theme)
{
    const char *no_colour = g_getenv("NO_COLOR");

    if (!view_theme_from_name(options->theme, theme)) {
        fprintf(stderr, "glasspost: no theme is called '%s': dark, light or mono\n",
                options->theme);
        return FALSE;
    }
    /* An empty NO_COLOR is as good as none. */
    if (options->no_colour || (no_colour != NULL && *no_colour != '\0'))
        *theme = VIEW_MONO;
    return TRUE;
}

/* @socket: NULL for a recording. */
static int
view_run(const char *path, const char *socket, const TraceViewOptions *options)
{
    ViewProgram program = { 0 };
    g_autoptr(GError) error = NULL;
    ViewTheme theme;
    int status = VIEW_RUN_OK;

    setlocale(LC_ALL, "");
    if (!view_run_theme(options, &theme))
        return VIEW_RUN_USAGE;
    program.model = view_model_open(path, &error);
    if (program.model == NULL)
        status = VIEW_RUN_FAILED;
    else if (socket != NULL)
        program.link = view_link_open(socket, options->follow, NULL);
    if (status == VIEW_RUN_OK && !options->plain && !view_terminal_open(theme, &error))
        status = VIEW_RUN_USAGE;
    if (status == VIEW_RUN_OK) {
        view_program_begin(&program, path, options);
        if (socket != NULL && program.link == NULL)
            view_notice(program.view, "No world runs here any more: this is its recording.");
        view_program_loop(&program);
        view_program_end(&program);
    } else {
        fprintf(stderr, "glasspost: %s\n", error->message);
    }
    view_link_free(program.link);
    view_model_free(program.model);
    return status;
}

int
trace_view_live(const char *state_folder, const TraceViewOptions *options)
{
    g_autofree char *socket = g_build_filename(state_folder, "control.sock", NULL);

    return view_run(state_folder, socket, options);
}

int
trace_view_replay(const char *path, const TraceViewOptions *options)
{
    return view_run(path, NULL, options);
}

char *
trace_view_keys(void)
{
    GString *text = g_string_new(NULL);

    for (const ViewAction *action = view_actions(); action->name != NULL; action++)
        g_string_append_printf(text, "  %-12s %s\n", action->name, _(action->help));
    for (const ViewCommand *command = view_commands(); command->name != NULL; command++)
        g_string_append_printf(text, "  :%-20s %s\n", command->form, _(command->help));
    return g_string_free(text, FALSE);
}
