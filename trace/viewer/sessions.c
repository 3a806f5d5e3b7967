/* trace/viewer/sessions.c - the list of sessions: who waits for what, as it was at the cursor.
 *
 *    session  host               msg   last           who waits
 *    smtp-1   mx.north.example   j1      23   3 ms ago mx.north.example waits for DNS: MX?
 *    relay-2  mx.north.example   j1      95            closed
 *
 * One thread serves them all, so at any moment all but one wait. Who waits is told by the last
 * command and whether it has its reply: start reading at view_sessions_take().
 * Tests: tests/test_viewer_keys.c, tests/test_viewer_screen.c
 */
#include <string.h>

#include "trace/viewer/keys.h"
#include "trace/viewer/lists.h"
#include "trace/viewer/panes.h"

#define VIEW_NO_ENTRY G_MAXUINT

typedef struct ViewSession {
    const char *name;
    const char *host;
    const char *journey; /* the one it came to last; NULL: none */
    guint last;          /* its last event */
    guint command;       /* the last command, or VIEW_NO_ENTRY */
    guint question;      /* put to DNS and not answered, or VIEW_NO_ENTRY */
    gboolean replied;    /* the last command has its reply */
    gboolean calls;      /* this host is the one that called */
} ViewSession;

int
view_list_move(guint key)
{
    if (key == VIEW_KEY_UP || key == 'k')
        return -1;
    return key == VIEW_KEY_DOWN || key == 'j' ? 1 : 0;
}

/* ---- folding the events up to the cursor ---- */

static void
view_sessions_take(ViewSession *session, const ViewEntry *entry, guint index)
{
    gboolean asks =
        entry->to == VIEW_REMOTE ||
        (entry->to == VIEW_HOST && (entry->from == VIEW_CLIENT || entry->from == VIEW_READER));
    gboolean answers =
        entry->from == VIEW_REMOTE ||
        (entry->from == VIEW_HOST && (entry->to == VIEW_CLIENT || entry->to == VIEW_READER));

    session->last = index;
    session->journey = entry->journey != NULL ? entry->journey : session->journey;
    if (asks)
        session->command = index;
    if (asks || answers)
        session->replied = answers;
    session->calls = session->calls || entry->to == VIEW_REMOTE;
    if (entry->to == VIEW_DNS)
        session->question = index;
    else if (entry->from == VIEW_DNS)
        session->question = VIEW_NO_ENTRY;
}

/* In the order in which they began. */
static GArray *
view_sessions_then(const View *view)
{
    GArray *sessions = g_array_new(FALSE, FALSE, sizeof(ViewSession));
    g_autoptr(GHashTable) places = g_hash_table_new(g_direct_hash, g_direct_equal);
    guint upto = view_track_count(view->track) == 0 ? 0 : view_pane_entry(view) + 1;

    for (guint i = 0; i < upto; i++) {
        const ViewEntry *entry = view_model_entry(view->model, i);
        guint place;

        if (entry->session == NULL)
            continue;
        /* Places are counted from 1: NULL is "not there". */
        place = GPOINTER_TO_UINT(g_hash_table_lookup(places, entry->session));
        if (place == 0) {
            ViewSession session = { .name = entry->session,
                                    .host = entry->host,
                                    .command = VIEW_NO_ENTRY,
                                    .question = VIEW_NO_ENTRY };

            g_array_append_val(sessions, session);
            place = sessions->len;
            g_hash_table_insert(places, (gpointer)entry->session, GUINT_TO_POINTER(place));
        }
        view_sessions_take(&g_array_index(sessions, ViewSession, place - 1), entry, i);
    }
    return sessions;
}

/* ---- who waits ---- */

static char *
view_session_label(const View *view, guint index)
{
    g_autoptr(ViewEvent) event = view_model_load(view->model, index);
    const char *label = event == NULL ? NULL : view_event_text(event, "label");

    return g_strdup(label == NULL ? "?" : label);
}

