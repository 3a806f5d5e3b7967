/* tests/test_storage_account.c - users and aliases. */
#include "storage/listing.h"
#include "tests/test_storage_world.h"

static void
test_account(void)
{
    g_test_summary("RFC 5321 §2.4: local parts are ours to compare: without regard to case");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(StoreAccount) alice = NULL;
    g_autoptr(GPtrArray) mailboxes = NULL;
    g_autoptr(GError) error = NULL;

    store_mailbox_free(add_alice(store));
    alice = store_account_find(store, NULL, STAGE_RECIPIENT, "ALICE", "North.Example", NULL);
    g_assert_cmpstr(alice->address, ==, "alice@north.example");
    mailboxes = store_listing_page(store, NULL, alice->id, FALSE, "", 100, NULL);
    g_assert_cmpuint(mailboxes->len, ==, 6);
    g_assert_cmpstr(((StoreListed *)g_ptr_array_index(mailboxes, 3))->special, ==, "\\Junk");
    g_assert_true(((StoreListed *)g_ptr_array_index(mailboxes, 3))->subscribed);
    g_assert_null(
        store_account_find(store, NULL, STAGE_RECIPIENT, "mallory", "north.example", &error));
    g_assert_no_error(error);
    g_assert_false(store_account_add(store, "Alice", "north.example", "x", &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_EXISTS);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

/* As somebody with the sqlite3 shell may: the mailbox @name cannot be made any more. */
static void
forbid_mailbox(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, "mx.north.example.db", NULL);
    g_autofree char *sql =
        g_strdup_printf("CREATE TRIGGER no BEFORE INSERT ON mailboxes WHEN NEW.name = '%s' "
                        "BEGIN SELECT RAISE(ABORT, 'not this one'); END",
                        name);
    sqlite3 *shell;

    g_assert_cmpint(sqlite3_open(path, &shell), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(shell, sql, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close(shell);
}

static void
test_no_half_account(void)
{
    g_test_summary("An account that cannot be made whole is not made; the rest of the group stays");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(GError) error = NULL;
    const char *targets[] = { "bob@north.example", NULL };

    forbid_mailbox(folder, "Drafts");
    g_assert_true(store_alias_set(store, "sales", "north.example", targets, NULL));
    g_assert_false(store_account_add(store, "bob", "north.example", "builder", &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
    commit(store);
    g_assert_cmpint(count_rows(folder, "accounts"), ==, 0);
    g_assert_cmpint(count_rows(folder, "mailboxes"), ==, 0);
    g_assert_cmpint(count_rows(folder, "subscriptions"), ==, 0);
    g_assert_cmpint(count_rows(folder, "aliases"), ==, 1);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_delete(void)
{
    g_test_summary("With an account go its mailboxes, entries and messages");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(StoreMailbox) inbox = add_alice(store);
    g_autoptr(GError) error = NULL;
    gint64 message = add_message(store, NULL, 300000, NULL);

    store_entry_add(store, NULL, STAGE_DELIVER, inbox->id, message, "", 0, "", 0, NULL);
    commit(store);
    g_assert_true(store_account_delete(store, "alice", "north.example", NULL));
    g_assert_cmpuint(folder_count(folder, "mx.north.example.bodies"), ==, 1);
    commit(store);
    g_assert_cmpint(count_rows(folder, "mailboxes"), ==, 0);
    g_assert_cmpint(count_rows(folder, "entries"), ==, 0);
    g_assert_cmpint(count_rows(folder, "subscriptions"), ==, 0);
    g_assert_cmpint(count_rows(folder, "messages"), ==, 0);
    g_assert_cmpuint(folder_count(folder, "mx.north.example.bodies"), ==, 0);
    g_assert_false(store_account_delete(store, "alice", "north.example", &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_NONE);
    g_clear_error(&error);
    g_assert_false(store_account_set_password(store, "alice", "north.example", "x", &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_NONE);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_alias(void)
{
    g_test_summary("RFC 5321 §3.9.1: an alias stands for addresses, in the order given");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    const char *first[] = { "zoe@north.example", "alice@south.example", NULL };
    const char *second[] = { "bob@north.example", NULL };
    g_auto(GStrv) found = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_true(store_alias_set(store, "Sales", "north.example", first, NULL));
    found = store_alias_find(store, NULL, STAGE_RECIPIENT, "sales", "north.example", NULL);
    g_assert_cmpstrv(found, first);
    g_strfreev(found);
    g_assert_true(store_alias_set(store, "sales", "north.example", second, NULL));
    found = store_alias_find(store, NULL, STAGE_RECIPIENT, "sales", "north.example", NULL);
    g_assert_cmpstrv(found, second);
    g_assert_null(store_alias_find(store, NULL, STAGE_RECIPIENT, "none", "north.example", &error));
    g_assert_no_error(error);
    commit(store);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_list(void)
{
    g_test_summary("Accounts are listed by address; SQL in a name is only a name");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(GPtrArray) accounts = NULL;

    store_account_add(store, "x'); DROP TABLE accounts; --", "north.example", "p", NULL);
    store_account_add(store, "bob", "north.example", "p", NULL);
    store_account_add(store, "bob", "hub.example", "p", NULL);
    accounts = store_account_list(store, NULL);
    g_assert_cmpuint(accounts->len, ==, 3);
    g_assert_cmpstr(((StoreAccount *)g_ptr_array_index(accounts, 0))->address, ==,
                    "bob@hub.example");
    commit(store);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage/account/account", test_account);
    g_test_add_func("/storage/account/no-half", test_no_half_account);
    g_test_add_func("/storage/account/delete", test_delete);
    g_test_add_func("/storage/account/alias", test_alias);
    g_test_add_func("/storage/account/list", test_list);
    return g_test_run();
}
