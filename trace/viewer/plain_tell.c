/* trace/viewer/plain_tell.c - the same parts of the screen, told as lines (see plain_tell.h).
 *
 * A pane or a page is drawn by its own function on a screen that is as long as it needs, and the
 * rows of that are told. What the screen shows in reverse is told with a sign: ">" before a line,
 * [ ] around a word.
 *
 * Tests: tests/test_viewer_plain.c
 */
#include "trace/viewer/plain_tell.h"

#include <string.h>

#include "trace/export.h"
#include "trace/viewer/ask.h"
#include "trace/viewer/draw.h"
#include "trace/viewer/keys.h"
#include "trace/viewer/moves.h"
#include "trace/words.h"

#define VIEW_PLAIN_COLUMNS 80
/* As many lines of a pane or a page as are told; of the source, as many as one listens to. */
#define VIEW_PLAIN_ROWS      400
#define VIEW_PLAIN_CODE_ROWS 16
/* Events that are told before keys, journal and server are looked at again. */
#define VIEW_PLAIN_EVENTS 2000

#define VIEW_PLAIN_HELP                                                                            \
    _("A line is a key: its letter or its name, and after it what it asks for: f stage=dns\n"      \
      "An empty line is Space. l j1 shows the ladder of one message, l all that of all.\n\n")

struct ViewPlainTold {
    TraceExport export;
    guint64 furthest; /* the newest event that was told; 0: none yet */
    guint64 here;     /* the event that was told last */
    gboolean leaps;   /* the last key only looks elsewhere: what lies between is not told */
    gboolean due;     /* a page has been opened, and waits for what the server says */
    char *page;       /* the page that lies open, as it was told; NULL: none */
    ViewPane pane;
    ViewMode mode;
    char *status;     /* the words about it that were told last, or NULL */
    guint64 question; /* the outcome of the question that was told last; 0: none */
    gboolean why;     /* and its answer was told, too */
};

/* Keys that let things happen: each event on the way is told. All others only look elsewhere. */
static const guint runs[] = { ' ', VIEW_KEY_PAGE_DOWN, 's', 'o', 'h', 'e', 'c', 't', 'a',
                              'G', VIEW_KEY_END };

ViewPlainTold *
view_plain_told_new(void)
{
    return g_new0(ViewPlainTold, 1);
}

void
view_plain_told_free(ViewPlainTold *told)
{
    g_free(told->status);
    g_free(told->page);
    g_free(told);
}

/* ---- events ---- */

static void
view_plain_tell_row(ViewPlainTold *told, const View *view, guint row, GString *out)
{
    const ViewEntry *entry = view_track_entry(view->track, row);
    g_autoptr(ViewEvent) event =
        view_model_load(view->model, view_track_row(view->track, row)->entry);

    if (event != NULL)
        trace_export_text(&told->export, event->event, out);
    else
        g_string_append_printf(
            out, _("%5" G_GUINT64_FORMAT "  The journal no longer has this event.\n"), entry->seq);
    told->here = entry->seq;
    told->furthest = MAX(told->furthest, entry->seq);
}

