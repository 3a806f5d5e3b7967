/* dns/zone.c - reads a zone file (RFC 1035 §5.1).
 *
 *     text --dns_zone_words_next()--> words of one entry --dns_zone_record()--> a record
 *
 * Start reading at dns_zone_parse(). Tests: tests/test_dns_zone.c
 */
#include "dns/zone.h"
#include "dns/name.h"
#include "dns/zone_words.h"
#include "net/line.h"

#include <arpa/inet.h>
#include <string.h>

typedef struct DnsZoneReader {
    DnsZoneWords words;
    char *origin;   /* what relative names are completed with; NULL: nothing yet */
    char *owner;    /* of the last record */
    gint64 ttl_s;   /* $TTL, or the last one said; -1: none yet */
    gboolean fixed; /* $TTL was said: a record's own TTL counts for itself only */
    DnsZone *zone;
} DnsZoneReader;

/* ---- from words to values ---- */

/* "@", "mx" (relative), "mx.north.example." (whole). NULL and @error otherwise. */
static char *
dns_zone_name(DnsZoneReader *reader, const char *word, GError **error)
{
    g_autofree char *whole = NULL;
    char *clean;
    gsize length = strlen(word);
    gboolean absolute =
        length > 0 && word[length - 1] == '.' && (length == 1 || word[length - 2] != '\\');

    if (!absolute && reader->origin == NULL) {
        dns_zone_refuse(&reader->words, error, "%s is a relative name, but no $ORIGIN came yet",
                        word);
        return NULL;
    }
    if (absolute)
        whole = g_strdup(word);
    else if (strcmp(word, "@") == 0)
        whole = g_strdup(reader->origin);
    else
        whole =
            g_strdup_printf("%s.%s", word, strcmp(reader->origin, ".") == 0 ? "" : reader->origin);
    clean = dns_name_clean(whole);
    if (clean == NULL)
        dns_zone_refuse(&reader->words, error, "%s is no domain name", word);
    return clean;
}

/* ---- the data of each type; @words: what stands after the type ---- */

typedef struct DnsZoneData {
    const char *owner;
    DnsType type;
    guint32 ttl_s;
    char **words;
    guint count;
} DnsZoneData;

static DnsRecord *
dns_zone_data_address(DnsZoneReader *reader, const DnsZoneData *data, GError **error)
{
    int family = data->type == DNS_A ? AF_INET : AF_INET6;
    char text[INET6_ADDRSTRLEN];
    guint8 octets[16];

    if (inet_pton(family, data->words[0], octets) != 1) {
        dns_zone_refuse(&reader->words, error, "%s is no %s address", data->words[0],
                        data->type == DNS_A ? "IPv4" : "IPv6");
        return NULL;
    }
    inet_ntop(family, octets, text, sizeof text);
    return dns_record_new(data->owner, data->type, data->ttl_s, 0, text);
}

static DnsRecord *
dns_zone_data_name(DnsZoneReader *reader, const DnsZoneData *data, GError **error)
{
    g_autofree char *name = dns_zone_name(reader, data->words[0], error);

    return name == NULL ? NULL : dns_record_new(data->owner, data->type, data->ttl_s, 0, name);
}

static DnsRecord *
dns_zone_data_mx(DnsZoneReader *reader, const DnsZoneData *data, GError **error)
{
    g_autofree char *name = NULL;
    guint64 preference;

    if (!net_parse_number(data->words[0], -1, G_MAXUINT16, &preference)) {
        dns_zone_refuse(&reader->words, error, "%s is no preference (0 to 65535)", data->words[0]);
        return NULL;
    }
    name = dns_zone_name(reader, data->words[1], error);
    return name == NULL ? NULL : dns_record_new(data->owner, DNS_MX, data->ttl_s, preference, name);
}

static DnsRecord *
dns_zone_data_text(DnsZoneReader *reader, const DnsZoneData *data, GError **error)
{
    g_auto(GStrv) strings = g_new0(char *, data->count + 1);

    for (guint i = 0; i < data->count; i++) {
        strings[i] = dns_zone_string(data->words[i]);
        if (strings[i] == NULL) {
            dns_zone_refuse(&reader->words, error,
                            "a string of more than %d octets, or a wrong \\DDD", DNS_STRING_MAX);
            return NULL;
        }
    }
    return dns_record_new_text(data->owner, data->ttl_s, (const char *const *)strings);
}

