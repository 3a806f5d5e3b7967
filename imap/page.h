/* imap/page.h - long work over messages reads their entries by the page: one query for many.
 *
 *     imap_page_turn(&page);                      a new turn of the loop begins
 *     entry = imap_page_take(session, &page, 7)   of the page at hand, or of the next one
 *
 * What was read is good for one turn only: between two of them others may change flags.
 */
#ifndef IMAP_PAGE_H
#define IMAP_PAGE_H

#include "imap/commands.h"

typedef struct ImapPage {
    /* StoreEntry, ascending; NULL where one has been taken. Or NULL: none read */
    GPtrArray *entries;
    guint next;     /* the first that has not been taken or passed over */
    guint expected; /* entries that this turn will take: as many as the last one; 0: not known */
    guint taken;    /* in this turn */
    StoreEntryColumns columns; /* how much of each is read */
} ImapPage;

void imap_page_turn(ImapPage *page);
void imap_page_clear(ImapPage *page);
/* The entry of @uid, to be freed by the caller. UIDs must ascend. NULL without error: it is in the
 * mailbox no more. */
StoreEntry *imap_page_take(ImapSession *session, ImapPage *page, guint32 uid, GError **error);
/* The first index of the view, from @index on, whose message @set names, by UID or by sequence number;
 * the view's length where none is. What lies between is not looked at one by one. */
guint imap_page_skip(ImapSession *session, const ImapSet *set, gboolean by_uid, guint index);

#endif
