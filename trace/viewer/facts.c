/* trace/viewer/facts.c - the list of facts of a fold, and how it shows what has changed.
 *
 * Start reading at view_facts_set().
 * Tests: tests/test_viewer_fold.c, tests/test_viewer_past.c
 */
#include "trace/viewer/facts.h"

#include <string.h>

/* Facts of one message that are kept: a list may have many recipients. */
#define VIEW_FACTS_MAX 200

static void
view_fact_free(gpointer data)
{
    ViewFact *fact = data;

    g_free(fact->host);
    g_free(fact->name);
    g_clear_pointer(&fact->row, json_object_unref);
    g_free(fact);
}

ViewFold *
view_fold_new(const char *journey, const char *session)
{
    ViewFold *fold = g_new0(ViewFold, 1);

    fold->journey = journey;
    fold->session = session;
    fold->facts = g_ptr_array_new_with_free_func(view_fact_free);
    fold->undo = g_ptr_array_new_with_free_func(view_fact_free);
    return fold;
}

void
view_fold_free(ViewFold *fold)
{
    g_ptr_array_unref(fold->facts);
    g_ptr_array_unref(fold->undo);
    g_free(fold);
}

ViewFact *
view_facts_find(const GPtrArray *facts, const char *host, const char *name)
{
    for (guint i = 0; i < facts->len; i++) {
        ViewFact *fact = g_ptr_array_index(facts, i);

        if (g_strcmp0(fact->host, host) == 0 && strcmp(fact->name, name) == 0)
            return fact;
    }
    return NULL;
}

static void
view_facts_add(GPtrArray *facts, const char *host, const char *name, JsonObject *row)
{
    ViewFact *fact = g_new0(ViewFact, 1);

    fact->host = g_strdup(host);
    fact->name = g_strdup(name);
    fact->row = row == NULL ? NULL : json_object_ref(row);
    g_ptr_array_add(facts, fact);
}

void
view_facts_set(ViewFold *fold, const char *host, const char *name, JsonObject *row)
{
    ViewFact *fact = view_facts_find(fold->facts, host, name);

    if (fact != NULL) {
        g_clear_pointer(&fact->row, json_object_unref);
        fact->row = row == NULL ? NULL : json_object_ref(row);
    } else if (row != NULL && fold->facts->len < VIEW_FACTS_MAX) {
        view_facts_add(fold->facts, host, name, row);
    } else if (row != NULL) {
        fold->left_out++;
    }
}

/* ---- what is not durable yet ---- */

void
view_facts_set_open(ViewFold *fold, const char *host, const char *name, JsonObject *row)
{
    const ViewFact *fact = view_facts_find(fold->facts, host, name);

    if (view_facts_find(fold->undo, host, name) == NULL)
        view_facts_add(fold->undo, host, name, fact == NULL ? NULL : fact->row);
    view_facts_set(fold, host, name, row);
}

/* Forgets how the facts of @host were. */
void
view_fold_commit(ViewFold *fold, const char *host)
{
    for (guint i = fold->undo->len; i > 0; i--) {
        const ViewFact *old = g_ptr_array_index(fold->undo, i - 1);

        if (g_strcmp0(old->host, host) == 0)
            g_ptr_array_remove_index(fold->undo, i - 1);
    }
}

void
view_facts_undo(ViewFold *fold, const char *host)
{
    for (guint i = 0; i < fold->undo->len; i++) {
        const ViewFact *old = g_ptr_array_index(fold->undo, i);

        if (g_strcmp0(old->host, host) == 0)
            view_facts_set(fold, host, old->name, old->row);
    }
    view_fold_commit(fold, host);
}

/* ---- whole folds, whole rows ---- */

ViewFold *
view_fold_copy(const ViewFold *fold)
{
    ViewFold *copy = view_fold_new(fold->journey, fold->session);
    const ViewFact *fact;

    copy->ending = fold->ending;
    copy->founded = fold->founded;
    copy->left_out = fold->left_out;
    copy->cut = fold->cut;
    for (guint i = 0; i < fold->facts->len; i++) {
        fact = g_ptr_array_index(fold->facts, i);
        view_facts_add(copy->facts, fact->host, fact->name, fact->row);
    }
    for (guint i = 0; i < fold->undo->len; i++) {
        fact = g_ptr_array_index(fold->undo, i);
        view_facts_add(copy->undo, fact->host, fact->name, fact->row);
    }
    return copy;
}

JsonObject *
view_facts_merge(JsonObject *old, JsonObject *now)
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
        while (json_object_iter_next_ordered(&members, &name, &value)) {
            if (!JSON_NODE_HOLDS_NULL(value))
                json_object_set_member(merged, name, json_node_copy(value));
            else if (json_object_has_member(merged, name))
                json_object_remove_member(merged, name);
        }
    }
    return merged;
}

const char *
view_facts_text(JsonObject *object, const char *key)
{
    JsonNode *node = json_object_get_member(object, key);

    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_STRING)
        return NULL;
    return json_node_get_string(node);
}

