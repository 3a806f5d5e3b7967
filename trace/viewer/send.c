/* trace/viewer/send.c - the menu of messages to send.
 *
 *   > p  plain          one server: stored, delivered at once
 *     u  unknown-user   refused at RCPT with 550 5.1.1
 *     b  by hand        your own words, to whom you like
 *
 * The presets are the server's (app/presets.c); it is asked for them when the menu opens, and it makes
 * them from its own world: who writes to whom, and what cannot be shown there.
 * Tests: tests/test_viewer_send.c
 */
#include "trace/viewer/send.h"

#include <string.h>

#include "trace/viewer/answer.h"
#include "trace/viewer/hunt.h"
#include "trace/viewer/keys.h"
#include "trace/viewer/lists.h"
#include "trace/viewer/moves.h"
#include "trace/words.h"

/* Longer lists than these are not believed. */
#define VIEW_PRESETS_MAX  20
#define VIEW_ACCOUNTS_MAX 1000

#define VIEW_BY_HAND_LETTER 'b'

static ViewPreset *
view_preset_new(JsonObject *it)
{
    ViewPreset *preset = g_new0(ViewPreset, 1);

    preset->name = view_answer_word(it, "name");
    preset->shows = view_answer_word(it, "shows");
    preset->from = view_answer_word(it, "from");
    preset->to = view_answer_word(it, "to");
    preset->octets = view_answer_number(it, "octets");
    preset->why_not = view_answer_word(it, "why_not");
    return preset;
}

static void
view_preset_free(gpointer data)
{
    ViewPreset *preset = data;

    g_free(preset->name);
    g_free(preset->shows);
    g_free(preset->from);
    g_free(preset->to);
    g_free(preset->why_not);
    g_free(preset);
}

ViewSend *
view_send_new(void)
{
    ViewSend *send = g_new0(ViewSend, 1);

    send->presets = g_ptr_array_new_with_free_func(view_preset_free);
    send->accounts = g_ptr_array_new_with_free_func(g_free);
    send->hosts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < G_N_ELEMENTS(send->typed); i++)
        send->typed[i] = g_string_new(NULL);
    g_queue_init(&send->waiting);
    return send;
}

void
view_send_free(ViewSend *send)
{
    g_ptr_array_unref(send->presets);
    g_ptr_array_unref(send->accounts);
    g_ptr_array_unref(send->hosts);
    for (guint i = 0; i < G_N_ELEMENTS(send->typed); i++)
        g_string_free(send->typed[i], TRUE);
    g_queue_clear_full(&send->waiting, g_free);
    g_free(send);
}

/* ---- with the server ---- */

gboolean
view_send_keep_key(View *view, guint key)
{
    gboolean keep = key == VIEW_KEY_ENTER || (key < 128 && g_ascii_isalnum(key) && key != 'q');

    if (keep)
        view->send->early = key;
    return keep;
}

/* Now that there is something to choose from. */
static void
view_send_use_key(View *view)
{
    guint key = view->send->early;

    view->send->early = 0;
    if (key != 0 && (view->page == VIEW_SEND || view->page == VIEW_FETCH))
        view_press(view, key);
}

void
view_send_take(View *view, JsonObject *answer)
{
    ViewSend *send = view->send;
    JsonArray *list = view_answer_list(answer, "presets");
    gboolean first = send->accounts->len == 0;

    g_ptr_array_set_size(send->presets, 0);
    for (guint i = 0; list != NULL && i < MIN(json_array_get_length(list), VIEW_PRESETS_MAX); i++) {
        JsonObject *it = view_answer_object(list, i);

        if (it != NULL)
            g_ptr_array_add(send->presets, view_preset_new(it));
    }
    g_ptr_array_unref(send->accounts);
    g_ptr_array_unref(send->hosts);
    send->accounts = view_answer_words(answer, "accounts", VIEW_ACCOUNTS_MAX);
    send->hosts = view_answer_words(answer, "hosts", VIEW_ACCOUNTS_MAX);
    send->chosen = MIN(send->chosen, send->presets->len);
    send->account = MIN(send->account, MAX(send->accounts->len, 1) - 1);
    if (first)
        view_fetch_choose(view);
    view_send_use_key(view);
}

