/* labs/grader/judge.c - does a check hold? Each of its takes is asked, until one says no.
 *
 * What a student reads is made here and in the rules: a failed check is worth something only if the gap
 * between what was expected and what was found can be seen.
 *
 * Start reading at lab_judge(). Tests: tests/test_labs_rules.c
 */
#include "labs/grader/judge_inside.h"

#include <string.h>
#include "labs/grader/lab_inside.h"
#include "trace/export.h"
#include "trace/redact.h"

/* Events on either side of the one that matters. */
#define LAB_AROUND     2
#define LAB_LINE_CHARS 1000 /* the report cuts a line as the screen asks for */
#define LAB_NAME_CHARS 60

static const struct {
    gboolean (*holds)(const LabCase *it);
    gboolean alone; /* no run or harness need have been played */
} rules[LAB_RULES] = {
    [LAB_COUNT] = { lab_rule_count, FALSE },   [LAB_NEVER] = { lab_rule_never, FALSE },
    [LAB_ALWAYS] = { lab_rule_always, FALSE }, [LAB_BEFORE] = { lab_rule_before, FALSE },
    [LAB_WITHIN] = { lab_rule_within, FALSE }, [LAB_ROW] = { lab_rule_row, FALSE },
    [LAB_ANSWER] = { lab_rule_answer, TRUE },  [LAB_SAME] = { lab_rule_same, FALSE },
    [LAB_FILE] = { lab_rule_file, TRUE },      [LAB_PREDICTED] = { lab_rule_predicted, FALSE },
};

void
lab_verdict_free(LabVerdict *verdict)
{
    if (verdict == NULL)
        return;
    g_ptr_array_unref(verdict->around);
    g_free(verdict->text);
    g_free(verdict->expected);
    g_free(verdict->found);
    g_free(verdict->look);
    g_free(verdict);
}

/* ---- what is said ---- */

gboolean
lab_verdict_fails(const LabCase *it, char *expected, char *found)
{
    it->verdict->holds = FALSE;
    g_free(it->verdict->expected);
    g_free(it->verdict->found);
    it->verdict->expected = expected;
    it->verdict->found = found;
    return FALSE;
}

gboolean
lab_verdict_is_broken(const LabCase *it, const char *format, ...)
{
    va_list arguments;
    char *found;

    va_start(arguments, format);
    found = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return lab_verdict_fails(it,
                             g_strdup("a check that can be judged (this is the lab's fault, not "
                                      "yours: tell whoever gave it to you)"),
                             found);
}

char *
lab_cut(const char *text, glong chars)
{
    g_autofree char *safe = trace_safe(text, -1);

    if (g_utf8_strlen(safe, -1) > chars) {
        g_autofree char *head = g_utf8_substring(safe, 0, chars);

        return g_strconcat(head, "~", NULL);
    }
    return g_steal_pointer(&safe);
}

const TraceEvent *
lab_case_event(const LabCase *it, guint index)
{
    return g_ptr_array_index(it->take->events, index);
}

char *
lab_case_name(const LabCase *it, guint index)
{
    const TraceEvent *event = lab_case_event(it, index);
    g_autofree char *text = lab_cut(event->text != NULL ? event->text : "", LAB_NAME_CHARS);

    return g_strdup_printf("event %" G_GUINT64_FORMAT " (%s)", event->seq, text);
}

/* ---- where to look ---- */

/* The state folder as one would type it here. */
static char *
lab_case_state(const LabCase *it)
{
    g_autofree char *here = g_get_current_dir();
    const char *state = it->take->state;
    gsize length = strlen(here);

    if (g_str_has_prefix(state, here) && state[length] == '/')
        state += length + 1;
    /* Quotes only where a shell needs them. */
    return strpbrk(state, " '\"$&();<>|*?[]\\`!#~") != NULL ? g_shell_quote(state)
                                                            : g_strdup(state);
}

void
lab_verdict_look_at_all(const LabCase *it)
{
    g_autofree char *state = lab_case_state(it);

    g_free(it->verdict->look);
    it->verdict->look = g_strdup_printf("glasspost view %s", state);
}

void
lab_verdict_look(const LabCase *it, guint index)
{
    g_autofree char *state = lab_case_state(it);

    g_free(it->verdict->look);
    it->verdict->look = g_strdup_printf("glasspost view %s --at %" G_GUINT64_FORMAT, state,
                                        lab_case_event(it, index)->seq);
}

void
lab_verdict_at(const LabCase *it, guint index)
{
    guint first = index > LAB_AROUND ? index - LAB_AROUND : 0;
    guint last = MIN(index + LAB_AROUND, it->take->events->len - 1);
    /* Times are told from the first event on, as the viewer does. */
    TraceExport export = { .bare = TRUE,
                           .started = TRUE,
                           .start_us = lab_case_event(it, 0)->time_us };

    lab_verdict_look(it, index);
    g_ptr_array_set_size(it->verdict->around, 0);
    for (guint i = first; i <= last; i++) {
        g_autoptr(GString) line = g_string_new(i == index ? "=> " : "   ");

        trace_export_text(&export, lab_case_event(it, i), line);
        g_ptr_array_add(it->verdict->around, lab_cut(g_strchomp(line->str), LAB_LINE_CHARS));
    }
}

