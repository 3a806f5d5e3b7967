/* dns/name.h - domain names as text: labels, limits, comparing (RFC 1035 §2.3).
 *
 *     mx.north.example     three labels, each at most 63 octets
 *      |    |      `---- the parent of the parent
 *      |    `----------- the parent: north.example
 *      `---------------- a label
 *
 * On the wire each label is led by an octet with its length, and the root's empty label ends the
 * name. At most 255 octets in all (RFC 1035 §2.3.4). `\.` is a dot inside a label.
 */
#ifndef DNS_NAME_H
#define DNS_NAME_H

#include <glib.h>

#define DNS_NAME_MAX  255 /* octets on the wire */
#define DNS_CHAIN_MAX 8 /* aliases (CNAME) followed from one to the next, by server and resolver */

/* @name in the one form used in this folder: legal, no final dot, unusual octets escaped; the root
 * is ".". NULL where @name breaks a limit or has an empty label. Upper and lower case stay. */
char *dns_name_clean(const char *name);
/* The same in lower case, to be the key of a table (RFC 1035 §2.3.3). */
char *dns_name_key(const char *name);

/* Both clean. Case doesn't matter; only ASCII letters have case (RFC 1035 §2.3.3). */
gboolean dns_name_equal(const char *a, const char *b);
/* Is @name @domain or below it? Whole labels count: xnorth.example is not within north.example. */
gboolean dns_name_is_within(const char *name, const char *domain);
/* The name without its first label, a pointer into @name; "." above the last one, NULL above ".". */
const char *dns_name_parent(const char *name);

#endif
