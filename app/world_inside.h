/* app/world_inside.h - what the two passes over a world file share.
 *
 *   world_scan.c   the first: where each key stands (app/ini.h), and the script
 *   world.c        the second: GKeyFile's values into fields
 */
#ifndef APP_WORLD_INSIDE_H
#define APP_WORLD_INSIDE_H

#include "app/ini.h"
#include "app/world.h"

typedef struct AppScan {
    AppIni ini;          /* comes first: what it is handed back as */
    AppWorldFile *world; /* its script is filled */
} AppScan;

/* Reads @text line by line. FALSE and @error "FILE:LINE: what" at the first that is wrong. */
gboolean app_scan(AppScan *scan, const char *text, GError **error);
void app_script_line_free(void *line);

#endif
