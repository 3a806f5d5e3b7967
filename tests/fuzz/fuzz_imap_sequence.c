/* tests/fuzz/fuzz_imap_sequence.c - sets of messages: what is in one, asked in three ways, is the same. */
#include "tests/fuzz/fuzz.h"

#include "imap/sequence.h"

#define LARGEST 40 /* number in use */

int
LLVMFuzzerTestOneInput(const guint8 *octets, gsize length)
{
    ImapParse parse;
    guint32 next = 0;

    imap_parse_start(&parse, (const char *)octets, length);
    g_autoptr(ImapSet) set = imap_set_parse(&parse);
    g_assert_true(parse.at <= parse.end);
    if (set == NULL)
        return 0;
    if (imap_set_is_saved(set))
        for (guint32 i = 3; i < LARGEST; i += 1 + i % 3)
            imap_set_add(set, i);
    imap_set_resolve(set, LARGEST);
    next = imap_set_next(set, 1);
    for (guint32 i = 1; i <= 2 * LARGEST; i++) {
        gboolean inside = imap_set_contains(set, i);

        g_assert_true(next == 0 || next >= i);
        g_assert_cmpint(inside, ==, next == i);
        g_assert_true(!inside || i <= imap_set_largest(set));
        next = imap_set_next(set, i + 1);
    }
    if (imap_set_single(set) != 0)
        g_assert_cmpuint(imap_set_single(set), ==, imap_set_largest(set));
    g_assert_false(imap_set_contains(set, 0));
    return 0;
}
