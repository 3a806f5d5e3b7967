/* imap/structure.h - the tree of a message's parts as BODYSTRUCTURE writes it (RFC 3501 §7.4.2). */
#ifndef IMAP_STRUCTURE_H
#define IMAP_STRUCTURE_H

#include "storage/index.h"

/* Appends the ENVELOPE of the message whose header lies from @start to @end. */
typedef void (*ImapWriteEnvelope)(GString *out, guint64 start, guint64 end, void *data);

/* @extended: BODYSTRUCTURE; else BODY, without extension data. @rev2: for a client that has enabled
 * IMAP4rev2. */
void imap_structure_write(GString *out, const StoreIndex *index, gboolean extended, gboolean rev2,
                          ImapWriteEnvelope envelope, void *data);

/* Is @part a message with an envelope and parts of its own? BODYSTRUCTURE shows them, and BODY[1.1]
 * finds them: both ask here. */
gboolean imap_structure_is_message(const StorePart *part, gboolean rev2);

#endif
