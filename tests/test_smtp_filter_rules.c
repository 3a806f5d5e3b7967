/* tests/test_smtp_filter_rules.c - reading rules and lists (smtp/filter_rules.c, filter_words.c,
 * filter_list.c).
 */
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "smtp/filter.h"
#include "smtp/filter_list.h"

static void
test_mistakes(void)
{
    static const struct {
        const char *rules, *where, *hint;
    } cases[] = {
        { "when size over 1 then junk", "rules:1:1:", "one of: if" },
        { "\nif colour is \"blue\" then junk", "rules:2:4:", "client, helo, sender" },
        { "if sendre is \"a\" then junk", "rules:1:4:", "did you mean sender?" },
        { "if headers Subject is \"a\" then junk", "rules:1:4:", "did you mean header?" },
        { "if size is \"10\" then junk", "rules:1:9:", "over, under" },
        { "if sender over 10 then junk", "rules:1:11:", "contains, is, matches, in" },
        { "if sender contain \"a\" then junk", "rules:1:11:", "did you mean contains?" },
        { "if body is \"a\" then junk", "rules:1:9:", "contains" },
        { "if header Subject in \"list\" then junk", "rules:1:19:", "contains, is, matches" },
        { "if size over 10X then junk", "rules:1:14:", "500K or 10M" },
        { "if size over then junk", "rules:1:14:", "500K or 10M" },
        { "if size over 99999999999 then junk", "rules:1:14:", "500K or 10M" },
        { "if sender is carol then junk", "rules:1:14:", "double quotes" },
        { "if sender is \"carol then junk", "rules:1:14:", "not closed" },
        { "if sender is \"carol\" junk", "rules:1:22:", "one of: then" },
        { "if gtube contains \"x\" then junk", "rules:1:10:", "one of: then" },
        { "if sender is \"carol\" then explode", "rules:1:27:", "accept, junk, hold, refuse" },
        { "if sender is \"carol\" then junc", "rules:1:27:", "did you mean junk?" },
        { "if sender is \"carol\" then junk now", "rules:1:32:", "behind the rule" },
        { "if sender is \"carol\" then hold \"why\"", "rules:1:32:", "behind the rule" },
        { "if sender is \"carol\" then tag \"no colon\"", "rules:1:31:", "X-Name: value" },
        { "if sender is \"carol\" then tag", "rules:1:30:", "double quotes" },
        { "if sender is \"carol\" then refuse \"h\303\266\"", "rules:1:34:", "ASCII" },
        { "if sender in \"no/such/list\" then refuse", "rules:1:14:", "no/such/list" },
        { "if sender in \"/dev/zero\" then refuse", "rules:1:14:", "not a file of lines" },
        { "if header", "rules:1:10:", "name of a header field" },
        { "if header Subject: contains \"a\" then junk", "rules:1:11:", "without its colon" },
        { "if", "rules:1:3:", "a test expected" },
    };

    g_test_summary("a mistake is named with file, line and column, and what was perhaps meant");
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SmtpFilter) filter = smtp_filter_parse("rules", cases[i].rules, &error);

        g_assert_null(filter);
        g_assert_nonnull(error);
        if (!g_str_has_prefix(error->message, cases[i].where) ||
            strstr(error->message, cases[i].hint) == NULL)
            g_error("%s: expected %s %s, found %s", cases[i].rules, cases[i].where, cases[i].hint,
                    error->message);
    }
}

static void
test_too_many(void)
{
    g_autoptr(GString) rules = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    g_test_summary("1000 rules are read, one more is refused");
    for (guint i = 0; i < 1000; i++)
        g_string_append(rules, "if size over 10M then junk\n");
    g_autoptr(SmtpFilter) most = smtp_filter_parse("rules", rules->str, &error);
    g_assert_no_error(error);
    g_assert_nonnull(most);
    g_string_append(rules, "if size over 10M then junk\n");
    g_autoptr(SmtpFilter) over = smtp_filter_parse("rules", rules->str, &error);
    g_assert_null(over);
    g_assert_true(g_str_has_prefix(error->message, "rules:1001:"));
}

static const char everything[] =
    "# all of the language\r\n"
    "if client matches \"127.0.*\" then accept\n"
    "if helo is \"localhost\"\tthen junk # why not\n"
    "if sender contains \"spam\" then refuse \"no\"\n"
    "if recipient is \"sales@north.example\" then tag \"X-Sales: yes\"\n"
    "if header Subject contains \"=?utf\" then hold\n"
    "if body contains \"wire the money\" then hold\n"
    "if attachment matches \"*.exe\" then refuse\n"
    "if attachment-type is \"image/png\" then archive\n"
    "if size over 10M then refuse\n"
    "if gtube then junk";

/* Takes or refuses, as it likes, and never reads behind the end: a copy of its own size shows. */
static void
try_rules(const char *text, gsize length)
{
    g_autofree char *copy = g_strndup(text, length);
    g_autoptr(GError) error = NULL;
    g_autoptr(SmtpFilter) filter = smtp_filter_parse("rules", copy, &error);

    g_assert_true((filter == NULL) == (error != NULL));
    g_assert_true(error == NULL || g_str_has_prefix(error->message, "rules:"));
}

