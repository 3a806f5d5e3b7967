/* app/run.c - opens a world, runs its turns, closes it.
 *
 * The end of a turn, in this order, so that nothing is told or promised before it is true:
 *   each host's COMMIT and the replies that waited for it > journal > output (by net/)
 */
#include "app/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gstdio.h>

#define APP_BUILD "glasspost 0.1"

/* ---- the state folder ---- */

static gboolean
app_run_lock_state(AppRun *run, GError **error)
{
    g_autofree char *path = g_build_filename(run->file->state, "lock", NULL);

    if (g_mkdir_with_parents(run->file->state, 0700) != 0) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "state folder %s: %s", run->file->state,
                    g_strerror(errno));
        return FALSE;
    }
    run->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (run->lock < 0 || flock(run->lock, LOCK_EX | LOCK_NB) != 0) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "state folder %s: %s", run->file->state,
                    errno == EWOULDBLOCK ? "another glasspost is using it" : g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

/* A simulated world is the same at each run, so it starts from nothing. */
static gboolean
app_run_check_empty(AppRun *run, GError **error)
{
    g_autoptr(GDir) folder = g_dir_open(run->file->state, 0, NULL);
    const char *name;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        if (g_str_has_suffix(name, ".db") || g_str_has_suffix(name, ".ndjson")) {
            g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                        "state folder %s holds %s: a simulated world starts from an empty one; "
                        "remove it, or name another",
                        run->file->state, name);
            return FALSE;
        }
    }
    return TRUE;
}

/* ---- the tracer, its journal, its gate ---- */

static gint64
app_run_now_us(void *clock)
{
    return net_clock_now_us(clock);
}

static double
app_run_chance(void *chance)
{
    return net_chance_fraction(chance);
}

/* What the world looks like now, for the journal's segment headers. */
static char *
app_run_snapshot(void *data)
{
    AppRun *run = data;
    GString *json = g_string_new("{\"hosts\":[");

    for (guint i = 0; i < run->hosts->len; i++) {
        g_autofree char *host = app_host_json(g_ptr_array_index(run->hosts, i));

        g_string_append_printf(json, "%s%s", i > 0 ? "," : "", host);
    }
    return g_string_free(g_string_append(json, "]}"), FALSE);
}

static gboolean
app_run_open_journal(AppRun *run, GError **error)
{
    TraceJournalHead head = { APP_BUILD, run->file->seed, run->file->text, app_run_snapshot, run };

    if (!run->file->journal)
        return TRUE;
    run->journal = trace_journal_open(run->file->state, run->file->journal_octets,
                                      run->parts.tracer, &head, error);
    return run->journal != NULL;
}

static void
app_run_held(void *data)
{
    AppRun *run = data;

    if (run->journal != NULL)
        trace_journal_flush(run->journal);
    net_clock_pause(run->clock);
}

static void
app_run_released(void *data)
{
    net_clock_resume(((AppRun *)data)->clock);
}

/* The world stands still; only control and signals are heard. */
static void
app_run_wait(void *data)
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

/* ---- control ---- */

static char *
app_run_command(void *data, const char *command, const char *arguments, GError **error)
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
app_run_set_speed(void *data, double speed)
{
    net_clock_set_speed(((AppRun *)data)->clock, speed);
}

static double
app_run_speed(void *data)
{
    return net_clock_speed(((AppRun *)data)->clock);
}

static char *
app_run_status(void *data)
{
    AppRun *run = data;
    g_autofree char *now = trace_time_format(net_clock_now_us(run->clock));
    gint64 next_us = net_clock_next_schedule_us(run->clock);
    g_autofree char *next = next_us >= 0 ? trace_time_format(next_us) : NULL;

    return g_strdup_printf("\"time\":\"%s\",\"network\":\"%s\",\"script_left\":%u,"
                           "\"next_timer\":%s%s%s",
                           now,
                           run->file->network == APP_NETWORK_SIMULATED ? "simulated" : "loopback",
                           run->script_left, next != NULL ? "\"" : "", next != NULL ? next : "null",
                           next != NULL ? "\"" : "");
}

static void
app_run_control_ready(void *data)
{
    trace_control_serve(((AppRun *)data)->control, FALSE);
}

