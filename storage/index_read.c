/* storage/index_read.c - an index read back from the line of JSON that storage/index_json.c writes.
 *
 * One pass from left to right, no tree in between: an IMAP client that asks for the structure of all
 * messages has 100,000 of these lines read, and a JSON library takes ten times as long. What it does not
 * expect it refuses; spaces are not expected.
 *
 * Start reading at store_index_from_json(). Tests: tests/test_storage_index_json.c
 */
#include "storage/index_inside.h"
#include "storage/part.h"

#include <gio/gio.h>
#include <string.h>

/* All of these take one thing from the front of *@at, and return FALSE where something else stands
 * there. */

static gboolean
store_index_take(const char **at, const char *text)
{
    gsize length = strlen(text);

    if (strncmp(*at, text, length) != 0)
        return FALSE;
    *at += length;
    return TRUE;
}

/* At most 18 digits: what has more was not written by us. */
static gboolean
store_index_take_number(const char **at, gint64 *number)
{
    gboolean minus = store_index_take(at, "-");
    const char *start = *at;

    *number = 0;
    while (g_ascii_isdigit(**at) && *at - start < 18)
        *number = *number * 10 + (*(*at)++ - '0');
    if (minus)
        *number = -*number;
    return *at > start && !g_ascii_isdigit(**at);
}

/* What stands behind a backslash: one octet. -1: nothing that we write. */
static int
store_index_take_escape(const char **at)
{
    int value = 0;

    if (**at == '"' || **at == '\\')
        return *(*at)++;
    if (!store_index_take(at, "u00"))
        return -1;
    for (guint i = 0; i < 2; i++) {
        int digit = g_ascii_xdigit_value(**at);

        if (digit < 0)
            return -1;
        value = value * 16 + digit;
        (*at)++;
    }
    return value;
}

/* "text", or null. @text: (out) (transfer full): its octets; NULL for null. */
static gboolean
store_index_take_text(const char **at, char **text)
{
    gsize plain;

    *text = NULL;
    if (store_index_take(at, "null"))
        return TRUE;
    if (!store_index_take(at, "\""))
        return FALSE;
    plain = strcspn(*at, "\"\\");
    if ((*at)[plain] == '"') { /* most have nothing to be undone */
        *text = g_strndup(*at, plain);
        *at += plain + 1;
        return TRUE;
    }
    g_autoptr(GString) octets = g_string_new_len(*at, (gssize)plain);
    for (*at += plain; **at != '"';) {
        int octet = (guchar) * (*at)++;

        if (octet == '\\')
            octet = store_index_take_escape(at);
        if (octet <= 0)
            return FALSE;
        g_string_append_c(octets, (char)octet);
    }
    (*at)++;
    *text = g_strdup(octets->str);
    return TRUE;
}

static gboolean
store_index_take_list(const char **at, GPtrArray *list)
{
    if (!store_index_take(at, "["))
        return FALSE;
    if (store_index_take(at, "]"))
        return TRUE;
    do {
        char *text;

        if (!store_index_take_text(at, &text))
            return FALSE;
        g_ptr_array_add(list, text != NULL ? text : g_strdup(""));
    } while (store_index_take(at, ","));
    return store_index_take(at, "]");
}

/* Several texts, each after a comma. */
static gboolean
store_index_take_texts(const char **at, char **const texts[], guint count)
{
    for (guint i = 0; i < count; i++)
        if (!store_index_take(at, ",") || !store_index_take_text(at, texts[i]))
            return FALSE;
    return TRUE;
}

/* What follows the five numbers of a part. */
static gboolean
store_index_take_words(const char **at, StorePart *part)
{
    char **const before[] = { &part->type, &part->subtype, &part->encoding };
    char **const between[] = { &part->id, &part->description, &part->disposition };
    char **const after[] = { &part->language, &part->location, &part->md5 };

    return store_index_take_texts(at, before, G_N_ELEMENTS(before)) && store_index_take(at, ",") &&
           store_index_take_list(at, part->parameters) &&
           store_index_take_texts(at, between, G_N_ELEMENTS(between)) &&
           store_index_take(at, ",") && store_index_take_list(at, part->disposition_parameters) &&
           store_index_take_texts(at, after, G_N_ELEMENTS(after)) && store_index_take(at, "]");
}

