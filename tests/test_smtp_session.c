/* tests/test_smtp_session.c - whole conversations, limits and waiting (smtp/session.c). */
#include "tests/smtp_taking.h"

/* ---- conversations in the RFCs' notation ---- */

static const char *const dialogs[] = {
    "smtp-local.txt",      "smtp-order.txt",       "smtp-syntax.txt",       "smtp-size.txt",
    "smtp-recipients.txt", "smtp-pipelining.txt",  "smtp-lines.txt",        "smtp-submission.txt",
    "smtp-auth.txt",       "smtp-senders.txt",     "smtp-trusted.txt",      "smtp-vrfy.txt",
    "smtp-expn.txt",       "smtp-limits.txt",      "smtp-starttls.txt",     "smtp-scram.txt",
    "smtp-helo.txt",       "smtp-8bitmime.txt",    "smtp-addresses.txt",    "smtp-short.txt",
    "smtp-circle.txt",     "smtp-policy.txt",      "smtp-unwelcome.txt",    "smtp-greylist.txt",
    "smtp-dsn.txt",        "smtp-hops.txt",        "smtp-data.txt",         "smtp-lengths.txt",
    "smtp-errors.txt",     "smtp-submissions.txt", "smtp-tls-required.txt", "smtp-catch-all.txt",
    "smtp-quota.txt",      "smtp-crowd.txt",       "smtp-too-large.txt",    "smtp-guesses.txt",
};

static const DialogEngine world_dialog = { world_dialog_open, world_dialog_input,
                                           world_dialog_close };

static void
test_dialog(const void *name)
{
    g_autoptr(World) world = world_new();

    g_test_summary("RFC 5321 §3: the conversation in this file, whole and octet by octet");
    dialog_play_both(name, &world_dialog, world);
}

/* ---- limits, from both sides ---- */

static char *
line_of(const char *front, gsize octets)
{
    gsize length = strlen(front);
    char *line = g_strnfill(octets, 'x');

    memcpy(line, front, length);
    memcpy(line + octets - 2, "\r\n", 2);
    return line;
}

static void
test_command_line(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);
    g_autofree char *most = line_of("NOOP ", 512);
    g_autofree char *over = line_of("NOOP ", 513);
    g_autofree char *mail = line_of("MAIL FROM:<carol@south.example> X=", 1512);
    g_autofree char *mail_over = line_of("MAIL FROM:<carol@south.example> X=", 1513);

    g_test_summary("RFC 5321 §4.5.3.1.4: 512 octets of a command, 1000 more with parameters");
    client_say(client, "EHLO client.south.example\r\n");
    client_expect(client, most, "250 2.0.0 ok\r\n");
    client_expect(client, over, "500 5.5.2 line too long\r\n");
    client_expect(client, mail, "555 5.5.4 *");
    client_expect(client, mail_over, "500 5.5.2 line too long\r\n");
    client_expect(client, "NOOP\r\n", "250 2.0.0 ok\r\n");
}

static void
test_auth_line(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_SUBMIT, "127.0.0.7", NULL, NULL);
    g_autofree char *most = line_of("", 12288);
    g_autofree char *over = line_of("", 12289);

    g_test_summary("RFC 4954 §4: 12288 octets of an answer to AUTH; one more gets 500 5.5.6");
    client_say(client, "EHLO client.south.example\r\n");
    client_expect(client, "AUTH PLAIN\r\n", "334 \r\n");
    client_expect(client, over, "500 5.5.6 *");
    client_expect(client, "AUTH PLAIN\r\n", "334 \r\n");
    client_expect(client, most, "5*");
    client_expect(client, "NOOP\r\n", "250 2.0.0 ok\r\n");
}

static void
test_errors(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);

    g_test_summary(
        "RFC 5321 §7.8: after 20 bad commands in a row the next one gets 421 and the end");
    for (guint i = 0; i < SMTP_ERRORS_MAX; i++)
        client_expect(client, "MOIN\r\n", "500 5.5.1 command not recognized\r\n");
    client_expect(client, "NOOP\r\n", "250 2.0.0 ok\r\n");
    for (guint i = 0; i < SMTP_ERRORS_MAX; i++)
        client_expect(client, "MOIN\r\n", "500 5.5.1 command not recognized\r\n");
    g_assert_false(client->closed);
    client_expect(client, "MOIN\r\n", "421 4.7.0 *");
    g_assert_true(client->closed);
}

