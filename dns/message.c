/* dns/message.c - writing a question, and reading its answer with distrust.
 *
 * Anybody can send us a datagram, so each field that our question fixed is compared before
 * anything else is looked at: dns_message_check(). Tests: tests/test_dns_message.c
 */
#include "dns/message.h"
#include "dns/name.h"
#include "trace/words.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <string.h>

/* RFC 2181 §8: a TTL with its highest bit set counts as zero. */
#define TTL_MAX 0x7fffffffu

void
dns_message_free(DnsMessage *message)
{
    if (message == NULL)
        return;
    g_ptr_array_unref(message->answers);
    dns_record_free(message->soa);
    g_free(message);
}

GBytes *
dns_message_ask(const DnsQuestion *question, gboolean prefix)
{
    static const guint8 opt[DNS_OPT_OCTETS] = {
        0, 0, ns_t_opt, DNS_EDNS_MAX >> 8, DNS_EDNS_MAX & 0xff, 0, 0, 0, 0, 0, 0,
    };
    guint8 octets[2 + NS_HFIXEDSZ + DNS_NAME_MAX + NS_QFIXEDSZ + sizeof opt] = { 0 };
    guint8 *header = octets + 2;
    guint8 *at = header + NS_HFIXEDSZ;
    int length;

    ns_put16(question->id, header);
    header[2] = 0x01; /* RD: a resolver in between shall do the whole work */
    ns_put16(1, header + 4);
    length = ns_name_compress(question->name, at, DNS_NAME_MAX, NULL, NULL);
    g_assert(length > 0); /* the name is clean */
    at += length;
    ns_put16(question->type, at);
    ns_put16(ns_c_in, at + 2);
    at += NS_QFIXEDSZ;
    if (question->edns) {
        ns_put16(1, header + 10); /* ARCOUNT */
        memcpy(at, opt, sizeof opt);
        at += sizeof opt;
    }
    ns_put16(at - header, octets);
    return prefix ? g_bytes_new(octets, at - octets) : g_bytes_new(header, at - header);
}

/* Is this an answer to our question at all? NULL: yes; otherwise what is wrong. */
static const char *
dns_message_check(const guint8 *octets, gsize length, const DnsQuestion *question)
{
    char name[NS_MAXDNAME];
    const guint8 *at;
    int taken;

    if (length < NS_HFIXEDSZ)
        return N_("too short for a header");
    at = octets + NS_HFIXEDSZ;
    if (ns_get16(octets) != question->id)
        return N_("the ID is not ours");
    if ((octets[2] & 0x80) == 0)
        return N_("it is a question (QR is 0)");
    if ((octets[2] & 0x78) != 0)
        return N_("the opcode is not QUERY");
    if (ns_get16(octets + 4) != 1)
        return N_("it does not repeat our one question");
    taken = ns_name_uncompress(octets, octets + length, at, name, sizeof name);
    if (taken < 0 || (gsize)taken + NS_HFIXEDSZ + NS_QFIXEDSZ > length)
        return N_("its question cannot be read");
    if (!dns_name_equal(name, question->name))
        return N_("it answers for another name");
    if (ns_get16(at + taken) != (guint)question->type)
        return N_("it answers for another type");
    if (ns_get16(at + taken + 2) != ns_c_in)
        return N_("the class is not IN");
    return NULL;
}

/* A domain name inside the data of a record; it may be compressed (RFC 1035 §4.1.4).
 * Returns how many octets it took there, -1 where it is none. */
static int
dns_message_name(const ns_msg *msg, const ns_rr *rr, gsize offset, char *name)
{
    const guint8 *end = ns_rr_rdata(*rr) + ns_rr_rdlen(*rr);
    const guint8 *start = ns_rr_rdata(*rr) + offset;
    int taken;

    if (start >= end)
        return -1;
    taken = ns_name_uncompress(ns_msg_base(*msg), ns_msg_end(*msg), start, name, NS_MAXDNAME);
    return taken < 0 || start + taken > end ? -1 : taken;
}

/* libresolv calls the root "" here and "." elsewhere. */
static const char *
dns_message_owner(const ns_rr *rr)
{
    return *ns_rr_name(*rr) == '\0' ? "." : ns_rr_name(*rr);
}

static DnsRecord *
dns_message_address(const ns_rr *rr, guint32 ttl_s, int family, gsize octets)
{
    char text[INET6_ADDRSTRLEN];

    if (ns_rr_rdlen(*rr) != octets)
        return NULL;
    inet_ntop(family, ns_rr_rdata(*rr), text, sizeof text);
    return dns_record_new(dns_message_owner(rr), (DnsType)ns_rr_type(*rr), ttl_s, 0, text);
}

/* MX: a preference, then a name. The others are a name alone. */
static DnsRecord *
dns_message_target(const ns_msg *msg, const ns_rr *rr, guint32 ttl_s, gsize offset)
{
    char name[NS_MAXDNAME];

    if (dns_message_name(msg, rr, offset, name) < 0)
        return NULL;
    return dns_record_new(dns_message_owner(rr), (DnsType)ns_rr_type(*rr), ttl_s,
                          offset == 2 ? ns_get16(ns_rr_rdata(*rr)) : 0, name);
}

