/* trace/viewer/moves.c - the actions that change the position: by event, stage, hop, cause, search.
 *
 * Going forward where nothing more has happened yet means, live, telling the server to go on; in a
 * recording it means letting the next event be seen.
 *
 * Start reading at view_act_next().
 * Tests: tests/test_viewer_keys.c
 */
#include "trace/viewer/moves.h"

#include "trace/viewer/keys.h"

/* ---- moving ---- */

gboolean
view_no_rows(const View *view)
{
    return view_track_count(view->track) == 0;
}

void
view_leave_map(View *view)
{
    view->page = VIEW_NO_PAGE;
    view->welcome = FALSE;
}

/* Live, at the newest event: the server is told to go on, or to hold. */
static void
view_tell(View *view, ViewSeek seek)
{
    if (view->held) {
        view_seek(view, seek);
        return;
    }
    view_order(view, FALSE, "pause");
    view_notice(view, "The world runs, nothing is held. It will be held at its next event: "
                      "m sends a message, t jumps the clock.");
}

/* Whether moving on from here is the server's business. */
static gboolean
view_is_at_server(const View *view)
{
    return view->live && (view_no_rows(view) || view->cursor >= view->stand);
}

static guint
view_told_row(const View *view, guint row, int direction)
{
    guint last = view->live ? view->stand : view_last(view);

    while (direction > 0 ? row < last : row > 0) {
        row += direction;
        if (view_track_entry(view->track, row)->worth)
            break;
    }
    return row;
}

void
view_act_next(View *view)
{
    view_leave_map(view);
    if (view_is_at_server(view))
        view_tell(view, VIEW_SEEK_WORTH);
    else if (!view_no_rows(view))
        view_go(view, view_told_row(view, view->cursor, 1));
}

void
view_act_step(View *view)
{
    view_leave_map(view);
    if (view_is_at_server(view))
        view_tell(view, VIEW_SEEK_ROW);
    else if (!view_no_rows(view))
        view_go(view, view->cursor + 1);
}

/* To where `u` came from, if it did; else to the thing told before. */
void
view_act_back(View *view)
{
    guint row;

    view_leave_map(view);
    if (view_no_rows(view))
        return;
    row = view_told_row(view, view->cursor, -1);
    if (view->trail->len > 0) {
        row = g_array_index(view->trail, guint, view->trail->len - 1);
        g_array_set_size(view->trail, view->trail->len - 1);
    }
    view_go(view, row);
}

void
view_act_step_back(View *view)
{
    view_leave_map(view);
    if (!view_no_rows(view) && view->cursor > 0)
        view_go(view, view->cursor - 1);
}

void
view_act_first(View *view)
{
    if (!view_no_rows(view))
        view_go(view, 0);
}

void
view_act_last(View *view)
{
    view_leave_map(view);
    if (!view_no_rows(view))
        view_go(view, view_last(view));
}

void
view_act_up(View *view)
{
    if (view->zoom)
        view->pane_top--;
    else
        view_act_step_back(view);
}

/* Unlike `s` this never tells the server anything. */
void
view_act_down(View *view)
{
    if (view->zoom)
        view->pane_top++;
    else if (!view_no_rows(view))
        view_go(view, MIN(view->cursor + 1, view->live ? view->stand : view_last(view)));
}

/* ---- by stage, hop, problem ---- */

static void
view_seek_forward(View *view, ViewSeek seek, const char *what)
{
    guint last = view->live ? view->stand : view_last(view);

    if (view_no_rows(view))
        return;
    for (guint row = view->cursor + 1; row <= last; row++) {
        if (view_row_is(view, seek, view->cursor, row)) {
            view_go(view, row);
            return;
        }
    }
    if (view->live && view->held) {
        view_seek(view, seek);
        return;
    }
    view_notice(view, "No further %s%s.", what, view->live ? " yet" : " in this recording");
}

/* To the nearest row before that is @seek; FALSE: there is none. */
static gboolean
view_seek_back(View *view, ViewSeek seek, const char *what)
{
    for (guint row = view->cursor; !view_no_rows(view) && row > 0; row--) {
        if (view_row_is(view, seek, view->cursor, row - 1)) {
            view_go(view, row - 1);
            return TRUE;
        }
    }
    view_notice(view, "No earlier %s.", what);
    return FALSE;
}

void
view_act_stage(View *view)
{
    view_leave_map(view);
    view_seek_forward(view, VIEW_SEEK_STAGE, "stage");
}

void
view_act_stage_back(View *view)
{
    guint row;

    if (!view_seek_back(view, VIEW_SEEK_STAGE, "stage"))
        return;
    /* That is where the stage before ended; one wants to see how it began. */
    for (row = view->cursor; row > 0; row--)
        if (view_track_stage(view->track, row - 1) != view_current(view)->stage)
            break;
    view_go(view, row);
}

void
view_act_hop(View *view)
{
    view_leave_map(view);
    view_seek_forward(view, VIEW_SEEK_HOP, "hop");
}

void
view_act_hop_back(View *view)
{
    guint row = view->cursor;

    if (view_no_rows(view) || row == 0) {
        view_notice(view, "No earlier hop.");
        return;
    }
    /* To the begin of this visit; from there to that of the visit before. */
    for (row--; row > 0; row--)
        if (view_track_row(view->track, row)->focus != view_track_row(view->track, row - 1)->focus)
            break;
    view_go(view, row);
}

void
view_act_problem(View *view)
{
    view_leave_map(view);
    view_seek_forward(view, VIEW_SEEK_PROBLEM, "problem");
}

void
view_act_problem_back(View *view)
{
    view_seek_back(view, VIEW_SEEK_PROBLEM, "problem");
}

/* ---- running ---- */

static gboolean
view_matches(const View *view, const TraceFilter *filter, guint row)
{
    g_autoptr(ViewEvent) event =
        view_model_load(view->model, view_track_row(view->track, row)->entry);

    return event != NULL && trace_filter_matches(filter, event->event);
}

static gboolean
view_is_break(const View *view, guint row)
{
    for (guint i = 0; i < view->breaks->len; i++)
        if (view_matches(view, g_ptr_array_index(view->breaks, i), row))
            return TRUE;
    return FALSE;
}

void
view_act_continue(View *view)
{
    guint row;

    view_leave_map(view);
    if (view->live) {
        view_order(view, TRUE, "continue");
        view->follow = TRUE;
        view->cursor = view->stand;
        return;
    }
    if (view_no_rows(view))
        return;
    for (row = view->cursor + 1; row < view_last(view); row++)
        if (view_is_break(view, row))
            break;
    view_go(view, row);
}

void
view_act_timer(View *view)
{
    view_leave_map(view);
    if (view->live) {
        view_order(view, FALSE, "warp");
        view_notice(view, view->held ? "The clock jumps once the world goes on and all is quiet: c"
                                     : "The clock jumps to the next timer.");
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
    view_notice(view, "%u breakpoint%s removed.", view->breaks->len,
                view->breaks->len == 1 ? "" : "s");
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

static void
view_find(View *view, int direction)
{
    guint last = view->live ? view->stand : view_last(view);
    guint row = view->cursor;

    if (view_no_rows(view) || view->search == NULL)
        return;
    view_leave_map(view);
    while (direction > 0 ? row < last : row > 0) {
        row += direction;
        if (view_matches(view, view->search, row)) {
            view_go(view, row);
            return;
        }
    }
    view_notice(view, "Not found %s: %s", direction > 0 ? "below" : "above",
                trace_filter_text(view->search));
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
