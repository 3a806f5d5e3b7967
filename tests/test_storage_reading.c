/* tests/test_storage_reading.c - a database that is only read: beside a world at work, and of one that
 * has never started. */
#include "storage/inside.h"
#include "test_storage_world.h"

static Store *
reading(const char *folder, GError **error)
{
    return store_open_to_read(folder, "mx.north.example", &world, NULL, error);
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

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage/reading/beside", test_beside);
    g_test_add_func("/storage/reading/missing", test_missing);
    g_test_add_func("/storage/reading/memory", test_memory);
    return g_test_run();
}
