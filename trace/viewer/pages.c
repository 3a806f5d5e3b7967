/* trace/viewer/pages.c - what can lie over the ladder: the map, help, the list of messages.
 *
 * The map is the first screen too: one sentence, the fork of stages, four keys.
 * Tests: tests/test_viewer_screen.c, with the screens in tests/screens/
 */
#include "trace/viewer/draw.h"

#include <string.h>

#include "trace/viewer/keys.h"

/* ---- the map ---- */

/* What a box of the map stands for. */
typedef struct ViewSpot {
    Stage stage;
    int x, y;
} ViewSpot;

/* The fork as it stands in trace/stage.h: 74 columns, 11 rows. */
static const char *const map_rows[] = {
    "+- the sender's server ---------------------+    +- DNS --------------+",
    "| connect > sender > split > route - remote |--->| who takes the mail?|",
    "|                              |            |    +--------------------+",
    "|                              |            |--> dns > filter > store  ",
    "|                            local          |      > queue > relay     ",
    "|                              |            |         |     (> retry,  ",
    "|                              v            |         |      > bounce) ",
    "|  recipient > filter > store > deliver     |         v                ",
    "|                  (> archive)              |    +- the next server --+",
    "+------------------------------|------------+    | the same again:    |",
    "                               v                 | connect, sender... |",
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

static void
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
                                          : "One message on its way through mail servers, step "
                                            "by step: each stage answers one question.");
    view_lines_draw(lines, screen, words, 0);
    y += MIN(2, view_lines_count(lines)) + 1;
    for (int i = 0; i < VIEW_MAP_ROWS && y + i < bottom; i++)
        view_put(screen, left, y + i, box.x + box.width - left, VIEW_PLAIN, map_rows[i]);
    if (y + VIEW_MAP_ROWS < bottom)
        view_map_mark(view, screen, left, y);
    y += VIEW_MAP_ROWS + 1;
    if (entry != NULL && y < bottom - 2)
        view_putf(screen, left, y++, box.width, VIEW_PLAIN, "Now: %s%s%s",
                  entry->stage == STAGE_NONE ? "before the first stage" : stage_name(entry->stage),
                  entry->stage == STAGE_NONE ? "" : ": ",
                  entry->stage == STAGE_NONE ? "" : stage_info(entry->stage)->question);
    view_put(screen, left, MIN(y + 1, bottom - 1), box.width, VIEW_BOLD,
             "Space  next step     Backspace  back     ?  help     q  quit");
}

/* ---- help ---- */

static void
view_help_words(ViewLines *lines)
{
    view_lines_add(lines, VIEW_BOLD, 0, "Words");
    view_lines_add(lines, VIEW_PLAIN, 11,
                   "  journey  one message's way through all servers: j1, j2");
    view_lines_add(lines, VIEW_PLAIN, 11, "  hop      the step from one server to the next");
    view_lines_add(lines, VIEW_PLAIN, 11,
                   "  gate     where the server is held, between two events");
    view_lines_add(lines, VIEW_PLAIN, 11,
                   "  lane     a vertical line of the ladder: a part that somebody plays");
    view_lines_add(lines, VIEW_PLAIN, 11,
                   "  event    one thing the server did; its number is its place in the journal");
    view_lines_add(lines, VIEW_PLAIN, 11,
                   "  filter   stage=dns host=mx.south.example code>=400 text~\"no such\"");
}

static void
view_draw_help(const View *view, ViewScreen *screen, ViewBox box)
{
    g_autoptr(ViewLines) lines = view_lines_new(box.width - 2);
    ViewBox inner = { box.x + 1, box.y, box.width - 2, box.height };

    view_lines_add(lines, VIEW_BOLD, 0, "Keys (arrows scroll, Esc or q closes)");
    for (const ViewAction *action = view_actions(); action->name != NULL; action++) {
        const char *reason = action->why_not == NULL ? NULL : action->why_not(view);

        view_lines_add(lines, reason == NULL ? VIEW_PLAIN : VIEW_DIM, 18, "  %-15s %s%s%s%s",
                       action->name, action->help,
                       reason == NULL ? "" : " (Not now: ", reason == NULL ? "" : reason,
                       reason == NULL ? "" : ")");
    }
    view_help_words(lines);
    view_lines_draw(lines, screen, inner, view->help_top);
    if (view->help_top + box.height < view_lines_count(lines))
        view_put(screen, box.x + box.width - 9, box.y + box.height - 1, 8, VIEW_REVERSE,
                 " more v ");
}

/* ---- the list of messages ---- */

