/* tests/test_imap_search.c - SEARCH: conversations, and the program its keys become. */
#include "imap/search.h"
#include "tests/reader_world.h"

static void
test_search(void)
{
    g_test_summary("RFC 3501 §6.4.4: all kinds of keys");
    dialog_play_both("imap-search.txt", &reader_imap_engine, NULL);
}

/* Does an entry with \Seen, of 100 octets, UID 5, match @text? */
static gboolean
matches(const char *text)
{
    StoreEntry entry = { .uid = 5, .flags = STORE_SEEN, .keywords = (char *)"work", .octets = 100 };
    ImapCandidate candidate = { .number = 2, .entry = &entry };
    const char *wrong;
    ImapParse parse;

    imap_parse_start(&parse, text, strlen(text));
    g_autoptr(GPtrArray) program = imap_search_parse(&parse, &wrong);
    g_assert_nonnull(program);
    for (guint i = 0; i < program->len; i++) {
        ImapKey *key = g_ptr_array_index(program, i);

        if (key->set != NULL)
            imap_set_resolve(key->set, 9);
    }
    return imap_search_matches(program, &candidate);
}

static void
test_logic(void)
{
    g_test_summary(
        "RFC 3501 §6.4.4: keys side by side are AND; NOT and OR take the keys after them");
    g_assert_true(matches("SEEN"));
    g_assert_false(matches("UNSEEN"));
    g_assert_true(matches("SEEN 2 UID 5"));
    g_assert_false(matches("SEEN 3 UID 5"));
    g_assert_true(matches("OR UNSEEN SEEN"));
    g_assert_true(matches("NOT (UNSEEN SEEN)"));
    g_assert_true(matches("OR (UNSEEN) (SEEN LARGER 99)"));
    g_assert_false(matches("OR UNSEEN SEEN LARGER 100"));
    g_assert_true(matches("NOT NOT NOT UNSEEN"));
    g_assert_true(matches("OR OR DRAFT FLAGGED OR SEEN DELETED KEYWORD WORK"));
    g_assert_false(matches("UNSEEN BODY x")); /* the body is not looked at: there is none here */
    g_assert_true(matches("((((SEEN))))"));
}

static void
expect_wrong(const char *text)
{
    const char *wrong = NULL;
    ImapParse parse;

    imap_parse_start(&parse, text, strlen(text));
    g_autoptr(GPtrArray) program = imap_search_parse(&parse, &wrong);
    g_assert_null(program);
    g_assert_nonnull(wrong);
}

static void
test_limits(void)
{
    g_test_summary("nesting and number of keys are limited; nothing recurses");
    g_autofree char *open = g_strnfill(10000, '('), *close = g_strnfill(10000, ')');
    g_autofree char *deep = g_strconcat(open, "SEEN", close, NULL);
    g_autoptr(GString) nots = g_string_new(NULL), many = g_string_new("SEEN");

    expect_wrong(deep);
    for (guint i = 0; i < 5000; i++) {
        g_string_append(nots, "NOT ");
        g_string_append(many, " SEEN");
    }
    g_string_append(nots, "SEEN");
    expect_wrong(nots->str);
    expect_wrong(many->str);
    open[40] = close[40] = '\0';
    g_autofree char *fine = g_strconcat(open, "SEEN", close, NULL);
    g_assert_true(matches(fine));
}

static void
test_cut(void)
{
    g_test_summary("a search cut at each octet is a mistake or a search, never a crash");
    static const char whole[] = "OR (FROM \"a b\" NOT 1:3,5) SINCE 1-Feb-1994 HEADER X {3}\r\nabc";

    for (gsize length = 0; length <= strlen(whole); length++) {
        g_autofree char *copy = g_memdup2(whole, length + 1);
        const char *wrong;
        ImapParse parse;

        imap_parse_start(&parse, copy, length);
        g_autoptr(GPtrArray) program = imap_search_parse(&parse, &wrong);
        g_assert_true(length < strlen(whole) || program != NULL);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/search/search", test_search);
    g_test_add_func("/imap/search/logic", test_logic);
    g_test_add_func("/imap/search/limits", test_limits);
    g_test_add_func("/imap/search/cut", test_cut);
    return g_test_run();
}
