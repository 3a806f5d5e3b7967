/* dns/answer.h - the name server's thinking: a question's octets in, an answer's octets out.
 *
 *   zones hold the name?   no: REFUSED
 *   alias                  the CNAME, and on with its target
 *   found                  the records; addresses of MX and NS targets as an extra
 *   not this type          no error, no answer, the SOA (NODATA)
 *   no such name           NXDOMAIN, the SOA
 *   in a zone below        its name servers (a referral)
 *
 * No sockets here: dns/server.c carries the octets, tests call this directly.
 */
#ifndef DNS_ANSWER_H
#define DNS_ANSWER_H

#include "dns/zone.h"

/**
 * dns_answer_question:
 * @zones: of DnsZone
 * @limit: octets an answer may have (DNS_UDP_MAX, DNS_MESSAGE_MAX); an EDNS question raises the
 *   limit of a datagram up to DNS_EDNS_MAX (RFC 6891 §6.2.3)
 *
 * Returns: (transfer full): the answer; NULL where silence is the answer (an answer is never
 *   answered, nor is what is too short to have an ID)
 */
GBytes *dns_answer_question(const GPtrArray *zones, const guint8 *octets, gsize length,
                            gsize limit);

#endif
