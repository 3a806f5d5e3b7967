/* smtp/bounce_parts.h - what bounce_report.c and bounce_text.c share: the parts of a report. */
#ifndef SMTP_BOUNCE_PARTS_H
#define SMTP_BOUNCE_PARTS_H

#include "smtp/bounce_text.h"

/* ---- bounce_report.c ---- */

/* Appends the line that begins a part, and the part's header with its empty line. @more: further
 * fields, with their CRLF. */
void smtp_bounce_part(const SmtpBounceText *report, GString *out, const char *type,
                      const char *description, const char *more);

/* ---- bounce_text.c: each begins its part ---- */

/* The first part: what happened, in words. */
void smtp_bounce_for_people(const SmtpBounceText *report, GString *out);
/* The third part: the header lines of the message it is about, or all of it. */
void smtp_bounce_its_header(const SmtpBounceText *report, GString *out);
void smtp_bounce_all_of_it(const SmtpBounceText *report, GString *out);
const char *smtp_bounce_subject(const SmtpBounceText *report);

#endif
