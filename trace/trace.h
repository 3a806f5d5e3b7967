/* trace/trace.h - how every module says what it does.
 *
 * One Tracer a world: it counts the events, writes the journal, asks the gate.
 * One Trace a speaker (a session, a relay, a look-up): who speaks, for which message. Each
 * event follows, unless told otherwise, from the last event of the same speaker; so causes
 * form a chain back to a client's first octets, an input or the start.
 *
 *     trace_put_text(trace, "domain", domain);
 *     trace_decision(trace, STAGE_ROUTE, "RFC 5321 §3.6", "%s is not ours: it must travel", domain);
 *
 * A NULL Trace is silent; so is a Tracer that is off (one branch a call). Passwords and SASL
 * responses never reach a trace call.
 */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include <glib.h>
#include <stdarg.h>
#include "trace/event.h"

typedef struct Tracer Tracer;
typedef struct Trace Trace;

/* ---- the world's tracer (made by app/) ---- */

/* @now_us: the world's clock, handed in because trace/ knows no clock. Starts off, without
 * a sink: events are counted only when on. */
Tracer *tracer_new(gint64 (*now_us)(void *clock), void *clock);
void tracer_free(Tracer *tracer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tracer, tracer_free)

void tracer_switch(Tracer *tracer, gboolean on);

/* Called with each event, in order, after it has its seq: the journal first, then the gate
 * (which may not return for a long time), then tests. Called in the order they were added. */
typedef void (*TracerSink)(const TraceEvent *event, void *data);
void tracer_add_sink(Tracer *tracer, TracerSink sink, void *data);
void tracer_remove_sink(Tracer *tracer, TracerSink sink, void *data);

/* A restart goes on counting: the last seq, journey and session number of the journal found. */
void tracer_resume(Tracer *tracer, guint64 last_seq, guint64 last_journey, guint64 last_session);
guint64 tracer_last_seq(const Tracer *tracer);
guint64 tracer_last_journey(const Tracer *tracer);
guint64 tracer_last_session(const Tracer *tracer);
/* Now, by the world's clock. */
gint64 tracer_now_us(const Tracer *tracer);
/* Is a sink being called just now? Then somebody is in the middle of something. */
gboolean tracer_is_telling(const Tracer *tracer);

/* ---- a speaker ---- */

/* @session: "smtp", "pop3", "relay": a number is added ("smtp-7"); NULL: none.
 * A NULL @tracer gives NULL. */
Trace *trace_new(Tracer *tracer, const char *host, const char *session);
/* A speaker that goes on from @parent's last event, as the same host, session, journey... */
Trace *trace_fork(const Trace *parent);
void trace_free(Trace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Trace, trace_free)

/* Gives @trace a new journey ("j3") and no branch. Returns the id, owned by @trace (NULL for a
 * silent trace). */
const char *trace_begin_journey(Trace *trace);
/* NULL unsets. */
void trace_set_journey(Trace *trace, const char *journey);
void trace_set_branch(Trace *trace, const char *branch);
void trace_set_user(Trace *trace, const char *user);

/* NULL-safe; NULL where unset. */
const char *trace_journey(const Trace *trace);
const char *trace_branch(const Trace *trace);
const char *trace_session(const Trace *trace);
const char *trace_user(const Trace *trace);
const char *trace_host(const Trace *trace);
Tracer *trace_tracer(const Trace *trace);
gboolean trace_is_on(const Trace *trace);

/* The seq of this speaker's last event (0: none yet), and: the next event follows from @seq. */
guint64 trace_last(const Trace *trace);
void trace_follow(Trace *trace, guint64 seq);
/* The next event names its twin, the sender's event of the same octets; it follows from it too. */
void trace_twin(Trace *trace, guint64 seq);

/* ---- data of the next event ----
 * Keys that viewer, tests and labs rely on:
 *   from, to   roles on the ladder: client host dns store remote reader (arrows)
 *   label      at most some 12 columns, written on the arrow: "MAIL", "250", "MX?"
 *   line       a command line; lines: a whole reply; code: its number; enhanced: "5.1.1"
 *   octets, sha256, head, start     a body: size, hash, header (16 KB), how the text begins (512)
 *   stored_sha256                   a body that is read: the hash of its content when it came
 *   sql, params, rows, before, after, changed     a statement, what it found or changed
 *   question, type, answers, ttl, cache           DNS
 *   due, tries, give_up                           retry (times as ISO text)
 *   outcome    what a decision came to, one word: ok, refused, local, remote, accept, junk...
 */
