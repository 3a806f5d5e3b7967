/* app/cmd_export.c - `glasspost export JOURNAL --format NAME`: a journal for reading elsewhere.
 *
 * Start reading at formats[].
 */
#include "app/export.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include "app/command_line.h"
#include "trace/export.h"
#include "trace/mermaid.h"
#include "trace/otlp.h"
#include "trace/pages/page.h"

static int app_export_text(const AppExport *export);
static int app_export_html(const AppExport *export);
static int app_export_mermaid(const AppExport *export);
static int app_export_otlp(const AppExport *export);
static int app_export_journal(const AppExport *export);

/* clang-format off */
static const AppExportFormat formats[] = {
    /* name      words                                                       function */
    { "text",    "one numbered line an event",                               app_export_text },
    { "html",    "one page to step through, for any browser; nothing is fetched", app_export_html },
    { "mermaid", "a sequence diagram for documents, of what is worth telling", app_export_mermaid },
    { "otlp",    "OpenTelemetry's JSON: a trace a message, a span a stage",  app_export_otlp },
    { "journal", "a journal again: with --redact or --journey, to hand out", app_export_journal },
};
/* clang-format on */

static const char redaction[] =
    "--redact leaves out message bodies, subjects, display names, header fields that are not of\n"
    "the message's way, whatever stands in double quotes, and the world file. It replaces\n"
    "people's names and addresses (user1@north.example), host names outside of *.example, IP\n"
    "addresses outside of 127/8 and Message-IDs. Mailbox names, times, sizes and the content's\n"
    "hash stay. It works with every format; journal makes a journal that the viewer opens.";

static void
app_export_text_line(const TraceEvent *event, void *data)
{
    g_autoptr(GString) text = g_string_new(NULL);

    trace_export_text(data, event, text);
    fputs(text->str, stdout);
}

static int
app_export_text(const AppExport *export)
{
    TraceExport lines = { .summary = export->summary };

    return app_export_events(export, app_export_text_line, &lines);
}

static int
app_export_html(const AppExport *export)
{
    PageOptions options = { .journey = export->journey,
                            .summary = export->summary,
                            .sources = view_sources };
    g_autoptr(GString) page = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    if (!page_write(export->path, &options, page, &error))
        return app_complain(APP_USAGE, "export: %s", error->message);
    fwrite(page->str, 1, page->len, stdout);
    return APP_OK;
}

static void
app_export_mermaid_event(const TraceEvent *event, void *data)
{
    trace_mermaid_event(data, event);
}

static int
app_export_mermaid(const AppExport *export)
{
    g_autoptr(TraceMermaid) diagram = trace_mermaid_new();
    g_autoptr(GString) text = g_string_new(NULL);
    int status = app_export_events(export, app_export_mermaid_event, diagram);

    if (status != APP_OK)
        return status;
    trace_mermaid_write(diagram, text);
    fputs(text->str, stdout);
    return APP_OK;
}

static void
app_export_otlp_event(const TraceEvent *event, void *data)
{
    trace_otlp_event(data, event);
}

static int
app_export_otlp(const AppExport *export)
{
    g_autoptr(TraceOtlp) otlp = trace_otlp_new();
    g_autoptr(GString) text = g_string_new(NULL);
    int status = app_export_events(export, app_export_otlp_event, otlp);

    if (status != APP_OK)
        return status;
    trace_otlp_write(otlp, text);
    fputs(text->str, stdout);
    return APP_OK;
}

static void
app_export_journal_line(const TraceEvent *event, G_GNUC_UNUSED void *data)
{
    g_autoptr(GString) line = g_string_new(NULL);

    trace_event_write(event, line);
    fputs(line->str, stdout);
}

/* Headers of segments are not events: one that says what this is takes the place of all of them. */
static int
app_export_journal(const AppExport *export)
{
    puts("{\"journal\":1,\"build\":\"glasspost export\",\"first\":1}");
    return app_export_events(export, app_export_journal_line, NULL);
}

/* NULL: there is none of that name. */
static const AppExportFormat *
app_export_format(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++)
        if (g_str_equal(formats[i].name, name))
            return &formats[i];
    return NULL;
}

/* "text, html" or, for --help, a line each. */
static char *
app_export_formats(gboolean with_words)
{
    GString *list = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(formats); i++)
        if (with_words)
            g_string_append_printf(list, "%s  %-10s%s", i == 0 ? "" : "\n", formats[i].name,
                                   formats[i].words);
        else
            g_string_append_printf(list, "%s%s", i == 0 ? "" : ", ", formats[i].name);
    return g_string_free(list, FALSE);
}

static int
app_export_redacted(const AppExportFormat *format, AppExport export)
{
    GError *error = NULL;
    g_autofree char *copy = app_export_redact(export.path, &error);

    if (copy == NULL)
        return app_complain_error(error);
    export.path = copy;
    int status = format->write(&export);

    g_unlink(copy);
    return status;
}

int
app_cmd_export(int argc, char **argv)
{
    AppExport export = { 0 };
    gboolean redact = FALSE;
    g_autofree char *name = NULL, *journey = NULL;
    g_autofree char *words = app_export_formats(TRUE), *names = app_export_formats(FALSE);
    g_autofree char *more = g_strdup_printf("Formats:\n%s\n\n%s", words, redaction);
    GOptionEntry entries[] = {
        { "format", 0, 0, G_OPTION_ARG_STRING, &name, "one of those below (text)", "FORMAT" },
        { "journey", 0, 0, G_OPTION_ARG_STRING, &journey, "only this message: j3", "ID" },
        { "summary", 0, 0, G_OPTION_ARG_NONE, &export.summary, "the main events only", NULL },
        { "redact", 0, 0, G_OPTION_ARG_NONE, &redact, "to hand it out: see below", NULL },
        G_OPTION_ENTRY_NULL
    };

    if (!app_read_options("export", entries, more, &argc, &argv, 1, 1))
        return APP_USAGE;
    const AppExportFormat *format = app_export_format(name == NULL ? "text" : name);
    if (format == NULL)
        return app_complain(APP_USAGE, "export: format '%s' is not known; there is %s", name,
                            names);
    export.path = argv[1];
    export.journey = journey;
    return redact ? app_export_redacted(format, export) : format->write(&export);
}
