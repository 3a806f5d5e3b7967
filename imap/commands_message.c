/* imap/commands_message.c - STORE: flags and keywords of messages (RFC 3501 §6.4.6).
 *
 * It works through the mailbox in slices of a page, every slice under a savepoint of its own; the
 * tagged OK waits for the commit.
 *
 * Two clients that change one message at the same time would undo each other's work. A client can
 * say which state it has seen (RFC 7162 §3.1.3):
 *
 *   C: a1 STORE 1:2 (UNCHANGEDSINCE 12) +FLAGS.SILENT (\Deleted)
 *   S: * 1 FETCH (UID 4 MODSEQ (15))                      done
 *   S: * 2 FETCH (UID 7 FLAGS (\Flagged) MODSEQ (13))     somebody was faster: nothing is done
 *   S: a1 OK [MODIFIED 2] Some were changed meanwhile
 *
 * Tests: tests/test_imap_message.c, tests/test_imap_condstore.c
 */
#include "imap/commands.h"

#include <string.h>

#include "imap/page.h"
#include "trace/words.h"

NetNext
imap_message_read_only(ImapSession *session, GString *replies)
{
    trace_put_text(session->trace, "outcome", "refused");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §6.3.2",
                   "the mailbox is open to look only (EXAMINE): nothing in it is changed");
    return imap_end(session, replies, "NO", "[READ-ONLY] This mailbox is open to look only");
}

/* ---- STORE ---- */

typedef enum { IMAP_FLAGS_REPLACE, IMAP_FLAGS_ADD, IMAP_FLAGS_TAKE } ImapFlagsHow;

typedef struct ImapStore {
    ImapSet *set;
    ImapFlagsHow how;
    gboolean silent;
    guint flags;
    char *keywords;
    guint index;             /* of the view, looked at next */
    ImapPage page;           /* entries read and not yet looked at */
    StoreChange change;      /* of this slice; begun with the first message that is changed */
    gboolean gone;           /* one of the messages is there no more */
    gboolean conditional;    /* UNCHANGEDSINCE (RFC 7162 §3.1.3): only messages */
    guint64 unchanged_since; /* with at most this MODSEQ are changed */
    GArray *modified;        /* guint32: numbers or UIDs of the others */
} ImapStore;

static void
imap_store_free(gpointer data)
{
    ImapStore *work = data;

    imap_page_clear(&work->page);
    store_change_clear(&work->change);
    imap_set_free(work->set);
    g_free(work->keywords);
    g_array_unref(work->modified);
    g_free(work);
}

/* Is @word one of the space-separated @keywords, in any case? */
static gboolean
imap_keywords_have(char *const *keywords, const char *word)
{
    for (guint i = 0; keywords[i] != NULL; i++)
        if (g_ascii_strcasecmp(keywords[i], word) == 0)
            return TRUE;
    return FALSE;
}

/* @old with those of @change added, or taken away; NULL: too many. */
static char *
imap_keywords_change(const char *old, const char *change, ImapFlagsHow how)
{
    g_auto(GStrv) had = g_strsplit(old, " ", -1);
    g_auto(GStrv) named = g_strsplit(change, " ", -1);
    g_autoptr(GPtrArray) now = g_ptr_array_new();

    for (guint i = 0; had[i] != NULL; i++)
        if (*had[i] != '\0' && (how == IMAP_FLAGS_ADD || !imap_keywords_have(named, had[i])))
            g_ptr_array_add(now, had[i]);
    for (guint i = 0; how == IMAP_FLAGS_ADD && named[i] != NULL; i++)
        if (*named[i] != '\0' && !imap_keywords_have(had, named[i]))
            g_ptr_array_add(now, named[i]);
    if (now->len > IMAP_KEYWORDS_MAX)
        return NULL;
    g_ptr_array_add(now, NULL);
    return g_strjoinv(" ", (char **)now->pdata);
}

/* UNCHANGEDSINCE: somebody has changed it since then. The client hears how it is now, so that it
 * can decide anew (RFC 7162 §3.1.3). */
