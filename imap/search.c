/* imap/search.c - SEARCH: which messages are so? (RFC 3501 §6.4.4, RFC 9051 §6.4.4)
 *
 *   C: a1 SEARCH UNSEEN FROM alice
 *   S: * SEARCH 2 7
 *
 * The keys become a program (imap/keys.c), which is run for one message after the other
 * (imap/match.c), some in each turn of the loop; a message whose text is long takes several turns.
 *
 * Tests: tests/test_imap_search.c
 */
#include "imap/search.h"

#include <string.h>

#include "imap/page.h"
#include "imap/saved.h"

typedef struct ImapSearch {
    GPtrArray *program;  /* of ImapKey */
    const ImapSet *only; /* of the program: no message outside of it can match; NULL: all can */
    gboolean only_uids;  /* it names UIDs */
    gboolean bare;       /* numbers are all that the keys ask for */
    guint index;         /* of the view, looked at next */
    ImapPage page;
    StoreEntry *entry; /* of the message at hand, or NULL */
    ImapCandidate candidate;
    gboolean at_work; /* the message at hand has been begun */
    ImapFound found;
} ImapSearch;

static void
imap_search_leave(ImapSearch *work)
{
    imap_candidate_clear(&work->candidate);
    g_clear_pointer(&work->entry, store_entry_free);
    work->at_work = FALSE;
    work->index++;
}

static void
imap_search_free(gpointer data)
{
    ImapSearch *work = data;

    imap_search_leave(work);
    imap_page_clear(&work->page);
    if (work->program != NULL)
        g_ptr_array_unref(work->program);
    g_array_unref(work->found.numbers);
    g_array_unref(work->found.uids);
    g_free(work);
}

/* ---- at work ---- */

static NetNext
imap_search_done(ImapSession *session, ImapSearch *work, GString *replies)
{
    trace_put_number(session->trace, "messages", work->found.numbers->len);
    trace_decision(session->trace, STAGE_PICKUP, session->current->section,
                   "%u of the %u messages in %s are what %s looks for%s", work->found.numbers->len,
                   imap_view_count(session), session->mailbox_name, session->address,
                   imap_esearch_is_first_enough(&work->found) ? " (the first is enough)" : "");
    imap_esearch_answer(session, &work->found, replies);
    return imap_end(session, replies, "OK", "%s completed", session->current->name);
}

/* The message at index is begun. One that is there no more matches nothing. */
static gboolean
imap_search_begin(ImapSession *session, ImapSearch *work, gboolean in_step, GError **error)
{
    guint32 uid = imap_view_uid(session, work->index);
    GError *wrong = NULL;

    /* Where view and mailbox are the same, numbers need no look into it. */
    if (!work->bare || !in_step) {
        work->entry = imap_page_take(session, &work->page, uid, &wrong);
        if (wrong != NULL) {
            g_propagate_error(error, wrong);
            return FALSE;
        }
        if (work->entry == NULL) {
            work->index++;
            return TRUE;
        }
    }
    work->candidate = (ImapCandidate){ .store = session->host->store,
                                       .mailbox = session->mailbox,
                                       .number = work->index + 1,
                                       .uid = uid,
                                       .recent = imap_recent_shows(session, uid),
                                       .entry = work->entry };
    work->at_work = TRUE;
    return TRUE;
}

/* A step with the message at hand. */
static void
imap_search_one(ImapSession *session, ImapSearch *work)
{
    ImapCandidate *candidate = &work->candidate;
    ImapMatch match = imap_search_step(work->program, candidate);

    if (match == IMAP_MATCH_MORE)
        return;
    if (match == IMAP_MATCH_YES)
        imap_esearch_add(&work->found,
                         session->current->by_uid ? candidate->uid : candidate->number,
                         candidate->uid, candidate->entry);
    if (match == IMAP_MATCH_YES && imap_esearch_is_first_enough(&work->found))
        work->index = imap_view_count(session);
    imap_search_leave(work);
}

/* NO: what was remembered before is forgotten, too (RFC 5182 §2.1). */
static void
imap_search_failed(ImapSession *session, const ImapSearch *work)
{
    if ((work->found.options & IMAP_RETURN_SAVE) != 0)
        imap_saved_put(session, NULL);
}

