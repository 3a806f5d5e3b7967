/* tests/test_imap_write.c - strings, flags, dates and envelopes in responses. */
#include "imap/write.h"

#include <locale.h>
#include <string.h>

static void
expect_string(const char *text, const char *expected)
{
    g_autoptr(GString) out = g_string_new(NULL);

    imap_write_string(out, text);
    g_assert_cmpstr(out->str, ==, expected);
}

static void
test_strings(void)
{
    g_test_summary("RFC 9051 §9: NIL, quoted, or literal where it must be");
    expect_string(NULL, "NIL");
    expect_string("", "\"\"");
    expect_string("a \"b\" \\c", "\"a \\\"b\\\" \\\\c\"");
    expect_string("caf\xc3\xa9", "{5}\r\ncaf\xc3\xa9");
    expect_string("a\r\nb", "{4}\r\na\r\nb");
    expect_string("a\x7f", "{2}\r\na\x7f");
}

static void
test_utf8(void)
{
    g_test_summary(
        "RFC 9051 §5.1: names in UTF-8 are quoted; what is none, or has a line end, is not");
    g_autoptr(GString) out = g_string_new(NULL);

    imap_write_utf8(out, "caf\xc3\xa9 \"");
    imap_write_utf8(out, "caf\xe9");
    imap_write_utf8(out, "\xc3\xa9\n");
    g_assert_cmpstr(out->str, ==, "\"caf\xc3\xa9 \\\"\"{4}\r\ncaf\xe9{3}\r\n\xc3\xa9\n");
}

static void
test_flags(void)
{
    g_test_summary("RFC 3501 §7.2.6: flags and keywords in one list");
    g_autoptr(GString) out = g_string_new(NULL);

    imap_write_flags(out, 0, "");
    imap_write_flags(out, STORE_SEEN | STORE_DRAFT, "a b");
    imap_write_flags(out, 0, "a");
    g_assert_cmpstr(out->str, ==, "()(\\Seen \\Draft a b)(a)");
}

static void
test_dates(void)
{
    g_test_summary("RFC 9051 §9: date-time has a day of two columns");
    g_autoptr(GString) out = g_string_new(NULL);

    imap_write_date_time(out, 1767603600);
    imap_write_date_time(out, -1);
    g_assert_cmpstr(out->str, ==, "\" 5-Jan-2026 09:00:00 +0000\"\"31-Dec-1969 23:59:59 +0000\"");
}

static void
test_envelope(void)
{
    g_test_summary("RFC 3501 §7.4.2: Sender and Reply-To are From where they are absent");
    static const char header[] =
        "From: Alice <alice@north.example>\r\nTo: a@b.example, c@d.example\r\n"
        "Subject: hi\r\n\r\n";
    g_autoptr(StoreEnvelope) envelope = store_envelope_from_header(header, strlen(header));
    g_autoptr(GString) out = g_string_new(NULL);

#define ALICE "((\"Alice\" NIL \"alice\" \"north.example\"))"
    store_envelope_write(out, envelope);
    g_assert_cmpstr(out->str, ==,
                    "(NIL \"hi\" " ALICE " " ALICE " " ALICE
                    " ((NIL NIL \"a\" \"b.example\")(NIL NIL \"c\" \"d.example\"))"
                    " NIL NIL NIL NIL)");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/write/strings", test_strings);
    g_test_add_func("/imap/write/utf8", test_utf8);
    g_test_add_func("/imap/write/flags", test_flags);
    g_test_add_func("/imap/write/dates", test_dates);
    g_test_add_func("/imap/write/envelope", test_envelope);
    return g_test_run();
}
