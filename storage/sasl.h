/* storage/sasl.h - is this the user's password? (RFC 4616 PLAIN, LOGIN, and plain POP3/IMAP login)
 *
 * A check derives a key with 4,096 rounds: half a millisecond of the one thread. So the world asks
 * for it as for any slow thing, at most some a turn; a verified login is remembered for a while
 * under a keyed hash, so that a client that connects every minute costs little.
 */
#ifndef STORAGE_SASL_H
#define STORAGE_SASL_H

#include "storage/account.h"

/* What AUTH PLAIN's base64 text holds: authzid NUL authcid NUL password (RFC 4616 §2). */
typedef struct SaslTry {
    char *authzid; /* "" where none was given */
    char *user;    /* authcid: "alice" or "alice@north.example" */
    char *password;
} SaslTry;

SaslTry *sasl_try_new(const char *authzid, const char *user, const char *password);
/* NULL: not valid base64, or not of the form. Bounded to 12,288 octets (RFC 4954 §4). */
SaslTry *sasl_try_from_plain(const char *base64);
/* Base64 of LOGIN's two answers; NULL where it is none. */
char *sasl_decode_text(const char *base64);
/* Wipes the password. */
void sasl_try_free(SaslTry *attempt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaslTry, sasl_try_free)

/* A SCRAM-SHA-256 verifier "SCRAM-SHA-256$4096:salt$StoredKey:ServerKey" (RFC 5803 §1). */
char *sasl_verifier_new(Store *store, const char *password);
gboolean sasl_verifier_check(const char *verifier, const char *password);

/* The account of @attempt, or NULL: STORE_ERROR_NO where user or password is wrong (not telling
 * which), other errors where the database is. @domains: tried in turn where the user gave no
 * domain. Takes the same time for an unknown user. */
StoreAccount *store_sasl_check(Store *store, Trace *trace, Stage stage, const SaslTry *attempt,
                               const char *const *domains, GError **error);

#endif
