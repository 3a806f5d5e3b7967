/* app/ini.c - where each section and key of a file stands, and what is no line at all (see ini.h).
 *
 * Start reading at app_ini_scan().
 * Tests: tests/test_app_world.c, tests/test_labs_lab.c
 */
#include "app/ini.h"

#include <string.h>
#include "app/world.h"

gboolean
app_ini_wrong(GError **error, const char *path, int line, const char *format, ...)
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
app_ini_name(const char *section, const char *key)
{
    return g_strconcat(section, "\n", key, NULL);
}

int
app_ini_line(const AppIni *ini, const char *section, const char *key)
{
    g_autofree char *name = app_ini_name(section, key);

    return GPOINTER_TO_INT(g_hash_table_lookup(ini->lines, name));
}

static gboolean
app_ini_key(AppIni *ini, const char *section, char *text, int number, GError **error)
{
    char *equals = strchr(text, '=');

    if (equals == NULL)
        return app_ini_wrong(error, ini->path, number, "neither [section] nor KEY = VALUE: %s",
                             text);
    *equals = '\0';
    g_strchomp(text);
    if (section == NULL)
        return app_ini_wrong(error, ini->path, number, "%s stands before any [section]", text);
    if (ini->kept != NULL && g_str_equal(section, ini->kept))
        return ini->keep(ini, text, g_strstrip(equals + 1), number, error);
    if (app_ini_line(ini, section, text) != 0)
        return app_ini_wrong(error, ini->path, number, "%s stands twice; first in line %d", text,
                             app_ini_line(ini, section, text));
    g_hash_table_insert(ini->lines, app_ini_name(section, text), GINT_TO_POINTER(number));
    return TRUE;
}

static gboolean
app_ini_section(AppIni *ini, const char *section, int number, GError **error)
{
    if (!ini->section(ini, section, number, error))
        return FALSE;
    if (app_ini_line(ini, section, "") != 0)
        return app_ini_wrong(error, ini->path, number, "[%s] stands twice; first in line %d",
                             section, app_ini_line(ini, section, ""));
    g_hash_table_insert(ini->lines, app_ini_name(section, ""), GINT_TO_POINTER(number));
    return TRUE;
}

gboolean
app_ini_scan(AppIni *ini, const char *text, GError **error)
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
                return app_ini_wrong(error, ini->path, i + 1,
                                     "a control character stands in this line");
        if (line[0] == '[' && line[length - 1] == ']') {
            g_free(section);
            section = g_strndup(line + 1, length - 2);
            if (!app_ini_section(ini, section, i + 1, error))
                return FALSE;
        } else if (!app_ini_key(ini, section, line, i + 1, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* How many letters differ when both are laid side by side, from the front and from the end:
 * rough, but it finds a missing, doubled or wrong letter. */
guint
app_ini_distance(const char *a, const char *b)
{
    gsize length_a = strlen(a), length_b = strlen(b), front = 0, back = 0;

    while (a[front] != '\0' && a[front] == b[front])
        front++;
    while (back + front < MIN(length_a, length_b) &&
           a[length_a - 1 - back] == b[length_b - 1 - back])
        back++;
    return (guint)(MAX(length_a, length_b) - front - back);
}

const char *
app_ini_suggest(const char *const *names, const char *name)
{
    const char *best = NULL;
    guint least = APP_INI_FAR;

    for (; *names != NULL; names++) {
        guint distance = app_ini_distance(*names, name);

        if (distance < least) {
            best = *names;
            least = distance;
        }
    }
    return best;
}
