/* trace/viewer/state.c - the position in the journal, and what follows from it (see state.h).
 *
 * Start reading at view_update(): it is called after each look at the journal or at the server.
 * Tests: tests/test_viewer_keys.c, tests/test_viewer_live.c
 */
#include "trace/viewer/state.h"

#include "trace/viewer/ask.h"
#include "trace/viewer/fold.h"
#include "trace/viewer/follow.h"
#include "trace/viewer/hunt.h"
#include "trace/viewer/keep.h"
#include "trace/viewer/lists.h"
#include "trace/viewer/send.h"
#include "trace/viewer/whatif_page.h"
#include "trace/words.h"

/* As far back as is looked for what a session said before its QUIT. */
#define VIEW_FAREWELL_BACK 4000

static const char *const mode_names[] = { N_("LIVE"), N_("STEP"), N_("PAST"), N_("REPLAY") };

static void
view_mark_free(gpointer data)
{
    ViewMark *mark = data;

    g_free(mark->note);
    g_free(mark);
}

View *
view_new(ViewModel *model)
{
    View *view = g_new0(View, 1);

    view->model = model;
    view->track = view_track_new(model, NULL);
    view->trail = g_array_new(FALSE, FALSE, sizeof(guint));
    view->folds = view_folds_new();
    view->breaks = g_ptr_array_new_with_free_func((GDestroyNotify)trace_filter_free);
    view->break_numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    view->fault_points = g_ptr_array_new_with_free_func(view_fault_point_free);
    view->armed = g_ptr_array_new_with_free_func(g_free);
    view->send = view_send_new();
    view->predict = view_predict_state_new();
    view->watching = view_follow_new();
    view->marks = g_ptr_array_new_with_free_func(view_mark_free);
    view->typed = g_string_new(NULL);
    view->columns = 80;
    view->page = VIEW_MAP;
    view->welcome = TRUE;
    view->follow = TRUE;
    g_queue_init(&view->orders);
    return view;
}

void
view_order_free(ViewOrder *order)
{
    g_free(order->command);
    g_free(order);
}

void
view_free(View *view)
{
    if (view == NULL)
        return;
    g_queue_clear_full(&view->orders, (GDestroyNotify)view_order_free);
    view_hunt_cancel(view);
    view_track_free(view->track);
    trace_filter_free(view->search);
    trace_filter_free(view->filter);
    g_array_unref(view->trail);
    g_ptr_array_unref(view->folds);
    g_ptr_array_unref(view->breaks);
    g_array_unref(view->break_numbers);
    g_string_free(view->typed, TRUE);
    g_ptr_array_unref(view->fault_points);
    g_ptr_array_unref(view->armed);
    view_send_free(view->send);
    view_predict_state_free(view->predict);
    view_follow_free(view->watching);
    g_ptr_array_unref(view->marks);
    g_free(view->beside);
    g_free(view->help_search);
    g_free(view->sheet);
    g_free(view->sheet_from);
    g_free(view->whatif);
    view_whatif_free(view->both);
    g_free(view->copied);
    g_free(view->sentence);
    g_free(view->notice);
    g_free(view);
}

ViewMode
view_mode(const View *view)
{
    if (!view->live)
        return VIEW_REPLAY;
    if (view->cursor < view->stand)
        return VIEW_PAST;
    return view->held ? VIEW_STEP : VIEW_LIVE;
}

const char *
view_mode_name(ViewMode mode)
{
    return _(mode_names[mode]);
}

guint
view_last(const View *view)
{
    guint rows = view_track_count(view->track);

    return rows == 0 ? 0 : rows - 1;
}

const ViewEntry *
view_current(const View *view)
{
    return view_track_count(view->track) == 0 ? NULL : view_track_entry(view->track, view->cursor);
}

const ViewMessage *
view_message(const View *view)
{
    const ViewEntry *entry = view_current(view);
    const char *journey = view_track_journey(view->track);

    if (journey == NULL && entry != NULL)
        journey = entry->journey;
    return view_model_message_of(view->model, journey);
}

gboolean
view_is_at_end(const View *view)
{
    return view_track_count(view->track) > 0 && view->cursor == view_last(view) && !view->held;
}

void
view_go(View *view, guint row)
{
    guint last = view->live ? view->stand : view_last(view);

    view->cursor = MIN(row, last);
    if (view->cursor > view->stand)
        view->cursor = view_ask_row(view, view->stand, view->cursor);
    view->stand = MAX(view->stand, view->cursor);
    if (view->stand < view_track_count(view->track))
        view->reached = MAX(view->reached, view_track_row(view->track, view->stand)->entry);
    view->follow = view->live && view->cursor == view->stand;
    view->pane_top = 0;
}

gboolean
view_is_farewell(const View *view, guint index)
{
    const ViewEntry *entry = view_model_entry(view->model, index);
    guint first = index > VIEW_FAREWELL_BACK ? index - VIEW_FAREWELL_BACK : 0;

    if (entry->stage != STAGE_CONNECT)
        return FALSE;
    while (index > first) {
        const ViewEntry *before = view_model_entry(view->model, --index);

        if (before->session == entry->session && before->stage > STAGE_CONNECT)
            return TRUE;
    }
    return FALSE;
}

