/* trace/viewer/link.h - the viewer's end of the control socket (trace/control.h is the server's).
 *
 *   watch   the server tells of each change: held or not, where, breakpoints, who controls
 *   steer   step, next, continue, break, clear: served while the world is held
 *   ask     send, fetch, warp, pause: answered only when the world goes on, so they have a
 *           connection of their own and hold up nothing
 */
#ifndef TRACE_VIEWER_LINK_H
#define TRACE_VIEWER_LINK_H

#include <poll.h>

#include "trace/viewer/state.h"

#define VIEW_LINK_LINES 3

typedef struct ViewLink ViewLink;

/* Connects to the socket @path and begins to watch; @follow: only that, and what the viewer that
 * controls shows (follow.h). */
ViewLink *view_link_open(const char *path, gboolean follow, GError **error);
void view_link_free(ViewLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViewLink, view_link_free)

/* Fills @fds with what to poll for. */
void view_link_poll(const ViewLink *link, struct pollfd fds[VIEW_LINK_LINES]);
/* Sends the orders that gathered in @view, takes in what the server said. FALSE: it has gone. */
gboolean view_link_serve(ViewLink *link, View *view);

#endif
