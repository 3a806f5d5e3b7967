/* trace/viewer/panes_past.c - the panes that tell how it came to this: Wire, Changed, Headers.
 *
 * They look back from the cursor, never past it, and only so far: a journal may be long.
 * Tests: tests/test_viewer_screen.c, with the screens in tests/screens/
 */
#include "trace/viewer/panes.h"

#include <string.h>

#include "trace/viewer/draw.h"
#include "trace/viewer/fold.h"
#include "trace/words.h"

/* Wire events looked for backwards, and how far. */
#define VIEW_WIRE_MAX  200
#define VIEW_LOOK_BACK 4000

/* ---- 2 Wire ---- */

/* Events of the session, newest first, up to the cursor. */
static GArray *
view_wire_session(const View *view)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(guint));
    guint cursor = view_pane_entry(view);
    const ViewEntry *here = view_model_entry(view->model, cursor);
    const char *session = here->session;

    for (guint back = 0; back <= cursor && back < VIEW_LOOK_BACK; back++) {
        guint index = cursor - back;
        const ViewEntry *entry = view_model_entry(view->model, index);

        if (entry->kind != TRACE_WIRE || found->len >= VIEW_WIRE_MAX)
            continue;
        if (session == NULL && entry->journey == here->journey)
            session = entry->session;
        if (entry->session == session)
            g_array_append_val(found, index);
    }
    return found;
}

static void
view_wire_add(const View *view, ViewLines *lines, guint index)
{
    const ViewEntry *entry = view_model_entry(view->model, index);
    g_autoptr(ViewEvent) event = view_model_load(view->model, index);
    gboolean here = index == view_pane_entry(view);
    const char *text;
    g_autofree char *octets = NULL;
    g_autofree char *body = NULL;
    g_auto(GStrv) parts = NULL;
    /* The caller's lines are C:, the called server's S:, as the RFCs print them. */
    const char *who = entry->to == VIEW_HOST ? (entry->from == VIEW_REMOTE ? "S" : "C")
                                             : (entry->to == VIEW_REMOTE ? "C" : "S");

    if (event == NULL)
        return;
    octets = view_event_value(event, "octets");
    text = view_event_text(event, "lines");
    text = text != NULL ? text : view_event_text(event, "line");
    if (text == NULL && octets != NULL)
        text = body = g_strdup_printf(_("(the message: %s octets, then a dot alone)"), octets);
    text = text != NULL ? text : event->event->text;
    parts = g_strsplit(text == NULL ? "" : text, "\n", 100);
    for (guint i = 0; parts[i] != NULL; i++) {
        g_autofree char *line = g_strdup_printf("%s: %s", who, g_strchomp(parts[i]));

        if (i == 0 || *parts[i] != '\0')
            view_lines_add_raw(lines, here ? VIEW_BOLD : VIEW_PLAIN, line);
    }
}

void
view_pane_wire(const View *view, ViewLines *lines, const ViewEvent *event)
{
    g_autoptr(GArray) found = view_wire_session(view);

    (void)event;
    for (guint i = found->len; i > 0; i--)
        view_wire_add(view, lines, g_array_index(found, guint, i - 1));
    if (found->len == 0)
        view_lines_add(lines, VIEW_DIM, 0, "Nothing was said on a connection yet.");
}

/* ---- 3 Changed ---- */

/* What the event itself says of @key: rows that a SELECT found, a row before and after. */
static void
view_changed_rows(ViewLines *lines, const ViewEvent *event, const char *key, const char *title)
{
    JsonNode *node = json_object_get_member(event->data, key);
    JsonArray *rows =
        node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    if (rows != NULL && json_array_get_length(rows) == 0)
        view_lines_add(lines, VIEW_PLAIN, 2, "%s: no row", title);
    for (guint i = 0; rows != NULL && i < json_array_get_length(rows); i++) {
        g_autofree char *value = view_value_words(json_array_get_element(rows, i));

        view_lines_add(lines, VIEW_PLAIN, 2, "%s: %s", title, value);
    }
}

