/* tests/test_imap_parse.c - the words of a command, whole, cut short and hostile. */
#include "imap/parse.h"

#include <locale.h>
#include <string.h>

#include "storage/entry.h"

static ImapParse
at(const char *text)
{
    ImapParse parse;

    imap_parse_start(&parse, text, strlen(text));
    return parse;
}

static void
expect_astring(const char *text, const char *expected)
{
    ImapParse parse = at(text);
    g_autofree char *found = imap_parse_astring(&parse);

    g_assert_cmpstr(found, ==, expected);
    if (expected != NULL)
        g_assert_true(imap_parse_is_end(&parse));
}

static void
test_astring(void)
{
    g_test_summary("RFC 9051 §9: atom, quoted, literal");
    expect_astring("alice]", "alice]");
    expect_astring("\"a \\\"b\\\" \\\\c\"", "a \"b\" \\c");
    expect_astring("\"\"", "");
    expect_astring("{5}\r\na\r\n c", "a\r\n c");
    expect_astring("{0}\r\n", "");
    expect_astring("{2+}\r\nab", "ab");
    expect_astring("", NULL);
    expect_astring("(x", NULL);
    expect_astring("\"open", NULL);
    expect_astring("\"a\\n\"", NULL);
    expect_astring("\"a\rb\"", NULL);
    expect_astring("\"a\nb\"", NULL);
    expect_astring("{5}\r\nabc", NULL);
    expect_astring("{5", NULL);
    expect_astring("{}\r\n", NULL);
    expect_astring("{-1}\r\nx", NULL);
    expect_astring("{99999999999999999999}\r\nx", NULL);
}

static void
test_list_mailbox(void)
{
    g_test_summary("RFC 9051 §9: wildcards and \"]\" may stand in a pattern without quotes");
    ImapParse parse = at("Work%*] x");
    g_autofree char *found = imap_parse_list_mailbox(&parse);

    g_assert_cmpstr(found, ==, "Work%*]");
}

static void
test_cut(void)
{
    g_test_summary("every beginning of a literal is refused without reading beyond it");
    static const char whole[] = "{5}\r\nabcde";

    for (gsize length = 0; length < strlen(whole); length++) {
        g_autofree char *copy = g_memdup2(whole, length + 1); /* exact: ASan watches the end */
        ImapParse parse;
        imap_parse_start(&parse, copy, length);
        g_autofree char *found = imap_parse_astring(&parse);

        g_assert_null(found);
    }
}

static void
expect_flags(const char *text, gboolean fine, guint expected, const char *words)
{
    ImapParse parse = at(text);
    g_autofree char *keywords = NULL;
    guint flags;

    g_assert_cmpint(imap_parse_flags(&parse, TRUE, &flags, &keywords), ==, fine);
    if (!fine)
        return;
    g_assert_cmpuint(flags, ==, expected);
    g_assert_cmpstr(keywords, ==, words);
}

static void
test_flags(void)
{
    g_test_summary("RFC 3501 §2.3.2: system flags, and keywords of anybody's choice");
    expect_flags("()", TRUE, 0, "");
    expect_flags("(\\Seen \\dELETED)", TRUE, STORE_SEEN | STORE_DELETED, "");
    expect_flags("\\Flagged work", TRUE, STORE_FLAGGED, "work");
    expect_flags("(a b A)", TRUE, 0, "a b");
    expect_flags("(\\Recent)", TRUE, 0, "");
    expect_flags("(\\Unknown)", FALSE, 0, NULL);
    expect_flags("(a", FALSE, 0, NULL);
    expect_flags("(a )", FALSE, 0, NULL);
    expect_flags("(a\\b)", FALSE, 0, NULL);
    expect_flags("", FALSE, 0, NULL);
}

static void
test_many_keywords(void)
{
    g_test_summary("100 keywords are taken, 101 are too many");
    g_autoptr(GString) list = g_string_new("(k0");

    for (guint i = 1; i < IMAP_KEYWORDS_MAX; i++)
        g_string_append_printf(list, " k%u", i);
    g_autofree char *fits = g_strconcat(list->str, ")", NULL);
    g_autofree char *more = g_strconcat(list->str, " one)", NULL);
    g_autofree char *words = g_strdup(list->str + 1);
    expect_flags(fits, TRUE, 0, words);
    expect_flags(more, FALSE, 0, NULL);
}

static void
expect_date_time(const char *text, gint64 expected)
{
    ImapParse parse = at(text);
    gint64 seconds = -1;

    if (!imap_parse_date_time(&parse, &seconds))
        seconds = -1;
    g_assert_cmpint(seconds, ==, expected);
}

