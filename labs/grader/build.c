/* labs/grader/build.c - compiles a student's files and links them before the house's archives.
 *
 *     split.c  ->  WORK/build/glasspost-split.o  --+
 *     own.c    ->  WORK/build/glasspost-own.o    --+-> WORK/build/glasspost
 *     libcommands.a libgrader.a libview.a libglasspost.a libsources.a
 *
 * own.c is made here: it holds the text of the student's files, so that a journal can tell what ran
 * (trace/viewer/code.h).
 *
 * Start reading at lab_build_program(). Tests: tests/test_labs.py
 */
#include "labs/grader/build_inside.h"

#include <errno.h>
#include <string.h>
#include <glib/gstdio.h>
#include "app/state.h"
#include "labs/grader/copy.h"

void
lab_built_clear(LabBuilt *built)
{
    g_clear_pointer(&built->program, g_free);
    g_clear_pointer(&built->failure, g_free);
    g_clear_pointer(&built->notes, g_free);
}

static void
lab_build_free(LabBuild *build)
{
    g_clear_pointer(&build->house, lab_house_free);
    g_clear_pointer(&build->files, g_ptr_array_unref);
    g_clear_pointer(&build->objects, g_ptr_array_unref);
    g_clear_pointer(&build->notes, g_free);
    g_free(build->beside);
    g_free(build->folder);
    g_free(build->program);
    g_free(build->key);
}

char *
lab_build_path(const LabBuild *build, const char *suffix)
{
    return g_strconcat(build->program, suffix, NULL);
}

/* ---- which files ---- */

static int
lab_build_by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

GPtrArray *
lab_build_list(const char *folder, const char *suffix)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
    const char *name;

    while (directory != NULL && (name = g_dir_read_name(directory)) != NULL)
        if (g_str_has_suffix(name, suffix) && *name != '.')
            g_ptr_array_add(files, g_build_filename(folder, name, NULL));
    g_ptr_array_sort(files, lab_build_by_name);
    return files;
}

/* The files of @folder; those of a lab's own folder are laid out for this student first. */
static gboolean
lab_build_gather(LabBuild *build, const char *folder)
{
    const LabWork *work = build->work;
    g_autofree char *mine = NULL;
    g_autoptr(GError) error = NULL;

    if (!g_str_equal(folder, work->folder)) {
        mine = lab_build_path(build, "-sources");
        app_state_remove(mine);
        if (!lab_copy_folder(folder, mine, work->identity, NULL, &error)) {
            build->failure = g_strdup(error->message);
            return FALSE;
        }
        folder = mine;
    }
    g_free(build->folder);
    build->folder = g_strdup(folder);
    g_ptr_array_unref(build->files);
    build->files = lab_build_list(folder, ".c");
    if (build->files->len > 0)
        return TRUE;
    build->failure = g_strdup("there is no .c file in your work folder");
    return FALSE;
}

/* ---- making it ---- */

static gboolean
lab_build_make(LabBuild *build)
{
    g_autofree char *notes = NULL, *fresh = lab_build_path(build, ".new");

    if (!lab_build_compile(build))
        return FALSE;
    notes = g_strdup(build->notes);
    if (!lab_build_link(build, fresh))
        return FALSE;
    g_free(build->notes);
    build->notes = g_steal_pointer(&notes);
    /* A new file, so that a shared one and one that runs stay what they are. */
    if (g_rename(fresh, build->program) == 0)
        return TRUE;
    build->failure = g_strdup_printf("%s: %s", build->program, g_strerror(errno));
    return FALSE;
}

static LabBuilt
lab_build(LabBuild *build, const char *cache)
{
    LabBuilt built = { 0 };

    if (build->failure == NULL) {
        build->key = lab_build_key(build);
        if (lab_build_reuse(build, cache) || lab_build_make(build)) {
            built.program = g_strdup(build->program);
            lab_build_remember(build, cache);
        }
        lab_build_tidy(build);
    }
    built.failure = g_steal_pointer(&build->failure);
    built.notes = g_steal_pointer(&build->notes);
    lab_build_free(build);
    return built;
}

static void
lab_build_begin(LabBuild *build, const LabWork *work, const char *name)
{
    g_autofree char *place = g_build_filename(work->out, "build", NULL);
    g_autoptr(GError) error = NULL;

    build->work = work;
    build->files = g_ptr_array_new_with_free_func(g_free);
    build->objects = g_ptr_array_new_with_free_func(g_free);
    build->program = g_build_filename(place, name, NULL);
    build->house = lab_house_load(&error);
    if (build->house == NULL)
        build->failure = g_strdup(error->message);
    else if (g_mkdir_with_parents(place, 0755) != 0)
        build->failure = g_strdup_printf("%s: %s", place, g_strerror(errno));
}

LabBuilt
lab_build_program(const LabWork *work, const char *folder, const char *name, const char *cache)
{
    LabBuild build = { 0 };

    lab_build_begin(&build, work, name);
    if (build.failure == NULL)
        lab_build_gather(&build, folder);
    return lab_build(&build, cache);
}

LabBuilt
lab_build_harness(const LabWork *work, const char *main, const char *folder, const char *name,
                  const char *cache)
{
    LabBuild build = { .harness = TRUE, .sanitize = TRUE };

    g_autoptr(GError) error = NULL;
    g_autofree char *mine = NULL;

    lab_build_begin(&build, work, name);
    if (build.failure == NULL && folder != NULL)
        lab_build_gather(&build, folder);
    build.beside = g_path_get_dirname(main);
    mine = lab_build_path(&build, "-main.c");
    if (build.failure == NULL && !lab_copy_file(main, mine, work->identity, &error))
        build.failure = g_strdup(error->message);
    g_ptr_array_add(build.files, g_steal_pointer(&mine));
    return lab_build(&build, cache);
}
