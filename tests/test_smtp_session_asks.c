/* tests/test_smtp_session_asks.c - what a session asks of others and waits for, that its 250 is a promise,
 * and faults between (smtp/session.c).
 */
#include "tests/smtp_taking.h"

typedef struct Asked {
    guint hosts, commits, passwords;
    char *domain;
} Asked;

static void
ask_hosts(void *world, SmtpSession *session, const char *domain)
{
    Asked *asked = world;

    (void)session;
    asked->hosts++;
    g_free(asked->domain);
    asked->domain = g_strdup(domain);
}

static void
ask_commit(void *world, SmtpSession *session)
{
    (void)session;
    ((Asked *)world)->commits++;
}

static void
ask_password(void *world, SmtpSession *session, const SaslTry *attempt)
{
    (void)session;
    g_assert_cmpstr(attempt->password, ==, "wonderland");
    ((Asked *)world)->passwords++;
}

static const SmtpAsk ask = { ask_hosts, ask_commit, ask_password };

static NetNext
give(Client *client, const char *line)
{
    g_string_truncate(client->replies, 0);
    return smtp_session_line(client->session, line, client->replies);
}

static NetNext
answer(Client *client, const SmtpAnswer *with)
{
    g_string_truncate(client->replies, 0);
    return smtp_session_answer(client->session, with, client->replies);
}

static void
test_hosts(void)
{
    static const struct {
        DnsMxOutcome outcome;
        const char *reply;
    } cases[] = {
        { DNS_MX_HOSTS, "250 2.1.5 " },     { DNS_MX_NULL, "556 5.1.10 " },
        { DNS_MX_NO_DOMAIN, "550 5.1.2 " }, { DNS_MX_NO_HOST, "550 5.4.4 " },
        { DNS_MX_LATER, "250 2.1.5 " },
    };
    g_autoptr(World) world = world_new();
    Asked asked = { 0 };
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.9", &ask, &asked);

    g_test_summary("RFC 7505 §4.1, RFC 5321 §5.1: no is final at RCPT, no answer is not");
    give(client, "EHLO gate.north.example");
    give(client, "MAIL FROM:<alice@north.example>");
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        DnsMxAnswer hosts = { .outcome = cases[i].outcome, .why = "" };
        SmtpAnswer with = { .hosts = &hosts };

        g_assert_cmpint(give(client, "RCPT TO:<carol@south.example>"), ==, NET_PENDING);
        g_assert_cmpstr(client->replies->str, ==, "");
        g_assert_cmpstr(asked.domain, ==, "south.example");
        g_assert_cmpint(answer(client, &with), ==, NET_GO_ON);
        g_assert_true(g_str_has_prefix(client->replies->str, cases[i].reply));
    }
    g_assert_cmpuint(asked.hosts, ==, G_N_ELEMENTS(cases));
    g_free(asked.domain);
}

static void
test_held_input(void)
{
    g_autoptr(World) world = world_new();
    Asked asked = { 0 };
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.9", &ask, &asked);
    g_autoptr(GString) replies = g_string_new(NULL);
    static const char both[] = "RCPT TO:<carol@south.example>\r\nRSET\r\n";

    g_test_summary("RFC 2920 §3.2: while an answer is awaited, pipelined input waits, too");
    give(client, "EHLO gate.north.example");
    give(client, "MAIL FROM:<alice@north.example>");
    net_buffer_add(client->buffer, both, strlen(both));
    g_assert_cmpint(smtp_session_input(client->session, client->buffer, replies), ==, NET_PENDING);
    g_assert_cmpint(smtp_session_input(client->session, client->buffer, replies), ==, NET_PENDING);
    g_assert_cmpuint(net_buffer_length(client->buffer), ==, 6);
    g_assert_cmpstr(replies->str, ==, "");
    g_free(asked.domain);
}

static void
test_password(void)
{
    g_autoptr(World) world = world_new();
    Asked asked = { 0 };
    g_autoptr(Client) client = client_new(world, SMTP_PORT_SUBMIT, "127.0.0.7", &ask, &asked);
    g_autoptr(GError) busy = g_error_new(STORE_ERROR, STORE_ERROR_BUSY, "locked");
    SmtpAnswer no = { .failed = NULL }, later = { .failed = busy };

    g_test_summary("RFC 4954 §6: wrong is 535, cannot tell now is 454");
    give(client, "EHLO laptop.north.example");
    g_assert_cmpint(give(client, "AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ="), ==, NET_PENDING);
    answer(client, &no);
    g_assert_true(g_str_has_prefix(client->replies->str, "535 5.7.8 "));
    g_assert_cmpint(give(client, "AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ="), ==, NET_PENDING);
    answer(client, &later);
    g_assert_true(g_str_has_prefix(client->replies->str, "454 4.7.0 "));
    g_assert_cmpuint(asked.passwords, ==, 2);
}

