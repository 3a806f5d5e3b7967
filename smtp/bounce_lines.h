/* smtp/bounce_lines.h - lines of a report: printable ASCII, and never too long.
 *
 * What strangers said stands in a report, so each text is reduced to printable ASCII and cut: a
 * report must be readable everywhere, and nobody may write a header field or a boundary of his own
 * into it.
 */
#ifndef SMTP_BOUNCE_LINES_H
#define SMTP_BOUNCE_LINES_H

#include <glib.h>

/* @text as printable ASCII on one line, at most 900 octets: a line may have 998 (RFC 5322 §2.1.1). */
char *smtp_bounce_plain(const char *text);
/* Appends @text in lines of some 76 octets, broken at spaces; each further line begins with
 * @indent. @column: where the first one begins. */
void smtp_bounce_wrap(GString *out, const char *text, gsize column, const char *indent);
/* "Name: value", made plain and folded. */
void smtp_bounce_field(GString *out, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* The same octet for octet: neither folded nor a space lost. */
void smtp_bounce_exact(GString *out, const char *name, const char *value);
void smtp_bounce_date(GString *out, const char *name, gint64 when_s);
/* A paragraph for people, and an empty line. */
void smtp_bounce_paragraph(GString *out, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A paragraph of somebody's own words: indented. */
void smtp_bounce_quote(GString *out, const char *words);

#endif