gboolean
view_row_is(const View *view, ViewSeek seek, guint from, guint row)
{
    const ViewEntry *entry = view_track_entry(view->track, row);

    switch (seek) {
    case VIEW_SEEK_ROW: return TRUE;
    case VIEW_SEEK_WORTH: return entry->worth;
    case VIEW_SEEK_STAGE:
        return view_track_stage(view->track, row) != STAGE_NONE &&
               (entry->stage != view_track_stage(view->track, from) ||
                view_track_focus(view->track, row) != view_track_focus(view->track, from)) &&
               !view_is_farewell(view, view_track_row(view->track, row)->entry);
    case VIEW_SEEK_HOP:
        return view_track_before(view->track, row) != NULL && row > 0 &&
               view_track_focus(view->track, row) != view_track_focus(view->track, from) &&
               !view_is_farewell(view, view_track_row(view->track, row)->entry);
    case VIEW_SEEK_PROBLEM: return view_entry_is_problem(entry);
    case VIEW_SEEK_TIMER:
        return entry->kind == TRACE_TIMER ||
               entry->time_us - view_track_entry(view->track, from)->time_us >= G_USEC_PER_SEC;
    case VIEW_SEEK_NOTHING: break;
    }
    return FALSE;
}

/* Whether everything up to where the world is held has been read. */
static gboolean
view_has_caught_up(const View *view)
{
    guint count = view_model_count(view->model);

    return count > 0 && view_model_entry(view->model, count - 1)->seq >= view->held_at;
}

/* Is what we seek among the new rows? If not, and the world is held, it is told to go on, once
 * for each place where it is held. */
static void
view_go_on_seeking(View *view)
{
    for (; view->seek != VIEW_SEEK_NOTHING && view->seek_seen < view_track_count(view->track);
         view->seek_seen++)
        if (view_row_is(view, view->seek, view->seek_from, view->seek_seen))
            view->seek = VIEW_SEEK_NOTHING;
    if (view->seek == VIEW_SEEK_NOTHING || !view->held || view->held_at == view->seek_told ||
        !view_has_caught_up(view))
        return;
    view->seek_told = view->held_at;
    view_order(view, TRUE, view->seek == VIEW_SEEK_WORTH ? "next" : "step");
}

void
view_seek(View *view, ViewSeek seek)
{
    view->seek = seek;
    view->seek_from = view->cursor;
    view->seek_seen = view_track_count(view->track);
    view->seek_told = 0;
    view->follow = TRUE;
    view->cursor = view->stand;
    view_go_on_seeking(view);
}

void
view_update(View *view)
{
    guint old = view->stand;
    gboolean grown;

    view_track_update(view->track);
    if (!view->live)
        return;
    view->stand = view_ask_row(view, old, view_last(view));
    view->reached = view->stand < view_last(view) ? view_track_row(view->track, view->stand)->entry
                                                  : MAX(1, view_model_count(view->model)) - 1;
    grown = view->stand != old;
    for (; old < view->stand; old++) {
        view->grown_us = view->now_us;
        /* Something was said: whoever waits has heard from us, and begins to wait again. */
        if (view_track_entry(view->track, old + 1)->kind == TRACE_WIRE)
            view->waits_since_us = view->now_us;
    }
    view->cursor = view->follow ? view->stand : MIN(view->cursor, view->stand);
    if (grown && view->follow)
        view->pane_top = 0;
    view_go_on_seeking(view);
    view_ask_go_on(view);
}

void
view_show(View *view, ViewTrack *track)
{
    guint index = view->reached;

    if (view_track_count(view->track) > 0)
        index = view_track_row(view->track, view->cursor)->entry;
    view_track_free(view->track);
    view->track = track;
    view->cursor = view->stand = 0;
    view_ask_forget(view);
    g_array_set_size(view->trail, 0);
    for (guint row = 0; row < view_track_count(view->track); row++) {
        guint entry = view_track_row(view->track, row)->entry;

        view->cursor = entry <= index ? row : view->cursor;
        if (entry <= view->reached || (view->live && !view->predict->on))
            view->stand = row;
    }
    view_go(view, view->cursor);
}

void
view_choose(View *view, const char *journey)
{
    view_hunt_ladder(view, journey, view->filter);
}

void
view_choose_filter(View *view, TraceFilter *filter)
{
    g_autofree char *journey = g_strdup(view_track_journey(view->track));

    view_hunt_ladder(view, journey, filter);
}

void
view_notice(View *view, const char *format, ...)
{
    va_list arguments;

    g_free(view->notice);
    va_start(arguments, format);
    view->notice = g_strdup_vprintf(_(format), arguments);
    va_end(arguments);
}

void
view_order(View *view, gboolean steer, const char *format, ...)
{
    ViewOrder *order = g_new0(ViewOrder, 1);
    va_list arguments;

    va_start(arguments, format);
    order->command = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    order->steer = steer;
    g_queue_push_tail(&view->orders, order);
}
