/* imap/expunge.c - EXPUNGE and CLOSE: what is marked \Deleted is removed (RFC 3501 §6.4.2, §6.4.3).
 *
 *   STORE 2 +FLAGS (\Deleted)      a mark, which can be taken back
 *   EXPUNGE                        removal, in slices of a page, each under a savepoint of its own
 *   (commit?)                      and only then "* 2 EXPUNGE" and the tagged OK
 *
 * The first messages go one by one, each told in its own journey. The others go by one statement a page,
 * told with their number: that takes a quarter of the time.
 *
 * Tests: tests/test_imap_message.c, tests/test_imap_view.c, tests/dialogs/imap-flags.txt
 */
#include "imap/commands.h"

typedef struct ImapExpunge {
    ImapSet *set;   /* UID EXPUNGE: only these; else NULL */
    gboolean close; /* CLOSE: nothing is told, the mailbox is closed */
    guint32 after;  /* last UID looked at */
    guint removed;  /* messages so far */
    guint32 first; /* UIDs of this to @last: what is marked of them goes together; 0: nothing yet */
    guint32 last;
} ImapExpunge;

static void
imap_expunge_free(gpointer data)
{
    ImapExpunge *work = data;

    imap_set_free(work->set);
    g_free(work);
}

static gboolean
imap_expunge_one(ImapSession *session, StoreChange *change, const StoreEntry *entry, GError **error)
{
    Store *store = session->host->store;
    Trace *trace = imap_tell_each(session, entry->message);

    trace_put_number(trace, "uid", entry->uid);
    trace_put_text(trace, "outcome", "deleted");
    trace_decision(trace, STAGE_PICKUP, session->current->section,
                   "UID %u is marked \\Deleted: %s removes it from %s, and no device finds it "
                   "there any more",
                   entry->uid, session->current->name, session->mailbox_name);
    return store_change_begin(store, session->mailbox, change, error) &&
           store_change_remove(store, trace, change, entry, error);
}

/* What has gathered to go together. */
static gboolean
imap_expunge_together(ImapSession *session, ImapExpunge *work, StoreChange *change, GError **error)
{
    Store *store = session->host->store;
    guint removed;

    if (work->first == 0)
        return TRUE;
    trace_set_journey(session->trace, NULL); /* they are of many */
    if (!store_change_begin(store, session->mailbox, change, error) ||
        !store_change_remove_marked(store, session->trace, change, work->first, work->last,
                                    &removed, error))
        return FALSE;
    imap_tell_more(session, removed);
    work->removed += removed;
    work->first = 0;
    return TRUE;
}

/* Goes now, goes with others, or stays. What UID EXPUNGE does not name lies between those that it names. */
static gboolean
imap_expunge_entry(ImapSession *session, ImapExpunge *work, StoreChange *change,
                   const StoreEntry *entry, GError **error)
{
    if (work->set != NULL && !imap_set_contains(work->set, entry->uid))
        return imap_expunge_together(session, work, change, error);
    if ((entry->flags & STORE_DELETED) == 0)
        return TRUE;
    if (imap_tells_each(session)) {
        work->removed++;
        return imap_expunge_one(session, change, entry, error);
    }
    if (work->first == 0)
        work->first = entry->uid;
    work->last = entry->uid;
    return TRUE;
}

static gboolean
imap_expunge_slice(ImapSession *session, ImapExpunge *work, gboolean *whole, GError **error)
{
    Store *store = session->host->store;
    /* What is told one by one is told with its message. */
    StoreEntryColumns columns = imap_tells_each(session) ? STORE_ENTRY_WHOLE : STORE_ENTRY_FLAGS;
    g_autoptr(GPtrArray) page =
        store_entry_page_of(store, columns, session->mailbox, work->after, IMAP_PAGE, error);
    g_auto(StoreChange) change = { 0 }; /* begun with the first that goes */
    gboolean fine = TRUE;

    if (page == NULL || !store_savepoint(store, error))
        return FALSE;
    for (guint i = 0; i < page->len && fine; i++) {
        const StoreEntry *entry = g_ptr_array_index(page, i);

        work->after = entry->uid;
        fine = imap_expunge_entry(session, work, &change, entry, error);
    }
    if (!fine || !imap_expunge_together(session, work, &change, error)) {
        store_rollback_to(store);
        return FALSE;
    }
    *whole = page->len < IMAP_PAGE;
    return store_release(store, error);
}

/* The client is told what has gone by the catching up at the command's end: after the commit. */
static NetNext
imap_expunge_more(ImapSession *session, GString *replies)
{
    g_autoptr(GError) error = NULL;
    ImapExpunge *work = session->work_data;
    gboolean whole = FALSE;

    session->changed = TRUE;
    if (!imap_expunge_slice(session, work, &whole, &error))
        return imap_trouble(session, replies, error);
    if (!whole)
        return NET_MORE;
    if (work->removed == 0 || work->close) {
        trace_set_journey(session->trace, NULL);
        trace_put_text(session->trace, "outcome", "ok");
        trace_decision(session->trace, STAGE_PICKUP, session->current->section,
                       work->removed == 0 ? "nothing is marked \\Deleted: all messages stay"
                                          : "what was marked \\Deleted is removed, and the mailbox "
                                            "is closed; all other messages stay");
    }
    if (work->close)
        imap_view_close(session);
    return imap_end_committed(session, replies, "%s completed", session->current->name);
}

NetNext
imap_expunge(ImapSession *session, ImapParse *arguments, GString *replies)
{
    ImapExpunge *work = g_new0(ImapExpunge, 1);
    const char *wrong = "UID EXPUNGE needs a set of UIDs";

    imap_set_work(session, imap_expunge_more, work, imap_expunge_free);
    if (session->current->by_uid) {
        if (imap_parse_char(arguments, ' '))
            work->set = imap_take_set(session, arguments, &wrong);
        if (work->set == NULL)
            return imap_mistake(session, replies, "RFC 4315 §2.1", wrong);
    }
    if (!imap_parse_is_end(arguments))
        return imap_mistake(session, replies, session->current->section, "Too many arguments");
    if (session->read_only)
        return imap_message_read_only(session, replies);
    return imap_expunge_more(session, replies);
}

NetNext
imap_expunge_close(ImapSession *session, ImapParse *arguments, GString *replies)
{
    ImapExpunge *work;

    if (!imap_parse_is_end(arguments))
        return imap_mistake(session, replies, "RFC 3501 §6.4.2", "CLOSE has no arguments");
    if (session->read_only) { /* nothing is removed (RFC 3501 §6.4.2) */
        trace_put_text(session->trace, "outcome", "ok");
        trace_decision(session->trace, STAGE_PICKUP, "RFC 3501 §6.4.2",
                       "the mailbox was open to look only: it is closed, and all messages stay");
        imap_view_close(session);
        return imap_end(session, replies, "OK", "CLOSE completed");
    }
    work = g_new0(ImapExpunge, 1);
    work->close = TRUE;
    imap_set_work(session, imap_expunge_more, work, imap_expunge_free);
    return imap_expunge_more(session, replies);
}
