/* tests/test_smtp_limits.c - how much one client may ask of us (smtp/limits.c). */
#include "tests/smtp_taking.h"

#define MAIL "MAIL FROM:<carol@south.example>\r\n"

static Client *
caller(World *world, SmtpPort port, const char *peer)
{
    Client *client = client_new(world, port, peer, NULL, NULL);

    client_say(client, "EHLO client.south.example\r\n");
    return client;
}

/* Begins a message and lets it be. */
static void
begin(Client *client, const char *reply)
{
    client_expect(client, MAIL, reply);
    client_say(client, "RSET\r\n");
}

static void
test_minute(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = caller(world, SMTP_PORT_RELAY, "127.0.0.7");
    g_autoptr(Client) other = caller(world, SMTP_PORT_RELAY, "127.0.0.8");

    g_test_summary(
        "RFC 5321 §7.8: two messages a minute, one more gets 450 until the minute is over");
    world_limit(world, 0, 2);
    begin(client, "250 2.1.0 *");
    begin(client, "250 2.1.0 *");
    begin(client, "450 4.7.1 *");
    begin(other, "250 2.1.0 *");
    net_clock_set_virtual(world->clock, WORLD_NOW_S * NET_SECOND + 60 * NET_SECOND - 1);
    begin(client, "450 4.7.1 *");
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_SENDER, "another 1 seconds"), ==, 1);
    net_clock_set_virtual(world->clock, WORLD_NOW_S * NET_SECOND + 60 * NET_SECOND);
    begin(client, "250 2.1.0 *");
}

static void
test_reconnect(void)
{
    g_autoptr(World) world = world_new();

    g_test_summary("a new connection does not begin a new minute");
    world_limit(world, 0, 1);
    {
        g_autoptr(Client) client = caller(world, SMTP_PORT_RELAY, "127.0.0.7");

        begin(client, "250 2.1.0 *");
    }
    g_autoptr(Client) again = caller(world, SMTP_PORT_RELAY, "127.0.0.7");
    begin(again, "450 4.7.1 *");
}

static void
test_user(void)
{
    static const char log_in[] = "AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n";
    static const char mail[] = "MAIL FROM:<alice@north.example>\r\n";
    g_autoptr(World) world = world_new();
    g_autoptr(Client) here = caller(world, SMTP_PORT_SUBMIT, "127.0.0.7");
    g_autoptr(Client) there = caller(world, SMTP_PORT_SUBMIT, "127.0.0.8");
    g_autoptr(Client) bob = caller(world, SMTP_PORT_SUBMIT, "127.0.0.7");

    g_test_summary("a user is one client wherever they log in; two users at one address are two");
    world_limit(world, 0, 1);
    client_say(here, log_in);
    client_say(there, log_in);
    client_say(bob, "AUTH PLAIN AGJvYgBidWlsZGVy\r\n");
    client_expect(here, mail, "250 2.1.0 *");
    client_expect(there, mail, "450 4.7.1 *");
    client_expect(bob, "MAIL FROM:<bob@north.example>\r\n", "250 2.1.0 *");
}

static void
test_exempt(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) trusted = caller(world, SMTP_PORT_RELAY, "127.0.0.9");
    g_autoptr(Client) outside = caller(world, SMTP_PORT_RELAY, "192.0.2.1");
    g_autoptr(Client) here = caller(world, SMTP_PORT_RELAY, "::1");

    g_test_summary("trusted networks are never limited, this machine only where the key says so");
    world_limit(world, 0, 1);
    world->settings.limit_loopback = FALSE;
    begin(outside, "250 2.1.0 *");
    begin(outside, "450 4.7.1 *");
    for (guint i = 0; i < 3; i++) {
        begin(trusted, "250 2.1.0 *");
        begin(here, "250 2.1.0 *");
    }
    world->settings.limit_loopback = TRUE;
    begin(here, "250 2.1.0 *");
    begin(here, "450 4.7.1 *");
    begin(trusted, "250 2.1.0 *");
}

static void
test_connections(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) clients = g_ptr_array_new_with_free_func((GDestroyNotify)client_free);

    g_test_summary("RFC 5321 §7.8: three connections of an address, one more gets 421");
    world_limit(world, 3, 0);
    for (guint i = 0; i < 4; i++) {
        Client *client = client_new(world, SMTP_PORT_RELAY, "192.0.2.1", NULL, NULL);

        g_assert_true(
            g_str_has_prefix(client->replies->str, i < 3 ? "220 " : "421 4.7.0 mx.north"));
        g_ptr_array_add(clients, client);
    }
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_CONNECT, "3 connections open"), ==,
                     1);
    g_autoptr(Client) other = client_new(world, SMTP_PORT_RELAY, "192.0.2.2", NULL, NULL);
    g_assert_true(g_str_has_prefix(other->replies->str, "220 "));
    g_ptr_array_set_size(clients, 2);
    g_autoptr(Client) again = client_new(world, SMTP_PORT_RELAY, "192.0.2.1", NULL, NULL);
    g_assert_true(g_str_has_prefix(again->replies->str, "220 "));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/limits/minute", test_minute);
    g_test_add_func("/smtp/limits/reconnect", test_reconnect);
    g_test_add_func("/smtp/limits/user", test_user);
    g_test_add_func("/smtp/limits/exempt", test_exempt);
    g_test_add_func("/smtp/limits/connections", test_connections);
    return g_test_run();
}
