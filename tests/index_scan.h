/* tests/index_scan.h - the MIME index of a message that stands in the test. */
#ifndef TESTS_INDEX_SCAN_H
#define TESTS_INDEX_SCAN_H

#include <locale.h>
#include <string.h>

#include "storage/index.h"

static inline StoreIndex *
scan(const char *text, gsize length, gsize portion)
{
    StoreIndex *index = store_index_new();

    for (gsize at = 0; at < length; at += portion)
        store_index_feed(index, text + at, MIN(portion, length - at));
    store_index_finish(index);
    return index;
}

static inline StoreIndex *
scan_text(const char *text)
{
    return scan(text, strlen(text), strlen(text) + 1);
}

/* The octets of @part's body are @expected. */
static inline void
expect_body(const StoreIndex *index, const char *text, guint number, const char *expected)
{
    const StorePart *part = store_index_part(index, number);
    g_autofree char *body = g_strndup(text + part->body, part->end - part->body);

    g_assert_cmpstr(body, ==, expected);
}

#endif