/* What had become of @message when event @upto had happened. */
static void
view_message_then(const View *view, const ViewMessage *message, guint upto, const char **stage,
                  const char **result, int *tries, gint64 *due_us)
{
    *stage = "";
    *result = "on its way";
    *tries = 0;
    *due_us = 0;
    for (guint i = 0; i < message->entries->len; i++) {
        guint index = g_array_index(message->entries, guint, i);
        const ViewEntry *entry = view_model_entry(view->model, index);

        if (index > upto)
            break;
        if (entry->stage != STAGE_NONE)
            *stage = stage_name(entry->stage);
        *tries = entry->tries >= 0 ? entry->tries : *tries;
        *due_us = entry->due_us > 0 ? entry->due_us : *due_us;
        if (entry->outcome != NULL && strcmp(entry->outcome, "refused") == 0)
            *result = "refused";
        else if (entry->stage == STAGE_BOUNCE)
            *result = "bounced";
        else if (entry->stage == STAGE_RETRY)
            *result = "waits";
        else if (entry->stage == STAGE_DELIVER)
            *result = "delivered";
        else if (entry->stage == STAGE_PICKUP)
            *result = "read";
    }
}

static void
view_draw_message(const View *view, ViewScreen *screen, ViewBox box, const ViewMessage *message,
                  guint look)
{
    const char *stage;
    const char *result;
    int tries;
    gint64 due_us;
    int address = MAX(6, (box.width - 8 - 10 - 4 - 8 - 10) / 2);
    int right = box.x + box.width;
    guint upto = view_track_row(view->track, view->cursor)->entry;
    int x = box.x;
    g_autofree char *due = NULL;

    view_message_then(view, message, upto, &stage, &result, &tries, &due_us);
    due = due_us > view_current(view)->time_us ? view_clock(due_us) : NULL;
    view_fill(screen, box.x, box.y, box.width, look, ' ');
    view_putf(screen, x, box.y, 6, look, " %s", message->journey);
    view_put(screen, x + 7, box.y, MIN(address, right - x - 7), look,
             message->from == NULL ? "?" : message->from);
    x += 8 + address;
    view_put(screen, x, box.y, MIN(address, right - x), look,
             message->to == NULL ? "?" : message->to);
    x += address + 1;
    view_put(screen, x, box.y, MIN(10, right - x), look, stage);
    view_putf(screen, x + 10, box.y, MIN(4, right - x - 10), look, "%d", tries);
    if (due != NULL)
        view_putf(screen, x + 14, box.y, MIN(6, right - x - 14), look, "%.5s", due);
    view_put(screen, x + 20, box.y, MIN(10, right - x - 20), look, result);
}

/* Which messages had begun at the cursor. */
static guint
view_messages_then(const View *view)
{
    guint count = 0;
    guint upto = view_track_row(view->track, view->cursor)->entry;

    while (count < view_model_messages(view->model) &&
           g_array_index(view_model_message(view->model, count)->entries, guint, 0) <= upto)
        count++;
    return count;
}

void
view_draw_messages(const View *view, ViewScreen *screen, ViewBox box, gboolean choose)
{
    guint count;
    int rows = box.height - 1;
    int first;
    int address = MAX(6, (box.width - 8 - 10 - 4 - 8 - 10) / 2);

    if (rows < 1 || view_track_count(view->track) == 0)
        return;
    count = view_messages_then(view);
    view_putf(screen, box.x, box.y, box.width, VIEW_BOLD, " %-6s%-*s %-*s %-10s%-4s%-6s%s", "no",
              address, "from", address, "to", "stage", "try", "next", "result");
    if (choose) {
        guint look = view->chosen == 0 ? VIEW_REVERSE : VIEW_PLAIN;

        view_fill(screen, box.x, box.y + 1, box.width, look, ' ');
        view_put(screen, box.x, box.y + 1, box.width, look, " all events of all messages");
        box.y++;
        rows--;
    }
    first = choose ? MAX(0, (int)view->chosen - rows) : MAX(0, (int)count - rows);
    for (int i = 0; i < rows && first + i < (int)count; i++) {
        ViewBox line = { box.x, box.y + 1 + i, box.width, 1 };
        gboolean chosen = choose && (int)view->chosen == first + i + 1;

        view_draw_message(view, screen, line, view_model_message(view->model, first + i),
                          chosen ? VIEW_REVERSE : VIEW_PLAIN);
    }
}

void
view_draw_page(const View *view, ViewScreen *screen, ViewBox box)
{
    switch (view->page) {
    case VIEW_MAP: view_draw_map(view, screen, box); break;
    case VIEW_HELP: view_draw_help(view, screen, box); break;
    case VIEW_MESSAGES: view_draw_messages(view, screen, box, TRUE); break;
    case VIEW_NO_PAGE: break;
    }
}
