/* app/cmd_export.c - `glasspost export JOURNAL --format text`: a journal for reading elsewhere. */
#include "app/command_line.h"

#include <stdio.h>
#include <string.h>
#include "trace/export.h"

static int
app_export_text(const char *path, gboolean summary)
{
    TraceExport export = { .summary = summary };
    FILE *journal = fopen(path, "re");
    g_autofree char *line = NULL;
    size_t room = 0;
    ssize_t length;
    guint skipped = 0;

    if (journal == NULL)
        return app_complain(APP_USAGE, "export: %s: %s", path, g_strerror(errno));
    while ((length = getline(&line, &room, journal)) > 0) {
        g_autoptr(TraceEvent) event = trace_event_parse(line, (gsize)length, NULL);
        g_autoptr(GString) text = g_string_new(NULL);

        if (event == NULL) {
            skipped += g_str_has_prefix(line, "{\"journal\"") ? 0 : 1;
            continue;
        }
        trace_export_text(&export, event, text);
        fputs(text->str, stdout);
    }
    fclose(journal);
    if (skipped > 0)
        app_complain(APP_OK, "export: %u lines were no events and are left out", skipped);
    return APP_OK;
}

int
app_cmd_export(int argc, char **argv)
{
    g_autofree char *format = NULL;
    gboolean summary = FALSE;
    GOptionEntry entries[] = {
        { "format", 0, 0, G_OPTION_ARG_STRING, &format, "text (the only one so far)", "FORMAT" },
        { "summary", 0, 0, G_OPTION_ARG_NONE, &summary, "the main events only", NULL },
        G_OPTION_ENTRY_NULL
    };

    if (!app_read_options("export", entries, NULL, &argc, &argv, 1, 1))
        return APP_USAGE;
    if (format != NULL && !g_str_equal(format, "text"))
        return app_complain(APP_USAGE, "export: format '%s' is not known; there is text", format);
    return app_export_text(argv[1], summary);
}
