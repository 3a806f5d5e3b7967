/* app/state.c - who may work in a state folder. */
#include "app/state.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "app/world.h"

int
app_state_lock(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "lock", NULL);
    int lock;

    if (g_mkdir_with_parents(folder, 0700) != 0) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "state folder %s: %s", folder,
                    g_strerror(errno));
        return -1;
    }
    lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
        return lock;
    g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "state folder %s: %s", folder,
                errno == EWOULDBLOCK ? "another glasspost is using it" : g_strerror(errno));
    if (lock >= 0)
        close(lock);
    return -1;
}

gboolean
app_state_is_empty(const char *folder, GError **error)
{
    g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
    const char *name;

    while (files != NULL && (name = g_dir_read_name(files)) != NULL) {
        if (g_str_has_suffix(name, ".db") || g_str_has_suffix(name, ".ndjson")) {
            g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                        "state folder %s holds %s: a simulated world starts from an empty one; "
                        "remove it, or name another",
                        folder, name);
            return FALSE;
        }
    }
    return TRUE;
}

void
app_state_remove(const char *folder)
{
    g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
    const char *name;

    while (directory != NULL && (name = g_dir_read_name(directory)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
            app_state_remove(path);
        else
            g_unlink(path);
    }
    g_rmdir(folder);
}
