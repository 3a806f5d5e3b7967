/* app/world_scan.c - the first pass over a world file: its sections, and the script.
 *
 * Where each key stands is noted by app/ini.c. The script is read here altogether, because its keys
 * are times and may repeat: two things can happen at once.
 *
 * Start reading at app_scan(). Tests: tests/test_app_world.c
 */
#include "app/world_inside.h"

#include <string.h>

void
app_script_line_free(void *line)
{
    AppScriptLine *script = line;

    g_free(script->command);
    g_free(script);
}

/* "10m = host mx.south.example up" */
static gboolean
app_scan_script(AppIni *ini, const char *key, const char *value, int number, GError **error)
{
    AppScan *scan = (AppScan *)ini;
    AppScriptLine *line;
    gint64 seconds;

    if (!app_read_duration(key, &seconds))
        return app_ini_wrong(error, ini->path, number,
                             "%s is no time; a script line is TIME = COMMAND, such as 10m = ...",
                             key);
    line = g_new0(AppScriptLine, 1);
    line->at_us = seconds * NET_SECOND;
    line->command = g_strdup(value);
    line->line = number;
    g_ptr_array_add(scan->world->script, line);
    return TRUE;
}

static gboolean
app_scan_section(AppIni *ini, const char *section, int number, GError **error)
{
    static const char *const known[] = { "world", "dns", "script", "scenario", NULL };

    if (g_strv_contains(known, section) || g_str_has_prefix(section, "host "))
        return TRUE;
    return app_ini_wrong(error, ini->path, number,
                         "[%s] is no section; there are [world] [dns] [host NAME] [script]",
                         section);
}

gboolean
app_scan(AppScan *scan, const char *text, GError **error)
{
    scan->ini.section = app_scan_section;
    scan->ini.kept = "script";
    scan->ini.keep = app_scan_script;
    return app_ini_scan(&scan->ini, text, error);
}
