/* trace/viewer/keys.c - the table of actions, and what each does to the state.
 *
 * Start reading at actions[]: help and footer are made from it. Those that move are in moves.c and runs.c.
 * Tests: tests/test_viewer_keys.c, tests/test_viewer_live.c
 */
#include "trace/viewer/keys.h"

#include "trace/viewer/ask.h"
#include "trace/viewer/draw.h"
#include "trace/viewer/follow.h"
#include "trace/viewer/hunt.h"
#include "trace/viewer/keep.h"
#include "trace/viewer/lists.h"
#include "trace/viewer/moves.h"
#include "trace/viewer/rerun.h"
#include "trace/viewer/send.h"
#include "trace/viewer/sheet.h"
#include "trace/viewer/whatif_page.h"
#include "trace/words.h"

/* ---- panes and pages ---- */

static void
view_choose_pane(View *view, ViewPane pane)
{
    view_leave_map(view);
    view->pane = pane;
    view->pane_top = 0;
}

static void
view_act_pane(View *view)
{
    view_choose_pane(view, (view->pane + 1) % VIEW_PANES);
}

static void
view_act_pane_back(View *view)
{
    view_choose_pane(view, (view->pane + VIEW_PANES - 1) % VIEW_PANES);
}

static void
view_act_zoom(View *view)
{
    view_leave_map(view);
    view->zoom = !view->zoom;
    view->pane_top = 0;
}

static void
view_act_map(View *view)
{
    view->page = view->page == VIEW_MAP ? VIEW_NO_PAGE : VIEW_MAP;
}

static void
view_act_messages(View *view)
{
    view_open_messages(view);
}

static void
view_act_sessions(View *view)
{
    view->welcome = FALSE;
    view->page = VIEW_SESSIONS;
}

static void
view_act_command(View *view)
{
    view_prompt_open(view, VIEW_ASK_COMMAND, "");
}

static void
view_act_help(View *view)
{
    /* On the first screen, q leaves; here it only closes the help. */
    view->welcome = FALSE;
    view->page = VIEW_HELP;
    view->help_top = 0;
}

/* ---- the world ---- */

static void
view_act_quit(View *view)
{
    if (view_is_attached(view)) /* pages are closed by the one who opened them */
        view->quit = TRUE;
    else if (view->page != VIEW_NO_PAGE && !view->welcome)
        view->page = VIEW_NO_PAGE;
    else if (view->zoom)
        view->zoom = FALSE;
    else if (view->live && view->held && !view_follows(view))
        view_prompt_open(view, VIEW_ASK_LEAVE, "");
    else
        view->quit = TRUE;
}

static void
view_act_cancel(View *view)
{
    if (view_hunt_cancel(view) || view_whatif_cancel(view)) {
        view_notice(view, "Given up.");
        return;
    }
    if (view->page != VIEW_NO_PAGE)
        view_leave_map(view);
    else
        view->zoom = FALSE;
    view->seek = VIEW_SEEK_NOTHING;
}

static void
view_act_redraw(View *view)
{
    view->redraw = TRUE;
}

static void
view_act_leave(View *view)
{
    view->quit = TRUE;
}

/* ---- why a key does nothing now ---- */

static const char *
view_why_not_recorded(const View *view)
{
    return view->live ? NULL : _("this is a recording; there is no server");
}

static const char *
view_why_not_steered(const View *view)
{
    return !view->live || view->controls ? NULL : _("another viewer steers this world");
}

static const char *
view_why_not_armed(const View *view)
{
    return view->live ? view_why_not_steered(view) : view_why_not_recorded(view);
}

static const char *
view_why_not_played(const View *view)
{
    if (view->live && !view->held && view->cursor >= view->stand)
        return _("the world goes on by itself");
    return view_why_not_steered(view);
}

static const char *
view_why_not_marked(const View *view)
{
    return view->marks->len > 0 ? NULL : _("there is no mark; :mark sets one");
}

static const char *
view_why_not_copied(const View *view)
{
    return view_current(view) != NULL ? NULL : _("there is no event yet");
}

static const char *
view_why_not_explained(const View *view)
{
    return view->explain != NULL ? view_why_not_copied(view) : _("nothing here explains");
}

static const char *
view_why_not_found(const View *view)
{
    return view->search != NULL ? NULL : _("nothing has been searched for");
}

static const char *
view_why_not_cleared(const View *view)
{
    return view->breaks->len > 0 ? NULL : _("there is no breakpoint");
}

