/* trace/viewer/sessions.c - the list of sessions: who waits for what, as it was at the cursor.
 *
 *    session  host               msg   last           who waits
 *    smtp-1   mx.north.example   j1      23   3 ms ago mx.north.example waits for DNS: MX?
 *    relay-2  mx.north.example   j1      95            closed
 *
 * One thread serves them all, so at any moment all but one wait. Who waits is told by the last
 * command and whether it has its reply: start reading at view_talk_look().
 * Tests: tests/test_viewer_keys.c, tests/test_viewer_screen.c
 */
#include <string.h>

#include "trace/viewer/hunt.h"
#include "trace/viewer/keys.h"
#include "trace/viewer/lists.h"
#include "trace/viewer/panes.h"
#include "trace/words.h"

/* Lines that PgUp and PgDn go; and more than any list has. */
#define VIEW_LIST_PAGE 10
#define VIEW_LIST_ALL  (1 << 30)
/* As far back as is looked for what a session waits for. */
#define VIEW_LOOK_BACK 4000

/* A session as it was at the cursor. */
typedef struct ViewTalk {
    const ViewSession *session;
    const char *journey; /* the one it had come to; NULL: none */
    guint last;          /* its last event */
    guint command;       /* the last command, or VIEW_NO_ENTRY */
    guint question;      /* put to DNS and not answered, or VIEW_NO_ENTRY */
    gboolean replied;    /* the last command has its reply */
    gboolean calls;      /* this host is the one that called */
} ViewTalk;

int
view_list_move(guint key)
{
    if (key == VIEW_KEY_UP || key == 'k')
        return -1;
    return key == VIEW_KEY_DOWN || key == 'j' ? 1 : 0;
}

/* ---- as it was at the cursor ---- */

/* The event that the cursor is at. FALSE: there is none, and no session has begun. */
static gboolean
view_sessions_upto(const View *view, guint *upto)
{
    if (view_track_count(view->track) == 0)
        return FALSE;
    *upto = view_pane_entry(view);
    return TRUE;
}