static void
test_passwords(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_SUBMIT, "127.0.0.7", NULL, NULL);

    g_test_summary(
        "RFC 5321 §7.8: good commands between them don't make wrong passwords forgotten");
    client_say(client, "EHLO client.south.example\r\n");
    for (guint i = 0; i < SMTP_REFUSED_MAX; i++) {
        client_expect(client, "AUTH PLAIN AGFsaWNlAHdyb25n\r\n", "535 5.7.8 *");
        client_expect(client, "NOOP\r\n", "250 2.0.0 ok\r\n");
    }
    client_expect(client, "AUTH PLAIN AGFsaWNlAHdyb25n\r\n", "421 4.7.0 *");
    g_assert_true(client->closed);
}

static void
test_harvest(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) guesser = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);
    g_autoptr(Client) list = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);

    g_test_summary("RFC 5321 §7.8: after 100 unknown recipients 421, unless more are known");
    tracer_switch(world->tracer, FALSE);
    client_say(guesser, "HELO client.south.example\r\nMAIL FROM:<>\r\n");
    client_say(list, "HELO client.south.example\r\nMAIL FROM:<>\r\n");
    for (guint i = 0; i < SMTP_UNKNOWN_MAX; i++) {
        client_expect(guesser, "RCPT TO:<nobody@north.example>\r\n", "550 5.1.1 *");
        client_expect(list, "RCPT TO:<nobody@north.example>\r\n", "550 5.1.1 *");
        client_expect(list, "RCPT TO:<bob@north.example>\r\n", "250 2.1.5 *");
    }
    client_expect(list, "RCPT TO:<bob@north.example>\r\n", "250 2.1.5 *");
    client_expect(list, "RCPT TO:<nobody@north.example>\r\n", "550 5.1.1 *");
    g_assert_false(guesser->closed);
    client_expect(guesser, "RCPT TO:<nobody@north.example>\r\n", "421 4.7.0 *");
    g_assert_true(guesser->closed);
}

/* What Received will say of a client that calls itself @name. */
static void
expect_greeted(World *world, const char *name, const char *as)
{
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);
    g_autofree char *command = g_strdup_printf("HELO %s\r\n", name);
    g_autofree char *reply = g_strdup_printf("250 mx.north.example greets %s\r\n", as);

    client_expect(client, command, reply);
}

static void
test_odd_names(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);
    g_autofree char *most = line_of("HELO _", 5 + SMTP_DOMAIN_MAX + 2);
    g_autofree char *over = line_of("HELO _", 5 + SMTP_DOMAIN_MAX + 1 + 2);

    g_test_summary("RFC 5321 §4.1.4: a client may call itself anything but nothing");
    expect_greeted(world, "foo_bar", "foo_bar");
    expect_greeted(world, "-.-", "-.-");
    expect_greeted(world, "[IPv6:fe80::1%eth0]", "?IPv6?fe80??1%eth0?");
    expect_greeted(world, "caf\xc3\xa9 x", "caf??");
    expect_greeted(world, "x(\\;", "x???");
    client_expect(client, most, "250 *");
    client_expect(client, over, "501 5.5.4 *");
    client_expect(client, "HELO a\001b\r\n", "501 5.5.4 *");
}

static void
test_recipients(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);

    g_test_summary("RFC 5321 §4.5.3.1.10: 1000 recipients are taken, one more gets 452");
    tracer_switch(world->tracer, FALSE);
    client_say(client, "HELO client.south.example\r\nMAIL FROM:<>\r\n");
    for (guint i = 0; i < SMTP_RECIPIENTS_MAX; i++)
        client_expect(client, "RCPT TO:<bob@north.example>\r\n", "250 2.1.5 *");
    client_expect(client, "RCPT TO:<bob@north.example>\r\n", "452 4.5.3 *");
    client_expect(client, "DATA\r\n", "354 *");
    client_expect(client, "Subject: x\r\n\r\n.\r\n", "250 2.6.0 *");
    g_assert_cmpuint(world_count(world, "bob", "INBOX"), ==, 1);
}

