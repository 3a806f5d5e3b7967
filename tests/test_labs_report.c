/* tests/test_labs_report.c - what the grader says: text for people, a line, JSON. */
#include <json-glib/json-glib.h>
#include <locale.h>
#include <string.h>

#include "labs/grader/report.h"

typedef struct Fixture {
    Lab lab;
    LabCheck checks[3];
    LabReport report;
} Fixture;

static void
add(Fixture *it, guint number, const char *name, guint points, gboolean holds)
{
    LabVerdict *verdict = g_new0(LabVerdict, 1);

    it->checks[number] = (LabCheck){ .name = (char *)name, .points = points };
    g_ptr_array_add(it->lab.checks, &it->checks[number]);
    verdict->check = &it->checks[number];
    verdict->text = g_strdup_printf("Check %s", name);
    verdict->holds = holds;
    verdict->around = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(it->report.verdicts, verdict);
}

static void
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    it->lab = (Lab){ .number = 3, .name = (char *)"03-split", .title = (char *)"Two halves" };
    it->lab.checks = g_ptr_array_new();
    it->report = (LabReport){ .lab = &it->lab, .id = "anna" };
    it->report.verdicts = g_ptr_array_new_with_free_func((GDestroyNotify)lab_verdict_free);
    add(it, 0, "known", 2, TRUE);
    add(it, 1, "order", 3, TRUE);
    add(it, 2, "stored", 1, TRUE);
}

static void
tear_down(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_ptr_array_unref(it->report.verdicts);
    g_ptr_array_unref(it->lab.checks);
}

static LabVerdict *
fail(Fixture *it, guint number, const char *expected, const char *found)
{
    LabVerdict *verdict = g_ptr_array_index(it->report.verdicts, number);

    verdict->holds = FALSE;
    verdict->expected = g_strdup(expected);
    verdict->found = g_strdup(found);
    return verdict;
}

static void
test_passed(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a line a check; at the end all points, and the way to the model answer");
    g_autofree char *text = lab_report_text(&it->report);
    g_autofree char *terse = lab_report_terse(&it->report);

    g_assert_true(lab_report_passes(&it->report));
    g_assert_cmpuint(lab_report_points(&it->report), ==, 6);
    g_assert_cmpstr(terse, ==, "03-split 6/6\n");
    g_assert_cmpstr(text, ==,
                    "Lab 3, Two halves (anna)\n"
                    "\n"
                    "  ok      2/2  Check known\n"
                    "  ok      3/3  Check order\n"
                    "  ok      1/1  Check stored\n"
                    "\n"
                    "All 6 points: lab 3 is done.\n"
                    "Next: glasspost lab why 3 (the model answer)\n");
}

static void
test_failed(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary(
        "what was expected stands above what was found; then the events, and where to look");
    LabVerdict *verdict = fail(it, 1, "1 event that matches code=503", "none");
    g_autofree char *text = NULL, *terse = lab_report_terse(&it->report);

    verdict->seed = 7;
    verdict->look = g_strdup("glasspost view state --at 14");
    g_ptr_array_add(verdict->around, g_strdup("=>    14  250 Ok"));
    text = lab_report_text(&it->report);
    g_assert_false(lab_report_passes(&it->report));
    g_assert_cmpuint(lab_report_points(&it->report), ==, 3);
    g_assert_cmpstr(terse, ==, "03-split 3/6 order\n");
    g_assert_cmpstr(text, ==,
                    "Lab 3, Two halves (anna)\n"
                    "\n"
                    "  ok      2/2  Check known\n"
                    "  not ok  0/3  Check order\n"
                    "               expected  1 event that matches code=503\n"
                    "               found     none\n"
                    "               seed      7\n"
                    "      =>    14  250 Ok\n"
                    "               look      glasspost view state --at 14\n"
                    "  ok      1/1  Check stored\n"
                    "\n"
                    "3 of 6 points. Begin with the first \"not ok\".\n"
                    "Next: glasspost lab check 3, once more; a hint: glasspost lab hint 3\n");
}

static void
test_predictions(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("what PREDICT was answered is told below the checks, and has no points");
    g_autofree char *text = NULL, *terse = NULL;

    it->report.predictions = (char *)"7 of 9 right";
    text = lab_report_text(&it->report);
    terse = lab_report_terse(&it->report);
    g_assert_nonnull(
        strstr(text, "Check stored\n\nYour predictions: 7 of 9 right.\n\nAll 6 points"));
    g_assert_cmpstr(terse, ==, "03-split 6/6\n");
}

