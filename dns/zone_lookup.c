/* dns/zone_lookup.c - the names of a zone as a table, and what the zone says of a name.
 *
 *     north.example         SOA, MX
 *     mx.north.example      A
 *     a.b.north.example     TXT
 *     b.north.example       (nothing; it exists because a name below it does)
 *
 * Start reading at dns_zone_lookup(). Tests: tests/test_dns_zone.c
 */
#include "dns/name.h"
#include "dns/zone.h"

#include <string.h>

struct DnsZone {
    char *origin;      /* the zone's own name; NULL until the SOA came */
    GHashTable *names; /* key (lower case) -> GPtrArray of DnsRecord; possibly empty */
    guint count;       /* records in all */
    const DnsRecord *soa;
};

DnsZone *
dns_zone_new(void)
{
    DnsZone *zone = g_new0(DnsZone, 1);

    zone->names =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    return zone;
}

void
dns_zone_free(DnsZone *zone)
{
    if (zone == NULL)
        return;
    g_hash_table_unref(zone->names);
    g_free(zone->origin);
    g_free(zone);
}

const char *
dns_zone_origin(const DnsZone *zone)
{
    return zone->origin;
}

const DnsRecord *
dns_zone_soa(const DnsZone *zone)
{
    return zone->soa;
}

static GPtrArray *
dns_zone_node(const DnsZone *zone, const char *name)
{
    g_autofree char *key = dns_name_key(name);

    return g_hash_table_lookup(zone->names, key);
}

/* The node of @name, made if need be, and with it the names between it and the zone's own: they
 * exist too, without records (RFC 4592 §2.2.2). */
static GPtrArray *
dns_zone_make_node(DnsZone *zone, const char *name)
{
    GPtrArray *node = NULL;

    for (const char *at = name; dns_name_is_within(at, zone->origin); at = dns_name_parent(at)) {
        GPtrArray *exists = dns_zone_node(zone, at);

        if (exists == NULL) {
            exists = dns_records_new();
            g_hash_table_insert(zone->names, dns_name_key(at), exists);
        }
        if (node == NULL)
            node = exists;
        if (dns_name_equal(at, zone->origin))
            break;
    }
    return node;
}

static const DnsRecord *
dns_zone_first(const GPtrArray *node, DnsType type)
{
    for (guint i = 0; i < node->len; i++) {
        const DnsRecord *record = g_ptr_array_index(node, i);

        if (record->type == type)
            return record;
    }
    return NULL;
}

/* "MX 0 ." says that the domain takes no mail: it says so alone (RFC 7505 §3). */
static gboolean
dns_zone_breaks_null_mx(const GPtrArray *node, const DnsRecord *record)
{
    for (guint i = 0; record->type == DNS_MX && i < node->len; i++) {
        const DnsRecord *other = g_ptr_array_index(node, i);

        if (other->type == DNS_MX &&
            (strcmp(other->text, ".") == 0) != (strcmp(record->text, ".") == 0))
            return TRUE;
    }
    return FALSE;
}

/* NULL: @record may stand beside what the zone has. */
static const char *
dns_zone_conflict(const DnsZone *zone, const DnsRecord *record)
{
    const GPtrArray *node;

    if (zone->origin == NULL)
        return record->type == DNS_SOA ? NULL : "the first record of a zone is its SOA";
    if (record->type == DNS_SOA)
        return "a zone has one SOA";
    if (!dns_name_is_within(record->name, zone->origin))
        return "the name lies outside the zone";
    if (zone->count >= DNS_ZONE_RECORDS_MAX)
        return "too many records";
    if (record->type == DNS_NS && g_str_has_prefix(record->name, "*."))
        return "a wildcard may not hand its names on to other servers (NS)";
    node = dns_zone_node(zone, record->name);
    if (node == NULL || node->len == 0)
        return NULL;
    /* RFC 1034 §3.6.2: an alias has no other data. */
    if (record->type == DNS_CNAME)
        return "a CNAME may not stand beside other records of the name";
    if (dns_zone_first(node, DNS_CNAME) != NULL)
        return "the name is an alias (CNAME) and may have no other records";
    if (dns_zone_breaks_null_mx(node, record))
        return "a null MX (\".\") says that there is no mail host: no other MX may stand beside it";
    return NULL;
}

/* The same fact twice: names and addresses in any case of letters, strings as they are. */
static gboolean
dns_zone_is_same(const DnsRecord *one, const DnsRecord *other)
{
    if (one->type != other->type || one->preference != other->preference)
        return FALSE;
    if (one->type == DNS_TXT)
        return g_strv_equal((const char *const *)one->strings, (const char *const *)other->strings);
    return g_ascii_strcasecmp(one->text, other->text) == 0;
}

