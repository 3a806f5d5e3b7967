/* labs/grader/work.c - makes a work folder, finds it again, and remembers how far it is.
 *
 * Tests: tests/test_labs_student.py
 */
#include "labs/grader/work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <glib/gstdio.h>
#include "app/state.h"
#include "app/world.h"
#include "labs/grader/copy.h"

#define LAB_BACKUPS_MAX 1000
#define LAB_WORK_OCTETS (1024 * 1024)

/* ---- where things are ---- */

/* What of a lab's folder is not for the student. */
static const char *const keepback[] = { "checks",        "judge",    "solution", "wrong",
                                        "start",         "hints",    "why.md",   "why.md.base64",
                                        "instructor.md", "demo.ini", NULL };

static gboolean
lab_work_is_called(const char *name, const char *word)
{
    const char *dash = strchr(name, '-');
    gboolean all_digits = strspn(word, "0123456789") == strlen(word) && *word != '\0';

    if (dash == NULL || !g_ascii_isdigit(*name))
        return FALSE;
    return all_digits ? strlen(word) < 9 && atoi(word) == atoi(name) : g_str_equal(name, word);
}

Lab *
lab_work_find(const char *labs, const char *word, GError **error)
{
    g_autoptr(GDir) folder = g_dir_open(labs, 0, error);
    const char *name;

    if (folder == NULL)
        return NULL;
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(labs, name, "checks", NULL);
        g_autofree char *lab = g_path_get_dirname(path);

        if (lab_work_is_called(name, word) && g_file_test(path, G_FILE_TEST_EXISTS))
            return lab_load(lab, error);
    }
    g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                "there is no lab '%s'; glasspost lab list names them", word);
    return NULL;
}

char *
lab_work_base(const char *asked)
{
    g_autofree char *here = g_get_current_dir();

    if (asked != NULL)
        return g_canonicalize_filename(asked, NULL);
    for (g_autofree char *around = g_strdup(here);;) {
        char *mine = g_build_filename(around, "labs", "mine", NULL);
        char *above = g_path_get_dirname(around);
        gboolean top = g_str_equal(above, around);

        if (g_file_test(mine, G_FILE_TEST_IS_DIR)) {
            g_free(above);
            return mine;
        }
        g_free(mine);
        g_free(around);
        around = above;
        if (top)
            return g_build_filename(here, "labs", "mine", NULL);
    }
}

char *
lab_work_folder(const Lab *lab, const char *base)
{
    return g_build_filename(base, lab->name, NULL);
}

char *
lab_work_id(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "id", NULL);
    char *id;

    return g_file_get_contents(path, &id, NULL, NULL) ? g_strstrip(id) : NULL;
}

/* ---- the folder ---- */

static LabWork *
lab_work_new(Lab *lab, const char *folder, const char *id, GError **error)
{
    g_autoptr(LabWork) work = g_new0(LabWork, 1);

    work->lab = lab;
    work->folder = g_canonicalize_filename(folder, NULL);
    work->out = g_strdup(work->folder);
    work->identity = lab_identity_new(lab, id, error);
    return work->identity != NULL ? g_steal_pointer(&work) : NULL;
}

void
lab_work_free(LabWork *work)
{
    if (work == NULL)
        return;
    g_clear_pointer(&work->identity, lab_identity_free);
    lab_free(work->lab);
    g_free(work->folder);
    g_free(work->out);
    g_free(work);
}

static gboolean
lab_work_fill(const LabWork *work, const char *with, GError **error)
{
    g_autofree char *start = g_build_filename(work->lab->folder, "start", NULL);
    g_autofree char *path = g_build_filename(work->folder, "id", NULL);
    g_autofree char *line = g_strconcat(work->identity->id, "\n", NULL);

    return lab_copy_folder(work->lab->folder, work->folder, work->identity, keepback, error) &&
           lab_copy_folder(start, work->folder, work->identity, NULL, error) &&
           (with == NULL || lab_copy_folder(with, work->folder, work->identity, NULL, error)) &&
           g_file_set_contents(path, line, -1, error);
}

