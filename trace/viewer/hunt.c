/* trace/viewer/hunt.c - searches, runs, new ladders and saved ones, in slices (see hunt.h).
 *
 *   view_hunt_begin > view_hunt_turn > step, step ... > done
 *                     view_hunt_turn > step, step ...          until a step says that it is done
 *
 * Start reading at view_hunt_turn(): what a step is stands in hunts[].
 * Tests: tests/test_viewer_hunt.c
 */
#include "trace/viewer/hunt.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>

#include "trace/export.h"
#include "trace/viewer/match.h"
#include "trace/words.h"

/* Real time that a slice may take; a key waits no longer than that. */
#define VIEW_SLICE_US 8000
/* Events that a step looks at before the clock is asked again: some four milliseconds, where each has
 * to be parsed. */
#define VIEW_STEP_EVENTS 200

typedef enum {
    VIEW_HUNT_FIND,
    VIEW_HUNT_BREAK,
    VIEW_HUNT_LADDER,
    VIEW_HUNT_SAVE,
} ViewHuntKind;

struct ViewHunt {
    ViewHuntKind kind;
    int direction;       /* find: 1 or -1 */
    guint row;           /* find, break: looked at last */
    guint begin;         /* find, break: where it began */
    ViewTrack *ladder;   /* ladder: the new one, not whole yet */
    TraceFilter *filter; /* ladder: the new one's */
    guint64 seq;         /* ladder: the event to go to then; 0: stay where we are */
    char *path;          /* save: where to; NULL once it is whole */
    FILE *file;          /* save */
    TraceExport export;  /* save: what its lines have told so far */
};

static gboolean view_step_find(View *view, ViewHunt *hunt);
static gboolean view_step_break(View *view, ViewHunt *hunt);
static gboolean view_step_ladder(View *view, ViewHunt *hunt);
static gboolean view_step_save(View *view, ViewHunt *hunt);
static double view_done_rows(const View *view, const ViewHunt *hunt);
static double view_done_ladder(const View *view, const ViewHunt *hunt);
static double view_done_save(const View *view, const ViewHunt *hunt);

static const struct {
    const char *words;
    gboolean (*step)(View *view, ViewHunt *hunt);           /* TRUE: it is done */
    double (*done)(const View *view, const ViewHunt *hunt); /* how much of it, 0 to 1 */
} hunts[] = {
    [VIEW_HUNT_FIND] = { N_("Searching"), view_step_find, view_done_rows },
    [VIEW_HUNT_BREAK] = { N_("Running"), view_step_break, view_done_rows },
    [VIEW_HUNT_LADDER] = { N_("Choosing the events"), view_step_ladder, view_done_ladder },
    [VIEW_HUNT_SAVE] = { N_("Saving"), view_step_save, view_done_save },
};

/* ---- one after another ---- */

static void
view_hunt_end(View *view)
{
    ViewHunt *hunt = g_steal_pointer(&view->hunt);

    view_track_free(hunt->ladder);
    if (hunt->file != NULL)
        fclose(hunt->file);
    if (hunt->path != NULL)
        g_unlink(hunt->path);
    g_free(hunt->path);
    if (hunt->filter != view->filter)
        trace_filter_free(hunt->filter);
    g_free(hunt);
}

gboolean
view_hunt_cancel(View *view)
{
    if (view->hunt == NULL)
        return FALSE;
    view_hunt_end(view);
    return TRUE;
}

static ViewHunt *
view_hunt_begin(View *view, ViewHuntKind kind)
{
    view_hunt_cancel(view);
    view->hunt = g_new0(ViewHunt, 1);
    view->hunt->kind = kind;
    view->hunt->row = view->hunt->begin = view->cursor;
    return view->hunt;
}

