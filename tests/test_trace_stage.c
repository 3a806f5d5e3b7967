/* tests/test_trace_stage.c - the table of stages: complete, unique, found by name. */
#include "trace/stage.h"

#include <locale.h>
#include <string.h>

static void
test_names(void)
{
    g_test_summary("each stage is found by its name, and nothing else is");
    for (guint stage = STAGE_NONE + 1; stage < STAGES; stage++)
        g_assert_cmpint(stage_from_name(stage_name(stage)), ==, stage);
    g_assert_cmpint(stage_from_name(NULL), ==, STAGE_NONE);
    g_assert_cmpint(stage_from_name(""), ==, STAGE_NONE);
    g_assert_cmpint(stage_from_name("DNS"), ==, STAGE_NONE);
    g_assert_cmpstr(stage_name(STAGE_NONE), ==, "");
    g_assert_cmpstr(stage_name(STAGES), ==, "");
    g_assert_cmpstr(stage_name(STAGE_DNS), ==, "dns");
}

static void
test_texts(void)
{
    g_test_summary("a learner finds question, explanation and outcomes at every stage");
    for (guint stage = STAGE_NONE + 1; stage < STAGES; stage++) {
        const StageInfo *info = stage_info(stage);

        g_assert_cmpuint(strlen(info->brief), ==, 2);
        g_assert_true(g_str_has_suffix(info->question, "?"));
        g_assert_true(g_str_has_suffix(info->asks, "."));
        g_assert_cmpuint(strlen(info->outcomes), >, 0);
        g_assert_false(g_str_has_suffix(info->outcomes, "\n"));
        for (guint other = STAGE_NONE; other < stage; other++)
            g_assert_cmpstr(info->brief, !=, stage_info(other)->brief);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trace/stage/names", test_names);
    g_test_add_func("/trace/stage/texts", test_texts);
    return g_test_run();
}
