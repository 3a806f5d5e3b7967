/* storage/rename.c - mailboxes get other names (RFC 9051 §6.3.6).
 *
 *   Work, Work/2026     RENAME Work Old/Work     Old (is made), Old/Work, Old/Work/2026
 *
 * A mailbox keeps its id, its UIDs and its UIDVALIDITY: whoever has it open notices nothing. INBOX
 * is another matter: it can't go, so its messages do, page by page, into a mailbox that is new.
 *
 * Tests: tests/test_storage_mailbox_rename.c
 */
#include "storage/mailbox_inside.h"

#include "storage/listing.h"
#include "storage/notify.h"

#include <string.h>

#define STORE_RENAME_PAGE 200 /* messages moved at a time */

/* ---- INBOX ---- */

/* The new mailbox goes on where INBOX's UIDs are, so that what moves may keep its own; INBOX counts
 * on, too, and never gives one of them again. */
StoreMailbox *
store_rename_inbox_begin(Store *store, const StoreMailbox *inbox, const char *to, GError **error)
{
    g_autoptr(sqlite3_stmt) count =
        store_prepare(store, "UPDATE mailboxes SET uidnext = ?, modseq = ? WHERE id = ?", error);
    gint64 made;

    if (count == NULL || !store_mailbox_create(store, inbox->account, to, error))
        return NULL;
    made = store_last_id(store);
    sqlite3_bind_int64(count, 1, inbox->uidnext);
    sqlite3_bind_int64(count, 2, (gint64)inbox->modseq);
    sqlite3_bind_int64(count, 3, made);
    return store_run(store, count, error) ? store_mailbox_get(store, made, error) : NULL;
}

gboolean
store_rename_inbox_page(Store *store, gint64 inbox, gint64 to, guint32 below, guint limit,
                        guint *moved, GError **error)
{
    g_autoptr(sqlite3_stmt) move = store_prepare(
        store,
        "UPDATE entries SET mailbox = ?2,"
        " modseq = (SELECT modseq + 1 FROM mailboxes WHERE id = ?2)"
        " WHERE mailbox = ?1 AND uid IN"
        " (SELECT uid FROM entries WHERE mailbox = ?1 AND uid < ?3 ORDER BY uid LIMIT ?4)",
        error);

    *moved = 0;
    if (move == NULL)
        return FALSE;
    sqlite3_bind_int64(move, 1, inbox);
    sqlite3_bind_int64(move, 2, to);
    sqlite3_bind_int64(move, 3, below);
    sqlite3_bind_int64(move, 4, limit);
    if (!store_run(store, move, error))
        return FALSE;
    *moved = (guint)store_changes(store);
    return *moved == 0 ||
           (store_mailbox_changed(store, inbox, error) && store_mailbox_changed(store, to, error));
}

static gboolean
store_rename_inbox(Store *store, const StoreMailbox *inbox, const char *to, GError **error)
{
    g_autoptr(StoreMailbox) made = store_rename_inbox_begin(store, inbox, to, error);
    guint moved = STORE_RENAME_PAGE;

    if (made == NULL)
        return FALSE;
    while (moved == STORE_RENAME_PAGE)
        if (!store_rename_inbox_page(store, inbox->id, made->id, inbox->uidnext, STORE_RENAME_PAGE,
                                     &moved, error))
            return FALSE;
    return TRUE;
}

/* ---- all others ---- */

/* Would each of those that move along have a name that may be, and that nobody has? */
static gboolean
store_rename_check_inferiors(Store *store, gint64 account, const char *from, const char *to,
                             GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store,
                      "SELECT max(length(CAST(name AS BLOB))),"
                      " max(length(name) - length(replace(name, '/', ''))),"
                      " total(EXISTS (SELECT 1 FROM mailboxes n WHERE n.account = ?1"
                      " AND n.name = ?3 || substr(m.name, length(?2) + 1))) FROM mailboxes m"
                      " WHERE account = ?1 AND " STORE_BELOW("place", STORE_PLACE("?2")),
                      error);
    gsize octets, levels = 1;
    gboolean found;

    if (ask == NULL)
        return FALSE;
    sqlite3_bind_int64(ask, 1, account);
    store_bind_text(ask, 2, from);
    store_bind_text(ask, 3, to);
    if (!store_step(store, ask, &found, error))
        return FALSE;
    if (sqlite3_column_type(ask, 0) == SQLITE_NULL) /* there are none */
        return TRUE;
    octets = (gsize)sqlite3_column_int64(ask, 0) - strlen(from) + strlen(to);
    levels += (gsize)sqlite3_column_int64(ask, 1);
    for (const char *at = from; *at != '\0'; at++)
        levels -= *at == '/';
    for (const char *at = to; *at != '\0'; at++)
        levels += *at == '/';
    if (octets > STORE_MAILBOX_NAME_MAX || levels > STORE_MAILBOX_LEVELS_MAX)
        return store_refuse(error, STORE_ERROR_NO, "a mailbox below it would have too long a name");
    return sqlite3_column_int64(ask, 2) == 0 ||
           store_refuse(error, STORE_ERROR_EXISTS, "a mailbox below it exists already");
}

static gboolean
store_rename_rows(Store *store, gint64 account, const char *from, const char *to, GError **error)
{
    g_autoptr(sqlite3_stmt) update = store_prepare(
        store,
        "UPDATE mailboxes SET name = ?3 || substr(name, length(?2) + 1) WHERE account = ?1"
        " AND (name = ?2 OR (" STORE_BELOW("place", STORE_PLACE("?2")) "))",
        error);

    if (update == NULL)
        return FALSE;
    sqlite3_bind_int64(update, 1, account);
    store_bind_text(update, 2, from);
    store_bind_text(update, 3, to);
    return store_run(store, update, error);
}

/* Superiors first: "a/b" may become "c/d/b", but none of what moves may be above the new name. */
static gboolean
store_rename_tree(Store *store, gint64 account, const char *from, const char *to, GError **error)
{
    gsize length = strlen(from);

    if (strncmp(to, from, length) == 0 && to[length] == '/')
        return store_refuse(error, STORE_ERROR_NO, "a mailbox cannot move into itself");
    return store_mailbox_may_make(store, account, to, error) &&
           store_rename_check_inferiors(store, account, from, to, error) &&
           store_mailbox_make_superiors(store, account, to, error) &&
           store_rename_rows(store, account, from, to, error);
}

/* A level that is no mailbox itself but has some below it can be renamed, too: RFC 9051 §6.3.6
 * shows it with "foo". */
gboolean
store_mailbox_rename(Store *store, gint64 account, const char *from, const char *to, GError **error)
{
    g_autofree char *old = store_mailbox_name(from), *new = store_mailbox_name(to);
    GError *wrong = NULL;
    g_autoptr(StoreMailbox) mailbox = store_mailbox_find(store, account, old, &wrong);

    if (wrong != NULL) {
        g_propagate_error(error, wrong);
        return FALSE;
    }
    if (mailbox == NULL && !store_listing_has_inferiors(store, account, old))
        return store_refuse(error, STORE_ERROR_NONE, "no such mailbox");
    if (mailbox != NULL && strcmp(old, "INBOX") == 0)
        return store_rename_inbox(store, mailbox, new, error);
    return store_rename_tree(store, account, old, new, error);
}
