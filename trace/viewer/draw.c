/* trace/viewer/draw.c - the layout: which part gets which rows and columns (see draw.h).
 *
 * Start reading at view_draw().
 * Tests: tests/test_viewer_screen.c, with the screens in tests/screens/
 */
#include "trace/viewer/draw.h"

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

static void
view_draw_narrow(const View *view, ViewScreen *screen, ViewBox box)
{
    int pane = screen->height < VIEW_LOW_ROWS ? 1 : VIEW_PANE_ROWS;
    ViewBox ladder = { 0, box.y, box.width, box.height - pane - 1 };
    ViewBox tabs = { 0, ladder.y + ladder.height, box.width, 1 };
    ViewBox under = { 1, tabs.y + 1, box.width - 2, pane };

    view_draw_ladder(view, screen, ladder);
    view_draw_tabs(view, screen, tabs);
    if (view_draw_pane(view, screen, view->pane, under, view->pane_top))
        view_draw_more(screen, tabs, " z: more ");
}

static void
view_draw_beside(const View *view, ViewScreen *screen, ViewBox box)
{
    static const ViewPane beside[] = { VIEW_WHY, VIEW_CHANGED, VIEW_CODE };
    /* Why has most to say, then the code. */
    int heights[] = { box.height * 2 / 5, box.height / 4, 0 };
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
            view_draw_more(screen, (ViewBox){ box.x, y, box.width, 1 }, " more ");
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
view_draw_wide(const View *view, ViewScreen *screen, ViewBox box)
{
    int below = box.height / 3;
    ViewBox ladder = { 0, box.y, VIEW_LADDER_COLUMNS, box.height - below };
    ViewBox side = { VIEW_LADDER_COLUMNS + 1, box.y, box.width - VIEW_LADDER_COLUMNS - 1,
                     box.height };
    ViewBox tabs = { 0, ladder.y + ladder.height, VIEW_LADDER_COLUMNS, 1 };
    ViewBox left = { 0, tabs.y + 1, VIEW_LADDER_COLUMNS, below / 3 };
    ViewBox under = { 1, left.y + left.height, VIEW_LADDER_COLUMNS - 2, below - left.height - 1 };
    ViewPane pane = view_pane_below(view);

    view_draw_ladder(view, screen, ladder);
    view_line_down(screen, VIEW_LADDER_COLUMNS, box.y, box.height, VIEW_BLUE);
    view_draw_beside(view, screen, side);
    view_draw_tabs(view, screen, tabs);
    view_draw_messages(view, screen, left, FALSE);
    view_draw_pane(view, screen, pane, under, view->pane == pane ? view->pane_top : 0);
}

static void
view_draw_zoomed(const View *view, ViewScreen *screen, ViewBox box)
{
    ViewBox tabs = { 0, box.y, box.width, 1 };
    ViewBox inner = { 1, box.y + 1, box.width - 2, box.height - 1 };

    view_draw_tabs(view, screen, tabs);
    if (view_draw_pane(view, screen, view->pane, inner, view->pane_top))
        view_draw_more(screen, tabs, " Down: more ");
}

/* For a room full of people: two parts only. */
static void
view_draw_projected(const View *view, ViewScreen *screen, ViewBox box)
{
    int pane = MAX(VIEW_PANE_ROWS, box.height / 3);
    ViewBox ladder = { 0, box.y, box.width, box.height - pane - 1 };
    ViewBox under = { 1, ladder.y + ladder.height + 1, box.width - 2, pane };

    view_draw_ladder(view, screen, ladder);
    view_line_across(screen, 0, under.y - 1, box.width, VIEW_BLUE);
    view_put(screen, 2, under.y - 1, box.width, VIEW_PLAIN, " Why ");
    view_draw_pane(view, screen, VIEW_WHY, under, view->pane == VIEW_WHY ? view->pane_top : 0);
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
    ViewBox zoomed = { 1, VIEW_TOP_ROWS + 1, width - 2, rows - 1 };

    view->columns = width;
    view->help_top = CLAMP(view->help_top, 0, view_help_highest(view, width, rows));
    if (view->zoom && rows > 1)
        view->pane_top = view_pane_settle(view, view->pane, zoomed, view->pane_top);
}

static void
view_draw_too_small(ViewScreen *screen)
{
    view_put(screen, 0, 0, screen->width, VIEW_BOLD, "Glasspost needs");
    view_putf(screen, 0, 1, screen->width, VIEW_PLAIN, "%dx%d; this is %dx%d.", VIEW_LEAST_COLUMNS,
              VIEW_LEAST_ROWS, screen->width, screen->height);
    view_put(screen, 0, 2, screen->width, VIEW_PLAIN, "q: quit");
}

void
view_draw(const View *view, ViewScreen *screen)
{
    int height = screen->height - VIEW_TOP_ROWS - VIEW_BOTTOM_ROWS;
    ViewBox box = { 0, VIEW_TOP_ROWS, screen->width, height };

    if (screen->width < VIEW_LEAST_COLUMNS || screen->height < VIEW_LEAST_ROWS) {
        view_draw_too_small(screen);
        return;
    }
    view_draw_title(view, screen, 0);
    if (view->page != VIEW_MAP || !view->welcome)
        view_draw_stages(view, screen, 1);
    if (view->page != VIEW_NO_PAGE)
        view_draw_page(view, screen, box);
    else if (view->zoom)
        view_draw_zoomed(view, screen, box);
    else if (view->projector)
        view_draw_projected(view, screen, box);
    else if (screen->width >= VIEW_WIDE_COLUMNS && screen->height >= VIEW_WIDE_ROWS)
        view_draw_wide(view, screen, box);
    else
        view_draw_narrow(view, screen, box);
    view_draw_time_line(view, screen, screen->height - 3);
    view_draw_status(view, screen, screen->height - 2);
    view_draw_footer(view, screen, screen->height - 1);
    if (view->projector)
        view_draw_boldly(screen);
}
