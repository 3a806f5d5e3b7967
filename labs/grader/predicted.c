/* labs/grader/predicted.c - the rule over predictions.txt: was something predicted before it was seen?
 *
 * That is asked, and not whether it was right: whoever guesses wrong and is told why has learnt more.
 * A line counts only if the run has this event, so what was predicted in another world does not.
 * Tests: tests/test_labs_rules.c
 */
#include "labs/grader/predicted.h"

#include <string.h>
#include "labs/grader/judge_inside.h"
#include "labs/grader/work.h"
#include "net/line.h"

#define LAB_PREDICTIONS "predictions.txt"

/* ---- the file ---- */

/* Is @seq an event of that stage? */
static gboolean
lab_prediction_is_of(GPtrArray *events, guint64 seq, const char *stage)
{
    for (guint i = 0; events != NULL && i < events->len; i++) {
        const TraceEvent *event = g_ptr_array_index(events, i);

        if (event->seq == seq)
            return g_str_equal(stage_name(event->stage), stage);
    }
    return events == NULL;
}

/* Which of the three counts @word adds to; NULL: it is none of these words. */
static guint *
lab_prediction_count(LabPredictions *all, const char *word)
{
    return g_str_equal(word, "right")    ? &all->right
           : g_str_equal(word, "wrong")  ? &all->wrong
           : g_str_equal(word, "passed") ? &all->passed
                                         : NULL;
}

/* What is no prediction is passed over: students may write into the file. */
static void
lab_prediction_line(LabPredictions *all, const char *line, GPtrArray *events, GHashTable *seen)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 4);
    guint *count = g_strv_length(words) == 3 ? lab_prediction_count(all, words[2]) : NULL;
    guint64 seq;

    if (count == NULL || !net_parse_number(words[0], -1, G_MAXINT64, &seq) ||
        !lab_prediction_is_of(events, seq, words[1]))
        return;
    if (g_hash_table_add(seen, g_memdup2(&seq, sizeof seq)))
        (*count)++;
}

LabPredictions
lab_predictions_read(const char *folder, GPtrArray *events)
{
    g_autofree char *text = lab_work_text(folder, LAB_PREDICTIONS);
    g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    LabPredictions all = { 0 };

    for (char **line = lines; *line != NULL; line++)
        lab_prediction_line(&all, g_strchomp(*line), events, seen);
    return all;
}

/* ---- what is said ---- */

static char *
lab_predictions_say(const LabPredictions *all)
{
    g_autofree char *passed =
        all->passed > 0 ? g_strdup_printf("; %u passed over", all->passed) : g_strdup("");

    return g_strdup_printf("%u of %u right%s", all->right, all->right + all->wrong, passed);
}

char *
lab_predictions_tell(const char *folder)
{
    LabPredictions all = lab_predictions_read(folder, NULL);

    return all.right + all.wrong + all.passed > 0 ? lab_predictions_say(&all) : NULL;
}

/* ---- the rule ---- */

/* How many are asked for; FALSE: the lab's text is no number, and the verdict says so. */
static gboolean
lab_predicted_number(const LabCase *it, const char *text, guint64 *number)
{
    *number = 0;
    return text == NULL || net_parse_number(text, -1, G_MAXINT32, number) ||
           lab_verdict_is_broken(it, "checks:%d: '%s' is no number", it->check->line, text);
}

gboolean
lab_rule_predicted(const LabCase *it)
{
    LabPredictions all = lab_predictions_read(it->evidence->work, it->take->events);
    guint answered = all.right + all.wrong;
    g_autofree char *right = NULL;
    guint64 wanted, wanted_right;

    if (!lab_predicted_number(it, it->check->first, &wanted) ||
        !lab_predicted_number(it, it->check->second, &wanted_right))
        return FALSE;
    if (answered >= wanted && all.right >= wanted_right)
        return TRUE;
    right = wanted_right > 0
                ? g_strdup_printf(", %" G_GUINT64_FORMAT " of them rightly", wanted_right)
                : g_strdup("");
    return lab_verdict_fails(
        it,
        g_strdup_printf("%" G_GUINT64_FORMAT " decision%s predicted in your journal%s: p in the "
                        "viewer asks for them",
                        wanted, wanted == 1 ? "" : "s", right),
        answered + all.passed == 0 ? g_strdup_printf("none in %s", LAB_PREDICTIONS)
                                   : lab_predictions_say(&all));
}
