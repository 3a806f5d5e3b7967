/* app/cmd_lab.c - `glasspost lab`: start a lab, have it checked, be helped on (labs/README.md).
 *
 * The words after `lab` are a table, as the subcommands are. What they do is in labs/grader/.
 */
#include "app/command_line.h"

#include <stdio.h>
#include <string.h>
#include "app/state.h"
#include "labs/grader/collect.h"
#include "labs/grader/copy.h"
#include "labs/grader/grade.h"
#include "labs/grader/house.h"
#include "net/line.h"

typedef struct AppLab {
    char *labs; /* the folder of all labs */
    char *base; /* of the work folders */
    char *folder, *id, *seeds, *with, *cache;
    gboolean json, terse, csv, all, plain;
} AppLab;

typedef struct AppLabWord {
    const char *word;
    const char *usage;
    int (*run)(AppLab *lab, const char *which);
} AppLabWord;

/* The login name, or what of it can be an id. */
static char *
app_lab_id(const AppLab *lab)
{
    const char *name = lab->id != NULL ? lab->id : g_get_user_name();

    return g_strdup(name != NULL && *name != '\0' ? name : "student");
}

static Lab *
app_lab_load(const AppLab *lab, const char *which, GError **error)
{
    return lab_work_find(lab->labs, which, error);
}

/* The work folder of @which, as it was started. */
static LabWork *
app_lab_open(const AppLab *lab, const char *which, GError **error)
{
    Lab *loaded = app_lab_load(lab, which, error);
    g_autofree char *folder = loaded != NULL ? lab_work_folder(loaded, lab->base) : NULL;

    return loaded != NULL ? lab_work_open(loaded, folder, lab->id, error) : NULL;
}

/* A path as one would type it here. */
static const char *
app_lab_short(const char *path)
{
    g_autofree char *here = g_get_current_dir();
    gsize length = strlen(here);

    return g_str_has_prefix(path, here) && path[length] == '/' ? path + length + 1 : path;
}

/* ---- list ---- */

static int
app_lab_by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
app_lab_list_one(const AppLab *lab, const Lab *one)
{
    g_autofree char *folder = lab_work_folder(one, lab->base);
    g_autofree char *id = lab_work_id(folder), *state = NULL;
    LabProgress progress = lab_work_progress(folder, one);

    if (progress.passed)
        state = g_strdup("passed");
    else if (progress.tried)
        state = g_strdup_printf("%u/%u", progress.points, lab_points(one));
    else
        state = g_strdup(id != NULL ? "started" : "new");
    printf("%3u  %-40s %3u min  %-5s %-10s %s\n", one->number, one->title, one->minutes, one->kind,
           one->stage, state);
}

static int
app_lab_list(AppLab *lab, const char *which)
{
    g_autoptr(GDir) folder = g_dir_open(lab->labs, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    int status = APP_OK;

    (void)which;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL)
        if (g_ascii_isdigit(*name))
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, app_lab_by_name);
    for (guint i = 0; i < names->len; i++) {
        GError *error = NULL;
        g_autoptr(Lab) one = app_lab_load(lab, g_ptr_array_index(names, i), &error);

        if (one != NULL)
            app_lab_list_one(lab, one);
        else
            status = app_complain_error(error);
    }
    puts("\nO observe, P predict, C code, D debug, X attack.   glasspost lab start NUMBER begins "
         "one.");
    return status;
}

/* ---- start, reset ---- */

static int
app_lab_begin(const AppLab *lab, Lab *loaded, const char *id)
{
    GError *error = NULL;
    guint number = loaded->number;
    g_autoptr(LabWork) work = lab_work_start(loaded, lab->base, id, lab->with, &error);

    if (work == NULL)
        return app_complain_error(error);
    printf("Lab %u: %s, about %u minutes. Your work folder, for %s:\n\n  %s\n\n", number,
           work->lab->title, work->lab->minutes, id, app_lab_short(work->folder));
    printf("Read README.md there. When you are ready: glasspost lab check %u\n", number);
    return APP_OK;
}

