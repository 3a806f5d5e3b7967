/* trace/control.c - control.sock: commands in, one JSON line back for each.
 *
 *   line  ->  one of ours: at once, held or not    ->  {"ok":true,"command":"step"}
 *         ->  one of app/'s: at the top of the loop   ->  {"ok":false,"command":"x","error":"..."}
 *             (it waits there while the gate holds: the server is in the middle of something)
 *   watch ->  {"seq":41,"held":true,...}  now, and whenever it changes
 *
 * A waiting command is passed by those that are done at once: else a viewer that sends a message
 * while held could never step on to it. So each answer names its command.
 *
 * Start reading at trace_control_serve(). The commands are in trace/commands.c, sockets in
 * trace/socket.c.
 * Tests: tests/test_trace_control.c, tests/test_trace_control_watch.c
 */
#include "trace/control.h"

#include <gio/gio.h>
#include <string.h>

#include "trace/commands.h"
#include "trace/redact.h"

#define TRACE_CONTROL_LATER_MAX 64 /* commands of a client that wait for the top of the loop */

/* ---- the state that watchers see ---- */

/* The watcher that came first; NULL: nobody watches. */
static TraceClient *
trace_control_first(TraceControl *control)
{
    GPtrArray *clients = trace_socket_clients(control->socket);
    TraceClient *first = NULL;

    for (guint i = 0; i < clients->len; i++) {
        TraceClient *client = g_ptr_array_index(clients, i);

        if (client->watch != 0 && !client->follows && client->fd >= 0 && !client->gone &&
            (first == NULL || client->watch < first->watch))
            first = client;
    }
    return first;
}

gboolean
trace_control_is_first(TraceControl *control, const TraceClient *client)
{
    return client == trace_control_first(control);
}

static guint
trace_control_followers(TraceControl *control)
{
    GPtrArray *clients = trace_socket_clients(control->socket);
    guint followers = 0;

    for (guint i = 0; i < clients->len; i++) {
        const TraceClient *client = g_ptr_array_index(clients, i);

        followers += client->follows && client->fd >= 0 && !client->gone ? 1 : 0;
    }
    return followers;
}

/* Where the one who controls looks, for those who follow; how many they are, for the others. What
 * a viewer said that has gone is no longer told. */
static void
trace_control_put_followed(TraceControl *control, const TraceClient *client, GString *state)
{
    const TraceClient *first = trace_control_first(control);
    guint followers = trace_control_followers(control);

    if (client->follows) {
        g_string_append_printf(state, ",\"led\":%s", first != NULL ? "true" : "false");
        if (first != NULL && first->watch == control->at_watch)
            trace_control_put(state, "at", control->at);
    } else if (followers > 0) {
        g_string_append_printf(state, ",\"followers\":%u", followers);
    }
}

char *
trace_control_state(TraceControl *control, const TraceClient *client)
{
    GString *state = g_string_new(NULL);
    g_autofree char *breakpoints = trace_gate_breakpoints_json(control->gate);
    char speed[G_ASCII_DTOSTR_BUF_SIZE];
    double factor = control->hooks.speed == NULL ? 1 : control->hooks.speed(control->hooks.data);

    g_ascii_formatd(speed, sizeof speed, "%g", factor);
    g_string_append_printf(state,
                           "\"held\":%s,\"held_at\":%" G_GUINT64_FORMAT
                           ",\"speed\":%s,\"breakpoints\":%s,\"controls\":%s",
                           trace_gate_is_held(control->gate) ? "true" : "false",
                           trace_gate_held_at(control->gate), speed, breakpoints,
                           trace_control_is_first(control, client) ? "true" : "false");
    trace_control_put_followed(control, client, state);
    return g_string_free(state, FALSE);
}

