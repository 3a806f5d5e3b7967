/* trace/viewer/whatif_rows.c - two runs side by side from where they part on, as Space would tell them.
 *
 * The longest list of events that both tell in the same order is what they share (a table of lengths,
 * filled from the end, as diff does it); what lies between is put side by side.
 *
 * Start reading at view_whatif_rows(), at the end. Tests: tests/test_whatif.c
 */
#include "trace/viewer/whatif_inside.h"

#include <string.h>
#include "trace/words.h"

/* Of each run so many things are told; the table has the square of it. */
#define VIEW_WHATIF_ROWS_MAX 250
/* Lines of one cell. */
#define VIEW_WHATIF_LINES 5
/* More that is the same in a row is only counted. */
#define VIEW_WHATIF_SAME 2

typedef struct ViewThing {
    guint entry;
    char *raw; /* its text in the journal */
} ViewThing;

typedef struct ViewSides {
    ViewRuns *runs;
    GArray *things[2]; /* ViewThing */
    guint more[2];     /* that are not told */
    guint16 *lengths;  /* of what is shared from (i, j) on */
} ViewSides;

static void
view_thing_clear(void *thing)
{
    g_free(((ViewThing *)thing)->raw);
}

static void
view_sides_gather(ViewSides *sides, guint side)
{
    const ViewModel *model = sides->runs->views[side]->model;
    guint from = sides->runs->parting.first[side];

    sides->things[side] = g_array_new(FALSE, FALSE, sizeof(ViewThing));
    g_array_set_clear_func(sides->things[side], view_thing_clear);
    for (guint i = from; from != VIEW_NO_ENTRY && i < view_model_count(model); i++) {
        const ViewEntry *entry = view_model_entry(model, i);
        ViewThing thing = { .entry = i };

        if (!entry->worth && i != from)
            continue;
        if (sides->things[side]->len >= VIEW_WHATIF_ROWS_MAX) {
            sides->more[side]++;
            continue;
        }
        thing.raw = view_whatif_raw(model, i);
        g_array_append_val(sides->things[side], thing);
    }
}

static const ViewThing *
view_sides_thing(const ViewSides *sides, guint side, guint number)
{
    return &g_array_index(sides->things[side], ViewThing, number);
}

static gboolean
view_sides_alike(const ViewSides *sides, guint i, guint j)
{
    const ViewThing *one = view_sides_thing(sides, 0, i), *two = view_sides_thing(sides, 1, j);
    const ViewEntry *a = view_model_entry(sides->runs->views[0]->model, one->entry);
    const ViewEntry *b = view_model_entry(sides->runs->views[1]->model, two->entry);

    return a->stage == b->stage && a->kind == b->kind && g_strcmp0(a->host, b->host) == 0 &&
           strcmp(one->raw, two->raw) == 0;
}

static guint16 *
view_sides_length(const ViewSides *sides, guint i, guint j)
{
    return &sides->lengths[i * (VIEW_WHATIF_ROWS_MAX + 1) + j];
}

static void
view_sides_measure(ViewSides *sides)
{
    sides->lengths = g_new0(guint16, (VIEW_WHATIF_ROWS_MAX + 1) * (VIEW_WHATIF_ROWS_MAX + 1));
    for (guint i = sides->things[0]->len; i-- > 0;)
        for (guint j = sides->things[1]->len; j-- > 0;)
            *view_sides_length(sides, i, j) =
                view_sides_alike(sides, i, j)
                    ? *view_sides_length(sides, i + 1, j + 1) + 1
                    : MAX(*view_sides_length(sides, i + 1, j), *view_sides_length(sides, i, j + 1));
}

/* ---- drawing ---- */

/* "09:00:00 mx.north.example relay", and its text below or (@across) behind it. */
static void
view_sides_cell(const ViewSides *sides, guint side, guint number, gboolean across, ViewLines *lines)
{
    const View *view = sides->runs->views[side];
    guint at = view_sides_thing(sides, side, number)->entry;
    const ViewEntry *entry = view_model_entry(view->model, at);
    g_autoptr(ViewEvent) event = view_model_load(view->model, at);
    g_autofree char *time = view_whatif_time(view, entry->time_us);
    g_autofree char *head =
        g_strdup_printf("%s %s %s", time, entry->host != NULL ? entry->host : "",
                        entry->stage != STAGE_NONE ? stage_name(entry->stage) : "");
    const char *text = event != NULL && event->event->text != NULL ? event->event->text : "";

    g_strchomp(head);
    if (across) {
        view_lines_add_most(lines, VIEW_PLAIN, 5, VIEW_WHATIF_LINES, " = %s: %s", head, text);
        return;
    }
    view_lines_add_raw(lines, VIEW_BOLD, head);
    view_lines_add_most(lines, VIEW_PLAIN, 2, VIEW_WHATIF_LINES, "  %s", text);
}

static guint
view_sides_entry(const ViewSides *sides, guint side, int number)
{
    return number < 0 ? VIEW_NO_ENTRY : view_sides_thing(sides, side, (guint)number)->entry;
}

