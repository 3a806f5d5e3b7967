/* tests/test_viewer_sheet.c - explanations inside the viewer, and the page that they lie on. */
#include <glib.h>
#include <locale.h>
#include <string.h>

#include "trace/viewer/keys.h"
#include "trace/viewer/sheet.h"

#define SAMPLE "tests/journals/unknown-user.ndjson"

typedef struct Fixture {
    ViewModel *model;
    View *view;
} Fixture;

static GString *asked; /* what was asked for, a line each */

/* Knows numbers, the stage recipient and one file. */
static gboolean
explain(const char *what, GString *page, char **problem)
{
    g_string_append_printf(asked, "%s\n", what);
    if (what[strspn(what, "0123456789.")] == '\0' || g_str_equal(what, "recipient") ||
        g_str_equal(what, "my mail.eml")) {
        g_string_append_printf(page, "%s means something\n\x1b[31m\n", what);
        return TRUE;
    }
    *problem = g_strdup_printf("'%s' is nothing", what);
    return FALSE;
}

static void
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    it->model = view_model_open(SAMPLE, NULL);
    it->view = view_new(it->model);
    it->view->explain = explain;
    asked = g_string_new(NULL);
    while (view_model_read(it->model, 1 << 20))
        ;
    view_update(it->view);
    view_press(it->view, 's');
}

static void
tear_down(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    view_free(it->view);
    view_model_free(it->model);
    g_string_free(asked, TRUE);
}

static void
type(Fixture *it, const char *keys)
{
    for (; *keys != '\0'; keys++)
        view_press(it->view, (guchar)*keys);
}

static char *
draw(Fixture *it, int width, int height)
{
    g_autoptr(ViewScreen) screen = view_screen_new(width, height, FALSE);

    view_settle(it->view, width, height);
    view_draw(it->view, screen);
    return view_screen_text(screen);
}

static void
test_reply(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("RFC 3463 §2: x explains both codes of the reply under the cursor");
    g_autofree char *drawn = NULL;

    type(it, "/kind=wire code=550\n");
    g_assert_cmpuint(view_current(it->view)->code, ==, 550);
    type(it, "x");
    g_assert_cmpstr(asked->str, ==, "550\n5.1.1\n");
    g_assert_cmpuint(it->view->page, ==, VIEW_SHEET);
    drawn = draw(it, 80, 24);
    g_assert_nonnull(strstr(drawn, "550 means something"));
    g_assert_nonnull(strstr(drawn, "5.1.1 means something"));
    g_assert_nonnull(strstr(drawn, "Event "));
    g_assert_null(strchr(drawn, '\x1b'));
}

static void
test_stage(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(
        "elsewhere x explains the stage; outside of a stage there is nothing to explain");
    type(it, "/stage=recipient kind=decision\nx");
    g_assert_cmpstr(asked->str, ==, "recipient\n");
    type(it, "qgx");
    g_assert_cmpuint(it->view->page, ==, VIEW_NO_PAGE);
    g_assert_nonnull(strstr(it->view->notice, "Nothing to explain here"));
}

static void
test_command(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(":explain takes codes, a stage, a file, the name of which may have spaces");
    type(it, ":explain 550 5.1.1\n");
    g_assert_cmpstr(it->view->sheet, ==,
                    "550 means something\n\x1b[31m\n\n5.1.1 means something\n\x1b[31m");
    type(it, "q:explain my mail.eml\n");
    g_assert_nonnull(strstr(it->view->sheet, "my mail.eml means"));
    type(it, "q:explain\n");
    g_assert_nonnull(strstr(it->view->notice, "explain needs"));
    type(it, ":explain nonsense\n");
    g_assert_cmpstr(it->view->notice, ==, "'nonsense' is nothing");
    type(it, ":explain 550 nonsense\n");
    g_assert_cmpstr(it->view->notice, ==, "'550 nonsense' is nothing");
    g_assert_cmpuint(it->view->page, ==, VIEW_NO_PAGE);
}

static void
test_nobody(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a viewer that was given no explanations says so");
    it->view->explain = NULL;
    type(it, "x");
    g_assert_nonnull(strstr(it->view->notice, "does nothing now"));
    type(it, ":explain 550\n");
    g_assert_nonnull(strstr(it->view->notice, "without explanations"));
    g_assert_cmpuint(it->view->page, ==, VIEW_NO_PAGE);
}

static void
test_scroll(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a page scrolls as the help does, in each size, and closes");
    GString *text = g_string_new("first");
    g_autofree char *drawn = NULL;
    int highest;

    for (guint i = 0; i < 100; i++)
        g_string_append_printf(text, "\nline %u", i);
    view_sheet_open(it->view, g_string_free(text, FALSE));
    drawn = draw(it, 80, 24);
    g_assert_nonnull(strstr(drawn, " more v\n"));
    highest = view_sheet_highest(it->view, 80, 19);
    g_assert_cmpint(highest, ==, 82);
    type(it, "G");
    g_free(draw(it, 80, 24));
    g_assert_cmpint(it->view->sheet_top, ==, highest);
    type(it, "k");
    g_assert_cmpint(it->view->sheet_top, ==, highest - 1);
    type(it, " j");
    g_free(draw(it, 80, 24));
    g_assert_cmpint(it->view->sheet_top, ==, highest);
    type(it, "gk");
    g_assert_cmpint(it->view->sheet_top, ==, 0);
    for (int width = 1; width < 130; width += 7)
        for (int height = 1; height < 50; height += 7)
            g_free(draw(it, width, height));
    view_press(it->view, VIEW_KEY_ESCAPE);
    g_assert_cmpuint(it->view->page, ==, VIEW_NO_PAGE);
}

#define ADD(name, test) g_test_add("/viewer/sheet/" name, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    ADD("reply", test_reply);
    ADD("stage", test_stage);
    ADD("command", test_command);
    ADD("nobody", test_nobody);
    ADD("scroll", test_scroll);
    return g_test_run();
}