static void
view_changed_statement(ViewLines *lines, const ViewEvent *event, guint changes)
{
    const char *sql = view_event_text(event, "sql");
    g_autofree char *params = view_event_value(event, "params");

    if (sql == NULL)
        return;
    if (strcmp(sql, "COMMIT") == 0 && event->event->text != NULL)
        view_lines_add(lines, VIEW_BOLD, 2, "%s", event->event->text);
    view_lines_add(lines, VIEW_CYAN, 2, "SQL: %s", sql);
    if (params != NULL)
        view_lines_add(lines, VIEW_PLAIN, 2, "with ? = %s", params);
    view_changed_rows(lines, event, "rows", _("found"));
    if (changes > 0)
        return;
    view_changed_rows(lines, event, "before", _("before"));
    view_changed_rows(lines, event, "after", _("after"));
}

/* A decision's outcome, with what it was made from. */
static void
view_changed_decision(ViewLines *lines, const ViewEvent *event)
{
    g_autoptr(JsonNode) data = json_node_init_object(json_node_alloc(), event->data);
    g_autofree char *words = view_value_words(data);

    if (*words != '\0')
        view_lines_add(lines, VIEW_BOLD, 4, "Decided (%s): %s", stage_name(event->event->stage),
                       words);
}

/* An answer goes into the cache of the host that asked, or came from there. */
static void
view_changed_cache(ViewLines *lines, const ViewEvent *event)
{
    g_autofree char *answers = view_event_value(event, "answers");
    g_autofree char *ttl = view_event_value(event, "ttl");
    g_autofree char *cache = view_event_value(event, "cache");
    const char *question = view_event_text(event, "question");
    const char *type = view_event_text(event, "type");
    gboolean known = g_strcmp0(cache, C_("value", "yes")) == 0;

    if (answers == NULL || ttl == NULL || question == NULL || type == NULL)
        return;
    view_lines_add(lines, known ? VIEW_PLAIN : VIEW_BOLD | VIEW_GREEN, 4,
                   "%c %s cache %s %s: %s, kept %s seconds", known ? ' ' : '+', event->event->host,
                   question, type, answers, ttl);
}

/* When the message is tried again: written before the try that failed, so the row does not change
 * now, but this is the event that means it. */
static void
view_changed_due(ViewLines *lines, const ViewEvent *event)
{
    g_autofree char *due = view_event_value(event, "due");
    g_autofree char *tries = view_event_value(event, "tries");

    if (due != NULL && tries != NULL)
        view_lines_add(lines, VIEW_BOLD, 4,
                       strcmp(tries, "1") == 0 ? "queue.next_attempt: %s, after %s try"
                                               : "queue.next_attempt: %s, after %s tries",
                       due, tries);
}

/* What the event did beside the rows and sessions that are folded. */
static guint
view_changed_else(ViewLines *lines, const ViewEvent *event)
{
    int count = view_lines_count(lines);

    view_changed_due(lines, event);
    if (event->event->kind == TRACE_DNS)
        view_changed_cache(lines, event);
    else if (event->event->kind == TRACE_DECISION)
        view_changed_decision(lines, event);
    return view_lines_count(lines) > count ? 1 : 0;
}

/* The title over what the event has not changed. */
static const char *
view_changed_whose(const TraceEvent *event)
{
    if (event->journey != NULL)
        return _("Of its message, the same as before:");
    if (event->session != NULL)
        return _("It belongs to no message yet. The same as before:");
    return event->host != NULL ? _("It belongs to no message, but to the whole host.")
                               : _("It belongs to no message.");
}

