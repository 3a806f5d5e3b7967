/* app/ini.h - the first look at a file of [sections] and KEY = VALUE lines: where each of them stands.
 *
 * GKeyFile forgets in which line a key stood, and lets the last of two equal keys win in silence. So a
 * file is looked through before GKeyFile reads it: lines that are none of the two, sections and keys
 * that stand twice. World files and the checks of labs are read so.
 */
#ifndef APP_INI_H
#define APP_INI_H

#include <glib.h>

typedef struct AppIni AppIni;

struct AppIni {
    const char *path;  /* of the file */
    GHashTable *lines; /* "section\nkey", or "section\n" for the section itself: its line */
    /* FALSE and @error where there is no such section. */
    gboolean (*section)(AppIni *ini, const char *section, int line, GError **error);
    /* A section whose lines the caller keeps itself, since its keys may repeat; and who takes them. Both
     * NULL: there is none. */
    const char *kept;
    gboolean (*keep)(AppIni *ini, const char *key, const char *value, int line, GError **error);
};

/* Looks through @text, a line at a time. FALSE and @error "FILE:LINE: what" at the first that is
 * wrong. Comments are whole lines that begin with #. */
gboolean app_ini_scan(AppIni *ini, const char *text, GError **error);

/* The line of @key in @section ("": of the section); 0: it is not there. */
int app_ini_line(const AppIni *ini, const char *section, const char *key);

/* Sets @error "FILE:LINE: what" (APP_ERROR_USAGE); returns FALSE. */
gboolean app_ini_wrong(GError **error, const char *path, int line, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* How far a misspelt word is from another: 0 is the same, APP_INI_FAR and more too far to be meant. */
#define APP_INI_FAR 5
guint app_ini_distance(const char *a, const char *b);
/* The one of @names (ended by NULL) that may be meant by @name, or NULL. */
const char *app_ini_suggest(const char *const *names, const char *name);

#endif
