/* imap/commands_message.c - what is done with messages: STORE and COPY (RFC 3501 §6.4.6, §6.4.7).
 *
 * Each works through the mailbox in slices of a page, every slice under a savepoint of its own; the
 * tagged OK waits for the commit.
 *
 * Tests: tests/test_imap_message.c
 */
#include "imap/commands.h"

#include <string.h>

#include "imap/write.h"

NetNext
imap_message_read_only(ImapSession *session, GString *replies)
{
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
    guint index;   /* of the view, looked at next */
    gboolean gone; /* one of the messages is there no more */
} ImapStore;

static void
imap_store_free(gpointer data)
{
    ImapStore *work = data;

    imap_set_free(work->set);
    g_free(work->keywords);
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

/* @old with those of @change added, or taken away. */
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
        if (*named[i] != '\0' && !imap_keywords_have(had, named[i]) && now->len < IMAP_KEYWORDS_MAX)
            g_ptr_array_add(now, named[i]);
    g_ptr_array_add(now, NULL);
    return g_strjoinv(" ", (char **)now->pdata);
}

/* Changes one message, and tells the client (but see SILENT). */
static gboolean
imap_store_one(ImapSession *session, ImapStore *work, StoreEntry *entry, GString *replies,
               GError **error)
{
    Store *store = session->host->store;
    ImapSeen *seen = imap_view_at(session, work->index);
    g_autofree char *keywords =
        work->how == IMAP_FLAGS_REPLACE
            ? g_strdup(work->keywords)
            : imap_keywords_change(entry->keywords, work->keywords, work->how);
    guint flags = work->how == IMAP_FLAGS_ADD    ? entry->flags | work->flags
                  : work->how == IMAP_FLAGS_TAKE ? entry->flags & ~work->flags
                                                 : work->flags;
    gboolean others = seen->modseq != entry->modseq; /* somebody else changed it, too: tell */
    g_autoptr(GString) written = g_string_new(NULL);

    if (flags != entry->flags || !g_str_equal(keywords, entry->keywords)) {
        g_autoptr(StoreEntry) after = NULL;

        imap_set_journey(session, entry->message);
        if (!store_entry_set_flags(store, session->trace, session->mailbox, entry->uid, flags,
                                   keywords, error))
            return FALSE;
        after = store_entry_get(store, session->mailbox, entry->uid, NULL);
        seen->modseq = after == NULL ? 0 : after->modseq;
    } else {
        seen->modseq = entry->modseq;
    }
    if (work->silent && !others)
        return TRUE;
    if (session->current->by_uid)
        g_string_append_printf(written, "UID %u ", entry->uid);
    g_string_append(written, "FLAGS ");
    imap_write_flags(written, flags, keywords);
    imap_untagged(session, replies, "%u FETCH (%s)", work->index + 1, written->str);
    return TRUE;
}

