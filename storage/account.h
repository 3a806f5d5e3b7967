/* storage/account.h - the registered users of a host, their aliases and their passwords.
 *
 * A password is never kept: a SCRAM-SHA-256 verifier is (RFC 5803), from which it cannot be read.
 */
#ifndef STORAGE_ACCOUNT_H
#define STORAGE_ACCOUNT_H

#include "storage/store.h"

typedef struct StoreAccount {
    gint64 id;
    char *user;    /* "alice", lower case */
    char *domain;  /* "north.example" */
    char *address; /* "alice@north.example" */
} StoreAccount;

void store_account_free(StoreAccount *account);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreAccount, store_account_free)

/* Makes the account and its mailboxes INBOX, Junk, Archive, Sent, Drafts, Trash. */
gboolean store_account_add(Store *store, const char *user, const char *domain, const char *password,
                           GError **error);
gboolean store_account_set_password(Store *store, const char *user, const char *domain,
                                    const char *password, GError **error);
gboolean store_account_delete(Store *store, const char *user, const char *domain, GError **error);

/* NULL without @error: there is none. Local parts are compared without regard to case (our own
 * users' choice; RFC 5321 §2.4 leaves it to the receiving host). Tells an sql event at @stage. */
StoreAccount *store_account_find(Store *store, Trace *trace, Stage stage, const char *user,
                                 const char *domain, GError **error);
/* What lies in all of its mailboxes, in octets. Tells an sql event at @stage. */
gboolean store_account_usage(Store *store, Trace *trace, Stage stage, const StoreAccount *account,
                             guint64 *octets, GError **error);
/* All, by address: (element-type StoreAccount). */
GPtrArray *store_account_list(Store *store, GError **error);

/* ---- aliases: "sales" at a domain stands for others ---- */

/* Replaces the alias. @targets: full addresses. */
gboolean store_alias_set(Store *store, const char *user, const char *domain,
                         const char *const *targets, GError **error);
/* The targets, NULL where it is no alias. */
char **store_alias_find(Store *store, Trace *trace, Stage stage, const char *user,
                        const char *domain, GError **error);

#endif
