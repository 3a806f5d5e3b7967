/* app/whatif.h - the same inputs once more, with one thing changed.
 *
 *   journal --> recorded --> unpacked --> the change --> a simulated run to its end --> its journal
 *
 * The change is one line (app/change.c has the table):
 *
 *   fault dns-timeout occurrence=first        dns south.example MX 10 mx.other.example
 *   filter mx.south.example: if ...           set mx.north.example retry = 1m
 *   message 1 Subject: Lottery                without 2
 */
#ifndef APP_WHATIF_H
#define APP_WHATIF_H

#include "app/recorded.h"
#include "app/run.h"

/* A changed world may go on for ever: it is ended after so many events, or so much of its time. */
#define APP_WHATIF_EVENTS_MAX 100000
#define APP_WHATIF_TIME_MAX_S (366 * 24 * 3600)

typedef struct AppWhatifEnd {
    guint events_max;               /* 0: APP_WHATIF_EVENTS_MAX */
    gboolean (*is_cancelled)(void); /* asked at each event; or NULL */
    guint events;                   /* how many there were */
    const char *stopped;            /* why it was ended from outside, or NULL */
} AppWhatifEnd;

/**
 * app_whatif_run:
 * @change: a line as above; NULL: nothing is changed
 * @state: an empty folder, or none yet, for databases and journal
 * @end: how far it may go, and how it ended
 *
 * FALSE and @error: the change is not understood or names what is not there, or the journal does not
 * hold what is needed (APP_ERROR_USAGE); the run could not be made.
 */
gboolean app_whatif_run(const AppRecorded *recorded, const char *change, const char *state,
                        AppWhatifEnd *end, GError **error);

/* The table of changes as text for --help. (transfer full) */
char *app_whatif_help(void);
/* The inputs of the recording, a numbered line each. (transfer full) */
char *app_whatif_inputs(const AppRecorded *recorded);

#endif