static DnsRecord *
dns_zone_data_soa(DnsZoneReader *reader, const DnsZoneData *data, GError **error)
{
    g_autofree char *primary = dns_zone_name(reader, data->words[0], error);
    g_autofree char *mailbox = primary ? dns_zone_name(reader, data->words[1], error) : NULL;
    g_autofree char *text = NULL;
    guint32 times[4];
    guint64 serial;

    if (mailbox == NULL)
        return NULL;
    if (!net_parse_number(data->words[2], -1, G_MAXUINT32, &serial)) {
        dns_zone_refuse(&reader->words, error, "%s is no serial number", data->words[2]);
        return NULL;
    }
    for (guint i = 0; i < 4; i++)
        if (!dns_zone_time(data->words[3 + i], &times[i])) {
            dns_zone_refuse(&reader->words, error, "%s is no time", data->words[3 + i]);
            return NULL;
        }
    text = g_strdup_printf("%s %s %" G_GUINT64_FORMAT " %u %u %u %u", primary, mailbox, serial,
                           times[0], times[1], times[2], times[3]);
    return dns_record_new(data->owner, DNS_SOA, data->ttl_s, 0, text);
}

typedef struct DnsZoneType {
    DnsType type;
    guint least, most; /* words of data */
    const char *form;
    DnsRecord *(*read)(DnsZoneReader *reader, const DnsZoneData *data, GError **error);
} DnsZoneType;

/* clang-format off */
static const DnsZoneType zone_types[] = {
    { DNS_SOA,   7, 7, "SOA NS MAILBOX SERIAL REFRESH RETRY EXPIRE MINIMUM", dns_zone_data_soa },
    { DNS_NS,    1, 1, "NS HOST",                                            dns_zone_data_name },
    { DNS_MX,    2, 2, "MX PREFERENCE HOST",                                 dns_zone_data_mx },
    { DNS_A,     1, 1, "A ADDRESS",                                          dns_zone_data_address },
    { DNS_AAAA,  1, 1, "AAAA ADDRESS",                                       dns_zone_data_address },
    { DNS_TXT,   1, DNS_ZONE_WORDS_MAX, "TXT \"STRING\"...",                          dns_zone_data_text },
    { DNS_CNAME, 1, 1, "CNAME NAME",                                         dns_zone_data_name },
    { DNS_PTR,   1, 1, "PTR NAME",                                           dns_zone_data_name },
};
/* clang-format on */

/* ---- an entry ---- */

/* TTL and class may stand in either order, or not at all. Returns the index of the type's word. */
static guint
dns_zone_ttl_and_class(DnsZoneReader *reader, guint at, gint64 *ttl_s)
{
    for (; at < reader->words.list->len; at++) {
        const char *word = g_ptr_array_index(reader->words.list, at);
        guint32 seconds;

        if (g_ascii_isdigit(*word) && dns_zone_time(word, &seconds))
            *ttl_s = seconds;
        else if (g_ascii_strcasecmp(word, "IN") != 0)
            break;
    }
    return at;
}

/* A record without a TTL has the last one said, or $TTL's (RFC 2308 §4); a SOA that comes before
 * any has its own minimum. */
static guint32
dns_zone_default_ttl(const DnsZoneReader *reader, DnsType type)
{
    const char *last = g_ptr_array_index(reader->words.list, reader->words.list->len - 1);
    guint32 minimum = 0;

    if (reader->ttl_s >= 0)
        return reader->ttl_s;
    if (type == DNS_SOA)
        dns_zone_time(last, &minimum);
    else
        minimum = dns_record_soa_minimum(dns_zone_soa(reader->zone));
    return minimum;
}

static const DnsZoneType *
dns_zone_type(DnsZoneReader *reader, guint at, GError **error)
{
    const char *word =
        at < reader->words.list->len ? g_ptr_array_index(reader->words.list, at) : "";
    DnsType type = dns_type_from_name(word);
    guint count = reader->words.list->len - at - 1;

    for (gsize i = 0; i < G_N_ELEMENTS(zone_types); i++) {
        const DnsZoneType *known = &zone_types[i];

        if (known->type != type)
            continue;
        if (count >= known->least && count <= known->most)
            return known;
        dns_zone_refuse(&reader->words, error, "the form is: %s", known->form);
        return NULL;
    }
    dns_zone_refuse(&reader->words, error, "\"%s\" is no record type that I know", word);
    return NULL;
}

