/* mx_outcome.c - what an answer of DNS means for the mail: go on, no, or not now?     Your file: it stands
 * in for dns/mx_outcome.c.
 *
 * Three functions are yours; what they are to do stands in dns/mx.h and dns/mx_inside.h. As it is, whatever is
 * not a list of mail hosts is taken for a no.
 */
#include "dns/mx_inside.h"

/* Yours: a status of RFC 3463 for each outcome. Class 5: the message is refused, or comes back at once.
 * Class 4: it waits in the queue. NULL for DNS_MX_HOSTS. */
const char *
dns_mx_outcome_status(DnsMxOutcome outcome)
{
    return outcome == DNS_MX_HOSTS ? NULL : "5.1.2";
}

/* Yours: of DNS_FOUND, DNS_NO_DATA, DNS_NO_NAME, DNS_SERVFAIL, DNS_TIMEOUT, DNS_BAD (dns/resolver.h). */
DnsMxOutcome
dns_mx_outcome_of(DnsOutcome answer)
{
    return answer == DNS_FOUND ? DNS_MX_HOSTS : DNS_MX_NO_DOMAIN;
}

/* Yours. */
DnsMxOutcome
dns_mx_outcome_of_addresses(guint found, G_GNUC_UNUSED guint unanswered)
{
    return found > 0 ? DNS_MX_HOSTS : DNS_MX_NO_HOST;
}
