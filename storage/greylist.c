/* storage/greylist.c - triplets of client, sender and recipient: looked for, kept, forgotten.
 *
 * Rows are written in the open group like everything else. Nobody waits for their COMMIT: if one is
 * lost, a client is put off once more, and no mail is lost.
 *
 * Tests: tests/test_storage_greylist.c
 */
#include "storage/greylist.h"

#include "storage/inside.h"

#define STORE_TRIPLET_COLUMNS                                                                      \
    "SELECT client, sender, recipient, first, last, coalesce(passed, 0), tries, journey, branch,"  \
    " event FROM greylist "
#define STORE_TRIPLET_ROW "client:s sender:s recipient:s first:t last:t tries:i passed:s"

void
store_triplet_free(StoreTriplet *triplet)
{
    if (triplet == NULL)
        return;
    g_free(triplet->client);
    g_free(triplet->sender);
    g_free(triplet->recipient);
    g_free(triplet->journey);
    g_free(triplet->branch);
    g_free(triplet);
}

static StoreTriplet *
store_triplet_from_row(sqlite3_stmt *row)
{
    StoreTriplet *triplet = g_new0(StoreTriplet, 1);

    triplet->client = store_column_text(row, 0);
    triplet->sender = store_column_text(row, 1);
    triplet->recipient = store_column_text(row, 2);
    triplet->first_s = sqlite3_column_int64(row, 3);
    triplet->last_s = sqlite3_column_int64(row, 4);
    triplet->passed_s = sqlite3_column_int64(row, 5);
    triplet->tries = (guint)sqlite3_column_int(row, 6);
    triplet->journey = store_column_text(row, 7);
    triplet->branch = store_column_text(row, 8);
    triplet->event = (guint64)sqlite3_column_int64(row, 9);
    return triplet;
}

static void
store_triplet_tell(Trace *trace, const char *key, const StoreTriplet *triplet)
{
    store_tell_row(trace, key, STORE_TRIPLET_ROW, triplet->client, triplet->sender,
                   triplet->recipient, triplet->first_s, triplet->last_s, (gint64)triplet->tries,
                   triplet->passed_s != 0 ? "yes" : "no");
}

/* ---- looking ---- */

StoreTriplet *
store_greylist_find(Store *store, Trace *trace, const char *client, const char *sender,
                    const char *recipient, GError **error)
{
    static const char sql[] =
        STORE_TRIPLET_COLUMNS "WHERE client = ? AND sender = ? AND recipient = ?";
    g_autoptr(sqlite3_stmt) ask = store_prepare(store, sql, error);
    g_autoptr(StoreTriplet) triplet = NULL;
    gboolean found;

    if (ask == NULL)
        return NULL;
    store_bind_text(ask, 1, client);
    store_bind_text(ask, 2, sender);
    store_bind_text(ask, 3, recipient);
    if (!store_step(store, ask, &found, error))
        return NULL;
    triplet = found ? store_triplet_from_row(ask) : NULL;
    store_tell(trace, sql, "seen before?");
    store_tell_params(trace, "sss", client, sender, recipient);
    if (triplet != NULL)
        store_triplet_tell(trace, "rows", triplet);
    else
        store_tell_none(trace, "rows");
    trace_sql(trace, STAGE_FILTER, "Client, sender and recipient together: %s",
              triplet == NULL ? "never seen" : "seen before");
    return g_steal_pointer(&triplet);
}

StoreTriplet *
store_greylist_passed(Store *store, Trace *trace, const char *client, gint64 since_s,
                      GError **error)
{
    static const char sql[] = STORE_TRIPLET_COLUMNS
        "WHERE client = ? AND passed IS NOT NULL AND last >= ? ORDER BY last DESC, id DESC LIMIT 1";
    g_autoptr(sqlite3_stmt) ask = store_prepare(store, sql, error);
    g_autoptr(StoreTriplet) triplet = NULL;
    gboolean found;

    if (ask == NULL)
        return NULL;
    store_bind_text(ask, 1, client);
    sqlite3_bind_int64(ask, 2, since_s);
    if (!store_step(store, ask, &found, error) || !found)
        return NULL;
    triplet = store_triplet_from_row(ask);
    store_tell(trace, sql, "known client?");
    store_tell_params(trace, "st", client, since_s);
    store_triplet_tell(trace, "rows", triplet);
    trace_sql(trace, STAGE_FILTER, "%s came back in time once before", client);
    return g_steal_pointer(&triplet);
}

/* ---- keeping ---- */