gboolean
view_hunt_turn(View *view)
{
    gint64 end_us = g_get_monotonic_time() + VIEW_SLICE_US;
    gboolean done = FALSE;
    ViewHunt *hunt = view->hunt;

    if (hunt == NULL)
        return FALSE;
    do {
        done = hunts[hunt->kind].step(view, hunt);
    } while (!done && g_get_monotonic_time() < end_us);
    if (done)
        view_hunt_end(view);
    else
        view_notice(view, "%s: %d %%. Esc gives it up.", _(hunts[hunt->kind].words),
                    (int)(100 * hunts[hunt->kind].done(view, hunt)));
    return !done;
}

void
view_hunt_finish(View *view)
{
    while (view_hunt_turn(view))
        ;
}

/* ---- rows ---- */

static guint
view_hunt_last(const View *view)
{
    return view->live ? view->stand : view_last(view);
}

static double
view_done_rows(const View *view, const ViewHunt *hunt)
{
    guint all = hunt->direction < 0 ? hunt->begin : view_hunt_last(view) - hunt->begin;
    guint seen = hunt->direction < 0 ? hunt->begin - hunt->row : hunt->row - hunt->begin;

    return all == 0 ? 1 : (double)seen / all;
}

static gboolean
view_hunt_row_matches(const View *view, guint row, const TraceFilter *filter)
{
    return view_matches(view->model, view_track_row(view->track, row)->entry, filter);
}

static gboolean
view_step_find(View *view, ViewHunt *hunt)
{
    guint last = view_hunt_last(view);
    guint end = hunt->direction < 0 ? 0 : last;

    hunt->row = MIN(hunt->row, last);
    for (guint i = 0; i < VIEW_STEP_EVENTS; i++) {
        if (hunt->direction < 0 ? hunt->row <= end : hunt->row >= end) {
            view_notice(view, "Not found %s: %s", hunt->direction < 0 ? _("above") : _("below"),
                        trace_filter_text(view->search));
            return TRUE;
        }
        hunt->row += hunt->direction;
        if (view_hunt_row_matches(view, hunt->row, view->search)) {
            view_go(view, hunt->row);
            g_clear_pointer(&view->notice, g_free);
            return TRUE;
        }
    }
    return FALSE;
}

void
view_hunt_find(View *view, int direction)
{
    view_hunt_begin(view, VIEW_HUNT_FIND)->direction = direction;
    view_hunt_turn(view);
}

static gboolean
view_hunt_is_break(const View *view, guint row)
{
    for (guint i = 0; i < view->breaks->len; i++)
        if (view_hunt_row_matches(view, row, g_ptr_array_index(view->breaks, i)))
            return TRUE;
    return FALSE;
}

static gboolean
view_step_break(View *view, ViewHunt *hunt)
{
    guint last = view_last(view);

    for (guint i = 0; i < VIEW_STEP_EVENTS; i++) {
        hunt->row = view->breaks->len == 0 ? last : MIN(hunt->row + 1, last);
        if (hunt->row < last && !view_hunt_is_break(view, hunt->row))
            continue;
        view_go(view, hunt->row);
        g_clear_pointer(&view->notice, g_free);
        return TRUE;
    }
    return FALSE;
}

void
view_hunt_break(View *view)
{
    view_hunt_begin(view, VIEW_HUNT_BREAK);
    view_hunt_turn(view);
}

/* ---- a ladder ---- */

static double
view_done_ladder(const View *view, const ViewHunt *hunt)
{
    guint count = view_model_count(view->model);

    return count == 0 ? 1 : (double)view_track_taken(hunt->ladder) / count;
}

/* @before: the entry that was looked at until now. */
static void
view_hunt_tell_ladder(View *view, guint before)
{
    guint rows = view_track_count(view->track);

    if (view->filter == NULL)
        view_notice(view, "All events are shown.");
    else if (rows == 0)
        view_notice(view, "No event matches so far. f and an empty line show all.");
    else if (view_track_row(view->track, view->cursor)->entry > before)
        view_notice(view, "Nothing up to where you were matches: this is the first of %u that do.",
                    rows);
    else
        view_notice(view,
                    ngettext("%u event matches. f and an empty line show all.",
                             "%u events match. f and an empty line show all.", rows),
                    rows);
}

