/* imap/list.h - what a LIST asks for, between its parser (list_parse.c) and who walks through the
 * names (list.c).
 *
 *     LIST (SUBSCRIBED RECURSIVEMATCH) "" (% Work/%) RETURN (CHILDREN STATUS (UNSEEN))
 *          select                         patterns           give
 */
#ifndef IMAP_LIST_H
#define IMAP_LIST_H

#include "imap/commands.h"

/* Bits. As selection options they say which names are listed, as return options what is told of
 * them (RFC 9051 §6.3.9.1, §6.3.9.2, RFC 6154 §2). */
typedef enum {
    IMAP_LIST_SUBSCRIBED = 1,
    IMAP_LIST_SPECIAL_USE = 2,
    IMAP_LIST_RECURSIVE = 4, /* select only: levels above what is selected */
    IMAP_LIST_REMOTE = 8,    /* select only: other servers' mailboxes, too; we know none */
    IMAP_LIST_CHILDREN = 16, /* give only */
    IMAP_LIST_STATUS = 32,   /* give only */
} ImapListOption;

typedef struct ImapListWish {
    gboolean lsub;       /* LSUB: subscriptions, the old way */
    gboolean extended;   /* the client knows the extended LIST, and what it may answer */
    gboolean root;       /* LIST "" "": what is the hierarchy delimiter? */
    guint select, give;  /* of ImapListOption */
    guint status;        /* items of STATUS (imap/status.c) */
    GPtrArray *patterns; /* char *: UTF-8, reference included */
    gsize octets;        /* of all patterns */
    guint ignored;       /* patterns that can match nothing here */
} ImapListWish;

#define IMAP_PATTERNS_MAX 2048 /* octets of a LIST's patterns: each name is compared with each */

/* Takes all arguments. NULL, or the mistake to be told. */
const char *imap_list_parse(ImapSession *session, ImapParse *arguments, ImapListWish *wish);
void imap_list_wish_clear(ImapListWish *wish);
/* Does one of the patterns match @name? Where @level only those that end in %: they ask for levels
 * of the hierarchy, too (RFC 9051 §6.3.9). */
gboolean imap_list_wants(const ImapListWish *wish, const char *name, gboolean level);
/* How all names begin that can match; "" where that is not known. */
char *imap_list_prefix(const ImapListWish *wish);

#endif
