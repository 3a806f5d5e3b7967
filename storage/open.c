/* storage/open.c - opening the database of a host: lock, file, schema, leftovers of a crash.
 *
 *   STATE/mx.north.example.lock      held while the database is open: one process at a time
 *   STATE/mx.north.example.db        SQLite, with its -wal and -shm beside it
 *   STATE/mx.north.example.bodies/   7.body: contents over 256 KB
 *
 * A student's sqlite3 shell needs no lock of ours: SQLite lets it read while we write.
 *
 * Tests: tests/test_storage_store.c
 */
#include "storage/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

extern const char store_schema[];     /* storage/schema.sql: a new database */
extern const char store_migrations[]; /* storage/migrations.sql: an older one, section by section */

#define STORE_SCHEMA_VERSION 11
#define STORE_SECTION        "\n-- version "

static gboolean
store_open_lock(Store *store, const char *folder, GError **error)
{
    g_autofree char *path = g_strdup_printf("%s/%s.lock", folder, store->name);

    store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->lock_fd < 0)
        return store_refuse(error, STORE_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
    if (flock(store->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return store_refuse(error, STORE_ERROR_BUSY, "%s: another process has this host open",
                            path);
    return TRUE;
}

static int
store_open_count_wal(void *data, sqlite3 *db, const char *schema, int pages)
{
    (void)db;
    (void)schema;
    ((Store *)data)->wal_pages = pages;
    return SQLITE_OK;
}

static gboolean
store_open_exec(Store *store, const char *sql, GError **error)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK || store_fail(store, error);
}

gboolean
store_set_lasting(Store *store, gboolean lasting, GError **error)
{
    g_assert(!store->open);
    store_end_reads(store);
    store->lasting = lasting;
    return store_open_exec(
        store, lasting ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF", error);
}

static gboolean
store_open_settings(Store *store, gboolean is_new, GError **error)
{
    static const char settings[] = "PRAGMA journal_mode = WAL;"
                                   /* store_checkpoint() does it; this also takes a hook away */
                                   "PRAGMA wal_autocheckpoint = 0;"
                                   "PRAGMA foreign_keys = ON;"
                                   "PRAGMA cache_size = -8000;"; /* 8 MB */

    /* Until there is something to lose, a new file needs neither the disk nor a journal in a file. */
    return (!is_new || (store_set_lasting(store, FALSE, error) &&
                        store_open_exec(store, "PRAGMA journal_mode = MEMORY", error))) &&
           store_open_exec(store, settings, error);
}

/* The file is made here first, because SQLite would let everybody read it. */
static gboolean
store_open_database(Store *store, const char *folder, GError **error)
{
    g_autofree char *path = g_strdup_printf("%s/%s.db", folder, store->name);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct stat facts = { 0 };

    if (fd < 0)
        return store_refuse(error, STORE_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
    fstat(fd, &facts);
    close(fd);
    if (sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        return store_fail(store, error);
    if (!store_open_settings(store, facts.st_size == 0, error))
        return FALSE;
    sqlite3_wal_hook(store->db, store_open_count_wal, store);
    return TRUE;
}

/* ---- the schema ---- */

static gboolean
store_open_version(Store *store, gint64 *version, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(store, "PRAGMA user_version", error);
    gboolean found;

    return ask != NULL && store_number(store, ask, version, &found, error);
}

/* In one transaction: all of @sections, or none. */
static gboolean
store_open_run(sqlite3 *db, const char *sections)
{
    g_autofree char *sql = g_strdup_printf("BEGIN IMMEDIATE;%s;PRAGMA user_version = %d;COMMIT",
                                           sections, STORE_SCHEMA_VERSION);

    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* A new database is a copy of an empty one, which is made once, in memory: a world has several hosts, and
 * nothing takes them longer when they start than to carry out the schema. */
static gboolean
store_open_copy(Store *store, GError **error)
{
    static sqlite3 *empty;
    sqlite3_backup *copy;

    if (empty == NULL &&
        (sqlite3_open(":memory:", &empty) != SQLITE_OK || !store_open_run(empty, store_schema)))
        g_assert_not_reached();
    copy = sqlite3_backup_init(store->db, "main", empty, "main");
    if (copy == NULL)
        return store_fail(store, error);
    sqlite3_backup_step(copy, -1);
    return sqlite3_backup_finish(copy) == SQLITE_OK || store_fail(store, error);
}

/* The sections that a database of @version has not seen; NULL: it has seen them all. */
static const char *
store_open_sections(gint64 version)
{
    const char *section = strstr(store_migrations, STORE_SECTION);

    while (section != NULL && g_ascii_strtoll(section + strlen(STORE_SECTION), NULL, 10) <= version)
        section = strstr(section + 1, STORE_SECTION);
    return section;
}

static gboolean
store_open_migrate_from(Store *store, gint64 version, GError **error)
{
    const char *sections = store_open_sections(version);

    if (version == 0)
        return store_open_copy(store, error);
    if (sections == NULL || store_open_run(store->db, sections))
        return TRUE;
    store_fail(store, error);
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return FALSE;
}

static gboolean
store_open_migrate(Store *store, GError **error)
{
    gint64 version;

    if (!store_open_version(store, &version, error))
        return FALSE;
    if (version > STORE_SCHEMA_VERSION)
        return store_refuse(error, STORE_ERROR_FAILED,
                            "database of %s: made by a newer version (schema %" G_GINT64_FORMAT
                            ", this program knows %d)",
                            store->name, version, STORE_SCHEMA_VERSION);
    return store_open_migrate_from(store, version, error) && store_set_lasting(store, TRUE, error);
}

/* ---- large bodies ---- */

char *
store_body_path(Store *store, gint64 number)
{
    return g_strdup_printf("%s/%" G_GINT64_FORMAT ".body", store->bodies, number);
}

/* Is there a row that names the body file called @name? Other files are none of ours. */
static gboolean
store_open_is_orphan(Store *store, const char *name, gboolean *orphan, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store, "SELECT 1 FROM messages WHERE body_file = ?", error);
    gint64 number = g_ascii_strtoll(name, NULL, 10);
    gboolean found;

    *orphan = FALSE;
    if (!g_str_has_suffix(name, ".body"))
        return TRUE;
    if (ask == NULL)
        return FALSE;
    sqlite3_bind_int64(ask, 1, number);
    if (!store_step(store, ask, &found, error))
        return FALSE;
    *orphan = !found;
    return TRUE;
}

/* A crash leaves bodies that were never committed, or whose row went just before it. */
static gboolean
store_open_bodies(Store *store, GError **error)
{
    g_autoptr(GDir) folder = NULL;
    const char *name;

    if (mkdir(store->bodies, 0700) != 0 && errno != EEXIST)
        return store_refuse(error, STORE_ERROR_FAILED, "%s: %s", store->bodies, g_strerror(errno));
    store->bodies_fd = open(store->bodies, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    folder = g_dir_open(store->bodies, 0, NULL);
    if (store->bodies_fd < 0 || folder == NULL)
        return store_refuse(error, STORE_ERROR_FAILED, "%s: cannot be read", store->bodies);
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_strdup_printf("%s/%s", store->bodies, name);
        gboolean orphan;

        if (!store_open_is_orphan(store, name, &orphan, error))
            return FALSE;
        if (orphan)
            unlink(path);
    }
    return TRUE;
}

static gboolean
store_open_next_body(Store *store, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store, "SELECT coalesce(max(body_file), 0) + 1 FROM messages", error);
    gboolean found;

    return ask != NULL && store_number(store, ask, &store->next_body, &found, error);
}

/* ---- all together ---- */

static void
store_open_drop_statement(gpointer statement)
{
    sqlite3_finalize(statement);
}

static Store *
store_open_new(const char *folder, const char *name, const StoreWorld *world, Trace *trace)
{
    Store *store = g_new0(Store, 1);

    /* With one thread SQLite needs no locks around its memory, and we never ask how much it has. Only
     * the first store can say so; later ones are refused, and nothing is lost. */
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    g_assert(strchr(name, '/') == NULL);
    store->name = g_strdup(name);
    store->bodies = g_strdup_printf("%s/%s.bodies", folder, name);
    store->bodies_fd = -1;
    store->lock_fd = -1;
    store->world = *world;
    store->trace = trace;
    store->statements = g_hash_table_new_full(NULL, NULL, NULL, store_open_drop_statement);
    store->written = g_ptr_array_new_with_free_func(g_free);
    store->unsynced = g_array_new(FALSE, FALSE, sizeof(int));
    store->doomed = g_ptr_array_new_with_free_func(g_free);
    return store;
}

Store *
store_open(const char *folder, const char *name, const StoreWorld *world, Trace *trace,
           GError **error)
{
    g_autoptr(Store) store = store_open_new(folder, name, world, trace);

    if (g_mkdir_with_parents(folder, 0700) != 0) {
        store_refuse(error, STORE_ERROR_FAILED, "%s: %s", folder, g_strerror(errno));
        return NULL;
    }
    if (!store_open_lock(store, folder, error) || !store_open_database(store, folder, error) ||
        !store_open_migrate(store, error) || !store_open_bodies(store, error) ||
        !store_open_next_body(store, error) || !store_unfinished_finish(store, error))
        return NULL;
    store_queue_watch(store);
    return g_steal_pointer(&store);
}

/* ---- for a question only ---- */

/* Even to read, SQLite makes a log and its index beside a database, which it cannot in a folder that we
 * may not write to. Where no log is there, the file is whole without, and nobody is changing it:
 * SQLite may be told so. */
static char *
store_open_name_to_read(const char *folder, const char *path)
{
    g_autofree char *log = g_strconcat(path, "-wal", NULL);
    g_autofree char *escaped = g_uri_escape_string(path, "/", FALSE);
    gboolean whole =
        faccessat(AT_FDCWD, folder, W_OK, AT_EACCESS) != 0 && !g_file_test(log, G_FILE_TEST_EXISTS);

    return g_strdup_printf("file:%s%s", escaped, whole ? "?immutable=1" : "");
}

/* No lock and no change: while a world writes, SQLite shows the state of its last COMMIT. */
Store *
store_open_to_read(const char *folder, const char *name, const StoreWorld *world, Trace *trace,
                   GError **error)
{
    g_autoptr(Store) store = store_open_new(folder, name, world, trace);
    g_autofree char *path = g_strdup_printf("%s/%s.db", folder, name);
    g_autofree char *uri = store_open_name_to_read(folder, path);
    gint64 version;

    if (sqlite3_open_v2(uri, &store->db,
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI,
                        NULL) != SQLITE_OK) {
        store_fail(store, error);
        return NULL;
    }
    if (!store_open_version(store, &version, error))
        return NULL;
    if (version == STORE_SCHEMA_VERSION)
        return g_steal_pointer(&store);
    store_refuse(error, STORE_ERROR_FAILED,
                 "%s: schema %" G_GINT64_FORMAT ", this program reads %d; a world that starts "
                 "brings an older one up to date",
                 path, version, STORE_SCHEMA_VERSION);
    return NULL;
}

Store *
store_open_in_memory(const char *name, const StoreWorld *world, Trace *trace, GError **error)
{
    g_autoptr(Store) store = store_open_new("", name, world, trace);

    if (sqlite3_open(":memory:", &store->db) != SQLITE_OK) {
        store_fail(store, error);
        return NULL;
    }
    return store_open_migrate(store, error) ? g_steal_pointer(&store) : NULL;
}

/* The statements go first: SQLite does not close a database that has one. */
void
store_close(Store *store)
{
    if (store == NULL)
        return;
    store_close_written(store, 0);
    store_remove_files(store->written, 0);
    g_hash_table_unref(store->statements);
    if (store->db != NULL) {
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL); /* an error where nothing is open */
        sqlite3_close(store->db);
    }
    if (store->bodies_fd >= 0)
        close(store->bodies_fd);
    if (store->lock_fd >= 0)
        close(store->lock_fd);
    g_clear_pointer(&store->recent, g_hash_table_unref);
    store_watches_free(store->watches);
    sasl_cache_free(store->logins);
    g_ptr_array_unref(store->written);
    g_array_unref(store->unsynced);
    g_ptr_array_unref(store->doomed);
    g_clear_error(&store->lost);
    g_free(store->bodies);
    g_free(store->name);
    g_free(store);
}
