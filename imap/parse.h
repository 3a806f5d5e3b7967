/* imap/parse.h - the words of a command: atoms, strings, lists, numbers, dates (RFC 9051 §9).
 *
 * A command is parsed when all of it is there, literals included:
 *
 *     a1 LOGIN {5}CRLF alice {6}CRLF secret
 *
 * Each call takes one thing from the front. Where something else stands there it returns FALSE or
 * NULL, and may have taken a part of it. Nothing recurses.
 */
#ifndef IMAP_PARSE_H
#define IMAP_PARSE_H

#include <glib.h>

typedef struct ImapParse {
    const char *at;      /* the next octet */
    const char *end;     /* one past the last */
    gboolean utf8_names; /* mailbox names are UTF-8 as they stand (IMAP4rev2), not modified UTF-7 */
} ImapParse;

#define IMAP_KEYWORDS_MAX 100 /* in one list of flags */

/* Names in modified UTF-7, unless the caller sets utf8_names. */
void imap_parse_start(ImapParse *parse, const char *octets, gsize length);
gboolean imap_parse_is_at(const ImapParse *parse, char octet);
gboolean imap_parse_is_end(const ImapParse *parse);
/* Takes @octet, a space mostly. */
gboolean imap_parse_char(ImapParse *parse, char octet);
/* Takes @word, in any case, where it stands there. */
gboolean imap_parse_word(ImapParse *parse, const char *word);
/* Letters, digits and signs that end no word. */
char *imap_parse_atom(ImapParse *parse);
char *imap_parse_tag(ImapParse *parse);
/* Quoted or literal. No NUL in it. */
char *imap_parse_string(ImapParse *parse);
/* Atom or string. */
char *imap_parse_astring(ImapParse *parse);
/* A mailbox name, returned in UTF-8; INBOX in any case becomes "INBOX". */
char *imap_parse_mailbox(ImapParse *parse);
/* The same, with the wildcards of LIST, not decoded. */
char *imap_parse_list_mailbox(ImapParse *parse);
gboolean imap_parse_number(ImapParse *parse, guint64 max, guint64 *number);
/**
 * imap_parse_flags:
 * @flags: (out): bits of StoreFlag
 * @keywords: (out) (transfer full): the others, space-separated, each once; "" for none
 *
 * "(\Seen $Forwarded)"; without brackets where @bare allows it (STORE).
 */
gboolean imap_parse_flags(ImapParse *parse, gboolean bare, guint *flags, char **keywords);
/* Adds @word to @keywords (utf8) unless it is there: "$Forwarded" and "$forwarded" are the same. FALSE:
 * there are IMAP_KEYWORDS_MAX already. */
gboolean imap_parse_add_keyword(GPtrArray *keywords, const char *word);
/* "1-Feb-1994", quoted or not: the day, counted from 1970-01-01. */
gboolean imap_parse_date(ImapParse *parse, gint64 *day);
/* "\" 1-Feb-1994 21:52:25 -0800\"": seconds since 1970. */
gboolean imap_parse_date_time(ImapParse *parse, gint64 *seconds);

/* Does @line end by announcing a literal: "{5}", "{5+}"? @plus: it comes without being asked
 * (RFC 7888 §4). FALSE for none; a number out of range counts as G_MAXUINT64. */
gboolean imap_parse_announces(const char *line, guint64 *octets, gboolean *plus);

/* Days from 1970-01-01 to a date of the Gregorian calendar; the reverse of it. */
gint64 imap_date_to_day(int year, int month, int day);
void imap_date_from_day(gint64 day, int *year, int *month, int *date);
extern const char *const imap_months[12];

#endif
