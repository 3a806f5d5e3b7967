/* app/cmd_view.c - `glasspost view`: watch a running world, or replay what was recorded. */
#include "app/command_line.h"

#include <stdio.h>

#include "app/explain.h"
#include "trace/viewer/view.h"

#define APP_VIEW_PLAIN                                                                             \
    "With --plain, type a key's letter or name as a line of its own, and what it asks for after\n" \
    "it: s, Bksp, f stage=dns, :108. An empty line is Space. The end of input leaves.\n\n"

/* A folder with a control socket holds a world that runs (or ran: the viewer finds out). */
static gboolean
app_view_is_live(const char *place)
{
    g_autofree char *socket = g_build_filename(place, "control.sock", NULL);

    return g_file_test(place, G_FILE_TEST_IS_DIR) && g_file_test(socket, G_FILE_TEST_EXISTS);
}

/* A journal is lines of JSON: one such file, or a folder of journal-NNNN.ndjson. */
static gboolean
app_view_is_journal(const char *place)
{
    g_autoptr(GDir) folder = g_dir_open(place, 0, NULL);
    FILE *file = folder == NULL ? fopen(place, "r") : NULL;
    int first = file == NULL ? EOF : fgetc(file);
    const char *name;

    if (file != NULL)
        fclose(file);
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL)
        if (g_str_has_prefix(name, "journal-") && g_str_has_suffix(name, ".ndjson"))
            return TRUE;
    return first == '{';
}

int
app_cmd_view(int argc, char **argv)
{
    gboolean ascii = FALSE;
    gboolean plain = FALSE;
    gboolean follow = FALSE;
    gint64 at = 0;
    g_autofree char *theme = NULL;
    GOptionEntry entries[] = {
        { "plain", 0, 0, G_OPTION_ARG_NONE, &plain,
          "no screen: each event is a line, and each line that is read is a key", NULL },
        { "follow", 0, 0, G_OPTION_ARG_NONE, &follow,
          "show what the viewer that controls this world shows; as many as like to, and none "
          "steers",
          NULL },
        { "at", 0, 0, G_OPTION_ARG_INT64, &at, "begin at this event (as :SEQ goes there)", "SEQ" },
        { "ascii", 0, 0, G_OPTION_ARG_NONE, &ascii, "draw with ASCII only", NULL },
        { "theme", 0, 0, G_OPTION_ARG_STRING, &theme,
          "colours for a dark or light ground, or none: dark, light, mono", "NAME" },
        G_OPTION_ENTRY_NULL
    };
    g_autofree char *keys = trace_view_keys();
    g_autofree char *help = g_strconcat(APP_VIEW_PLAIN "Keys:\n\n", keys, NULL);
    TraceViewOptions options = { 0 };
    const char *place;

    if (!app_read_options("view", entries, help, &argc, &argv, 0, 1))
        return APP_USAGE;
    place = argc > 1 ? argv[1] : "state";
    if (!g_file_test(place, G_FILE_TEST_EXISTS))
        return app_complain(APP_USAGE,
                            "view: %s: no such state folder or journal (serve, play and "
                            "demo --keep FOLDER make one)",
                            place);
    if (!app_view_is_live(place) && !app_view_is_journal(place))
        return app_complain(
            APP_USAGE, "view: %s: this is no journal, and holds none (journal-NNNN.ndjson)", place);
    if (at < 0)
        return app_complain(APP_USAGE, "view: --at %" G_GINT64_FORMAT ": events count from 1", at);
    if (follow && !app_view_is_live(place))
        return app_complain(APP_USAGE, "view: --follow: no world runs in %s, so nobody leads",
                            place);
    options.at = (guint64)at;
    options.follow = follow;
    options.plain = plain;
    options.ascii = ascii;
    options.theme = theme;
    options.explain = app_explain_in_viewer;
    return app_view_is_live(place) ? trace_view_live(place, &options)
                                   : trace_view_replay(place, &options);
}
