/* trace/viewer/whatif_page.c - both runs of :whatif as a page with a cursor (see whatif_page.h).
 *
 *   lines    What if: fault connect-refused
 *            ...
 *   stops    >   as it was: event 59, ...            each stop: lines, and an event of one run or of both
 *               what if: event 60, ...
 *             *  09:00:00 mx.north      09:00:00 mx.north
 *
 * Down goes to the next stop where that is near, else it scrolls: so what stands between is read.
 *
 * Start reading at view_press_whatif(). Tests: tests/test_viewer_whatif.c, tests/test_whatif.py
 */
#include "trace/viewer/whatif_both.h"

#include <stdio.h>
#include <string.h>

#include "trace/viewer/keys.h"
#include "trace/viewer/lists.h"
#include "trace/words.h"

/* Lines that a page key moves by. */
#define VIEW_WHATIF_PAGE 10
/* So few lines away, the next stop is gone to at once. */
#define VIEW_WHATIF_NEAR 8
/* The narrowest page that is laid out, and the widest: longer lines are hard to read. */
#define VIEW_WHATIF_LEAST 58
#define VIEW_WHATIF_MOST  118

/* ---- both runs ---- */

void
view_whatif_free(ViewWhatif *both)
{
    if (both == NULL)
        return;
    view_free(both->walk);
    if (both->lines != NULL)
        view_runs_close(&both->runs);
    g_strfreev(both->lines);
    view_model_free(both->models[0]);
    view_model_free(both->models[1]);
    trace_fleeting_free(both->folder);
    g_free(both->change);
    g_free(both->note);
    g_free(both);
}

static gboolean
view_whatif_read(ViewWhatif *both, GError **error)
{
    static const char *const names[] = { "before", "after" };

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(trace_fleeting_path(both->folder), names[i], NULL);

        both->models[i] = view_model_open(path, error);
        if (both->models[i] == NULL)
            return FALSE;
    }
    view_runs_open(&both->runs, both->models[0], both->models[1]);
    return TRUE;
}

static void
view_whatif_lay_out(ViewWhatif *both, int width)
{
    int columns = CLAMP(width - 2, VIEW_WHATIF_LEAST, VIEW_WHATIF_MOST);

    if (both->lines != NULL && both->runs.columns == columns)
        return;
    view_runs_write(&both->runs, columns, both->change, both->note);
    g_strchomp(both->runs.out->str);
    g_strfreev(both->lines);
    both->lines = g_strsplit(both->runs.out->str, "\n", -1);
}

gboolean
view_whatif_open(View *view, TraceFleeting *folder, const char *change, const char *note)
{
    ViewWhatif *both = g_new0(ViewWhatif, 1);
    g_autoptr(GError) error = NULL;

    both->folder = folder;
    both->change = g_strdup(change);
    both->note = *note == '\0' ? NULL : g_strdup(note);
    if (!view_whatif_read(both, &error)) {
        view_notice(view, "No other run: %s", error->message);
        view_whatif_free(both);
        return FALSE;
    }
    view_whatif_lay_out(both, view->columns);
    view_whatif_free(view->both);
    view->both = both;
    view_act_whatif(view);
    return TRUE;
}

/* ---- the cursor ---- */

static const ViewWhatifStop *
view_whatif_stop(const ViewWhatif *both, guint number)
{
    return number < both->runs.stops->len ? &g_array_index(both->runs.stops, ViewWhatifStop, number)
                                          : NULL;
}

static gboolean
view_whatif_is_seen(const ViewWhatif *both, const ViewWhatifStop *stop)
{
    return stop != NULL && stop->line >= both->top &&
           stop->line + stop->lines <= both->top + both->height;
}

/* The run that the cursor means: the chosen one, or the only one that has an event here. */
static guint
view_whatif_side(const ViewWhatif *both, const ViewWhatifStop *stop)
{
    return stop->entries[both->side] != VIEW_NO_ENTRY ? both->side : 1 - both->side;
}

/* A cursor that has been scrolled away is put on what is seen, if there is a stop. */
static void
view_whatif_catch_up(ViewWhatif *both)
{
    const ViewWhatifStop *here = view_whatif_stop(both, both->stop);
    gboolean above = here != NULL && here->line < both->top;
    guint count = both->runs.stops->len;

    if (view_whatif_is_seen(both, here))
        return;
    for (guint i = 0; i < count; i++) {
        guint number = above ? i : count - 1 - i;

        if (view_whatif_is_seen(both, view_whatif_stop(both, number))) {
            both->stop = number;
            return;
        }
    }
}

void
view_whatif_settle(View *view, int width, int height)
{
    ViewWhatif *both = view->both;

    if (both == NULL)
        return;
    view_whatif_lay_out(both, width);
    both->height = MAX(1, height);
    both->top = CLAMP(both->top, 0, MAX(0, (int)g_strv_length(both->lines) - both->height));
    view_whatif_catch_up(both);
}

static void
view_whatif_scroll(ViewWhatif *both, int by)
{
    int highest = MAX(0, (int)g_strv_length(both->lines) - both->height);

    both->top = CLAMP(both->top + by, 0, highest);
    view_whatif_catch_up(both);
}

