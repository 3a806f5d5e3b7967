/* trace/line.c - an event as its line in the journal, key after key in the order of trace/event.h.
 *
 *   the tracer's own event   what is safe as it stands, and how long it is, is known: copied
 *   any other                each text is looked at, and made safe (trace/redact.h)
 *
 * By hand, because it runs for each event: well under a microsecond.
 * Tests: tests/test_trace_event.c, tests/test_trace_cost.c
 */
#include <string.h>

#include "trace/event.h"
#include "trace/redact.h"
#include "trace/text.h"

#define TRACE_LINE_FIELD_MAX (4 * 1024) /* octets of one field, data apart */

/* Inline, so that the lengths of the keys are known when this is compiled. @word is safe. */
static inline void
trace_line_word(GString *line, const char *key, const char *word, gsize length)
{
    gsize before = strlen(key);
    char *at = trace_text_room(line, before + length + 2);

    memcpy(at, key, before);
    at[before] = '"';
    memcpy(at + before + 1, word, length);
    at[before + 1 + length] = '"';
}

/* @safe: how many octets are safe as they stand; 0: that is not known. */
static inline void
trace_line_string(GString *line, const char *key, const char *value, gsize safe)
{
    if (safe > 0) {
        trace_line_word(line, key, value, safe);
    } else if (value != NULL && *value != '\0') {
        trace_text_append(line, key);
        trace_safe_append_json(line, value, -1, TRACE_LINE_FIELD_MAX);
    }
}

static inline void
trace_line_number(GString *line, const char *key, guint64 value)
{
    trace_text_append(line, key);
    trace_text_append_unsigned(line, value);
}

static void
trace_line_data(GString *line, const TraceEvent *event)
{
    if (event->data == NULL)
        return;
    trace_text_append(line, ",\"data\":");
    if (event->data_octets > 0)
        trace_text_append_octets(line, event->data, event->data_octets);
    else
        trace_safe_copy_json(line, event->data);
}

void
trace_event_write_who(const TraceEvent *event, GString *line)
{
    trace_line_string(line, ",\"journey\":", event->journey, 0);
    trace_line_string(line, ",\"branch\":", event->branch, 0);
    trace_line_string(line, ",\"session\":", event->session, 0);
    trace_line_string(line, ",\"user\":", event->user, 0);
}

/* The length of a word that is the program's own, where the tracer made @event. */
static gsize
trace_line_own(const TraceEvent *event, const char *word)
{
    return event->who == NULL || word == NULL ? 0 : strlen(word);
}

void
trace_event_write(const TraceEvent *event, GString *line)
{
    const char *stage = stage_name(event->stage), *kind = trace_kind_name(event->kind);
    char time[TRACE_TIME_SIZE];

    trace_time_write(time, event->time_us);
    trace_line_number(line, "{\"seq\":", event->seq);
    trace_line_word(line, ",\"time\":", time, sizeof time - 1);
    trace_line_string(line, ",\"host\":", event->host, trace_line_own(event, event->host));
    trace_line_string(line, ",\"stage\":", stage, strlen(stage));
    trace_line_string(line, ",\"kind\":", kind, strlen(kind));
    if (event->who != NULL)
        trace_text_append_octets(line, event->who, event->who_octets);
    else
        trace_event_write_who(event, line);
    trace_line_string(line, ",\"text\":", event->text, event->text_octets);
    trace_line_string(line, ",\"rfc\":", event->rfc, trace_line_own(event, event->rfc));
    trace_line_string(line, ",\"at\":", event->at, event->at_octets);
    if (event->cause != 0)
        trace_line_number(line, ",\"cause\":", event->cause);
    if (event->twin != 0)
        trace_line_number(line, ",\"twin\":", event->twin);
    trace_line_data(line, event);
    trace_text_append(line, "}\n");
}