static gboolean
store_index_take_part(const char **at, StoreIndex *index)
{
    gint64 numbers[5];
    StorePart *part;

    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (!store_index_take(at, i == 0 ? "[" : ",") || !store_index_take_number(at, &numbers[i]))
            return FALSE;
    if (numbers[0] >= (gint64)index->parts->len || (numbers[0] < 0) != (index->parts->len == 0))
        return FALSE;
    part = store_part_new((int)numbers[0], 0, (guint64)numbers[1]);
    g_ptr_array_add(index->parts, part);
    part->body = (guint64)numbers[2];
    part->end = (guint64)numbers[3];
    part->lines = (guint64)numbers[4];
    if (numbers[0] >= 0) {
        part->depth = store_index_part(index, (guint)numbers[0])->depth + 1;
        store_index_add_child(index, (guint)numbers[0], index->parts->len - 1);
    }
    if (!store_index_take_words(at, part) || part->type == NULL || part->subtype == NULL)
        return FALSE;
    store_part_defaults(part, FALSE);
    return part->start <= part->body && part->body <= part->end;
}

/* "Name": and the number of that field. */
static gboolean
store_index_take_name(const char **at, guint *number)
{
    g_autofree char *name = NULL;

    if (!store_index_take_text(at, &name) || name == NULL || !store_index_take(at, ":"))
        return FALSE;
    for (guint i = 0; i < STORE_INDEX_FIELDS; i++) {
        if (strcmp(store_index_fields[i].name, name) != 0)
            continue;
        *number = i;
        return TRUE;
    }
    return FALSE;
}

/* {"From":"...","Subject":"..."} */
static gboolean
store_index_take_headers(const char **at, StoreIndex *index)
{
    if (!store_index_take(at, "{"))
        return FALSE;
    if (store_index_take(at, "}"))
        return TRUE;
    do {
        guint field;

        if (!store_index_take_name(at, &field) || index->values[field] != NULL ||
            !store_index_take_text(at, &index->values[field]))
            return FALSE;
    } while (store_index_take(at, ","));
    return store_index_take(at, "}");
}

/* {"Received":2} */
static gboolean
store_index_take_counts(const char **at, StoreIndex *index)
{
    if (!store_index_take(at, "{"))
        return FALSE;
    if (store_index_take(at, "}"))
        return TRUE;
    do {
        guint field;
        gint64 count;

        if (!store_index_take_name(at, &field) || !store_index_take_number(at, &count))
            return FALSE;
        index->counts[field] = (guint)count;
    } while (store_index_take(at, ","));
    return store_index_take(at, "}");
}

static gboolean
store_index_take_all(const char **at, StoreIndex *index)
{
    gint64 octets;

    if (!store_index_take(at, "{\"octets\":") || !store_index_take_number(at, &octets) ||
        !store_index_take(at, ",\"headers\":") || !store_index_take_headers(at, index) ||
        !store_index_take(at, ",\"counts\":") || !store_index_take_counts(at, index) ||
        !store_index_take(at, ",\"parts\":["))
        return FALSE;
    index->octets = (guint64)octets;
    do {
        if (!store_index_take_part(at, index))
            return FALSE;
    } while (store_index_take(at, ","));
    return store_index_take(at, "]}") && **at == '\0';
}

StoreIndex *
store_index_from_json(const char *json, GError **error)
{
    g_autoptr(StoreIndex) index = store_index_new_empty();

    if (json == NULL || !store_index_take_all(&json, index)) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                            "the stored structure of a message cannot be read");
        return NULL;
    }
    return g_steal_pointer(&index);
}
