/* trace/viewer/track.c - chooses the rows of the ladder and the host each is seen from.
 *
 *   north: HOST ---MAIL---> REMOTE          the outgoing host, in focus
 *   ---- the message goes on: mx.north.example > mx.south.example ----
 *   south: CLIENT ---RCPT---> HOST          the next one; CLIENT is north now
 *
 * Start reading at view_track_place(): it decides focus and lanes of one event.
 * Tests: tests/test_viewer_track.c
 */
#include "trace/viewer/track.h"

struct ViewTrack {
    const ViewModel *model;
    const char *journey;
    const TraceFilter *filter; /* NULL: all */
    GArray *rows;              /* ViewRow */
    ViewTally *tally;
    guint taken;    /* entries of the model looked at */
    guint sessions; /* sessions of the journey that were known then */
    const char *focus;
    /* The hop under way: one host calls the other. NULL where it is not known (yet). */
    const char *caller, *callee;
    const char *call; /* the caller's session */
};

ViewTrack *
view_track_new(const ViewModel *model, const char *journey)
{
    return view_track_new_filtered(model, journey, NULL);
}

ViewTrack *
view_track_new_filtered(const ViewModel *model, const char *journey, const TraceFilter *filter)
{
    ViewTrack *track = g_new0(ViewTrack, 1);
    const ViewMessage *message = view_model_message_of(model, journey);

    track->model = model;
    track->filter = filter;
    track->journey = message == NULL ? NULL : message->journey;
    track->rows = g_array_new(FALSE, FALSE, sizeof(ViewRow));
    track->tally = view_tally_new();
    view_track_update(track);
    return track;
}

void
view_track_free(ViewTrack *track)
{
    if (track == NULL)
        return;
    g_array_unref(track->rows);
    view_tally_free(track->tally);
    g_free(track);
}

/* Whether @entry is the far end of octets that are shown already. */
static gboolean
view_track_is_far_end(const ViewTrack *track, const ViewEntry *entry)
{
    guint index;

    return entry->twin != 0 && entry->twin < entry->seq &&
           view_model_find(track->model, entry->twin, &index);
}

static gboolean
view_track_wants(const ViewTrack *track, const ViewEntry *entry)
{
    const ViewMessage *message = view_model_message_of(track->model, track->journey);

    if (view_track_is_far_end(track, entry))
        return FALSE;
    if (message == NULL || entry->journey == message->journey)
        return TRUE;
    return entry->journey == NULL && entry->session != NULL &&
           g_hash_table_contains(message->sessions, entry->session);
}

/* Lanes of the caller as the one it called sees them: it is the CLIENT. VIEW_LANES: what it does
 * there (its database, its DNS) can't be seen from here. */
static ViewLane
view_track_from_callee(ViewLane lane)
{
    if (lane == VIEW_HOST)
        return VIEW_CLIENT;
    return lane == VIEW_REMOTE ? VIEW_HOST : VIEW_LANES;
}

/* Likewise the lanes of the one that was called, while the caller is still in focus. */
static ViewLane
view_track_from_caller(ViewLane lane)
{
    if (lane == VIEW_HOST)
        return VIEW_REMOTE;
    return lane == VIEW_CLIENT ? VIEW_HOST : VIEW_LANES;
}

gboolean
view_entry_is_aside(const ViewEntry *entry)
{
    return entry->host == NULL || (entry->session == NULL && entry->journey == NULL);
}

/* A call begins with the first arrow to REMOTE of its session. */
static void
view_track_note_call(ViewTrack *track, const ViewEntry *entry)
{
    if (entry->to != VIEW_REMOTE || entry->session == track->call)
        return;
    track->caller = entry->host;
    track->call = entry->session;
    track->callee = NULL;
}

/* Sees an event of another host from the one in focus. FALSE: it can't be seen from there. */
static gboolean
view_track_see(ViewTrack *track, ViewRow *row, const ViewEntry *entry, gboolean note)
{
    if (entry->host == track->caller && track->focus == track->callee) {
        row->from = view_track_from_callee(row->from);
        row->to = view_track_from_callee(row->to);
    } else if (track->focus == track->caller && track->caller != NULL) {
        if (track->callee == NULL && entry->stage < STAGE_PICKUP)
            track->callee = entry->host;
        if (note || entry->host != track->callee)
            return FALSE;
        row->from = view_track_from_caller(row->from);
        row->to = view_track_from_caller(row->to);
    } else {
        return FALSE;
    }
    return row->from < VIEW_LANES && row->to < VIEW_LANES;
}

