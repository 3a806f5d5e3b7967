/* trace/viewer/whatif_ends.c - what became of each message in both runs.
 *
 * Messages have numbers, and one more or less shifts those after it. So a message of one run is that
 * of the other which goes from the same sender to the same recipient; of several, the one whose turn
 * it is.
 *
 * Start reading at view_whatif_ends(), at the end. Tests: tests/test_whatif.c
 */
#include "trace/viewer/whatif_inside.h"

#include <string.h>
#include "trace/viewer/story.h"
#include "trace/words.h"

/* More messages than these are only counted. */
#define VIEW_WHATIF_MESSAGES_MAX 40

static gboolean
view_ends_is_like(const ViewMessage *one, const ViewMessage *two)
{
    return g_strcmp0(one->from, two->from) == 0 && g_strcmp0(one->to, two->to) == 0;
}

/* The message of @other that is number @number of @model. */
static const ViewMessage *
view_ends_twin(const ViewModel *model, guint number, const ViewModel *other)
{
    const ViewMessage *message = view_model_message(model, number);
    guint turn = 0;

    for (guint i = 0; i < number; i++)
        turn += view_ends_is_like(view_model_message(model, i), message) ? 1 : 0;
    for (guint i = 0; i < view_model_messages(other); i++) {
        const ViewMessage *candidate = view_model_message(other, i);

        if (view_ends_is_like(candidate, message) && turn-- == 0)
            return candidate;
    }
    return NULL;
}

/* What became of it, after @label. NULL: it never was. (transfer full) */
static ViewLines *
view_ends_lines(const ViewRuns *runs, guint side, const ViewMessage *message)
{
    ViewLines *lines = view_lines_new(runs->columns - 14);

    if (message == NULL)
        view_lines_add(lines, VIEW_PLAIN, 0, N_("there is no such message"));
    else
        view_story_end(runs->views[side], lines, message);
    return lines;
}

static gboolean
view_ends_are_alike(const ViewLines *one, const ViewLines *two)
{
    if (view_lines_count(one) != view_lines_count(two))
        return FALSE;
    for (int i = 0; i < view_lines_count(one); i++)
        if (strcmp(view_lines_text(one, i), view_lines_text(two, i)) != 0)
            return FALSE;
    return TRUE;
}

static void
view_ends_put(GString *out, const char *label, const ViewLines *lines)
{
    for (int i = 0; i < view_lines_count(lines); i++) {
        g_autofree char *margin = view_padded(i == 0 ? label : "", 11);

        g_string_append_printf(out, "   %s%s\n", margin, view_lines_text(lines, i));
    }
}

/* @message: of the first run, or of the second where it is in that one only. */
static void
view_ends_message(ViewRuns *runs, const ViewMessage *message, const ViewMessage *before,
                  const ViewMessage *after)
{
    g_autoptr(ViewLines) one = view_ends_lines(runs, 0, before);
    g_autoptr(ViewLines) two = view_ends_lines(runs, 1, after);
    g_autoptr(ViewLines) head = view_lines_new(runs->columns);

    view_lines_add(head, VIEW_BOLD, 4, " %s: %s > %s", message->journey,
                   message->from == NULL ? "?" : message->from,
                   message->to == NULL ? "?" : message->to);
    view_whatif_put(runs->out, head);
    if (view_ends_are_alike(one, two)) {
        view_ends_put(runs->out, _("in both"), one);
        return;
    }
    view_ends_put(runs->out, C_("run", "as it was"), one);
    view_ends_put(runs->out, _("what if"), two);
}

void
view_whatif_ends(ViewRuns *runs)
{
    const ViewModel *before = runs->views[0]->model, *after = runs->views[1]->model;
    guint count = view_model_messages(before), others = view_model_messages(after);
    guint told = 0;

    g_string_append_printf(runs->out, "%s\n",
                           count + others > 0 ? _("What became of each message")
                                              : _("No message came to a server in either run."));
    for (guint i = 0; i < count && told < VIEW_WHATIF_MESSAGES_MAX; i++, told++) {
        const ViewMessage *message = view_model_message(before, i);

        view_ends_message(runs, message, message, view_ends_twin(before, i, after));
    }
    for (guint i = 0; i < others && told < VIEW_WHATIF_MESSAGES_MAX; i++) {
        const ViewMessage *message = view_model_message(after, i);

        if (view_ends_twin(after, i, before) != NULL)
            continue;
        view_ends_message(runs, message, NULL, message);
        told++;
    }
    if (told == VIEW_WHATIF_MESSAGES_MAX)
        g_string_append_printf(runs->out, _(" Of more messages than %u nothing is told here.\n"),
                               VIEW_WHATIF_MESSAGES_MAX);
}
