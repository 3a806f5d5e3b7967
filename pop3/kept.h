/* pop3/kept.h - the lists of large maildrops opened lately, one of these a host.
 *
 *   PASS ***     100,000 UIDs and sizes are read
 *   QUIT         kept: the list, and the MODSEQ that its INBOX had
 *   PASS ***     MODSEQ is the same: nothing has come, gone or changed, and nothing need be read
 *
 * Many mail programs leave their mail on the server and look every few minutes. (IMAP's is imap/kept.h.)
 */
#ifndef POP3_KEPT_H
#define POP3_KEPT_H

#include <glib.h>

typedef struct Pop3Kept Pop3Kept;

Pop3Kept *pop3_kept_new(void);
void pop3_kept_free(Pop3Kept *kept);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pop3Kept, pop3_kept_free)

/* Takes @items (of Pop3Item): so @mailbox is at @modseq, and all of that is committed. Not kept are
 * lists that are read in a moment, and such as would take too much memory. */
void pop3_kept_put(Pop3Kept *kept, gint64 mailbox, guint64 modseq, GArray *items);
/* (transfer full): what was kept at this very @modseq; an empty list where nothing was. */
GArray *pop3_kept_take(Pop3Kept *kept, gint64 mailbox, guint64 modseq);

#endif
