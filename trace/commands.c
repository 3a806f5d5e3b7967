/* trace/commands.c - what can be asked of the tracer over control.sock, held or not.
 *
 * Each command appends the members of its answer, or fails with an error. They only set the gate's
 * mode, its breakpoints and the faults: nothing here waits.
 *
 * Start reading at commands[], at the end. Who may ask, and when, stands in trace/control.c.
 * Tests: tests/test_trace_control.c
 */
#include "trace/commands.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "trace/redact.h"

#define TRACE_CONTROL_SPEED_MAX 100000.0
#define TRACE_CONTROL_SPEED_MIN 0.001
#define TRACE_CONTROL_AT_MAX    1024 /* octets of a viewer's place */

static gboolean
trace_control_status(TraceControl *control, TraceClient *client,
                     G_GNUC_UNUSED const char *arguments, GString *answer,
                     G_GNUC_UNUSED GError **error)
{
    g_autofree char *state = trace_control_state(control, client);
    g_autofree char *members = trace_control_members(control, state);

    g_string_append_printf(answer, ",%s", members);
    return TRUE;
}

static gboolean
trace_control_watch(TraceControl *control, TraceClient *client, const char *arguments,
                    G_GNUC_UNUSED GString *answer, G_GNUC_UNUSED GError **error)
{
    client->follows = strcmp(arguments, "follow") == 0;
    if (client->watch == 0)
        client->watch = ++control->last_watch;
    control->had_watch = control->had_watch || !client->follows;
    g_clear_pointer(&client->told, g_free);
    return TRUE;
}

/* Where the viewer that controls looks is its own business: it is passed on to those who follow,
 * and no event tells of it. */
static gboolean
trace_control_at(TraceControl *control, TraceClient *client, const char *arguments,
                 G_GNUC_UNUSED GString *answer, GError **error)
{
    if (client->watch == 0 || !trace_control_is_first(control, client) ||
        strlen(arguments) > TRACE_CONTROL_AT_MAX) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                    "only the viewer that controls says where it looks, in %d octets",
                    TRACE_CONTROL_AT_MAX);
        return FALSE;
    }
    g_free(control->at);
    control->at = g_strdup(arguments);
    control->at_watch = client->watch;
    return TRUE;
}

/* "" is no filter: all events. */
static gboolean
trace_control_set_filter(TraceControl *control, const char *arguments, GError **error)
{
    TraceFilter *filter = NULL;

    if (*arguments != '\0' && (filter = trace_filter_parse(arguments, error)) == NULL)
        return FALSE;
    trace_gate_set_filter(control->gate, filter);
    return TRUE;
}

static gboolean
trace_control_step(TraceControl *control, G_GNUC_UNUSED TraceClient *client, const char *arguments,
                   G_GNUC_UNUSED GString *answer, GError **error)
{
    if (!trace_control_set_filter(control, arguments, error))
        return FALSE;
    trace_gate_step(control->gate);
    return TRUE;
}

static gboolean
trace_control_next(TraceControl *control, G_GNUC_UNUSED TraceClient *client, const char *arguments,
                   G_GNUC_UNUSED GString *answer, GError **error)
{
    if (!trace_control_set_filter(control, arguments, error))
        return FALSE;
    trace_gate_next(control->gate);
    return TRUE;
}

static gboolean
trace_control_continue(TraceControl *control, G_GNUC_UNUSED TraceClient *client,
                       G_GNUC_UNUSED const char *arguments, G_GNUC_UNUSED GString *answer,
                       G_GNUC_UNUSED GError **error)
{
    trace_gate_continue(control->gate);
    return TRUE;
}

static gboolean
trace_control_pause(TraceControl *control, G_GNUC_UNUSED TraceClient *client,
                    G_GNUC_UNUSED const char *arguments, G_GNUC_UNUSED GString *answer,
                    G_GNUC_UNUSED GError **error)
{
    if (!trace_gate_is_held(control->gate))
        trace_gate_pause(control->gate);
    return TRUE;
}

static gboolean
trace_control_break(TraceControl *control, G_GNUC_UNUSED TraceClient *client, const char *arguments,
                    GString *answer, GError **error)
{
    TraceFilter *filter;

    if (*arguments == '\0') {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "break needs a filter, as in: break stage=dns");
        return FALSE;
    }
    if ((filter = trace_filter_parse(arguments, error)) == NULL)
        return FALSE;
    if (trace_gate_breakpoints(control->gate) >= TRACE_GATE_BREAKPOINTS_MAX) {
        trace_filter_free(filter);
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "there are %d breakpoints already; clear some", TRACE_GATE_BREAKPOINTS_MAX);
        return FALSE;
    }
    g_string_append_printf(answer, ",\"number\":%u", trace_gate_break(control->gate, filter));
    return TRUE;
}

