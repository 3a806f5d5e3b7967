/* trace/viewer/fold.c - the facts of a message, folded from header and events (see fold.h).
 *
 *   fold_rows.c      what statements say of rows
 *   fold_session.c   what decisions and replies say of a session and its transaction
 *   facts.c          the list of facts, and how it shows what has changed
 *
 * Start reading at view_fold_upto().
 * Tests: tests/test_viewer_fold.c, tests/test_viewer_past.c
 */
#include "trace/viewer/fold.h"

#include <string.h>

#include "trace/viewer/facts.h"

/* Events that are parsed for one fold: a frame has its limits. */
#define VIEW_FOLD_MAX 500
/* Folds that are kept: of so many conversations the events may lie between one another. */
#define VIEW_FOLDS_MAX 32

/* ---- the header ---- */

static void
view_fold_header_host(ViewFold *fold, JsonObject *told)
{
    const char *host = view_facts_text(told, "name");
    JsonNode *down = json_object_get_member(told, "down");

    if (host == NULL || down == NULL || !JSON_NODE_HOLDS_VALUE(down) ||
        !json_node_get_boolean(down))
        return;
    g_autoptr(JsonObject) row = json_object_new();

    json_object_set_boolean_member(row, "down", TRUE);
    view_facts_set(fold, host, "host", row);
}

static void
view_fold_header_list(ViewFold *fold, JsonObject *snapshot, const char *key,
                      void (*take)(ViewFold *fold, JsonObject *told))
{
    JsonNode *node = json_object_get_member(snapshot, key);
    JsonArray *list =
        node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    for (guint i = 0; list != NULL && i < json_array_get_length(list); i++) {
        JsonNode *element = json_array_get_element(list, i);

        if (JSON_NODE_HOLDS_OBJECT(element))
            take(fold, json_node_get_object(element));
    }
}

static gint64
view_fold_number(JsonObject *object, const char *key)
{
    JsonNode *node = object == NULL ? NULL : json_object_get_member(object, key);

    return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_int(node) : 0;
}

void
view_fold_header(ViewFold *fold, const char *header)
{
    g_autoptr(JsonNode) node = NULL;
    JsonObject *snapshot = view_facts_snapshot(header, &node);

    if (node == NULL)
        return;
    JsonObject *whole = json_node_get_object(node);

    fold->founded = view_fold_number(whole, "first") <= 1;
    if (snapshot == NULL)
        return;
    fold->founded = fold->founded || json_object_has_member(snapshot, "rows");
    fold->left_out =
        (guint64)MAX(view_fold_number(view_facts_object(snapshot, "left_out"), "rows"), 0);
    view_fold_header_list(fold, snapshot, "hosts", view_fold_header_host);
    view_fold_header_list(fold, snapshot, "sessions", view_fold_header_session);
    view_fold_header_list(fold, snapshot, "rows", view_fold_header_row);
    /* A header is written after a COMMIT: nothing of it can be undone. */
    g_ptr_array_set_size(fold->undo, 0);
}

/* ---- events ---- */

/* A host speaks for itself: a row deleted before the COMMIT, a change by hand, up, down, a crash. */
static gboolean
view_fold_is_hosts(const ViewEntry *entry)
{
    return entry->journey == NULL && entry->session == NULL &&
           (entry->kind == TRACE_SQL || entry->kind == TRACE_STATE || entry->kind == TRACE_ERROR);
}

gboolean
view_fold_wants(const ViewFold *fold, const ViewEntry *entry)
{
    gboolean ours = fold->journey != NULL && entry->journey == fold->journey;
    gboolean here = fold->session != NULL && entry->session == fold->session;

    if (entry->host == NULL)
        return FALSE;
    if (ours && entry->kind == TRACE_SQL)
        return TRUE;
    if (ours && here)
        return entry->kind == TRACE_DECISION || entry->kind == TRACE_WIRE;
    if (here)
        return entry->kind == TRACE_DECISION || entry->kind == TRACE_STATE;
    return view_fold_is_hosts(entry);
}

/* A host that is down is worth knowing; that it is up is not. */
static void
view_fold_state(ViewFold *fold, const ViewEvent *event)
{
    JsonNode *down = json_object_get_member(event->data, "down");

    if (g_strcmp0(view_event_text(event, "outcome"), "undone") == 0)
        view_facts_undo(fold, event->event->host);
    if (down == NULL || !JSON_NODE_HOLDS_VALUE(down))
        return;
    view_facts_set(fold, event->event->host, "host",
                   json_node_get_boolean(down) ? event->data : NULL);
}