static void
imap_store_modified(ImapSession *session, ImapStore *work, const StoreEntry *entry,
                    GString *replies)
{
    guint32 number = session->current->by_uid ? entry->uid : work->index + 1;
    Trace *trace;

    g_array_append_val(work->modified, number);
    trace = imap_tell_each(session, entry->message);
    trace_put_text(trace, "outcome", "refused");
    trace_decision(trace, STAGE_PICKUP, "RFC 7162 §3.1.3",
                   "UID %u was changed meanwhile (MODSEQ %" G_GUINT64_FORMAT
                   ", the client knows %" G_GUINT64_FORMAT "): its flags stay as they are",
                   entry->uid, entry->modseq, work->unchanged_since);
    imap_view_learns(session, entry);
    imap_view_tell(session, work->index, entry, TRUE, replies);
}

/* What is done with the flags of one message. */
static void
imap_store_tell(ImapSession *session, const ImapStore *work, const StoreEntry *entry)
{
    static const char *const hows[] = {
        [IMAP_FLAGS_REPLACE] = N_("are replaced"),
        [IMAP_FLAGS_ADD] = N_("get more"),
        [IMAP_FLAGS_TAKE] = N_("become fewer"),
    };
    Trace *trace = imap_tell_each(session, entry->message);

    trace_put_number(trace, "uid", entry->uid);
    trace_put_text(trace, "outcome", "marked");
    trace_decision(trace, STAGE_PICKUP, "RFC 3501 §6.4.6",
                   "the flags of UID %u %s: message and flags stay on the server, every device "
                   "sees the same",
                   entry->uid, hows[work->how]);
}

/* Gives @entry new flags where they differ, in the store and in @entry itself. */
static gboolean
imap_store_change(ImapSession *session, ImapStore *work, StoreEntry *entry, GError **error)
{
    Store *store = session->host->store;
    g_autofree char *keywords =
        work->how == IMAP_FLAGS_REPLACE ? g_strdup(work->keywords)
        : *work->keywords == '\0'
            ? g_strdup(entry->keywords)
            : imap_keywords_change(entry->keywords, work->keywords, work->how);
    guint flags = work->how == IMAP_FLAGS_ADD    ? entry->flags | work->flags
                  : work->how == IMAP_FLAGS_TAKE ? entry->flags & ~work->flags
                                                 : work->flags;

    if (keywords == NULL) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_LIMIT, "A message has at most %d keywords",
                    IMAP_KEYWORDS_MAX);
        return FALSE;
    }
    /* What is set already changes nothing, not even MODSEQ (RFC 7162 §3.1.11). */
    if (flags == entry->flags && g_str_equal(keywords, entry->keywords))
        return TRUE;
    imap_store_tell(session, work, entry);
    return store_change_begin(store, session->mailbox, &work->change, error) &&
           store_change_flags(store, session->each, &work->change, entry, flags, keywords, error);
}

/* Changes one message, and tells the client (but see SILENT). */
static gboolean
imap_store_one(ImapSession *session, ImapStore *work, StoreEntry *entry, GString *replies,
               GError **error)
{
    gboolean others = !imap_view_knows(session, entry); /* somebody else changed it, too: tell */

    if (work->conditional && entry->modseq > work->unchanged_since) {
        imap_store_modified(session, work, entry, replies);
        return TRUE;
    }
    if (!imap_store_change(session, work, entry, error))
        return FALSE;
    imap_view_learns(session, entry);
    /* The new MODSEQ is told to those who keep it, SILENT or not. */
    if (!work->silent || others || (session->enabled & IMAP_ENABLED_CONDSTORE) != 0)
        imap_view_tell(session, work->index, entry, !work->silent || others, replies);
    return TRUE;
}

/* The next message of the slice. */
static gboolean
imap_store_next(ImapSession *session, ImapStore *work, GString *replies, GError **error)
{
    GError *wrong = NULL;
    g_autoptr(StoreEntry) entry =
        imap_page_take(session, &work->page, imap_view_uid(session, work->index), &wrong);

    if (wrong != NULL) {
        g_propagate_error(error, wrong);
        return FALSE;
    }
    work->gone |= entry == NULL;
    return entry == NULL || imap_store_one(session, work, entry, replies, error);
}

