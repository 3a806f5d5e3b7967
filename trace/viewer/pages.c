/* trace/viewer/pages.c - what can lie over the ladder; of that, the list of messages (see lists.h).
 *
 * Under the list stands the story of the chosen message (story.c).
 *
 * Tests: tests/test_viewer_screen.c, with the screens in tests/screens/
 */
#include <string.h>

#include "trace/viewer/keys.h"
#include "trace/viewer/lists.h"
#include "trace/viewer/panes.h"
#include "trace/viewer/send.h"
#include "trace/viewer/story.h"
#include "trace/viewer/sheet.h"
#include "trace/viewer/whatif_page.h"
#include "trace/words.h"

/* ---- the list of messages ---- */

/* Whether an event of stage @next moves on what was in @last. A QUIT is said in the stage where its
 * session began, and what has arrived does not leave again. */
static gboolean
view_stage_moves(Stage last, Stage next)
{
    if (next == STAGE_NONE || next == STAGE_CONNECT)
        return next != STAGE_NONE && last == STAGE_NONE;
    if (last == STAGE_DELIVER || last == STAGE_ARCHIVE || last == STAGE_PICKUP)
        return next == STAGE_DELIVER || next == STAGE_ARCHIVE || next == STAGE_PICKUP;
    return last != STAGE_BOUNCE || next >= STAGE_BOUNCE;
}

/* What has become of @message with @entry, where it was @result before. */
static const char *
view_result_after(const ViewMessage *message, const ViewEntry *entry, const char *result)
{
    gboolean put_off = strcmp(result, "greylisted") == 0;
    gboolean held = strcmp(result, "held") == 0;

    if (entry->outcome == VIEW_REFUSED ||
        (entry->code >= 500 && entry->from == VIEW_HOST && entry->to == VIEW_CLIENT))
        return entry->stage == STAGE_RETRY ? N_("given up") : N_("refused");
    switch (entry->stage) {
    case STAGE_BOUNCE: return g_strcmp0(message->from, "<>") != 0 ? N_("bounced") : result;
    case STAGE_FILTER:
        if (entry->outcome == VIEW_GREYLISTED)
            return N_("greylisted");
        return put_off && entry->kind == TRACE_DECISION ? N_("on its way") : result;
    case STAGE_QUEUE: /* one recipient was refused, but not all */
        if (entry->outcome == VIEW_HELD)
            return N_("held");
        return held && entry->kind != TRACE_DECISION ? result : N_("on its way");
    case STAGE_RELAY: /* the next try */
        return (put_off || held) && entry->kind == TRACE_TIMER ? N_("on its way") : result;
    case STAGE_RETRY: return put_off ? result : N_("waits");
    case STAGE_DELIVER: return N_("delivered");
    case STAGE_PICKUP: return N_("read");
    default: return result;
    }
}

/* What had become of @message when event @upto had happened. */
static void
view_message_then(const View *view, const ViewMessage *message, guint upto, const char **stage,
                  const char **result, int *tries, gint64 *due_us)
{
    Stage last = STAGE_NONE;

    *result = N_("on its way");
    *tries = 0;
    *due_us = 0;
    for (guint i = 0; i < message->entries->len; i++) {
        guint index = g_array_index(message->entries, guint, i);
        const ViewEntry *entry = view_model_entry(view->model, index);

        if (index > upto)
            break;
        if (view_stage_moves(last, entry->stage))
            last = entry->stage;
        *tries = entry->tries >= 0 ? entry->tries : *tries;
        *due_us = entry->due_s > 0 ? view_entry_due_us(entry) : *due_us;
        *result = view_result_after(message, entry, *result);
    }
    *stage = stage_name(last);
}

const char *
view_message_result(const View *view, const ViewMessage *message, guint upto)
{
    const char *stage;
    const char *result;
    int tries;
    gint64 due_us;

    view_message_then(view, message, upto, &stage, &result, &tries, &due_us);
    return result;
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
    view_put(screen, x + 20, box.y, MIN(10, right - x - 20), look, _(result));
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

/* Above the columns of view_draw_message(). */
static void
view_draw_messages_head(ViewScreen *screen, ViewBox box, int address)
{
    const char *const names[] = { _("no"),    _("from"),           _("to"),
                                  _("stage"), C_("column", "try"), C_("column", "next"),
                                  _("result") };
    const int widths[] = { 6, address + 1, address + 1, 10, 4, 6, 10 };
    int x = box.x + 1;

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        view_put(screen, x, box.y, MIN(widths[i], box.x + box.width - x), VIEW_BOLD, names[i]);
        x += widths[i];
    }
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
    view_draw_messages_head(screen, box, address);
    if (choose) {
        guint look = view->chosen == 0 ? VIEW_REVERSE : VIEW_PLAIN;

        view_fill(screen, box.x, box.y + 1, box.width, look, ' ');
        view_put(screen, box.x, box.y + 1, box.width, look, _(" all events of all messages"));
        /* What is chosen bears a sign too, for screens that show no reverse video. */
        if (view->chosen == 0)
            view_put(screen, box.x, box.y + 1, 1, look, ">");
        box.y++;
        rows--;
    }
    first = choose ? MAX(0, (int)view->chosen - rows) : MAX(0, (int)count - rows);
    for (int i = 0; i < rows && first + i < (int)count; i++) {
        ViewBox line = { box.x, box.y + 1 + i, box.width, 1 };
        gboolean chosen = choose && (int)view->chosen == first + i + 1;

        view_draw_message(view, screen, line, view_model_message(view->model, first + i),
                          chosen ? VIEW_REVERSE : VIEW_PLAIN);
        if (chosen)
            view_put(screen, line.x, line.y, 1, VIEW_REVERSE, ">");
    }
}

