/* app/world_scan.c - the first pass over a world file, a line at a time.
 *
 * GKeyFile forgets in which line a key stood, and lets the last of two equal keys win in silence. So
 * we look first: lines that are none, keys and sections that stand twice. The script is read here
 * altogether, because its keys are times and may repeat: two things can happen at once.
 *
 * Start reading at app_scan(). Tests: tests/test_app_world.c
 */
#include "app/world_inside.h"

#include <string.h>

gboolean
app_world_wrong(GError **error, const char *path, int line, const char *format, ...)
{
    va_list arguments;
    g_autofree char *name = g_path_get_basename(path);

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "%s:%d: %s", name, line, text);
    return FALSE;
}

static char *
app_scan_name(const char *section, const char *key)
{
    return g_strconcat(section, "\n", key, NULL);
}

int
app_scan_line(const AppScan *scan, const char *section, const char *key)
{
    g_autofree char *name = app_scan_name(section, key);

    return GPOINTER_TO_INT(g_hash_table_lookup(scan->lines, name));
}

void
app_script_line_free(void *line)
{
    AppScriptLine *script = line;

    g_free(script->command);
    g_free(script);
}

/* "10m = host mx.south.example up" */
static gboolean
app_scan_script(AppScan *scan, const char *key, const char *value, int number, GError **error)
{
    AppScriptLine *line;
    gint64 seconds;

    if (!app_read_duration(key, &seconds))
        return app_world_wrong(error, scan->path, number,
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
app_scan_key(AppScan *scan, const char *section, char *text, int number, GError **error)
{
    char *equals = strchr(text, '=');

    if (equals == NULL)
        return app_world_wrong(error, scan->path, number, "neither [section] nor KEY = VALUE: %s",
                               text);
    *equals = '\0';
    g_strchomp(text);
    if (section == NULL)
        return app_world_wrong(error, scan->path, number, "%s stands before any [section]", text);
    if (g_str_equal(section, "script"))
        return app_scan_script(scan, text, g_strstrip(equals + 1), number, error);
    if (app_scan_line(scan, section, text) != 0)
        return app_world_wrong(error, scan->path, number, "%s stands twice; first in line %d", text,
                               app_scan_line(scan, section, text));
    g_hash_table_insert(scan->lines, app_scan_name(section, text), GINT_TO_POINTER(number));
    return TRUE;
}

static gboolean
app_scan_section(AppScan *scan, const char *section, int number, GError **error)
{
    static const char *const known[] = { "world", "dns", "script", "scenario", NULL };

    if (!g_strv_contains(known, section) && !g_str_has_prefix(section, "host "))
        return app_world_wrong(error, scan->path, number,
                               "[%s] is no section; there are [world] [dns] [host NAME] [script]",
                               section);
    if (app_scan_line(scan, section, "") != 0)
        return app_world_wrong(error, scan->path, number, "[%s] stands twice; first in line %d",
                               section, app_scan_line(scan, section, ""));
    g_hash_table_insert(scan->lines, app_scan_name(section, ""), GINT_TO_POINTER(number));
    return TRUE;
}

gboolean
app_scan(AppScan *scan, const char *text, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *section = NULL;

    for (int i = 0; lines[i] != NULL; i++) {
        char *line = g_strstrip(lines[i]);
        gsize length = strlen(line);

        if (length == 0 || line[0] == '#')
            continue;
        for (gsize j = 0; j < length; j++)
            if (g_ascii_iscntrl(line[j]) && line[j] != '\t')
                return app_world_wrong(error, scan->path, i + 1,
                                       "a control character stands in this line");
        if (line[0] == '[' && line[length - 1] == ']') {
            g_free(section);
            section = g_strndup(line + 1, length - 2);
            if (!app_scan_section(scan, section, i + 1, error))
                return FALSE;
        } else if (!app_scan_key(scan, section, line, i + 1, error)) {
            return FALSE;
        }
    }
    return TRUE;
}
