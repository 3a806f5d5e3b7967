/* storage/notify.h - "this mailbox has changed": how new mail reaches IDLE and other sessions.
 *
 * Modules don't call each other sideways. Whoever changes a mailbox tells the store; after the
 * commit (never before: it could still fail) the store tells those who asked.
 */
#ifndef STORAGE_NOTIFY_H
#define STORAGE_NOTIFY_H

#include "storage/store.h"

typedef struct StoreWatch StoreWatch;

/* @changed: called after a commit that changed @mailbox, once a commit, in the order in which the watchers
 * came. It costs nothing to those who watch other mailboxes, however many they are. */
StoreWatch *store_watch(Store *store, gint64 mailbox, void (*changed)(void *data, gint64 mailbox),
                        void *data);
void store_unwatch(StoreWatch *watch);

/* For this folder: remembered until the commit, then told (or forgotten when it fails). */
void store_notify(Store *store, gint64 mailbox);
void store_notify_flush(Store *store, gboolean committed);

#endif
