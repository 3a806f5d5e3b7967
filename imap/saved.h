/* imap/saved.h - "$": what the last SEARCH RETURN (SAVE) has found (RFC 5182). */
#ifndef IMAP_SAVED_H
#define IMAP_SAVED_H

#include "imap/commands.h"

/* Puts the messages of @uids (guint32) in place of those remembered; NULL: none. */
void imap_saved_put(ImapSession *session, const GArray *uids);
/* Adds to @set the messages that "$" stands for, where it stands there: as UIDs, or as sequence
 * numbers. To be called before the set is resolved. */
void imap_saved_fill(ImapSession *session, ImapSet *set, gboolean as_uids);

#endif
