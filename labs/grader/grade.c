/* labs/grader/grade.c - from a work folder to a report.
 *
 *     for each run and harness that a check asks about    build > lay out > play, once a seed
 *     for each check                                      judge, over what those left
 *
 * Start reading at lab_grade(). Tests: tests/test_labs.py
 */
#include "labs/grader/grade.h"

#include "app/command_line.h"
#include "app/state.h"
#include "labs/grader/build.h"
#include "labs/grader/case.h"
#include "labs/grader/copy.h"
#include "labs/grader/predicted.h"
#include "trace/words.h"

/* What one run or harness came to. */
typedef struct LabShot {
    const void *what; /* the LabRun or LabHarness */
    GPtrArray *takes;
    GPtrArray *reference;
    char *failure; /* why there is no take */
} LabShot;

typedef struct LabSession {
    const LabWork *work;
    const LabGrading *grading;
    GPtrArray *shots;
} LabSession;

static void
lab_shot_free(void *data)
{
    LabShot *shot = data;

    g_ptr_array_unref(shot->takes);
    g_ptr_array_unref(shot->reference);
    g_free(shot->failure);
    g_free(shot);
}

static LabShot *
lab_shot_new(LabSession *session, const void *what)
{
    LabShot *shot = g_new0(LabShot, 1);

    shot->what = what;
    shot->takes = g_ptr_array_new_with_free_func((GDestroyNotify)lab_take_free);
    shot->reference = g_ptr_array_new_with_free_func((GDestroyNotify)lab_take_free);
    g_ptr_array_add(session->shots, shot);
    return shot;
}

static LabShot *
lab_shot_find(const LabSession *session, const void *what)
{
    for (guint i = 0; i < session->shots->len; i++) {
        LabShot *shot = g_ptr_array_index(session->shots, i);

        if (shot->what == what)
            return shot;
    }
    return NULL;
}

/* The lab's seeds, then an instructor's hidden ones. */
static GArray *
lab_grade_seeds(const LabSession *session, const GArray *own)
{
    GArray *seeds = g_array_new(FALSE, FALSE, sizeof(guint64));

    g_array_append_vals(seeds, own->data, own->len);
    if (session->grading->hidden != NULL)
        g_array_append_vals(seeds, session->grading->hidden->data, session->grading->hidden->len);
    return seeds;
}

/* The program or NULL, with why not in @shot; what the compiler said goes to the student. */
static char *
lab_grade_built(const LabSession *session, LabShot *shot, LabBuilt *built)
{
    if (built->notes != NULL && session->grading->notes != NULL &&
        strstr(session->grading->notes->str, built->notes) == NULL)
        g_string_append(session->grading->notes, built->notes);
    if (built->program == NULL && shot->failure == NULL)
        shot->failure = g_strdup(built->failure);
    return g_steal_pointer(&built->program);
}

/* ---- worlds ---- */

static char *
lab_grade_program(const LabSession *session, LabShot *shot, const LabRun *run)
{
    const LabWork *work = session->work;
    g_autofree char *folder = NULL, *name = NULL;
    g_auto(LabBuilt) built = { 0 };

    switch (run->program) {
    case LAB_BY_REFERENCE: return g_file_read_link("/proc/self/exe", NULL);
    case LAB_BY_STUDENT:
        built = lab_build_program(work, work->folder, "glasspost", session->grading->cache);
        break;
    case LAB_BY_FOLDER:
        folder = g_build_filename(work->lab->folder, run->folder, NULL);
        name = g_strconcat("glasspost-", run->name, NULL);
        built = lab_build_program(work, folder, name, session->grading->cache);
        break;
    }
    return lab_grade_built(session, shot, &built);
}

gboolean
lab_grade_lay_out(const LabWork *work, const LabRun *run, const char *set, GError **error)
{
    static const char *const not_a_world[] = { "README.md", "checks", "hints",    "why.md",
                                               "start",     "wrong",  "solution", "instructor.md",
                                               "demo.ini",  NULL };
    static const char *const not_a_student_s_world[] = { "README.md", "judge", "runs",     "build",
                                                         "id",        "state", "progress", NULL };
    g_autofree char *judge = g_build_filename(work->lab->folder, "judge", NULL);
    g_autofree char *beside = g_build_filename(set, "judge", NULL);

    if (!run->world_of_student)
        return lab_copy_folder(work->lab->folder, set, work->identity, not_a_world, error);
    return lab_copy_folder(work->folder, set, NULL, not_a_student_s_world, error) &&
           (!g_file_test(judge, G_FILE_TEST_IS_DIR) ||
            lab_copy_folder(judge, beside, work->identity, NULL, error));
}

static void
lab_grade_play(const LabSession *session, LabShot *shot, const LabRun *run, const char *program,
               const char *set)
{
    const LabWork *work = session->work;
    g_autofree char *world = g_build_filename(set, run->world, NULL);
    g_autofree char *overlay = run->overlay == NULL ? NULL
                               : run->overlay_of_student
                                   ? g_build_filename(work->folder, run->overlay, NULL)
                                   : g_build_filename(set, run->overlay, NULL);
    gboolean secret = run == work->lab->secret; /* played as it was when the student got it */
    g_autoptr(GArray) seeds =
        secret ? g_array_ref(run->seeds) : lab_grade_seeds(session, run->seeds);
    const LabScene scene = { program, world, overlay };

    for (guint i = 0; i < seeds->len; i++) {
        guint64 seed = g_array_index(seeds, guint64, i);
        g_autofree char *name = g_strdup_printf("%s-%" G_GUINT64_FORMAT, run->name, seed);
        g_autofree char *state = g_build_filename(secret ? set : work->out, "runs", name, NULL);
        LabTake *take = lab_take_play(&scene, work->identity, seed, state);

        /* A case stays one: what the student is shown is what lies in the work folder. */
        if (secret) {
            g_free(take->state);
            take->state = lab_case_folder(work);
        }
        g_ptr_array_add(shot->takes, take);
    }
}

