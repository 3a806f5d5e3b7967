/* labs/grader/lab.c - reads a lab's `checks` (labs/README.md has the format).
 *
 *   app_ini_scan   the line of each key; what stands twice, and lines that are none
 *   GKeyFile       sections and values
 *   here           [lab] and [id]
 *   lab_run.c      [run] and [harness]
 *   lab_check.c    [check]
 *   lab_file.c     values, and what is said of a wrong one
 *
 * An instructor writes these files: each mistake is told at once, with its line, rather than as a check
 * that never holds.
 *
 * Start reading at lab_load(). Tests: tests/test_labs_lab.c
 */
#include "labs/grader/lab_inside.h"

#include <string.h>
#include "net/line.h"
#include "trace/stage.h"

/* ---- freeing ---- */

static void
lab_variable_free(gpointer data)
{
    LabVariable *variable = data;

    g_free(variable->name);
    g_free(variable->choices);
    g_free(variable);
}

void
lab_free(Lab *lab)
{
    if (lab == NULL)
        return;
    g_ptr_array_unref(lab->variables);
    g_ptr_array_unref(lab->runs);
    g_ptr_array_unref(lab->harnesses);
    g_ptr_array_unref(lab->checks);
    g_strfreev(lab->modules);
    g_free(lab->name);
    g_free(lab->folder);
    g_free(lab->title);
    g_free(lab->kind);
    g_free(lab->stage);
    g_free(lab);
}

/* ---- [lab] and [id] ---- */

static gboolean
lab_read_minutes(const LabFile *file, GError **error)
{
    g_autofree char *minutes = lab_file_value(file, "lab", "minutes");
    guint64 number;

    if (minutes == NULL || !net_parse_number(minutes, -1, 600, &number) || number == 0)
        return lab_file_wrong(file, "lab", "minutes", error,
                              "[lab] needs minutes, a number from 1 to 600");
    file->lab->minutes = (guint)number;
    return TRUE;
}

static gboolean
lab_read_about(const LabFile *file, GError **error)
{
    static const char *const known[] = { "title",   "minutes", "kind", "stage",
                                         "modules", "case",    NULL };
    Lab *lab = file->lab;
    g_autofree char *modules = NULL;

    if (!g_key_file_has_group(file->keys, "lab"))
        return app_ini_wrong(error, file->ini.path, 1, "there is no [lab] in it");
    if (!lab_file_keys_known(file, "lab", known, error) ||
        !lab_file_text(file, "lab", "title", &lab->title, error) ||
        !lab_file_text(file, "lab", "kind", &lab->kind, error) ||
        !lab_file_text(file, "lab", "stage", &lab->stage, error) ||
        !lab_file_text(file, "lab", "modules", &modules, error) || !lab_read_minutes(file, error))
        return FALSE;
    lab->modules = lab_file_list(modules != NULL ? modules : "");
    if (lab->title == NULL || lab->kind == NULL || lab->stage == NULL)
        return lab_file_wrong(file, "lab", "", error, "[lab] needs title, kind and stage");
    if (strspn(lab->kind, "OPCDX ") != strlen(lab->kind))
        return lab_file_wrong(file, "lab", "kind", error,
                              "kind = %s: letters of O, P, C, D and X are", lab->kind);
    if (!g_str_equal(lab->stage, "all") && stage_from_name(lab->stage) == STAGE_NONE)
        return lab_file_wrong(file, "lab", "stage", error, "there is no stage '%s'", lab->stage);
    return TRUE;
}

static gboolean
lab_read_variables(const LabFile *file, GError **error)
{
    g_auto(GStrv) names = g_key_file_get_keys(file->keys, "id", NULL, NULL);

    for (char **name = names; name != NULL && *name != NULL; name++) {
        g_autofree char *choices = NULL;
        LabVariable *variable;

        if (!lab_is_name(*name) || lab_file_has_variable(file, *name))
            return lab_file_wrong(file, "id", *name, error,
                                  "%s cannot be a value's name: a-z, 0-9 and -, and not id or seed",
                                  *name);
        if (!lab_file_text(file, "id", *name, &choices, error) ||
            !lab_file_names_known(file, "id", *name, choices, error))
            return FALSE;
        variable = g_new0(LabVariable, 1);
        variable->name = g_strdup(*name);
        variable->choices = g_steal_pointer(&choices);
        g_ptr_array_add(file->lab->variables, variable);
    }
    return TRUE;
}

/* [lab] names a run as its case; the runs have been read by now. */
static gboolean
lab_read_case(const LabFile *file, GError **error)
{
    g_autofree char *name = lab_file_value(file, "lab", "case");

    for (guint i = 0; name != NULL && i < file->lab->runs->len; i++) {
        const LabRun *run = g_ptr_array_index(file->lab->runs, i);

        if (g_str_equal(run->name, name))
            file->lab->secret = run;
    }
    if (name != NULL && file->lab->secret == NULL)
        return lab_file_wrong(file, "lab", "case", error, "there is no [run %s]", name);
    return name == NULL || file->lab->secret->program == LAB_BY_REFERENCE ||
           lab_file_wrong(file, "lab", "case", error, "a case is played by the reference program");
}

