/* dns/answer.c - what the lab's name server answers (RFC 1034 §4.3.2).
 *
 *   octets > dns_answer_read() > dns_answer_chain() > dns_answer_extras() > octets
 *            is it a question?   zone, alias, records  addresses of targets
 *
 * Start reading at dns_answer_question(). Tests: tests/test_dns_answer.c
 */
#include "dns/answer.h"
#include "dns/name.h"
#include "dns/writer.h"

#include <arpa/nameser.h>
#include <string.h>

typedef struct DnsAsked {
    char name[NS_MAXDNAME]; /* as asked, upper and lower case */
    guint type, class;
    gsize end;     /* where the question ends in the message */
    gboolean edns; /* the asker speaks EDNS */
    guint edns_version;
    gsize udp_size; /* the longest datagram it takes */
} DnsAsked;

/* The OPT pseudo-record abuses the fields of a record: class is a size, TTL holds the version
 * (RFC 6891 §6.1.2). FALSE: a second one, or one with a name, which is an error. */
static gboolean
dns_answer_read_opt(DnsAsked *asked, const ns_rr *rr)
{
    if (asked->edns || !g_str_equal(ns_rr_name(*rr), "."))
        return FALSE;
    asked->edns = TRUE;
    asked->edns_version = (ns_rr_ttl(*rr) >> 16) & 0xff;
    asked->udp_size = MAX((gsize)ns_rr_class(*rr), DNS_UDP_MAX);
    return TRUE;
}

/* Returns the RCODE that the octets deserve by their form alone. */
static guint
dns_answer_read(const guint8 *octets, gsize length, DnsAsked *asked)
{
    ns_msg msg;
    int taken;

    if ((octets[2] & 0x78) != 0)
        return ns_r_notimpl;
    if (length > DNS_MESSAGE_MAX || ns_initparse(octets, length, &msg) < 0 ||
        ns_msg_count(msg, ns_s_qd) != 1)
        return ns_r_formerr;
    taken = ns_name_uncompress(octets, octets + length, octets + NS_HFIXEDSZ, asked->name,
                               sizeof asked->name);
    if (taken < 0)
        return ns_r_formerr;
    asked->type = ns_get16(octets + NS_HFIXEDSZ + taken);
    asked->class = ns_get16(octets + NS_HFIXEDSZ + taken + 2);
    for (int i = 0; i < ns_msg_count(msg, ns_s_ar); i++) {
        ns_rr rr;

        if (ns_parserr(&msg, ns_s_ar, i, &rr) < 0 ||
            (ns_rr_type(rr) == ns_t_opt && !dns_answer_read_opt(asked, &rr)))
            return ns_r_formerr;
    }
    /* Set last: only a question that could be read is repeated. */
    asked->end = NS_HFIXEDSZ + taken + NS_QFIXEDSZ;
    return ns_r_noerror;
}

static void
dns_answer_add_all(DnsWriter *writer, DnsSection section, const GPtrArray *records)
{
    for (guint i = 0; i < records->len; i++) {
        const DnsRecord *record = g_ptr_array_index(records, i);

        if (!dns_writer_add(writer, section, record, record->ttl_s))
            return;
    }
}

/* As an answer about @name. A wildcard's records stand there as if they were its own (RFC 4592
 * §3.3.1), and with its case as asked. */
static void
dns_answer_add_found(DnsWriter *writer, const GPtrArray *found, const char *name)
{
    for (guint i = 0; i < found->len; i++) {
        DnsRecord record = *(const DnsRecord *)g_ptr_array_index(found, i);

        if (g_str_has_prefix(record.name, "*."))
            record.name = (char *)name;
        if (!dns_writer_add(writer, DNS_ANSWER, &record, record.ttl_s))
            return;
    }
}

/* "No" comes with the SOA, which says for how long it may be believed: the lesser of its TTL and
 * its minimum field (RFC 2308 §3). */
static void
dns_answer_add_soa(DnsWriter *writer, const DnsZone *zone)
{
    const DnsRecord *soa = dns_zone_soa(zone);

    dns_writer_add(writer, DNS_AUTHORITY, soa, MIN(soa->ttl_s, dns_record_soa_minimum(soa)));
}

