/* app/host_inside.h - what host.c and host_prepare.c share. */
#ifndef APP_HOST_INSIDE_H
#define APP_HOST_INSIDE_H

#include "app/host.h"

/* Accounts and aliases of the world file, where they are new. The stage being set is no part of the
 * play: it is not told. */
gboolean app_host_prepare(AppHost *host, GError **error);
gboolean app_host_open_resolver(AppHost *host, GError **error);
/* A lab's certificates are made where they are missing, next to its databases. */
gboolean app_host_open_tls(AppHost *host, GError **error);

#endif
