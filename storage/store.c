/* storage/store.c - groups and savepoints: how anything gets into the database, for good.
 *
 *   store_begin ... savepoint ... release ... savepoint ... rollback_to ... store_commit
 *        |             one message's rows        one that failed               |
 *   BEGIN IMMEDIATE                                            COMMIT: all of it, or nothing
 *
 * SQLite undoes the whole transaction by itself when the disk is full. So after each failure we
 * ask whether it still stands; if it does not, the group is *lost*: nothing more can be
 * written until store_commit() has told so, and nobody of the group may be told "250".
 *
 * Start reading at store_commit(). storage/open.c opens and closes, storage/statement.c asks.
 * Tests: tests/test_storage_store.c
 */
#include "storage/inside.h"

#include "storage/mailbox.h"
#include "storage/message.h"
#include "storage/notify.h"
#include "trace/words.h"

#include <errno.h>
#include <unistd.h>

#define STORE_PAGE_OCTETS 4096

gint64
store_now_s(Store *store)
{
    return store->world.now_s(store->world.data);
}

Trace *
store_trace(Store *store)
{
    return store->trace;
}

/* ---- groups ---- */

gboolean
store_begin(Store *store, GError **error)
{
    if (store->lost != NULL) {
        g_propagate_error(error, g_error_copy(store->lost));
        return FALSE;
    }
    if (store->open)
        return TRUE;
    if (trace_fault(store->trace, STAGE_STORE, "store-busy") != NULL)
        return store_refuse(error, STORE_ERROR_BUSY, "database of %s: database is locked",
                            store->name);
    store_end_reads(store);
    /* IMMEDIATE: if somebody else writes, we learn it now and not in the middle. */
    if (!store_exec(store, "BEGIN IMMEDIATE", error))
        return FALSE;
    store->open = TRUE;
    store->changes = sqlite3_total_changes(store->db);
    return TRUE;
}

gboolean
store_savepoint(Store *store, GError **error)
{
    g_assert(!store->savepoint);
    if (!store_begin(store, error) || !store_exec(store, "SAVEPOINT message", error))
        return FALSE;
    store->savepoint = TRUE;
    store->mark.messages = store->messages;
    store->mark.octets = store->octets;
    store->mark.row_octets = store->row_octets;
    store->mark.written = store->written->len;
    store->mark.doomed = store->doomed->len;
    return TRUE;
}

gboolean
store_release(Store *store, GError **error)
{
    g_assert(store->savepoint);
    if (store->lost != NULL) {
        g_propagate_error(error, g_error_copy(store->lost));
        return FALSE;
    }
    if (!store_exec(store, "RELEASE message", error))
        return FALSE;
    store->savepoint = FALSE;
    return TRUE;
}

gboolean
store_rollback_to(Store *store)
{
    g_autoptr(GError) error = NULL;

    g_assert(store->savepoint);
    store->savepoint = FALSE;
    if (store->lost != NULL)
        return FALSE;
    if (!store_exec(store, "ROLLBACK TO message", &error) ||
        !store_exec(store, "RELEASE message", &error)) {
        /* Half a message may stand in the group now: it must never be committed. */
        if (store->lost == NULL)
            store->lost = g_steal_pointer(&error);
        return FALSE;
    }
    store->messages = store->mark.messages;
    store->octets = store->mark.octets;
    store->row_octets = store->mark.row_octets;
    store_close_written(store, store->mark.written);
    store_remove_files(store->written, store->mark.written);
    g_ptr_array_set_size(store->doomed, (int)store->mark.doomed);
    return TRUE;
}

gboolean
store_is_open(const Store *store)
{
    return store->open;
}

guint
store_group_messages(const Store *store)
{
    return store->messages;
}

gsize
store_group_octets(const Store *store)
{
    return store->row_octets;
}

guint64
store_commit_event(const Store *store)
{
    return store->commit_event;
}

guint
store_groups_lost(const Store *store)
{
    return store->groups_lost;
}

void
store_remove_files(GPtrArray *paths, guint from)
{
    for (guint i = from; i < paths->len; i++)
        unlink(g_ptr_array_index(paths, i));
    g_ptr_array_set_size(paths, (int)from);
}

void
store_close_written(Store *store, guint from)
{
    for (guint i = from; i < store->unsynced->len; i++)
        close(g_array_index(store->unsynced, int, i));
    g_array_set_size(store->unsynced, from);
}

/* The bodies in files, all together: the kernel began to write each when it was whole, so most of it
 * is on the disk already, and what the first sync writes of the file system serves the others. Their
 * names must be durable, too, before rows name them. */
static gboolean
store_sync_written(Store *store, GError **error)
{
    for (guint i = 0; i < store->unsynced->len; i++)
        if (fdatasync(g_array_index(store->unsynced, int, i)) != 0)
            return store_refuse(error, errno == ENOSPC ? STORE_ERROR_FULL : STORE_ERROR_FAILED,
                                "%s: %s", (const char *)g_ptr_array_index(store->written, i),
                                g_strerror(errno));
    if (store->unsynced->len > 0 && fsync(store->bodies_fd) != 0)
        return store_refuse(error, STORE_ERROR_FAILED, "folder %s: %s", store->bodies,
                            g_strerror(errno));
    return TRUE;
}