/* ---- 250 is a promise ---- */

static void
test_commit(void)
{
    g_autoptr(World) world = world_new();
    Asked asked = { 0 };
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", &ask, &asked);
    SmtpAnswer done = { .event = 1 };
    static const char mail[] = "Subject: x\r\n\r\nbody\r\n.\r\n";

    g_test_summary("RFC 5321 §6.1: nothing is replied to the final dot before the commit");
    client_data_to_bob(client);
    g_string_truncate(client->replies, 0);
    net_buffer_add(client->buffer, mail, strlen(mail));
    g_assert_cmpint(smtp_session_input(client->session, client->buffer, client->replies), ==,
                    NET_PENDING);
    g_assert_cmpstr(client->replies->str, ==, "");
    g_assert_cmpuint(asked.commits, ==, 1);
    g_assert_cmpint(answer(client, &done), ==, NET_GO_ON);
    g_assert_true(g_str_has_prefix(client->replies->str, "250 2.6.0 "));
}

static void
test_commit_failed(void)
{
    static const struct {
        StoreError error;
        const char *reply;
    } cases[] = { { STORE_ERROR_FULL, "452 4.3.1 " },
                  { STORE_ERROR_BUSY, "451 4.3.0 " },
                  { STORE_ERROR_FAILED, "451 4.3.0 " } };
    static const char mail[] = "Subject: x\r\n\r\nbody\r\n.\r\n";

    g_test_summary("RFC 5321 §4.2.5: a failed commit is 4yz, and the client keeps the message");
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(World) world = world_new();
        Asked asked = { 0 };
        g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", &ask, &asked);
        g_autoptr(GError) error = g_error_new(STORE_ERROR, cases[i].error, "no");
        SmtpAnswer failed = { .failed = error };

        client_data_to_bob(client);
        net_buffer_add(client->buffer, mail, strlen(mail));
        smtp_session_input(client->session, client->buffer, client->replies);
        g_assert_cmpint(answer(client, &failed), ==, NET_GO_ON);
        g_assert_true(g_str_has_prefix(client->replies->str, cases[i].reply));
        give(client, "NOOP");
        g_assert_cmpstr(client->replies->str, ==, "250 2.0.0 ok\r\n");
    }
}

/* ---- faults ---- */

static void
arm(World *world, const char *line)
{
    g_autoptr(GError) error = NULL;

    trace_faults_arm(world->faults, line, &error);
    g_assert_no_error(error);
}

static void
test_faults(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);

    g_test_summary("faults: a command answered 451, a full mailbox, a lost 250 after the commit");
    arm(world, "command-4xx occurrence=first value=452");
    client_expect(client, "NOOP\r\n", "452 4.3.0 *");
    client_expect(client, "NOOP\r\n", "250 2.0.0 *");
    arm(world, "mailbox-full occurrence=first");
    client_say(client, "HELO client.south.example\r\nMAIL FROM:<>\r\n");
    client_expect(client, "RCPT TO:<bob@north.example>\r\n", "452 4.2.2 *");
    client_expect(client, "RCPT TO:<bob@north.example>\r\n", "250 2.1.5 *");
    arm(world, "reply-lost occurrence=first");
    client_expect(client, "DATA\r\n", "354 *");
    client_expect(client, "Subject: x\r\n\r\n.\r\n", "");
    g_assert_true(client->closed);
    g_assert_cmpuint(world_count(world, "bob", "INBOX"), ==, 1);
}

static void
test_faults_cut(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);

    g_test_summary("faults: the connection breaks in the middle of the message");
    arm(world, "data-cut occurrence=first value=20");
    client_data_to_bob(client);
    client_expect(client, "Subject: x\r\n", "");
    g_assert_false(client->closed);
    client_expect(client, "\r\nbody body body\r\n", "");
    g_assert_true(client->closed);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/session/hosts", test_hosts);
    g_test_add_func("/smtp/session/held-input", test_held_input);
    g_test_add_func("/smtp/session/password", test_password);
    g_test_add_func("/smtp/session/commit", test_commit);
    g_test_add_func("/smtp/session/commit-failed", test_commit_failed);
    g_test_add_func("/smtp/session/faults", test_faults);
    g_test_add_func("/smtp/session/faults-cut", test_faults_cut);
    return g_test_run();
}
