/* trace/viewer/track.h - the rows of the ladder: which events it shows, in which lanes.
 *
 * The lanes are roles, not hosts: HOST is the host in focus. When the message moves on, the next
 * host becomes HOST, and the row says so with a rule across the ladder. What the other host of
 * the same hop says meanwhile is shown from here: its HOST lane is our CLIENT (or REMOTE) lane.
 *
 * Of two events that are the two ends of the same octets, one row is shown, the first.
 */
#ifndef TRACE_VIEWER_TRACK_H
#define TRACE_VIEWER_TRACK_H

#include "trace/filter.h"
#include "trace/viewer/model.h"
#include "trace/viewer/tally.h"

typedef struct ViewRow {
    guint entry;               /* index in the model */
    ViewLane from : 4, to : 4; /* an arrow; the same lane twice: a note at that lane */
    guint focus : 24;          /* the host that is HOST here: see view_track_focus() */
} ViewRow;

typedef struct ViewTrack ViewTrack;

/* @journey: one message's events and those of its sessions; NULL: all events. */
ViewTrack *view_track_new(const ViewModel *model, const char *journey);
/* The same, but only the events that match @filter (not owned; NULL: all). Nothing is looked at yet:
 * to ask a filter takes time. */
ViewTrack *view_track_new_filtered(const ViewModel *model, const char *journey,
                                   const TraceFilter *filter);
void view_track_free(ViewTrack *track);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViewTrack, view_track_free)

/* Takes in what the model has read since. */
void view_track_update(ViewTrack *track);
/* The same, but at most @entries of it. FALSE: there is more. */
gboolean view_track_update_some(ViewTrack *track, guint entries);
/* How many of the model's entries have been looked at. */
guint view_track_taken(const ViewTrack *track);

const char *view_track_journey(const ViewTrack *track);
/* What drawing asks of many rows at once. */
const ViewTally *view_track_tally(const ViewTrack *track);
guint view_track_count(const ViewTrack *track);
const ViewRow *view_track_row(const ViewTrack *track, guint row);
const ViewEntry *view_track_entry(const ViewTrack *track, guint row);
/* The host that is HOST here; NULL before the first one. */
const char *view_track_focus(const ViewTrack *track, guint row);
/* The focus changed here, from this host: draw the rule; else NULL. */
const char *view_track_before(const ViewTrack *track, guint row);
/* The stage that the host in focus is in; STAGE_NONE for events of others and of none. */
Stage view_track_stage(const ViewTrack *track, guint row);
/* Commits and starts of a host, inputs: they belong to no message and don't move the focus. */
gboolean view_entry_is_aside(const ViewEntry *entry);
/* The row that shows event @seq or, where it shows its twin instead, that one. */
gboolean view_track_find(const ViewTrack *track, guint64 seq, guint *row);

#endif
