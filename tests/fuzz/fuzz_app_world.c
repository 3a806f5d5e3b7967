/* tests/fuzz/fuzz_app_world.c - world files. What is wrong is told with the file's name. */
#include "tests/fuzz/fuzz.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "app/world.h"

static void
remove_it(void)
{
    g_autofree char *path = g_strdup_printf("%s/fuzz-%d.ini", g_get_tmp_dir(), (int)getpid());

    g_unlink(path);
}

int
LLVMFuzzerTestOneInput(const guint8 *octets, gsize length)
{
    static char *path;
    g_autoptr(GError) error = NULL;

    if (path == NULL) {
        path = g_strdup_printf("%s/fuzz-%d.ini", g_get_tmp_dir(), (int)getpid());
        atexit(remove_it);
    }
    g_file_set_contents_full(path, (const char *)octets, (gssize)length, G_FILE_SET_CONTENTS_NONE,
                             0600, &error);
    g_assert_no_error(error);
    g_autoptr(AppWorldFile) world = app_world_load(path, NULL, &error);
    if (world == NULL)
        g_assert_nonnull(strstr(error->message, "fuzz-"));
    else
        g_assert_cmpuint(world->hosts->len, >, 0);
    return 0;
}
