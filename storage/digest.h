/* storage/digest.h - SHA-256 of octets as they pass by: the trace shows by it that a message has
 * stayed the same on its way.
 *
 *     store_digest_feed(digest, octets, length);     as often as octets come
 *     store_digest_hex(digest)                       "9f86d081884c7d65..."
 */
#ifndef STORAGE_DIGEST_H
#define STORAGE_DIGEST_H

#include <glib.h>

typedef struct StoreDigest StoreDigest;

StoreDigest *store_digest_new(void);
void store_digest_free(StoreDigest *digest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreDigest, store_digest_free)
void store_digest_feed(StoreDigest *digest, const char *octets, gsize length);
/* 64 digits, owned by @digest. From then on nothing more may be fed. */
const char *store_digest_hex(StoreDigest *digest);

#endif
