/* storage/index_json.c - an index as one line of JSON, in the column messages.structure.
 *
 *   {"octets":1234,
 *    "headers":{"From":"Alice <alice@north.example>","Subject":"Hello"},
 *    "counts":{"Received":2},
 *    "parts":[[parent,start,body,end,lines,"type","subtype","ENCODING",
 *              ["charset","utf-8"],id,description,disposition,[],language,location,md5],...]}
 *
 * Header octets need not be UTF-8, JSON must be: so each octet over 0x7e is written as the
 * character of that number (\u00e9), and read back as one octet. Nothing is lost.
 *
 * Tests: tests/test_storage_index.c
 */
#include "storage/index_inside.h"
#include "storage/part.h"
#include "trace/text.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#define STORE_INDEX_JSON_USUAL 512 /* octets that most indexes need */

/* ---- to JSON ---- */

static void
store_index_write_text(GString *json, const char *text)
{
    if (text == NULL) {
        g_string_append(json, "null");
        return;
    }
    g_string_append_c(json, '"');
    for (const guchar *octet = (const guchar *)text; *octet != '\0'; octet++) {
        if (*octet < ' ' || *octet > '~')
            g_string_append_printf(json, "\\u%04x", *octet);
        else if (*octet == '"' || *octet == '\\')
            g_string_append_printf(json, "\\%c", *octet);
        else
            g_string_append_c(json, (char)*octet);
    }
    g_string_append_c(json, '"');
}

static void
store_index_write_list(GString *json, const GPtrArray *list)
{
    g_string_append_c(json, '[');
    for (guint i = 0; i < list->len; i++) {
        if (i > 0)
            g_string_append_c(json, ',');
        store_index_write_text(json, g_ptr_array_index(list, i));
    }
    g_string_append_c(json, ']');
}

static void
store_index_write_part(GString *json, const StorePart *part)
{
    const guint64 places[] = { part->start, part->body, part->end, part->lines };
    const char *before[] = { part->type, part->subtype, part->encoding };
    const char *between[] = { part->id, part->description, part->disposition };
    const char *after[] = { part->language, part->location, part->md5 };

    g_string_append_c(json, '[');
    trace_text_append_number(json, part->parent);
    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        g_string_append_c(json, ',');
        trace_text_append_unsigned(json, places[i]);
    }
    for (guint i = 0; i < 3; i++) {
        g_string_append_c(json, ',');
        store_index_write_text(json, before[i]);
    }
    g_string_append_c(json, ',');
    store_index_write_list(json, part->parameters);
    for (guint i = 0; i < 3; i++) {
        g_string_append_c(json, ',');
        store_index_write_text(json, between[i]);
    }
    g_string_append_c(json, ',');
    store_index_write_list(json, part->disposition_parameters);
    for (guint i = 0; i < 3; i++) {
        g_string_append_c(json, ',');
        store_index_write_text(json, after[i]);
    }
    g_string_append_c(json, ']');
}

/* "From": of the next member, with a comma before all but the first. */
static void
store_index_write_name(GString *json, const char *name)
{
    trace_text_append(json, json->str[json->len - 1] == '{' ? "\"" : ",\"");
    trace_text_append(json, name);
    trace_text_append(json, "\":");
}

char *
store_index_to_json(const StoreIndex *index)
{
    GString *json = g_string_sized_new(STORE_INDEX_JSON_USUAL);

    trace_text_append(json, "{\"octets\":");
    trace_text_append_unsigned(json, index->octets);
    trace_text_append(json, ",\"headers\":{");
    for (guint i = 0; i < STORE_INDEX_FIELDS; i++) {
        if (index->values[i] == NULL)
            continue;
        store_index_write_name(json, store_index_fields[i].name);
        store_index_write_text(json, index->values[i]);
    }
    trace_text_append(json, "},\"counts\":{");
    for (guint i = 0; i < STORE_INDEX_FIELDS; i++) {
        if (index->counts[i] == 0)
            continue;
        store_index_write_name(json, store_index_fields[i].name);
        trace_text_append_unsigned(json, index->counts[i]);
    }
    g_string_append(json, "},\"parts\":[");
    for (guint i = 0; i < index->parts->len; i++) {
        if (i > 0)
            g_string_append_c(json, ',');
        store_index_write_part(json, g_ptr_array_index(index->parts, i));
    }
    g_string_append(json, "]}");
    return g_string_free(json, FALSE);
}

/* ---- from JSON ---- */

