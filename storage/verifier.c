/* storage/verifier.c - making verifiers, reading them, and trying a password against one.
 *
 * Start reading at sasl_derive(). Tests: tests/test_storage_sasl.c
 */
#include "storage/verifier.h"

#include "storage/inside.h"

#include <gnutls/crypto.h>
#include <string.h>

#define SASL_ROUNDS_MAX 100000 /* of a verifier read: more would hold the one thread up */

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

gboolean
sasl_same(const guint8 *one, const guint8 *other, gsize length)
{
    guint8 different = 0;

    for (gsize i = 0; i < length; i++)
        different |= one[i] ^ other[i];
    return different == 0;
}

/* @text: base64 of exactly @octets. */
static gboolean
sasl_verifier_key(const char *text, guint8 *key, gsize octets)
{
    g_autofree guchar *decoded = NULL;
    gsize found;

    decoded = g_base64_decode(text, &found);
    if (found != octets)
        return FALSE;
    memcpy(key, decoded, octets);
    return TRUE;
}

gboolean
sasl_verifier_parse(const char *text, SaslVerifier *verifier)
{
    g_auto(GStrv) parts = NULL;
    g_autofree guchar *salt = NULL;
    guint64 rounds;

    if (!g_str_has_prefix(text, SASL_PREFIX))
        return FALSE;
    parts = g_strsplit_set(text + strlen(SASL_PREFIX), ":$", 5);
    if (g_strv_length(parts) != 4 ||
        !g_ascii_string_to_unsigned(parts[0], 10, 1, SASL_ROUNDS_MAX, &rounds, NULL))
        return FALSE;
    salt = g_base64_decode(parts[1], &verifier->salt_octets);
    if (verifier->salt_octets > SASL_SALT_MAX)
        return FALSE;
    memcpy(verifier->salt, salt, verifier->salt_octets);
    verifier->rounds = (guint)rounds;
    return sasl_verifier_key(parts[2], verifier->stored, SASL_KEY_OCTETS) &&
           sasl_verifier_key(parts[3], verifier->server, SASL_KEY_OCTETS);
}

gboolean
sasl_verifier_check(const char *text, const char *password)
{
    SaslVerifier verifier;
    SaslKeys keys;

    if (!sasl_verifier_parse(text, &verifier))
        return FALSE;
    sasl_derive(password, verifier.salt, verifier.salt_octets, verifier.rounds, &keys);
    return sasl_same(keys.stored, verifier.stored, SASL_KEY_OCTETS);
}
