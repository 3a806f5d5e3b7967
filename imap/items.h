/* imap/items.h - what FETCH is asked for: "(FLAGS BODY.PEEK[1.2.HEADER.FIELDS (FROM)]<0.100>)". */
#ifndef IMAP_ITEMS_H
#define IMAP_ITEMS_H

#include "imap/parse.h"
#include "storage/entry.h"
#include "storage/index.h"

#define IMAP_ITEMS_MAX  100                     /* in one FETCH */
#define IMAP_PATH_MAX   (STORE_INDEX_DEPTH + 1) /* part numbers in one section */
#define IMAP_FIELDS_MAX 100                     /* names in one HEADER.FIELDS */

typedef enum {
    IMAP_ITEM_FLAGS,
    IMAP_ITEM_UID,
    IMAP_ITEM_INTERNALDATE,
    IMAP_ITEM_SIZE,
    IMAP_ITEM_ENVELOPE,
    IMAP_ITEM_BODY,          /* the structure, without extension data */
    IMAP_ITEM_BODYSTRUCTURE, /* and with it */
    IMAP_ITEM_MODSEQ,
    IMAP_ITEM_SECTION,     /* octets: BODY[...], RFC822, RFC822.HEADER, RFC822.TEXT */
    IMAP_ITEM_BINARY,      /* the same without transfer encoding: BINARY[...] */
    IMAP_ITEM_BINARY_SIZE, /* how many that would be */
} ImapItemKind;

/* What of a part is meant (RFC 3501 §6.4.5). */
typedef enum {
    IMAP_TEXT_ALL, /* nothing said: the whole message, or a part's body */
    IMAP_TEXT_HEADER,
    IMAP_TEXT_FIELDS,
    IMAP_TEXT_FIELDS_NOT,
    IMAP_TEXT_TEXT,
    IMAP_TEXT_MIME,
} ImapText;

typedef struct ImapItem {
    ImapItemKind kind;
    char *label;               /* as the response names it: "BODY[1]<0>" */
    gboolean peek;             /* does not set \Seen */
    guint path[IMAP_PATH_MAX]; /* part numbers, from 1 */
    guint depth;               /* how many */
    ImapText text;
    GPtrArray *fields; /* names of HEADER.FIELDS, or NULL */
    gboolean partial;  /* only length octets from offset */
    guint64 offset, length;
} ImapItem;

void imap_item_free(ImapItem *item);
/* One item, a macro (ALL, FAST, FULL) or a list: (element-type ImapItem); NULL: a mistake. */
GPtrArray *imap_items_parse(ImapParse *parse);
/* Adds an item without arguments at the front. */
void imap_items_prepend(GPtrArray *items, ImapItemKind kind, const char *label);
gboolean imap_items_have(const GPtrArray *items, ImapItemKind kind);
/* How much of each entry is needed to answer. */
StoreEntryColumns imap_items_columns(const GPtrArray *items);

/* Where the octets of @item lie in a message: from *@start up to *@end. FALSE: there is no such part.
 * @rev2: of a client that has enabled IMAP4rev2. */
gboolean imap_item_find(const ImapItem *item, const StoreIndex *index, gboolean rev2,
                        guint64 *start, guint64 *end);
/* The part that @item names, if it is a leaf: one whose body is in a transfer encoding. NULL: no part,
 * or one that holds others. */
const StorePart *imap_item_leaf(const ImapItem *item, const StoreIndex *index, gboolean rev2);
/* Of a header's octets those fields that @item names (or does not name), and the empty line. */
char *imap_item_filter(const ImapItem *item, const char *header, gsize length, gsize *kept);

#endif
