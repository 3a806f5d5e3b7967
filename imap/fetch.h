/* imap/fetch.h - a FETCH at work, as fetch.c and fetch_body.c share it; nobody else includes it. */
#ifndef IMAP_FETCH_H
#define IMAP_FETCH_H

#include "imap/commands.h"
#include "imap/items.h"

/* One section's octets on their way. */
typedef struct ImapBody {
    gboolean sending;
    guint64 at, end; /* in the message: what is still to be sent */
    gboolean tell;   /* worth an event: not only header fields */
    guint64 octets;  /* of all of it */
    GChecksum *hash; /* of what was sent */
    GString *start;  /* the first of it */
} ImapBody;

typedef struct ImapFetch {
    ImapSet *set;
    GPtrArray *items;
    gboolean sees;      /* one of the items sets \Seen */
    guint index;        /* of the view: the message at hand, or the next one */
    StoreEntry *entry;  /* the message at hand; NULL between two */
    StoreIndex *parts;  /* its index, once needed */
    gboolean flags_new; /* \Seen was set just now */
    guint item;         /* the item written next */
    ImapBody body;
    gboolean gone;    /* a message was there no more */
    gboolean changed; /* something was stored */
} ImapFetch;

/* fetch.c: appends @text; the trace keeps it. */
void imap_fetch_say(ImapSession *session, GString *replies, const char *text);

/* fetch_body.c */

/* Is it the message that is read, or only looked at from outside? */
gboolean imap_fetch_body_is_reading(const ImapItem *item);
/* Writes a section, or begins to: then work->body.sending, and blocks follow. */
void imap_fetch_body_section(ImapSession *session, ImapFetch *work, const ImapItem *item,
                             GString *replies);
/* The next block. FALSE: the store has failed, in the middle of a literal. */
gboolean imap_fetch_body_block(ImapSession *session, ImapFetch *work, GString *replies);
/* The header's octets from @start to @end, as far as we look into one. */
GString *imap_fetch_body_header(ImapSession *session, ImapFetch *work, guint64 start, guint64 end);
void imap_fetch_body_clear(ImapBody *body);

#endif
