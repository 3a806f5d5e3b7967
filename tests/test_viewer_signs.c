/* tests/test_viewer_signs.c - nothing is said by colour or reverse video alone.
 *
 * Some see no colours, some terminals have none, NO_COLOR is honoured: so whatever a colour says is
 * a sign or a word as well. Two screens that differ in one thing must differ in their text; and where
 * a colour is drawn, its sign must stand beside it.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "trace/viewer/draw.h"
#include "trace/viewer/keep.h"
#include "trace/viewer/keys.h"

#define SAMPLE "tests/journals/remote.ndjson"
/* The ladder at 80x24: its rows, and where its lanes begin. */
#define LADDER_FIRST 3
#define LADDER_END   14
#define LANES        18

/* ---- one thing is different ---- */

typedef struct Shown {
    char *path;
    ViewModel *model;
    View *view;
} Shown;

/* Three events; the second is of @kind with @data, and the third follows from event @cause. */
static Shown
show(const char *kind, const char *data, guint cause)
{
    Shown shown = { 0 };
    g_autofree char *journal = g_strdup_printf(
        "{\"journal\":1}\n"
        "{\"seq\":1,\"time\":\"2026-01-05T09:00:00.000Z\",\"host\":\"mx.north.example\","
        "\"stage\":\"route\",\"kind\":\"decision\",\"journey\":\"j1\",\"session\":\"smtp-1\","
        "\"text\":\"first\"}\n"
        "{\"seq\":2,\"time\":\"2026-01-05T09:00:00.001Z\",\"host\":\"mx.north.example\","
        "\"stage\":\"relay\",\"kind\":\"%s\",\"journey\":\"j1\",\"session\":\"smtp-1\","
        "\"text\":\"second\",\"cause\":1,\"data\":{%s}}\n"
        "{\"seq\":3,\"time\":\"2026-01-05T09:00:00.002Z\",\"host\":\"mx.north.example\","
        "\"stage\":\"relay\",\"kind\":\"decision\",\"journey\":\"j1\",\"session\":\"smtp-1\","
        "\"text\":\"third\",\"cause\":%u}\n",
        kind, data, cause);

    g_close(g_file_open_tmp("viewer-XXXXXX", &shown.path, NULL), NULL);
    g_assert_true(g_file_set_contents(shown.path, journal, -1, NULL));
    shown.model = view_model_open(shown.path, NULL);
    while (view_model_read(shown.model, 1 << 20))
        ;
    shown.view = view_new(shown.model);
    shown.view->page = VIEW_NO_PAGE;
    shown.view->welcome = FALSE;
    shown.view->live = shown.view->held = shown.view->controls = TRUE;
    shown.view->held_at = 3;
    view_update(shown.view);
    return shown;
}

static Shown
show_plainly(void)
{
    return show("decision", "", 1);
}

/* Row @y of the screen; @y 0: all of it. */
static char *
draw(const View *view, int y)
{
    g_autoptr(ViewScreen) screen = view_screen_new(80, 24, TRUE);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    view_draw(view, screen);
    text = view_screen_text(screen);
    lines = g_strsplit(text, "\n", 0);
    return y == 0 ? g_steal_pointer(&text) : g_strdup(lines[y]);
}

/* The ladder's row of event @seq says @sign before the lanes. */
static gboolean
has_sign(const Shown *shown, guint seq, char sign)
{
    g_autofree char *line = draw(shown->view, LADDER_FIRST + (int)seq - 1);
    g_autofree char *head = g_strndup(line, LANES);

    return strchr(head, sign) != NULL;
}

static void
shown_clear(Shown *shown)
{
    view_free(shown->view);
    view_model_free(shown->model);
    g_unlink(shown->path);
    g_free(shown->path);
}

