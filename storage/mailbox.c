/* storage/mailbox.c - mailboxes: made, found, renamed, removed, subscribed to.
 *
 *   name          "Work/2026": '/' between levels; INBOX is INBOX in any case
 *   UIDVALIDITY   from the world's clock, and above all that were ever given: so a mailbox made
 *                 anew under an old name cannot be taken for the old one (RFC 9051 §2.3.1.1)
 *   UIDNEXT       only grows, also when the last message has gone
 *
 * What lies in a mailbox is storage/entry.c. Tests: tests/test_storage_mailbox.c
 */
#include "storage/mailbox.h"

#include "storage/inside.h"
#include "storage/notify.h"

#include <string.h>

#define STORE_MAILBOX_NAME_MAX   255 /* octets of a name asked for */
#define STORE_MAILBOX_LEVELS_MAX 20
#define STORE_MAILBOXES_MAX      1000 /* of an account */

void
store_mailbox_free(StoreMailbox *mailbox)
{
    if (mailbox == NULL)
        return;
    g_free(mailbox->name);
    g_free(mailbox->special);
    g_free(mailbox);
}

/* ---- names ---- */

/* "inbox" and "inbox/lists" begin with INBOX, whatever the case (RFC 9051 §5.1). */
static char *
store_mailbox_name(const char *name)
{
    char *own = g_strdup(name);

    if (g_ascii_strncasecmp(own, "INBOX", 5) == 0 && (own[5] == '\0' || own[5] == '/'))
        memcpy(own, "INBOX", 5);
    return own;
}

/* May a mailbox be called so? UTF-8, no control characters, no empty level, not too deep. */
static gboolean
store_mailbox_name_is_fine(const char *name)
{
    guint levels = 1;

    if (*name == '\0' || strlen(name) > STORE_MAILBOX_NAME_MAX ||
        !g_utf8_validate(name, -1, NULL) || name[0] == '/' || g_str_has_suffix(name, "/") ||
        strstr(name, "//") != NULL)
        return FALSE;
    for (const char *at = name; *at != '\0'; at = g_utf8_next_char(at)) {
        if (g_unichar_iscntrl(g_utf8_get_char(at)))
            return FALSE;
        levels += *at == '/';
    }
    return levels <= STORE_MAILBOX_LEVELS_MAX;
}

/* ---- finding ---- */

#define STORE_MAILBOX_COLUMNS                                                                      \
    "SELECT id, account, name, uidvalidity, uidnext, modseq, special,"                             \
    " EXISTS (SELECT 1 FROM subscriptions s WHERE s.account = b.account AND s.name = b.name)"      \
    " FROM mailboxes b "

static StoreMailbox *
store_mailbox_from_row(sqlite3_stmt *row)
{
    StoreMailbox *mailbox = g_new0(StoreMailbox, 1);

    mailbox->id = sqlite3_column_int64(row, 0);
    mailbox->account = sqlite3_column_int64(row, 1);
    mailbox->name = store_column_text(row, 2);
    mailbox->uidvalidity = (guint32)sqlite3_column_int64(row, 3);
    mailbox->uidnext = (guint32)sqlite3_column_int64(row, 4);
    mailbox->modseq = (guint64)sqlite3_column_int64(row, 5);
    mailbox->special = store_column_text(row, 6);
    mailbox->subscribed = sqlite3_column_int(row, 7);
    return mailbox;
}

StoreMailbox *
store_mailbox_find(Store *store, gint64 account, const char *name, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store, STORE_MAILBOX_COLUMNS "WHERE account = ? AND name = ?", error);
    g_autofree char *own = store_mailbox_name(name);
    gboolean found;

    if (ask == NULL)
        return NULL;
    sqlite3_bind_int64(ask, 1, account);
    store_bind_text(ask, 2, own);
    if (!store_step(store, ask, &found, error) || !found)
        return NULL;
    return store_mailbox_from_row(ask);
}

StoreMailbox *
store_mailbox_get(Store *store, gint64 id, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(store, STORE_MAILBOX_COLUMNS "WHERE id = ?", error);
    gboolean found;

    if (ask == NULL)
        return NULL;
    sqlite3_bind_int64(ask, 1, id);
    if (!store_step(store, ask, &found, error) || !found)
        return NULL;
    return store_mailbox_from_row(ask);
}

GPtrArray *
store_mailbox_list(Store *store, gint64 account, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store, STORE_MAILBOX_COLUMNS "WHERE account = ? ORDER BY name", error);
    g_autoptr(GPtrArray) mailboxes =
        g_ptr_array_new_with_free_func((GDestroyNotify)store_mailbox_free);
    gboolean row, fine;

    if (ask == NULL)
        return NULL;
    sqlite3_bind_int64(ask, 1, account);
    while ((fine = store_step(store, ask, &row, error)) && row)
        g_ptr_array_add(mailboxes, store_mailbox_from_row(ask));
    return fine ? g_steal_pointer(&mailboxes) : NULL;
}

