/* storage/index.h - where the parts of a message lie: a scan of its octets as they arrive.
 *
 *   message ── header ── body
 *                         ├─ 1  text/plain
 *                         └─ 2  message/rfc822 ── header ── body ...
 *
 * Our own line scanner with a stack of boundaries (at most 100 deep, 10,000 parts): one pass, no
 * recursion, cost linear. GMime decodes bounded pieces of headers later (storage/envelope.h);
 * here are only offsets, in octets from the message's first, and raw header values.
 *
 * Tests: tests/test_storage_index.c
 */
#ifndef STORAGE_INDEX_H
#define STORAGE_INDEX_H

#include <glib.h>

typedef struct StorePart {
    int parent; /* index in the array; -1: the message itself (always part 0) */
    guint depth;
    guint64 start;         /* of the part's header */
    guint64 body;          /* of its body */
    guint64 end;           /* one past its last octet, without the CRLF before the boundary */
    guint64 lines;         /* of the body */
    char *type, *subtype;  /* lower case; "text", "plain" by default (message/rfc822 in a digest) */
    GPtrArray *parameters; /* of Content-Type: name, value, name, value... decoded (RFC 2231) */
    char *encoding;        /* Content-Transfer-Encoding, upper case; "7BIT" by default */
    char *id, *description;
    char *disposition; /* "attachment", or NULL */
    GPtrArray *disposition_parameters;
    char *language, *location, *md5;
    GArray *children; /* of guint, or NULL; a message/rfc822 has one: the message in it */
} StorePart;

#define STORE_INDEX_DEPTH         100   /* of parts in parts; deeper ones are not looked into */
#define STORE_INDEX_PARTS         10000 /* in all; what follows is one leaf */
#define STORE_INDEX_FIELD         (4 * 1024) /* octets kept of a header field */
#define STORE_INDEX_OTHERS        100 /* top-level fields kept for filters, and their octets */
#define STORE_INDEX_OTHERS_OCTETS (16 * 1024)
#define STORE_INDEX_BOUNDARY      200 /* octets of a boundary; RFC 2046 §5.1.1 allows 70 */

typedef struct StoreIndex StoreIndex;

StoreIndex *store_index_new(void);
void store_index_free(StoreIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreIndex, store_index_free)
/* The octets as they come, in any portions. */
void store_index_feed(StoreIndex *index, const char *octets, gsize length);
/* No more comes. */
void store_index_finish(StoreIndex *index);
/* Puts @header (whole lines, no empty one) on top of a finished index: all offsets move, its fields
 * are the first of their names. */
void store_index_prepend(StoreIndex *index, const char *header, gsize length);

guint64 store_index_octets(const StoreIndex *index);
/* Does it end with CRLF? Of a finished index, before something is put on top. */
gboolean store_index_is_ended(const StoreIndex *index);
guint store_index_count(const StoreIndex *index);
const StorePart *store_index_part(const StoreIndex *index, guint number);
/* Children of @number, in order: a child's index or -1. @nth from 0. */
int store_index_child(const StoreIndex *index, guint number, guint nth);
/* The first value of top-level header @name, unfolded, at most 4 KB; NULL where absent. From To Cc
 * Bcc Reply-To Sender Subject Date Message-ID In-Reply-To References are kept for good; others
 * (the first 100, 16 KB in all) are known only until the message is stored, for filters. */
char *store_index_header(const StoreIndex *index, const char *name);
/* The one behind @nth others of that name, where a field stands there more than once; NULL: there are
 * no more. What does not come first is known only until the message is stored. */
char *store_index_header_nth(const StoreIndex *index, const char *name, guint nth);
/* How many top-level header fields of that name: those named above, Received, Delivered-To. */
guint store_index_header_count(const StoreIndex *index, const char *name);
/* Has a top-level field @name that very value, in any case of letters? Only for Delivered-To and
 * those that are known until the message is stored. */
gboolean store_index_header_is(const StoreIndex *index, const char *name, const char *value);

/* Was a top-level field longer than what is kept of it? Not known of an index from the database. */
gboolean store_index_is_cut(const StoreIndex *index);

/* To and from the database: compact JSON. */
char *store_index_to_json(const StoreIndex *index);
StoreIndex *store_index_from_json(const char *json, GError **error);

#endif
