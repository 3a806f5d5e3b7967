/* storage/store.h - the database of one host: an SQLite file in WAL mode, and its groups.
 *
 * Group commit: what the sessions of a turn want stored goes into one open transaction, each
 * message under a savepoint of its own. store_commit() makes the group durable (synchronous=FULL);
 * only then may anyone be told "250". If it fails, nobody of the group is.
 *
 *   store_begin ... savepoint ... release ... savepoint ... release ... store_commit
 *
 * No statement stays open over a turn of the loop.
 */
#ifndef STORAGE_STORE_H
#define STORAGE_STORE_H

#include <glib.h>
#include <sqlite3.h>
#include "trace/trace.h"
#include "trace/fault.h"

typedef struct Store Store;

#define STORE_ERROR (store_error_quark())
GQuark store_error_quark(void);
typedef enum {
    STORE_ERROR_FAILED, /* disk, corrupt, logic: 451 */
    STORE_ERROR_BUSY,   /* somebody else holds the lock (a student's shell): 451 */
    STORE_ERROR_FULL,   /* no space: 452 */
    STORE_ERROR_EXISTS, /* a row that must be new is there */
    STORE_ERROR_NONE,   /* a row that must exist is not there */
    STORE_ERROR_NO,     /* the answer is no: wrong password, mailbox may not be deleted */
    STORE_ERROR_LIMIT,  /* there would be more than there may be: mailboxes, subscriptions */
} StoreError;

/* Time and chance from outside: none in SQL. */
typedef struct StoreWorld {
    gint64 (*now_s)(void *data);
    void (*secret)(void *data, guint8 *octets, gsize length);
    void *data;
} StoreWorld;

/* Opens (or makes) @folder/NAME.db and the folder of large bodies @folder/NAME.bodies; migrates an
 * older schema forward; removes body files no row names. @name: the host's. */
Store *store_open(const char *folder, const char *name, const StoreWorld *world, Trace *trace,
                  GError **error);
/* For questions only: takes no lock, changes nothing, works while a world runs, and in a folder that
 * may not be written to. Large bodies cannot be read. NULL and @error where there is no such database, or its schema is not of this version. */
Store *store_open_to_read(const char *folder, const char *name, const StoreWorld *world,
                          Trace *trace, GError **error);
/* Empty, and gone when it is closed: for questions to a world that has no database yet. */
Store *store_open_in_memory(const char *name, const StoreWorld *world, Trace *trace,
                            GError **error);
/* From here on a COMMIT means: on the disk (@lasting, as after store_open), or it waits for no disk, and
 * what it wrote gets there with the first one that does. Between groups only. */
gboolean store_set_lasting(Store *store, gboolean lasting, GError **error);
/* Rolls back what is not committed (as a crash would) and closes. */
void store_close(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

/* Each question takes a lock and gives it back, by two system calls. From here on the questions of one turn
 * share a lock, and see the same state: whoever asks for that calls store_end_reads() when a turn ends. */
void store_share_reads(Store *store);
void store_end_reads(Store *store);

gint64 store_now_s(Store *store);
Trace *store_trace(Store *store);

/* ---- groups ---- */

/* Opens the group's transaction unless it is open. Every writing call does it by itself. */
gboolean store_begin(Store *store, GError **error);
/* One savepoint at a time: a message, or one command's changes. */
gboolean store_savepoint(Store *store, GError **error);
gboolean store_release(Store *store, GError **error);
/* Undoes what came since the savepoint; the rest of the group stays. FALSE: the whole group is
 * gone (a full disk rolls everything back); the waiters of the group must be told. */
gboolean store_rollback_to(Store *store);
gboolean store_is_open(const Store *store);     /* is there something to commit? */
guint store_group_messages(const Store *store); /* messages and octets gathered so far */
gsize store_group_octets(const Store *store);   /* but for those in files of their own */
/* Makes the group durable. Nothing open: TRUE at once. One event, the host's, without journey; its
 * seq is then store_commit_event(). On failure everything since store_begin is undone. */
gboolean store_commit(Store *store, GError **error);
guint64 store_commit_event(const Store *store);
/* How many groups were undone so far. Whoever writes in several groups compares it: has one of
 * mine been lost before the last was committed? */
guint store_groups_lost(const Store *store);
/* Are there messages that nobody names any more, more than the last COMMIT had time to remove? Then
 * store_begin_loose() opens a group for it, whose COMMIT removes the next of them. FALSE: it need not. */
gboolean store_has_loose(const Store *store);
gboolean store_begin_loose(Store *store);
/* Between groups: a passive checkpoint. store_wal_octets() tells how much it would move, about. */
void store_checkpoint(Store *store);
gsize store_wal_octets(const Store *store);

/* Faults "crash-before-commit" and "crash-after-commit" call @crash from inside store_commit(); the
 * host must be torn down after it has returned. Until this is set, these faults do nothing. */
void store_set_crash(Store *store, void (*crash)(void *data), void *data);
/* For tests: the database may have at most @pages of 4 KB; then its disk is full. 0: no limit. */
void store_limit_pages(Store *store, guint pages);

/* ---- statements, for the files of this folder (storage/inside.h has the rest) ---- */

typedef sqlite3_stmt StoreStatement;
void store_statement_done(sqlite3_stmt *statement); /* reset and unbind: it stays cached */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, store_statement_done)

/* The cached statement of @sql, reset and unbound. @sql is a literal: it is found again by its place,
 * because to hash so long a text would take as long as a small statement. */
sqlite3_stmt *store_prepare(Store *store, const char *sql, GError **error);
/* Runs a statement that returns no row. */
gboolean store_run(Store *store, sqlite3_stmt *statement, GError **error);
/* One step: TRUE with *@row TRUE (a row) or FALSE (the end). */
gboolean store_step(Store *store, sqlite3_stmt *statement, gboolean *row, GError **error);
gint64 store_last_id(Store *store);

#endif
