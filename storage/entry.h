/* storage/entry.h - what lies in a mailbox, as POP3 and IMAP see it (storage/entry.c, storage/change.c).
 *
 * An entry is one message in one mailbox: its UID (never reused while UIDVALIDITY stands), flags,
 * INTERNALDATE, and a prefix of its own (Return-Path, added at delivery) that readers see on top
 * of the message's octets (RFC 5321 §4.4, RFC 9051 §2.3.1.1).
 */
#ifndef STORAGE_ENTRY_H
#define STORAGE_ENTRY_H

#include "storage/message.h"

typedef enum {
    STORE_SEEN = 1,
    STORE_ANSWERED = 2,
    STORE_FLAGGED = 4,
    STORE_DELETED = 8,
    STORE_DRAFT = 16,
} StoreFlag;

typedef struct StoreEntry {
    guint32 uid;
    gint64 message;
    guint flags;    /* of StoreFlag */
    char *keywords; /* "$Forwarded work", space-separated, or "" */
    guint64 modseq;
    gint64 date_s;  /* INTERNALDATE */
    guint64 octets; /* prefix and message */
    char *envelope; /* as IMAP sends it; NULL: not asked for, or not kept */
} StoreEntry;

void store_entry_free(StoreEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreEntry, store_entry_free)

/* Puts @message in: a new UID, flags, date. @prefix: header lines or "". Tells an sql event at
 * @stage. Returns the UID, 0 with @error. */
guint32 store_entry_add(Store *store, Trace *trace, Stage stage, gint64 mailbox, gint64 message,
                        const char *prefix, guint flags, const char *keywords, gint64 date_s,
                        GError **error);
/* The entries with UID above @after, ascending, at most @limit: keyset pages, so that long work is
 * done in slices. (element-type StoreEntry) */
GPtrArray *store_entry_page(Store *store, gint64 mailbox, guint32 after, guint limit,
                            GError **error);
/* The same, with less of each entry or more: what is not looked at need not be read. */
typedef enum {
    STORE_ENTRY_WHOLE,    /* all but the envelope */
    STORE_ENTRY_FLAGS,    /* uid, flags, keywords, modseq; all else is 0 */
    STORE_ENTRY_ENVELOPE, /* all, and the envelope if that is kept */
} StoreEntryColumns;
GPtrArray *store_entry_page_of(Store *store, StoreEntryColumns columns, gint64 mailbox,
                               guint32 after, guint limit, GError **error);
/* Only their UIDs (guint32), appended to @uids. *@unseen, where it is 0: the first one without \Seen.
 * @keywords: lists of keywords they have ("$Forwarded work") are added, each once, until there are 100. */
gboolean store_entry_uids(Store *store, gint64 mailbox, guint32 after, guint limit, GArray *uids,
                          guint32 *unseen, GPtrArray *keywords, GError **error);
/* What POP3 lists of them, appended to @sizes (element-type StoreEntrySize): 100,000 in a moment. */
typedef struct StoreEntrySize {
    guint32 uid;
    gboolean unended; /* its last line may lack its end: only its octets tell */
    guint64 octets;   /* as in StoreEntry */
} StoreEntrySize;
gboolean store_entry_sizes(Store *store, gint64 mailbox, guint32 after, guint limit, GArray *sizes,
                           GError **error);
StoreEntry *store_entry_get(Store *store, gint64 mailbox, guint32 uid, GError **error);
/* Replaces flags and keywords; MODSEQ grows. */
gboolean store_entry_set_flags(Store *store, Trace *trace, gint64 mailbox, guint32 uid, guint flags,
                               const char *keywords, GError **error);
/* Removes the entry; the message goes when nothing names it any more (after the commit). */
gboolean store_entry_remove(Store *store, Trace *trace, gint64 mailbox, guint32 uid,
                            GError **error);
/* A copy in @to: returns its new UID. */
guint32 store_entry_copy(Store *store, Trace *trace, gint64 mailbox, guint32 uid, gint64 to,
                         GError **error);
/* Many entries of one mailbox changed together share one MODSEQ, higher than all before; who watches the
 * mailbox is told after the commit. Then each entry, as it is in the mailbox now: */
typedef struct StoreChange {
    gint64 mailbox;
    guint64 modseq; /* 0: not begun */
    char *name;     /* of the mailbox */
} StoreChange;
void store_change_clear(StoreChange *change);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StoreChange, store_change_clear)
/* Nothing is done where @change has begun already. */
gboolean store_change_begin(Store *store, gint64 mailbox, StoreChange *change, GError **error);
/* @entry is brought up to date. */
gboolean store_change_flags(Store *store, Trace *trace, const StoreChange *change,
                            StoreEntry *entry, guint flags, const char *keywords, GError **error);
gboolean store_change_remove(Store *store, Trace *trace, const StoreChange *change,
                             const StoreEntry *entry, GError **error);
/* All entries marked \Deleted with UIDs from @first to @last, by one statement; @removed: how many. Each
 * statement keeps a copy of the pages it changes, for the case that it fails in the middle: for many
 * neighbours one statement costs a quarter of what one for each would. */
gboolean store_change_remove_marked(Store *store, Trace *trace, const StoreChange *change,
                                    guint32 first, guint32 last, guint *removed, GError **error);

/* Octets of prefix-and-message, as a reader sees them. STORE_ERROR_NONE: it is there no more. */
gboolean store_entry_read(Store *store, gint64 mailbox, guint32 uid, guint64 offset, gsize length,
                          GString *out, GError **error);
/* Of the entry's message, as store_message_origin() tells it. NULL where it is there no more. */
StoreOrigin *store_entry_origin(Store *store, gint64 mailbox, guint32 uid);
/* The index with the prefix included in its offsets. */
StoreIndex *store_entry_index(Store *store, gint64 mailbox, const StoreEntry *entry,
                              GError **error);

#endif
