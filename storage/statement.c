/* storage/statement.c - one SQL statement: prepared once, run often, and what went wrong with it.
 *
 *   store_prepare   found again, or compiled; bind its values
 *   store_step      a row, the end, or an error     a statement that writes opens the group first,
 *                                                   one that reads shares the turn's lock
 *   (end of scope)  store_statement_done: reset and unbound, and kept for the next time
 *
 * What SQLite says becomes one of our few codes: by it the caller chooses between 451 and 452, and
 * knows a row that is there already from a disk that fails.
 *
 * Start reading at store_step(). Tests: tests/test_storage_store.c
 */
#include "storage/inside.h"

#include <errno.h>
#include <string.h>

G_DEFINE_QUARK(store - error - quark, store_error)

/* ---- errors ---- */

static StoreError
store_error_code(Store *store)
{
    switch (sqlite3_extended_errcode(store->db)) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY: return STORE_ERROR_EXISTS;
    case SQLITE_CONSTRAINT_FOREIGNKEY: return STORE_ERROR_NONE;
    case SQLITE_CONSTRAINT_CHECK: return STORE_ERROR_NO;
    }
    switch (sqlite3_errcode(store->db) & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return STORE_ERROR_BUSY;
    case SQLITE_FULL: return STORE_ERROR_FULL;
    case SQLITE_IOERR:
        return sqlite3_system_errno(store->db) == ENOSPC ? STORE_ERROR_FULL : STORE_ERROR_FAILED;
    default: return STORE_ERROR_FAILED;
    }
}

gboolean
store_fail(Store *store, GError **error)
{
    GError *why = g_error_new(STORE_ERROR, store_error_code(store), "database of %s: %s",
                              store->name, sqlite3_errmsg(store->db));

    if (store->open && store->lost == NULL && sqlite3_get_autocommit(store->db))
        store->lost = g_error_copy(why);
    if (why->code == STORE_ERROR_FAILED || why->code == STORE_ERROR_BUSY ||
        why->code == STORE_ERROR_FULL)
        trace_error(store->trace, STAGE_STORE, "%s%s", why->message,
                    store->lost != NULL ? "; everything since the last COMMIT is undone" : "");
    g_propagate_error(error, why);
    return FALSE;
}

gboolean
store_refuse(GError **error, StoreError code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_propagate_error(error, g_error_new_valist(STORE_ERROR, code, format, arguments));
    va_end(arguments);
    return FALSE;
}

/* ---- statements ---- */

sqlite3_stmt *
store_prepare(Store *store, const char *sql, GError **error)
{
    sqlite3_stmt *statement = g_hash_table_lookup(store->statements, sql);

    if (statement != NULL) {
        g_assert(strcmp(sqlite3_sql(statement), sql) == 0);
        g_assert(!sqlite3_stmt_busy(statement));
        return statement;
    }
    if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
        SQLITE_OK) {
        store_fail(store, error);
        return NULL;
    }
    g_hash_table_insert(store->statements, (char *)sql, statement);
    return statement;
}

void
store_statement_done(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

/* ---- one lock for all questions of a turn ---- */

void
store_share_reads(Store *store)
{
    store->shares_reads = TRUE;
}

/* A group that is open has a lock already. */
static void
store_begin_reads(Store *store)
{
    if (store->shares_reads && !store->reading && !store->open)
        store->reading = store_exec(store, "BEGIN", NULL);
}

void
store_end_reads(Store *store)
{
    if (store->reading)
        store_exec(store, "COMMIT", NULL);
    store->reading = FALSE;
}

/* ---- steps ---- */

gboolean
store_step(Store *store, sqlite3_stmt *statement, gboolean *row, GError **error)
{
    int code;

    *row = FALSE;
    if (sqlite3_stmt_readonly(statement))
        store_begin_reads(store);
    else if (!store_begin(store, error))
        return FALSE;
    code = sqlite3_step(statement);
    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW || code == SQLITE_DONE)
        return TRUE;
    return store_fail(store, error);
}

gboolean
store_run(Store *store, sqlite3_stmt *statement, GError **error)
{
    gboolean row;

    return store_step(store, statement, &row, error);
}

gboolean
store_exec(Store *store, const char *sql, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = store_prepare(store, sql, error);

    if (statement == NULL)
        return FALSE;
    if (sqlite3_step(statement) != SQLITE_DONE)
        return store_fail(store, error);
    return TRUE;
}

gboolean
store_number(Store *store, sqlite3_stmt *statement, gint64 *number, gboolean *found, GError **error)
{
    if (!store_step(store, statement, found, error))
        return FALSE;
    *number = *found ? sqlite3_column_int64(statement, 0) : 0;
    return TRUE;
}

void
store_bind_text(sqlite3_stmt *statement, int position, const char *text)
{
    sqlite3_bind_text(statement, position, text, -1, SQLITE_STATIC);
}

char *
store_column_text(sqlite3_stmt *statement, int column)
{
    return g_strdup((const char *)sqlite3_column_text(statement, column));
}

gint64
store_last_id(Store *store)
{
    return sqlite3_last_insert_rowid(store->db);
}

int
store_changes(Store *store)
{
    return sqlite3_changes(store->db);
}