gboolean
store_greylist_keep(Store *store, Trace *trace, const StoreTriplet *triplet, GError **error)
{
    static const char sql[] =
        "INSERT INTO greylist (client, sender, recipient, first, last, tries, passed, journey,"
        " branch, event) VALUES (?, ?, ?, ?, ?, ?, nullif(?, 0), ?, ?, ?)"
        " ON CONFLICT (client, sender, recipient) DO UPDATE SET first = excluded.first,"
        " last = excluded.last, tries = excluded.tries, passed = excluded.passed,"
        " journey = excluded.journey, branch = excluded.branch, event = excluded.event";
    g_autoptr(sqlite3_stmt) write = store_prepare(store, sql, error);

    if (write == NULL || !store_begin(store, error))
        return FALSE;
    store_bind_text(write, 1, triplet->client);
    store_bind_text(write, 2, triplet->sender);
    store_bind_text(write, 3, triplet->recipient);
    sqlite3_bind_int64(write, 4, triplet->first_s);
    sqlite3_bind_int64(write, 5, triplet->last_s);
    sqlite3_bind_int64(write, 6, triplet->tries);
    sqlite3_bind_int64(write, 7, triplet->passed_s);
    store_bind_text(write, 8, trace_journey(trace));
    store_bind_text(write, 9, trace_branch(trace));
    sqlite3_bind_int64(write, 10, (gint64)store_next_event(trace));
    if (!store_run(store, write, error))
        return FALSE;
    store_tell(trace, sql, "triplet");
    store_tell_params(trace, "sssttii", triplet->client, triplet->sender, triplet->recipient,
                      triplet->first_s, triplet->last_s, (gint64)triplet->tries, triplet->passed_s);
    store_triplet_tell(trace, "after", triplet);
    trace_put_number(trace, "changed", 1);
    trace_sql(trace, STAGE_FILTER, "That %s wants to deliver to %s is remembered%s",
              triplet->client, triplet->recipient,
              triplet->passed_s != 0 ? ", and that it came back in time" : "");
    return TRUE;
}

/* ---- what becomes of them with time ---- */

GPtrArray *
store_greylist_waiting(Store *store, gint64 after_s, gint64 until_s, guint limit, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store,
                      STORE_TRIPLET_COLUMNS "WHERE passed IS NULL AND first > ? AND first <= ?"
                                            " ORDER BY first, id LIMIT ?",
                      error);
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)store_triplet_free);
    gboolean row, fine;

    if (ask == NULL)
        return NULL;
    sqlite3_bind_int64(ask, 1, after_s);
    sqlite3_bind_int64(ask, 2, until_s);
    sqlite3_bind_int64(ask, 3, limit);
    while ((fine = store_step(store, ask, &row, error)) && row)
        g_ptr_array_add(list, store_triplet_from_row(ask));
    return fine ? g_steal_pointer(&list) : NULL;
}

gint64
store_greylist_next(Store *store, gint64 after_s, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(
        store, "SELECT min(first) FROM greylist WHERE passed IS NULL AND first > ?", error);
    gboolean found;
    gint64 first;

    if (ask == NULL)
        return 0;
    sqlite3_bind_int64(ask, 1, after_s);
    return store_number(store, ask, &first, &found, error) ? first : 0;
}

gboolean
store_greylist_forget(Store *store, Trace *trace, gint64 since_s, gint64 waiting_s, GError **error)
{
    static const char sql[] = "DELETE FROM greylist WHERE last < ?1"
                              " OR (passed IS NULL AND last < ?2) OR id IN (SELECT id FROM greylist"
                              " ORDER BY last DESC, id DESC LIMIT -1 OFFSET ?3)";
    g_autoptr(sqlite3_stmt) old = store_prepare(store, sql, error);

    if (old == NULL || !store_begin(store, error))
        return FALSE;
    sqlite3_bind_int64(old, 1, since_s);
    sqlite3_bind_int64(old, 2, waiting_s);
    sqlite3_bind_int64(old, 3, STORE_GREYLIST_ROWS);
    if (!store_run(store, old, error))
        return FALSE;
    if (store_changes(store) == 0)
        return TRUE;
    store_tell(trace, sql, "old triplets");
    store_tell_params(trace, "tti", since_s, waiting_s, (gint64)STORE_GREYLIST_ROWS);
    trace_put_number(trace, "changed", store_changes(store));
    trace_sql(trace, STAGE_FILTER, "Triplets that nobody has come with for too long are forgotten");
    return TRUE;
}
