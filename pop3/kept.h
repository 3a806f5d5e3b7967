/* pop3/kept.h - the lists of large maildrops opened lately, one of these a host.
 *
 *   PASS ***     100,000 UIDs and sizes are read
 *   QUIT         the list is kept
 *   PASS ***     only what has come since is read. Are there 100,000 and these in the INBOX, which counts
 *                its messages? Then none has gone, for no UID is ever given twice, and the list is true
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

/* Takes @items (of Pop3Item), all of them committed. Not kept are lists that are read in a moment, and
 * such as would take too much memory. */
void pop3_kept_put(Pop3Kept *kept, gint64 mailbox, GArray *items);
/* (transfer full): what was kept of @mailbox; an empty list where nothing was. */
GArray *pop3_kept_take(Pop3Kept *kept, gint64 mailbox);

#endif
