/* trace/viewer/ladder.c - the ladder: one row an event, arrows between the lanes.
 *
 *      seq   time  CLIENT       HOST        DNS        STORE      REMOTE     READER
 *      103   4 ms     |---MAIL--->|           |           |           |           |
 *      104   4 ms     |           * SENDER ok: alice is registered here           |
 *   => 109   9 ms     |           |----MX?--->|           |           |           |
 *
 * Start reading at view_draw_ladder().
 * Tests: tests/test_viewer_screen.c, with the screens in tests/screens/
 */
#include "trace/viewer/draw.h"

#include <string.h>

#include "trace/viewer/keep.h"
#include "trace/words.h"

/* Columns before the first lane, and between two. */
#define VIEW_LADDER_LEFT 18
/* The first of the three columns of signs, after the time. */
#define VIEW_LADDER_SIGNS 14
#define VIEW_LANE_STEP    12
#define VIEW_LANE_LEAST   6
/* So many causes lie between a call and what the called host does first, at most. */
#define VIEW_LADDER_CAUSES 16

typedef struct ViewLadder {
    const View *view;
    ViewScreen *screen;
    ViewBox box;
    int lane_x[VIEW_LANES]; /* -1: the lane is not shown */
    gint64 start_us;        /* times are counted from here */
} ViewLadder;

/* Which lanes any row up to the stand has used. */
static guint
view_ladder_used(const View *view)
{
    return 1u << VIEW_CLIENT | 1u << VIEW_HOST |
           view_tally_lanes(view_track_tally(view->track), view->stand);
}

/* On a narrow screen lanes not used so far are dropped, then they move together. */
static void
view_ladder_place_lanes(ViewLadder *ladder)
{
    gboolean all = ladder->box.width >= VIEW_LADDER_COLUMNS;
    guint used = all ? ~0u : view_ladder_used(ladder->view);
    int lanes = 0;
    int step = VIEW_LANE_STEP;
    int x = ladder->box.x + VIEW_LADDER_LEFT;

    for (ViewLane lane = 0; lane < VIEW_LANES; lane++)
        lanes += (used >> lane) & 1;
    if (!all && lanes > 1)
        step = CLAMP((ladder->box.width - VIEW_LADDER_LEFT - 2) / (lanes - 1), VIEW_LANE_LEAST,
                     VIEW_LANE_STEP);
    for (ViewLane lane = 0; lane < VIEW_LANES; lane++) {
        gboolean shown = ((used >> lane) & 1) && x < ladder->box.x + ladder->box.width;

        ladder->lane_x[lane] = shown ? x : -1;
        x += shown ? step : 0;
    }
}

static void
view_ladder_header(const ViewLadder *ladder)
{
    static const char *const names[VIEW_LANES] = { N_("CLIENT"), N_("HOST"),   "DNS",
                                                   N_("STORE"),  N_("REMOTE"), N_("READER") };
    int right = ladder->box.x + ladder->box.width;

    view_put(ladder->screen, ladder->box.x, ladder->box.y, ladder->box.width, VIEW_BOLD,
             _("   seq   time"));
    for (ViewLane lane = 0; lane < VIEW_LANES; lane++) {
        int length = view_columns(_(names[lane]));
        int x = MIN(ladder->lane_x[lane] - length / 2, right - length);

        if (ladder->lane_x[lane] >= 0)
            view_put(ladder->screen, x, ladder->box.y, right - x, VIEW_BOLD, _(names[lane]));
    }
}

static void
view_ladder_bars(const ViewLadder *ladder, int y)
{
    for (ViewLane lane = 0; lane < VIEW_LANES; lane++)
        if (ladder->lane_x[lane] >= 0)
            view_line_down(ladder->screen, ladder->lane_x[lane], y, 1, VIEW_DIM);
}

static guint
view_ladder_look(const ViewEntry *entry)
{
    if (view_entry_is_problem(entry))
        return VIEW_RED;
    switch (entry->kind) {
    case TRACE_DECISION: return VIEW_GREEN;
    case TRACE_SQL: return VIEW_CYAN;
    case TRACE_DNS: return VIEW_YELLOW;
    default: return VIEW_PLAIN;
    }
}

char *
view_ladder_note(const ViewEntry *entry, const ViewEvent *event)
{
    const char *text = event->event->text == NULL ? "" : event->event->text;
    const char *outcome = view_event_text(event, "outcome");
    g_autofree char *stage = g_ascii_strup(stage_name(entry->stage), -1);

    if (entry->stage == STAGE_NONE && entry->kind == TRACE_INPUT)
        return g_strdup_printf(_("ASKED: %s"), text);
    /* A commit of another host than the one in focus. */
    if (entry->kind == TRACE_SQL && entry->session == NULL && entry->host != NULL)
        return g_strdup_printf("(%s) %s", entry->host, text);
    if (entry->stage == STAGE_NONE)
        return g_strdup(text);
    if (outcome == NULL)
        return g_strdup_printf("%s: %s", stage, text);
    return g_strdup_printf("%s %s: %s", stage, outcome, text);
}

