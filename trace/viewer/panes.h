/* trace/viewer/panes.h - one function a pane: each fills lines with what it knows of @event.
 *
 * @event is the one under the cursor. Within trace/viewer/panes*.c only.
 */
#ifndef TRACE_VIEWER_PANES_H
#define TRACE_VIEWER_PANES_H

#include "trace/viewer/draw.h"

void view_pane_why(const View *view, ViewLines *lines, const ViewEvent *event);
void view_pane_wire(const View *view, ViewLines *lines, const ViewEvent *event);
void view_pane_changed(const View *view, ViewLines *lines, const ViewEvent *event);
void view_pane_headers(const View *view, ViewLines *lines, const ViewEvent *event);

/* The cursor's place among all events of the model. */
guint view_pane_entry(const View *view);

#endif
