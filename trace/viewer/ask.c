/* trace/viewer/ask.c - PREDICT in the viewer: stops before an outcome, takes the answer (see ask.h).
 *
 * The view may go as far as view_ask_row() lets it: view_go() and view_update() in state.c ask.
 * Tests: tests/test_viewer_predict.c
 */
#include "trace/viewer/ask.h"

#include <string.h>

#include "trace/viewer/keys.h"
#include "trace/viewer/moves.h"
#include "trace/words.h"

/* A decision comes so soon after what gives it away (see predict.h). */
#define VIEW_ASK_AHEAD 300
/* Autoplay goes on so long after an answer. */
#define VIEW_ASK_READ_US (8 * G_USEC_PER_SEC)

struct ViewPredict *
view_predict_state_new(void)
{
    struct ViewPredict *predict = g_new0(struct ViewPredict, 1);

    predict->answers = g_array_new(FALSE, FALSE, sizeof(ViewAnswer));
    predict->done = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return predict;
}

void
view_predict_state_free(struct ViewPredict *predict)
{
    view_question_free(predict->question);
    g_array_unref(predict->answers);
    g_hash_table_unref(predict->done);
    g_free(predict->kept);
    g_free(predict);
}

/* ---- what is on the screen ---- */

gboolean
view_is_asked(const View *view)
{
    const struct ViewPredict *predict = view->predict;

    return predict->on && predict->question != NULL && !predict->told &&
           view->page == VIEW_NO_PAGE && view_current(view) != NULL && view->cursor == view->stand;
}

gboolean
view_is_told(const View *view)
{
    return view->predict->told && view->predict->question != NULL && view->page == VIEW_NO_PAGE;
}

/* ---- how far one may look ---- */

