/* storage/message.h - a message's octets, stored once whatever the number of mailboxes.
 *
 *   head     what we add on top: Received and the filter's verdict; known only at the end
 *   content  what the client sent, octet for octet, dots removed
 *
 * Content over 256 KB lies in a file of its own, written out a megabyte at a time as it comes and
 * made durable before its row is committed; smaller content is in the row.
 *
 * Tests: tests/test_storage_message.c
 */
#ifndef STORAGE_MESSAGE_H
#define STORAGE_MESSAGE_H

#include "storage/index.h"
#include "storage/store.h"

#define STORE_BODY_FILE_OCTETS (256 * 1024)

/* ---- coming in ---- */

typedef struct StoreDraft StoreDraft;

StoreDraft *store_draft_new(Store *store);
/* Drops it, its file too, unless it was stored. */
void store_draft_free(StoreDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreDraft, store_draft_free)
gboolean store_draft_append(StoreDraft *draft, const char *octets, gsize length, GError **error);
guint64 store_draft_octets(const StoreDraft *draft);
/* No more comes: the index is whole. For filters: what may be looked at before storing. */
const StoreIndex *store_draft_finish(StoreDraft *draft);
/* The first octets (at most 64 KB kept), for filters and the trace. */
const char *store_draft_start(const StoreDraft *draft, gsize *length);
/* Appends at most @length octets from @offset to @out; fewer where it ends. After finish. */
gboolean store_draft_read(StoreDraft *draft, guint64 offset, gsize length, GString *out,
                          GError **error);
/* SHA-256 in hex, after finish. */
const char *store_draft_hash(const StoreDraft *draft);

/**
 * store_message_add:
 * @head: header lines to put on top, CRLF each; may be ""
 * @sender: the reverse-path, "" for the null one
 * @token: the queue id in the Received line
 *
 * Writes the row in the open group, with @trace's journey, so that a pick-up months later is told
 * in the same one. Tells an sql event, stage store. A draft is added once.
 * Returns: the message's id, or 0 with @error
 */
gint64 store_message_add(Store *store, Trace *trace, StoreDraft *draft, const char *head,
                         const char *sender, const char *token, GError **error);

/* ---- reading ---- */

/* How a message came, for the trace of its reading. */
typedef struct StoreOrigin {
    char *journey; /* NULL: nobody traced it then */
    char *sha256;  /* of the content, as it was told then */
} StoreOrigin;

void store_origin_free(StoreOrigin *origin);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreOrigin, store_origin_free)

/* The trace's own question, so no listener hears it (storage/asked.h). NULL where there is no such
 * message. */
StoreOrigin *store_message_origin(Store *store, gint64 id);
/* Appends at most @length octets from @offset of head-and-content to @out. */
gboolean store_message_read(Store *store, gint64 id, guint64 offset, gsize length, GString *out,
                            GError **error);
/* The index of the whole message, head included (offsets count from the head's first octet). */
StoreIndex *store_message_index(Store *store, gint64 id, GError **error);
/* Removes messages that no mailbox, queue or archive row names, and their files after the commit.
 * store_commit() does it before each COMMIT: a message whose recipients are all done or failed and
 * that nobody kept is gone then, so what a bounce quotes is read in the same turn. */
gboolean store_message_sweep(Store *store, GError **error);

#endif
