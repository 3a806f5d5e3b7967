/* app/cmd_whatif.c - `glasspost whatif JOURNAL --change "..."`: where would the story part?
 *
 *   journal --> two runs to their end, one as it was and one with the change --> a page
 *
 * The recording is run again unchanged, too: so both sides come from the same program, and a
 * recording that this program would not repeat (another build made it) is noticed and said.
 */
#include "app/command_line.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "app/explain.h"
#include "app/whatif.h"
#include "trace/fleeting.h"
#include "trace/viewer/model.h"
#include "trace/viewer/view.h"
#include "trace/viewer/whatif.h"
#include "trace/words.h"

typedef struct AppWhatifCommand {
    gboolean plain;
    gboolean runs_only; /* for the viewer, which compares both runs itself */
    char *change;
    char *state; /* a folder to keep both runs in; NULL: a temporary one */
} AppWhatifCommand;

/* ---- being told to end ---- */

static volatile sig_atomic_t app_whatif_ended;

static void
app_whatif_end(G_GNUC_UNUSED int number)
{
    app_whatif_ended = 1;
}

static gboolean
app_whatif_is_ended(void)
{
    return app_whatif_ended != 0;
}

/* What was made is removed before we go; so a signal only says that it is time. */
static void
app_whatif_listen(void)
{
    struct sigaction action = { .sa_handler = app_whatif_end };

    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

/* ---- the page ---- */

/* A run that was ended from outside did not come to its end: then what is missing is no difference. */
static char *
app_whatif_note(const AppRecorded *recorded, const char *before, const AppWhatifEnd *ends)
{
    gboolean goes_on;
    guint64 differs = app_recorded_differs(recorded, before, &goes_on);
    g_autoptr(GString) note = g_string_new(NULL);

    if (goes_on)
        g_string_append_printf(note,
                               _("The recording stands at event %u. Both runs go on from there to "
                                 "their end, with the inputs that there were until then."),
                               recorded->events);
    if (differs != 0)
        g_string_append_printf(
            note,
            _("The recording itself is another from event %" G_GUINT64_FORMAT " on: "
              "this program does not repeat it exactly. Compared are two new runs."),
            differs);
    for (guint i = 0; i < 2; i++)
        if (ends[i].stopped != NULL)
            g_string_append_printf(
                note,
                i == 0 ? _("%sThe run as it was was stopped after %u events: %s.")
                       : _("%sThe run with the change was stopped after %u events: %s."),
                note->len > 0 ? " " : "", ends[i].events, _(ends[i].stopped));
    return note->len > 0 ? g_string_free(g_steal_pointer(&note), FALSE) : NULL;
}

static int
app_whatif_compare(const AppWhatifCommand *command, const AppRecorded *recorded, const char *state,
                   GError **error)
{
    g_autofree char *before = g_build_filename(state, "before", NULL);
    g_autofree char *after = g_build_filename(state, "after", NULL);
    AppWhatifEnd ends[2] = { { .is_cancelled = app_whatif_is_ended },
                             { .is_cancelled = app_whatif_is_ended } };
    g_autoptr(ViewModel) one = NULL, two = NULL;
    g_autofree char *note = NULL, *page = NULL;

    /* The change first: what is wrong with it is said before anything takes time. */
    if (!app_whatif_run(recorded, command->change, after, &ends[1], error) ||
        !app_whatif_run(recorded, NULL, before, &ends[0], error))
        return APP_FAILED;
    if (app_whatif_is_ended())
        return APP_FAILED;
    note = app_whatif_note(recorded, before, ends);
    if (command->runs_only) {
        fputs(note != NULL ? note : "", stdout);
        return APP_OK;
    }
    one = view_model_open(before, error);
    two = one != NULL ? view_model_open(after, error) : NULL;
    if (two == NULL)
        return APP_FAILED;
    page = view_whatif_text(one, two, command->change, note);
    puts(page);
    return APP_OK;
}

/* ---- the command ---- */

static int
app_whatif_plain(const AppWhatifCommand *command, const AppRecorded *recorded, GError **error)
{
    g_autoptr(TraceFleeting) folder = NULL;
    g_autofree char *state = NULL;
    int status;

    if (command->state == NULL && (folder = trace_fleeting_new(error)) == NULL)
        return APP_FAILED;
    state = folder != NULL ? g_strdup(trace_fleeting_path(folder))
                           : g_canonicalize_filename(command->state, NULL);
    status = app_whatif_compare(command, recorded, state, error);
    if (status == APP_OK && folder == NULL && !command->runs_only)
        printf(_("\nKept: glasspost view %s/before and glasspost view %s/after replay both.\n"),
               command->state, command->state);
    return status;
}

/* No change was named: what there is to be changed. */
static int
app_whatif_list(const AppRecorded *recorded)
{
    g_autofree char *inputs = app_whatif_inputs(recorded);
    g_autofree char *help = app_whatif_help();

    printf(_("The inputs of this journal:\n\n%s\nWhat may follow :whatif in the viewer, or "
             "--change:\n\n%s"),
           inputs, help);
    return APP_OK;
}

static int
app_whatif(const AppWhatifCommand *command, const char *journal)
{
    GError *error = NULL;
    g_autoptr(AppRecorded) recorded = app_recorded_read(journal, &error);
    gboolean screen =
        !command->plain && command->state == NULL && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    int status = APP_OK;

    if (recorded != NULL && command->change == NULL)
        return app_whatif_list(recorded);
    if (recorded != NULL && screen) {
        TraceViewOptions options = { .whatif = command->change, .explain = app_explain_in_viewer };

        return trace_view_replay(journal, &options);
    }
    if (recorded != NULL)
        status = app_whatif_plain(command, recorded, &error);
    return error != NULL ? app_complain_error(error) : status;
}

int
app_cmd_whatif(int argc, char **argv)
{
    AppWhatifCommand command = { 0 };
    GOptionEntry entries[] = {
        { "change", 0, 0, G_OPTION_ARG_STRING, &command.change,
          "the one thing that is changed (below); without it, the inputs are listed", "CHANGE" },
        { "plain", 0, 0, G_OPTION_ARG_NONE, &command.plain,
          "print the page; without a terminal this is so anyway", NULL },
        { "runs-only", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &command.runs_only,
          "with --state: print no page, only what there is to say of both runs", NULL },
        { "state", 0, 0, G_OPTION_ARG_FILENAME, &command.state,
          "keep both runs in this folder, as before and after", "FOLDER" },
        G_OPTION_ENTRY_NULL
    };
    g_autofree char *changes = app_whatif_help();
    g_autofree char *help = g_strconcat("What --change takes, one line:\n\n", changes, NULL);
    int status = APP_USAGE;

    app_whatif_listen();
    if (app_read_options("whatif", entries, help, &argc, &argv, 1, 1))
        status = app_whatif(&command, argv[1]);
    g_free(command.change);
    g_free(command.state);
    return status;
}
