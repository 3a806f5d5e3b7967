/* tests/fuzz/fuzz_dns_answer.c - questions to our name server. It answers within the limit, with
 * the id of the question and the bit that says: an answer (RFC 1035 §4.1.1). */
#include "tests/fuzz/fuzz.h"

#include "dns/answer.h"
#include "dns/message.h"

static const char zone_text[] = "$ORIGIN south.example.\n$TTL 300\n"
                                "@ IN SOA ns hostmaster ( 1 1h 10m 1d 60 )\n"
                                "@ IN NS ns\n@ IN MX 10 mx\n@ IN MX 20 mx2\n"
                                "ns IN A 127.0.0.53\nmx IN A 127.0.0.3\nmx IN AAAA ::1\n"
                                "mx2 IN CNAME mx\n*.lab IN A 127.0.0.9\n"
                                "sub IN NS ns.sub\nns.sub IN A 127.0.0.8\n";

int
LLVMFuzzerTestOneInput(const guint8 *octets, gsize length)
{
    static GPtrArray *zones;

    if (zones == NULL) {
        zones = g_ptr_array_new();
        g_ptr_array_add(zones, dns_zone_parse("south.zone", zone_text, -1, NULL));
    }
    g_autoptr(GBytes) answer = dns_answer_question(zones, octets, length, DNS_UDP_MAX);
    if (answer != NULL) {
        gsize size;
        const guint8 *said = g_bytes_get_data(answer, &size);

        g_assert_true(size >= 12 && size <= DNS_EDNS_MAX);
        g_assert_true(said[0] == octets[0] && said[1] == octets[1] && (said[2] & 0x80) != 0);
    }
    return 0;
}