/* The first row after those that were told; the cursor's where it is not known what lies between. */
static guint
view_plain_first_new(const ViewPlainTold *told, const View *view)
{
    guint low = 0;
    guint high = view->cursor;

    if (told->leaps || told->furthest == 0)
        return view->cursor;
    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (view_track_entry(view->track, middle)->seq > told->furthest)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Returns whether more are left. */
static gboolean
view_plain_tell_rows(ViewPlainTold *told, const View *view, GString *out)
{
    const ViewEntry *here = view_current(view);
    guint row = view->cursor;
    guint end;

    if (here == NULL || here->seq == told->here)
        return FALSE;
    if (here->seq > told->furthest)
        row = view_plain_first_new(told, view);
    end = MIN(view->cursor, row + VIEW_PLAIN_EVENTS - 1);
    for (; row <= end; row++)
        view_plain_tell_row(told, view, row, out);
    return end < view->cursor;
}

/* Live, held, recorded, at the end: told when it is new. While the world is held, how long clients
 * still wait changes each second, and is not told again. */
static void
view_plain_tell_mode(ViewPlainTold *told, const View *view, gboolean always, GString *out)
{
    ViewMode mode = view_mode(view);
    gboolean counts = mode == VIEW_STEP || mode == VIEW_PAST;
    g_autoptr(ViewScreen) line = view_screen_new(VIEW_PLAIN_COLUMNS * 2, 1, view->ascii);
    g_autofree char *text = NULL;

    view_draw_status(view, line, 0);
    text = view_screen_text(line);
    if (told->status != NULL && mode == told->mode && !always &&
        (counts || strcmp(text, told->status) == 0))
        return;
    g_string_append_printf(out, "%s:%s", view_mode_name(mode), text);
    told->mode = mode;
    g_free(told->status);
    told->status = g_steal_pointer(&text);
}

static void
view_plain_tell_notice(View *view, GString *out)
{
    g_autoptr(ViewScreen) line = NULL;
    g_autofree char *text = NULL;

    if (view->notice == NULL)
        return;
    /* The screen makes a stranger's words harmless. */
    line = view_screen_new(VIEW_PLAIN_COLUMNS * 10, 1, view->ascii);
    view_put(line, 0, 0, line->width, VIEW_PLAIN, view->notice);
    text = view_screen_text(line);
    g_string_append(out, text);
    g_clear_pointer(&view->notice, g_free);
}

/* ---- what is drawn, as lines ---- */

static gboolean
view_plain_is_reverse(const ViewScreen *screen, int x, int y)
{
    return x >= 0 && x < screen->width &&
           (screen->cells[(gsize)y * screen->width + x].look & VIEW_REVERSE) != 0;
}

static void
view_plain_sign(ViewScreen *screen, int x, int y, gunichar sign)
{
    ViewCell *cell = &screen->cells[(gsize)y * screen->width + x];

    if (x >= 0 && x < screen->width && cell->c == ' ')
        cell->c = sign;
}

/* Where the part in reverse that begins at @x ends; @words: whether anything stands in it. */
static int
view_plain_reverse_end(const ViewScreen *screen, int x, int y, gboolean *words)
{
    *words = FALSE;
    for (; view_plain_is_reverse(screen, x, y); x++)
        *words = *words || screen->cells[(gsize)y * screen->width + x].c != ' ';
    return x;
}

/* A line in reverse begins with >, a part of one stands in [ ]. */
static void
view_plain_signs(ViewScreen *screen, int y)
{
    gboolean words;

    if (view_plain_is_reverse(screen, 0, y)) {
        view_plain_sign(screen, 0, y, '>');
        return;
    }
    for (int x = 1; x < screen->width; x++) {
        int end = view_plain_reverse_end(screen, x, y, &words);

        if (words) {
            view_plain_sign(screen, x - 1, y, '[');
            view_plain_sign(screen, end, y, ']');
        }
        x = MAX(x, end);
    }
}

/* The rows of @screen, without the empty ones at the end; elsewhere one of them is enough. */
static void
view_plain_tell_screen(ViewScreen *screen, GString *out)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) rows = NULL;
    gboolean gap = FALSE;
    gboolean begun = FALSE;

    for (int y = 0; y < screen->height; y++)
        view_plain_signs(screen, y);
    text = view_screen_text(screen);
    rows = g_strsplit(text, "\n", -1);
    for (guint i = 0; rows[i] != NULL; i++) {
        if (*rows[i] == '\0') {
            gap = begun;
            continue;
        }
        g_string_append_printf(out, "%s%s\n", gap ? "\n" : "", rows[i]);
        gap = FALSE;
        begun = TRUE;
    }
}

static void
view_plain_tell_pane(const View *view, GString *out)
{
    ViewBox box = { 0, 0, VIEW_PLAIN_COLUMNS,
                    view->pane == VIEW_CODE ? VIEW_PLAIN_CODE_ROWS : VIEW_PLAIN_ROWS };
    g_autoptr(ViewScreen) screen = view_screen_new(box.width, box.height, view->ascii);

    g_string_append_printf(out, "%d %s:\n", view->pane + 1, view_pane_name(view->pane));
    view_draw_pane(view, screen, view->pane, box, 0);
    view_plain_tell_screen(screen, out);
}

/* The question of PREDICT that is open, or why its answer was right or not; each once. */
static void
view_plain_tell_question(ViewPlainTold *told, const View *view, GString *out)
{
    gboolean why = view_is_told(view);
    ViewBox box = { 0, 0, VIEW_PLAIN_COLUMNS, VIEW_PLAIN_ROWS };
    g_autoptr(ViewScreen) screen = NULL;

    if (!why && !view_is_asked(view))
        return;
    if (told->question == view->predict->question->seq && told->why == why)
        return;
    told->question = view->predict->question->seq;
    told->why = why;
    screen = view_screen_new(box.width, box.height, view->ascii);
    g_string_append(out, why ? "" : "PREDICT\n");
    view_draw_question(view, screen, box);
    view_plain_tell_screen(screen, out);
    if (!why)
        g_string_append_printf(out, "(%s)\n", view_ask_keys(view));
}

