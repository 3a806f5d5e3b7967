/* imap/copy.c - COPY and MOVE: messages go into another mailbox (RFC 3501 §6.4.7, RFC 6851).
 *
 *   COPY   all or nothing      a2 OK [COPYUID 38505 304,319 3956:3957] COPY completed
 *          even if the host dies in the middle (storage/unfinished.c)
 *
 *   MOVE   each message in one step: copied and removed under one savepoint, so that it is never lost
 *          and never in both mailboxes. When that is committed:
 *
 *                              * OK [COPYUID 38505 304,319 3956:3957] Moved     where they are now
 *                              * 2 EXPUNGE                                      and then: gone here
 *                              * 4 EXPUNGE
 *                              a3 OK MOVE completed
 *
 * No octets are copied: a mailbox's entry names the message. Both work in slices of a page, every
 * slice under a savepoint of its own.
 *
 * Tests: tests/test_imap_message.c, tests/test_imap_move.c, tests/dialogs/imap-move.txt
 */
#include "imap/commands.h"
#include "storage/unfinished.h"

#include <string.h>

typedef struct ImapCopy {
    ImapSession *session;
    ImapSet *set;
    gboolean move;
    gint64 to;                   /* mailbox */
    char *name;                  /* of it */
    guint32 uidvalidity;         /* of it */
    guint index;                 /* of the view, looked at next */
    GArray *from_uids, *to_uids; /* guint32: what has been copied */
    gboolean gone;               /* one of the messages is there no more */
    gboolean noted;              /* the database knows that not all is copied yet */
    gboolean whole;              /* all is copied */
} ImapCopy;

/* Is @copy in the other mailbox still the copy of @uid? Where a group was lost, another message may
 * have its UID now. */
static gboolean
imap_copy_is_ours(const ImapCopy *work, guint32 uid, guint32 copy)
{
    Store *store = work->session->host->store;
    g_autoptr(StoreEntry) from = store_entry_get(store, work->session->mailbox, uid, NULL);
    g_autoptr(StoreEntry) to = store_entry_get(store, work->to, copy, NULL);

    return from != NULL && to != NULL && from->message == to->message;
}

/* All or nothing: what earlier slices have copied goes again (RFC 3501 §6.4.7). */
static void
imap_copy_undo(ImapCopy *work)
{
    for (guint i = 0; i < work->to_uids->len; i++) {
        guint32 copy = g_array_index(work->to_uids, guint32, i);

        if (imap_copy_is_ours(work, g_array_index(work->from_uids, guint32, i), copy))
            store_entry_remove(work->session->host->store, NULL, work->to, copy, NULL);
    }
    if (work->noted && work->to_uids->len > 0)
        store_unfinished_whole(work->session->host->store, work->to,
                               g_array_index(work->to_uids, guint32, 0), NULL);
    g_array_set_size(work->to_uids, 0);
}

/* Its reader has gone away in the middle: what MOVE has moved stays moved. */
static void
imap_copy_free(gpointer data)
{
    ImapCopy *work = data;

    if (!work->move && !work->whole)
        imap_copy_undo(work);
    imap_set_free(work->set);
    g_array_unref(work->from_uids);
    g_array_unref(work->to_uids);
    g_free(work->name);
    g_free(work);
}

/* A client that is told TRYCREATE makes the mailbox and tries again: only where that could help (RFC
 * 9051 §6.4.7). */
const char *
imap_copy_try_create(const char *name)
{
    gboolean never = *name == '/' || g_str_has_suffix(name, "/") || strstr(name, "//") != NULL ||
                     strpbrk(name, "*%") != NULL;

    return never ? "NONEXISTENT" : "TRYCREATE";
}

/* ---- one message ---- */

static void
imap_copy_tell(ImapSession *session, ImapCopy *work, guint32 uid)
{
    g_autoptr(StoreEntry) entry = NULL;
    Trace *trace;

    if (!trace_is_on(session->trace))
        return;
    entry = store_entry_get(session->host->store, session->mailbox, uid, NULL);
    trace = imap_tell_each(session, entry == NULL ? 0 : entry->message);
    trace_put_number(trace, "uid", uid);
    trace_put_text(trace, "outcome", work->move ? "moved" : "copied");
    if (work->move)
        trace_decision(trace, STAGE_PICKUP, "RFC 9051 §6.4.8",
                       "UID %u goes from %s to %s in one step: it is never lost, and never in both",
                       uid, session->mailbox_name, work->name);
    else
        trace_decision(trace, STAGE_PICKUP, "RFC 3501 §6.4.7",
                       "UID %u of %s is named in %s, too: it is in both mailboxes, and its octets "
                       "are on the disk once",
                       uid, session->mailbox_name, work->name);
}

