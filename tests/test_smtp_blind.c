/* tests/test_smtp_blind.c - Bcc does not travel (smtp/blind.c). */
#include "smtp/blind.h"
#include "tests/smtp_taking.h"

static const char came[] = "Bcc: dave@south.example\r\n"
                           "To: carol@south.example\r\n"
                           "bCC \t: erin@east.example,\r\n"
                           "\tfrank@east.example,\r\n"
                           " bcc: x\r\n"
                           "Resent-Bcc:dave@south.example\r\n"
                           "Resent-BCC:\r\n"
                           "Subject: Bcc: hello\r\n"
                           " Bcc: folded\r\n"
                           "Bccx: 1\r\n"
                           "Bcc\r\n"
                           "Bcc x: 2\r\n"
                           "Resent-B: 3\r\n"
                           "B: 4\r\n"
                           "\r\n"
                           "Bcc: in the body\r\n";
static const char stored[] = "To: carol@south.example\r\n"
                             "Subject: Bcc: hello\r\n"
                             " Bcc: folded\r\n"
                             "Bccx: 1\r\n"
                             "Bcc\r\n"
                             "Bcc x: 2\r\n"
                             "Resent-B: 3\r\n"
                             "B: 4\r\n"
                             "\r\n"
                             "Bcc: in the body\r\n";

static void
test_dropped(void)
{
    g_test_summary("RFC 5322 §3.6.3: Bcc and Resent-Bcc are dropped, folded lines too, any cut");
    for (gsize i = 0; i <= strlen(came); i++) {
        SmtpBlind blind = { 0 };
        g_autoptr(GString) out = g_string_new(NULL);

        smtp_blind_feed(&blind, came, i, out);
        smtp_blind_feed(&blind, came + i, strlen(came) - i, out);
        smtp_blind_finish(&blind, out);
        g_assert_cmpstr(out->str, ==, stored);
        g_assert_cmpuint(blind.dropped, ==, 4);
    }
}

static void
test_octet_by_octet(void)
{
    SmtpBlind blind = { 0 };
    g_autoptr(GString) out = g_string_new(NULL);

    g_test_summary("an octet at a time gives the same");
    for (const char *octet = came; *octet != '\0'; octet++)
        smtp_blind_feed(&blind, octet, 1, out);
    smtp_blind_finish(&blind, out);
    g_assert_cmpstr(out->str, ==, stored);
}

static void
test_nothing_lost(void)
{
    static const char *const others[] = {
        "",        "B",    "Bcc",         "Resent-Bc",
        "Bcc    ", "\r\n", "Bcc\r\n\r\n", "Bcc                                         :\r\n"
    };

    g_test_summary("what only looks like it stays, to the last octet");
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        SmtpBlind blind = { 0 };
        g_autoptr(GString) out = g_string_new(NULL);

        smtp_blind_feed(&blind, others[i], strlen(others[i]), out);
        smtp_blind_finish(&blind, out);
        g_assert_cmpstr(out->str, ==, others[i]);
        g_assert_cmpuint(blind.dropped, ==, 0);
    }
}

/* What bob finds of a message that came by @port. */
static char *
bob_finds(World *world, SmtpPort port)
{
    g_autoptr(Client) client = client_new(world, port, "127.0.0.7", NULL, NULL);

    client_say(client, "EHLO laptop\r\n");
    if (port == SMTP_PORT_SUBMIT)
        client_say(client, "AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n");
    client_say(client, port == SMTP_PORT_SUBMIT ? "MAIL FROM:<alice@north.example>\r\n"
                                                : "MAIL FROM:<carol@south.example>\r\n");
    client_say(client, "RCPT TO:<bob@north.example>\r\nDATA\r\n");
    client_expect(client, "To: x@south.example\r\nBcc: bob@north.example\r\n\r\nhello\r\n.\r\n",
                  "250 2.6.0 *");
    return world_read(world, "bob", "INBOX");
}

static void
test_who_does(void)
{
    g_autoptr(World) world = world_new();
    g_autofree char *submitted = bob_finds(world, SMTP_PORT_SUBMIT);
    g_autofree char *relayed = NULL;

    g_test_summary("RFC 6409 §8, RFC 5321 §6.4: a submission server drops Bcc, a relay does not");
    g_assert_null(strstr(submitted, "Bcc"));
    g_assert_nonnull(strstr(submitted, "\r\nTo: x@south.example\r\n\r\nhello\r\n"));
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_SENDER, "Bcc"), ==, 1);
    relayed = bob_finds(world, SMTP_PORT_RELAY);
    g_assert_nonnull(strstr(relayed, "\r\nBcc: bob@north.example\r\n"));
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_SENDER, "Bcc"), ==, 1);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/blind/dropped", test_dropped);
    g_test_add_func("/smtp/blind/octet-by-octet", test_octet_by_octet);
    g_test_add_func("/smtp/blind/nothing-lost", test_nothing_lost);
    g_test_add_func("/smtp/blind/who-does", test_who_does);
    return g_test_run();
}
