/* storage/sasl.c - is this the user's password? And logins remembered for a while.
 *
 * Start reading at store_sasl_check(). Tests: tests/test_storage_sasl.c
 */
#include "storage/sasl.h"

#include "storage/inside.h"

#include <gnutls/crypto.h>
#include <string.h>

#define SASL_TEXT_MAX       12288 /* octets of base64 (RFC 4954 §4) */
#define SASL_REMEMBER_S     300
#define SASL_REMEMBERED_MAX 1024

/* Fits no password; checked for users that do not exist, so that they take as long. */
#define SASL_NOBODY                                                                                \
    SASL_PREFIX "4096:AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"      \
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

/* Verified logins. A key is a keyed hash: from it, even in a memory dump, no password is tried
 * faster than from the verifier without the key, which never leaves the process. */
typedef struct SaslCache {
    guint8 key[SASL_KEY_OCTETS];
    GHashTable *until; /* hex of the keyed hash: gint64, seconds */
    GQueue order;      /* the same hashes, oldest first; owned by the table */
} SaslCache;

/* ---- what the client sent ---- */

SaslTry *
sasl_try_new(const char *authzid, const char *user, const char *password)
{
    SaslTry *attempt = g_new0(SaslTry, 1);

    attempt->authzid = g_strdup(authzid);
    attempt->user = g_strdup(user);
    attempt->password = g_strdup(password);
    return attempt;
}

SaslTry *
sasl_try_copy(const SaslTry *attempt)
{
    SaslTry *copy = sasl_try_new(attempt->authzid, attempt->user, attempt->password);

    copy->proof = attempt->proof;
    return copy;
}

void
sasl_try_free(SaslTry *attempt)
{
    if (attempt == NULL)
        return;
    explicit_bzero(attempt->password, strlen(attempt->password));
    g_free(attempt->authzid);
    g_free(attempt->user);
    g_free(attempt->password);
    g_free(attempt);
}

/* Strict, where GLib's own passes over what is not base64. */
static gboolean
sasl_is_base64(const char *text)
{
    gsize length = strnlen(text, SASL_TEXT_MAX + 1);
    gsize digits = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    if (length > SASL_TEXT_MAX || length % 4 != 0 || length - digits > 2)
        return FALSE;
    return strspn(text + digits, "=") == length - digits;
}

/* The octets of @base64 with a NUL added after them, or NULL. */
static char *
sasl_decode(const char *base64, gsize *length)
{
    guchar *octets;
    char *text;

    if (!sasl_is_base64(base64))
        return NULL;
    octets = g_base64_decode(base64, length);
    text = g_malloc0(*length + 1);
    if (*length > 0)
        memcpy(text, octets, *length);
    explicit_bzero(octets, *length);
    g_free(octets);
    return text;
}

char *
sasl_decode_text(const char *base64)
{
    gsize length;
    char *text = sasl_decode(base64, &length);

    if (text != NULL && memchr(text, '\0', length) != NULL)
        g_clear_pointer(&text, g_free);
    return text;
}

/* message = [authzid] NUL authcid NUL passwd (RFC 4616 §2) */
static SaslTry *
sasl_split_plain(const char *text, gsize length)
{
    const char *user = memchr(text, '\0', length);
    const char *end = text + length;
    const char *password = user != NULL ? memchr(user + 1, '\0', (gsize)(end - user - 1)) : NULL;

    if (password == NULL || password == user + 1 || password + 1 == end ||
        memchr(password + 1, '\0', (gsize)(end - password - 1)) != NULL)
        return NULL;
    return sasl_try_new(text, user + 1, password + 1);
}

SaslTry *
sasl_try_from_plain(const char *base64)
{
    gsize length;
    char *text = sasl_decode(base64, &length);
    SaslTry *attempt;

    if (text == NULL)
        return NULL;
    attempt = sasl_split_plain(text, length);
    explicit_bzero(text, length);
    g_free(text);
    return attempt;
}

/* ---- logins remembered ---- */

static SaslCache *
sasl_cache(Store *store)
{
    if (store->logins == NULL) {
        store->logins = g_new0(SaslCache, 1);
        store->world.secret(store->world.data, store->logins->key, SASL_KEY_OCTETS);
        store->logins->until = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    }
    return store->logins;
}