char *
trace_control_members(TraceControl *control, const char *state)
{
    guint64 seq = tracer_last_seq(trace_gate_tracer(control->gate));
    g_autofree char *more =
        control->hooks.status == NULL ? NULL : control->hooks.status(control->hooks.data);

    return g_strdup_printf("\"seq\":%" G_GUINT64_FORMAT ",%s%s%s", seq, state,
                           more == NULL || *more == '\0' ? "" : ",", more == NULL ? "" : more);
}

static void
trace_control_tell_watchers(TraceControl *control)
{
    GPtrArray *clients = trace_socket_clients(control->socket);

    for (guint i = 0; i < clients->len; i++) {
        TraceClient *client = g_ptr_array_index(clients, i);

        if (client->watch == 0 || client->gone)
            continue;
        /* Whoever follows slowly is told the newest once it has read what came before. */
        if (client->follows && client->out->len > 0)
            continue;
        g_autofree char *state = trace_control_state(control, client);
        if (g_strcmp0(client->told, state) == 0)
            continue;
        g_autofree char *members = trace_control_members(control, state);
        g_autofree char *line = g_strdup_printf("{%s}", members);
        trace_client_say(client, line);
        g_free(client->told);
        client->told = g_steal_pointer(&state);
    }
}

/* The gate holds or lets go. Clients are not swept here: we are within somebody's trace call,
 * and the next serve does it. */
static void
trace_control_gate_changed(void *data)
{
    TraceControl *control = data;

    trace_control_tell_watchers(control);
    trace_socket_wake(control->socket);
}

/* ---- from line to answer ---- */

void
trace_control_put(GString *answer, const char *key, const char *value)
{
    g_string_append_printf(answer, ",\"%s\":", key);
    trace_safe_append_json(answer, value == NULL ? "" : value, -1, 1024);
}

/* A command of app/'s: it tells its input event itself, for what follows follows from that. */
static gboolean
trace_control_other(TraceControl *control, const char *name, const char *arguments, GString *answer,
                    GError **error)
{
    GError *failure = NULL;
    g_autofree char *members = NULL;

    if (control->hooks.command != NULL)
        members = control->hooks.command(control->hooks.data, name, arguments, &failure);
    if (members != NULL) {
        g_string_append_printf(answer, "%s%s", *members == '\0' ? "" : ",", members);
        return TRUE;
    }
    if (failure != NULL) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                "unknown command '%s': status watch step next continue pause break clear fault "
                "faults presets speed warp reload send fetch host",
                name);
    return FALSE;
}

static gboolean
trace_control_may_steer(TraceControl *control, const TraceClient *client, GError **error)
{
    if (client->watch == 0 || trace_control_is_first(control, client))
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                "another viewer controls this world; you watch");
    return FALSE;
}

static void
trace_control_run(TraceControl *control, TraceClient *client, const char *line)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_strndup(line, strcspn(line, " "));
    g_autofree char *arguments = g_strstrip(g_strdup(line + strlen(name)));
    const ControlCommand *command = trace_control_find(name);
    GString *answer = g_string_new("{\"ok\":true,\"command\":");
    gboolean ok;

    trace_safe_append_json(answer, name, -1, 64);
    trace_gate_exempt(control->gate, TRUE);
    if (command == NULL)
        ok = trace_control_other(control, name, arguments, answer, &error);
    else
        ok = (!command->steers || trace_control_may_steer(control, client, &error)) &&
             command->run(control, client, arguments, answer, &error);
    trace_gate_exempt(control->gate, FALSE);
    if (!ok) {
        g_string_assign(answer, "{\"ok\":false,\"command\":");
        trace_safe_append_json(answer, name, -1, 64);
        trace_control_put(answer, "error", error == NULL ? "it failed" : error->message);
    }
    g_string_append_c(answer, '}');
    trace_client_say(client, answer->str);
    g_string_free(answer, TRUE);
}

/* Is @line done at once, held or not? Empty lines are too: they get an error. */
static gboolean
trace_control_is_immediate(const char *line)
{
    g_autofree char *name = g_strndup(line, strcspn(line, " "));

    return *name == '\0' || trace_control_find(name) != NULL;
}