/* Records of one name and type are believed and forgotten together, so all of them hold as long as
 * the shortest of them (RFC 2181 §5.2). TRUE: @record stands there already. */
static gboolean
dns_zone_join(const GPtrArray *node, DnsRecord *record)
{
    gboolean there = FALSE;

    for (guint i = 0; i < node->len; i++) {
        const DnsRecord *other = g_ptr_array_index(node, i);

        if (other->type == record->type)
            record->ttl_s = MIN(record->ttl_s, other->ttl_s);
        there |= dns_zone_is_same(other, record);
    }
    for (guint i = 0; i < node->len; i++) {
        DnsRecord *other = g_ptr_array_index(node, i);

        if (other->type == record->type)
            other->ttl_s = record->ttl_s;
    }
    return there;
}

gboolean
dns_zone_add(DnsZone *zone, DnsRecord *record, const char **why)
{
    GPtrArray *node;

    *why = dns_zone_conflict(zone, record);
    if (*why != NULL) {
        dns_record_free(record);
        return FALSE;
    }
    if (record->type == DNS_SOA) {
        zone->origin = g_strdup(record->name);
        zone->soa = record;
    }
    node = dns_zone_make_node(zone, record->name);
    /* Said twice is said once (RFC 2181 §5). */
    if (dns_zone_join(node, record)) {
        dns_record_free(record);
        return TRUE;
    }
    g_ptr_array_add(node, record);
    zone->count++;
    return TRUE;
}

static void
dns_zone_collect(const GPtrArray *node, DnsType type, GPtrArray *found)
{
    for (guint i = 0; i < node->len; i++) {
        DnsRecord *record = g_ptr_array_index(node, i);

        if (record->type == type || type == DNS_ANY)
            g_ptr_array_add(found, record);
    }
}

/* NS below the zone's own name mark where a zone below begins, and where our word ends. */
static const GPtrArray *
dns_zone_cut(const DnsZone *zone, const char *name)
{
    const GPtrArray *cut = NULL;

    for (const char *at = name; !dns_name_equal(at, zone->origin); at = dns_name_parent(at)) {
        const GPtrArray *node = dns_zone_node(zone, at);

        if (node != NULL && dns_zone_first(node, DNS_NS) != NULL)
            cut = node;
    }
    return cut;
}

/* @name does not exist. The lowest name above it that does may have a "*" right below itself, which
 * then answers in its place; no other "*" is looked for (RFC 4592 §3.3.1). */
static const GPtrArray *
dns_zone_wildcard(const DnsZone *zone, const char *name)
{
    const char *encloser = dns_name_parent(name);
    g_autofree char *star = NULL;

    while (dns_zone_node(zone, encloser) == NULL)
        encloser = dns_name_parent(encloser);
    star = g_strconcat("*.", encloser, NULL);
    return dns_zone_node(zone, star);
}

DnsZoneMatch
dns_zone_lookup(const DnsZone *zone, const char *name, DnsType type, GPtrArray *found)
{
    const GPtrArray *cut = dns_zone_cut(zone, name);
    const GPtrArray *node = dns_zone_node(zone, name);
    guint before = found->len;

    if (cut != NULL) {
        dns_zone_collect(cut, DNS_NS, found);
        return DNS_ZONE_BELOW;
    }
    if (node == NULL)
        node = dns_zone_wildcard(zone, name);
    if (node == NULL)
        return DNS_ZONE_NO_NAME;
    dns_zone_collect(node, type, found);
    if (found->len > before)
        return DNS_ZONE_FOUND;
    dns_zone_collect(node, DNS_CNAME, found);
    return found->len > before ? DNS_ZONE_ALIAS : DNS_ZONE_NO_DATA;
}

void
dns_zone_addresses(const DnsZone *zone, const char *host, GPtrArray *found)
{
    const GPtrArray *node = dns_zone_node(zone, host);

    if (node == NULL)
        return;
    dns_zone_collect(node, DNS_A, found);
    dns_zone_collect(node, DNS_AAAA, found);
}

const DnsZone *
dns_zones_find(const GPtrArray *zones, const char *name)
{
    /* From the name upwards, so that the first hit is the most specific zone. */
    for (const char *at = name; at != NULL; at = dns_name_parent(at))
        for (guint i = 0; i < zones->len; i++) {
            const DnsZone *zone = g_ptr_array_index(zones, i);

            if (dns_name_equal(zone->origin, at))
                return zone;
        }
    return NULL;
}