static void
test_dates(void)
{
    g_test_summary("RFC 9051 §9: date-time, with the zone taken off");
    expect_date_time("\" 1-Jan-1970 00:00:00 +0000\"", 0);
    expect_date_time("\"05-Jan-2026 10:00:00 +0100\"", 1767603600);
    expect_date_time("\"5-Jan-2026 10:00:00 +0100\"", 1767603600);
    expect_date_time("\"29-Feb-2024 00:00:00 +0000\"", 1709164800);
    expect_date_time("\"29-Feb-2000 00:00:00 +0000\"", 951782400);
    expect_date_time("\" 1-Mar-2000 05:30:00 +0530\"", 951868800);
    expect_date_time("\"29-Feb-2100 00:00:00 +0000\"", -1);
    expect_date_time("\"29-Feb-2023 00:00:00 +0000\"", -1);
    expect_date_time("\" 0-Jan-2023 00:00:00 +0000\"", -1);
    expect_date_time("\" 1-Jan-2023 00:00:61 +0000\"", -1);
    expect_date_time("\" 1-Jan-2023 00:00:00 +0060\"", -1);
    expect_date_time("\"31-Apr-2023 00:00:00 +0000\"", -1);
    expect_date_time("\" 1-Foo-2023 00:00:00 +0000\"", -1);
    expect_date_time("\" 1-Jan-2023 24:00:00 +0000\"", -1);
    expect_date_time("\" 1-Jan-2023 00:00:00 0000\"", -1);
    expect_date_time("\" 1-Jan-2023 00:00:00 +0000", -1);
    expect_date_time("1-Jan-2023", -1);
    /* Each number has its places: a year 26 would be another century's, or Nero's. */
    expect_date_time("\" 5-Jan-26 10:00:00 +0000\"", -1);
    expect_date_time("\" 05-Jan-2026 10:00:00 +0000\"", -1);
    expect_date_time("\" 5-Jan-2026 1:00:00 +0000\"", -1);
    expect_date_time("\" 5-Jan-2026 10:00:00 +000\"", -1);
    expect_date_time("\"005-Jan-2026 10:00:00 +0000\"", -1);
    expect_date_time("\" 5", -1);
    expect_date_time("\" ", -1);
    expect_date_time("\"5", -1);
}

static void
test_bare_dates(void)
{
    static const struct {
        const char *text;
        gint64 day; /* -1: no date */
    } cases[] = {
        { "1-Jan-1970", 0 },    { "\"2-Jan-1970\"", 1 }, { "01-Mar-2000", 11017 },
        { "\"2-Jan-1970", -1 }, { "32-Jan-1970", -1 },   { "0-Jan-1970", -1 },
    };

    g_test_summary("RFC 9051 §9: a date has quotes on both sides, or none");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        ImapParse parse = at(cases[i].text);
        gint64 day;

        if (!imap_parse_date(&parse, &day))
            day = -1;
        g_assert_cmpint(day, ==, cases[i].day);
    }
}

static void
test_calendar(void)
{
    g_test_summary("days and dates are each other's reverse");
    for (gint64 day = imap_date_to_day(1600, 1, 1); day < imap_date_to_day(2400, 1, 1); day += 17) {
        int year, month, date;

        imap_date_from_day(day, &year, &month, &date);
        g_assert_cmpint(imap_date_to_day(year, month, date), ==, day);
    }
}

static void
test_announces(void)
{
    g_test_summary("RFC 7888 §4: a line that ends by announcing a literal");
    guint64 octets;
    gboolean plus;

    g_assert_true(imap_parse_announces("a LOGIN {5}", &octets, &plus));
    g_assert_cmpuint(octets, ==, 5);
    g_assert_false(plus);
    g_assert_true(imap_parse_announces("{10+}", &octets, &plus));
    g_assert_true(plus);
    g_assert_true(imap_parse_announces("{99999999999999999999}", &octets, &plus));
    g_assert_cmpuint(octets, ==, G_MAXUINT64);
    g_assert_false(imap_parse_announces("{5} ", &octets, &plus));
    g_assert_false(imap_parse_announces("{}", &octets, &plus));
    g_assert_false(imap_parse_announces("{+}", &octets, &plus));
    g_assert_false(imap_parse_announces("{5", &octets, &plus));
    g_assert_false(imap_parse_announces("5}", &octets, &plus));
    g_assert_false(imap_parse_announces("", &octets, &plus));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/parse/astring", test_astring);
    g_test_add_func("/imap/parse/list-mailbox", test_list_mailbox);
    g_test_add_func("/imap/parse/cut", test_cut);
    g_test_add_func("/imap/parse/flags", test_flags);
    g_test_add_func("/imap/parse/many-keywords", test_many_keywords);
    g_test_add_func("/imap/parse/dates", test_dates);
    g_test_add_func("/imap/parse/bare-dates", test_bare_dates);
    g_test_add_func("/imap/parse/calendar", test_calendar);
    g_test_add_func("/imap/parse/announces", test_announces);
    return g_test_run();
}
