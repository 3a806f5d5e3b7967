/* tests/fuzz/fuzz_imap_structure.c - any octets as a message: of each part that its BODYSTRUCTURE shows
 * BODY[n] is found, with as many octets, in IMAP4rev1 and in IMAP4rev2. */
#include "tests/fuzz/fuzz.h"

#include "tests/structure_walk.h"

int
LLVMFuzzerTestOneInput(const guint8 *octets, gsize length)
{
    g_autoptr(StoreIndex) index = store_index_new();

    store_index_feed(index, (const char *)octets, length);
    store_index_finish(index);
    structure_check(index, FALSE, NULL);
    structure_check(index, TRUE, NULL);
    return 0;
}
