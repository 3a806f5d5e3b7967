/* storage/index_inside.h - an index from inside: shared by the scan and its way to the database. */
#ifndef STORAGE_INDEX_INSIDE_H
#define STORAGE_INDEX_INSIDE_H

#include "storage/index.h"

typedef struct StoreIndexField {
    const char *name;
    gboolean kept; /* its first value; else only how many there are */
    gboolean each; /* and each value, until the message is stored */
} StoreIndexField;

#define STORE_INDEX_FIELDS 13
extern const StoreIndexField store_index_fields[]; /* ended by a NULL name */

struct StoreIndex {
    GPtrArray *parts;                 /* StorePart; 0 is the message */
    char *values[STORE_INDEX_FIELDS]; /* of top-level header fields, NULL where absent */
    guint counts[STORE_INDEX_FIELDS];
    gboolean cut;      /* a top-level field was too long to be kept whole */
    guint64 octets;    /* so far */
    GPtrArray *others; /* name, value... of other top-level fields; not stored */
    gsize others_octets;
    /* while scanning: */
    GArray *open;       /* StoreIndexOpen: the stack; empty when finished */
    gboolean in_header; /* of the part on top */
    guint64 lines;      /* line ends so far */
    GString *line;      /* the beginning of the line at hand, line end included if it is short */
    guint64 line_start;
    gboolean blank_tail; /* what was not kept of it is white space */
    char last;           /* the octet before */
    guint64 text_end;    /* where the line before ended, its line end apart */
    gboolean was_empty;  /* it had nothing but a line end */
    GString *field;      /* the header field at hand */
};

StoreIndex *store_index_new_empty(void);
void store_index_add_child(StoreIndex *index, guint parent, guint child);

#endif