/* One of each, or of one side only. */
static void
view_sides_pair(const ViewSides *sides, int left, int right)
{
    ViewRuns *runs = sides->runs;
    int width = view_runs_cell(runs), line = view_runs_line(runs);
    g_autoptr(ViewLines) one = view_lines_new(width);
    g_autoptr(ViewLines) two = view_lines_new(width);
    const ViewLines *cells[2] = { one, two };
    g_autoptr(ViewScreen) screen = NULL;
    g_autofree char *text = NULL;
    int height;

    if (left >= 0)
        view_sides_cell(sides, 0, (guint)left, FALSE, one);
    if (right >= 0)
        view_sides_cell(sides, 1, (guint)right, FALSE, two);
    height = MAX(view_lines_count(cells[0]), view_lines_count(cells[1]));
    screen = view_screen_new(runs->columns, height, FALSE);
    for (int i = 0; i < 2; i++)
        view_lines_draw(
            cells[i], screen,
            (ViewBox){ VIEW_WHATIF_MARGIN + i * (width + VIEW_WHATIF_MARGIN), 0, width, height },
            0);
    view_put(screen, 1, 0, 1, VIEW_PLAIN, left < 0 ? "+" : right < 0 ? "-" : "*");
    text = view_screen_text(screen);
    g_string_append(runs->out, text);
    view_runs_stop(runs, line, FALSE, view_sides_entry(sides, 0, left),
                   view_sides_entry(sides, 1, right));
}

/* What stands in both from (@i, @j) on, across both sides; of many in a row only the first. */
static void
view_sides_same(const ViewSides *sides, guint i, guint j, guint count)
{
    ViewRuns *runs = sides->runs;

    for (guint n = 0; n < MIN(count, VIEW_WHATIF_SAME); n++) {
        g_autoptr(ViewLines) cell = view_lines_new(runs->columns);
        int line = view_runs_line(runs);

        view_sides_cell(sides, 0, i + n, TRUE, cell);
        view_whatif_put(runs->out, cell);
        view_runs_stop(runs, line, TRUE, view_sides_entry(sides, 0, (int)(i + n)),
                       view_sides_entry(sides, 1, (int)(j + n)));
    }
    if (count > VIEW_WHATIF_SAME)
        g_string_append_printf(runs->out,
                               ngettext(" = (%u more that is the same)\n",
                                        " = (%u more that are the same)\n",
                                        count - VIEW_WHATIF_SAME),
                               count - VIEW_WHATIF_SAME);
}

/* From (*i, *j) on: what differs, up to what both tell again. */
static void
view_sides_different(const ViewSides *sides, guint *i, guint *j)
{
    guint left = *i, right = *j;

    while (left < sides->things[0]->len && right < sides->things[1]->len &&
           !view_sides_alike(sides, left, right)) {
        if (*view_sides_length(sides, left + 1, right) >=
            *view_sides_length(sides, left, right + 1))
            left++;
        else
            right++;
    }
    if (left == sides->things[0]->len || right == sides->things[1]->len) {
        left = sides->things[0]->len;
        right = sides->things[1]->len;
    }
    for (; *i < left || *j < right; *i += *i < left ? 1 : 0, *j += *j < right ? 1 : 0)
        view_sides_pair(sides, *i < left ? (int)*i : -1, *j < right ? (int)*j : -1);
}

static void
view_sides_put(const ViewSides *sides)
{
    guint i = 0, j = 0;

    while (i < sides->things[0]->len || j < sides->things[1]->len) {
        guint same = 0;

        while (i + same < sides->things[0]->len && j + same < sides->things[1]->len &&
               view_sides_alike(sides, i + same, j + same))
            same++;
        view_sides_same(sides, i, j, same);
        i += same;
        j += same;
        view_sides_different(sides, &i, &j);
    }
    for (guint side = 0; side < 2; side++)
        if (sides->more[side] > 0)
            g_string_append_printf(sides->runs->out,
                                   side == 0 ? _("   As it was, %u more things are told.\n")
                                             : _("   In the other run, %u more things are told.\n"),
                                   sides->more[side]);
}

void
view_whatif_rows(ViewRuns *runs)
{
    ViewSides sides = { .runs = runs };
    g_autofree char *left =
        view_padded(C_("run", "as it was"), view_runs_cell(runs) + VIEW_WHATIF_MARGIN);

    view_sides_gather(&sides, 0);
    view_sides_gather(&sides, 1);
    view_sides_measure(&sides);
    g_string_append_printf(
        runs->out, "\n%s\n\n",
        _("Side by side (= in both, * another, - only as it was, + only in what if)"));
    g_string_append_printf(runs->out, "%*s%s%s\n", VIEW_WHATIF_MARGIN, "", left, _("what if"));
    view_sides_put(&sides);
    g_array_unref(sides.things[0]);
    g_array_unref(sides.things[1]);
    g_free(sides.lengths);
}
