/* trace/viewer/fetch.c - reading a mailbox: whose, and how.
 *
 *     mailbox                       how
 *   > alice@north.example         > POP3, leave it there
 *     bob@north.example             POP3, then delete it
 *                                   IMAP
 *
 * Tests: tests/test_viewer_send.c
 */
#include "trace/viewer/send.h"

#include <string.h>

#include "trace/viewer/keys.h"
#include "trace/viewer/lists.h"
#include "trace/words.h"

static const struct {
    const char *words; /* as the server reads them */
    const char *text;
    const char *shows;
} ways[] = {
    { "pop3", N_("POP3, leave it there"),
      N_("downloads each message (RETR) and leaves it on the server: QUIT changes nothing") },
    { "pop3 delete", N_("POP3, then delete it"),
      N_("downloads each message (RETR) and marks it (DELE): at QUIT it goes from the server, and "
         "the viewer keeps no copy") },
    { "imap", "IMAP",
      N_("reads the messages where they are (FETCH): they stay, and are marked \\Seen") },
};

/* ---- drawing ---- */

static void
view_draw_fetch_cell(ViewScreen *screen, ViewBox box, gboolean chosen, gboolean column,
                     const char *text)
{
    guint look = chosen && column ? VIEW_REVERSE : VIEW_PLAIN;

    view_fill(screen, box.x, box.y, box.width - 1, look, ' ');
    view_putf(screen, box.x, box.y, box.width - 1, look | (chosen ? VIEW_BOLD : 0), "%s %s",
              !chosen  ? " "
              : column ? ">"
                       : "-",
              text);
}

static void
view_draw_fetch_columns(const View *view, ViewScreen *screen, ViewBox box)
{
    const ViewSend *send = view->send;
    int half = MIN(44, box.width / 2);
    int first = MAX(0, (int)send->account - box.height + 1);

    for (int i = 0; i < box.height && first + i < (int)send->accounts->len; i++)
        view_draw_fetch_cell(screen, (ViewBox){ box.x + 1, box.y + i, half - 1, 1 },
                             (guint)(first + i) == send->account, !send->in_ways,
                             g_ptr_array_index(send->accounts, first + i));
    for (int i = 0; i < (int)G_N_ELEMENTS(ways) && i < box.height; i++)
        view_draw_fetch_cell(screen, (ViewBox){ box.x + half, box.y + i, box.width - half, 1 },
                             (guint)i == send->way, send->in_ways, _(ways[i].text));
}

static char *
view_fetch_line(const ViewSend *send)
{
    return g_strdup_printf("fetch %s %s", (char *)g_ptr_array_index(send->accounts, send->account),
                           ways[send->way].words);
}

void
view_draw_fetch(const View *view, ViewScreen *screen, ViewBox box)
{
    const ViewSend *send = view->send;
    g_autoptr(ViewLines) lines = view_lines_new(MAX(box.width - 2, 1));
    g_autofree char *line = NULL;
    int rows = MAX(MAX(1, MIN((int)send->accounts->len, box.height - 7)), (int)G_N_ELEMENTS(ways));

    view_put(screen, box.x + 1, box.y, box.width - 2, VIEW_PLAIN, _("Whose mailbox, and how?"));
    if (send->accounts->len == 0) {
        view_put(screen, box.x + 1, box.y + 1, box.width - 2, VIEW_DIM,
                 send->hosts->len == 0 ? _("The server is asked who has a mailbox.")
                                       : _("The world file names no account."));
        return;
    }
    view_put(screen, box.x + 3, box.y + 1, box.width - 3, VIEW_BOLD, _("mailbox"));
    view_put(screen, box.x + MIN(44, box.width / 2), box.y + 1, box.width / 2, VIEW_BOLD, _("how"));
    view_draw_fetch_columns(view, screen, (ViewBox){ box.x, box.y + 2, box.width, rows });
    line = view_fetch_line(send);
    view_lines_add(lines, VIEW_BOLD, 0, "%s: %s.", _(ways[send->way].text),
                   _(ways[send->way].shows));
    view_lines_add(lines, VIEW_DIM, 4, "  :%s", line);
    if (view->held)
        view_lines_add(lines, VIEW_YELLOW, 0, "The world is held: read when it goes on (Space).");
    view_lines_draw(lines, screen,
                    (ViewBox){ box.x + 1, box.y + rows + 3, box.width - 2, box.height - rows - 3 },
                    0);
}

/* ---- keys ---- */

/* The mailbox of the message that one looks at is the likely one. */
void
view_fetch_choose(View *view)
{
    ViewSend *send = view->send;
    const char *likely = view_send_account(view, TRUE);

    for (guint i = 0; likely != NULL && i < send->accounts->len; i++)
        if (g_ptr_array_index(send->accounts, i) == (gpointer)likely)
            send->account = i;
}

void
view_act_fetch(View *view)
{
    view->welcome = FALSE;
    view->page = VIEW_FETCH;
    view->send->early = 0;
    view->send->in_ways = FALSE;
    view_fetch_choose(view);
    view_order(view, TRUE, "presets");
}

gboolean
view_press_fetch(View *view, guint key)
{
    ViewSend *send = view->send;
    int move = view_list_move(key);
    guint *chosen = send->in_ways ? &send->way : &send->account;
    int last = (send->in_ways ? (int)G_N_ELEMENTS(ways) : (int)send->accounts->len) - 1;

    if (!view->live)
        return FALSE;
    if (send->accounts->len == 0)
        return view_send_keep_key(view, key);
    if (move != 0)
        *chosen = CLAMP((int)*chosen + move, 0, last);
    else if (key == '\t' || key == VIEW_KEY_BACK_TAB)
        send->in_ways = !send->in_ways;
    else if (key == VIEW_KEY_LEFT || key == VIEW_KEY_RIGHT)
        send->in_ways = key == VIEW_KEY_RIGHT;
    else if (key == VIEW_KEY_ENTER) {
        g_autofree char *line = view_fetch_line(send);

        view_send_ask(view, line);
    } else
        return FALSE;
    return TRUE;
}