static gboolean
trace_control_clear(TraceControl *control, G_GNUC_UNUSED TraceClient *client, const char *arguments,
                    G_GNUC_UNUSED GString *answer, GError **error)
{
    guint64 number = 0;

    if (*arguments != '\0' &&
        !g_ascii_string_to_unsigned(arguments, 10, 1, G_MAXUINT, &number, error))
        return FALSE;
    if (trace_gate_clear(control->gate, (guint)number))
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "there is no breakpoint %s", arguments);
    return FALSE;
}

/* What changes the world is an input: with the others, it is what a run is repeated from. */
static void
trace_control_tell_input(TraceControl *control, const char *command, const char *arguments)
{
    g_autofree char *line = g_strdup_printf("%s %s", command, arguments);

    trace_follow(control->trace, 0);
    trace_put_text(control->trace, "command", line);
    trace_input(control->trace, "%s", line);
}

static gboolean
trace_control_fault(TraceControl *control, G_GNUC_UNUSED TraceClient *client, const char *arguments,
                    GString *answer, GError **error)
{
    if (strcmp(arguments, "clear") == 0)
        trace_faults_clear(control->faults);
    else if (!trace_faults_arm(control->faults, arguments, error))
        return FALSE;
    trace_control_tell_input(control, "fault", arguments);
    g_autofree char *armed = trace_faults_json(control->faults);
    g_string_append_printf(answer, ",\"faults\":%s", armed);
    return TRUE;
}

/* The armed ones, and the table from which a menu is made. */
static gboolean
trace_control_faults(TraceControl *control, G_GNUC_UNUSED TraceClient *client,
                     G_GNUC_UNUSED const char *arguments, GString *answer,
                     G_GNUC_UNUSED GError **error)
{
    g_autofree char *armed = trace_faults_json(control->faults);

    g_string_append_printf(answer, ",\"faults\":%s,\"points\":[", armed);
    for (const TraceFaultPoint *point = trace_fault_points(); point->name != NULL; point++) {
        g_string_append_printf(answer, "%s{\"name\":\"%s\"",
                               point == trace_fault_points() ? "" : ",", point->name);
        trace_control_put(answer, "stage", stage_name(point->stage));
        trace_control_put(answer, "parameter", point->parameter);
        trace_control_put(answer, "fallback", point->fallback);
        trace_control_put(answer, "does", point->does);
        g_string_append_c(answer, '}');
    }
    g_string_append_c(answer, ']');
    return TRUE;
}

/* What can be sent and read in this world: for a menu too. */
static gboolean
trace_control_presets(TraceControl *control, G_GNUC_UNUSED TraceClient *client,
                      G_GNUC_UNUSED const char *arguments, GString *answer,
                      G_GNUC_UNUSED GError **error)
{
    g_autofree char *members =
        control->hooks.presets == NULL ? NULL : control->hooks.presets(control->hooks.data);

    if (members != NULL)
        g_string_append_printf(answer, ",%s", members);
    return TRUE;
}

static gboolean
trace_control_speed(TraceControl *control, G_GNUC_UNUSED TraceClient *client, const char *arguments,
                    G_GNUC_UNUSED GString *answer, GError **error)
{
    char *end = NULL;
    double speed = g_ascii_strtod(arguments, &end);

    if (*arguments == '\0' || *end != '\0' || !isfinite(speed) || speed < TRACE_CONTROL_SPEED_MIN ||
        speed > TRACE_CONTROL_SPEED_MAX || control->hooks.set_speed == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "speed needs a factor from %g to %g: 1 is real time", TRACE_CONTROL_SPEED_MIN,
                    TRACE_CONTROL_SPEED_MAX);
        return FALSE;
    }
    trace_control_tell_input(control, "speed", arguments);
    control->hooks.set_speed(control->hooks.data, speed);
    return TRUE;
}

/* clang-format off */
static const ControlCommand commands[] = {
    { "status",   FALSE, trace_control_status },
    { "watch",    FALSE, trace_control_watch },    /* watch [follow] */
    { "at",       FALSE, trace_control_at },       /* at PLACE */
    { "step",     TRUE,  trace_control_step },     /* step [FILTER] */
    { "next",     TRUE,  trace_control_next },     /* next [FILTER] */
    { "continue", TRUE,  trace_control_continue },
    { "pause",    TRUE,  trace_control_pause },
    { "break",    TRUE,  trace_control_break },    /* break FILTER */
    { "clear",    TRUE,  trace_control_clear },    /* clear [NUMBER] */
    { "fault",    TRUE,  trace_control_fault },    /* fault POINT ... | fault clear */
    { "faults",   FALSE, trace_control_faults },
    { "presets",  FALSE, trace_control_presets },
    { "speed",    TRUE,  trace_control_speed },    /* speed FACTOR */
};
/* clang-format on */

const ControlCommand *
trace_control_find(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}