static char *
view_session_waits(const View *view, const ViewSession *session)
{
    const char *host = session->host == NULL ? "the server" : session->host;
    g_autofree char *label = NULL;

    if (session->question != VIEW_NO_ENTRY) {
        label = view_session_label(view, session->question);
        return g_strdup_printf("the server waits for DNS: %s", label);
    }
    if (session->command == VIEW_NO_ENTRY)
        return g_strdup(session->calls ? "about to call" : "it has begun");
    label = view_session_label(view, session->command);
    if (!session->replied)
        return g_strdup_printf(session->calls ? "%s waits for the reply to %s"
                                              : "the client of %s waits for the reply to %s",
                               host, label);
    if (strcmp(label, "QUIT") == 0 || strcmp(label, "LOGOUT") == 0)
        return g_strdup("closed");
    return g_strdup_printf(session->calls ? "the next host waits for a command"
                                          : "the server waits for a command of its client");
}

/* ---- drawing ---- */

static void
view_draw_session(const View *view, ViewScreen *screen, ViewBox box, const ViewSession *session,
                  guint look)
{
    const ViewEntry *last = view_model_entry(view->model, session->last);
    g_autofree char *waits = view_session_waits(view, session);
    g_autofree char *ago = view_span(view_current(view)->time_us - last->time_us);

    view_fill(screen, box.x, box.y, box.width, look, ' ');
    view_putf(screen, box.x + 1, box.y, 9, look, "%s", session->name);
    view_put(screen, box.x + 11, box.y, 17, look, session->host == NULL ? "" : session->host);
    view_put(screen, box.x + 29, box.y, 5, look, session->journey == NULL ? "" : session->journey);
    view_putf(screen, box.x + 34, box.y, 7, look, "%6" G_GUINT64_FORMAT, last->seq);
    view_putf(screen, box.x + 41, box.y, 6, look, "%6s", ago);
    view_put(screen, box.x + 49, box.y, box.width - 49, look, waits);
}

void
view_draw_sessions(const View *view, ViewScreen *screen, ViewBox box)
{
    g_autoptr(GArray) sessions = view_sessions_then(view);
    int rows = box.height - 4;
    int chosen = MIN(view->session, MAX(1, sessions->len) - 1);
    int first = MAX(0, chosen - rows + 1);
    g_autofree char *waits = NULL;

    view_putf(screen, box.x, box.y, box.width, VIEW_BOLD, " %-10s%-18s%-4s%7s%7s  %s", "session",
              "host", "msg", "last", "ago", "who waits for what");
    if (sessions->len == 0) {
        view_put(screen, box.x + 1, box.y + 1, box.width - 1, VIEW_DIM, "No session has begun.");
        return;
    }
    for (int i = 0; i < rows && first + i < (int)sessions->len; i++) {
        ViewBox line = { box.x, box.y + 1 + i, box.width, 1 };

        view_draw_session(view, screen, line, &g_array_index(sessions, ViewSession, first + i),
                          first + i == chosen ? VIEW_REVERSE : VIEW_PLAIN);
    }
    /* The chosen one in full: at 80 columns its words are cut. */
    waits = view_session_waits(view, &g_array_index(sessions, ViewSession, chosen));
    view_putf(screen, box.x + 1, box.y + box.height - 2, box.width - 2, VIEW_BOLD, "%s: %s",
              g_array_index(sessions, ViewSession, chosen).name, waits);
    view_putf(screen, box.x + 1, box.y + box.height - 1, box.width - 2, VIEW_DIM,
              "%u session%s, one thread. Up and Down choose, Enter goes to its last event.",
              sessions->len, sessions->len == 1 ? "" : "s");
}

/* ---- choosing ---- */

static void
view_sessions_enter(View *view, const ViewSession *session)
{
    guint64 seq = view_model_entry(view->model, session->last)->seq;
    guint row;

    view->page = VIEW_NO_PAGE;
    /* Another message's session is not on this message's ladder, but on that of all. */
    if (!view_track_find(view->track, seq, &row) && view_track_journey(view->track) != NULL)
        view_choose(view, NULL);
    if (view_track_find(view->track, seq, &row))
        view_go(view, row);
    else
        view_notice(view, "Event %" G_GUINT64_FORMAT " is not on this ladder: a filter hides it.",
                    seq);
}

gboolean
view_press_sessions(View *view, guint key)
{
    g_autoptr(GArray) sessions = view_sessions_then(view);
    int last = MAX(1, (int)sessions->len) - 1;

    view->session = CLAMP((int)view->session + view_list_move(key), 0, last);
    if (key == VIEW_KEY_ENTER && sessions->len > 0)
        view_sessions_enter(view, &g_array_index(sessions, ViewSession, view->session));
    return view_list_move(key) != 0 || key == VIEW_KEY_ENTER;
}
