/* storage/verifier.h - what is kept in place of a password, and only fits it (RFC 5803).
 *
 *   SaltedPassword = PBKDF2(password, salt, 4096)             half a millisecond, on purpose
 *   StoredKey      = H(HMAC(SaltedPassword, "Client Key"))    RFC 5802 §3
 *   ServerKey      =   HMAC(SaltedPassword, "Server Key")
 *   verifier       = SCRAM-SHA-256$4096:salt$StoredKey:ServerKey
 *
 * Whoever steals the database has to try passwords one by one, at 4,096 rounds each.
 */
#ifndef STORAGE_VERIFIER_H
#define STORAGE_VERIFIER_H

#include "storage/store.h"

#define SASL_KEY_OCTETS  32 /* SHA-256 */
#define SASL_SALT_MAX    64
#define SASL_SALT_OCTETS 16
#define SASL_ROUNDS      4096
#define SASL_PREFIX      "SCRAM-SHA-256$"

/* A SCRAM-SHA-256 verifier "SCRAM-SHA-256$4096:salt$StoredKey:ServerKey" (RFC 5803 §1). */
char *sasl_verifier_new(Store *store, const char *password);
gboolean sasl_verifier_check(const char *verifier, const char *password);

/* The parts of a verifier. */
typedef struct SaslVerifier {
    guint rounds;
    gsize salt_octets;
    guint8 salt[SASL_SALT_MAX];
    guint8 stored[SASL_KEY_OCTETS];
    guint8 server[SASL_KEY_OCTETS];
} SaslVerifier;

gboolean sasl_verifier_parse(const char *text, SaslVerifier *verifier);
/* The same octets? Takes the same time wherever the first difference is. */
gboolean sasl_same(const guint8 *one, const guint8 *other, gsize length);

#endif
