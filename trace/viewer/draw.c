/* trace/viewer/draw.c - the layout: which part gets which rows and columns (see draw.h).
 *
 * Start reading at view_draw().
 * Tests: tests/test_viewer_screen.c, with the screens in tests/screens/
 */
#include "trace/viewer/draw.h"

#include "trace/viewer/ask.h"
#include "trace/viewer/sheet.h"
#include "trace/viewer/whatif_page.h"
#include "trace/words.h"

/* Below this there is only a notice. */
#define VIEW_LEAST_COLUMNS 60
#define VIEW_LEAST_ROWS    16
/* From here on there is room for more panes. */
#define VIEW_WIDE_COLUMNS 110
#define VIEW_WIDE_ROWS    30
/* Below this many rows one line of the pane stays. */
#define VIEW_LOW_ROWS  20
#define VIEW_PANE_ROWS 6
/* The end of the line above a pane, where a sign says that there is more. */
#define VIEW_MORE_COLUMNS 14
/* Title, stages; time line, status, keys. */
#define VIEW_TOP_ROWS    2
#define VIEW_BOTTOM_ROWS 3

/* At the right end of the line @above a pane: it does not fit. */
static void
view_draw_more(ViewScreen *screen, ViewBox above, const char *sign)
{
    int columns = view_columns(sign);
    int spare = above.width - VIEW_MORE_COLUMNS;

    if (spare < VIEW_MORE_COLUMNS)
        return;
    view_line_across(screen, above.x + spare, above.y, VIEW_MORE_COLUMNS, VIEW_BLUE);
    view_put(screen, above.x + above.width - columns - 1, above.y, columns, VIEW_BOLD, sign);
}

/* ---- who gets what ---- */

static void
view_layout_narrow(ViewLayout *layout, ViewBox box, gboolean low)
{
    int pane = low ? 1 : VIEW_PANE_ROWS;

    layout->ladder = (ViewBox){ 0, box.y, box.width, box.height - pane - 1 };
    layout->tabs = (ViewBox){ 0, box.y + layout->ladder.height, box.width, 1 };
    layout->pane = (ViewBox){ 1, layout->tabs.y + 1, box.width - 2, pane };
}

static void
view_layout_wide(ViewLayout *layout, ViewBox box)
{
    int below = box.height / 3;
    int list = below / 3;

    layout->ladder = (ViewBox){ 0, box.y, VIEW_LADDER_COLUMNS, box.height - below };
    layout->tabs = (ViewBox){ 0, box.y + layout->ladder.height, VIEW_LADDER_COLUMNS, 1 };
    layout->list = (ViewBox){ 0, layout->tabs.y + 1, VIEW_LADDER_COLUMNS, list };
    layout->pane = (ViewBox){ 1, layout->list.y + list, VIEW_LADDER_COLUMNS - 2, below - list - 1 };
    layout->side = (ViewBox){ VIEW_LADDER_COLUMNS + 1, box.y, box.width - VIEW_LADDER_COLUMNS - 1,
                              box.height };
}

/* For a room full of people: two parts only. */
static void
view_layout_projected(ViewLayout *layout, ViewBox box)
{
    int pane = MAX(VIEW_PANE_ROWS, box.height / 3);

    layout->ladder = (ViewBox){ 0, box.y, box.width, box.height - pane - 1 };
    layout->pane = (ViewBox){ 1, box.y + layout->ladder.height + 1, box.width - 2, pane };
}

static void
view_layout_zoomed(ViewLayout *layout, ViewBox box)
{
    layout->tabs = (ViewBox){ 0, box.y, box.width, 1 };
    layout->pane = (ViewBox){ 1, box.y + 1, box.width - 2, box.height - 1 };
}

