/* trace/viewer/foot.c - the last two lines: what the server does, and which keys there are.
 *
 *    HELD at 109. A client outside would give up in 4:51 (RFC 5321 §4.5.3.2).
 *    Space next  Bksp back  e problem  c run  u cause  l story  ? help  q quit
 *
 * While something is asked, the first of them is the place to type.
 * Tests: tests/test_viewer_strip.c, and the screens in tests/screens/
 */
#include "trace/viewer/ask.h"
#include "trace/viewer/follow.h"

#include <string.h>

#include "trace/viewer/keep.h"
#include "trace/viewer/keys.h"
#include "trace/viewer/send.h"
#include "trace/viewer/whatif_page.h"
#include "trace/words.h"

/* As far back as is looked for what a client said last. */
#define VIEW_LOOK_BACK 4000
/* So long without an event, live, and the journey is taken to be at its end. */
#define VIEW_QUIET_US (2 * G_USEC_PER_SEC)

/* A report about a message has a journey of its own and is no delivery of it. */
const char *
view_end_word(const View *view)
{
    const ViewTally *tally = view_track_tally(view->track);
    const ViewMessage *message =
        view_model_message_of(view->model, view_tally_journey(tally, view->cursor));
    const char *word = view_tally_is_refused(tally, view->cursor) ? _("Refused") : NULL;
    gboolean delivered = FALSE;

    for (guint i = 0; message != NULL && i < message->entries->len; i++) {
        guint index = g_array_index(message->entries, guint, i);
        const ViewEntry *entry = view_model_entry(view->model, index);

        if (index > view_track_row(view->track, view->cursor)->entry)
            break;
        delivered = delivered || entry->stage == STAGE_DELIVER;
        if (entry->stage == STAGE_BOUNCE)
            word = _("Bounced");
    }
    return word != NULL ? word : delivered ? _("Delivered") : NULL;
}

/* A report (from <>) belongs to the message that it reports on. */
static gboolean
view_end_is_of_many(const View *view)
{
    guint letters = 0;

    for (guint i = 0; i < view_model_messages(view->model); i++)
        letters += g_strcmp0(view_model_message(view->model, i)->from, "<>") == 0 ? 0 : 1;
    return view_track_journey(view->track) == NULL && letters > 1;
}

static const char *
view_end_next(const View *view)
{
    if (view->run != VIEW_RUN_OWN)
        return _("l story; Esc, both runs");
    return view->live ? _("l story, m send, r read, q leave")
                      : _("l story; q, demo --scenario bounce");
}

static void
view_draw_end(const View *view, ViewScreen *screen, int y)
{
    if (view->filter != NULL) {
        view_putf(screen, 1, y, screen->width - 2, VIEW_BOLD,
                  "No further event matches the filter: %s", trace_filter_text(view->filter));
        return;
    }
    guint servers = view_tally_servers(view_track_tally(view->track));
    /* Of a ladder of many messages one word would be true of one of them only. */
    const char *word = view_end_is_of_many(view) ? NULL : view_end_word(view);
    /* The ladder of all messages counts as the journal does; else what is on it counts. */
    guint events = view_track_journey(view->track) == NULL ? view_model_count(view->model)
                                                           : view_track_count(view->track);

    g_autofree char *told = g_strdup_printf(ngettext("%u event", "%u events", events), events);
    g_autofree char *passed =
        g_strdup_printf(ngettext("%u server", "%u servers", servers), servers);

    g_autofree char *score = view_ask_score(view);

    if (score != NULL) {
        view_putf(screen, 1, y, screen->width - 2, VIEW_BOLD, "%s: %s, %s. %s",
                  word == NULL ? _("The end") : word, told, passed, score);
        return;
    }
    view_putf(screen, 1, y, screen->width - 2, VIEW_BOLD, "%s: %s, %s. Next: %s",
              word == NULL ? _("The end") : word, told, passed, view_end_next(view));
}

