/* app/export.c - the events of a journal, for the formats that take one after another.
 *
 * Of one message: its own events, and what its sessions did before or after under no message's name
 * (the call, EHLO, the login, QUIT). So the journal is read twice: which sessions, then the events.
 */
#include "app/export.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "app/command_line.h"
#include "trace/handout.h"
#include "trace/viewer/reader.h"

#define APP_EXPORT_PIECE (1 << 20) /* so much of a journal is read at once */

typedef struct AppExportRead {
    const char *journey;  /* NULL: all */
    GHashTable *sessions; /* "host session" of that journey; NULL: not known yet */
    void (*take)(const TraceEvent *event, void *data);
    void *data;
    guint skipped; /* lines that were no events */
} AppExportRead;

static char *
app_export_session(const TraceEvent *event)
{
    return g_strdup_printf("%s %s", event->host == NULL ? "" : event->host,
                           event->session == NULL ? "" : event->session);
}

static gboolean
app_export_is_of(const AppExportRead *read, const TraceEvent *event)
{
    if (read->journey == NULL || g_strcmp0(event->journey, read->journey) == 0)
        return TRUE;
    if (event->journey != NULL || event->session == NULL)
        return FALSE;
    g_autofree char *session = app_export_session(event);

    return g_hash_table_contains(read->sessions, session);
}

static void
app_export_line(void *data, const char *line, gsize length, G_GNUC_UNUSED gint64 position,
                gboolean first)
{
    AppExportRead *read = data;

    if (first) /* the header */
        return;
    g_autoptr(TraceEvent) event = trace_event_parse(line, length, NULL);
    if (event == NULL)
        read->skipped++;
    else if (app_export_is_of(read, event))
        read->take(event, read->data);
}

static void
app_export_find_session(const TraceEvent *event, void *data)
{
    GHashTable *sessions = data;

    if (event->journey != NULL)
        g_hash_table_add(sessions, app_export_session(event));
}

/* One way through the journal. */
static gboolean
app_export_pass(const char *path, AppExportRead *read, GError **error)
{
    g_autoptr(ViewReader) reader = view_reader_new(path, error);

    if (reader == NULL)
        return FALSE;
    while (view_reader_read(reader, APP_EXPORT_PIECE, app_export_line, read))
        ;
    read->skipped += view_reader_damaged(reader);
    return TRUE;
}

int
app_export_events(const AppExport *export, void (*take)(const TraceEvent *event, void *data),
                  void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) sessions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    AppExportRead look = { .journey = export->journey,
                           .sessions = sessions,
                           .take = app_export_find_session,
                           .data = sessions };
    AppExportRead read = {
        .journey = export->journey, .sessions = sessions, .take = take, .data = data
    };

    if (export->journey != NULL && !app_export_pass(export->path, &look, &error))
        return app_complain(APP_USAGE, "export: %s", error->message);
    if (export->journey != NULL && g_hash_table_size(sessions) == 0)
        return app_complain(APP_USAGE,
                            "export: no message %s in this journal (they are j1, j2 ...)",
                            export->journey);
    if (!app_export_pass(export->path, &read, &error))
        return app_complain(APP_USAGE, "export: %s", error->message);
    if (read.skipped > 0)
        app_complain(APP_OK, "export: %u lines were no events and are left out", read.skipped);
    return APP_OK;
}

/* ------------------------------------------------------------------ --redact */

typedef struct AppExportRedaction {
    TraceHandout *handout;
    FILE *to; /* NULL: the first pass, that only learns names */
} AppExportRedaction;

static void
app_export_redact_line(void *data, const char *line, gsize length, G_GNUC_UNUSED gint64 position,
                       G_GNUC_UNUSED gboolean first)
{
    AppExportRedaction *redaction = data;

    if (redaction->to == NULL) {
        trace_handout_learn(redaction->handout, line, length);
        return;
    }
    g_autofree char *told = trace_handout_line(redaction->handout, line, length);

    if (told != NULL)
        fputs(told, redaction->to);
}

static gboolean
app_export_redact_pass(const char *path, AppExportRedaction *redaction, GError **error)
{
    g_autoptr(ViewReader) reader = view_reader_new(path, error);

    if (reader == NULL)
        return FALSE;
    while (view_reader_read(reader, APP_EXPORT_PIECE, app_export_redact_line, redaction))
        ;
    return TRUE;
}

/* Both passes; FALSE with @error where the journal can't be read or the copy not be written. */
static gboolean
app_export_redact_into(const char *path, FILE *to, GError **error)
{
    g_autoptr(TraceHandout) handout = trace_handout_new();
    AppExportRedaction redaction = { .handout = handout };

    if (!app_export_redact_pass(path, &redaction, error))
        return FALSE;
    redaction.to = to;
    if (!app_export_redact_pass(path, &redaction, error))
        return FALSE;
    if (fflush(to) == 0 && !ferror(to))
        return TRUE;
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "the redacted copy: %s",
                g_strerror(errno));
    return FALSE;
}

char *
app_export_redact(const char *path, GError **error)
{
    g_autofree char *copy = NULL;
    int fd = g_file_open_tmp("glasspost-redacted-XXXXXX.ndjson", &copy, error);
    FILE *to = fd < 0 ? NULL : fdopen(fd, "w");

    if (to == NULL)
        return NULL;
    gboolean written = app_export_redact_into(path, to, error);

    fclose(to);
    if (written)
        return g_steal_pointer(&copy);
    g_unlink(copy);
    return NULL;
}