JsonObject *
view_facts_object(JsonObject *object, const char *key)
{
    JsonNode *node = object == NULL ? NULL : json_object_get_member(object, key);

    return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

JsonObject *
view_facts_snapshot(const char *header, JsonNode **node)
{
    ViewFields fields;

    /* The scan goes through all of it, and no deeper than the parser can stand. */
    if (!view_fields_scan(&fields, header, strlen(header)))
        return NULL;
    *node = json_from_string(header, NULL);
    if (*node != NULL && !JSON_NODE_HOLDS_OBJECT(*node))
        g_clear_pointer(node, json_node_unref);
    return *node == NULL ? NULL : view_facts_object(json_node_get_object(*node), "snapshot");
}

/* ---- showing ---- */

/* "state=waiting tries=0"; what is empty is shown as a dash. */
static char *
view_facts_words(JsonObject *row)
{
    GString *out = g_string_new(NULL);
    JsonObjectIter members;
    const char *name;
    JsonNode *value;

    json_object_iter_init_ordered(&members, row);
    while (json_object_iter_next_ordered(&members, &name, &value)) {
        g_autofree char *words = view_value_words(value);

        g_string_append_printf(out, "%s%s=%s", out->len == 0 ? "" : " ", name,
                               *words == '\0' ? "-" : words);
    }
    return g_string_free(out, FALSE);
}

static char *
view_facts_value(JsonObject *row, const char *name)
{
    JsonNode *node = json_object_get_member(row, name);

    return node == NULL ? g_strdup("") : view_value_words(node);
}

/* Adds "state waiting > trying" for each column of @names that differs, once. */
static void
view_facts_differ(GString *out, JsonObject *names, JsonObject *before, JsonObject *after)
{
    JsonObjectIter members;
    const char *name;
    JsonNode *value;

    json_object_iter_init_ordered(&members, names);
    while (json_object_iter_next_ordered(&members, &name, &value)) {
        g_autofree char *was = view_facts_value(before, name);
        g_autofree char *is = view_facts_value(after, name);

        if (strcmp(was, is) == 0 || (names == before && *is != '\0'))
            continue;
        g_string_append_printf(out, "%s%s %s > %s", out->len == 0 ? "" : ", ", name,
                               *was == '\0' ? "-" : was, *is == '\0' ? "-" : is);
    }
}

/* "state waiting > trying, tries 0 > 1"; empty where nothing differs. */
static char *
view_facts_difference(JsonObject *before, JsonObject *after)
{
    GString *out = g_string_new(NULL);

    view_facts_differ(out, after, before, after);
    view_facts_differ(out, before, before, after);
    return g_string_free(out, FALSE);
}

static JsonObject *
view_facts_before(const ViewFold *before, const ViewFact *fact)
{
    const ViewFact *old = view_facts_find(before->facts, fact->host, fact->name);

    return old == NULL ? NULL : old->row;
}

static gboolean
view_facts_show_change(JsonObject *before, const ViewFact *now, ViewLines *lines)
{
    g_autofree char *words = NULL;

    if (before == NULL && now->row == NULL)
        return FALSE;
    if (before == NULL || now->row == NULL) {
        words = view_facts_words(now->row != NULL ? now->row : before);
        view_lines_add(lines, VIEW_BOLD | (before == NULL ? VIEW_GREEN : VIEW_RED), 4,
                       "%c %s %s: %s", before == NULL ? '+' : '-', now->host, now->name, words);
        return TRUE;
    }
    words = view_facts_difference(before, now->row);
    if (*words != '\0')
        view_lines_add(lines, VIEW_BOLD | VIEW_YELLOW, 4, "* %s %s: %s", now->host, now->name,
                       words);
    return *words != '\0';
}

guint
view_fold_show_changes(const ViewFold *before, const ViewFold *after, ViewLines *lines)
{
    guint changes = 0;

    for (guint i = 0; i < after->facts->len; i++) {
        const ViewFact *fact = g_ptr_array_index(after->facts, i);

        changes += view_facts_show_change(view_facts_before(before, fact), fact, lines) ? 1 : 0;
    }
    return changes;
}

/* What is nearest to the event comes first: its session, its host, the others. */
static guint
view_facts_distance(const ViewFold *fold, const char *host, const ViewFact *fact)
{
    if (fold->session != NULL && g_str_has_suffix(fact->name, fold->session))
        return 0;
    return g_strcmp0(fact->host, host) == 0 ? 1 : 2;
}

/* NULL where it was not the same, or is not there. */
static char *
view_facts_same(const ViewFold *before, const ViewFact *fact)
{
    JsonObject *old = view_facts_before(before, fact);
    g_autofree char *difference = NULL;

    if (old == NULL || fact->row == NULL)
        return NULL;
    difference = view_facts_difference(old, fact->row);
    return *difference == '\0' ? view_facts_words(fact->row) : NULL;
}

void
view_fold_show_rest(const ViewFold *before, const ViewFold *after, const char *host,
                    ViewLines *lines)
{
    for (guint distance = 0; distance <= 2; distance++)
        for (guint i = 0; i < after->facts->len; i++) {
            const ViewFact *fact = g_ptr_array_index(after->facts, i);
            g_autofree char *words = view_facts_distance(after, host, fact) == distance
                                         ? view_facts_same(before, fact)
                                         : NULL;

            if (words != NULL)
                view_lines_add(lines, VIEW_PLAIN, 4, "  %s %s: %s", fact->host, fact->name, words);
        }
}

static gint
view_facts_compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *
view_fold_text(const ViewFold *fold)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < fold->facts->len; i++) {
        const ViewFact *fact = g_ptr_array_index(fold->facts, i);
        g_autofree char *words = fact->row == NULL ? NULL : view_facts_words(fact->row);

        if (words != NULL)
            g_ptr_array_add(texts, g_strdup_printf("%s %s: %s", fact->host, fact->name, words));
    }
    g_ptr_array_sort(texts, view_facts_compare);
    g_ptr_array_add(texts, NULL);
    return g_strjoinv("\n", (char **)texts->pdata);
}
