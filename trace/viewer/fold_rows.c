/* trace/viewer/fold_rows.c - rows of tables, from headers and statements (see fold.h).
 *
 * A row is known by host, table and primary key: UID 1 of one mailbox is not UID 1 of another.
 *
 * Start reading at tables[].
 * Tests: tests/test_viewer_fold.c, tests/test_viewer_past.c
 */
#include <string.h>

#include "trace/viewer/facts.h"

#define VIEW_KEY_COLUMNS 2

/* The tables that a message's way leaves traces in, as storage/schema.sql has them, and the columns
 * that are worth a learner's while. */
/* clang-format off */
static const struct {
    const char *name;
    const char *key[VIEW_KEY_COLUMNS + 1];
    const char *columns[8];
} tables[] = {
    { "messages",   { "id" },             { "arrived", "octets", "sender" } },
    { "queue",      { "id" },             { "message", "sender" } },
    { "recipients", { "id" },             { "queue", "recipient", "domain", "state", "tries",
                                            "next_attempt", "last" } },
    { "attempts",   { "id" },             { "recipient", "time", "host", "code", "words" } },
    { "entries",    { "mailbox", "uid" }, { "mailbox", "uid", "message", "flags", "modseq" } },
    { "archive",    { "id" },             { "message", "sender", "recipients", "subject", "why" } },
};
/* clang-format on */

/* What the database does by itself when a row goes (REFERENCES in the schema). */
static const struct {
    const char *gone;   /* when a row of this table goes, */
    const char *table;  /* the rows of this one */
    const char *column; /* that name it here */
    gboolean follow;    /* go too, or else name nothing any more */
} references[] = {
    { "messages", "queue", "message", FALSE },
    { "recipients", "attempts", "recipient", TRUE },
};

/* ---- names, columns ---- */

/* The number of @table in tables[]; G_MAXUINT: it is none of them. */
static guint
view_rows_table_number(const char *table)
{
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
        if (g_strcmp0(tables[i].name, table) == 0)
            return i;
    return G_MAXUINT;
}

/* "recipients 1", "entries 1/7"; NULL: a part of the key is not told. */
static char *
view_rows_name(guint table, JsonObject *row)
{
    g_autoptr(GString) name = g_string_new(tables[table].name);

    for (const char *const *key = tables[table].key; *key != NULL; key++) {
        JsonNode *node = json_object_get_member(row, *key);
        g_autofree char *value = node == NULL ? NULL : view_value_words(node);

        if (value == NULL)
            return NULL;
        g_string_append_printf(name, "%c%s", key == tables[table].key ? ' ' : '/', value);
    }
    return g_strdup(name->str);
}

/* Those columns of @told that we keep. */
static JsonObject *
view_rows_columns(guint table, JsonObject *told)
{
    JsonObject *row = json_object_new();

    for (const char *const *column = tables[table].columns; *column != NULL; column++) {
        JsonNode *node = json_object_get_member(told, *column);

        if (node != NULL)
            json_object_set_member(row, *column, json_node_copy(node));
    }
    return row;
}

/* Sets the fact, over what is known of it. */
static void
view_rows_set(ViewFold *fold, const char *host, const char *name, guint table, JsonObject *told)
{
    const ViewFact *known = view_facts_find(fold->facts, host, name);
    g_autoptr(JsonObject) columns = view_rows_columns(table, told);
    g_autoptr(JsonObject) row = view_facts_merge(known == NULL ? NULL : known->row, columns);

    view_facts_set_open(fold, host, name, row);
}

/* ---- the header ---- */

void
view_fold_header_row(ViewFold *fold, JsonObject *told)
{
    JsonNode *node = json_object_get_member(told, "row");
    const char *journey = view_facts_text(told, "journey");
    const char *host = view_facts_text(told, "host");
    g_autofree char *name = NULL;
    guint table;

    if (host == NULL || journey == NULL || g_strcmp0(journey, fold->journey) != 0 || node == NULL ||
        !JSON_NODE_HOLDS_OBJECT(node))
        return;
    table = view_rows_table_number(view_facts_text(told, "table"));
    name = table == G_MAXUINT ? NULL : view_rows_name(table, json_node_get_object(node));
    if (name != NULL)
        view_rows_set(fold, host, name, table, json_node_get_object(node));
}

/* ---- statements ---- */

/* The table that @sql changes: the word after INTO, UPDATE or FROM. NULL: it changes none. */
static char *
view_rows_table(const char *sql)
{
    static const char *const verbs[] = { "INSERT INTO ", "UPDATE ", "DELETE FROM ", NULL };

    for (guint i = 0; sql != NULL && verbs[i] != NULL; i++)
        if (g_str_has_prefix(sql, verbs[i])) {
            sql += strlen(verbs[i]);
            return g_strndup(sql, strcspn(sql, " (,"));
        }
    return NULL;
}

/* A row of another message is none of ours, unless we know it already. */
static gboolean
view_rows_is_ours(const ViewFold *fold, const ViewEvent *event, const char *name)
{
    return (fold->journey != NULL && g_strcmp0(event->event->journey, fold->journey) == 0) ||
           view_facts_find(fold->facts, event->event->host, name) != NULL;
}

static void
view_rows_unlink(ViewFold *fold, const ViewFact *fact, const char *column, gboolean follow)
{
    g_autoptr(JsonObject) row = follow ? NULL : view_facts_merge(fact->row, NULL);

    if (row != NULL)
        json_object_remove_member(row, column);
    view_facts_set_open(fold, fact->host, fact->name, row);
}

/* Looks after those that named the row @name of @host, "messages 1". */
static void
view_rows_go(ViewFold *fold, const char *host, const char *name)
{
    for (guint i = 0; i < fold->facts->len; i++) {
        const ViewFact *fact = g_ptr_array_index(fold->facts, i);

        for (guint r = 0; r < G_N_ELEMENTS(references); r++) {
            JsonNode *named =
                fact->row == NULL ? NULL : json_object_get_member(fact->row, references[r].column);
            g_autofree char *value = named == NULL ? NULL : view_value_words(named);
            g_autofree char *gone = g_strdup_printf("%s %s", references[r].gone, value);

            if (value != NULL && g_strcmp0(fact->host, host) == 0 && strcmp(gone, name) == 0 &&
                g_str_has_prefix(fact->name, references[r].table))
                view_rows_unlink(fold, fact, references[r].column, references[r].follow);
        }
    }
}

static void
view_rows_take(ViewFold *fold, const ViewEvent *event, guint table, JsonObject *told, gboolean gone)
{
    const char *host = event->event->host;
    g_autofree char *name = view_rows_name(table, told);

    if (name == NULL || !view_rows_is_ours(fold, event, name))
        return;
    if (!gone) {
        view_rows_set(fold, host, name, table, told);
        return;
    }
    view_facts_set_open(fold, host, name, NULL);
    view_rows_go(fold, host, name);
}

void
view_fold_statement(ViewFold *fold, const ViewEvent *event)
{
    const char *sql = view_event_text(event, "sql");
    g_autofree char *name = view_rows_table(sql);
    guint table = view_rows_table_number(name);
    gboolean gone = name != NULL && g_str_has_prefix(sql, "DELETE");
    JsonNode *node = json_object_get_member(event->data, gone ? "before" : "after");
    JsonArray *rows;

    if (table == G_MAXUINT || node == NULL || !JSON_NODE_HOLDS_ARRAY(node))
        return;
    rows = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonNode *element = json_array_get_element(rows, i);

        if (JSON_NODE_HOLDS_OBJECT(element))
            view_rows_take(fold, event, table, json_node_get_object(element), gone);
    }
}
