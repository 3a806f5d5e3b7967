/* trace/viewer/strip.c - the single lines that say where one is: title and time line (the stages
 * between them are in stages.c).
 *
 *    Glasspost STEP  j3  alice@north.example > carol@south.example      09:00:00.009
 *   -09:00 CO SE SP RO [DN] ............................................. 21/109 -
 *
 * Tests: tests/test_viewer_strip.c, and the screens in tests/screens/
 */
#include "trace/viewer/ask.h"
#include "trace/viewer/follow.h"
#include "trace/viewer/rerun.h"
#include "trace/viewer/whatif_page.h"
#include "trace/words.h"

#include <string.h>

/* As far from the cursor as is looked for the stops of the time line. */
#define VIEW_LOOK_BACK 4000
/* The same, backwards only, for the message that a commit was for. */
#define VIEW_TITLE_BACK 20

/* ---- the title ---- */

/* A commit belongs to no message; the title keeps the one that has waited for it. */
static const ViewMessage *
view_title_message(const View *view)
{
    const ViewEntry *entry = view_current(view);

    for (guint row = view->cursor; entry != NULL && entry->kind == TRACE_SQL; row--) {
        const ViewEntry *before = view_track_entry(view->track, row);

        if (before->journey != NULL)
            return view_model_message_of(view->model, before->journey);
        if (row == 0 || view->cursor - row > VIEW_TITLE_BACK)
            break;
    }
    return view_message(view);
}

static const char *
view_title_sender(const ViewMessage *message)
{
    if (g_strcmp0(message->from, "<>") == 0)
        return _("<> (a report)");
    return message->from == NULL ? "..." : message->from;
}

static const char *
view_title_mode(const View *view)
{
    if (view_walk_title(view) != NULL)
        return view_walk_title(view);
    if ((view->page == VIEW_SHEET && view->whatif_page) || view->page == VIEW_WHATIF)
        return _("WHAT-IF");
    return view_mode_name(view_mode(view));
}

void
view_draw_title(const View *view, ViewScreen *screen, int y)
{
    const ViewEntry *entry = view_current(view);
    const ViewMessage *message = view_title_message(view);
    g_autofree char *time = entry == NULL ? NULL : view_date(view, entry->time_us);
    g_autofree char *follow = view_follow_title(view);
    g_autofree char *predict = view_ask_title(view);
    int columns = time == NULL ? 0 : strlen(time);
    int width = screen->width;
    int x = 1;

    view_fill(screen, 0, y, width, VIEW_REVERSE, ' ');
    x += view_put(screen, x, y, width - x, VIEW_REVERSE | VIEW_BOLD, "Glasspost ");
    x += view_put(screen, x, y, width - x, VIEW_REVERSE | VIEW_BOLD, view_title_mode(view));
    if (view_whatif_is_awaited(view))
        x += view_put(screen, x, y, width - x, VIEW_REVERSE | VIEW_BOLD, _(" WHAT-IF ..."));
    if (view->filter != NULL)
        x += view_put(screen, x, y, width - x, VIEW_REVERSE | VIEW_BOLD, " FILTER");
    x += view_put(screen, x, y, width - x, VIEW_REVERSE | VIEW_BOLD, follow);
    x += view_put(screen, x, y, width - x, VIEW_REVERSE | VIEW_BOLD, predict);
    if (message != NULL)
        view_putf(screen, x + 2, y, width - x - 4 - columns, VIEW_REVERSE, "%s  %s > %s%s",
                  message->journey, view_title_sender(message),
                  message->to == NULL ? "..." : message->to,
                  message->recipients > 1 ? _(" and others") : "");
    if (time != NULL)
        view_put(screen, width - 1 - columns, y, columns, VIEW_REVERSE, time);
}

/* ---- the time line ---- */

typedef struct ViewStop {
    Stage stage;
    guint row; /* where it begins */
    gboolean hop;
} ViewStop;