/* One page's worth of messages. FALSE: nothing of this slice was stored. */
static gboolean
imap_store_slice(ImapSession *session, ImapStore *work, GString *replies, GError **error)
{
    Store *store = session->host->store;
    gboolean in_step = imap_view_in_step(session);

    if (!store_savepoint(store, error))
        return FALSE;
    for (guint done = 0; work->index < session->view->len && done < IMAP_PAGE; work->index++) {
        g_autoptr(StoreEntry) entry = NULL;

        if (!imap_set_names(session, work->set, work->index))
            continue;
        done++;
        entry =
            store_entry_get(store, session->mailbox, imap_view_at(session, work->index)->uid, NULL);
        work->gone |= entry == NULL;
        if (entry != NULL && !imap_store_one(session, work, entry, replies, error)) {
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
    ImapStore *work = session->work_data;

    if (!imap_store_slice(session, work, replies, &error))
        return imap_trouble(session, replies, error);
    if (work->index < session->view->len)
        return NET_MORE;
    if (work->gone && !session->current->by_uid)
        return imap_end(session, replies, "NO", "[EXPUNGEISSUED] Some messages are there no more");
    return imap_end_committed(session, replies, "%s completed", session->current->name);
}

/* " +FLAGS.SILENT (\Seen)" */
static gboolean
imap_store_parse(ImapParse *arguments, ImapStore *work)
{
    if (!imap_parse_char(arguments, ' '))
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

    imap_set_work(session, imap_store_more, work, imap_store_free);
    if (imap_parse_char(arguments, ' '))
        work->set = imap_take_set(session, arguments, &wrong);
    if (work->set == NULL)
        return imap_mistake(session, replies, "RFC 3501 §6.4.6", wrong);
    if (!imap_store_parse(arguments, work))
        return imap_mistake(session, replies, "RFC 3501 §6.4.6",
                            "FLAGS, +FLAGS or -FLAGS and a list of flags is needed here");
    if (session->read_only)
        return imap_message_read_only(session, replies);
    return imap_store_more(session, replies);
}

/* ---- COPY ---- */

typedef struct ImapCopy {
    ImapSet *set;
    gint64 to;                   /* mailbox */
    guint32 uidvalidity;         /* of it */
    guint index;                 /* of the view, looked at next */
    GArray *from_uids, *to_uids; /* guint32: what has been copied */
} ImapCopy;

static void
imap_copy_free(gpointer data)
{
    ImapCopy *work = data;

    imap_set_free(work->set);
    g_array_unref(work->from_uids);
    g_array_unref(work->to_uids);
    g_free(work);
}

/* One page's worth. FALSE: nothing of this slice was copied; *@gone: because a message is not there
 * any more. */
static gboolean
imap_copy_slice(ImapSession *session, ImapCopy *work, gboolean *gone, GError **error)
{
    Store *store = session->host->store;
    guint copied = work->to_uids->len;

    if (!store_savepoint(store, error))
        return FALSE;
    for (guint done = 0; work->index < session->view->len && done < IMAP_PAGE; work->index++) {
        guint32 uid = imap_view_at(session, work->index)->uid, copy;

        if (!imap_set_names(session, work->set, work->index))
            continue;
        done++;
        copy = store_entry_copy(store, session->trace, session->mailbox, uid, work->to, error);
        if (copy == 0) {
            *gone = error != NULL && g_error_matches(*error, STORE_ERROR, STORE_ERROR_NONE);
            store_rollback_to(store);
            g_array_set_size(work->from_uids, copied);
            g_array_set_size(work->to_uids, copied);
            return FALSE;
        }
        g_array_append_val(work->from_uids, uid);
        g_array_append_val(work->to_uids, copy);
    }
    return store_release(store, error);
}

/* All or nothing: what earlier slices have copied goes again (RFC 3501 §6.4.7). */
static void
imap_copy_undo(ImapSession *session, ImapCopy *work)
{
    for (guint i = 0; i < work->to_uids->len; i++)
        store_entry_remove(session->host->store, session->trace, work->to,
                           g_array_index(work->to_uids, guint32, i), NULL);
}

static NetNext
imap_copy_more(ImapSession *session, GString *replies)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) from = g_string_new(NULL), to = g_string_new(NULL);
    ImapCopy *work = session->work_data;
    gboolean gone = FALSE;

    if (!imap_copy_slice(session, work, &gone, &error)) {
        imap_copy_undo(session, work);
        session->changed = TRUE;
        if (gone)
            return imap_end(session, replies, "NO",
                            "[EXPUNGEISSUED] Some messages are there no more, nothing is copied");
        return imap_trouble(session, replies, error);
    }
    if (work->index < session->view->len)
        return NET_MORE;
    if (work->to_uids->len == 0)
        return imap_end(session, replies, "OK", "Nothing to copy");
    imap_set_write(from, work->from_uids);
    imap_set_write(to, work->to_uids);
    return imap_end_committed(session, replies, "[COPYUID %u %s %s] COPY completed",
                              work->uidvalidity, from->str, to->str);
}

NetNext
imap_message_copy(ImapSession *session, ImapParse *arguments, GString *replies)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = NULL;
    g_autoptr(StoreMailbox) to = NULL;
    ImapCopy *work = g_new0(ImapCopy, 1);
    const char *wrong = "COPY needs a sequence set and a mailbox";

    work->from_uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    work->to_uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    imap_set_work(session, imap_copy_more, work, imap_copy_free);
    if (imap_parse_char(arguments, ' '))
        work->set = imap_take_set(session, arguments, &wrong);
    if (work->set != NULL && imap_parse_char(arguments, ' '))
        name = imap_parse_mailbox(arguments);
    if (name == NULL || !imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 3501 §6.4.7", wrong);
    to = store_mailbox_find(session->host->store, session->account, name, &error);
    if (error != NULL)
        return imap_trouble(session, replies, error);
    if (to == NULL)
        return imap_end(session, replies, "NO", "[TRYCREATE] There is no such mailbox");
    work->to = to->id;
    work->uidvalidity = to->uidvalidity;
    return imap_copy_more(session, replies);
}