/* ---- who waits while the world is held ---- */

/* What was said last between our host and the one at the other end of @session, by the cursor.
 * NULL: nothing yet. */
static const ViewEntry *
view_last_said(const View *view, const char *session, guint *index)
{
    for (guint back = 0; back <= view->cursor && back < VIEW_LOOK_BACK; back++) {
        const ViewEntry *entry = view_track_entry(view->track, view->cursor - back);

        *index = view_track_row(view->track, view->cursor - back)->entry;
        if (entry->kind == TRACE_WIRE && entry->session == session)
            return entry;
    }
    return NULL;
}

/* How long a client waits at least for the reply to what it said last. */
static gint64
view_client_waits_s(const View *view, guint index)
{
    g_autoptr(ViewEvent) event = view_model_load(view->model, index);
    const char *label = event == NULL ? NULL : view_event_text(event, "label");

    if (g_strcmp0(label, "DATA") == 0)
        return 2 * 60; /* RFC 5321 §4.5.3.2.4 */
    if (g_strcmp0(label, "message") == 0)
        return 10 * 60; /* RFC 5321 §4.5.3.2.6 */
    return 5 * 60;      /* RFC 5321 §4.5.3.2.1 to §4.5.3.2.3 */
}

/* A wait for the next try: what one wants to know then is how to get there. */
static gboolean
view_draw_held_waiting(const View *view, ViewScreen *screen, int y)
{
    const ViewEntry *entry = view_current(view);
    gint64 due_us = view_entry_due_us(entry);
    g_autofree char *when = due_us == 0 ? NULL : view_date(view, due_us);

    if (when == NULL || entry->stage != STAGE_RETRY || due_us <= entry->time_us)
        return FALSE;
    /* Without seconds. */
    when[strlen(when) - strlen(":00.000")] = '\0';
    view_putf(screen, 1, y, screen->width - 2, VIEW_BOLD,
              "HELD at %" G_GUINT64_FORMAT ". Next try at %s: Space goes on, c runs to the end.",
              view->held_at, when);
    return TRUE;
}

/* What is true while nothing but the gate makes us wait. */
static const char *
view_held_words(const ViewEntry *entry)
{
    if (view_session_reads(entry->session))
        return _("The reader's program waits; the server's clock stands still.");
    if (view_session_relays(entry->session) &&
        (entry->stage == STAGE_RELAY || entry->stage == STAGE_DNS))
        return _("Our server is the client in this call; its clock stands still.");
    if (entry->kind == TRACE_WIRE)
        return _("Nobody waits: the client has its reply; the clock stands still.");
    return _("The clock stands still: no time runs out.");
}

static void
view_draw_held(const View *view, ViewScreen *screen, int y)
{
    const ViewEntry *entry = view_current(view);
    guint index = 0;
    const ViewEntry *said =
        entry->session == NULL ? NULL : view_last_said(view, entry->session, &index);
    gboolean client = entry->session != NULL && g_str_has_prefix(entry->session, "smtp") &&
                      (said == NULL || said->from == VIEW_CLIENT);
    gint64 left_s;

    if (view_send_waits(view) != NULL) {
        view_putf(screen, 1, y, screen->width - 2, VIEW_BOLD,
                  "HELD at %" G_GUINT64_FORMAT ". Waits until the world goes on (Space): %s",
                  view->held_at, view_send_waits(view));
        return;
    }
    if (view_draw_held_waiting(view, screen, y))
        return;
    if (!client) {
        view_putf(screen, 1, y, screen->width - 2, VIEW_BOLD, "HELD at %" G_GUINT64_FORMAT ". %s",
                  view->held_at, view_held_words(entry));
        return;
    }
    left_s = said == NULL ? 5 * 60 : view_client_waits_s(view, index);
    if (view->waits_since_us > 0)
        left_s = MAX(0, left_s - (view->now_us - view->waits_since_us) / G_USEC_PER_SEC);
    view_putf(screen, 1, y, screen->width - 2, VIEW_BOLD,
              "HELD at %" G_GUINT64_FORMAT
              ". A client outside would give up in %d:%02d (RFC 5321 §4.5.3.2).",
              view->held_at, (int)(left_s / 60), (int)(left_s % 60));
}

