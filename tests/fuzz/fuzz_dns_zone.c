/* tests/fuzz/fuzz_dns_zone.c - zone files. What is wrong is told with file and line; what is taken
 * can be asked for. */
#include "tests/fuzz/fuzz.h"

#include "dns/zone.h"

int
LLVMFuzzerTestOneInput(const guint8 *octets, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DnsZone) zone =
        dns_zone_parse("fuzz.zone", (const char *)octets, (gssize)length, &error);

    if (zone == NULL) {
        g_assert_true(g_str_has_prefix(error->message, "fuzz.zone"));
        return 0;
    }
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    dns_zone_lookup(zone, dns_zone_origin(zone), DNS_MX, found);
    dns_zone_addresses(zone, dns_zone_origin(zone), found);
    g_assert_nonnull(dns_zone_soa(zone));
    return 0;
}
