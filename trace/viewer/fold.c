/* trace/viewer/fold.c - the facts of a message, folded from its events (see fold.h).
 *
 * Start reading at view_fold_take().
 * Tests: tests/test_viewer_fold.c
 */
#include "trace/viewer/fold.h"

#include <string.h>

/* Facts of one message that are kept: a list may have many recipients. */
#define VIEW_FACTS_MAX 200

typedef struct ViewFact {
    char *name;      /* "mx.north.example recipients 1" */
    JsonObject *row; /* columns; never changed, but replaced; NULL: the row is gone */
} ViewFact;

struct ViewFold {
    GPtrArray *facts; /* ViewFact, in the order they were first told of */
};

/* What names a row of a table, the first that the row has. */
static const char *const keys[] = { "id", "uid", "recipient", NULL };

static void
view_fact_free(gpointer data)
{
    ViewFact *fact = data;

    g_free(fact->name);
    g_clear_pointer(&fact->row, json_object_unref);
    g_free(fact);
}

ViewFold *
view_fold_new(void)
{
    ViewFold *fold = g_new0(ViewFold, 1);

    fold->facts = g_ptr_array_new_with_free_func(view_fact_free);
    return fold;
}

void
view_fold_free(ViewFold *fold)
{
    g_ptr_array_unref(fold->facts);
    g_free(fold);
}

static ViewFact *
view_fold_find(const ViewFold *fold, const char *name)
{
    for (guint i = 0; i < fold->facts->len; i++) {
        ViewFact *fact = g_ptr_array_index(fold->facts, i);

        if (strcmp(fact->name, name) == 0)
            return fact;
    }
    return NULL;
}

/* @row: NULL: it is gone. */
static void
view_fold_set(ViewFold *fold, const char *name, JsonObject *row)
{
    ViewFact *fact = view_fold_find(fold, name);

    if (fact == NULL && fold->facts->len >= VIEW_FACTS_MAX)
        return;
    if (fact == NULL) {
        fact = g_new0(ViewFact, 1);
        fact->name = g_strdup(name);
        g_ptr_array_add(fold->facts, fact);
    }
    g_clear_pointer(&fact->row, json_object_unref);
    fact->row = row == NULL ? NULL : json_object_ref(row);
}

ViewFold *
view_fold_copy(const ViewFold *fold)
{
    ViewFold *copy = view_fold_new();

    for (guint i = 0; i < fold->facts->len; i++) {
        const ViewFact *fact = g_ptr_array_index(fold->facts, i);

        view_fold_set(copy, fact->name, fact->row);
    }
    return copy;
}

/* The columns of @old, and over them those of @now. */
static JsonObject *
view_fold_merge(JsonObject *old, JsonObject *now)
{
    JsonObject *merged = json_object_new();
    JsonObject *const both[] = { old, now };

    for (guint i = 0; i < G_N_ELEMENTS(both); i++) {
        JsonObjectIter members;
        const char *name;
        JsonNode *value;

        if (both[i] == NULL)
            continue;
        json_object_iter_init_ordered(&members, both[i]);
        while (json_object_iter_next_ordered(&members, &name, &value))
            json_object_set_member(merged, name, json_node_copy(value));
    }
    return merged;
}

/* ---- statements ---- */

/* The table that @sql changes: the word after INTO, UPDATE or FROM. NULL: it changes none. */
static char *
view_fold_table(const char *sql)
{
    static const char *const verbs[] = { "INSERT INTO ", "UPDATE ", "DELETE FROM ", NULL };

    for (guint i = 0; sql != NULL && verbs[i] != NULL; i++)
        if (g_str_has_prefix(sql, verbs[i])) {
            sql += strlen(verbs[i]);
            return g_strndup(sql, strcspn(sql, " (,"));
        }
    return NULL;
}

/* "mx.north.example recipients 1"; NULL: nothing in the row names it. */
static char *
view_fold_row_name(const ViewEvent *event, const char *table, JsonObject *row)
{
    const char *host = event->event->host == NULL ? "" : event->event->host;

    for (guint i = 0; keys[i] != NULL; i++) {
        JsonNode *node = json_object_get_member(row, keys[i]);
        g_autofree char *value = node == NULL ? NULL : view_value_words(node);

        if (value != NULL)
            return g_strdup_printf("%s %s %s", host, table, value);
    }
    return NULL;
}

