/* trace/event.c - the words and times of an event, copies of it, and its way back from a line.
 *
 * A line is parsed by json-glib, after a look at length and depth: its parser recurses, and a line
 * of 100,000 brackets would end on the stack's ground. How a line is written: trace/line.c.
 *
 * Start reading at trace_event_parse().
 * Tests: tests/test_trace_event.c
 */
#include "trace/event.h"

#include <json-glib/json-glib.h>
#include <gio/gio.h>
#include <string.h>
#include <time.h>

#define TRACE_EVENT_DEPTH_MAX  32
#define TRACE_EVENT_OCTETS_MAX (1024 * 1024) /* of a line to be parsed */

static const char *const kinds[TRACE_KINDS] = {
    [TRACE_WIRE] = "wire",   [TRACE_DECISION] = "decision", [TRACE_SQL] = "sql",
    [TRACE_DNS] = "dns",     [TRACE_STATE] = "state",       [TRACE_TIMER] = "timer",
    [TRACE_FAULT] = "fault", [TRACE_INPUT] = "input",       [TRACE_ERROR] = "error",
};

const char *
trace_kind_name(TraceKind kind)
{
    return (guint)kind < TRACE_KINDS ? kinds[kind] : "";
}

TraceKind
trace_kind_from_name(const char *name)
{
    guint kind = 0;

    while (kind < TRACE_KINDS && g_strcmp0(name, kinds[kind]) != 0)
        kind++;
    return (TraceKind)kind;
}

/* ---- time ---- */

/* Writes @value with leading zeros and returns where it ends. */
static char *
trace_event_digits(char *at, guint value, guint digits)
{
    for (guint i = digits; i > 0; i--) {
        at[i - 1] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + digits;
}

/* The second that the millisecond @ms falls into, also before 1970. */
static gint64
trace_time_second(gint64 ms)
{
    return ms / 1000 - (ms % 1000 < 0);
}

/* "2026-01-05T09:00:00.": by hand, because strftime() would cost four times more. */
static void
trace_time_put_second(char *at, time_t second)
{
    struct tm tm;

    gmtime_r(&second, &tm);
    at = trace_event_digits(at, (guint)CLAMP(tm.tm_year + 1900, 0, 9999), 4);
    *at++ = '-';
    at = trace_event_digits(at, (guint)tm.tm_mon + 1, 2);
    *at++ = '-';
    at = trace_event_digits(at, (guint)tm.tm_mday, 2);
    *at++ = 'T';
    at = trace_event_digits(at, (guint)tm.tm_hour, 2);
    *at++ = ':';
    at = trace_event_digits(at, (guint)tm.tm_min, 2);
    *at++ = ':';
    at = trace_event_digits(at, (guint)tm.tm_sec, 2);
    *at = '.';
}

/* @text is that of @before. */
static void
trace_time_put(char *text, gint64 ms, gint64 before)
{
    gint64 second = trace_time_second(ms);

    if (second != trace_time_second(before))
        trace_time_put_second(text, (time_t)second);
    trace_event_digits(text + strlen("1970-01-01T00:00:00."), (guint)(ms - second * 1000), 3);
}

void
trace_time_write(char text[TRACE_TIME_SIZE], gint64 time_us)
{
    /* Many events fall into one millisecond, and thousands into one second: the last text is kept. */
    static char last[] = "1970-01-01T00:00:00.000Z";
    static gint64 last_ms;
    gint64 ms = time_us / 1000 - (time_us % 1000 < 0);

    if (ms != last_ms)
        trace_time_put(last, ms, last_ms);
    last_ms = ms;
    memcpy(text, last, sizeof last);
}

char *
trace_time_format(gint64 time_us)
{
    char text[TRACE_TIME_SIZE];

    trace_time_write(text, time_us);
    return g_strdup(text);
}

/* The number of @digits digits at @text; -1 where another character is among them. */
static int
trace_time_number(const char *text, guint digits)
{
    int number = 0;

    for (guint i = 0; i < digits; i++) {
        if (!g_ascii_isdigit(text[i]))
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

gint64
trace_time_parse(const char *text)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd.dddZ";
    gsize length = text == NULL ? 0 : strlen(text);

    if (length != sizeof form - 1)
        return -1;
    for (gsize i = 0; i < length; i++) {
        if (form[i] == 'd' ? !g_ascii_isdigit(text[i]) : text[i] != form[i])
            return -1;
    }
    struct tm tm = {
        .tm_year = trace_time_number(text, 4) - 1900,
        .tm_mon = trace_time_number(text + 5, 2) - 1,
        .tm_mday = trace_time_number(text + 8, 2),
        .tm_hour = trace_time_number(text + 11, 2),
        .tm_min = trace_time_number(text + 14, 2),
        .tm_sec = trace_time_number(text + 17, 2),
    };
    if (tm.tm_year < 70 || tm.tm_mon < 0 || tm.tm_mon > 11 || tm.tm_mday < 1 || tm.tm_mday > 31 ||
        tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60)
        return -1;
    return (gint64)timegm(&tm) * G_USEC_PER_SEC + trace_time_number(text + 20, 3) * 1000;
}

/* ---- copies ---- */

TraceEvent *
trace_event_copy(const TraceEvent *event)
{
    TraceEvent *copy = g_new(TraceEvent, 1);

    *copy = *event;
    copy->who = NULL;
    copy->who_octets = copy->text_octets = copy->at_octets = copy->data_octets = 0;
    copy->host = g_strdup(event->host);
    copy->journey = g_strdup(event->journey);
    copy->branch = g_strdup(event->branch);
    copy->session = g_strdup(event->session);
    copy->user = g_strdup(event->user);
    copy->text = g_strdup(event->text);
    copy->rfc = g_strdup(event->rfc);
    copy->at = g_strdup(event->at);
    copy->data = g_strdup(event->data);
    return copy;
}

void
trace_event_free(TraceEvent *event)
{
    if (event == NULL)
        return;
    g_free((char *)event->host);
    g_free((char *)event->journey);
    g_free((char *)event->branch);
    g_free((char *)event->session);
    g_free((char *)event->user);
    g_free((char *)event->text);
    g_free((char *)event->rfc);
    g_free((char *)event->at);
    g_free((char *)event->data);
    g_free(event);
}

/* ---- parsing ---- */

/* Brackets inside of strings do not count. The parser also takes comments and single quotes,
 * behind which brackets could hide from this count; no event holds them, so they are refused. */
gboolean
trace_event_is_shallow(const char *line, gsize length)
{
    guint depth = 0;
    gboolean quoted = FALSE;

    for (gsize i = 0; i < length; i++) {
        char c = line[i];

        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (quoted)
            continue;
        else if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && depth > 0)
            depth--;
        else if (!g_ascii_isalnum(c) && strchr(" \t\r\n,:+-.", c) == NULL)
            return FALSE;
        if (depth > TRACE_EVENT_DEPTH_MAX)
            return FALSE;
    }
    return TRUE;
}

static char *
trace_event_string(JsonObject *object, const char *key)
{
    JsonNode *node = json_object_get_member(object, key);

    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_STRING)
        return NULL;
    return json_node_dup_string(node);
}

