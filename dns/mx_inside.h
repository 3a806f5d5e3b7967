/* dns/mx_inside.h - what the files of the MX look-up share.
 *
 *   mx.c           asks: MX, then the addresses of each host
 *   mx_order.c     the records become hosts, in the order they are tried
 *   mx_outcome.c   what an answer means: go on, no, or not now
 */
#ifndef DNS_MX_INSIDE_H
#define DNS_MX_INSIDE_H

#include "dns/mx.h"

/* ---- mx.c ---- */

/* A host without addresses: they are asked for later. */
DnsMxHost *dns_mx_host_new(const char *name, guint16 preference, gboolean implicit);
void dns_mx_host_free(DnsMxHost *host);
/* Tells @hosts under @key of the next event: "10 mx.north.example", or with their addresses. */
void dns_mx_put_hosts(Trace *trace, const char *key, const GPtrArray *hosts, gboolean addresses);

/* ---- mx_order.c ---- */

/**
 * dns_mx_order_choose:
 * @records: (element-type DnsRecord): the MX records of @domain, in the order they came; none: it
 *   exists, but has no MX
 * @hosts: (element-type DnsMxHost): those who take mail for it are added here, in any order
 *
 * Returns: FALSE where @domain says that it takes no mail (null MX)
 */
gboolean dns_mx_order_choose(const char *domain, const GPtrArray *records, GPtrArray *hosts);

/* Brings @hosts into the order they are to be tried, DNS_MX_HOSTS_MAX at most, and tells it. */
void dns_mx_order(Trace *trace, const char *domain, GPtrArray *hosts, NetChance *chance);

/* ---- mx_outcome.c ---- */

/* What the answer to "MX?" means; DNS_MX_HOSTS: not decided yet, go on. */
DnsMxOutcome dns_mx_outcome_of(DnsOutcome answer);
/* All mail hosts have been looked up: @found have an address, and @unanswered questions got no
 * answer. */
DnsMxOutcome dns_mx_outcome_of_addresses(guint found, guint unanswered);

#endif