/* ---- waiting ---- */

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
data_to_bob(Client *client)
{
    client_say(client, "EHLO client.south.example\r\nMAIL FROM:<carol@south.example>\r\n"
                       "RCPT TO:<bob@north.example>\r\nDATA\r\n");
}

static void
test_commit(void)
{
    g_autoptr(World) world = world_new();
    Asked asked = { 0 };
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", &ask, &asked);
    SmtpAnswer done = { .event = 1 };
    static const char mail[] = "Subject: x\r\n\r\nbody\r\n.\r\n";

    g_test_summary("RFC 5321 §6.1: nothing is replied to the final dot before the commit");
    data_to_bob(client);
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

        data_to_bob(client);
        net_buffer_add(client->buffer, mail, strlen(mail));
        smtp_session_input(client->session, client->buffer, client->replies);
        g_assert_cmpint(answer(client, &failed), ==, NET_GO_ON);
        g_assert_true(g_str_has_prefix(client->replies->str, cases[i].reply));
        give(client, "NOOP");
        g_assert_cmpstr(client->replies->str, ==, "250 2.0.0 ok\r\n");
    }
}

/* ---- the trace ---- */

static void
test_journey(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);
    guint in = 0;

    g_test_summary("a local message: one journey from MAIL to the 250, at most 30 events");
    data_to_bob(client);
    client_expect(client, "Subject: x\r\n\r\nbody\r\n.\r\n", "250 2.6.0 *");
    client_say(client, "QUIT\r\n");
    for (guint i = 0; i < world->events->len; i++) {
        const TraceEvent *event = g_ptr_array_index(world->events, i);

        if (g_test_verbose())
            g_test_message("%s %s %s %s: %s", event->journey, event->branch,
                           stage_name(event->stage), trace_kind_name(event->kind), event->text);
        in += g_strcmp0(event->journey, "j1") == 0;
        g_assert_true(i == 0 || event->cause != 0);
    }
    g_assert_cmpuint(world->events->len, <=, 30);
    g_assert_cmpuint(in, >=, 12);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_SENDER, "carol"), ==, 1);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_SPLIT, "bob"), ==, 1);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_ROUTE, "ours"), ==, 1);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_RECIPIENT, "account"), ==, 1);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_FILTER, "accepted"), ==, 1);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_DELIVER, "INBOX"), ==, 1);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_STORE, "durable"), ==, 1);
}

static void
test_origin(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);

    g_test_summary("a message from a host of this process goes on in its journey and branch");
    guint greeting = world->events->len;

    smtp_session_set_origin(client->session, "j7", "2", 1);
    data_to_bob(client);
    client_say(client, "Subject: x\r\n\r\nbody\r\n.\r\nQUIT\r\n");
    for (guint i = greeting; i < world->events->len; i++) {
        const TraceEvent *event = g_ptr_array_index(world->events, i);

        if (event->stage == STAGE_NONE)
            continue;
        g_assert_cmpstr(event->journey, ==, "j7");
        g_assert_cmpstr(event->branch, ==, "2");
    }
}

static void
test_secrets(void)
{
    static const char *const secrets[] = { "AGFsaWNlAHdvbmRlcmxhbmQ", "d29uZGVybGFuZA",
                                           "wonderland" };
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_SUBMIT, "127.0.0.7", NULL, NULL);

    g_test_summary("RFC 4954 §9: no password reaches an event, not even behind a refused AUTH");
    client_say(client, "EHLO laptop.north.example\r\n");
    client_say(client, "AUTH FOO\r\nAGFsaWNlAHdvbmRlcmxhbmQ=\r\n");
    client_say(client, "AUTH LOGIN\r\nYWxpY2U=\r\nd29uZGVybGFuZB==\r\n");
    client_say(client, "AUTH LOGIN YWxpY2U=\r\nd29uZGVybGFuZA==\r\n");
    for (guint i = 0; i < world->events->len; i++) {
        const TraceEvent *event = g_ptr_array_index(world->events, i);

        for (gsize s = 0; s < G_N_ELEMENTS(secrets); s++) {
            g_assert_null(strstr(event->text, secrets[s]));
            g_assert_true(event->data == NULL || strstr(event->data, secrets[s]) == NULL);
        }
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
    data_to_bob(client);
    client_expect(client, "Subject: x\r\n", "");
    g_assert_false(client->closed);
    client_expect(client, "\r\nbody body body\r\n", "");
    g_assert_true(client->closed);
}

