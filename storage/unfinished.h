/* storage/unfinished.h - long work on a mailbox that a crash may interrupt: what is left is done, or undone,
 * when the database is opened.
 */
#ifndef STORAGE_UNFINISHED_H
#define STORAGE_UNFINISHED_H

#include "storage/store.h"

/* After each page but the last, in the same group: if the host dies, the rest is done when the
 * database is opened. @target 0: the messages go, and the mailbox (storage/unfinished.c). */
gboolean store_unfinished_note(Store *store, gint64 mailbox, gint64 target, guint32 below,
                               GError **error);
/* All is done, or is given up. */
gboolean store_unfinished_done(Store *store, gint64 mailbox, gint64 target, GError **error);
/* COPY in pages, which is all or nothing: UIDs @first to @last of @mailbox are copies of the COPY whose first
 * one has UID @copy. After each page but the last, in the same group: if the host dies, they go when the
 * database is opened. */
gboolean store_unfinished_copied(Store *store, gint64 mailbox, guint32 copy, guint32 first,
                                 guint32 last, GError **error);
/* The COPY is whole, or undone. */
gboolean store_unfinished_whole(Store *store, gint64 mailbox, guint32 copy, GError **error);

#endif