/* The mailbox, or STORE_ERROR_NONE where there is none. */
static StoreMailbox *
store_mailbox_need(Store *store, gint64 account, const char *name, GError **error)
{
    GError *wrong = NULL;
    StoreMailbox *mailbox = store_mailbox_find(store, account, name, &wrong);

    if (wrong != NULL)
        g_propagate_error(error, wrong);
    else if (mailbox == NULL)
        store_refuse(error, STORE_ERROR_NONE, "no such mailbox");
    return mailbox;
}

/* ---- making ---- */

static gboolean
store_mailbox_next_uidvalidity(Store *store, gint64 *uidvalidity, GError **error)
{
    g_autoptr(sqlite3_stmt) update =
        store_prepare(store,
                      "UPDATE facts SET value = max(value + 1, ?) WHERE name = 'uidvalidity'"
                      " RETURNING value",
                      error);
    gboolean found;

    if (update == NULL)
        return FALSE;
    sqlite3_bind_int64(update, 1, CLAMP(store_now_s(store), 1, (gint64)G_MAXUINT32));
    return store_number(store, update, uidvalidity, &found, error);
}

static gboolean
store_mailbox_insert(Store *store, gint64 account, const char *name, const char *special,
                     GError **error)
{
    g_autoptr(sqlite3_stmt) insert =
        store_prepare(store,
                      "INSERT INTO mailboxes (account, name, uidvalidity, uidnext, modseq, special)"
                      " VALUES (?, ?, ?, 1, 1, ?)",
                      error);
    gint64 uidvalidity;

    if (insert == NULL || !store_mailbox_next_uidvalidity(store, &uidvalidity, error))
        return FALSE;
    sqlite3_bind_int64(insert, 1, account);
    store_bind_text(insert, 2, name);
    sqlite3_bind_int64(insert, 3, uidvalidity);
    store_bind_text(insert, 4, special);
    return store_run(store, insert, error);
}

/* Makes what is missing above @name. */
static gboolean
store_mailbox_make_superiors(Store *store, gint64 account, const char *name, GError **error)
{
    for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        g_autofree char *superior = g_strndup(name, (gsize)(slash - name));
        GError *wrong = NULL;
        g_autoptr(StoreMailbox) there = store_mailbox_find(store, account, superior, &wrong);

        if (wrong != NULL) {
            g_propagate_error(error, wrong);
            return FALSE;
        }
        if (there == NULL && !store_mailbox_insert(store, account, superior, NULL, error))
            return FALSE;
    }
    return TRUE;
}

/* May a mailbox of this name be made now? */
static gboolean
store_mailbox_may_make(Store *store, gint64 account, const char *name, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store, "SELECT count(*) FROM mailboxes WHERE account = ?", error);
    g_autoptr(StoreMailbox) there = NULL;
    GError *wrong = NULL;
    gboolean found;
    gint64 count;

    if (ask == NULL)
        return FALSE;
    sqlite3_bind_int64(ask, 1, account);
    if (!store_number(store, ask, &count, &found, error))
        return FALSE;
    if (!store_mailbox_name_is_fine(name))
        return store_refuse(error, STORE_ERROR_NO, "a mailbox may not be called so");
    if (count + STORE_MAILBOX_LEVELS_MAX > STORE_MAILBOXES_MAX)
        return store_refuse(error, STORE_ERROR_NO, "too many mailboxes");
    there = store_mailbox_find(store, account, name, &wrong);
    if (wrong != NULL) {
        g_propagate_error(error, wrong);
        return FALSE;
    }
    return there == NULL || store_refuse(error, STORE_ERROR_EXISTS, "the mailbox exists already");
}

gboolean
store_mailbox_create_special(Store *store, gint64 account, const char *name, const char *special,
                             GError **error)
{
    g_autofree char *own = store_mailbox_name(name);

    return store_mailbox_may_make(store, account, own, error) &&
           store_mailbox_make_superiors(store, account, own, error) &&
           store_mailbox_insert(store, account, own, special, error);
}

gboolean
store_mailbox_create(Store *store, gint64 account, const char *name, GError **error)
{
    return store_mailbox_create_special(store, account, name, NULL, error);
}

/* ---- removing and renaming ---- */

/* Inferiors stay, as RFC 9051 §6.3.5 asks: "Work/2026" is there without "Work". */
gboolean
store_mailbox_delete(Store *store, gint64 account, const char *name, GError **error)
{
    g_autoptr(sqlite3_stmt) delete =
        store_prepare(store, "DELETE FROM mailboxes WHERE id = ?", error);
    g_autoptr(StoreMailbox) mailbox = store_mailbox_need(store, account, name, error);

    if (delete == NULL || mailbox == NULL)
        return FALSE;
    if (strcmp(mailbox->name, "INBOX") == 0)
        return store_refuse(error, STORE_ERROR_NO, "INBOX cannot be deleted");
    sqlite3_bind_int64(delete, 1, mailbox->id);
    if (!store_run(store, delete, error))
        return FALSE;
    store_notify(store, mailbox->id);
    return TRUE;
}

/* The new mailbox goes on where INBOX's UIDs are, so that what moves may keep its own; INBOX counts
 * on, too, and never gives one of them again. */