void trace_put_text(Trace *trace, const char *key, const char *value);
void trace_put_number(Trace *trace, const char *key, gint64 value);
void trace_put_flag(Trace *trace, const char *key, gboolean value);
void trace_put_time(Trace *trace, const char *key, gint64 seconds);
void trace_put_list(Trace *trace, const char *key, const char *const *values);
/* @json must be valid JSON. */
void trace_put_json(Trace *trace, const char *key, const char *json);
/* Opens the member @key for a caller that appends its value to the string returned: valid JSON,
 * whatever text is in it by trace_safe_append_json(). NULL: nobody listens, or there is data
 * enough. */
GString *trace_put_value(Trace *trace, const char *key);
/* head and start of a message, of which @octets are the first: the header up to the empty line, and
 * how the text behind it begins. */
void trace_put_message(Trace *trace, const char *octets, gsize length);
/* Sets from, to and label at once. */
void trace_put_arrow(Trace *trace, const char *from, const char *to, const char *label);
/* The same; the label is put together as by vprintf(). */
void trace_put_arrow_format(Trace *trace, const char *from, const char *to, const char *label,
                            va_list values) G_GNUC_PRINTF(4, 0);

/* ---- events ----
 * Each returns nothing: trace_last() has the seq. The data put before goes with it. */

/* Where in the source a call stands. What the events of a place share is made ready by its first. */
typedef struct TracePlace {
    const char *line, *function; /* "smtp/route.c:58", "smtp_route_decide" */
    char *at;                    /* both, as in the journal; NULL: not made yet */
    gsize at_octets;
} TracePlace;

/* The place that this macro stands at: one of its own, kept as long as the program runs. */
#define TRACE_HERE                                                                                 \
    __extension__({                                                                                \
        static TracePlace here = { .line = __FILE__ ":" G_STRINGIFY(__LINE__),                     \
                                   .function = __func__ };                                         \
        &here;                                                                                     \
    })

#define trace_decision(trace, stage, rfc, ...)                                                     \
    trace_emit((trace), TRACE_DECISION, (stage), (rfc), TRACE_HERE, __VA_ARGS__)
#define trace_state(trace, stage, rfc, ...)                                                        \
    trace_emit((trace), TRACE_STATE, (stage), (rfc), TRACE_HERE, __VA_ARGS__)
#define trace_sql(trace, stage, ...)                                                               \
    trace_emit((trace), TRACE_SQL, (stage), NULL, TRACE_HERE, __VA_ARGS__)
#define trace_dns(trace, stage, rfc, ...)                                                          \
    trace_emit((trace), TRACE_DNS, (stage), (rfc), TRACE_HERE, __VA_ARGS__)
#define trace_timer(trace, stage, rfc, ...)                                                        \
    trace_emit((trace), TRACE_TIMER, (stage), (rfc), TRACE_HERE, __VA_ARGS__)
#define trace_error(trace, stage, ...)                                                             \
    trace_emit((trace), TRACE_ERROR, (stage), NULL, TRACE_HERE, __VA_ARGS__)
#define trace_input(trace, ...)                                                                    \
    trace_emit((trace), TRACE_INPUT, STAGE_NONE, NULL, TRACE_HERE, __VA_ARGS__)
/* A command or a reply on a connection; put the arrow and the line(s) first. */
#define trace_wire(trace, stage, rfc, ...)                                                         \
    trace_emit((trace), TRACE_WIRE, (stage), (rfc), TRACE_HERE, __VA_ARGS__)

void trace_emit(Trace *trace, TraceKind kind, Stage stage, const char *rfc, TracePlace *place,
                const char *format, ...) G_GNUC_PRINTF(6, 7);

/* ---- wire events, put together the same way everywhere ----
 * @from, @to: roles (see above). @line is made safe, its CRLF dropped. */

/* One command line. @label: its verb ("MAIL"). With @secret the line is replaced by its verb and
 * "***" (AUTH, PASS, LOGIN and their continuation lines). */
#define trace_wire_command(trace, stage, rfc, from, to, label, line, secret)                       \
    trace_emit_command((trace), (stage), (rfc), TRACE_HERE, (from), (to), (label), (line), (secret))
/* One whole reply, all its lines, CRLF between them (in data.lines: \n). @label: "250", "+OK",
 * "a1 OK". data.code and data.enhanced are taken from it: do not put them yourself. */
#define trace_wire_reply(trace, stage, rfc, from, to, label, lines)                                \
    trace_emit_reply((trace), (stage), (rfc), TRACE_HERE, (from), (to), (label), (lines))

void trace_emit_command(Trace *trace, Stage stage, const char *rfc, TracePlace *place,
                        const char *from, const char *to, const char *label, const char *text,
                        gboolean secret);
void trace_emit_reply(Trace *trace, Stage stage, const char *rfc, TracePlace *place,
                      const char *from, const char *to, const char *label, const char *lines);

#endif
