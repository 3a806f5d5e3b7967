/* app/cmd_lab.c - `glasspost lab`: start a lab, have it checked, be helped on (labs/README.md).
 *
 * The words after `lab` are a table, as the subcommands are. `list` is here, the others are in
 * cmd_lab_start.c, cmd_lab_check.c and cmd_lab_help.c. What they do is in labs/grader/.
 *
 * Start reading at words[].
 */
#include "app/cmd_lab.h"

#include <stdio.h>
#include <string.h>
#include "app/command_line.h"
#include "labs/grader/house.h"
#include "trace/words.h"

#define APP_LAB_TITLE 40 /* columns */

typedef struct AppLabWord {
    const char *word;
    const char *usage;
    int (*run)(AppLab *lab, const char *which);
} AppLabWord;

Lab *
app_lab_load(const AppLab *lab, const char *which, GError **error)
{
    return lab_work_find(lab->labs, which, error);
}

LabWork *
app_lab_open(const AppLab *lab, const char *which, GError **error)
{
    Lab *loaded = app_lab_load(lab, which, error);
    g_autofree char *folder = loaded != NULL ? lab_work_folder(loaded, lab->base) : NULL;

    return loaded != NULL ? lab_work_open(loaded, folder, lab->id, error) : NULL;
}

static int
app_lab_by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

GPtrArray *
app_lab_names(const char *folder)
{
    g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    while (directory != NULL && (name = g_dir_read_name(directory)) != NULL)
        if (g_ascii_isdigit(*name) && strchr(name, '.') == NULL)
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, app_lab_by_name);
    return names;
}

/* ---- list ---- */

static void
app_lab_list_one(const AppLab *lab, const Lab *one)
{
    g_autofree char *folder = lab_work_folder(one, lab->base);
    g_autofree char *id = lab_work_id(folder), *state = NULL;
    LabProgress progress = lab_work_progress(folder, one);

    g_autofree char *title = words_sentence(one->title);

    if (progress.passed)
        state = g_strdup(_("passed"));
    else if (progress.tried)
        state = g_strdup_printf("%u/%u", progress.points, lab_points(one));
    else
        state = g_strdup(id != NULL ? _("started") : C_("lab", "new"));
    printf("%3u  %s%*s %3u min  %-5s %-10s %s\n", one->number, title,
           (int)MAX(0, APP_LAB_TITLE - g_utf8_strlen(title, -1)), "", one->minutes, one->kind,
           one->stage, state);
}

static int
app_lab_list(AppLab *lab, const char *which)
{
    g_autoptr(GPtrArray) names = app_lab_names(lab->labs);
    int status = APP_OK;

    (void)which;
    for (guint i = 0; i < names->len; i++) {
        GError *error = NULL;
        g_autoptr(Lab) one = app_lab_load(lab, g_ptr_array_index(names, i), &error);

        if (one != NULL)
            app_lab_list_one(lab, one);
        else
            status = app_complain_error(error);
    }
    puts(_("\nO observe, P predict, C code, D debug, X attack.   glasspost lab start NUMBER begins "
           "one."));
    return status;
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
        { "keep", 0, 0, G_OPTION_ARG_FILENAME, &lab.keep, "demo: keep databases and journal",
          "FOLDER" },
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
    g_free(lab.keep);
    return status;
}
