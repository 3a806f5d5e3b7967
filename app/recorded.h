/* app/recorded.h - what a journal says that a simulated run can be repeated from.
 *
 * The other end of app/inputs.h: the world's text, the keys and files from the header, and every
 * command from its `input` event, with its time.
 */
#ifndef APP_RECORDED_H
#define APP_RECORDED_H

#include "app/world.h"

typedef struct AppRecordedFile {
    char *what;     /* whose it is: "dns zones", "host mx.north.example filter", "command" */
    char *name;     /* "north.zone" */
    GBytes *octets; /* NULL: left out */
    char *left_out; /* why, or NULL */
} AppRecordedFile;

typedef struct AppRecorded {
    char *journal; /* as it was named */
    char *world;   /* the world file's text */
    char *overlay; /* of the second file, or NULL */
    guint64 seed;
    GPtrArray *keys;     /* char **: section, key, value */
    GPtrArray *files;    /* AppRecordedFile */
    GPtrArray *commands; /* AppScriptLine: what went in, by time */
    guint events;
} AppRecorded;

/* @journal: a file, or a folder of segments. NULL and @error: it can't be read, or nobody could repeat
 * what it tells; APP_ERROR_USAGE says why. */
AppRecorded *app_recorded_read(const char *journal, GError **error);
void app_recorded_free(AppRecorded *recorded);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AppRecorded, app_recorded_free)

/* The file of @what called @name (NULL: any); or NULL. */
const AppRecordedFile *app_recorded_file(const AppRecorded *recorded, const char *what,
                                         const char *name);

/**
 * app_recorded_differs:
 * @again: the folder of a run that repeats it
 * @goes_on: set to whether that run tells more after the recording's last event, because the world
 *   is not yet at its end
 *
 * Returns: the number of the first event that is told otherwise there; 0: as far as the recording goes,
 * both tell the same
 */
guint64 app_recorded_differs(const AppRecorded *recorded, const char *again, gboolean *goes_on);

#endif
