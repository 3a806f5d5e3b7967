/* imap/search.h - what SEARCH looks for: its keys as a little program (RFC 3501 §6.4.4).
 *
 *     UNSEEN OR FROM alice NOT SUBJECT "hello"
 *
 *     UNSEEN   skip-if-false 8   FROM alice   SUBJECT hello   not   or   and
 *
 * Keys push true or false on a stack, the others work on what lies there. So keys may be nested
 * without the program ever recursing, and what costs much to find out is skipped where it doesn't
 * matter any more.
 *
 *   search.c   the command: message after message, some in each turn of the loop
 *   esearch.c  what is to be answered (RETURN), and the answer
 *   keys.c     the keys become a program
 *   match.c    the program is run for one message
 *   scan.c     a text is looked for in a message's octets, block by block
 */
#ifndef IMAP_SEARCH_H
#define IMAP_SEARCH_H

#include "imap/commands.h"
#include "imap/decode.h"

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
    IMAP_KEY_MODSEQ,  /* number or larger (RFC 7162 §3.1.5) */
    IMAP_KEY_NEW,     /* \Recent, and not \Seen */
    IMAP_KEY_RECENT,  /* \Recent (on), or not */
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
    gboolean outermost; /* stands in no bracket, NOT or OR: where it is false, all is */
} ImapKey;

#define IMAP_KEYS_MAX  1000 /* in one SEARCH, with the operators */
#define IMAP_NEST_MAX  50   /* brackets, NOTs and ORs in one another */
#define IMAP_STACK_MAX (2 * IMAP_NEST_MAX + 2)

/* Sets in it are not resolved yet. NULL: a mistake, and *@wrong says which. */
GPtrArray *imap_search_parse(ImapParse *parse, const char **wrong);

typedef enum { IMAP_MATCH_NO, IMAP_MATCH_YES, IMAP_MATCH_MORE } ImapMatch;

typedef enum { IMAP_SCAN_BEGIN, IMAP_SCAN_HEADER, IMAP_SCAN_BODY, IMAP_SCAN_END } ImapScanStep;

/* One text that is being looked for in one message. */
typedef struct ImapScan {
    ImapScanStep step;
    guint part;      /* of the index */
    GString *header; /* of the part, or NULL; what of it has been looked at: */
    gsize field;
    guint64 at, end; /* of its body, in the message */
    ImapDecoder decoder;
    GIConv convert;  /* from its charset to UTF-8; NULL: it is UTF-8, or unknown */
    GString *raw;    /* octets that wait to be converted */
    GString *text;   /* UTF-8 that waits for its last octets */
    GString *folded; /* the end of what was compared: a text may go across two blocks */
} ImapScan;

/* One message that is looked at; what has been read of it is kept for the next key. */
typedef struct ImapCandidate {
    Store *store;
    gint64 mailbox;
    guint32 number; /* sequence number */
    guint32 uid;
    gboolean recent;
    const StoreEntry *entry; /* NULL where no key asks for it */
    StoreIndex *index;       /* NULL until it is needed */
    GString *header;         /* NULL until it is needed */
    guint at;                /* the key of the program that is run next */
    gboolean stack[IMAP_STACK_MAX];
    guint top;
    ImapScan scan;
    gsize spent; /* octets looked at */
} ImapCandidate;

void imap_candidate_clear(ImapCandidate *candidate);
/* Does anything in @program ask for more than a message's numbers? */
gboolean imap_search_needs_entry(const GPtrArray *program);
/* A step of running @program; MORE: call again. */
ImapMatch imap_search_step(const GPtrArray *program, ImapCandidate *candidate);

/* scan.c */

/* A step of looking for @key's text: in a header field, in bodies, or in both. */
ImapMatch imap_scan_step(ImapCandidate *candidate, const ImapKey *key);
/* The next one begins at the beginning. */
void imap_scan_clear(ImapScan *scan);
const StoreIndex *imap_candidate_index(ImapCandidate *candidate);

/* esearch.c */

/* What is to be answered (RFC 9051 §6.4.4). Bits. */
typedef enum {
    IMAP_RETURN_MIN = 1,
    IMAP_RETURN_MAX = 2,
    IMAP_RETURN_ALL = 4,
    IMAP_RETURN_COUNT = 8,
    IMAP_RETURN_SAVE = 16,
} ImapReturn;

typedef struct ImapFound {
    guint options;      /* of ImapReturn */
    gboolean extended;  /* ESEARCH answers */
    gboolean by_modseq; /* a MODSEQ key is among the keys: the highest is answered, too */
    GArray *numbers;    /* guint32: sequence numbers or UIDs, ascending */
    GArray *uids;       /* the same messages' UIDs; only for SAVE */
    guint64 first_modseq, last_modseq, highest_modseq;
} ImapFound;

/* "RETURN (MIN COUNT) ", or nothing. NULL, or what is wrong. */
const char *imap_esearch_parse(ImapSession *session, ImapParse *arguments, ImapFound *found);
/* One more. @entry may be NULL without by_modseq. */
void imap_esearch_add(ImapFound *found, guint32 number, guint32 uid, const StoreEntry *entry);
/* Is the first message all that is asked for? */
gboolean imap_esearch_is_first_enough(const ImapFound *found);
/* Remembers and answers what was found. */
void imap_esearch_answer(ImapSession *session, const ImapFound *found, GString *replies);

#endif
