/* tests/test_trace_mermaid.c - a journal as a sequence diagram. The real Mermaid has parsed the
 * diagrams of all demo scenarios and a hostile one; tests/test_export.py keeps to its grammar. */
#include "trace/mermaid.h"

#include <locale.h>
#include <string.h>

static TraceEvent
event(guint64 seq, const char *host, const char *session, Stage stage, TraceKind kind,
      const char *text, const char *data)
{
    return (TraceEvent){ .seq = seq,
                         .host = host,
                         .session = session,
                         .stage = stage,
                         .kind = kind,
                         .text = text,
                         .data = data };
}

static void
take(TraceMermaid *diagram, TraceEvent event)
{
    trace_mermaid_event(diagram, &event);
}

static char *
drawn(const TraceMermaid *diagram)
{
    GString *out = g_string_new(NULL);

    trace_mermaid_write(diagram, out);
    return g_string_free(out, FALSE);
}

static void
expect(const char *text, const char *line)
{
    if (strstr(text, line) == NULL)
        g_error("no line \"%s\" in:\n%s", line, text);
}

static void
test_empty(void)
{
    g_test_summary("no event: still a diagram");
    g_autoptr(TraceMermaid) diagram = trace_mermaid_new();
    g_autofree char *text = drawn(diagram);

    g_assert_cmpstr(text, ==, "sequenceDiagram\n    participant p1 as Glasspost\n");
}

static void
test_hop(void)
{
    g_test_summary("a hop is an arrow between two hosts, as the journal knows who calls");
    g_autoptr(TraceMermaid) diagram = trace_mermaid_new();
    TraceEvent call = event(2, "mx.south.example", "smtp-3", STAGE_CONNECT, TRACE_DECISION,
                            "another host delivers", "{\"port\":\"relay\"}");

    take(diagram, event(1, "mx.north.example", "relay-2", STAGE_RELAY, TRACE_STATE, "Calling",
                        "{\"from\":\"host\",\"to\":\"remote\",\"label\":\"connect\","
                        "\"peer\":\"mx.south.example\"}"));
    call.cause = 1;
    take(diagram, call);
    take(diagram, event(3, "mx.south.example", "smtp-3", STAGE_SPLIT, TRACE_WIRE,
                        "client to host: RCPT TO:<a@south.example>",
                        "{\"from\":\"client\",\"to\":\"host\",\"label\":\"RCPT\"}"));
    take(diagram,
         event(4, "mx.south.example", "smtp-3", STAGE_SPLIT, TRACE_WIRE, "host to client: 550 no",
               "{\"from\":\"host\",\"to\":\"client\",\"label\":\"550\",\"code\":550}"));
    g_autofree char *text = drawn(diagram);

    expect(text,
           "    participant p1 as mx.north.example\n    participant p2 as mx.south.example\n");
    expect(text, "    p1->>p2: Calling\n");
    expect(text, "    Note over p1,p2: on to mx.south.example\n");
    expect(text, "    p1->>p2: another host delivers\n");
    expect(text, "    p1->>p2: RCPT TO:#60;a@south.example#62;\n");
    expect(text, "    p2--xp1: 550 no\n");
}

static void
test_stranger(void)
{
    g_test_summary("a caller whose journal is elsewhere is known by its EHLO");
    g_autoptr(TraceMermaid) diagram = trace_mermaid_new();

    take(diagram, event(1, "mx.south.example", "smtp-1", STAGE_CONNECT, TRACE_DECISION, "call",
                        "{\"port\":\"relay\"}"));
    take(diagram, event(2, "mx.south.example", "smtp-1", STAGE_CONNECT, TRACE_WIRE, "EHLO",
                        "{\"from\":\"client\",\"to\":\"host\",\"label\":\"EHLO\","
                        "\"line\":\"EHLO mx.far.example\"}"));
    take(diagram, event(3, "mx.south.example", "smtp-1", STAGE_SENDER, TRACE_WIRE, "MAIL",
                        "{\"from\":\"client\",\"to\":\"host\",\"label\":\"MAIL\"}"));
    g_autofree char *text = drawn(diagram);

    expect(text, " as mx.far.example\n");
}

static void
test_hostile(void)
{
    g_test_summary("nothing of a stranger's text means anything to Mermaid");
    g_autoptr(TraceMermaid) diagram = trace_mermaid_new();

    take(diagram, event(1, "mx;end\n<b>", "smtp-1", STAGE_SPLIT, TRACE_DECISION,
                        "a; b # c <script> %% {x} `y` \"z\"\nend\x1b[2J", NULL));
    g_autofree char *text = drawn(diagram);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    g_assert_cmpuint(g_strv_length(lines), ==, 6); /* title, participant, rect, note, end, "" */
    for (guint i = 0; lines[i] != NULL; i++) {
        g_autofree char *bare = NULL;
        g_autoptr(GRegex) number = g_regex_new("#[0-9]+;|<br/>", 0, 0, NULL);

        bare = g_regex_replace(number, lines[i], -1, 0, "", 0, NULL);
        g_assert_null(strpbrk(bare, ";#<>%{}`\"\x1b"));
    }
}

static void
test_bounds(void)
{
    g_test_summary("what a browser would not draw is counted");
    g_autoptr(TraceMermaid) diagram = trace_mermaid_new();

    for (guint i = 1; i <= 5000; i++)
        take(diagram, event(i, "mx.north.example", "smtp-1", STAGE_SPLIT, TRACE_DECISION,
                            "some words of a sentence; with a sign", NULL));
    g_autofree char *text = drawn(diagram);

    g_assert_cmpuint(strlen(text), <, 50000);
    expect(text, "    Note over p1: and 4700 more (--journey chooses a message)\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trace/mermaid/empty", test_empty);
    g_test_add_func("/trace/mermaid/hop", test_hop);
    g_test_add_func("/trace/mermaid/stranger", test_stranger);
    g_test_add_func("/trace/mermaid/hostile", test_hostile);
    g_test_add_func("/trace/mermaid/bounds", test_bounds);
    return g_test_run();
}