/* ---- the whole file ---- */

static gboolean
lab_read_check(const LabFile *file, const char *section, GError **error)
{
    LabCheck *check = lab_check_read(file, section, error);

    if (check != NULL)
        g_ptr_array_add(file->lab->checks, check);
    return check != NULL;
}

static gboolean
lab_scan_section(AppIni *ini, const char *section, int line, GError **error)
{
    static const char *const words[] = { "run ", "harness ", "check ", NULL };

    if (g_str_equal(section, "lab") || g_str_equal(section, "id"))
        return TRUE;
    for (const char *const *word = words; *word != NULL; word++)
        if (g_str_has_prefix(section, *word) && lab_is_name(section + strlen(*word)))
            return TRUE;
    return app_ini_wrong(error, ini->path, line,
                         "[%s] is no section; there are [lab] [id] [run NAME] [harness NAME] "
                         "[check NAME], a name is made of a-z, 0-9 and -",
                         section);
}

/* All sections whose name begins with @word, in order. */
static gboolean
lab_read_each(const LabFile *file, const char *word,
              gboolean (*read)(const LabFile *file, const char *section, GError **error),
              GError **error)
{
    g_auto(GStrv) sections = g_key_file_get_groups(file->keys, NULL);

    for (char **section = sections; *section != NULL; section++)
        if (g_str_has_prefix(*section, word) && !read(file, *section, error))
            return FALSE;
    return TRUE;
}

static gboolean
lab_read(LabFile *file, const char *text, GError **error)
{
    if (!g_utf8_validate(text, -1, NULL))
        return app_ini_wrong(error, file->ini.path, 1, "the file is not UTF-8 text");
    if (!app_ini_scan(&file->ini, text, error))
        return FALSE;
    if (!g_key_file_load_from_data(file->keys, text, strlen(text), G_KEY_FILE_NONE, error)) {
        g_prefix_error(error, "checks: "); /* GKeyFile's own words know no file */
        return FALSE;
    }
    if (!lab_read_about(file, error) || !lab_read_variables(file, error) ||
        !lab_read_each(file, "run ", lab_read_run, error) || !lab_read_case(file, error) ||
        !lab_read_each(file, "harness ", lab_read_harness, error) ||
        !lab_read_each(file, "check ", lab_read_check, error))
        return FALSE;
    return file->lab->checks->len > 0 ||
           app_ini_wrong(error, file->ini.path, 1, "there is no [check NAME] in it");
}

static Lab *
lab_new(const char *folder)
{
    Lab *lab = g_new0(Lab, 1);

    lab->folder = g_canonicalize_filename(folder, NULL);
    lab->name = g_path_get_basename(lab->folder);
    lab->number = (guint)MIN(g_ascii_strtoull(lab->name, NULL, 10), G_MAXINT);
    lab->variables = g_ptr_array_new_with_free_func(lab_variable_free);
    lab->runs = g_ptr_array_new_with_free_func(lab_run_free);
    lab->harnesses = g_ptr_array_new_with_free_func(lab_harness_free);
    lab->checks = g_ptr_array_new_with_free_func((GDestroyNotify)lab_check_free);
    return lab;
}

Lab *
lab_load(const char *folder, GError **error)
{
    g_autoptr(Lab) lab = lab_new(folder);
    g_autofree char *path = g_build_filename(lab->folder, "checks", NULL);
    g_autoptr(GHashTable) lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GKeyFile) keys = g_key_file_new();
    LabFile file = { { .path = path, .lines = lines, .section = lab_scan_section }, keys, lab };
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, error))
        return NULL;
    if (!lab_read(&file, text, error)) {
        /* Which of the labs, where several are read. */
        g_prefix_error(error, "%s/", lab->name);
        return NULL;
    }
    return g_steal_pointer(&lab);
}

static int
lab_by_number(gconstpointer a, gconstpointer b)
{
    const Lab *one = *(Lab *const *)a, *two = *(Lab *const *)b;

    return one->number != two->number ? (one->number < two->number ? -1 : 1)
                                      : strcmp(one->name, two->name);
}

GPtrArray *
lab_load_all(const char *labs, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)lab_free);
    g_autoptr(GDir) folder = g_dir_open(labs, 0, error);
    const char *name;

    if (folder == NULL)
        return NULL;
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(labs, name, NULL);
        Lab *lab;

        if (!g_ascii_isdigit(*name) || !g_file_test(path, G_FILE_TEST_IS_DIR))
            continue;
        lab = lab_load(path, error);
        if (lab == NULL)
            return NULL;
        g_ptr_array_add(all, lab);
    }
    g_ptr_array_sort(all, lab_by_number);
    return g_steal_pointer(&all);
}

guint
lab_points(const Lab *lab)
{
    guint points = 0;

    for (guint i = 0; i < lab->checks->len; i++)
        points += ((const LabCheck *)g_ptr_array_index(lab->checks, i))->points;
    return points;
}
