/* tests/test_smtp_client.c - the sending end of SMTP against scripted replies: mail that goes out, whole
 * or in part, and what is refused (smtp/client.c). Peers that do wrong: test_smtp_client_hostile.c.
 */
#include "tests/client_talk.h"

static void
test_whole_mail(void)
{
    g_test_summary("RFC 5321 §3.3: greeting, EHLO, MAIL, RCPT, DATA, the message, QUIT");
    g_autoptr(Talk) talk = talk_new(carol, "Subject: hello\r\n\r\nHello.\r\n");

    expect(talk, "220 mx.south.example ready\r\n", "EHLO mx.north.example\r\n");
    expect(talk, "250-mx.south.example\r\n250-SIZE 1000\r\n250 8BITMIME\r\n",
           "MAIL FROM:<alice@north.example> SIZE=26\r\n");
    expect(talk, "250 2.1.0 Sender ok\r\n", "RCPT TO:<carol@south.example>\r\n");
    expect(talk, "250 2.1.5 Recipient ok\r\n", "DATA\r\n");
    expect(talk, "354 Go on\r\n", "Subject: hello\r\n\r\nHello.\r\n.\r\n");
    g_assert_false(smtp_client_result(talk->client)->taken);
    g_assert_cmpint(expect(talk, "250 2.0.0 Taken as q7\r\n", "QUIT\r\n"), ==, SMTP_CLIENT_GO_ON);
    g_assert_true(smtp_client_result(talk->client)->taken);
    g_assert_cmpint(expect(talk, "221 2.0.0 Bye\r\n", ""), ==, SMTP_CLIENT_DONE);
    expect_recipient(talk, 0, "250 2.0.0 Taken as q7");
    g_assert_cmpstr(smtp_client_result(talk->client)->phase, ==, "QUIT");
}

static void
test_any_cut(void)
{
    g_test_summary("RFC 5321 §4.2: a reply may come in any portions");
    static const char *const replies[] = {
        "220 hello\r\n", "250-mx.south.example\r\n250 SIZE\r\n",   "250\r\n",    "250 \r\n",
        "354 go\r\n",    "250-2.0.0 It is\r\n250 2.0.0 taken\r\n", "221 bye\r\n"
    };

    for (gsize portion = 1; portion < 45; portion++) {
        g_autoptr(Talk) talk = talk_new(carol, "A: b\r\n\r\nc\r\n");

        for (guint i = 0; i < G_N_ELEMENTS(replies); i++)
            talk_hear(talk, replies[i], portion);
        expect_recipient(talk, 0, "250 2.0.0 It is taken");
        g_assert_true(g_str_has_suffix(talk->out->str, "\r\n.\r\nQUIT\r\n"));
    }
}

static void
test_dots_doubled(void)
{
    g_test_summary("RFC 5321 §4.5.2: a dot that starts a line is doubled, wherever a portion ends");
    static const char message[] = ".a\r\n..\r\nb.\r\n.\r\n\r\n.c\n.d\r.e";

    for (gsize portion = 1; portion <= sizeof message; portion++) {
        g_autoptr(Talk) talk = talk_new(carol, message);

        talk->portion = portion;
        talk_hear(talk, "220 a\r\n", 100);
        talk_hear(talk, "250 a\r\n", 100);
        talk_hear(talk, "250 a\r\n", 100);
        talk_hear(talk, "250 a\r\n", 100);
        expect(talk, "354 a\r\n", "..a\r\n...\r\nb.\r\n..\r\n\r\n..c\n.d\r.e\r\n.\r\n");
    }
}

static void
test_helo_instead(void)
{
    g_test_summary("RFC 5321 §3.2: a host that does not know EHLO is greeted by HELO");
    g_autoptr(Talk) talk = talk_new(carol, "A: b\r\n");

    expect(talk, "220 a\r\n", "EHLO mx.north.example\r\n");
    expect(talk, "502 What?\r\n", "HELO mx.north.example\r\n");
    expect(talk, "250 a\r\n", "MAIL FROM:<alice@north.example>\r\n");
}

