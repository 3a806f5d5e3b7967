/* labs/grader/collect.c - finds work folders and checks them, one after the other (see collect.h).
 *
 * What a student's folder says of its points is not looked at: everything is built and played again.
 *
 * Tests: tests/test_labs_student.py
 */
#include "labs/grader/collect.h"

#include <stdio.h>
#include <string.h>
#include "app/state.h"
#include "app/world.h"

#define LAB_COLLECT_DEEP    3
#define LAB_COLLECT_FOLDERS 10000

typedef struct LabCollection {
    const char *labs;
    const LabGrading *grading;
    GPtrArray *folders; /* char *: work folders found */
} LabCollection;

/* ---- finding ---- */

static int
lab_collect_by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *
lab_collect_entries(const char *folder)
{
    GPtrArray *entries = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
    const char *name;

    while (directory != NULL && (name = g_dir_read_name(directory)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (*name != '.' && g_file_test(path, G_FILE_TEST_IS_DIR) &&
            !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
            g_ptr_array_add(entries, g_steal_pointer(&path));
    }
    g_ptr_array_sort(entries, lab_collect_by_name);
    return entries;
}

/* "01-follow.1" is what `lab reset` has set aside. */
static gboolean
lab_collect_is_backup(const char *folder)
{
    const char *dot = strrchr(folder, '.');

    return dot != NULL && dot[1] != '\0' && strspn(dot + 1, "0123456789") == strlen(dot + 1);
}

/* A work folder holds the file id. Folders are looked into some levels deep, never further. */
static void
lab_collect_find(LabCollection *collection, const char *folder, guint depth)
{
    g_autofree char *id = g_build_filename(folder, "id", NULL);
    g_autoptr(GPtrArray) entries = NULL;

    if (collection->folders->len >= LAB_COLLECT_FOLDERS)
        return;
    if (g_file_test(id, G_FILE_TEST_IS_REGULAR)) {
        if (!lab_collect_is_backup(folder))
            g_ptr_array_add(collection->folders, g_strdup(folder));
        return;
    }
    if (depth == LAB_COLLECT_DEEP)
        return;
    entries = lab_collect_entries(folder);
    for (guint i = 0; i < entries->len; i++)
        lab_collect_find(collection, g_ptr_array_index(entries, i), depth + 1);
}

/* ---- a line ---- */

/* In quotes where it has to be. A spreadsheet takes what begins with = + - @ for a
 * formula, and a student chose the text: so that is never the first character. */
static void
lab_collect_field(const char *text, const char *end)
{
    g_autofree char *safe = g_strdup(text);

    g_strdelimit(safe, "\r\n\"", ' ');
    printf("%s%s%s%s%s", strpbrk(safe, ",") != NULL ? "\"" : "",
           *safe != '\0' && strchr("=+-@", *safe) != NULL ? "'" : "", safe,
           strpbrk(safe, ",") != NULL ? "\"" : "", end);
}

static void
lab_collect_line(const char *id, const char *lab, guint points, guint of, gboolean passed,
                 const char *failed, const char *folder)
{
    lab_collect_field(id, ",");
    lab_collect_field(lab, ",");
    printf("%u,%u,%s,", points, of, passed ? "yes" : "no");
    lab_collect_field(failed, ",");
    lab_collect_field(folder, "\n");
    fflush(stdout);
}

static void
lab_collect_report(const LabReport *report, const char *folder)
{
    g_autoptr(GString) failed = g_string_new(NULL);

    for (guint i = 0; i < report->verdicts->len; i++) {
        const LabVerdict *verdict = g_ptr_array_index(report->verdicts, i);

        if (!verdict->holds)
            g_string_append_printf(failed, "%s%s", failed->len > 0 ? " " : "",
                                   verdict->check->name);
    }
    lab_collect_line(report->id, report->lab->name, lab_report_points(report),
                     lab_points(report->lab), lab_report_passes(report), failed->str, folder);
}

/* ---- checking ---- */

/* FALSE and @error: it could not even be tried. */
static gboolean
lab_collect_check(const LabCollection *collection, const char *folder, const char *scratch,
                  GError **error)
{
    g_autofree char *name = g_path_get_basename(folder);
    Lab *lab = lab_work_find(collection->labs, name, error);
    g_autoptr(LabWork) work = lab != NULL ? lab_work_open(lab, folder, NULL, error) : NULL;
    LabReport *report;

    if (work == NULL)
        return FALSE;
    g_free(work->out);
    work->out = g_strdup(scratch);
    report = lab_grade(work, collection->grading, error);
    if (report == NULL)
        return FALSE;
    lab_collect_report(report, folder);
    lab_grade_free(report);
    return TRUE;
}

static gboolean
lab_collect_all(const LabCollection *collection, GError **error)
{
    for (guint i = 0; i < collection->folders->len; i++) {
        const char *folder = g_ptr_array_index(collection->folders, i);
        g_autofree char *scratch = g_dir_make_tmp("glasspost-lab-XXXXXX", error);
        g_autofree char *name = g_path_get_basename(folder), *id = lab_work_id(folder);
        g_autoptr(GError) problem = NULL;

        if (scratch == NULL)
            return FALSE;
        if (!lab_collect_check(collection, folder, scratch, &problem))
            lab_collect_line(id != NULL ? id : "", name, 0, 0, FALSE, problem->message, folder);
        app_state_remove(scratch);
    }
    return TRUE;
}

gboolean
lab_collect(const char *labs, const char *folder, const LabGrading *grading, GError **error)
{
    g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(g_free);
    LabCollection collection = { labs, grading, folders };

    if (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "%s: no such folder", folder);
        return FALSE;
    }
    lab_collect_find(&collection, folder, 0);
    puts("id,lab,points,of,passed,failed,folder");
    return lab_collect_all(&collection, error);
}