/* Copies @uid; MOVE takes it out of here in the same savepoint. Returns the copy's UID, or 0. */
static guint32
imap_copy_one(ImapSession *session, ImapCopy *work, guint32 uid, GError **error)
{
    Store *store = session->host->store;
    guint32 copy;

    imap_copy_tell(session, work, uid);
    copy = store_entry_copy(store, session->each, session->mailbox, uid, work->to, error);
    if (copy != 0 && work->move &&
        !store_entry_remove(store, session->each, session->mailbox, uid, error))
        return 0;
    return copy;
}

/* Is it there no more, and may the others go on without it? A UID that is not there is ignored (RFC
 * 9051 §6.4.9), and MOVE moves what it can; COPY is all or nothing. */
static gboolean
imap_copy_goes_on(ImapSession *session, ImapCopy *work, guint32 uid, GError **error)
{
    g_autoptr(StoreEntry) entry = NULL;

    if (!g_error_matches(*error, STORE_ERROR, STORE_ERROR_NONE))
        return FALSE;
    entry = store_entry_get(session->host->store, session->mailbox, uid, NULL);
    if (entry != NULL)
        return FALSE;
    work->gone = TRUE;
    if (!work->move && !session->current->by_uid)
        return FALSE;
    g_clear_error(error);
    return TRUE;
}

/* ---- many ---- */

/* The first @copied are of slices before. COPY notes what it has done so far, until it is whole. */
static gboolean
imap_copy_note(ImapSession *session, ImapCopy *work, guint copied, GError **error)
{
    Store *store = session->host->store;
    const guint32 *uids = (const guint32 *)(void *)work->to_uids->data;
    guint count = work->to_uids->len;

    if (work->move)
        return TRUE;
    if (work->index == imap_view_count(session))
        return !work->noted || store_unfinished_whole(store, work->to, uids[0], error);
    if (count == copied)
        return TRUE;
    work->noted = TRUE;
    return store_unfinished_copied(store, work->to, uids[0], uids[copied], uids[count - 1], error);
}

static gboolean
imap_copy_take_back(ImapSession *session, ImapCopy *work, guint copied)
{
    store_rollback_to(session->host->store);
    g_array_set_size(work->from_uids, copied);
    g_array_set_size(work->to_uids, copied);
    return FALSE;
}

/* One page's worth. FALSE: nothing of this slice was copied. */
static gboolean
imap_copy_slice(ImapSession *session, ImapCopy *work, GError **error)
{
    Store *store = session->host->store;
    guint copied = work->to_uids->len;

    if (!store_savepoint(store, error))
        return FALSE;
    for (guint done = 0; work->index < imap_view_count(session) && done < IMAP_PAGE;
         work->index++) {
        guint32 uid = imap_view_uid(session, work->index), copy;

        if (!imap_view_is_named(session, work->index, work->set))
            continue;
        done++;
        copy = imap_copy_one(session, work, uid, error);
        if (copy == 0 && imap_copy_goes_on(session, work, uid, error))
            continue;
        if (copy == 0)
            return imap_copy_take_back(session, work, copied);
        g_array_append_val(work->from_uids, uid);
        g_array_append_val(work->to_uids, copy);
    }
    if (!imap_copy_note(session, work, copied, error))
        return imap_copy_take_back(session, work, copied);
    return store_release(store, error);
}

/* Is there room for the next page's worth (RFC 9208 §4.3.1)? MOVE needs none. */
static gboolean
imap_copy_has_room(ImapSession *session, ImapCopy *work)
{
    guint64 octets = 0;

    if (work->move || session->host->quota_octets == 0)
        return TRUE;
    for (guint i = work->index, done = 0; i < imap_view_count(session) && done < IMAP_PAGE; i++) {
        g_autoptr(StoreEntry) entry = NULL;

        if (!imap_view_is_named(session, i, work->set))
            continue;
        done++;
        entry = store_entry_get(session->host->store, session->mailbox, imap_view_uid(session, i),
                                NULL);
        octets += entry == NULL ? 0 : entry->octets;
    }
    return octets == 0 || imap_quota_has_room(session, octets);
}

/* "[COPYUID 38505 304,319 3956:3957]" (RFC 4315 §3) */
static char *
imap_copy_uids(const ImapCopy *work)
{
    g_autoptr(GString) from = g_string_new(NULL), to = g_string_new(NULL);

    imap_set_write(from, work->from_uids);
    imap_set_write(to, work->to_uids);
    return g_strdup_printf("[COPYUID %u %s %s]", work->uidvalidity, from->str, to->str);
}

static NetNext
imap_copy_failed(ImapSession *session, ImapCopy *work, const GError *error, GString *replies)
{
    trace_set_journey(session->trace, NULL);
    trace_put_text(session->trace, "outcome", "refused");
    trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §6.4.7",
                   "COPY is all or nothing: the %u copies made so far are removed again",
                   work->to_uids->len);
    imap_copy_undo(work);
    session->changed = TRUE;
    if (work->gone)
        return imap_end(session, replies, "NO",
                        "[EXPUNGEISSUED] Some messages are there no more, nothing is copied");
    return imap_trouble(session, replies, error);
}

