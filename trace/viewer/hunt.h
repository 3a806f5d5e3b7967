/* trace/viewer/hunt.h - what may take longer than a key: a search, a run to a breakpoint, a new
 * ladder, a ladder saved.
 *
 * A million events may have to be looked at. That is done in slices, one for each turn of the
 * viewer's loop (view.c), so that the screen goes on and keys are heard; Esc gives it up. The first
 * slice is done at once: in a small journal nobody notices any of this.
 */
#ifndef TRACE_VIEWER_HUNT_H
#define TRACE_VIEWER_HUNT_H

#include "trace/viewer/state.h"

/* To the next event (@direction 1) or the one before (-1) that matches view->search. */
void view_hunt_find(View *view, int direction);
/* In a recording: to the next event at which there is a breakpoint, or to the end. */
void view_hunt_break(View *view);
/* The ladder of @journey (NULL: of all) with the events that match @filter (taken over, unless it is
 * the one that holds now; NULL: all). Until it is whole, the old one stays. */
void view_hunt_ladder(View *view, const char *journey, TraceFilter *filter);
/* The ladder of all, and there to event @seq. */
void view_hunt_event(View *view, guint64 seq);

/* Writes the ladder so far as text into the new file @path. Given up, the file is removed. */
void view_hunt_save(View *view, const char *path);

/* Goes on for a slice. TRUE: there is more to do at once. */
gboolean view_hunt_turn(View *view);
/* Goes on to the end, for a program that has nobody waiting at its screen. */
void view_hunt_finish(View *view);
/* Gives up what is under way; FALSE: nothing was. */
gboolean view_hunt_cancel(View *view);

#endif
