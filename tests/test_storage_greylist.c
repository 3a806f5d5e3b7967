/* tests/test_storage_greylist.c - triplets kept, found and forgotten (storage/greylist.c). */
#include "storage/greylist.h"

#include "tests/test_storage_world.h"

static void
keep(Store *store, const char *client, const char *recipient, gint64 first_s, gint64 last_s,
     gint64 passed_s)
{
    StoreTriplet triplet = { .client = (char *)client,
                             .sender = (char *)"a@south.example",
                             .recipient = (char *)recipient,
                             .first_s = first_s,
                             .last_s = last_s,
                             .passed_s = passed_s,
                             .tries = 1 };
    g_autoptr(GError) error = NULL;

    g_assert_true(store_greylist_keep(store, NULL, &triplet, &error));
    g_assert_no_error(error);
}

static void
test_keep(void)
{
    g_test_summary("a triplet is one row, written anew each time");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_null(store_greylist_find(store, NULL, "127.0.0.7", "a@south.example", "b", &error));
    g_assert_no_error(error);
    keep(store, "127.0.0.7", "b", 1000, 1000, 0);
    keep(store, "127.0.0.7", "b", 1000, 1300, 1300);
    g_autoptr(StoreTriplet) found =
        store_greylist_find(store, NULL, "127.0.0.7", "a@south.example", "b", &error);
    g_assert_cmpint(found->first_s, ==, 1000);
    g_assert_cmpint(found->passed_s, ==, 1300);
    g_assert_null(store_greylist_find(store, NULL, "127.0.0.7", "A", "b", &error));
    g_assert_null(
        store_greylist_find(store, NULL, "127.0.0.7", "'; DROP TABLE greylist; --", "b", &error));
    g_assert_no_error(error);
    commit(store);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_client(void)
{
    g_test_summary("RFC 6647 §5: a client that passed is known for a while, whatever it brings");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(GError) error = NULL;

    keep(store, "127.0.0.7", "b", 1000, 1000, 0);
    g_assert_null(store_greylist_passed(store, NULL, "127.0.0.7", 0, &error));
    keep(store, "127.0.0.7", "b", 1000, 1300, 1300);
    g_autoptr(StoreTriplet) known = store_greylist_passed(store, NULL, "127.0.0.7", 1300, &error);
    g_assert_cmpstr(known->recipient, ==, "b");
    g_assert_null(store_greylist_passed(store, NULL, "127.0.0.7", 1301, &error));
    g_assert_null(store_greylist_passed(store, NULL, "127.0.0.8", 0, &error));
    g_assert_no_error(error);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_time(void)
{
    g_test_summary("who waits, in the order they came; who is forgotten");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(GError) error = NULL;

    keep(store, "127.0.0.9", "late", 3000, 3000, 0);
    keep(store, "127.0.0.8", "early", 1000, 1000, 0);
    keep(store, "127.0.0.7", "passed", 500, 2000, 2000);
    g_assert_cmpint(store_greylist_next(store, 0, &error), ==, 1000);
    g_assert_cmpint(store_greylist_next(store, 1000, &error), ==, 3000);
    g_assert_cmpint(store_greylist_next(store, 3000, &error), ==, 0);
    g_autoptr(GPtrArray) both = store_greylist_waiting(store, 0, 3000, 10, &error);
    g_assert_cmpuint(both->len, ==, 2);
    g_assert_cmpstr(((StoreTriplet *)g_ptr_array_index(both, 0))->recipient, ==, "early");
    g_autoptr(GPtrArray) one = store_greylist_waiting(store, 1000, 2999, 10, &error);
    g_assert_cmpuint(one->len, ==, 0);
    /* Waiting ones go after the window, known clients after their lifetime. */
    g_assert_true(store_greylist_forget(store, NULL, 1500, 2500, &error));
    g_assert_cmpint(store_greylist_next(store, 0, &error), ==, 3000);
    g_autoptr(StoreTriplet) known = store_greylist_passed(store, NULL, "127.0.0.7", 0, &error);
    g_assert_nonnull(known);
    g_assert_true(store_greylist_forget(store, NULL, 2001, 2500, &error));
    g_assert_null(store_greylist_passed(store, NULL, "127.0.0.7", 0, &error));
    g_assert_no_error(error);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage/greylist/keep", test_keep);
    g_test_add_func("/storage/greylist/client", test_client);
    g_test_add_func("/storage/greylist/time", test_time);
    return g_test_run();
}
