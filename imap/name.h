/* imap/name.h - mailbox names: modified UTF-7 on the wire, UTF-8 in the database.
 *
 *     Entwürfe   <->   Entw&APw-rfe        (RFC 3501 §5.1.3)
 */
#ifndef IMAP_NAME_H
#define IMAP_NAME_H

#include <glib.h>

#define IMAP_NAME_MAX 1000 /* octets of a name on the wire, or of a pattern */

/* UTF-8 of a name on the wire; NULL where it is no such name. A client that sends UTF-8 as it is is
 * understood, too. "inbox" in any case becomes "INBOX" (RFC 3501 §5.1). */
char *imap_name_to_utf8(const char *wire);
char *imap_name_from_utf8(const char *name);
/* May a mailbox be made under this name? No wildcards, controls, empty levels. */
gboolean imap_name_is_good(const char *name);
/* LIST's wildcards: * matches everything, % everything but '/'. Both in UTF-8. */
gboolean imap_name_matches(const char *pattern, const char *name);

#endif