void
view_fold_take(ViewFold *fold, const ViewEvent *event)
{
    const TraceEvent *told = event->event;

    if (told->host == NULL)
        return;
    if (told->kind == TRACE_SQL && g_strcmp0(view_event_text(event, "sql"), "COMMIT") == 0)
        view_fold_commit(fold, told->host);
    else if (told->kind == TRACE_SQL)
        view_fold_statement(fold, event);
    else if (told->session == NULL && told->journey == NULL)
        view_fold_state(fold, event);
    else if (fold->session != NULL && g_strcmp0(told->session, fold->session) == 0)
        view_fold_conversation(fold, event);
}

/* ---- all events up to one ---- */

/* "...,"label":"message 17",...": is it a row that we know of? Most that a busy host deletes are not,
 * and to parse them all would take too long. */
static gboolean
view_fold_knows(const ViewFold *fold, const ViewEntry *entry, const char *line)
{
    static const char label[] = "\"label\":\"message ";
    const char *number = strstr(line, label);

    if (number == NULL)
        return TRUE;
    number += strlen(label);
    g_autofree char *name =
        g_strdup_printf("messages %.*s", (int)strspn(number, "0123456789"), number);

    return view_facts_find(fold->facts, entry->host, name) != NULL;
}

/* Returns whether the event had to be parsed. */
static gboolean
view_fold_take_entry(ViewFold *fold, const ViewModel *model, guint index, GString *line)
{
    const ViewEntry *entry = view_model_entry(model, index);
    g_autoptr(ViewEvent) event = NULL;

    if (!view_fold_wants(fold, entry))
        return FALSE;
    if (entry->kind == TRACE_SQL && entry->journey == NULL) {
        if (!view_model_line(model, index, line))
            return FALSE;
        if (strstr(line->str, "\"sql\":\"COMMIT\"") != NULL) {
            view_fold_commit(fold, entry->host);
            return FALSE;
        }
        if (!view_fold_knows(fold, entry, line->str))
            return FALSE;
    }
    event = view_model_load(model, index);
    if (event != NULL)
        view_fold_take(fold, event);
    return TRUE;
}

/* For the event @index, with no event in it yet. */
static ViewFold *
view_fold_begin(const ViewModel *model, guint from, guint index)
{
    const ViewEntry *here = view_model_entry(model, index);
    ViewFold *fold = view_fold_new(here->journey, here->session);
    g_autofree char *header = view_model_header(model, from);

    if (header != NULL)
        view_fold_header(fold, header);
    fold->begin = fold->next = view_model_segment_begin(model, from);
    return fold;
}

static void
view_fold_go_on(ViewFold *fold, const ViewModel *model, guint index)
{
    g_autoptr(GString) line = g_string_new(NULL);

    while (fold->next < index && fold->parsed < VIEW_FOLD_MAX)
        fold->parsed += view_fold_take_entry(fold, model, fold->next++, line) ? 1 : 0;
    fold->cut = fold->next < index;
}

ViewFold *
view_fold_upto(const ViewModel *model, guint from, guint index)
{
    ViewFold *fold = view_fold_begin(model, from, index);

    view_fold_go_on(fold, model, index);
    return fold;
}

guint64
view_fold_left_out(const ViewFold *fold)
{
    return fold->left_out + (fold->cut ? 1 : 0);
}

/* ---- folds that are kept ---- */

GPtrArray *
view_folds_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)view_fold_free);
}

/* Takes one out of @folds that only has to go on; NULL: there is none. */
static ViewFold *
view_folds_take(GPtrArray *folds, const ViewModel *model, guint index)
{
    const ViewEntry *here = view_model_entry(model, index);
    guint begin = view_model_segment_begin(model, index);

    for (guint i = folds->len; i > 0; i--) {
        const ViewFold *fold = g_ptr_array_index(folds, i - 1);

        if (fold->journey == here->journey && fold->session == here->session &&
            fold->begin == begin && fold->next <= index)
            return g_ptr_array_steal_index(folds, i - 1);
    }
    return NULL;
}

const ViewFold *
view_folds_upto(GPtrArray *folds, const ViewModel *model, guint index)
{
    ViewFold *fold = view_folds_take(folds, model, index);

    if (fold == NULL)
        fold = view_fold_begin(model, index, index);
    view_fold_go_on(fold, model, index);
    if (folds->len >= VIEW_FOLDS_MAX)
        g_ptr_array_remove_index(folds, 0);
    g_ptr_array_add(folds, fold);
    return fold;
}

gboolean
view_fold_is_founded(const ViewFold *fold)
{
    return fold->founded;
}
