/* smtp/filter_rules.h - the rules of a filter file, read into a list; for smtp/filter*.c alone. */
#ifndef SMTP_FILTER_RULES_H
#define SMTP_FILTER_RULES_H

#include "smtp/filter.h"
#include "smtp/filter_list.h"

typedef enum {
    SMTP_TEST_CLIENT,
    SMTP_TEST_HELO,
    SMTP_TEST_SENDER,
    SMTP_TEST_RECIPIENT,
    SMTP_TEST_HEADER,
    SMTP_TEST_BODY,
    SMTP_TEST_ATTACHMENT,
    SMTP_TEST_ATTACHMENT_TYPE,
    SMTP_TEST_SIZE,
    SMTP_TEST_GTUBE,
} SmtpTest;

typedef enum {
    SMTP_OP_CONTAINS,
    SMTP_OP_IS,
    SMTP_OP_MATCHES,
    SMTP_OP_IN,
    SMTP_OP_OVER,
    SMTP_OP_UNDER,
} SmtpOp;

typedef enum {
    SMTP_ACTION_ACCEPT,
    SMTP_ACTION_JUNK,
    SMTP_ACTION_HOLD,
    SMTP_ACTION_REFUSE,
    SMTP_ACTION_TAG,
    SMTP_ACTION_ARCHIVE,
} SmtpAction;

typedef struct SmtpRule {
    char *where; /* for people: "rules.filter:2", or the key that names a list */
    char *label; /* for the header field: "line 2" */
    guint line;  /* in the file; 0: of a list */
    char *text;  /* as it was written, for people */
    SmtpTest test;
    char *header; /* TEST_HEADER: which */
    SmtpOp op;
    char *value;    /* what it is compared with, lower case; NULL for size, gtube, lists */
    SmtpList *list; /* OP_IN */
    guint64 octets; /* TEST_SIZE */
    SmtpAction action;
    char *argument; /* of refuse and tag; or NULL */
} SmtpRule;

struct SmtpFilter {
    char *name;       /* of the file */
    GPtrArray *rules; /* of SmtpRule, in order */
};

/* "junk": the word of the language. */
const char *smtp_filter_action_name(SmtpAction action);
SmtpPoint smtp_filter_point(SmtpTest test);

#endif
