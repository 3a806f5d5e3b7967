/* imap/view.c - the selected mailbox as this client knows it, and what it is told of changes.
 *
 *   view       4  6  7  9            UIDs the client knows: sequence numbers 1 2 3 4
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
 * Tests: tests/test_imap_view.c
 */
#include "imap/commands.h"

#include "imap/write.h"

/* The merge of view and mailbox, page by page. */
typedef struct ImapCatchUp {
    gboolean expunge;   /* removals may be told */
    gboolean kept_back; /* there was one, and it was not */
    guint next;         /* index of the view looked at next */
    guint kept;         /* entries of the view that stay, moved to its front */
    guint known;        /* entries of the view at the beginning */
    guint32 after;      /* last UID read from the mailbox */
    GArray *fresh;      /* ImapSeen: new messages */
    gboolean begun;     /* the first page has been read */
    guint64 modseq;     /* of the mailbox before it was */
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
    session->modseq = mailbox->modseq;
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
    g_array_set_size(session->view, 0);
    session->mailbox = 0;
    session->changed = FALSE;
}

ImapSeen *
imap_view_at(ImapSession *session, guint index)
{
    return &g_array_index(session->view, ImapSeen, index);
}

guint
imap_view_find(ImapSession *session, guint32 uid, gboolean *found)
{
    guint low = 0, high = session->view->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (imap_view_at(session, middle)->uid < uid)
            low = middle + 1;
        else
            high = middle;
    }
    *found = low < session->view->len && imap_view_at(session, low)->uid == uid;
    return low;
}

gboolean
imap_view_load(ImapSession *session, guint *unseen, gboolean *whole, GError **error)
{
    guint count = session->view->len;
    guint32 after = count == 0 ? 0 : imap_view_at(session, count - 1)->uid;
    g_autoptr(GPtrArray) page =
        store_entry_page(session->host->store, session->mailbox, after, IMAP_PAGE, error);

    if (page == NULL)
        return FALSE;
    for (guint i = 0; i < page->len; i++) {
        const StoreEntry *entry = g_ptr_array_index(page, i);
        ImapSeen seen = { entry->uid, entry->modseq };

        g_array_append_val(session->view, seen);
        if (*unseen == 0 && (entry->flags & STORE_SEEN) == 0)
            *unseen = session->view->len;
    }
    *whole = page->len < IMAP_PAGE;
    return TRUE;
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
    return FALSE;
}

guint64
imap_view_modseq(ImapSession *session)
{
    guint64 highest = 1;

    if (session->modseq != 0)
        return session->modseq;
    /* Not in step: what the client knows of each message is certain. */
    for (guint i = 0; i < session->view->len; i++)
        highest = MAX(highest, imap_view_at(session, i)->modseq);
    return highest;
}

/* ---- telling ---- */

void
imap_view_tell(ImapSession *session, guint index, const StoreEntry *entry, gboolean flags_too,
               GString *replies)
{
    gboolean modseq = (session->enabled & IMAP_ENABLED_CONDSTORE) != 0;
    g_autoptr(GString) items = g_string_new(NULL);

    /* A command by UID is answered by UID, IMAP4rev2 wants it always (RFC 9051 §7.5.2), and so should
     * CONDSTORE (RFC 7162 §3.2.4). */
    if (session->enabled != 0 || (session->current != NULL && session->current->by_uid))
        g_string_append_printf(items, "UID %u%s", entry->uid, flags_too || modseq ? " " : "");
    if (flags_too) {
        g_string_append(items, "FLAGS ");
        imap_write_flags(items, entry->flags, entry->keywords);
    }
    if (modseq)
        g_string_append_printf(items, "%sMODSEQ (%" G_GUINT64_FORMAT ")", flags_too ? " " : "",
                               entry->modseq);
    imap_untagged(session, replies, "%u FETCH (%s)", index + 1, items->str);
}

/* ---- catching up ---- */

