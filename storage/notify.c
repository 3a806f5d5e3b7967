/* storage/notify.c - "this mailbox has changed", told after the commit.
 *
 *   store_notify(7) .. store_notify(7) .. COMMIT > changed(7) once, to each who watches 7
 *
 * A watcher may read the store, write to it (that is the next group), watch and unwatch.
 *
 * Tests: tests/test_storage_notify.c
 */
#include "storage/notify.h"

#include "storage/inside.h"

/* The watches of one mailbox, in the order they came. */
typedef struct StoreWatched {
    gint64 mailbox; /* its key in by_mailbox */
    GQueue watches; /* of StoreWatch; joined and left without a look at the others */
} StoreWatched;

struct StoreWatch {
    Store *store; /* NULL: closed before the watcher left */
    StoreWatched *watched;
    GList link;                                  /* its place there */
    void (*changed)(void *data, gint64 mailbox); /* NULL: gone, freed when the telling is over */
    void *data;
};

struct StoreWatches {
    GHashTable *by_mailbox; /* gint64: StoreWatched, while somebody watches */
    GArray *changed;        /* gint64: mailboxes changed in the open group, each once, in order */
    GHashTable *noted;      /* the same as a set */
    GPtrArray *gone;        /* StoreWatch that left while others were told */
    guint telling;          /* how many flushes are under way (a watcher may commit) */
};

static struct StoreWatches *
store_watches(Store *store)
{
    struct StoreWatches *watches = store->watches;

    if (watches != NULL)
        return watches;
    watches = store->watches = g_new0(struct StoreWatches, 1);
    watches->by_mailbox = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    watches->changed = g_array_new(FALSE, FALSE, sizeof(gint64));
    watches->noted = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    watches->gone = g_ptr_array_new_with_free_func(g_free);
    return watches;
}

static StoreWatched *
store_watched(struct StoreWatches *watches, gint64 mailbox)
{
    StoreWatched *watched = g_hash_table_lookup(watches->by_mailbox, &mailbox);

    if (watched != NULL)
        return watched;
    watched = g_new0(StoreWatched, 1);
    watched->mailbox = mailbox;
    g_hash_table_insert(watches->by_mailbox, &watched->mailbox, watched);
    return watched;
}

StoreWatch *
store_watch(Store *store, gint64 mailbox, void (*changed)(void *data, gint64 mailbox), void *data)
{
    StoreWatch *watch = g_new0(StoreWatch, 1);

    watch->store = store;
    watch->watched = store_watched(store_watches(store), mailbox);
    watch->link.data = watch;
    watch->changed = changed;
    watch->data = data;
    g_queue_push_tail_link(&watch->watched->watches, &watch->link);
    return watch;
}

/* While others are told the queue must not move under them: the place stays until that is over. */
void
store_unwatch(StoreWatch *watch)
{
    struct StoreWatches *watches;
    StoreWatched *watched;

    if (watch == NULL)
        return;
    if (watch->store == NULL) {
        g_free(watch);
        return;
    }
    watches = watch->store->watches;
    if (watches->telling > 0) {
        watch->changed = NULL;
        g_ptr_array_add(watches->gone, watch);
        return;
    }
    watched = watch->watched;
    g_queue_unlink(&watched->watches, &watch->link);
    if (watched->watches.length == 0)
        g_hash_table_remove(watches->by_mailbox, &watched->mailbox);
    g_free(watch);
}

void
store_notify(Store *store, gint64 mailbox)
{
    struct StoreWatches *watches = store_watches(store);

    if (g_hash_table_contains(watches->noted, &mailbox))
        return;
    g_hash_table_add(watches->noted, g_memdup2(&mailbox, sizeof mailbox));
    g_array_append_val(watches->changed, mailbox);
}

/* Only those who watch this mailbox are looked at, however many watch others. */
static void
store_notify_tell(struct StoreWatches *watches, gint64 mailbox)
{
    StoreWatched *watched = g_hash_table_lookup(watches->by_mailbox, &mailbox);
    const GList *link = watched == NULL ? NULL : watched->watches.head;

    /* Who joins now has nothing to be told. */
    for (guint left = watched == NULL ? 0 : watched->watches.length; left > 0; left--) {
        StoreWatch *watch = link->data;

        link = link->next;
        if (watch->changed != NULL)
            watch->changed(watch->data, mailbox);
    }
}

void
store_notify_flush(Store *store, gboolean committed)
{
    struct StoreWatches *watches = store->watches;
    g_autoptr(GArray) changed = NULL;

    if (watches == NULL || watches->changed->len == 0)
        return;
    changed = g_steal_pointer(&watches->changed);
    watches->changed = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_hash_table_remove_all(watches->noted);
    if (!committed)
        return;
    watches->telling++;
    for (guint i = 0; i < changed->len; i++)
        store_notify_tell(watches, g_array_index(changed, gint64, i));
    if (--watches->telling > 0)
        return;
    while (watches->gone->len > 0)
        store_unwatch(g_ptr_array_steal_index(watches->gone, 0));
}

/* The store closes. Watchers still there will call store_unwatch() later: they are let go. */
void
store_watches_free(struct StoreWatches *watches)
{
    GHashTableIter iter;
    gpointer watched;

    if (watches == NULL)
        return;
    g_hash_table_iter_init(&iter, watches->by_mailbox);
    while (g_hash_table_iter_next(&iter, NULL, &watched))
        for (GList *link = ((StoreWatched *)watched)->watches.head; link != NULL; link = link->next)
            ((StoreWatch *)link->data)->store = NULL;
    g_hash_table_unref(watches->by_mailbox);
    g_hash_table_unref(watches->noted);
    g_array_unref(watches->changed);
    g_ptr_array_unref(watches->gone);
    g_free(watches);
}
