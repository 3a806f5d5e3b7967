/* imap/header.h - a message's own header, read up to its empty line without asking where it ends. */
#ifndef IMAP_HEADER_H
#define IMAP_HEADER_H

#include "storage/entry.h"

#define IMAP_HEADER_MAX (1024 * 1024) /* octets of a header that are looked into */

/* Appends the header, the empty line included where there is one. FALSE: it cannot be read. */
gboolean imap_header_read(Store *store, gint64 mailbox, const StoreEntry *entry, GString *out,
                          GError **error);

#endif
