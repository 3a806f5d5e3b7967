/* dns/writer.h - puts an answer together, record by record, names compressed (RFC 1035 §4.1.4).
 *
 * A name that was written before is not written again: two octets point back to it. Sections are
 * to be written in their order: answer, authority, additional.
 */
#ifndef DNS_WRITER_H
#define DNS_WRITER_H

#include "dns/message.h"

typedef enum { DNS_ANSWER, DNS_AUTHORITY, DNS_ADDITIONAL } DnsSection;

#define DNS_WRITER_NAMES 128 /* names that can be pointed back to */

typedef struct DnsWriter {
    guint8 octets[DNS_MESSAGE_MAX];
    gsize length;
    gsize limit;  /* what may be written at most */
    gboolean cut; /* something did not fit: TC is set, nothing more is written */
    const guint8 *names[DNS_WRITER_NAMES]; /* libresolv's: where names stand, ended by NULL */
} DnsWriter;

/* Starts an answer that repeats the first @question_end octets of @question: its header and, where
 * it could be read, its question as asked, case and all. */
void dns_writer_start(DnsWriter *writer, const guint8 *question, gsize question_end, gsize limit);
void dns_writer_set_rcode(DnsWriter *writer, guint rcode);
/* AA: the answer comes from the zone's own server. */
void dns_writer_set_authoritative(DnsWriter *writer);
/* FALSE where it did not fit. @ttl_s counts, not the record's. */
gboolean dns_writer_add(DnsWriter *writer, DnsSection section, const DnsRecord *record,
                        guint32 ttl_s);
/* The OPT record that answers an EDNS question, in the room that was kept for it. */
void dns_writer_add_opt(DnsWriter *writer, guint extended_rcode);

#endif