/* ---- finding events ---- */

static TraceFilter *
lab_case_filter(const LabCase *it, const char *text)
{
    g_autoptr(GError) error = NULL;
    TraceFilter *filter = trace_filter_parse(text, &error);

    if (filter == NULL)
        lab_verdict_is_broken(it, "checks:%d: %s is no filter: %s", it->check->line, text,
                              error->message);
    return filter;
}

GArray *
lab_case_find(const LabCase *it, const char *text)
{
    g_autoptr(TraceFilter) filter = lab_case_filter(it, text);
    GArray *found;

    if (filter == NULL)
        return NULL;
    found = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < it->take->events->len; i++)
        if (trace_filter_matches(filter, lab_case_event(it, i)))
            g_array_append_val(found, i);
    return found;
}

static guint
lab_bits(guint32 bits)
{
    guint count = 0;

    for (; bits != 0; bits &= bits - 1)
        count++;
    return count;
}

/* How much it says that these terms hold: a term that few events keep says more. */
static guint64
lab_rarity(guint32 held, const guint *holders, guint events)
{
    guint64 rarity = 0;

    for (guint i = 0; i < 32; i++)
        if ((held & (guint32)1 << i) != 0)
            rarity += events - holders[i];
    return rarity;
}

/* The event that keeps most terms of @filter; among equals the rarer ones count, then the first. */
static gboolean
lab_case_nearest_event(const LabCase *it, const TraceFilter *filter, guint *nearest)
{
    g_autofree guint32 *held = g_new0(guint32, it->take->events->len + 1);
    guint holders[32] = { 0 };
    guint events = it->take->events->len;
    guint64 best = 0;

    for (guint i = 0; i < events; i++) {
        held[i] = trace_filter_held(filter, lab_case_event(it, i));
        for (guint term = 0; term < 32; term++)
            holders[term] += held[i] >> term & 1;
    }
    for (guint i = 0; i < events; i++) {
        /* One term more outweighs any rarity, which is at most 32 times the events. */
        guint64 score =
            lab_bits(held[i]) * ((guint64)events * 32 + 1) + lab_rarity(held[i], holders, events);

        if (score > best) {
            best = score;
            *nearest = i;
        }
    }
    return best > 0;
}

char *
lab_case_nearest(const LabCase *it, const char *text)
{
    g_autoptr(TraceFilter) filter = lab_case_filter(it, text);
    g_autofree char *missed = NULL;
    guint nearest;

    if (it->take->events->len == 0)
        return g_strdup("none: nothing happened at all");
    lab_verdict_look_at_all(it);
    if (filter == NULL || !lab_case_nearest_event(it, filter, &nearest))
        return g_strdup("none");
    lab_verdict_at(it, nearest);
    missed = trace_filter_missed(filter, lab_case_event(it, nearest));
    return g_strdup_printf("none; nearest is event %" G_GUINT64_FORMAT ": %s",
                           lab_case_event(it, nearest)->seq, missed);
}

/* ---- judging ---- */

/* One take; it may not have come to its end. */
static gboolean
lab_judge_take(LabCase *it, const LabTake *take)
{
    it->take = take;
    it->verdict->seed = it->evidence->takes->len > 1 ? take->seed : 0;
    /* What a program printed before it failed is looked at by its own rule. */
    if (take->failure == NULL || it->check->rule == LAB_SAME)
        return rules[it->check->rule].holds(it);
    if (take->events != NULL && take->events->len > 0)
        lab_verdict_at(it, take->events->len - 1);
    return lab_verdict_fails(it, g_strdup("a world that plays to its end"),
                             g_strdup(take->failure));
}

static gboolean
lab_judge_takes(LabCase *it)
{
    const LabEvidence *evidence = it->evidence;
    const LabRun *run = it->check->run;

    if (rules[it->check->rule].alone && run == NULL)
        return rules[it->check->rule].holds(it);
    if (evidence->failure != NULL)
        return lab_verdict_fails(it, g_strdup("work that can be run"), g_strdup(evidence->failure));
    if (evidence->takes == NULL || evidence->takes->len == 0)
        return lab_verdict_fails(it, g_strdup("a world that was played"),
                                 g_strdup(run != NULL && run->hand
                                              ? "none yet: the README says how to play it"
                                              : "none"));
    for (guint i = 0; i < evidence->takes->len; i++)
        if (!lab_judge_take(it, g_ptr_array_index(evidence->takes, i)))
            return FALSE;
    it->verdict->seed = 0;
    return TRUE;
}

LabVerdict *
lab_judge(const LabCheck *check, const LabEvidence *evidence)
{
    LabVerdict *verdict = g_new0(LabVerdict, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(LabCheck) mine = lab_check_for(check, evidence->identity, &error);
    LabCase it = { .check = mine, .evidence = evidence, .verdict = verdict };

    verdict->check = check;
    verdict->around = g_ptr_array_new_with_free_func(g_free);
    verdict->text = g_strdup(mine != NULL ? mine->text : check->text);
    if (mine == NULL)
        lab_verdict_is_broken(&it, "checks:%d: %s", check->line, error->message);
    else
        verdict->holds = lab_judge_takes(&it);
    return verdict;
}
