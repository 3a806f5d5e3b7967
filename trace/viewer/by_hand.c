/* trace/viewer/by_hand.c - a message by hand: a form to type in.
 *
 *     From     alice@north.example
 *     To       bob@north.example, carol@south.example_
 *     Subject  Hello
 *     Text     Can you see through me?
 *     Host
 *   [ Send ]
 *
 * Where addresses or hosts are wanted, Left and Right offer those of the world. One takes back the
 * last character; there is no cursor within a field.
 * Start reading at view_press_by_hand().
 * Tests: tests/test_viewer_send.c
 */
#include "trace/viewer/send.h"

#include <string.h>

#include "trace/viewer/keys.h"
#include "trace/words.h"

/* Octets that a field takes. Together, and with a backslash before each quote, they are less than a
 * command line of the control socket may have, which is 4,096. */
static const struct {
    const char *label;
    gsize octets;
    const char *help;
} fields[BY_HAND_FIELDS] = {
    [BY_HAND_FROM] = { N_("From"), 250,
                       N_("An account logs in and submits; any other address calls port 25, as a "
                          "stranger does. <> is the null sender. Left, Right: the accounts") },
    [BY_HAND_TO] = { N_("To"), 800, N_("Comma between several. Left, Right: the accounts") },
    [BY_HAND_SUBJECT] = { N_("Subject"), 250,
                          N_("A line of the message; servers don't look at it.") },
    [BY_HAND_TEXT] = { N_("Text"), 1000,
                       N_("Enter begins a new line, Tab goes on to the next field.") },
    [BY_HAND_HOST] = { N_("Host"), 250,
                       N_("The server that the message is given to. Empty: the sender's own, else "
                          "the "
                          "recipient's. Left, Right: the hosts") },
    [BY_HAND_SEND] = { N_("[ Send ]"), 0, N_("Enter hands it over.") },
};

#define BY_HAND_TEXT_X    10
#define BY_HAND_TEXT_ROWS 5

/* ---- what is likely ---- */

void
view_by_hand_open(View *view)
{
    ViewSend *send = view->send;
    const char *from = view_send_account(view, FALSE);
    const char *to = view_send_account(view, TRUE);

    view->page = VIEW_BY_HAND;
    send->field = BY_HAND_FROM;
    if (send->typed[BY_HAND_FROM]->len == 0 && from != NULL)
        g_string_assign(send->typed[BY_HAND_FROM], from);
    if (send->typed[BY_HAND_TO]->len == 0 && to != NULL)
        g_string_assign(send->typed[BY_HAND_TO], to);
    if (send->typed[BY_HAND_SUBJECT]->len == 0)
        g_string_assign(send->typed[BY_HAND_SUBJECT], "Hello");
    if (send->typed[BY_HAND_TEXT]->len == 0)
        g_string_assign(send->typed[BY_HAND_TEXT], "Can you see through me?");
}

/* ---- drawing ---- */

/* The end of @text that fits into @columns, with a ~ before it where it is not all. */
static char *
view_by_hand_end(const char *text, int columns)
{
    const char *from = text;

    while (*from != '\0' && view_columns(from) > MAX(columns - (from == text ? 0 : 1), 0))
        from = g_utf8_next_char(from);
    return g_strdup_printf("%s%s", from == text ? "" : "~", from);
}

/* One line of a field; the last of the chosen one shows where the next character goes. */
static void
view_draw_by_hand_line(ViewScreen *screen, ViewBox box, const char *text, gboolean here)
{
    g_autofree char *end = view_by_hand_end(text, box.width - 1);
    int used = view_put(screen, box.x, box.y, box.width, here ? VIEW_BOLD : VIEW_PLAIN, end);

    if (here)
        view_paint(screen, box.x + used, box.y, 1, VIEW_REVERSE);
}

