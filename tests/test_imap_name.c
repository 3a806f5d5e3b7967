/* tests/test_imap_name.c - mailbox names in modified UTF-7, and LIST's wildcards. */
#include "imap/name.h"

#include <locale.h>
#include <string.h>

static void
expect_both(const char *wire, const char *utf8)
{
    g_autofree char *to = imap_name_to_utf8(wire);
    g_autofree char *from = imap_name_from_utf8(utf8);

    g_assert_cmpstr(to, ==, utf8);
    g_assert_cmpstr(from, ==, wire);
}

static void
test_utf7(void)
{
    g_test_summary("RFC 3501 §5.1.3: modified UTF-7, both ways");
    expect_both("INBOX", "INBOX");
    expect_both("Entw&APw-rfe", "Entwürfe");
    expect_both("a&-b", "a&b");
    expect_both("a&AAk-b", "a\tb");
    expect_both("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語");
    expect_both("&2D3eAA-", "😀");
}

static void
test_wrong(void)
{
    g_test_summary("RFC 3501 §5.1.3: what is not modified UTF-7 is refused");
    static const char *const wrong[] = { "a&b",    "&AP",   "&AP!-",  "&2D0-", "&A-",
                                         "&APw=-", "&APx-", "&APwA-", "\xff" };

    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *name = imap_name_to_utf8(wrong[i]);

        g_assert_cmpstr(name, ==, NULL);
    }
}

static void
test_inbox(void)
{
    g_test_summary("RFC 3501 §5.1: INBOX in any case");
    g_autofree char *inbox = imap_name_to_utf8("inBox");
    g_autofree char *other = imap_name_to_utf8("inBoxes");

    g_assert_cmpstr(inbox, ==, "INBOX");
    g_assert_cmpstr(other, ==, "inBoxes");
}

static void
test_wildcards(void)
{
    g_test_summary("RFC 3501 §6.3.8: * matches everything, % stops at the next level");
    g_assert_true(imap_name_matches("*", "a/b/c"));
    g_assert_true(imap_name_matches("%", "abc"));
    g_assert_false(imap_name_matches("%", "a/b"));
    g_assert_true(imap_name_matches("a/%", "a/b"));
    g_assert_false(imap_name_matches("a/%", "a/b/c"));
    g_assert_true(imap_name_matches("a*c", "a/b/c"));
    g_assert_true(imap_name_matches("%/%c", "a/bc"));
    g_assert_true(imap_name_matches("*b%", "a/b/bb"));
    g_assert_false(imap_name_matches("a", "ab"));
    g_assert_false(imap_name_matches("", "a"));
    g_assert_true(imap_name_matches("", ""));
}

static void
test_wildcard_cost(void)
{
    g_test_summary("a thousand wildcards cost no more than a thousand letters");
    g_autofree char *pattern = g_strnfill(999, '*');
    g_autofree char *name = g_strnfill(999, 'a');

    for (guint i = 0; i < 999; i += 2)
        pattern[i] = 'a';
    g_assert_true(imap_name_matches(pattern, name));
    name[998] = 'b';
    g_assert_false(imap_name_matches(pattern, name));
}

static void
test_one_spelling(void)
{
    g_test_summary(
        "RFC 3501 §5.1.3: what can stand for itself is not encoded, no superfluous shifts");
    static const char *const wrong[] = { "&AGE-", "&U,BTFw-&ZeVnLIqe-", "&APwAAA-", "&APwAYQ-" };

    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *name = imap_name_to_utf8(wrong[i]);

        g_assert_cmpstr(name, ==, NULL);
    }
    expect_both("&U,BTF2XlZyyKng-", "台北日本語");
    expect_both("&APw-&-&APw-", "ü&ü");
}

static void
test_compose(void)
{
    g_test_summary("RFC 9051 §5.1: names of IMAP4rev2 are UTF-8 in the composed form; & is itself");
    g_autofree char *composed = imap_name_compose("Entwu\xcc\x88rfe & more");
    g_autofree char *inbox = imap_name_compose("iNBox/Lists");
    g_autofree char *wrong = imap_name_compose("\xff");

    g_assert_cmpstr(composed, ==, "Entwürfe & more");
    g_assert_cmpstr(inbox, ==, "INBOX/Lists");
    g_assert_cmpstr(wrong, ==, NULL);
}

static void
expect_pattern(const char *pattern, const char *simple)
{
    g_autofree char *found = imap_name_pattern(pattern);

    g_assert_cmpstr(found, ==, simple);
}

static void
test_pattern(void)
{
    g_test_summary("wildcards in a row are one: * where there is one among them");
    expect_pattern("%%%a**%", "%a*");
    expect_pattern("%*", "*");
    expect_pattern("a/%/b", "a/%/b");
    expect_pattern("", "");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/name/utf7", test_utf7);
    g_test_add_func("/imap/name/wrong", test_wrong);
    g_test_add_func("/imap/name/inbox", test_inbox);
    g_test_add_func("/imap/name/wildcards", test_wildcards);
    g_test_add_func("/imap/name/wildcard-cost", test_wildcard_cost);
    g_test_add_func("/imap/name/one-spelling", test_one_spelling);
    g_test_add_func("/imap/name/compose", test_compose);
    g_test_add_func("/imap/name/pattern", test_pattern);
    return g_test_run();
}
