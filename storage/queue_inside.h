/* storage/queue_inside.h - how a recipient's row changes: shared by storage/queue.c (by hand) and
 * storage/attempt.c (by attempts). */
#ifndef STORAGE_QUEUE_INSIDE_H
#define STORAGE_QUEUE_INSIDE_H

#include "storage/queue.h"

/* What a change sets; what is not to change is as in the row before. */
typedef struct StoreQueueChange {
    StoreQueueState state;
    guint tries;
    gint64 due_s;
    guint64 event;
    const char *last;
} StoreQueueChange;

/* A change that changes nothing yet. */
StoreQueueChange store_queue_no_change(const StoreQueueItem *item);
/* Writes it, and puts statement, row before and row after; the caller makes the event. */
gboolean store_queue_change(Store *store, Trace *trace, const StoreQueueItem *item,
                            const StoreQueueChange *change, GError **error);

#endif
