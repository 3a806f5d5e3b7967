/* trace/viewer/rerun.c - a child that runs the journal's world again (see rerun.h).
 *
 *   asked for --spawn--> under way --its words read to the end--> both runs are opened
 *                           Esc --SIGTERM--> dropped: read to the end, and not shown
 *
 * Start reading at view_rerun_turn(), at the end.
 * Tests: tests/test_whatif.py
 */
#include "trace/viewer/rerun.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace/viewer/sheet.h"
#include "trace/viewer/whatif_page.h"
#include "trace/words.h"

/* A page is some hundred lines; more is none of ours. */
#define VIEW_RERUN_OCTETS_MAX (1024 * 1024)
/* A longer complaint does not fit into the last line. */
#define VIEW_RERUN_NOTICE_MAX 76

struct ViewRerun {
    char *program;
    char *journal;
    gboolean plain;
    char *change;          /* what the child was asked */
    TraceFleeting *folder; /* where it keeps both runs; NULL: it prints a page */
    GPid child;            /* 0: none */
    int output;            /* of the child; -1: none */
    GString *page;
    gboolean dropped; /* nobody waits for it any more */
};

/* ---- asking ---- */

void
view_whatif_command(View *view, const char *change)
{
    if (view->run != VIEW_RUN_OWN) {
        view_notice(view, "What if is asked of your own run: Esc, Esc, and there :whatif.");
        return;
    }
    g_free(view->whatif);
    view->whatif = g_strdup(change);
    if (*change != '\0')
        view_notice(view, "The world runs again; Esc cancels. What if: %s", change);
}

gboolean
view_whatif_is_awaited(const View *view)
{
    return view->whatif != NULL || view->whatif_runs;
}

gboolean
view_whatif_cancel(View *view)
{
    if (!view_whatif_is_awaited(view))
        return FALSE;
    g_clear_pointer(&view->whatif, g_free);
    view->whatif_runs = FALSE;
    return TRUE;
}

/* ---- the child ---- */

ViewRerun *
view_rerun_new(const char *program, const char *journal, gboolean plain)
{
    ViewRerun *rerun = g_new0(ViewRerun, 1);

    rerun->program = g_strdup(program);
    rerun->journal = g_strdup(journal);
    rerun->plain = plain;
    rerun->output = -1;
    rerun->page = g_string_new(NULL);
    return rerun;
}

/* Of a run that nobody will see nothing is left. */
static void
view_rerun_forget(ViewRerun *rerun)
{
    g_clear_pointer(&rerun->folder, trace_fleeting_free);
    g_clear_pointer(&rerun->change, g_free);
}

void
view_rerun_free(ViewRerun *rerun)
{
    if (rerun == NULL)
        return;
    /* It writes into that folder until it has ended. */
    if (rerun->child != 0 && kill(rerun->child, SIGTERM) == 0)
        waitpid(rerun->child, NULL, 0);
    view_rerun_forget(rerun);
    if (rerun->output >= 0)
        close(rerun->output);
    g_string_free(rerun->page, TRUE);
    g_free(rerun->program);
    g_free(rerun->journal);
    g_free(rerun);
}

int
view_rerun_fd(const ViewRerun *rerun)
{
    return rerun->output;
}

/* In the child, before our program begins there: its complaints go where its page goes, the signals
 * that we wait for in another way reach it, and it does not outlive us. */
static void
view_rerun_set_up(G_GNUC_UNUSED gpointer data)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(STDOUT_FILENO, STDERR_FILENO);
}

static void
view_rerun_begin(ViewRerun *rerun, View *view)
{
    char *change = rerun->change = g_steal_pointer(&view->whatif);
    char *list[] = { rerun->program, "whatif", rerun->journal, NULL };
    char *page[] = {
        rerun->program, "whatif", rerun->journal, "--plain", "--change", change, NULL
    };
    char *keep[] = { rerun->program, "whatif",  rerun->journal, "--runs-only", "--change",
                     change,         "--state", NULL,           NULL };
    char **call = *change == '\0' ? list : rerun->plain ? page : keep;
    g_autoptr(GError) error = NULL;

    g_string_truncate(rerun->page, 0);
    rerun->dropped = FALSE;
    if (call == keep && (rerun->folder = trace_fleeting_new(&error)) != NULL)
        keep[G_N_ELEMENTS(keep) - 2] = (char *)trace_fleeting_path(rerun->folder);
    if (error != NULL ||
        !g_spawn_async_with_pipes(NULL, call, NULL, G_SPAWN_DO_NOT_REAP_CHILD, view_rerun_set_up,
                                  NULL, &rerun->child, NULL, &rerun->output, NULL, &error)) {
        view_rerun_forget(rerun);
        view_notice(view, "No other run: %s", error->message);
        rerun->child = 0;
        rerun->output = -1;
        return;
    }
    fcntl(rerun->output, F_SETFL, O_NONBLOCK);
    view->whatif_runs = TRUE;
}

/* FALSE: the child has said all. */
static gboolean
view_rerun_read(ViewRerun *rerun)
{
    char buffer[16384];
    ssize_t got;

    while ((got = read(rerun->output, buffer, sizeof(buffer))) > 0) {
        g_string_append_len(rerun->page, buffer, got);
        if (rerun->page->len > VIEW_RERUN_OCTETS_MAX)
            return FALSE;
    }
    return got < 0 && (errno == EAGAIN || errno == EINTR);
}

static void
view_rerun_show(ViewRerun *rerun, View *view, gboolean well)
{
    g_autofree char *page = g_strchomp(g_strdup(rerun->page->str));
    const char *words = g_str_has_prefix(page, "glasspost: ") ? page + strlen("glasspost: ") : page;

    view->whatif_runs = FALSE;
    g_clear_pointer(&view->notice, g_free);
    if (well && rerun->folder != NULL) {
        /* What it said is what there is to say of both runs; often nothing. */
        view_whatif_open(view, g_steal_pointer(&rerun->folder), rerun->change, words);
    } else if (!g_utf8_validate(page, -1, NULL) || *page == '\0') {
        view_notice(view, "The other run has ended without a word.");
    } else if (!well && strlen(words) <= VIEW_RERUN_NOTICE_MAX) {
        view_notice(view, "%s", words);
    } else {
        view_sheet_open(view, g_strdup(words));
        view->whatif_page = TRUE;
    }
}

static void
view_rerun_end(ViewRerun *rerun, View *view)
{
    int status = 0;

    kill(rerun->child, SIGTERM); /* it may have more to say than we take */
    waitpid(rerun->child, &status, 0);
    g_spawn_close_pid(rerun->child);
    close(rerun->output);
    rerun->child = 0;
    rerun->output = -1;
    if (!rerun->dropped)
        view_rerun_show(rerun, view, WIFEXITED(status) && WEXITSTATUS(status) == 0);
    view_rerun_forget(rerun);
}

void
view_rerun_turn(ViewRerun *rerun, View *view)
{
    if (rerun->child == 0 && view->whatif != NULL)
        view_rerun_begin(rerun, view);
    if (rerun->child == 0)
        return;
    if (!rerun->dropped && (!view->whatif_runs || view->whatif != NULL)) {
        rerun->dropped = TRUE;
        kill(rerun->child, SIGTERM);
    }
    if (!view_rerun_read(rerun))
        view_rerun_end(rerun, view);
}
