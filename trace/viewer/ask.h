/* trace/viewer/ask.h - PREDICT in the viewer: the question that is open, and the score.
 *
 *   switched on (p)  --an outcome is next-->  asked  --an answer-->  told why  --any key-->  on
 *                                               |                                            ^
 *                                               +---------------- Esc: passed over ----------+
 *
 * While it is asked the view stands before the outcome, and whatever is drawn is drawn as of there;
 * the question lies where the panes are. What is asked and which answers there are is made in
 * predict.h.
 */
#ifndef TRACE_VIEWER_ASK_H
#define TRACE_VIEWER_ASK_H

#include "trace/viewer/draw.h"
#include "trace/viewer/predict.h"

/* One question that was answered. */
typedef struct ViewAnswer {
    guint64 seq;
    guint chosen, right;
} ViewAnswer;

struct ViewPredict {
    gboolean on;
    ViewQuestion *question; /* the next one, or the one told about; NULL: none */
    gboolean told;          /* it was answered; why is on the screen */
    guint chosen;           /* the answer, once it is told */
    int top;                /* first line of it that is seen, on the whole screen */
    guint right, passed;    /* of the questions answered; passed over */
    GArray *answers;        /* ViewAnswer, as they came */
    GHashTable *done;       /* guint64 *: outcomes answered or passed over */
    char *kept;             /* the file of a lab that asks for the answers (score.c); or NULL */
};

struct ViewPredict *view_predict_state_new(void);
void view_predict_state_free(struct ViewPredict *predict);

/* A question is on the screen; whether it waits for its answer, or has got it. */
gboolean view_is_asked(const View *view);
gboolean view_is_told(const View *view);

/* How far the view may go from row @from, which has been seen, towards row @to: to just before the
 * next question's outcome. Remembers that question. */
guint view_ask_row(View *view, guint from, guint to);
/* Live: what was asked needs an outcome, so the world goes on a little. */
void view_ask_go_on(View *view);
/* What was told about an answer has been read: what comes after it may be looked at. */
void view_ask_forget_told(View *view);
/* Another ladder is shown: what is asked is found anew. */
void view_ask_forget(View *view);

/* The key p. */
void view_act_predict(View *view);
/* The keys while a question is on the screen. FALSE: the key has its usual meaning. */
gboolean view_press_question(View *view, guint key);

/* score.c: */

/* From now on answers are kept where the journal @path lies in a lab's work folder that asks for
 * them. */
void view_ask_keep(View *view, const char *path);
/* Keeps what became of the question that is open: "right", "wrong" or "passed". */
void view_ask_keep_answer(View *view, const char *word);
/* "You predicted 7 of 9.", newly allocated; NULL: nothing was asked yet. */
char *view_ask_score(const View *view);
/* " PREDICT 7/9" for the title; "" while it is switched off. */
char *view_ask_title(const View *view);
/* ask.c: the keys that answer, for the footer; NULL: nothing is asked. */
const char *view_ask_keys(const View *view);

/* ask_page.c: the question, or why its answer was right or not. Returns whether it has more below. */
gboolean view_draw_question(const View *view, ViewScreen *screen, ViewBox box);
void view_draw_question_title(const View *view, ViewScreen *screen, ViewBox tabs);
/* Beside it, where other panes would be. */
void view_draw_hidden(const View *view, ViewScreen *screen, ViewBox box);

#endif