static NetNext
imap_search_more(ImapSession *session, GString *replies)
{
    ImapSearch *work = session->work_data;
    g_autoptr(GError) error = NULL;
    gboolean in_step = work->bare && imap_view_in_step(session);
    gsize spent = 0;

    imap_page_turn(&work->page);
    for (guint looked = 0; looked < IMAP_PAGE && spent < IMAP_SLICE;) {
        gsize before = work->at_work ? work->candidate.spent : 0;

        if (!work->at_work) {
            if (work->only != NULL)
                work->index = imap_page_skip(session, work->only, work->only_uids, work->index);
            if (work->index >= imap_view_count(session))
                return imap_search_done(session, work, replies);
            looked++;
            if (!imap_search_begin(session, work, in_step, &error)) {
                imap_search_failed(session, work);
                return imap_trouble(session, replies, error);
            }
            continue;
        }
        imap_search_one(session, work);
        spent += work->candidate.spent - before;
    }
    return NET_MORE;
}

/* ---- the command ---- */

/* "*" in a set means the last message of this mailbox, "$" what was remembered. */
static void
imap_search_resolve(ImapSession *session, ImapSearch *work)
{
    guint count = imap_view_count(session);
    guint32 last_uid = count == 0 ? 0 : imap_view_uid(session, count - 1);

    for (guint i = 0; i < work->program->len; i++) {
        ImapKey *key = g_ptr_array_index(work->program, i);
        gboolean uids = key->kind == IMAP_KEY_UIDS;

        work->found.by_modseq |= key->kind == IMAP_KEY_MODSEQ;
        if (key->set == NULL)
            continue;
        imap_saved_fill(session, key->set, uids);
        imap_set_resolve(key->set, uids ? last_uid : count);
        if (key->outermost) {
            work->only = key->set;
            work->only_uids = uids;
        }
    }
    work->bare = !imap_search_needs_entry(work->program);
}

/* "CHARSET UTF-8 " before the keys, or nothing. *@known: is it one that we know? */
static gboolean
imap_search_charset(ImapParse *arguments, gboolean *known)
{
    g_autofree char *charset = NULL;

    *known = TRUE;
    if (!imap_parse_word(arguments, "CHARSET "))
        return TRUE;
    charset = imap_parse_astring(arguments);
    if (charset == NULL || !imap_parse_char(arguments, ' '))
        return FALSE;
    *known =
        g_ascii_strcasecmp(charset, "UTF-8") == 0 || g_ascii_strcasecmp(charset, "US-ASCII") == 0;
    return TRUE;
}

NetNext
imap_search(ImapSession *session, ImapParse *arguments, GString *replies)
{
    ImapSearch *work = g_new0(ImapSearch, 1);
    const char *wrong = "SEARCH needs a search key";
    gboolean known;

    work->found.numbers = g_array_new(FALSE, FALSE, sizeof(guint32));
    work->found.uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    imap_set_work(session, imap_search_more, work, imap_search_free);
    if (!imap_parse_char(arguments, ' '))
        return imap_mistake(session, replies, "RFC 3501 §6.4.4", wrong);
    wrong = imap_esearch_parse(session, arguments, &work->found);
    if (wrong != NULL)
        return imap_mistake(session, replies, "RFC 4731 §3.1", wrong);
    if (!imap_search_charset(arguments, &known))
        return imap_mistake(session, replies, "RFC 3501 §6.4.4",
                            "A charset is needed here, and search keys behind it");
    if (!known) {
        imap_search_failed(session, work);
        return imap_end(session, replies, "NO", "[BADCHARSET (UTF-8 US-ASCII)] Not this charset");
    }
    work->program = imap_search_parse(arguments, &wrong);
    if (work->program == NULL)
        return imap_mistake(session, replies, "RFC 3501 §6.4.4", wrong);
    imap_search_resolve(session, work);
    if (work->found.by_modseq)
        imap_enable_condstore(session, replies);
    return imap_search_more(session, replies);
}