/* To the next stop or the one before; a far one is scrolled to line by line. */
static void
view_whatif_move(ViewWhatif *both, int by)
{
    const ViewWhatifStop *next = view_whatif_stop(both, both->stop + (guint)by);
    int away = next == NULL ? G_MAXINT
               : by > 0     ? next->line + next->lines - (both->top + both->height)
                            : both->top - next->line;

    if (away > VIEW_WHATIF_NEAR) {
        view_whatif_scroll(both, by);
        return;
    }
    both->stop += (guint)by;
    if (away > 0)
        view_whatif_scroll(both, by * away);
}

/* To the begin of the page (@stop 0) or its end. */
static void
view_whatif_leap(ViewWhatif *both, guint stop)
{
    both->stop = MIN(stop, MAX(1, both->runs.stops->len) - 1);
    view_whatif_scroll(both, stop == 0 ? -both->top : (int)g_strv_length(both->lines));
}

static void
view_whatif_enter(View *view)
{
    ViewWhatif *both = view->both;
    const ViewWhatifStop *stop = view_whatif_stop(both, both->stop);
    guint side;

    if (!view_whatif_is_seen(both, stop)) {
        view_notice(view, "No event is chosen here. Down goes on to the next.");
        return;
    }
    side = view_whatif_side(both, stop);
    if (side == 0)
        view_walk_home(view, stop->entries[0]);
    else
        view_walk_open(view, side, stop->entries[side]);
}

gboolean
view_press_whatif(View *view, guint key)
{
    ViewWhatif *both = view->both;
    int move = view_list_move(key);

    if (move != 0)
        view_whatif_move(both, move);
    else if (key == VIEW_KEY_LEFT || key == VIEW_KEY_RIGHT)
        both->side = key == VIEW_KEY_LEFT ? 0 : 1;
    else if (key == '\t' || key == VIEW_KEY_BACK_TAB)
        both->side = 1 - both->side;
    else if (key == ' ' || key == VIEW_KEY_PAGE_DOWN)
        view_whatif_scroll(both, VIEW_WHATIF_PAGE);
    else if (key == VIEW_KEY_BACKSPACE || key == VIEW_KEY_PAGE_UP)
        view_whatif_scroll(both, -VIEW_WHATIF_PAGE);
    else if (key == VIEW_KEY_HOME || key == 'g')
        view_whatif_leap(both, 0);
    else if (key == VIEW_KEY_END || key == 'G')
        view_whatif_leap(both, both->runs.stops->len);
    else if (key == VIEW_KEY_ENTER)
        view_whatif_enter(view);
    else
        return FALSE;
    return TRUE;
}

/* ---- on the screen ---- */

/* The chosen event in reverse, with a sign before it. */
static void
view_whatif_mark(const ViewWhatif *both, const ViewWhatifStop *stop, ViewScreen *screen,
                 ViewBox box)
{
    int cell = view_runs_cell(&both->runs);
    int side = (int)view_whatif_side(both, stop);
    int x = stop->across ? 1 : VIEW_WHATIF_MARGIN + side * (cell + VIEW_WHATIF_MARGIN);
    int width = stop->across ? both->runs.columns - 1 : cell;

    for (int i = 0; i < stop->lines; i++)
        view_paint(screen, box.x + x, box.y + stop->line - both->top + i, width, VIEW_REVERSE);
    view_put(screen, box.x + x - 1, box.y + stop->line - both->top, 1, VIEW_BOLD, ">");
}

void
view_draw_whatif(const View *view, ViewScreen *screen, ViewBox box)
{
    const ViewWhatif *both = view->both;
    const ViewWhatifStop *stop = view_whatif_stop(both, both->stop);
    ViewBox inner = { box.x + 1, box.y, box.width - 2, box.height };
    int count = (int)g_strv_length(both->lines);

    for (int i = 0; i < box.height && both->top + i < count; i++)
        view_put(screen, inner.x, box.y + i, inner.width,
                 both->top + i == 0 ? VIEW_BOLD : VIEW_PLAIN, both->lines[both->top + i]);
    if (view_whatif_is_seen(both, stop))
        view_whatif_mark(both, stop, screen, inner);
    if (both->top + box.height < count)
        view_put(screen, box.x + box.width - 9, box.y + box.height - 1, 8, VIEW_REVERSE,
                 _(" more v "));
}

char *
view_whatif_hint(const View *view)
{
    const ViewWhatif *both = view->both;
    const ViewWhatifStop *stop = view_whatif_stop(both, both->stop);
    guint side, entry;

    if (!view_whatif_is_seen(both, stop))
        return g_strdup(_("Both runs, from where they part. Down: to their events. Esc: back."));
    side = view_whatif_side(both, stop);
    entry = stop->entries[side];
    return g_strdup_printf(
        side == 0
            ? _("Enter: event %" G_GUINT64_FORMAT " as it was, on your ladder; W comes back here.")
            : _("Enter: event %" G_GUINT64_FORMAT
                " of the other run, to walk on in it; Esc comes back here."),
        view_model_entry(both->models[side], entry)->seq);
}

/* ---- the key ---- */

void
view_act_whatif(View *view)
{
    view->welcome = FALSE;
    view->page = VIEW_WHATIF;
}

const char *
view_why_not_whatif(const View *view)
{
    return view->both != NULL ? NULL : _("there is no other run; :whatif CHANGE makes one");
}
