/* tests/test_storage_archive.c - copies kept, and found again. */
#include "storage/archive.h"

#include "tests/test_storage_world.h"

static void
expect_found(Store *store, const char *search, guint limit, guint count)
{
    g_autoptr(GPtrArray) list = store_archive_list(store, search, limit, NULL);

    g_assert_cmpuint(list->len, ==, count);
}

static void
test_search(void)
{
    g_test_summary("A copy is found by any part of sender, recipients or subject; newest first");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(GPtrArray) list = NULL;
    g_autoptr(GError) error = NULL;
    StoreArchived *first;
    gint64 id = add_message(store, NULL, 100, NULL);

    store_archive_add(store, NULL, id, "alice@north.example", "carol@south.example", "Hello", "all",
                      NULL);
    store_archive_add(store, NULL, id, "", "alice@north.example", NULL, "rule 1", NULL);
    list = store_archive_list(store, NULL, 10, NULL);
    first = g_ptr_array_index(list, 0);
    g_assert_cmpstr(first->why, ==, "rule 1");
    g_assert_null(first->subject);
    expect_found(store, NULL, 1, 1);
    expect_found(store, "hELLO", 10, 1);
    expect_found(store, "alice", 10, 2);
    expect_found(store, "%", 10, 0);
    expect_found(store, "'; DROP TABLE archive; --", 10, 0);
    g_assert_cmpint(store_archive_add(store, NULL, 99, "", "", NULL, "x", &error), ==, 0);
    g_assert_error(error, STORE_ERROR, STORE_ERROR_NONE);
    commit(store);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage/archive/search", test_search);
    return g_test_run();
}
