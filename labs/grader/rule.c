/* labs/grader/rule.c - the rules over events: count, never, always, before, within.
 *
 * Each finds its events, then says what is wrong with the first that is.
 * Tests: tests/test_labs_rules.c
 */
#include "labs/grader/judge_inside.h"

#include "app/keys.h"
#include "net/net.h"
#include "trace/export.h"

/* So many events are named one by one. */
#define LAB_NAMED 6

static guint
lab_at(const GArray *found, guint i)
{
    return g_array_index(found, guint, i);
}

static const char *
lab_plural(guint64 count)
{
    return count == 1 ? "" : "s";
}

/* No event matches @filter at all, though @expected needs one. */
static gboolean
lab_rule_finds_none(const LabCase *it, const char *filter, char *expected)
{
    g_autofree char *nearest = lab_case_nearest(it, filter);

    return lab_verdict_fails(it, expected,
                             g_strdup_printf("no event that matches %s: %s", filter, nearest));
}

/* ---- count and never ---- */

/* FALSE: the text is no number, and the verdict says so. */
static gboolean
lab_rule_number(const LabCase *it, const char *text, guint64 otherwise, guint64 *number)
{
    *number = otherwise;
    return text == NULL || net_parse_number(text, -1, G_MAXINT32, number) ||
           lab_verdict_is_broken(it, "checks:%d: '%s' is no number", it->check->line, text);
}

/* "1 event that matches stage=sender code=503" */
static char *
lab_rule_count_wanted(const LabCase *it, guint64 least, guint64 most)
{
    const char *filter = it->check->first;

    if (least == most)
        return g_strdup_printf("%" G_GUINT64_FORMAT " event%s that match%s %s", least,
                               lab_plural(least), least == 1 ? "es" : "", filter);
    if (most == G_MAXINT32)
        return g_strdup_printf("at least %" G_GUINT64_FORMAT " event%s that match%s %s", least,
                               lab_plural(least), least == 1 ? "es" : "", filter);
    if (least == 0)
        return g_strdup_printf("at most %" G_GUINT64_FORMAT " event%s that match%s %s", most,
                               lab_plural(most), most == 1 ? "es" : "", filter);
    return g_strdup_printf("%" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " events that match %s",
                           least, most, filter);
}

/* "3: events 14, 20 and 31" */
static char *
lab_rule_list(const LabCase *it, const GArray *found)
{
    GString *words = g_string_new(NULL);

    g_string_append_printf(words, "%u: event%s ", found->len, lab_plural(found->len));
    for (guint i = 0; i < found->len && i < LAB_NAMED; i++)
        g_string_append_printf(words, "%s%" G_GUINT64_FORMAT,
                               i == 0                ? ""
                               : i + 1 == found->len ? " and "
                                                     : ", ",
                               lab_case_event(it, lab_at(found, i))->seq);
    if (found->len > LAB_NAMED)
        g_string_append(words, " and more");
    return g_string_free(words, FALSE);
}

gboolean
lab_rule_count(const LabCase *it)
{
    const LabCheck *check = it->check;
    g_autoptr(GArray) found = lab_case_find(it, check->first);
    guint64 least, most;

    if (found == NULL ||
        !lab_rule_number(it, check->at_least, check->at_most != NULL ? 0 : 1, &least) ||
        !lab_rule_number(it, check->at_most, G_MAXINT32, &most))
        return FALSE;
    if (check->is != NULL && !lab_rule_number(it, check->is, 0, &least))
        return FALSE;
    if (check->is != NULL)
        most = least;
    if (found->len >= least && found->len <= most)
        return TRUE;
    if (found->len == 0)
        return lab_verdict_fails(it, lab_rule_count_wanted(it, least, most),
                                 lab_case_nearest(it, check->first));
    /* The first that is too many; or, where there are too few, the last one. */
    lab_verdict_at(it, lab_at(found, found->len > most ? (guint)most : found->len - 1));
    return lab_verdict_fails(it, lab_rule_count_wanted(it, least, most), lab_rule_list(it, found));
}

gboolean
lab_rule_never(const LabCase *it)
{
    g_autoptr(GArray) found = lab_case_find(it, it->check->first);
    g_autofree char *first = NULL;

    if (found == NULL || found->len == 0)
        return found != NULL;
    first = lab_case_name(it, lab_at(found, 0));
    lab_verdict_at(it, lab_at(found, 0));
    return lab_verdict_fails(
        it, g_strdup_printf("no event that matches %s", it->check->first),
        found->len == 1 ? g_strdup(first)
                        : g_strdup_printf("%u of them; the first is %s", found->len, first));
}

/* ---- always ---- */

gboolean
lab_rule_always(const LabCase *it)
{
    const LabCheck *check = it->check;
    g_autoptr(GArray) found = lab_case_find(it, check->first);
    g_autoptr(GArray) good = lab_case_find(it, check->second);
    g_autofree char *expected =
        g_strdup_printf("each event that matches %s also matches %s", check->first, check->second);
    guint j = 0;

    if (found == NULL || good == NULL)
        return FALSE;
    if (found->len == 0)
        return lab_rule_finds_none(it, check->first, g_steal_pointer(&expected));
    for (guint i = 0; i < found->len; i++) {
        g_autoptr(TraceFilter) filter = NULL;
        g_autofree char *name = NULL, *missed = NULL;
        guint index = lab_at(found, i);

        while (j < good->len && lab_at(good, j) < index)
            j++;
        if (j < good->len && lab_at(good, j) == index)
            continue;
        filter = trace_filter_parse(check->second, NULL);
        name = lab_case_name(it, index);
        missed = trace_filter_missed(filter, lab_case_event(it, index));
        lab_verdict_at(it, index);
        return lab_verdict_fails(it, g_steal_pointer(&expected),
                                 g_strdup_printf("%s does not: %s", name, missed));
    }
    return TRUE;
}