ViewLayout
view_layout(const View *view, int width, int height)
{
    ViewLayout layout = { 0 };
    ViewBox box = { 0, VIEW_TOP_ROWS, width, height - VIEW_TOP_ROWS - VIEW_BOTTOM_ROWS };

    if (width < VIEW_LEAST_COLUMNS || height < VIEW_LEAST_ROWS)
        return layout;
    if (view->page != VIEW_NO_PAGE)
        layout.page = box;
    else if (view->zoom)
        view_layout_zoomed(&layout, box);
    else if (view->projector)
        view_layout_projected(&layout, box);
    else if (width >= VIEW_WIDE_COLUMNS && height >= VIEW_WIDE_ROWS)
        view_layout_wide(&layout, box);
    else
        view_layout_narrow(&layout, box,
                           height < VIEW_LOW_ROWS && !view_is_asked(view) && !view_is_told(view));
    return layout;
}

/* ---- drawing it ---- */

static void
view_draw_narrow(const View *view, ViewScreen *screen, const ViewLayout *layout)
{
    view_draw_ladder(view, screen, layout->ladder);
    view_draw_tabs(view, screen, layout->tabs);
    if (view_draw_pane(view, screen, view->pane, layout->pane, view->pane_top))
        view_draw_more(screen, layout->tabs, _(" z: more "));
}

static void
view_draw_beside(const View *view, ViewScreen *screen, ViewBox box)
{
    static const ViewPane beside[] = { VIEW_WHY, VIEW_CHANGED, VIEW_CODE };
    /* Why has most to say. The same for every event, so that no line jumps. */
    int heights[] = { box.height * 4 / 7, box.height / 5, 0 };
    int y = box.y;

    heights[2] = box.height - heights[0] - heights[1];
    for (guint i = 0; i < G_N_ELEMENTS(beside); i++) {
        ViewBox inner = { box.x + 1, y + 1, box.width - 1, heights[i] - 1 };
        int top = view->pane == beside[i] ? view->pane_top : 0;
        g_autofree char *title = g_strdup_printf(view->pane == beside[i] ? "[%d %s]" : " %d %s ",
                                                 beside[i] + 1, view_pane_name(beside[i]));

        view_line_across(screen, box.x, y, box.width, VIEW_BLUE);
        view_put(screen, box.x + 1, y, box.width - 1, VIEW_BOLD, title);
        if (view_draw_pane(view, screen, beside[i], inner, top) && beside[i] != VIEW_CODE)
            view_draw_more(screen, (ViewBox){ box.x, y, box.width, 1 }, _(" more "));
        y += heights[i];
    }
}

/* Which pane lies under the ladder: the chosen one, unless it is seen at the side anyway. */
static ViewPane
view_pane_below(const View *view)
{
    return view->pane == VIEW_RFC || view->pane == VIEW_HEADERS ? view->pane : VIEW_WIRE;
}

static void
view_draw_wide(const View *view, ViewScreen *screen, const ViewLayout *layout)
{
    ViewPane pane = view_pane_below(view);

    view_draw_ladder(view, screen, layout->ladder);
    view_line_down(screen, VIEW_LADDER_COLUMNS, layout->side.y, layout->side.height, VIEW_BLUE);
    view_draw_beside(view, screen, layout->side);
    view_draw_tabs(view, screen, layout->tabs);
    view_draw_messages(view, screen, layout->list, FALSE);
    view_draw_pane(view, screen, pane, layout->pane, view->pane == pane ? view->pane_top : 0);
}

static void
view_draw_zoomed(const View *view, ViewScreen *screen, const ViewLayout *layout)
{
    view_draw_tabs(view, screen, layout->tabs);
    if (view_draw_pane(view, screen, view->pane, layout->pane, view->pane_top))
        view_draw_more(screen, layout->tabs, _(" Down: more "));
}

static void
view_draw_projected(const View *view, ViewScreen *screen, const ViewLayout *layout)
{
    ViewBox under = layout->pane;

    view_draw_ladder(view, screen, layout->ladder);
    view_line_across(screen, 0, under.y - 1, screen->width, VIEW_BLUE);
    view_put(screen, 2, under.y - 1, screen->width, VIEW_PLAIN, _(" Why "));
    view_draw_pane(view, screen, VIEW_WHY, under, view->pane == VIEW_WHY ? view->pane_top : 0);
}