static gboolean
dns_zone_owner(DnsZoneReader *reader, GError **error)
{
    const char *word = g_ptr_array_index(reader->words.list, 0);
    char *owner;

    if (reader->words.indented)
        return reader->owner != NULL ||
               dns_zone_refuse(&reader->words, error,
                               "a record without a name, and none came before");
    owner = dns_zone_name(reader, word, error);
    if (owner == NULL)
        return FALSE;
    g_free(reader->owner);
    reader->owner = owner;
    return TRUE;
}

static gboolean
dns_zone_record(DnsZoneReader *reader, GError **error)
{
    gint64 ttl_s = -1;
    guint at = dns_zone_ttl_and_class(reader, reader->words.indented ? 0 : 1, &ttl_s);
    const DnsZoneType *type;
    DnsZoneData data;
    DnsRecord *record;
    const char *why;

    if (!dns_zone_owner(reader, error) || (type = dns_zone_type(reader, at, error)) == NULL)
        return FALSE;
    if (type->type != DNS_SOA && dns_zone_soa(reader->zone) == NULL)
        return dns_zone_refuse(&reader->words, error, "the first record of a zone is its SOA");
    if (ttl_s >= 0 && !reader->fixed)
        reader->ttl_s = ttl_s;
    data = (DnsZoneData){
        .owner = reader->owner,
        .type = type->type,
        .ttl_s = ttl_s >= 0 ? ttl_s : dns_zone_default_ttl(reader, type->type),
        .words = (char **)reader->words.list->pdata + at + 1,
        .count = reader->words.list->len - at - 1,
    };
    record = type->read(reader, &data, error);
    if (record == NULL)
        return FALSE;
    return dns_zone_add(reader->zone, record, &why) ||
           dns_zone_refuse(&reader->words, error, "%s: %s", reader->owner, why);
}

/* $ORIGIN and $TTL. */
static gboolean
dns_zone_directive(DnsZoneReader *reader, GError **error)
{
    const char *word = g_ptr_array_index(reader->words.list, 0);
    const char *value =
        reader->words.list->len == 2 ? g_ptr_array_index(reader->words.list, 1) : "";
    guint32 seconds;

    if (g_ascii_strcasecmp(word, "$ORIGIN") == 0) {
        char *origin = dns_zone_name(reader, value, error);

        if (origin == NULL)
            return FALSE;
        g_free(reader->origin);
        reader->origin = origin;
        return TRUE;
    }
    if (g_ascii_strcasecmp(word, "$TTL") != 0)
        return dns_zone_refuse(&reader->words, error, "%s is not supported", word);
    if (!dns_zone_time(value, &seconds))
        return dns_zone_refuse(&reader->words, error, "the form is: $TTL TIME");
    reader->ttl_s = seconds;
    reader->fixed = TRUE;
    return TRUE;
}

static gboolean
dns_zone_read(DnsZoneReader *reader, GError **error)
{
    while (reader->words.at < reader->words.end) {
        const char *word;

        if (!dns_zone_words_next(&reader->words, error))
            return FALSE;
        if (reader->words.list->len == 0)
            continue;
        word = g_ptr_array_index(reader->words.list, 0);
        if (*word == '$' && !reader->words.indented ? !dns_zone_directive(reader, error)
                                                    : !dns_zone_record(reader, error))
            return FALSE;
    }
    return dns_zone_soa(reader->zone) != NULL ||
           dns_zone_refuse(&reader->words, error, "the zone has no SOA record");
}

DnsZone *
dns_zone_parse(const char *name, const char *text, gssize length, GError **error)
{
    g_autoptr(DnsZone) zone = dns_zone_new();
    gsize octets = length < 0 ? strlen(text) : (gsize)length;
    DnsZoneReader reader = { .words = { name, text, text + octets, 1, 1, FALSE, NULL },
                             .ttl_s = -1,
                             .zone = zone };
    gboolean ok;

    if (octets > DNS_ZONE_OCTETS_MAX || memchr(text, '\0', octets) != NULL) {
        dns_zone_refuse(&reader.words, error, "longer than %d octets, or not text",
                        DNS_ZONE_OCTETS_MAX);
        return NULL;
    }
    reader.words.list = g_ptr_array_new_with_free_func(g_free);
    ok = dns_zone_read(&reader, error);
    g_ptr_array_unref(reader.words.list);
    g_free(reader.origin);
    g_free(reader.owner);
    return ok ? g_steal_pointer(&zone) : NULL;
}

DnsZone *
dns_zone_load(const char *path, GError **error)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *text = NULL;
    gsize length;

    if (!g_file_get_contents(path, &text, &length, error))
        return NULL;
    return dns_zone_parse(name, text, length, error);
}
