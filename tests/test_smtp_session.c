/* tests/test_smtp_session.c - whole conversations, limits and noise (smtp/session.c). What a session asks
 * of others, and waits for: test_smtp_session_asks.c; what it tells: test_smtp_session_trace.c.
 */
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
    g_test_add_func("/smtp/session/noise", test_noise);
    return g_test_run();
}
