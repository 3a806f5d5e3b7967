/* labs/grader/lab_file.c - the values of a `checks` file, and how it is told that one is wrong.
 *
 * Tests: tests/test_labs_lab.c
 */
#include "labs/grader/lab_inside.h"

#include <string.h>

gboolean
lab_file_wrong(const LabFile *file, const char *section, const char *key, GError **error,
               const char *format, ...)
{
    va_list arguments;
    int line = app_ini_line(&file->ini, section, key);

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    /* A key that is missing is told at its section. */
    return app_ini_wrong(error, file->ini.path,
                         line != 0 ? line : app_ini_line(&file->ini, section, ""), "%s", text);
}

char *
lab_file_value(const LabFile *file, const char *section, const char *key)
{
    char *value = g_key_file_get_value(file->keys, section, key, NULL);

    return value != NULL ? g_strstrip(value) : NULL;
}

gboolean
lab_file_text(const LabFile *file, const char *section, const char *key, char **value,
              GError **error)
{
    *value = lab_file_value(file, section, key);
    return *value == NULL || **value != '\0' ||
           lab_file_wrong(file, section, key, error, "%s has no value", key);
}

char **
lab_file_list(const char *text)
{
    g_autoptr(GStrvBuilder) list = g_strv_builder_new();
    g_autoptr(GString) piece = g_string_new(NULL);

    for (;; text++) {
        if (*text == '\\' && text[1] == ';') {
            g_string_append_c(piece, *++text);
        } else if (*text != ';' && *text != '\0') {
            g_string_append_c(piece, *text);
        } else {
            if (*g_strstrip(piece->str) != '\0')
                g_strv_builder_add(list, piece->str);
            g_string_truncate(piece, 0);
        }
        if (*text == '\0')
            return g_strv_builder_end(list);
    }
}

gboolean
lab_file_has_variable(const LabFile *file, const char *name)
{
    for (guint i = 0; i < file->lab->variables->len; i++) {
        const LabVariable *variable = g_ptr_array_index(file->lab->variables, i);

        if (g_str_equal(variable->name, name))
            return TRUE;
    }
    return g_str_equal(name, "id") || g_str_equal(name, "seed");
}

gboolean
lab_file_names_known(const LabFile *file, const char *section, const char *key, const char *text,
                     GError **error)
{
    for (const char *at = strstr(text, "${"); at != NULL; at = strstr(at, "${")) {
        gboolean plain = at > text && at[-1] == '$';
        const char *end = strchr(at, '}');
        g_autofree char *name = end != NULL ? g_strndup(at + 2, (gsize)(end - at - 2)) : NULL;

        at += 2;
        if (plain)
            continue;
        if (name == NULL)
            return lab_file_wrong(file, section, key, error, "the } of a ${ is missing");
        if (!lab_file_has_variable(file, name))
            return lab_file_wrong(file, section, key, error,
                                  "there is no ${%s}: [id] must say it before it is used", name);
    }
    return TRUE;
}

gboolean
lab_is_name(const char *text)
{
    return *text != '\0' && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(text);
}

gboolean
lab_file_keys_known(const LabFile *file, const char *section, const char *const *known,
                    GError **error)
{
    g_auto(GStrv) names = g_key_file_get_keys(file->keys, section, NULL, NULL);

    for (char **name = names; *name != NULL; name++) {
        const char *hint = app_ini_suggest(known, *name);

        if (!g_strv_contains(known, *name))
            return lab_file_wrong(file, section, *name, error, "unknown key %s in [%s]%s%s%s",
                                  *name, section, hint != NULL ? "; did you mean " : "",
                                  hint != NULL ? hint : "", hint != NULL ? "?" : "");
    }
    return TRUE;
}
