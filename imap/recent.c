/* imap/recent.c - \Recent: the messages of which this session was told before any other (RFC 3501 §2.3.2).
 *
 *   mailbox    UIDs 1 2 3 | 4 5       sessions have been told of all up to 3 (storage/recent.c)
 *   SELECT     recent: 4 5            and from now on sessions have been told of all up to 5
 *   later      6 arrives: it is recent for the one session of several that tells its client first
 *
 * They stay recent as long as the session has the mailbox open. EXAMINE shows what would be recent, and
 * takes it from nobody. With IMAP4rev2 nothing is \Recent any more (RFC 9051, appendix E).
 *
 * Tests: tests/test_imap_select.c, tests/test_imap_model.c, tests/dialogs/imap-recent.txt
 */
#include "imap/commands.h"

#include "imap/write.h"

/* A message that was undone may leave its UID to a later one: that has its place already. */
static void
imap_recent_add(ImapSession *session, guint32 uid)
{
    if (session->recent == NULL)
        session->recent = imap_uids_new();
    if (uid > imap_uids_last(session->recent))
        imap_uids_add(session->recent, uid);
    else if (imap_recent_has(session, uid))
        session->recent_gone--;
}

void
imap_recent_take(ImapSession *session, const StoreMailbox *mailbox, const ImapUids *told,
                 gboolean certain)
{
    guint32 last = imap_uids_last(told);
    gboolean found;

    if (mailbox == NULL || last <= mailbox->recent_after)
        return;
    for (guint i = imap_uids_find(told, mailbox->recent_after + 1, &found);
         i < imap_uids_count(told); i++)
        imap_recent_add(session, imap_uids_at(told, i));
    if (certain && !session->read_only)
        store_recent_told(session->host->store, mailbox->id, last);
}

void
imap_recent_close(ImapSession *session)
{
    g_clear_pointer(&session->recent, imap_uids_free);
    session->recent_gone = 0;
}

gboolean
imap_recent_has(const ImapSession *session, guint32 uid)
{
    gboolean found = FALSE;

    if (session->recent != NULL)
        imap_uids_find(session->recent, uid, &found);
    return found;
}

void
imap_recent_is_gone(ImapSession *session, guint32 uid)
{
    if (imap_recent_has(session, uid))
        session->recent_gone++;
}

/* ---- what the client sees ---- */

static gboolean
imap_recent_is_shown(const ImapSession *session)
{
    return session->recent != NULL && (session->enabled & IMAP_ENABLED_REV2) == 0;
}

guint
imap_recent_count(const ImapSession *session)
{
    return imap_recent_is_shown(session) ? imap_uids_count(session->recent) - session->recent_gone
                                         : 0;
}

gboolean
imap_recent_shows(const ImapSession *session, guint32 uid)
{
    return imap_recent_is_shown(session) && imap_recent_has(session, uid);
}

void
imap_recent_write_flags(const ImapSession *session, GString *out, const StoreEntry *entry)
{
    guint recent = imap_recent_shows(session, entry->uid) ? IMAP_RECENT : 0;

    imap_write_flags(out, entry->flags | recent, entry->keywords);
}
