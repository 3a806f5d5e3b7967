/* trace/viewer/panes_past.c - the panes that tell how it came to this: Wire, Changed, Headers.
 *
 * They look back from the cursor, never past it, and only so far: a journal may be long.
 * Tests: tests/test_viewer_screen.c, with the screens in tests/screens/
 */
#include "trace/viewer/panes.h"

#include <string.h>

#include "trace/viewer/fold.h"

/* Wire events looked for backwards, and how far. */
#define VIEW_WIRE_MAX  200
#define VIEW_LOOK_BACK 4000
/* Events that are folded into the state of a message: a frame has its limits. */
#define VIEW_FOLD_MAX 500

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
        text = body = g_strdup_printf("(the message: %s octets, then a dot alone)", octets);
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

static void
view_changed_rows(ViewLines *lines, const ViewEvent *event, const char *key, const char *title)
{
    JsonNode *node = json_object_get_member(event->data, key);
    JsonArray *rows;

    if (node == NULL)
        return;
    if (!JSON_NODE_HOLDS_ARRAY(node)) {
        g_autofree char *value = view_value_words(node);

        view_lines_add(lines, VIEW_PLAIN, 2, "%s: %s", title, value);
        return;
    }
    rows = json_node_get_array(node);
    if (json_array_get_length(rows) == 0)
        view_lines_add(lines, VIEW_PLAIN, 2, "%s: no row", title);
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        g_autofree char *value = view_value_words(json_array_get_element(rows, i));

        view_lines_add(lines, VIEW_PLAIN, 2, "%s: %s", title, value);
    }
}

static gboolean
view_changed_event(ViewLines *lines, const ViewEvent *event)
{
    const char *sql = view_event_text(event, "sql");
    g_autofree char *params = view_event_value(event, "params");

    if (sql == NULL && !json_object_has_member(event->data, "before") &&
        !json_object_has_member(event->data, "after"))
        return FALSE;
    if (sql != NULL)
        view_lines_add(lines, VIEW_CYAN, 2, "SQL: %s", sql);
    if (params != NULL)
        view_lines_add(lines, VIEW_PLAIN, 2, "with ? = %s", params);
    view_changed_rows(lines, event, "rows", "found");
    view_changed_rows(lines, event, "before", "before");
    view_changed_rows(lines, event, "after", "after");
    return TRUE;
}

/* The message as it was before this event and after it, folded from its events up to here. */
static void
view_changed_state(const View *view, ViewLines *lines, const ViewEvent *event)
{
    guint cursor = view_pane_entry(view);
    const ViewEntry *here = view_model_entry(view->model, cursor);
    const ViewMessage *message = view_model_message_of(view->model, here->journey);
    g_autoptr(ViewFold) before = view_fold_new();
    g_autoptr(ViewFold) after = NULL;
    guint looked = 0;

    for (guint i = 0; message != NULL && i < message->entries->len; i++) {
        guint index = g_array_index(message->entries, guint, i);
        g_autoptr(ViewEvent) earlier = NULL;

        if (index >= cursor || looked >= VIEW_FOLD_MAX)
            break;
        if (!view_fold_wants(view_model_entry(view->model, index)))
            continue;
        looked++;
        if ((earlier = view_model_load(view->model, index)) != NULL)
            view_fold_take(before, earlier);
    }
    after = view_fold_copy(before);
    view_fold_take(after, event);
    view_lines_add(lines, VIEW_BOLD, 0, "%s",
                   message == NULL ? "It belongs to no message yet."
                                   : "Its state: + new, * changed, - gone");
    view_fold_show(before, after, lines);
    if (looked >= VIEW_FOLD_MAX)
        view_lines_add(lines, VIEW_DIM, 0, "Only its first %d changes are counted.", VIEW_FOLD_MAX);
}

void
view_pane_changed(const View *view, ViewLines *lines, const ViewEvent *event)
{
    if (!view_changed_event(lines, event))
        view_lines_add(lines, VIEW_PLAIN, 0, "This event changed nothing in the database.");
    view_changed_state(view, lines, event);
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
        view_lines_add(lines, VIEW_DIM, 0, "No headers yet: they come with DATA.");
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