/* What has been moved stays moved, and the client is told which (RFC 9051 §6.4.8). */
static NetNext
imap_move_done(ImapSession *session, ImapCopy *work, const GError *error, GString *replies)
{
    gboolean gone = work->gone && !session->current->by_uid;

    session->changed = TRUE;
    if (work->to_uids->len > 0) {
        g_autofree char *uids = imap_copy_uids(work);

        g_free(session->moved);
        session->moved = g_strdup_printf("%s Moved", uids);
        /* RFC 6851 §4.4: a client that keeps MODSEQs is told the mailbox's new one. */
        session->modseq_due = (session->enabled & IMAP_ENABLED_CONDSTORE) != 0;
    }
    if (error != NULL) {
        trace_error(session->trace, STAGE_PICKUP, "the store cannot go on: %s", error->message);
        return imap_end_committed_no(
            session, replies, "[%s] Not all could be moved",
            g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL) ? "OVERQUOTA" : "UNAVAILABLE");
    }
    if (gone)
        return imap_end_committed_no(session, replies,
                                     "[EXPUNGEISSUED] Some messages are there no more");
    if (work->to_uids->len == 0)
        return imap_end(session, replies, "OK", "Nothing to move");
    return imap_end_committed(session, replies, "%s completed", session->current->name);
}

/* Work: one slice. */
static NetNext
imap_copy_more(ImapSession *session, GString *replies)
{
    g_autoptr(GError) error = NULL;
    ImapCopy *work = session->work_data;
    gboolean fine;

    if (!imap_copy_has_room(session, work)) {
        imap_copy_undo(work);
        return imap_quota_refuse(session, replies);
    }
    if (!work->move && imap_work_lost(session, &error))
        return imap_copy_failed(session, work, error, replies);
    fine = imap_copy_slice(session, work, &error);
    if (fine && work->index < imap_view_count(session))
        return NET_MORE;
    if (work->move)
        return imap_move_done(session, work, fine ? NULL : error, replies);
    if (!fine)
        return imap_copy_failed(session, work, error, replies);
    work->whole = TRUE;
    if (work->to_uids->len == 0)
        return imap_end(session, replies, "OK", "Nothing to copy");
    g_autofree char *uids = imap_copy_uids(work);
    return imap_end_committed(session, replies, "%s COPY completed", uids);
}

/* ---- the commands ---- */

/* " 2:4 Work": NULL, or what is wrong with it. */
static const char *
imap_copy_parse(ImapSession *session, ImapParse *arguments, ImapCopy *work)
{
    const char *wrong = "A sequence set and a mailbox are needed here";

    if (imap_parse_char(arguments, ' '))
        work->set = imap_take_set(session, arguments, &wrong);
    if (work->set == NULL)
        return wrong;
    if (imap_parse_char(arguments, ' '))
        work->name = imap_parse_mailbox(arguments);
    if (work->name == NULL || !imap_parse_is_end(arguments))
        return "A mailbox name must follow the sequence set, and nothing more";
    return NULL;
}

static NetNext
imap_copy_begin(ImapSession *session, ImapParse *arguments, gboolean move, GString *replies)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreMailbox) to = NULL;
    ImapCopy *work = g_new0(ImapCopy, 1);
    const char *wrong;

    work->session = session;
    work->move = move;
    work->from_uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    work->to_uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    imap_set_work(session, imap_copy_more, work, imap_copy_free);
    wrong = imap_copy_parse(session, arguments, work);
    if (wrong != NULL)
        return imap_mistake(session, replies, session->current->section, wrong);
    if (move && session->read_only)
        return imap_message_read_only(session, replies);
    to = store_mailbox_find(session->host->store, session->account, work->name, &error);
    if (error != NULL)
        return imap_trouble(session, replies, error);
    if (to == NULL) {
        imap_tell_asked(session);
        trace_put_text(session->trace, "outcome", "refused");
        trace_decision(session->trace, STAGE_PICKUP, session->current->section,
                       "%s has no mailbox of that name: nothing is done, the messages stay where "
                       "they are",
                       session->address);
    }
    if (to == NULL)
        return imap_end(session, replies, "NO", "[%s] There is no such mailbox",
                        imap_copy_try_create(work->name));
    work->to = to->id;
    work->uidvalidity = to->uidvalidity;
    return imap_copy_more(session, replies);
}

NetNext
imap_message_copy(ImapSession *session, ImapParse *arguments, GString *replies)
{
    return imap_copy_begin(session, arguments, FALSE, replies);
}

NetNext
imap_message_move(ImapSession *session, ImapParse *arguments, GString *replies)
{
    return imap_copy_begin(session, arguments, TRUE, replies);
}
