/* app/cmd_lab_start.c - `glasspost lab start` and `reset`: a work folder is made, or made again.
 *
 * Tests: tests/test_labs_student.py
 */
#include "app/cmd_lab.h"

#include <stdio.h>
#include <string.h>
#include "app/command_line.h"
#include "app/state.h"
#include "labs/grader/case.h"
#include "trace/words.h"

/* The login name, or what of it can be an id. */
static char *
app_lab_id(const AppLab *lab)
{
    const char *name = lab->id != NULL ? lab->id : g_get_user_name();

    return g_strdup(name != NULL && *name != '\0' ? name : "student");
}

/* A path as one would type it here. */
static const char *
app_lab_short(const char *path)
{
    g_autofree char *here = g_get_current_dir();
    gsize length = strlen(here);

    return g_str_has_prefix(path, here) && path[length] == '/' ? path + length + 1 : path;
}

static int
app_lab_begin(const AppLab *lab, Lab *loaded, const char *id)
{
    GError *error = NULL;
    guint number = loaded->number;
    g_autofree char *title = NULL;
    g_autoptr(LabWork) work = lab_work_start(loaded, lab->base, id, lab->with, &error);

    if (work != NULL && !lab_case_make(work, &error))
        app_state_remove(work->folder); /* half of it would be in the way of the next try */
    if (error != NULL)
        return app_complain_error(error);
    title = words_sentence(work->lab->title);
    printf(_("Lab %u: %s, about %u minutes. Your work folder, for %s:\n\n  %s\n\n"), number, title,
           work->lab->minutes, id, app_lab_short(work->folder));
    printf(_("Read README.md there. When you are ready: glasspost lab check %u\n"), number);
    return APP_OK;
}

int
app_lab_start(AppLab *lab, const char *which)
{
    GError *error = NULL;
    Lab *loaded = app_lab_load(lab, which, &error);
    g_autofree char *id = app_lab_id(lab);

    return loaded != NULL ? app_lab_begin(lab, loaded, id) : app_complain_error(error);
}

static int
app_lab_reset_one(const AppLab *lab, const char *which)
{
    GError *error = NULL;
    Lab *loaded = app_lab_load(lab, which, &error);
    g_autofree char *folder = loaded != NULL ? lab_work_folder(loaded, lab->base) : NULL;
    g_autofree char *id = folder != NULL ? lab_work_id(folder) : NULL, *aside = NULL;

    if (loaded == NULL)
        return app_complain_error(error);
    if (id == NULL) {
        lab_free(loaded);
        return app_complain(APP_FAILED, "%s is no work folder: nothing to begin again", folder);
    }
    aside = lab_work_set_aside(folder, &error);
    if (aside == NULL) {
        lab_free(loaded);
        return app_complain_error(error);
    }
    printf(_("What you had is kept: %s\n"), app_lab_short(aside));
    return app_lab_begin(lab, loaded, lab->id != NULL ? lab->id : id);
}

static int
app_lab_reset_all(const AppLab *lab)
{
    g_autoptr(GPtrArray) names = app_lab_names(lab->base);
    int status = APP_OK;

    for (guint i = 0; i < names->len; i++)
        status = MAX(status, app_lab_reset_one(lab, g_ptr_array_index(names, i)));
    return status;
}

int
app_lab_reset(AppLab *lab, const char *which)
{
    return g_str_equal(which, "all") ? app_lab_reset_all(lab) : app_lab_reset_one(lab, which);
}
