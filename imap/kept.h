/* imap/kept.h - the UIDs of mailboxes opened lately, one of these a host.
 *
 *   SELECT Work     100,000 UIDs are read:   kept: Work, MODSEQ 4711, their runs, the first one not seen
 *   SELECT Work     MODSEQ is 4711 still: nothing has changed, and nothing need be read
 *
 * Mail programs open the same few mailboxes again and again, and seldom has anything changed.
 */
#ifndef IMAP_KEPT_H
#define IMAP_KEPT_H

#include "imap/uids.h"

typedef struct ImapKept ImapKept;

ImapKept *imap_kept_new(void);
void imap_kept_free(ImapKept *kept);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapKept, imap_kept_free)

/* So it is at @modseq, and all of that is committed. @unseen: sequence number of the first message without
 * \Seen, 0: none. @keywords: those in use, as FLAGS lists them. Nothing happens where @kept is NULL, or @uids make too many runs. */
void imap_kept_put(ImapKept *kept, gint64 mailbox, guint64 modseq, const ImapUids *uids,
                   guint unseen, const char *keywords);
/* Copies of what was kept at this very @modseq; NULL: nothing was. */
ImapUids *imap_kept_get(ImapKept *kept, gint64 mailbox, guint64 modseq, guint *unseen,
                        char **keywords);

#endif
