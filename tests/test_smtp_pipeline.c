/* tests/test_smtp_pipeline.c - what the sending end does with a host's offers: commands together,
 * TLS, DSN, one message after another (smtp/client_offers.c, client_mail.c). */
#include "tests/client_talk.h"

#define MESSAGE "A: b\r\n\r\nc\r\n"

/* A client that may say commands together; it has no size to tell. */
static Talk *
talk_together(const char *const *recipients)
{
    Talk *talk = talk_new(recipients, MESSAGE);

    talk->mail.pipelining = TRUE;
    talk->mail.octets = 0;
    return talk;
}

/* Up to the reply to EHLO, which offers @offers ("250 PIPELINING\r\n"). */
static SmtpClientNext
expect_offers(Talk *talk, const char *offers, const char *said)
{
    g_autofree char *reply = g_strconcat("250-mx.south.example\r\n", offers, NULL);

    expect(talk, "220 a\r\n", "EHLO mx.north.example\r\n");
    return expect(talk, reply, said);
}

#define TOGETHER                                                                                   \
    "MAIL FROM:<alice@north.example>\r\nRCPT TO:<carol@south.example>\r\n"                         \
    "RCPT TO:<dave@south.example>\r\nDATA\r\n"

/* ---- together ---- */

static void
test_together(void)
{
    g_test_summary("RFC 2920 §3.1: MAIL, RCPT and DATA in one write; replies counted, not guessed");
    static const char replies[] =
        "250 sender\r\n250-carol\r\n250 ok\r\n550 5.1.1 no dave\r\n354 go\r\n";

    for (gsize portion = 1; portion < sizeof replies; portion++) {
        g_autoptr(Talk) talk = talk_together(two);
        gsize before;

        expect_offers(talk, "250 PIPELINING\r\n", TOGETHER);
        before = talk->out->len;
        talk_hear(talk, replies, portion);
        g_assert_cmpstr(talk->out->str + before, ==, MESSAGE ".\r\n");
        expect(talk, "250 2.0.0 taken\r\n", "QUIT\r\n");
        expect_recipient(talk, 0, "250 2.0.0 taken");
        expect_recipient(talk, 1, "550 5.1.1 no dave");
    }
}

static void
test_not_offered(void)
{
    g_test_summary("RFC 2920 §3.1: a host that does not offer it gets one command at a time");
    g_autoptr(Talk) talk = talk_together(two);

    expect_offers(talk, "250 SIZE\r\n", "MAIL FROM:<alice@north.example>\r\n");
    expect(talk, "250 ok\r\n", "RCPT TO:<carol@south.example>\r\n");
}

static void
test_nobody_taken(void)
{
    g_test_summary("RFC 2920 §3.1: 354 though nobody was taken: a dot alone, and nothing is sent");
    g_autoptr(Talk) talk = talk_together(two);

    expect_offers(talk, "250 PIPELINING\r\n", TOGETHER);
    expect(talk, "250 ok\r\n550 no carol\r\n551 no dave\r\n354 go\r\n", ".\r\n");
    expect(talk, "250 a message for nobody\r\n", "QUIT\r\n");
    expect_recipient(talk, 0, "550 no carol");
    expect_recipient(talk, 1, "551 no dave");
    g_assert_false(smtp_client_result(talk->client)->taken);
    g_assert_cmpstr(smtp_client_result(talk->client)->phase, ==, "RCPT");
}

static void
test_sender_refused(void)
{
    g_test_summary("RFC 2920 §3.1: MAIL is refused, the replies to the rest say nothing new");
    g_autoptr(Talk) talk = talk_together(two);

    expect_offers(talk, "250 PIPELINING\r\n", TOGETHER);
    expect(talk, "550 5.7.1 not you\r\n503 what\r\n503 what\r\n", "");
    expect(talk, "503 what\r\n", "QUIT\r\n");
    expect_recipient(talk, 0, "550 5.7.1 not you");
    expect_recipient(talk, 1, "550 5.7.1 not you");
    g_assert_cmpstr(smtp_client_result(talk->client)->phase, ==, "MAIL");
    g_assert_true(smtp_client_result(talk->client)->judged);
}

static void
test_closing(void)
{
    g_test_summary("RFC 5321 §3.8: 421 anywhere in the row ends it; the message was not judged");
    g_autoptr(Talk) talk = talk_together(two);

    expect_offers(talk, "250 PIPELINING\r\n", TOGETHER);
    g_assert_cmpint(expect(talk, "250 ok\r\n421 4.3.2 bye\r\n", ""), ==, SMTP_CLIENT_DONE);
    expect_recipient(talk, 0, "421 4.3.2 bye");
    g_assert_false(smtp_client_result(talk->client)->judged);
}

