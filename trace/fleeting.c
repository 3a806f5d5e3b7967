/* trace/fleeting.c - temporary folders, and those that dead processes left (see fleeting.h).
 *
 * Start reading at trace_fleeting_new(), at the end. Tests: tests/test_trace_fleeting.c
 */
#include "trace/fleeting.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRACE_FLEETING_NEW "glasspost-new-"
#define TRACE_FLEETING_RUN "glasspost-run-"
/* Open files while a folder is removed. */
#define TRACE_FLEETING_FILES 16

struct TraceFleeting {
    char *path;
    int lock; /* the folder itself, open */
};

static int
trace_fleeting_remove_one(const char *path, G_GNUC_UNUSED const struct stat *status,
                          G_GNUC_UNUSED int kind, G_GNUC_UNUSED struct FTW *place)
{
    return remove(path);
}

static void
trace_fleeting_remove(const char *path)
{
    nftw(path, trace_fleeting_remove_one, TRACE_FLEETING_FILES, FTW_DEPTH | FTW_PHYS);
}

/* -1: it is no folder of ours, or somebody else has locked it. */
static int
trace_fleeting_lock(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat facts;

    if (folder < 0)
        return -1;
    if (fstat(folder, &facts) == 0 && facts.st_uid == geteuid() &&
        flock(folder, LOCK_EX | LOCK_NB) == 0)
        return folder;
    close(folder);
    return -1;
}

static void
trace_fleeting_sweep(void)
{
    g_autoptr(GDir) all = g_dir_open(g_get_tmp_dir(), 0, NULL);
    const char *name;

    while (all != NULL && (name = g_dir_read_name(all)) != NULL) {
        g_autofree char *path = g_build_filename(g_get_tmp_dir(), name, NULL);
        int lock = g_str_has_prefix(name, TRACE_FLEETING_RUN) ? trace_fleeting_lock(path) : -1;

        if (lock < 0)
            continue;
        trace_fleeting_remove(path);
        close(lock);
    }
}

/* Gives the locked folder @made its name. NULL: @error says why not. */
static char *
trace_fleeting_name(const char *made, GError **error)
{
    const char *unique = made + strlen(made) - strlen("XXXXXX");
    g_autofree char *path = g_strdup_printf("%s/" TRACE_FLEETING_RUN "%s", g_get_tmp_dir(), unique);

    if (g_rename(made, path) == 0)
        return g_steal_pointer(&path);
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", path,
                g_strerror(errno));
    return NULL;
}

TraceFleeting *
trace_fleeting_new(GError **error)
{
    g_autofree char *made = NULL;
    g_autofree char *path = NULL;
    TraceFleeting *folder;
    int lock;

    trace_fleeting_sweep();
    made = g_dir_make_tmp(TRACE_FLEETING_NEW "XXXXXX", error);
    if (made == NULL)
        return NULL;
    lock = trace_fleeting_lock(made);
    path = trace_fleeting_name(made, error);
    if (path == NULL) {
        g_rmdir(made);
        if (lock >= 0)
            close(lock);
        return NULL;
    }
    folder = g_new0(TraceFleeting, 1);
    folder->path = g_steal_pointer(&path);
    folder->lock = lock;
    return folder;
}

const char *
trace_fleeting_path(const TraceFleeting *folder)
{
    return folder->path;
}

void
trace_fleeting_free(TraceFleeting *folder)
{
    if (folder == NULL)
        return;
    trace_fleeting_remove(folder->path);
    if (folder->lock >= 0)
        close(folder->lock);
    g_free(folder->path);
    g_free(folder);
}
