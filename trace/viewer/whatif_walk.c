/* trace/viewer/whatif_walk.c - a run of :whatif is walked in as any recording (see whatif_page.h).
 *
 * It has a state of its own, laid over the viewer's: keys and screen are its until Esc. The world, if
 * one runs, goes on being read and served meanwhile by the state below.
 *
 * Start reading at view_walk_open(). Tests: tests/test_viewer_whatif.c, tests/test_whatif.py
 */
#include "trace/viewer/whatif_both.h"

#include "trace/viewer/hunt.h"
#include "trace/viewer/keys.h"
#include "trace/viewer/moves.h"
#include "trace/words.h"

View *
view_seen(View *view)
{
    return view->both != NULL && view->both->walk != NULL ? view->both->walk : view;
}

/* ---- there ---- */

static void
view_walk_go(View *view, guint64 seq)
{
    guint row;

    if (view_track_find(view->track, seq, &row))
        view_go(view, row);
    else
        view_hunt_event(view, seq); /* this is the ladder of one message, or has a filter */
}

void
view_walk_open(View *view, guint side, guint entry)
{
    ViewWhatif *both = view->both;
    View *walk = view_new(both->models[side]);

    walk->sources = view->sources;
    walk->explain = view->explain;
    walk->ascii = view->ascii;
    walk->projector = view->projector;
    walk->mouse = view->mouse;
    walk->columns = view->columns;
    walk->rows = view->rows;
    walk->now_us = view->now_us;
    walk->run = side == 0 ? VIEW_RUN_BEFORE : VIEW_RUN_AFTER;
    view_leave_map(walk);
    view_update(walk);
    view_walk_go(walk, view_model_entry(both->models[side], entry)->seq);
    both->walk = walk;
}

void
view_walk_home(View *view, guint entry)
{
    const ViewModel *model = view->both->models[0];
    guint64 seq = view_model_entry(model, entry)->seq;
    guint index;

    /* The recording may have been ended earlier, or made by another program. */
    if (!view_model_find(view->model, seq, &index) ||
        !view_whatif_alike(view->model, index, model, entry)) {
        view_walk_open(view, 0, entry);
        return;
    }
    view_leave_map(view);
    view_walk_go(view, seq);
    if (view->notice == NULL)
        view_notice(view, "Event %" G_GUINT64_FORMAT " as it was. W: to both runs again.", seq);
}

/* ---- and back ---- */

static void
view_walk_close(View *view)
{
    View *walk = g_steal_pointer(&view->both->walk);

    /* What belongs to the screen is kept. */
    view->projector = walk->projector;
    view->mouse = walk->mouse;
    view->columns = walk->columns;
    view->rows = walk->rows;
    view->redraw = view->redraw || walk->redraw;
    view_free(walk);
}

/* Nothing lies over its ladder, and nothing is under way, that Esc would end first. */
static gboolean
view_walk_is_bare(const View *walk)
{
    return walk->page == VIEW_NO_PAGE && !walk->zoom && walk->prompt == VIEW_NO_PROMPT &&
           walk->hunt == NULL && !walk->autoplay;
}

void
view_walk_press(View *view, guint key)
{
    View *walk = view->both->walk;
    gboolean typed = walk->prompt != VIEW_NO_PROMPT;

    if (key == 'C' - '@') {
        view->quit = TRUE;
    } else if ((key == VIEW_KEY_ESCAPE && view_walk_is_bare(walk)) || (key == 'W' && !typed)) {
        view_walk_close(view);
    } else {
        view_press(walk, key);
        if (walk->quit)
            view_walk_close(view);
    }
}

gboolean
view_walk_turn(View *view)
{
    View *walk = view_seen(view);

    if (walk == view)
        return FALSE;
    walk->now_us = view->now_us;
    view_autoplay_turn(walk);
    return view_hunt_turn(walk);
}

/* ---- words ---- */

const char *
view_walk_title(const View *view)
{
    switch (view->run) {
    case VIEW_RUN_BEFORE: return _("AS IT WAS");
    case VIEW_RUN_AFTER: return _("WHAT-IF");
    case VIEW_RUN_OWN: break;
    }
    return NULL;
}

const char *
view_walk_hint(const View *view)
{
    return view->run == VIEW_RUN_AFTER
               ? _("This is the other run, with the change. Esc: back to both runs.")
               : _("This is the run as it was, without the change. Esc: back to both runs.");
}
