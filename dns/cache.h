/* dns/cache.h - answers kept for as long as they said they hold (RFC 1034 §5.3.3).
 *
 * "No" is kept too, for as long as the zone's SOA says (RFC 2308 §5); "no answer" never. Time is the
 * world's clock, so a warp over an hour ages the cache by an hour.
 */
#ifndef DNS_CACHE_H
#define DNS_CACHE_H

#include "dns/resolver.h"

#define DNS_CACHE_MAX          1000 /* answers; beyond that the oldest goes */
#define DNS_CACHE_TTL_MAX      (24 * 3600)
#define DNS_CACHE_NEGATIVE_MAX (3 * 3600) /* RFC 2308 §5 finds one to three hours sensible */

typedef struct DnsCache DnsCache;

DnsCache *dns_cache_new(void);
void dns_cache_free(DnsCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DnsCache, dns_cache_free)

/* Keeps copies of @answer's outcome, records and canonical name for @ttl_s from @now_s; 0: not. */
void dns_cache_put(DnsCache *cache, const char *name, DnsType type, const DnsAnswer *answer,
                   guint32 ttl_s, gint64 now_s);
/* NULL: not there, or too old. @left_s: for how long it still holds. The answer is the cache's, and
 * valid until the next call. */
const DnsAnswer *dns_cache_get(DnsCache *cache, const char *name, DnsType type, gint64 now_s,
                               guint32 *left_s);
void dns_cache_clear(DnsCache *cache);
guint dns_cache_count(const DnsCache *cache);

#endif