static guint64
trace_event_number(JsonObject *object, const char *key)
{
    JsonNode *node = json_object_get_member(object, key);

    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_INT64)
        return 0;
    return (guint64)MAX(json_node_get_int(node), 0);
}

static TraceEvent *
trace_event_from_object(JsonObject *object)
{
    TraceEvent *event = g_new0(TraceEvent, 1);
    g_autofree char *time = trace_event_string(object, "time");
    g_autofree char *stage = trace_event_string(object, "stage");
    g_autofree char *kind = trace_event_string(object, "kind");
    JsonNode *data = json_object_get_member(object, "data");

    event->seq = trace_event_number(object, "seq");
    event->time_us = trace_time_parse(time);
    event->stage = stage_from_name(stage);
    event->kind = trace_kind_from_name(kind);
    event->host = trace_event_string(object, "host");
    event->journey = trace_event_string(object, "journey");
    event->branch = trace_event_string(object, "branch");
    event->session = trace_event_string(object, "session");
    event->user = trace_event_string(object, "user");
    event->text = trace_event_string(object, "text");
    event->rfc = trace_event_string(object, "rfc");
    event->at = trace_event_string(object, "at");
    event->cause = trace_event_number(object, "cause");
    event->twin = trace_event_number(object, "twin");
    if (data != NULL && JSON_NODE_HOLDS_OBJECT(data))
        event->data = json_to_string(data, FALSE);
    return event;
}

TraceEvent *
trace_event_parse(const char *line, gsize length, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();

    if (length > TRACE_EVENT_OCTETS_MAX || !trace_event_is_shallow(line, length)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "not an event: the line is too long, its brackets too deep, or it is no JSON");
        return NULL;
    }
    if (!json_parser_load_from_data(parser, line, (gssize)length, error))
        return NULL;

    JsonNode *root = json_parser_get_root(parser);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "not an event: no JSON object");
        return NULL;
    }
    g_autoptr(TraceEvent) event = trace_event_from_object(json_node_get_object(root));
    if (event->seq == 0 || event->time_us < 0 || event->kind == TRACE_KINDS) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "not an event: seq, time or kind is missing or unknown");
        return NULL;
    }
    return g_steal_pointer(&event);
}
