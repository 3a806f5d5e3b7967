/* trace/viewer/panes.c - what there is to know about the event under the cursor, one function a
 * pane.
 *
 *   1 Why      the event, its cause, what went in, the rule, what else could have come
 *   2 Wire     the conversation of this session so far, both directions
 *   3 Changed  the statement, the rows before and after; the state before and after
 *   4 Code     the source around the line that made the event
 *   5 RFC      the section, and what the stage is about
 *   6 Headers  the headers so far; what this hop added is marked +
 *
 * 2, 3 and 6 are in panes_past.c. Start reading at panes[]. Nothing here looks past the cursor: a pane shows what was known then.
 * Tests: tests/test_viewer_screen.c, with the screens in tests/screens/
 */
#include "trace/viewer/panes.h"

#include <string.h>

/* Wire events looked for backwards, and how far. */
#define VIEW_WIRE_MAX  200
#define VIEW_LOOK_BACK 4000

static const char *const pane_names[VIEW_PANES] = { "Why",  "Wire", "Changed",
                                                    "Code", "RFC",  "Headers" };

const char *
view_pane_name(ViewPane pane)
{
    return pane_names[pane];
}

guint
view_pane_entry(const View *view)
{
    return view_track_row(view->track, view->cursor)->entry;
}

/* ---- 1 Why ---- */

/* Data that other panes show, or that only places the arrow. */
static gboolean
view_why_is_told_elsewhere(const char *key)
{
    static const char *const keys[] = { "from",  "to",     "label",   "line",   "lines", "sql",
                                        "rows",  "head",   "start",   "sha256", "code",  "params",
                                        "after", "before", "outcome", NULL };

    return g_strv_contains(keys, key);
}

static void
view_why_inputs(ViewLines *lines, const ViewEvent *event)
{
    g_autoptr(GString) words = g_string_new(NULL);
    JsonObjectIter members;
    const char *name;
    JsonNode *node;

    json_object_iter_init_ordered(&members, event->data);
    while (json_object_iter_next_ordered(&members, &name, &node)) {
        g_autofree char *value = NULL;

        if (view_why_is_told_elsewhere(name))
            continue;
        value = view_value_words(node);
        g_string_append_printf(words, "%s%s %s", words->len > 0 ? "; " : "", name, value);
    }
    if (words->len > 0)
        view_lines_add(lines, VIEW_PLAIN, 2, "With: %s.", words->str);
}

static void
view_why_cause(const View *view, ViewLines *lines, const TraceEvent *event)
{
    guint index, row;
    g_autoptr(ViewEvent) cause = NULL;
    const char *stage;

    if (event->cause == 0) {
        view_lines_add(lines, VIEW_PLAIN, 2,
                       "Because: it begins here; somebody outside wanted it.");
        return;
    }
    /* Of two ends of the same octets, the one on the ladder is named. */
    if (view_track_find(view->track, event->cause, &row))
        cause = view_model_load(view->model, view_track_row(view->track, row)->entry);
    else if (view_model_find(view->model, event->cause, &index))
        cause = view_model_load(view->model, index);
    if (cause == NULL) {
        view_lines_add(lines, VIEW_PLAIN, 2,
                       "Because: event %" G_GUINT64_FORMAT ", which the journal does not have.",
                       event->cause);
        return;
    }
    stage = stage_name(cause->event->stage);
    view_lines_add(lines, VIEW_PLAIN, 2, "Because: event %" G_GUINT64_FORMAT ", %s%s%s",
                   cause->event->seq, stage, *stage == '\0' ? "" : ": ",
                   cause->event->text == NULL ? "" : cause->event->text);
}

static void
view_why_alternatives(ViewLines *lines, const StageInfo *stage)
{
    g_auto(GStrv) outcomes = g_strsplit(stage->outcomes, "\n", 20);

    if (*stage->outcomes == '\0')
        return;
    view_lines_add(lines, VIEW_BOLD, 0, "What can come of it:");
    for (guint i = 0; outcomes[i] != NULL; i++)
        view_lines_add(lines, VIEW_PLAIN, 4, "  %s", outcomes[i]);
}

static void
view_pane_why(const View *view, ViewLines *lines, const ViewEvent *event)
{
    const TraceEvent *it = event->event;
    const StageInfo *stage = stage_info(it->stage);
    g_autoptr(ViewPlace) place = view_place_parse(it->at);
    const char *outcome = view_event_text(event, "outcome");

    view_lines_add(lines, VIEW_BOLD, 0, "%s", it->text == NULL ? "" : it->text);
    if (*stage->name != '\0')
        view_lines_add(lines, VIEW_PLAIN, 2, "Question: %s%s%s%s", stage->question,
                       outcome == NULL ? "" : " Here: ", outcome == NULL ? "" : outcome,
                       outcome == NULL ? "" : ".");
    view_why_cause(view, lines, it);
    view_why_inputs(lines, event);
    view_lines_add(lines, VIEW_PLAIN, 2, "Rule: %s.  Code: %s %s%s",
                   it->rfc == NULL ? "none, this is how our server works" : it->rfc,
                   place == NULL ? "not said" : place->path, place == NULL ? "" : place->function,
                   place == NULL ? "" : "()");
    view_why_alternatives(lines, stage);
}

/* ---- 4 Code ---- */