static gboolean
app_run_open_control(AppRun *run, GError **error)
{
    TraceControlHooks hooks = { app_run_command, app_run_set_speed, app_run_speed, app_run_status,
                                run };
    g_autofree char *path = g_build_filename(run->file->state, "control.sock", NULL);

    run->control = trace_control_new(path, run->gate, run->faults, &hooks, error);
    if (run->control == NULL)
        return FALSE;
    net_watch_fd(run->parts.net, trace_control_fd(run->control), app_run_control_ready, run);
    return TRUE;
}

static void
app_run_signalled(void *data)
{
    app_run_stop(data);
}

static void
app_run_open_signals(AppRun *run)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    run->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    net_watch_fd(run->parts.net, run->signals, app_run_signalled, run);
}

/* ---- name server and hosts ---- */

static GPtrArray *
app_run_load_zones(const AppRun *run, GError **error)
{
    g_autoptr(GPtrArray) zones = g_ptr_array_new_with_free_func((GDestroyNotify)dns_zone_free);

    for (char **path = run->file->zones; *path != NULL; path++) {
        DnsZone *zone = dns_zone_load(*path, error);

        if (zone == NULL)
            return NULL;
        g_ptr_array_add(zones, zone);
    }
    return g_steal_pointer(&zones);
}

static gboolean
app_run_open_dns(AppRun *run, GError **error)
{
    GPtrArray *zones;

    if (!run->file->has_dns)
        return TRUE;
    zones = app_run_load_zones(run, error);
    if (zones != NULL)
        run->dns = dns_server_new(run->parts.net, run->parts.tracer, "dns", run->file->dns_address,
                                  run->file->dns_port, zones, error);
    return run->dns != NULL;
}

