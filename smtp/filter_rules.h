/* smtp/filter_rules.h - the rules of a filter file, read into a list; for smtp/filter.c alone. */
#ifndef SMTP_FILTER_RULES_H
#define SMTP_FILTER_RULES_H

#include "smtp/filter.h"

typedef enum {
    SMTP_TEST_HEADER,
    SMTP_TEST_SENDER,
    SMTP_TEST_RECIPIENT,
    SMTP_TEST_ATTACHMENT,
    SMTP_TEST_SIZE,
} SmtpTest;

typedef enum { SMTP_OP_CONTAINS, SMTP_OP_IS, SMTP_OP_MATCHES, SMTP_OP_OVER, SMTP_OP_UNDER } SmtpOp;

typedef enum {
    SMTP_ACTION_ACCEPT,
    SMTP_ACTION_JUNK,
    SMTP_ACTION_REFUSE,
    SMTP_ACTION_TAG,
    SMTP_ACTION_ARCHIVE,
} SmtpAction;

typedef struct SmtpRule {
    guint line; /* in the file */
    char *text; /* as it was written, for people */
    SmtpTest test;
    char *header; /* TEST_HEADER: which */
    SmtpOp op;
    char *value;    /* what it is compared with, lower case; NULL for size */
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

#endif
