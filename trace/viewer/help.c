/* trace/viewer/help.c - the help: all keys, all commands, the words; it scrolls and is searched.
 *
 * Nothing here is written twice: the keys are those of the table in keys.c, the commands those of
 * colon.c. A key that does nothing now says why.
 *
 * Start reading at view_help_lines().
 * Tests: tests/test_viewer_help.c
 */
#include <string.h>

#include "trace/viewer/colon.h"
#include "trace/viewer/follow.h"
#include "trace/viewer/keys.h"
#include "trace/viewer/lists.h"
#include "trace/words.h"

/* Lines that a page key moves by. */
#define VIEW_HELP_PAGE 10

static const struct {
    const char *word;
    const char *means;
} help_words[] = {
    { N_("journey"), N_("one message's way through all servers: j1, j2") },
    { N_("hop"), N_("the step from one server to the next") },
    { N_("stage"), N_("one question on the way, such as: which host takes mail for this domain?") },
    { N_("event"), N_("one thing the server did; its number is its place in the journal") },
    { N_("journal"), N_("the list of all events, a file: all that is seen here is read from it") },
    { N_("ladder"), N_("the events as arrows between lanes, the newest at the bottom") },
    { "=>, >", N_("on the ladder: where the server stands; where you look") },
    { "!, F",
      N_("on the ladder: a problem, such as a refusal; a fault, that is one made on purpose") },
    { "^, b, m", N_("on the ladder: the cause (u goes there); a breakpoint; a mark (:mark)") },
    { N_("lane"),
      N_("a vertical line of the ladder: a part that somebody plays (client, host, DNS)") },
    { N_("gate"),
      N_("where the server is held, between two events; HELD: nothing goes on meanwhile") },
    { N_("session"), N_("one connection, or one try to pass a message on: smtp-1, relay-2") },
    { N_("client"),
      N_("who calls and asks: a user's mail program, or a server that passes mail on") },
    { N_("host"), N_("a machine with a name on the network; here: a mail server") },
    { "SMTP",
      N_("how mail is handed over: the client says EHLO, MAIL, RCPT, DATA, the server replies") },
    { "EHLO, QUIT", N_("hello and goodbye of SMTP") },
    { "AUTH", N_("the client proves with a password who it is") },
    { "MAIL, RCPT", N_("SMTP's words for: this is the sender; this is a recipient") },
    { "DATA", N_("SMTP's word for: here comes the message; a line with one dot ends it") },
    { N_("reply"), N_("three digits and words: 2 is yes, 3 go on, 4 not now, 5 never. 250: done") },
    { "5.1.1", N_("the same more exactly, after the reply code: class, subject, detail") },
    { N_("envelope"),
      N_("sender and recipients as MAIL and RCPT name them; the message's own To does not "
         "count") },
    { N_("header"), N_("the lines at the head of a message: From, To, Subject, Received") },
    { N_("relay"), N_("to pass a message on to the next server; also a server that does so") },
    { N_("queue"), N_("where a message waits until it has been passed on") },
    { N_("bounce"), N_("a report to the sender: this could not be delivered, and why") },
    { "<>", N_("the empty sender, nobody: a bounce has it, so that no bounce answers a bounce") },
    { "DNS", N_("the network's directory: asked for a name, it gives addresses and more") },
    { "MX", N_("DNS's entry for mail: which hosts take it for a domain, the lowest number first") },
    { "A, AAAA", N_("DNS's entries for addresses: 127.0.0.3 (IPv4), ::1 (IPv6)") },
    { "TTL", N_("for how many seconds an answer of DNS may be kept") },
    { "COMMIT", N_("the database has it on the disk: from now on a crash loses nothing") },
    { N_("mailbox, UID"),
      N_("where a user's mail lies (INBOX, Junk), and a message's number in it") },
    { "POP3, IMAP",
      N_("two ways to read: POP3 takes the mail away, IMAP leaves it on the server") },
    { "RFC", N_("a document that says how this is to be done; pane 5 names the section") },
    { N_("fault"), N_("something that goes wrong on purpose") },
    { N_("filter"),
      N_("stage=dns host=mx.south.example code>=400 text~\"no such\"; all terms must hold") },
};

typedef struct ViewHelp {
    ViewLines *lines;
    GArray *found; /* int: lines at which what is sought begins; or NULL */
    char *sought;  /* folded; NULL: nothing */
} ViewHelp;

static void
view_help_add(ViewHelp *help, guint look, const char *name, const char *means, const char *reason)
{
    g_autofree char *padded = view_padded(_(name), 15);
    g_autofree char *text =
        g_strdup_printf("%s %s%s%s%s", padded, _(means), reason == NULL ? "" : _(" (Not now: "),
                        reason == NULL ? "" : reason, reason == NULL ? "" : ")");
    g_autofree char *folded = g_utf8_casefold(text, -1);
    gboolean found = help->sought != NULL && strstr(folded, help->sought) != NULL;
    int line = view_lines_count(help->lines);

    if (found && help->found != NULL)
        g_array_append_val(help->found, line);
    view_lines_add(help->lines, found ? VIEW_BOLD : look, 18, "%s %s", found ? ">" : " ", text);
}

