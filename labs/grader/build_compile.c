/* labs/grader/build_compile.c - the compiler and the linker are run, and what they say is kept.
 *
 * Start reading at lab_build_compile() and lab_build_link(). Tests: tests/test_labs_student.py
 */
#include "labs/grader/build_inside.h"

#include <glib/gstdio.h>
#include "labs/grader/process.h"

#define LAB_COMPILE_SECONDS 60
#define LAB_PROGRAM_OCTETS  (G_GUINT64_CONSTANT(512) << 20)
#define LAB_WORDS_OCTETS    (256 * 1024)

/* As the linker needs them: each takes names from those after it. */
const char *const lab_archives[LAB_ARCHIVES] = { "libcommands.a", "libgrader.a", "libview.a",
                                                 "libglasspost.a", "libsources.a" };

/* ---- running the compiler ---- */

static void
lab_build_add(GPtrArray *argv, char *const *words)
{
    for (; words != NULL && *words != NULL; words++)
        g_ptr_array_add(argv, g_strdup(*words));
}

static GPtrArray *
lab_build_command(const LabBuild *build)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(argv, g_strdup(build->house->compiler));
    lab_build_add(argv, build->house->flags);
    if (build->sanitize) {
        g_ptr_array_add(argv, g_strdup("-fsanitize=address,undefined"));
        g_ptr_array_add(argv, g_strdup("-fno-sanitize-recover=undefined"));
    }
    return argv;
}

/* Takes @argv. What the compiler says is put into the student's terms and kept. */
static gboolean
lab_build_run(LabBuild *build, GPtrArray *argv)
{
    g_autofree char *output = lab_build_path(build, ".words"), *words = NULL, *failure = NULL;
    LabProcess process = {
        NULL, build->house->root, output, LAB_COMPILE_SECONDS, LAB_PROGRAM_OCTETS, TRUE
    };
    char *notes;

    g_ptr_array_add(argv, NULL);
    process.argv = (const char *const *)argv->pdata;
    failure = lab_process_run(&process);
    words = lab_process_words(output, LAB_WORDS_OCTETS);
    notes = lab_build_say(build, words);
    g_free(build->notes);
    build->notes = notes;
    if (failure != NULL)
        build->failure = lab_build_why(build, failure, words);
    g_ptr_array_unref(argv);
    g_unlink(output);
    return failure == NULL;
}

/* The file is told by the name it has in the house: smtp/split.c. */
static gboolean
lab_build_one(LabBuild *build, const char *source, const char *module)
{
    g_autofree char *stem = g_path_get_basename(source), *folder = g_path_get_dirname(source);
    g_autofree char *house = module != NULL ? g_path_get_dirname(module) : g_strdup("");
    g_autofree char *object = g_strdup_printf("%s-%s.o", build->program, stem);
    GPtrArray *argv = lab_build_command(build);

    g_ptr_array_add(argv, g_strdup_printf("-fmacro-prefix-map=%s/=%s%s", folder, house,
                                          *house != '\0' ? "/" : ""));
    if (build->beside != NULL)
        g_ptr_array_add(argv, g_strconcat("-iquote", build->beside, NULL));
    g_ptr_array_add(argv, g_strdup("-fdiagnostics-color=never"));
    g_ptr_array_add(argv, g_strdup("-c"));
    g_ptr_array_add(argv, g_strdup("-o"));
    g_ptr_array_add(argv, g_strdup(object));
    g_ptr_array_add(argv, g_strdup(source));
    g_ptr_array_add(build->objects, g_steal_pointer(&object));
    return lab_build_run(build, argv);
}

/* ---- files to objects ---- */

/* "smtp/split.c" for ".../split.c"; NULL: a file of the student's own. */
static const char *
lab_build_module(const LabBuild *build, const char *file)
{
    g_autofree char *name = g_path_get_basename(file);

    for (char **module = build->work->lab->modules; *module != NULL; module++) {
        g_autofree char *theirs = g_path_get_basename(*module);

        if (g_str_equal(theirs, name))
            return *module;
    }
    return NULL;
}

/* Has the compiler, on this machine, what -fsanitize links with? */
static gboolean
lab_build_try(LabBuild *build)
{
    g_autofree char *source = lab_build_path(build, "-try.c"),
                    *program = lab_build_path(build, "-try");
    GPtrArray *argv = lab_build_command(build);
    gboolean can;

    g_file_set_contents(source, "int main(void) { return 0; }\n", -1, NULL);
    g_ptr_array_add(argv, g_strdup("-o"));
    g_ptr_array_add(argv, g_strdup(program));
    g_ptr_array_add(argv, g_strdup(source));
    can = lab_build_run(build, argv);
    g_clear_pointer(&build->failure, g_free);
    g_unlink(source);
    g_unlink(program);
    return can;
}

/* It is tried once, as it takes as long as a harness does. */
static gboolean
lab_build_can_sanitize(LabBuild *build)
{
    static gboolean tried, can;

    if (!tried)
        can = lab_build_try(build);
    tried = TRUE;
    return can;
}

/* Makes the table of the student's sources, compiles it without a word about it. */
static gboolean
lab_build_own(LabBuild *build)
{
    g_autofree char *source = lab_build_path(build, "-own.c"), *text = NULL;
    g_autoptr(GPtrArray) modules = g_ptr_array_new();

    for (guint i = 0; i < build->files->len; i++)
        g_ptr_array_add(modules,
                        (char *)lab_build_module(build, g_ptr_array_index(build->files, i)));
    text = lab_build_own_text(build->files, modules);
    return g_file_set_contents(source, text, -1, NULL) && lab_build_one(build, source, NULL);
}

gboolean
lab_build_compile(LabBuild *build)
{
    g_autoptr(GString) notes = g_string_new(NULL);

    if (build->sanitize)
        build->sanitize = lab_build_can_sanitize(build);
    for (guint i = 0; i < build->files->len; i++) {
        const char *file = g_ptr_array_index(build->files, i);

        if (!lab_build_one(build, file, lab_build_module(build, file)))
            return FALSE;
        g_string_append(notes, build->notes);
    }
    if (!build->harness && !lab_build_own(build))
        return FALSE;
    g_free(build->notes);
    build->notes = g_string_free(g_steal_pointer(&notes), FALSE);
    return TRUE;
}

/* ---- objects to a program ---- */

gboolean
lab_build_link(LabBuild *build, const char *program)
{
    GPtrArray *argv = lab_build_command(build);
    /* A harness has a main() of its own, and needs none of the program's commands. */
    guint first = build->harness ? 2 : 0;

    g_ptr_array_add(argv, g_strdup("-o"));
    g_ptr_array_add(argv, g_strdup(program));
    for (guint i = 0; i < build->objects->len; i++)
        g_ptr_array_add(argv, g_strdup(g_ptr_array_index(build->objects, i)));
    for (guint i = first; i < LAB_ARCHIVES; i++)
        g_ptr_array_add(argv, g_build_filename(build->house->archives, lab_archives[i], NULL));
    lab_build_add(argv, build->house->link);
    return lab_build_run(build, argv);
}

void
lab_build_tidy(const LabBuild *build)
{
    g_autofree char *own = lab_build_path(build, "-own.c");

    for (guint i = 0; i < build->objects->len; i++)
        g_unlink(g_ptr_array_index(build->objects, i));
    g_unlink(own);
}
