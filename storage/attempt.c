/* storage/attempt.c - one attempt to pass a message on: how it begins and ends, what is kept.
 *
 *              start            done
 *   waiting ----------> trying ------> done
 *      ^                  |  |
 *      +---- postpone ----+  +-------> failed
 *
 * The next attempt's time is written before dialling. So if we crash while dialling, the row waits
 * its time like any other: neither lost, nor tried at once again and again.
 *
 * Tests: tests/test_storage_queue.c
 */
#include "storage/inside.h"
#include "storage/queue_inside.h"

static const char store_queue_update[] = "UPDATE recipients SET state = ?, tries = ?,"
                                         " next_attempt = ?, last = ?, event = ?, finished = ?"
                                         " WHERE id = ?";

gboolean
store_queue_change(Store *store, Trace *trace, const StoreQueueItem *item,
                   const StoreQueueChange *change, GError **error)
{
    g_autoptr(sqlite3_stmt) update = store_prepare(store, store_queue_update, error);
    const char *before = store_queue_state_name(item->state);
    const char *after = store_queue_state_name(change->state);
    gboolean finished = change->state == STORE_DONE || change->state == STORE_FAILED;

    if (update == NULL)
        return FALSE;
    store_bind_text(update, 1, after);
    sqlite3_bind_int64(update, 2, change->tries);
    sqlite3_bind_int64(update, 3, change->due_s);
    store_bind_text(update, 4, change->last);
    sqlite3_bind_int64(update, 5, (gint64)change->event);
    if (finished)
        sqlite3_bind_int64(update, 6, store_now_s(store));
    sqlite3_bind_int64(update, 7, item->id);
    if (!store_run(store, update, error))
        return FALSE;
    store_tell(trace, store_queue_update, "queue %" G_GINT64_FORMAT, item->queue);
    store_tell_params(trace, finished ? "sitsiti" : "sitsisi", after, (gint64)change->tries,
                      change->due_s, change->last, (gint64)change->event,
                      finished ? store_now_s(store) : (gint64)0, item->id);
    store_tell_row(trace, "before", "id:i state:s tries:i next_attempt:t last:s", item->id, before,
                   (gint64)item->tries, item->next_attempt_s, item->last);
    store_tell_row(trace, "after", "id:i state:s tries:i next_attempt:t last:s", item->id, after,
                   (gint64)change->tries, change->due_s, change->last);
    trace_put_number(trace, "changed", 1);
    return TRUE;
}

StoreQueueChange
store_queue_no_change(const StoreQueueItem *item)
{
    StoreQueueChange change = {
        .state = item->state,
        .tries = item->tries,
        .due_s = item->next_attempt_s,
        .event = item->event,
        .last = item->last,
    };

    return change;
}

gboolean
store_queue_start(Store *store, Trace *trace, gint64 id, gint64 next_attempt_s, GError **error)
{
    g_autoptr(StoreQueueItem) item = store_queue_get(store, id, error);
    StoreQueueChange change;

    if (item == NULL)
        return FALSE;
    if (item->state != STORE_WAITING)
        return store_refuse(error, STORE_ERROR_NO, "queue: recipient %" G_GINT64_FORMAT " is %s",
                            id, store_queue_state_name(item->state));
    change = store_queue_no_change(item);
    change.state = STORE_TRYING;
    change.tries++;
    change.due_s = next_attempt_s;
    if (!store_queue_change(store, trace, item, &change, error))
        return FALSE;
    trace_sql(trace, STAGE_RELAY,
              "Try number %u for %s; when the next would be is written before we dial",
              change.tries, item->recipient);
    return TRUE;
}

