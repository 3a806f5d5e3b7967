/* imap/search.c - SEARCH: which messages are so? (RFC 3501 §6.4.4)
 *
 *   C: a1 SEARCH UNSEEN FROM alice
 *   S: * SEARCH 2 7
 *
 * The keys become a program (imap/keys.c), which is run for one message after the other
 * (imap/match.c), some in each turn of the loop.
 *
 * Tests: tests/test_imap_search.c
 */
#include "imap/search.h"

#include <string.h>

#include "imap/commands.h"

/* Messages looked at in one turn: reading a body is dearer than reading flags. */
#define IMAP_SEARCH_SLICE 50

typedef struct ImapSearch {
    GPtrArray *program; /* of ImapKey */
    guint index;        /* of the view, looked at next */
    GArray *found;      /* guint32: sequence numbers, or UIDs */
} ImapSearch;

static void
imap_search_free(gpointer data)
{
    ImapSearch *work = data;

    if (work->program != NULL)
        g_ptr_array_unref(work->program);
    g_array_unref(work->found);
    g_free(work);
}

static NetNext
imap_search_done(ImapSession *session, ImapSearch *work, GString *replies)
{
    g_autoptr(GString) response = g_string_new("* SEARCH");

    for (guint i = 0; i < work->found->len; i++)
        g_string_append_printf(response, " %u", g_array_index(work->found, guint32, i));
    g_string_append(response, "\r\n");
    imap_send(session, replies, response->str, response->len, TRUE);
    return imap_end(session, replies, "OK", "%s completed", session->current->name);
}

static void
imap_search_one(ImapSession *session, ImapSearch *work, const StoreEntry *entry)
{
    ImapCandidate candidate = { .store = session->host->store,
                                .mailbox = session->mailbox,
                                .number = work->index + 1,
                                .entry = entry };
    guint32 number = session->current->by_uid ? entry->uid : candidate.number;

    if (imap_search_matches(work->program, &candidate))
        g_array_append_val(work->found, number);
    imap_candidate_clear(&candidate);
}

static NetNext
imap_search_more(ImapSession *session, GString *replies)
{
    ImapSearch *work = session->work_data;
    guint stop = MIN(session->view->len, work->index + IMAP_SEARCH_SLICE);

    for (; work->index < stop; work->index++) {
        guint32 uid = imap_view_at(session, work->index)->uid;
        g_autoptr(StoreEntry) entry =
            store_entry_get(session->host->store, session->mailbox, uid, NULL);

        if (entry != NULL)
            imap_search_one(session, work, entry);
    }
    if (work->index < session->view->len)
        return NET_MORE;
    return imap_search_done(session, work, replies);
}

/* "*" in a set means the last message of this mailbox. */
static void
imap_search_resolve(ImapSession *session, GPtrArray *program)
{
    guint count = session->view->len;
    guint32 last_uid = count == 0 ? 0 : imap_view_at(session, count - 1)->uid;

    for (guint i = 0; i < program->len; i++) {
        ImapKey *key = g_ptr_array_index(program, i);

        if (key->set != NULL)
            imap_set_resolve(key->set, key->kind == IMAP_KEY_UIDS ? last_uid : count);
    }
}

/* "CHARSET UTF-8 " before the keys. FALSE: one that we don't know. */
static gboolean
imap_search_charset(ImapParse *arguments)
{
    g_autofree char *charset = NULL;

    if (!imap_parse_word(arguments, "CHARSET "))
        return TRUE;
    charset = imap_parse_astring(arguments);
    return charset != NULL && imap_parse_char(arguments, ' ') &&
           (g_ascii_strcasecmp(charset, "UTF-8") == 0 ||
            g_ascii_strcasecmp(charset, "US-ASCII") == 0);
}

NetNext
imap_search(ImapSession *session, ImapParse *arguments, GString *replies)
{
    ImapSearch *work = g_new0(ImapSearch, 1);
    const char *wrong = "SEARCH needs a search key";

    work->found = g_array_new(FALSE, FALSE, sizeof(guint32));
    imap_set_work(session, imap_search_more, work, imap_search_free);
    if (!imap_parse_char(arguments, ' '))
        return imap_mistake(session, replies, "RFC 3501 §6.4.4", wrong);
    if (!imap_search_charset(arguments))
        return imap_end(session, replies, "NO", "[BADCHARSET (UTF-8 US-ASCII)] Not this charset");
    work->program = imap_search_parse(arguments, &wrong);
    if (work->program == NULL)
        return imap_mistake(session, replies, "RFC 3501 §6.4.4", wrong);
    imap_search_resolve(session, work->program);
    return imap_search_more(session, replies);
}