/* Each row of the list @key: changed, or (@gone) no longer there. */
static void
view_fold_rows(ViewFold *fold, const ViewEvent *event, const char *table, const char *key,
               gboolean gone)
{
    JsonNode *node = json_object_get_member(event->data, key);
    JsonArray *rows;

    if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node))
        return;
    rows = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonNode *element = json_array_get_element(rows, i);
        g_autofree char *name = NULL;
        g_autoptr(JsonObject) row = NULL;
        const ViewFact *known;

        if (!JSON_NODE_HOLDS_OBJECT(element))
            continue;
        name = view_fold_row_name(event, table, json_node_get_object(element));
        if (name == NULL)
            continue;
        known = view_fold_find(fold, name);
        if (!gone)
            row = view_fold_merge(known == NULL ? NULL : known->row, json_node_get_object(element));
        view_fold_set(fold, name, row);
    }
}

static void
view_fold_statement(ViewFold *fold, const ViewEvent *event)
{
    const char *sql = view_event_text(event, "sql");
    g_autofree char *table = view_fold_table(sql);

    if (table == NULL)
        return;
    if (g_str_has_prefix(sql, "DELETE")) {
        view_fold_rows(fold, event, table, "before", TRUE);
        return;
    }
    view_fold_rows(fold, event, table, "after", FALSE);
}

/* ---- decisions ---- */

/* Only what a decision came to: "sender", "route of recipient 1". */
static void
view_fold_decision(ViewFold *fold, const ViewEvent *event)
{
    const char *outcome = view_event_text(event, "outcome");
    const char *branch = event->event->branch;
    g_autofree char *name = NULL;
    g_autoptr(JsonObject) row = NULL;

    if (outcome == NULL)
        return;
    name = g_strdup_printf("%s %s%s%s", event->event->host == NULL ? "" : event->event->host,
                           stage_name(event->event->stage), branch == NULL ? "" : " of recipient ",
                           branch == NULL ? "" : branch);
    row = json_object_new();
    json_object_set_string_member(row, "outcome", outcome);
    view_fold_set(fold, name, row);
}

gboolean
view_fold_wants(const ViewEntry *entry)
{
    return entry->kind == TRACE_SQL || (entry->kind == TRACE_DECISION && entry->outcome != NULL);
}

void
view_fold_take(ViewFold *fold, const ViewEvent *event)
{
    if (event->event->kind == TRACE_SQL)
        view_fold_statement(fold, event);
    else if (event->event->kind == TRACE_DECISION)
        view_fold_decision(fold, event);
}

/* ---- showing ---- */

static char *
view_fold_words(JsonObject *row)
{
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), row);

    return view_value_words(node);
}

/* "state waiting > trying, tries 0 > 1"; empty where nothing differs. */
static char *
view_fold_difference(JsonObject *before, JsonObject *after)
{
    GString *out = g_string_new(NULL);
    JsonObjectIter members;
    const char *name;
    JsonNode *value;

    json_object_iter_init_ordered(&members, after);
    while (json_object_iter_next_ordered(&members, &name, &value)) {
        JsonNode *old = json_object_get_member(before, name);
        g_autofree char *was = old == NULL ? g_strdup("") : view_value_words(old);
        g_autofree char *is = view_value_words(value);

        if (strcmp(was, is) != 0)
            g_string_append_printf(out, "%s%s %s > %s", out->len == 0 ? "" : ", ", name,
                                   *was == '\0' ? "-" : was, *is == '\0' ? "-" : is);
    }
    return g_string_free(out, FALSE);
}

static void
view_fold_show_fact(const ViewFact *old, const ViewFact *now, ViewLines *lines)
{
    JsonObject *before = old == NULL ? NULL : old->row;
    g_autofree char *words = NULL;

    if (before == NULL && now->row == NULL)
        return;
    if (before != NULL && now->row != NULL) {
        words = view_fold_difference(before, now->row);
        if (*words != '\0') {
            view_lines_add(lines, VIEW_BOLD | VIEW_YELLOW, 4, "* %s: %s", now->name, words);
            return;
        }
        g_free(words);
    }
    words = view_fold_words(now->row != NULL ? now->row : before);
    if (before == NULL)
        view_lines_add(lines, VIEW_BOLD | VIEW_GREEN, 4, "+ %s: %s", now->name, words);
    else if (now->row == NULL)
        view_lines_add(lines, VIEW_BOLD | VIEW_RED, 4, "- %s: %s", now->name, words);
    else
        view_lines_add(lines, VIEW_PLAIN, 4, "  %s: %s", now->name, words);
}

void
view_fold_show(const ViewFold *before, const ViewFold *after, ViewLines *lines)
{
    for (guint i = 0; i < after->facts->len; i++) {
        const ViewFact *fact = g_ptr_array_index(after->facts, i);

        view_fold_show_fact(view_fold_find(before, fact->name), fact, lines);
    }
}
