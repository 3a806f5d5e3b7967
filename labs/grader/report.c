/* labs/grader/report.c - verdicts as text for people, as one line, and as JSON.
 *
 *     Lab 3, Two halves of an address (anna)
 *
 *       ok      2/2  The sender is taken as a registered user
 *       not ok  0/1  Wrong order is refused
 *                    expected  1 event that matches stage=sender code=503
 *                    found     none; nearest is event 14: its code is 250, not 503
 *              12  ...
 *           => 14  ...
 *                    look      glasspost view labs/mine/03-split/runs/main-1 --at 14
 *
 *     2 of 3 points. ...
 *
 * Tests: tests/test_labs_report.c
 */
#include "labs/grader/report.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include "trace/redact.h"
#include "trace/words.h"

/* How far to the right items and events begin; events are long already. */
typedef struct LabMargin {
    const char *item, *event;
} LabMargin;

static const LabMargin on_screen = { "               ", "      " }, in_json = { "", "" };

#define LAB_COLUMNS      101 /* where no terminal says how many it has */
#define LAB_COLUMNS_MIN  40
#define LAB_SHORT        60 /* octets that may well be found twice */
#define LAB_REPORT_LINES 40 /* of what was found: a compiler may go on for long */

guint
lab_report_points(const LabReport *report)
{
    guint points = 0;

    for (guint i = 0; i < report->verdicts->len; i++) {
        const LabVerdict *verdict = g_ptr_array_index(report->verdicts, i);

        points += verdict->holds ? verdict->check->points : 0;
    }
    return points;
}

gboolean
lab_report_passes(const LabReport *report)
{
    for (guint i = 0; i < report->verdicts->len; i++)
        if (!((const LabVerdict *)g_ptr_array_index(report->verdicts, i))->holds)
            return FALSE;
    return report->verdicts->len > 0;
}

/* ---- text ---- */

/* On the screen in the reader's language; in JSON, which programs read, in English. */
static void
lab_report_begin(GString *out, const LabMargin *margin, const char *word)
{
    const char *said = margin == &on_screen && *word != '\0' ? _(word) : word;

    g_string_append_printf(out, "%s%s%*s  ", margin->item, said,
                           (int)MAX(0, 8 - g_utf8_strlen(said, -1)), "");
}

static void
lab_report_line(GString *out, const LabMargin *margin, const char *line)
{
    g_autofree char *said = margin == &on_screen ? words_sentence(line) : g_strdup(line);

    trace_safe_append(out, said, -1, 2048, FALSE);
}

/* "expected  ..."; further lines stand below the first. Nothing in it controls a terminal: some of it
 * a student's program has printed. */
static void
lab_report_item(GString *out, const LabMargin *margin, const char *word, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", LAB_REPORT_LINES + 1);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (i > 0 && *g_strchomp(lines[i]) == '\0')
            continue;
        lab_report_begin(out, margin, i == 0 ? word : "");
        if (i == LAB_REPORT_LINES)
            g_string_append(out, "...");
        else
            lab_report_line(out, margin, lines[i]);
        g_string_append_c(out, '\n');
    }
}

/* What was found already in the same run, word for word, is not told again: one program that cannot
 * be built fails all the checks of its run. NULL: it is new. */
static const LabVerdict *
lab_report_said(const LabReport *report, guint number)
{
    const LabVerdict *verdict = g_ptr_array_index(report->verdicts, number);

    for (guint i = 0; i < number; i++) {
        const LabVerdict *before = g_ptr_array_index(report->verdicts, i);

        if (!before->holds && strlen(verdict->found) > LAB_SHORT &&
            g_str_equal(before->found, verdict->found) &&
            g_str_equal(before->expected, verdict->expected) &&
            g_strcmp0(before->look, verdict->look) == 0)
            return before;
    }
    return NULL;
}

/* Of an event's line; beside it stand the margin and the ~ that tells of a cut. */
static glong
lab_report_chars(const LabReport *report)
{
    glong columns = report->columns != 0 ? MAX(report->columns, LAB_COLUMNS_MIN) : LAB_COLUMNS;

    return columns - (glong)strlen(on_screen.event) - 1;
}

