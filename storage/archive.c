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
    return archived;
}

/* instr() rather than LIKE: what is searched for has no wildcards to escape. */
GPtrArray *
store_archive_list(Store *store, const char *search, guint limit, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(
        store,
        "SELECT id, message, time, sender, recipients, subject, why FROM archive"
        " WHERE ?1 IS NULL OR instr(lower(sender || char(10) || recipients || char(10)"
        " || coalesce(subject, '')), lower(?1)) > 0 ORDER BY id DESC LIMIT ?2",
        error);
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)store_archived_free);
    gboolean row, fine;

    if (ask == NULL)
        return NULL;
    store_bind_text(ask, 1, search);
    sqlite3_bind_int64(ask, 2, limit);
    while ((fine = store_step(store, ask, &row, error)) && row)
        g_ptr_array_add(list, store_archived_from_row(ask));
    return fine ? g_steal_pointer(&list) : NULL;
}
