/* tests/test_storage_world.h - a store in a folder of its own, with a clock the test sets. */
#ifndef TESTS_TEST_STORAGE_WORLD_H
#define TESTS_TEST_STORAGE_WORLD_H

#include "storage/account.h"
#include "storage/entry.h"
#include "storage/mailbox.h"
#include "storage/queue.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "tests/folder.h"

static gint64 world_now_s = 1767600000; /* 2026-01-05T08:00:00Z */

static gint64
world_now(void *data)
{
    (void)data;
    return world_now_s;
}

static void
world_secret(void *data, guint8 *octets, gsize length)
{
    static guint8 next = 1;

    (void)data;
    for (gsize i = 0; i < length; i++)
        octets[i] = next++;
}

static const StoreWorld world = { world_now, world_secret, NULL };

static inline guint
folder_count(const char *path, const char *inside)
{
    g_autofree char *whole = g_build_filename(path, inside, NULL);
    g_autoptr(GDir) folder = g_dir_open(whole, 0, NULL);
    guint count = 0;

    while (g_dir_read_name(folder) != NULL)
        count++;
    return count;
}

static inline Store *
open_store(const char *folder, Trace *trace)
{
    GError *error = NULL;
    Store *store = store_open(folder, "mx.north.example", &world, trace, &error);

    g_assert_no_error(error);
    return store;
}

static inline void
commit(Store *store)
{
    GError *error = NULL;

    g_assert_true(store_commit(store, &error));
    g_assert_no_error(error);
}

/* Adds a message of @octets content octets in the open group; 0 where the store refuses. */
static inline gint64
add_message(Store *store, Trace *trace, gsize octets, GError **error)
{
    g_autoptr(StoreDraft) draft = store_draft_new(store);
    g_autofree char *filler = g_strnfill(octets, 'x');

    if (octets >= 24)
        memcpy(filler, "Subject: hello\r\nA: b\r\n\r\n", 24);
    if (!store_draft_append(draft, filler, octets, error))
        return 0;
    return store_message_add(store, trace, draft, "Received: here\r\n", "alice@north.example", "q1",
                             error);
}

/* The account alice@north.example with her mailboxes, committed; returns INBOX. */
static inline StoreMailbox *
add_alice(Store *store)
{
    GError *error = NULL;
    g_autoptr(StoreAccount) alice = NULL;
    StoreMailbox *inbox;

    g_assert_true(store_account_add(store, "alice", "north.example", "wonderland", &error));
    g_assert_no_error(error);
    alice = store_account_find(store, NULL, STAGE_RECIPIENT, "alice", "north.example", &error);
    inbox = store_mailbox_find(store, alice->id, "INBOX", &error);
    commit(store);
    return inbox;
}

/* The one number that @sql asks for, by a look of its own. */
static inline int
number_of(const char *folder, const char *sql)
{
    g_autofree char *path = g_build_filename(folder, "mx.north.example.db", NULL);
    sqlite3 *db = NULL;
    sqlite3_stmt *ask = NULL;
    int count = -1;

    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &ask, NULL), ==, SQLITE_OK);
    if (sqlite3_step(ask) == SQLITE_ROW)
        count = sqlite3_column_int(ask, 0);
    sqlite3_finalize(ask);
    sqlite3_close(db);
    return count;
}

/* How many rows @table has. */
static inline int
count_rows(const char *folder, const char *table)
{
    g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM %s", table);

    return number_of(folder, sql);
}

#endif
