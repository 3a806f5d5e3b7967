/* dns/zone_words.h - the text of a zone file, cut into entries and words (RFC 1035 §5.1).
 *
 * An entry is a line, or more of them where parentheses hold them together. Its words stand as
 * written, without quotes: what a backslash means depends on where the word stands.
 */
#ifndef DNS_ZONE_WORDS_H
#define DNS_ZONE_WORDS_H

#include <glib.h>

#define DNS_ZONE_WORDS_MAX 300 /* words of an entry: a TXT of 64 KB still fits */

#define DNS_STRING_MAX 255         /* octets of one string, RFC 1035 §3.3 */
#define DNS_TTL_MAX    0x7fffffffu /* RFC 2181 §8 */

typedef struct DnsZoneWords {
    const char *file; /* for messages */
    const char *at;   /* the next octet */
    const char *end;
    guint line;        /* line of @at, from 1 */
    guint entry_line;  /* line where the entry began */
    gboolean indented; /* the entry began with a blank: its owner is the last one's */
    GPtrArray *list;   /* the words of the entry */
} DnsZoneWords;

/* Takes the next entry's words, none for an empty line. FALSE: the text is wrong there. */
gboolean dns_zone_words_next(DnsZoneWords *words, GError **error);
/* Sets @error to "FILE:LINE: what", the line being the entry's. Always FALSE. */
gboolean dns_zone_refuse(const DnsZoneWords *words, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* Seconds, or numbers with units: 1w2d3h4m5s. FALSE: no time, or more than DNS_TTL_MAX. */
gboolean dns_zone_time(const char *word, guint32 *seconds);
/* A string as meant: \DDD is the octet of that number, \X is X. NULL: longer than
 * DNS_STRING_MAX, or an octet we don't take. Newly allocated. */
char *dns_zone_string(const char *word);

#endif