static int
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
    printf("What you had is kept: %s\n", app_lab_short(aside));
    return app_lab_begin(lab, loaded, lab->id != NULL ? lab->id : id);
}

static int
app_lab_reset_all(const AppLab *lab)
{
    g_autoptr(GDir) folder = g_dir_open(lab->base, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    int status = APP_OK;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL)
        if (g_ascii_isdigit(*name) && strchr(name, '.') == NULL)
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, app_lab_by_name);
    for (guint i = 0; i < names->len; i++)
        status = MAX(status, app_lab_reset_one(lab, g_ptr_array_index(names, i)));
    return status;
}

static int
app_lab_reset(AppLab *lab, const char *which)
{
    return g_str_equal(which, "all") ? app_lab_reset_all(lab) : app_lab_reset_one(lab, which);
}

/* ---- check ---- */

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

static void
app_lab_print(const AppLab *lab, const LabReport *report, const char *notes)
{
    g_autofree char *text = lab->json    ? lab_report_json(report)
                            : lab->terse ? lab_report_terse(report)
                                         : lab_report_text(report);

    if (*notes != '\0' && !lab->json && !lab->terse)
        fprintf(stderr, "The compiler says:\n%s\n", notes);
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

static int
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
    app_lab_print(lab, report, notes->str);
    status = lab_report_passes(report) ? APP_OK : APP_FAILED;
    if (!app_lab_remember(work, report, &error))
        status = app_complain_error(error);
    lab_grade_free(report);
    return status;
}

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

static int
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
        printf("Hint %u of %u.\n%s\n%s", i + 1, count, hints[i],
               i + 1 < progress.hints ? "\n" : "");
    return lab_work_keep(work->folder, work->lab, &progress, &error) ? APP_OK
                                                                     : app_complain_error(error);
}

static int
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

/* A demo.ini with a [world] is a whole one; else it comes on top of the lab's. */
static int
app_lab_show(const AppLab *lab, const char *set)
{
    g_autofree char *demo = g_build_filename(set, "demo.ini", NULL);
    g_autofree char *world = g_build_filename(set, "world.ini", NULL), *text = NULL;
    GError *error = NULL;

    if (!g_file_get_contents(demo, &text, NULL, &error))
        return app_complain_error(error);
    return strstr(text, "[world]") != NULL ? app_demo_world_file(demo, NULL, lab->plain)
                                           : app_demo_world_file(world, demo, lab->plain);
}

/* For the class: the lab's own demo, as the id "example" has it unless another is named. */
static int
app_lab_demo(AppLab *lab, const char *which)
{
    static const char *const not_a_world[] = { "README.md", "start", "solution", "wrong", NULL };
    GError *error = NULL;
    g_autoptr(Lab) loaded = app_lab_load(lab, which, &error);
    const char *id = lab->id != NULL ? lab->id : "example";
    g_autoptr(LabIdentity) identity = loaded != NULL ? lab_identity_new(loaded, id, &error) : NULL;
    g_autofree char *set = identity != NULL ? g_dir_make_tmp("glasspost-lab-XXXXXX", &error) : NULL;
    int status = APP_FAILED;

    if (set != NULL && lab_copy_folder(loaded->folder, set, identity, not_a_world, &error))
        status = app_lab_show(lab, set);
    if (set != NULL)
        app_state_remove(set);
    return error != NULL ? app_complain_error(error) : status;
}

/* ---- collect ---- */

static int
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

/* ---- */

