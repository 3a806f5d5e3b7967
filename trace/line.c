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
#define TRACE_LINE_FRAME_MAX 512        /* of the keys, the numbers and the time */

/* What is being written: @at is where it ends, and there is room for @most octets. */
typedef struct TraceLine {
    GString *line;
    char *at;
    gsize most;
} TraceLine;

/* These are inline, so that the lengths of the keys are known when this is compiled. @word is safe. */
static inline void
trace_line_word(TraceLine *out, const char *key, const char *word, gsize length)
{
    out->at = trace_text_lay_word(out->at, key);
    out->at = trace_text_lay_quoted(out->at, word, length);
}

static inline void
trace_line_number(TraceLine *out, const char *key, guint64 value)
{
    out->at = trace_text_lay_word(out->at, key);
    out->at = trace_text_lay_unsigned(out->at, value);
}

/* Text that is to be made safe: nobody knows how long it becomes. */
static void
trace_line_unsafe(TraceLine *out, const char *value)
{
    trace_text_end(out->line, out->at);
    trace_safe_append_json(out->line, value, -1, TRACE_LINE_FIELD_MAX);
    out->at = trace_text_make_room(out->line, out->most);
}

/* @safe: how many octets are safe as they stand; 0: that is not known. */
static inline void
trace_line_string(TraceLine *out, const char *key, const char *value, gsize safe)
{
    if (safe > 0) {
        trace_line_word(out, key, value, safe);
    } else if (value != NULL && *value != '\0') {
        out->at = trace_text_lay_word(out->at, key);
        trace_line_unsafe(out, value);
    }
}

static void
trace_line_who(TraceLine *out, const TraceEvent *event)
{
    trace_line_string(out, ",\"journey\":", event->journey, 0);
    trace_line_string(out, ",\"branch\":", event->branch, 0);
    trace_line_string(out, ",\"session\":", event->session, 0);
    trace_line_string(out, ",\"user\":", event->user, 0);
}

void
trace_event_write_who(const TraceEvent *event, GString *line)
{
    TraceLine out = { line, trace_text_make_room(line, TRACE_LINE_FRAME_MAX),
                      TRACE_LINE_FRAME_MAX };

    trace_line_who(&out, event);
    trace_text_end(line, out.at);
}

static void
trace_line_data(TraceLine *out, const TraceEvent *event)
{
    out->at = trace_text_lay_word(out->at, ",\"data\":");
    if (event->data_octets > 0) {
        out->at = trace_text_lay(out->at, event->data, event->data_octets);
        return;
    }
    trace_text_end(out->line, out->at);
    trace_safe_copy_json(out->line, event->data);
    out->at = trace_text_make_room(out->line, out->most);
}

/* ,"stage":"route","kind":"decision" */
typedef struct TraceSorts {
    char *text; /* NULL: no event was of this stage and kind yet */
    gsize octets;
} TraceSorts;

/* There are few of these: each is made once. */
static const TraceSorts *
trace_line_sorts(Stage stage, TraceKind kind)
{
    static TraceSorts all[STAGES][TRACE_KINDS + 1];
    TraceSorts *sorts = &all[(guint)stage < STAGES ? stage : STAGE_NONE][MIN(kind, TRACE_KINDS)];

    if (sorts->text == NULL) {
        const char *name = stage_name(stage), *kind_name = trace_kind_name(kind);
        GString *text = g_string_new(NULL);

        if (*name != '\0')
            g_string_append_printf(text, ",\"stage\":\"%s\"", name);
        if (*kind_name != '\0')
            g_string_append_printf(text, ",\"kind\":\"%s\"", kind_name);
        sorts->octets = text->len;
        sorts->text = g_string_free(text, FALSE);
    }
    return sorts;
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
    const TraceSorts *sorts = trace_line_sorts(event->stage, event->kind);
    gsize host = trace_line_own(event, event->host), rfc = trace_line_own(event, event->rfc);
    gsize most = TRACE_LINE_FRAME_MAX + host + event->who_octets + event->text_octets + rfc +
                 event->at_octets + event->data_octets + sorts->octets;
    TraceLine out = { line, trace_text_make_room(line, most), most };
    char time[TRACE_TIME_SIZE];

    trace_time_write(time, event->time_us);
    trace_line_number(&out, "{\"seq\":", event->seq);
    trace_line_word(&out, ",\"time\":", time, sizeof time - 1);
    trace_line_string(&out, ",\"host\":", event->host, host);
    out.at = trace_text_lay(out.at, sorts->text, sorts->octets);
    if (event->who != NULL)
        out.at = trace_text_lay(out.at, event->who, event->who_octets);
    else
        trace_line_who(&out, event);
    trace_line_string(&out, ",\"text\":", event->text, event->text_octets);
    trace_line_string(&out, ",\"rfc\":", event->rfc, rfc);
    trace_line_string(&out, ",\"at\":", event->at, event->at_octets);
    if (event->cause != 0)
        trace_line_number(&out, ",\"cause\":", event->cause);
    if (event->twin != 0)
        trace_line_number(&out, ",\"twin\":", event->twin);
    if (event->data != NULL)
        trace_line_data(&out, event);
    trace_text_end(line, trace_text_lay_word(out.at, "}\n"));
}
