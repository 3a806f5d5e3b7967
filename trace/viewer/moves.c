/* trace/viewer/moves.c - the actions that change the position: by event, stage, hop, problem.
 *
 * Going forward where nothing more has happened yet means, live, telling the server to go on; in a
 * recording it means letting the next event be seen.
 *
 * Start reading at view_act_next().
 * Tests: tests/test_viewer_keys.c
 */
#include "trace/viewer/moves.h"

#include "trace/viewer/draw.h"
#include "trace/viewer/keys.h"
#include "trace/words.h"

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
    /* At a journey's end the last line says so, and what one may do next. */
    if (view_end_word(view) != NULL)
        return;
    view_notice(view, "It holds at its next event. To make one: m send, r read, t next timer.");
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
    view_notice(view, "No further %s%s.", _(what),
                view->live ? _(" yet") : _(" in this recording"));
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
    view_notice(view, "No earlier %s.", _(what));
    return FALSE;
}

void
view_act_stage(View *view)
{
    view_leave_map(view);
    view_seek_forward(view, VIEW_SEEK_STAGE, N_("stage"));
}

void
view_act_stage_back(View *view)
{
    guint row;

    if (!view_seek_back(view, VIEW_SEEK_STAGE, N_("stage")))
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
    view_seek_forward(view, VIEW_SEEK_HOP, N_("hop"));
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
        if (view_track_focus(view->track, row) != view_track_focus(view->track, row - 1))
            break;
    view_go(view, row);
}

void
view_act_problem(View *view)
{
    view_leave_map(view);
    view_seek_forward(view, VIEW_SEEK_PROBLEM, N_("problem"));
}

void
view_act_problem_back(View *view)
{
    view_seek_back(view, VIEW_SEEK_PROBLEM, N_("problem"));
}
