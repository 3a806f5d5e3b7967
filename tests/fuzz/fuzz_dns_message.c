/* tests/fuzz/fuzz_dns_message.c - answers of a name server. The first two octets are copied from
 * our question, so that the fuzzer need not guess the id. */
#include "tests/fuzz/fuzz.h"

#include "dns/message.h"

int
LLVMFuzzerTestOneInput(const guint8 *octets, gsize length)
{
    static const DnsType types[] = { DNS_MX, DNS_A, DNS_AAAA };

    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        DnsQuestion question = { .name = (char *)"south.example", .type = types[i], .edns = TRUE };
        const char *why = NULL;

        question.id = length >= 2 ? (guint16)(octets[0] << 8 | octets[1]) : 0;
        g_autoptr(DnsMessage) message = dns_message_read(octets, length, &question, &why);
        if (message == NULL)
            g_assert_nonnull(why);
        else
            g_assert_cmpuint(message->answers->len, <=, DNS_ANSWERS_MAX);
    }
    return 0;
}
