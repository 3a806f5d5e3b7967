/* trace/viewer/map.c - the map: the fork of stages, and where in it one is.
 *
 * It is the first screen too: one sentence, the fork, four keys.
 * Tests: tests/test_viewer_screen.c, with the screens in tests/screens/
 */
#include "trace/viewer/draw.h"

#include "trace/words.h"

#include <string.h>

/* What a box of the map stands for. */
typedef struct ViewSpot {
    Stage stage;
    int x, y;
} ViewSpot;

/* The fork as it stands in trace/stage.h: 74 columns, 11 rows. */
static const char *const map_rows[] = {
    N_("+- the sender's server ---------------------+    +- DNS --------------+"),
    N_("| connect > sender > split > route - remote |--->| who takes the mail?|"),
    "|                              |            |    +--------------------+",
    "|                              |            |--> dns > filter > store  ",
    "|                            local          |      > queue > relay     ",
    "|                              |            |         |     (> retry,  ",
    "|                              v            |         |      > bounce) ",
    "|  recipient > filter > store > deliver     |         v                ",
    N_("|                  (> archive)              |    +- the next server --+"),
    N_("+------------------------------|------------+    | the same again:    |"),
    N_("                               v                 | connect, sender... |"),
    "                             pickup              +--------------------+",
};

static const ViewSpot map_spots[] = {
    { STAGE_CONNECT, 2, 1 },  { STAGE_SENDER, 12, 1 },  { STAGE_SPLIT, 21, 1 },
    { STAGE_ROUTE, 29, 1 },   { STAGE_DNS, 49, 3 },     { STAGE_FILTER, 55, 3 },
    { STAGE_STORE, 64, 3 },   { STAGE_QUEUE, 53, 4 },   { STAGE_RELAY, 61, 4 },
    { STAGE_RETRY, 64, 5 },   { STAGE_BOUNCE, 64, 6 },  { STAGE_RECIPIENT, 3, 7 },
    { STAGE_FILTER, 15, 7 },  { STAGE_STORE, 24, 7 },   { STAGE_DELIVER, 32, 7 },
    { STAGE_ARCHIVE, 21, 8 }, { STAGE_PICKUP, 29, 11 },
};

#define VIEW_MAP_ROWS    ((int)G_N_ELEMENTS(map_rows))
#define VIEW_MAP_COLUMNS 72

/* Where the cursor's event belongs, its stage is marked. */
static void
view_map_mark(const View *view, ViewScreen *screen, int left, int top)
{
    const ViewEntry *entry = view_current(view);

    for (guint i = 0; entry != NULL && i < G_N_ELEMENTS(map_spots); i++)
        if (map_spots[i].stage == entry->stage)
            view_paint(screen, left + map_spots[i].x, top + map_spots[i].y,
                       strlen(stage_name(entry->stage)), VIEW_REVERSE);
}

/* The hosts seen so far, by name, in the boxes: where the message came in, and where it went. */
static void
view_map_hosts(const View *view, ViewScreen *screen, int left, int top)
{
    const char *first = NULL;
    const char *last = NULL;

    if (view_track_count(view->track) > 0 &&
        view_tally_hosts(view_track_tally(view->track), view->cursor) > 0)
        first = view_tally_host(view_track_tally(view->track), 0);
    for (guint back = 0; first != NULL && last == NULL && back <= view->cursor; back++) {
        const char *focus = view_track_focus(view->track, view->cursor - back);

        last = focus != first ? focus : NULL;
    }
    if (first != NULL)
        view_putf(screen, left + 2, top, 42, VIEW_BOLD, " %s, the sender's server ", first);
    if (last != NULL) {
        view_fill(screen, left + 50, top + 8, 20, VIEW_PLAIN, '-');
        view_putf(screen, left + 51, top + 8, 19, VIEW_BOLD, " %s ", last);
    }
}

void
view_draw_map(const View *view, ViewScreen *screen, ViewBox box)
{
    int left = box.x + MAX(0, (box.width - VIEW_MAP_COLUMNS) / 2);
    int y = box.y + (box.height > VIEW_MAP_ROWS + 8 ? 1 : 0);
    int bottom = box.y + box.height;
    const ViewEntry *entry = view_current(view);
    ViewBox words = { left, y, MIN(VIEW_MAP_COLUMNS, box.width), 2 };
    g_autoptr(ViewLines) lines = view_lines_new(words.width);

    view_lines_add(lines, VIEW_BOLD, 0, "%s",
                   view->sentence != NULL ? view->sentence
                                          : _("One message on its way through mail servers, step "
                                              "by step: each stage answers one question."));
    view_lines_draw(lines, screen, words, 0);
    y += MIN(2, view_lines_count(lines)) + 1;
    for (int i = 0; i < VIEW_MAP_ROWS && y + i < bottom; i++)
        view_put(screen, left, y + i, box.x + box.width - left, VIEW_PLAIN, _(map_rows[i]));
    if (y + VIEW_MAP_ROWS < bottom) {
        view_map_hosts(view, screen, left, y);
        view_map_mark(view, screen, left, y);
    }
    y += VIEW_MAP_ROWS + 1;
    if (entry != NULL && y < bottom - 2)
        view_putf(screen, left, y++, box.width, VIEW_PLAIN, "Now: %s%s%s",
                  entry->stage == STAGE_NONE ? _("before the first stage")
                                             : stage_name(entry->stage),
                  entry->stage == STAGE_NONE ? "" : ": ",
                  entry->stage == STAGE_NONE ? "" : _(stage_info(entry->stage)->question));
    view_put(screen, left, MIN(y + 1, bottom - 1), box.width, VIEW_BOLD,
             _("Space  next step     Backspace  back     ?  help     q  quit"));
}