/* What a student did by hand lies in the work folder's state/. */
static void
lab_grade_look(const LabSession *session, LabShot *shot)
{
    g_autofree char *state = g_build_filename(session->work->folder, "state", NULL);
    g_autoptr(GError) error = NULL;
    LabTake *take = lab_take_open(state, 1, &error);

    if (take != NULL)
        g_ptr_array_add(shot->takes, take);
    else
        shot->failure =
            g_file_test(state, G_FILE_TEST_IS_DIR)
                ? g_strdup(error->message)
                : g_strdup(N_("your world has not run yet: there is no folder state/ in "
                              "your work folder"));
}

static gboolean
lab_grade_run(LabSession *session, const LabRun *run, GError **error)
{
    LabShot *shot = lab_shot_new(session, run);
    g_autofree char *program = NULL, *set = NULL;
    gboolean laid_out;

    if (run->hand) {
        lab_grade_look(session, shot);
        return TRUE;
    }
    program = lab_grade_program(session, shot, run);
    if (program == NULL)
        return TRUE;
    set = g_dir_make_tmp("glasspost-lab-XXXXXX", error);
    if (set == NULL)
        return FALSE;
    laid_out = lab_grade_lay_out(session->work, run, set, error);
    if (laid_out)
        lab_grade_play(session, shot, run, program, set);
    app_state_remove(set);
    return laid_out;
}

/* ---- harnesses ---- */

/* Runs @program once a seed. */
static void
lab_grade_runs(const LabSession *session, const LabHarness *harness, const char *program,
               const char *name, GPtrArray *takes)
{
    g_autoptr(GArray) seeds = lab_grade_seeds(session, harness->seeds);
    g_autofree char *file = g_strconcat(name, ".output", NULL);
    g_autofree char *output = g_build_filename(session->work->out, "build", file, NULL);

    for (guint i = 0; i < seeds->len; i++)
        g_ptr_array_add(takes, lab_take_harness(program, session->work->identity,
                                                g_array_index(seeds, guint64, i), output));
}

static void
lab_grade_harness(LabSession *session, const LabHarness *harness)
{
    LabShot *shot = lab_shot_new(session, harness);
    const LabWork *work = session->work;
    g_autofree char *main = g_build_filename(work->lab->folder, harness->main, NULL);
    g_autofree char *house = g_strconcat(harness->name, "-reference", NULL);
    g_auto(LabBuilt) mine = { 0 }, theirs = { 0 };
    g_autofree char *program = NULL, *reference = NULL;

    mine = lab_build_harness(work, main, work->folder, harness->name, session->grading->cache);
    program = lab_grade_built(session, shot, &mine);
    if (program == NULL)
        return;
    theirs = lab_build_harness(work, main, NULL, house, session->grading->cache);
    reference = lab_grade_built(session, shot, &theirs);
    if (reference == NULL)
        return;
    lab_grade_runs(session, harness, program, harness->name, shot->takes);
    lab_grade_runs(session, harness, reference, house, shot->reference);
}

/* ---- checks ---- */

static gboolean
lab_grade_shots(LabSession *session, GError **error)
{
    for (guint i = 0; i < session->work->lab->checks->len; i++) {
        const LabCheck *check = g_ptr_array_index(session->work->lab->checks, i);

        if (check->run != NULL && lab_shot_find(session, check->run) == NULL &&
            !lab_grade_run(session, check->run, error))
            return FALSE;
        if (check->harness != NULL && lab_shot_find(session, check->harness) == NULL)
            lab_grade_harness(session, check->harness);
    }
    return TRUE;
}

static LabVerdict *
lab_grade_check(const LabSession *session, const LabCheck *check)
{
    const void *what = check->harness != NULL ? (const void *)check->harness : check->run;
    const LabShot *shot = what != NULL ? lab_shot_find(session, what) : NULL;
    LabEvidence evidence = { .lab = session->work->lab,
                             .identity = session->work->identity,
                             .work = session->work->folder };

    if (shot != NULL) {
        evidence.takes = shot->takes;
        evidence.reference = shot->reference;
        evidence.failure = shot->failure;
    }
    return lab_judge(check, &evidence);
}

LabReport *
lab_grade(const LabWork *work, const LabGrading *grading, GError **error)
{
    g_autoptr(GPtrArray) shots = g_ptr_array_new_with_free_func(lab_shot_free);
    LabSession session = { work, grading, shots };
    LabReport *report;

    if (!lab_grade_shots(&session, error))
        return NULL;
    report = g_new0(LabReport, 1);
    report->lab = work->lab;
    report->id = work->identity->id;
    report->predictions = lab_predictions_tell(work->folder);
    report->verdicts = g_ptr_array_new_with_free_func((GDestroyNotify)lab_verdict_free);
    for (guint i = 0; i < work->lab->checks->len; i++)
        g_ptr_array_add(report->verdicts,
                        lab_grade_check(&session, g_ptr_array_index(work->lab->checks, i)));
    return report;
}

void
lab_grade_free(LabReport *report)
{
    if (report == NULL)
        return;
    g_ptr_array_unref(report->verdicts);
    g_free(report->predictions);
    g_free(report);
}