static void
view_changed_notes(const View *view, ViewLines *lines, const ViewFold *fold)
{
    guint64 left_out = view_fold_left_out(fold);

    if (!view_fold_is_founded(fold))
        view_lines_add(
            lines, VIEW_DIM, 0,
            "The journal begins in the middle, and its header tells of no rows: only what "
            "came since event %" G_GUINT64_FORMAT " is known.",
            view_model_entry(view->model, 0)->seq);
    if (left_out > 0)
        view_lines_add(lines, VIEW_DIM, 0,
                       "%" G_GUINT64_FORMAT " older rows are not counted: there are too many.",
                       left_out);
}

/* First what this event did, then the statement that did it, then what stayed as it was. */
void
view_pane_changed(const View *view, ViewLines *lines, const ViewEvent *event)
{
    guint cursor = view_pane_entry(view);
    const ViewFold *before = view_folds_upto(view->folds, view->model, cursor);
    g_autoptr(ViewFold) after = view_fold_copy(before);
    guint changes;

    view_fold_take(after, event);
    changes = view_fold_show_changes(before, after, lines);
    if (view_changed_else(lines, event) + changes == 0 && view_event_text(event, "sql") == NULL)
        view_lines_add(lines, VIEW_PLAIN, 0, "This event changed nothing in the database.");
    view_changed_statement(lines, event, changes);
    view_lines_add(lines, VIEW_BOLD, 0, "%s", view_changed_whose(event->event));
    view_fold_show_rest(before, after, event->event->host, lines);
    view_changed_notes(view, lines, before);
}

/* ---- 6 Headers ---- */

/* The newest event of the message up to @from that carries its headers. */
static ViewEvent *
view_headers_find(const View *view, const ViewEntry *here, gint64 from, gint64 *found)
{
    for (gint64 index = from; index >= 0 && index > from - VIEW_LOOK_BACK; index--) {
        const ViewEntry *entry = view_model_entry(view->model, index);

        if (!entry->head || entry->journey != here->journey)
            continue;
        *found = index;
        return view_model_load(view->model, index);
    }
    return NULL;
}

/* The headers before this change. What is the same at both ends of a hop is no change. */
static char *
view_headers_before(const View *view, const ViewEntry *here, gint64 found, const char *now)
{
    gint64 older = found;

    while (older > 0) {
        g_autoptr(ViewEvent) event = view_headers_find(view, here, older - 1, &older);

        if (event == NULL)
            return NULL;
        if (strcmp(view_event_text(event, "head"), now) != 0)
            return g_strdup(view_event_text(event, "head"));
    }
    return NULL;
}

void
view_pane_headers(const View *view, ViewLines *lines, const ViewEvent *event)
{
    guint cursor = view_pane_entry(view);
    const ViewEntry *here = view_model_entry(view->model, cursor);
    gint64 found = 0;
    g_autoptr(ViewEvent) headed = view_headers_find(view, here, cursor, &found);
    g_autofree char *before = NULL;
    g_auto(GStrv) parts = NULL;
    gboolean added = FALSE;

    (void)event;
    if (headed == NULL || here->journey == NULL) {
        view_lines_add(lines, VIEW_DIM, 0,
                       here->stage == STAGE_PICKUP || view_session_reads(here->session)
                           ? "No headers here: this step is about no single message."
                           : "No headers yet: they come with DATA.");
        return;
    }
    before = view_headers_before(view, here, found, view_event_text(headed, "head"));
    parts = g_strsplit(view_event_text(headed, "head"), "\n", 400);
    for (guint i = 0; parts[i] != NULL; i++) {
        g_autofree char *line = NULL;

        g_strchomp(parts[i]);
        /* A line that begins with a space goes on with the field above it. */
        if (*parts[i] != ' ' && *parts[i] != '\t')
            added = before != NULL && strstr(before, parts[i]) == NULL;
        line = g_strdup_printf("%c %s", added ? '+' : ' ', parts[i]);
        if (*parts[i] != '\0')
            view_lines_add_raw(lines, added ? VIEW_BOLD | VIEW_GREEN : VIEW_PLAIN, line);
    }
}
