/* trace/viewer/predict.h - the questions of PREDICT: what does the server decide next?
 *
 *   20 RCPT TO:<dave@south.example>       the learner sees this, and is asked
 *   21 ROUTE south.example is ours  <---  the outcome: hidden until there is an answer
 *
 * Which events are outcomes, what is asked of them, and which answers there are to choose from: all
 * of it is made from the journal alone, so the viewer and the HTML pages ask the same. Each choice
 * is one that the stage really has (trace/stage.c tells them), filled in with what this event was
 * decided from. The same journal gives the same question, its choices in the same order.
 *
 * Often something before the decision gives it away: a row of the database that was found, an
 * answer of the name server. So a question has two places: from `hidden` on nothing may be shown,
 * and `outcome` is where it was decided.
 */
#ifndef TRACE_VIEWER_PREDICT_H
#define TRACE_VIEWER_PREDICT_H

#include "trace/viewer/model.h"

#define VIEW_CHOICES 4 /* at most; at least there are two */

typedef struct ViewQuestion {
    guint hidden;  /* entry of the model: from here on it could be guessed */
    guint outcome; /* entry of the model: the decision; never before `hidden` */
    guint64 seq;   /* the outcome's number */
    Stage stage;
    char *asks;                  /* "Which way does dave@south.example go?" */
    char *choices[VIEW_CHOICES]; /* what may be answered; NULL after the last */
    guint count;                 /* of the choices, 2 to VIEW_CHOICES */
    guint right;                 /* which of them is */
    char *why;                   /* what happened, in the event's words */
    char *rule; /* the rule behind it, some sentences; with its section where an RFC asks for it */
    char *rfc;  /* "RFC 5321 §3.6", or NULL */
} ViewQuestion;

/* Whether the entry may be an outcome that is asked for: a look at the entry alone, so cheap that it
 * can be asked of every event. */
gboolean view_predict_may(const ViewEntry *entry);

/* The question whose outcome is the entry @index; NULL: it is none that is asked for. */
ViewQuestion *view_predict(const ViewModel *model, guint index);
void view_question_free(ViewQuestion *question);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ViewQuestion, view_question_free)

/* Whether the entry @index may hide a question whose outcome the journal does not have yet: a
 * running world has to go on a little before it can be asked. */
gboolean view_predict_opens(const ViewModel *model, guint index);

#endif