static void
test_hostile(void)
{
    static const char odd[] = "\"\\#*:\t\r \x01\x7f\x80\xff"
                              "0K";
    gsize length = strlen(everything);

    g_test_summary("rules cut at each octet, and with each octet replaced: an error, no harm");
    for (gsize i = 0; i <= length; i++)
        try_rules(everything, i);
    for (gsize i = 0; i < length; i++)
        for (gsize k = 0; k < strlen(odd); k++) {
            g_autofree char *text = g_strdup(everything);

            text[i] = odd[k];
            try_rules(text, length);
        }
}

/* ---- lists ---- */

static SmtpList *
list_new(const char *text)
{
    g_autoptr(GError) error = NULL;
    SmtpList *list = smtp_list_parse("list", text, &error);

    g_assert_no_error(error);
    return list;
}

static void
test_list(void)
{
    g_autoptr(SmtpList) list = list_new("# who is not welcome\n"
                                        "Spam@Prize.example\n"
                                        "  bad.example   # all of it\r\n"
                                        ".worse.example\n"
                                        "127.0.0.66\n10.0.0.0/8\nfd00::/8\n");

    g_test_summary("a list knows addresses, domains, what is below a domain, and networks");
    g_assert_cmpstr(smtp_list_find(list, "spam@prize.example"), ==, "spam@prize.example");
    g_assert_null(smtp_list_find(list, "ham@prize.example"));
    g_assert_cmpstr(smtp_list_find(list, "Anybody@BAD.example"), ==, "bad.example");
    g_assert_cmpstr(smtp_list_find(list, "bad.example"), ==, "bad.example");
    g_assert_null(smtp_list_find(list, "a@mail.bad.example"));
    g_assert_null(smtp_list_find(list, "a@notbad.example"));
    g_assert_cmpstr(smtp_list_find(list, "a@mail.worse.example"), ==, ".worse.example");
    g_assert_null(smtp_list_find(list, "a@worse.example"));
    g_assert_cmpstr(smtp_list_find(list, "127.0.0.66"), ==, "127.0.0.66");
    g_assert_null(smtp_list_find(list, "127.0.0.67"));
    g_assert_cmpstr(smtp_list_find(list, "10.9.8.7"), ==, "10.0.0.0/8");
    g_assert_cmpstr(smtp_list_find(list, "fd00::1"), ==, "fd00::/8");
    g_assert_null(smtp_list_find(list, "a@10.9.8.7"));
    g_assert_null(smtp_list_find(list, ""));
}

static void
test_list_mistakes(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        { "a.example\n10.0.0.0/33\n", "list:2: '10.0.0.0/33': not a network" },
        { "a@b@c\n", "list:1: 'a@b@c': not an address" },
        { "\n\nbad domain\n", "list:3: '...': one entry a line" },
        { "b\377d.example\n", "list:1: '...': one entry a line" },
        { ".\n", "list:1: '.': not an address" },
        { "@\n", "list:1: '@': not an address" },
    };

    g_test_summary("what is no entry is named with file and line");
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SmtpList) list = smtp_list_parse("list", cases[i].text, &error);

        g_assert_null(list);
        if (!g_str_has_prefix(error->message, cases[i].message))
            g_error("expected %s, found %s", cases[i].message, error->message);
    }
}

static void
test_files(void)
{
    g_autofree char *folder = g_dir_make_tmp("filter-XXXXXX", NULL);
    g_autofree char *rules = g_build_filename(folder, "rules", NULL);
    g_autofree char *list = g_build_filename(folder, "bad.list", NULL);
    SmtpFilterFiles files = { .block = list, .rules = rules }, none = { 0 };
    g_autoptr(GError) error = NULL;

    g_test_summary("a list is looked for beside the file that names it; its mistakes are told");
    g_assert_null(smtp_filter_load(&none, &error));
    g_assert_no_error(error);
    g_file_set_contents(rules, "if sender in \"bad.list\" then refuse\n", -1, NULL);
    g_assert_null(smtp_filter_load(&files, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
    g_file_set_contents(list, "bad.example\n", -1, NULL);
    g_autoptr(SmtpFilter) filter = smtp_filter_load(&files, &error);
    g_assert_no_error(error);
    g_assert_nonnull(filter);
    g_file_set_contents(list, "bad domain\n", -1, NULL);
    files.block = NULL;
    g_assert_null(smtp_filter_load(&files, &error));
    g_assert_nonnull(strstr(error->message, "rules:1:14: "));
    g_assert_nonnull(strstr(error->message, "bad.list:1: "));
    g_unlink(rules);
    g_unlink(list);
    g_rmdir(folder);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/filter/rules/mistakes", test_mistakes);
    g_test_add_func("/smtp/filter/rules/too-many", test_too_many);
    g_test_add_func("/smtp/filter/rules/hostile", test_hostile);
    g_test_add_func("/smtp/filter/list/found", test_list);
    g_test_add_func("/smtp/filter/list/mistakes", test_list_mistakes);
    g_test_add_func("/smtp/filter/list/files", test_files);
    return g_test_run();
}
