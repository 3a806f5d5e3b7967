/* app/cmd_demo.c - `glasspost demo`: a world, a message, its journey. The program's main job.
 *
 *   on a terminal   the world runs in a process of its own, held at its first event; the viewer
 *                   runs here, and ends it
 *   --step          the same in plain mode: lines instead of keys, lines instead of a screen
 *   --plain         the world runs here, until nothing is left to happen; each event is a line
 *
 * A scenario is labs/demo/scenarios/NAME.ini: keys on top of labs/demo/world.ini, and a script.
 */
#include "app/command_line.h"

#include <stdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "app/explain.h"
#include "app/ports.h"
#include "app/run.h"
#include "trace/words.h"
#include "app/state.h"
#include "trace/export.h"
#include "trace/viewer/view.h"

typedef struct AppDemo {
    gboolean plain, step, list, summary, bare, ascii;
    char *scenario, *keep, *network, *theme;
    const char *world, *overlay; /* files, instead of a scenario */
    char **faults;               /* that the story begins with, or NULL */
    int ports;
    char *state;        /* folder; temporary unless kept */
    TraceExport export; /* of --plain */
    GPtrArray *awaited; /* TraceFilter of what is expected and not yet seen */
    guint64 events;
    GHashTable *hosts; /* that a message came through */
} AppDemo;

/* ---- scenarios ---- */

static char *
app_demo_scenario_path(const char *name, GError **error)
{
    g_autofree char *file = g_strdup_printf("labs/demo/scenarios/%s.ini", name);
    char *path = strchr(name, '/') == NULL ? app_data_path(file, NULL) : NULL;

    if (path == NULL)
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "there is no scenario '%s'; glasspost demo --list names them", name);
    return path;
}

static AppWorldFile *
app_demo_load(const char *scenario, GError **error)
{
    g_autofree char *world = app_data_path("labs/demo/world.ini", error);
    g_autofree char *overlay = world != NULL ? app_demo_scenario_path(scenario, error) : NULL;

    return overlay != NULL ? app_world_load(world, overlay, error) : NULL;
}

static int
app_demo_by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
app_demo_list(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = app_data_path("labs/demo/scenarios", &error);
    g_autoptr(GDir) folder = path != NULL ? g_dir_open(path, 0, &error) : NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *file;

    if (folder == NULL)
        return app_complain_error(g_steal_pointer(&error));
    while ((file = g_dir_read_name(folder)) != NULL)
        if (g_str_has_suffix(file, ".ini"))
            g_ptr_array_add(names, g_strndup(file, strlen(file) - strlen(".ini")));
    g_ptr_array_sort(names, app_demo_by_name);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autoptr(AppWorldFile) world = app_demo_load(name, &error);

        if (world == NULL)
            return app_complain_error(g_steal_pointer(&error));
        g_autofree char *title = words_sentence(world->title != NULL ? world->title : "");
        printf("%-16s %s\n", name, title);
    }
    return APP_OK;
}

/* ---- faults ---- */

/* --fault: as if the script began with it. */
static gboolean
app_demo_add_faults(const AppDemo *demo, AppWorldFile *file, GError **error)
{
    g_autoptr(TraceFaults) trial = trace_faults_new(NULL, NULL);

    for (char **fault = demo->faults; fault != NULL && *fault != NULL; fault++) {
        g_autofree char *command = g_strconcat("fault ", *fault, NULL);

        if (!trace_faults_arm(trial, *fault, error)) {
            g_prefix_error(error, "--fault: ");
            return FALSE;
        }
        app_world_begin_with(file, command);
    }
    return TRUE;
}

/* ---- ports ---- */

static gboolean
app_demo_choose_ports(const AppDemo *demo, AppWorldFile *file, GError **error)
{
    int asked = app_ports_asked(demo->ports, error);
    guint16 base;

    if (asked < 0 || !app_ports_choose(file, (guint16)asked, &base, error))
        return FALSE;
    if (asked == 0 && base != APP_PORTS_BASE)
        printf(_("The ports from %d are in use; this world takes those from %u.\n"), APP_PORTS_BASE,
               base);
    return TRUE;
}

/* ---- the state folder ---- */

static gboolean
app_demo_make_state(AppDemo *demo, AppWorldFile *file, GError **error)
{
    demo->state = demo->keep != NULL ? g_canonicalize_filename(demo->keep, NULL)
                                     : g_dir_make_tmp("glasspost-demo-XXXXXX", error);
    if (demo->state == NULL)
        return FALSE;
    g_free(file->state);
    file->state = g_strdup(demo->state);
    return TRUE;
}

