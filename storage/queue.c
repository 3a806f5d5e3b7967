/* storage/queue.c - the queue on disk: what has to travel, put in, looked at.
 *
 *   queue 2 --< recipient 3  waiting, next attempt 09:05
 *           --< recipient 4  held
 *
 * Attempts and how they end are storage/attempt.c, changes by hand storage/by_hand.c. Tests: tests/test_storage_queue.c
 */
#include "storage/inside.h"
#include "storage/queue_inside.h"

#include <string.h>

static const char *const store_queue_states[] = { "waiting", "trying", "held", "done", "failed" };

const char *
store_queue_state_name(StoreQueueState state)
{
    return store_queue_states[state];
}

static StoreQueueState
store_queue_state(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(store_queue_states); i++)
        if (g_strcmp0(name, store_queue_states[i]) == 0)
            return (StoreQueueState)i;
    return STORE_HELD; /* the schema's CHECK allows no other; better held than sent */
}

void
store_queue_item_free(StoreQueueItem *item)
{
    if (item == NULL)
        return;
    g_free(item->sender);
    g_free(item->recipient);
    g_free(item->domain);
    g_free(item->journey);
    g_free(item->branch);
    g_free(item->last);
    g_free(item->envid);
    g_free(item->orcpt);
    g_free(item);
}

/* ---- has anything changed? ---- */

/* SQLite calls it for each row written. */
static void
store_queue_row_written(void *data, int what, const char *database, const char *table,
                        sqlite3_int64 row)
{
    Store *store = data;

    (void)what;
    (void)database;
    (void)row;
    store->queue_changed |= strcmp(table, "recipients") == 0;
}

void
store_queue_watch(Store *store)
{
    store->queue_changed = TRUE;
    sqlite3_update_hook(store->db, store_queue_row_written, store);
}

gboolean
store_queue_has_changed(Store *store)
{
    gboolean changed = store->queue_changed;

    store->queue_changed = FALSE;
    return changed;
}

/* ---- putting in ---- */

gint64
store_queue_add(Store *store, Trace *trace, gint64 message, const char *sender, gboolean eightbit,
                GError **error)
{
    static const char sql[] = "INSERT INTO queue (message, sender, eightbit, arrived, octets)"
                              " SELECT id, ?2, ?3, arrived, octets FROM messages WHERE id = ?1";
    g_autoptr(sqlite3_stmt) insert = store_prepare(store, sql, error);
    gint64 id;

    if (insert == NULL)
        return 0;
    sqlite3_bind_int64(insert, 1, message);
    store_bind_text(insert, 2, sender);
    sqlite3_bind_int(insert, 3, eightbit);
    if (!store_run(store, insert, error))
        return 0;
    if (store_changes(store) == 0) {
        store_refuse(error, STORE_ERROR_NONE, "message %" G_GINT64_FORMAT ": no such message",
                     message);
        return 0;
    }
    id = store_last_id(store);
    store_tell(trace, sql, "queue %" G_GINT64_FORMAT, id);
    store_tell_params(trace, "isi", message, sender, (gint64)eightbit);
    store_tell_row(trace, "after", "id:i message:i sender:s", id, message, sender);
    trace_put_number(trace, "changed", 1);
    trace_sql(trace, STAGE_QUEUE,
              "Message %" G_GINT64_FORMAT " has to travel: it is queue row %" G_GINT64_FORMAT,
              message, id);
    return id;
}

static void
store_queue_tell_recipient(Trace *trace, const char *sql, gint64 id, gint64 queue,
                           const char *recipient, const char *domain, gint64 due_s)
{
    store_tell(trace, sql, "queue %" G_GINT64_FORMAT, queue);
    store_tell_params(trace, "isst", queue, recipient, domain, due_s);
    store_tell_row(trace, "after",
                   "id:i queue:i recipient:s domain:s state:s tries:i next_attempt:t", id, queue,
                   recipient, domain, "waiting", (gint64)0, due_s);
    trace_put_number(trace, "changed", 1);
}