/* Strings, each led by its length (RFC 1035 §3.3.14). */
static DnsRecord *
dns_message_text(const ns_rr *rr, guint32 ttl_s)
{
    g_autoptr(GPtrArray) strings = g_ptr_array_new_with_free_func(g_free);
    const guint8 *at = ns_rr_rdata(*rr);
    const guint8 *end = at + ns_rr_rdlen(*rr);

    while (at < end) {
        gsize length = *at++;

        if (length > (gsize)(end - at))
            return NULL;
        /* A NUL would end our text early and hide what follows it. */
        g_ptr_array_add(strings, g_strndup((const char *)at, length));
        if (memchr(at, '\0', length) != NULL)
            return NULL;
        at += length;
    }
    g_ptr_array_add(strings, NULL);
    return dns_record_new_text(dns_message_owner(rr), ttl_s, (const char *const *)strings->pdata);
}

static DnsRecord *
dns_message_soa(const ns_msg *msg, const ns_rr *rr, guint32 ttl_s)
{
    char primary[NS_MAXDNAME], mailbox[NS_MAXDNAME];
    int first = dns_message_name(msg, rr, 0, primary);
    int second = first < 0 ? -1 : dns_message_name(msg, rr, first, mailbox);
    const guint8 *number;
    g_autofree char *text = NULL;

    if (second < 0 || first + second + 5 * NS_INT32SZ != ns_rr_rdlen(*rr))
        return NULL;
    number = ns_rr_rdata(*rr) + first + second;
    text = g_strdup_printf("%s %s %lu %lu %lu %lu %lu", primary, mailbox, ns_get32(number),
                           ns_get32(number + 4), ns_get32(number + 8), ns_get32(number + 12),
                           ns_get32(number + 16));
    return dns_record_new(dns_message_owner(rr), DNS_SOA, ttl_s, 0, text);
}

/* NULL where the type is none we know or the data is malformed: such a record is passed over. */
static DnsRecord *
dns_message_record(const ns_msg *msg, const ns_rr *rr)
{
    guint32 ttl_s = ns_rr_ttl(*rr) > TTL_MAX ? 0 : ns_rr_ttl(*rr);

    if (ns_rr_class(*rr) != ns_c_in)
        return NULL;
    switch ((DnsType)ns_rr_type(*rr)) {
    case DNS_A: return dns_message_address(rr, ttl_s, AF_INET, NS_INADDRSZ);
    case DNS_AAAA: return dns_message_address(rr, ttl_s, AF_INET6, NS_IN6ADDRSZ);
    case DNS_NS:
    case DNS_CNAME:
    case DNS_PTR: return dns_message_target(msg, rr, ttl_s, 0);
    case DNS_MX: return dns_message_target(msg, rr, ttl_s, NS_INT16SZ);
    case DNS_TXT: return dns_message_text(rr, ttl_s);
    case DNS_SOA: return dns_message_soa(msg, rr, ttl_s);
    default: return NULL;
    }
}

/* The authority section: a SOA says for how long "no" holds; NS without one is a referral. */
static gboolean
dns_message_authority(ns_msg *msg, DnsMessage *message)
{
    gboolean servers = FALSE;

    for (int i = 0; i < MIN(ns_msg_count(*msg, ns_s_ns), DNS_ANSWERS_MAX); i++) {
        ns_rr rr;

        if (ns_parserr(msg, ns_s_ns, i, &rr) < 0)
            return FALSE;
        if (ns_rr_type(rr) == ns_t_soa && message->soa == NULL)
            message->soa = dns_message_record(msg, &rr);
        servers |= ns_rr_type(rr) == ns_t_ns;
    }
    message->referral = servers && message->soa == NULL && message->answers->len == 0;
    return TRUE;
}

/* Twelve bits of RCODE: four in the header, eight in the OPT record, where one came. */
static void
dns_message_extended(ns_msg *msg, DnsMessage *message)
{
    for (int i = 0; i < MIN(ns_msg_count(*msg, ns_s_ar), DNS_ANSWERS_MAX); i++) {
        ns_rr rr;

        if (ns_parserr(msg, ns_s_ar, i, &rr) < 0)
            return; /* what only saves a question may be damaged */
        if (ns_rr_type(rr) == ns_t_opt)
            message->rcode |= (ns_rr_ttl(rr) >> 24) << 4;
    }
}

DnsMessage *
dns_message_read(const guint8 *octets, gsize length, const DnsQuestion *question, const char **why)
{
    g_autoptr(DnsMessage) message = g_new0(DnsMessage, 1);
    gboolean damaged = FALSE;
    ns_msg msg;

    message->answers = dns_records_new();
    *why = dns_message_check(octets, length, question);
    if (*why != NULL)
        return NULL;
    message->rcode = octets[3] & 0x0f;
    message->truncated = (octets[2] & 0x02) != 0;
    if (message->truncated)
        return g_steal_pointer(&message);

    *why = N_("its records cannot be read");
    if (length > DNS_MESSAGE_MAX || ns_initparse(octets, length, &msg) < 0)
        return NULL;
    for (int i = 0; i < MIN(ns_msg_count(msg, ns_s_an), DNS_ANSWERS_MAX); i++) {
        DnsRecord *record;
        ns_rr rr;

        if (ns_parserr(&msg, ns_s_an, i, &rr) < 0)
            return NULL;
        record = dns_message_record(&msg, &rr);
        if (record != NULL)
            g_ptr_array_add(message->answers, record);
        damaged |= record == NULL && (DnsType)ns_rr_type(rr) == question->type;
    }
    /* What was asked for came, and can't be read: that is not the same as that there is none. */
    if (damaged && message->answers->len == 0)
        return NULL;
    if (!dns_message_authority(&msg, message))
        return NULL;
    dns_message_extended(&msg, message);
    *why = NULL;
    return g_steal_pointer(&message);
}
