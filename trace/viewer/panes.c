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
 * 1 is in why.c; 2, 3 and 6 are in panes_past.c. Start reading at panes[]. Nothing here looks past
 * the cursor: a pane shows what was known then.
 * Tests: tests/test_viewer_screen.c, with the screens in tests/screens/
 */
#include "trace/viewer/panes.h"

#include "trace/words.h"

#include <string.h>

static const char *const pane_names[VIEW_PANES] = { N_("Why"),  N_("Wire"), N_("Changed"),
                                                    N_("Code"), "RFC",      N_("Headers") };

const char *
view_pane_name(ViewPane pane)
{
    return _(pane_names[pane]);
}

guint
view_pane_entry(const View *view)
{
    return view_track_row(view->track, view->cursor)->entry;
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
    g_autofree char *header = view_model_header(view->model, view_pane_entry(view));
    g_autofree char *told = place == NULL ? NULL : view_source_told(header, place->path);
    const char *text = told;
    guint first;

    if (place == NULL) {
        view_lines_add(lines, VIEW_DIM, 0, "The event does not say which line made it.");
        return;
    }
    if (text == NULL)
        text = view_source_find(view->sources, place->path);
    if (text == NULL) {
        view_lines_add(lines, VIEW_DIM, 0, "This program was built without that file.");
        return;
    }
    first = place->line > VIEW_CODE_AROUND ? place->line - VIEW_CODE_AROUND : 1;
    text = view_source_from(text, first);
    for (guint number = first; text != NULL && number < place->line + VIEW_CODE_AROUND; number++) {
        g_autofree char *line = view_source_line(text, 1 + number - first);
        g_autofree char *shown = NULL;

        if (line == NULL)
            break;
        shown = g_strdup_printf("%c%4u %s", number == place->line ? '>' : ' ', number,
                                line + view_code_spare(lines, line));
        view_lines_add_raw(lines, number == place->line ? VIEW_BOLD : VIEW_PLAIN, shown);
    }
}

/* ---- 5 RFC ---- */

/* "RFC 5321 §3.6: Relaying and Mail Routing" */
static char *
view_rfc_words(const char *section)
{
    const char *title = view_rfc_title(section);

    return g_strdup_printf("%s%s%s", section, title == NULL ? "" : ": ",
                           title == NULL ? "" : title);
}

static void
view_pane_rfc(const View *view, ViewLines *lines, const ViewEvent *event)
{
    const StageInfo *stage = stage_info(event->event->stage);
    const char *section = event->event->rfc;
    g_autofree char *words = section == NULL ? NULL : view_rfc_words(section);
    g_autofree char *general = stage->rfc == NULL ? NULL : view_rfc_words(stage->rfc);

    (void)view;
    view_lines_add(lines, VIEW_BOLD, 2, "%s",
                   words != NULL ? words
                                 : _("No standard asks for this: it is how our server works."));
    if (general != NULL && g_strcmp0(stage->rfc, section) != 0)
        view_lines_add(lines, VIEW_PLAIN, 2, "The stage %s as a whole: %s", stage->name, general);
    view_lines_add(lines, VIEW_PLAIN, 0, "%s", _(stage->asks));
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

ViewLines *
view_pane_lines(const View *view, ViewPane pane, int width, ViewEvent **event)
{
    ViewLines *lines;

    if (view_track_count(view->track) == 0)
        return NULL;
    *event = view_model_load(view->model, view_pane_entry(view));
    lines = view_lines_new(width);
    if (*event == NULL)
        view_lines_add(lines, VIEW_DIM, 0, "The journal no longer has this event.");
    else
        panes[pane](view, lines, *event);
    return lines;
}

gboolean
view_draw_pane(const View *view, ViewScreen *screen, ViewPane pane, ViewBox box, int top)
{
    g_autoptr(ViewLines) lines = NULL;
    g_autoptr(ViewEvent) event = NULL;

    if (box.height < 1 || box.width < 1)
        return FALSE;
    lines = view_pane_lines(view, pane, box.width, &event);
    if (lines == NULL)
        return FALSE;
    if (pane == VIEW_CODE && event != NULL)
        box = view_code_title(screen, event, box);
    if (event != NULL)
        top += view_pane_default_top(pane, event, view_lines_count(lines), box.height);
    view_lines_draw(lines, screen, box, top);
    return view_lines_count(lines) > MAX(top, 0) + box.height;
}

int
view_pane_settle(const View *view, ViewPane pane, ViewBox box, int top)
{
    g_autoptr(ViewEvent) event = NULL;
    g_autoptr(ViewLines) lines = view_pane_lines(view, pane, MAX(box.width, 1), &event);
    int height = pane == VIEW_CODE ? box.height - 1 : box.height;
    int begin, highest;

    if (lines == NULL || event == NULL)
        return 0;
    highest = MAX(0, view_lines_count(lines) - height);
    begin = MIN(view_pane_default_top(pane, event, view_lines_count(lines), height), highest);
    return CLAMP(begin + top, 0, highest) - begin;
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
        view_put(screen, right - 12, box.y, 11, VIEW_DIM, _(" Tab: pane "));
}
