/* tests/test_smtp_commands.c - the short commands in each state, VRFY and EXPN, and that no reply lacks
 * its enhanced code (smtp/commands.c, smtp/verify.c, smtp/reply.c).
 */
#include "tests/smtp_taking.h"

static Client *
stranger(World *world)
{
    Client *client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);

    client_say(client, "EHLO client.south.example\r\n");
    return client;
}

static Client *
alice(World *world)
{
    Client *client = client_new(world, SMTP_PORT_SUBMIT, "127.0.0.7", NULL, NULL);

    client_say(client, "EHLO laptop.north.example\r\nAUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n");
    return client;
}

/* ---- in each state ---- */

static void
test_rset(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_SUBMIT, "127.0.0.9", NULL, NULL);

    g_test_summary("RFC 5321 §4.1.1.5: RSET forgets the message in any state, and nothing else");
    client_expect(client, "RSET\r\n", "250 2.0.0 *");
    client_expect(client, "MAIL FROM:<>\r\n", "503 5.5.1 *");
    client_say(client, "EHLO gate.north.example\r\n");
    client_expect(client, "RSET\r\n", "250 2.0.0 *");
    client_expect(client, "MAIL FROM:<>\r\n", "250 2.1.0 *");
    client_expect(client, "RSET\r\n", "250 2.0.0 *");
    client_expect(client, "RCPT TO:<bob@north.example>\r\n", "503 5.5.1 *");
    client_expect(client, "MAIL FROM:<>\r\n", "250 2.1.0 *");
    client_expect(client, "RCPT TO:<bob@north.example>\r\n", "250 2.1.5 *");
    client_expect(client, "RSET\r\n", "250 2.0.0 *");
    client_expect(client, "DATA\r\n", "503 5.5.1 *");
    /* Inside AUTH it is an answer, and a wrong one. */
    client_expect(client, "AUTH PLAIN\r\n", "334 \r\n");
    client_expect(client, "RSET\r\n", "501 5.5.2 *");
    client_expect(client, "AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n", "235 2.7.0 *");
    client_expect(client, "RSET\r\n", "250 2.0.0 *");
    client_expect(client, "AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n", "503 5.5.1 *");
    /* Inside DATA it is a line of the message. */
    client_say(client,
               "MAIL FROM:<alice@north.example>\r\nRCPT TO:<bob@north.example>\r\nDATA\r\n");
    client_expect(client, "Subject: x\r\n\r\nRSET\r\n", "");
    client_expect(client, ".\r\n", "250 2.6.0 *");
}

static void
test_any_state(void)
{
    static const char *const ways[] = { "", "EHLO client.south.example\r\n", "MAIL FROM:<>\r\n",
                                        "RCPT TO:<bob@north.example>\r\n" };
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);

    g_test_summary(
        "RFC 5321 §4.1.4: NOOP, HELP, VRFY and EXPN at any time, and they change nothing");
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
        client_say(client, ways[i]);
        client_expect(client, "NOOP\r\n", "250 2.0.0 *");
        client_expect(client, "NOOP anything at all\r\n", "250 2.0.0 *");
        client_expect(client, "HELP\r\n", "214-2.0.0 *");
        client_expect(client, "VRFY bob\r\n", "252 2.0.0 *");
        client_expect(client, "EXPN sales\r\n", "252 2.0.0 *");
    }
    client_expect(client, "DATA\r\n", "354 *");
    client_expect(client, "\r\n.\r\n", "250 2.6.0 *");
}

static void
test_ehlo_again(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = stranger(world);

    g_test_summary("RFC 5321 §4.1.4: EHLO in the middle of a message is a RSET");
    client_say(client, "MAIL FROM:<>\r\nRCPT TO:<bob@north.example>\r\n");
    client_expect(client, "EHLO client.south.example\r\n", "250-*");
    client_expect(client, "DATA\r\n", "503 5.5.1 *");
}

static void
test_helo(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);

    g_test_summary("RFC 5321 §4.1.1.1: HELO gets one line, no parameters, and with SMTP");
    client_expect(client, "HELO old.south.example\r\n",
                  "250 mx.north.example greets old.south.example\r\n");
    client_expect(client, "MAIL FROM:<> SIZE=5\r\n", "555 5.5.4 *");
    client_expect(client, "MAIL FROM:<>\r\n", "250 2.1.0 *");
    client_expect(client, "RCPT TO:<bob@north.example> NOTIFY=NEVER\r\n", "555 5.5.4 *");
    client_expect(client, "RCPT TO:<bob@north.example>\r\n", "250 2.1.5 *");
    client_expect(client, "DATA\r\n", "354 *");
    client_expect(client, "\r\n.\r\n", "250 2.6.0 *");
    g_autofree char *found = world_read(world, "bob", "INBOX");
    g_assert_nonnull(strstr(found, "\r\n\tby mx.north.example with SMTP id "));
}

/* The longest line of @reply, CRLF included. */
static gsize
longest(const char *reply)
{
    g_auto(GStrv) lines = g_strsplit(reply, "\r\n", -1);
    gsize most = 0;

    for (char **line = lines; *line != NULL; line++)
        most = MAX(most, strlen(*line) + 2);
    return most;
}

