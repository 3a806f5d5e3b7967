/* labs/grader/answer.c - the rules over what the student wrote: a line of answers.txt, and other files.
 *
 *     # what stands behind a # is a comment
 *     first-reply: 220
 *     who-stores: mx.south.example
 *
 * What is wrong is told, and where the right answer can be read, but never the answer itself.
 * Tests: tests/test_labs_rules.c
 */
#include "labs/grader/judge_inside.h"

#include <string.h>
#include "labs/grader/work.h"
#include "net/line.h"

#define LAB_ANSWERS "answers.txt"

/* ---- answers ---- */

/* Without outer space, without a full stop in the end, and in one case. */
static char *
lab_answer_plain(const char *answer)
{
    g_autofree char *folded = g_utf8_casefold(answer, -1);
    gsize length = strlen(g_strstrip(folded));

    if (length > 0 && folded[length - 1] == '.')
        folded[length - 1] = '\0';
    return g_strdup(g_strchomp(folded));
}

static gboolean
lab_answer_is(const char *answer, const char *truth)
{
    g_autofree char *one = lab_answer_plain(answer);
    g_autofree char *two = lab_answer_plain(truth);

    return g_str_equal(one, two);
}

/* What stands behind "NAME:" in @text, "" where nothing does; NULL: there is no such line. */
static char *
lab_answer_line(const char *text, const char *name)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        char *colon = strchr(*line, ':');

        if (**line == '#' || colon == NULL)
            continue;
        *colon = '\0';
        if (g_ascii_strcasecmp(g_strstrip(*line), name) == 0)
            return g_strdup(g_strstrip(colon + 1));
    }
    return NULL;
}

/* A field of the event, or of its data. */
static char *
lab_answer_field(const TraceEvent *event, const char *field)
{
    return g_str_equal(field, "time") ? trace_time_format(event->time_us)
                                      : trace_filter_field_of(event, field);
}

/* A run of the student's own may not have come so far yet; any other run must have the event. */
static void
lab_answer_no_event(const LabCase *it)
{
    const LabCheck *check = it->check;

    if (check->run != NULL && (check->run->hand || check->run->program == LAB_BY_STUDENT))
        lab_verdict_fails(it,
                          g_strdup_printf("an event of yours to read it from: %s", check->event),
                          g_strdup("your journal has none yet"));
    else
        lab_verdict_is_broken(it, "checks:%d: no event with %s matches %s", check->line,
                              check->field, check->event);
}

/* Where the answer can be read; where the event's number is what was asked for, its stage is enough. */
static char *
lab_answer_where(const LabCase *it, guint index)
{
    const TraceEvent *event = lab_case_event(it, index);
    const char *in = event->stage != STAGE_NONE ? " in stage " : "";

    if (g_str_equal(it->check->field, "seq")) {
        lab_verdict_look_at_all(it);
        return g_strdup_printf("the number of another event%s%s", in, stage_name(event->stage));
    }
    lab_verdict_look(it, index);
    return g_strdup_printf("what event %" G_GUINT64_FORMAT "%s%s tells", event->seq, in,
                           stage_name(event->stage));
}

/* What the lab's own run says; NULL: the lab does not fit it, and the verdict says so. @expected is what
 * to tell a student whose answer is wrong. */
static char *
lab_answer_truth(const LabCase *it, char **expected)
{
    const LabCheck *check = it->check;
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) found = NULL;
    const TraceEvent *event;
    char *truth;

    if (check->is != NULL) {
        *expected = g_strdup_printf("another answer to \"%s\"", check->first);
        return g_strdup(check->is);
    }
    if (check->sql != NULL) {
        truth = lab_row_ask(it->take, check->host, check->sql, &error);
        *expected = g_strdup_printf("what stands in the database of %s", check->host);
        if (truth == NULL)
            lab_verdict_is_broken(it, "checks:%d: %s", check->line, error->message);
        return truth;
    }
    found = lab_case_find(it, check->event);
    if (found == NULL)
        return NULL;
    event = found->len > 0 ? lab_case_event(it, g_array_index(found, guint, 0)) : NULL;
    truth = event != NULL ? lab_answer_field(event, check->field) : NULL;
    if (truth == NULL) {
        lab_answer_no_event(it);
        return NULL;
    }
    *expected = lab_answer_where(it, g_array_index(found, guint, 0));
    return truth;
}

