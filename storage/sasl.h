/* storage/sasl.h - is this the user's password? (RFC 4616 PLAIN, LOGIN, and plain POP3/IMAP login)
 *
 * A check derives a key with 4,096 rounds: half a millisecond of the one thread. So the world asks
 * for it as for any slow thing, at most some a turn; a verified login is remembered for a while
 * under a keyed hash, so that a client that connects every minute costs little.
 */
#ifndef STORAGE_SASL_H
#define STORAGE_SASL_H

#include "storage/account.h"
#include "storage/verifier.h"

/* How far the password is known already (storage/login.h). */
typedef enum {
    SASL_PASSWORD,  /* the password itself is there, to be checked */
    SASL_PROVEN,    /* SCRAM: a proof of it was given, and was right */
    SASL_DISPROVEN, /* SCRAM: a proof was given, and was wrong */
} SaslProof;

/* What AUTH PLAIN's base64 text holds: authzid NUL authcid NUL password (RFC 4616 §2). */
typedef struct SaslTry {
    char *authzid; /* "" where none was given */
    char *user;    /* authcid: "alice" or "alice@north.example" */
    char *password;
    SaslProof proof;
} SaslTry;

SaslTry *sasl_try_new(const char *authzid, const char *user, const char *password);
SaslTry *sasl_try_copy(const SaslTry *attempt);
/* NULL: not valid base64, or not of the form. Bounded to 12,288 octets (RFC 4954 §4). */
SaslTry *sasl_try_from_plain(const char *base64);
/* Base64 of LOGIN's two answers; NULL where it is none. */
char *sasl_decode_text(const char *base64);
/* Wipes the password. */
void sasl_try_free(SaslTry *attempt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaslTry, sasl_try_free)

/* The verifier of the account that @user names; newly allocated. NULL: STORE_ERROR_NO where there
 * is no such user, other errors where the database is wrong. */
char *store_sasl_verifier_of(Store *store, Trace *trace, Stage stage, const char *user,
                             const char *const *domains, GError **error);
/* A verifier for a user that does not exist: it fits nothing, and is always the same for the same
 * name, as a real one would be. */
void store_sasl_nobody(Store *store, const char *user, SaslVerifier *verifier);

/* The account of @attempt, or NULL: STORE_ERROR_NO where user or password is wrong (not telling
 * which), other errors where the database is. @domains: tried in turn where the user gave no
 * domain. Takes the same time for an unknown user. */
StoreAccount *store_sasl_check(Store *store, Trace *trace, Stage stage, const SaslTry *attempt,
                               const char *const *domains, GError **error);

#endif