static void
test_reply_line(void)
{
    g_autoptr(World) world = world_new();
    g_autofree char *name = g_strnfill(255, 'x');
    g_autofree char *ehlo = g_strdup_printf("EHLO %s\r\n", name);
    g_autofree char *helo = g_strdup_printf("HELO %s\r\n", name);

    g_test_summary(
        "RFC 5321 §4.5.3.1.5: no reply line is longer than 512 octets, whatever the names");
    g_free(world->settings.hostname);
    world->settings.hostname = g_strdup(name);
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);
    g_assert_cmpuint(longest(client_say(client, ehlo)), >, 400);
    g_assert_cmpuint(longest(client_say(client, ehlo)), <=, 512);
    g_assert_cmpuint(longest(client_say(client, helo)), <=, 512);
    g_assert_cmpuint(longest(client_say(client, "HELP\r\n")), <=, 512);
}

/* ---- HELP ---- */

static void
test_help(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = stranger(world);
    g_autofree char *all = g_strdup(client_say(client, "HELP\r\n"));
    const char *verb = strstr(all, "commands:");

    g_test_summary("RFC 5321 §4.1.1.8: HELP names each command, and each has its own");
    g_assert_nonnull(verb);
    g_auto(GStrv) lines = g_strsplit(verb + strlen("commands: "), "\r\n", 2);
    g_auto(GStrv) verbs = g_strsplit(lines[0], " ", -1);
    g_assert_cmpuint(g_strv_length(verbs), ==, 13);
    for (char **one = verbs; *one != NULL; one++) {
        g_autofree char *command = g_strdup_printf("HELP %s\r\n", *one);
        g_autofree char *reply = g_strdup_printf("214 2.0.0 %s*", *one);

        client_expect(client, command, reply);
    }
    client_expect(client, "HELP BDAT\r\n", "504 5.5.4 *");
    client_expect(client, "HELP me\r\n", "504 5.5.4 *");
}

/* ---- VRFY and EXPN ---- */

static gboolean
lists_expn(World *world, SmtpPort port, const char *peer)
{
    g_autoptr(Client) client = client_new(world, port, peer, NULL, NULL);

    return strstr(client_say(client, "EHLO client.south.example\r\n"), "250-EXPN\r\n") != NULL;
}

static void
test_vrfy_users(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) outside = stranger(world), user = alice(world);

    g_test_summary("RFC 5321 §7.3: users are told who is here, a stranger hears 252 for everybody");
    world->settings.vrfy = SMTP_VRFY_USERS;
    client_expect(outside, "VRFY bob\r\n", "252 2.0.0 *");
    client_expect(outside, "VRFY nobody\r\n", "252 2.0.0 *");
    client_expect(outside, "EXPN sales\r\n", "252 2.0.0 *");
    client_expect(outside, "EXPN nobody\r\n", "252 2.0.0 *");
    client_expect(user, "VRFY bob\r\n", "250 2.1.5 <bob@north.example>\r\n");
    client_expect(user, "VRFY <BOB@north.example>\r\n", "250 2.1.5 <BOB@north.example>\r\n");
    client_expect(user, "VRFY nobody\r\n", "550 5.1.1 *");
    client_expect(user, "VRFY carol@south.example\r\n", "252 2.0.0 *");
    client_expect(user, "VRFY b@d@north.example\r\n", "501 5.1.3 *");
    client_expect(user, "VRFY <>\r\n", "501 5.1.3 *");
    g_assert_false(lists_expn(world, SMTP_PORT_RELAY, "127.0.0.7"));
    g_assert_true(lists_expn(world, SMTP_PORT_RELAY, "127.0.0.9"));
    g_assert_true(lists_expn(world, SMTP_PORT_SUBMIT, "127.0.0.7"));
}

static void
test_vrfy_off(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) user = alice(world);

    g_test_summary("RFC 5321 §7.3: where it is switched off, everybody hears 252");
    world->settings.vrfy = SMTP_VRFY_OFF;
    client_expect(user, "VRFY bob\r\n", "252 2.0.0 *");
    client_expect(user, "VRFY nobody\r\n", "252 2.0.0 *");
    client_expect(user, "EXPN sales\r\n", "252 2.0.0 *");
    g_assert_false(lists_expn(world, SMTP_PORT_SUBMIT, "127.0.0.7"));
}

static void
test_vrfy_on(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) outside = stranger(world);

    g_test_summary("RFC 5321 §3.5.1: where it is on, a stranger is told, too");
    world->settings.vrfy = SMTP_VRFY_ON;
    client_expect(outside, "VRFY bob\r\n", "250 2.1.5 <bob@north.example>\r\n");
    client_expect(outside, "VRFY nobody\r\n", "550 5.1.1 *");
    g_assert_true(lists_expn(world, SMTP_PORT_RELAY, "127.0.0.7"));
}