static void
test_problem(void)
{
    g_test_summary("a problem bears a !, a fault an F, and each is counted in words");
    static const struct {
        const char *kind, *data;
        char sign;
    } problems[] = { { "error", "", '!' },
                     { "decision", "\"outcome\":\"refused\"", '!' },
                     { "wire", "\"from\":\"remote\",\"to\":\"host\",\"code\":550", '!' },
                     { "fault", "", 'F' } };
    Shown plain = show_plainly();

    g_assert_false(has_sign(&plain, 2, '!') || has_sign(&plain, 2, 'F'));
    for (guint i = 0; i < G_N_ELEMENTS(problems); i++) {
        Shown it = show(problems[i].kind, problems[i].data, 1);
        g_autofree char *screen = draw(it.view, 0);

        g_assert_true(has_sign(&it, 2, problems[i].sign));
        g_assert_false(has_sign(&it, 1, problems[i].sign));
        g_assert_nonnull(strstr(screen, "1 problem"));
        shown_clear(&it);
    }
    shown_clear(&plain);
}

static void
test_held(void)
{
    g_test_summary("held, running, looking back and replaying are words");
    static const struct {
        gboolean live, held;
        guint cursor;
        const char *word;
    } modes[] = { { TRUE, TRUE, 2, " STEP " },
                  { TRUE, FALSE, 2, " LIVE " },
                  { TRUE, TRUE, 1, " PAST " },
                  { FALSE, FALSE, 2, " REPLAY " } };
    Shown it = show_plainly();

    for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
        g_autofree char *screen = NULL;

        it.view->live = modes[i].live;
        it.view->held = modes[i].held;
        view_go(it.view, modes[i].cursor);
        screen = draw(it.view, 0);
        g_assert_nonnull(strstr(screen, modes[i].word));
    }
    shown_clear(&it);
}

static void
test_place(void)
{
    g_test_summary("where the server stands is =>, where one looks is >");
    Shown it = show_plainly();
    g_autofree char *stand = draw(it.view, LADDER_FIRST + 2);
    g_autofree char *cursor = NULL;

    g_assert_true(g_str_has_prefix(stand, "=>"));
    view_go(it.view, 1);
    cursor = draw(it.view, LADDER_FIRST + 1);
    g_assert_true(g_str_has_prefix(cursor, " >"));
    shown_clear(&it);
}

static void
test_cause(void)
{
    g_test_summary("the event that the one under the cursor follows from bears a ^");
    Shown first = show("decision", "", 1);
    Shown second = show("decision", "", 2);

    g_assert_true(has_sign(&first, 1, '^') && !has_sign(&first, 2, '^'));
    g_assert_true(has_sign(&second, 2, '^') && !has_sign(&second, 1, '^'));
    shown_clear(&first);
    shown_clear(&second);
}

static void
test_breakpoint(void)
{
    g_test_summary("what a breakpoint matches bears a b");
    Shown it = show_plainly();

    g_assert_false(has_sign(&it, 1, 'b'));
    g_ptr_array_add(it.view->breaks, trace_filter_parse("stage=route", NULL));
    g_assert_true(has_sign(&it, 1, 'b') && !has_sign(&it, 2, 'b'));
    shown_clear(&it);
}

static void
test_mark(void)
{
    g_test_summary("a mark bears an m, and its note is read under the ladder");
    Shown it = show_plainly();
    g_autofree char *without = draw(it.view, 0);
    g_autofree char *screen = NULL;

    view_mark_set(it.view, "who answers?");
    g_clear_pointer(&it.view->notice, g_free);
    screen = draw(it.view, 0);
    g_assert_nonnull(strstr(screen, "Marked: who answers?"));
    g_assert_nonnull(strstr(screen, "=>m"));
    g_assert_null(strstr(without, "=>m"));
    shown_clear(&it);
}

static void
test_planned(void)
{
    g_test_summary("a try that is planned is called so");
    Shown it = show("timer", "\"due\":\"2026-01-05T09:05:00.000Z\",\"tries\":1", 1);
    Shown plain = show_plainly();
    g_autofree char *screen = draw(it.view, 0);
    g_autofree char *without = draw(plain.view, 0);

    g_assert_nonnull(strstr(screen, "planned 09:05"));
    g_assert_null(strstr(without, "planned"));
    shown_clear(&it);
    shown_clear(&plain);
}

