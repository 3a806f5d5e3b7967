/* imap/saved.c - "$": what the last SEARCH RETURN (SAVE) has found (RFC 5182).
 *
 *   C: a1 SEARCH RETURN (SAVE) UNSEEN
 *   C: a2 STORE $ +FLAGS (\Seen)         sent at once: the client need not see the numbers
 *
 * UIDs are remembered. So nothing has to be moved when messages go: a UID that has left the view is
 * named no more, and no other message will ever have it (RFC 5182 §2.1). Where a command counts by
 * sequence numbers they are looked up.
 *
 * Tests: tests/test_imap_esearch.c, tests/dialogs/imap-esearch.txt
 */
#include "imap/saved.h"

void
imap_saved_put(ImapSession *session, const GArray *uids)
{
    g_clear_pointer(&session->saved, imap_set_free);
    if (uids == NULL || uids->len == 0)
        return;
    session->saved = imap_set_new();
    for (guint i = 0; i < uids->len; i++)
        imap_set_add(session->saved, g_array_index(uids, guint32, i));
}

void
imap_saved_fill(ImapSession *session, ImapSet *set, gboolean as_uids)
{
    guint32 uid = 1;

    if (!imap_set_is_saved(set) || session->saved == NULL)
        return;
    while (uid > 0 && (uid = imap_set_next(session->saved, uid)) > 0) {
        gboolean found;
        guint index = imap_view_find(session, uid, &found);

        if (found)
            imap_set_add(set, as_uids ? uid : index + 1);
        uid++;
    }
}
