/* labs/grader/copy.c - copies files, and puts a student's values into them (see copy.h).
 *
 * Tests: tests/test_labs_student.py
 */
#include "labs/grader/copy.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <glib/gstdio.h>
#include "app/world.h"

#define LAB_COPY_DEEP   4
#define LAB_COPY_FILES  500
#define LAB_COPY_OCTETS (16 * 1024 * 1024) /* a file */

typedef struct LabCopy {
    const LabIdentity *identity;
    guint files;
} LabCopy;

gboolean
lab_copy_file(const char *from, const char *to, const LabIdentity *identity, GError **error)
{
    g_autofree char *text = NULL, *mine = NULL;
    GStatBuf status;
    gsize length;

    if (g_stat(from, &status) == 0 && status.st_size > LAB_COPY_OCTETS) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "%s: larger than %d MB", from,
                    LAB_COPY_OCTETS >> 20);
        return FALSE;
    }
    if (!g_file_get_contents(from, &text, &length, error))
        return FALSE;
    if (identity == NULL || strlen(text) != length || !g_utf8_validate(text, (gssize)length, NULL))
        return g_file_set_contents(to, text, (gssize)length, error);
    mine = lab_identity_expand(identity, text, error);
    if (mine == NULL) {
        g_prefix_error(error, "%s: ", from);
        return FALSE;
    }
    return g_file_set_contents(to, mine, -1, error);
}

static gboolean lab_copy_enter(LabCopy *copy, const char *from, const char *to, guint depth,
                               GError **error);

static gboolean
lab_copy_entry(LabCopy *copy, const char *from, const char *to, guint depth, GError **error)
{
    GStatBuf status;

    if (g_stat(from, &status) != 0)
        return TRUE; /* a link to nowhere */
    if (S_ISDIR(status.st_mode))
        return lab_copy_enter(copy, from, to, depth + 1, error);
    if (!S_ISREG(status.st_mode))
        return TRUE;
    if (++copy->files > LAB_COPY_FILES) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "%s: more than %d files", from,
                    LAB_COPY_FILES);
        return FALSE;
    }
    return lab_copy_file(from, to, copy->identity, error);
}

static gboolean
lab_copy_entries(LabCopy *copy, const char *from, const char *to, const char *const *except,
                 guint depth, GError **error)
{
    g_autoptr(GDir) folder = g_dir_open(from, 0, error);
    const char *name;

    if (folder == NULL)
        return FALSE;
    if (g_mkdir_with_parents(to, 0755) != 0) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "%s: %s", to, g_strerror(errno));
        return FALSE;
    }
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *one = g_build_filename(from, name, NULL);
        g_autofree char *other = g_build_filename(to, name, NULL);

        if (*name == '.' || (except != NULL && g_strv_contains(except, name)))
            continue;
        if (!lab_copy_entry(copy, one, other, depth, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
lab_copy_enter(LabCopy *copy, const char *from, const char *to, guint depth, GError **error)
{
    if (depth <= LAB_COPY_DEEP)
        return lab_copy_entries(copy, from, to, NULL, depth, error);
    g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "%s: more than %d folders deep", from,
                LAB_COPY_DEEP);
    return FALSE;
}

gboolean
lab_copy_folder(const char *from, const char *to, const LabIdentity *identity,
                const char *const *except, GError **error)
{
    LabCopy copy = { .identity = identity };

    return lab_copy_entries(&copy, from, to, except, 1, error);
}