static void
view_ladder_draw_note(const ViewLadder *ladder, int y, int x, const char *note, guint look)
{
    int right = ladder->box.x + ladder->box.width;
    int used;

    view_put(ladder->screen, x, y, 1, look | VIEW_BOLD, "*");
    view_put(ladder->screen, x + 1, y, right - x - 1, look, " ");
    used = view_put(ladder->screen, x + 2, y, right - x - 2, look, note);
    view_put(ladder->screen, x + 2 + used, y, right - x - 2 - used, look, " ");
}

/* An arrow from @from to @to with its label in the middle. */
static void
view_ladder_draw_arrow(const ViewLadder *ladder, int y, int from, int to, const char *label,
                       guint look)
{
    int left = MIN(from, to) + 1;
    int width = ABS(to - from) - 1;
    int columns = MIN(view_columns(label), MAX(width - 2, 0));
    int shift = (width - 1 - columns) / 2 + (to < from ? 1 : 0);

    view_line_across(ladder->screen, left, y, width, look);
    if (columns > 0)
        view_put(ladder->screen, left + shift, y, columns, look | VIEW_BOLD, label);
    if (to > from)
        view_put(ladder->screen, to - 1, y, 1, look, ">");
    else
        view_put(ladder->screen, to + 1, y, 1, look, "<");
}

static gboolean
view_ladder_is_breakpoint(const View *view, const ViewEvent *event)
{
    for (guint i = 0; i < view->breaks->len; i++)
        if (trace_filter_matches(g_ptr_array_index(view->breaks, i), event->event))
            return TRUE;
    return FALSE;
}

/* Nothing is said by colour alone: ^ what the event under the cursor follows from, b a breakpoint
 * matches, F a fault, ! any other problem. */
static void
view_ladder_draw_signs(const ViewLadder *ladder, int y, const ViewEntry *entry,
                       const ViewEvent *event)
{
    int x = ladder->box.x + VIEW_LADDER_SIGNS;
    const char *problem = entry->kind == TRACE_FAULT ? "F" : "!";

    if (view_current(ladder->view)->cause == entry->seq)
        view_put(ladder->screen, x, y, 1, VIEW_BOLD, "^");
    if (view_ladder_is_breakpoint(ladder->view, event))
        view_put(ladder->screen, x + 1, y, 1, VIEW_BOLD, "b");
    if (view_entry_is_problem(entry))
        view_put(ladder->screen, x + 2, y, 1, VIEW_BOLD | VIEW_RED, problem);
}

static void
view_ladder_draw_event(const ViewLadder *ladder, int y, guint row)
{
    const ViewRow *place = view_track_row(ladder->view->track, row);
    const ViewEntry *entry = view_track_entry(ladder->view->track, row);
    g_autoptr(ViewEvent) event = view_model_load(ladder->view->model, place->entry);
    int from = ladder->lane_x[place->from];
    int to = ladder->lane_x[place->to];
    g_autofree char *label = NULL;
    g_autofree char *note = NULL;

    if (event == NULL) {
        view_ladder_draw_note(ladder, y, ladder->box.x + VIEW_LADDER_LEFT,
                              _("the journal no longer has this event"), VIEW_DIM);
        return;
    }
    view_ladder_draw_signs(ladder, y, entry, event);
    if (from < 0 || to < 0 || from == to) {
        note = view_ladder_note(entry, event);
        view_ladder_draw_note(ladder, y, MAX(from, ladder->box.x + VIEW_LADDER_LEFT), note,
                              view_ladder_look(entry));
        return;
    }
    label = words_label(view_event_text(event, "label"));
    view_ladder_draw_arrow(ladder, y, from, to, label == NULL ? "" : label,
                           view_ladder_look(entry));
}

static void
view_ladder_draw_row(const ViewLadder *ladder, int y, guint row)
{
    const View *view = ladder->view;
    const ViewEntry *entry = view_track_entry(view->track, row);
    g_autofree char *time = view_span(entry->time_us - ladder->start_us);
    g_autofree char *seq = g_strdup_printf("%" G_GUINT64_FORMAT, entry->seq);
    const char *mark = row == view->stand ? "=>" : row == view->cursor ? " >" : "";
    int x = ladder->box.x;

    view_ladder_bars(ladder, y);
    view_ladder_draw_event(ladder, y, row);
    view_put(ladder->screen, x, y, 2, VIEW_BOLD, mark);
    if (view_mark_note(view, entry->seq) != NULL)
        view_put(ladder->screen, x + 2, y, 1, VIEW_BOLD | VIEW_YELLOW, "m");
    view_put(ladder->screen, x + MAX(3, 6 - (int)strlen(seq)), y, 6, VIEW_PLAIN, seq);
    view_put(ladder->screen, x + 13 - (int)strlen(time), y, 6, VIEW_DIM, time);
    if (row == view->cursor)
        view_paint(ladder->screen, x, y, ladder->box.width, VIEW_REVERSE);
}