static gboolean
store_mailbox_move_inbox(Store *store, const StoreMailbox *inbox, const char *to, GError **error)
{
    g_autoptr(sqlite3_stmt) move = store_prepare(
        store, "UPDATE entries SET mailbox = ?2, modseq = ?3 WHERE mailbox = ?1", error);
    g_autoptr(sqlite3_stmt) count =
        store_prepare(store, "UPDATE mailboxes SET uidnext = ?2, modseq = ?3 WHERE id = ?1", error);
    gint64 modseq = (gint64)inbox->modseq + 1, made;

    if (move == NULL || count == NULL || !store_mailbox_create(store, inbox->account, to, error))
        return FALSE;
    made = store_last_id(store);
    sqlite3_bind_int64(move, 1, inbox->id);
    sqlite3_bind_int64(move, 2, made);
    sqlite3_bind_int64(move, 3, modseq);
    sqlite3_bind_int64(count, 1, made);
    sqlite3_bind_int64(count, 2, inbox->uidnext);
    sqlite3_bind_int64(count, 3, modseq);
    if (!store_run(store, move, error) || !store_run(store, count, error))
        return FALSE;
    store_notify(store, inbox->id);
    return TRUE;
}

static gboolean
store_mailbox_rename_rows(Store *store, gint64 account, const char *from, const char *to,
                          GError **error)
{
    g_autoptr(sqlite3_stmt) update = store_prepare(
        store,
        "UPDATE mailboxes SET name = ?3 || substr(name, length(?2) + 1) WHERE account = ?1"
        " AND (name = ?2 OR substr(name, 1, length(?2) + 1) = ?2 || '/')",
        error);

    if (update == NULL)
        return FALSE;
    sqlite3_bind_int64(update, 1, account);
    store_bind_text(update, 2, from);
    store_bind_text(update, 3, to);
    return store_run(store, update, error);
}

gboolean
store_mailbox_rename(Store *store, gint64 account, const char *from, const char *to, GError **error)
{
    g_autofree char *own = store_mailbox_name(to);
    g_autoptr(StoreMailbox) mailbox = store_mailbox_need(store, account, from, error);
    gsize length;

    if (mailbox == NULL)
        return FALSE;
    if (strcmp(mailbox->name, "INBOX") == 0)
        return store_mailbox_move_inbox(store, mailbox, own, error);
    length = strlen(mailbox->name);
    if (strncmp(own, mailbox->name, length) == 0 && own[length] == '/')
        return store_refuse(error, STORE_ERROR_NO, "a mailbox cannot move into itself");
    return store_mailbox_may_make(store, account, own, error) &&
           store_mailbox_make_superiors(store, account, own, error) &&
           store_mailbox_rename_rows(store, account, mailbox->name, own, error);
}

/* ---- subscriptions ---- */

gboolean
store_mailbox_subscribe(Store *store, gint64 account, const char *name, gboolean on, GError **error)
{
    static const char *const sql[] = {
        "DELETE FROM subscriptions WHERE account = ? AND name = ?",
        "INSERT OR IGNORE INTO subscriptions (account, name) VALUES (?, ?)",
    };
    g_autoptr(sqlite3_stmt) change = store_prepare(store, sql[on ? 1 : 0], error);
    g_autofree char *own = store_mailbox_name(name);

    if (change == NULL)
        return FALSE;
    if (on && !store_mailbox_name_is_fine(own))
        return store_refuse(error, STORE_ERROR_NO, "a mailbox may not be called so");
    sqlite3_bind_int64(change, 1, account);
    store_bind_text(change, 2, own);
    return store_run(store, change, error);
}

GPtrArray *
store_mailbox_subscriptions(Store *store, gint64 account, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(
        store, "SELECT name FROM subscriptions WHERE account = ? ORDER BY name", error);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    gboolean row, fine;

    if (ask == NULL)
        return NULL;
    sqlite3_bind_int64(ask, 1, account);
    while ((fine = store_step(store, ask, &row, error)) && row)
        g_ptr_array_add(names, store_column_text(ask, 0));
    return fine ? g_steal_pointer(&names) : NULL;
}

/* ---- counting ---- */

gboolean
store_mailbox_counts(Store *store, gint64 mailbox, StoreMailboxCounts *counts, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store,
                      "SELECT count(*), total(flags & 1 = 0), total(flags & 8 <> 0), total(octets),"
                      " min(CASE WHEN flags & 1 = 0 THEN uid END) FROM entries WHERE mailbox = ?",
                      error);
    gboolean found;

    if (ask == NULL)
        return FALSE;
    sqlite3_bind_int64(ask, 1, mailbox);
    if (!store_step(store, ask, &found, error))
        return FALSE;
    counts->messages = (guint32)sqlite3_column_int64(ask, 0);
    counts->unseen = (guint32)sqlite3_column_int64(ask, 1);
    counts->deleted = (guint32)sqlite3_column_int64(ask, 2);
    counts->octets = (guint64)sqlite3_column_int64(ask, 3);
    counts->first_unseen_uid = (guint32)sqlite3_column_int64(ask, 4);
    return TRUE;
}
