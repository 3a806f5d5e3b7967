/* trace/viewer/faults.c - the fault menu: what shall go wrong, where, how often.
 *
 *    point               stage     where                how often
 *    dns-timeout         dns     > any host           > the first time
 *    dns-nxdomain        dns       mx.north.example     each time
 *
 * The points are the server's (trace/fault.c); it is asked for them when the menu opens.
 * Tests: tests/test_viewer_faults.c
 */
#include <string.h>

#include "trace/viewer/answer.h"
#include "trace/viewer/keys.h"
#include "trace/viewer/lists.h"
#include "trace/words.h"

/* The server has some thirty points; a longer list is not believed. */
#define VIEW_FAULTS_MAX 200
#define VIEW_HOSTS_MAX  50

enum { FAULT_POINT, FAULT_HOST, FAULT_TIMES, FAULT_COLUMNS };

typedef struct ViewFaultPoint {
    char *name;
    char *stage;
    char *parameter; /* what it takes, in words; "": nothing */
    char *fallback;
    char *does;
} ViewFaultPoint;

static const struct {
    const char *word; /* as the server reads it */
    const char *text;
} times[] = { { "first", N_("the first time") },
              { "always", N_("each time") },
              { "2", N_("the second time") },
              { "3", N_("the third time") },
              { "50%", N_("half of the times") } };

void
view_fault_point_free(gpointer data)
{
    ViewFaultPoint *point = data;

    g_free(point->name);
    g_free(point->stage);
    g_free(point->parameter);
    g_free(point->fallback);
    g_free(point->does);
    g_free(point);
}

/* ---- what the server said ---- */

static void
view_faults_take_points(View *view, JsonArray *list)
{
    g_ptr_array_set_size(view->fault_points, 0);
    for (guint i = 0; i < MIN(json_array_get_length(list), VIEW_FAULTS_MAX); i++) {
        JsonObject *it = view_answer_object(list, i);
        ViewFaultPoint *point;

        if (it == NULL)
            continue;
        point = g_new0(ViewFaultPoint, 1);
        point->name = view_answer_word(it, "name");
        point->stage = view_answer_word(it, "stage");
        point->parameter = view_answer_word(it, "parameter");
        point->fallback = view_answer_word(it, "fallback");
        point->does = view_answer_word(it, "does");
        g_ptr_array_add(view->fault_points, point);
    }
}

void
view_faults_take(View *view, JsonObject *answer)
{
    JsonArray *points = view_answer_list(answer, "points");
    JsonArray *armed = view_answer_list(answer, "faults");

    if (points != NULL)
        view_faults_take_points(view, points);
    if (armed == NULL)
        return;
    g_ptr_array_set_size(view->armed, 0);
    for (guint i = 0; i < MIN(json_array_get_length(armed), VIEW_FAULTS_MAX); i++) {
        JsonObject *it = view_answer_object(armed, i);
        g_autofree char *line = it == NULL ? NULL : view_answer_word(it, "line");
        gint64 fired = it == NULL ? 0 : view_answer_number(it, "fired");

        if (line != NULL)
            g_ptr_array_add(
                view->armed,
                g_strdup_printf(ngettext("%s (has come %" G_GINT64_FORMAT " time)",
                                         "%s (has come %" G_GINT64_FORMAT " times)", fired),
                                line, fired));
    }
}

/* ---- what is chosen ---- */

static guint
view_faults_count(const View *view, guint column)
{
    if (column == FAULT_POINT)
        return view->fault_points->len;
    if (column == FAULT_TIMES)
        return G_N_ELEMENTS(times);
    /* The first is "any host". */
    return MIN(view_model_hosts(view->model)->len, VIEW_HOSTS_MAX) + 1;
}

/* The place chosen in @column; a list may have become shorter since. */
static guint
view_faults_chosen(const View *view, guint column)
{
    return MIN(view->fault_chosen[column], MAX(1, view_faults_count(view, column)) - 1);
}

/* "fault dns-late host=mx.north.example occurrence=first value=7"; NULL: no point is known. */
static char *
view_faults_line(const View *view)
{
    const GPtrArray *hosts = view_model_hosts(view->model);
    guint host = view_faults_chosen(view, FAULT_HOST);
    const ViewFaultPoint *point;
    GString *line;

    if (view->fault_points->len == 0)
        return NULL;
    point = g_ptr_array_index(view->fault_points, view_faults_chosen(view, FAULT_POINT));
    line = g_string_new("fault ");
    g_string_append(line, point->name);
    if (host > 0)
        g_string_append_printf(line, " host=%s", (char *)g_ptr_array_index(hosts, host - 1));
    g_string_append_printf(line, " occurrence=%s",
                           times[view_faults_chosen(view, FAULT_TIMES)].word);
    if (*point->parameter != '\0')
        g_string_append_printf(line, " value=%s", point->fallback);
    return g_string_free(line, FALSE);
}

/* ---- drawing ---- */

static void
view_draw_fault_cell(const View *view, ViewScreen *screen, ViewBox box, guint column, guint place,
                     const char *text)
{
    gboolean chosen = place == view_faults_chosen(view, column);
    gboolean here = view->fault_column == column;
    guint look = chosen && here ? VIEW_REVERSE : VIEW_PLAIN;

    view_fill(screen, box.x, box.y, box.width - 1, look, ' ');
    view_putf(screen, box.x, box.y, box.width - 1, look | (chosen ? VIEW_BOLD : 0), "%s %s",
              !chosen ? " "
              : here  ? ">"
                      : "-",
              text);
}