static void
trace_control_keep(TraceClient *client, char *line)
{
    if (client->later->length < TRACE_CONTROL_LATER_MAX) {
        g_queue_push_tail(client->later, line);
        return;
    }
    g_free(line);
    trace_client_say(client, "{\"ok\":false,\"error\":\"too many commands wait; step on first\"}");
}

/* FALSE: a command let the held world go, and what else has come must wait for the next hold or
 * the top of the loop ("step" twice in one write are two steps). */
static gboolean
trace_control_serve_client(TraceControl *control, TraceClient *client, gboolean held)
{
    char *line;

    while (!held && (line = g_queue_pop_head(client->later)) != NULL) {
        trace_control_run(control, client, line);
        g_free(line);
    }
    while (!client->gone && (line = trace_client_line(client)) != NULL) {
        if (held && !trace_control_is_immediate(line)) {
            trace_control_keep(client, line);
            continue;
        }
        trace_control_run(control, client, line);
        g_free(line);
        if (held && !trace_gate_is_held(control->gate))
            return FALSE;
    }
    return TRUE;
}

/* Nobody looks any more: the world must not stand still for ever. */
static void
trace_control_check_watchers(TraceControl *control)
{
    if (!control->had_watch || trace_control_first(control) != NULL)
        return;
    control->had_watch = FALSE;
    trace_gate_clear(control->gate, 0);
    trace_gate_set_filter(control->gate, NULL);
    trace_gate_continue(control->gate);
}

static gboolean
trace_control_has_work(TraceControl *control)
{
    GPtrArray *clients = trace_socket_clients(control->socket);

    for (guint i = 0; i < clients->len; i++) {
        const TraceClient *client = g_ptr_array_index(clients, i);

        if (!g_queue_is_empty(client->later) || trace_client_has_line(client))
            return TRUE;
    }
    return FALSE;
}

static void
trace_control_serve_all(TraceControl *control, gboolean held)
{
    GPtrArray *clients = trace_socket_clients(control->socket);

    for (guint i = 0; i < clients->len; i++) {
        if (!trace_control_serve_client(control, g_ptr_array_index(clients, i), held))
            break;
    }
    trace_socket_finish(control->socket); /* finds those who are gone */
    trace_control_check_watchers(control);
    trace_control_tell_watchers(control);
    trace_socket_finish(control->socket);
    if (held && !trace_gate_is_held(control->gate) && trace_control_has_work(control))
        trace_socket_wake(control->socket);
}

void
trace_control_serve(TraceControl *control, gboolean held)
{
    trace_socket_poll(control->socket, 0);
    trace_control_serve_all(control, held);
}

void
trace_control_wait(TraceControl *control, int timeout_ms)
{
    trace_socket_poll(control->socket, timeout_ms);
    trace_control_serve_all(control, TRUE);
}

/* ---- life ---- */

TraceControl *
trace_control_new(const char *path, TraceGate *gate, TraceFaults *faults,
                  const TraceControlHooks *hooks, GError **error)
{
    TraceSocket *socket = trace_socket_new(path, error);

    if (socket == NULL)
        return NULL;
    TraceControl *control = g_new0(TraceControl, 1);

    control->socket = socket;
    control->gate = gate;
    control->faults = faults;
    control->hooks = *hooks;
    control->trace = trace_new(trace_gate_tracer(gate), NULL, NULL);
    trace_gate_set_listener(gate, trace_control_gate_changed, control);
    return control;
}

void
trace_control_free(TraceControl *control)
{
    if (control == NULL)
        return;
    trace_gate_set_listener(control->gate, NULL, NULL);
    trace_free(control->trace);
    trace_socket_free(control->socket);
    g_free(control->at);
    g_free(control);
}

int
trace_control_fd(const TraceControl *control)
{
    return trace_socket_fd(control->socket);
}
