/* app/cmd_play.c - `glasspost play WORLD.ini`: the script of a world, to its end, in no time.
 *
 * On the simulated network no port is needed and idle time is skipped: five days of retries take a
 * second. The same world and the same seed give the same journal, byte for byte. What came of it
 * stays in the state folder: the journal, and each host's database. The grader of the labs plays
 * worlds in this way.
 *
 * A world need not end by itself (two servers may pass a message round for ever), so there is an
 * end to the number of events and to the world's time; reaching it is the last event.
 */
#include "app/command_line.h"

#include <stdio.h>
#include <string.h>
#include "app/run.h"
#include "trace/export.h"
#include "trace/words.h"

#define APP_PLAY_EVENTS 100000
#define APP_PLAY_TIME   "366d"

typedef struct AppPlay {
    gboolean plain;
    char *overlay, *state, *time_max;
    gint64 seed; /* -1: the world's own */
    gint events_max;
    gint64 end_us; /* no event after this */
    AppRun *run;
    TraceExport export;
    gint events;
    gint64 last_us;
    const char *stopped; /* why it was ended from outside, or NULL */
} AppPlay;

static void
app_play_tell(const TraceEvent *event, void *data)
{
    AppPlay *play = data;

    play->events++;
    play->last_us = event->time_us;
    if (play->plain) {
        g_autoptr(GString) line = g_string_new(NULL);

        trace_export_text(&play->export, event, line);
        fputs(line->str, stdout);
    }
    if (play->run == NULL || play->stopped != NULL)
        return;
    if (play->events >= play->events_max)
        play->stopped = N_("so many events, and no end");
    else if (event->time_us > play->end_us)
        play->stopped = N_("so much time has gone by, and there is no end");
    if (play->stopped != NULL)
        app_run_stop(play->run);
}

static int
app_play_run(AppPlay *play, AppWorldFile *file, GError **error)
{
    AppRunOptions options = { .sink = app_play_tell, .sink_data = play };
    g_autofree char *state = g_strdup(file->state), *took = NULL;
    g_autoptr(AppRun) run = app_run_new(file, &options, error);

    if (run == NULL)
        return APP_FAILED;
    play->run = run;
    app_run_loop(run, TRUE);
    if (play->stopped != NULL)
        trace_error(run->trace, STAGE_NONE, "the world is stopped: %s (%d)", play->stopped,
                    play->events);
    took = trace_export_offset(play->last_us - APP_SIMULATED_START_S * NET_SECOND);
    printf(_("%d events in %s of the world's time%s%s.\n"), play->events, took + strlen("+"),
           play->stopped != NULL ? _("; stopped: ") : "",
           play->stopped != NULL ? _(play->stopped) : "");
    printf(_("Look at it: glasspost view %s\n"), play->state != NULL ? play->state : state);
    return APP_OK;
}

/* What play means, whatever the world file says: simulated, with a journal. */
static gboolean
app_play_settle(AppPlay *play, AppWorldFile *file, GError **error)
{
    gint64 seconds;

    if (play->time_max != NULL && !app_read_duration(play->time_max, &seconds)) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "play: --time-max %s: must be a time such as 30d", play->time_max);
        return FALSE;
    }
    if (play->time_max == NULL)
        app_read_duration(APP_PLAY_TIME, &seconds);
    play->end_us = (APP_SIMULATED_START_S + seconds) * NET_SECOND;
    file->network = APP_NETWORK_SIMULATED;
    file->journal = TRUE;
    if (play->seed >= 0)
        file->seed = (guint64)play->seed;
    if (play->state != NULL) {
        g_free(file->state);
        file->state = g_canonicalize_filename(play->state, NULL);
    }
    return TRUE;
}

static int
app_play(AppPlay *play, const char *world)
{
    GError *error = NULL;
    AppWorldFile *file = app_world_load(world, play->overlay, &error);
    int status;

    if (file == NULL)
        return app_complain_error(error);
    if (!app_play_settle(play, file, &error)) {
        app_world_free(file);
        return app_complain_error(error);
    }
    status = app_play_run(play, file, &error);
    return error != NULL ? app_complain_error(error) : status;
}

int
app_cmd_play(int argc, char **argv)
{
    AppPlay play = { .seed = -1, .events_max = APP_PLAY_EVENTS };
    GOptionEntry entries[] = {
        { "overlay", 0, 0, G_OPTION_ARG_FILENAME, &play.overlay,
          "a second file, whose keys and script come on top", "FILE.ini" },
        { "state", 0, 0, G_OPTION_ARG_FILENAME, &play.state,
          "an empty folder for databases and journal (default: the world's)", "FOLDER" },
        { "seed", 0, 0, G_OPTION_ARG_INT64, &play.seed, "where chance starts", "NUMBER" },
        { "plain", 0, 0, G_OPTION_ARG_NONE, &play.plain, "print each event as a line", NULL },
        { "events-max", 0, 0, G_OPTION_ARG_INT, &play.events_max,
          "a world that goes on for ever is stopped after so many events "
          "(" G_STRINGIFY(APP_PLAY_EVENTS) ")",
          "NUMBER" },
        { "time-max", 0, 0, G_OPTION_ARG_STRING, &play.time_max,
          "or after so much of its own time (" APP_PLAY_TIME ")", "TIME" },
        G_OPTION_ENTRY_NULL
    };
    int status = APP_USAGE;

    if (app_read_options("play", entries, NULL, &argc, &argv, 1, 1))
        status = app_play(&play, argv[1]);
    g_free(play.overlay);
    g_free(play.state);
    g_free(play.time_max);
    return status;
}
