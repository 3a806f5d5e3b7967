/* dns/zone.h - a zone file in the form of RFC 1035 §5.1: what the lab's name server knows.
 *
 *     $ORIGIN north.example.
 *     $TTL 300
 *     @       IN SOA  ns hostmaster ( 1 3600 600 86400 60 )
 *             IN MX   10 mx
 *     mx      IN A    127.0.0.2
 *
 * Taken: SOA NS MX A AAAA TXT CNAME PTR; $ORIGIN and $TTL; times as 300 or 1h30m. The SOA comes
 * first, and its owner is the zone. "*.lab" stands for all names below lab that are not there
 * themselves (RFC 4592). Refused, because the server does not do it: $INCLUDE, other classes and
 * types.
 */
#ifndef DNS_ZONE_H
#define DNS_ZONE_H

#include "dns/record.h"

#define DNS_ZONE_OCTETS_MAX  (1024 * 1024) /* of a zone file */
#define DNS_ZONE_RECORDS_MAX 10000

typedef struct DnsZone DnsZone;

/* NULL and @error "FILE:LINE: what". @name is used in messages only: names come from $ORIGIN or end
 * in a dot. */
DnsZone *dns_zone_load(const char *path, GError **error);
DnsZone *dns_zone_parse(const char *name, const char *text, gssize length, GError **error);
void dns_zone_free(DnsZone *zone);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DnsZone, dns_zone_free)
const char *dns_zone_origin(const DnsZone *zone); /* the owner of its SOA, without final dot */

/* ---- asking a zone (dns/zone_lookup.c) ---- */

typedef enum {
    DNS_ZONE_FOUND,   /* records of the type asked for */
    DNS_ZONE_ALIAS,   /* the name is an alias: its CNAME */
    DNS_ZONE_NO_DATA, /* the name exists, but not with this type */
    DNS_ZONE_NO_NAME, /* the name does not exist */
    DNS_ZONE_BELOW,   /* it lies in a zone below, whose name servers these are (a referral) */
} DnsZoneMatch;

/* What @zone says of @name, which lies within it. @found: records of the zone are appended; those of
 * a wildcard keep its name, "*.lab": in an answer they stand under the name asked for. */
DnsZoneMatch dns_zone_lookup(const DnsZone *zone, const char *name, DnsType type, GPtrArray *found);
/* The addresses of a host, glue below a zone cut included (RFC 1034 §4.2.1). */
void dns_zone_addresses(const DnsZone *zone, const char *host, GPtrArray *found);
const DnsRecord *dns_zone_soa(const DnsZone *zone);
/* The zone of @zones that @name lies in, the most specific one; NULL: none. */
const DnsZone *dns_zones_find(const GPtrArray *zones, const char *name);

/* For the parser: an empty zone, and its records one by one, the SOA first. FALSE where @record
 * contradicts what is there: @why says how. Takes @record in any case. */
DnsZone *dns_zone_new(void);
gboolean dns_zone_add(DnsZone *zone, DnsRecord *record, const char **why);

#endif
