/* tests/test_app_explain.c - `glasspost explain`: codes, stages, and which of them a word means
 * (app/explain_*.c). The hops of a message: test_app_explain_hops.c.
 */
#include <sys/stat.h>

#include "tests/explained.h"
#include "tests/folder.h"
#include "trace/stage.h"

/* ---- codes and stages ---- */

static char *
code(const char *text)
{
    g_autoptr(GString) out = g_string_new(NULL);

    g_assert_true(app_explain_code(text, out));
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Each `--scenario NAME` on a page is one that the demo has. */
static void
expect_scenarios(const char *page)
{
    static const char mark[] = "--scenario ";

    for (const char *at = page; (at = strstr(at, mark)) != NULL; at += strlen(mark)) {
        g_autofree char *name = g_strndup(at + strlen(mark), strcspn(at + strlen(mark), " \n"));
        g_autofree char *path = g_strdup_printf("labs/demo/scenarios/%s.ini", name);

        if (!g_file_test(path, G_FILE_TEST_EXISTS))
            g_error("no scenario %s", name);
    }
}

/* No line is wider than the page. */
static void
expect_narrow(const char *page)
{
    g_auto(GStrv) lines = g_strsplit(page, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++)
        g_assert_cmpint(g_utf8_strlen(lines[i], -1), <=, 78);
}

static void
test_codes(void)
{
    g_test_summary("RFC 5321 §4.2.3: the codes in words, by whom, what follows, where to see it");
    static const char *const known[] = {
        "211", "214", "220", "221", "235", "250", "251", "252", "334", "354",
        "421", "450", "451", "452", "454", "455", "500", "501", "502", "503",
        "504", "530", "535", "550", "551", "552", "553", "554", "555", "556",
    };

    for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
        g_autofree char *page = code(known[i]);

        expect_in(page, "Said by");
        expect_in(page, "Then");
        expect_in(page, "Rule");
    }
    g_autofree char *refused = code("550");
    expect_in(refused, "glasspost demo --scenario unknown-user\n");
    expect_in(refused, "5         no: ");
    g_autofree char *later = code("451");
    expect_in(later, "tries again");
}

static void
test_unknown_codes(void)
{
    g_test_summary("RFC 5321 §4.2.1: a code nobody knows still speaks by its digits");
    for (guint i = 200; i < 600; i++) {
        g_autofree char *number = g_strdup_printf("%u", i);
        g_autofree char *page = code(number);

        expect_scenarios(page);
        expect_narrow(page);
    }
    g_autofree char *page = code("447");
    expect_in(page, "4         not now");
    expect_in(page, "4         no general meaning");
    expect_in(page, "RFC 5321 §4.2.1");
}

static void
test_enhanced(void)
{
    g_test_summary("RFC 3463 §2: class, subject and detail; RFC 5248 §2.4: the registry");
    for (guint subject = 0; subject < 9; subject++)
        for (guint detail = 0; detail < 40; detail++) {
            g_autofree char *number = g_strdup_printf("5.%u.%u", subject, detail);
            g_autofree char *page = code(number);

            expect_scenarios(page);
            expect_narrow(page);
        }
    g_autofree char *user = code("5.1.1");
    expect_in(user, "5.1.1     no such mailbox");
    g_autofree char *delay = code("4.4.1");
    expect_in(delay, "4         failed for now");
    g_autofree char *detail = code("5.1.99");
    expect_in(detail, "  .1      addresses");
    expect_in(detail, "unknown detail");
    g_autofree char *subject = code("2.999.999");
    expect_in(subject, "a subject that nobody has registered");
}

static void
test_no_codes(void)
{
    g_test_summary("RFC 3463 §2: one to three digits a part, no leading zero");
    static const char *const wrong[] = {
        "",      "5",      "55",      "5500",   "150",     "600",         "55a",  "-50",
        "5.1",   "5.1.",   "5.1.1.1", "3.1.1",  "5.01.1",  "5.1.01",      "5..1", "5.1.1000",
        "5.1.x", ".5.1.1", "55.1.1",  "5.+1.1", "5.1.1\n", "5.1.1 5.1.1", "dns",  "٥.١.١",
    };
    g_autoptr(GString) out = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_false(app_explain_code(wrong[i], out));
    g_assert_cmpstr(out->str, ==, "");
}

static void
test_stages(void)
{
    g_test_summary("each stage has a page; its file and its scenario exist");
    g_autoptr(GString) nothing = g_string_new(NULL);

    for (Stage stage = STAGE_NONE + 1; stage < STAGES; stage++) {
        g_autoptr(GString) page = g_string_new(NULL);

        g_assert_true(app_explain_stage(stage_name(stage), page));
        expect_scenarios(page->str);
        expect_narrow(page->str);
        g_autofree char *file = g_strdup(strstr(page->str, "\nCode      ") + 11);
        file[strcspn(file, " \n")] = '\0';
        g_assert_true(g_file_test(file, G_FILE_TEST_EXISTS));
    }
    g_assert_false(app_explain_stage("", nothing));
    g_assert_false(app_explain_stage("letter", nothing));
    g_assert_cmpstr(nothing->str, ==, "");
}

/* ---- a word ---- */

static void
expect_word(const char *word, AppExplained result, const char *part)
{
    g_autoptr(GString) page = g_string_new(NULL);
    g_autofree char *problem = NULL;

    g_assert_cmpint(app_explain_word(word, page, &problem), ==, result);
    expect_in(result == APP_EXPLAINED ? page->str : problem, part);
    if (result != APP_EXPLAINED)
        g_assert_cmpstr(page->str, ==, "");
}

static void
test_words(void)
{
    g_test_summary("a word is a code, a stage or a file; else one line says what is wrong");
    g_autofree char *folder = folder_new();
    g_autofree char *mail = g_build_filename(folder, "my mail.eml", NULL);
    g_autofree char *text = g_build_filename(folder, "text", NULL);
    g_autofree char *pipe = g_build_filename(folder, "pipe", NULL);
    g_autofree char *none = g_build_filename(text, "none", NULL);

    g_assert_true(g_file_set_contents(mail, two_hops, -1, NULL));
    g_assert_true(g_file_set_contents(text, "no header here\n", -1, NULL));
    g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);
    expect_word("550", APP_EXPLAINED, "550 ");
    expect_word("5.1.1", APP_EXPLAINED, "no such mailbox");
    expect_word("dns", APP_EXPLAINED, "Outcomes");
    expect_word(mail, APP_EXPLAINED, "2 hops, oldest first");
    expect_word(text, APP_EXPLAIN_FAILED, "it is no message");
    expect_word(folder, APP_EXPLAIN_FAILED, "Is a directory");
    expect_word(pipe, APP_EXPLAIN_FAILED, "Invalid argument");
    expect_word(none, APP_EXPLAIN_UNKNOWN, "no stage and no file");
    expect_word("", APP_EXPLAIN_UNKNOWN, "stages: connect");
    expect_word("\x1b[31m", APP_EXPLAIN_UNKNOWN, "'^[[31m'");
    folder_remove(folder);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/app/explain/codes", test_codes);
    g_test_add_func("/app/explain/unknown-codes", test_unknown_codes);
    g_test_add_func("/app/explain/enhanced", test_enhanced);
    g_test_add_func("/app/explain/no-codes", test_no_codes);
    g_test_add_func("/app/explain/stages", test_stages);
    g_test_add_func("/app/explain/words", test_words);
    return g_test_run();
}
