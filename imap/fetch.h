/* imap/fetch.h - a FETCH at work, as fetch.c, fetch_body.c and fetch_binary.c share it; nobody else
 * includes it. */
#ifndef IMAP_FETCH_H
#define IMAP_FETCH_H

#include "imap/commands.h"
#include "imap/decode.h"
#include "imap/items.h"
#include "imap/page.h"

#define IMAP_BLOCK (16 * 1024) /* octets read from the store at a time */

/* One section's octets on their way. */
typedef struct ImapBody {
    gboolean sending;
    guint64 at, end; /* in the message: what is still to be sent */
    guint64 octets;  /* of all of it */
    GString *start;  /* the first of it, for the trace; NULL: nobody is told */
} ImapBody;

typedef enum { IMAP_BINARY_NOT, IMAP_BINARY_MEASURING, IMAP_BINARY_SENDING } ImapBinaryStep;

/* One part's decoded octets: counted in a first pass, sent in a second one. */
typedef struct ImapBinary {
    ImapBinaryStep step;
    const StorePart *part;  /* whose encoding is taken off; NULL: none is */
    guint64 start, at, end; /* in the message, encoded */
    ImapDecoder decoder;
    guint64 octets;      /* decoded so far; in the second pass with the CRs that were added */
    guint64 bare;        /* ends of line among them that are LF alone */
    gboolean cr;         /* the last octet was a CR */
    gboolean nul;        /* there is a NUL somewhere in it */
    gboolean nul_wanted; /* and in what is sent: it needs a literal8 */
    gboolean lines;      /* LF alone becomes CRLF */
    guint64 from, to;    /* what of the decoded octets is sent */
} ImapBinary;

typedef struct ImapFetch {
    ImapSet *set;
    GPtrArray *items;
    guint64 since;      /* CHANGEDSINCE: only messages with a larger MODSEQ */
    ImapPage page;      /* entries read and not yet looked at */
    gboolean sees;      /* one of the items sets \Seen */
    gboolean tells;     /* each message has events of its own (imap/tell.c) */
    guint index;        /* of the view: the message at hand, or the next one */
    StoreEntry *entry;  /* the message at hand; NULL between two */
    StoreIndex *parts;  /* its index, once needed */
    GString *header;    /* its header, once needed */
    gboolean flags_new; /* \Seen was set just now */
    guint item;         /* the item written next */
    ImapBody body;
    ImapBinary binary;
    gsize spent;      /* octets read in this turn for what is not sent: it counts as well */
    gboolean unknown; /* a part was in a transfer encoding that we don't know */
    gboolean gone;    /* a message was there no more */
    gboolean changed; /* something was stored */
    guint answered;   /* messages so far */
} ImapFetch;

/* fetch.c: appends @text; the trace keeps it. */
void imap_fetch_say(ImapSession *session, GString *replies, const char *text);

/* Has the client enabled IMAP4rev2? Then message/global has parts, too. */
gboolean imap_fetch_is_rev2(const ImapSession *session);

/* fetch_body.c */

/* Is it the message that is read, or only looked at from outside? */
gboolean imap_fetch_body_is_reading(const ImapItem *item);
/* Writes a section, or begins to: then work->body.sending, and blocks follow. */
void imap_fetch_body_section(ImapSession *session, ImapFetch *work, const ImapItem *item,
                             GString *replies);
/* Writes "BODY[] {320}CRLF"; "~{320}" where @eight. The octets follow, by _put, then _close. */
void imap_fetch_body_open(ImapSession *session, ImapFetch *work, guint64 octets, gboolean eight,
                          GString *replies);
void imap_fetch_body_put(ImapSession *session, ImapFetch *work, const char *octets, gsize length,
                         GString *replies);
void imap_fetch_body_close(ImapSession *session, ImapFetch *work);
/* Appends exactly @length octets of the message at hand. FALSE: they cannot be read; it is told. */
gboolean imap_fetch_body_read(ImapSession *session, ImapFetch *work, guint64 start, gsize length,
                              GString *out);
/* The next block. FALSE: the store has failed, in the middle of a literal. */
gboolean imap_fetch_body_block(ImapSession *session, ImapFetch *work, GString *replies);
/* Does a section need the message's index? */
gboolean imap_fetch_body_needs_parts(const ImapItem *item);
/* The message's own header, as far as we look into one: read once a message. */
const GString *imap_fetch_body_top_header(ImapSession *session, ImapFetch *work);
/* The octets of another one, from @start to @end. */
GString *imap_fetch_body_header(ImapSession *session, ImapFetch *work, guint64 start, guint64 end);
void imap_fetch_body_clear(ImapBody *body);

/* fetch_binary.c */

/* Begins to write BINARY[...] or BINARY.SIZE[...]: then work->binary.step, and blocks follow. */
void imap_fetch_binary_begin(ImapSession *session, ImapFetch *work, const ImapItem *item,
                             GString *replies);
/* The next block. FALSE: the store has failed, in the middle of a response. */
gboolean imap_fetch_binary_block(ImapSession *session, ImapFetch *work, GString *replies);
/* Can all that is asked of the message at hand be decoded? */
gboolean imap_fetch_binary_can(ImapSession *session, ImapFetch *work);

#endif