/* Lines of the source shown before and after the one that made the event. */
#define VIEW_CODE_AROUND 40

/* In a narrow pane lines are moved half of their indent to the left. */
static gsize
view_code_spare(const ViewLines *lines, const char *line)
{
    return view_lines_width(lines) < 60 ? strspn(line, " ") / 2 : 0;
}

static void
view_pane_code(const View *view, ViewLines *lines, const ViewEvent *event)
{
    g_autoptr(ViewPlace) place = view_place_parse(event->event->at);
    const char *text = place == NULL ? NULL : view_source_find(view->sources, place->path);
    guint first;

    if (place == NULL) {
        view_lines_add(lines, VIEW_DIM, 0, "The event does not say which line made it.");
        return;
    }
    if (text == NULL) {
        view_lines_add(lines, VIEW_DIM, 0, "This program was built without that file.");
        return;
    }
    first = place->line > VIEW_CODE_AROUND ? place->line - VIEW_CODE_AROUND : 1;
    for (guint number = first; number < place->line + VIEW_CODE_AROUND; number++) {
        g_autofree char *line = view_source_line(text, number);
        g_autofree char *shown = NULL;

        if (line == NULL)
            break;
        shown = g_strdup_printf("%c%4u %s", number == place->line ? '>' : ' ', number,
                                line + view_code_spare(lines, line));
        view_lines_add_raw(lines, number == place->line ? VIEW_BOLD : VIEW_PLAIN, shown);
    }
}

/* ---- 5 RFC ---- */

static void
view_pane_rfc(const View *view, ViewLines *lines, const ViewEvent *event)
{
    const StageInfo *stage = stage_info(event->event->stage);

    (void)view;
    if (event->event->rfc != NULL)
        view_lines_add(lines, VIEW_BOLD, 0, "%s asks for this.", event->event->rfc);
    else
        view_lines_add(lines, VIEW_BOLD, 0,
                       "No standard asks for this: it is how our server works.");
    if (stage->rfc != NULL)
        view_lines_add(lines, VIEW_PLAIN, 0, "The stage %s is described in %s.", stage->name,
                       stage->rfc);
    view_lines_add(lines, VIEW_PLAIN, 0, "%s", stage->asks);
}

/* The place stays on the first line, however far the source is scrolled. */
static ViewBox
view_code_title(ViewScreen *screen, const ViewEvent *event, ViewBox box)
{
    g_autoptr(ViewPlace) place = view_place_parse(event->event->at);

    if (place == NULL || box.height < 2)
        return box;
    view_putf(screen, box.x, box.y, box.width, VIEW_BOLD, "%s:%u  %s()", place->path, place->line,
              place->function);
    box.y++;
    box.height--;
    return box;
}

/* ---- all of them ---- */

static void (*const panes[VIEW_PANES])(const View *, ViewLines *, const ViewEvent *) = {
    [VIEW_WHY] = view_pane_why,   [VIEW_WIRE] = view_pane_wire, [VIEW_CHANGED] = view_pane_changed,
    [VIEW_CODE] = view_pane_code, [VIEW_RFC] = view_pane_rfc,   [VIEW_HEADERS] = view_pane_headers,
};

/* Wire ends with the newest line; Code has the line in question in the middle. */
static int
view_pane_default_top(ViewPane pane, const ViewEvent *event, int count, int height)
{
    g_autoptr(ViewPlace) place = NULL;

    if (pane == VIEW_WIRE)
        return MAX(0, count - height);
    if (pane != VIEW_CODE || (place = view_place_parse(event->event->at)) == NULL)
        return 0;
    return MAX(0, (int)MIN(place->line, VIEW_CODE_AROUND + 1) - 1 - height / 2);
}

void
view_draw_pane(const View *view, ViewScreen *screen, ViewPane pane, ViewBox box, int top)
{
    g_autoptr(ViewLines) lines = view_lines_new(box.width);
    g_autoptr(ViewEvent) event = NULL;

    if (box.height < 1 || box.width < 1 || view_track_count(view->track) == 0)
        return;
    event = view_model_load(view->model, view_pane_entry(view));
    if (event == NULL) {
        view_put(screen, box.x, box.y, box.width, VIEW_DIM,
                 "The journal no longer has this event.");
        return;
    }
    if (pane == VIEW_CODE)
        box = view_code_title(screen, event, box);
    panes[pane](view, lines, event);
    top += view_pane_default_top(pane, event, view_lines_count(lines), box.height);
    view_lines_draw(lines, screen, box, top);
}

void
view_draw_tabs(const View *view, ViewScreen *screen, ViewBox box)
{
    int x = box.x + 1;
    int right = box.x + box.width;

    view_line_across(screen, box.x, box.y, box.width, VIEW_BLUE);
    for (ViewPane pane = 0; pane < VIEW_PANES; pane++) {
        gboolean chosen = pane == view->pane;
        g_autofree char *name =
            g_strdup_printf(chosen ? "[%d %s]" : "%d %s", pane + 1, view_pane_name(pane));

        x += view_put(screen, x, box.y, right - x, chosen ? VIEW_BOLD : VIEW_PLAIN, name) + 2;
        if (chosen || pane + 1 == view->pane)
            x -= 1;
    }
    if (x + 12 < right)
        view_put(screen, right - 12, box.y, 11, VIEW_DIM, " Tab: pane ");
}
