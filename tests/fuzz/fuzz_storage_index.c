/* tests/fuzz/fuzz_storage_index.c - where the parts of a message lie. Fed at once or octet by octet
 * the index is the same; all offsets lie within the message; written as JSON and read, it is the
 * same again. */
#include "tests/fuzz/fuzz.h"

#include "storage/index.h"

static StoreIndex *
make_index(const guint8 *octets, gsize length, gsize portion)
{
    StoreIndex *index = store_index_new();

    for (gsize at = 0; at < length; at += portion)
        store_index_feed(index, (const char *)octets + at, MIN(portion, length - at));
    store_index_finish(index);
    return index;
}

static void
check_parts(const StoreIndex *index, gsize length)
{
    g_assert_cmpuint(store_index_octets(index), ==, length);
    g_assert_cmpuint(store_index_count(index), <=, STORE_INDEX_PARTS);
    for (guint i = 0; i < store_index_count(index); i++) {
        const StorePart *part = store_index_part(index, i);

        g_assert_true(part->start <= part->body && part->body <= part->end && part->end <= length);
        g_assert_true(part->depth <= STORE_INDEX_DEPTH && part->parent < (int)i);
    }
}

int
LLVMFuzzerTestOneInput(const guint8 *octets, gsize length)
{
    g_autoptr(StoreIndex) whole = make_index(octets, length, MAX(length, 1));
    g_autoptr(StoreIndex) split = make_index(octets, length, 1);
    g_autofree char *one = store_index_to_json(whole), *two = store_index_to_json(split);
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreIndex) read = store_index_from_json(one, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(one, ==, two);
    g_autofree char *three = store_index_to_json(read);
    g_assert_cmpstr(one, ==, three);
    check_parts(whole, length);
    store_index_prepend(whole, "Received: here\r\n", 16);
    check_parts(whole, length + 16);
    return 0;
}
