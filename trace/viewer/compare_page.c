/* trace/viewer/compare_page.c - two messages side by side as a page, and the command for it.
 *
 * Tests: tests/test_viewer_compare.c
 */
#include "trace/viewer/compare.h"
#include "trace/viewer/sheet.h"
#include "trace/words.h"

/* Columns of a message's part of the page, and of what stands left of them. */
#define VIEW_COMPARE_LABEL 17
#define VIEW_COMPARE_CELL  30

/* ---- as text ---- */

/* Appends @label and the two texts in their columns; one that is too long ends in ~. */
static void
view_compare_line(GString *out, const char *label, const char *one, const char *other)
{
    g_autoptr(ViewScreen) line =
        view_screen_new(VIEW_COMPARE_LABEL + 2 * VIEW_COMPARE_CELL, 1, FALSE);
    g_autofree char *text = NULL;

    view_put(line, 0, 0, VIEW_COMPARE_LABEL - 1, VIEW_PLAIN, label);
    view_put(line, VIEW_COMPARE_LABEL, 0, VIEW_COMPARE_CELL - 1, VIEW_PLAIN, one);
    view_put(line, VIEW_COMPARE_LABEL + VIEW_COMPARE_CELL, 0, VIEW_COMPARE_CELL - 1, VIEW_PLAIN,
             other);
    text = view_screen_text(line);
    g_string_append(out, text);
}

/* "unknown 550", "not now 451", "ok", "passed"; "was not there". */
static char *
view_compare_words(const ViewCompareSide *side)
{
    const char *outcome = side->outcome;

    if (side->events == 0)
        return g_strdup(_("was not there"));
    if (side->code == 0)
        return g_strdup(outcome == NULL ? _("passed") : outcome);
    /* All was well until the other side refused (RFC 5321 §4.2.1: 4yz for now, 5yz for good). */
    if (outcome == NULL || g_str_equal(outcome, "ok"))
        outcome = side->code < 500 ? _("not now") : "refused";
    return g_strdup_printf("%s %u", outcome, side->code);
}

static const char *
view_compare_host(const ViewCompareSide *side, const char *none)
{
    return side->host == NULL ? none : side->host;
}

static char *
view_compare_cell(const ViewCompareSide *side)
{
    g_autofree char *words = view_compare_words(side);
    g_autofree char *padded = view_padded(words, 13);
    g_autofree char *span = view_span(side->spent_us);

    if (side->events == 0)
        return g_strdup("-");
    if (side->tries == 0)
        return g_strdup_printf("%s %6s", padded, span);
    return g_strdup_printf("%s %6s %d %s", padded, span, side->tries,
                           side->tries == 1 ? _("try") : _("tries"));
}

static void
view_compare_row_text(const ViewCompare *compare, guint number, GString *out)
{
    const ViewCompareRow *row = &g_array_index(compare->rows, ViewCompareRow, number);
    const char *mark = (int)number == compare->first ? ">>" : row->differs ? " *" : "  ";
    g_autofree char *label = NULL;
    g_autofree char *one = NULL;
    g_autofree char *other = NULL;

    if (row->stage == STAGE_NONE) {
        label = g_strdup_printf(_("%s server %u"), mark, row->server);
        one = g_strdup(view_compare_host(&row->sides[0], "-"));
        other = g_strdup(view_compare_host(&row->sides[1], "-"));
    } else {
        label = g_strdup_printf("%s   %s", mark, stage_name(row->stage));
        one = view_compare_cell(&row->sides[0]);
        other = view_compare_cell(&row->sides[1]);
    }
    view_compare_line(out, label, one, other);
}

static guint
view_compare_differences(const ViewCompare *compare)
{
    guint count = 0;

    for (guint i = 0; i < compare->rows->len; i++)
        count += g_array_index(compare->rows, ViewCompareRow, i).differs ? 1 : 0;
    return count;
}

