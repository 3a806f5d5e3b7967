/* tests/test_storage_migration.c - databases of older versions, as storage/migrations.sql made them. */
#include "tests/test_storage_world.h"

extern const char store_migrations[];

#define VERSION 11 /* today's */

static sqlite3 *
open_database(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "mx.north.example.db", NULL);
    sqlite3 *db = NULL;

    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    return db;
}

static void
change_database(const char *folder, const char *sql)
{
    sqlite3 *db = open_database(folder);

    g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close(db);
}

/* A database as @version has made it: the sections up to its own. */
static void
make_older(const char *folder, int version)
{
    g_autofree char *next = g_strdup_printf("\n-- version %d", version + 1);
    g_autofree char *sections = NULL, *sql = NULL;
    const char *end = strstr(store_migrations, next);

    g_assert_nonnull(end);
    sections = g_strndup(store_migrations, (gsize)(end - store_migrations));
    sql = g_strdup_printf("%s;PRAGMA user_version = %d", sections, version);
    change_database(folder, sql);
}

/* All that a database consists of, each column, key, index, trigger and view. Only the words of a
 * CREATE TABLE are left out: with a column that came later they are not the same. */
static char *
describe_database(const char *folder)
{
    static const char ask[] =
        "SELECT group_concat(line, char(10)) FROM ("
        "SELECT json_array(m.name, c.cid, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk, "
        "c.hidden)"
        " AS line FROM sqlite_schema m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table' "
        "UNION ALL SELECT json_array(m.name, k.id, k.seq, k.\"table\", k.\"from\", k.\"to\", "
        "k.on_delete)"
        " FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) k WHERE m.type = 'table' "
        "UNION ALL SELECT json_array(type, name, sql) FROM sqlite_schema WHERE type <> 'table' "
        "UNION ALL SELECT json_array(name, sql LIKE '%WITHOUT ROWID', sql LIKE '%AUTOINCREMENT%')"
        " FROM sqlite_schema WHERE type = 'table' "
        "UNION ALL SELECT json_array(name, value) FROM facts ORDER BY line)";
    sqlite3 *db = open_database(folder);
    sqlite3_stmt *statement;
    char *all;

    g_assert_cmpint(sqlite3_prepare_v2(db, ask, -1, &statement, NULL), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
    all = g_strdup((const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return all;
}

static void
test_same(void)
{
    g_test_summary("Whatever version made it, a database that was opened is as a new one");
    g_autofree char *folder = folder_new(), *fresh = NULL;

    store_close(open_store(folder, NULL));
    fresh = describe_database(folder);
    folder_remove(folder);
    for (int version = 1; version < VERSION; version++) {
        g_autofree char *older = folder_new(), *taken = NULL;

        make_older(older, version);
        store_close(open_store(older, NULL));
        taken = describe_database(older);
        g_assert_cmpstr(taken, ==, fresh);
        folder_remove(older);
    }
}

static void
test_contents(void)
{
    g_test_summary("What is in an older database is taken along, and counted");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = NULL;
    StoreMailboxCounts counts;

    make_older(folder, 1);
    change_database(folder,
                    "INSERT INTO accounts VALUES (1, 'alice', 'north.example', '');"
                    "INSERT INTO mailboxes VALUES (1, 1, 'INBOX', 1, 2, 1, NULL);"
                    "INSERT INTO messages VALUES (1, 0, 116, 'j1', 1, '', '', NULL, NULL, NULL, '',"
                    "                             NULL, '', '{}', '');"
                    "INSERT INTO entries VALUES (1, 1, 1, 8, '', 1, 0, 116, '')");
    store = open_store(folder, NULL);
    g_assert_cmpint(count_rows(folder, "waiting"), ==, 0);
    g_assert_cmpint(count_rows(folder, "mail"), ==, 1);
    g_assert_cmpint(count_rows(folder, "messages"), ==, 1);
    g_assert_true(store_mailbox_counts(store, 1, &counts, NULL));
    g_assert_cmpuint(counts.messages + counts.unseen + counts.deleted, ==, 3);
    g_assert_cmpuint(counts.octets, ==, 116);
    g_assert_cmpuint(counts.deleted_octets, ==, 116);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_ends(void)
{
    g_test_summary(
        "RFC 1939 §11: of older messages, too, those whose end POP3 has to look at are known");
    g_autofree char *folder = folder_new();

    make_older(folder, 9);
    change_database(
        folder, "INSERT INTO messages SELECT value, 0, 9, 'j1', 1, '', '', NULL, NULL, NULL, '',"
                "  iif(value = 3, 1, NULL), '', '{}',"
                "  CASE value WHEN 1 THEN CAST('x' || char(13, 10) AS BLOB)"
                "             WHEN 2 THEN CAST('x' || char(10) AS BLOB) END"
                "  FROM json_each('[1, 2, 3]')");
    store_close(open_store(folder, NULL));
    g_assert_cmpint(number_of(folder, "SELECT sum(message) FROM unended"), ==, 2 + 3);
    folder_remove(folder);
}

static void
test_newer(void)
{
    g_test_summary("A database of a newer version is refused");
    g_autofree char *folder = folder_new();
    g_autoptr(GError) error = NULL;

    store_close(open_store(folder, NULL));
    change_database(folder, "PRAGMA user_version = 99");
    g_assert_null(store_open(folder, "mx.north.example", &world, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
    folder_remove(folder);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage/migration/same", test_same);
    g_test_add_func("/storage/migration/contents", test_contents);
    g_test_add_func("/storage/migration/ends", test_ends);
    g_test_add_func("/storage/migration/newer", test_newer);
    return g_test_run();
}
