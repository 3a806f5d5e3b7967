/* trace/viewer/lists.h - the pages that lie over the ladder and take the arrows for themselves.
 *
 *   help.c      the keys and words, with a search of its own
 *   pages.c     the messages: their stories, and whose ladder to see
 *   sessions.c  the sessions: who waits for what, at the cursor
 *   faults.c    the fault menu: what shall go wrong, where, how often
 *
 * Each has a function that draws it and one that takes a key; that returns FALSE for a key that
 * means the same as everywhere.
 */
#ifndef TRACE_VIEWER_LISTS_H
#define TRACE_VIEWER_LISTS_H

#include "trace/viewer/draw.h"

/* -1 for Up and k, 1 for Down and j, else 0. */
int view_list_move(guint key);

void view_draw_help(const View *view, ViewScreen *screen, ViewBox box);
gboolean view_press_help(View *view, guint key);
/* Goes to the first place of the help where @word is. */
void view_help_search(View *view, const char *word);

/* The list of messages, opened at the one under the cursor. */
void view_open_messages(View *view);
gboolean view_press_messages(View *view, guint key);

void view_draw_sessions(const View *view, ViewScreen *screen, ViewBox box);
gboolean view_press_sessions(View *view, guint key);

void view_act_faults(View *view);
void view_draw_faults(const View *view, ViewScreen *screen, ViewBox box);
gboolean view_press_faults(View *view, guint key);
/* Takes in the points and the armed faults of what the server answers to `faults` and `fault`. */
void view_faults_take(View *view, JsonObject *answer);
void view_fault_point_free(gpointer point);

#endif
