/* imap/search.h - what SEARCH looks for: its keys as a little program (RFC 3501 §6.4.4).
 *
 *     UNSEEN OR FROM alice NOT SUBJECT "hello"
 *
 *     UNSEEN   skip-if-false 8   FROM alice   SUBJECT hello   not   or   and
 *
 * Keys push true or false on a stack, the others work on what lies there. So keys may be nested
 * without the program ever recursing, and what is dear to find out is skipped where it doesn't
 * matter any more.
 */
#ifndef IMAP_SEARCH_H
#define IMAP_SEARCH_H

#include "imap/sequence.h"
#include "storage/mailbox.h"

typedef enum {
    IMAP_KEY_CONSTANT, /* on: always, or never */
    IMAP_KEY_FLAG,     /* flag is set (on), or is not */
    IMAP_KEY_KEYWORD,  /* text is one of the keywords, or is not */
    IMAP_KEY_HEADER,   /* field contains text */
    IMAP_KEY_BODY,
    IMAP_KEY_TEXT,   /* header or body */
    IMAP_KEY_BEFORE, /* INTERNALDATE: number is a day */
    IMAP_KEY_ON,
    IMAP_KEY_SINCE,
    IMAP_KEY_SENT_BEFORE, /* the Date field */
    IMAP_KEY_SENT_ON,
    IMAP_KEY_SENT_SINCE,
    IMAP_KEY_LARGER, /* than number octets */
    IMAP_KEY_SMALLER,
    IMAP_KEY_UIDS,    /* UID in set */
    IMAP_KEY_NUMBERS, /* sequence number in set */
    IMAP_OP_NOT,
    IMAP_OP_OR,
    IMAP_OP_AND,
    IMAP_OP_SKIP, /* where the top is false, go to number: it stays false */
} ImapKeyKind;

typedef struct ImapKey {
    ImapKeyKind kind;
    gboolean on;
    guint flag;
    gint64 number;
    char *field; /* "Subject" */
    char *text;  /* in lower case as far as matching is concerned (casefolded UTF-8) */
    ImapSet *set;
} ImapKey;

#define IMAP_KEYS_MAX  1000 /* in one SEARCH, with the operators */
#define IMAP_NEST_MAX  50   /* brackets, NOTs and ORs in one another */
#define IMAP_STACK_MAX (2 * IMAP_NEST_MAX + 2)

/* Sets in it are not resolved yet. NULL: a mistake, and *@wrong says which. */
GPtrArray *imap_search_parse(ImapParse *parse, const char **wrong);

/* One message that is looked at; what has been read of it is kept for the next key. */
typedef struct ImapCandidate {
    Store *store;
    gint64 mailbox;
    guint32 number; /* sequence number */
    const StoreEntry *entry;
    StoreIndex *index; /* NULL until it is needed */
    GString *header;   /* NULL until it is needed */
} ImapCandidate;

void imap_candidate_clear(ImapCandidate *candidate);
gboolean imap_search_matches(const GPtrArray *program, ImapCandidate *candidate);

#endif
