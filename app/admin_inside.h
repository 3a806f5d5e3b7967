/* app/admin_inside.h - what app/admin.c and app/admin_queue.c share. */
#ifndef APP_ADMIN_INSIDE_H
#define APP_ADMIN_INSIDE_H

#include "app/admin.h"

/* The command was not understood. Returns NULL. */
char *app_admin_wrong(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* "2026-01-05 09:00:00Z" */
char *app_admin_time(gint64 seconds);
/* The host and number of a row's name: "mx.north.example:3", or "3" where there is one host. */
AppAdminHost *app_admin_row(GPtrArray *hosts, const char *name, gint64 *id, GError **error);

/* app/admin_queue.c: `queue list`, `queue retry mx.north.example:3`, ... */
char *app_admin_queue(GPtrArray *hosts, char **words, GError **error);

#endif
