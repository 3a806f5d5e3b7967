/* imap/name.h - mailbox names: modified UTF-7 on the wire, UTF-8 in the database.
 *
 *     Entwürfe   <->   Entw&APw-rfe        (RFC 3501 §5.1.3)
 */
#ifndef IMAP_NAME_H
#define IMAP_NAME_H

#include <glib.h>

/* UTF-8 of a name on the wire; NULL where it is no such name, or not in its one right spelling. A
 * client that sends UTF-8 as it is is understood, too. "inbox" in any case becomes "INBOX"
 * (RFC 3501 §5.1). */
char *imap_name_to_utf8(const char *wire);
char *imap_name_from_utf8(const char *name);
/* The same for a client that has enabled IMAP4rev2 and sends UTF-8: composed (NFC), so that a name
 * has one spelling only (RFC 9051 §5.1). NULL: no UTF-8. */
char *imap_name_compose(const char *wire);

/* LIST's wildcards: * matches everything, % everything but '/'. Both in UTF-8; the pattern had
 * better be through imap_name_pattern(), which makes one wildcard of several in a row. */
gboolean imap_name_matches(const char *pattern, const char *name);
char *imap_name_pattern(const char *pattern);

#endif