void
sasl_cache_free(SaslCache *cache)
{
    if (cache == NULL)
        return;
    g_queue_clear(&cache->order);
    g_hash_table_unref(cache->until);
    explicit_bzero(cache, sizeof *cache);
    g_free(cache);
}

/* The verifier is part of it: a new password makes the old login unknown at once. */
static char *
sasl_cache_key(const SaslCache *cache, const char *verifier, const char *password)
{
    guint8 digest[SASL_KEY_OCTETS];
    GString *both = g_string_new(verifier);
    GString *hex = g_string_sized_new(2 * sizeof digest);

    g_string_append_c(both, '\0');
    g_string_append(both, password);
    gnutls_hmac_fast(GNUTLS_MAC_SHA256, cache->key, sizeof cache->key, both->str, both->len,
                     digest);
    explicit_bzero(both->str, both->len);
    g_string_free(both, TRUE);
    for (gsize i = 0; i < sizeof digest; i++)
        g_string_append_printf(hex, "%02x", digest[i]);
    return g_string_free(hex, FALSE);
}

static void
sasl_cache_remember(SaslCache *cache, char *key, gint64 until_s)
{
    gint64 *until = g_hash_table_lookup(cache->until, key);

    if (until != NULL) {
        *until = until_s;
        g_free(key);
        return;
    }
    if (g_queue_get_length(&cache->order) >= SASL_REMEMBERED_MAX)
        g_hash_table_remove(cache->until, g_queue_pop_head(&cache->order));
    g_hash_table_insert(cache->until, key, g_memdup2(&until_s, sizeof until_s));
    g_queue_push_tail(&cache->order, key);
}

static gboolean
sasl_cache_knows(const SaslCache *cache, const char *key, gint64 now_s)
{
    const gint64 *until = g_hash_table_lookup(cache->until, key);

    return until != NULL && now_s < *until;
}

/* ---- the check ---- */

/* The verifier of @account, telling what was asked; never what it is. */
static char *
store_sasl_verifier(Store *store, Trace *trace, Stage stage, const StoreAccount *account,
                    GError **error)
{
    static const char sql[] = "SELECT verifier FROM accounts WHERE id = ?";
    g_autoptr(sqlite3_stmt) ask = store_prepare(store, sql, error);
    gboolean found;

    if (ask == NULL)
        return NULL;
    sqlite3_bind_int64(ask, 1, account->id);
    if (!store_step(store, ask, &found, error))
        return NULL;
    if (!found) {
        store_refuse(error, STORE_ERROR_NO, "wrong user or password");
        return NULL;
    }
    store_tell(trace, sql, "verifier %s", account->user);
    store_tell_params(trace, "i", account->id);
    store_tell_row(trace, "rows", "verifier:s", SASL_PREFIX "***");
    trace_sql(trace, stage, "%s has a verifier: the password can be checked, not read",
              account->address);
    return store_column_text(ask, 0);
}

/* "alice@north.example", or "alice" in the first of @domains that has one. */
static StoreAccount *
store_sasl_account(Store *store, Trace *trace, Stage stage, const char *user,
                   const char *const *domains, GError **error)
{
    const char *at = strrchr(user, '@');
    StoreAccount *account = NULL;
    GError *wrong = NULL;

    if (at != NULL) {
        g_autofree char *name = g_strndup(user, (gsize)(at - user));

        return store_account_find(store, trace, stage, name, at + 1, error);
    }
    for (guint i = 0; account == NULL && wrong == NULL && domains[i] != NULL; i++)
        account = store_account_find(store, trace, stage, user, domains[i], &wrong);
    if (wrong != NULL)
        g_propagate_error(error, wrong);
    return account;
}

/* An authorization identity may only be one's own (RFC 4616 §2): nobody acts for others here. */
static gboolean
store_sasl_may_act(const StoreAccount *account, const char *authzid)
{
    return authzid == NULL || *authzid == '\0' || g_ascii_strcasecmp(authzid, account->user) == 0 ||
           g_ascii_strcasecmp(authzid, account->address) == 0;
}