/* ---- before and within ---- */

/* Both belong to one message, or one of them to none. */
static gboolean
lab_rule_together(const LabCase *it, guint one, guint other)
{
    const char *a = lab_case_event(it, one)->journey, *b = lab_case_event(it, other)->journey;

    return a == NULL || b == NULL || g_str_equal(a, b);
}

/* The last of @found before event @index that goes with it, else (*@later) the first after it. */
static gboolean
lab_rule_has_before(const LabCase *it, const GArray *found, guint index, gint64 *later)
{
    *later = -1;
    for (guint i = 0; i < found->len; i++) {
        if (lab_at(found, i) == index || !lab_rule_together(it, lab_at(found, i), index))
            continue;
        if (lab_at(found, i) < index)
            return TRUE;
        *later = lab_at(found, i);
        return FALSE;
    }
    return FALSE;
}

gboolean
lab_rule_before(const LabCase *it)
{
    const LabCheck *check = it->check;
    g_autoptr(GArray) first = lab_case_find(it, check->first);
    g_autoptr(GArray) then = lab_case_find(it, check->second);
    g_autofree char *expected = g_strdup_printf(
        "before each event that matches %s, one of the same message that matches %s", check->second,
        check->first);

    if (first == NULL || then == NULL)
        return FALSE;
    if (then->len == 0)
        return lab_rule_finds_none(it, check->second, g_steal_pointer(&expected));
    for (guint i = 0; i < then->len; i++) {
        g_autofree char *name = NULL, *other = NULL;
        gint64 later;

        if (lab_rule_has_before(it, first, lab_at(then, i), &later))
            continue;
        name = lab_case_name(it, lab_at(then, i));
        other = later < 0 ? g_strdup("and none after it") : lab_case_name(it, (guint)later);
        lab_verdict_at(it, lab_at(then, i));
        return lab_verdict_fails(
            it, g_steal_pointer(&expected),
            g_strdup_printf("none before %s%s %s", name,
                            later < 0 ? "," : "; it comes only later:", other));
    }
    return TRUE;
}

/* "7 m 3 s" */
static char *
lab_rule_span(gint64 us)
{
    g_autofree char *offset = trace_export_offset(us);

    return g_strdup(offset + 1);
}

/* The first of @found after event @index that goes with it; -1: there is none. */
static gint64
lab_rule_next(const LabCase *it, const GArray *found, guint index)
{
    for (guint i = 0; i < found->len; i++)
        if (lab_at(found, i) > index && lab_rule_together(it, index, lab_at(found, i)))
            return lab_at(found, i);
    return -1;
}

static char *
lab_rule_within_wanted(const LabCheck *check)
{
    g_autofree char *least = check->at_least == NULL
                                 ? g_strdup("")
                                 : g_strdup_printf(" no earlier than %s after it", check->at_least);
    g_autofree char *most = check->first == NULL
                                ? g_strdup("")
                                : g_strdup_printf(" no later than %s after it", check->first);

    return g_strdup_printf("for each event that matches %s, one that matches %s%s%s%s",
                           check->third, check->second, least,
                           *least != '\0' && *most != '\0' ? " and" : "", most);
}

/* Is event @from followed as it should be? The times in microseconds. */
static gboolean
lab_rule_within_one(const LabCase *it, guint from, gint64 to, gint64 least, gint64 most)
{
    g_autofree char *name = lab_case_name(it, from);
    g_autofree char *next = NULL, *span = NULL;
    gint64 gap;

    if (to < 0 && it->check->first == NULL)
        return TRUE;
    if (to < 0) {
        lab_verdict_at(it, from);
        return lab_verdict_fails(it, lab_rule_within_wanted(it->check),
                                 g_strdup_printf("none after %s", name));
    }
    gap = lab_case_event(it, (guint)to)->time_us - lab_case_event(it, from)->time_us;
    if (gap >= least && gap <= most)
        return TRUE;
    next = lab_case_name(it, (guint)to);
    span = lab_rule_span(gap);
    lab_verdict_at(it, (guint)to);
    return lab_verdict_fails(it, lab_rule_within_wanted(it->check),
                             g_strdup_printf("%s after %s came %s", span, name, next));
}

/* FALSE: the text is no time, and the verdict says so. */
static gboolean
lab_rule_time(const LabCase *it, const char *text, gint64 otherwise, gint64 *us)
{
    gint64 seconds;

    *us = otherwise;
    if (text == NULL)
        return TRUE;
    if (!app_read_duration(text, &seconds))
        return lab_verdict_is_broken(it, "checks:%d: '%s' is no time", it->check->line, text);
    *us = seconds * G_USEC_PER_SEC;
    return TRUE;
}

gboolean
lab_rule_within(const LabCase *it)
{
    const LabCheck *check = it->check;
    g_autoptr(GArray) from = lab_case_find(it, check->third);
    g_autoptr(GArray) to = lab_case_find(it, check->second);
    gint64 least, most;

    if (from == NULL || to == NULL || !lab_rule_time(it, check->at_least, 0, &least) ||
        !lab_rule_time(it, check->first, G_MAXINT64, &most))
        return FALSE;
    if (from->len == 0)
        return lab_rule_finds_none(it, check->third, lab_rule_within_wanted(check));
    for (guint i = 0; i < from->len; i++)
        if (!lab_rule_within_one(it, lab_at(from, i), lab_rule_next(it, to, lab_at(from, i)), least,
                                 most))
            return FALSE;
    return TRUE;
}
