/* tests/test_net_line.c - lines out of octets, however they come. */
#include "net/line.h"

#include <locale.h>
#include <string.h>

/* Takes the next line of @buffer with a limit of 20 octets and expects this. */
static void
expect(NetBuffer *buffer, NetLine found, const char *text)
{
    char *line;

    g_assert_cmpint(net_line_take(buffer, 20, &line), ==, found);
    g_assert_cmpstr(line, ==, text);
    g_free(line);
}

static void
add(NetBuffer *buffer, const char *text)
{
    net_buffer_add(buffer, text, strlen(text));
}

static void
test_pipelined(void)
{
    g_test_summary("RFC 2920 §3.1: several commands may come at once");
    g_autoptr(NetBuffer) buffer = net_buffer_new();

    add(buffer, "MAIL\r\n\r\nRCPT\r\nDA");
    expect(buffer, NET_LINE_OK, "MAIL");
    expect(buffer, NET_LINE_OK, "");
    expect(buffer, NET_LINE_OK, "RCPT");
    expect(buffer, NET_LINE_NONE, NULL);
    add(buffer, "TA\r\n");
    expect(buffer, NET_LINE_OK, "DATA");
    g_assert_cmpuint(net_buffer_length(buffer), ==, 0);
}

static void
test_cut_anywhere(void)
{
    static const char text[] = "EHLO a.example\r\nNOOP\r\n";
    g_test_summary("RFC 5321 §2.3.8: a line is what CRLF ends, not what one read gave");

    for (gsize cut = 0; cut <= strlen(text); cut++) {
        g_autoptr(NetBuffer) buffer = net_buffer_new();
        char *first, *second;

        net_buffer_add(buffer, text, cut);
        NetLine found = net_line_take(buffer, 20, &first);
        net_buffer_add(buffer, text + cut, strlen(text) - cut);
        if (found == NET_LINE_NONE)
            found = net_line_take(buffer, 20, &first);
        g_assert_cmpint(found, ==, NET_LINE_OK);
        g_assert_cmpint(net_line_take(buffer, 20, &second), ==, NET_LINE_OK);
        g_assert_cmpstr(first, ==, "EHLO a.example");
        g_assert_cmpstr(second, ==, "NOOP");
        g_free(first);
        g_free(second);
    }
}

static void
test_limit_from_both_sides(void)
{
    g_test_summary("RFC 5321 §4.5.3.1.4: a line of the limit is taken, one more is refused once");
    g_autoptr(NetBuffer) buffer = net_buffer_new();

    add(buffer, "123456789012345678\r\nx\r\n");
    expect(buffer, NET_LINE_OK, "123456789012345678");
    expect(buffer, NET_LINE_OK, "x");
    add(buffer, "1234567890123456789\r\nx\r\n");
    expect(buffer, NET_LINE_TOO_LONG, NULL);
    expect(buffer, NET_LINE_OK, "x");
}

static void
test_too_long_is_swallowed(void)
{
    g_test_summary("An endless line costs no memory and is told once, at its end");
    g_autoptr(NetBuffer) buffer = net_buffer_new();

    for (guint i = 0; i < 1000; i++) {
        add(buffer, "aaaaaaaaaa");
        expect(buffer, NET_LINE_NONE, NULL);
        g_assert_cmpuint(net_buffer_length(buffer), <, 20);
    }
    add(buffer, "a\r");
    expect(buffer, NET_LINE_NONE, NULL);
    add(buffer, "\nQUIT\r\n");
    expect(buffer, NET_LINE_TOO_LONG, NULL);
    expect(buffer, NET_LINE_OK, "QUIT");
}

static void
test_bare_ends(void)
{
    g_test_summary("RFC 5321 §2.3.8: CR and LF occur only together");
    g_autoptr(NetBuffer) buffer = net_buffer_new();

    add(buffer, "NOOP\n\nA\rB\r\nC\r\r\nQUIT\r\n");
    expect(buffer, NET_LINE_BARE_LF, NULL);
    expect(buffer, NET_LINE_BARE_LF, NULL);
    expect(buffer, NET_LINE_NUL, NULL);
    expect(buffer, NET_LINE_NUL, NULL);
    net_buffer_add(buffer, "A\0B\r\n", 5);
    expect(buffer, NET_LINE_OK, "QUIT");
    expect(buffer, NET_LINE_NUL, NULL);
    expect(buffer, NET_LINE_NONE, NULL);
}

