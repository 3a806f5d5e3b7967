/* imap/uids.h - the UIDs of a mailbox, in order, kept as runs.
 *
 *   UIDs     4 5 6 7     9 10    12          sequence numbers 1 to 7
 *   runs    (4, 1..4)  (9, 5 6) (12, 7)      eight octets each
 *
 * Each session keeps them for the mailbox that it has selected, and thousands of sessions sit idle. A
 * mailbox from which nobody has removed a message is one run, be it of ten messages or of 100,000.
 */
#ifndef IMAP_UIDS_H
#define IMAP_UIDS_H

#include <glib.h>

typedef struct ImapUids ImapUids;

ImapUids *imap_uids_new(void);
ImapUids *imap_uids_copy(const ImapUids *uids);
void imap_uids_free(ImapUids *uids);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapUids, imap_uids_free)

/* @uid is larger than all that are there. */
void imap_uids_add(ImapUids *uids, guint32 uid);
void imap_uids_add_all(ImapUids *uids, const ImapUids *more);

guint imap_uids_count(const ImapUids *uids);
/* How many stretches without a gap they make: what they cost. */
guint imap_uids_runs(const ImapUids *uids);
/* The UID at @index, from 0 to count - 1: that of sequence number @index + 1. */
guint32 imap_uids_at(const ImapUids *uids, guint index);
/* The largest one; 0: there is none. */
guint32 imap_uids_last(const ImapUids *uids);
/* The index of @uid, or of the first larger one; *@found says which. */
guint imap_uids_find(const ImapUids *uids, guint32 uid, gboolean *found);

#endif
