/* tests/test_storage_recent.c - \Recent: up to which UID somebody has been told. */
#include "tests/test_storage_mailbox.h"

static guint32
recent_messages(Fixture *fixture)
{
    g_autoptr(StoreMailbox) inbox = find(fixture, "INBOX");
    guint32 count = 99;

    g_assert_true(store_recent_count(fixture->store, inbox, &count, NULL));
    return count;
}

static void
test_recent(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_test_summary("RFC 3501 §2.3.2: which messages are recent outlives the server with the next "
                   "COMMIT, and needs none of its own");

    deliver(fixture, "", 0);
    deliver(fixture, "", 0);
    commit(fixture->store);
    g_assert_cmpuint(recent_messages(fixture), ==, 2);
    store_recent_told(fixture->store, fixture->inbox->id, 2);
    store_recent_told(fixture->store, fixture->inbox->id, 1); /* by one who was slower */
    g_assert_false(store_is_open(fixture->store));
    g_assert_cmpuint(recent_messages(fixture), ==, 0);
    deliver(fixture, "", 0);
    g_assert_cmpuint(recent_messages(fixture), ==, 1);
    commit(fixture->store);
    store_close(fixture->store);
    fixture->store = open_store(fixture->folder, NULL);
    g_assert_cmpuint(recent_messages(fixture), ==, 1);
    store_recent_told(fixture->store, fixture->inbox->id, 3);
    store_close(fixture->store); /* a crash: nobody knows any more */
    fixture->store = open_store(fixture->folder, NULL);
    g_assert_cmpuint(recent_messages(fixture), ==, 1);
    store_recent_told(fixture->store, fixture->inbox->id, 3);
    g_assert_true(store_recent_write(fixture->store, NULL)); /* the host is shut down */
    commit(fixture->store);
    store_close(fixture->store);
    fixture->store = open_store(fixture->folder, NULL);
    g_assert_cmpuint(recent_messages(fixture), ==, 0);
    store_recent_told(fixture->store, fixture->inbox->id, 1); /* by one who was slower still */
    deliver(fixture, "", 0);
    commit(fixture->store);
    g_assert_cmpuint(recent_messages(fixture), ==, 1);
}

static void
test_recent_lost(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    g_test_summary("RFC 3501 §2.3.2: who was told is known, also when the group is lost");
    deliver(fixture, "", 0);
    commit(fixture->store);
    store_recent_told(fixture->store, fixture->inbox->id, 1);
    store_limit_pages(fixture->store, 1);
    g_assert_true(store_begin(fixture->store, NULL));
    for (guint i = 0; i < 100 && error == NULL; i++)
        add_message(fixture->store, NULL, 20000, &error);
    g_assert_false(store_commit(fixture->store, NULL));
    store_limit_pages(fixture->store, 0);
    g_assert_cmpuint(recent_messages(fixture), ==, 0);
}

#define ADD(name, test) g_test_add("/storage/recent/" name, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("recent", test_recent);
    ADD("recent-lost", test_recent_lost);
    return g_test_run();
}
