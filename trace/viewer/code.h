/* trace/viewer/code.h - the sources of this very program, compiled into it.
 *
 * So the Code pane shows what ran, wherever the program is started. trace/viewer/embed.sh makes
 * the table view_sources from the list of files; tests bring a table of their own.
 */
#ifndef TRACE_VIEWER_CODE_H
#define TRACE_VIEWER_CODE_H

#include <glib.h>

typedef struct ViewSource {
    const char *path; /* "smtp/route.c"; NULL ends the table */
    const char *text;
} ViewSource;

extern const ViewSource view_sources[];
/* What this program has instead of some of those (own.c); empty in ours. */
extern const ViewSource view_own_sources[];

/* Where an event was made: "smtp/route.c:58:smtp_route_decide" taken apart. */
typedef struct ViewPlace {
    char *path;
    guint line; /* from 1; 0: not said */
    char *function;
} ViewPlace;

/* NULL for NULL and for texts of another form. */
ViewPlace *view_place_parse(const char *at);
void view_place_free(ViewPlace *place);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViewPlace, view_place_free)

/* The text of @path, NULL where the table (which may be NULL) does not have it. */
const char *view_source_find(const ViewSource *sources, const char *path);
/* The text of @path in the program that wrote a journal's @header, where it said that it had its own;
 * else NULL. Newly allocated. */
char *view_source_told(const char *header, const char *path);
/* Where line @number of @text begins; NULL past the end. */
const char *view_source_from(const char *text, guint number);
/* That line, its newline not included; NULL past the end. */
char *view_source_line(const char *text, guint number);

/* The title of "RFC 5321 §3.6", from rfc_titles.c; NULL where we do not have it. */
const char *view_rfc_title(const char *section);

#endif
