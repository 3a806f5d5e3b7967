/* tests/test_labs_lab.c - a lab's `checks`: what is read, what is refused and how it is said. */
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "labs/grader/lab.h"

#define LAB "[lab]\ntitle = Two halves\nminutes = 45\nkind = C\nstage = split\n"
#define RUN "[run main]\n"

typedef struct Fixture {
    char *labs, *folder;
} Fixture;

static void
put(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
set_up(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    it->labs = g_dir_make_tmp("glasspost-test-XXXXXX", NULL);
    it->folder = g_build_filename(it->labs, "03-split", NULL);
    g_assert_cmpint(g_mkdir(it->folder, 0700), ==, 0);
    put(it->folder, "world.ini", "");
    put(it->folder, "main.c", "");
}

static void
tear_down(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    static const char *const files[] = { "checks", "world.ini", "main.c" };

    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(it->folder, files[i], NULL);
        g_unlink(path);
    }
    g_assert_cmpint(g_rmdir(it->folder), ==, 0);
    g_assert_cmpint(g_rmdir(it->labs), ==, 0);
    g_free(it->folder);
    g_free(it->labs);
}

static Lab *
load(Fixture *it, const char *checks, GError **error)
{
    put(it->folder, "checks", checks);
    return lab_load(it->folder, error);
}

static void
expect_refusal(Fixture *it, const char *checks, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Lab) lab = load(it, checks, &error);

    g_assert_null(lab);
    g_assert_nonnull(error);
    g_assert_cmpstr(error->message, ==, message);
}

/* ---- what is read ---- */

static const char whole[] = LAB
    "modules = smtp/split.c; smtp/route.c\n"
    "# a comment\n"
    "[id]\nuser = anna;ben\nport = 1..40\naddress = ${user}@north.example\n"
    "[run main]\n[run student]\nworld-of = student\noverlay = main.c\nprogram = student\n"
    "seeds = 1; 2;3\n[run hand]\nhand = yes\n"
    "[harness split]\nmain = main.c\n"
    "[check known]\ntext = ${user} is known\npoints = 2\ncount = user=${user}\nis = 1\n"
    "[check late]\ntext = It waits\nfrom = stage=retry\nto = stage=relay\nat-least = 5m\n"
    "run = student\n"
    "[check row]\ntext = Nothing is left\nrow = SELECT 1 WHERE 0\nhost = mx.north.example\nis =\n"
    "[check code]\ntext = Which code?\nanswer = code\nevent = stage=sender\nfield = code\n"
    "accept = two hundred; a\\;b\n"
    "[check same]\ntext = The same\nsame = split\n"
    "[check file]\ntext = Short\nfile = split.c\nat-most-lines = 60\n";

static void
test_whole(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("all that a lab may say is read, in its order");
    g_autoptr(GError) error = NULL;
    g_autoptr(Lab) lab = load(it, whole, &error);
    const LabVariable *variable;
    const LabRun *run;
    const LabCheck *check;

    g_assert_no_error(error);
    g_assert_cmpuint(lab->number, ==, 3);
    g_assert_cmpstr(lab->name, ==, "03-split");
    g_assert_cmpstr(lab->title, ==, "Two halves");
    g_assert_cmpstr(lab->modules[1], ==, "smtp/route.c");
    g_assert_cmpuint(lab_points(lab), ==, 7);
    variable = g_ptr_array_index(lab->variables, 2);
    g_assert_cmpstr(variable->choices, ==, "${user}@north.example");
    run = g_ptr_array_index(lab->runs, 0);
    g_assert_cmpstr(run->world, ==, "world.ini");
    g_assert_cmpuint(run->seeds->len, ==, 1);
    run = g_ptr_array_index(lab->runs, 1);
    g_assert_true(run->world_of_student);
    g_assert_cmpint(run->program, ==, LAB_BY_STUDENT);
    g_assert_cmpuint(g_array_index(run->seeds, guint64, 2), ==, 3);
    check = g_ptr_array_index(lab->checks, 1);
    g_assert_cmpint(check->rule, ==, LAB_WITHIN);
    g_assert_true(check->run == run);
    g_assert_null(check->first);
    g_assert_cmpstr(check->second, ==, "stage=relay");
    check = g_ptr_array_index(lab->checks, 2);
    g_assert_cmpstr(check->is, ==, "");
    check = g_ptr_array_index(lab->checks, 3);
    g_assert_cmpuint(g_strv_length(check->accept), ==, 2);
    g_assert_cmpstr(check->accept[1], ==, "a;b");
    check = g_ptr_array_index(lab->checks, 4);
    g_assert_true(check->harness == g_ptr_array_index(lab->harnesses, 0));
}