static void
view_draw_recorded(const View *view, ViewScreen *screen, int y)
{
    if (view_is_at_end(view))
        view_draw_end(view, screen, y);
    else if (view->run != VIEW_RUN_OWN)
        view_put(screen, 1, y, screen->width - 2, VIEW_BOLD, view_walk_hint(view));
    else if (view_model_is_newer(view->model))
        view_put(screen, 1, y, screen->width - 2, VIEW_BOLD,
                 _("A newer Glasspost recorded this: what it says beyond ours is not shown."));
    else if (view_model_damaged(view->model) > 0)
        view_putf(screen, 1, y, screen->width - 2, VIEW_PLAIN,
                  "A recording; %u of its lines are damaged and not shown.",
                  view_model_damaged(view->model));
    else
        view_put(screen, 1, y, screen->width - 2, VIEW_PLAIN,
                 _("A recording: no server is held, and nothing here can change."));
}

static void
view_draw_mode(const View *view, ViewScreen *screen, int y)
{
    const ViewEntry *entry = view_current(view);

    if (entry == NULL) {
        view_put(screen, 1, y, screen->width - 2, VIEW_PLAIN,
                 view->live ? _("Waiting for the first event.")
                            : _("There is no event in this journal."));
        return;
    }
    if (view_follow_status(view) != NULL) {
        view_put(screen, 1, y, screen->width - 2, VIEW_BOLD, view_follow_status(view));
        return;
    }
    if (view_is_asked(view)) {
        view_put(screen, 1, y, screen->width - 2, VIEW_BOLD,
                 view_is_attached(view)
                     ? _("What comes? The answer is given where the world is controlled.")
                     : _("The view stands before the decision until you answer."));
        return;
    }
    if (view->live && view->predict->on && view->stand < view_last(view)) {
        view_put(screen, 1, y, screen->width - 2, VIEW_BOLD,
                 _("The world has gone on; the rest is shown as you answer."));
        return;
    }
    if (view->page == VIEW_WHATIF) {
        g_autofree char *hint = view_whatif_hint(view);

        view_put(screen, 1, y, screen->width - 2, VIEW_BOLD, hint);
        return;
    }
    switch (view_mode(view)) {
    case VIEW_STEP: view_draw_held(view, screen, y); break;
    case VIEW_PAST:
        view_putf(screen, 1, y, screen->width - 2, VIEW_BOLD,
                  "You look back at %" G_GUINT64_FORMAT "; the server stands at %" G_GUINT64_FORMAT
                  ". End: return to it.",
                  entry->seq, view_track_entry(view->track, view->stand)->seq);
        break;
    case VIEW_LIVE:
        if (view_end_word(view) != NULL && view->now_us - view->grown_us > VIEW_QUIET_US)
            view_draw_end(view, screen, y);
        else
            view_put(screen, 1, y, screen->width - 2, VIEW_PLAIN,
                     _("The world runs. Space: hold at the next event. m: send. t: next timer."));
        break;
    case VIEW_REPLAY: view_draw_recorded(view, screen, y); break;
    }
}

void
view_draw_status(const View *view, ViewScreen *screen, int y)
{
    const ViewEntry *entry = view_current(view);
    int x;

    if (view->prompt != VIEW_NO_PROMPT) {
        x = 1 +
            view_put(screen, 1, y, screen->width - 2, VIEW_BOLD, view_prompt_label(view->prompt));
        x += view_put(screen, x, y, screen->width - x - 1, VIEW_PLAIN, view->typed->str);
        view_paint(screen, x, y, 1, VIEW_REVERSE);
    } else if (view->notice != NULL) {
        view_put(screen, 1, y, screen->width - 2, VIEW_BOLD | VIEW_YELLOW, view->notice);
    } else if (entry != NULL && view_mark_note(view, entry->seq) != NULL) {
        view_putf(screen, 1, y, screen->width - 2, VIEW_BOLD, "Marked: %s",
                  view_mark_note(view, entry->seq));
    } else {
        view_draw_mode(view, screen, y);
    }
}