/* While something is asked no pane is seen; once it is told, those at the side are. */
static void
view_draw_asked(const View *view, ViewScreen *screen, const ViewLayout *layout)
{
    ViewBox box = layout->pane;

    if (layout->list.width > 0) {
        box.height += box.y - layout->list.y;
        box.y = layout->list.y;
        view_line_down(screen, VIEW_LADDER_COLUMNS, layout->side.y, layout->side.height, VIEW_BLUE);
        if (view_is_told(view))
            view_draw_beside(view, screen, layout->side);
        else
            view_draw_hidden(view, screen, layout->side);
    }
    if (layout->ladder.width > 0)
        view_draw_ladder(view, screen, layout->ladder);
    view_draw_question_title(view, screen, (ViewBox){ 0, box.y - 1, box.width + 2, 1 });
    if (view_draw_question(view, screen, box))
        view_draw_more(screen, (ViewBox){ 0, box.y - 1, box.width + 2, 1 },
                       view->zoom ? _(" Down: more ") : _(" z: more "));
}

/* A projector swallows what is thin or dim. */
static void
view_draw_boldly(ViewScreen *screen)
{
    for (int i = 0; i < screen->width * screen->height; i++)
        screen->cells[i].look = (screen->cells[i].look | VIEW_BOLD) & ~VIEW_DIM;
}

void
view_settle(View *view, int width, int height)
{
    int rows = height - VIEW_TOP_ROWS - VIEW_BOTTOM_ROWS;
    ViewLayout layout = view_layout(view, width, height);

    if (view_seen(view) != view)
        view_settle(view_seen(view), width, height);
    view->columns = width;
    view->rows = height;
    view_whatif_settle(view, width, rows);
    view->help_top = CLAMP(view->help_top, 0, view_help_highest(view, width, rows));
    view->story_top = CLAMP(view->story_top, 0, view_story_highest(view, width, rows));
    view->sheet_top = CLAMP(view->sheet_top, 0, view_sheet_highest(view, width, rows));
    if (view->zoom && layout.pane.height > 1)
        view->pane_top = view_pane_settle(view, view->pane, layout.pane, view->pane_top);
}

void
view_click(View *view, int x, int y)
{
    ViewLayout layout = view_layout(view, view->columns, view->rows);
    guint row;

    if (x < layout.ladder.width && view_ladder_row_at(view, layout.ladder, y, &row))
        view_go(view, row);
}

static void
view_draw_too_small(ViewScreen *screen)
{
    view_put(screen, 0, 0, screen->width, VIEW_BOLD, _("Glasspost needs"));
    view_putf(screen, 0, 1, screen->width, VIEW_PLAIN, "%dx%d; this is %dx%d.", VIEW_LEAST_COLUMNS,
              VIEW_LEAST_ROWS, screen->width, screen->height);
    view_put(screen, 0, 2, screen->width, VIEW_PLAIN, _("q: quit"));
}

void
view_draw(const View *view, ViewScreen *screen)
{
    ViewLayout layout = view_layout(view, screen->width, screen->height);

    if (screen->width < VIEW_LEAST_COLUMNS || screen->height < VIEW_LEAST_ROWS) {
        view_draw_too_small(screen);
        return;
    }
    view_draw_title(view, screen, 0);
    if (view->page != VIEW_MAP || !view->welcome)
        view_draw_stages(view, screen, 1);
    if (layout.page.width > 0)
        view_draw_page(view, screen, layout.page);
    else if (view_is_asked(view) || view_is_told(view))
        view_draw_asked(view, screen, &layout);
    else if (view->zoom)
        view_draw_zoomed(view, screen, &layout);
    else if (view->projector)
        view_draw_projected(view, screen, &layout);
    else if (layout.side.width > 0)
        view_draw_wide(view, screen, &layout);
    else
        view_draw_narrow(view, screen, &layout);
    view_draw_time_line(view, screen, screen->height - 3);
    view_draw_status(view, screen, screen->height - 2);
    view_draw_footer(view, screen, screen->height - 1);
    if (view->projector)
        view_draw_boldly(screen);
}
