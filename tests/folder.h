/* tests/folder.h - a folder for one test: made empty, and gone with all that is in it at the end. */
#ifndef TESTS_FOLDER_H
#define TESTS_FOLDER_H

#include <glib/gstdio.h>

static inline char *
folder_new(void)
{
    char *path = g_dir_make_tmp("glasspost-test-XXXXXX", NULL);

    g_assert_nonnull(path);
    return path;
}

/* A link in it is removed, never followed. Nothing happens where there is no such folder. */
static inline void
folder_remove(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *inside = g_build_filename(path, name, NULL);

        if (g_remove(inside) != 0)
            folder_remove(inside);
    }
    g_rmdir(path);
}

#endif
