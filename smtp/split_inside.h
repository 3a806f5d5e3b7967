/* smtp/split_inside.h - what the files that take an address apart share.
 *
 *   split_path.c      <@hop.example:"jo@n"@north.example> SIZE=100     the angle brackets and all in them
 *   split.c                         "jo@n"@north.example               user and domain
 *   split_domain.c                         north.example               a name, or an address literal
 *   split_address.c                                                    the parts, put together again
 *
 * Each reader finds *@text at the first octet of its piece, appends what the piece means to a string,
 * and moves *@text behind it. Where a rule is broken it says which in @error.
 */
#ifndef SMTP_SPLIT_INSIDE_H
#define SMTP_SPLIT_INSIDE_H

#include "smtp/split.h"

/* Sets @error to @rule, words for people. Returns FALSE, so that a reader can end with it. */
gboolean smtp_split_wrong(GError **error, const char *rule);
/* May @octet stand in a word without quotes (RFC 5322 §3.2.3)? NUL may not. */
gboolean smtp_split_is_atext(char octet);

/* ---- split.c ---- */

/* Atoms with single dots between them (RFC 5321 §4.1.2, Dot-string). */
gboolean smtp_split_dot_string(const char **text, GString *local, GError **error);
/* "jo@n": @local gets what stands in the quotes, without them (Quoted-string). */
gboolean smtp_split_quoted(const char **text, GString *local, GError **error);
/* User and domain; NULL with @error. */
SmtpAddress *smtp_split_mailbox(const char **text, GError **error);

/* ---- split_domain.c: a name in lower case; an address in one spelling, in its brackets ---- */

gboolean smtp_split_name(const char **text, GString *domain, GError **error);
gboolean smtp_split_literal(const char **text, GString *domain, GError **error);

/* ---- split_address.c ---- */

/* An address of its parts. @quoted: the user was written in quotes */
SmtpAddress *smtp_split_made(const GString *local, const GString *domain, gboolean quoted);
/* No @ follows the user; @next does. Only <Postmaster> needs no domain (RFC 5321 §4.5.1). */
SmtpAddress *smtp_split_without_domain(const GString *local, gboolean quoted, char next,
                                       GError **error);

#endif