/* Nothing is kept where the world could not even begin. */
static void
app_demo_drop_state(const AppDemo *demo)
{
    g_autofree char *quoted = demo->keep == NULL ? NULL : g_shell_quote(demo->keep);

    if (demo->keep == NULL)
        app_state_remove(demo->state);
    else if (g_file_test(demo->state, G_FILE_TEST_IS_DIR))
        printf(_("Kept: glasspost view %s replays it.\n"),
               strpbrk(demo->keep, " '\"$&;()*?\\") == NULL ? demo->keep : quoted);
}

/* ---- plain ---- */

static void
app_demo_count(AppDemo *demo, const TraceEvent *event)
{
    demo->events++;
    if (event->host != NULL && event->journey != NULL && !g_str_equal(event->host, "dns"))
        g_hash_table_add(demo->hosts, g_strdup(event->host));
    for (guint i = 0; i < demo->awaited->len; i++) {
        if (trace_filter_matches(g_ptr_array_index(demo->awaited, i), event)) {
            g_ptr_array_remove_index(demo->awaited, i);
            break;
        }
    }
}

static void
app_demo_tell(const TraceEvent *event, void *data)
{
    AppDemo *demo = data;
    g_autoptr(GString) line = g_string_new(NULL);

    app_demo_count(demo, event);
    trace_export_text(&demo->export, event, line);
    fputs(line->str, stdout);
}

static gboolean
app_demo_expect(AppDemo *demo, const AppWorldFile *file, GError **error)
{
    /* With faults that nobody planned, what comes of it is the learner's to find out. */
    for (char **text = file->expect; demo->faults == NULL && *text != NULL; text++) {
        TraceFilter *filter = trace_filter_parse(*text, error);

        if (filter == NULL)
            return FALSE;
        g_ptr_array_add(demo->awaited, filter);
    }
    return TRUE;
}

/* A text of the scenario, in the reader's language. */
static void
app_demo_say(const char *text)
{
    g_autofree char *said = words_sentence(text);

    puts(said);
}

static int
app_demo_verdict(const AppDemo *demo, const AppWorldFile *file)
{
    guint servers = g_hash_table_size(demo->hosts);

    printf(ngettext("\n%" G_GUINT64_FORMAT " events, %u mail server.\n",
                    "\n%" G_GUINT64_FORMAT " events, %u mail servers.\n", servers),
           demo->events, servers);
    for (guint i = 0; i < demo->awaited->len; i++)
        fprintf(stderr, "glasspost: the scenario ended without an event that matches %s\n",
                trace_filter_text(g_ptr_array_index(demo->awaited, i)));
    if (demo->awaited->len > 0)
        return APP_FAILED;
    if (file->ending != NULL && demo->faults == NULL)
        app_demo_say(file->ending);
    return APP_OK;
}

static int
app_demo_plain(AppDemo *demo, AppWorldFile *file, GError **error)
{
    AppRunOptions options = { .sink = app_demo_tell, .sink_data = demo };
    g_autoptr(AppRun) run = NULL;

    app_demo_say(file->title != NULL ? file->title : demo->scenario);
    if (file->watch != NULL)
        app_demo_say(file->watch);
    putchar('\n');
    demo->export.summary = demo->summary;
    demo->export.bare = demo->bare;
    if (!app_demo_expect(demo, file, error)) {
        app_world_free(file);
        return APP_FAILED;
    }
    run = app_run_new(file, &options, error);
    if (run == NULL)
        return APP_FAILED;
    app_run_loop(run, TRUE);
    return app_demo_verdict(demo, run->file);
}

/* ---- with the viewer ---- */

/* The world's own process: says one octet when it listens, ends with its parent. */
static int
app_demo_serve(AppWorldFile *file, int ready)
{
    AppRunOptions options = { .hold = TRUE, .control = TRUE };
    GError *error = NULL;
    g_autoptr(AppRun) run = NULL;

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    run = app_run_new(file, &options, &error);
    if (run == NULL)
        return app_complain_error(error);
    if (write(ready, "+", 1) == 1)
        app_run_loop(run, FALSE);
    return APP_OK;
}

static int
app_demo_watch(AppDemo *demo, AppWorldFile *file)
{
    g_autofree char *sentence = file->watch == NULL ? NULL : words_sentence(file->watch);
    TraceViewOptions options = { .fleeting = demo->keep == NULL,
                                 .ascii = demo->ascii,
                                 .theme = demo->theme,
                                 .plain = demo->step,
                                 .sentence = sentence,
                                 .explain = app_explain_in_viewer };
    int ready[2], status = APP_FAILED;
    pid_t world;
    char octet;

    fflush(stdout);
    if (pipe(ready) != 0 || (world = fork()) < 0)
        return app_complain(APP_FAILED, "cannot start a process: %s", g_strerror(errno));
    if (world == 0) {
        close(ready[0]);
        _exit(app_demo_serve(file, ready[1]));
    }
    close(ready[1]);
    if (read(ready[0], &octet, 1) == 1)
        status = trace_view_live(demo->state, &options);
    kill(world, SIGTERM);
    waitpid(world, NULL, 0);
    close(ready[0]);
    app_world_free(file);
    return status;
}

