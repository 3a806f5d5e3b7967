/* trace/viewer/whatif_page.h - :whatif in the viewer: both runs side by side, and each to walk in.
 *
 *   the recording --:whatif, W--> both runs, a cursor on their rows
 *        ^                          |  as it was: Enter goes to that event of the recording
 *        +---------- Esc ----------+|  what if:   Enter opens that run at that event;
 *                                    `----------> Esc or W comes back
 *
 * Both runs lie as journals in a temporary folder as long as the viewer has them: until the next
 * :whatif, or its end. A run that is walked in is a viewer's state of its own, which takes keys and
 * screen until it is left.
 */
#ifndef TRACE_VIEWER_WHATIF_PAGE_H
#define TRACE_VIEWER_WHATIF_PAGE_H

#include "trace/fleeting.h"
#include "trace/viewer/draw.h"

typedef struct ViewWhatif ViewWhatif;

/* Removes both runs. */
void view_whatif_free(ViewWhatif *both);

/* Shows the runs @folder/before and @folder/after. Takes the folder, which goes with them. @note: a
 * sentence for the top, or "". FALSE: one of them can't be read, and it is said why. */
gboolean view_whatif_open(View *view, TraceFleeting *folder, const char *change, const char *note);

/* VIEW_WHATIF, the page. */
void view_whatif_settle(View *view, int width, int height);
void view_draw_whatif(const View *view, ViewScreen *screen, ViewBox box);
gboolean view_press_whatif(View *view, guint key);
/* What Enter would do, for the last line but one. (transfer full) */
char *view_whatif_hint(const View *view);

/* W: to the page again. */
void view_act_whatif(View *view);
const char *view_why_not_whatif(const View *view);

/* --- whatif_walk.c --- */

/* The state that has screen and keys: that of the run that is walked in, else @view itself. */
View *view_seen(View *view);
/* Opens run @side (0: as it was, 1: what if) at the model's entry. */
void view_walk_open(View *view, guint side, guint entry);
/* The event under the cursor of the run as it was, in the recording; where that does not have it, the
 * run as it was is opened. */
void view_walk_home(View *view, guint entry);
/* One key for the run that is walked in. */
void view_walk_press(View *view, guint key);
/* Lets it play and search. TRUE: there is more to do at once. */
gboolean view_walk_turn(View *view);
/* "WHAT-IF" or "AS IT WAS" where @view is a run that is walked in, else NULL. */
const char *view_walk_title(const View *view);
/* What this run is, and the way back, for the last line but one. */
const char *view_walk_hint(const View *view);

#endif