/* What is only to be read is closed again, so that the next line goes on with the events; a menu
 * stays, and takes the lines until it is closed. */
static gboolean
view_plain_is_menu(ViewPage page)
{
    return page == VIEW_FAULTS || page == VIEW_SEND || page == VIEW_BY_HAND || page == VIEW_FETCH;
}

static void
view_plain_tell_page(ViewPlainTold *told, View *view, GString *out)
{
    ViewBox box = { 0, 0, VIEW_PLAIN_COLUMNS, VIEW_PLAIN_ROWS };
    g_autoptr(ViewScreen) screen = view_screen_new(box.width, box.height, view->ascii);
    g_autoptr(GString) text = g_string_new(NULL);

    view->help_top = view->sheet_top = view->story_top = 0;
    if (view->page == VIEW_HELP)
        g_string_append(text, VIEW_PLAIN_HELP);
    view_draw_page(view, screen, box);
    view_plain_tell_screen(screen, text);
    /* A menu that is as it was is not told again. */
    if (g_strcmp0(text->str, told->page) != 0)
        g_string_append_len(out, text->str, (gssize)text->len);
    g_clear_pointer(&told->page, g_free);
    if (view_plain_is_menu(view->page))
        told->page = g_strdup(text->str);
    else
        view_leave_map(view);
    told->due = FALSE;
}

static void
view_plain_tell_prompt(const View *view, GString *out)
{
    const char *empty = _("an empty line takes this; or type another, or Esc");

    if (view->prompt == VIEW_ASK_FILTER)
        empty = _("an empty line shows all; or type another, or Esc");
    else if (*view->typed->str == '\0')
        empty = _("type it on the next line, or Esc");
    g_string_append_printf(out, "%s%s\n(%s)\n", view_prompt_label(view->prompt), view->typed->str,
                           empty);
}

/* ---- answers ---- */

static gboolean
view_plain_is_run(guint key)
{
    for (guint i = 0; i < G_N_ELEMENTS(runs); i++)
        if (runs[i] == key)
            return TRUE;
    return FALSE;
}

/* Whether the key was about the panes. */
static gboolean
view_plain_is_pane(const ViewPlainTold *told, const View *view, guint key)
{
    return view->page == VIEW_NO_PAGE && !view_is_asked(view) && !view_is_told(view) &&
           (view->zoom || view->pane != told->pane || (key >= '1' && key < '1' + VIEW_PANES));
}

gboolean
view_plain_tell_events(ViewPlainTold *told, View *view, gboolean settled, GString *out)
{
    if (view_plain_tell_rows(told, view, out))
        return TRUE;
    /* What is sought may be found only later. */
    told->leaps = told->leaps && view->hunt != NULL;
    if (view->prompt != VIEW_NO_PROMPT)
        return FALSE;
    view_plain_tell_notice(view, out);
    if (settled && (told->due || view->whatif_page) && view->page != VIEW_NO_PAGE)
        view_plain_tell_page(told, view, out);
    if (settled)
        view_plain_tell_question(told, view, out);
    if (settled && view->page == VIEW_NO_PAGE && !view_is_asked(view))
        view_plain_tell_mode(told, view, FALSE, out);
    return FALSE;
}

void
view_plain_tell_answer(ViewPlainTold *told, View *view, guint key, gboolean asked, GString *out)
{
    gsize before = out->len;

    told->leaps = !view_plain_is_run(key) && !view_is_told(view);
    if (view->redraw)
        told->here = 0;
    view->redraw = FALSE;
    told->due = view->page != VIEW_NO_PAGE;
    if (!told->due)
        g_clear_pointer(&told->page, g_free);
    view_plain_tell_events(told, view, !asked, out);
    if (view->copied_now)
        g_string_append(out, view->copied);
    view->copied_now = FALSE;
    if (view_plain_is_pane(told, view, key))
        view_plain_tell_pane(view, out);
    told->pane = view->pane;
    view->zoom = FALSE;
    if (view->prompt != VIEW_NO_PROMPT)
        view_plain_tell_prompt(view, out);
    /* Silence would leave whoever listens in doubt. */
    if (out->len == before && !asked && !view_is_asked(view) && !view->quit && view->hunt == NULL)
        view_plain_tell_mode(told, view, TRUE, out);
}