static void
lab_report_failed(const LabReport *report, guint number, const LabMargin *margin, GString *out)
{
    const LabVerdict *verdict = g_ptr_array_index(report->verdicts, number);
    const LabVerdict *before = lab_report_said(report, number);

    if (before != NULL) {
        g_autofree char *again = g_strdup_printf(N_("the same as for \"%s\""), before->text);

        lab_report_item(out, margin, N_("found"), again);
        return;
    }
    lab_report_item(out, margin, N_("expected"), verdict->expected);
    lab_report_item(out, margin, N_("found"), verdict->found);
    if (verdict->seed != 0)
        g_string_append_printf(out, "%s%-8s  %" G_GUINT64_FORMAT "\n", margin->item, "seed",
                               verdict->seed);
    for (guint i = 0; i < verdict->around->len; i++) {
        g_autofree char *line =
            lab_cut(g_ptr_array_index(verdict->around, i), lab_report_chars(report));

        g_string_append_printf(out, "%s%s\n", margin->event, line);
    }
    if (verdict->look != NULL)
        lab_report_item(out, margin, N_("look"), verdict->look);
}

static void
lab_report_next(const LabReport *report, GString *out)
{
    guint points = lab_report_points(report), most = lab_points(report->lab);
    guint number = report->lab->number;

    if (report->predictions != NULL) {
        g_autofree char *predictions = words_sentence(report->predictions);

        g_string_append_printf(out, _("\nYour predictions: %s.\n"), predictions);
    }
    if (lab_report_passes(report))
        g_string_append_printf(out,
                               _("\nAll %u points: lab %u is done.\n"
                                 "Next: glasspost lab why %u (the model answer)\n"),
                               most, number, number);
    else
        g_string_append_printf(out,
                               _("\n%u of %u points. Begin with the first \"not ok\".\n"
                                 "Next: glasspost lab check %u, once more; "
                                 "a hint: glasspost lab hint %u\n"),
                               points, most, number, number);
}

char *
lab_report_text(const LabReport *report)
{
    GString *out = g_string_new(NULL);

    g_autofree char *title = words_sentence(report->lab->title);

    g_string_append_printf(out, _("Lab %u, %s (%s)\n\n"), report->lab->number, title, report->id);
    for (guint i = 0; i < report->verdicts->len; i++) {
        const LabVerdict *verdict = g_ptr_array_index(report->verdicts, i);
        guint points = verdict->check->points;
        g_autofree char *said = words_sentence(verdict->text);

        g_string_append_printf(out, "  %-6s  %u/%u  %s\n", verdict->holds ? "ok" : "not ok",
                               verdict->holds ? points : 0, points, said);
        if (!verdict->holds)
            lab_report_failed(report, i, &on_screen, out);
    }
    lab_report_next(report, out);
    return g_string_free(out, FALSE);
}

char *
lab_report_terse(const LabReport *report)
{
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "%s %u/%u", report->lab->name, lab_report_points(report),
                           lab_points(report->lab));
    for (guint i = 0; i < report->verdicts->len; i++) {
        const LabVerdict *verdict = g_ptr_array_index(report->verdicts, i);

        if (!verdict->holds)
            g_string_append_printf(out, " %s", verdict->check->name);
    }
    g_string_append_c(out, '\n');
    return g_string_free(out, FALSE);
}

/* ---- JSON ---- */

static void
lab_report_json_test(const LabReport *report, guint number, JsonBuilder *json)
{
    const LabVerdict *verdict = g_ptr_array_index(report->verdicts, number);
    guint points = verdict->check->points;
    g_autofree char *name = g_strdup_printf("%s: %s", verdict->check->name, verdict->text);
    g_autoptr(GString) output = g_string_new(NULL);

    if (!verdict->holds)
        lab_report_failed(report, number, &in_json, output);
    json_builder_begin_object(json);
    json_builder_set_member_name(json, "name");
    json_builder_add_string_value(json, name);
    json_builder_set_member_name(json, "score");
    json_builder_add_int_value(json, verdict->holds ? points : 0);
    json_builder_set_member_name(json, "max_score");
    json_builder_add_int_value(json, points);
    json_builder_set_member_name(json, "status");
    json_builder_add_string_value(json, verdict->holds ? "passed" : "failed");
    json_builder_set_member_name(json, "output");
    json_builder_add_string_value(json, output->str);
    json_builder_end_object(json);
}

char *
lab_report_json(const LabReport *report)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    g_autoptr(JsonGenerator) writer = json_generator_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *text = NULL;

    json_builder_begin_object(json);
    json_builder_set_member_name(json, "score");
    json_builder_add_int_value(json, lab_report_points(report));
    json_builder_set_member_name(json, "max_score");
    json_builder_add_int_value(json, lab_points(report->lab));
    json_builder_set_member_name(json, "tests");
    json_builder_begin_array(json);
    for (guint i = 0; i < report->verdicts->len; i++)
        lab_report_json_test(report, i, json);
    json_builder_end_array(json);
    json_builder_end_object(json);
    root = json_builder_get_root(json);
    json_generator_set_root(writer, root);
    text = json_generator_to_data(writer, NULL);
    return g_strconcat(text, "\n", NULL);
}
