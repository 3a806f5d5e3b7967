/* trace/pages/page.h - a journal as one HTML page: the viewer for a phone, a projector, a web server.
 *
 *   journal --> model, track, panes of trace/viewer/ --> one block of JSON --+
 *                                page.html, page.css, scripts, compiled in --+--> a page
 *
 * Nothing is fetched: style, script and data lie in the page, and its Content-Security-Policy
 * forbids everything but these very two texts. What stands in the panes are the viewer's own lines,
 * made by the viewer's own functions, in the language that is spoken.
 */
#ifndef TRACE_PAGES_PAGE_H
#define TRACE_PAGES_PAGE_H

#include "trace/viewer/code.h"

/* So many events are told; a journal may have a million, and a phone must read the page. */
#define PAGE_ROWS_MAX 2000
/* The same for the octets of what stands in the panes. */
#define PAGE_OCTETS_MAX (8 * 1024 * 1024)
/* So many messages have a ladder of their own. */
#define PAGE_LADDERS_MAX 50

typedef struct PageOptions {
    const char *journey;       /* only this message, "j3"; NULL: all */
    gboolean summary;          /* only what is worth telling */
    const ViewSource *sources; /* for the pane Code; may be NULL */
} PageOptions;

/* Appends the page of the journal at @path (a file or a state folder). */
gboolean page_write(const char *path, const PageOptions *options, GString *out, GError **error);

/* The files of which a page is made: page.html, page.css, the scripts (made by embed.sh). */
extern const ViewSource page_assets[];

#endif
