/* tests/test_smtp_client_hostile.c - the sending end of SMTP with peers that do wrong: lines without end,
 * replies at the wrong time, connections that break (smtp/client.c).
 */
#include "tests/client_talk.h"

static void
expect_cut(const char *octets)
{
    g_autoptr(Talk) talk = talk_new(carol, "A: b\r\n");

    g_assert_cmpint(talk_hear(talk, octets, strlen(octets)), ==, SMTP_CLIENT_DONE);
    g_assert_cmpuint(smtp_client_result(talk->client)->recipients[0].code, ==, 0);
    g_assert_cmpstr(smtp_client_result(talk->client)->recipients[0].enhanced, ==, "4.4.2");
    g_assert_false(smtp_reply_is_permanent(smtp_client_result(talk->client)->recipients));
    g_assert_cmpuint(talk->out->len, <, 100);
}

static char *
reply_of_lines(guint lines)
{
    GString *reply = g_string_new(NULL);

    for (guint i = 1; i < lines; i++)
        g_string_append(reply, "220-line\r\n");
    g_string_append(reply, "220 last\r\n");
    return g_string_free(reply, FALSE);
}

static void
test_hostile(void)
{
    g_test_summary("RFC 5321 §4.2: what is no reply ends the conversation, and can be tried later");
    g_autofree char *thousand = reply_of_lines(1000);
    g_autofree char *one_more = reply_of_lines(101);
    g_autofree char *filler = g_strnfill(2000 - 6 + 1, 'x');
    g_autofree char *long_line = g_strdup_printf("220 %s\r\n", filler);

    expect_cut("\r\n");
    expect_cut("hello\r\n");
    expect_cut("22 a\r\n");
    expect_cut("2200 a\r\n");
    expect_cut("120 a\r\n");
    expect_cut("620 a\r\n");
    expect_cut("2x0 a\r\n");
    expect_cut("220+a\r\n");
    expect_cut("220 a\n");
    expect_cut("220 a\rb\r\n");
    expect_cut("220-a\r\n250 b\r\n");
    expect_cut("354 a\r\n");
    expect_cut("220 a\r\n250 not asked yet\r\n");
    expect_cut(thousand);
    expect_cut(one_more);
    expect_cut(long_line);
}

static void
test_limits_from_below(void)
{
    g_test_summary(
        "RFC 5321 §4.5.3.1.5: 512 octets a line are legal, 2,000 and 100 lines are taken");
    g_autofree char *lines = reply_of_lines(100);
    g_autofree char *filler = g_strnfill(2000 - 6, 'x');
    g_autofree char *line = g_strdup_printf("220 %s\r\n", filler);
    g_autoptr(Talk) many = talk_new(carol, "A: b\r\n");
    g_autoptr(Talk) wide = talk_new(carol, "A: b\r\n");

    expect(many, lines, "EHLO mx.north.example\r\n");
    expect(wide, line, "EHLO mx.north.example\r\n");
}

static void
test_endless_line(void)
{
    g_test_summary("RFC 5321 §4.5.3.1.5: a line without an end is not listened to for long");
    g_autoptr(Talk) talk = talk_new(carol, "A: b\r\n");
    g_autofree char *filler = g_strnfill(4096, '2');

    g_assert_cmpint(talk_hear(talk, filler + 4000, 96), ==, SMTP_CLIENT_GO_ON);
    g_assert_cmpint(talk_hear(talk, filler, 4096), ==, SMTP_CLIENT_DONE);
    g_assert_cmpuint(net_buffer_length(talk->input), ==, 0);
}

static void
test_answer_inside_message(void)
{
    g_test_summary("RFC 5321 §4.1.1.10: refused in the middle of the message: no dot, no QUIT");
    g_autoptr(Talk) talk = talk_new(carol, "A: b\r\n\r\nc\r\n");
    GString *out = talk->out;

    talk_hear(talk, "220 a\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    net_buffer_add(talk->input, "354 a\r\n", 7);
    g_assert_cmpint(smtp_client_input(talk->client, talk->input, out), ==, SMTP_CLIENT_SENDING);
    g_string_truncate(out, 0);
    g_assert_cmpint(expect(talk, "552 5.3.4 Enough\r\n", ""), ==, SMTP_CLIENT_DONE);
    expect_recipient(talk, 0, "552 5.3.4 Enough");
}

static void
test_message_breaks_off(void)
{
    g_test_summary("RFC 5321 §4.1.1.10: a message that can't be read to its end gets no dot");
    g_autoptr(Talk) talk = talk_new(carol, "A: b\r\n\r\nc\r\n");

    talk->portion = 4;
    talk->fail = TRUE;
    talk_hear(talk, "220 a\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    g_assert_cmpint(expect(talk, "354 a\r\n", "A: b"), ==, SMTP_CLIENT_DONE);
    expect_recipient(talk, 0, "the disk is gone (at body)");
}

static void
test_cut(void)
{
    g_test_summary("RFC 1047: a reply to the dot that is lost leaves the message untaken");
    g_autoptr(Talk) talk = talk_new(two, "A: b\r\n");

    talk_hear(talk, "220 a\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    talk_hear(talk, "550 no\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    talk_hear(talk, "354 a\r\n", 100);
    smtp_client_cut(talk->client, "the connection was reset");
    expect_recipient(talk, 0, "550 no");
    expect_recipient(talk, 1, "the connection was reset (at dot)");
    g_assert_cmpstr(smtp_client_result(talk->client)->phase, ==, "dot");
    g_assert_false(smtp_client_result(talk->client)->taken);
}

static void
test_no_second_command(void)
{
    g_test_summary("RFC 5321 §4.1.1: an address with a line end in it never becomes a command");
    static const char *const evil[] = { "a@south.example>\r\nRCPT TO:<b@north.example", NULL };
    g_autoptr(Talk) talk = talk_new(evil, "A: b\r\n");

    talk_hear(talk, "220 a\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    g_assert_cmpint(expect(talk, "250 a\r\n", ""), ==, SMTP_CLIENT_DONE);
}

static void
test_patience(void)
{
    g_test_summary("RFC 5321 §4.5.3.2: each step has a time of its own, or all the world's");
    g_autoptr(Talk) talk = talk_new(carol, "A: b\r\n");

    talk_hear(talk, "", 1);
    g_assert_cmpfloat(smtp_client_patience(talk->client, 0), ==, 300);
    talk_hear(talk, "220 a\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    g_assert_cmpfloat(smtp_client_patience(talk->client, 0), ==, 120);
    talk_hear(talk, "354 a\r\n", 100);
    g_assert_cmpfloat(smtp_client_patience(talk->client, 0), ==, 600);
    g_assert_cmpfloat(smtp_client_patience(talk->client, 30), ==, 30);
    talk_hear(talk, "250 a\r\n", 100);
    g_assert_cmpfloat(smtp_client_patience(talk->client, 0), ==, 5);
    g_assert_cmpfloat(smtp_client_patience(talk->client, 30), ==, 5);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/client/hostile", test_hostile);
    g_test_add_func("/smtp/client/limits-from-below", test_limits_from_below);
    g_test_add_func("/smtp/client/endless-line", test_endless_line);
    g_test_add_func("/smtp/client/answer-inside-message", test_answer_inside_message);
    g_test_add_func("/smtp/client/message-breaks-off", test_message_breaks_off);
    g_test_add_func("/smtp/client/cut", test_cut);
    g_test_add_func("/smtp/client/no-second-command", test_no_second_command);
    g_test_add_func("/smtp/client/patience", test_patience);
    return g_test_run();
}