/* The host whose doing led to @row at another host: that of the nearest cause elsewhere. NULL: not
 * known (a journal that begins later). */
static const char *
view_ladder_cause_host(const View *view, guint row, const char *focus)
{
    const ViewEntry *entry = view_track_entry(view->track, row);
    guint index;

    for (guint steps = 0; steps < VIEW_LADDER_CAUSES; steps++) {
        if (!view_model_find(view->model, entry->cause, &index))
            return NULL;
        entry = view_model_entry(view->model, index);
        if (entry->host != NULL && g_strcmp0(entry->host, focus) != 0)
            return entry->host;
    }
    return NULL;
}

/* Hosts stand on the way in the order in which they were first seen. The one that calls the host in
 * focus at @row; NULL: we come back to it from one further on, the message has not moved. */
static const char *
view_ladder_caller(const View *view, guint row)
{
    const char *focus = view_track_focus(view->track, row);
    const char *before = view_track_before(view->track, row);
    const ViewTally *tally = view_track_tally(view->track);
    guint hosts = view_tally_hosts(tally, row);
    const char *last = NULL, *cause;

    for (guint i = 0; i < hosts && view_tally_host(tally, i) != focus; i++) {
        const char *host = view_tally_host(tally, i);

        if (host == before || last != NULL)
            last = host;
    }
    if (last == NULL)
        return NULL;
    cause = view_ladder_cause_host(view, row, focus);
    return cause != NULL ? cause : last;
}

char *
view_ladder_rule(const View *view, guint row)
{
    const char *focus = view_track_focus(view->track, row);
    const char *caller = view_ladder_caller(view, row);

    return g_strdup_printf(" %s%s%s (%s) ", caller == NULL ? _("back at ") : caller,
                           caller == NULL ? "" : " > ", focus, view_host_part(view, focus));
}

static void
view_ladder_draw_rule(const ViewLadder *ladder, int y, guint row)
{
    g_autofree char *text = view_ladder_rule(ladder->view, row);

    view_line_across(ladder->screen, ladder->box.x, y, ladder->box.width, VIEW_BLUE);
    view_put_middle(ladder->screen, ladder->box.x, y, ladder->box.width, VIEW_BLUE | VIEW_BOLD,
                    text);
}

/* The rows that fit: the cursor is seen, and as much as possible of what led to it. */
static guint
view_ladder_first(const View *view, int height, guint *end)
{
    guint first;
    int used = 0;

    *end = MIN(view->stand, view->cursor + MAX(0, height / 3));
    for (first = *end + 1; first > 0 && used < height; first--) {
        used += view_track_before(view->track, first - 1) != NULL ? 2 : 1;
        if (used > height)
            break;
    }
    /* Rules may have pushed the cursor out of a very low ladder. */
    return MIN(first, view->cursor);
}

gboolean
view_ladder_row_at(const View *view, ViewBox box, int y, guint *row)
{
    int bottom = box.y + box.height;
    guint end;
    int at = box.y + 1;

    if (view_track_count(view->track) == 0 || y >= bottom)
        return FALSE;
    for (*row = view_ladder_first(view, box.height - 1, &end); *row <= end; (*row)++) {
        if (view_track_before(view->track, *row) != NULL && at + 1 < bottom)
            at++;
        if (at++ == y)
            return TRUE;
    }
    return FALSE;
}

void
view_draw_ladder(const View *view, ViewScreen *screen, ViewBox box)
{
    ViewLadder ladder = { .view = view, .screen = screen, .box = box };
    guint row;
    guint end;
    int y = box.y + 1;
    int bottom = box.y + box.height;

    if (box.height < 1)
        return;
    view_ladder_place_lanes(&ladder);
    view_ladder_header(&ladder);
    if (view_track_count(view->track) == 0) {
        view_put(screen, box.x + 3, y, box.width - 3, VIEW_DIM,
                 view->filter == NULL ? _("No event yet.")
                                      : _("No event matches the filter so far."));
        return;
    }
    ladder.start_us = view_track_entry(view->track, 0)->time_us;
    for (row = view_ladder_first(view, box.height - 1, &end); row <= end && y < bottom; row++) {
        if (view_track_before(view->track, row) != NULL && y + 1 < bottom)
            view_ladder_draw_rule(&ladder, y++, row);
        view_ladder_draw_row(&ladder, y++, row);
    }
    for (; y < bottom; y++)
        view_ladder_bars(&ladder, y);
}
