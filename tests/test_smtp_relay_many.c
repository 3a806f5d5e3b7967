/* tests/test_smtp_relay_many.c - many messages and many hosts: shared connections, limits, hosts that
 * are down (smtp/relays.c, relay.c, relay_down.c). */
#include <locale.h>

#include "smtp/relay.h"
#include "tests/smtp_many.h"

/* ---- one connection for many ---- */

static void
test_burst(void)
{
    g_test_summary("RFC 5321 §3.3: a burst of thirty goes over ten connections, MAIL after MAIL");
    g_autoptr(World) world = world_new();
    Peer *peer = world_peer(world, "127.0.0.3", NULL);

    send_some(world, 30, carol);
    world_run(world);
    g_assert_cmpuint(peer->taken, ==, 30);
    g_assert_cmpuint(peer->calls, ==, SMTP_RELAYS_A_DESTINATION);
    g_assert_cmpuint(count_heard(peer, "EHLO"), ==, SMTP_RELAYS_A_DESTINATION);
    g_assert_cmpuint(count_heard(peer, "RSET"), ==, 0);
    g_assert_cmpuint(count_heard(peer, "QUIT"), ==, SMTP_RELAYS_A_DESTINATION);
    g_assert_cmpuint(world_told(world, "this one goes over it"), ==, 20);
    g_assert_cmpuint(count_rows(world, STORE_DONE), ==, 30);
}

static void
test_enough_of_it(void)
{
    g_test_summary("SMTP_RELAY_MESSAGES: after a hundred messages QUIT, and a new connection");
    g_autoptr(World) world = world_new();
    Peer *peer = world_peer(world, "127.0.0.3", NULL);

    send_some(world, 10 * SMTP_RELAY_MESSAGES + 10, carol);
    world_run(world);
    g_assert_cmpuint(peer->taken, ==, 10 * SMTP_RELAY_MESSAGES + 10);
    g_assert_cmpuint(peer->calls, >, SMTP_RELAYS_A_DESTINATION);
    g_assert_cmpuint(peer->calls, <=, 2 * SMTP_RELAYS_A_DESTINATION);
}

static void
test_smart_host(void)
{
    g_test_summary("RFC 5321 §4.5.4.1: three domains behind one smart host: one copy");
    static const char *const three[] = { "carol@south.example", "erin@east.example",
                                         "frank@west.example", NULL };
    g_autoptr(World) world = world_new();
    Peer *peer = world_peer(world, "127.0.0.9", NULL);

    world->settings.relay_via = (char *)"127.0.0.9";
    send_some(world, 1, three);
    world_run(world);
    g_assert_cmpuint(peer->calls, ==, 1);
    g_assert_cmpuint(peer->taken, ==, 1);
    g_assert_cmpuint(count_heard(peer, "RCPT TO:"), ==, 3);
    g_assert_cmpuint(count_rows(world, STORE_DONE), ==, 3);
}

static void
test_two_hundred(void)
{
    g_test_summary("RFC 5321 §4.5.3.1.8: 250 recipients: transactions of 100, 100 and 50");
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) recipients = g_ptr_array_new_with_free_func(g_free);
    Peer *peer = world_peer(world, "127.0.0.3", NULL);

    for (guint i = 0; i < 250; i++)
        g_ptr_array_add(recipients, g_strdup_printf("user%u@south.example", i));
    g_ptr_array_add(recipients, NULL);
    send_some(world, 1, (const char *const *)recipients->pdata);
    world_run(world);
    g_assert_cmpuint(peer->calls, ==, 1);
    g_assert_cmpuint(peer->taken, ==, 3);
    g_assert_cmpuint(count_heard(peer, "RCPT TO:"), ==, 250);
    g_assert_cmpuint(count_rows(world, STORE_DONE), ==, 250);
}

static const char *
say_no_eve(Peer *peer, const char *line)
{
    if (g_str_has_prefix(line, "RCPT TO:<eve"))
        return "550 5.1.1 no eve here";
    return peer_polite(peer, line);
}

