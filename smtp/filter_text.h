/* smtp/filter_text.h - the text of a message as its reader sees it, for rules about the body. */
#ifndef SMTP_FILTER_TEXT_H
#define SMTP_FILTER_TEXT_H

#include "storage/message.h"

#define SMTP_FILTER_TEXT_OCTETS (256 * 1024) /* of a message's text are looked at */
#define SMTP_FILTER_TEXT_PARTS  100          /* and so many parts */

/* The standard test string for spam: 68 octets that every filter should recognise, so that one can
 * be tried out without real spam. */
#define SMTP_FILTER_GTUBE "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"

/* The text parts of a finished draft one after the other: transfer encoding taken off, in UTF-8 where
 * the charset is known. Newly allocated; no NUL in it. */
char *smtp_filter_text(StoreDraft *draft);
/* A header field's value with its encoded words decoded (RFC 2047). */
char *smtp_filter_decode(const char *value);

#endif
