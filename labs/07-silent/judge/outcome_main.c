/* judge/outcome_main.c - each way a look-up can end, each count of hosts found and questions unanswered, and
 * the status of each outcome: all of it, so no seed is needed. */
#include <stdio.h>

#include "dns/mx_inside.h"

int
main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (DnsOutcome outcome = DNS_FOUND; outcome <= DNS_BAD; outcome++)
        printf("MX? %s  ->  %s\n", dns_outcome_name(outcome),
               dns_mx_outcome_name(dns_mx_outcome_of(outcome)));
    for (guint found = 0; found <= 2; found++)
        for (guint unanswered = 0; unanswered <= 2; unanswered++)
            printf("hosts with an address: %u, questions without an answer: %u  ->  %s\n", found,
                   unanswered, dns_mx_outcome_name(dns_mx_outcome_of_addresses(found, unanswered)));
    for (DnsMxOutcome outcome = DNS_MX_HOSTS; outcome <= DNS_MX_LATER; outcome++) {
        const char *status = dns_mx_outcome_status(outcome);

        printf("status of %s: %s\n", dns_mx_outcome_name(outcome),
               status != NULL ? status : "none (NULL)");
    }
    return 0;
}
