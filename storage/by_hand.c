/* storage/by_hand.c - the queue changed by hand, and what is long finished forgotten.
 *
 *   waiting <--- retry, release ---> held        by hand: glasspost queue hold 3
 *   any     ---- delete ----> gone               nobody is told
 *   done, failed ---- a week ----> gone          history
 *
 * What is being tried just now is left alone: its attempt writes down how it ended, and must find
 * the row. Tests: tests/test_storage_queue.c
 */
#include "storage/inside.h"
#include "storage/queue_inside.h"

/* Runs @sql, which takes a number and a recipient's id. */
static gboolean
store_queue_set(Store *store, const char *sql, gint64 number, gint64 id, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = store_prepare(store, sql, error);

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_int64(statement, 1, id);
    if (sqlite3_bind_parameter_count(statement) > 1)
        sqlite3_bind_int64(statement, 2, number);
    return store_run(store, statement, error);
}

gboolean
store_queue_warned(Store *store, gint64 id, GError **error)
{
    return store_queue_set(store, "UPDATE recipients SET warned = ?2 WHERE id = ?1", 1, id, error);
}

/* The row @id, if a hand may change it now. */
static StoreQueueItem *
store_queue_at_rest(Store *store, gint64 id, GError **error)
{
    g_autoptr(StoreQueueItem) item = store_queue_get(store, id, error);

    if (item != NULL && item->state == STORE_TRYING) {
        store_refuse(error, STORE_ERROR_NO,
                     "queue: recipient %" G_GINT64_FORMAT " is being tried just now", id);
        return NULL;
    }
    return g_steal_pointer(&item);
}

gboolean
store_queue_set_state(Store *store, gint64 id, StoreQueueState state, gint64 due_s, GError **error)
{
    g_autoptr(StoreQueueItem) item = store_queue_at_rest(store, id, error);
    StoreQueueChange change;

    if (item == NULL || !store_begin(store, error))
        return FALSE;
    if (item->state == STORE_DONE || item->state == STORE_FAILED)
        return store_refuse(error, STORE_ERROR_NO,
                            "queue: recipient %" G_GINT64_FORMAT " is %s already", id,
                            store_queue_state_name(item->state));
    change = store_queue_no_change(item);
    change.state = state;
    change.due_s = due_s;
    if (trace_is_on(store->trace)) /* the next attempt follows from this */
        change.event = store_next_event(store->trace);
    if (!store_queue_change(store, store->trace, item, &change, error))
        return FALSE;
    trace_sql(store->trace, STAGE_QUEUE,
              state == STORE_HELD ? "%s is held: no attempt until it is released"
                                  : "%s is released: the next attempt is due now",
              item->recipient);
    return TRUE;
}

/* Takes recipient @id out, and row @queue when it was the last one. */
static gboolean
store_queue_remove(Store *store, gint64 id, gint64 queue, GError **error)
{
    return store_queue_set(store, "DELETE FROM recipients WHERE id = ?1", 0, id, error) &&
           store_queue_set(store,
                           "DELETE FROM queue WHERE id = ?1 AND NOT EXISTS"
                           " (SELECT 1 FROM recipients WHERE queue = ?1)",
                           0, queue, error);
}

gboolean
store_queue_delete(Store *store, gint64 id, GError **error)
{
    g_autoptr(StoreQueueItem) item = store_queue_at_rest(store, id, error);

    if (item == NULL || !store_queue_remove(store, id, item->queue, error))
        return FALSE;
    store_tell(store->trace, "DELETE FROM recipients WHERE id = ?1", "queue %" G_GINT64_FORMAT,
               item->queue);
    store_tell_params(store->trace, "i", id);
    store_tell_row(store->trace, "before", "id:i recipient:s state:s", id, item->recipient,
                   store_queue_state_name(item->state));
    store_tell_none(store->trace, "after");
    trace_sql(store->trace, STAGE_QUEUE, "%s is taken out of the queue by hand: nobody is told",
              item->recipient);
    return TRUE;
}

/* ---- history ---- */

/* Looks before it writes, like store_queue_recover(): a write opens a group. */
static GArray *
store_queue_find_old(Store *store, gint64 before_s, guint limit, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store,
                      "SELECT id, queue FROM recipients WHERE finished < ? ORDER BY finished, id"
                      " LIMIT ?",
                      error);
    g_autoptr(GArray) old = g_array_new(FALSE, FALSE, sizeof(gint64));
    gboolean row, fine;

    if (ask == NULL)
        return NULL;
    sqlite3_bind_int64(ask, 1, before_s);
    sqlite3_bind_int64(ask, 2, limit);
    while ((fine = store_step(store, ask, &row, error)) && row) {
        gint64 pair[2] = { sqlite3_column_int64(ask, 0), sqlite3_column_int64(ask, 1) };

        g_array_append_vals(old, pair, 2);
    }
    return fine ? g_steal_pointer(&old) : NULL;
}

gboolean
store_queue_forget(Store *store, gint64 before_s, guint limit, guint *count, GError **error)
{
    g_autoptr(GArray) old = store_queue_find_old(store, before_s, limit, error);

    *count = 0;
    if (old == NULL)
        return FALSE;
    for (guint i = 0; i < old->len; i += 2, ++*count)
        if (!store_queue_remove(store, g_array_index(old, gint64, i),
                                g_array_index(old, gint64, i + 1), error))
            return FALSE;
    if (*count > 0) {
        trace_put_number(store->trace, "changed", *count);
        trace_sql(store->trace, STAGE_QUEUE,
                  "History: recipients done with long ago, forgotten with their attempts: %u",
                  *count);
    }
    return TRUE;
}
