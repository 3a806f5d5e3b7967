/* app/cmd_lab_help.c - `glasspost lab hint`, `why` and `demo`: what a lab's own folder has to tell.
 *
 * Tests: tests/test_labs_student.py, tests/test_labs.py
 */
#include "app/cmd_lab.h"

#include <stdio.h>
#include "app/command_line.h"
#include "app/state.h"
#include "labs/grader/copy.h"
#include "trace/words.h"

/* ---- hint, why ---- */

/* A text of the lab's own folder, in base64 in what students are given (labs/pack.sh), with this student's
 * values. */
static char *
app_lab_text(const LabWork *work, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(work->lab->folder, name, NULL);
    g_autofree char *veiled = g_strconcat(path, ".base64", NULL), *text = NULL;
    gboolean is_veiled = !g_file_test(path, G_FILE_TEST_EXISTS);
    gsize length = 0;

    if (!g_file_get_contents(is_veiled ? veiled : path, &text, NULL, error))
        return NULL;
    if (is_veiled) {
        g_base64_decode_inplace(text, &length);
        text[length] = '\0';
    }
    return lab_identity_expand(work->identity, g_strstrip(text), error);
}

int
app_lab_hint(AppLab *lab, const char *which)
{
    GError *error = NULL;
    g_autoptr(LabWork) work = app_lab_open(lab, which, &error);
    g_autofree char *text = work != NULL ? app_lab_text(work, "hints", &error) : NULL;
    g_auto(GStrv) hints = text != NULL ? g_strsplit(text, "\n\n", -1) : NULL;
    LabProgress progress;
    guint count, first;

    if (hints == NULL)
        return app_complain_error(error);
    count = g_strv_length(hints);
    progress = lab_work_progress(work->folder, work->lab);
    first = lab->all ? 0 : MIN(progress.hints, count - 1);
    progress.hints = lab->all ? count : MIN(progress.hints + 1, count);
    for (guint i = first; i < progress.hints; i++)
        printf(_("Hint %u of %u.\n%s\n%s"), i + 1, count, hints[i],
               i + 1 < progress.hints ? "\n" : "");
    return lab_work_keep(work->folder, work->lab, &progress, &error) ? APP_OK
                                                                     : app_complain_error(error);
}

int
app_lab_why(AppLab *lab, const char *which)
{
    GError *error = NULL;
    g_autoptr(LabWork) work = app_lab_open(lab, which, &error);
    g_autofree char *text = work != NULL ? app_lab_text(work, "why.md", &error) : NULL;

    if (text == NULL)
        return app_complain_error(error);
    if (!lab_work_progress(work->folder, work->lab).passed)
        return app_complain(APP_FAILED,
                            "the model answer comes when your work has passed: glasspost lab check "
                            "%u (glasspost lab hint %u helps on)",
                            work->lab->number, work->lab->number);
    puts(text);
    return APP_OK;
}

/* ---- demo ---- */

/* For the class: the lab's own demo, as the id "example" has it unless another is named. */
int
app_lab_demo(AppLab *lab, const char *which)
{
    static const char *const not_a_world[] = { "README.md", "start", "solution", "wrong", NULL };
    GError *error = NULL;
    g_autoptr(Lab) loaded = app_lab_load(lab, which, &error);
    const char *id = lab->id != NULL ? lab->id : "example";
    g_autoptr(LabIdentity) identity = loaded != NULL ? lab_identity_new(loaded, id, &error) : NULL;
    g_autofree char *set = identity != NULL ? g_dir_make_tmp("glasspost-lab-XXXXXX", &error) : NULL;
    g_autofree char *world = set != NULL ? g_build_filename(set, "world.ini", NULL) : NULL;
    g_autofree char *demo = set != NULL ? g_build_filename(set, "demo.ini", NULL) : NULL;
    int status = APP_FAILED;

    if (set != NULL && lab_copy_folder(loaded->folder, set, identity, not_a_world, &error))
        status = app_demo_world_file(world, demo, lab->plain, lab->keep);
    if (set != NULL)
        app_state_remove(set);
    return error != NULL ? app_complain_error(error) : status;
}