static void
test_all(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("of a folder, what begins with a number is a lab");
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) labs = NULL;

    put(it->folder, "checks", whole);
    labs = lab_load_all(it->labs, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(labs->len, ==, 1);
    g_clear_pointer(&labs, g_ptr_array_unref);
    put(it->folder, "checks", LAB);
    labs = lab_load_all(it->labs, &error);
    g_assert_null(labs);
    g_assert_cmpstr(error->message, ==, "03-split/checks:1: there is no [check NAME] in it");
}

/* ---- what is refused ---- */

static void
test_refused_sections(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("sections: unknown, twice, without a name, missing");
    expect_refusal(it, LAB "[chek a]\n",
                   "03-split/checks:6: [chek a] is no section; there are [lab] [id] [run NAME] "
                   "[harness NAME] [check NAME], a name is made of a-z, 0-9 and -");
    expect_refusal(it, LAB "[check ../a]\n",
                   "03-split/checks:6: [check ../a] is no section; there are [lab] [id] [run NAME] "
                   "[harness NAME] [check NAME], a name is made of a-z, 0-9 and -");
    expect_refusal(it, LAB "[check a]\ntext = a\n[check a]\n",
                   "03-split/checks:8: [check a] stands twice; first in line 6");
    expect_refusal(it, "[id]\na = b\n", "03-split/checks:1: there is no [lab] in it");
    expect_refusal(it, "title = a\n", "03-split/checks:1: title stands before any [section]");
    expect_refusal(it, LAB "title\n",
                   "03-split/checks:6: neither [section] nor KEY = VALUE: title");
}

static void
test_refused_lab(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("[lab] and [id]: keys and values");
    expect_refusal(it, LAB "titel = a\n",
                   "03-split/checks:6: unknown key titel in [lab]; did you mean title?");
    expect_refusal(it, "[lab]\nminutes = 5\n",
                   "03-split/checks:1: [lab] needs title, kind and stage");
    expect_refusal(it, "[lab]\ntitle = a\nminutes = long\n",
                   "03-split/checks:3: [lab] needs minutes, a number from 1 to 600");
    expect_refusal(it, "[lab]\ntitle =\nminutes = 1\n", "03-split/checks:2: title has no value");
    expect_refusal(it, "[lab]\ntitle = a\nminutes = 1\nkind = Q\nstage = all\n",
                   "03-split/checks:4: kind = Q: letters of O, P, C, D and X are");
    expect_refusal(it, "[lab]\ntitle = a\nminutes = 1\nkind = O\nstage = spilt\n",
                   "03-split/checks:5: there is no stage 'spilt'");
    expect_refusal(
        it, LAB "[id]\nseed = 1;2\n",
        "03-split/checks:7: seed cannot be a value's name: a-z, 0-9 and -, and not id or "
        "seed");
    expect_refusal(it, LAB "[id]\na = ${b}\nb = c\n",
                   "03-split/checks:7: there is no ${b}: [id] must say it before it is used");
    expect_refusal(it, LAB "[id]\na = ${b\n", "03-split/checks:7: the } of a ${ is missing");
}

static void
test_refused_runs(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("[run] and [harness]: files that are not there, seeds, choices");
    expect_refusal(it, LAB "[run a]\nworld = none.ini\n",
                   "03-split/checks:7: none.ini is not in the lab's folder");
    expect_refusal(it, LAB "[run a]\nprogram = judge/planted\n",
                   "03-split/checks:7: judge/planted is not in the lab's folder");
    expect_refusal(it, LAB "[run a]\nseeds = 1;x\n",
                   "03-split/checks:7: seeds = 1;x: numbers separated by ;, at most 1000");
    expect_refusal(it, LAB "[run a]\nhand = maybe\n",
                   "03-split/checks:7: hand = maybe: must be yes or no");
    expect_refusal(it, LAB "[run a]\noverly = main.c\n",
                   "03-split/checks:7: unknown key overly in [run a]; did you mean overlay?");
    expect_refusal(it, LAB "[harness a]\n",
                   "03-split/checks:6: [harness a] needs main, its C file");
    expect_refusal(it, LAB "[harness a]\nmain = no.c\n",
                   "03-split/checks:7: no.c is not in the lab's folder");
}

