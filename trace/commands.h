/* trace/commands.h - between trace/control.c, which serves clients, and trace/commands.c, which
 * has what they can ask for. Nobody else includes this.
 */
#ifndef TRACE_COMMANDS_H
#define TRACE_COMMANDS_H

#include "trace/control.h"
#include "trace/socket.h"

struct TraceControl {
    TraceSocket *socket;
    TraceGate *gate;
    TraceFaults *faults;
    TraceControlHooks hooks;
    Trace *trace;       /* tells what was asked, as input events */
    guint last_watch;   /* place given to the last watcher */
    gboolean had_watch; /* somebody watched: the last one's going lets the world go */
    char *at;           /* where the viewer that controls stands, in its own words; or NULL */
    guint at_watch;     /* that viewer's place among the watchers */
};

/* Appends members to @answer (each with a comma before it). */
typedef gboolean (*ControlRun)(TraceControl *control, TraceClient *client, const char *arguments,
                               GString *answer, GError **error);

typedef struct ControlCommand {
    const char *name;
    gboolean steers; /* of those who watch, only the one who controls may */
    ControlRun run;
} ControlCommand;

/* NULL: none of ours, so perhaps one of app/'s. */
const ControlCommand *trace_control_find(const char *name);

/* Is @client the watcher that came first among those still there? */
gboolean trace_control_is_first(TraceControl *control, const TraceClient *client);
/* What a change of is told to watchers, and that with what moves on by itself (the last event,
 * the time): JSON members, newly allocated. */
char *trace_control_state(TraceControl *control, const TraceClient *client);
char *trace_control_members(TraceControl *control, const char *state);
/* Appends the member @key, with a comma before it. */
void trace_control_put(GString *answer, const char *key, const char *value);

#endif
