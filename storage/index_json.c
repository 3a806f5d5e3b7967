/* storage/index_json.c - an index as one line of JSON, in the column messages.structure.
 *
 *   {"octets":1234,
 *    "headers":{"From":"Alice <alice@north.example>","Subject":"Hello"},
 *    "counts":{"Received":2},
 *    "parts":[[parent,start,body,end,lines,"type","subtype","ENCODING",
 *              ["charset","utf-8"],id,description,disposition,[],language,location,md5],...]}
 *
 * Header octets need not be UTF-8, JSON must be: so each octet over 0x7e is written as the
 * character of that number (\u00e9), and read back as one octet (storage/index_read.c). Nothing is
 * lost.
 *
 * Tests: tests/test_storage_index_json.c
 */
#include "storage/index_inside.h"
#include "trace/text.h"

#define STORE_INDEX_JSON_USUAL 512 /* octets that most indexes need */

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
