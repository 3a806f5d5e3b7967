/* storage/account.c - the registered users of a host, and the aliases that stand for them.
 *
 * Names are compared in lower case, ASCII only: "Alice" and "alice" are one user here, which
 * RFC 5321 §2.4 leaves to the host that receives.
 *
 * Tests: tests/test_storage_account.c
 */
#include "storage/account.h"

#include "storage/inside.h"
#include "storage/mailbox.h"
#include "storage/sasl.h"

/* What a new user finds; the second is its special use (RFC 6154 §2). */
static const char *const store_account_mailboxes[][2] = {
    { "INBOX", NULL },    { "Junk", "\\Junk" },     { "Archive", "\\Archive" },
    { "Sent", "\\Sent" }, { "Drafts", "\\Drafts" }, { "Trash", "\\Trash" },
};

void
store_account_free(StoreAccount *account)
{
    if (account == NULL)
        return;
    g_free(account->user);
    g_free(account->domain);
    g_free(account->address);
    g_free(account);
}

static StoreAccount *
store_account_from_row(sqlite3_stmt *row)
{
    StoreAccount *account = g_new0(StoreAccount, 1);

    account->id = sqlite3_column_int64(row, 0);
    account->user = store_column_text(row, 1);
    account->domain = store_column_text(row, 2);
    account->address = g_strconcat(account->user, "@", account->domain, NULL);
    return account;
}

/* ---- accounts ---- */

static gboolean
store_account_insert(Store *store, const char *user, const char *domain, const char *verifier,
                     GError **error)
{
    g_autoptr(sqlite3_stmt) insert = store_prepare(
        store, "INSERT INTO accounts (user, domain, verifier) VALUES (?, ?, ?)", error);

    if (insert == NULL)
        return FALSE;
    store_bind_text(insert, 1, user);
    store_bind_text(insert, 2, domain);
    store_bind_text(insert, 3, verifier);
    return store_run(store, insert, error);
}

static gboolean
store_account_add_mailboxes(Store *store, gint64 account, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(store_account_mailboxes); i++) {
        const char *mailbox = store_account_mailboxes[i][0];

        if (!store_mailbox_create_special(store, account, mailbox, store_account_mailboxes[i][1],
                                          error) ||
            !store_mailbox_subscribe(store, account, mailbox, TRUE, error))
            return FALSE;
    }
    return TRUE;
}

/* Under a savepoint: a user without INBOX, or without half of the others, would be of no use, and
 * could not be added again. */
gboolean
store_account_add(Store *store, const char *user, const char *domain, const char *password,
                  GError **error)
{
    g_autofree char *name = g_ascii_strdown(user, -1);
    g_autofree char *place = g_ascii_strdown(domain, -1);
    g_autofree char *verifier = sasl_verifier_new(store, password);

    if (!store_savepoint(store, error))
        return FALSE;
    if (store_account_insert(store, name, place, verifier, error) &&
        store_account_add_mailboxes(store, store_last_id(store), error) &&
        store_release(store, error))
        return TRUE;
    store_rollback_to(store);
    if (error != NULL && g_error_matches(*error, STORE_ERROR, STORE_ERROR_EXISTS)) {
        g_clear_error(error);
        store_refuse(error, STORE_ERROR_EXISTS, "%s@%s is an account already", name, place);
    }
    return FALSE;
}

gboolean
store_account_set_password(Store *store, const char *user, const char *domain, const char *password,
                           GError **error)
{
    g_autoptr(sqlite3_stmt) update = store_prepare(
        store, "UPDATE accounts SET verifier = ? WHERE domain = ? AND user = ?", error);
    g_autofree char *name = g_ascii_strdown(user, -1);
    g_autofree char *place = g_ascii_strdown(domain, -1);
    g_autofree char *verifier = sasl_verifier_new(store, password);

    if (update == NULL)
        return FALSE;
    store_bind_text(update, 1, verifier);
    store_bind_text(update, 2, place);
    store_bind_text(update, 3, name);
    if (!store_run(store, update, error))
        return FALSE;
    if (store_changes(store) == 0)
        return store_refuse(error, STORE_ERROR_NONE, "%s@%s: no such account", name, place);
    return TRUE;
}

/* Mailboxes and entries go with the row (ON DELETE CASCADE), messages at the commit. */
gboolean
store_account_delete(Store *store, const char *user, const char *domain, GError **error)
{
    g_autoptr(sqlite3_stmt) delete =
        store_prepare(store, "DELETE FROM accounts WHERE domain = ? AND user = ?", error);
    g_autofree char *name = g_ascii_strdown(user, -1);
    g_autofree char *place = g_ascii_strdown(domain, -1);

    if (delete == NULL)
        return FALSE;
    store_bind_text(delete, 1, place);
    store_bind_text(delete, 2, name);
    if (!store_run(store, delete, error))
        return FALSE;
    if (store_changes(store) == 0)
        return store_refuse(error, STORE_ERROR_NONE, "%s@%s: no such account", name, place);
    return TRUE;
}