static gboolean
lab_answer_fits(const LabCheck *check, const char *answer, const char *truth)
{
    if (lab_answer_is(answer, truth))
        return TRUE;
    for (char **other = check->accept; *other != NULL; other++)
        if (lab_answer_is(answer, *other))
            return TRUE;
    return FALSE;
}

/* Whoever has not tried yet is not told where to look; and no line at all differs from a line that waits
 * to be filled in. */
static gboolean
lab_answer_missing(const LabCase *it, const char *text, const char *answer)
{
    char *found = text == NULL ? g_strdup_printf("no %s in the work folder", LAB_ANSWERS)
                  : answer == NULL
                      ? g_strdup_printf("no line \"%s: ...\" in %s", it->check->first, LAB_ANSWERS)
                      : g_strdup("nothing was answered");

    g_clear_pointer(&it->verdict->look, g_free);
    return lab_verdict_fails(it, g_strdup("an answer"), found);
}

gboolean
lab_rule_answer(const LabCase *it)
{
    const LabCheck *check = it->check;
    g_autofree char *text = lab_work_text(it->evidence->work, LAB_ANSWERS);
    g_autofree char *answer = text != NULL ? lab_answer_line(text, check->first) : NULL;
    g_autofree char *expected = NULL;
    g_autofree char *truth = lab_answer_truth(it, &expected);

    if (truth == NULL)
        return FALSE;
    if (answer == NULL || *answer == '\0')
        return lab_answer_missing(it, text, answer);
    if (lab_answer_fits(check, answer, truth)) {
        g_clear_pointer(&it->verdict->look, g_free);
        return TRUE;
    }
    if (check->sql != NULL)
        lab_verdict_look_at_all(it);
    return lab_verdict_fails(it, g_steal_pointer(&expected), g_strdup(answer));
}

/* ---- files ---- */

static guint
lab_file_lines(const char *text)
{
    guint lines = 0;

    for (const char *at = text; *at != '\0'; at++)
        lines += *at == '\n' || at[1] == '\0';
    return lines;
}

static gboolean
lab_file_is_short(const LabCase *it, const char *text)
{
    const LabCheck *check = it->check;
    guint lines = lab_file_lines(text);
    guint64 most;

    if (!net_parse_number(check->at_most_lines, -1, G_MAXINT32, &most))
        return lab_verdict_is_broken(it, "checks:%d: '%s' is no number", check->line,
                                     check->at_most_lines);
    return lines <= most ||
           lab_verdict_fails(
               it, g_strdup_printf("%s of at most %" G_GUINT64_FORMAT " lines", check->first, most),
               g_strdup_printf("%u lines", lines));
}

static gboolean
lab_file_matches(const LabCase *it, const char *text)
{
    const LabCheck *check = it->check;
    g_autoptr(GError) error = NULL;
    g_autoptr(GRegex) regex = g_regex_new(check->matches, G_REGEX_MULTILINE, 0, &error);

    if (regex == NULL)
        return lab_verdict_is_broken(it, "checks:%d: %s", check->line, error->message);
    return g_regex_match(regex, text, 0, NULL) ||
           lab_verdict_fails(it,
                             g_strdup_printf("%s with /%s/ in it", check->first, check->matches),
                             g_strdup("no place that matches"));
}

gboolean
lab_rule_file(const LabCase *it)
{
    const LabCheck *check = it->check;
    g_autofree char *text = lab_work_text(it->evidence->work, check->first);

    if (text == NULL)
        return lab_verdict_fails(it, g_strdup_printf("a text file %s", check->first),
                                 g_strdup("none in the work folder"));
    return (check->at_most_lines == NULL || lab_file_is_short(it, text)) &&
           (check->matches == NULL || lab_file_matches(it, text));
}