/* The last lines of the text; returns how many rows they took. */
static int
view_draw_by_hand_text(const ViewSend *send, ViewScreen *screen, ViewBox box)
{
    g_auto(GStrv) lines = g_strsplit(send->typed[BY_HAND_TEXT]->str, "\n", -1);
    int count = MAX(1, (int)g_strv_length(lines));
    int first = MAX(0, count - box.height);

    if (first > 0)
        view_put(screen, box.x - 2, box.y, 1, VIEW_PLAIN, "~");
    for (int i = first; i < (int)g_strv_length(lines); i++) {
        ViewBox line = { box.x, box.y + i - first, box.width, 1 };

        view_draw_by_hand_line(screen, line, lines[i],
                               send->field == BY_HAND_TEXT && i == count - 1);
    }
    return count - first;
}

/* One field at @y of @box; returns how many rows it took. */
static int
view_draw_by_hand_field(const ViewSend *send, ViewScreen *screen, ViewBox box, int y,
                        ViewByHand number)
{
    gboolean here = number == send->field;
    int rows = MAX(1, MIN(BY_HAND_TEXT_ROWS, box.height - BY_HAND_FIELDS - 2));
    ViewBox field = { box.x + BY_HAND_TEXT_X + 2, y, box.width - BY_HAND_TEXT_X - 3, rows };
    guint look = here ? VIEW_BOLD | (number == BY_HAND_SEND ? VIEW_REVERSE : 0) : VIEW_PLAIN;

    view_putf(screen, box.x + 1, y, BY_HAND_TEXT_X, look, "%s %s", here ? ">" : " ",
              _(fields[number].label));
    if (number == BY_HAND_TEXT)
        return view_draw_by_hand_text(send, screen, field);
    if (number != BY_HAND_SEND)
        view_draw_by_hand_line(screen, field, send->typed[number]->str, here);
    return 1;
}

void
view_draw_by_hand(const View *view, ViewScreen *screen, ViewBox box)
{
    g_autoptr(ViewLines) help = view_lines_new(MAX(box.width - 2, 1));
    ViewBox under = { box.x + 1, box.y + 1, box.width - 2, box.height - 1 };
    int space = box.height > 14 ? 1 : 0;

    view_put(screen, box.x + 1, box.y, box.width - 2, VIEW_PLAIN,
             _("What shall be sent, by hand?  Ctrl-U: empty the field"));
    for (guint i = 0; i < BY_HAND_FIELDS; i++)
        under.y += view_draw_by_hand_field(view->send, screen, box, under.y, i);
    under.y += space;
    under.height = box.y + box.height - under.y;
    view_lines_add(help, VIEW_PLAIN, 0, "%s", _(fields[view->send->field].help));
    if (view->held)
        view_lines_add(help, VIEW_YELLOW, 0, "The world is held: sent when it goes on (Space).");
    view_lines_draw(help, screen, under, 0);
}

/* ---- the line for the server ---- */

/* In quotes, as the server reads it: \n for a new line, a backslash before quote and backslash. */
static void
view_by_hand_quote(GString *line, const char *name, const char *text)
{
    g_string_append_printf(line, " %s=\"", name);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            g_string_append_c(line, '\\');
        if (*text == '\n')
            g_string_append(line, "\\n");
        else
            g_string_append_c(line, *text);
    }
    g_string_append_c(line, '"');
}

/* The field without blanks, which end a word of the server's. */
static char *
view_by_hand_word(const ViewSend *send, ViewByHand field)
{
    GString *word = g_string_new(NULL);

    for (const char *c = send->typed[field]->str; *c != '\0'; c++)
        if (*c != ' ' && *c != '\t')
            g_string_append_c(word, *c);
    return g_string_free(word, FALSE);
}

