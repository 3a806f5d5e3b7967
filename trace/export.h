/* trace/export.h - events as plain text, one numbered line each: `--plain`, `export --format text`.
 *
 *   106     +8 ms  mx.north.example    split     * user carol, domain south.example
 *                  [RFC 5321 §4.1.2; smtp/split.c:41 smtp_split_address]        (on the same line)
 *
 * The sign before the text says the kind: > wire, * decision, # sql, ? dns, = state, @ timer,
 * ! fault, : input, X error.
 */
#ifndef TRACE_EXPORT_H
#define TRACE_EXPORT_H

#include "trace/event.h"

typedef struct TraceExport {
    gboolean summary; /* only what is worth telling (trace/gate.h) */
    gboolean bare;    /* without section and source position */
    /* kept between calls; start with zeros */
    gboolean started;
    gint64 start_us; /* times are told from the first event on */
    Stage last;      /* of the event told before */
} TraceExport;

/* Appends the line of @event, "\n" included, or nothing where a summary leaves it out. Any text in
 * it is made safe once more: a journal may come from elsewhere. */
void trace_export_text(TraceExport *export, const TraceEvent *event, GString *out);

/* "+8 ms", "+1.2 s", "+3 m 20 s", "+4 h 0 m", "+5 d 2 h". Newly allocated. */
char *trace_export_offset(gint64 microseconds);

#endif
