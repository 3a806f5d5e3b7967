/* app/keys.h - every key a world file may have, in one table.
 *
 * Reading, defaults, `serve --help` and the error for a misspelt key all come from it.
 */
#ifndef APP_KEYS_H
#define APP_KEYS_H

#include <glib.h>

typedef enum {
    APP_KEY_TEXT,      /* char * */
    APP_KEY_PATH,      /* char *, made absolute by the world file's folder */
    APP_KEY_LIST,      /* char **, separated by ; */
    APP_KEY_PATHS,     /* char **, each made absolute */
    APP_KEY_FLAG,      /* gboolean: on, off */
    APP_KEY_CHOICE,    /* guint: the position of the word in choices */
    APP_KEY_PORT,      /* guint16 */
    APP_KEY_NUMBER,    /* guint */
    APP_KEY_SEED,      /* guint64 */
    APP_KEY_SIZE,      /* guint64, octets: 25M */
    APP_KEY_DURATION,  /* gint64, seconds: 5m, 4h, 5d */
    APP_KEY_DURATIONS, /* GArray of gint64 seconds */
} AppKeyType;

typedef struct AppKey {
    const char *section; /* "world", "dns", "host", "scenario" */
    const char *name;
    AppKeyType type;
    gsize offset;        /* of the field in the section's struct */
    const char *value;   /* the default; NULL: none, "" or empty */
    const char *choices; /* "loopback simulated" */
    const char *help;
} AppKey;

/* Ended by a NULL name. */
const AppKey *app_keys(void);
const AppKey *app_key_find(const char *section, const char *name);
/* The key of @section nearest to a misspelt @name, or NULL. */
const char *app_key_suggest(const char *section, const char *name);

/* Reads @text into the field of @key in @record. Paths are relative to @folder.
 * FALSE: @error says what such a value looks like (no file or line: the caller adds them). */
gboolean app_key_read(const AppKey *key, const char *text, const char *folder, void *record,
                      GError **error);
/* Fills the defaults of @section into @record, and frees what they hold. */
void app_keys_init(const char *section, void *record);
void app_keys_clear(const char *section, void *record);

/* "5m" in seconds, "25M" in octets. FALSE: neither. */
gboolean app_read_duration(const char *text, gint64 *seconds);
gboolean app_read_size(const char *text, guint64 *octets);

/* The table as text for --help. */
char *app_keys_help(void);

#endif