static void
test_columns(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("lines of events are cut where the terminal ends");
    LabVerdict *verdict = fail(it, 1, "1 event", "none");
    g_autofree char *event = g_strnfill(200, 'x'), *text = NULL, *narrow = NULL;
    g_autofree char *wide = g_strnfill(94, 'x'), *short_one = g_strnfill(73, 'x');
    g_autofree char *as_file = g_strdup_printf("\n      %s~\n", wide);
    g_autofree char *on_80 = g_strdup_printf("\n      %s~\n", short_one);

    g_ptr_array_add(verdict->around, g_steal_pointer(&event));
    text = lab_report_text(&it->report);
    g_assert_nonnull(strstr(text, as_file));
    it->report.columns = 80;
    narrow = lab_report_text(&it->report);
    g_assert_nonnull(strstr(narrow, on_80));
}

static void
test_compiler(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a compiler's words stand below each other, and are told once");
    g_autofree char *text = NULL;

    fail(it, 0, "work that can be run",
         "split.c:1: error: something that takes a while to tell\n\n    int x\n");
    fail(it, 2, "work that can be run",
         "split.c:1: error: something that takes a while to tell\n\n    int x\n");
    text = lab_report_text(&it->report);
    g_assert_nonnull(strstr(
        text, "               found     split.c:1: error: something that takes a while to tell\n"
              "                             int x\n"
              "  ok      3/3  Check order\n"
              "  not ok  0/1  Check stored\n"
              "               found     the same as for \"Check known\"\n"));
}

static void
test_hostile(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("what a program printed controls no terminal, and does not go on for ever");
    g_autofree char *lines = g_strnfill(200, '\n');
    g_autoptr(GString) many = g_string_new(NULL);
    g_autofree char *text = NULL, *json = NULL;

    for (guint i = 0; i < 200; i++)
        g_string_append(many, "x\n");
    fail(it, 0, "a\033[2J", lines);
    fail(it, 1, "b", many->str);
    fail(it, 2, "c", "\xff\"\\");
    text = lab_report_text(&it->report);
    json = lab_report_json(&it->report);
    g_assert_null(strchr(text, '\033'));
    g_assert_null(strchr(json, '\033'));
    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_assert_true(g_utf8_validate(json, -1, NULL));
    g_assert_nonnull(strstr(text, "x\n                         ...\n"));
    g_assert_cmpuint(strlen(text), <, 4000);
}

static void
test_json(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("JSON in the shape that Gradescope reads, read back by a parser");
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *json = NULL;
    JsonObject *root, *test;

    fail(it, 1, "1 event that matches text~\"a\"", "none\\");
    json = lab_report_json(&it->report);
    g_assert_true(g_str_has_suffix(json, "}\n"));
    g_assert_true(json_parser_load_from_data(parser, json, -1, NULL));
    root = json_node_get_object(json_parser_get_root(parser));
    g_assert_cmpint(json_object_get_int_member(root, "score"), ==, 3);
    g_assert_cmpint(json_object_get_int_member(root, "max_score"), ==, 6);
    g_assert_cmpuint(json_array_get_length(json_object_get_array_member(root, "tests")), ==, 3);
    test = json_array_get_object_element(json_object_get_array_member(root, "tests"), 1);
    g_assert_cmpstr(json_object_get_string_member(test, "name"), ==, "order: Check order");
    g_assert_cmpint(json_object_get_int_member(test, "score"), ==, 0);
    g_assert_cmpint(json_object_get_int_member(test, "max_score"), ==, 3);
    g_assert_cmpstr(json_object_get_string_member(test, "status"), ==, "failed");
    g_assert_cmpstr(json_object_get_string_member(test, "output"), ==,
                    "expected  1 event that matches text~\"a\"\nfound     none\\\n");
    test = json_array_get_object_element(json_object_get_array_member(root, "tests"), 0);
    g_assert_cmpstr(json_object_get_string_member(test, "status"), ==, "passed");
    g_assert_cmpstr(json_object_get_string_member(test, "output"), ==, "");
}

static void
test_none(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("nothing judged is nothing passed");
    g_ptr_array_set_size(it->report.verdicts, 0);
    g_assert_false(lab_report_passes(&it->report));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add("/labs/report/passed", Fixture, NULL, set_up, test_passed, tear_down);
    g_test_add("/labs/report/failed", Fixture, NULL, set_up, test_failed, tear_down);
    g_test_add("/labs/report/predictions", Fixture, NULL, set_up, test_predictions, tear_down);
    g_test_add("/labs/report/columns", Fixture, NULL, set_up, test_columns, tear_down);
    g_test_add("/labs/report/compiler", Fixture, NULL, set_up, test_compiler, tear_down);
    g_test_add("/labs/report/hostile", Fixture, NULL, set_up, test_hostile, tear_down);
    g_test_add("/labs/report/json", Fixture, NULL, set_up, test_json, tear_down);
    g_test_add("/labs/report/none", Fixture, NULL, set_up, test_none, tear_down);
    return g_test_run();
}
