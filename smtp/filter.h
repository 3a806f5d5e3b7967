/* smtp/filter.h - should we take this content? Rules from a file, tried in order.
 *
 *     # the first action that decides ends it; tag goes on
 *     if header Subject contains "lottery"    then junk
 *     if attachment matches "*.exe"           then refuse "no programs, please"
 *     if sender is "spam@bad.example"         then refuse
 *     if recipient is "sales@north.example"   then tag "X-Sales: yes"
 *     if size over 10M                        then refuse
 *     if header Subject contains "contract"   then archive
 */
#ifndef SMTP_FILTER_H
#define SMTP_FILTER_H

#include "smtp/smtp.h"

typedef enum { SMTP_ACCEPT, SMTP_JUNK, SMTP_REFUSE } SmtpVerdict;

typedef struct SmtpJudgement {
    SmtpVerdict verdict;
    char *reply;      /* for REFUSE: the text after "550 5.7.1 " */
    GString *headers; /* tags and the verdict header, CRLF each */
    gboolean archive; /* a rule asks for a copy */
    char *archive_why;
} SmtpJudgement;

/* NULL and @error "FILE:LINE:COLUMN: what". */
SmtpFilter *smtp_filter_load(const char *path, GError **error);
SmtpFilter *smtp_filter_parse(const char *name, const char *text, GError **error);
void smtp_filter_free(SmtpFilter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpFilter, smtp_filter_free)

/* Tells one decision a rule. A NULL filter accepts, and says so. */
SmtpJudgement *smtp_filter_judge(const SmtpFilter *filter, Trace *trace, const char *sender,
                                 const char *const *recipients, const StoreIndex *index,
                                 guint64 octets);
void smtp_judgement_free(SmtpJudgement *judgement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpJudgement, smtp_judgement_free)

#endif
