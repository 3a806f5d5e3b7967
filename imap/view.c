/* imap/view.c - the selected mailbox as this client knows it, and what it is told of changes.
 *
 *   view       4  6  7  9            UIDs the client knows (uids.c): sequence numbers 1 2 3 4
 *   mailbox    4     7' 9  12        6 was removed, 7 has other flags, 12 is new
 *   told       * 2 EXPUNGE           and the numbers behind it move up (RFC 3501 §7.4.1)
 *              * 2 FETCH (FLAGS ...)
 *              * 4 EXISTS
 *
 * Sequence numbers are a promise to the client: the view changes only by what it is told, and an
 * EXPUNGE is told only where the RFC allows it. What others change is noticed by a watch on the
 * mailbox, and looked after when a command ends. Only what is committed is told: a delivery that is
 * undone would give its UID to another message later.
 *
 * Which flags the client knows is one number for all messages: those of which nothing newer than MODSEQ
 * `known` is there. Only what it has learnt about single messages since then is kept for each (`newer`),
 * until the view is in step again.
 *
 * Tests: tests/test_imap_view.c, tests/test_imap_view_group.c
 */
#include "imap/commands.h"

#include "imap/write.h"
#include "trace/text.h"

/* The merge of view and mailbox, page by page. */
typedef struct ImapCatchUp {
    gboolean expunge;   /* removals may be told */
    gboolean kept_back; /* there was one, and it was not */
    guint next;         /* index of the view looked at next */
    ImapUids *kept;     /* what of it stays; NULL: all, because there is only new mail */
    ImapUids *fresh;    /* new messages */
    guint32 after;      /* last UID read from the mailbox */
    gboolean begun;     /* the first page has been read */
    guint64 modseq;     /* of the mailbox before it was */
    gsize full;         /* octets of replies with which this turn has told enough */
    ImapWork then;
} ImapCatchUp;

void
imap_view_open(ImapSession *session, const StoreMailbox *mailbox, gboolean read_only)
{
    imap_view_close(session);
    session->state = IMAP_SELECTED;
    session->mailbox = mailbox->id;
    session->mailbox_name = g_strdup(mailbox->name);
    session->uidvalidity = mailbox->uidvalidity;
    session->read_only = read_only;
    session->modseq = session->known = mailbox->modseq;
    session->changed = FALSE;
    session->watch = store_watch(session->host->store, mailbox->id, imap_idle_changed, session);
}

void
imap_view_close(ImapSession *session)
{
    if (session->state == IMAP_SELECTED)
        session->state = IMAP_AUTHENTICATED;
    g_clear_pointer(&session->watch, store_unwatch);
    g_clear_pointer(&session->mailbox_name, g_free);
    g_clear_pointer(&session->saved, imap_set_free); /* RFC 5182 §2.1 */
    g_clear_pointer(&session->newer, g_hash_table_unref);
    imap_recent_close(session);
    imap_uids_free(session->view);
    session->view = imap_uids_new();
    session->mailbox = 0;
    session->changed = FALSE;
}

guint
imap_view_count(const ImapSession *session)
{
    return imap_uids_count(session->view);
}

guint32
imap_view_uid(const ImapSession *session, guint index)
{
    return imap_uids_at(session->view, index);
}

gboolean
imap_view_is_named(const ImapSession *session, guint index, const ImapSet *set)
{
    return imap_set_contains(set,
                             session->current->by_uid ? imap_view_uid(session, index) : index + 1);
}

guint
imap_view_find(ImapSession *session, guint32 uid, gboolean *found)
{
    return imap_uids_find(session->view, uid, found);
}

/* ---- which flags the client knows ---- */

/* Looked up only, never walked along. */
static guint64
imap_view_newer(const ImapSession *session, guint32 uid)
{
    return session->newer == NULL
               ? 0
               : GPOINTER_TO_SIZE(g_hash_table_lookup(session->newer, GUINT_TO_POINTER(uid)));
}

gboolean
imap_view_knows(const ImapSession *session, const StoreEntry *entry)
{
    guint64 newer = imap_view_newer(session, entry->uid);

    /* It may know of a change that was undone: then what is there now is news, though it is older. */
    return newer != 0 ? newer == entry->modseq : entry->modseq <= session->known;
}

void
imap_view_learns(ImapSession *session, const StoreEntry *entry)
{
    if (imap_view_knows(session, entry))
        return;
    if (session->newer == NULL)
        session->newer = g_hash_table_new(NULL, NULL);
    g_hash_table_insert(session->newer, GUINT_TO_POINTER(entry->uid),
                        GSIZE_TO_POINTER(entry->modseq));
}

/* All up to @modseq is known, and all of it is committed. */
static void
imap_view_knows_all(ImapSession *session, guint64 modseq)
{
    session->known = modseq;
    g_clear_pointer(&session->newer, g_hash_table_unref);
}

/* ---- in step, or not ---- */

