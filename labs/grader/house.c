/* labs/grader/house.c - reads lab.flags (see house.h).
 *
 * Tests: tests/test_labs.py
 */
#include "labs/grader/house.h"

#include "app/command_line.h"
#include "trace/words.h"

static char *
lab_house_path(GKeyFile *file, const char *key, const char *folder)
{
    g_autofree char *value = g_key_file_get_string(file, "build", key, NULL);

    return g_canonicalize_filename(value != NULL ? value : ".", folder);
}

static char **
lab_house_words(GKeyFile *file, const char *key)
{
    g_autofree char *value = g_key_file_get_string(file, "build", key, NULL);
    char **words = NULL;

    if (value == NULL || !g_shell_parse_argv(value, NULL, &words, NULL))
        words = g_new0(char *, 1);
    return words;
}

LabHouse *
lab_house_load(GError **error)
{
    g_autofree char *path = app_data_path("lab.flags", NULL);
    g_autofree char *folder = path != NULL ? g_path_get_dirname(path) : NULL;
    g_autoptr(GKeyFile) file = g_key_file_new();
    LabHouse *house;

    if (path == NULL) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                    N_("this glasspost came without lab.flags and the archives that your file is "
                       "compiled with"));
        return NULL;
    }
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, error))
        return NULL;
    house = g_new0(LabHouse, 1);
    house->path = g_steal_pointer(&path);
    house->root = lab_house_path(file, "root", folder);
    house->archives = lab_house_path(file, "archives", folder);
    house->compiler = g_key_file_get_string(file, "build", "compiler", NULL);
    house->flags = lab_house_words(file, "flags");
    house->link = lab_house_words(file, "link");
    g_file_get_contents(house->path, &house->text, NULL, NULL);
    return house;
}

void
lab_house_free(LabHouse *house)
{
    if (house == NULL)
        return;
    g_free(house->path);
    g_free(house->root);
    g_free(house->archives);
    g_free(house->compiler);
    g_strfreev(house->flags);
    g_strfreev(house->link);
    g_free(house->text);
    g_free(house);
}

char *
lab_house_labs(GError **error)
{
    g_autoptr(LabHouse) house = lab_house_load(NULL);
    g_autofree char *labs = house != NULL ? g_build_filename(house->root, "labs", NULL) : NULL;
    g_autofree char *readme = NULL;

    if (labs != NULL && g_file_test(labs, G_FILE_TEST_IS_DIR))
        return g_steal_pointer(&labs);
    readme = app_data_path("labs/README.md", error);
    return readme != NULL ? g_path_get_dirname(readme) : NULL;
}
