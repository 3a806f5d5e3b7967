/* trace/export.c - events as plain text, one numbered line each.
 *
 * A line is complete by itself, so that it can be searched, cut and pasted into a ticket, and read
 * aloud by a screen reader. The columns are wide enough for the demo's names and never cut text.
 * Tests: tests/test_trace_export.c
 */
#include "trace/export.h"

#include <string.h>

#include "trace/gate.h"
#include "trace/redact.h"
#include "trace/words.h"

#define TRACE_EXPORT_HOST_COLUMNS  18
#define TRACE_EXPORT_STAGE_COLUMNS 9

static const char signs[TRACE_KINDS] = {
    [TRACE_WIRE] = '>',  [TRACE_DECISION] = '*', [TRACE_SQL] = '#',
    [TRACE_DNS] = '?',   [TRACE_STATE] = '=',    [TRACE_TIMER] = '@',
    [TRACE_FAULT] = '!', [TRACE_INPUT] = ':',    [TRACE_ERROR] = 'X',
};

/* Two units at most: nobody needs the milliseconds of the fifth day. */
char *
trace_export_offset(gint64 microseconds)
{
    gint64 ms = MAX(microseconds, 0) / 1000;
    gint64 s = ms / 1000;

    if (ms < 1000)
        return g_strdup_printf("+%d ms", (int)ms);
    if (s < 60)
        return g_strdup_printf("+%d.%d s", (int)s, (int)(ms % 1000 / 100));
    if (s < 3600)
        return g_strdup_printf("+%d m %d s", (int)(s / 60), (int)(s % 60));
    if (s < 24 * 3600)
        return g_strdup_printf("+%d h %d m", (int)(s / 3600), (int)(s % 3600 / 60));
    return g_strdup_printf("+%" G_GINT64_FORMAT " d %d h", s / (24 * 3600),
                           (int)(s % (24 * 3600) / 3600));
}

/* Appends @text made safe, then spaces up to @columns. */
static void
trace_export_column(GString *out, const char *text, gsize columns)
{
    gsize start = out->len;

    trace_safe_append(out, text, -1, 1024, FALSE);
    while (out->len - start < columns)
        g_string_append_c(out, ' ');
    g_string_append(out, "  ");
}

/* "[RFC 5321 §4.1.2; smtp/split.c:41 smtp_split_address]", of which either half may be missing. */
static void
trace_export_source(const TraceEvent *event, GString *out)
{
    const char *at = event->at == NULL ? "" : event->at;
    const char *function = strrchr(at, ':');

    if (event->rfc == NULL && *at == '\0')
        return;
    g_string_append(out, "   [");
    if (event->rfc != NULL)
        trace_safe_append(out, event->rfc, -1, 128, FALSE);
    if (event->rfc != NULL && *at != '\0')
        g_string_append(out, "; ");
    trace_safe_append(out, at, function == NULL ? -1 : (gssize)(function - at), 128, FALSE);
    if (function != NULL) {
        g_string_append_c(out, ' ');
        trace_safe_append(out, function + 1, -1, 128, FALSE);
    }
    g_string_append_c(out, ']');
}

void
trace_export_text(TraceExport *export, const TraceEvent *event, GString *out)
{
    if (!export->started)
        export->start_us = event->time_us;
    export->started = TRUE;
    if (export->summary && !trace_event_is_worth_telling(event, export->last))
        return;
    export->last = event->stage;

    g_autofree char *offset = trace_export_offset(event->time_us - export->start_us);
    g_autofree char *said = words_sentence(event->text == NULL ? "" : event->text);
    g_string_append_printf(out, "%5" G_GUINT64_FORMAT "  %10s  ", event->seq, offset);
    trace_export_column(out, event->host == NULL ? "-" : event->host, TRACE_EXPORT_HOST_COLUMNS);
    trace_export_column(out, event->stage == STAGE_NONE ? "-" : stage_name(event->stage),
                        TRACE_EXPORT_STAGE_COLUMNS);
    g_string_append_c(out, event->kind < TRACE_KINDS ? signs[event->kind] : ' ');
    g_string_append_c(out, ' ');
    trace_safe_append(out, said, -1, 4096, FALSE);
    if (!export->bare)
        trace_export_source(event, out);
    g_string_append_c(out, '\n');
}