static void
test_some_refused(void)
{
    g_test_summary("RFC 5321 §3.3: a refused recipient does not stop the others");
    g_autoptr(Talk) talk = talk_new(two, "A: b\r\n");

    talk_hear(talk, "220 a\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    talk_hear(talk, "250 ok\r\n", 100);
    expect(talk, "550 5.1.1 No such user\r\n", "RCPT TO:<dave@south.example>\r\n");
    expect(talk, "250 ok\r\n", "DATA\r\n");
    talk_hear(talk, "354 a\r\n", 100);
    talk_hear(talk, "250 taken\r\n", 100);
    expect_recipient(talk, 0, "550 5.1.1 No such user");
    expect_recipient(talk, 1, "250 taken");
    g_assert_true(smtp_client_result(talk->client)->taken);
}

/* What becomes of the second recipient when the first is answered @first and it @second. */
static void
expect_second(const char *first, const char *second, const char *words, gboolean permanent)
{
    g_autoptr(Talk) talk = talk_new(two, "A: b\r\n");

    talk_hear(talk, "220 a\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    talk_hear(talk, "250 ok\r\n", 100);
    talk_hear(talk, first, 100);
    talk_hear(talk, second, 100);
    expect_recipient(talk, 1, words);
    g_assert_cmpint(smtp_reply_is_permanent(&smtp_client_result(talk->client)->recipients[1]), ==,
                    permanent);
}

static void
test_too_many(void)
{
    g_test_summary("RFC 5321 §4.5.3.1.10: 552 to RCPT after others were taken is for now only");
    expect_second("250 ok\r\n", "552 too many\r\n", "452 too many", FALSE);
    expect_second("250 ok\r\n", "552 5.5.3 too many\r\n", "452 too many", FALSE);
    expect_second("250 ok\r\n", "552 5.2.2 mailbox full\r\n", "552 5.2.2 mailbox full", TRUE);
    expect_second("550 no\r\n", "552 full\r\n", "552 full", TRUE);
}

static void
test_all_refused(void)
{
    g_test_summary("RFC 5321 §3.3: nobody left, no DATA");
    g_autoptr(Talk) talk = talk_new(two, "A: b\r\n");

    talk_hear(talk, "220 a\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    talk_hear(talk, "250 ok\r\n", 100);
    talk_hear(talk, "550 5.1.1 No such user\r\n", 100);
    expect(talk, "452 4.2.2 Full\r\n", "QUIT\r\n");
    expect_recipient(talk, 0, "550 5.1.1 No such user");
    expect_recipient(talk, 1, "452 4.2.2 Full");
    g_assert_false(smtp_client_result(talk->client)->taken);
    g_assert_cmpstr(smtp_client_result(talk->client)->phase, ==, "RCPT");
}

static void
test_refused_everywhere(void)
{
    g_test_summary("RFC 5321 §4.2.1: a 4yz or 5yz at any step settles all who are left");
    static const char *const good[] = { "220 a\r\n", "250 a\r\n", "250 a\r\n",
                                        "250 a\r\n", "354 a\r\n", NULL };
    static const char *const phases[] = { "greeting", NULL, "MAIL", "RCPT", "DATA", "dot" };

    for (guint bad = 0; bad < G_N_ELEMENTS(phases); bad++) {
        g_autoptr(Talk) talk = talk_new(carol, "A: b\r\n");

        if (phases[bad] == NULL)
            continue; /* EHLO: the next step is HELO, not QUIT */
        for (guint i = 0; i < bad; i++)
            talk_hear(talk, good[i], 100);
        expect(talk, "554 5.3.2 No\r\n", "QUIT\r\n");
        expect_recipient(talk, 0, "554 5.3.2 No");
        g_assert_true(smtp_reply_is_permanent(smtp_client_result(talk->client)->recipients));
        g_assert_cmpstr(smtp_client_result(talk->client)->phase, ==, phases[bad]);
    }
}

static void
test_closing(void)
{
    g_test_summary("RFC 5321 §3.8: after 421 the peer closes; no QUIT");
    g_autoptr(Talk) talk = talk_new(two, "A: b\r\n");

    talk_hear(talk, "220 a\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    talk_hear(talk, "250 a\r\n", 100);
    g_assert_cmpint(expect(talk, "421 4.3.2 Going down\r\n", ""), ==, SMTP_CLIENT_DONE);
    expect_recipient(talk, 0, "421 4.3.2 Going down");
    expect_recipient(talk, 1, "421 4.3.2 Going down");
}

static void
test_too_big(void)
{
    g_test_summary("RFC 1870 §5: what is over the host's limit is not sent; the limit itself is");
    g_autoptr(Talk) talk = talk_new(carol, "A: b\r\n\r\n12345\r\n");
    g_autoptr(Talk) fits = talk_new(carol, "A: b\r\n\r\n1234\r\n");

    talk_hear(talk, "220 a\r\n", 100);
    expect(talk, "250-a\r\n250 SIZE 14\r\n", "QUIT\r\n");
    expect_recipient(talk, 0, "the message is too big for the next host");
    g_assert_true(smtp_reply_is_permanent(smtp_client_result(talk->client)->recipients));
    talk_hear(fits, "220 a\r\n", 100);
    expect(fits, "250-a\r\n250 SIZE 14\r\n", "MAIL FROM:<alice@north.example> SIZE=14\r\n");
}

static void
test_eightbit(void)
{
    g_test_summary("RFC 6152 §3: 8-bit octets go only where 8BITMIME is offered");
    g_autoptr(Talk) offered = talk_new(carol, "A: b\r\n\r\n\xc3\xbc\r\n");
    g_autoptr(Talk) not_offered = talk_new(carol, "A: b\r\n\r\n\xc3\xbc\r\n");
    g_autoptr(Talk) ascii = talk_new(carol, "A: b\r\n");

    offered->mail.eightbit = not_offered->mail.eightbit = ascii->mail.eightbit = TRUE;
    not_offered->high = TRUE;
    talk_hear(offered, "220 a\r\n", 100);
    expect(offered, "250-a\r\n250 8bitmime\r\n",
           "MAIL FROM:<alice@north.example> BODY=8BITMIME\r\n");
    talk_hear(not_offered, "220 a\r\n", 100);
    expect(not_offered, "250 a\r\n", "QUIT\r\n");
    g_assert_cmpstr(smtp_client_result(not_offered->client)->recipients[0].enhanced, ==, "5.6.3");
    talk_hear(ascii, "220 a\r\n", 100);
    expect(ascii, "250 a\r\n", "MAIL FROM:<alice@north.example>\r\n");
}

static void
test_auth(void)
{
    g_test_summary("RFC 4954 §4: AUTH PLAIN with its initial response, where it is offered");
    g_autoptr(Talk) talk = talk_new(carol, "A: b\r\n");
    g_autoptr(Talk) refused = talk_new(carol, "A: b\r\n");
    g_autoptr(Talk) not_offered = talk_new(carol, "A: b\r\n");

    talk->mail.user = refused->mail.user = not_offered->mail.user = "alice";
    talk->mail.password = refused->mail.password = not_offered->mail.password = "wonderland";
    talk_hear(talk, "220 a\r\n", 100);
    expect(talk, "250-a\r\n250 AUTH LOGIN plain\r\n", "AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n");
    expect(talk, "235 2.7.0 Welcome\r\n", "MAIL FROM:<alice@north.example>\r\n");
    talk_hear(refused, "220 a\r\n", 100);
    talk_hear(refused, "250-a\r\n250 AUTH PLAIN\r\n", 100);
    expect(refused, "535 5.7.8 Wrong\r\n", "QUIT\r\n");
    expect_recipient(refused, 0, "535 5.7.8 Wrong");
    talk_hear(not_offered, "220 a\r\n", 100);
    expect(not_offered, "250 a\r\n", "QUIT\r\n");
    expect_recipient(not_offered, 0, "the host offers no AUTH PLAIN");
}

static void
test_enhanced(void)
{
    g_test_summary("RFC 2034 §4: an enhanced code agrees with its reply's first digit");
    static const struct {
        const char *reply, *enhanced, *text;
    } cases[] = {
        { "550 5.1.1 No\r\n", "5.1.1", "No" },
        { "550-5.1.1 No\r\n550 5.1.1 such user\r\n", "5.1.1", "No such user" },
        { "550 5.100.999 No\r\n", "5.100.999", "No" },
        { "550 4.1.1 No\r\n", "", "4.1.1 No" },
        { "550 5.1. No\r\n", "", "5.1. No" },
        { "550 5.1.1No\r\n", "", "5.1.1No" },
        { "550 5.1234.1 No\r\n", "", "5.1234.1 No" },
        { "550 5.1.1\r\n", "5.1.1", "" },
        { "550 5\r\n", "", "5" },
        { "550\r\n", "", "" },
        { "550 \x1b[2J\r\n", "", "^[[2J" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Talk) talk = talk_new(carol, "A: b\r\n");

        talk_hear(talk, cases[i].reply, 100);
        const SmtpReply *reply = smtp_client_result(talk->client)->recipients;
        g_assert_cmpstr(reply->enhanced, ==, cases[i].enhanced);
        g_assert_cmpstr(reply->text, ==, cases[i].text);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/client/whole-mail", test_whole_mail);
    g_test_add_func("/smtp/client/any-cut", test_any_cut);
    g_test_add_func("/smtp/client/dots-doubled", test_dots_doubled);
    g_test_add_func("/smtp/client/helo-instead", test_helo_instead);
    g_test_add_func("/smtp/client/some-refused", test_some_refused);
    g_test_add_func("/smtp/client/too-many", test_too_many);
    g_test_add_func("/smtp/client/all-refused", test_all_refused);
    g_test_add_func("/smtp/client/refused-everywhere", test_refused_everywhere);
    g_test_add_func("/smtp/client/closing", test_closing);
    g_test_add_func("/smtp/client/too-big", test_too_big);
    g_test_add_func("/smtp/client/eightbit", test_eightbit);
    g_test_add_func("/smtp/client/auth", test_auth);
    g_test_add_func("/smtp/client/enhanced", test_enhanced);
    return g_test_run();
}