StoreAccount *
store_account_find(Store *store, Trace *trace, Stage stage, const char *user, const char *domain,
                   GError **error)
{
    static const char sql[] = "SELECT id, user, domain FROM accounts WHERE domain = ? AND user = ?";
    g_autoptr(sqlite3_stmt) ask = store_prepare(store, sql, error);
    g_autofree char *name = g_ascii_strdown(user, -1);
    g_autofree char *place = g_ascii_strdown(domain, -1);
    g_autoptr(StoreAccount) account = NULL;
    gboolean found;

    if (ask == NULL)
        return NULL;
    store_bind_text(ask, 1, place);
    store_bind_text(ask, 2, name);
    if (!store_step(store, ask, &found, error))
        return NULL;
    store_tell(trace, sql, "account %s", name);
    store_tell_params(trace, "ss", place, name);
    if (!found) {
        store_tell_none(trace, "rows");
        trace_sql(trace, stage, "No account is called %s@%s", name, place);
        return NULL;
    }
    account = store_account_from_row(ask);
    store_tell_row(trace, "rows", "id:i user:s domain:s", account->id, name, place);
    trace_sql(trace, stage, "%s is account %" G_GINT64_FORMAT, account->address, account->id);
    return g_steal_pointer(&account);
}

gboolean
store_account_usage(Store *store, Trace *trace, Stage stage, const StoreAccount *account,
                    guint64 *octets, GError **error)
{
    static const char sql[] = "SELECT coalesce(sum(octets), 0) FROM mailboxes WHERE account = ?";
    g_autoptr(sqlite3_stmt) ask = store_prepare(store, sql, error);
    gboolean found;

    if (ask == NULL)
        return FALSE;
    sqlite3_bind_int64(ask, 1, account->id);
    if (!store_step(store, ask, &found, error))
        return FALSE;
    *octets = (guint64)sqlite3_column_int64(ask, 0);
    store_tell(trace, sql, "usage %s", account->user);
    store_tell_params(trace, "i", account->id);
    store_tell_row(trace, "rows", "octets:i", (gint64)*octets);
    trace_sql(trace, stage, "%" G_GUINT64_FORMAT " octets lie in the mailboxes of %s", *octets,
              account->address);
    return TRUE;
}

GPtrArray *
store_account_list(Store *store, GError **error)
{
    g_autoptr(sqlite3_stmt) ask = store_prepare(
        store, "SELECT id, user, domain FROM accounts ORDER BY user || '@' || domain", error);
    g_autoptr(GPtrArray) accounts =
        g_ptr_array_new_with_free_func((GDestroyNotify)store_account_free);
    gboolean row, fine;

    if (ask == NULL)
        return NULL;
    while ((fine = store_step(store, ask, &row, error)) && row)
        g_ptr_array_add(accounts, store_account_from_row(ask));
    return fine ? g_steal_pointer(&accounts) : NULL;
}

/* ---- aliases ---- */

static gboolean
store_alias_clear(Store *store, const char *user, const char *domain, GError **error)
{
    g_autoptr(sqlite3_stmt) delete =
        store_prepare(store, "DELETE FROM aliases WHERE domain = ? AND user = ?", error);

    if (delete == NULL)
        return FALSE;
    store_bind_text(delete, 1, domain);
    store_bind_text(delete, 2, user);
    return store_run(store, delete, error);
}

static gboolean
store_alias_insert(Store *store, const char *user, const char *domain, int position,
                   const char *target, GError **error)
{
    g_autoptr(sqlite3_stmt) insert = store_prepare(
        store, "INSERT INTO aliases (domain, user, position, target) VALUES (?, ?, ?, ?)", error);

    if (insert == NULL)
        return FALSE;
    store_bind_text(insert, 1, domain);
    store_bind_text(insert, 2, user);
    sqlite3_bind_int(insert, 3, position);
    store_bind_text(insert, 4, target);
    return store_run(store, insert, error);
}

gboolean
store_alias_set(Store *store, const char *user, const char *domain, const char *const *targets,
                GError **error)
{
    g_autofree char *name = g_ascii_strdown(user, -1);
    g_autofree char *place = g_ascii_strdown(domain, -1);

    if (!store_alias_clear(store, name, place, error))
        return FALSE;
    for (int i = 0; targets[i] != NULL; i++)
        if (!store_alias_insert(store, name, place, i, targets[i], error))
            return FALSE;
    return TRUE;
}

static void
store_alias_tell(Trace *trace, Stage stage, const char *sql, const char *user, const char *domain,
                 char **targets)
{
    g_autofree char *joined = targets != NULL ? g_strjoinv(", ", targets) : NULL;

    store_tell(trace, sql, "alias %s", user);
    store_tell_params(trace, "ss", domain, user);
    if (targets == NULL) {
        store_tell_none(trace, "rows");
        trace_sql(trace, stage, "%s@%s is no alias", user, domain);
        return;
    }
    store_tell_row(trace, "rows", "targets:s", joined);
    trace_sql(trace, stage, "%s@%s is an alias: it stands for %s", user, domain, joined);
}

char **
store_alias_find(Store *store, Trace *trace, Stage stage, const char *user, const char *domain,
                 GError **error)
{
    static const char sql[] =
        "SELECT target FROM aliases WHERE domain = ? AND user = ? ORDER BY position";
    g_autoptr(sqlite3_stmt) ask = store_prepare(store, sql, error);
    g_autofree char *name = g_ascii_strdown(user, -1);
    g_autofree char *place = g_ascii_strdown(domain, -1);
    g_autoptr(GStrvBuilder) targets = g_strv_builder_new();
    g_auto(GStrv) found = NULL;
    gboolean row, fine;

    if (ask == NULL)
        return NULL;
    store_bind_text(ask, 1, place);
    store_bind_text(ask, 2, name);
    while ((fine = store_step(store, ask, &row, error)) && row)
        g_strv_builder_add(targets, (const char *)sqlite3_column_text(ask, 0));
    if (!fine)
        return NULL;
    found = g_strv_builder_end(targets);
    if (found[0] == NULL)
        g_clear_pointer(&found, g_strfreev);
    store_alias_tell(trace, stage, sql, name, place, found);
    return g_steal_pointer(&found);
}
