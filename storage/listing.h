/* storage/listing.h - all mailboxes of an account, in the order of a tree. */
#ifndef STORAGE_LISTING_H
#define STORAGE_LISTING_H

#include "storage/store.h"

typedef struct StoreListed {
    char *name;
    gint64 mailbox; /* 0: nothing but a subscription to a name that no mailbox has */
    char *special;  /* "\\Junk", or NULL */
    gboolean subscribed;
    gboolean children; /* there are mailboxes below it */
} StoreListed;

void store_listed_free(StoreListed *listed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreListed, store_listed_free)

/* In the order of a tree (what is below "Work" comes right after it), at most @limit of those
 * behind @after; "": from the beginning. @subscriptions: the names subscribed to, instead of the
 * mailboxes. Tells an sql event. (element-type StoreListed) */
GPtrArray *store_listing_page(Store *store, Trace *trace, gint64 account, gboolean subscriptions,
                              const char *after, guint limit, GError **error);
/* What a page would say of the mailbox @name; NULL without error: there is none. */
StoreListed *store_listing_one(Store *store, gint64 account, const char *name, GError **error);
/* Are there mailboxes below @name? It need not be one itself. */
gboolean store_listing_has_inferiors(Store *store, gint64 account, const char *name);

#endif
