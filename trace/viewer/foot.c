/* trace/viewer/foot.c - the last two lines: what the server does, and which keys there are.
 *
 *    HELD at 109. A client outside would give up in 4:51 (RFC 5321 §4.5.3.2).
 *    Space next  Bksp back  s step  c run  b break  u cause  m send  ? help  q quit
 *
 * While something is asked, the first of them is the place to type.
 * Tests: tests/test_viewer_screen.c, with the screens in tests/screens/
 */
#include "trace/viewer/draw.h"

#include <string.h>

#include "trace/viewer/keep.h"
#include "trace/viewer/keys.h"

/* As far back as is looked for what a client said last. */
#define VIEW_LOOK_BACK 4000
/* Columns of "? help  q quit" with what parts them. */
#define VIEW_LAST_TWO 16
/* So long without an event, live, and the journey is taken to be at its end. */
#define VIEW_QUIET_US (2 * G_USEC_PER_SEC)

/* What became of the first message that the ladder shows; NULL: nothing yet. A report about it has
 * a journey of its own and is no delivery of it. */
static const char *
view_end_word(const View *view)
{
    const ViewTally *tally = view_track_tally(view->track);
    const ViewMessage *message =
        view_model_message_of(view->model, view_tally_journey(tally, view->cursor));
    const char *word = view_tally_is_refused(tally, view->cursor) ? "Refused" : NULL;
    gboolean delivered = FALSE;

    for (guint i = 0; message != NULL && i < message->entries->len; i++) {
        guint index = g_array_index(message->entries, guint, i);
        const ViewEntry *entry = view_model_entry(view->model, index);

        if (index > view_track_row(view->track, view->cursor)->entry)
            break;
        delivered = delivered || entry->stage == STAGE_DELIVER;
        if (entry->stage == STAGE_BOUNCE)
            word = "Came back";
    }
    return word != NULL ? word : delivered ? "Delivered" : NULL;
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
    const char *word = view_end_word(view);
    /* The ladder of all messages counts as the journal does; else what is on it counts. */
    guint events = view_track_journey(view->track) == NULL ? view_model_count(view->model)
                                                           : view_track_count(view->track);

    view_putf(screen, 1, y, screen->width - 2, VIEW_BOLD, "%s: %u event%s, %u server%s. Next: %s",
              word == NULL ? "The end" : word, events, events == 1 ? "" : "s", servers,
              servers == 1 ? "" : "s",
              view->live ? "m send, r read, q leave" : "q, then demo --scenario bounce");
}

/* How long a client waits at least for the reply to what it said last. */
static gint64
view_client_waits_s(const View *view, const char *session)
{
    for (guint back = 0; back <= view->cursor && back < VIEW_LOOK_BACK; back++) {
        const ViewRow *row = view_track_row(view->track, view->cursor - back);
        const ViewEntry *entry = view_track_entry(view->track, view->cursor - back);
        g_autoptr(ViewEvent) event = NULL;
        const char *label;

        if (entry->kind != TRACE_WIRE || entry->session != session || row->to != VIEW_HOST)
            continue;
        event = view_model_load(view->model, row->entry);
        label = event == NULL ? NULL : view_event_text(event, "label");
        if (g_strcmp0(label, "DATA") == 0)
            return 2 * 60; /* RFC 5321 §4.5.3.2.4 */
        if (g_strcmp0(label, "body") == 0)
            return 10 * 60; /* RFC 5321 §4.5.3.2.6 */
        break;
    }
    return 5 * 60; /* RFC 5321 §4.5.3.2.1 to §4.5.3.2.3 */
}

static void
view_draw_held(const View *view, ViewScreen *screen, int y)
{
    const ViewEntry *entry = view_current(view);
    gint64 left_s;

    if (entry->session == NULL || entry->stage >= STAGE_QUEUE) {
        view_putf(screen, 1, y, screen->width - 2, VIEW_BOLD,
                  "HELD at %" G_GUINT64_FORMAT ". The clock stands still: no time runs out.",
                  view->held_at);
        return;
    }
    left_s = view_client_waits_s(view, entry->session);
    if (view->waits_since_us > 0)
        left_s = MAX(0, left_s - (view->now_us - view->waits_since_us) / G_USEC_PER_SEC);
    view_putf(screen, 1, y, screen->width - 2, VIEW_BOLD,
              "HELD at %" G_GUINT64_FORMAT
              ". A client outside would give up in %d:%02d (RFC 5321 §4.5.3.2).",
              view->held_at, (int)(left_s / 60), (int)(left_s % 60));
}

static void
view_draw_mode(const View *view, ViewScreen *screen, int y)
{
    const ViewEntry *entry = view_current(view);

    if (entry == NULL) {
        view_put(screen, 1, y, screen->width - 2, VIEW_PLAIN,
                 view->live ? "Waiting for the first event."
                            : "There is no event in this journal.");
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
                     "The world runs. Space: hold at the next event. m: send. t: next timer.");
        break;
    case VIEW_REPLAY:
        if (view_is_at_end(view))
            view_draw_end(view, screen, y);
        else if (view_model_is_newer(view->model))
            view_put(screen, 1, y, screen->width - 2, VIEW_BOLD,
                     "A newer Glasspost recorded this: what it says beyond ours is not shown.");
        else if (view_model_damaged(view->model) > 0)
            view_putf(screen, 1, y, screen->width - 2, VIEW_PLAIN,
                      "A recording; %u of its lines are damaged and not shown.",
                      view_model_damaged(view->model));
        else
            view_put(screen, 1, y, screen->width - 2, VIEW_PLAIN,
                     "A recording: no server is held, and nothing here can change.");
        break;
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

void
view_draw_footer(const View *view, ViewScreen *screen, int y)
{
    int x = 1;

    if (view->prompt != VIEW_NO_PROMPT) {
        view_put(screen, 1, y, screen->width - 2, VIEW_DIM, view_prompt_keys(view->prompt));
        return;
    }
    for (const ViewAction *action = view_actions(); action->name != NULL; action++) {
        int columns;
        int right = screen->width;
        g_autofree char *key = NULL;

        if (action->footer == NULL)
            continue;
        key = g_strndup(action->name, strcspn(action->name, ","));
        columns = strlen(key) + 1 + strlen(action->footer);
        /* The last two, help and quit, are never crowded out. */
        if (action->keys[0] != '?' && action->keys[0] != 'q')
            right -= VIEW_LAST_TWO;
        if (x + columns >= right)
            continue;
        x += view_put(screen, x, y, columns, VIEW_BOLD, key) + 1;
        x += view_put(screen, x, y, columns, VIEW_PLAIN, action->footer) + 2;
    }
}