/* ---- */

static int
app_demo_run(AppDemo *demo)
{
    GError *error = NULL;
    AppWorldFile *file = demo->world != NULL ? app_world_load(demo->world, demo->overlay, &error)
                                             : app_demo_load(demo->scenario, &error);
    gboolean screen = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !demo->plain;
    int status;

    if (file == NULL)
        return app_complain_error(error);
    if (demo->network != NULL) {
        const AppKey *key = app_key_find("world", "network");

        if (!app_key_read(key, demo->network, file->folder, file, &error)) {
            app_world_free(file);
            return app_complain_error(error);
        }
    }
    if (!app_demo_add_faults(demo, file, &error) || !app_demo_choose_ports(demo, file, &error) ||
        !app_demo_make_state(demo, file, &error)) {
        app_world_free(file);
        return app_complain_error(error);
    }
    status = screen || demo->step ? app_demo_watch(demo, file) : app_demo_plain(demo, file, &error);
    app_demo_drop_state(demo);
    return error != NULL ? app_complain_error(error) : status;
}

/* Takes what @demo owns. */
static int
app_demo_go(AppDemo *demo)
{
    int status;

    demo->awaited = g_ptr_array_new_with_free_func((GDestroyNotify)trace_filter_free);
    demo->hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    status = app_demo_run(demo);
    g_ptr_array_unref(demo->awaited);
    g_hash_table_unref(demo->hosts);
    g_free(demo->scenario);
    g_free(demo->keep);
    g_free(demo->network);
    g_strfreev(demo->faults);
    g_free(demo->theme);
    g_free(demo->state);
    return status;
}

int
app_demo_world_file(const char *world, const char *overlay, gboolean plain, const char *keep)
{
    AppDemo demo = { .world = world,
                     .overlay = overlay,
                     .plain = plain,
                     .keep = g_strdup(keep),
                     .scenario = g_path_get_basename(world) };

    return app_demo_go(&demo);
}

int
app_cmd_demo(int argc, char **argv)
{
    AppDemo demo = { 0 };
    GOptionEntry entries[] = {
        { "plain", 0, 0, G_OPTION_ARG_NONE, &demo.plain,
          "print each event as a line, to the end; without a terminal this is so anyway", NULL },
        { "step", 0, 0, G_OPTION_ARG_NONE, &demo.step,
          "as --plain, but hold at the first event and read keys as lines (see view --help)",
          NULL },
        { "summary", 0, 0, G_OPTION_ARG_NONE, &demo.summary, "with --plain: the main events only",
          NULL },
        { "bare", 0, 0, G_OPTION_ARG_NONE, &demo.bare,
          "with --plain: without the rule and the line of C behind each event", NULL },
        { "scenario", 0, 0, G_OPTION_ARG_STRING, &demo.scenario, "which story (default: remote)",
          "NAME" },
        { "fault", 0, 0, G_OPTION_ARG_STRING_ARRAY, &demo.faults,
          "let something go wrong: \"dns-timeout occurrence=first\" (i in the viewer lists all)",
          "FAULT" },
        { "list", 0, 0, G_OPTION_ARG_NONE, &demo.list, "name the scenarios", NULL },
        { "keep", 0, 0, G_OPTION_ARG_FILENAME, &demo.keep, "keep databases and journal", "FOLDER" },
        { "ports", 0, 0, G_OPTION_ARG_INT, &demo.ports, "25, 110... are added to BASE (10000)",
          "BASE" },
        { "network", 0, 0, G_OPTION_ARG_STRING, &demo.network, "loopback or simulated", "NAME" },
        { "ascii", 0, 0, G_OPTION_ARG_NONE, &demo.ascii, "draw with ASCII only", NULL },
        { "theme", 0, 0, G_OPTION_ARG_STRING, &demo.theme,
          "colours for a dark or light ground, or none: dark, light, mono", "NAME" },
        G_OPTION_ENTRY_NULL
    };

    if (!app_read_options("demo", entries, NULL, &argc, &argv, 0, 1))
        return APP_USAGE;
    if (argc > 1)
        return app_complain(APP_USAGE,
                            "demo: a story is named so: glasspost demo --scenario %s (--list "
                            "names them all)",
                            argv[1]);
    if (demo.list)
        return app_demo_list();
    if (demo.scenario == NULL)
        demo.scenario = g_strdup("remote");
    return app_demo_go(&demo);
}
