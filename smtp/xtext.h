/* smtp/xtext.h - words that may hold any printable character, written so that they fit into a
 * command (RFC 3461 §4): "+20" stands for a space, "+2B" for the plus itself.
 */
#ifndef SMTP_XTEXT_H
#define SMTP_XTEXT_H

#include <glib.h>

/* What @xtext stands for, or NULL: it is no xtext, or it hides something other than printable
 * ASCII, which a report could not show (RFC 3461 §4.2, §4.4). */
char *smtp_xtext_decode(const char *xtext);

#endif
