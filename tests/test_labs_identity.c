/* tests/test_labs_identity.c - a student's own values: drawn alike everywhere, put where ${name} stands. */
#include "labs/grader/identity.h"

#include <locale.h>
#include <string.h>
#include "labs/grader/lab.h"

static Lab *
lab_with(const char *const *names, const char *const *choices)
{
    Lab *lab = g_new0(Lab, 1);

    lab->name = g_strdup("03-split");
    lab->variables = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; names[i] != NULL; i++) {
        LabVariable *variable = g_new0(LabVariable, 1);

        variable->name = (char *)names[i];
        variable->choices = (char *)choices[i];
        g_ptr_array_add(lab->variables, variable);
    }
    return lab;
}

static void
lab_end(Lab *lab)
{
    g_ptr_array_unref(lab->variables);
    g_free(lab->name);
    g_free(lab);
}

static LabIdentity *
who(const char *id)
{
    static const char *const names[] = { "user", "port", "address", NULL };
    static const char *const choices[] = { "anna; ben;chris", "1..40", "${user}@north.example",
                                           NULL };
    Lab *lab = lab_with(names, choices);
    g_autoptr(GError) error = NULL;
    LabIdentity *identity = lab_identity_new(lab, id, &error);

    g_assert_no_error(error);
    lab_end(lab);
    return identity;
}

static void
expect(const LabIdentity *identity, const char *text, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *expanded = lab_identity_expand(identity, text, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(expanded, ==, expected);
}

static void
test_same(void)
{
    g_test_summary("the same lab and id give the same values, on every machine");
    g_autoptr(LabIdentity) example = who("example"), again = who("example");
    g_autoptr(LabIdentity) other = who("other");

    g_assert_cmpuint(example->seed, ==, again->seed);
    g_assert_cmpuint(example->seed, !=, other->seed);
    for (guint i = 0; i < example->values->len; i++)
        g_assert_cmpstr(g_ptr_array_index(example->values, i), ==,
                        g_ptr_array_index(again->values, i));
    /* Written down: a change of the drawing would change every student's answers. */
    g_assert_cmpuint(example->seed, ==, 872022000);
    expect(example, "${user} ${port} ${address}", "chris 36 chris@north.example");
}

static void
test_alone(void)
{
    g_test_summary("one variable more does not change the others");
    static const char *const names[] = { "first", "user", NULL };
    static const char *const choices[] = { "x;y;z", "anna; ben;chris", NULL };
    Lab *lab = lab_with(names, choices);
    g_autoptr(LabIdentity) more = lab_identity_new(lab, "example", NULL);
    g_autoptr(LabIdentity) example = who("example");
    g_autofree char *user = lab_identity_expand(example, "${user}", NULL);

    expect(more, "${user}", user);
    lab_end(lab);
}

static void
test_spread(void)
{
    g_test_summary("every choice is drawn by somebody, and no number leaves its range");
    guint users[3] = { 0 }, least = 100, most = 0;

    for (guint i = 0; i < 400; i++) {
        g_autofree char *id = g_strdup_printf("student%u", i);
        g_autoptr(LabIdentity) identity = who(id);
        g_autofree char *user = lab_identity_expand(identity, "${user}", NULL);
        g_autofree char *port = lab_identity_expand(identity, "${port}", NULL);
        guint number = (guint)g_ascii_strtoull(port, NULL, 10);

        users[user[0] - 'a']++;
        least = MIN(least, number);
        most = MAX(most, number);
    }
    for (guint i = 0; i < G_N_ELEMENTS(users); i++)
        g_assert_cmpuint(users[i], >, 80);
    g_assert_cmpuint(least, ==, 1);
    g_assert_cmpuint(most, ==, 40);
}

static void
test_expand(void)
{
    g_test_summary("${name} is replaced, $${ is a plain ${, and a $ alone is a dollar");
    g_autoptr(LabIdentity) identity = who("example");

    expect(identity, "", "");
    expect(identity, "5 $ and $x {id}", "5 $ and $x {id}");
    expect(identity, "${id}${id}", "exampleexample");
    expect(identity, "$${id} is ${id}", "${id} is example");
    expect(identity, "${id}$${id}", "example${id}");
    expect(identity, "$$", "$$");
}

static void
test_unknown(void)
{
    g_test_summary("a name that nobody drew is an error that lists those there are");
    static const char *const texts[] = { "${nobody}", "${", "${id", "${}", "${ id}" };
    g_autoptr(LabIdentity) identity = who("example");

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(lab_identity_expand(identity, texts[i], &error));
        g_assert_nonnull(error);
        g_assert_nonnull(strstr(error->message, "id seed user port address"));
    }
}

static void
test_ids(void)
{
    g_test_summary("an id goes into file names: letters, digits and a few signs, 64 at most");
    static const char *const wrong[] = { "",    "a b",      "../x",  ".x",  "-x",
                                         "a/b", "\xc3\xa4", "${id}", "a\nb" };
    g_autofree char *most = g_strnfill(64, 'a'), *more = g_strnfill(65, 'a');
    g_autoptr(LabIdentity) right = who("anna.b_c@d+e-1"), longest = who(most);
    static const char *const none[] = { NULL };
    Lab *lab = lab_with(none, none);

    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_null(lab_identity_new(lab, wrong[i], NULL));
    g_assert_null(lab_identity_new(lab, more, NULL));
    lab_end(lab);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/labs/identity/same", test_same);
    g_test_add_func("/labs/identity/alone", test_alone);
    g_test_add_func("/labs/identity/spread", test_spread);
    g_test_add_func("/labs/identity/expand", test_expand);
    g_test_add_func("/labs/identity/unknown", test_unknown);
    g_test_add_func("/labs/identity/ids", test_ids);
    return g_test_run();
}
