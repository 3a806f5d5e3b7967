/* storage/scram.h - SCRAM-SHA-256: a proof that somebody knows the password, which is never sent
 * (RFC 5802, RFC 7677).
 *
 *   client                         server
 *   n,,n=alice,r=<client nonce>    >
 *                                  < r=<both nonces>,s=<salt>,i=4096
 *   c=biws,r=<both>,p=<proof>      >  H(proof XOR HMAC(StoredKey, all of the above)) = StoredKey?
 *                                  < v=<signature>: the server, too, has something to prove
 *
 * The server's side. Messages here are text; base64 around them is the protocol's (storage/login.c).
 */
#ifndef STORAGE_SCRAM_H
#define STORAGE_SCRAM_H

#include "storage/sasl.h"

typedef struct Scram Scram;

/* Takes the client's first message. NULL: it is none, or it asks for channel binding, which is not
 * offered (RFC 5802 §7). */
Scram *scram_new(const char *first);
void scram_free(Scram *scram);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scram, scram_free)

const char *scram_user(const Scram *scram);
const char *scram_authzid(const Scram *scram); /* "" where none was given */

/* The server's first message. @nonce: its own part, printable, no comma. Newly allocated. */
char *scram_challenge(Scram *scram, const SaslVerifier *verifier, const char *nonce);

/* Takes the client's final message; after scram_challenge(). The server's final message ("v=..."),
 * newly allocated, or NULL: the proof is wrong, or it is no such message. */
char *scram_finish(Scram *scram, const char *final);

#endif
