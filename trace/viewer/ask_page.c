/* trace/viewer/ask_page.c - a question of PREDICT on the screen, where the panes are else.
 *
 *   -[PREDICT]--------------------------------------------------------------------
 *    At mx.north.example: which way does carol@south.example go?
 *    1 It stays: south.example is one of our domains
 *    2 It travels: south.example is not ours, DNS is asked for its mail host
 *    3 Refused, 550 5.7.1: it would travel, and this client may not relay
 *
 * After the answer: whether it was right, what happened in the event's words, and the rule.
 * Tests: tests/test_viewer_predict.c
 */
#include "trace/viewer/ask.h"

#include "trace/viewer/follow.h"
#include "trace/words.h"

static void
view_ask_lines(ViewLines *lines, const ViewQuestion *question)
{
    view_lines_add_most(lines, VIEW_BOLD, 2, 2, "%s", question->asks);
    for (guint i = 0; i < question->count; i++)
        view_lines_add_most(lines, VIEW_PLAIN, 2, 1, "%u %s", i + 1, question->choices[i]);
}

/* A right answer says why; a wrong one shows the rule first. */
static void
view_ask_lines_told(ViewLines *lines, const struct ViewPredict *predict)
{
    const ViewQuestion *question = predict->question;
    const char *answer = question->choices[question->right];

    if (predict->chosen == question->right) {
        view_lines_add(lines, VIEW_BOLD | VIEW_GREEN, 2, _("Right: %s"), answer);
        view_lines_add(lines, VIEW_PLAIN, 2, _("Why: %s"), question->why);
        view_lines_add(lines, VIEW_PLAIN, 2, _("Rule: %s"), question->rule);
    } else {
        view_lines_add(lines, VIEW_BOLD | VIEW_RED, 2, _("Not so. You said: %s"),
                       question->choices[predict->chosen]);
        view_lines_add(lines, VIEW_BOLD, 2, _("Right is: %s"), answer);
        view_lines_add(lines, VIEW_PLAIN, 2, _("Rule: %s"), question->rule);
        view_lines_add(lines, VIEW_PLAIN, 2, _("Here: %s"), question->why);
    }
}

gboolean
view_draw_question(const View *view, ViewScreen *screen, ViewBox box)
{
    const struct ViewPredict *predict = view->predict;
    g_autoptr(ViewLines) lines = view_lines_new(box.width);
    int highest;

    if (predict->told)
        view_ask_lines_told(lines, predict);
    else
        view_ask_lines(lines, predict->question);
    highest = MAX(0, view_lines_count(lines) - box.height);
    view_lines_draw(lines, screen, box, MIN(predict->top, highest));
    return predict->top < highest;
}

void
view_draw_question_title(const View *view, ViewScreen *screen, ViewBox tabs)
{
    g_autofree char *score = view_ask_score(view);

    view_line_across(screen, tabs.x, tabs.y, tabs.width, VIEW_BLUE);
    view_putf(screen, tabs.x + 1, tabs.y, tabs.width - 2, VIEW_BOLD, "[%s]",
              view_is_told(view) ? _("PREDICT: the answer") : _("PREDICT: what comes?"));
    if (score != NULL && !view_follows(view))
        view_putf(screen, tabs.x + tabs.width - view_columns(score) - 4, tabs.y,
                  view_columns(score) + 2, VIEW_PLAIN, " %s ", score);
}

void
view_draw_hidden(const View *view, ViewScreen *screen, ViewBox box)
{
    g_autoptr(ViewLines) lines = view_lines_new(box.width - 1);

    (void)view;
    view_lines_add(lines, VIEW_DIM, 0, "%s", _("Hidden while you are asked."));
    view_lines_draw(lines, screen, (ViewBox){ box.x + 1, box.y + 1, box.width - 1, box.height - 1 },
                    0);
}