/* One column, scrolled so that the chosen place is seen. */
static void
view_draw_fault_column(const View *view, ViewScreen *screen, ViewBox box, guint column)
{
    const GPtrArray *hosts = view_model_hosts(view->model);
    int count = view_faults_count(view, column);
    int first = MAX(0, (int)view_faults_chosen(view, column) - box.height + 1);

    for (int i = 0; i < box.height && first + i < count; i++) {
        ViewBox cell = { box.x, box.y + i, box.width, 1 };
        guint place = first + i;
        g_autofree char *text = NULL;

        if (column == FAULT_POINT) {
            const ViewFaultPoint *point = g_ptr_array_index(view->fault_points, place);

            text = g_strdup_printf("%-20s %s", point->name, point->stage);
        } else if (column == FAULT_TIMES) {
            text = g_strdup(_(times[place].text));
        } else {
            text = g_strdup(place == 0 ? _("any host") : g_ptr_array_index(hosts, place - 1));
        }
        view_draw_fault_cell(view, screen, cell, column, place, text);
    }
}

static void
view_draw_fault_chosen(const View *view, ViewScreen *screen, ViewBox box)
{
    g_autoptr(ViewLines) lines = view_lines_new(MAX(box.width, 1));
    g_autofree char *line = view_faults_line(view);
    const ViewFaultPoint *point =
        g_ptr_array_index(view->fault_points, view_faults_chosen(view, FAULT_POINT));

    view_lines_add(lines, VIEW_BOLD, 0, "%s: %s.", point->name, _(point->does));
    view_lines_add(lines, VIEW_PLAIN, 3, "  :%s", line);
    if (*point->parameter != '\0')
        view_lines_add(lines, VIEW_PLAIN, 3, "  value: %s", _(point->parameter));
    view_lines_add(lines, VIEW_PLAIN, 0, "Armed: %s", view->armed->len == 0 ? _("nothing.") : "");
    for (guint i = 0; i < view->armed->len; i++)
        view_lines_add(lines, VIEW_YELLOW, 4, "  %s", (char *)g_ptr_array_index(view->armed, i));
    view_lines_draw(lines, screen, box, 0);
}

void
view_draw_faults(const View *view, ViewScreen *screen, ViewBox box)
{
    int rows = MAX(1, box.height - 9);
    int second = MIN(36, box.width / 2);
    int third = second + 22;
    ViewBox columns[FAULT_COLUMNS] = {
        { box.x, box.y + 2, second, rows },
        { box.x + second, box.y + 2, third - second, rows },
        { box.x + third, box.y + 2, MAX(1, box.width - third), rows },
    };
    ViewBox under = { box.x + 1, box.y + rows + 3, box.width - 2, box.height - rows - 3 };

    view_put(screen, box.x + 1, box.y, box.width - 2, VIEW_PLAIN,
             _("What shall go wrong?  Tab: next column  Enter: arm  B: disarm all  q: close"));
    view_put(screen, box.x + 2, box.y + 1, box.width - 2, VIEW_BOLD, _("point"));
    view_put(screen, box.x + 23, box.y + 1, box.width - 23, VIEW_BOLD, _("stage"));
    view_put(screen, box.x + second + 2, box.y + 1, box.width - second - 2, VIEW_BOLD, _("where"));
    view_put(screen, box.x + third + 2, box.y + 1, box.width - third - 2, VIEW_BOLD,
             _("how often"));
    if (view->fault_points->len == 0) {
        view_put(screen, box.x + 1, box.y + 2, box.width - 2, VIEW_DIM,
                 _("The server is asked what can go wrong."));
        return;
    }
    for (guint column = 0; column < FAULT_COLUMNS; column++)
        view_draw_fault_column(view, screen, columns[column], column);
    view_draw_fault_chosen(view, screen, under);
}

/* ---- keys ---- */

void
view_act_faults(View *view)
{
    view->welcome = FALSE;
    view->page = VIEW_FAULTS;
    view->fault_column = FAULT_POINT;
    view_order(view, TRUE, "faults");
}

/* What takes a value can still be changed before it is sent. */
static void
view_faults_arm(View *view)
{
    g_autofree char *line = view_faults_line(view);

    if (line == NULL || !view->live)
        return;
    if (strstr(line, " value=") != NULL)
        view_prompt_open(view, VIEW_ASK_COMMAND, line);
    else
        view_order(view, TRUE, "%s", line);
}

gboolean
view_press_faults(View *view, guint key)
{
    guint *chosen = &view->fault_chosen[view->fault_column];
    int last = MAX(1, (int)view_faults_count(view, view->fault_column)) - 1;
    int move = view_list_move(key);

    if (move != 0)
        *chosen = CLAMP((int)view_faults_chosen(view, view->fault_column) + move, 0, last);
    else if (key == '\t')
        view->fault_column = (view->fault_column + 1) % FAULT_COLUMNS;
    else if (key == VIEW_KEY_BACK_TAB)
        view->fault_column = (view->fault_column + FAULT_COLUMNS - 1) % FAULT_COLUMNS;
    else if (key == VIEW_KEY_ENTER)
        view_faults_arm(view);
    else if (key == 'B' && view->live)
        view_order(view, TRUE, "fault clear");
    else
        return FALSE;
    return TRUE;
}