static void
view_by_hand_send(View *view)
{
    ViewSend *send = view->send;
    g_autofree char *from = view_by_hand_word(send, BY_HAND_FROM);
    g_autofree char *to = view_by_hand_word(send, BY_HAND_TO);
    g_autofree char *host = view_by_hand_word(send, BY_HAND_HOST);
    g_autoptr(GString) line = g_string_new(NULL);

    if (!view->live) {
        view_notice(view, "Nothing is sent: the server has gone.");
        return;
    }
    if (*from == '\0' || *to == '\0') {
        send->field = *from == '\0' ? BY_HAND_FROM : BY_HAND_TO;
        view_notice(view, *from == '\0' ? "From is empty; the null sender is <>."
                                        : "To is empty: nobody would get it.");
        return;
    }
    g_string_printf(line, "send %s %s", from, to);
    view_by_hand_quote(line, "subject", send->typed[BY_HAND_SUBJECT]->str);
    view_by_hand_quote(line, "text", send->typed[BY_HAND_TEXT]->str);
    if (*host != '\0')
        g_string_append_printf(line, " via=%s", host);
    view_send_ask(view, line->str);
}

/* ---- keys ---- */

/* The next of what the world has, after what stands there; of several recipients, for the last. */
static void
view_by_hand_offer(ViewSend *send, int move)
{
    const GPtrArray *offers = send->field == BY_HAND_HOST ? send->hosts : send->accounts;
    GString *typed;
    const char *last;
    int place = move > 0 ? -1 : (int)offers->len;

    if (offers->len == 0 ||
        (send->field != BY_HAND_FROM && send->field != BY_HAND_TO && send->field != BY_HAND_HOST))
        return;
    typed = send->typed[send->field];
    last = send->field == BY_HAND_TO ? strrchr(typed->str, ',') : NULL;
    last = last == NULL ? typed->str : last + 1;
    last += strspn(last, " ");
    for (guint i = 0; i < offers->len; i++)
        if (g_ascii_strcasecmp(g_ptr_array_index(offers, i), last) == 0)
            place = i;
    place = (place + move + (int)offers->len) % (int)offers->len;
    g_string_truncate(typed, last - typed->str);
    g_string_append(typed, g_ptr_array_index(offers, place));
}

static void
view_by_hand_type(ViewSend *send, guint key)
{
    GString *typed = send->field == BY_HAND_SEND ? NULL : send->typed[send->field];
    const char *last;

    if (typed == NULL)
        return;
    if (key == VIEW_KEY_BACKSPACE) {
        last = g_utf8_find_prev_char(typed->str, typed->str + typed->len);
        g_string_truncate(typed, last == NULL ? 0 : last - typed->str);
    } else if (key == 'U' - '@') {
        g_string_truncate(typed, 0);
    } else if (key == VIEW_KEY_ENTER || g_unichar_isprint(key)) {
        g_string_append_unichar(typed, key);
        if (typed->len > fields[send->field].octets)
            view_by_hand_type(send, VIEW_KEY_BACKSPACE);
    }
}

gboolean
view_press_by_hand(View *view, guint key)
{
    ViewSend *send = view->send;
    int move = key == VIEW_KEY_UP || key == VIEW_KEY_BACK_TAB ? -1
               : key == VIEW_KEY_DOWN || key == '\t'          ? 1
                                                              : 0;

    if (key == VIEW_KEY_ESCAPE)
        view->page = VIEW_SEND;
    else if (key == 'C' - '@' || key == 'L' - '@')
        return FALSE;
    else if (move != 0)
        send->field = CLAMP((int)send->field + move, 0, BY_HAND_SEND);
    else if (key == VIEW_KEY_LEFT || key == VIEW_KEY_RIGHT)
        view_by_hand_offer(send, key == VIEW_KEY_LEFT ? -1 : 1);
    else if (key == VIEW_KEY_ENTER && send->field == BY_HAND_SEND)
        view_by_hand_send(view);
    else if (key == VIEW_KEY_ENTER && send->field != BY_HAND_TEXT)
        send->field++;
    else
        view_by_hand_type(send, key);
    return TRUE;
}
