/* trace/wire.c - commands and replies as events, put together the same way in all protocols.
 *
 *   C: MAIL FROM:<alice@north.example>   from client, to host, label MAIL, line
 *   S: 250 2.1.0 Sender ok               from host, to client, label 250, lines, code, enhanced
 *   C: AGFsaWNlAHdvbmRlcmxhbmQ=          a secret: label AUTH, line ***
 *
 * Tests: tests/test_trace_trace.c
 */
#include "trace/trace.h"

#include <string.h>

#include "trace/redact.h"
#include "trace/speaker.h"
#include "trace/text.h"

#define TRACE_WIRE_LINE_MAX  1024        /* octets of a command line that are kept */
#define TRACE_WIRE_REPLY_MAX (16 * 1024) /* octets of a reply that are kept */
#define TRACE_WIRE_SHORT     512         /* octets of a line that surely fit into a sentence */

static gsize
trace_wire_trim(const char *text)
{
    gsize length = strlen(text);

    while (length > 0 && (text[length - 1] == '\r' || text[length - 1] == '\n'))
        length--;
    return length;
}

/* Appends one line, made safe. TRUE: it was safe as it came, and nobody need look at it again. */
static gboolean
trace_wire_show(GString *shown, const char *line, gsize length)
{
    if (length <= TRACE_WIRE_LINE_MAX && trace_safe_is_plain(line, length)) {
        trace_text_append_octets(shown, line, length);
        return TRUE;
    }
    trace_safe_append(shown, line, (gssize)length, TRACE_WIRE_LINE_MAX, FALSE);
    return FALSE;
}

/* Commands, replies and bodies share this sentence, so that a journal reads evenly. A line that was
 * plain and short has been looked at, and needs no second look. */
static void
trace_wire_tell(Trace *trace, Stage stage, const char *rfc, TracePlace *place, const char *from,
                const char *to, const GString *said, gboolean is_plain)
{
    if (!is_plain || said->len > TRACE_WIRE_SHORT) {
        trace_emit(trace, TRACE_WIRE, stage, rfc, place, "%s to %s: %s", from, to, said->str);
        return;
    }
    GString *text = tracer_lend(trace->tracer);
    gsize from_octets = strlen(from), to_octets = strlen(to);
    char *at = trace_text_make_room(text, from_octets + to_octets + said->len + strlen(" to : "));

    at = trace_text_lay(at, from, from_octets);
    at = trace_text_lay_word(at, " to ");
    at = trace_text_lay(at, to, to_octets);
    at = trace_text_lay_word(at, ": ");
    trace_text_end(text, trace_text_lay(at, said->str, said->len));
    trace_emit_sentence(trace, TRACE_WIRE, stage, rfc, place, text, TRUE);
    tracer_give_back(trace->tracer, text);
}

void
trace_emit_command(Trace *trace, Stage stage, const char *rfc, TracePlace *place, const char *from,
                   const char *to, const char *label, const char *text, gboolean secret)
{
    if (!trace_is_on(trace))
        return;
    GString *shown = tracer_lend(trace->tracer);
    gboolean is_plain = FALSE;

    if (secret) {
        g_autofree char *redacted = trace_redact_command(text);
        g_string_append(shown, redacted);
    } else {
        is_plain = trace_wire_show(shown, text, trace_wire_trim(text));
    }
    trace_put_arrow(trace, from, to, label);
    if (is_plain)
        trace_put_word(trace, "line", shown->str);
    else
        trace_put_text(trace, "line", shown->str);
    trace_wire_tell(trace, stage, rfc, place, from, to, shown, is_plain);
    tracer_give_back(trace->tracer, shown);
}

/* "5.1.1" where it stands after the code (RFC 2034 §4): a class, a subject and a detail. */
static void
trace_wire_put_enhanced(Trace *trace, const char *text)
{
    gsize length = 0;
    guint dots = 0;

    for (; g_ascii_isdigit(text[length]) || text[length] == '.'; length++)
        dots += text[length] == '.';
    if (dots != 2 || length < 5 || length > 9 || strchr("245", text[0]) == NULL || text[1] != '.')
        return;
    GString *value = trace_put_value(trace, "enhanced");

    if (value != NULL)
        trace_safe_append_json(value, text, (gssize)length, length);
}

/* An SMTP reply's three digits (RFC 5321 §4.2); other protocols have none. */
static void
trace_wire_put_code(Trace *trace, const char *lines)
{
    if (lines[0] < '2' || lines[0] > '5' || !g_ascii_isdigit(lines[1]) ||
        !g_ascii_isdigit(lines[2]) || g_ascii_isdigit(lines[3]))
        return;
    trace_put_number(trace, "code",
                     (lines[0] - '0') * 100 + (lines[1] - '0') * 10 + (lines[2] - '0'));
    if (lines[3] == ' ' || lines[3] == '-')
        trace_wire_put_enhanced(trace, lines + 4);
}

/* A reply of several lines: all of them are kept, and @said tells how many follow the first. */
static void
trace_wire_put_lines(Trace *trace, const char *lines, gsize length, GString *said)
{
    GString *data = trace_put_value(trace, "lines");
    guint more = 0;

    for (gsize i = 0; i < length; i++)
        more += lines[i] == '\n';
    if (data != NULL)
        trace_safe_append_json(data, lines, (gssize)length, TRACE_WIRE_REPLY_MAX);
    if (more == 0)
        return;
    trace_text_append(said, " (and ");
    trace_text_append_unsigned(said, more);
    trace_text_append(said, more == 1 ? " more line)" : " more lines)");
}

void
trace_emit_reply(Trace *trace, Stage stage, const char *rfc, TracePlace *place, const char *from,
                 const char *to, const char *label, const char *lines)
{
    if (!trace_is_on(trace))
        return;
    GString *said = tracer_lend(trace->tracer);
    gsize length = trace_wire_trim(lines), first = strcspn(lines, "\r\n");
    gboolean is_plain = trace_wire_show(said, lines, MIN(first, length));

    trace_put_arrow(trace, from, to, label);
    if (is_plain && first >= length)
        trace_put_word(trace, "lines", said->str);
    else
        trace_wire_put_lines(trace, lines, length, said);
    trace_wire_put_code(trace, lines);
    trace_wire_tell(trace, stage, rfc, place, from, to, said, is_plain);
    tracer_give_back(trace->tracer, said);
}