static guint64
imap_view_mailbox_modseq(ImapSession *session)
{
    g_autoptr(StoreMailbox) mailbox =
        store_mailbox_get(session->host->store, session->mailbox, NULL);

    return mailbox == NULL ? 0 : mailbox->modseq;
}

/* Each change of a mailbox makes its MODSEQ grow, so this one number tells. */
gboolean
imap_view_in_step(ImapSession *session)
{
    return session->modseq != 0 && session->modseq == imap_view_mailbox_modseq(session);
}

void
imap_view_stepped(ImapSession *session, gboolean was_in_step)
{
    if (was_in_step)
        session->modseq = imap_view_mailbox_modseq(session);
}

gboolean
imap_view_is_stale(ImapSession *session)
{
    if (!imap_view_in_step(session))
        return TRUE;
    session->changed = FALSE; /* the change was our own, and the client knows it */
    imap_view_knows_all(session, session->modseq);
    return FALSE;
}

guint64
imap_view_modseq(ImapSession *session)
{
    return session->modseq != 0 ? session->modseq : MAX(session->known, 1);
}

/* ---- telling ---- */

void
imap_view_tell(ImapSession *session, guint index, const StoreEntry *entry, gboolean flags_too,
               GString *replies)
{
    gboolean modseq = (session->enabled & IMAP_ENABLED_CONDSTORE) != 0;
    const char *gap = "";
    gsize from = replies->len;

    trace_text_append(replies, "* ");
    trace_text_append_unsigned(replies, index + 1);
    trace_text_append(replies, " FETCH (");
    /* A command by UID is answered by UID, IMAP4rev2 wants it always (RFC 9051 §7.5.2), and so should
     * CONDSTORE (RFC 7162 §3.2.4). */
    if (session->enabled != 0 || (session->current != NULL && session->current->by_uid)) {
        trace_text_append(replies, "UID ");
        trace_text_append_unsigned(replies, entry->uid);
        gap = " ";
    }
    if (flags_too) {
        trace_text_append(replies, gap);
        trace_text_append(replies, "FLAGS ");
        imap_recent_write_flags(session, replies, entry);
        gap = " ";
    }
    if (modseq) {
        trace_text_append(replies, gap);
        trace_text_append(replies, "MODSEQ ");
        imap_write_modseq(replies, entry->modseq);
    }
    trace_text_append(replies, ")\r\n");
    imap_sent(session, replies, from);
}

/* ---- catching up ---- */

static void
imap_catch_up_free(gpointer data)
{
    ImapCatchUp *work = data;

    imap_uids_free(work->kept);
    imap_uids_free(work->fresh);
    g_free(work);
}

/* The view's next message stays in it. */
static void
imap_catch_up_keep(ImapSession *session, ImapCatchUp *work)
{
    imap_uids_add(work->kept, imap_view_uid(session, work->next));
    work->next++;
}

/* The view's next message is in the mailbox no more. */
static void
imap_catch_up_gone(ImapSession *session, ImapCatchUp *work, GString *replies)
{
    gsize from = replies->len;

    if (!work->expunge) {
        work->kept_back = TRUE;
        imap_catch_up_keep(session, work);
        return;
    }
    trace_text_append(replies, "* ");
    trace_text_append_unsigned(replies, imap_uids_count(work->kept) + 1);
    trace_text_append(replies, " EXPUNGE\r\n");
    imap_sent(session, replies, from);
    imap_recent_is_gone(session, imap_view_uid(session, work->next));
    work->next++;
}

/* The view's messages below @uid are gone. FALSE: so many that the rest is for the next turn. */
static gboolean
imap_catch_up_below(ImapSession *session, ImapCatchUp *work, guint32 uid, GString *replies)
{
    guint count = imap_view_count(session);

    while (work->next < count && imap_view_uid(session, work->next) < uid) {
        if (replies->len >= work->full)
            return FALSE;
        imap_catch_up_gone(session, work, replies);
    }
    return TRUE;
}

/* The view's next message is there: with other flags? */
static void
imap_catch_up_there(ImapSession *session, ImapCatchUp *work, const StoreEntry *entry,
                    GString *replies)
{
    imap_catch_up_keep(session, work);
    if (imap_view_knows(session, entry))
        return;
    imap_view_learns(session, entry);
    imap_view_tell(session, imap_uids_count(work->kept) - 1, entry, TRUE, replies);
}

/* FALSE: not looked at yet, the turn is full. */
static gboolean
imap_catch_up_entry(ImapSession *session, ImapCatchUp *work, const StoreEntry *entry,
                    GString *replies)
{
    if (!imap_catch_up_below(session, work, entry->uid, replies))
        return FALSE;
    if (work->next < imap_view_count(session) && imap_view_uid(session, work->next) == entry->uid)
        imap_catch_up_there(session, work, entry, replies);
    else
        imap_uids_add(work->fresh, entry->uid);
    work->after = entry->uid;
    return TRUE;
}

