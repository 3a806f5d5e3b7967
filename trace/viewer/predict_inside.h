/* trace/viewer/predict_inside.h - how a question is made. Used by predict*.c only.
 *
 * Each maker looks at one outcome and says what is asked, which answer is right and which others the
 * stage has; predict.c puts them into an order. Nothing else decides what is asked.
 */
#ifndef TRACE_VIEWER_PREDICT_INSIDE_H
#define TRACE_VIEWER_PREDICT_INSIDE_H

#include "trace/viewer/predict.h"

typedef struct ViewAsk {
    const ViewModel *model;
    const ViewEntry *entry; /* the outcome */
    ViewEvent *event;       /* the same with its data */
    const char *outcome;    /* its word, "remote"; "" where it has none */
    guint index;            /* of the outcome */
    guint hidden;           /* as in ViewQuestion; a maker may put it further back */
    char *asks, *right;
    const char *rule;
    GPtrArray *others; /* char *: the other answers, in any order */
} ViewAsk;

/* FALSE: nothing is asked here. */
typedef gboolean (*ViewAskMaker)(ViewAsk *ask);

void view_predict_that(ViewAsk *ask, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* An answer the stage has; @right: it is what came. */
void view_predict_choice(ViewAsk *ask, gboolean right, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* A value of the outcome's data in words, not too long for a line; "" where there is none. */
char *view_predict_word(const ViewAsk *ask, const char *key);
/* The same of another event, which may be NULL. */
char *view_predict_word_of(const ViewEvent *event, const char *key);
gboolean view_predict_has(const ViewAsk *ask, const char *key);
gint64 view_predict_number(const ViewEvent *event, const char *key);

/* predict_sign.c: the first entry that could tell what entry @index comes to. */
guint view_predict_first_sign(const ViewModel *model, guint index);
/* What the client said that led to the outcome: the first command among its causes; NULL: none. */
ViewEvent *view_predict_command(const ViewAsk *ask);
/* The entry that entry @index follows from; FALSE where the journal does not have it. */
gboolean view_predict_cause(const ViewModel *model, guint index, guint *cause);
/* What its session or message had before: the nearest entry before the outcome for which @is is
 * true. */
gboolean view_predict_before(const ViewAsk *ask, gboolean (*is)(const ViewEntry *entry),
                             guint *index);
/* Whether what came before in the same stage decided something already. */
gboolean view_predict_is_later(const ViewAsk *ask);

/* predict_take.c: where a host takes a message in. Is it an SMTP session's? */
gboolean view_predict_is_received(const ViewAsk *ask);
gboolean view_predict_sender(ViewAsk *ask);
gboolean view_predict_split(ViewAsk *ask);
gboolean view_predict_route(ViewAsk *ask);
gboolean view_predict_recipient(ViewAsk *ask);
gboolean view_predict_dns(ViewAsk *ask);
/* predict_keep.c: what becomes of the message. */
gboolean view_predict_filter(ViewAsk *ask);
gboolean view_predict_store(ViewAsk *ask);
/* predict_on.c: where it goes from there. */
gboolean view_predict_queue(ViewAsk *ask);
gboolean view_predict_call(ViewAsk *ask);
gboolean view_predict_verdict(ViewAsk *ask);
gboolean view_predict_when(ViewAsk *ask);
gboolean view_predict_bounce(ViewAsk *ask);
gboolean view_predict_deliver(ViewAsk *ask);
gboolean view_predict_pickup(ViewAsk *ask);

#endif
