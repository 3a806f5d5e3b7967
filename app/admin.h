/* app/admin.h - `glasspost user`, `queue` and `archive`: looking after a world's databases.
 *
 * The same code runs in two places: in the server, asked over the control socket, while a world
 * runs; in the command's own process, on the databases themselves, while none does.
 */
#ifndef APP_ADMIN_H
#define APP_ADMIN_H

#include "app/world.h"

typedef struct AppAdminHost {
    const AppHostFile *file;
    Store *store;
    gboolean changed; /* by app_admin(): nothing is done before it is committed */
} AppAdminHost;

/**
 * app_admin:
 * @hosts: (element-type AppAdminHost)
 * @area: "user", "queue" or "archive"
 * @words: what follows: "list", "show", "mx.north.example:3", ...
 *
 * Changes are left in the open group of each store that is marked changed: the caller commits, and
 * only then prints.
 * Returns: what to print, or NULL with @error
 */
char *app_admin(GPtrArray *hosts, const char *area, char **words, GError **error);

#endif