/* Lines that a page key moves the story by. */
#define VIEW_STORY_PAGE 8

/* The list takes what it needs, but leaves most of the page to the story. */
static int
view_list_rows(const View *view, int height)
{
    int wanted = view_track_count(view->track) == 0 ? 0 : (int)view_messages_then(view) + 2;

    return CLAMP(wanted, MIN(3, height), MAX(3, height / 3));
}

/* What stands under the list. */
static ViewLines *
view_list_story(const View *view, int width)
{
    ViewLines *lines = view_lines_new(MAX(width, 1));

    if (view_track_count(view->track) == 0)
        return lines;
    if (view->chosen > 0 && view->chosen <= view_messages_then(view))
        view_story_add(view, lines, view_model_message(view->model, view->chosen - 1));
    else
        view_lines_add(lines, VIEW_DIM, 0,
                       view_messages_then(view) == 0
                           ? "No message has begun yet. Esc, then Space: go on."
                           : "Down chooses a message: its story is then told here.");
    return lines;
}

int
view_story_highest(const View *view, int width, int height)
{
    g_autoptr(ViewLines) lines =
        view->page == VIEW_MESSAGES ? view_list_story(view, width - 2) : view_lines_new(1);

    return MAX(0, view_lines_count(lines) - (height - view_list_rows(view, height) - 1));
}

/* The list, and below it the story of the chosen message. */
static void
view_draw_list(const View *view, ViewScreen *screen, ViewBox box)
{
    int rows = view_list_rows(view, box.height);
    ViewBox list = { box.x, box.y, box.width, rows };
    ViewBox under = { box.x + 1, box.y + rows + 1, box.width - 2, box.height - rows - 1 };
    g_autoptr(ViewLines) lines = view_list_story(view, under.width);
    int top = MIN(view->story_top, MAX(0, view_lines_count(lines) - under.height));

    view_draw_messages(view, screen, list, TRUE);
    view_line_across(screen, box.x, under.y - 1, box.width, VIEW_BLUE);
    view_put(screen, box.x + 2, under.y - 1, box.width - 2, VIEW_BOLD, _(" The story "));
    view_lines_draw(lines, screen, under, top);
    if (top + under.height < view_lines_count(lines))
        view_put(screen, box.x + box.width - 14, under.y - 1, 13, VIEW_BOLD, _(" Space: more "));
}

/* The list opens at the message one is looking at. */
void
view_open_messages(View *view)
{
    const ViewMessage *message = view_message(view);
    guint count = view_track_count(view->track) == 0 ? 0 : view_messages_then(view);

    view->page = VIEW_MESSAGES;
    view->welcome = FALSE;
    view->story_top = 0;
    view->chosen = MIN(view->chosen, count);
    if (view->chosen == 0 && count > 0)
        view->chosen = 1;
    for (guint i = 0; message != NULL && i < count; i++)
        if (view_model_message(view->model, i) == message)
            view->chosen = i + 1;
}

gboolean
view_press_messages(View *view, guint key)
{
    int move = view_list_move(key);
    guint last = view_track_count(view->track) == 0 ? 0 : view_messages_then(view);
    int page = key == ' ' || key == VIEW_KEY_PAGE_DOWN                ? VIEW_STORY_PAGE
               : key == VIEW_KEY_BACKSPACE || key == VIEW_KEY_PAGE_UP ? -VIEW_STORY_PAGE
                                                                      : 0;

    view->chosen = CLAMP((int)view->chosen + move, 0, (int)last);
    view->story_top = move != 0 ? 0 : MAX(0, view->story_top + page);
    if (key == VIEW_KEY_ENTER) {
        view_choose(view, view->chosen == 0
                              ? NULL
                              : view_model_message(view->model, view->chosen - 1)->journey);
        view->page = VIEW_NO_PAGE;
    }
    return move != 0 || page != 0 || key == VIEW_KEY_ENTER;
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
    case VIEW_SHEET: view_draw_sheet(view, screen, box); break;
    case VIEW_SEND: view_draw_send(view, screen, box); break;
    case VIEW_BY_HAND: view_draw_by_hand(view, screen, box); break;
    case VIEW_FETCH: view_draw_fetch(view, screen, box); break;
    case VIEW_WHATIF: view_draw_whatif(view, screen, box); break;
    case VIEW_NO_PAGE: break;
    }
}
