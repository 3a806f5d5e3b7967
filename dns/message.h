/* dns/message.h - what goes over the wire: a question and its answer (RFC 1035 §4.1).
 *
 *     +--------+----------+--------+-----------+------------+
 *     | header | question | answer | authority | additional |
 *     +--------+----------+--------+-----------+------------+
 *
 *     header, 12 octets:   ID | QR opcode AA TC RD  RA Z RCODE | four counts
 *     QR: 0 a question, 1 an answer. AA: from the zone's own server. TC: cut, ask by TCP.
 *     RCODE: 0 fine, 1 FORMERR, 2 SERVFAIL, 3 NXDOMAIN, 4 NOTIMP, 5 REFUSED.
 *
 * Octets from the network are read here and nowhere else; libresolv's parser keeps the bounds.
 */
#ifndef DNS_MESSAGE_H
#define DNS_MESSAGE_H

#include "dns/record.h"

#define DNS_UDP_MAX     512   /* octets of a datagram, RFC 1035 §2.3.4 */
#define DNS_MESSAGE_MAX 65535 /* octets of a message on TCP, RFC 1035 §4.2.2 */
#define DNS_EDNS_MAX    1232  /* octets of our longest datagram: fits any link in one piece */
#define DNS_OPT_OCTETS  11    /* root, type, size, flags, no data (RFC 6891 §6.1.2) */
#define DNS_ANSWERS_MAX 100   /* records of one answer that we look at */

/* What we asked, to know its answer by. */
typedef struct DnsQuestion {
    guint16 id;
    char *name; /* clean (dns/name.h) */
    DnsType type;
    gboolean edns; /* says that we take long datagrams (RFC 6891 §6.2.3) */
} DnsQuestion;

typedef struct DnsMessage {
    guint rcode;        /* with the upper bits that EDNS brings (RFC 6891 §6.1.3) */
    gboolean truncated; /* TC: nothing below was read */
    GPtrArray *answers; /* DnsRecord, of the types we know, in the order they came */
    DnsRecord *soa;     /* of the authority section; NULL: none came */
    gboolean referral;  /* no answer, but the names of other servers that may know */
} DnsMessage;

void dns_message_free(DnsMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DnsMessage, dns_message_free)

/* The octets of @question, at most DNS_UDP_MAX of them. @prefix: two octets with the length first, as TCP
 * wants it (RFC 1035 §4.2.2). */
GBytes *dns_message_ask(const DnsQuestion *question, gboolean prefix);

/**
 * dns_message_read:
 * @why: (out): what was wrong, a few words, where NULL is returned
 *
 * Believes the octets only when they answer @question: ID, QR, opcode, one question with our
 * name, type and class (RFC 5452 §9.1). Source and port are the caller's to check.
 *
 * Returns: (transfer full): NULL when it's no answer to our question, or nonsense
 */
DnsMessage *dns_message_read(const guint8 *octets, gsize length, const DnsQuestion *question,
                             const char **why);

#endif
