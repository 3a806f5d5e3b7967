/* app/run.c - opens a world, runs its turns, closes it.
 *
 * The end of a turn, in this order, so that nothing is told or promised before it is true:
 *   each host's COMMIT and the replies that waited for it > journal > output (by net/)
 */
#include "app/run.h"

#include <unistd.h>
#include "app/agent.h"
#include "app/control.h"
#include "app/inputs.h"
#include "app/snapshot.h"
#include "app/state.h"

#define APP_BUILD "glasspost 0.1"

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

static char *
app_run_snapshot(void *run)
{
    return app_snapshot(run);
}

static gboolean
app_run_open_journal(AppRun *run, const AppRunOptions *options, GError **error)
{
    g_autofree char *inputs = app_inputs_json(run->file);
    TraceJournalHead head = { .build = APP_BUILD,
                              .seed = run->file->seed,
                              .world = run->file->text,
                              .inputs = inputs,
                              .snapshot = app_run_snapshot,
                              .data = run,
                              .segment_octets = options->segment_octets };

    if (!run->file->journal)
        return TRUE;
    run->journal = trace_journal_open(run->file->state, run->file->journal_octets,
                                      run->parts.tracer, &head, error);
    return run->journal != NULL;
}

/* ---- name server and hosts ---- */

GPtrArray *
app_run_load_zones(const AppWorldFile *file, GError **error)
{
    g_autoptr(GPtrArray) zones = g_ptr_array_new_with_free_func((GDestroyNotify)dns_zone_free);

    for (char **path = file->zones; *path != NULL; path++) {
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
    zones = app_run_load_zones(run->file, error);
    if (zones != NULL)
        run->dns = dns_server_new(run->parts.net, run->parts.tracer, "dns", run->file->dns_address,
                                  run->file->dns_port, zones, error);
    return run->dns != NULL;
}

gboolean
app_run_reload(AppRun *run, GError **error)
{
    GPtrArray *zones = app_run_load_zones(run->file, error);

    if (zones == NULL)
        return FALSE;
    if (run->dns != NULL)
        dns_server_set_zones(run->dns, zones);
    else
        g_ptr_array_unref(zones);
    for (guint i = 0; i < run->hosts->len; i++) {
        AppHost *host = g_ptr_array_index(run->hosts, i);

        /* A host that crashed and could not come back has none. */
        if (host->resolver != NULL)
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

/* While a group waits for company, a few milliseconds at most, the journal waits with it: fewer and
 * larger writes, and a kill takes the same moment out of both. Else each turn is written. */
static void
app_run_write_journal(AppRun *run)
{
    gboolean committed = FALSE, waiting = FALSE;

    for (guint i = 0; i < run->hosts->len; i++) {
        AppHost *host = g_ptr_array_index(run->hosts, i);

        committed |= host->committed;
        waiting |= host->store != NULL && store_is_open(host->store);
        host->committed = FALSE;
    }
    if (committed || !waiting)
        trace_journal_flush(run->journal);
}

/* The last turn: what is said in it still leaves. Nothing holds it up any more. A simulated world ends
 * where nobody listens. */
static void
app_run_dismiss(AppRun *run)
{
    if (!run->stopping || run->dismissed || net_is_simulated(run->parts.net))
        return;
    run->dismissed = TRUE;
    if (run->gate != NULL) {
        trace_gate_clear(run->gate, 0);
        trace_gate_continue(run->gate);
    }
    for (guint i = 0; i < run->hosts->len; i++)
        app_host_dismiss(g_ptr_array_index(run->hosts, i));
}

static gboolean
app_run_turn(void *data, gboolean idle)
{
    AppRun *run = data;
    gboolean more = FALSE;

    app_run_jump(run);
    for (guint i = 0; i < run->hosts->len; i++)
        more |= app_host_turn(g_ptr_array_index(run->hosts, i), idle);
    app_run_dismiss(run);
    if (run->journal != NULL)
        app_run_write_journal(run);
    return more;
}

/* Counted, and told by `ctl status`: as an event it would be in the journal of one machine and not of
 * a faster one. */
static void
app_run_was_slow(void *data, gint64 took_us)
{
    AppRun *run = data;

    run->slow_turns++;
    run->slowest_us = MAX(run->slowest_us, took_us);
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
    if (run->parts.net == NULL)
        return FALSE;
    net_set_watchdog(run->parts.net, app_run_was_slow, run);
    return TRUE;
}

static gboolean
app_run_open_trace(AppRun *run, const AppRunOptions *options, GError **error)
{
    TraceGateHooks hooks = app_control_gate_hooks(run);

    run->faults = trace_faults_new(app_run_chance, run->parts.chance);
    tracer_set_faults(run->parts.tracer, run->faults);
    if (!app_run_open_journal(run, options, error))
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
    run->amend = options->amend;
    run->amend_data = options->amend_data;
    run->lock = app_state_lock(file->state, error);
    if (run->lock < 0 ||
        (file->network == APP_NETWORK_SIMULATED && !app_state_is_empty(file->state, error)) ||
        !app_run_open_net(run, error) || !app_run_open_trace(run, options, error))
        return NULL;
    if (options->control) {
        app_control_open_signals(run);
        if (!app_control_open(run, error))
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
        app_host_commit(host, NULL);
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
    g_clear_pointer(&run->script, g_ptr_array_unref);
    if (run->signals >= 0)
        close(run->signals);
    if (run->lock >= 0)
        close(run->lock);
    app_world_free(run->file);
    g_free(run);
}
