/* tests/test_storage_reading.c - a database that is only read: beside a world at work, and of one that
 * has never started; and the questions of one turn. */
#include "storage/inside.h"

#include <sys/stat.h>
#include <unistd.h>
#include "test_storage_world.h"

static Store *
reading(const char *folder, GError **error)
{
    return store_open_to_read(folder, "mx.north.example", &world, NULL, error);
}

static gboolean
is_known(Store *store, const char *user)
{
    g_autoptr(StoreAccount) found =
        store_account_find(store, NULL, STAGE_NONE, user, "north.example", NULL);

    return found != NULL;
}

static void
test_beside(void)
{
    g_test_summary("DESIGN §7: a reader needs no lock, and sees what was committed");
    g_autofree char *folder = folder_new();
    g_autoptr(GError) error = NULL;
    Store *store = store_open(folder, "mx.north.example", &world, NULL, &error);
    Store *reader;
    StoreAccount *found;

    g_assert_no_error(error);
    g_assert_true(store_account_add(store, "alice", "north.example", "secret", &error) &&
                  store_commit(store, &error));
    g_assert_true(store_account_add(store, "bob", "north.example", "secret", &error));
    reader = reading(folder, &error);
    g_assert_no_error(error);
    found = store_account_find(reader, NULL, STAGE_NONE, "alice", "north.example", &error);
    g_assert_nonnull(found);
    store_account_free(found);
    g_assert_null(store_account_find(reader, NULL, STAGE_NONE, "bob", "north.example", &error));
    g_assert_no_error(error);
    /* Its own question holds nobody up. */
    g_assert_true(store_commit(store, &error));
    found = store_account_find(reader, NULL, STAGE_NONE, "bob", "north.example", &error);
    g_assert_nonnull(found);
    store_account_free(found);
    g_assert_false(store_account_add(reader, "carol", "north.example", "secret", &error));
    g_assert_nonnull(error);
    store_close(reader);
    store_close(store);
    folder_remove(folder);
}

/* Nothing is forbidden to root: then these tests are nobody's. */
static void
become(uid_t from, uid_t to)
{
    if (getuid() == 0 && geteuid() == from)
        g_assert_cmpint(seteuid(to), ==, 0);
}

static void
test_closed_folder(void)
{
    g_test_summary(
        "DESIGN §7: a folder that may not be written to is read all the same, and stays");
    g_autofree char *parent = folder_new();
    g_autofree char *folder = g_build_filename(parent, "a b%41?", NULL);
    g_autoptr(GError) error = NULL;
    Store *store;
    guint files;

    g_assert_true(chmod(parent, 0777) == 0);
    become(0, 65534);
    store = store_open(folder, "mx.north.example", &world, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(store_account_add(store, "alice", "north.example", "secret", &error) &&
                  store_commit(store, &error));
    store_close(store);
    g_assert_true(chmod(folder, 0500) == 0);
    files = folder_count(folder, "");
    store = reading(folder, &error);
    g_assert_no_error(error);
    g_assert_true(is_known(store, "alice"));
    store_close(store);
    g_assert_cmpuint(folder_count(folder, ""), ==, files);
    g_assert_true(chmod(folder, 0700) == 0);
    become(65534, 0);
    folder_remove(parent);
}

static void
test_missing(void)
{
    g_test_summary(
        "DESIGN §7: no database is made by looking for one, nor an old one brought up to date");
    g_autofree char *folder = folder_new();
    g_autoptr(GError) error = NULL;
    Store *store;

    g_assert_null(reading(folder, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
    g_assert_cmpuint(folder_count(folder, ""), ==, 0);
    store = store_open(folder, "mx.north.example", &world, NULL, &error);
    g_assert_true(store_exec(store, "PRAGMA user_version = 1", &error));
    store_close(store);
    g_assert_null(reading(folder, &error));
    g_assert_nonnull(strstr(error->message, "schema 1"));
    folder_remove(folder);
}

static void
test_memory(void)
{
    g_test_summary(
        "DESIGN §7: before the first start: a database in memory, whose folder nobody sees");
    g_autoptr(GError) error = NULL;
    Store *store = store_open_in_memory("mx.north.example", &world, NULL, &error);
    StoreAccount *found;

    g_assert_no_error(error);
    g_assert_true(store_account_add(store, "alice", "north.example", "secret", &error) &&
                  store_commit(store, &error));
    found = store_account_find(store, NULL, STAGE_NONE, "ALICE", "north.example", &error);
    g_assert_nonnull(found);
    store_account_free(found);
    store_close(store);
}

/* ---- the questions of one turn ---- */

static void
test_turn(void)
{
    g_test_summary(
        "The questions of one turn see one state, until it ends or something is written");
    g_autofree char *folder = folder_new();
    g_autofree char *path = g_build_filename(folder, "mx.north.example.db", NULL);
    g_autoptr(Store) store = open_store(folder, NULL);
    sqlite3 *shell = NULL;

    g_assert_true(store_account_add(store, "alice", "north.example", "secret", NULL));
    commit(store);
    store_share_reads(store);
    g_assert_true(is_known(store, "alice"));
    sqlite3_open(path, &shell);
    sqlite3_exec(shell, "UPDATE accounts SET user = 'ann'", NULL, NULL, NULL);
    g_assert_true(is_known(store, "alice"));
    store_end_reads(store);
    g_assert_false(is_known(store, "alice"));
    sqlite3_exec(shell, "UPDATE accounts SET user = 'alice'", NULL, NULL, NULL);
    g_assert_true(store_account_add(store, "bob", "north.example", "secret", NULL));
    g_assert_true(is_known(store, "alice") && is_known(store, "bob"));
    commit(store);
    store_end_reads(store); /* a turn that has asked nothing since */
    g_assert_true(is_known(store, "bob"));
    store_end_reads(store);
    store_checkpoint(store); /* nobody holds a lock */
    g_assert_cmpuint(store_wal_octets(store), ==, 0);
    sqlite3_close(shell);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage/reading/beside", test_beside);
    g_test_add_func("/storage/reading/closed-folder", test_closed_folder);
    g_test_add_func("/storage/reading/missing", test_missing);
    g_test_add_func("/storage/reading/memory", test_memory);
    g_test_add_func("/storage/reading/turn", test_turn);
    return g_test_run();
}
