/* app/explain_replies.h - what is known of each reply code: the table behind app/explain_codes.c. */
#ifndef APP_EXPLAIN_REPLIES_H
#define APP_EXPLAIN_REPLIES_H

typedef struct AppExplainCode {
    const char *code;
    const char *means;
    const char *said; /* who says it, at which stage, and when */
    const char *next; /* what the client does; NULL: what the first digit says */
    const char *see;  /* scenarios of the demo that show it, separated by ;  NULL: none */
    const char *hand; /* without a scenario: how to meet it; NULL: Glasspost never says it */
    const char *rfc;
} AppExplainCode;

/* By code, in order; ended by a NULL code. */
extern const AppExplainCode app_explain_replies[];

#endif
