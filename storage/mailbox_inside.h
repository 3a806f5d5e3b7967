/* storage/mailbox_inside.h - what mailbox.c, rename.c, listing.c, entry.c and change.c share. */
#ifndef STORAGE_MAILBOX_INSIDE_H
#define STORAGE_MAILBOX_INSIDE_H

#include "storage/entry.h"
#include "storage/inside.h"
#include "storage/mailbox.h"

#define STORE_MAILBOX_NAME_MAX   255   /* octets of a name */
#define STORE_MAILBOX_LEVELS_MAX 20    /* "a/b/c" has three */
#define STORE_MAILBOXES_MAX      10000 /* of an account; and as many subscriptions */

/* The place of a name in the order of a tree: '/' sorts before all else. As in schema.sql. */
#define STORE_PLACE(name) "replace(" name ", '/', char(1))"
/* SQL: is the mailbox at @place below the one at @above? */
#define STORE_BELOW(place, above)                                                                  \
    place " > " above " || char(1) AND " place " < " above " || char(2)"

/* "inbox" and "inbox/lists" begin with INBOX, whatever the case (RFC 9051 §5.1). */
char *store_mailbox_name(const char *name);
/* May a mailbox be called so? */
gboolean store_mailbox_name_is_fine(const char *name);
/* The mailbox, or STORE_ERROR_NONE where there is none. */
StoreMailbox *store_mailbox_need(Store *store, gint64 account, const char *name, GError **error);
/* May a mailbox of this name be made now? */
gboolean store_mailbox_may_make(Store *store, gint64 account, const char *name, GError **error);
/* Makes what is missing above @name. */
gboolean store_mailbox_make_superiors(Store *store, gint64 account, const char *name,
                                      GError **error);
/* What store_recent_told() was told last and is not written yet; 0: nothing. */
guint32 store_recent_after(Store *store, gint64 mailbox);

/* Something in it is another way than before: its MODSEQ grows, and who watches it is told. */
gboolean store_mailbox_changed(Store *store, gint64 mailbox, GError **error);

/* The entry, or STORE_ERROR_NONE where there is none. */
StoreEntry *store_entry_need(Store *store, gint64 mailbox, guint32 uid, GError **error);
/* "\Seen \Flagged work", as IMAP writes it; for events. */
char *store_entry_flags_text(guint flags, const char *keywords);

#endif
