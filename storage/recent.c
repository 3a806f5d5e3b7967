/* storage/recent.c - up to which UID sessions have been told of a mailbox's messages: \Recent (RFC 3501 §2.3.2).
 *
 *   UIDs             1 2 3 | 4 5          recent_after is 3: 4 and 5 are recent for who is told of them first
 *   told up to 5               |          noted in memory, and written with the next COMMIT that somebody needs
 *
 * No group is begun for it, for it is worth no sync of the disk. If a crash comes first, the messages are
 * recent once more: so the RFC has it where nobody knows any more.
 *
 * Tests: tests/test_storage_recent.c, tests/dialogs/imap-recent.txt
 */
#include "storage/mailbox_inside.h"

guint32
store_recent_after(Store *store, gint64 mailbox)
{
    return store->recent == NULL ? 0
                                 : GPOINTER_TO_UINT(g_hash_table_lookup(store->recent, &mailbox));
}

void
store_recent_told(Store *store, gint64 mailbox, guint32 uid)
{
    if (uid <= store_recent_after(store, mailbox))
        return;
    if (store->recent == NULL)
        store->recent = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_hash_table_insert(store->recent, g_memdup2(&mailbox, sizeof mailbox), GUINT_TO_POINTER(uid));
}

gboolean
store_recent_count(Store *store, const StoreMailbox *mailbox, guint32 *count, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = NULL;
    gint64 number = 0;
    gboolean found;

    *count = 0;
    if (mailbox->uidnext - 1 <= mailbox->recent_after)
        return TRUE;
    ask =
        store_prepare(store, "SELECT count(uid) FROM entries WHERE mailbox = ? AND uid > ?", error);
    if (ask == NULL)
        return FALSE;
    sqlite3_bind_int64(ask, 1, mailbox->id);
    sqlite3_bind_int64(ask, 2, mailbox->recent_after);
    if (!store_number(store, ask, &number, &found, error))
        return FALSE;
    *count = (guint32)number;
    return TRUE;
}

/* ---- on the disk ---- */

gboolean
store_recent_write(Store *store, GError **error)
{
    GHashTableIter each;
    gpointer mailbox, uid;

    if (store->recent == NULL)
        return TRUE;
    g_hash_table_iter_init(&each, store->recent);
    while (g_hash_table_iter_next(&each, &mailbox, &uid)) {
        g_autoptr(sqlite3_stmt) update = store_prepare(
            store, "UPDATE mailboxes SET recent_after = max(recent_after, ?) WHERE id = ?", error);

        gboolean found;

        if (update == NULL)
            return FALSE;
        sqlite3_bind_int64(update, 1, GPOINTER_TO_UINT(uid));
        sqlite3_bind_int64(update, 2, *(const gint64 *)mailbox);
        if (!store_step(store, update, &found, error))
            return FALSE;
    }
    store->recent_written = TRUE;
    return TRUE;
}

void
store_recent_end(Store *store, gboolean committed)
{
    if (committed && store->recent_written)
        g_clear_pointer(&store->recent, g_hash_table_unref);
    store->recent_written = FALSE;
}
