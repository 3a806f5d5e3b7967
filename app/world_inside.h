/* app/world_inside.h - what the two passes over a world file share.
 *
 *   world_scan.c   the first: where each key stands, and the script
 *   world.c        the second: GKeyFile's values into fields
 */
#ifndef APP_WORLD_INSIDE_H
#define APP_WORLD_INSIDE_H

#include "app/world.h"

typedef struct AppScan {
    const char *path;    /* of the file */
    GHashTable *lines;   /* "section\nkey", or "section\n": its line */
    AppWorldFile *world; /* its script is filled */
} AppScan;

/* Reads @text line by line. FALSE and @error "FILE:LINE: what" at the first that is wrong. */
gboolean app_scan(AppScan *scan, const char *text, GError **error);
/* The line of @key in @section; 0: it is not there. */
int app_scan_line(const AppScan *scan, const char *section, const char *key);
void app_script_line_free(void *line);

/* Sets @error "FILE:LINE: what"; returns FALSE. */
gboolean app_world_wrong(GError **error, const char *path, int line, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

#endif
