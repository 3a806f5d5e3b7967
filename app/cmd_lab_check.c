/* app/cmd_lab_check.c - `glasspost lab check` for one work folder, `collect` for those of a class.
 *
 * Tests: tests/test_labs_student.py
 */
#include "app/cmd_lab.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "app/command_line.h"
#include "labs/grader/collect.h"
#include "labs/grader/grade.h"
#include "net/line.h"
#include "trace/words.h"

/* Numbers, one a line; lines that begin with # are comments. */
static GArray *
app_lab_read_seeds(const char *path, GError **error)
{
    g_autoptr(GArray) seeds = g_array_new(FALSE, FALSE, sizeof(guint64));
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(path, &text, NULL, error))
        return NULL;
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        guint64 seed;

        if (*g_strstrip(lines[i]) == '\0' || *lines[i] == '#')
            continue;
        if (!net_parse_number(lines[i], -1, G_MAXINT32, &seed)) {
            g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "%s:%u: a seed is a whole number", path,
                        i + 1);
            return NULL;
        }
        g_array_append_val(seeds, seed);
    }
    return g_steal_pointer(&seeds);
}

/* 0: standard output is no terminal. */
static guint
app_lab_columns(void)
{
    struct winsize size = { 0 };

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static void
app_lab_print(const AppLab *lab, const LabReport *report, const char *notes)
{
    g_autofree char *text = lab->json    ? lab_report_json(report)
                            : lab->terse ? lab_report_terse(report)
                                         : lab_report_text(report);

    if (*notes != '\0' && !lab->json && !lab->terse)
        fprintf(stderr, _("The compiler says:\n%s\n"), notes);
    fputs(text, stdout);
}

/* Points are those of the last check; to have passed is remembered. */
static gboolean
app_lab_remember(const LabWork *work, const LabReport *report, GError **error)
{
    LabProgress progress = lab_work_progress(work->folder, work->lab);

    progress.tried = TRUE;
    progress.points = lab_report_points(report);
    progress.passed |= lab_report_passes(report);
    return lab_work_keep(work->folder, work->lab, &progress, error);
}

int
app_lab_check(AppLab *lab, const char *which)
{
    GError *error = NULL;
    g_autoptr(LabWork) work = app_lab_open(lab, which, &error);
    g_autoptr(GArray) hidden = NULL;
    g_autoptr(GString) notes = g_string_new(NULL);
    LabReport *report;
    int status;

    if (work == NULL)
        return app_complain_error(error);
    if (lab->seeds != NULL && (hidden = app_lab_read_seeds(lab->seeds, &error)) == NULL)
        return app_complain_error(error);
    report = lab_grade(work, &(LabGrading){ hidden, lab->cache, notes }, &error);
    if (report == NULL)
        return app_complain_error(error);
    report->columns = app_lab_columns();
    app_lab_print(lab, report, notes->str);
    status = lab_report_passes(report) ? APP_OK : APP_FAILED;
    if (!app_lab_remember(work, report, &error))
        status = app_complain_error(error);
    lab_grade_free(report);
    return status;
}

int
app_lab_collect(AppLab *lab, const char *which)
{
    GError *error = NULL;
    g_autoptr(GArray) hidden = NULL;

    if (!lab->csv)
        return app_complain(APP_USAGE, "lab collect: the form is --csv, the only one so far");
    if (lab->seeds != NULL && (hidden = app_lab_read_seeds(lab->seeds, &error)) == NULL)
        return app_complain_error(error);
    return lab_collect(lab->labs, which, &(LabGrading){ hidden, lab->cache, NULL }, &error)
               ? APP_OK
               : app_complain_error(error);
}