static GArray *
view_time_stops(const View *view)
{
    GArray *stops = g_array_new(FALSE, FALSE, sizeof(ViewStop));
    g_autoptr(GHashTable) known = g_hash_table_new(g_direct_hash, g_direct_equal);
    Stage last = STAGE_NONE;

    /* Only some stops around the cursor are drawn, so only what is near is looked at. */
    guint first = view->cursor > VIEW_LOOK_BACK ? view->cursor - VIEW_LOOK_BACK : 0;
    guint end = MIN(view->stand, view->cursor + VIEW_LOOK_BACK);

    for (guint row = first; row < view_track_count(view->track) && row <= end; row++) {
        Stage stage = view_track_stage(view->track, row);
        ViewStop stop = { stage, row, view_track_before(view->track, row) != NULL };

        const char *session = view_track_entry(view->track, row)->session;

        if (stage == STAGE_NONE || (stage == last && !stop.hop))
            continue;
        /* A session that says QUIT does not begin again. */
        if (!g_hash_table_add(known, (gpointer)session) && stage == STAGE_CONNECT && !stop.hop)
            continue;
        last = stage;
        g_array_append_val(stops, stop);
    }
    return stops;
}

/* The next try that is planned, as the cursor's message knew it. */
static gint64
view_time_planned(const View *view)
{
    const ViewEntry *entry = view_current(view);
    const ViewMessage *message =
        entry == NULL ? NULL : view_model_message_of(view->model, entry->journey);
    gint64 due = 0;

    for (guint i = 0; message != NULL && i < message->entries->len; i++) {
        guint index = g_array_index(message->entries, guint, i);
        const ViewEntry *it = view_model_entry(view->model, index);

        if (index > view_track_row(view->track, view->cursor)->entry)
            break;
        if (it->due_s > 0)
            due = view_entry_due_us(it);
    }
    return entry != NULL && due > entry->time_us ? due : 0;
}

/* As many stops as fit, the one we are in among them. */
static int
view_draw_stops(const View *view, ViewScreen *screen, int x, int y, int width)
{
    g_autoptr(GArray) stops = view_time_stops(view);
    int here = 0;
    int fits = MAX(1, width / 4);
    int first;

    for (guint i = 0; i < stops->len; i++)
        if (g_array_index(stops, ViewStop, i).row <= view->cursor)
            here = i;
    first = MAX(0, MIN(here - fits / 2, (int)stops->len - fits));
    for (int i = first; i < (int)stops->len && i < first + fits; i++) {
        const ViewStop *stop = &g_array_index(stops, ViewStop, i);
        const char *form = i == here ? "[%s]" : stop->hop ? "|%s " : " %s ";
        g_autofree char *text = g_strdup_printf(form, stage_info(stop->stage)->brief);

        x += view_put(screen, x, y, 4, i == here ? VIEW_BOLD : VIEW_PLAIN, text);
    }
    return x;
}

void
view_draw_time_line(const View *view, ViewScreen *screen, int y)
{
    const ViewEntry *entry = view_current(view);
    g_autofree char *start = NULL;
    g_autofree char *count = NULL;
    /* When the next try is planned may be what is asked. */
    gint64 planned = view_is_asked(view) ? 0 : view_time_planned(view);
    int right = screen->width - 1;
    int x;

    view_line_across(screen, 0, y, screen->width, VIEW_BLUE);
    if (entry == NULL)
        return;
    count = g_strdup_printf(" %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT " ", entry->seq,
                            view_track_entry(view->track, view->stand)->seq);
    right -= strlen(count);
    view_put(screen, right, y, strlen(count), VIEW_PLAIN, count);
    if (planned > 0) {
        g_autofree char *when = view_clock(planned);
        g_autofree char *words = g_strdup_printf(_(" planned %.5s "), when);

        right -= 15;
        view_put(screen, right, y, 15, VIEW_YELLOW, words);
    }
    start = view_clock(view_track_entry(view->track, 0)->time_us);
    x = 1 + view_putf(screen, 1, y, 6, VIEW_PLAIN, "%.5s ", start);
    view_draw_stops(view, screen, x, y, right - x - 1);
}
