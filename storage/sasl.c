/* storage/sasl.c - is this the user's password? Verifiers, and logins remembered for a while.
 *
 *   SaltedPassword = PBKDF2(password, salt, 4096)             half a millisecond, on purpose
 *   StoredKey      = H(HMAC(SaltedPassword, "Client Key"))    RFC 5802 §3
 *   ServerKey      =   HMAC(SaltedPassword, "Server Key")
 *   verifier       = SCRAM-SHA-256$4096:salt$StoredKey:ServerKey
 *
 * Whoever steals the database has to try passwords one by one, at 4,096 rounds each.
 *
 * Start reading at store_sasl_check(). Tests: tests/test_storage_sasl.c
 */
#include "storage/sasl.h"

#include "storage/inside.h"

#include <gnutls/crypto.h>
#include <string.h>

#define SASL_TEXT_MAX       12288 /* octets of base64 (RFC 4954 §4) */
#define SASL_ROUNDS         4096
#define SASL_ROUNDS_MAX     100000 /* of a verifier read: more would hold the one thread up */
#define SASL_SALT_OCTETS    16
#define SASL_KEY_OCTETS     32 /* SHA-256 */
#define SASL_REMEMBER_S     300
#define SASL_REMEMBERED_MAX 1024
#define SASL_PREFIX         "SCRAM-SHA-256$"

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

/* ---- verifiers ---- */

typedef struct SaslKeys {
    guint8 stored[SASL_KEY_OCTETS];
    guint8 server[SASL_KEY_OCTETS];
} SaslKeys;

/* GnuTLS fails here only where SHA-256 itself is missing: that is ours to notice at once. */
static void
sasl_derive(const char *password, const guint8 *salt, gsize salt_octets, guint rounds,
            SaslKeys *keys)
{
    guint8 salted[SASL_KEY_OCTETS], client[SASL_KEY_OCTETS];
    gnutls_datum_t secret = { (unsigned char *)password, (unsigned)strlen(password) };
    gnutls_datum_t grains = { (unsigned char *)salt, (unsigned)salt_octets };
    int code = gnutls_pbkdf2(GNUTLS_MAC_SHA256, &secret, &grains, rounds, salted, sizeof salted);

    if (code == 0)
        code = gnutls_hmac_fast(GNUTLS_MAC_SHA256, salted, sizeof salted, "Client Key", 10, client);
    if (code == 0)
        code = gnutls_hash_fast(GNUTLS_DIG_SHA256, client, sizeof client, keys->stored);
    if (code == 0)
        code = gnutls_hmac_fast(GNUTLS_MAC_SHA256, salted, sizeof salted, "Server Key", 10,
                                keys->server);
    g_assert(code == 0);
    explicit_bzero(salted, sizeof salted);
    explicit_bzero(client, sizeof client);
}

char *
sasl_verifier_new(Store *store, const char *password)
{
    guint8 salt[SASL_SALT_OCTETS];
    g_autofree char *salt_text = NULL, *stored = NULL, *server = NULL;
    SaslKeys keys;

    store->world.secret(store->world.data, salt, sizeof salt);
    sasl_derive(password, salt, sizeof salt, SASL_ROUNDS, &keys);
    salt_text = g_base64_encode(salt, sizeof salt);
    stored = g_base64_encode(keys.stored, sizeof keys.stored);
    server = g_base64_encode(keys.server, sizeof keys.server);
    return g_strdup_printf(SASL_PREFIX "%d:%s$%s:%s", SASL_ROUNDS, salt_text, stored, server);
}

/* Takes the same time wherever the first difference is. */
static gboolean
sasl_same(const guint8 *one, const guint8 *other, gsize length)
{
    guint8 different = 0;

    for (gsize i = 0; i < length; i++)
        different |= one[i] ^ other[i];
    return different == 0;
}

gboolean
sasl_verifier_check(const char *verifier, const char *password)
{
    g_auto(GStrv) parts = NULL;
    g_autofree guchar *salt = NULL, *stored = NULL;
    gsize salt_octets, stored_octets;
    guint64 rounds;
    SaslKeys keys;

    if (!g_str_has_prefix(verifier, SASL_PREFIX))
        return FALSE;
    parts = g_strsplit_set(verifier + strlen(SASL_PREFIX), ":$", 5);
    if (g_strv_length(parts) != 4 ||
        !g_ascii_string_to_unsigned(parts[0], 10, 1, SASL_ROUNDS_MAX, &rounds, NULL))
        return FALSE;
    salt = g_base64_decode(parts[1], &salt_octets);
    stored = g_base64_decode(parts[2], &stored_octets);
    if (stored_octets != SASL_KEY_OCTETS)
        return FALSE;
    sasl_derive(password, salt, salt_octets, (guint)rounds, &keys);
    return sasl_same(keys.stored, stored, SASL_KEY_OCTETS);
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
                "The password is right: the key made of it in %d rounds is the stored one", SASL_ROUNDS);
    return TRUE;
}

StoreAccount *
store_sasl_check(Store *store, Trace *trace, Stage stage, const SaslTry *attempt,
                 const char *const *domains, GError **error)
{
    GError *wrong = NULL;
    g_autoptr(StoreAccount) account =
        store_sasl_account(store, trace, stage, attempt->user, domains, &wrong);
    g_autofree char *verifier = NULL;

    if (wrong != NULL) {
        g_propagate_error(error, wrong);
        return NULL;
    }
    if (account == NULL) {
        sasl_verifier_check(SASL_NOBODY, attempt->password);
        store_refuse(error, STORE_ERROR_NO, "wrong user or password");
        return NULL;
    }
    verifier = store_sasl_verifier(store, trace, stage, account, error);
    if (verifier == NULL)
        return NULL;
    if (!store_sasl_fits(store, trace, stage, verifier, attempt->password) ||
        !store_sasl_may_act(account, attempt->authzid)) {
        store_refuse(error, STORE_ERROR_NO, "wrong user or password");
        return NULL;
    }
    return g_steal_pointer(&account);
}