/* How many had begun. They stand in that order, so these are the first ones. */
static guint
view_sessions_then(const View *view)
{
    guint low = 0;
    guint high = view_model_sessions(view->model);
    guint upto;

    if (!view_sessions_upto(view, &upto))
        return 0;
    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (view_model_session(view->model, middle)->entries.at[0] <= upto)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* What still has to be found, looking back from the cursor. */
typedef struct ViewTalkSought {
    gboolean journey, command, reply, question;
} ViewTalkSought;

static void
view_talk_look(ViewTalk *talk, ViewTalkSought *sought, const ViewEntry *entry, guint index)
{
    gboolean asks =
        entry->to == VIEW_REMOTE ||
        (entry->to == VIEW_HOST && (entry->from == VIEW_CLIENT || entry->from == VIEW_READER));
    gboolean answers =
        entry->from == VIEW_REMOTE ||
        (entry->from == VIEW_HOST && (entry->to == VIEW_CLIENT || entry->to == VIEW_READER));

    if (sought->journey && entry->journey != NULL) {
        talk->journey = entry->journey;
        sought->journey = FALSE;
    }
    if (sought->reply && (asks || answers)) {
        talk->replied = answers;
        sought->reply = FALSE;
    }
    if (sought->command && asks) {
        talk->command = index;
        sought->command = FALSE;
    }
    if (sought->question && (entry->to == VIEW_DNS || entry->from == VIEW_DNS)) {
        talk->question = entry->to == VIEW_DNS ? index : VIEW_NO_ENTRY;
        sought->question = FALSE;
    }
}

/* The session @number, which had begun. */
static ViewTalk
view_talk_then(const View *view, guint number)
{
    const ViewSession *session = view_model_session(view->model, number);
    guint upto = view_pane_entry(view);
    guint count = view_indices_upto(&session->entries, upto);
    ViewTalkSought sought = { TRUE, TRUE, TRUE, TRUE };
    ViewTalk talk = { .session = session,
                      .last = session->entries.at[count - 1],
                      .command = VIEW_NO_ENTRY,
                      .question = VIEW_NO_ENTRY,
                      .calls = session->first_call <= upto };

    for (guint i = count; i > 0 && count - i < VIEW_LOOK_BACK; i--)
        view_talk_look(&talk, &sought, view_model_entry(view->model, session->entries.at[i - 1]),
                       session->entries.at[i - 1]);
    return talk;
}

/* ---- who waits ---- */

static char *
view_talk_label(const View *view, guint index)
{
    g_autoptr(ViewEvent) event = view_model_load(view->model, index);
    const char *label = event == NULL ? NULL : view_event_text(event, "label");

    return g_strdup(label == NULL ? "?" : label);
}

static char *
view_talk_waits(const View *view, const ViewTalk *talk)
{
    const char *host = talk->session->host == NULL ? _("the server") : talk->session->host;
    g_autofree char *label = NULL;

    if (talk->question != VIEW_NO_ENTRY) {
        label = view_talk_label(view, talk->question);
        return g_strdup_printf(_("the server waits for DNS: %s"), label);
    }
    if (talk->command == VIEW_NO_ENTRY)
        return g_strdup(talk->calls ? _("about to call") : _("it has begun"));
    label = view_talk_label(view, talk->command);
    if (!talk->replied)
        return g_strdup_printf(talk->calls ? _("%s waits for the reply to %s")
                                           : _("the client of %s waits for the reply to %s"),
                               host, label);
    if (strcmp(label, "QUIT") == 0 || strcmp(label, "LOGOUT") == 0)
        return g_strdup(_("closed"));
    return g_strdup_printf(talk->calls ? _("the next host waits for a command")
                                       : _("the server waits for a command of its client"));
}

/* ---- drawing ---- */

static void
view_draw_talk(const View *view, ViewScreen *screen, ViewBox box, const ViewTalk *talk, guint look)
{
    const ViewSession *session = talk->session;
    const ViewEntry *last = view_model_entry(view->model, talk->last);
    g_autofree char *waits = view_talk_waits(view, talk);
    g_autofree char *ago = view_span(view_current(view)->time_us - last->time_us);

    view_fill(screen, box.x, box.y, box.width, look, ' ');
    view_putf(screen, box.x + 1, box.y, 9, look, "%s", session->name);
    view_put(screen, box.x + 11, box.y, 17, look, session->host == NULL ? "" : session->host);
    view_put(screen, box.x + 29, box.y, 5, look, talk->journey == NULL ? "" : talk->journey);
    view_putf(screen, box.x + 34, box.y, 7, look, "%6" G_GUINT64_FORMAT, last->seq);
    view_putf(screen, box.x + 41, box.y, 6, look, "%6s", ago);
    view_put(screen, box.x + 49, box.y, box.width - 49, look, waits);
}

/* Above the columns of view_draw_talk(); its numbers stand on the right of theirs. */
static void
view_draw_sessions_head(ViewScreen *screen, ViewBox box)
{
    const char *last = _("last");
    const char *ago = _("ago");

    view_put(screen, box.x + 1, box.y, 10, VIEW_BOLD, _("session"));
    view_put(screen, box.x + 11, box.y, 18, VIEW_BOLD, _("host"));
    view_put(screen, box.x + 29, box.y, 5, VIEW_BOLD, _("msg"));
    view_put(screen, box.x + 40 - view_columns(last), box.y, 7, VIEW_BOLD, last);
    view_put(screen, box.x + 47 - view_columns(ago), box.y, 7, VIEW_BOLD, ago);
    view_put(screen, box.x + 49, box.y, box.width - 49, VIEW_BOLD, _("who waits for what"));
}

void
view_draw_sessions(const View *view, ViewScreen *screen, ViewBox box)
{
    guint sessions = view_sessions_then(view);
    int rows = box.height - 4;
    int chosen = MIN(view->session, MAX(1, sessions) - 1);
    int first = MAX(0, chosen - rows + 1);
    ViewTalk talk;
    g_autofree char *waits = NULL;

    view_draw_sessions_head(screen, box);
    if (sessions == 0) {
        view_put(screen, box.x + 1, box.y + 1, box.width - 1, VIEW_DIM, _("No session has begun."));
        return;
    }
    for (int i = 0; i < rows && first + i < (int)sessions; i++) {
        ViewBox line = { box.x, box.y + 1 + i, box.width, 1 };

        talk = view_talk_then(view, first + i);
        view_draw_talk(view, screen, line, &talk, first + i == chosen ? VIEW_REVERSE : VIEW_PLAIN);
        if (first + i == chosen)
            view_put(screen, line.x, line.y, 1, VIEW_REVERSE, ">");
    }
    /* The chosen one in full: at 80 columns its words are cut. */
    talk = view_talk_then(view, chosen);
    waits = view_talk_waits(view, &talk);
    view_putf(screen, box.x + 1, box.y + box.height - 2, box.width - 2, VIEW_BOLD, "%s: %s",
              talk.session->name, waits);
    view_putf(screen, box.x + 1, box.y + box.height - 1, box.width - 2, VIEW_DIM,
              ngettext("%u session, one thread. Up and Down choose, Enter goes to its last event.",
                       "%u sessions, one thread. Up and Down choose, Enter goes to its last event.",
                       sessions),
              sessions);
}

/* ---- choosing ---- */

static void
view_sessions_enter(View *view, guint64 seq)
{
    guint row;

    view->page = VIEW_NO_PAGE;
    /* Another message's session is not on this message's ladder, but on that of all. */
    if (view_track_find(view->track, seq, &row))
        view_go(view, row);
    else
        view_hunt_event(view, seq);
}

/* There may be thousands: a page at a time, and to both ends. */
static int
view_sessions_move(guint key)
{
    switch (key) {
    case VIEW_KEY_PAGE_UP: return -VIEW_LIST_PAGE;
    case VIEW_KEY_PAGE_DOWN: return VIEW_LIST_PAGE;
    case VIEW_KEY_HOME: return -VIEW_LIST_ALL;
    case VIEW_KEY_END: return VIEW_LIST_ALL;
    default: return view_list_move(key);
    }
}

gboolean
view_press_sessions(View *view, guint key)
{
    guint sessions = view_sessions_then(view);

    view->session =
        CLAMP((int)view->session + view_sessions_move(key), 0, MAX(1, (int)sessions) - 1);
    if (key == VIEW_KEY_ENTER && sessions > 0)
        view_sessions_enter(
            view, view_model_entry(view->model, view_talk_then(view, view->session).last)->seq);
    return view_sessions_move(key) != 0 || key == VIEW_KEY_ENTER;
}