/* ---- wherever there is colour ---- */

static gunichar
cell_at(const ViewScreen *screen, int x, int y)
{
    return screen->cells[y * screen->width + x].c;
}

static gboolean
row_has(const ViewScreen *screen, int y, int from, int to, const char *signs)
{
    for (int x = from; x < to; x++)
        if (cell_at(screen, x, y) < 0x80 && cell_at(screen, x, y) > ' ' &&
            strchr(signs, (char)cell_at(screen, x, y)) != NULL)
            return TRUE;
    return FALSE;
}

/* What a colour of the ladder says, is said without it: by a sign, by the note's words, by the lane
 * that an arrow ends at. */
static void
check_ladder_cell(const ViewScreen *screen, int x, int y)
{
    guint look = screen->cells[y * screen->width + x].look;

    switch (look & VIEW_COLOUR) {
    case VIEW_RED: g_assert_true(row_has(screen, y, 14, LANES, "!F")); break;
    case VIEW_GREEN: g_assert_true(row_has(screen, y, LANES, 80, "*")); break;
    case VIEW_CYAN:
    case VIEW_YELLOW: g_assert_true(row_has(screen, y, 2, 80, "<>*m")); break;
    default: break;
    }
    if (look & VIEW_REVERSE)
        g_assert_true(row_has(screen, y, 0, 2, ">"));
}

static void
test_ladder(void)
{
    g_test_summary("each colour of the ladder has a sign or a word beside it, at every event");
    g_autoptr(ViewModel) model = view_model_open(SAMPLE, NULL);
    g_autoptr(View) view = view_new(model);

    while (view_model_read(model, 1 << 20))
        ;
    view->page = VIEW_NO_PAGE;
    view->welcome = FALSE;
    view_update(view);
    for (guint row = 0; row < view_track_count(view->track); row++) {
        g_autoptr(ViewScreen) screen = view_screen_new(80, 24, TRUE);

        view_go(view, row);
        view_draw(view, screen);
        for (int y = LADDER_FIRST; y < LADDER_END - 1; y++)
            for (int x = 0; x < 80; x++)
                if (cell_at(screen, x, y) != ' ')
                    check_ladder_cell(screen, x, y);
    }
}

/* Keys that open a page, and what the chosen line of it begins with. */
static void
test_lists(void)
{
    g_test_summary("the chosen line of a list bears a >, and not only reverse video");
    static const char *const keys[] = { "Gl", "Glj", "GL", "GLj" };

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autoptr(ViewModel) model = view_model_open(SAMPLE, NULL);
        g_autoptr(View) view = view_new(model);
        g_autoptr(ViewScreen) screen = view_screen_new(80, 24, TRUE);
        guint chosen = 0;

        while (view_model_read(model, 1 << 20))
            ;
        view_update(view);
        for (const char *key = keys[i]; *key != '\0'; key++)
            view_press(view, (guchar)*key);
        view_draw(view, screen);
        /* Below the title, which is in reverse video too. */
        for (int y = 1; y < 24; y++) {
            gboolean reverse = (screen->cells[y * 80].look & VIEW_REVERSE) != 0;

            g_assert_cmpint(reverse, ==, cell_at(screen, 0, y) == '>');
            chosen += reverse ? 1 : 0;
        }
        g_assert_cmpuint(chosen, ==, 1);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/viewer/signs/problem", test_problem);
    g_test_add_func("/viewer/signs/held", test_held);
    g_test_add_func("/viewer/signs/place", test_place);
    g_test_add_func("/viewer/signs/cause", test_cause);
    g_test_add_func("/viewer/signs/breakpoint", test_breakpoint);
    g_test_add_func("/viewer/signs/mark", test_mark);
    g_test_add_func("/viewer/signs/planned", test_planned);
    g_test_add_func("/viewer/signs/ladder", test_ladder);
    g_test_add_func("/viewer/signs/lists", test_lists);
    return g_test_run();
}