/* clang-format off */
static const ViewAction actions[] = {
    { { ' ', VIEW_KEY_PAGE_DOWN }, N_("Space, PgDn"), N_("next"),
      N_("go to the next thing worth telling; live, the server goes on to it"),
      view_act_next, view_why_not_steered },
    { { VIEW_KEY_BACKSPACE, VIEW_KEY_PAGE_UP }, N_("Bksp, PgUp"), N_("back"),
      N_("go back to the thing told before (after u: to where you were)"), view_act_back, NULL },
    { { 's' }, "s", N_("step"), N_("go to the next single event"), view_act_step, view_why_not_steered },
    { { 'S' }, "S", NULL, N_("go back one event"), view_act_step_back, NULL },
    { { 'o' }, "o", N_("stage"), N_("go to the next stage"), view_act_stage, view_why_not_steered },
    { { 'O' }, "O", NULL, N_("go back to the stage before"), view_act_stage_back, NULL },
    { { 'h' }, "h", N_("hop"), N_("go to the next hop: another server takes over"),
      view_act_hop, view_why_not_steered },
    { { 'H' }, "H", NULL, N_("go back to the hop before"), view_act_hop_back, NULL },
    { { 'e' }, "e", N_("problem"), N_("go to the next problem: an error, a fault, a refusal"),
      view_act_problem, view_why_not_steered },
    { { 'E' }, "E", NULL, N_("go back to the problem before"), view_act_problem_back, NULL },
    { { 'c' }, "c", N_("run"), N_("run to a breakpoint or to the end"),
      view_act_continue, view_why_not_steered },
    { { 't' }, "t", NULL, N_("jump the clock to the next timer"),
      view_act_timer, view_why_not_steered },
    { { 'b' }, "b", N_("break"), N_("set a breakpoint: run (c) stops at events that match"),
      view_act_break, view_why_not_steered },
    { { 'B' }, "B", NULL, N_("remove all breakpoints; in the fault menu, all faults"), view_act_clear, view_why_not_cleared },
    { { 'u' }, "u", N_("cause"), N_("go to the event this one follows from"), view_act_cause, NULL },
    { { VIEW_KEY_UP, 'k' }, N_("Up, k"), NULL, N_("one line up: the cursor, the zoomed pane, a list"),
      view_act_up, NULL },
    { { VIEW_KEY_DOWN, 'j' }, N_("Down, j"), NULL,
      N_("one line down; this never makes the server go on"), view_act_down, NULL },
    { { VIEW_KEY_HOME, 'g' }, N_("Home, g"), NULL, N_("go to the first event"), view_act_first, NULL },
    { { VIEW_KEY_END, 'G' }, N_("End, G"), NULL, N_("go to the newest event, and stay with it"),
      view_act_last, NULL },
    { { '\t' }, N_("Tab, 1-6"), NULL, N_("choose a pane: Why, Wire, Changed, Code, RFC, Headers; in a menu, a column"),
      view_act_pane, NULL },
    { { VIEW_KEY_BACK_TAB }, N_("Shift-Tab"), NULL, N_("choose the pane before"), view_act_pane_back, NULL },
    { { 'z', VIEW_KEY_ENTER }, N_("z, Enter"), NULL, N_("the pane on the whole screen, and back; in a list: take it"),
      view_act_zoom, NULL },
    { { 'l' }, "l", N_("story"), N_("the messages: the story of each in short, and choose whose ladder to see"),
      view_act_messages, NULL },
    { { 'L' }, "L", NULL, N_("the list of sessions: who waits for what"),
      view_act_sessions, NULL },
    { { 'v' }, "v", NULL, N_("the map: the fork of stages, and where you are"), view_act_map, NULL },
    { { '/' }, "/", NULL, N_("search: a word, or a filter such as stage=dns; in the help, a word"), view_act_search, NULL },
    { { 'f' }, "f", NULL, N_("filter: show only events that match; an empty line shows all"),
      view_act_filter, NULL },
    { { 'n' }, "n", NULL, N_("find the next"), view_act_find_next, view_why_not_found },
    { { 'N' }, "N", NULL, N_("find the one before"), view_act_find_back, view_why_not_found },
    { { 'm' }, "m", N_("send"), N_("send a message: one of the presets, or by hand"), view_act_send, view_why_not_armed },
    { { 'r' }, "r", NULL, N_("read a mailbox by POP3 or IMAP"),
      view_act_fetch, view_why_not_armed },
    { { 'i' }, "i", N_("fault"), N_("the fault menu: what shall go wrong, where, how often"),
      view_act_faults, view_why_not_armed },
    { { 'x' }, "x", N_("explain"), N_("explain the reply under the cursor, code by code; elsewhere the stage"),
      view_act_explain, view_why_not_explained },
    { { 'p' }, "p", NULL, N_("PREDICT: before each decision you are asked what comes; again: no longer"),
      view_act_predict, NULL },
    { { 'F' }, "F", NULL, N_("begun with --follow: look for yourself, and follow again"),
      view_act_follow, view_why_not_followed },
    { { 'a' }, "a", N_("play"), N_("autoplay: go on by itself until a key is pressed"),
      view_act_autoplay, view_why_not_played },
    { { 'M' }, "M", NULL, N_("go to the next mark (:mark NOTE sets one)"),
      view_act_mark_next, view_why_not_marked },
    { { 'y' }, "y", NULL, N_("copy this event and its pane to the clipboard and to a file"),
      view_act_copy, view_why_not_copied },
    { { 'w' }, "w", NULL, N_("save the ladder so far as a text file"),
      view_act_save, view_why_not_copied },
    { { 'W' }, "W", NULL, N_("after :whatif: both runs side by side again; there Enter goes to an event of either"),
      view_act_whatif, view_why_not_whatif },
    { { ':' }, ":", NULL, N_("type a command; they are listed below"), view_act_command, NULL },
    { { '?' }, "?", N_("help"), N_("this help"), view_act_help, NULL },
    { { 'q' }, "q", N_("quit"), N_("close what is open; at the top: leave"), view_act_quit, NULL },
    { { VIEW_KEY_ESCAPE }, N_("Esc"), NULL, N_("close, cancel, stop a run of o, h or e"),
      view_act_cancel, NULL },
    { { 'L' - '@' }, N_("Ctrl-L"), NULL, N_("paint the screen again"), view_act_redraw, NULL },
    { { 'C' - '@' }, N_("Ctrl-C"), NULL, N_("leave at once"), view_act_leave, NULL },
    { { 0 }, NULL, NULL, NULL, NULL, NULL },
};
/* clang-format on */

