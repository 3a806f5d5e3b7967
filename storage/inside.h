/* storage/inside.h - what the files of this folder share and nobody else sees. */
#ifndef STORAGE_INSIDE_H
#define STORAGE_INSIDE_H

#include "storage/message.h"
#include "storage/store.h"

struct Store {
    sqlite3 *db;
    char *name;           /* the host's, for messages to people */
    char *bodies;         /* path of the folder of large bodies */
    int bodies_fd;        /* that folder, open, so that it can be made durable */
    int lock_fd;          /* NAME.lock, locked while we live */
    gboolean lasting;     /* store_set_lasting() */
    gboolean file_synced; /* the database's own file is on the disk; its log alone is not enough */
    gint64 next_body;     /* number of the next large body's file */
    StoreWorld world;     /* time and chance */
    Trace *trace;         /* the host's own speaker; not ours */
    GHashTable *statements; /* where an SQL text stands in the program: its prepared statement */

    gboolean shares_reads; /* store_share_reads() */
    gboolean reading;      /* the turn's questions have their lock */

    gboolean open;      /* a group's transaction is open, or was until it was lost */
    guint groups_lost;  /* so far */
    GError *lost;       /* why the open group is gone; NULL while it stands */
    gboolean savepoint; /* one is set */
    guint messages;     /* gathered in the group */
    guint removed;      /* from mailboxes, in the group */
    gsize octets;
    gsize row_octets;   /* those of them that are in rows, and not in a file of their own */
    GPtrArray *written; /* paths of bodies whose rows the group adds: they go if it fails */
    GArray *unsynced;   /* and the open descriptor of each: synced before COMMIT, then closed */
    GPtrArray *doomed;  /* paths of bodies whose rows it removes: they go when it is durable */
    struct {
        guint messages, written, doomed;
        gsize octets, row_octets;
    } mark;                 /* those above when the savepoint was set */
    int changes;            /* rows changed since the database was opened, when the group began */
    guint64 commit_event;   /* seq of the last COMMIT's event */
    int wal_pages;          /* pages in the write-ahead log after the last commit */
    gboolean queue_changed; /* store_queue_has_changed() */
    gboolean loose;         /* store_has_loose() */

    void (*crash)(void *data);
    void *crash_data;
    GHashTable *recent;           /* gint64 mailbox: UID; NULL: none. storage/recent.c */
    gboolean recent_written;      /* all of it, in the open group */
    struct StoreWatches *watches; /* storage/notify.c */
    GPtrArray **asked;            /* where SELECTs are gathered; NULL: nowhere. storage/asked.c */
    struct SaslCache *logins;     /* storage/sasl.c; NULL until the first */
};

/* Sets @error from what SQLite says, notes whether the group is gone, tells an error event.
 * Returns FALSE. */
gboolean store_fail(Store *store, GError **error);
/* Sets @error, telling nobody. Returns FALSE. */
gboolean store_refuse(GError **error, StoreError code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Runs one statement that takes and gives nothing, outside the rules of groups. */
gboolean store_exec(Store *store, const char *sql, GError **error);
/* Binds @text, NULL as NULL; it must live until the statement is done. */
void store_bind_text(sqlite3_stmt *statement, int position, const char *text);
/* Column as a new string, NULL for NULL. */
char *store_column_text(sqlite3_stmt *statement, int column);
/* One number from a statement with one row: *@number, or *@found FALSE. */
gboolean store_number(Store *store, sqlite3_stmt *statement, gint64 *number, gboolean *found,
                      GError **error);
int store_changes(Store *store);

/* What a crash has interrupted is done to its end (storage/unfinished.c). */
gboolean store_unfinished_finish(Store *store, GError **error);

/* The group is over: what it has taken along of \Recent need not be remembered (storage/recent.c). */
void store_recent_end(Store *store, gboolean committed);

/* Large bodies (storage/draft.c writes them, storage/message.c reads them). */
char *store_body_path(Store *store, gint64 number);
/* From a @row whose first columns are journey and sha256. */
StoreOrigin *store_origin_from_row(sqlite3_stmt *row);
/* store_message_read() from a @row that is there already, whose first columns are octets, head,
 * body_file and content. */
gboolean store_message_read_row(Store *store, sqlite3_stmt *row, guint64 offset, gsize length,
                                GString *out, GError **error);
/* Removes the files of @paths from index @from on, and the paths. */
void store_remove_files(GPtrArray *paths, guint from);
/* Closes what the group has written, from index @from on. */
void store_close_written(Store *store, guint from);

/* storage/queue.c: from here on it notes which rows are written. */
void store_queue_watch(Store *store);

/* storage/notify.c and storage/sasl.c, at the end. */
void store_watches_free(struct StoreWatches *watches);
void sasl_cache_free(struct SaslCache *cache);

/* ---- telling (storage/tell.c): the data of the next sql event ---- */

/* The arrow host > store with a label of its own, and the statement. */
void store_tell(Trace *trace, const char *sql, const char *label, ...) G_GNUC_PRINTF(3, 4);
/* The values bound. @types: a letter each: i gint64, s text or NULL, t time (gint64, seconds), o
 * octets (a gsize: only how many is shown). */
void store_tell_params(Trace *trace, const char *types, ...);
/* One row under @key ("rows", "before", "after"). @columns: "id:i user:s". */
void store_tell_row(Trace *trace, const char *key, const char *columns, ...);
/* No row under @key. */
void store_tell_none(Trace *trace, const char *key);
/* The seq of the event told next, if nothing is told in between; 0 where nothing will be. */
guint64 store_next_event(Trace *trace);

#endif