static ViewLines *
view_help_lines(const View *view, int width, GArray *found)
{
    ViewHelp help = { view_lines_new(MAX(1, width - 2)), found, NULL };
    View leader;
    struct ViewFollow watching;
    const View *asked = view_follow_leader(view, &leader, &watching);

    if (view->help_search != NULL)
        help.sought = g_utf8_casefold(view->help_search, -1);
    view_lines_add(help.lines, VIEW_BOLD, 0, "Keys (arrows scroll, / searches here, Esc closes)");
    for (const ViewAction *action = view_actions(); action->name != NULL; action++) {
        const char *reason = action->why_not == NULL ? NULL : action->why_not(asked);

        view_help_add(&help, reason == NULL ? VIEW_PLAIN : VIEW_DIM, action->name, action->help,
                      reason);
    }
    view_lines_add(help.lines, VIEW_BOLD, 0, "Commands, after a colon");
    view_help_add(&help, VIEW_PLAIN, ":108", _("go to event 108"), NULL);
    for (const ViewCommand *command = view_commands(); command->name != NULL; command++) {
        g_autofree char *form = g_strdup_printf(":%s", command->form);

        view_help_add(&help, VIEW_PLAIN, form, command->help, NULL);
    }
    view_lines_add(help.lines, VIEW_BOLD, 0, "Words");
    for (guint i = 0; i < G_N_ELEMENTS(help_words); i++)
        view_help_add(&help, VIEW_PLAIN, help_words[i].word, help_words[i].means, NULL);
    g_free(help.sought);
    return help.lines;
}

int
view_help_highest(const View *view, int width, int height)
{
    g_autoptr(ViewLines) lines = view_help_lines(view, width, NULL);

    return MAX(0, view_lines_count(lines) - height);
}

void
view_draw_help(const View *view, ViewScreen *screen, ViewBox box)
{
    g_autoptr(ViewLines) lines = view_help_lines(view, box.width, NULL);
    ViewBox inner = { box.x + 1, box.y, box.width - 2, box.height };

    view_lines_draw(lines, screen, inner, view->help_top);
    if (view->help_top + box.height < view_lines_count(lines))
        view_put(screen, box.x + box.width - 9, box.y + box.height - 1, 8, VIEW_REVERSE,
                 _(" more v "));
}

/* ---- keys ---- */

/* Where the help has the word sought. */
static GArray *
view_help_places(const View *view)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(int));

    view_lines_free(view_help_lines(view, view->columns, found));
    return found;
}

/* Goes to the next entry with the word sought, from the last on to the first, or backwards. */
static void
view_help_find(View *view, gboolean forward)
{
    g_autoptr(GArray) found = view_help_places(view);
    int best = -1;

    if (view->help_search == NULL) {
        view_notice(view, "Nothing has been searched for here. / searches.");
        return;
    }
    if (found->len == 0) {
        view_notice(view, "Not in the help: %s", view->help_search);
        return;
    }
    for (guint i = 0; i < found->len; i++) {
        int line = g_array_index(found, int, forward ? found->len - 1 - i : i);

        if (forward ? line > view->help_found : line < view->help_found)
            best = line;
    }
    if (best < 0)
        best = g_array_index(found, int, forward ? 0 : found->len - 1);
    view->help_found = best;
    view->help_top = best;
    view_notice(view, "%u found: %s. n goes to the next.", found->len, view->help_search);
}

void
view_help_search(View *view, const char *word)
{
    g_free(view->help_search);
    view->help_search = g_strdup(word);
    view->help_found = -1;
    view_help_find(view, TRUE);
}

gboolean
view_press_help(View *view, guint key)
{
    int move = view_list_move(key);

    move = key == ' ' || key == VIEW_KEY_PAGE_DOWN ? VIEW_HELP_PAGE : move;
    move = key == VIEW_KEY_BACKSPACE || key == VIEW_KEY_PAGE_UP ? -VIEW_HELP_PAGE : move;
    view->help_top = MAX(view->help_top + move, 0);
    if (key == '/')
        view_prompt_open(view, VIEW_ASK_HELP, "");
    else if (key == 'n' || key == 'N')
        view_help_find(view, key == 'n');
    else if (key == VIEW_KEY_HOME || key == 'g')
        view->help_top = 0;
    else if (key == VIEW_KEY_END || key == 'G')
        view->help_top = G_MAXINT / 2;
    else
        return move != 0;
    return TRUE;
}