const ViewAction *
view_actions(void)
{
    return actions;
}

static gboolean
view_action_has(const ViewAction *action, guint key)
{
    for (guint i = 0; i < G_N_ELEMENTS(action->keys); i++)
        if (action->keys[i] == key && key != 0)
            return TRUE;
    return FALSE;
}

/* Pages take some keys for themselves. TRUE: the key is done. */
static gboolean
view_press_page(View *view, guint key)
{
    switch (view->page) {
    case VIEW_HELP: return view_press_help(view, key);
    case VIEW_MESSAGES: return view_press_messages(view, key);
    case VIEW_SESSIONS: return view_press_sessions(view, key);
    case VIEW_FAULTS: return view_press_faults(view, key);
    case VIEW_SHEET: return view_press_sheet(view, key);
    case VIEW_SEND: return view_press_send(view, key);
    case VIEW_BY_HAND: return view_press_by_hand(view, key);
    case VIEW_FETCH: return view_press_fetch(view, key);
    case VIEW_WHATIF: return view_press_whatif(view, key);
    case VIEW_NO_PAGE:
    case VIEW_MAP: break;
    }
    return FALSE;
}

void
view_press(View *view, guint key)
{
    if (view_seen(view) != view) {
        view_walk_press(view, key);
        return;
    }
    g_clear_pointer(&view->notice, g_free);
    view_follow_press(view, key);
    if (view->prompt == VIEW_NO_PROMPT && view_press_question(view, key))
        return;
    if (view->autoplay && key != 'C' - '@') {
        view->autoplay = FALSE;
        view_notice(view, "Autoplay has stopped.");
        return;
    }
    if (key & VIEW_KEY_CLICK) {
        view_click(view, VIEW_CLICK_X(key), VIEW_CLICK_Y(key));
        return;
    }
    if (view->prompt != VIEW_NO_PROMPT) {
        view_prompt_press(view, key);
        return;
    }
    if (view_press_page(view, key))
        return;
    if (key >= '1' && key < '1' + VIEW_PANES) {
        view_choose_pane(view, key - '1');
        return;
    }
    for (const ViewAction *action = actions; action->name != NULL; action++) {
        const char *reason;

        if (!view_action_has(action, key))
            continue;
        reason = action->why_not == NULL ? NULL : action->why_not(view);
        if (reason != NULL)
            view_notice(view, "%s does nothing now: %s.", _(action->name), reason);
        else
            action->act(view);
        return;
    }
    view_notice(view, "That key has no meaning here. ? lists those that have.");
}
