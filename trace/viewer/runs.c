/* trace/viewer/runs.c - the actions that go far: to a breakpoint, a timer, the cause, what is sought.
 *
 * Start reading at view_act_continue().
 * Tests: tests/test_viewer_keys.c, tests/test_viewer_live.c
 */
#include "trace/viewer/moves.h"

#include "trace/viewer/ask.h"
#include "trace/viewer/hunt.h"
#include "trace/viewer/keys.h"
#include "trace/words.h"

/* ---- running ---- */

/* Real time between two things told. */
#define VIEW_PLAY_US (2 * G_USEC_PER_SEC)

static void
view_autoplay_later(View *view)
{
    view->play_us = view->now_us + (gint64)(VIEW_PLAY_US / (view->pace > 0 ? view->pace : 1));
}

void
view_act_autoplay(View *view)
{
    view_leave_map(view);
    view->autoplay = TRUE;
    view_autoplay_later(view);
    view_notice(view, "It goes on by itself. Any key stops it.");
}

int
view_autoplay_wait_ms(const View *view)
{
    if (!view->autoplay)
        return -1;
    return CLAMP((view->play_us - view->now_us) / 1000, 0, G_MAXINT);
}

void
view_autoplay_turn(View *view)
{
    gboolean at_end = !view->live && view->cursor == view_last(view);

    /* While the server looks for the next thing to tell, there is nothing to press. */
    if (!view->autoplay || view->now_us < view->play_us || view_is_asked(view) ||
        view->seek != VIEW_SEEK_NOTHING)
        return;
    view_autoplay_later(view);
    view_ask_forget_told(view);
    if (at_end) {
        view->autoplay = FALSE;
        g_clear_pointer(&view->notice, g_free);
    } else if (!view->live || view->held || view->cursor < view->stand) {
        view_act_next(view);
    }
}

void
view_act_continue(View *view)
{
    view_leave_map(view);
    if (view->live) {
        view_order(view, TRUE, "continue");
        view->follow = TRUE;
        view->cursor = view->stand;
        return;
    }
    if (!view_no_rows(view))
        view_hunt_break(view);
}

void
view_act_timer(View *view)
{
    view_leave_map(view);
    if (view->live) {
        view_order(view, FALSE, "warp");
        view_notice(view, "The clock jumps to the next timer.");
        /* It can jump only when the world goes on: let it, until a timer has rung. */
        if (view->held)
            view_seek(view, VIEW_SEEK_TIMER);
        return;
    }
    for (guint row = view->cursor + 1; !view_no_rows(view) && row <= view_last(view); row++) {
        if (view_track_entry(view->track, row)->kind == TRACE_TIMER) {
            view_go(view, row);
            return;
        }
    }
    view_notice(view, "No further timer in this recording.");
}

void
view_act_break(View *view)
{
    view_prompt_open(view, VIEW_ASK_BREAK, "stage=");
}

void
view_act_clear(View *view)
{
    for (guint i = 0; view->live && i < view->break_numbers->len; i++)
        view_order(view, TRUE, "clear %u", g_array_index(view->break_numbers, guint, i));
    view_notice(view,
                ngettext("%u breakpoint removed.", "%u breakpoints removed.", view->breaks->len),
                view->breaks->len);
    g_ptr_array_set_size(view->breaks, 0);
    g_array_set_size(view->break_numbers, 0);
}

/* ---- cause, search ---- */

void
view_act_cause(View *view)
{
    const ViewEntry *entry = view_current(view);
    guint from = view->cursor;
    guint row;

    if (entry == NULL || entry->cause == 0) {
        view_notice(view, "It begins here: there is no cause before.");
    } else if (entry->cause < view_model_entry(view->model, 0)->seq) {
        view_notice(view,
                    "The cause, event %" G_GUINT64_FORMAT
                    ", is gone: the oldest parts of the journal are dropped.",
                    entry->cause);
    } else if (!view_track_find(view->track, entry->cause, &row)) {
        view_notice(view, "The cause, event %" G_GUINT64_FORMAT ", is not on this ladder.",
                    entry->cause);
    } else {
        g_array_append_val(view->trail, from);
        view_go(view, row);
        view_notice(view, "The cause. Backspace: back to where you were.");
    }
}

void
view_act_search(View *view)
{
    view_prompt_open(view, VIEW_ASK_SEARCH, "");
}

void
view_act_filter(View *view)
{
    view_prompt_open(view, VIEW_ASK_FILTER, trace_filter_text(view->filter));
}

static void
view_find(View *view, int direction)
{
    if (view_no_rows(view) || view->search == NULL)
        return;
    view_leave_map(view);
    view_hunt_find(view, direction);
}

void
view_act_find_next(View *view)
{
    view_find(view, 1);
}

void
view_act_find_back(View *view)
{
    view_find(view, -1);
}
