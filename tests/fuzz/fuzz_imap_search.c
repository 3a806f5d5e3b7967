/* tests/fuzz/fuzz_imap_search.c - search keys, run for two messages: each search ends, and asked again
 * finds the same; its opposite finds the others. */
#include "tests/fuzz/fuzz.h"

#include "imap/search.h"
#include "tests/reader_world.h"

static gboolean
matches(const GPtrArray *program, ReaderWorld *world, gint64 mailbox, guint32 uid)
{
    g_autoptr(StoreEntry) entry = store_entry_get(world->store, mailbox, uid, NULL);
    ImapCandidate candidate = {
        .store = world->store, .mailbox = mailbox, .number = uid, .uid = uid, .entry = entry
    };
    ImapMatch match;

    for (guint steps = 0; (match = imap_search_step(program, &candidate)) == IMAP_MATCH_MORE;)
        g_assert_cmpuint(steps++, <, 100 * program->len);
    imap_candidate_clear(&candidate);
    return match == IMAP_MATCH_YES;
}

/* NULL: no search keys. */
static GPtrArray *
program_of(const char *octets, gsize length)
{
    const char *wrong = NULL;
    ImapParse parse;
    GPtrArray *program;

    imap_parse_start(&parse, octets, length);
    program = imap_search_parse(&parse, &wrong);
    g_assert_true(program != NULL || wrong != NULL);
    for (guint i = 0; program != NULL && i < program->len; i++) {
        ImapKey *key = g_ptr_array_index(program, i);

        if (key->set != NULL)
            imap_set_resolve(key->set, 2);
    }
    return program;
}

int
LLVMFuzzerTestOneInput(const guint8 *octets, gsize length)
{
    static ReaderWorld *world;
    static gint64 inbox;
    g_autoptr(GString) not = g_string_new("NOT (");

    if (world == NULL) {
        world = reader_world_new();
        g_autoptr(StoreMailbox) mailbox =
            store_mailbox_find(world->store, world->carol->id, "INBOX", NULL);
        inbox = mailbox->id;
    }
    g_string_append_len(not, (const char *)octets, (gssize)length);
    g_string_append_c(not, ')');
    g_autoptr(GPtrArray) program = program_of((const char *)octets, length);
    g_autoptr(GPtrArray) opposite = program_of(not ->str, not ->len);
    for (guint32 uid = 1; program != NULL && uid <= 2; uid++) {
        gboolean found = matches(program, world, inbox, uid);

        g_assert_cmpint(matches(program, world, inbox, uid), ==, found);
        if (opposite != NULL) /* it may be one level, or one key, too much */
            g_assert_cmpint(matches(opposite, world, inbox, uid), ==, !found);
    }
    return 0;
}
