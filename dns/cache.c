/* dns/cache.c - answers kept for as long as they hold.
 *
 *     "15 south.example" -> outcome, records, expires
 *
 * A queue beside the table knows which came first: the oldest makes room.
 * Tests: tests/test_dns_cache.c
 */
#include "dns/cache.h"

typedef struct DnsCached {
    char *key;        /* type and lower-case name; the table's key too */
    DnsAnswer answer; /* its own copies */
    gint64 expires_s;
    GList *link; /* in the queue */
} DnsCached;

struct DnsCache {
    GHashTable *table; /* key -> DnsCached, owned here */
    GQueue order;      /* DnsCached, the oldest first */
};

static void
dns_cache_free_entry(DnsCached *entry)
{
    g_ptr_array_unref(entry->answer.records);
    g_free(entry->answer.canonical);
    g_free(entry->key);
    g_free(entry);
}

DnsCache *
dns_cache_new(void)
{
    DnsCache *cache = g_new0(DnsCache, 1);

    cache->table =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)dns_cache_free_entry);
    g_queue_init(&cache->order);
    return cache;
}

void
dns_cache_clear(DnsCache *cache)
{
    g_queue_clear(&cache->order);
    g_hash_table_remove_all(cache->table);
}

void
dns_cache_free(DnsCache *cache)
{
    if (cache == NULL)
        return;
    dns_cache_clear(cache);
    g_hash_table_unref(cache->table);
    g_free(cache);
}

guint
dns_cache_count(const DnsCache *cache)
{
    return g_hash_table_size(cache->table);
}

static char *
dns_cache_key(const char *name, DnsType type)
{
    g_autofree char *lower = dns_name_key(name);

    return g_strdup_printf("%u %s", (guint)type, lower);
}

static void
dns_cache_drop(DnsCache *cache, DnsCached *entry)
{
    g_queue_delete_link(&cache->order, entry->link);
    g_hash_table_remove(cache->table, entry->key);
}

void
dns_cache_put(DnsCache *cache, const char *name, DnsType type, const DnsAnswer *answer,
              guint32 ttl_s, gint64 now_s)
{
    g_autofree char *key = dns_cache_key(name, type);
    DnsCached *old = g_hash_table_lookup(cache->table, key);
    DnsCached *entry;

    if (ttl_s == 0)
        return;
    if (old != NULL)
        dns_cache_drop(cache, old);
    if (cache->order.length >= DNS_CACHE_MAX)
        dns_cache_drop(cache, g_queue_peek_head(&cache->order));
    entry = g_new0(DnsCached, 1);
    entry->key = g_steal_pointer(&key);
    entry->answer.outcome = answer->outcome;
    entry->answer.records = dns_records_copy(answer->records);
    entry->answer.canonical = g_strdup(answer->canonical);
    entry->answer.cached = TRUE;
    entry->expires_s =
        now_s + MIN(ttl_s, answer->outcome == DNS_FOUND ? (guint32)DNS_CACHE_TTL_MAX
                                                        : (guint32)DNS_CACHE_NEGATIVE_MAX);
    g_queue_push_tail(&cache->order, entry);
    entry->link = cache->order.tail;
    g_hash_table_insert(cache->table, entry->key, entry);
}

const DnsAnswer *
dns_cache_get(DnsCache *cache, const char *name, DnsType type, gint64 now_s, guint32 *left_s)
{
    g_autofree char *key = dns_cache_key(name, type);
    DnsCached *entry = g_hash_table_lookup(cache->table, key);

    if (entry == NULL)
        return NULL;
    if (entry->expires_s <= now_s) {
        dns_cache_drop(cache, entry);
        return NULL;
    }
    *left_s = entry->expires_s - now_s;
    return &entry->answer;
}
