/* tests/test_imap_sequence.c - sets of messages. */
#include "imap/sequence.h"

#include <locale.h>
#include <string.h>

static ImapSet *
set_of(const char *text)
{
    ImapParse parse;

    imap_parse_start(&parse, text, strlen(text));
    return imap_set_parse(&parse);
}

/* The numbers from 1 to 20 that are in @text where the largest is @largest, as a set. */
static void
expect_set(const char *text, guint32 largest, const char *expected)
{
    g_autoptr(ImapSet) set = set_of(text);
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GString) found = g_string_new(NULL);

    g_assert_nonnull(set);
    imap_set_resolve(set, largest);
    for (guint32 number = 1; number <= 20; number++)
        if (imap_set_contains(set, number))
            g_array_append_val(numbers, number);
    imap_set_write(found, numbers);
    g_assert_cmpstr(found->str, ==, expected);
}

static void
test_sets(void)
{
    g_test_summary("RFC 9051 §9: ranges in any order, * is the largest in use");
    expect_set("1", 9, "1");
    expect_set("3:1", 9, "1:3");
    expect_set("1,3,2", 9, "1:3");
    expect_set("*", 9, "9");
    expect_set("7:*", 9, "7:9");
    expect_set("12:*", 9, "9:12");
    expect_set("*:7,2", 9, "2,7:9");
    expect_set("1:5,2:3,5:8,10", 9, "1:8,10");
    expect_set("4294967295", 9, "");
}

static void
test_wrong(void)
{
    g_test_summary("RFC 9051 §9: numbers are not zero, and fit into 32 bits");
    static const char *const wrong[] = {
        "", "0", "1,", "1:", ":1", "a", "-1", "4294967296", "1,,2"
    };

    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(ImapSet) set = set_of(wrong[i]);

        g_assert_null(set);
    }
}

static void
test_single(void)
{
    g_test_summary("a set that names one message is known as such");
    g_autoptr(ImapSet) one = set_of("7"), two = set_of("7:8"), same = set_of("7,7:7");

    imap_set_resolve(one, 9);
    imap_set_resolve(two, 9);
    imap_set_resolve(same, 9);
    g_assert_cmpuint(imap_set_single(one), ==, 7);
    g_assert_cmpuint(imap_set_single(two), ==, 0);
    g_assert_cmpuint(imap_set_single(same), ==, 7);
    g_assert_cmpuint(imap_set_largest(two), ==, 8);
}

static void
test_saved(void)
{
    g_test_summary("RFC 5182 §2.1: $ is a set, also when it stands for nothing");
    g_autoptr(ImapSet) nothing = set_of("$"), some = set_of("9:7,$");

    g_assert_true(imap_set_is_saved(nothing));
    imap_set_resolve(nothing, 9);
    g_assert_cmpuint(imap_set_single(nothing), ==, 0);
    g_assert_cmpuint(imap_set_largest(nothing), ==, 0);
    g_assert_cmpuint(imap_set_next(nothing, 1), ==, 0);
    g_assert_false(imap_set_contains(nothing, 1));
    imap_set_add(some, 2);
    imap_set_add(some, 3);
    imap_set_resolve(some, 9);
    g_assert_cmpuint(imap_set_next(some, 1), ==, 2);
    g_assert_cmpuint(imap_set_next(some, 3), ==, 3);
    g_assert_cmpuint(imap_set_next(some, 4), ==, 7);
    g_assert_cmpuint(imap_set_next(some, 10), ==, 0);
    g_autoptr(ImapSet) backwards = set_of("9:7,$");
    imap_set_add(backwards, 8); /* no end of 9:7 is moved by it */
    imap_set_resolve(backwards, 9);
    g_assert_true(imap_set_contains(backwards, 7));
}

static void
test_many(void)
{
    g_test_summary("thousands of overlapping ranges cost one sort");
    g_autoptr(GString) text = g_string_new("1:4294967295");

    for (guint i = 1; i < 4000; i++)
        g_string_append_printf(text, ",%u:4294967295", i);
    expect_set(text->str, 9, "1:20");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/sequence/sets", test_sets);
    g_test_add_func("/imap/sequence/wrong", test_wrong);
    g_test_add_func("/imap/sequence/single", test_single);
    g_test_add_func("/imap/sequence/saved", test_saved);
    g_test_add_func("/imap/sequence/many", test_many);
    return g_test_run();
}
