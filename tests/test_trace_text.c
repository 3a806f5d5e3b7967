/* tests/test_trace_text.c - numbers and sentences put together without printf(). */
#include "trace/text.h"

#include <locale.h>

/* What @format gives, at most @max octets, behind "> ". */
static char *written(gsize max, const char *format, ...) G_GNUC_PRINTF(2, 3);

static char *
written(gsize max, const char *format, ...)
{
    GString *out = g_string_new("> ");
    va_list values;

    va_start(values, format);
    trace_text_append_format(out, max, format, values);
    va_end(values);
    g_assert_cmpuint(out->len, ==, strlen(out->str));
    return g_string_free(out, FALSE);
}

#define expect(max, wanted, ...)                                                                   \
    G_STMT_START                                                                                   \
    {                                                                                              \
        g_autofree char *text = written((max), __VA_ARGS__);                                       \
                                                                                                   \
        g_assert_cmpstr(text, ==, "> " wanted);                                                    \
    }                                                                                              \
    G_STMT_END

static void
test_numbers(void)
{
    g_test_summary("numbers from the smallest to the largest");
    g_autoptr(GString) out = g_string_new(NULL);

    trace_text_append_number(out, 0);
    g_string_append_c(out, ' ');
    trace_text_append_number(out, G_MININT64);
    g_string_append_c(out, ' ');
    trace_text_append_number(out, G_MAXINT64);
    g_string_append_c(out, ' ');
    trace_text_append_unsigned(out, G_MAXUINT64);
    g_assert_cmpstr(out->str, ==,
                    "0 -9223372036854775808 9223372036854775807 18446744073709551615");
}

static void
test_digits(void)
{
    g_test_summary("numbers of each length, at both ends of it and in between");
    g_autoptr(GString) out = g_string_new(NULL);

    for (guint64 power = 1, digits = 1; digits < TRACE_TEXT_DIGITS; power *= 10, digits++) {
        const guint64 values[] = { power, power * 10 - 1, power + power / 2 };

        for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
            g_autofree char *wanted = g_strdup_printf("%" G_GUINT64_FORMAT, values[i]);

            trace_text_cut(out, 0);
            trace_text_append_unsigned(out, values[i]);
            g_assert_cmpstr(out->str, ==, wanted);
        }
    }
}

static void
test_simple(void)
{
    g_test_summary("the conversions that sentences use");
    const char *nothing = NULL;

    expect(100, "plain", "%s", "plain");
    expect(100, "alice is account -7, 12 of 4000000000: 100%", "%s is account %d, %i of %u: 100%%",
           "alice", -7, 12, 4000000000u);
    expect(100, "-5 and 18446744073709551615", "%" G_GINT64_FORMAT " and %" G_GUINT64_FORMAT,
           (gint64)-5, G_MAXUINT64);
    expect(100, "(null)", "%s", nothing);
    expect(100, "", "%s", "");
}

static void
test_others(void)
{
    g_test_summary("what is not simple is left to printf");
    expect(100, "007|ab|0x1f|1.50|c", "%03d|%.2s|0x%x|%.2f|%c", 7, "abc", 31, 1.5, 'c');
    expect(100, "3 octets", "%" G_GSIZE_FORMAT " octets", (gsize)3);
    expect(3, "007", "%03d|%s", 7, "abc");
    expect(100, "alice, 12 and 007", "%s, %u and %03d", "alice", 12u, 7);
    expect(100, "100% of wide", "%d%% of %ls", 100, L"wide");
}

static void
test_limits(void)
{
    g_test_summary("no more than was asked for, wherever the limit falls");
    expect(0, "", "%s %d", "abc", 12345);
    expect(2, "ab", "%s %d", "abc", 12345);
    expect(3, "abc", "%s %d", "abc", 12345);
    expect(4, "abc ", "%s %d", "abc", 12345);
    expect(6, "abc 12", "%s %d", "abc", 12345);
    expect(9, "abc 12345", "%s %d", "abc", 12345);
    expect(5, "words", "words and %s", "more");
    g_autofree char *much = g_strnfill(1000000, 'x');
    g_autofree char *text = written(10, "%s", much);
    g_assert_cmpstr(text, ==, "> xxxxxxxxxx");
}

static void
test_room(void)
{
    g_test_summary("a string grows as it is written, and ends in NUL at each step");
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GString) wanted = g_string_new(NULL);

    for (gsize length = 0; length < 300; length++) {
        g_autofree char *piece = g_strnfill(length, (char)('a' + length % 26));

        trace_text_append_octets(out, piece, length);
        g_string_append(wanted, piece);
        g_assert_cmpuint(out->str[out->len], ==, '\0');
    }
    g_assert_cmpstr(out->str, ==, wanted->str);
}

static void
test_printf(void)
{
    g_test_summary("what is not simple is left to printf, behind what was there");
    g_autoptr(GString) out = g_string_new("> ");

    trace_text_append_printf(out, "%s has %u, ", "carol", 7u);
    trace_text_append_printf(out, "%s at %02d:%02d", "now", 9, 5);
    g_assert_cmpstr(out->str, ==, "> carol has 7, now at 09:05");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trace/text/numbers", test_numbers);
    g_test_add_func("/trace/text/digits", test_digits);
    g_test_add_func("/trace/text/simple", test_simple);
    g_test_add_func("/trace/text/others", test_others);
    g_test_add_func("/trace/text/limits", test_limits);
    g_test_add_func("/trace/text/room", test_room);
    g_test_add_func("/trace/text/printf", test_printf);
    return g_test_run();
}