static void
test_expn(void)
{
    g_autoptr(World) world = world_new();
    const char *const one[] = { "not an address", "bob@north.example", NULL };
    const char *const none[] = { "not an address", NULL };
    g_autoptr(Client) user = alice(world);

    g_test_summary("RFC 5321 §3.5.1: the members of a list, one a line; a user is no list");
    world->settings.vrfy = SMTP_VRFY_USERS;
    store_alias_set(world->store, "one", "north.example", one, NULL);
    store_alias_set(world->store, "none", "north.example", none, NULL);
    client_expect(user, "EXPN sales\r\n",
                  "250-2.1.5 <alice@north.example>\r\n250 2.1.5 <bob@north.example>\r\n");
    client_expect(user, "EXPN <list@north.example>\r\n",
                  "250-2.1.5 <alice@north.example>\r\n250 2.1.5 <carol@south.example>\r\n");
    client_expect(user, "EXPN one\r\n", "250 2.1.5 <bob@north.example>\r\n");
    client_expect(user, "EXPN none\r\n", "550 5.1.1 *");
    client_expect(user, "EXPN bob\r\n", "550 5.1.1 *");
    client_expect(user, "EXPN\r\n", "501 5.5.4 *");
    client_expect(user, "EXPN @\r\n", "501 5.1.3 *");
}

static void
test_expn_long(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) user = alice(world);
    g_autoptr(GPtrArray) members = g_ptr_array_new_with_free_func(g_free);

    g_test_summary("of a long list the first 100 members are told: a reply has an end");
    for (guint i = 0; i < 101; i++)
        g_ptr_array_add(members, g_strdup_printf("m%u@south.example", i));
    g_ptr_array_add(members, NULL);
    store_alias_set(world->store, "many", "north.example", (const char *const *)members->pdata,
                    NULL);
    world->settings.vrfy = SMTP_VRFY_USERS;
    const char *told = client_say(user, "EXPN many\r\n");
    g_assert_nonnull(strstr(told, "\r\n250 2.1.5 <m99@south.example>\r\n"));
    g_assert_null(strstr(told, "m100@"));
}

/* ---- enhanced codes ---- */

/* Replies that have none (RFC 2034 §4): the greeting, the answers to EHLO and HELO. And in
 * smtp/reply.c, codes that are only compared with, written on an arrow, or shown in a comment. */
static const char *const bare[] = { "connect.c 220", "commands.c 250", "reply.c 250", "reply.c 550",
                                    "reply.c 421",   "reply.c 535",    "reply.c 555", NULL };

static guint
check_codes(const char *file)
{
    g_autofree char *path = g_build_filename("smtp", file, NULL);
    g_autofree char *text = NULL;
    g_autoptr(GRegex) literal = g_regex_new("\"([245])([0-9]{2})([^\"]*)\"", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    guint count = 0;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_regex_match(literal, text, 0, &match);
    for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
        g_autofree char *class = g_match_info_fetch(match, 1);
        g_autofree char *rest = g_match_info_fetch(match, 3);
        g_autofree char *code = g_match_info_fetch(match, 0);
        g_autofree char *without = g_strdup_printf("%s %.3s", file, code + 1);
        g_autofree char *form = g_strdup_printf("^ %s\\.[0-9]{1,3}\\.[0-9]{1,3}( |$)", class);

        if (!g_regex_match_simple(form, rest, 0, 0) && !g_strv_contains(bare, without))
            g_error("smtp/%s: %s has no enhanced code of its class", file, code);
        count++;
    }
    return count;
}

static void
test_enhanced(void)
{
    static const char *const files[] = { "session.c",    "commands.c", "verify.c",   "reply.c",
                                         "connect.c",    "limits.c",   "auth.c",     "envelope.c",
                                         "parameters.c", "sender.c",   "route.c",    "recipient.c",
                                         "body.c",       "data.c",     "accept.c",   "head.c",
                                         "tls.c",        "split.c",    "received.c", "deliver.c" };
    guint count = 0;

    g_test_summary(
        "RFC 2034 §4: each 2yz, 4yz and 5yz reply has an enhanced code, and of its own class");
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++)
        count += check_codes(files[i]);
    g_assert_cmpuint(count, >, 70);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/commands/rset", test_rset);
    g_test_add_func("/smtp/commands/any-state", test_any_state);
    g_test_add_func("/smtp/commands/ehlo-again", test_ehlo_again);
    g_test_add_func("/smtp/commands/helo", test_helo);
    g_test_add_func("/smtp/commands/reply-line", test_reply_line);
    g_test_add_func("/smtp/commands/help", test_help);
    g_test_add_func("/smtp/commands/vrfy-users", test_vrfy_users);
    g_test_add_func("/smtp/commands/vrfy-off", test_vrfy_off);
    g_test_add_func("/smtp/commands/vrfy-on", test_vrfy_on);
    g_test_add_func("/smtp/commands/expn", test_expn);
    g_test_add_func("/smtp/commands/expn-long", test_expn_long);
    g_test_add_func("/smtp/commands/enhanced", test_enhanced);
    return g_test_run();
}