gboolean
store_queue_attempt(Store *store, Trace *trace, gint64 id, const char *host, const char *address,
                    guint code, const char *words, gint64 duration_us, GError **error)
{
    static const char sql[] =
        "INSERT INTO attempts (recipient, time, host, address, code, words, duration_us)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)";
    g_autoptr(sqlite3_stmt) insert = store_prepare(store, sql, error);
    gint64 now_s = store_now_s(store);

    if (insert == NULL)
        return FALSE;
    sqlite3_bind_int64(insert, 1, id);
    sqlite3_bind_int64(insert, 2, now_s);
    store_bind_text(insert, 3, host);
    store_bind_text(insert, 4, address);
    sqlite3_bind_int64(insert, 5, code);
    store_bind_text(insert, 6, words);
    sqlite3_bind_int64(insert, 7, duration_us);
    if (!store_run(store, insert, error))
        return FALSE;
    store_tell(trace, sql, "attempt %" G_GINT64_FORMAT, store_last_id(store));
    store_tell_params(trace, "itssisi", id, now_s, host, address, (gint64)code, words, duration_us);
    store_tell_row(trace, "after", "id:i recipient:i time:t host:s code:i words:s",
                   store_last_id(store), id, now_s, host, (gint64)code, words);
    trace_put_number(trace, "changed", 1);
    trace_sql(trace, STAGE_RELAY, "The attempt is kept: who was asked, and what came of it");
    return TRUE;
}

gboolean
store_queue_done(Store *store, Trace *trace, gint64 id, GError **error)
{
    g_autoptr(StoreQueueItem) item = store_queue_get(store, id, error);
    StoreQueueChange change;

    if (item == NULL)
        return FALSE;
    change = store_queue_no_change(item);
    change.state = STORE_DONE;
    change.last = NULL;
    if (!store_queue_change(store, trace, item, &change, error))
        return FALSE;
    trace_sql(trace, STAGE_RELAY, "The next host has it: %s needs nothing more from us",
              item->recipient);
    return TRUE;
}

gboolean
store_queue_postpone(Store *store, Trace *trace, gint64 id, gint64 due_s, const char *words,
                     GError **error)
{
    g_autoptr(StoreQueueItem) item = store_queue_get(store, id, error);
    StoreQueueChange change;

    if (item == NULL || !store_begin(store, error))
        return FALSE;
    change = store_queue_no_change(item);
    change.state = STORE_WAITING;
    change.due_s = due_s;
    change.last = words;
    change.event = store_next_event(trace);
    if (!store_queue_change(store, trace, item, &change, error))
        return FALSE;
    trace_put_time(trace, "due", due_s);
    trace_put_number(trace, "tries", item->tries);
    trace_sql(trace, STAGE_RETRY, "%s waits again: %s", item->recipient, words);
    return TRUE;
}

gboolean
store_queue_failed(Store *store, Trace *trace, gint64 id, const char *words, GError **error)
{
    g_autoptr(StoreQueueItem) item = store_queue_get(store, id, error);
    StoreQueueChange change;

    if (item == NULL || !store_begin(store, error))
        return FALSE;
    change = store_queue_no_change(item);
    change.state = STORE_FAILED;
    change.last = words;
    change.event = store_next_event(trace);
    if (!store_queue_change(store, trace, item, &change, error))
        return FALSE;
    trace_sql(trace, STAGE_BOUNCE, "We give up on %s: %s", item->recipient, words);
    return TRUE;
}

/* ---- history ---- */

static void
store_attempt_free(StoreAttempt *attempt)
{
    g_free(attempt->host);
    g_free(attempt->address);
    g_free(attempt->words);
    g_free(attempt);
}

GPtrArray *
store_queue_attempts(Store *store, gint64 id, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store,
                      "SELECT time, host, address, code, words, duration_us FROM attempts"
                      " WHERE recipient = ? ORDER BY id",
                      error);
    g_autoptr(GPtrArray) attempts =
        g_ptr_array_new_with_free_func((GDestroyNotify)store_attempt_free);
    gboolean row, fine;

    if (ask == NULL)
        return NULL;
    sqlite3_bind_int64(ask, 1, id);
    while ((fine = store_step(store, ask, &row, error)) && row) {
        StoreAttempt *attempt = g_new0(StoreAttempt, 1);

        attempt->when_s = sqlite3_column_int64(ask, 0);
        attempt->host = store_column_text(ask, 1);
        attempt->address = store_column_text(ask, 2);
        attempt->code = (guint)sqlite3_column_int(ask, 3);
        attempt->words = store_column_text(ask, 4);
        attempt->duration_us = sqlite3_column_int64(ask, 5);
        g_ptr_array_add(attempts, attempt);
    }
    return fine ? g_steal_pointer(&attempts) : NULL;
}