/* The last row before entry @index; @from if there is none after it. */
static guint
view_ask_row_before(const View *view, guint from, guint to, guint index)
{
    guint low = from, high = to + 1;

    while (high - low > 1) {
        guint middle = low + (high - low) / 2;

        if (view_track_row(view->track, middle)->entry < index)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The question whose outcome is entry @index, if it can be put between the entries @begin and
 * @end; NULL: none. */
static ViewQuestion *
view_ask_find_at(const View *view, guint index, guint begin, guint end)
{
    const ViewEntry *entry = view_model_entry(view->model, index);
    gint64 seq = (gint64)entry->seq;
    ViewQuestion *question;
    guint row;

    if (!view_predict_may(entry) || g_hash_table_contains(view->predict->done, &seq) ||
        !view_track_find(view->track, entry->seq, &row))
        return NULL;
    question = view_predict(view->model, index);
    if (question != NULL && (question->hidden < begin || question->hidden > end))
        g_clear_pointer(&question, view_question_free);
    return question;
}

/* The question that must be put first if entries @begin to @end are to be seen. */
static ViewQuestion *
view_ask_find(const View *view, guint begin, guint end)
{
    ViewQuestion *first = NULL;
    guint count = view_model_count(view->model);

    for (guint i = begin; i < count && i <= end + VIEW_ASK_AHEAD; i++) {
        ViewQuestion *found;

        if (first != NULL && i > first->hidden + VIEW_ASK_AHEAD)
            break;
        found = view_ask_find_at(view, i, begin, first == NULL ? end : first->hidden);
        if (found == NULL)
            continue;
        /* Of two that are hidden by the same event, the one decided first. */
        if (first != NULL && found->hidden == first->hidden) {
            view_question_free(found);
            continue;
        }
        view_question_free(first);
        first = found;
    }
    return first;
}

/* Live, an outcome may not have come yet, but what gives it away has. */
static guint
view_ask_row_open(const View *view, guint from, guint to)
{
    guint count = view_model_count(view->model);
    guint begin = view_track_row(view->track, from)->entry + 1;

    if (count > VIEW_ASK_AHEAD)
        begin = MAX(begin, count - VIEW_ASK_AHEAD);
    for (guint i = begin; i < count; i++)
        if (view_predict_opens(view->model, i))
            return view_ask_row_before(view, from, to, i);
    return to;
}

guint
view_ask_row(View *view, guint from, guint to)
{
    struct ViewPredict *predict = view->predict;

    if (!predict->on || to <= from)
        return to;
    if (predict->question != NULL && !predict->told)
        return view_ask_row_before(view, from, to, predict->question->hidden);
    if (predict->told)
        return from;
    predict->question = view_ask_find(view, view_track_row(view->track, from)->entry + 1,
                                      view_track_row(view->track, to)->entry);
    if (predict->question == NULL)
        return view->live ? view_ask_row_open(view, from, to) : to;
    view->seek = VIEW_SEEK_NOTHING;
    return view_ask_row_before(view, from, to, predict->question->hidden);
}

void
view_ask_go_on(View *view)
{
    if (view->predict->on && view->predict->question == NULL && view->held &&
        view->seek == VIEW_SEEK_NOTHING && view->cursor == view->stand &&
        view->stand < view_last(view) && view->controls)
        view_seek(view, VIEW_SEEK_ROW);
}

void
view_ask_forget(View *view)
{
    g_clear_pointer(&view->predict->question, view_question_free);
    view->predict->told = FALSE;
}

void
view_ask_forget_told(View *view)
{
    if (!view->predict->told)
        return;
    view_ask_forget(view);
    view_update(view);
}

/* ---- answers ---- */

/* The question is behind us: the outcome is shown. */
static void
view_ask_show_outcome(View *view)
{
    struct ViewPredict *predict = view->predict;
    gint64 seq = (gint64)predict->question->seq;
    guint row;

    g_hash_table_add(predict->done, g_memdup2(&seq, sizeof seq));
    if (view_track_find(view->track, predict->question->seq, &row)) {
        view->stand = MAX(view->stand, row);
        view_go(view, row);
        view->follow = FALSE;
    }
}

static void
view_ask_answer(View *view, guint chosen)
{
    struct ViewPredict *predict = view->predict;
    ViewAnswer answer = { predict->question->seq, chosen, predict->question->right };

    predict->chosen = chosen;
    predict->told = TRUE;
    predict->top = 0;
    if (chosen == predict->question->right)
        predict->right++;
    g_array_append_val(predict->answers, answer);
    view_ask_keep_answer(view, chosen == predict->question->right ? "right" : "wrong");
    view->play_us = view->now_us + VIEW_ASK_READ_US;
    view_ask_show_outcome(view);
}

static void
view_ask_pass(View *view)
{
    view->predict->passed++;
    view_ask_keep_answer(view, "passed");
    view_ask_show_outcome(view);
    view_ask_forget(view);
}

/* 1 to 4, or a to d. */
static gboolean
view_ask_choice(const ViewQuestion *question, guint key, guint *chosen)
{
    if (key >= '1' && key < '1' + question->count)
        *chosen = key - '1';
    else if (key >= 'a' && key < 'a' + question->count)
        *chosen = key - 'a';
    else
        return FALSE;
    return TRUE;
}

/* Keys that show nothing of what comes. The colon, too: who types ":projector" here and finds its p
 * and r taken for keys has left PREDICT and sends a reader off. What its commands can move to is
 * bounded as all moves are. */
static gboolean
view_ask_lets(guint key)
{
    static const guint keys[] = {
        'p', '?',           'q', 'L' - '@',          'C' - '@',        VIEW_KEY_UP, 'k',
        'S', VIEW_KEY_HOME, 'g', VIEW_KEY_BACKSPACE, VIEW_KEY_PAGE_UP, ':'
    };

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        if (keys[i] == key)
            return TRUE;
    return FALSE;
}

/* Why it was right or wrong stays until the next key, but for those that let one read it. */
static gboolean
view_press_told(View *view, guint key)
{
    if (view->zoom && (key == VIEW_KEY_DOWN || key == 'j'))
        view->predict->top++;
    else if (view->zoom && (key == VIEW_KEY_UP || key == 'k'))
        view->predict->top = MAX(0, view->predict->top - 1);
    else if (key != 'z' && key != '?' && key != 'L' - '@')
        view_ask_forget_told(view);
    else
        return FALSE;
    /* Live, the next outcome may be there already. */
    return view->predict->told || view_is_asked(view);
}

gboolean
view_press_question(View *view, guint key)
{
    guint chosen;

    if (view_is_told(view))
        return view_press_told(view, key);
    if (!view_is_asked(view))
        return FALSE;
    if (view_ask_choice(view->predict->question, key, &chosen))
        view_ask_answer(view, chosen);
    else if (key == VIEW_KEY_ESCAPE)
        view_ask_pass(view);
    else if (!view_ask_lets(key))
        view_notice(view, _("First the answer: 1 to %u. Esc passes the question over."),
                    view->predict->question->count);
    else
        return FALSE;
    return TRUE;
}

/* In a recording one may go back, and be asked about what was seen already. */
void
view_act_predict(View *view)
{
    g_autofree char *score = view_ask_score(view);

    view_ask_forget(view);
    view->predict->on = !view->predict->on;
    if (!view->predict->on) {
        view_notice(view, "%s%s%s", _("You are no longer asked."), score == NULL ? "" : " ",
                    score == NULL ? "" : score);
        return;
    }
    if (!view->live && view_current(view) != NULL) {
        view->stand = view->cursor;
        view->reached = view_track_row(view->track, view->stand)->entry;
    }
    view_notice(view, _("PREDICT: before each decision you are asked what comes. p: no longer."));
}

const char *
view_ask_keys(const View *view)
{
    static const char *const keys[] = {
        N_("1 2 answer  Esc pass it over  p no longer  ? help  q quit"),
        N_("1 2 3 answer  Esc pass it over  p no longer  ? help  q quit"),
        N_("1 2 3 4 answer  Esc pass it over  p no longer  ? help  q quit"),
    };

    if (view_is_told(view))
        return _("Space goes on  z: all of it  p no longer  ? help  q quit");
    return view_is_asked(view) ? _(keys[view->predict->question->count - 2]) : NULL;
}
