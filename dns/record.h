/* dns/record.h - resource records: one fact about one name (RFC 1035 §3.2.1).
 *
 *     north.example.  300  IN  MX  10 mx.north.example.
 *     name            ttl      type preference and text
 *
 * Names are text without their final dot ("north.example"; the root alone is "."), an unusual
 * octet as \DDD or \X, as in zone files.
 */
#ifndef DNS_RECORD_H
#define DNS_RECORD_H

#include <glib.h>

typedef enum {
    DNS_A = 1,
    DNS_NS = 2,
    DNS_CNAME = 5,
    DNS_SOA = 6,
    DNS_PTR = 12,
    DNS_MX = 15,
    DNS_TXT = 16,
    DNS_AAAA = 28,
    DNS_ANY = 255,
} DnsType;

/* "MX"; "?" for a type we don't know. */
const char *dns_type_name(DnsType type);
/* 0 where @name is no type we know. Case doesn't matter. */
DnsType dns_type_from_name(const char *name);

typedef struct DnsRecord {
    char *name;
    DnsType type;
    guint32 ttl_s;
    guint16 preference; /* MX */
    char *text;         /* A, AAAA: the address; MX, CNAME, NS, PTR: the name; TXT: its strings
                         * joined; SOA: "ns hostmaster serial refresh retry expire minimum" */
    char **strings;     /* TXT: its strings one by one, NULL-terminated; otherwise NULL */
} DnsRecord;

DnsRecord *dns_record_new(const char *name, DnsType type, guint32 ttl_s, guint16 preference,
                          const char *text);
/* A TXT record of @strings. */
DnsRecord *dns_record_new_text(const char *name, guint32 ttl_s, const char *const *strings);
DnsRecord *dns_record_copy(const DnsRecord *record);
void dns_record_free(DnsRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DnsRecord, dns_record_free)
/* An array that owns its DnsRecords. */
GPtrArray *dns_records_new(void);
GPtrArray *dns_records_copy(const GPtrArray *records);
/* For people: "10 mx.north.example", "127.0.0.2". Newly allocated. */
char *dns_record_describe(const DnsRecord *record);

/* The last field of a SOA: for how long "there is no such thing" holds (RFC 2308 §4). */
guint32 dns_record_soa_minimum(const DnsRecord *soa);

#endif