static void
test_one_too_many(void)
{
    g_test_summary("RFC 2920 §3.1: a reply more than there were commands: cut");
    static const char replies[] = "250 a\r\n250 a\r\n250 a\r\n354 a\r\n250 taken\r\n";
    g_autoptr(Talk) talk = talk_together(two);

    expect_offers(talk, "250 PIPELINING\r\n", TOGETHER);
    net_buffer_add(talk->input, replies, strlen(replies));
    g_assert_cmpint(smtp_client_input(talk->client, talk->input, talk->out), ==, SMTP_CLIENT_DONE);
    g_assert_false(smtp_client_result(talk->client)->taken);
    g_assert_cmpuint(smtp_client_result(talk->client)->recipients[0].code, ==, 0);
}

/* ---- DSN ---- */

static void
test_wishes(void)
{
    g_test_summary("RFC 3461 §5.2.1: ENVID, RET, NOTIFY and ORCPT go along where DSN is offered");
    static const guint notify[] = { STORE_NOTIFY_SUCCESS | STORE_NOTIFY_FAILURE, 0 };
    static const char *const orcpt[] = { NULL, "rfc822;David+40south.example" };

    for (guint offered = 0; offered < 2; offered++) {
        g_autoptr(Talk) talk = talk_together(two);

        talk->mail.envid = "QQ314159";
        talk->mail.ret = 'H';
        talk->mail.notify = notify;
        talk->mail.orcpt = orcpt;
        expect_offers(talk, offered ? "250-PIPELINING\r\n250 DSN\r\n" : "250 PIPELINING\r\n",
                      offered
                          ? "MAIL FROM:<alice@north.example> RET=HDRS ENVID=QQ314159\r\n"
                            "RCPT TO:<carol@south.example> NOTIFY=SUCCESS,FAILURE\r\n"
                            "RCPT TO:<dave@south.example> ORCPT=rfc822;David+40south.example\r\n"
                            "DATA\r\n"
                          : TOGETHER);
        g_assert_cmpint(smtp_client_result(talk->client)->dsn, ==, offered);
    }
}

static void
test_never(void)
{
    g_test_summary("RFC 3461 §4.1: NOTIFY=NEVER stands alone; RET=FULL");
    static const guint notify[] = { STORE_NOTIFY_NEVER };
    g_autoptr(Talk) talk = talk_together(carol);

    talk->mail.ret = 'F';
    talk->mail.notify = notify;
    expect_offers(talk, "250 dsn\r\n", "MAIL FROM:<alice@north.example> RET=FULL\r\n");
    expect(talk, "250 ok\r\n", "RCPT TO:<carol@south.example> NOTIFY=NEVER\r\n");
}

/* ---- TLS ---- */

static void
test_tls(void)
{
    g_test_summary("RFC 3207 §4.2: STARTTLS where offered, then EHLO; old offers count no more");
    g_autoptr(Talk) talk = talk_together(carol);

    talk->mail.tls = TRUE;
    expect_offers(talk, "250-PIPELINING\r\n250 STARTTLS\r\n", "STARTTLS\r\n");
    g_assert_cmpint(expect(talk, "220 go\r\n", ""), ==, SMTP_CLIENT_SECURE);
    smtp_client_secured(talk->client, "mx.south.example", "TLS1.3", NULL, talk->out);
    g_assert_true(g_str_has_suffix(talk->out->str, "STARTTLS\r\nEHLO mx.north.example\r\n"));
    /* It offers STARTTLS again, which it must not: not taken again. */
    expect(talk, "250-a\r\n250 STARTTLS\r\n", "MAIL FROM:<alice@north.example>\r\n");
    g_assert_true(smtp_client_result(talk->client)->secured);
    smtp_client_cut(talk->client, "gone");
    g_assert_false(smtp_client_result(talk->client)->tls_failed);
}

static void
test_tls_fails(void)
{
    g_test_summary("RFC 3207 §4.1: a cut in the handshake, or before the first reply inside");
    for (guint inside = 0; inside < 2; inside++) {
        g_autoptr(Talk) talk = talk_together(carol);

        talk->mail.tls = TRUE;
        expect_offers(talk, "250 STARTTLS\r\n", "STARTTLS\r\n");
        expect(talk, "220 go\r\n", "");
        if (inside)
            smtp_client_secured(talk->client, "mx.south.example", "TLS1.3", NULL, talk->out);
        smtp_client_cut(talk->client, "gone");
        g_assert_true(smtp_client_result(talk->client)->tls_failed);
        g_assert_false(smtp_client_result(talk->client)->judged);
    }
}

static void
test_tls_refused(void)
{
    g_test_summary("RFC 3207 §4: 454 to STARTTLS: on without TLS, or not at all");
    g_autoptr(Talk) talk = talk_together(carol);
    g_autoptr(Talk) only = talk_together(carol);
    g_autoptr(Talk) none = talk_together(carol);

    talk->mail.tls = only->mail.tls = only->mail.only_tls = TRUE;
    none->mail.tls = none->mail.only_tls = TRUE;
    expect_offers(talk, "250 STARTTLS\r\n", "STARTTLS\r\n");
    expect(talk, "454 4.7.0 not now\r\n", "MAIL FROM:<alice@north.example>\r\n");
    expect_offers(only, "250 STARTTLS\r\n", "STARTTLS\r\n");
    expect(only, "454 4.7.0 not now\r\n", "QUIT\r\n");
    expect_offers(none, "250 SIZE\r\n", "QUIT\r\n");
    g_assert_cmpstr(smtp_client_result(none->client)->recipients[0].enhanced, ==, "4.7.4");
    g_assert_false(smtp_client_result(none->client)->judged);
}