/* COMMIT writes to the log alone, and SQLite forgets a log beside an empty file: before the first promise
 * the first page of a new one must be on the disk, too. */
static gboolean
store_sync_file(Store *store, GError **error)
{
    sqlite3_file *file = NULL;

    if (store->file_synced || !store->lasting)
        return TRUE;
    sqlite3_file_control(store->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (file->pMethods != NULL && file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) != SQLITE_OK)
        return store_refuse(error, STORE_ERROR_FAILED, "database of %s: cannot be put on the disk",
                            store->name);
    store->file_synced = TRUE;
    return TRUE;
}

/* The group is over, well or badly. Watchers come last: they may begin the next one. */
static void
store_end_group(Store *store, gboolean committed)
{
    store_close_written(store, 0);
    store_remove_files(store->written, committed ? store->written->len : 0);
    store_remove_files(store->doomed, committed ? 0 : store->doomed->len);
    g_ptr_array_set_size(store->written, 0);
    g_ptr_array_set_size(store->doomed, 0);
    g_clear_error(&store->lost);
    store_recent_end(store, committed);
    store->loose = store->loose && committed;
    store->groups_lost += committed ? 0 : 1;
    store->open = FALSE;
    store->savepoint = FALSE;
    store->messages = 0;
    store->removed = 0;
    store->octets = 0;
    store->row_octets = 0;
    store_notify_flush(store, committed);
}

/* What must be right before COMMIT may be said: faults included, because they stand for it. */
static gboolean
store_commit_ready(Store *store, GError **error)
{
    if (store->lost != NULL)
        return store_begin(store, error);
    /* \Recent alone is worth no change of the disk, but goes along with one. */
    if (sqlite3_total_changes(store->db) != store->changes && !store_recent_write(store, error))
        return FALSE;
    if (!store_message_sweep(store, error) || !store_sync_file(store, error) ||
        !store_sync_written(store, error))
        return FALSE;
    if (trace_fault(store->trace, STAGE_STORE, "store-full") != NULL)
        return store_refuse(error, STORE_ERROR_FULL, "database of %s: database or disk is full",
                            store->name);
    if (store->crash != NULL &&
        trace_fault(store->trace, STAGE_STORE, "crash-before-commit") != NULL) {
        store->crash(store->crash_data);
        return store_refuse(error, STORE_ERROR_FAILED, "%s crashed before COMMIT", store->name);
    }
    return TRUE;
}

/* What a learner reads: how much is durable now. */
static char *
store_commit_text(Store *store)
{
    if (store->messages > 0)
        return g_strdup_printf(
            N_("COMMIT: %u message%s, %" G_GSIZE_FORMAT " octets are on the disk now"),
            store->messages, store->messages == 1 ? "" : "s", store->octets);
    if (sqlite3_total_changes(store->db) != store->changes)
        return g_strdup(N_("COMMIT: the changes are on the disk now"));
    return g_strdup(N_("COMMIT: nothing had to be changed"));
}

gboolean
store_commit(Store *store, GError **error)
{
    g_autofree char *text = NULL;

    if (!store->open)
        return TRUE;
    g_assert(!store->savepoint || store->lost != NULL);
    if (!store_commit_ready(store, error) || !store_exec(store, "COMMIT", error)) {
        if (!sqlite3_get_autocommit(store->db))
            store_exec(store, "ROLLBACK", NULL);
        store_end_group(store, FALSE);
        return FALSE;
    }
    text = store_commit_text(store);
    store_tell(store->trace, "COMMIT", "COMMIT");
    trace_put_number(store->trace, "messages", store->messages);
    trace_put_number(store->trace, "octets", (gint64)store->octets);
    trace_sql(store->trace, STAGE_STORE, "%s", text);
    store->commit_event = trace_last(store->trace);
    if (store->crash != NULL &&
        trace_fault(store->trace, STAGE_STORE, "crash-after-commit") != NULL)
        store->crash(store->crash_data);
    store_end_group(store, TRUE);
    return TRUE;
}

gboolean
store_has_loose(const Store *store)
{
    return store->loose;
}

gboolean
store_begin_loose(Store *store)
{
    gboolean loose = store->loose && !store->open;

    /* COMMIT says whether there are more. If it fails, the next one that somebody needs tries again. */
    store->loose = FALSE;
    return loose && store_begin(store, NULL);
}

void
store_set_crash(Store *store, void (*crash)(void *data), void *data)
{
    store->crash = crash;
    store->crash_data = data;
}

gsize
store_wal_octets(const Store *store)
{
    return (gsize)store->wal_pages * STORE_PAGE_OCTETS;
}

/* Moves the write-ahead log into the database proper. Passive: it waits for no reader. */
void
store_checkpoint(Store *store)
{
    int left = 0, moved = 0;

    if (store->open)
        return;
    if (sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &left, &moved) ==
            SQLITE_OK &&
        left == moved)
        store->wal_pages = 0;
}

void
store_limit_pages(Store *store, guint pages)
{
    /* PRAGMA takes no bound values; a number cannot be misread as SQL. */
    g_autofree char *sql =
        g_strdup_printf("PRAGMA max_page_count = %u", pages > 0 ? pages : 0x7ffffffeU);

    sqlite3_exec(store->db, sql, NULL, NULL, NULL);
}
