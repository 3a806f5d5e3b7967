/* dns/writer.c - puts an answer together, record by record.
 *
 *     2 ID   2 flags   2 QDCOUNT   2 ANCOUNT   2 NSCOUNT   2 ARCOUNT     the header
 *     owner  2 type  2 class  4 TTL  2 length  data                      a record
 *
 * What does not fit is taken back whole, and TC tells the asker to come again by TCP.
 * Tests: tests/test_dns_answer.c
 */
#include "dns/writer.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <stdlib.h>
#include <string.h>

#define COUNTS_AT 4 /* the first of the four counts in the header */

void
dns_writer_start(DnsWriter *writer, const guint8 *question, gsize question_end, gsize limit)
{
    memcpy(writer->octets, question, question_end);
    writer->length = question_end;
    writer->limit = MIN(limit, sizeof writer->octets);
    writer->cut = FALSE;
    writer->octets[2] = 0x80 | (question[2] & 0x79); /* QR; opcode and RD as asked; AA, TC clear */
    writer->octets[3] = 0;                           /* RA clear: we ask nobody for others */
    memset(writer->octets + COUNTS_AT, 0, 8);
    ns_put16(question_end > NS_HFIXEDSZ ? 1 : 0, writer->octets + COUNTS_AT);
    writer->names[0] = writer->octets;
    writer->names[1] = question_end > NS_HFIXEDSZ ? writer->octets + NS_HFIXEDSZ : NULL;
    writer->names[2] = NULL;
}

void
dns_writer_set_rcode(DnsWriter *writer, guint rcode)
{
    writer->octets[3] = (writer->octets[3] & 0xf0) | (rcode & 0x0f);
}

void
dns_writer_set_authoritative(DnsWriter *writer)
{
    writer->octets[2] |= 0x04;
}

/* Each of these returns FALSE where there is no room. */

static gboolean
dns_writer_octets(DnsWriter *writer, const void *octets, gsize length)
{
    if (writer->length + length > writer->limit)
        return FALSE;
    memcpy(writer->octets + writer->length, octets, length);
    writer->length += length;
    return TRUE;
}

static gboolean
dns_writer_16(DnsWriter *writer, guint number)
{
    guint8 octets[2];

    ns_put16(number, octets);
    return dns_writer_octets(writer, octets, sizeof octets);
}

static gboolean
dns_writer_32(DnsWriter *writer, guint32 number)
{
    guint8 octets[4];

    ns_put32(number, octets);
    return dns_writer_octets(writer, octets, sizeof octets);
}

static gboolean
dns_writer_name(DnsWriter *writer, const char *name)
{
    int taken =
        ns_name_compress(name, writer->octets + writer->length, writer->limit - writer->length,
                         writer->names, writer->names + DNS_WRITER_NAMES);

    if (taken < 0)
        return FALSE;
    writer->length += taken;
    return TRUE;
}

static gboolean
dns_writer_strings(DnsWriter *writer, char *const *strings)
{
    for (gsize i = 0; strings[i] != NULL; i++) {
        guint8 length = strlen(strings[i]); /* the zone's parser lets no more than 255 through */

        if (!dns_writer_octets(writer, &length, 1) ||
            !dns_writer_octets(writer, strings[i], length))
            return FALSE;
    }
    return TRUE;
}

static gboolean
dns_writer_soa(DnsWriter *writer, const char *text)
{
    g_auto(GStrv) fields = g_strsplit(text, " ", 7);

    if (!dns_writer_name(writer, fields[0]) || !dns_writer_name(writer, fields[1]))
        return FALSE;
    for (guint i = 2; i < 7; i++)
        if (!dns_writer_32(writer, strtoul(fields[i], NULL, 10)))
            return FALSE;
    return TRUE;
}

static gboolean
dns_writer_address(DnsWriter *writer, int family, const char *text)
{
    guint8 octets[NS_IN6ADDRSZ] = { 0 };

    inet_pton(family, text, octets); /* the zone's parser has checked it */
    return dns_writer_octets(writer, octets, family == AF_INET ? NS_INADDRSZ : NS_IN6ADDRSZ);
}

static gboolean
dns_writer_data(DnsWriter *writer, const DnsRecord *record)
{
    switch (record->type) {
    case DNS_A: return dns_writer_address(writer, AF_INET, record->text);
    case DNS_AAAA: return dns_writer_address(writer, AF_INET6, record->text);
    case DNS_NS:
    case DNS_CNAME:
    case DNS_PTR: return dns_writer_name(writer, record->text);
    case DNS_MX:
        return dns_writer_16(writer, record->preference) && dns_writer_name(writer, record->text);
    case DNS_TXT: return dns_writer_strings(writer, record->strings);
    case DNS_SOA: return dns_writer_soa(writer, record->text);
    case DNS_ANY: break; /* a question only */
    }
    g_assert_not_reached();
}

static gboolean
dns_writer_record(DnsWriter *writer, const DnsRecord *record, guint32 ttl_s)
{
    gsize data_at;

    if (!dns_writer_name(writer, record->name) || !dns_writer_16(writer, record->type) ||
        !dns_writer_16(writer, ns_c_in) || !dns_writer_32(writer, ttl_s) ||
        !dns_writer_16(writer, 0))
        return FALSE;
    data_at = writer->length;
    if (!dns_writer_data(writer, record))
        return FALSE;
    ns_put16(writer->length - data_at, writer->octets + data_at - 2);
    return TRUE;
}

static void
dns_writer_count(DnsWriter *writer, DnsSection section)
{
    guint8 *count = writer->octets + COUNTS_AT + 2 * (1 + section);

    ns_put16(ns_get16(count) + 1, count);
}

gboolean
dns_writer_add(DnsWriter *writer, DnsSection section, const DnsRecord *record, guint32 ttl_s)
{
    gsize before = writer->length;

    if (writer->cut)
        return FALSE;
    if (dns_writer_record(writer, record, ttl_s)) {
        dns_writer_count(writer, section);
        return TRUE;
    }
    ns_name_rollback(writer->octets + before, writer->names, writer->names + DNS_WRITER_NAMES);
    writer->length = before;
    writer->cut = TRUE;
    /* What only saves the asker a question may be missing without a word (RFC 2181 §9). */
    if (section != DNS_ADDITIONAL)
        writer->octets[2] |= 0x02;
    return FALSE;
}

void
dns_writer_add_opt(DnsWriter *writer, guint extended_rcode)
{
    const guint8 opt[DNS_OPT_OCTETS] = {
        0, 0, ns_t_opt, DNS_EDNS_MAX >> 8, DNS_EDNS_MAX & 0xff, extended_rcode, 0, 0, 0, 0, 0,
    };

    writer->limit += sizeof opt;
    dns_writer_octets(writer, opt, sizeof opt);
    dns_writer_count(writer, DNS_ADDITIONAL);
}