static gboolean
store_sasl_fits(Store *store, Trace *trace, Stage stage, const char *verifier, const char *password)
{
    SaslCache *cache = sasl_cache(store);
    g_autofree char *key = sasl_cache_key(cache, verifier, password);

    if (sasl_cache_knows(cache, key, store_now_s(store))) {
        trace_put_text(trace, "outcome", "ok");
        trace_decision(trace, stage, "RFC 5802 §3",
                       "The same login was checked a moment ago: no need to derive its key again");
        return TRUE;
    }
    if (!sasl_verifier_check(verifier, password)) {
        trace_put_text(trace, "outcome", "refused");
        trace_decision(trace, stage, "RFC 5802 §3",
                       "The key derived from the password is not the stored one");
        return FALSE;
    }
    sasl_cache_remember(cache, g_steal_pointer(&key), store_now_s(store) + SASL_REMEMBER_S);
    trace_state(trace, stage, "RFC 5802 §3",
                "The password is right: the key made of it in %d rounds is the stored one",
                SASL_ROUNDS);
    return TRUE;
}

char *
store_sasl_verifier_of(Store *store, Trace *trace, Stage stage, const char *user,
                       const char *const *domains, GError **error)
{
    GError *wrong = NULL;
    g_autoptr(StoreAccount) account =
        store_sasl_account(store, trace, stage, user, domains, &wrong);

    if (account != NULL)
        return store_sasl_verifier(store, trace, stage, account, error);
    if (wrong == NULL)
        store_refuse(&wrong, STORE_ERROR_NO, "wrong user or password");
    g_propagate_error(error, wrong);
    return NULL;
}

void
store_sasl_nobody(Store *store, const char *user, SaslVerifier *verifier)
{
    const SaslCache *cache = sasl_cache(store);
    guint8 digest[SASL_KEY_OCTETS];

    gnutls_hmac_fast(GNUTLS_MAC_SHA256, cache->key, sizeof cache->key, user, strlen(user), digest);
    memset(verifier, 0, sizeof *verifier);
    verifier->rounds = SASL_ROUNDS;
    verifier->salt_octets = SASL_SALT_OCTETS;
    memcpy(verifier->salt, digest, SASL_SALT_OCTETS);
    store->world.secret(store->world.data, verifier->stored, SASL_KEY_OCTETS);
}

/* SCRAM's work is done already (storage/login.c). */
static gboolean
store_sasl_was_proven(Trace *trace, Stage stage, SaslProof proof)
{
    gboolean proven = proof == SASL_PROVEN;

    trace_put_text(trace, "outcome", proven ? "ok" : "refused");
    trace_decision(trace, stage, "RFC 5802 §3",
                   proven ? "The client's proof fits the stored key; the password was not sent"
                          : "The client's proof does not fit the stored key");
    return proven;
}

/* A password of a user that does not exist takes as long to refuse as a wrong one. */
static gboolean
store_sasl_is_right(Store *store, Trace *trace, Stage stage, const SaslTry *attempt,
                    const StoreAccount *account, GError **error)
{
    g_autofree char *verifier = NULL;

    if (account == NULL) {
        if (attempt->proof == SASL_PASSWORD)
            sasl_verifier_check(SASL_NOBODY, attempt->password);
        return FALSE;
    }
    if (attempt->proof != SASL_PASSWORD)
        return store_sasl_was_proven(trace, stage, attempt->proof);
    verifier = store_sasl_verifier(store, trace, stage, account, error);
    return verifier != NULL && store_sasl_fits(store, trace, stage, verifier, attempt->password);
}

StoreAccount *
store_sasl_check(Store *store, Trace *trace, Stage stage, const SaslTry *attempt,
                 const char *const *domains, GError **error)
{
    GError *wrong = NULL;
    g_autoptr(StoreAccount) account =
        store_sasl_account(store, trace, stage, attempt->user, domains, &wrong);

    if (wrong == NULL && store_sasl_is_right(store, trace, stage, attempt, account, &wrong) &&
        store_sasl_may_act(account, attempt->authzid))
        return g_steal_pointer(&account);
    if (wrong == NULL)
        store_refuse(&wrong, STORE_ERROR_NO, "wrong user or password");
    g_propagate_error(error, wrong);
    return NULL;
}
