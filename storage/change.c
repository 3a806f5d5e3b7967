/* storage/change.c - what happens to entries that are there: other flags, or removal.
 *
 *     g_auto(StoreChange) change = { 0 };
 *     store_change_begin(store, mailbox, &change, &error)          MODSEQ 715 > 716, watchers noted
 *     store_change_flags(store, trace, &change, entry, ...)        each message changed gets 716
 *     store_change_remove(store, trace, &change, entry, ...)
 *     store_change_remove_marked(store, trace, &change, 51, 250, ...)     or many of them at once
 *
 * What one command does to many messages in one slice is one change: they share its MODSEQ, because
 * RFC 7162 §3.1 wants another one for each command only; and the mailbox's row is written once, and not
 * with each of them.
 *
 * Tests: tests/test_storage_mailbox.c
 */
#include "storage/mailbox_inside.h"

#include "storage/notify.h"

#include <string.h>

void
store_change_clear(StoreChange *change)
{
    g_clear_pointer(&change->name, g_free);
    change->modseq = 0;
}

gboolean
store_change_begin(Store *store, gint64 mailbox, StoreChange *change, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store, "SELECT modseq, name FROM mailboxes WHERE id = ?", error);
    gboolean found;

    if (change->modseq != 0)
        return TRUE;
    if (ask == NULL || !store_mailbox_changed(store, mailbox, error))
        return FALSE;
    sqlite3_bind_int64(ask, 1, mailbox);
    if (!store_step(store, ask, &found, error))
        return FALSE;
    if (!found)
        return store_refuse(error, STORE_ERROR_NONE, "no such mailbox");
    change->mailbox = mailbox;
    change->modseq = (guint64)sqlite3_column_int64(ask, 0);
    change->name = store_column_text(ask, 1);
    return TRUE;
}

/* ---- flags ---- */

static const char store_change_flags_sql[] =
    "UPDATE entries SET flags = ?, keywords = ?, modseq = ? WHERE mailbox = ? AND uid = ?";

static void
store_change_tell_flags(Trace *trace, const StoreChange *change, const StoreEntry *entry,
                        guint flags, const char *keywords)
{
    g_autofree char *before = store_entry_flags_text(entry->flags, entry->keywords);
    g_autofree char *after = store_entry_flags_text(flags, keywords);

    store_tell(trace, store_change_flags_sql, "%s uid %u", change->name, entry->uid);
    store_tell_params(trace, "isiii", (gint64)flags, keywords, (gint64)change->modseq,
                      change->mailbox, (gint64)entry->uid);
    store_tell_row(trace, "before", "mailbox:i uid:i flags:s modseq:i", change->mailbox,
                   (gint64)entry->uid, before, (gint64)entry->modseq);
    store_tell_row(trace, "after", "mailbox:i uid:i flags:s modseq:i", change->mailbox,
                   (gint64)entry->uid, after, (gint64)change->modseq);
    trace_put_number(trace, "changed", 1);
    trace_sql(trace, STAGE_PICKUP, "UID %u in %s now has the flags (%s)", entry->uid, change->name,
              after);
}

gboolean
store_change_flags(Store *store, Trace *trace, const StoreChange *change, StoreEntry *entry,
                   guint flags, const char *keywords, GError **error)
{
    g_autoptr(sqlite3_stmt) update = store_prepare(store, store_change_flags_sql, error);

    if (update == NULL)
        return FALSE;
    sqlite3_bind_int64(update, 1, flags);
    store_bind_text(update, 2, keywords);
    sqlite3_bind_int64(update, 3, (gint64)change->modseq);
    sqlite3_bind_int64(update, 4, change->mailbox);
    sqlite3_bind_int64(update, 5, entry->uid);
    if (!store_run(store, update, error))
        return FALSE;
    if (trace_is_on(trace))
        store_change_tell_flags(trace, change, entry, flags, keywords);
    entry->flags = flags;
    entry->modseq = change->modseq;
    if (strcmp(entry->keywords, keywords) != 0) {
        g_free(entry->keywords);
        entry->keywords = g_strdup(keywords);
    }
    return TRUE;
}

