/* storage/listing.c - all mailboxes of an account, in the order of a tree; and how much is in one.
 *
 *   Archive   INBOX   INBOX/lists   Work   Work/2026   Work-old
 *
 * What is below a mailbox comes right after it, which the order of the alphabet would not do ('-'
 * sorts before '/'). So a reader needs no more in hand than the levels above the present name,
 * whatever the number of mailboxes.
 *
 * Tests: tests/test_storage_mailbox_list.c
 */
#include "storage/listing.h"

#include <string.h>

#include "storage/mailbox_inside.h"

void
store_listed_free(StoreListed *listed)
{
    if (listed == NULL)
        return;
    g_free(listed->name);
    g_free(listed->special);
    g_free(listed);
}

/* clang-format off */
#define STORE_LISTING_SUBSCRIBED                                                                   \
    " EXISTS (SELECT 1 FROM subscriptions s WHERE s.account = l.account AND s.name = l.name)"
#define STORE_LISTING_CHILDREN                                                                     \
    " EXISTS (SELECT 1 FROM mailboxes c WHERE c.account = l.account"                               \
    " AND " STORE_BELOW("c.place", "l.place") ")"
#define STORE_LISTING_PAGE                                                                         \
    " WHERE l.account = ?1 AND l.place > " STORE_PLACE("?2") " ORDER BY l.place LIMIT ?3"

static const char store_listing_mailboxes[] =
    "SELECT l.name, l.id, l.special," STORE_LISTING_SUBSCRIBED "," STORE_LISTING_CHILDREN
    " FROM mailboxes l" STORE_LISTING_PAGE;

static const char store_listing_subscriptions[] =
    "SELECT l.name, coalesce(b.id, 0), b.special, 1," STORE_LISTING_CHILDREN
    " FROM subscriptions l LEFT JOIN mailboxes b ON b.account = l.account AND b.name = l.name"
    STORE_LISTING_PAGE;

static const char store_listing_name[] =
    "SELECT l.name, l.id, l.special," STORE_LISTING_SUBSCRIBED "," STORE_LISTING_CHILDREN
    " FROM mailboxes l WHERE l.account = ?1 AND l.name = ?2";
/* clang-format on */

static StoreListed *
store_listed_from_row(sqlite3_stmt *row)
{
    StoreListed *listed = g_new0(StoreListed, 1);

    listed->name = store_column_text(row, 0);
    listed->mailbox = sqlite3_column_int64(row, 1);
    listed->special = store_column_text(row, 2);
    listed->subscribed = sqlite3_column_int(row, 3);
    listed->children = sqlite3_column_int(row, 4);
    return listed;
}

static void
store_listing_tell(Trace *trace, const char *sql, gint64 account, const char *after, guint limit,
                   const GPtrArray *page, gboolean subscriptions)
{
    g_autofree char *behind = *after == '\0' ? NULL : g_strdup_printf(" behind %s", after);

    store_tell(trace, sql, "%s", subscriptions ? "subscribed?" : "mailboxes?");
    store_tell_params(trace, "isi", account, after, (gint64)limit);
    trace_put_number(trace, "found", page->len);
    trace_sql(trace, STAGE_PICKUP, "%u %s in the order of their names%s", page->len,
              subscriptions ? "names subscribed to" : "mailboxes", behind == NULL ? "" : behind);
}

GPtrArray *
store_listing_page(Store *store, Trace *trace, gint64 account, gboolean subscriptions,
                   const char *after, guint limit, GError **error)
{
    const char *sql = subscriptions ? store_listing_subscriptions : store_listing_mailboxes;
    g_autoptr(sqlite3_stmt) ask = store_prepare(store, sql, error);
    g_autoptr(GPtrArray) page = g_ptr_array_new_with_free_func((GDestroyNotify)store_listed_free);
    gboolean row, fine;

    if (ask == NULL)
        return NULL;
    sqlite3_bind_int64(ask, 1, account);
    store_bind_text(ask, 2, after);
    sqlite3_bind_int64(ask, 3, limit);
    while ((fine = store_step(store, ask, &row, error)) && row)
        g_ptr_array_add(page, store_listed_from_row(ask));
    if (!fine)
        return NULL;
    if (trace_is_on(trace))
        store_listing_tell(trace, sql, account, after, limit, page, subscriptions);
    return g_steal_pointer(&page);
}

StoreListed *
store_listing_one(Store *store, gint64 account, const char *name, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(store, store_listing_name, error);
    gboolean found;

    if (ask == NULL)
        return NULL;
    sqlite3_bind_int64(ask, 1, account);
    store_bind_text(ask, 2, name);
    if (!store_step(store, ask, &found, error) || !found)
        return NULL;
    return store_listed_from_row(ask);
}

gboolean
store_listing_has_inferiors(Store *store, gint64 account, const char *name)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store,
                      "SELECT 1 FROM mailboxes WHERE account = ?1 AND " STORE_BELOW(
                          "place", STORE_PLACE("?2")) " LIMIT 1",
                      NULL);
    gboolean found = FALSE;

    if (ask == NULL)
        return FALSE;
    sqlite3_bind_int64(ask, 1, account);
    store_bind_text(ask, 2, name);
    return store_step(store, ask, &found, NULL) && found;
}

/* ---- counting ---- */

static const char store_counts_sql[] =
    "SELECT messages, unseen, deleted, octets, deleted_octets FROM mailboxes WHERE id = ?";

gboolean
store_mailbox_counts(Store *store, gint64 mailbox, StoreMailboxCounts *counts, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(store, store_counts_sql, error);
    gboolean found;

    if (ask == NULL)
        return FALSE;
    sqlite3_bind_int64(ask, 1, mailbox);
    if (!store_step(store, ask, &found, error))
        return FALSE;
    if (!found)
        return store_refuse(error, STORE_ERROR_NONE, "no such mailbox");
    counts->messages = (guint32)sqlite3_column_int64(ask, 0);
    counts->unseen = (guint32)sqlite3_column_int64(ask, 1);
    counts->deleted = (guint32)sqlite3_column_int64(ask, 2);
    counts->octets = (guint64)sqlite3_column_int64(ask, 3);
    counts->deleted_octets = (guint64)sqlite3_column_int64(ask, 4);
    return TRUE;
}

void
store_mailbox_counts_tell(Trace *trace, const StoreMailbox *mailbox,
                          const StoreMailboxCounts *counts)
{
    store_tell(trace, store_counts_sql, "counts?");
    store_tell_params(trace, "i", mailbox->id);
    store_tell_row(trace, "rows", "messages:i unseen:i deleted:i octets:i deleted_octets:i",
                   (gint64)counts->messages, (gint64)counts->unseen, (gint64)counts->deleted,
                   (gint64)counts->octets, (gint64)counts->deleted_octets);
    trace_sql(trace, STAGE_PICKUP, "%u messages are in %s, %u of them not seen", counts->messages,
              mailbox->name, counts->unseen);
}