gboolean
app_run_reload(AppRun *run, GError **error)
{
    GPtrArray *zones = app_run_load_zones(run, error);

    if (zones == NULL)
        return FALSE;
    if (run->dns != NULL)
        dns_server_set_zones(run->dns, zones);
    else
        g_ptr_array_unref(zones);
    for (guint i = 0; i < run->hosts->len; i++) {
        AppHost *host = g_ptr_array_index(run->hosts, i);

        dns_resolver_flush(host->resolver);
        if (!app_host_reload(host, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
app_run_open_hosts(AppRun *run, GError **error)
{
    for (guint i = 0; i < run->file->hosts->len; i++) {
        AppHost *host = app_host_open(&run->parts, g_ptr_array_index(run->file->hosts, i), error);

        if (host == NULL)
            return FALSE;
        g_ptr_array_add(run->hosts, host);
    }
    return TRUE;
}

AppHost *
app_run_host(AppRun *run, const char *name)
{
    for (guint i = 0; i < run->hosts->len; i++) {
        AppHost *host = g_ptr_array_index(run->hosts, i);

        if (g_ascii_strcasecmp(host->file->name, name) == 0)
            return host;
    }
    return NULL;
}

/* ---- the turn ---- */

#define APP_JUMP_MAX_S (100 * 365 * 24 * 3600ULL)

/* A fault: the world's clock is suddenly later. Guards of peers run on steady time and stay. */
static void
app_run_jump(AppRun *run)
{
    const TraceFault *fault = trace_fault(run->trace, STAGE_NONE, "clock-jump");
    guint64 seconds;

    if (fault != NULL && net_parse_number(fault->parameter, -1, APP_JUMP_MAX_S, &seconds))
        net_clock_jump(run->clock, (gint64)seconds * NET_SECOND);
}

static gboolean
app_run_turn(void *data, gboolean idle)
{
    AppRun *run = data;
    gboolean more = FALSE;

    app_run_jump(run);
    for (guint i = 0; i < run->hosts->len; i++)
        more |= app_host_turn(g_ptr_array_index(run->hosts, i), idle);
    if (run->journal != NULL)
        trace_journal_flush(run->journal);
    return more;
}

/* ---- open, run, close ---- */

static gboolean
app_run_open_net(AppRun *run, GError **error)
{
    const AppWorldFile *file = run->file;
    gboolean simulated = file->network == APP_NETWORK_SIMULATED;

    run->clock = simulated ? net_clock_new_virtual(APP_SIMULATED_START_S * NET_SECOND)
                           : net_clock_new_real();
    net_clock_set_warp(run->clock, simulated || file->clock == APP_CLOCK_WARP);
    run->parts.file = file;
    run->parts.chance = net_chance_new(file->seed, simulated);
    run->parts.tracer = tracer_new(app_run_now_us, run->clock);
    run->parts.net = simulated ? net_new_simulated(run->clock) : net_new_sockets(run->clock, error);
    return run->parts.net != NULL;
}

static gboolean
app_run_open_trace(AppRun *run, const AppRunOptions *options, GError **error)
{
    TraceGateHooks hooks = { app_run_held, app_run_wait, app_run_released, run };

    run->faults = trace_faults_new(app_run_chance, run->parts.chance);
    tracer_set_faults(run->parts.tracer, run->faults);
    if (!app_run_open_journal(run, error))
        return FALSE;
    if (options->sink != NULL) {
        tracer_add_sink(run->parts.tracer, options->sink, options->sink_data);
        tracer_switch(run->parts.tracer, TRUE);
    }
    run->gate = trace_gate_new(run->parts.tracer, &hooks);
    run->trace = trace_new(run->parts.tracer, NULL, NULL);
    trace_state(run->trace, STAGE_NONE, NULL, "the world starts: %s", APP_BUILD);
    return TRUE;
}

AppRun *
app_run_new(AppWorldFile *file, const AppRunOptions *options, GError **error)
{
    g_autoptr(AppRun) run = g_new0(AppRun, 1);

    run->file = file;
    run->lock = run->signals = -1;
    run->hosts = g_ptr_array_new_with_free_func((GDestroyNotify)app_host_free);
    run->agents = g_ptr_array_new();
    if (!app_run_lock_state(run, error) ||
        (file->network == APP_NETWORK_SIMULATED && !app_run_check_empty(run, error)) ||
        !app_run_open_net(run, error) || !app_run_open_trace(run, options, error))
        return NULL;
    if (options->control) {
        app_run_open_signals(run);
        if (!app_run_open_control(run, error))
            return NULL;
    }
    if (!app_run_open_dns(run, error) || !app_run_open_hosts(run, error))
        return NULL;
    net_add_turn_hook(run->parts.net, app_run_turn, run);
    if (options->hold)
        trace_gate_pause(run->gate);
    return g_steal_pointer(&run);
}

AppRun *
app_run_new_client(AppWorldFile *file, TracerSink sink, void *sink_data, GError **error)
{
    g_autoptr(AppRun) run = g_new0(AppRun, 1);

    run->file = file;
    run->file->network = APP_NETWORK_LOOPBACK;
    run->lock = run->signals = -1;
    run->dialogue = TRUE;
    run->hosts = g_ptr_array_new_with_free_func((GDestroyNotify)app_host_free);
    run->agents = g_ptr_array_new();
    if (!app_run_open_net(run, error))
        return NULL;
    tracer_add_sink(run->parts.tracer, sink, sink_data);
    tracer_switch(run->parts.tracer, TRUE);
    run->trace = trace_new(run->parts.tracer, NULL, NULL);
    return g_steal_pointer(&run);
}

void
app_run_loop(AppRun *run, gboolean until_quiet)
{
    if (run->journal != NULL)
        trace_journal_flush(run->journal);
    app_script_start(run);
    net_run(run->parts.net, until_quiet);
}

void
app_run_stop(AppRun *run)
{
    run->stopping = TRUE;
    net_quit(run->parts.net);
}

/* What is open is committed; a host that crashed and did not come back has nothing to commit. */
static void
app_run_close_host(AppHost *host)
{
    if (host->store != NULL)
        app_host_commit(host);
}

void
app_run_free(AppRun *run)
{
    if (run == NULL)
        return;
    while (run->agents->len > 0)
        app_agent_end(g_ptr_array_index(run->agents, 0));
    for (guint i = 0; i < run->hosts->len; i++)
        app_run_close_host(g_ptr_array_index(run->hosts, i));
    g_ptr_array_unref(run->hosts);
    g_clear_pointer(&run->dns, dns_server_free);
    if (run->control != NULL)
        net_unwatch_fd(run->parts.net, trace_control_fd(run->control));
    g_clear_pointer(&run->control, trace_control_free);
    g_clear_pointer(&run->trace, trace_free);
    g_clear_pointer(&run->gate, trace_gate_free);
    g_clear_pointer(&run->journal, trace_journal_close);
    g_clear_pointer(&run->parts.net, net_free);
    g_clear_pointer(&run->parts.tracer, tracer_free);
    g_clear_pointer(&run->faults, trace_faults_free);
    g_clear_pointer(&run->parts.chance, net_chance_free);
    g_clear_pointer(&run->clock, net_clock_free);
    g_ptr_array_unref(run->agents);
    if (run->signals >= 0)
        close(run->signals);
    if (run->lock >= 0)
        close(run->lock);
    app_world_free(run->file);
    g_free(run);
}
