/* storage/archive.c - copies kept. The octets are the message's own: a row here names it, and so
 * keeps it from being removed when the last mailbox lets it go.
 *
 * Tests: tests/test_storage_archive.c
 */
#include "storage/archive.h"

#include "storage/inside.h"

#include <string.h>

void
store_archived_free(StoreArchived *archived)
{
    if (archived == NULL)
        return;
    g_free(archived->sender);
    g_free(archived->recipients);
    g_free(archived->subject);
    g_free(archived->why);
    g_free(archived->journey);
    g_free(archived);
}

gint64
store_archive_add(Store *store, Trace *trace, gint64 message, const char *sender,
                  const char *recipients, const char *subject, const char *why, GError **error)
{
    static const char sql[] =
        "INSERT INTO archive (message, time, sender, recipients, subject, why)"
        " VALUES (?, ?, ?, ?, ?, ?)";
    g_autoptr(sqlite3_stmt) insert = store_prepare(store, sql, error);
    gint64 now_s = store_now_s(store), id;

    if (insert == NULL)
        return 0;
    sqlite3_bind_int64(insert, 1, message);
    sqlite3_bind_int64(insert, 2, now_s);
    store_bind_text(insert, 3, sender);
    store_bind_text(insert, 4, recipients);
    store_bind_text(insert, 5, subject);
    store_bind_text(insert, 6, why);
    if (!store_run(store, insert, error))
        return 0;
    id = store_last_id(store);
    store_tell(trace, sql, "archive %" G_GINT64_FORMAT, id);
    store_tell_params(trace, "itssss", message, now_s, sender, recipients, subject, why);
    store_tell_row(trace, "after", "id:i message:i sender:s recipients:s subject:s why:s", id,
                   message, sender, recipients, subject, why);
    trace_put_number(trace, "changed", 1);
    trace_sql(trace, STAGE_ARCHIVE,
              "A copy is kept (%s): archive row %" G_GINT64_FORMAT
              " names message %" G_GINT64_FORMAT,
              why, id, message);
    return id;
}

/* ---- looking ---- */

#define STORE_ARCHIVE_COLUMNS                                                                      \
    "SELECT a.id, a.message, a.time, a.sender, a.recipients, a.subject, a.why, m.journey, m.event" \
    " FROM archive a JOIN messages m ON m.id = a.message "

static StoreArchived *
store_archived_from_row(sqlite3_stmt *row)
{
    StoreArchived *archived = g_new0(StoreArchived, 1);

    archived->id = sqlite3_column_int64(row, 0);
    archived->message = sqlite3_column_int64(row, 1);
    archived->when_s = sqlite3_column_int64(row, 2);
    archived->sender = store_column_text(row, 3);
    archived->recipients = store_column_text(row, 4);
    archived->subject = store_column_text(row, 5);
    archived->why = store_column_text(row, 6);
    archived->journey = store_column_text(row, 7);
    archived->event = (guint64)sqlite3_column_int64(row, 8);
    return archived;
}

static GPtrArray *
store_archive_rows(Store *store, sqlite3_stmt *ask, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)store_archived_free);
    gboolean row, fine;

    while ((fine = store_step(store, ask, &row, error)) && row)
        g_ptr_array_add(list, store_archived_from_row(ask));
    return fine ? g_steal_pointer(&list) : NULL;
}

/* instr() rather than LIKE: what is searched for has no wildcards to escape. */
GPtrArray *
store_archive_list(Store *store, const char *search, guint limit, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(
        store,
        STORE_ARCHIVE_COLUMNS
        "WHERE ?1 IS NULL OR instr(lower(a.sender || char(10) || a.recipients || char(10)"
        " || coalesce(a.subject, '') || char(10) || a.why || char(10)"
        " || datetime(a.time, 'unixepoch')), lower(?1)) > 0 ORDER BY a.id DESC LIMIT ?2",
        error);

    if (ask == NULL)
        return NULL;
    store_bind_text(ask, 1, search);
    sqlite3_bind_int64(ask, 2, limit);
    return store_archive_rows(store, ask, error);
}

StoreArchived *
store_archive_get(Store *store, gint64 id, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store, STORE_ARCHIVE_COLUMNS "WHERE a.id = ?", error);
    gboolean found;

    if (ask == NULL)
        return NULL;
    sqlite3_bind_int64(ask, 1, id);
    return store_step(store, ask, &found, error) && found ? store_archived_from_row(ask) : NULL;
}

/* ---- going ---- */

gint64
store_archive_oldest(Store *store, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(store, "SELECT min(time) FROM archive", error);
    gboolean found;
    gint64 oldest;

    return ask != NULL && store_number(store, ask, &oldest, &found, error) ? oldest : 0;
}

static gboolean
store_archive_remove(Store *store, Trace *trace, const StoreArchived *copy, GError **error)
{
    static const char sql[] = "DELETE FROM archive WHERE id = ?";
    g_autoptr(sqlite3_stmt) delete = store_prepare(store, sql, error);
    g_autoptr(Trace) fork = trace_fork(trace);

    if (delete == NULL)
        return FALSE;
    sqlite3_bind_int64(delete, 1, copy->id);
    if (!store_run(store, delete, error))
        return FALSE;
    trace_set_journey(fork, copy->journey);
    trace_follow(fork, copy->event);
    store_tell(fork, sql, "archive %" G_GINT64_FORMAT, copy->id);
    store_tell_params(fork, "i", copy->id);
    store_tell_row(fork, "before", "id:i message:i sender:s recipients:s subject:s why:s", copy->id,
                   copy->message, copy->sender, copy->recipients, copy->subject, copy->why);
    store_tell_none(fork, "after");
    trace_put_number(fork, "changed", 1);
    trace_sql(fork, STAGE_ARCHIVE, "Archive row %" G_GINT64_FORMAT " is removed", copy->id);
    return TRUE;
}

GPtrArray *
store_archive_expire(Store *store, Trace *trace, gint64 until_s, guint limit, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(
        store, STORE_ARCHIVE_COLUMNS "WHERE a.time <= ? ORDER BY a.time, a.id LIMIT ?", error);
    g_autoptr(GPtrArray) gone = NULL;

    if (ask == NULL || !store_begin(store, error))
        return NULL;
    sqlite3_bind_int64(ask, 1, until_s);
    sqlite3_bind_int64(ask, 2, limit);
    gone = store_archive_rows(store, ask, error);
    for (guint i = 0; gone != NULL && i < gone->len; i++)
        if (!store_archive_remove(store, trace, g_ptr_array_index(gone, i), error))
            return NULL;
    return g_steal_pointer(&gone);
}
