/* tests/test_trace_redact.c - nothing secret and nothing harmful gets into an event. */
#include "trace/redact.h"

#include <locale.h>
#include <string.h>

static void
expect_safe(const char *text, gssize length, const char *shown)
{
    g_autofree char *safe = trace_safe(text, length);

    g_assert_cmpstr(safe, ==, shown);
    g_assert_true(g_utf8_validate(safe, -1, NULL));
    /* What is safe stays as it is: texts are made safe more than once. */
    g_autofree char *again = trace_safe(safe, -1);
    g_assert_cmpstr(again, ==, safe);
}

static void
test_controls(void)
{
    g_test_summary("C0, DEL and C1 controls become visible signs");
    expect_safe("plain", -1, "plain");
    expect_safe("a\x1b[2Jb", -1, "a^[[2Jb");
    expect_safe("a\0b", 3, "a^@b");
    expect_safe("\t\r\n\x7f\x1c", -1, "^I^M^J^?^\\");
    expect_safe("\x9b"
                "31m",
                -1, "\\x9b31m");
    expect_safe("\xc2\x9b"
                "31m",
                -1, "\\u009b31m");
}

static void
test_bidi(void)
{
    g_test_summary("characters that turn the direction of text become visible");
    expect_safe("a\u202egpj.exe", -1, "a\\u202egpj.exe");
    expect_safe("\u2066x\u2069\u200f\u061c", -1, "\\u2066x\\u2069\\u200f\\u061c");
    expect_safe("line\u2028end", -1, "line\\u2028end");
    expect_safe("Grüße §3.6 日本 🙂", -1, "Grüße §3.6 日本 🙂");
}

static void
test_bad_utf8(void)
{
    g_test_summary("octets that are no UTF-8 become visible, cut wherever they are");
    expect_safe("\xff\xfe", -1, "\\xff\\xfe");
    expect_safe("\xc3", -1, "\\xc3");
    expect_safe("\xed\xa0\x80", -1, "\\xed\\xa0\\x80"); /* a surrogate */
    expect_safe("\xc0\xaf", -1, "\\xc0\\xaf");          /* over-long "/" */
    for (gssize cut = 0; cut <= 4; cut++) {
        g_autofree char *safe = trace_safe("\xf0\x9f\x99\x82", cut);
        g_assert_true(g_utf8_validate(safe, -1, NULL));
    }
}

static void
test_limits(void)
{
    g_test_summary("what is too long is cut between two characters");
    g_autoptr(GString) out = g_string_new(NULL);

    trace_safe_append(out, "abcdef", -1, 3, FALSE);
    g_assert_cmpstr(out->str, ==, "abc...");
    g_string_truncate(out, 0);
    trace_safe_append(out, "ab§cd", -1, 3, FALSE);
    g_assert_cmpstr(out->str, ==, "ab...");
    g_string_truncate(out, 0);
    trace_safe_append(out, "abc", -1, 3, FALSE);
    g_assert_cmpstr(out->str, ==, "abc");
    g_string_truncate(out, 0);
    trace_safe_append(out, "a\r\nb\tc\rd", -1, 100, TRUE);
    g_assert_cmpstr(out->str, ==, "a\nb\tc^Md");
}

static void
test_json(void)
{
    g_test_summary("text inside of JSON stays JSON");
    g_autoptr(GString) out = g_string_new(NULL);

    trace_safe_append_json(out, "say \"hi\" \\ \x1b\x1c\n\xff\u202e", -1, 1000);
    g_assert_cmpstr(out->str, ==, "\"say \\\"hi\\\" \\\\ ^[^\\\\\\n\\\\xff\\\\u202e\"");
    g_string_truncate(out, 0);
    trace_safe_copy_json(out, "{\"a\":\n\"\\u001b\u202e\xff\"}");
    g_assert_cmpstr(out->str, ==, "{\"a\": \"\\u001b\\\\u202e\\\\xff\"}");
}

static void
expect_command(const char *line, const char *shown)
{
    g_autofree char *redacted = trace_redact_command(line);

    g_assert_cmpstr(redacted, ==, shown);
}

static void
test_plain(void)
{
    g_test_summary(
        "one octet that is not plain is found, wherever it stands and however long the text");
    static const char odd[] = { '"', '\\', '\n', 0x1f, 0x7f, (char)0x80 };

    for (gsize length = 0; length < 50; length++) {
        g_autofree char *text = g_strnfill(length, '~');

        g_assert_true(trace_safe_is_plain(text, length));
        for (gsize at = 0; at < length; at++) {
            for (guint i = 0; i < G_N_ELEMENTS(odd); i++) {
                text[at] = odd[i];
                g_assert_false(trace_safe_is_plain(text, length));
            }
            text[at] = '~';
        }
    }
}

static void
test_commands(void)
{
    g_test_summary("RFC 4954 §4, RFC 1939 §7, RFC 9051 §6.2.3: no password is shown");
    expect_command("AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n", "AUTH PLAIN ***");
    expect_command("auth login", "AUTH LOGIN ***");
    expect_command("AUTH wonderland", "AUTH ***");
    expect_command("PASS wonder land\r\n", "PASS ***");
    expect_command("a1 LOGIN alice wonderland", "a1 LOGIN ***");
    expect_command("a1 authenticate PLAIN AGFsaWNl", "a1 AUTHENTICATE PLAIN ***");
    expect_command("AGFsaWNlAHdvbmRlcmxhbmQ=", "***");
    expect_command("PASSwonderland", "***");
    expect_command("", "***");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trace/redact/controls", test_controls);
    g_test_add_func("/trace/redact/bidi", test_bidi);
    g_test_add_func("/trace/redact/bad-utf8", test_bad_utf8);
    g_test_add_func("/trace/redact/limits", test_limits);
    g_test_add_func("/trace/redact/json", test_json);
    g_test_add_func("/trace/redact/plain", test_plain);
    g_test_add_func("/trace/redact/commands", test_commands);
    return g_test_run();
}
