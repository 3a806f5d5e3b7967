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

#include "trace/viewer/match.h"

struct ViewTrack {
    const ViewModel *model;
    const char *journey;
    const TraceFilter *filter; /* NULL: all */
    GArray *rows;              /* ViewRow */
    ViewTally *tally;
    guint taken;       /* entries of the model looked at */
    guint sessions;    /* so many of the message's sessions are known: */
    GHashTable *known; /* a set of the model's words */
    GPtrArray *hosts;  /* const char *: those that were in focus; a row's focus counts from 1 */
    GHashTable *host_numbers;
    const char *focus;
    guint focus_number;
    /* The hop under way: one host calls the other. NULL where it is not known (yet). */
    const char *caller, *callee;
    const char *call; /* the caller's session */
};

ViewTrack *
view_track_new(const ViewModel *model, const char *journey)
{
    ViewTrack *track = view_track_new_filtered(model, journey, NULL);

    view_track_update(track);
    return track;
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
    track->known = g_hash_table_new(g_direct_hash, g_direct_equal);
    track->hosts = g_ptr_array_new();
    track->host_numbers = g_hash_table_new(g_direct_hash, g_direct_equal);
    return track;
}

void
view_track_free(ViewTrack *track)
{
    if (track == NULL)
        return;
    g_array_unref(track->rows);
    view_tally_free(track->tally);
    g_hash_table_unref(track->known);
    g_ptr_array_unref(track->hosts);
    g_hash_table_unref(track->host_numbers);
    g_free(track);
}

/* Whether @entry is the far end of octets that are shown already. */
static gboolean
view_track_is_far_end(const ViewTrack *track, const ViewEntry *entry)
{
    guint index;

    return entry->twin_back > 0 &&
           view_model_find(track->model, entry->seq - entry->twin_back, &index);
}

static gboolean
view_track_wants(const ViewTrack *track, const ViewEntry *entry)
{
    if (track->journey != NULL && entry->journey != track->journey &&
        (entry->journey != NULL || !g_hash_table_contains(track->known, entry->session)))
        return FALSE;
    return !view_track_is_far_end(track, entry);
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

static void
view_track_set_focus(ViewTrack *track, const char *host)
{
    gpointer number = g_hash_table_lookup(track->host_numbers, host);

    if (number == NULL && host != NULL) {
        g_ptr_array_add(track->hosts, (gpointer)host);
        number = GUINT_TO_POINTER(track->hosts->len);
        g_hash_table_insert(track->host_numbers, (gpointer)host, number);
    }
    track->focus = host;
    track->focus_number = GPOINTER_TO_UINT(number);
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
        view_track_set_focus(track, entry->host);
    }
    view_track_note_call(track, entry);
}

/* The first look at a row is also the last but for drawing: what is asked of many rows is counted. */
static void
view_track_take(ViewTrack *track, guint index)
{
    const ViewEntry *entry = view_model_entry(track->model, index);
    ViewRow row = { .entry = index };

    if (!view_track_wants(track, entry))
        return;
    view_track_place(track, &row, entry);
    row.focus = track->focus_number;
    /* What the filter leaves out moves the focus all the same; the rule that tells of it comes with
     * the next row that is shown. */
    if (!view_matches(track->model, index, track->filter))
        return;
    view_tally_add(track->tally, track->rows->len, &row, track->focus, entry);
    g_array_append_val(track->rows, row);
}

static void
view_track_restart(ViewTrack *track)
{
    track->taken = 0;
    track->focus = track->caller = track->callee = track->call = NULL;
    track->focus_number = 0;
    g_array_set_size(track->rows, 0);
    view_tally_clear(track->tally);
}

/* What a session said before its MAIL belongs to the message, and that is known only now. */
static void
view_track_learn_sessions(ViewTrack *track)
{
    const ViewMessage *message = view_model_message_of(track->model, track->journey);
    gboolean learnt = FALSE;

    for (; message != NULL && track->sessions < message->sessions.count; track->sessions++) {
        guint number = message->sessions.at[track->sessions];
        const ViewSession *session = view_model_session(track->model, number);

        learnt |= g_hash_table_add(track->known, (gpointer)session->name);
    }
    if (learnt)
        view_track_restart(track);
}

gboolean
view_track_update_some(ViewTrack *track, guint entries)
{
    guint count = view_model_count(track->model);

    view_track_learn_sessions(track);
    count = entries < count - track->taken ? track->taken + entries : count;
    for (; track->taken < count; track->taken++)
        view_track_take(track, track->taken);
    return track->taken == view_model_count(track->model);
}

void
view_track_update(ViewTrack *track)
{
    view_track_update_some(track, G_MAXUINT);
}

guint
view_track_taken(const ViewTrack *track)
{
    return track->taken;
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

const char *
view_track_focus(const ViewTrack *track, guint row)
{
    guint number = view_track_row(track, row)->focus;

    return number == 0 ? NULL : g_ptr_array_index(track->hosts, number - 1);
}

const char *
view_track_before(const ViewTrack *track, guint row)
{
    if (row == 0 || view_track_row(track, row - 1)->focus == view_track_row(track, row)->focus)
        return NULL;
    return view_track_focus(track, row - 1);
}

Stage
view_track_stage(const ViewTrack *track, guint row)
{
    const ViewEntry *entry = view_track_entry(track, row);

    if (entry->host != view_track_focus(track, row) || view_entry_is_aside(entry))
        return STAGE_NONE;
    return entry->stage;
}

gboolean
view_track_find(const ViewTrack *track, guint64 seq, guint *row)
{
    const ViewEntry *entry;
    guint index, first;
    guint low = 0;
    guint high = track->rows->len;

    if (!view_model_find(track->model, seq, &index))
        return FALSE;
    entry = view_model_entry(track->model, index);
    if (entry->twin_back > 0 && view_model_find(track->model, seq - entry->twin_back, &first))
        index = first;
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