gint64
store_queue_add_recipient(Store *store, Trace *trace, gint64 queue, const char *recipient,
                          const char *domain, gint64 due_s, GError **error)
{
    static const char sql[] = "INSERT INTO recipients (queue, recipient, domain, state, "
                              "next_attempt, journey, branch, event)"
                              " VALUES (?, ?, ?, 'waiting', ?, ?, ?, ?)";
    g_autoptr(sqlite3_stmt) insert = store_prepare(store, sql, error);
    gint64 id;

    if (insert == NULL || !store_begin(store, error))
        return 0;
    sqlite3_bind_int64(insert, 1, queue);
    store_bind_text(insert, 2, recipient);
    store_bind_text(insert, 3, domain);
    sqlite3_bind_int64(insert, 4, due_s);
    store_bind_text(insert, 5, trace_journey(trace));
    store_bind_text(insert, 6, trace_branch(trace));
    sqlite3_bind_int64(insert, 7, (gint64)store_next_event(trace));
    if (!store_run(store, insert, error))
        return 0;
    id = store_last_id(store);
    store_queue_tell_recipient(trace, sql, id, queue, recipient, domain, due_s);
    trace_sql(trace, STAGE_QUEUE, "%s waits in the queue: one row for each recipient", recipient);
    return id;
}

/* ---- looking ---- */

#define STORE_QUEUE_COLUMNS                                                                        \
    "SELECT r.id, r.queue, coalesce(q.message, 0), q.sender, r.recipient, r.domain, r.journey,"    \
    " r.branch, r.event, q.arrived, r.next_attempt, r.tries, r.state, r.last, r.warned, q.octets," \
    " q.eightbit, q.envid, q.ret, r.notify, r.orcpt, r.finished"                                   \
    " FROM recipients r JOIN queue q ON q.id = r.queue "

static StoreQueueItem *
store_queue_item_from_row(sqlite3_stmt *row)
{
    StoreQueueItem *item = g_new0(StoreQueueItem, 1);

    item->id = sqlite3_column_int64(row, 0);
    item->queue = sqlite3_column_int64(row, 1);
    item->message = sqlite3_column_int64(row, 2);
    item->sender = store_column_text(row, 3);
    item->recipient = store_column_text(row, 4);
    item->domain = store_column_text(row, 5);
    item->journey = store_column_text(row, 6);
    item->branch = store_column_text(row, 7);
    item->event = (guint64)sqlite3_column_int64(row, 8);
    item->arrived_s = sqlite3_column_int64(row, 9);
    item->next_attempt_s = sqlite3_column_int64(row, 10);
    item->tries = (guint)sqlite3_column_int(row, 11);
    item->state = store_queue_state((const char *)sqlite3_column_text(row, 12));
    item->last = store_column_text(row, 13);
    item->warned = sqlite3_column_int(row, 14);
    item->octets = (guint64)sqlite3_column_int64(row, 15);
    item->eightbit = sqlite3_column_int(row, 16);
    item->envid = store_column_text(row, 17);
    item->ret = sqlite3_column_bytes(row, 18) > 0 ? *sqlite3_column_text(row, 18) : 0;
    item->notify = (guint)sqlite3_column_int(row, 19);
    item->orcpt = store_column_text(row, 20);
    item->finished_s = sqlite3_column_int64(row, 21);
    return item;
}

static GPtrArray *
store_queue_items(Store *store, sqlite3_stmt *ask, GError **error)
{
    g_autoptr(GPtrArray) items =
        g_ptr_array_new_with_free_func((GDestroyNotify)store_queue_item_free);
    gboolean row, fine;

    while ((fine = store_step(store, ask, &row, error)) && row)
        g_ptr_array_add(items, store_queue_item_from_row(ask));
    return fine ? g_steal_pointer(&items) : NULL;
}

GPtrArray *
store_queue_due(Store *store, gint64 now_s, guint limit, GError **error)
{
    return store_queue_due_but(store, now_s, "", limit, error);
}