static void
test_slipped_in(void)
{
    g_test_summary("RFC 3207 §6: octets behind the 220, in the clear, are not the host's: cut");
    g_autoptr(Talk) talk = talk_together(carol);

    talk->mail.tls = TRUE;
    expect_offers(talk, "250 STARTTLS\r\n", "STARTTLS\r\n");
    g_assert_cmpint(expect(talk, "220 go\r\n250 AUTH PLAIN\r\n", ""), ==, SMTP_CLIENT_DONE);
    g_assert_true(smtp_client_result(talk->client)->tls_failed);
}

/* ---- one message after another ---- */

static void
test_again(void)
{
    g_test_summary(
        "RFC 5321 §3.3: after one message another; RSET where the last one is still open");
    g_autoptr(Talk) talk = talk_together(carol);
    SmtpClientNext next;

    talk->mail.stays = TRUE;
    talk->mail.pipelining = FALSE;
    expect_offers(talk, "250 SIZE\r\n", "MAIL FROM:<alice@north.example>\r\n");
    expect(talk, "250 ok\r\n", "RCPT TO:<carol@south.example>\r\n");
    expect(talk, "250 ok\r\n", "DATA\r\n");
    expect(talk, "354 ok\r\n", MESSAGE ".\r\n");
    g_assert_cmpint(expect(talk, "250 2.0.0 one\r\n", ""), ==, SMTP_CLIENT_FREE);
    expect_recipient(talk, 0, "250 2.0.0 one");

    talk->mail.recipients = two;
    next = smtp_client_again(talk->client, &talk->mail, talk->out);
    g_assert_cmpint(next, ==, SMTP_CLIENT_GO_ON);
    g_assert_true(g_str_has_suffix(talk->out->str, ".\r\nMAIL FROM:<alice@north.example>\r\n"));
    g_assert_false(smtp_client_is_settled(talk->client));
    expect(talk, "250 ok\r\n", "RCPT TO:<carol@south.example>\r\n");
    expect(talk, "550 no\r\n", "RCPT TO:<dave@south.example>\r\n");
    g_assert_cmpint(expect(talk, "551 no\r\n", ""), ==, SMTP_CLIENT_FREE);

    smtp_client_again(talk->client, &talk->mail, talk->out);
    g_assert_true(g_str_has_suffix(talk->out->str, "\r\nRSET\r\n"));
    expect(talk, "250 ok\r\n", "MAIL FROM:<alice@north.example>\r\n");
    g_assert_cmpint(expect(talk, "452 full\r\n", ""), ==, SMTP_CLIENT_FREE);
    expect_recipient(talk, 1, "452 full");
    smtp_client_quit(talk->client, talk->out);
    g_assert_true(g_str_has_suffix(talk->out->str, "\r\nQUIT\r\n"));
    g_assert_cmpint(expect(talk, "221 bye\r\n", ""), ==, SMTP_CLIENT_DONE);
}

static void
test_closes_while_free(void)
{
    g_test_summary("RFC 5321 §3.8: 421 to a client that says nothing harms no message");
    g_autoptr(Talk) talk = talk_together(carol);

    talk->mail.stays = TRUE;
    expect_offers(talk, "250 PIPELINING\r\n",
                  "MAIL FROM:<alice@north.example>\r\nRCPT TO:<carol@south.example>\r\nDATA\r\n");
    expect(talk, "250 ok\r\n250 ok\r\n354 ok\r\n", MESSAGE ".\r\n");
    g_assert_cmpint(expect(talk, "250 one\r\n", ""), ==, SMTP_CLIENT_FREE);
    g_assert_cmpint(expect(talk, "421 too long idle\r\n", ""), ==, SMTP_CLIENT_DONE);
    expect_recipient(talk, 0, "250 one");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/pipeline/together", test_together);
    g_test_add_func("/smtp/pipeline/not-offered", test_not_offered);
    g_test_add_func("/smtp/pipeline/nobody-taken", test_nobody_taken);
    g_test_add_func("/smtp/pipeline/sender-refused", test_sender_refused);
    g_test_add_func("/smtp/pipeline/closing", test_closing);
    g_test_add_func("/smtp/pipeline/one-too-many", test_one_too_many);
    g_test_add_func("/smtp/pipeline/wishes", test_wishes);
    g_test_add_func("/smtp/pipeline/never", test_never);
    g_test_add_func("/smtp/pipeline/tls", test_tls);
    g_test_add_func("/smtp/pipeline/tls-fails", test_tls_fails);
    g_test_add_func("/smtp/pipeline/tls-refused", test_tls_refused);
    g_test_add_func("/smtp/pipeline/slipped-in", test_slipped_in);
    g_test_add_func("/smtp/pipeline/again", test_again);
    g_test_add_func("/smtp/pipeline/closes-while-free", test_closes_while_free);
    return g_test_run();
}