/* On the ladder of one message nobody sees another one: all are shown again. Who looked at the newest
 * event still does. */
static void
view_send_show_all(View *view)
{
    guint count = view_model_count(view->model);

    if (view_track_journey(view->track) == NULL)
        return;
    if (view->follow && view->filter == NULL && count > 0)
        view_hunt_event(view, view_model_entry(view->model, count - 1)->seq);
    else
        view_choose(view, NULL);
    view_notice(view, "All messages are shown again, and with them the one that comes now.");
}

void
view_send_ask(View *view, const char *line)
{
    gboolean sends = g_str_has_prefix(line, "send");

    view_leave_map(view);
    view_send_show_all(view);
    view_order(view, FALSE, "%s", line);
    g_queue_push_tail(&view->send->waiting, g_strdup(line));
    if (view->held)
        view_notice(view, "The world is held: this is %s as soon as it goes on (Space).",
                    sends ? _("sent") : _("read"));
}

/* Lines of the same kind are answered in the order in which they were said. */
void
view_send_answered(View *view, const char *command)
{
    GQueue *waiting = &view->send->waiting;

    for (GList *line = waiting->head; line != NULL; line = line->next) {
        if (!g_str_has_prefix(line->data, command))
            continue;
        g_free(line->data);
        g_queue_delete_link(waiting, line);
        return;
    }
}

const char *
view_send_waits(const View *view)
{
    return view->live && view->held ? g_queue_peek_head(&view->send->waiting) : NULL;
}

const char *
view_send_account(const View *view, gboolean recipient)
{
    const ViewMessage *message = view_message(view);
    const GPtrArray *accounts = view->send->accounts;
    const char *wanted = message == NULL ? NULL : recipient ? message->to : message->from;

    for (guint i = 0; wanted != NULL && i < accounts->len; i++)
        if (g_ascii_strcasecmp(g_ptr_array_index(accounts, i), wanted) == 0)
            return g_ptr_array_index(accounts, i);
    if (accounts->len == 0)
        return NULL;
    /* Whoever writes seldom writes to themselves. */
    return g_ptr_array_index(accounts, recipient && accounts->len > 1 ? 1 : 0);
}

/* The preset under the arrow; NULL: "by hand". */
static const ViewPreset *
view_send_chosen(const ViewSend *send)
{
    return send->chosen < send->presets->len ? g_ptr_array_index(send->presets, send->chosen)
                                             : NULL;
}

/* ---- drawing ---- */

static void
view_draw_preset(const View *view, ViewScreen *screen, ViewBox box, guint place)
{
    const ViewSend *send = view->send;
    const ViewPreset *preset =
        place < send->presets->len ? g_ptr_array_index(send->presets, place) : NULL;
    gboolean chosen = place == send->chosen;
    gboolean can = preset == NULL || *preset->why_not == '\0';
    guint look = (chosen ? VIEW_REVERSE : VIEW_PLAIN) | (can ? VIEW_PLAIN : VIEW_DIM);

    g_autofree char *padded = view_padded(_("by hand"), 13);

    view_fill(screen, box.x, box.y, box.width, look, ' ');
    if (preset == NULL)
        view_putf(screen, box.x, box.y, box.width, look, " %s %c  %s %s", chosen ? ">" : " ",
                  VIEW_BY_HAND_LETTER, padded, _("your own words, to whom you like"));
    else
        view_putf(screen, box.x, box.y, box.width, look, " %s %c  %-13s %s%s", chosen ? ">" : " ",
                  can ? *preset->name : '-', preset->name, can ? "" : _("not here: "),
                  can ? _(preset->shows) : _(preset->why_not));
}

