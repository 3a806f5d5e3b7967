/* storage/archive.h - copies kept: who wrote to whom, when, and the message itself. */
#ifndef STORAGE_ARCHIVE_H
#define STORAGE_ARCHIVE_H

#include "storage/message.h"

typedef struct StoreArchived {
    gint64 id;
    gint64 message;
    gint64 when_s;
    char *sender, *recipients, *subject, *why;
} StoreArchived;

void store_archived_free(StoreArchived *archived);

/* Keeps @message. @why: the rule or setting that asked for it. Tells an sql event. */
gint64 store_archive_add(Store *store, Trace *trace, gint64 message, const char *sender,
                         const char *recipients, const char *subject, const char *why,
                         GError **error);
/* Newest first; @search: a part of sender, recipients or subject, or NULL. */
GPtrArray *store_archive_list(Store *store, const char *search, guint limit, GError **error);

#endif
