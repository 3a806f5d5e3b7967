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
#include <unistd.h>
#include <glib/gstdio.h>
#include "app/state.h"
#include "labs/grader/copy.h"
#include "labs/grader/process.h"

#define LAB_COMPILE_SECONDS 60
#define LAB_PROGRAM_OCTETS  (G_GUINT64_CONSTANT(512) << 20)
#define LAB_WORDS_OCTETS    (256 * 1024)

/* As the linker needs them: each takes names from those after it. */
static const char *const archives[] = { "libcommands.a", "libgrader.a", "libview.a",
                                        "libglasspost.a", "libsources.a" };

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

/* ---- running the compiler ---- */

static char *
lab_build_path(const LabBuild *build, const char *suffix)
{
    return g_strconcat(build->program, suffix, NULL);
}

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
lab_build_compile(LabBuild *build, const char *source, const char *module)
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

static gboolean
lab_build_link(LabBuild *build, const char *program)
{
    GPtrArray *argv = lab_build_command(build);
    /* A harness has a main() of its own, and needs none of the program's commands. */
    guint first = build->harness ? 2 : 0;

    g_ptr_array_add(argv, g_strdup("-o"));
    g_ptr_array_add(argv, g_strdup(program));
    for (guint i = 0; i < build->objects->len; i++)
        g_ptr_array_add(argv, g_strdup(g_ptr_array_index(build->objects, i)));
    for (guint i = first; i < G_N_ELEMENTS(archives); i++)
        g_ptr_array_add(argv, g_build_filename(build->house->archives, archives[i], NULL));
    lab_build_add(argv, build->house->link);
    return lab_build_run(build, argv);
}

/* ---- which files ---- */

static int
lab_build_by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The files of @folder whose names end in @suffix, by name. */
static GPtrArray *
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

/* ---- built already? ---- */

static void
lab_build_sum(GChecksum *sum, const char *file)
{
    g_autofree char *text = NULL, *name = g_path_get_basename(file);
    gsize length = 0;

    g_file_get_contents(file, &text, &length, NULL);
    g_checksum_update(sum, (const guchar *)name, (gssize)strlen(name) + 1);
    g_checksum_update(sum, (const guchar *)(text != NULL ? text : ""), (gssize)length);
}

/* The headers in @folder. */
static void
lab_build_sum_headers(GChecksum *sum, const char *folder)
{
    g_autoptr(GPtrArray) headers = lab_build_list(folder, ".h");

    for (guint i = 0; i < headers->len; i++)
        lab_build_sum(sum, g_ptr_array_index(headers, i));
}

/* All that the program is made of: files, flags, and the archives by size and date. */
static char *
lab_build_key(const LabBuild *build)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

    g_checksum_update(sum, (const guchar *)build->house->text, -1);
    g_checksum_update(sum, (const guchar *)(build->harness ? "h" : "p"), 1);
    for (guint i = 0; i < build->files->len; i++)
        lab_build_sum(sum, g_ptr_array_index(build->files, i));
    if (build->folder != NULL)
        lab_build_sum_headers(sum, build->folder);
    if (build->beside != NULL)
        lab_build_sum_headers(sum, build->beside);
    for (guint i = 0; i < G_N_ELEMENTS(archives); i++) {
        g_autofree char *path = g_build_filename(build->house->archives, archives[i], NULL);
        GStatBuf status = { 0 };

        g_stat(path, &status);
        g_checksum_update(sum, (const guchar *)&status.st_size, sizeof status.st_size);
        g_checksum_update(sum, (const guchar *)&status.st_mtim, sizeof status.st_mtim);
    }
    return g_strdup(g_checksum_get_string(sum));
}

/* Takes what an earlier check, or another work folder, has built of the same. */
static gboolean
lab_build_reuse(LabBuild *build, const char *cache)
{
    g_autofree char *mark = lab_build_path(build, ".key"), *key = NULL;
    g_autofree char *notes = lab_build_path(build, ".notes");
    g_autofree char *shared = cache != NULL ? g_build_filename(cache, build->key, NULL) : NULL;

    if (g_file_test(build->program, G_FILE_TEST_IS_EXECUTABLE) &&
        g_file_get_contents(mark, &key, NULL, NULL) && g_str_equal(key, build->key)) {
        g_file_get_contents(notes, &build->notes, NULL, NULL);
        return TRUE;
    }
    if (shared == NULL || !g_file_test(shared, G_FILE_TEST_IS_EXECUTABLE))
        return FALSE;
    g_unlink(build->program);
    return link(shared, build->program) == 0 && g_file_set_contents(mark, build->key, -1, NULL);
}

static void
lab_build_remember(const LabBuild *build, const char *cache)
{
    g_autofree char *mark = lab_build_path(build, ".key");
    g_autofree char *notes = lab_build_path(build, ".notes");
    g_autofree char *shared = cache != NULL ? g_build_filename(cache, build->key, NULL) : NULL;

    g_file_set_contents(notes, build->notes != NULL ? build->notes : "", -1, NULL);
    g_file_set_contents(mark, build->key, -1, NULL);
    /* On another file system a link is refused: then it is not shared. */
    if (shared != NULL && g_mkdir_with_parents(cache, 0700) == 0 &&
        link(build->program, shared) != 0)
        g_debug("%s: %s", shared, g_strerror(errno));
}

/* ---- making it ---- */

/* Has the compiler, on this machine, what -fsanitize links with? */
static gboolean
lab_build_can_sanitize(LabBuild *build)
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

static gboolean
lab_build_objects(LabBuild *build)
{
    g_autoptr(GString) notes = g_string_new(NULL);

    if (build->sanitize)
        build->sanitize = lab_build_can_sanitize(build);
    for (guint i = 0; i < build->files->len; i++) {
        const char *file = g_ptr_array_index(build->files, i);

        if (!lab_build_compile(build, file, lab_build_module(build, file)))
            return FALSE;
        g_string_append(notes, build->notes);
    }
    g_free(build->notes);
    build->notes = g_string_free(g_steal_pointer(&notes), FALSE);
    return TRUE;
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
    return g_file_set_contents(source, text, -1, NULL) && lab_build_compile(build, source, NULL);
}

static gboolean
lab_build_make(LabBuild *build)
{
    g_autofree char *notes = NULL, *fresh = lab_build_path(build, ".new");

    if (!lab_build_objects(build))
        return FALSE;
    notes = g_strdup(build->notes);
    if (!build->harness && !lab_build_own(build))
        return FALSE;
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
