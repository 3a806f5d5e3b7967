/* tests/test_storage_notify.c - who watches a mailbox hears of a change after the commit. */
#include "storage/notify.h"

#include "tests/test_storage_world.h"

typedef struct Watcher {
    Store *store;
    guint told;
    gboolean was_open;  /* the group, when told */
    StoreWatch **leave; /* watches to leave when told, ended by NULL */
} Watcher;

static void
changed(void *data, gint64 mailbox)
{
    Watcher *watcher = data;

    (void)mailbox;
    watcher->told++;
    watcher->was_open = store_is_open(watcher->store);
    for (; watcher->leave != NULL && *watcher->leave != NULL; watcher->leave++)
        store_unwatch(*watcher->leave);
}

static void
deliver(Store *store, gint64 mailbox)
{
    gint64 id = add_message(store, NULL, 100, NULL);

    store_entry_add(store, NULL, STAGE_DELIVER, mailbox, id, "", 0, "", 0, NULL);
}

static void
test_after_commit(void)
{
    g_test_summary(
        "RFC 2177: a change is told after the commit, once, and not when the commit fails");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(StoreMailbox) inbox = add_alice(store);
    Watcher mine = { .store = store }, other = { .store = store };
    StoreWatch *watch = store_watch(store, inbox->id, changed, &mine);
    StoreWatch *elsewhere = store_watch(store, inbox->id + 1, changed, &other);
    g_autoptr(GError) error = NULL;

    deliver(store, inbox->id);
    deliver(store, inbox->id);
    g_assert_cmpuint(mine.told, ==, 0);
    commit(store);
    g_assert_cmpuint(mine.told, ==, 1);
    g_assert_false(mine.was_open);
    g_assert_cmpuint(other.told, ==, 0);
    store_limit_pages(store, 1);
    for (guint i = 0; i < 100 && error == NULL; i++) {
        store_notify(store, inbox->id);
        add_message(store, NULL, 20000, &error);
    }
    g_assert_false(store_commit(store, NULL));
    g_assert_cmpuint(mine.told, ==, 1);
    store_unwatch(watch);
    store_unwatch(elsewhere);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_leaving(void)
{
    g_test_summary("A watcher may leave, and take others along, while it is told");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(StoreMailbox) inbox = add_alice(store);
    StoreWatch *leaving[3] = { NULL, NULL, NULL };
    Watcher first = { .store = store, .leave = leaving }, second = { .store = store };
    Watcher third = { .store = store };
    StoreWatch *last;

    leaving[0] = store_watch(store, inbox->id, changed, &first);
    leaving[1] = store_watch(store, inbox->id, changed, &second);
    last = store_watch(store, inbox->id, changed, &third);
    deliver(store, inbox->id);
    commit(store);
    deliver(store, inbox->id);
    commit(store);
    g_assert_cmpuint(first.told, ==, 1);
    g_assert_cmpuint(second.told, ==, 0);
    g_assert_cmpuint(third.told, ==, 2);
    g_clear_pointer(&store, store_close);
    store_unwatch(last); /* later than the store itself: a host that crashed under its sessions */
    folder_remove(folder);
}

/* One who is told writes, commits and so tells again; and brings in others, who are not told of it. */
typedef struct Busy {
    Store *store;
    gint64 mailbox;
    guint told;
    StoreWatch *leaves, *joined; /* when it is told for the first time */
    Watcher *newcomer;
} Busy;

static void
busy_told(void *data, gint64 mailbox)
{
    Busy *busy = data;

    if (busy->told++ > 0)
        return;
    deliver(busy->store, mailbox);
    store_unwatch(g_steal_pointer(&busy->leaves));
    commit(busy->store);
    busy->joined = store_watch(busy->store, mailbox, changed, busy->newcomer);
}

static void
test_writing(void)
{
    g_test_summary(
        "A watcher may write and commit while it is told; who joins then is told next time");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(StoreMailbox) inbox = add_alice(store);
    Watcher leaves = { .store = store }, stays = { .store = store }, newcomer = { .store = store };
    Busy busy = { .store = store, .mailbox = inbox->id, .newcomer = &newcomer };
    StoreWatch *watch = store_watch(store, inbox->id, busy_told, &busy), *last;

    busy.leaves = store_watch(store, inbox->id, changed, &leaves);
    last = store_watch(store, inbox->id, changed, &stays);
    deliver(store, inbox->id);
    commit(store);
    g_assert_cmpuint(busy.told, ==, 2);
    g_assert_cmpuint(leaves.told, ==, 0);
    g_assert_cmpuint(stays.told, ==, 2);
    g_assert_cmpuint(newcomer.told, ==, 0);
    deliver(store, inbox->id);
    commit(store);
    g_assert_cmpuint(newcomer.told, ==, 1);
    store_unwatch(watch);
    store_unwatch(last);
    store_unwatch(busy.joined);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

#define CROWD 1000

typedef struct OneOfMany {
    guint number;
    GArray *told; /* guint: numbers, in the order in which they were told */
} OneOfMany;

static void
one_told(void *data, gint64 mailbox)
{
    OneOfMany *one = data;

    (void)mailbox;
    g_array_append_val(one->told, one->number);
}

static void
test_crowd(void)
{
    g_test_summary("Of a crowd, those who watch the mailbox are told, in the order they came, and "
                   "nobody else is called");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(StoreMailbox) inbox = add_alice(store);
    g_autoptr(GArray) told = g_array_new(FALSE, FALSE, sizeof(guint));
    OneOfMany many[CROWD];
    StoreWatch *watches[CROWD];

    for (guint i = 0; i < CROWD; i++) {
        many[i] = (OneOfMany){ i, told };
        watches[i] =
            store_watch(store, i % 10 == 0 ? inbox->id : inbox->id + i, one_told, &many[i]);
    }
    for (guint i = 0; i < CROWD; i += 30) /* each third of the inbox's leaves */
        store_unwatch(g_steal_pointer(&watches[i]));
    deliver(store, inbox->id);
    commit(store);
    g_assert_cmpuint(told->len, ==, CROWD / 10 - (CROWD + 29) / 30);
    for (guint i = 0; i < told->len; i++) {
        guint number = g_array_index(told, guint, i);

        g_assert_cmpuint(number % 10, ==, 0);
        g_assert_true(number % 30 != 0);
        g_assert_true(i == 0 || number > g_array_index(told, guint, i - 1));
    }
    for (guint i = 0; i < CROWD; i++)
        store_unwatch(watches[i]);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

static void
test_deleted(void)
{
    g_test_summary(
        "RFC 9051 §6.3.5: who has the mailbox open that is deleted is told, after the commit");
    g_autofree char *folder = folder_new();
    g_autoptr(Store) store = open_store(folder, NULL);
    g_autoptr(StoreMailbox) inbox = add_alice(store);
    Watcher mine = { .store = store };
    g_autoptr(StoreMailbox) work = NULL;
    StoreWatch *watch;

    g_assert_true(store_mailbox_create(store, inbox->account, "Work", NULL));
    commit(store);
    work = store_mailbox_find(store, inbox->account, "Work", NULL);
    watch = store_watch(store, work->id, changed, &mine);
    g_assert_true(store_mailbox_delete(store, inbox->account, "Work", NULL));
    g_assert_cmpuint(mine.told, ==, 0);
    commit(store);
    g_assert_cmpuint(mine.told, ==, 1);
    store_unwatch(watch);
    g_clear_pointer(&store, store_close);
    folder_remove(folder);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage/notify/after-commit", test_after_commit);
    g_test_add_func("/storage/notify/deleted", test_deleted);
    g_test_add_func("/storage/notify/leaving", test_leaving);
    g_test_add_func("/storage/notify/writing", test_writing);
    g_test_add_func("/storage/notify/crowd", test_crowd);
    return g_test_run();
}