/* A domain has no space in it, so one with a space on both sides is found whole or not at all. */
GPtrArray *
store_queue_due_but(Store *store, gint64 now_s, const char *domains, guint limit, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store,
                      STORE_QUEUE_COLUMNS "WHERE r.state = 'waiting' AND r.next_attempt <= ?"
                                          " AND instr(?, ' ' || r.domain || ' ') = 0"
                                          " ORDER BY r.next_attempt, r.id LIMIT ?",
                      error);

    if (ask == NULL)
        return NULL;
    sqlite3_bind_int64(ask, 1, now_s);
    store_bind_text(ask, 2, domains);
    sqlite3_bind_int64(ask, 3, limit);
    return store_queue_items(store, ask, error);
}

GPtrArray *
store_queue_due_of(Store *store, gint64 queue, gint64 now_s, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store,
                      STORE_QUEUE_COLUMNS "WHERE r.queue = ? AND r.state = 'waiting'"
                                          " AND r.next_attempt <= ? ORDER BY r.id",
                      error);

    if (ask == NULL)
        return NULL;
    sqlite3_bind_int64(ask, 1, queue);
    sqlite3_bind_int64(ask, 2, now_s);
    return store_queue_items(store, ask, error);
}

gint64
store_queue_due_after(Store *store, gint64 now_s, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(
        store,
        "SELECT min(next_attempt) FROM recipients WHERE state = 'waiting' AND next_attempt > ?",
        error);
    gboolean found;
    gint64 due;

    if (ask == NULL)
        return 0;
    sqlite3_bind_int64(ask, 1, now_s);
    return store_number(store, ask, &due, &found, error) ? due : 0;
}

gint64
store_queue_next_due(Store *store, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(
        store, "SELECT min(next_attempt) FROM recipients WHERE state = 'waiting'", error);
    gboolean found;
    gint64 due;

    return ask != NULL && store_number(store, ask, &due, &found, error) ? due : 0;
}

GPtrArray *
store_queue_list(Store *store, gboolean all, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store,
                      STORE_QUEUE_COLUMNS "WHERE ? OR r.state NOT IN ('done', 'failed')"
                                          " ORDER BY r.id LIMIT ?",
                      error);

    if (ask == NULL)
        return NULL;
    sqlite3_bind_int(ask, 1, all);
    sqlite3_bind_int(ask, 2, STORE_QUEUE_LIST_MAX);
    return store_queue_items(store, ask, error);
}

GPtrArray *
store_queue_history(Store *store, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store,
                      STORE_QUEUE_COLUMNS "WHERE r.finished IS NOT NULL"
                                          " ORDER BY r.finished DESC, r.id DESC LIMIT ?",
                      error);

    if (ask == NULL)
        return NULL;
    sqlite3_bind_int(ask, 1, STORE_QUEUE_LIST_MAX);
    return store_queue_items(store, ask, error);
}

StoreQueueItem *
store_queue_get(Store *store, gint64 id, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(store, STORE_QUEUE_COLUMNS "WHERE r.id = ?", error);
    gboolean found;

    if (ask == NULL)
        return NULL;
    sqlite3_bind_int64(ask, 1, id);
    if (!store_step(store, ask, &found, error))
        return NULL;
    if (!found) {
        store_refuse(error, STORE_ERROR_NONE, "queue: no recipient %" G_GINT64_FORMAT, id);
        return NULL;
    }
    return store_queue_item_from_row(ask);
}

/* ---- at the start ---- */

/* Looks before it writes: a write opens a group, and a start with nothing to recover should not
 * end in a COMMIT that a learner has to wonder about. */
gboolean
store_queue_recover(Store *store, GError **error)
{
    g_autoptr(sqlite3_stmt) find =
        store_prepare(store, STORE_QUEUE_COLUMNS "WHERE r.state = 'trying' ORDER BY r.id", error);
    g_autoptr(GPtrArray) items = find == NULL ? NULL : store_queue_items(store, find, error);

    for (guint i = 0; items != NULL && i < items->len; i++) {
        const StoreQueueItem *item = g_ptr_array_index(items, i);
        StoreQueueChange change = store_queue_no_change(item);

        change.state = STORE_WAITING;
        if (!store_queue_change(store, store->trace, item, &change, error))
            return FALSE;
        trace_sql(store->trace, STAGE_QUEUE,
                  "We were trying %s when we broke off: it waits for its next attempt",
                  item->recipient);
    }
    return items != NULL;
}
