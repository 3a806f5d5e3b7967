/* tests/test_storage_mailbox.h - a store with one user, alice, and her six mailboxes. */
#ifndef TESTS_TEST_STORAGE_MAILBOX_H
#define TESTS_TEST_STORAGE_MAILBOX_H

#include "tests/test_storage_world.h"

typedef struct Fixture {
    char *folder;
    Store *store;
    StoreMailbox *inbox;
    gint64 alice;
} Fixture;

static inline void
set_up(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture->folder = folder_new();
    fixture->store = open_store(fixture->folder, NULL);
    fixture->inbox = add_alice(fixture->store);
    fixture->alice = fixture->inbox->account;
}

static inline void
tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    commit(fixture->store);
    store_mailbox_free(fixture->inbox);
    store_close(fixture->store);
    folder_remove(fixture->folder);
    g_free(fixture->folder);
}

static inline guint32
deliver(Fixture *fixture, const char *prefix, guint flags)
{
    gint64 id = add_message(fixture->store, NULL, 100, NULL);
    guint32 uid = store_entry_add(fixture->store, NULL, STAGE_DELIVER, fixture->inbox->id, id,
                                  prefix, flags, "", world_now_s, NULL);

    g_assert_cmpuint(uid, >, 0);
    return uid;
}

static inline StoreMailbox *
find(Fixture *fixture, const char *name)
{
    return store_mailbox_find(fixture->store, fixture->alice, name, NULL);
}

static inline void
expect_refused(gboolean done, GError **error, int code)
{
    g_assert_false(done);
    g_assert_error(*error, STORE_ERROR, code);
    g_clear_error(error);
}

static inline void
make(Fixture *fixture, const char *name)
{
    g_autoptr(GError) error = NULL;

    store_mailbox_create(fixture->store, fixture->alice, name, &error);
    g_assert_no_error(error);
}

/* Another user; returns the account's id. */
static inline gint64
add_bob(Fixture *fixture)
{
    g_autoptr(StoreAccount) bob = NULL;

    g_assert_true(store_account_add(fixture->store, "bob", "north.example", "builder", NULL));
    bob = store_account_find(fixture->store, NULL, STAGE_PICKUP, "bob", "north.example", NULL);
    return bob->id;
}

/* Whatever names it, the mailbox is there, or is not. */
static inline void
expect_there(Fixture *fixture, const char *name, gboolean there)
{
    g_autoptr(StoreMailbox) found = find(fixture, name);

    g_assert_cmpint(found != NULL, ==, there);
}

#endif
