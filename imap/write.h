/* imap/write.h - the words of a response: strings, names, flags, dates (RFC 9051 §9). */
#ifndef IMAP_WRITE_H
#define IMAP_WRITE_H

#include "storage/entry.h"
#include "storage/envelope.h"

/* NIL for NULL; quoted where that can be, else a literal. A NUL cannot be sent: @text ends there. */
void imap_write_string(GString *out, const char *text);
/* @name in UTF-8; written in modified UTF-7, quoted. */
void imap_write_mailbox(GString *out, const char *name);
/* The same as it is: UTF-8 in quotes (RFC 9051 §4.3.1). */
void imap_write_utf8(GString *out, const char *text);
/* "(\Seen \Recent $Forwarded)"; @flags: of StoreFlag, and IMAP_RECENT, which the store knows nothing of. */
#define IMAP_RECENT (1 << 5)
void imap_write_flags(GString *out, guint flags, const char *keywords);
/* "(715)" */
void imap_write_modseq(GString *out, guint64 modseq);
/* "\" 1-Feb-1994 21:52:25 +0000\"" */
void imap_write_date_time(GString *out, gint64 seconds);

#endif
