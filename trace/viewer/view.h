/* trace/viewer/view.h - the viewer as a program: a terminal, a journal, perhaps a server.
 *
 * Both calls take over the terminal until the user leaves, the terminal is lost or SIGTERM comes,
 * and give it back as it was. They have a loop of their own; the world runs in another process.
 * In plain mode (plain.h) they need no terminal: standard input is read to its end, line by line.
 */
#ifndef TRACE_VIEWER_VIEW_H
#define TRACE_VIEWER_VIEW_H

#include <glib.h>

typedef struct TraceViewOptions {
    gboolean ascii;       /* - | + > instead of drawn lines; also where the locale is not UTF-8 */
    gboolean no_colour;   /* the theme mono; so does NO_COLOR in the environment */
    const char *theme;    /* "dark", "light", "mono", by the terminal's ground; NULL: dark */
    const char *sentence; /* for the first screen: what one is about to see; or NULL */
    gboolean fleeting;  /* the journal is removed in the end, and with it what is kept beside it */
    gboolean follow;    /* a running world: mirrors the viewer that controls it */
    gboolean plain;     /* a line an event, a line a key; the above but the sentence mean nothing */
    const char *whatif; /* opens with this change's page, as :whatif does; or NULL */
    guint64 at;         /* the event to begin at, as :SEQ goes there; 0: the first screen */
    /* Adds what a reply code, a stage or the file of a message means to @page, or returns FALSE with
     * @problem (newly allocated). NULL: the viewer explains nothing. */
    gboolean (*explain)(const char *what, GString *page, char **problem);
} TraceViewOptions;

/* Attaches to the world whose journal and control.sock are in @state_folder; where it no longer
 * runs, shows what it recorded. Returns the exit status: 0, or with a line on standard error 1, or 2
 * where the options or the terminal don't do. */
int trace_view_live(const char *state_folder, const TraceViewOptions *options);

/* Shows a recording: one journal file, or a folder of segments. */
int trace_view_replay(const char *path, const TraceViewOptions *options);

/* The keys as lines of text, for --help. (transfer full) */
char *trace_view_keys(void);

#endif