gboolean
store_entry_set_flags(Store *store, Trace *trace, gint64 mailbox, guint32 uid, guint flags,
                      const char *keywords, GError **error)
{
    g_autoptr(StoreEntry) entry = store_entry_need(store, mailbox, uid, error);
    g_auto(StoreChange) change = { 0 };

    return entry != NULL && store_change_begin(store, mailbox, &change, error) &&
           store_change_flags(store, trace, &change, entry, flags, keywords, error);
}

/* ---- removal ---- */

static const char store_change_remove_sql[] = "DELETE FROM entries WHERE mailbox = ? AND uid = ?";

static void
store_change_tell_removal(Trace *trace, const StoreChange *change, const StoreEntry *entry)
{
    g_autofree char *before = store_entry_flags_text(entry->flags, entry->keywords);

    store_tell(trace, store_change_remove_sql, "%s uid %u", change->name, entry->uid);
    store_tell_params(trace, "ii", change->mailbox, (gint64)entry->uid);
    store_tell_row(trace, "before", "mailbox:i uid:i message:i flags:s", change->mailbox,
                   (gint64)entry->uid, entry->message, before);
    store_tell_none(trace, "after");
    trace_put_number(trace, "changed", 1);
    trace_sql(trace, STAGE_PICKUP, "UID %u is out of %s; no other message will ever have it",
              entry->uid, change->name);
}

gboolean
store_change_remove(Store *store, Trace *trace, const StoreChange *change, const StoreEntry *entry,
                    GError **error)
{
    g_autoptr(sqlite3_stmt) delete = store_prepare(store, store_change_remove_sql, error);

    if (delete == NULL)
        return FALSE;
    sqlite3_bind_int64(delete, 1, change->mailbox);
    sqlite3_bind_int64(delete, 2, entry->uid);
    if (!store_run(store, delete, error))
        return FALSE;
    store->removed++;
    if (trace_is_on(trace))
        store_change_tell_removal(trace, change, entry);
    return TRUE;
}

gboolean
store_change_remove_marked(Store *store, Trace *trace, const StoreChange *change, guint32 first,
                           guint32 last, guint *removed, GError **error)
{
    static const char sql[] =
        "DELETE FROM entries WHERE mailbox = ? AND uid BETWEEN ? AND ? AND flags & 8";
    g_autoptr(sqlite3_stmt) delete = store_prepare(store, sql, error);

    if (delete == NULL)
        return FALSE;
    sqlite3_bind_int64(delete, 1, change->mailbox);
    sqlite3_bind_int64(delete, 2, first);
    sqlite3_bind_int64(delete, 3, last);
    if (!store_run(store, delete, error))
        return FALSE;
    *removed = (guint)store_changes(store);
    store->removed += *removed;
    if (!trace_is_on(trace))
        return TRUE;
    store_tell(trace, sql, "%s uid %u to %u", change->name, first, last);
    store_tell_params(trace, "iii", change->mailbox, (gint64)first, (gint64)last);
    trace_put_number(trace, "changed", *removed);
    trace_sql(trace, STAGE_PICKUP,
              "%u message%s from UID %u to %u %s out of %s; no other message will ever have their "
              "UIDs",
              *removed, *removed == 1 ? "" : "s", first, last, *removed == 1 ? "is" : "are",
              change->name);
    return TRUE;
}

gboolean
store_entry_remove(Store *store, Trace *trace, gint64 mailbox, guint32 uid, GError **error)
{
    g_autoptr(StoreEntry) entry = store_entry_need(store, mailbox, uid, error);
    g_auto(StoreChange) change = { 0 };

    return entry != NULL && store_change_begin(store, mailbox, &change, error) &&
           store_change_remove(store, trace, &change, entry, error);
}
