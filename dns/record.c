/* dns/record.c - resource records and the names of their types.
 *
 * Start reading at types[]. Tests: tests/test_dns_message.c
 */
#include "dns/record.h"

#include <stdlib.h>
#include <string.h>

typedef struct DnsTypeName {
    DnsType type;
    const char *name;
} DnsTypeName;

/* clang-format off */
static const DnsTypeName types[] = {
    { DNS_A,     "A" },     /* RFC 1035 §3.4.1 */
    { DNS_NS,    "NS" },    /* RFC 1035 §3.3.11 */
    { DNS_CNAME, "CNAME" }, /* RFC 1035 §3.3.1 */
    { DNS_SOA,   "SOA" },   /* RFC 1035 §3.3.13 */
    { DNS_PTR,   "PTR" },   /* RFC 1035 §3.3.12 */
    { DNS_MX,    "MX" },    /* RFC 1035 §3.3.9 */
    { DNS_TXT,   "TXT" },   /* RFC 1035 §3.3.14 */
    { DNS_AAAA,  "AAAA" },  /* RFC 3596 §2.1 */
    { DNS_ANY,   "ANY" },   /* a question only: RFC 1035 §3.2.3 calls it * */
};
/* clang-format on */

const char *
dns_type_name(DnsType type)
{
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (types[i].type == type)
            return types[i].name;
    return "?";
}

DnsType
dns_type_from_name(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_ascii_strcasecmp(types[i].name, name) == 0)
            return types[i].type;
    return 0;
}

DnsRecord *
dns_record_new(const char *name, DnsType type, guint32 ttl_s, guint16 preference, const char *text)
{
    DnsRecord *record = g_new0(DnsRecord, 1);

    record->name = g_strdup(name);
    record->type = type;
    record->ttl_s = ttl_s;
    record->preference = preference;
    record->text = g_strdup(text);
    return record;
}

DnsRecord *
dns_record_new_text(const char *name, guint32 ttl_s, const char *const *strings)
{
    g_autofree char *joined = g_strjoinv("", (char **)strings);
    DnsRecord *record = dns_record_new(name, DNS_TXT, ttl_s, 0, joined);

    record->strings = g_strdupv((char **)strings);
    return record;
}

DnsRecord *
dns_record_copy(const DnsRecord *record)
{
    DnsRecord *copy =
        dns_record_new(record->name, record->type, record->ttl_s, record->preference, record->text);

    copy->strings = g_strdupv(record->strings);
    return copy;
}

void
dns_record_free(DnsRecord *record)
{
    if (record == NULL)
        return;
    g_free(record->name);
    g_free(record->text);
    g_strfreev(record->strings);
    g_free(record);
}

GPtrArray *
dns_records_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)dns_record_free);
}

GPtrArray *
dns_records_copy(const GPtrArray *records)
{
    GPtrArray *copy = dns_records_new();

    for (guint i = 0; i < records->len; i++)
        g_ptr_array_add(copy, dns_record_copy(g_ptr_array_index(records, i)));
    return copy;
}

char *
dns_record_describe(const DnsRecord *record)
{
    if (record->type == DNS_MX)
        return g_strdup_printf("%u %s", record->preference, record->text);
    return g_strdup(record->text);
}

guint32
dns_record_soa_minimum(const DnsRecord *soa)
{
    const char *last = strrchr(soa->text, ' ');

    /* Written by our own parsers, which let only a number stand here. */
    return last == NULL ? 0 : (guint32)strtoul(last + 1, NULL, 10);
}
