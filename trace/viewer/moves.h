/* trace/viewer/moves.h - the actions that change the position; the table in keys.c names them.
 *
 * Each is one key: what it does is said there, once, in the words that help shows.
 */
#ifndef TRACE_VIEWER_MOVES_H
#define TRACE_VIEWER_MOVES_H

#include "trace/viewer/state.h"

/* Whether the ladder is empty: then no move means anything. */
gboolean view_no_rows(const View *view);
/* From the map, the first screen too, to the ladder. */
void view_leave_map(View *view);

void view_act_next(View *view);
void view_act_step(View *view);
void view_act_back(View *view);
void view_act_step_back(View *view);
void view_act_first(View *view);
void view_act_last(View *view);
void view_act_up(View *view);
void view_act_down(View *view);
void view_act_stage(View *view);
void view_act_stage_back(View *view);
void view_act_hop(View *view);
void view_act_hop_back(View *view);
void view_act_problem(View *view);
void view_act_problem_back(View *view);
/* runs.c */
void view_act_autoplay(View *view);
/* Goes on by itself, if it is time to. */
void view_autoplay_turn(View *view);
/* Milliseconds until then; -1: it does not play. */
int view_autoplay_wait_ms(const View *view);
void view_act_continue(View *view);
void view_act_timer(View *view);
void view_act_break(View *view);
void view_act_clear(View *view);
void view_act_cause(View *view);
void view_act_search(View *view);
void view_act_filter(View *view);
void view_act_find_next(View *view);
void view_act_find_back(View *view);

#endif
