/* tests/test_dns_cache.c - answers are kept as long as they hold, and not too many of them. */
#include "dns/cache.h"

#include <locale.h>

static void
put(DnsCache *cache, const char *name, DnsOutcome outcome, guint32 ttl_s, gint64 now_s)
{
    g_autoptr(GPtrArray) records = dns_records_new();
    DnsAnswer answer = { .outcome = outcome, .records = records, .canonical = (char *)name };

    if (outcome == DNS_FOUND)
        g_ptr_array_add(records, dns_record_new(name, DNS_A, ttl_s, 0, "127.0.0.2"));
    dns_cache_put(cache, name, DNS_A, &answer, ttl_s, now_s);
}

static void
test_ttl(void)
{
    g_test_summary("RFC 1034 §3.6: an answer holds for its TTL, not a second longer");
    g_autoptr(DnsCache) cache = dns_cache_new();
    const DnsAnswer *answer;
    guint32 left_s = 0;

    put(cache, "mx.north.example", DNS_FOUND, 300, 1000);
    answer = dns_cache_get(cache, "MX.NORTH.example", DNS_A, 1299, &left_s);
    g_assert_nonnull(answer);
    g_assert_true(answer->cached);
    g_assert_cmpuint(left_s, ==, 1);
    g_assert_cmpstr(((DnsRecord *)g_ptr_array_index(answer->records, 0))->text, ==, "127.0.0.2");
    g_assert_null(dns_cache_get(cache, "mx.north.example", DNS_AAAA, 1299, &left_s));
    g_assert_null(dns_cache_get(cache, "mx.north.example", DNS_A, 1300, &left_s));
    g_assert_cmpuint(dns_cache_count(cache), ==, 0);
}

static void
test_zero(void)
{
    g_test_summary("RFC 1035 §3.2.1: a TTL of zero means: for this question only");
    g_autoptr(DnsCache) cache = dns_cache_new();
    guint32 left_s;

    put(cache, "mx.north.example", DNS_FOUND, 0, 1000);
    g_assert_null(dns_cache_get(cache, "mx.north.example", DNS_A, 1000, &left_s));
}

static void
test_negative(void)
{
    g_test_summary("RFC 2308 §5: \"no\" is kept too, but for some hours at most");
    g_autoptr(DnsCache) cache = dns_cache_new();
    const DnsAnswer *answer;
    guint32 left_s = 0;

    put(cache, "no.north.example", DNS_NO_NAME, 1000000, 1000);
    put(cache, "yes.north.example", DNS_FOUND, 1000000, 1000);
    answer = dns_cache_get(cache, "no.north.example", DNS_A, 1000, &left_s);
    g_assert_cmpint(answer->outcome, ==, DNS_NO_NAME);
    g_assert_cmpuint(left_s, ==, DNS_CACHE_NEGATIVE_MAX);
    g_assert_nonnull(dns_cache_get(cache, "yes.north.example", DNS_A, 1000, &left_s));
    g_assert_cmpuint(left_s, ==, DNS_CACHE_TTL_MAX);
}

static void
test_bounded(void)
{
    g_test_summary("limits: when the cache is full the oldest answer makes room");
    g_autoptr(DnsCache) cache = dns_cache_new();
    guint32 left_s;

    for (guint i = 0; i <= DNS_CACHE_MAX; i++) {
        g_autofree char *name = g_strdup_printf("h%u.example", i);

        put(cache, name, DNS_FOUND, 300, 1000);
        put(cache, name, DNS_FOUND, 300, 1000);
    }
    g_assert_cmpuint(dns_cache_count(cache), ==, DNS_CACHE_MAX);
    g_assert_null(dns_cache_get(cache, "h0.example", DNS_A, 1000, &left_s));
    g_assert_nonnull(dns_cache_get(cache, "h1.example", DNS_A, 1000, &left_s));
    dns_cache_clear(cache);
    g_assert_cmpuint(dns_cache_count(cache), ==, 0);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dns/cache/ttl", test_ttl);
    g_test_add_func("/dns/cache/zero", test_zero);
    g_test_add_func("/dns/cache/negative", test_negative);
    g_test_add_func("/dns/cache/bounded", test_bounded);
    return g_test_run();
}
