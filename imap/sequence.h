/* imap/sequence.h - sets of messages: "1,3:5,9:*", or "$", the last SEARCH's (RFC 9051 §9). */
#ifndef IMAP_SEQUENCE_H
#define IMAP_SEQUENCE_H

#include "imap/parse.h"

typedef struct ImapSet ImapSet;

/* NULL where no set stands there. */
ImapSet *imap_set_parse(ImapParse *parse);
/* An empty one: it is legal, and names nothing. */
ImapSet *imap_set_new(void);
void imap_set_free(ImapSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapSet, imap_set_free)
/* "*" becomes @largest, the largest number in use; ranges are put in order. To be called before the
 * following ones. */
void imap_set_resolve(ImapSet *set, guint32 largest);
/* Is "$" in it? Then the numbers that it stands for are to be added before the set is resolved
 * (imap/saved.c). */
gboolean imap_set_is_saved(const ImapSet *set);
void imap_set_add(ImapSet *set, guint32 number);
gboolean imap_set_contains(const ImapSet *set, guint32 number);
/* The smallest number named that is @number or larger; 0 for none. */
guint32 imap_set_next(const ImapSet *set, guint32 number);
/* The largest number named; 0 for none. */
guint32 imap_set_largest(const ImapSet *set);
/* The one number it names; 0 where it names several, or "*". */
guint32 imap_set_single(const ImapSet *set);

void imap_set_write_number(GString *out, guint32 number);
/* Appends ascending @numbers (of guint32) as a set: "4:6,9". */
void imap_set_write(GString *out, const GArray *numbers);

#endif
