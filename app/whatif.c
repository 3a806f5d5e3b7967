/* app/whatif.c - a recorded world once more, with one thing changed (see whatif.h).
 *
 * The journal's files go into a temporary folder under names of our own: a journal may come from
 * anybody, so nothing in it chooses a place on this machine, and what it does not hold is not read
 * from the disk instead. The folder is removed at the end.
 *
 * Start reading at app_whatif_run(), at the end. Tests: tests/test_whatif.c
 */
#include "app/whatif.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include "app/change.h"
#include "app/world_inside.h"
#include "trace/fleeting.h"
#include "trace/words.h"

/* ---- the world file ---- */

static gboolean
app_whatif_write(const char *folder, const char *name, GBytes *octets, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    gsize length;
    const char *data = g_bytes_get_data(octets, &length);

    if (g_mkdir_with_parents(parent, 0700) != 0) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "%s can't be made: %s", parent,
                    g_strerror(errno));
        return FALSE;
    }
    return g_file_set_contents(path, data, (gssize)length, error);
}

static gboolean
app_whatif_write_text(const char *folder, const char *name, const char *text, GError **error)
{
    g_autoptr(GBytes) octets = g_bytes_new(text, strlen(text));

    return app_whatif_write(folder, name, octets, error);
}

static AppWorldFile *
app_whatif_load(const AppRecorded *recorded, const char *folder, GError **error)
{
    g_autofree char *world = g_build_filename(folder, "world.ini", NULL);
    g_autofree char *overlay = g_build_filename(folder, "overlay.ini", NULL);
    gboolean more = recorded->overlay != NULL;

    if (!app_whatif_write_text(folder, "world.ini", recorded->world, error) ||
        (more && !app_whatif_write_text(folder, "overlay.ini", recorded->overlay, error)))
        return NULL;
    return app_world_load(world, more ? overlay : NULL, error);
}

/* ---- its files ---- */

/* A name that stays below the folder it is put in. */
static gboolean
app_whatif_is_safe(const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, "/", -1);

    for (char **part = parts; *part != NULL; part++)
        if (**part == '\0' || g_str_equal(*part, ".") || g_str_equal(*part, ".."))
            return FALSE;
    return *parts != NULL && strlen(name) < 200;
}

/* Unpacks @told into @folder below the world's own. NULL: @error says why not. */
static char *
app_whatif_unpack(const AppRerun *rerun, const AppRecordedFile *told, const char *folder,
                  GError **error)
{
    g_autofree char *place = g_build_filename(rerun->folder, folder, NULL);

    if (told->octets == NULL)
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "%s: it does not hold %s: %s",
                    rerun->recorded->journal, told->name,
                    told->left_out != NULL ? told->left_out : "the journal is damaged");
    else if (!app_whatif_is_safe(told->name))
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "%s: %s is no name that is unpacked",
                    rerun->recorded->journal, told->name);
    else if (app_whatif_write(place, told->name, told->octets, error))
        return g_build_filename(place, told->name, NULL);
    return NULL;
}

static gboolean
app_whatif_unpack_zones(AppRerun *rerun, GError **error)
{
    g_autoptr(GStrvBuilder) zones = g_strv_builder_new();
    guint number = 0;

    for (guint i = 0; i < rerun->recorded->files->len; i++) {
        const AppRecordedFile *told = g_ptr_array_index(rerun->recorded->files, i);
        g_autofree char *folder = g_strdup_printf("zones/%u", number);
        g_autofree char *path = NULL;

        if (!g_str_equal(told->what, "dns zones"))
            continue;
        path = app_whatif_unpack(rerun, told, folder, error);
        if (path == NULL)
            return FALSE;
        g_strv_builder_add(zones, path);
        number++;
    }
    g_strfreev(rerun->file->zones);
    rerun->file->zones = g_strv_builder_end(zones);
    return TRUE;
}

/* The lists that its rules name lie beside them. */
static gboolean
app_whatif_unpack_lists(const AppRerun *rerun, const AppHostFile *host, const char *folder,
                        GError **error)
{
    g_autofree char *what = g_strdup_printf("host %s list", host->name);

    for (guint i = 0; i < rerun->recorded->files->len; i++) {
        const AppRecordedFile *told = g_ptr_array_index(rerun->recorded->files, i);
        g_autofree char *path = NULL;

        if (!g_str_equal(told->what, what))
            continue;
        path = app_whatif_unpack(rerun, told, folder, error);
        if (path == NULL)
            return FALSE;
    }
    return TRUE;
}

