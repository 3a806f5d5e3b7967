/* labs/grader/build_known.c - is it built already? Here, or, with --cache, for another work folder.
 *
 *     WORK/build/glasspost          a program
 *     WORK/build/glasspost.key      the hash of all that it is made of
 *     WORK/build/glasspost.notes    what the compiler said then
 *     CACHE/HASH                    the same program, for all that are made of the same
 *
 * Tests: tests/test_labs_student.py
 */
#include "labs/grader/build_inside.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>

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

char *
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
    for (guint i = 0; i < LAB_ARCHIVES; i++) {
        g_autofree char *path = g_build_filename(build->house->archives, lab_archives[i], NULL);
        GStatBuf status = { 0 };

        g_stat(path, &status);
        g_checksum_update(sum, (const guchar *)&status.st_size, sizeof status.st_size);
        g_checksum_update(sum, (const guchar *)&status.st_mtim, sizeof status.st_mtim);
    }
    return g_strdup(g_checksum_get_string(sum));
}

gboolean
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

void
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