static void
view_hunt_arrive(View *view, guint64 seq)
{
    guint row;

    if (view_track_find(view->track, seq, &row))
        view_go(view, row);
    else
        view_notice(view, "Event %" G_GUINT64_FORMAT " is not on this ladder: a filter hides it.",
                    seq);
}

static gboolean
view_step_ladder(View *view, ViewHunt *hunt)
{
    gboolean filters = hunt->filter != view->filter;
    TraceFilter *old = view->filter;
    guint before =
        view_current(view) == NULL ? 0 : view_track_row(view->track, view->cursor)->entry;

    if (!view_track_update_some(hunt->ladder, VIEW_STEP_EVENTS))
        return FALSE;
    view->filter = hunt->filter;
    view_show(view, g_steal_pointer(&hunt->ladder));
    if (filters)
        trace_filter_free(old);
    g_clear_pointer(&view->notice, g_free);
    if (hunt->seq > 0)
        view_hunt_arrive(view, hunt->seq);
    else if (filters || view->filter != NULL)
        view_hunt_tell_ladder(view, before);
    return TRUE;
}

void
view_hunt_ladder(View *view, const char *journey, TraceFilter *filter)
{
    ViewHunt *hunt = view_hunt_begin(view, VIEW_HUNT_LADDER);

    hunt->filter = filter;
    hunt->ladder = view_track_new_filtered(view->model, journey, filter);
    view_hunt_turn(view);
}

void
view_hunt_event(View *view, guint64 seq)
{
    ViewHunt *hunt = view_hunt_begin(view, VIEW_HUNT_LADDER);

    hunt->seq = seq;
    hunt->filter = view->filter;
    hunt->ladder = view_track_new_filtered(view->model, NULL, view->filter);
    view_hunt_turn(view);
}

/* ---- a text ---- */

static double
view_done_save(const View *view, const ViewHunt *hunt)
{
    return (double)hunt->row / (view->stand + 1);
}

/* The last octets may still be refused when the file is closed. */
static void
view_hunt_saved(View *view, ViewHunt *hunt)
{
    gboolean ok = !ferror(hunt->file);

    if (fclose(g_steal_pointer(&hunt->file)) != 0 || !ok) {
        view_notice(view, "Not written: %s: %s", hunt->path, g_strerror(errno));
        return;
    }
    view_notice(view, "Saved: %u events as text in %s", hunt->row, hunt->path);
    g_clear_pointer(&hunt->path, g_free);
}

static gboolean
view_step_save(View *view, ViewHunt *hunt)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint rows = view_track_count(view->track) == 0 ? 0 : view->stand + 1;

    for (guint i = 0; i < VIEW_STEP_EVENTS && hunt->row < rows; i++, hunt->row++) {
        guint index = view_track_row(view->track, hunt->row)->entry;
        g_autoptr(ViewEvent) event = view_model_load(view->model, index);

        if (event != NULL)
            trace_export_text(&hunt->export, event->event, text);
    }
    fwrite(text->str, 1, text->len, hunt->file);
    if (hunt->row < rows && !ferror(hunt->file))
        return FALSE;
    view_hunt_saved(view, hunt);
    return TRUE;
}

void
view_hunt_save(View *view, const char *path)
{
    /* A file that is there already is never written over. */
    FILE *file = fopen(path, "wx");
    ViewHunt *hunt;

    if (file == NULL) {
        view_notice(view, "Not written: %s: %s", path, g_strerror(errno));
        return;
    }
    hunt = view_hunt_begin(view, VIEW_HUNT_SAVE);
    hunt->row = 0;
    hunt->path = g_strdup(path);
    hunt->file = file;
    view_hunt_turn(view);
}
