/* app/export.h - a journal in another form, for reading elsewhere: one function a format.
 *
 *   JOURNAL --(--redact: trace/handout.h)--> lines of events --> text, mermaid, otlp, html ...
 *
 * A format is a line in the table of app/cmd_export.c. With --redact it is given a journal that has
 * been redacted already: it need not know.
 */
#ifndef APP_EXPORT_H
#define APP_EXPORT_H

#include <glib.h>
#include "trace/event.h"

typedef struct AppExport {
    const char *path;    /* one journal file, or a state folder */
    const char *journey; /* only this message, "j3"; NULL: all */
    gboolean summary;    /* only what is worth telling */
} AppExport;

typedef struct AppExportFormat {
    const char *name;
    const char *words; /* one line for --help */
    /* Writes to standard output. Returns the exit status, having complained if it isn't APP_OK. */
    int (*write)(const AppExport *export);
} AppExportFormat;

/* Calls @take for each event of the journal, in its order, those of other journeys left out. Lines
 * that are no events are counted and told on standard error. Returns the exit status. */
int app_export_events(const AppExport *export, void (*take)(const TraceEvent *event, void *data),
                      void *data);

/* A copy of the journal without bodies, subjects and people's names (trace/handout.h), in a
 * temporary file that the caller removes. NULL with @error: it can't be made. */
char *app_export_redact(const char *path, GError **error);

#endif
