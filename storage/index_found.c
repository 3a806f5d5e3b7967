/* storage/index_found.c - what a scan found: asked for, and moved when lines are put on top.
 *
 * Tests: tests/test_storage_index.c
 */
#include "storage/index_inside.h"

#include <string.h>

static StorePart *
store_index_own(const StoreIndex *index, guint number)
{
    return g_ptr_array_index(index->parts, number);
}

void
store_index_prepend(StoreIndex *index, const char *header, gsize length)
{
    g_autoptr(StoreIndex) top = store_index_new();

    g_assert(index->open->len == 0);
    store_index_feed(top, header, length);
    store_index_finish(top);
    for (guint i = 0; i < STORE_INDEX_FIELDS; i++) {
        index->counts[i] += top->counts[i];
        if (top->values[i] != NULL) {
            g_free(index->values[i]);
            index->values[i] = g_steal_pointer(&top->values[i]);
        }
    }
    index->cut |= top->cut;
    for (guint i = 0; i < index->parts->len; i++) {
        StorePart *part = store_index_own(index, i);

        part->start += i > 0 ? length : 0;
        part->body += length;
        part->end += length;
    }
    index->octets += length;
}

/* ---- what was found ---- */

guint64
store_index_octets(const StoreIndex *index)
{
    return index->octets;
}

gboolean
store_index_is_ended(const StoreIndex *index)
{
    return index->text_end + strlen("\r\n") == index->octets;
}

guint
store_index_count(const StoreIndex *index)
{
    return index->parts->len;
}

const StorePart *
store_index_part(const StoreIndex *index, guint number)
{
    return store_index_own(index, number);
}

int
store_index_child(const StoreIndex *index, guint number, guint nth)
{
    const StorePart *part = store_index_own(index, number);

    if (part->children == NULL || nth >= part->children->len)
        return -1;
    return (int)g_array_index(part->children, guint, nth);
}

char *
store_index_header_nth(const StoreIndex *index, const char *name, guint nth)
{
    for (guint i = 0; i < STORE_INDEX_FIELDS; i++) {
        if (!store_index_fields[i].kept ||
            g_ascii_strcasecmp(name, store_index_fields[i].name) != 0)
            continue;
        if (nth == 0 || index->values[i] == NULL)
            return g_strdup(index->values[i]);
        nth--;
    }
    for (guint i = 0; i + 1 < index->others->len; i += 2)
        if (g_ascii_strcasecmp(name, g_ptr_array_index(index->others, i)) == 0 && nth-- == 0)
            return g_strdup(g_ptr_array_index(index->others, i + 1));
    return NULL;
}

char *
store_index_header(const StoreIndex *index, const char *name)
{
    return store_index_header_nth(index, name, 0);
}

gboolean
store_index_header_is(const StoreIndex *index, const char *name, const char *value)
{
    for (guint i = 0; i + 1 < index->others->len; i += 2)
        if (g_ascii_strcasecmp(name, g_ptr_array_index(index->others, i)) == 0 &&
            g_ascii_strcasecmp(value, g_ptr_array_index(index->others, i + 1)) == 0)
            return TRUE;
    return FALSE;
}

gboolean
store_index_is_cut(const StoreIndex *index)
{
    return index->cut;
}

guint
store_index_header_count(const StoreIndex *index, const char *name)
{
    for (guint i = 0; i < STORE_INDEX_FIELDS; i++)
        if (g_ascii_strcasecmp(name, store_index_fields[i].name) == 0)
            return index->counts[i];
    return 0;
}