/* The addresses of hosts that the answer names, where we know them: one question less to ask. In a
 * referral they are the glue, without which nobody could ever ask the zone below. */
static void
dns_answer_extras(DnsWriter *writer, const GPtrArray *zones, const GPtrArray *records)
{
    for (guint i = 0; i < records->len; i++) {
        const DnsRecord *record = g_ptr_array_index(records, i);
        g_autoptr(GPtrArray) addresses = g_ptr_array_new();
        const DnsZone *zone;

        if (record->type != DNS_MX && record->type != DNS_NS)
            continue;
        zone = dns_zones_find(zones, record->text);
        if (zone != NULL)
            dns_zone_addresses(zone, record->text, addresses);
        dns_answer_add_all(writer, DNS_ADDITIONAL, addresses);
    }
}

/* One step of the chain. Returns the name to go on with (an alias's target), or NULL: done. */
static const char *
dns_answer_step(DnsWriter *writer, const GPtrArray *zones, const DnsZone *zone, const char *name,
                DnsType type)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();

    switch (dns_zone_lookup(zone, name, type, found)) {
    case DNS_ZONE_FOUND:
        dns_answer_add_found(writer, found, name);
        dns_answer_extras(writer, zones, found);
        return NULL;
    case DNS_ZONE_ALIAS:
        dns_answer_add_found(writer, found, name);
        return ((const DnsRecord *)g_ptr_array_index(found, 0))->text;
    case DNS_ZONE_NO_DATA: dns_answer_add_soa(writer, zone); return NULL;
    case DNS_ZONE_NO_NAME:
        /* After an alias too: then it's the target that does not exist (RFC 2308 §2.1). */
        dns_writer_set_rcode(writer, ns_r_nxdomain);
        dns_answer_add_soa(writer, zone);
        return NULL;
    case DNS_ZONE_BELOW:
        dns_answer_add_all(writer, DNS_AUTHORITY, found);
        dns_answer_extras(writer, zones, found);
        return NULL;
    }
    return NULL;
}

static void
dns_answer_chain(DnsWriter *writer, const GPtrArray *zones, const DnsAsked *asked)
{
    const char *name = asked->name;
    const DnsZone *zone = dns_zones_find(zones, name);
    g_autoptr(GPtrArray) below = g_ptr_array_new();

    if (zone == NULL || asked->class != ns_c_in || asked->type == ns_t_axfr ||
        asked->type == ns_t_ixfr) {
        dns_writer_set_rcode(writer, ns_r_refused);
        return;
    }
    if (dns_zone_lookup(zone, name, asked->type, below) != DNS_ZONE_BELOW)
        dns_writer_set_authoritative(writer);
    /* The end of a chain may lie outside our zones; then the asker goes on by itself. */
    for (guint hops = 0; name != NULL && zone != NULL && hops <= DNS_CHAIN_MAX; hops++) {
        name = dns_answer_step(writer, zones, zone, name, asked->type);
        zone = name == NULL ? NULL : dns_zones_find(zones, name);
    }
}

GBytes *
dns_answer_question(const GPtrArray *zones, const guint8 *octets, gsize length, gsize limit)
{
    g_autofree DnsWriter *writer = NULL;
    DnsAsked asked = { .end = NS_HFIXEDSZ };
    guint rcode;

    /* Two servers that answer each other's answers would never stop. */
    if (length < NS_HFIXEDSZ || (octets[2] & 0x80) != 0)
        return NULL;
    rcode = dns_answer_read(octets, length, &asked);
    if (asked.edns && limit == DNS_UDP_MAX)
        limit = MIN(asked.udp_size, DNS_EDNS_MAX);
    writer = g_new(DnsWriter, 1);
    dns_writer_start(writer, octets, asked.end, asked.edns ? limit - DNS_OPT_OCTETS : limit);
    dns_writer_set_rcode(writer, rcode);
    if (rcode == ns_r_noerror && asked.edns_version == 0)
        dns_answer_chain(writer, zones, &asked);
    /* BADVERS is 16, and 16 does not fit the header's four bits (RFC 6891 §6.1.3). */
    if (asked.edns)
        dns_writer_add_opt(writer, asked.edns_version == 0 ? 0 : ns_r_badvers >> 4);
    return g_bytes_new(writer->octets, writer->length);
}
