/* tests/structure_walk.h - a BODYSTRUCTURE read as a client reads it, part after part.
 *
 * For each part that it shows, BODY[n] must be found, with as many octets as it says: a client that
 * has seen the structure asks for the parts next. Used by test_imap_damaged and a fuzzer.
 */
#ifndef TESTS_STRUCTURE_WALK_H
#define TESTS_STRUCTURE_WALK_H

#include <string.h>

#include "imap/items.h"
#include "imap/structure.h"

typedef struct StructureWalk {
    const char *at; /* in the structure */
    const StoreIndex *index;
    gboolean rev2;
    ImapItem item; /* its path is that of the part at hand */
    guint leaves;
    guint deepest;
} StructureWalk;

static inline void
structure_nil_envelope(GString *out, guint64 start, guint64 end, void *data)
{
    (void)data;
    g_assert_cmpuint(start, <=, end);
    g_string_append(out, "NIL");
}

static inline void
walk_expect(StructureWalk *walk, char octet)
{
    g_assert_cmpint(*walk->at, ==, octet);
    walk->at++;
}

/* Skips a string, a literal, NIL, a number, or a list of such. */
static inline void
walk_skip(StructureWalk *walk)
{
    guint open = 0;

    do {
        if (*walk->at == '"') {
            for (walk->at++; *walk->at != '"'; walk->at++) {
                g_assert_cmpint(*walk->at, !=, '\0');
                walk->at += *walk->at == '\\';
            }
            walk->at++;
        } else if (*walk->at == '{') {
            guint64 octets = g_ascii_strtoull(walk->at + 1, NULL, 10);

            walk->at = strstr(walk->at, "}\r\n") + 3;
            g_assert_cmpuint(strlen(walk->at), >=, octets);
            walk->at += octets;
        } else if (*walk->at == '(' || *walk->at == ')') {
            open += *walk->at == '(' ? 1 : -1;
            walk->at++;
        } else {
            gsize length = strcspn(walk->at, " ()");

            g_assert_cmpuint(length, >, 0);
            walk->at += length;
        }
        if (open > 0 && *walk->at == ' ')
            walk->at++;
    } while (open > 0);
}

static inline guint64
walk_number(StructureWalk *walk)
{
    char *end;
    guint64 number = g_ascii_strtoull(walk->at, &end, 10);

    g_assert_true(end > walk->at);
    walk->at = end;
    return number;
}

/* Is what BODY[path] gives as long as the structure says? */
static inline void
walk_check(StructureWalk *walk, guint depth, guint64 octets)
{
    guint64 start, end, header, body;

    walk->item.depth = depth;
    walk->item.text = IMAP_TEXT_ALL;
    g_assert_true(imap_item_find(&walk->item, walk->index, walk->rev2, &start, &end));
    g_assert_cmpuint(end - start, ==, octets);
    g_assert_cmpuint(end, <=, store_index_octets(walk->index));
    walk->item.text = IMAP_TEXT_MIME;
    g_assert_true(imap_item_find(&walk->item, walk->index, walk->rev2, &start, &end));
    walk->item.text = IMAP_TEXT_HEADER; /* of a message in a message; not there otherwise */
    if (!imap_item_find(&walk->item, walk->index, walk->rev2, &start, &end))
        return;
    header = end - start;
    walk->item.text = IMAP_TEXT_TEXT;
    g_assert_true(imap_item_find(&walk->item, walk->index, walk->rev2, &start, &end));
    body = end - start;
    g_assert_true(header + body == octets || header + body == 0);
}

/* @depth: numbers of the path so far. @message: what follows is a message, not a part. */
static inline void
walk_body(StructureWalk *walk, guint depth, gboolean message)
{
    g_assert_cmpuint(depth + (message ? 1 : 0), <=, IMAP_PATH_MAX);
    walk->deepest = MAX(walk->deepest, depth);
    walk_expect(walk, '(');
    if (*walk->at == '(') {
        for (guint part = 1; *walk->at == '('; part++) {
            walk->item.path[depth] = part;
            walk_body(walk, depth + 1, FALSE);
        }
    } else {
        gboolean inside = g_str_has_prefix(walk->at, "\"MESSAGE\" \"RFC822\"") ||
                          (walk->rev2 && g_str_has_prefix(walk->at, "\"MESSAGE\" \"GLOBAL\""));

        if (message)
            walk->item.path[depth++] = 1;
        for (guint field = 0; field < 6; field++) {
            walk_skip(walk);
            walk_expect(walk, ' ');
        }
        walk_check(walk, depth, walk_number(walk));
        walk->leaves++;
        if (inside) {
            walk_expect(walk, ' ');
            walk_skip(walk);
            walk_expect(walk, ' ');
            walk_body(walk, depth, TRUE);
        }
    }
    while (*walk->at == ' ') {
        walk->at++;
        walk_skip(walk);
    }
    walk_expect(walk, ')');
}

/* Returns how many parts the structure shows that are no multiparts; *@deepest: part numbers in the
 * longest path. */
static inline guint
structure_check(const StoreIndex *index, gboolean rev2, guint *deepest)
{
    g_autoptr(GString) out = g_string_new(NULL);
    StructureWalk walk = { .index = index, .rev2 = rev2 };

    imap_structure_write(out, index, TRUE, rev2, structure_nil_envelope, NULL);
    walk.at = out->str;
    walk_body(&walk, 0, TRUE);
    g_assert_cmpint(*walk.at, ==, '\0');
    if (deepest != NULL)
        *deepest = walk.deepest;
    return walk.leaves;
}

#endif