/* ---- the keys ---- */

/* Where there is no room for all, the first of these stay. */
static const guint footer_first[] = {
    '?', 'q', ' ', VIEW_KEY_BACKSPACE, 'c', 'u', 'l', 'e', 'o', 's', 'm', 'x', 'h', 'b', 'i', 'a',
};

/* What lies over the ladder has keys of its own. */
static const char *
view_page_keys(const View *view)
{
    if (view_is_attached(view))
        return _("You see what the viewer that controls shows.  F look for yourself  q quit");
    if (view_ask_keys(view) != NULL)
        return view_ask_keys(view);
    switch (view->page) {
    case VIEW_HELP: return _("Up Down scroll  Space more  / search  n find next  Esc back");
    case VIEW_MESSAGES:
        return _("Up Down choose  Space more of its story  Enter its ladder  Esc back  ? help");
    case VIEW_SESSIONS: return _("Up Down choose  Enter its ladder  Esc back  ? help");
    case VIEW_FAULTS:
        return _("Up Down choose  Tab next column  Enter arm it  B disarm all  Esc back");
    case VIEW_SHEET: return _("Up Down scroll  Space more  Esc back  ? help");
    case VIEW_SEND: return _("Its letter, or Up Down and Enter: send  Esc back  ? help");
    case VIEW_BY_HAND: return _("Tab next  Left Right offers  Enter on, send  Esc back");
    case VIEW_WHATIF:
        return _("Up Down choose  Left Right which run  Enter go there  Space more  Esc back");
    case VIEW_FETCH: return _("Up Down choose  Tab next column  Enter read  Esc back  ? help");
    default: break;
    }
    return view->page == VIEW_NO_PAGE && view->zoom
               ? _("Up Down scroll  Tab other pane  z small again  Space next  ? help  q back")
               : NULL;
}

static char *
view_footer_key(const ViewAction *action)
{
    const char *name = _(action->name);

    return g_strndup(name, strcspn(name, ","));
}

static int
view_footer_columns(const ViewAction *action)
{
    g_autofree char *key = view_footer_key(action);

    return view_columns(key) + 1 + view_columns(_(action->footer));
}

/* Whether @action has room on @width columns beside all that come before it. */
static gboolean
view_footer_has(const ViewAction *action, int width)
{
    for (guint i = 0; i < G_N_ELEMENTS(footer_first) && width > 0; i++)
        for (const ViewAction *it = view_actions(); it->name != NULL; it++) {
            if (it->footer == NULL || it->keys[0] != footer_first[i])
                continue;
            width -= view_footer_columns(it) + 2;
            if (it == action)
                return width >= -1; /* nothing parts the last one from the edge */
        }
    return FALSE;
}

void
view_draw_footer(const View *view, ViewScreen *screen, int y)
{
    const char *words =
        view->prompt != VIEW_NO_PROMPT ? view_prompt_keys(view->prompt) : view_page_keys(view);
    int x = 1;

    if (words != NULL) {
        view_put(screen, 1, y, screen->width - 2, VIEW_DIM, words);
        return;
    }
    for (const ViewAction *action = view_actions(); action->name != NULL; action++) {
        g_autofree char *key = NULL;

        if (action->footer == NULL || !view_footer_has(action, screen->width - 1))
            continue;
        key = view_footer_key(action);
        x += view_put(screen, x, y, screen->width - x, VIEW_BOLD, key) + 1;
        x += view_put(screen, x, y, screen->width - x, VIEW_PLAIN, _(action->footer)) + 2;
    }
}
