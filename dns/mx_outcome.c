/* dns/mx_outcome.c - what an answer of DNS means for the mail: go on, no, or not now?
 *
 *   "no"         NXDOMAIN, no data      somebody said it, and tomorrow it will be so again: final
 *   no answer    SERVFAIL, timeout      nobody said anything: the mail waits, and is tried again
 *
 * To take silence for a no loses mail each time a name server is restarted; to take a no for silence
 * keeps a sender waiting for days who could have corrected the address at once.
 *
 * Tests: tests/test_dns_mx.c
 */
#include "dns/mx_inside.h"

const char *
dns_mx_outcome_status(DnsMxOutcome outcome)
{
    switch (outcome) {
    case DNS_MX_HOSTS: return NULL;
    case DNS_MX_NULL: return "5.1.10";
    case DNS_MX_NO_DOMAIN: return "5.1.2";
    case DNS_MX_NO_HOST: return "5.4.4";
    case DNS_MX_LATER: return "4.4.3";
    }
    g_assert_not_reached();
}

DnsMxOutcome
dns_mx_outcome_of(DnsOutcome answer)
{
    switch (answer) {
    case DNS_FOUND:
    case DNS_NO_DATA: /* no MX: the domain may have an address of its own (RFC 5321 §5.1) */
        return DNS_MX_HOSTS;
    case DNS_NO_NAME: return DNS_MX_NO_DOMAIN;
    case DNS_SERVFAIL:
    case DNS_TIMEOUT:
    case DNS_BAD: return DNS_MX_LATER;
    }
    g_assert_not_reached();
}

DnsMxOutcome
dns_mx_outcome_of_addresses(guint found, guint unanswered)
{
    if (found > 0)
        return DNS_MX_HOSTS; /* one is enough to try */
    return unanswered > 0 ? DNS_MX_LATER : DNS_MX_NO_HOST;
}
