/* storage/draft.h - a draft from inside, for storage/message.c, which turns it into a row. */
#ifndef STORAGE_DRAFT_H
#define STORAGE_DRAFT_H

#include "storage/digest.h"
#include "storage/message.h"

struct StoreDraft {
    Store *store;
    StoreIndex *index;
    StoreDigest *digest;
    gboolean finished;
    gboolean stored; /* a row names the file: it is the store's now */
    guint64 octets;
    GString *content; /* all of it; of a large one the first 64 KB */
    gint64 file;      /* number of its body file, 0: none */
    char *path;       /* of it, NULL: none */
    int fd;
    GString *unwritten;      /* octets on their way to it */
    guint64 written, synced; /* octets that have reached the kernel; that it began to write out */
};

/* Gives the kernel the rest of the body file, to be written out from now on; COMMIT waits for it.
 * (Nothing to do where there is no file.) */
gboolean store_draft_write_out(StoreDraft *draft, GError **error);

#endif
