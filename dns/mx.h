/* dns/mx.h - which hosts take mail for a domain, in the order they are to be tried (RFC 5321 §5.1).
 *
 *   MX?  found        sort by preference, shuffle ties, then A and AAAA of each
 *        null MX      the domain takes no mail: final (RFC 7505)
 *        no data      the domain's own address is its mail host ("implicit MX")
 *        NXDOMAIN     no such domain: final
 *        no answer    try again later
 */
#ifndef DNS_MX_H
#define DNS_MX_H

#include "dns/resolver.h"

#define DNS_MX_HOSTS_MAX 10 /* hosts whose addresses are looked up; the rest is not tried */

typedef enum {
    DNS_MX_HOSTS,     /* hosts with at least one address */
    DNS_MX_NULL,      /* null MX: 556 5.1.10 */
    DNS_MX_NO_DOMAIN, /* does not exist: 550 5.1.2 */
    DNS_MX_NO_HOST,   /* exists, but no host with an address takes its mail: 550 5.4.4 */
    DNS_MX_LATER,     /* no answer: 4.4.3 */
} DnsMxOutcome;

const char *dns_mx_outcome_name(DnsMxOutcome outcome);
/* As a status of RFC 3463, "5.1.2": class 5 is final, class 4 is not. NULL for DNS_MX_HOSTS. */
const char *dns_mx_outcome_status(DnsMxOutcome outcome);

typedef struct DnsMxHost {
    char *name;
    guint16 preference;
    gboolean implicit;
    char **addresses; /* at least one; NULL-terminated; A and AAAA */
} DnsMxHost;

typedef struct DnsMxAnswer {
    DnsMxOutcome outcome;
    GPtrArray *hosts; /* DnsMxHost, in the order to be tried */
    const char *why;  /* one sentence for people */
    guint64 event;    /* the event that settled it, to follow from */
    gboolean cached;  /* all of it was known from before: nobody was asked */
} DnsMxAnswer;

typedef struct DnsMxLookup DnsMxLookup;
typedef void (*DnsMxAnswered)(const DnsMxAnswer *answer, void *data);

/* Called once, never before this returns. @answer belongs to dns/: copy what you keep. */
DnsMxLookup *dns_mx_lookup(DnsResolver *resolver, Trace *trace, const char *domain,
                           DnsMxAnswered answered, void *data);
/* The addresses of one host, without MX (a smart host, an override). */
DnsMxLookup *dns_mx_lookup_host(DnsResolver *resolver, Trace *trace, const char *host,
                                DnsMxAnswered answered, void *data);
/* Not to be called once @answered was. */
void dns_mx_cancel(DnsMxLookup *lookup);

#endif