/* A key of the world file that names a file gets the unpacked one; what the journal says nothing of is
 * never looked for on this machine. */
static gboolean
app_whatif_unpack_key(const AppRerun *rerun, const AppHostFile *host, const char *key,
                      const char *folder, char **field, GError **error)
{
    g_autofree char *what = g_strdup_printf("host %s %s", host->name, key);
    g_autofree char *place = g_build_filename(folder, key, NULL);
    const AppRecordedFile *told = app_recorded_file(rerun->recorded, what, NULL);
    AppRecordedFile nothing = { .name = *field };
    char *path;

    if (*field == NULL)
        return TRUE;
    path = app_whatif_unpack(rerun, told != NULL ? told : &nothing, place, error);
    g_free(*field);
    *field = path;
    return path != NULL &&
           (!g_str_equal(key, "filter") || app_whatif_unpack_lists(rerun, host, place, error));
}

static gboolean
app_whatif_unpack_host(AppRerun *rerun, AppHostFile *host, guint number, GError **error)
{
    g_autofree char *folder = g_strdup_printf("hosts/%u", number);

    /* A key is a secret, no journal has it; the lab's own authority makes another. */
    g_clear_pointer(&host->tls_certificate, g_free);
    g_clear_pointer(&host->tls_key, g_free);
    return app_whatif_unpack_key(rerun, host, "filter", folder, &host->filter, error) &&
           app_whatif_unpack_key(rerun, host, "allow-list", folder, &host->allow_list, error) &&
           app_whatif_unpack_key(rerun, host, "block-list", folder, &host->block_list, error);
}

/* Those of commands stay in memory: commands call them by names of all kinds. */
static gboolean
app_whatif_take_files(AppRerun *rerun)
{
    rerun->file->files =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    for (guint i = 0; i < rerun->recorded->files->len; i++) {
        const AppRecordedFile *told = g_ptr_array_index(rerun->recorded->files, i);

        if (g_str_equal(told->what, "command") && told->octets != NULL)
            g_hash_table_replace(rerun->file->files, g_strdup(told->name),
                                 g_bytes_ref(told->octets));
    }
    return TRUE;
}

/* ---- keys and commands ---- */

static gboolean
app_whatif_keys(AppRerun *rerun, GError **error)
{
    for (guint i = 0; i < rerun->recorded->keys->len; i++) {
        char **told = g_ptr_array_index(rerun->recorded->keys, i);
        const AppKey *key = g_str_equal(told[0], "world") || g_str_equal(told[0], "dns")
                                ? app_key_find(told[0], told[1])
                                : NULL;

        if (key != NULL && (key->type == APP_KEY_PORT || g_str_equal(key->name, "resolver")) &&
            !app_key_read(key, told[2], rerun->folder, rerun->file, error))
            return FALSE;
    }
    return TRUE;
}

/* The line of the world file that a command came from, so that an error names it again; 0: somebody
 * asked for it while the world ran. */
static int
app_whatif_line(const GPtrArray *script, const AppScriptLine *command)
{
    for (guint i = 0; i < script->len; i++) {
        const AppScriptLine *line = g_ptr_array_index(script, i);

        if (line->at_us == command->at_us && g_str_equal(line->command, command->command))
            return line->line;
    }
    return 0;
}

static void
app_whatif_commands(AppRerun *rerun)
{
    AppWorldFile *file = rerun->file;
    g_autoptr(GPtrArray) script = g_steal_pointer(&file->script);

    file->script = g_ptr_array_new_with_free_func(app_script_line_free);
    for (guint i = 0; i < rerun->recorded->commands->len; i++) {
        const AppScriptLine *told = g_ptr_array_index(rerun->recorded->commands, i);
        AppScriptLine *line = g_new0(AppScriptLine, 1);

        line->at_us = told->at_us;
        line->command = g_strdup(told->command);
        line->line = app_whatif_line(script, told);
        g_ptr_array_add(file->script, line);
    }
}