/* One page's worth of messages. FALSE: nothing of this slice was stored. */
static gboolean
imap_store_slice(ImapSession *session, ImapStore *work, GString *replies, GError **error)
{
    Store *store = session->host->store;
    gboolean in_step = imap_view_in_step(session);

    if (!store_savepoint(store, error))
        return FALSE;
    imap_page_turn(&work->page);
    store_change_clear(&work->change);
    for (guint done = 0; done < IMAP_PAGE; done++, work->index++) {
        work->index = imap_page_skip(session, work->set, session->current->by_uid, work->index);
        if (work->index >= imap_view_count(session))
            break;
        if (!imap_store_next(session, work, replies, error)) {
            store_rollback_to(store);
            session->modseq = 0;
            session->changed = TRUE;
            return FALSE;
        }
    }
    imap_view_stepped(session, in_step);
    return store_release(store, error);
}

static NetNext
imap_store_more(ImapSession *session, GString *replies)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) modified = g_string_new(NULL);
    ImapStore *work = session->work_data;
    gboolean gone;

    if (!imap_store_slice(session, work, replies, &error)) {
        if (g_error_matches(error, STORE_ERROR, STORE_ERROR_LIMIT)) /* RFC 5530 §3 */
            return imap_end(session, replies, "NO", "[LIMIT] %s", error->message);
        return imap_trouble(session, replies, error);
    }
    if (work->index < imap_view_count(session))
        return NET_MORE;
    if (session->told_each == 0) {
        trace_put_text(session->trace, "outcome", "ok");
        trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §6.4.6",
                       "nothing to change: the messages have these flags, or there are none");
    }
    gone = work->gone && !session->current->by_uid;
    imap_set_write(modified, work->modified);
    if (gone && modified->len > 0)
        return imap_end_committed_no(session, replies, "[MODIFIED %s] Others are there no more",
                                     modified->str);
    if (gone)
        return imap_end_committed_no(session, replies,
                                     "[EXPUNGEISSUED] Some messages are there no more");
    if (modified->len > 0)
        return imap_end_committed(session, replies, "[MODIFIED %s] Some were changed meanwhile",
                                  modified->str);
    return imap_end_committed(session, replies, "%s completed", session->current->name);
}

/* "(UNCHANGEDSINCE 620162338) ", where it stands there. */
static gboolean
imap_store_parse_condition(ImapParse *arguments, ImapStore *work)
{
    if (!imap_parse_char(arguments, '('))
        return TRUE;
    work->conditional = TRUE;
    return imap_parse_word(arguments, "UNCHANGEDSINCE ") &&
           imap_parse_number(arguments, G_MAXINT64, &work->unchanged_since) &&
           imap_parse_char(arguments, ')') && imap_parse_char(arguments, ' ');
}

/* " +FLAGS.SILENT (\Seen)" */
static gboolean
imap_store_parse(ImapParse *arguments, ImapStore *work)
{
    if (!imap_parse_char(arguments, ' ') || !imap_store_parse_condition(arguments, work))
        return FALSE;
    if (imap_parse_char(arguments, '+'))
        work->how = IMAP_FLAGS_ADD;
    else if (imap_parse_char(arguments, '-'))
        work->how = IMAP_FLAGS_TAKE;
    if (!imap_parse_word(arguments, "FLAGS"))
        return FALSE;
    work->silent = imap_parse_word(arguments, ".SILENT");
    return imap_parse_char(arguments, ' ') &&
           imap_parse_flags(arguments, TRUE, &work->flags, &work->keywords) &&
           imap_parse_is_end(arguments);
}

NetNext
imap_message_store(ImapSession *session, ImapParse *arguments, GString *replies)
{
    ImapStore *work = g_new0(ImapStore, 1);
    const char *wrong = "STORE needs a sequence set";

    work->modified = g_array_new(FALSE, FALSE, sizeof(guint32));
    imap_set_work(session, imap_store_more, work, imap_store_free);
    if (imap_parse_char(arguments, ' '))
        work->set = imap_take_set(session, arguments, &wrong);
    if (work->set == NULL)
        return imap_mistake(session, replies, "RFC 3501 §6.4.6", wrong);
    if (!imap_store_parse(arguments, work))
        return imap_mistake(session, replies, "RFC 3501 §6.4.6",
                            "FLAGS, +FLAGS or -FLAGS and a list of flags is needed here");
    if (work->conditional)
        imap_enable_condstore(session, replies);
    if (session->read_only)
        return imap_message_read_only(session, replies);
    return imap_store_more(session, replies);
}