static void
imap_catch_up_take_kept(ImapSession *session, ImapCatchUp *work)
{
    if (work->kept == NULL)
        return;
    imap_uids_free(session->view);
    session->view = g_steal_pointer(&work->kept);
}

/* There are new messages: how many in all, and how many recent ones (RFC 3501 §7.3.2). */
static void
imap_catch_up_count(ImapSession *session, const ImapCatchUp *work, GString *replies)
{
    g_autoptr(StoreMailbox) mailbox =
        store_mailbox_get(session->host->store, session->mailbox, NULL);

    imap_recent_take(session, mailbox, work->fresh, TRUE);
    imap_untagged(session, replies, "%u EXISTS", imap_view_count(session));
    if ((session->enabled & IMAP_ENABLED_REV2) == 0)
        imap_untagged(session, replies, "%u RECENT", imap_recent_count(session));
}

static NetNext
imap_catch_up_done(ImapSession *session, ImapCatchUp *work, GString *replies)
{
    ImapWork then = work->then;
    guint fresh = imap_uids_count(work->fresh);

    if (!imap_catch_up_below(session, work, G_MAXUINT32, replies))
        return NET_MORE;
    imap_catch_up_take_kept(session, work);
    imap_uids_add_all(session->view, work->fresh);
    if (fresh > 0) {
        imap_catch_up_count(session, work, replies);
        trace_put_number(session->trace, "messages", fresh);
        trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §5.2",
                       "new mail in %s since the client last heard: it is told",
                       session->mailbox_name);
    }
    imap_view_knows_all(session, work->modseq);
    session->modseq = work->kept_back ? 0 : work->modseq;
    session->changed |= work->kept_back;
    imap_set_work(session, NULL, NULL, NULL);
    return then(session, replies);
}

/* Not now: what is left is looked at when the next command ends. */
static NetNext
imap_catch_up_break_off(ImapSession *session, ImapCatchUp *work, GString *replies)
{
    ImapWork then = work->then;

    while (work->kept != NULL && work->next < imap_view_count(session))
        imap_catch_up_keep(session, work);
    imap_catch_up_take_kept(session, work);
    session->changed = TRUE;
    imap_set_work(session, NULL, NULL, NULL);
    return then(session, replies);
}

/* Each change raises the mailbox's MODSEQ, and the message it was about has the number. So when all
 * numbers since the view was in step are those of new messages, nothing else has happened: these few
 * entries are all there is to look at, however full the mailbox is. NULL: it is not so. */
static GPtrArray *
imap_catch_up_only_new(ImapSession *session, const ImapCatchUp *work)
{
    guint64 raised = work->modseq - session->modseq;
    guint32 last = imap_uids_last(session->view);
    g_autoptr(GPtrArray) page = NULL;

    if (session->modseq == 0 || work->modseq <= session->modseq || raised >= IMAP_PAGE)
        return NULL;
    page = store_entry_page(session->host->store, session->mailbox, last, (guint)raised + 1, NULL);
    if (page == NULL || page->len != raised)
        return NULL;
    for (guint i = 0; i < page->len; i++)
        if (((StoreEntry *)g_ptr_array_index(page, i))->modseq != session->modseq + 1 + i)
            return NULL;
    return g_steal_pointer(&page);
}

static NetNext
imap_catch_up_page(ImapSession *session, GString *replies)
{
    ImapCatchUp *work = session->work_data;
    g_autoptr(GPtrArray) page = NULL;
    gboolean settled;

    if (!imap_may_read(session, &settled))
        return imap_ask_others(session, replies);
    if (!work->begun) { /* what changes between this page and the last one sets it anew */
        work->modseq = imap_view_mailbox_modseq(session);
        session->changed = FALSE;
    }
    if (settled && !work->begun)
        page = imap_catch_up_only_new(session, work);
    if (page != NULL)
        work->next = imap_view_count(session);
    else if (!work->begun)
        work->kept = imap_uids_new();
    work->begun = TRUE;
    if (settled && page == NULL)
        page =
            store_entry_page(session->host->store, session->mailbox, work->after, IMAP_PAGE, NULL);
    if (page == NULL) /* or the store is in trouble */
        return imap_catch_up_break_off(session, work, replies);
    work->full = replies->len + IMAP_SLICE;
    for (guint i = 0; i < page->len; i++)
        if (!imap_catch_up_entry(session, work, g_ptr_array_index(page, i), replies))
            return NET_MORE;
    return page->len < IMAP_PAGE ? imap_catch_up_done(session, work, replies) : NET_MORE;
}

NetNext
imap_view_catch_up(ImapSession *session, gboolean expunge, ImapWork then, GString *replies)
{
    ImapCatchUp *work = g_new0(ImapCatchUp, 1);

    work->expunge = expunge;
    work->fresh = imap_uids_new();
    work->then = then;
    imap_set_work(session, imap_catch_up_page, work, imap_catch_up_free);
    return imap_catch_up_page(session, replies);
}
