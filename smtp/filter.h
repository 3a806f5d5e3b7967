/* smtp/filter.h - should we take this? Rules from a file, tried in order, as early as they can be.
 *
 *     # what a rule looks at says when it is tried
 *     if client in "blocked.list"               then refuse             # at connect
 *     if helo is "localhost"                    then junk               # at MAIL
 *     if sender in "friends.list"               then accept             # at MAIL
 *     if recipient is "sales@north.example"     then tag "X-Sales: yes" # at RCPT
 *     if header Subject contains "lottery"      then junk               # the rest: at end of data
 *     if body contains "wire the money"         then hold
 *     if attachment matches "*.exe"             then refuse "no programs, please"
 *     if attachment-type is "application/java-archive" then refuse
 *     if size over 10M                          then refuse
 *     if gtube                                  then junk
 *     if header Subject contains "contract"     then archive
 *
 * At each of the four points the rules that look at it are tried from the top. The first that
 * decides (accept, junk, hold, refuse) ends that point; tag and archive go on. Of several points
 * the strictest verdict counts. But what the client or the sender was accepted for is not asked
 * again, nor is the content of a message whose recipients all were.
 */
#ifndef SMTP_FILTER_H
#define SMTP_FILTER_H

#include "smtp/smtp.h"

typedef enum {
    SMTP_AT_CONNECT, /* the client's address is known */
    SMTP_AT_MAIL,    /* and what it calls itself, and the sender */
    SMTP_AT_RCPT,    /* one recipient */
    SMTP_AT_DATA,    /* the whole message */
} SmtpPoint;

/* From the mildest to the strictest. */
typedef enum {
    SMTP_ACCEPT,
    SMTP_JUNK,   /* taken, into the folder Junk */
    SMTP_HOLD,   /* taken, and kept back until somebody releases it by hand */
    SMTP_REFUSE, /* 5yz */
} SmtpVerdict;

/* What the rules may look at; only what is known at the point needs to be set. */
typedef struct SmtpCase {
    const char *client;    /* the address it calls from */
    const char *helo;      /* the name it gave */
    const char *sender;    /* the reverse-path */
    const char *recipient; /* at RCPT: this one */
    guint recipients;      /* at the end of data: how many there are */
    StoreDraft *draft;     /* at the end of data: finished */
} SmtpCase;

/* What came of the rules so far. */
typedef struct SmtpJudgement {
    SmtpVerdict verdict;
    gboolean exempt;         /* a rule accepted the client or the sender: nothing more is asked */
    guint exempt_recipients; /* so many recipients a rule accepted */
    char *reply;             /* for REFUSE: the text after "550 5.7.1 " */
    GString *headers;        /* tags, and in the end the verdict's field; CRLF each */
    gboolean archive;        /* a rule asks for a copy */
    char *archive_why;       /* the rule that asks for it */
    GByteArray *tried;       /* one a rule: 0 not tried, 1 no match, 2 matched */
} SmtpJudgement;

SmtpJudgement *smtp_judgement_new(void);
void smtp_judgement_free(SmtpJudgement *judgement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpJudgement, smtp_judgement_free)
/* Adds what @from came to: the stricter verdict, tags, the wish for a copy. Who was exempt in it is
 * the caller's to say. */
void smtp_judgement_add(SmtpJudgement *judgement, const SmtpJudgement *from);

/* What the world file names; each may be NULL. */
typedef struct SmtpFilterFiles {
    const char *allow, *block; /* lists of clients and senders */
    const char *rules;
} SmtpFilterFiles;

/* NULL without @error: no file is named. @error "FILE:LINE:COLUMN: what (did you mean ...?)". */
SmtpFilter *smtp_filter_load(const SmtpFilterFiles *files, GError **error);
/* Files that @text names are looked for beside the file @name. */
SmtpFilter *smtp_filter_parse(const char *name, const char *text, GError **error);
void smtp_filter_free(SmtpFilter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpFilter, smtp_filter_free)

/* Tries the rules of @point: one decision each is told. Returns the verdict of this point, which
 * @judgement has too. A NULL filter accepts, and says so at the end of data. */
SmtpVerdict smtp_filter_judge(const SmtpFilter *filter, Trace *trace, SmtpPoint point,
                              const SmtpCase *mail, SmtpJudgement *judgement);

/* The field that each host with a filter puts on top: its verdict, and each rule tried.
 * X-Glasspost-Filter: junk (mx.south.example)
 *         line 2 no match, line 3 junk */
void smtp_filter_header(const SmtpFilter *filter, const SmtpJudgement *judgement,
                        const char *hostname, GString *head);

#endif
