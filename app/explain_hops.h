/* app/explain_hops.h - one hop of a message's way: what its Received line says (RFC 5321 §4.4). */
#ifndef APP_EXPLAIN_HOPS_H
#define APP_EXPLAIN_HOPS_H

#include <glib.h>

/* Hops that are kept of one message. A server that finds more than these takes it for a loop. */
#define APP_EXPLAIN_HOPS_MAX 100

typedef enum {
    APP_EXPLAIN_FROM,
    APP_EXPLAIN_BY,
    APP_EXPLAIN_VIA,
    APP_EXPLAIN_WITH,
    APP_EXPLAIN_ID,
    APP_EXPLAIN_FOR,
    APP_EXPLAIN_CLAUSES, /* how many there are; also: none */
} AppExplainClause;

/* Their words: "from", "by", ... */
extern const char *const app_explain_clause_words[APP_EXPLAIN_CLAUSES];

/* Everything in it is as it stood in the message: to be escaped where it is shown. */
typedef struct AppExplainHop {
    GString *clauses[APP_EXPLAIN_CLAUSES]; /* what follows the word; NULL: no such clause */
    GString *notes;                        /* what belongs to no clause; may be empty */
    gboolean seen;                         /* "from" has the comment that says what was seen */
    char *date;                            /* "": none */
    gboolean timed;                        /* the date can be read, and is: */
    gint64 when_s;                         /* seconds since 1970 */
} AppExplainHop;

/* @line: the value of a Received field, unfolded, white space made single spaces. Never NULL: of a
 * line that can't be read there are notes, and perhaps a date. */
AppExplainHop *app_explain_hop_parse(const char *line);
void app_explain_hop_free(AppExplainHop *hop);

/* Whether the @length octets at @text are @name, in upper or lower case. */
gboolean app_explain_is(const char *text, gsize length, const char *name);

#endif
