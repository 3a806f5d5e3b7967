/* labs/grader/same.c - the rule over what a harness prints: the student's as the reference's.
 *
 *     # "a b"@north.example       a line that says what comes next is about
 *     user a b                    lines that must be the same
 *     domain north.example
 *
 * Tests: tests/test_labs_rules.c
 */
#include "labs/grader/judge_inside.h"

#include "trace/words.h"

#include <string.h>

/* What the first @count lines of @lines were about: the last that begins with #; NULL: nothing says so. */
static const char *
lab_same_about(char **lines, guint count)
{
    const char *about = NULL;

    for (guint i = 0; i < count && lines[i] != NULL; i++)
        if (lines[i][0] == '#')
            about = lines[i] + 1 + strspn(lines[i] + 1, " ");
    return about;
}

/* How many lines from the top on are the same in both. */
static guint
lab_same_lines(char **a, char **b)
{
    guint count = 0;

    while (a[count] != NULL && b[count] != NULL && g_str_equal(a[count], b[count]))
        count++;
    return count;
}

/* "line 12 for "a b"@north.example" */
static char *
lab_same_place(char **lines, guint count)
{
    const char *about = lab_same_about(lines, count);

    return about == NULL ? g_strdup_printf("line %u", count + 1)
                         : g_strdup_printf("line %u, about %s", count + 1, about);
}

static const char *
lab_same_words(const char *line)
{
    return line == NULL ? N_("(the end)") : *line == '\0' ? N_("(an empty line)") : line;
}

/* It did not end well: said with what it was given last. */
static gboolean
lab_same_failed(const LabCase *it)
{
    g_auto(GStrv) lines = g_strsplit(it->take->output != NULL ? it->take->output : "", "\n", -1);
    const char *about = lab_same_about(lines, G_MAXUINT);

    return lab_verdict_fails(it, g_strdup("a program that ends well"),
                             about == NULL ? g_strdup(it->take->failure)
                                           : g_strconcat(it->take->failure, "\n",
                                                         N_("it was about to do: "), about, NULL));
}

static const LabTake *
lab_same_reference(const LabCase *it)
{
    const GPtrArray *takes = it->evidence->reference;

    for (guint i = 0; takes != NULL && i < takes->len; i++) {
        const LabTake *take = g_ptr_array_index(takes, i);

        if (take->seed == it->take->seed)
            return take;
    }
    return NULL;
}

gboolean
lab_rule_same(const LabCase *it)
{
    const LabTake *reference = lab_same_reference(it);
    g_auto(GStrv) theirs = NULL, ours = NULL;
    g_autofree char *place = NULL;
    guint same;

    if (reference == NULL || reference->output == NULL || reference->failure != NULL)
        return lab_verdict_is_broken(it, "the reference did not run: %s",
                                     reference != NULL && reference->failure != NULL
                                         ? reference->failure
                                         : "it has not been played");
    if (it->take->failure != NULL || it->take->output == NULL)
        return lab_same_failed(it);
    theirs = g_strsplit(it->take->output, "\n", -1);
    ours = g_strsplit(reference->output, "\n", -1);
    same = lab_same_lines(theirs, ours);
    if (theirs[same] == NULL && ours[same] == NULL)
        return TRUE;
    place = lab_same_place(ours, same);
    return lab_verdict_fails(it, g_strdup_printf("%s: %s", place, lab_same_words(ours[same])),
                             g_strdup(lab_same_words(theirs[same])));
}
