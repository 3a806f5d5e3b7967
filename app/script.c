/* app/script.c - the script of a world file: each line is a timer that runs a command. */
#include "app/run.h"

typedef struct AppScriptTimer {
    AppRun *run;
    const AppScriptLine *line;
} AppScriptTimer;

static void
app_script_fire(void *data)
{
    const AppScriptTimer *timer = data;
    AppRun *run = timer->run;
    g_autoptr(GError) error = NULL;
    g_autofree char *answer = app_command(run, timer->line->command, &error);

    run->script_left--;
    /* One that stands in no line was asked for by hand: whoever did was told. */
    if (answer == NULL && timer->line->line > 0)
        trace_error(run->trace, STAGE_NONE, "script, line %d: %s", timer->line->line,
                    error->message);
}

void
app_script_start(AppRun *run)
{
    run->script = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < run->file->script->len; i++) {
        const AppScriptLine *line = g_ptr_array_index(run->file->script, i);
        AppScriptTimer *timer = g_new0(AppScriptTimer, 1);

        timer->run = run;
        timer->line = line;
        g_ptr_array_add(run->script, timer);
        run->script_left++;
        net_timer_start(run->clock, NET_TIMER_SCHEDULE, line->at_us, app_script_fire, timer);
    }
}
