/* storage/mailbox.h - mailboxes, as POP3 and IMAP see them: made, found, renamed, removed, counted.
 *
 * What lies in them: storage/entry.h. All of an account: storage/listing.h.
 */
#ifndef STORAGE_MAILBOX_H
#define STORAGE_MAILBOX_H

#include "storage/message.h"

typedef struct StoreMailbox {
    gint64 id;
    gint64 account;
    char *name; /* "INBOX", "Junk", "Work/2026": UTF-8, '/' between levels */
    guint32 uidvalidity;
    guint32 uidnext;
    guint64 modseq; /* highest */
    char *special;  /* "\\Junk", or NULL (RFC 6154) */
    gboolean subscribed;
    guint32 recent_after; /* messages with higher UIDs are \Recent for who opens it next */
} StoreMailbox;

void store_mailbox_free(StoreMailbox *mailbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreMailbox, store_mailbox_free)

/* INBOX in any case. NULL without error: none. */
StoreMailbox *store_mailbox_find(Store *store, gint64 account, const char *name, GError **error);
/* Its id alone, in a third of the time: each message that comes asks for one. 0 without error: none. */
gint64 store_mailbox_id(Store *store, gint64 account, const char *name, GError **error);
StoreMailbox *store_mailbox_get(Store *store, gint64 id, GError **error);
/* Missing superiors are made too (RFC 9051 §6.3.4). STORE_ERROR_EXISTS, or _NO: not a name, or
 * _LIMIT: there are too many. */
gboolean store_mailbox_create(Store *store, gint64 account, const char *name, GError **error);
/* With all that is in it; inferiors stay. */
gboolean store_mailbox_delete(Store *store, gint64 account, const char *name, GError **error);
/* For much to remove, before: the oldest @limit messages; @removed: how many there were. */
gboolean store_mailbox_empty(Store *store, gint64 mailbox, guint limit, guint *removed,
                             GError **error);
/* The same with a special use ("\\Junk"), or NULL. */
gboolean store_mailbox_create_special(Store *store, gint64 account, const char *name,
                                      const char *special, GError **error);
/* Inferiors move along; renaming INBOX moves its messages and leaves it empty (RFC 9051 §6.3.6).
 * STORE_ERROR_NONE, _EXISTS, _NO or _LIMIT as above. */
gboolean store_mailbox_rename(Store *store, gint64 account, const char *from, const char *to,
                              GError **error);
/* The same for a full INBOX, in pages: makes @to; then moves the oldest @limit messages with UIDs
 * below @below (INBOX's UIDNEXT before: what comes meanwhile stays); @moved: how many. */
StoreMailbox *store_rename_inbox_begin(Store *store, const StoreMailbox *inbox, const char *to,
                                       GError **error);
gboolean store_rename_inbox_page(Store *store, gint64 inbox, gint64 to, guint32 below, guint limit,
                                 guint *moved, GError **error);
/* A subscription outlives its mailbox. */
gboolean store_mailbox_subscribe(Store *store, gint64 account, const char *name, gboolean on,
                                 GError **error);

typedef struct StoreMailboxCounts {
    guint32 messages, unseen, deleted;
    guint64 octets, deleted_octets;
} StoreMailboxCounts;
/* One look: the database counts along. */
gboolean store_mailbox_counts(Store *store, gint64 mailbox, StoreMailboxCounts *counts,
                              GError **error);

/* Tells an sql event of it. */
void store_mailbox_counts_tell(Trace *trace, const StoreMailbox *mailbox,
                               const StoreMailboxCounts *counts);

/* ---- \Recent (storage/recent.c) ---- */

/* A session is told of all messages up to @uid: from now on they are recent for no other one (RFC 3501
 * §2.3.2). That opens no group: the next COMMIT takes it along. */
void store_recent_told(Store *store, gint64 mailbox, guint32 uid);
/* How many messages no session has been told of. */
gboolean store_recent_count(Store *store, const StoreMailbox *mailbox, guint32 *count,
                            GError **error);
/* Before the last COMMIT of all: what no other has taken along yet is put into its group. */
gboolean store_recent_write(Store *store, GError **error);

#endif