static void
test_refused_checks(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("[check]: its rule, and what goes with it");
    static const struct {
        const char *check, *message;
    } bad[] = {
        { "text = a\n", "8: [check a] has no rule: count, never, always, before, within, row, "
                        "answer, same, file or predicted" },
        { "count = a\n", "8: [check a] needs text, what must hold" },
        { "text = a\ncount = a\nnever = b\n", "11: never does not go with count" },
        { "text = a\ncount = a\natleast = 1\n",
          "11: unknown key atleast in [check a]; did you mean at-least?" },
        { "text = a\ncount = a\nis = many\n", "11: is: 'many' is no number" },
        { "text = a\ncount = a\nis = 1\nat-most = 2\n",
          "11: count takes is, or at-least and at-most, not both" },
        { "text = a\ncount = stage=spilt\n", "10: count: column 1: there is no stage 'spilt'" },
        { "text = a\ncount =\n", "10: count has no value" },
        { "text = a\npoints = 0\ncount = a\n", "10: points = 0: must be a number from 1 to 100" },
        { "text = a\nalways = a\n", "8: [check a]: always needs has" },
        { "text = a\nbefore = a\nthen = code>x\n",
          "11: then: column 1: 'code' is compared with a number, 'x' is none" },
        { "text = a\nwithin = soon\nfrom = a\nto = b\n",
          "10: within: 'soon' is no time, which is a number and s, m, h or d" },
        { "text = a\nfrom = a\nto = b\n",
          "10: from and to need within (no later) or at-least (no earlier)" },
        { "text = a\nwithin = 5m\nfrom = a\n", "8: [check a]: within needs to" },
        { "text = a\nrow = SELECT 1\nhost = a\n", "8: [check a]: row needs is" },
        { "text = a\nanswer = a\n", "10: answer takes one of: is; event and field; row and host" },
        { "text = a\nanswer = a\nevent = b\n", "10: event goes with field, and row with host" },
        { "text = a\nanswer = a\nis = b\nfield = c\n",
          "10: event goes with field, and row with host" },
        { "text = a\nsame = b\n", "10: there is no [harness b]" },
        { "text = a\nfile = b\n", "10: file needs at-most-lines or matches" },
        { "text = a\nfile = ../b\nat-most-lines = 1\n",
          "10: file: '../b' is no file of the work folder" },
        { "text = a\ncount = a\nrun = other\n", "11: there is no [run other]" },
        { "text = a\ncount = user=${user}\n",
          "10: there is no ${user}: [id] must say it before it is used" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *checks = g_strconcat(LAB RUN "\n[check a]\n", bad[i].check, NULL);
        g_autofree char *message = g_strconcat("03-split/checks:", bad[i].message, NULL);

        expect_refusal(it, checks, message);
    }
    expect_refusal(it, LAB "[check a]\ntext = a\ncount = a\n",
                   "03-split/checks:6: [check a] looks at a run, and there is no [run NAME]");
}

static void
test_case(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a lab's case is one of its runs, played by the house's own program");
    g_autoptr(GError) error = NULL;
    g_autoptr(Lab) lab =
        load(it, LAB "case = main\n[run a]\n[run main]\n[check a]\ntext = a\ncount = a\n", &error);

    g_assert_no_error(error);
    g_assert_true(lab->secret == g_ptr_array_index(lab->runs, 1));
    expect_refusal(it, LAB "case = other\n" RUN "[check a]\ntext = a\ncount = a\n",
                   "03-split/checks:6: there is no [run other]");
    expect_refusal(it, LAB "case = main\n" RUN "program = student\n[check a]\ntext = a\n",
                   "03-split/checks:6: a case is played by the reference program");
}

static void
test_bad_regex(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("a regular expression that is none is refused with its line");
    g_autoptr(GError) error = NULL;
    g_autoptr(Lab) lab = load(it, LAB "[check a]\ntext = a\nfile = b\nmatches = (\n", &error);

    g_assert_null(lab);
    g_assert_true(g_str_has_prefix(error->message, "03-split/checks:9: matches: "));
}

static void
test_plain_dollar(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("$${ stands for ${, and names nobody");
    g_autoptr(GError) error = NULL;
    g_autoptr(Lab) lab = load(it, LAB RUN "[check a]\ntext = a\ncount = text~$${x}\n", &error);

    g_assert_no_error(error);
    g_assert_nonnull(lab);
}

static void
test_cut_anywhere(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("checks cut at any octet are read or refused, never worse");
    for (gsize length = 0; length <= strlen(whole); length++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *cut = g_strndup(whole, length);
        g_autoptr(Lab) lab = load(it, cut, &error);

        g_assert_true((lab != NULL) != (error != NULL));
    }
}

static void
test_no_text(Fixture *it, G_GNUC_UNUSED gconstpointer data)
{
    g_test_summary("octets that are no text are refused");
    expect_refusal(it, LAB "\xff\xfe\n", "03-split/checks:1: the file is not UTF-8 text");
    expect_refusal(it, LAB "a\001 = b\n",
                   "03-split/checks:6: a control character stands in this line");
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*test)(Fixture *it, gconstpointer data);
    } tests[] = {
        { "/labs/lab/whole", test_whole },
        { "/labs/lab/all", test_all },
        { "/labs/lab/refused-sections", test_refused_sections },
        { "/labs/lab/refused-lab", test_refused_lab },
        { "/labs/lab/refused-runs", test_refused_runs },
        { "/labs/lab/refused-checks", test_refused_checks },
        { "/labs/lab/case", test_case },
        { "/labs/lab/bad-regex", test_bad_regex },
        { "/labs/lab/plain-dollar", test_plain_dollar },
        { "/labs/lab/cut-anywhere", test_cut_anywhere },
        { "/labs/lab/no-text", test_no_text },
    };

    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
    return g_test_run();
}