static void
test_after_a_refusal(void)
{
    g_test_summary(
        "RFC 5321 §4.1.1.5: a transaction that was refused is ended by RSET, then goes on");
    static const char *const eve[] = { "eve@south.example", NULL };
    g_autoptr(World) world = world_new();
    Peer *peer = world_peer(world, "127.0.0.3", say_no_eve);

    for (guint i = 0; i < 20; i++)
        send_some(world, 1, i % 2 == 0 ? eve : carol);
    world_run(world);
    g_assert_cmpuint(peer->taken, ==, 10);
    g_assert_cmpuint(peer->calls, ==, SMTP_RELAYS_A_DESTINATION);
    g_assert_cmpuint(count_heard(peer, "RSET"), >, 0);
    g_assert_cmpuint(count_rows(world, STORE_FAILED), ==, 10);
}

static const char *
say_one_only(Peer *peer, const char *line)
{
    if (g_str_has_prefix(line, "MAIL") && peer->taken > 0 && peer->calls <= 10)
        return "421 4.7.0 one message a connection";
    return peer_polite(peer, line);
}

static void
test_not_again(void)
{
    g_test_summary("RFC 5321 §3.8: 421 to the second MAIL of a connection: a new call, no failure");
    g_autoptr(World) world = world_new();
    Peer *peer = world_peer(world, "127.0.0.3", say_one_only);

    send_some(world, 11, carol);
    world_run(world);
    g_assert_cmpuint(peer->taken, ==, 11);
    g_assert_cmpuint(count_rows(world, STORE_DONE), ==, 11);
    g_assert_cmpint(net_clock_now_s(world->clock), <, WORLD_START_S + 60);
}

static const char *
say_small(Peer *peer, const char *line)
{
    return g_str_has_prefix(line, "EHLO") ? "250-a\r\n250 SIZE 200" : peer_polite(peer, line);
}

static void
test_too_big_behind_others(void)
{
    g_test_summary(
        "RFC 1870 §5: too big for the host, behind others on one connection: no new call");
    g_autoptr(World) world = world_new();
    g_autofree char *line = g_strnfill(300, 'x');
    g_autofree char *big = g_strdup_printf("A: b\r\n\r\n%s\r\n", line);
    Peer *peer = world_peer(world, "127.0.0.3", say_small);

    world->settings.routes = (char *[]){ (char *)"south.example: 127.0.0.3", NULL };
    send_some(world, SMTP_RELAYS_A_DESTINATION, carol);
    world_queue(world, "alice@north.example", big, FALSE, carol);
    world_run(world);
    g_assert_cmpuint(peer->calls, ==, SMTP_RELAYS_A_DESTINATION);
    g_assert_cmpuint(peer->taken, ==, SMTP_RELAYS_A_DESTINATION);
    g_assert_cmpuint(count_rows(world, STORE_FAILED), ==, 1);
}

/* ---- hosts that are stuck or down ---- */

static const char *
say_nothing(G_GNUC_UNUSED Peer *peer, G_GNUC_UNUSED const char *line)
{
    return "-";
}

static gboolean
east_is_served(void *data, G_GNUC_UNUSED gboolean idle)
{
    World *world = data;
    const Peer *east = g_ptr_array_index(world->peers, 1);

    if (east->taken > 0 && world->net != NULL)
        net_quit(world->net);
    return FALSE;
}

static void
test_stuck_host(void)
{
    g_test_summary("RFC 5321 §4.5.4.1: 300 messages for a silent host keep no other waiting");
    static const char *const erin[] = { "erin@east.example", NULL };
    g_autoptr(World) world = world_new();
    Peer *silent = world_peer(world, "127.0.0.3", say_nothing);
    Peer *east = world_peer(world, "127.0.0.9", NULL);

    world->settings.routes = (char *[]){ (char *)"east.example: 127.0.0.9", NULL };
    send_some(world, 300, carol);
    send_some(world, 1, erin);
    net_add_turn_hook(world->net, east_is_served, world);
    world_run(world);
    g_assert_cmpuint(east->taken, ==, 1);
    g_assert_cmpuint(silent->calls, <=, SMTP_RELAYS_A_DESTINATION);
    g_assert_cmpint(net_clock_now_s(world->clock), <, WORLD_START_S + 5);
}