static void
test_clear(void)
{
    g_test_summary("RFC 3207 §4.2: what came before STARTTLS is forgotten");
    g_autoptr(NetBuffer) buffer = net_buffer_new();

    add(buffer, "an overlong line that is being swallowed");
    expect(buffer, NET_LINE_NONE, NULL);
    add(buffer, "MAIL\r\nRCP");
    net_buffer_clear(buffer);
    add(buffer, "EHLO\r\n");
    expect(buffer, NET_LINE_OK, "EHLO");
}

static void
test_octet_by_octet_is_linear(void)
{
    g_test_summary("A megabyte of short lines, taken one by one, moves each octet about once");
    g_autoptr(NetBuffer) buffer = net_buffer_new();
    guint lines = 0;
    char *line;

    for (guint i = 0; i < 200000; i++)
        add(buffer, "abc\r\n");
    while (net_line_take(buffer, 20, &line) == NET_LINE_OK) {
        g_free(line);
        lines++;
    }
    g_assert_cmpuint(lines, ==, 200000);
    for (guint i = 0; i < 100000; i++)
        g_assert_cmpint((add(buffer, "x"), net_line_take(buffer, 200000, &line)), ==,
                        NET_LINE_NONE);
}

static void
test_marks(void)
{
    g_test_summary("Each octet knows the event that told of it at the other end");
    g_autoptr(NetBuffer) buffer = net_buffer_new();

    g_assert_cmpuint(net_buffer_twin(buffer), ==, 0);
    net_buffer_mark(buffer, 6, 41);
    net_buffer_mark(buffer, 12, 43);
    net_buffer_mark(buffer, 12, 44); /* nothing was written in between */
    add(buffer, "MAIL\r\nRCPT\r\nDATA\r\n");
    g_assert_cmpuint(net_buffer_twin(buffer), ==, 0);
    expect(buffer, NET_LINE_OK, "MAIL");
    g_assert_cmpuint(net_buffer_twin(buffer), ==, 41);
    expect(buffer, NET_LINE_OK, "RCPT");
    g_assert_cmpuint(net_buffer_twin(buffer), ==, 43);
    expect(buffer, NET_LINE_OK, "DATA");
    g_assert_cmpuint(net_buffer_twin(buffer), ==, 0);
    net_buffer_mark(buffer, 24, 50);
    add(buffer, "NOOP\r\n");
    net_buffer_take(buffer, 1);
    g_assert_cmpuint(net_buffer_twin(buffer), ==, 50);
}

static void
test_numbers(void)
{
    static const struct {
        const char *text;
        guint64 max;
        gboolean good;
        guint64 number;
    } cases[] = {
        { "0", 0, TRUE, 0 },
        { "007", 7, TRUE, 7 },
        { "18446744073709551615", G_MAXUINT64, TRUE, G_MAXUINT64 },
        { "18446744073709551616", G_MAXUINT64, FALSE, 0 },
        { "99999999999999999999999", G_MAXUINT64, FALSE, 0 },
        { "4294967295", G_MAXUINT32, TRUE, G_MAXUINT32 },
        { "4294967296", G_MAXUINT32, FALSE, 0 },
        { "9", 8, FALSE, 0 },
        { "", 10, FALSE, 0 },
        { "-1", 10, FALSE, 0 },
        { "+1", 10, FALSE, 0 },
        { " 1", 10, FALSE, 0 },
        { "1 ", 10, FALSE, 0 },
        { "0x1", 10, FALSE, 0 },
    };
    g_test_summary("Numbers are digits only, without sign or overflow");

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint64 number = 0;

        g_assert_cmpint(net_parse_number(cases[i].text, -1, cases[i].max, &number), ==,
                        cases[i].good);
        g_assert_cmpuint(number, ==, cases[i].number);
    }
    guint64 part;
    g_assert_true(net_parse_number("123456", 3, 1000, &part));
    g_assert_cmpuint(part, ==, 123);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net/line/pipelined", test_pipelined);
    g_test_add_func("/net/line/cut-anywhere", test_cut_anywhere);
    g_test_add_func("/net/line/limit", test_limit_from_both_sides);
    g_test_add_func("/net/line/too-long", test_too_long_is_swallowed);
    g_test_add_func("/net/line/bare-ends", test_bare_ends);
    g_test_add_func("/net/line/clear", test_clear);
    g_test_add_func("/net/line/linear", test_octet_by_octet_is_linear);
    g_test_add_func("/net/line/marks", test_marks);
    g_test_add_func("/net/line/numbers", test_numbers);
    return g_test_run();
}
