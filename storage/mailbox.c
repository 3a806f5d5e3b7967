/* storage/mailbox.c - mailboxes: found, made, removed, subscribed to.
 *
 *   name          "Work/2026": '/' between levels; INBOX is INBOX in any case
 *   UIDVALIDITY   from the world's clock, and above all that were ever given: so a mailbox made
 *                 anew under an old name cannot be taken for the old one (RFC 9051 §2.3.1.1)
 *   UIDNEXT       only grows, also when the last message has gone
 *
 * Other names for them: storage/rename.c. All of them in order: storage/listing.c. What lies in
 * them: storage/entry.c. Tests: tests/test_storage_mailbox.c
 */
#include "storage/mailbox_inside.h"

#include "storage/notify.h"

#include <string.h>

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

char *
store_mailbox_name(const char *name)
{
    char *own = g_strdup(name);

    if (g_ascii_strncasecmp(own, "INBOX", 5) == 0 && (own[5] == '\0' || own[5] == '/'))
        memcpy(own, "INBOX", 5);
    return own;
}

/* Control characters are refused (RFC 9051 §5.1 leaves it to us), and so is what ends a line or a
 * paragraph in Unicode: neither can be shown in a list. */
static gboolean
store_mailbox_letter_is_fine(gunichar letter)
{
    switch (g_unichar_type(letter)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR: return FALSE;
    default: return letter != '*' && letter != '%'; /* LIST takes them for wildcards */
    }
}

/* Net-Unicode is UTF-8 in the composed form (NFC): a name has one spelling only, so that two which
 * look the same are the same (RFC 9051 §5.1). */
gboolean
store_mailbox_name_is_fine(const char *name)
{
    g_autofree char *composed = NULL;
    guint levels = 1;

    if (*name == '\0' || strlen(name) > STORE_MAILBOX_NAME_MAX ||
        !g_utf8_validate(name, -1, NULL) || name[0] == '/' || g_str_has_suffix(name, "/") ||
        strstr(name, "//") != NULL)
        return FALSE;
    for (const char *at = name; *at != '\0'; at = g_utf8_next_char(at)) {
        if (!store_mailbox_letter_is_fine(g_utf8_get_char(at)))
            return FALSE;
        levels += *at == '/';
    }
    composed = g_utf8_normalize(name, -1, G_NORMALIZE_DEFAULT_COMPOSE);
    return levels <= STORE_MAILBOX_LEVELS_MAX && strcmp(composed, name) == 0;
}

/* ---- finding ---- */

#define STORE_MAILBOX_COLUMNS                                                                      \
    "SELECT id, account, name, uidvalidity, uidnext, modseq, special,"                             \
    " EXISTS (SELECT 1 FROM subscriptions s WHERE s.account = b.account AND s.name = b.name),"     \
    " recent_after FROM mailboxes b "

static StoreMailbox *
store_mailbox_from_row(Store *store, sqlite3_stmt *row)
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
    mailbox->recent_after =
        MAX((guint32)sqlite3_column_int64(row, 8), store_recent_after(store, mailbox->id));
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
    return store_mailbox_from_row(store, ask);
}

gint64
store_mailbox_id(Store *store, gint64 account, const char *name, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store, "SELECT id FROM mailboxes WHERE account = ? AND name = ?", error);
    g_autofree char *own = store_mailbox_name(name);
    gboolean found;
    gint64 id;

    if (ask == NULL)
        return 0;
    sqlite3_bind_int64(ask, 1, account);
    store_bind_text(ask, 2, own);
    return store_number(store, ask, &id, &found, error) ? id : 0;
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
    return store_mailbox_from_row(store, ask);
}

StoreMailbox *
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

gboolean
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

gboolean
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
        return store_refuse(error, STORE_ERROR_LIMIT, "too many mailboxes");
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

/* ---- removing ---- */

gboolean
store_mailbox_empty(Store *store, gint64 mailbox, guint limit, guint *removed, GError **error)
{
    g_autoptr(sqlite3_stmt) delete =
        store_prepare(store,
                      "DELETE FROM entries WHERE mailbox = ?1 AND uid IN"
                      " (SELECT uid FROM entries WHERE mailbox = ?1 ORDER BY uid LIMIT ?2)",
                      error);

    *removed = 0;
    if (delete == NULL)
        return FALSE;
    sqlite3_bind_int64(delete, 1, mailbox);
    sqlite3_bind_int64(delete, 2, limit);
    if (!store_run(store, delete, error))
        return FALSE;
    *removed = (guint)store_changes(store);
    store->removed += *removed;
    return *removed == 0 || store_mailbox_changed(store, mailbox, error);
}

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

gboolean
store_mailbox_changed(Store *store, gint64 mailbox, GError **error)
{
    g_autoptr(sqlite3_stmt) update =
        store_prepare(store, "UPDATE mailboxes SET modseq = modseq + 1 WHERE id = ?", error);

    if (update == NULL)
        return FALSE;
    sqlite3_bind_int64(update, 1, mailbox);
    if (!store_run(store, update, error))
        return FALSE;
    store_notify(store, mailbox);
    return TRUE;
}

/* ---- subscriptions ---- */

static gboolean
store_mailbox_may_subscribe(Store *store, gint64 account, const char *name, GError **error)
{
    g_autoptr(sqlite3_stmt) ask =
        store_prepare(store, "SELECT count(*) FROM subscriptions WHERE account = ?", error);
    gboolean found;
    gint64 count;

    if (ask == NULL)
        return FALSE;
    if (!store_mailbox_name_is_fine(name))
        return store_refuse(error, STORE_ERROR_NO, "a mailbox may not be called so");
    sqlite3_bind_int64(ask, 1, account);
    if (!store_number(store, ask, &count, &found, error))
        return FALSE;
    return count < STORE_MAILBOXES_MAX ||
           store_refuse(error, STORE_ERROR_LIMIT, "too many subscriptions");
}

gboolean
store_mailbox_subscribe(Store *store, gint64 account, const char *name, gboolean on, GError **error)
{
    static const char *const sql[] = {
        "DELETE FROM subscriptions WHERE account = ? AND name = ?",
        "INSERT OR IGNORE INTO subscriptions (account, name) VALUES (?, ?)",
    };
    g_autoptr(sqlite3_stmt) change = store_prepare(store, sql[on ? 1 : 0], error);
    g_autofree char *own = store_mailbox_name(name);

    if (change == NULL || (on && !store_mailbox_may_subscribe(store, account, own, error)))
        return FALSE;
    sqlite3_bind_int64(change, 1, account);
    store_bind_text(change, 2, own);
    return store_run(store, change, error);
}