static void
test_known_down(void)
{
    g_test_summary("RFC 5321 §4.5.4.1: who could not be reached is not called again for a while");
    g_autoptr(World) world = world_new();
    guint calls, spared;

    world->settings.give_up_tries = 1;
    send_some(world, 100, carol);
    world_run(world);
    calls = world_told(world, "relay state Calling");
    spared = world_told(world, "it is not called again so soon");
    g_assert_cmpuint(calls, <=, 2 * SMTP_RELAYS_A_DESTINATION);
    g_assert_cmpuint(calls + spared, ==, 200); /* two hosts each */
    g_assert_cmpuint(count_rows(world, STORE_FAILED), ==, 100);
}

static void
test_down_is_forgotten(void)
{
    g_test_summary("RFC 5321 §4.5.4.1: the next try of a message calls the host again");
    g_autoptr(World) world = world_new();

    world->settings.give_up_tries = 3;
    world->settings.retry_s = (gint64[]){ 20, 20 };
    world->settings.retries = 2;
    send_some(world, 1, carol);
    world_run(world);
    g_assert_cmpuint(world_told(world, "relay state Calling"), ==, 6);
    g_assert_cmpuint(world_told(world, "it is not called again so soon"), ==, 0);
}

static void
test_down_list(void)
{
    g_test_summary("SMTP_RELAY_DOWN_MAX: the list of hosts that are down is bounded");
    g_autoptr(NetClock) clock = net_clock_new_virtual(WORLD_START_S * NET_SECOND);
    g_autoptr(SmtpRelayDown) down = smtp_relay_down_new(clock);
    gint64 ago_s;

    for (guint i = 0; i <= SMTP_RELAY_DOWN_MAX; i++)
        smtp_relay_down_note(down, "127.0.0.3", (guint16)(1 + i), "refused", 300);
    g_assert_null(smtp_relay_down_find(down, "127.0.0.3", 1, &ago_s));
    g_assert_nonnull(smtp_relay_down_find(down, "127.0.0.3", 2, &ago_s));
    g_assert_null(smtp_relay_down_find(down, "127.0.0.4", 2, &ago_s));
    smtp_relay_down_forget(down, "127.0.0.3", 2);
    g_assert_null(smtp_relay_down_find(down, "127.0.0.3", 2, &ago_s));
    net_clock_set_virtual(clock, (WORLD_START_S + SMTP_RELAY_DOWN_S - 1) * NET_SECOND);
    g_assert_cmpstr(smtp_relay_down_find(down, "127.0.0.3", 3, &ago_s), ==, "refused");
    g_assert_cmpint(ago_s, ==, SMTP_RELAY_DOWN_S - 1);
    net_clock_set_virtual(clock, (WORLD_START_S + SMTP_RELAY_DOWN_S) * NET_SECOND);
    g_assert_null(smtp_relay_down_find(down, "127.0.0.3", 3, &ago_s));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/relay-many/burst", test_burst);
    g_test_add_func("/smtp/relay-many/enough-of-it", test_enough_of_it);
    g_test_add_func("/smtp/relay-many/smart-host", test_smart_host);
    g_test_add_func("/smtp/relay-many/two-hundred", test_two_hundred);
    g_test_add_func("/smtp/relay-many/after-a-refusal", test_after_a_refusal);
    g_test_add_func("/smtp/relay-many/not-again", test_not_again);
    g_test_add_func("/smtp/relay-many/too-big-behind-others", test_too_big_behind_others);
    g_test_add_func("/smtp/relay-many/stuck-host", test_stuck_host);
    g_test_add_func("/smtp/relay-many/known-down", test_known_down);
    g_test_add_func("/smtp/relay-many/down-is-forgotten", test_down_is_forgotten);
    g_test_add_func("/smtp/relay-many/down-list", test_down_list);
    return g_test_run();
}