static gboolean
app_whatif_prepare(AppRerun *rerun, const char *state, GError **error)
{
    AppWorldFile *file = rerun->file = app_whatif_load(rerun->recorded, rerun->folder, error);

    if (file == NULL || !app_whatif_keys(rerun, error) || !app_whatif_unpack_zones(rerun, error) ||
        !app_whatif_take_files(rerun))
        return FALSE;
    for (guint i = 0; i < file->hosts->len; i++)
        if (!app_whatif_unpack_host(rerun, g_ptr_array_index(file->hosts, i), i, error))
            return FALSE;
    app_whatif_commands(rerun);
    file->network = APP_NETWORK_SIMULATED;
    file->journal = TRUE;
    file->seed = rerun->recorded->seed;
    g_free(file->state);
    file->state = g_canonicalize_filename(state, NULL);
    return TRUE;
}

/* ---- the run ---- */

typedef struct AppWhatifWatch {
    AppWhatifEnd *end;
    AppRun *run; /* NULL until it is open */
} AppWhatifWatch;

static void
app_whatif_tell(const TraceEvent *event, void *data)
{
    AppWhatifWatch *watch = data;
    AppWhatifEnd *end = watch->end;

    end->events++;
    if (watch->run == NULL || end->stopped != NULL)
        return;
    if (end->events >= end->events_max)
        end->stopped = N_("so many events, and no end");
    else if (event->time_us > (APP_SIMULATED_START_S + APP_WHATIF_TIME_MAX_S) * NET_SECOND)
        end->stopped = N_("so much time has gone by, and there is no end");
    else if (end->is_cancelled != NULL && end->is_cancelled())
        end->stopped = N_("it was cancelled");
    if (end->stopped != NULL)
        app_run_stop(watch->run);
}

static gboolean
app_whatif_go(AppRerun *rerun, AppWhatifEnd *end, GError **error)
{
    AppWhatifWatch watch = { .end = end };
    AppRunOptions options = {
        .sink = app_whatif_tell, .sink_data = &watch, .amend = app_change_amend, .amend_data = rerun
    };
    g_autoptr(AppRun) run = app_run_new(g_steal_pointer(&rerun->file), &options, error);

    if (run == NULL)
        return FALSE;
    watch.run = run;
    app_run_loop(run, TRUE);
    if (end->stopped != NULL)
        trace_error(run->trace, STAGE_NONE, "the world is stopped: %s (%u)", end->stopped,
                    end->events);
    return TRUE;
}

static void
app_rerun_clear(AppRerun *rerun)
{
    g_clear_pointer(&rerun->file, app_world_free);
    g_clear_pointer(&rerun->instead, g_bytes_unref);
    g_free(rerun->field);
    g_free(rerun->value);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AppRerun, app_rerun_clear)

gboolean
app_whatif_run(const AppRecorded *recorded, const char *change, const char *state,
               AppWhatifEnd *end, GError **error)
{
    g_autoptr(TraceFleeting) folder = trace_fleeting_new(error);
    g_auto(AppRerun) rerun = { .recorded = recorded };

    end->events = 0;
    end->stopped = NULL;
    end->events_max = end->events_max != 0 ? end->events_max : APP_WHATIF_EVENTS_MAX;
    if (folder == NULL)
        return FALSE;
    rerun.folder = trace_fleeting_path(folder);
    return app_whatif_prepare(&rerun, state, error) &&
           (change == NULL || app_change_apply(&rerun, change, error)) &&
           app_whatif_go(&rerun, end, error);
}

char *
app_whatif_inputs(const AppRecorded *recorded)
{
    GString *text = g_string_new(NULL);
    guint messages = 0;

    for (guint i = 0; i < recorded->commands->len; i++) {
        const AppScriptLine *line = g_ptr_array_index(recorded->commands, i);
        g_autofree char *message = g_str_has_prefix(line->command, "send ")
                                       ? g_strdup_printf("  (message %u)", ++messages)
                                       : g_strdup("");

        g_string_append_printf(text, "%4u  %8.3f s  %s%s\n", i + 1,
                               (double)line->at_us / NET_SECOND, line->command, message);
    }
    return g_string_free(text, FALSE);
}
