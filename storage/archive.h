/* storage/archive.h - copies kept: who wrote to whom, when, and the message itself. */
#ifndef STORAGE_ARCHIVE_H
#define STORAGE_ARCHIVE_H

#include "storage/message.h"

typedef struct StoreArchived {
    gint64 id;
    gint64 message;
    gint64 when_s;
    char *sender, *recipients, *subject, *why;
    char *journey; /* of the message, and the event that told its storing */
    guint64 event;
} StoreArchived;

void store_archived_free(StoreArchived *archived);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreArchived, store_archived_free)

/* Keeps @message. @why: the rule or setting that asked for it. Tells an sql event. */
gint64 store_archive_add(Store *store, Trace *trace, gint64 message, const char *sender,
                         const char *recipients, const char *subject, const char *why,
                         GError **error);
/* Newest first; @search: a part of sender, recipients, subject, reason or time ("2026-01-05 09"), or
 * NULL. */
GPtrArray *store_archive_list(Store *store, const char *search, guint limit, GError **error);
/* One row; NULL without @error: there is none. */
StoreArchived *store_archive_get(Store *store, gint64 id, GError **error);

/* When the oldest copy was kept; 0: there is none. */
gint64 store_archive_oldest(Store *store, GError **error);
/* Removes copies kept at @until_s or before, oldest first, at most @limit; each tells an sql event in
 * its message's journey. Returns what they were. (element-type StoreArchived) */
GPtrArray *store_archive_expire(Store *store, Trace *trace, gint64 until_s, guint limit,
                                GError **error);

#endif
