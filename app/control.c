/* app/control.c - steering: what trace/gate and trace/control ask of the world around them. */
#include "app/control.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>

#include "app/presets.h"

/* ---- holding ---- */

static void
app_control_held(void *data)
{
    AppRun *run = data;

    if (run->journal != NULL)
        trace_journal_flush(run->journal);
    net_clock_pause(run->clock);
}

static void
app_control_released(void *data)
{
    net_clock_resume(((AppRun *)data)->clock);
}

/* The world stands still; only control and signals are heard. */
static void
app_control_wait(void *data)
{
    AppRun *run = data;
    struct pollfd ready[2] = { { run->control != NULL ? trace_control_fd(run->control) : -1, POLLIN,
                                 0 },
                               { run->signals, POLLIN, 0 } };

    poll(ready, 2, -1);
    if (ready[1].revents != 0) {
        app_run_stop(run);
        trace_gate_clear(run->gate, 0);
        trace_gate_continue(run->gate);
    } else if (run->control != NULL) {
        trace_control_serve(run->control, TRUE);
    }
}

TraceGateHooks
app_control_gate_hooks(AppRun *run)
{
    return (TraceGateHooks){ app_control_held, app_control_wait, app_control_released, run };
}

/* ---- control ---- */

static char *
app_control_command(void *data, const char *command, const char *arguments, GError **error)
{
    AppRun *run = data;
    g_autofree char *line = g_strdup_printf("%s %s", command, arguments != NULL ? arguments : "");
    char *answer;

    if (g_str_equal(command, "pause")) {
        trace_gate_pause(run->gate);
        return g_strdup("\"pausing\":true");
    }
    trace_gate_exempt(run->gate, TRUE);
    answer = app_command(run, line, error);
    trace_gate_exempt(run->gate, FALSE);
    return answer;
}

static void
app_control_set_speed(void *data, double speed)
{
    net_clock_set_speed(((AppRun *)data)->clock, speed);
}

static double
app_control_speed(void *data)
{
    return net_clock_speed(((AppRun *)data)->clock);
}

static char *
app_control_status(void *data)
{
    AppRun *run = data;
    g_autofree char *now = trace_time_format(net_clock_now_us(run->clock));
    gint64 next_us = net_clock_next_schedule_us(run->clock);
    g_autofree char *next = next_us >= 0 ? trace_time_format(next_us) : NULL;

    return g_strdup_printf(
        "\"time\":\"%s\",\"network\":\"%s\",\"script_left\":%u,"
        "\"slow_turns\":%u,\"slowest_turn_ms\":%" G_GINT64_FORMAT ","
        "\"next_timer\":%s%s%s",
        now, run->file->network == APP_NETWORK_SIMULATED ? "simulated" : "loopback",
        run->script_left, run->slow_turns, run->slowest_us / 1000, next != NULL ? "\"" : "",
        next != NULL ? next : "null", next != NULL ? "\"" : "");
}

static char *
app_control_presets(void *data)
{
    return app_presets_json(((AppRun *)data)->file);
}

static void
app_control_control_ready(void *data)
{
    trace_control_serve(((AppRun *)data)->control, FALSE);
}

gboolean
app_control_open(AppRun *run, GError **error)
{
    TraceControlHooks hooks = { .command = app_control_command,
                                .set_speed = app_control_set_speed,
                                .speed = app_control_speed,
                                .status = app_control_status,
                                .presets = app_control_presets,
                                .data = run };
    g_autofree char *path = g_build_filename(run->file->state, "control.sock", NULL);

    run->control = trace_control_new(path, run->gate, run->faults, &hooks, error);
    if (run->control == NULL)
        return FALSE;
    net_watch_fd(run->parts.net, trace_control_fd(run->control), app_control_control_ready, run);
    return TRUE;
}

static void
app_control_signalled(void *data)
{
    app_run_stop(data);
}

void
app_control_open_signals(AppRun *run)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    run->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    net_watch_fd(run->parts.net, run->signals, app_control_signalled, run);
}
