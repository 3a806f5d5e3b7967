/* tests/test_viewer_code.c - a line of our own source, found from an event's place. */
#include <glib.h>
#include <locale.h>
#include <string.h>

#include "trace/viewer/code.h"

static const ViewSource sources[] = {
    { "smtp/route.c", "one\ntwo\n\nfour\n" },
    { "smtp/empty.c", "" },
    { NULL, NULL },
};

static void
test_place(void)
{
    g_test_summary("file, line and function of \"smtp/route.c:58:smtp_route_decide\"");
    g_autoptr(ViewPlace) place = view_place_parse("smtp/route.c:58:smtp_route_decide");
    static const char *const wrong[] = { NULL,
                                         "",
                                         "smtp/route.c",
                                         "a:b:c",
                                         ":5:f",
                                         "a:-1:f",
                                         "a:1:f:g",
                                         "a:1",
                                         "a:+1:f",
                                         "a: 1:f",
                                         "a:99999999999999999999:f" };

    g_assert_cmpstr(place->path, ==, "smtp/route.c");
    g_assert_cmpuint(place->line, ==, 58);
    g_assert_cmpstr(place->function, ==, "smtp_route_decide");
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_null(view_place_parse(wrong[i]));
}

static void
expect_line(const char *text, guint number, const char *want)
{
    g_autofree char *line = view_source_line(text, number);

    g_assert_cmpstr(line, ==, want);
}

static void
test_lines(void)
{
    g_test_summary("lines are counted from 1; past the end there is none");
    const char *text = view_source_find(sources, "smtp/route.c");

    expect_line(text, 1, "one");
    expect_line(text, 3, "");
    expect_line(text, 4, "four");
    expect_line(text, 5, NULL);
    expect_line(text, 1000000, NULL);
    expect_line(view_source_find(sources, "smtp/empty.c"), 1, NULL);
    g_assert_null(view_source_find(sources, "smtp/rout"));
    g_assert_null(view_source_find(NULL, "smtp/route.c"));
}

static void
test_embedded(void)
{
    g_test_summary("a source compiled in is the one on the disk, octet for octet");
    const char *embedded = view_source_find(view_sources, "trace/stage.c");
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents("trace/stage.c", &text, NULL, NULL));
    g_assert_nonnull(embedded);
    g_assert_cmpuint(strlen(embedded), ==, strlen(text));
    g_assert_true(strcmp(embedded, text) == 0);
}

static void
test_told(void)
{
    g_test_summary("a program with a file of its own tells it in the journal's header");
    static const char header[] = "{\"journal\":1,\"world\":\"\",\"snapshot\":{\"sources\":"
                                 "{\"smtp/split.c\":\"mine\\n\",\"odd\":[1]},\"hosts\":[]}}";
    g_autofree char *text = view_source_told(header, "smtp/split.c");

    g_assert_cmpstr(text, ==, "mine\n");
    g_assert_null(view_source_told(header, "smtp/route.c"));
    g_assert_null(view_source_told(header, "odd"));
    g_assert_null(view_source_told("{\"snapshot\":{\"sources\":{", "smtp/split.c"));
    g_assert_null(view_source_told("{\"journal\":1,\"snapshot\":{\"hosts\":[]}}", "smtp/split.c"));
    g_assert_null(view_source_told(NULL, "smtp/split.c"));
    g_assert_null(view_own_sources[0].path);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/viewer/code/place", test_place);
    g_test_add_func("/viewer/code/lines", test_lines);
    g_test_add_func("/viewer/code/embedded", test_embedded);
    g_test_add_func("/viewer/code/told", test_told);
    return g_test_run();
}