/* clang-format off */
static const AppLabWord words[] = {
    { "list",    "list                 the labs, and how far you are",                              app_lab_list },
    { "start",   "start 3 [--id NAME]  makes your work folder, labs/mine/03-...",                   app_lab_start },
    { "check",   "check 3              what holds, what does not, where to look: --terse, --json, --seeds FILE", app_lab_check },
    { "hint",    "hint 3 [--all]       the next hint, or all",                                      app_lab_hint },
    { "why",     "why 3                the model answer, once your work passes",                    app_lab_why },
    { "reset",   "reset 3 | all        begins again; what you had is kept beside it",               app_lab_reset },
    { "demo",    "demo 3 [--plain]     for the class: the lab's own demo, with Space alone",        app_lab_demo },
    { "collect", "collect FOLDER --csv for instructors: checks every work folder in FOLDER anew, a line each.\n"
                 "                       It builds and runs what students wrote: do it as a user with nothing to lose", app_lab_collect },
    { NULL, NULL, NULL },
};
/* clang-format on */

static char *
app_lab_help(void)
{
    g_autoptr(GString) text = g_string_new("Words:\n\n");

    for (const AppLabWord *word = words; word->word != NULL; word++)
        g_string_append_printf(text, "  %s\n", word->usage);
    g_string_append(text, "\nA lab is named by its number or its folder: 3, 03-split. "
                          "Exit status 0: everything holds.\n");
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static int
app_lab_run(AppLab *lab, int argc, char **argv)
{
    GError *error = NULL;

    lab->labs = lab_house_labs(&error);
    if (lab->labs == NULL)
        return app_complain_error(error);
    lab->base = lab_work_base(lab->folder);
    for (const AppLabWord *word = words; word->word != NULL; word++) {
        gboolean alone = word->run == app_lab_list;

        if (!g_str_equal(word->word, argv[1]))
            continue;
        if (argc != (alone ? 2 : 3))
            return app_complain(APP_USAGE, "usage: glasspost lab %.*s",
                                (int)strcspn(word->usage, "\n"), word->usage);
        return word->run(lab, alone ? NULL : argv[2]);
    }
    return app_complain(
        APP_USAGE, "lab %s: the words are list start check hint why reset demo collect", argv[1]);
}

int
app_cmd_lab(int argc, char **argv)
{
    AppLab lab = { 0 };
    GOptionEntry entries[] = {
        { "id", 0, 0, G_OPTION_ARG_STRING, &lab.id,
          "who you are (default: your login name); names and answers depend on it", "NAME" },
        { "folder", 0, 0, G_OPTION_ARG_FILENAME, &lab.folder,
          "where the work folders are (default: labs/mine)", "FOLDER" },
        { "terse", 0, 0, G_OPTION_ARG_NONE, &lab.terse, "check: one line", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &lab.json, "check: in the form that Gradescope reads",
          NULL },
        { "seeds", 0, 0, G_OPTION_ARG_FILENAME, &lab.seeds,
          "check, collect: further seeds, a number a line", "FILE" },
        { "all", 0, 0, G_OPTION_ARG_NONE, &lab.all, "hint: all of them", NULL },
        { "plain", 0, 0, G_OPTION_ARG_NONE, &lab.plain, "demo: print each event as a line", NULL },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &lab.csv, "collect: as comma-separated values", NULL },
        { "cache", 0, 0, G_OPTION_ARG_FILENAME, &lab.cache,
          "check, collect: equal files are compiled once, and kept here", "FOLDER" },
        { "with", 0, 0, G_OPTION_ARG_FILENAME, &lab.with,
          "start: files that come on top of the lab's own (for whoever writes labs)", "FOLDER" },
        G_OPTION_ENTRY_NULL
    };
    g_autofree char *help = app_lab_help();
    int status = APP_USAGE;

    if (app_read_options("lab", entries, help, &argc, &argv, 1, 2))
        status = app_lab_run(&lab, argc, argv);
    g_free(lab.labs);
    g_free(lab.base);
    g_free(lab.folder);
    g_free(lab.id);
    g_free(lab.seeds);
    g_free(lab.with);
    g_free(lab.cache);
    return status;
}