LabWork *
lab_work_start(Lab *lab, const char *base, const char *id, const char *with, GError **error)
{
    g_autofree char *folder = lab_work_folder(lab, base);
    g_autoptr(LabWork) work = lab_work_new(lab, folder, id, error);

    if (work == NULL)
        return NULL;
    if (g_file_test(folder, G_FILE_TEST_EXISTS)) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                    "%s is there already; glasspost lab reset %u begins again, and keeps it aside",
                    folder, lab->number);
        return NULL;
    }
    if (lab_work_fill(work, with, error))
        return g_steal_pointer(&work);
    app_state_remove(folder); /* half a folder would only be in the way of the next try */
    return NULL;
}

LabWork *
lab_work_open(Lab *lab, const char *folder, const char *id, GError **error)
{
    g_autofree char *remembered = lab_work_id(folder);

    if (remembered != NULL)
        return lab_work_new(lab, folder, id != NULL ? id : remembered, error);
    g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                "%s is no work folder: begin with glasspost lab start %u", folder, lab->number);
    lab_free(lab);
    return NULL;
}

char *
lab_work_set_aside(const char *folder, GError **error)
{
    for (guint i = 1; i < LAB_BACKUPS_MAX; i++) {
        g_autofree char *aside = g_strdup_printf("%s.%u", folder, i);

        if (g_file_test(aside, G_FILE_TEST_EXISTS))
            continue;
        if (g_rename(folder, aside) == 0)
            return g_steal_pointer(&aside);
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "%s: %s", folder, g_strerror(errno));
        return NULL;
    }
    g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "%s: too many of it are kept already", folder);
    return NULL;
}

char *
lab_work_text(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *text = NULL;
    gsize length;

    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR) ||
        !g_file_get_contents(path, &text, &length, NULL) || length > LAB_WORK_OCTETS ||
        !g_utf8_validate(text, (gssize)length, NULL))
        return NULL;
    return g_steal_pointer(&text);
}

/* ---- how far ---- */

/* Stands for "passed" in the file, so that nobody opens the model answer by a slip of the editor;
 * it is no lock. */
static char *
lab_work_pass(const char *folder, const Lab *lab)
{
    g_autofree char *id = lab_work_id(folder);
    g_autofree char *text = g_strdup_printf("%s passed by %s", lab->name, id != NULL ? id : "");

    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

LabProgress
lab_work_progress(const char *folder, const Lab *lab)
{
    g_autofree char *path = g_build_filename(folder, "progress", NULL);
    g_autofree char *pass = lab_work_pass(folder, lab), *said = NULL;
    g_autoptr(GKeyFile) file = g_key_file_new();
    LabProgress progress = { 0 };

    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL))
        return progress;
    progress.hints = (guint)CLAMP(g_key_file_get_integer(file, "progress", "hints", NULL), 0, 100);
    progress.points =
        (guint)CLAMP(g_key_file_get_integer(file, "progress", "points", NULL), 0, 10000);
    progress.tried = g_key_file_has_key(file, "progress", "points", NULL);
    said = g_key_file_get_string(file, "progress", "passed", NULL);
    progress.passed = g_strcmp0(said, pass) == 0;
    return progress;
}

gboolean
lab_work_keep(const char *folder, const Lab *lab, const LabProgress *progress, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "progress", NULL);
    g_autofree char *pass = lab_work_pass(folder, lab);
    g_autoptr(GKeyFile) file = g_key_file_new();

    g_key_file_set_integer(file, "progress", "hints", (int)progress->hints);
    if (progress->tried)
        g_key_file_set_integer(file, "progress", "points", (int)progress->points);
    if (progress->passed)
        g_key_file_set_string(file, "progress", "passed", pass);
    return g_key_file_save_to_file(file, path, error);
}