static void
view_track_place(ViewTrack *track, ViewRow *row, const ViewEntry *entry)
{
    gboolean note = entry->from == VIEW_LANES;
    ViewLane from = note ? VIEW_HOST : entry->from;
    ViewLane to = note ? VIEW_HOST : entry->to;

    row->from = from;
    row->to = to;
    if ((entry->host == NULL || entry->host != track->focus) && view_entry_is_aside(entry)) {
        row->from = row->to = VIEW_CLIENT; /* a note at the edge */
        return;
    }
    if (entry->host != track->focus && !view_track_see(track, row, entry, note)) {
        row->from = from;
        row->to = to;
        row->before = track->focus;
        track->focus = entry->host;
    }
    view_track_note_call(track, entry);
}

static gboolean
view_track_matches(const ViewTrack *track, guint index)
{
    g_autoptr(ViewEvent) event = view_model_load(track->model, index);

    return event != NULL && trace_filter_matches(track->filter, event->event);
}

/* What the filter leaves out moves the focus all the same; the rule that tells of it comes with the
 * next row that is shown. */
static void
view_track_add_filtered(ViewTrack *track, ViewRow *row)
{
    const ViewRow *last =
        track->rows->len == 0 ? NULL : &g_array_index(track->rows, ViewRow, track->rows->len - 1);

    if (!view_track_matches(track, row->entry))
        return;
    row->before = last == NULL || last->focus == row->focus ? NULL : last->focus;
    g_array_append_val(track->rows, *row);
}

/* The first look at a row is also the last but for drawing: what is asked of many rows is counted. */
static void
view_track_count_row(ViewTrack *track)
{
    guint number = track->rows->len - 1;
    const ViewRow *row = &g_array_index(track->rows, ViewRow, number);

    view_tally_add(track->tally, number, row, view_model_entry(track->model, row->entry));
}

static void
view_track_take(ViewTrack *track, guint index)
{
    const ViewEntry *entry = view_model_entry(track->model, index);
    ViewRow row = { .entry = index };
    guint before = track->rows->len;

    if (!view_track_wants(track, entry))
        return;
    view_track_place(track, &row, entry);
    row.focus = track->focus;
    if (track->filter != NULL)
        view_track_add_filtered(track, &row);
    else
        g_array_append_val(track->rows, row);
    if (track->rows->len > before)
        view_track_count_row(track);
}

void
view_track_update(ViewTrack *track)
{
    const ViewMessage *message = view_model_message_of(track->model, track->journey);
    guint sessions = message == NULL ? 0 : g_hash_table_size(message->sessions);

    /* What a session said before its MAIL belongs to the message, and that is known only now. */
    if (sessions != track->sessions) {
        track->sessions = sessions;
        track->taken = 0;
        track->focus = track->caller = track->callee = track->call = NULL;
        g_array_set_size(track->rows, 0);
        view_tally_clear(track->tally);
    }
    for (; track->taken < view_model_count(track->model); track->taken++)
        view_track_take(track, track->taken);
}

const char *
view_track_journey(const ViewTrack *track)
{
    return track->journey;
}

const ViewTally *
view_track_tally(const ViewTrack *track)
{
    return track->tally;
}

guint
view_track_count(const ViewTrack *track)
{
    return track->rows->len;
}

const ViewRow *
view_track_row(const ViewTrack *track, guint row)
{
    g_assert(row < track->rows->len);
    return &g_array_index(track->rows, ViewRow, row);
}

const ViewEntry *
view_track_entry(const ViewTrack *track, guint row)
{
    return view_model_entry(track->model, view_track_row(track, row)->entry);
}

Stage
view_track_stage(const ViewTrack *track, guint row)
{
    const ViewEntry *entry = view_track_entry(track, row);

    if (entry->host != view_track_row(track, row)->focus || view_entry_is_aside(entry))
        return STAGE_NONE;
    return entry->stage;
}

gboolean
view_track_find(const ViewTrack *track, guint64 seq, guint *row)
{
    guint index;
    guint low = 0;
    guint high = track->rows->len;

    if (!view_model_find(track->model, seq, &index))
        return FALSE;
    if (view_track_is_far_end(track, view_model_entry(track->model, index)) &&
        !view_model_find(track->model, view_model_entry(track->model, index)->twin, &index))
        return FALSE;
    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (view_track_row(track, middle)->entry < index)
            low = middle + 1;
        else
            high = middle;
    }
    *row = low;
    return low < track->rows->len && view_track_row(track, low)->entry == index;
}
