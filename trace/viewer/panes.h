/* trace/viewer/panes.h - one function a pane: each fills lines with what it knows of @event.
 *
 * @event is the one under the cursor. For trace/viewer/panes*.c, and for the pages (trace/pages/).
 */
#ifndef TRACE_VIEWER_PANES_H
#define TRACE_VIEWER_PANES_H

#include "trace/viewer/draw.h"

void view_pane_why(const View *view, ViewLines *lines, const ViewEvent *event);
void view_pane_wire(const View *view, ViewLines *lines, const ViewEvent *event);
void view_pane_changed(const View *view, ViewLines *lines, const ViewEvent *event);
void view_pane_headers(const View *view, ViewLines *lines, const ViewEvent *event);

/* All lines of a pane at the cursor. NULL: there is no event to tell of. @event becomes the one under
 * the cursor, to be freed; NULL: it is gone from the journal. */
ViewLines *view_pane_lines(const View *view, ViewPane pane, int width, ViewEvent **event);

/* The cursor's place among all events of the model. */
guint view_pane_entry(const View *view);

#endif
