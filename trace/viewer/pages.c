/* trace/viewer/pages.c - what can lie over the ladder; of that, the list of messages (see lists.h).
 *
 * Tests: tests/test_viewer_screen.c, with the screens in tests/screens/
 */
#include <string.h>

#include "trace/viewer/keys.h"
#include "trace/viewer/lists.h"
#include "trace/viewer/panes.h"

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
        *due_us = entry->due_s > 0 ? view_entry_due_us(entry) : *due_us;
        if (entry->outcome != NULL && strcmp(entry->outcome, "refused") == 0)
            *result = "refused";
        else if (entry->stage == STAGE_BOUNCE && g_strcmp0(message->from, "<>") != 0)
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
    guint low = 0;
    guint high = view_model_messages(view->model);
    guint upto = view_track_row(view->track, view->cursor)->entry;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const ViewMessage *message = view_model_message(view->model, middle);

        if (g_array_index(message->entries, guint, 0) <= upto)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
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

/* The list, and below it when the chosen message was tried to be passed on. */
static void
view_draw_list(const View *view, ViewScreen *screen, ViewBox box)
{
    ViewBox list = { box.x, box.y, box.width, box.height / 2 };
    ViewBox under = { box.x + 1, box.y + list.height + 1, box.width - 2,
                      box.height - list.height - 1 };
    g_autoptr(ViewLines) lines = view_lines_new(MAX(under.width, 1));

    view_draw_messages(view, screen, list, TRUE);
    if (view_track_count(view->track) == 0)
        return;
    if (view->chosen > 0 && view->chosen <= view_model_messages(view->model))
        view_tries_add(view, lines, view_model_message(view->model, view->chosen - 1));
    if (view_lines_count(lines) == 0)
        view_lines_add(lines, VIEW_DIM, 0,
                       view->chosen == 0 ? "Up and Down choose, Enter shows its ladder."
                                         : "Enter shows its ladder. No try to pass it on is kept.");
    view_lines_draw(lines, screen, under, 0);
}

gboolean
view_press_messages(View *view, guint key)
{
    int move = view_list_move(key);
    guint last = view_model_messages(view->model);

    view->chosen = CLAMP((int)view->chosen + move, 0, (int)last);
    if (key == VIEW_KEY_ENTER) {
        view_choose(view, view->chosen == 0
                              ? NULL
                              : view_model_message(view->model, view->chosen - 1)->journey);
        view->page = VIEW_NO_PAGE;
    }
    return move != 0 || key == VIEW_KEY_ENTER;
}

void
view_draw_page(const View *view, ViewScreen *screen, ViewBox box)
{
    switch (view->page) {
    case VIEW_MAP: view_draw_map(view, screen, box); break;
    case VIEW_HELP: view_draw_help(view, screen, box); break;
    case VIEW_MESSAGES: view_draw_list(view, screen, box); break;
    case VIEW_SESSIONS: view_draw_sessions(view, screen, box); break;
    case VIEW_FAULTS: view_draw_faults(view, screen, box); break;
    case VIEW_NO_PAGE: break;
    }
}