/* @preset: NULL for "by hand". */
static void
view_preset_add(ViewLines *lines, const ViewPreset *preset)
{
    if (preset == NULL) {
        view_lines_add(lines, VIEW_PLAIN, 0,
                       "From, To, Subject, text, and the host it is given to.");
        return;
    }
    if (*preset->why_not != '\0') {
        view_lines_add(lines, VIEW_BOLD, 0, "%s: %s.", preset->name, _(preset->why_not));
        return;
    }
    view_lines_add(lines, VIEW_BOLD, 0, "%s: %s.", preset->name, _(preset->shows));
    view_lines_add(lines, VIEW_PLAIN, 4, "  %s > %s", preset->from, preset->to);
    if (preset->octets > 0)
        view_lines_add(lines, VIEW_PLAIN, 4,
                       "  %" G_GINT64_FORMAT " octets, one too many: size=%" G_GINT64_FORMAT
                       " is taken",
                       preset->octets, preset->octets - 1);
    view_lines_add(lines, VIEW_DIM, 4, "  :send preset=%s", preset->name);
}

/* What is to be known of the chosen one. */
static void
view_draw_preset_chosen(const View *view, ViewScreen *screen, ViewBox box)
{
    const ViewPreset *preset = view_send_chosen(view->send);
    g_autoptr(ViewLines) lines = view_lines_new(MAX(box.width, 1));

    view_preset_add(lines, preset);
    if (view->held && (preset == NULL || *preset->why_not == '\0'))
        view_lines_add(lines, VIEW_YELLOW, 0, "The world is held: sent when it goes on (Space).");
    view_lines_draw(lines, screen, box, 0);
}

void
view_draw_send(const View *view, ViewScreen *screen, ViewBox box)
{
    guint count = view->send->presets->len + 1;
    int rows = MAX(1, MIN((int)count, box.height - 3));
    int first = MAX(0, (int)view->send->chosen - rows + 1);
    ViewBox under = { box.x + 1, box.y + rows + 2, box.width - 2, box.height - rows - 2 };

    view_put(screen, box.x + 1, box.y, box.width - 2, VIEW_PLAIN, _("What shall be sent?"));
    if (view->send->presets->len == 0) {
        view_put(screen, box.x + 1, box.y + 1, box.width - 2, VIEW_DIM,
                 _("The server is asked what can be sent in its world."));
        return;
    }
    for (int i = 0; i < rows; i++)
        view_draw_preset(view, screen, (ViewBox){ box.x, box.y + 1 + i, box.width, 1 }, first + i);
    view_draw_preset_chosen(view, screen, under);
}

/* ---- keys ---- */

void
view_act_send(View *view)
{
    view->welcome = FALSE;
    view->page = VIEW_SEND;
    view->send->early = 0;
    view_order(view, TRUE, "presets");
}

static void
view_send_take_chosen(View *view)
{
    const ViewPreset *preset = view_send_chosen(view->send);
    g_autofree char *line = NULL;

    if (preset == NULL) {
        view_by_hand_open(view);
        return;
    }
    if (*preset->why_not != '\0') {
        view_notice(view, "%s is not for this world: %s.", preset->name, _(preset->why_not));
        return;
    }
    line = g_strdup_printf("send preset=%s", preset->name);
    view_send_ask(view, line);
}

/* The entry with that letter; FALSE: none has it. */
static gboolean
view_send_choose_letter(ViewSend *send, guint key)
{
    for (guint i = 0; i < send->presets->len; i++) {
        const ViewPreset *preset = g_ptr_array_index(send->presets, i);

        if (*preset->name == '\0' || (guchar)*preset->name != key)
            continue;
        send->chosen = i;
        return TRUE;
    }
    if (key == VIEW_BY_HAND_LETTER)
        send->chosen = send->presets->len;
    return key == VIEW_BY_HAND_LETTER;
}

gboolean
view_press_send(View *view, guint key)
{
    ViewSend *send = view->send;
    int move = view_list_move(key);

    if (!view->live)
        return FALSE;
    if (send->presets->len == 0)
        return view_send_keep_key(view, key);
    if (move != 0)
        send->chosen = CLAMP((int)send->chosen + move, 0, (int)send->presets->len);
    else if (key == VIEW_KEY_ENTER || view_send_choose_letter(send, key))
        view_send_take_chosen(view);
    else
        return FALSE;
    return TRUE;
}
