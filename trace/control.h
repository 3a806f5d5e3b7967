/* trace/control.h - control.sock: commands in, one JSON line back for each.
 *
 *   held or not:   status  watch  step [FILTER]  next [FILTER]  continue  pause  break FILTER
 *                  clear [NUMBER]  at PLACE  fault POINT ...  fault clear  faults  presets  speed FACTOR
 *   top of the loop only: warp reload send fetch host ... (handlers from app/)
 *
 * A line is "COMMAND arguments". The answer names its command, because those that wait for the top
 * of the loop are passed by the others:
 *
 *   {"ok":true,"command":"break","number":1}    {"ok":false,"command":"step","error":"..."}
 *
 * `watch` makes the connection a stream of state lines as well, sent now and on each change:
 *
 *   {"seq":41,"held":true,"held_at":41,"speed":1,"breakpoints":[{"number":1,"filter":"stage=dns"}],
 *    "controls":true, ...the members that hooks.status adds}
 *
 * The first watcher controls, the others only look; when it goes, the next by age does, still held;
 * with the last one the world goes on, without breakpoints. `watch follow` never controls, and is told
 * where the first watcher looks, in the words of its last `at` ("led" is false while nobody controls);
 * the others are told how many follow:
 *
 *   {"seq":41,...,"controls":false,"led":true,"at":"seq=41 pane=1"}      {...,"followers":12}
 *
 * A connection that doesn't watch
 * (`glasspost ctl`) may steer, and comes and goes without letting the world go.
 */
#ifndef TRACE_CONTROL_H
#define TRACE_CONTROL_H

#include "trace/gate.h"
#include "trace/fault.h"

typedef struct TraceControl TraceControl;

typedef struct TraceControlHooks {
    /* (transfer full): the answer's JSON members without braces ("\"queued\":3"), or NULL with
     * @error; NULL without: there is no such command. Called only from the top of the loop; what
     * is told during the call doesn't gate. It tells its own input event (fault and speed are told
     * by control). */
    char *(*command)(void *data, const char *command, const char *arguments, GError **error);
    void (*set_speed)(void *data, double speed);
    double (*speed)(void *data);
    /* (transfer full): more members for `status` and state lines: time, hosts, warp... A change of
     * these alone sends no state line. May be called while held. */
    char *(*status)(void *data);
    void *data;
    /* (transfer full): the members that answer `presets`: which messages can be sent in this world,
     * by whom. May be called while held. */
    char *(*presets)(void *data);
} TraceControlHooks;

/* Listens on @path (mode 0600); an old socket file nobody answers at is replaced. */
TraceControl *trace_control_new(const char *path, TraceGate *gate, TraceFaults *faults,
                                const TraceControlHooks *hooks, GError **error);
void trace_control_free(TraceControl *control);

/* The descriptor to watch (an epoll descriptor of its own, readable when there is work). */
int trace_control_fd(const TraceControl *control);
/* Serves what has come. @held: only the first group runs; the others wait. Never blocks. */
void trace_control_serve(TraceControl *control, gboolean held);
/* Blocks until a command came or @timeout_ms passed, then serves as held. For the gate's wait. */
void trace_control_wait(TraceControl *control, int timeout_ms);

#endif