static void
test_noise(void)
{
    static const char *const words[] = {
        "EHLO a.example\r\n",
        "MAIL FROM:<>\r\n",
        "RCPT TO:<bob@north.example>\r\n",
        "DATA\r\n",
        ".\r\n",
        "\r\n",
        "x",
        "\n",
        "\r",
        "QUIT ",
        "AUTH PLAIN\r\n",
        "*\r\n",
        "\377\376",
        "<@a:\"",
        "RSET\r\n",
    };
    g_autoptr(World) world = world_new();

    g_test_summary("robustness: random pieces of sessions; the server lives on");
    tracer_switch(world->tracer, FALSE);
    for (guint round = 0; round < 200; round++) {
        g_autoptr(Client) client = client_new(
            world, round % 2 == 0 ? SMTP_PORT_RELAY : SMTP_PORT_SUBMIT, "127.0.0.9", NULL, NULL);

        for (guint i = 0; i < 60 && !client->closed; i++)
            client_say(client, words[g_test_rand_int_range(0, G_N_ELEMENTS(words))]);
    }
}

static void
expect_transaction(const Client *client, const char *expected)
{
    g_autoptr(GString) json = g_string_new(NULL);

    smtp_session_transaction_json(client->session, json);
    g_assert_cmpstr(json->str, ==, expected);
}

static void
test_json(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);
    g_autofree char *json = smtp_session_json(client->session);

    g_test_summary("a snapshot of a session names its state and what it waits for");
    g_assert_cmpstr(json, ==,
                    "{\"id\":\"smtp-1\",\"state\":\"START\",\"peer\":\"127.0.0.7\",\"waits\":"
                    "\"client\"}");
    expect_transaction(client, "");
    g_assert_cmpfloat(smtp_session_patience(client->session), ==, 300.0);
    data_to_bob(client);
    expect_transaction(client, ",\"sender\":\"carol@south.example\",\"recipients\":["
                               "{\"branch\":\"1\",\"user\":\"bob\",\"domain\":\"north.example\","
                               "\"route\":\"local\",\"account\":\"bob@north.example\"}]");
    g_assert_cmpfloat(smtp_session_patience(client->session), ==, 180.0);
    g_string_truncate(client->replies, 0);
    smtp_session_expired(client->session, client->replies);
    g_assert_true(g_str_has_prefix(client->replies->str, "421 4.4.2 "));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(dialogs); i++) {
        g_autofree char *path = g_strconcat("/smtp/session/dialog/", dialogs[i], NULL);

        g_test_add_data_func(path, dialogs[i], test_dialog);
    }
    g_test_add_func("/smtp/session/command-line", test_command_line);
    g_test_add_func("/smtp/session/auth-line", test_auth_line);
    g_test_add_func("/smtp/session/errors", test_errors);
    g_test_add_func("/smtp/session/passwords", test_passwords);
    g_test_add_func("/smtp/session/harvest", test_harvest);
    g_test_add_func("/smtp/session/odd-names", test_odd_names);
    g_test_add_func("/smtp/session/recipients", test_recipients);
    g_test_add_func("/smtp/session/hosts", test_hosts);
    g_test_add_func("/smtp/session/held-input", test_held_input);
    g_test_add_func("/smtp/session/password", test_password);
    g_test_add_func("/smtp/session/commit", test_commit);
    g_test_add_func("/smtp/session/commit-failed", test_commit_failed);
    g_test_add_func("/smtp/session/journey", test_journey);
    g_test_add_func("/smtp/session/origin", test_origin);
    g_test_add_func("/smtp/session/secrets", test_secrets);
    g_test_add_func("/smtp/session/faults", test_faults);
    g_test_add_func("/smtp/session/faults-cut", test_faults_cut);
    g_test_add_func("/smtp/session/noise", test_noise);
    g_test_add_func("/smtp/session/json", test_json);
    return g_test_run();
}