/* The octets of a JSON text; NULL for null. */
static char *
store_index_read_text(JsonNode *node)
{
    const char *text = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
    GString *octets;

    if (text == NULL)
        return NULL;
    octets = g_string_new(NULL);
    for (; *text != '\0'; text = g_utf8_next_char(text))
        g_string_append_c(octets, (char)g_utf8_get_char(text));
    return g_string_free(octets, FALSE);
}

static void
store_index_read_list(JsonNode *node, GPtrArray *list)
{
    JsonArray *array = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    for (guint i = 0; array != NULL && i < json_array_get_length(array); i++) {
        char *text = store_index_read_text(json_array_get_element(array, i));

        g_ptr_array_add(list, text != NULL ? text : g_strdup(""));
    }
}

/* FALSE: not what store_index_write_part() writes. */
static gboolean
store_index_read_part(StoreIndex *index, JsonNode *node)
{
    JsonArray *row = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    gint64 parent;
    StorePart *part;

    if (row == NULL || json_array_get_length(row) != 16)
        return FALSE;
    parent = json_array_get_int_element(row, 0);
    if (parent >= (gint64)index->parts->len || (parent < 0) != (index->parts->len == 0))
        return FALSE;
    part = store_part_new((int)parent, 0, (guint64)json_array_get_int_element(row, 1));
    part->body = (guint64)json_array_get_int_element(row, 2);
    part->end = (guint64)json_array_get_int_element(row, 3);
    part->lines = (guint64)json_array_get_int_element(row, 4);
    part->type = store_index_read_text(json_array_get_element(row, 5));
    part->subtype = store_index_read_text(json_array_get_element(row, 6));
    part->encoding = store_index_read_text(json_array_get_element(row, 7));
    store_index_read_list(json_array_get_element(row, 8), part->parameters);
    part->id = store_index_read_text(json_array_get_element(row, 9));
    part->description = store_index_read_text(json_array_get_element(row, 10));
    part->disposition = store_index_read_text(json_array_get_element(row, 11));
    store_index_read_list(json_array_get_element(row, 12), part->disposition_parameters);
    part->language = store_index_read_text(json_array_get_element(row, 13));
    part->location = store_index_read_text(json_array_get_element(row, 14));
    part->md5 = store_index_read_text(json_array_get_element(row, 15));
    store_part_defaults(part, FALSE);
    g_ptr_array_add(index->parts, part);
    if (parent >= 0) {
        part->depth = store_index_part(index, (guint)parent)->depth + 1;
        store_index_add_child(index, (guint)parent, index->parts->len - 1);
    }
    return TRUE;
}

static gboolean
store_index_read(StoreIndex *index, JsonObject *object)
{
    JsonObject *headers = json_object_get_object_member(object, "headers");
    JsonObject *counts = json_object_get_object_member(object, "counts");
    JsonArray *parts = json_object_get_array_member(object, "parts");

    index->octets = (guint64)json_object_get_int_member_with_default(object, "octets", 0);
    for (guint i = 0; i < STORE_INDEX_FIELDS; i++) {
        const char *name = store_index_fields[i].name;

        if (json_object_has_member(headers, name))
            index->values[i] = store_index_read_text(json_object_get_member(headers, name));
        index->counts[i] = (guint)json_object_get_int_member_with_default(counts, name, 0);
    }
    for (guint i = 0; i < json_array_get_length(parts); i++)
        if (!store_index_read_part(index, json_array_get_element(parts, i)))
            return FALSE;
    return index->parts->len > 0;
}

static gboolean
store_index_is_object(JsonNode *root)
{
    JsonObject *object =
        root != NULL && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
    JsonNode *headers = object != NULL ? json_object_get_member(object, "headers") : NULL;
    JsonNode *counts = object != NULL ? json_object_get_member(object, "counts") : NULL;
    JsonNode *parts = object != NULL ? json_object_get_member(object, "parts") : NULL;

    return headers != NULL && JSON_NODE_HOLDS_OBJECT(headers) && counts != NULL &&
           JSON_NODE_HOLDS_OBJECT(counts) && parts != NULL && JSON_NODE_HOLDS_ARRAY(parts);
}

StoreIndex *
store_index_from_json(const char *json, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autoptr(StoreIndex) index = store_index_new_empty();
    JsonNode *root;

    if (!json_parser_load_from_data(parser, json, -1, error))
        return NULL;
    root = json_parser_get_root(parser);
    if (!store_index_is_object(root) || !store_index_read(index, json_node_get_object(root))) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                            "the stored structure of a message cannot be read");
        return NULL;
    }
    return g_steal_pointer(&index);
}