/* The last lines: where it was decided, in words. */
static void
view_compare_verdict(const ViewCompare *compare, GString *out)
{
    const ViewCompareRow *row;
    const char *names[2] = { compare->messages[0]->journey, compare->messages[1]->journey };

    if (compare->first < 0) {
        g_string_append(out, _("No stage differs: the same servers, the same outcomes.\n"));
        return;
    }
    row = &g_array_index(compare->rows, ViewCompareRow, compare->first);
    if (row->stage == STAGE_NONE) {
        g_string_append_printf(out,
                               _(">> They first differ in server %u: %s came to %s, %s to %s.\n"),
                               row->server, names[0], view_compare_host(&row->sides[0], _("none")),
                               names[1], view_compare_host(&row->sides[1], _("none")));
        return;
    }
    g_autofree char *one = view_compare_words(&row->sides[0]);
    g_autofree char *other = view_compare_words(&row->sides[1]);

    g_string_append_printf(out, _(">> They first differ at %s, stage %s: %s %s, %s %s.\n"),
                           row->sides[0].host, stage_name(row->stage), names[0], one, names[1],
                           other);
    g_string_append_printf(out, "   %s\n", _(stage_info(row->stage)->question));
}

/* A report names its sender "<>", so that nobody answers it (RFC 5321 §4.5.5). */
static void
view_compare_reports(const ViewCompare *compare, GString *out)
{
    for (guint i = 0; i < 2; i++)
        if (g_strcmp0(compare->messages[i]->from, "<>") == 0)
            g_string_append_printf(out,
                                   _("%s is a report about another message: the server wrote it "
                                     "itself, from nobody (<>).\n"),
                                   compare->messages[i]->journey);
}

char *
view_compare_text(const ViewCompare *compare)
{
    const ViewMessage *one = compare->messages[0];
    const ViewMessage *other = compare->messages[1];
    GString *out = g_string_new(_("Two messages side by side: outcome, time spent, tries\n\n"));

    view_compare_line(out, "", one->journey, other->journey);
    view_compare_line(out, _("   from"), one->from == NULL ? "?" : one->from,
                      other->from == NULL ? "?" : other->from);
    view_compare_line(out, _("   to"), one->to == NULL ? "?" : one->to,
                      other->to == NULL ? "?" : other->to);
    for (guint i = 0; i < compare->rows->len; i++)
        view_compare_row_text(compare, i, out);
    g_string_append_c(out, '\n');
    view_compare_verdict(compare, out);
    if (view_compare_differences(compare) > 1)
        g_string_append(out, _(" * They differ here too, perhaps because of that.\n"));
    view_compare_reports(compare, out);
    return g_string_free(out, FALSE);
}

/* ---- the command ---- */

/* The message called @name, if it had begun when the server stood where it stands; else it says so. */
static const ViewMessage *
view_compare_message(View *view, const char *name)
{
    const ViewMessage *message = view_model_message_of(view->model, name);

    if (message == NULL || g_array_index(message->entries, guint, 0) > view->reached) {
        view_notice(view, "No message is called %s%s. l lists them.", name,
                    message == NULL ? "" : _(" yet"));
        return NULL;
    }
    return message;
}

void
view_compare_command(View *view, const char *arguments)
{
    g_auto(GStrv) names = g_strsplit(arguments, " ", 3);
    const ViewMessage *here = view_message(view);
    const ViewMessage *one, *other;
    g_autoptr(ViewCompare) compare = NULL;

    if (view_model_messages(view->model) < 2) {
        view_notice(view, "There is only one message so far: nothing to compare it with.");
        return;
    }
    if (g_strv_length(names) < 1 || g_strv_length(names) > 2 ||
        (names[1] == NULL && here == NULL)) {
        view_notice(view, "compare needs two messages, as in :compare j1 j2 (l lists them)");
        return;
    }
    one = names[1] != NULL ? view_compare_message(view, names[0]) : here;
    other = one == NULL ? NULL : view_compare_message(view, names[names[1] != NULL ? 1 : 0]);
    if (other == NULL)
        return;
    if (one == other) {
        view_notice(view, "%s and %s are the same message.", one->journey, other->journey);
        return;
    }
    compare = view_compare_new(view->model, one, other, view->reached);
    view_sheet_open_from(view, view_compare_text(compare), "compare %s %s", one->journey,
                         other->journey);
}
