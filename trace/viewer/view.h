/* trace/viewer/view.h - the viewer as a program: a terminal, a journal, perhaps a server.
 *
 * Both calls take over the terminal until the user leaves, the terminal is lost or SIGTERM comes,
 * and give it back as it was. They have a loop of their own; the world runs in another process.
 */
#ifndef TRACE_VIEWER_VIEW_H
#define TRACE_VIEWER_VIEW_H

#include <glib.h>

typedef struct TraceViewOptions {
    gboolean ascii;       /* - | + > instead of drawn lines; also where the locale is not UTF-8 */
    gboolean no_colour;   /* the theme mono; so does NO_COLOR in the environment */
    const char *theme;    /* "dark", "light", "mono", by the terminal's ground; NULL: dark */
    const char *sentence; /* for the first screen: what one is about to see; or NULL */
} TraceViewOptions;

/* Attaches to the world whose journal and control.sock are in @state_folder; where it no longer
 * runs, shows what it recorded. Returns the exit status: 0, or 1 with a line on standard error. */
int trace_view_live(const char *state_folder, const TraceViewOptions *options);

/* Shows a recording: one journal file, or a folder of segments. */
int trace_view_replay(const char *path, const TraceViewOptions *options);

/* The keys as lines of text, for --help. (transfer full) */
char *trace_view_keys(void);

#endif