static void
imap_catch_up_free(gpointer data)
{
    ImapCatchUp *work = data;

    g_array_unref(work->fresh);
    g_free(work);
}

/* The view's next message is in the mailbox no more. */
static void
imap_catch_up_gone(ImapSession *session, ImapCatchUp *work, GString *replies)
{
    if (work->expunge) {
        imap_untagged(session, replies, "%u EXPUNGE", work->kept + 1);
    } else {
        work->kept_back = TRUE;
        *imap_view_at(session, work->kept) = *imap_view_at(session, work->next);
        work->kept++;
    }
    work->next++;
}

/* The view's next message is there: with other flags? */
static void
imap_catch_up_there(ImapSession *session, ImapCatchUp *work, const StoreEntry *entry,
                    GString *replies)
{
    ImapSeen *seen = imap_view_at(session, work->kept);

    *seen = *imap_view_at(session, work->next);
    work->kept++;
    work->next++;
    if (seen->modseq == entry->modseq)
        return;
    seen->modseq = entry->modseq;
    imap_view_tell(session, work->kept - 1, entry, TRUE, replies);
}

static void
imap_catch_up_entry(ImapSession *session, ImapCatchUp *work, const StoreEntry *entry,
                    GString *replies)
{
    ImapSeen seen = { entry->uid, entry->modseq };

    while (work->next < work->known && imap_view_at(session, work->next)->uid < entry->uid)
        imap_catch_up_gone(session, work, replies);
    if (work->next < work->known && imap_view_at(session, work->next)->uid == entry->uid)
        imap_catch_up_there(session, work, entry, replies);
    else
        g_array_append_val(work->fresh, seen);
}

static NetNext
imap_catch_up_done(ImapSession *session, ImapCatchUp *work, GString *replies)
{
    ImapWork then = work->then;

    while (work->next < work->known)
        imap_catch_up_gone(session, work, replies);
    g_array_set_size(session->view, work->kept);
    g_array_append_vals(session->view, work->fresh->data, work->fresh->len);
    if (work->fresh->len > 0) {
        imap_untagged(session, replies, "%u EXISTS", session->view->len);
        if ((session->enabled & IMAP_ENABLED_REV2) == 0)
            imap_untagged(session, replies, "0 RECENT"); /* given up by RFC 9051, appendix E */
        trace_put_number(session->trace, "messages", work->fresh->len);
        trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §5.2",
                       "new mail in %s since the client last heard: it is told",
                       session->mailbox_name);
    }
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

    while (work->next < work->known)
        *imap_view_at(session, work->kept++) = *imap_view_at(session, work->next++);
    g_array_set_size(session->view, work->kept);
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
    guint32 last = work->known == 0 ? 0 : imap_view_at(session, work->known - 1)->uid;
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
        work->next = work->kept = work->known;
    work->begun = TRUE;
    if (settled && page == NULL)
        page =
            store_entry_page(session->host->store, session->mailbox, work->after, IMAP_PAGE, NULL);
    if (page == NULL) /* or the store is in trouble */
        return imap_catch_up_break_off(session, work, replies);
    for (guint i = 0; i < page->len; i++) {
        const StoreEntry *entry = g_ptr_array_index(page, i);

        imap_catch_up_entry(session, work, entry, replies);
        work->after = entry->uid;
    }
    return page->len < IMAP_PAGE ? imap_catch_up_done(session, work, replies) : NET_MORE;
}

NetNext
imap_view_catch_up(ImapSession *session, gboolean expunge, ImapWork then, GString *replies)
{
    ImapCatchUp *work = g_new0(ImapCatchUp, 1);

    work->expunge = expunge;
    work->known = session->view->len;
    work->fresh = g_array_new(FALSE, FALSE, sizeof(ImapSeen));
    work->then = then;
    imap_set_work(session, imap_catch_up_page, work, imap_catch_up_free);
    return imap_catch_up_page(session, replies);
}
