/* tests/test_smtp_relay_breaks.c - hosts that break off at each step, hosts that are ourselves, hosts whose
 * TLS is missing or broken (smtp/relay.c, relay_call.c, relay_talk.c). */
#include <locale.h>

#include "smtp/relay.h"
#include "tests/smtp_many.h"

/* ---- a host that breaks off, at each step ---- */

static const char *const steps[] = { "", "EHLO", "MAIL", "RCPT", "DATA" };
static const char *breaks_at; /* one of them */

static const char *
say_421_somewhere(Peer *peer, const char *line)
{
    if (*breaks_at == '\0' ? *line == '\0' : g_str_has_prefix(line, breaks_at))
        return "421 4.3.2 going down";
    return peer_polite(peer, line);
}

static const char *
say_cut_somewhere(Peer *peer, const char *line)
{
    const char *words = say_421_somewhere(peer, line);

    return g_str_has_prefix(words, "421") ? NULL : words;
}

static void
test_breaks_off(void)
{
    g_test_summary(
        "RFC 5321 §5.1: 421 or a cut before the message: the next host is asked at once");
    for (guint i = 0; i < 2 * G_N_ELEMENTS(steps); i++) {
        g_autoptr(World) world = world_new();
        Peer *second;

        breaks_at = steps[i / 2];
        world_peer(world, "127.0.0.3", i % 2 == 0 ? say_421_somewhere : say_cut_somewhere);
        second = world_peer(world, "127.0.0.4", NULL);
        send_some(world, 1, carol);
        world_run(world);
        g_assert_cmpuint(second->taken, ==, 1);
        g_assert_cmpuint(count_rows(world, STORE_DONE), ==, 1);
        g_assert_cmpint(net_clock_now_s(world->clock), <, WORLD_START_S + 60);
    }
}

static void
test_both_families(void)
{
    g_test_summary("RFC 5321 §5.1: a host's second address is tried, and it may be an IPv6 one");
    static const char *const dual[] = { "carol@dual.south.example", NULL };
    g_autoptr(World) world = world_new();
    Peer *peer = world_peer(world, "::1", NULL);

    send_some(world, 1, dual);
    world_run(world);
    g_assert_cmpuint(world_told(world, "Calling both.south.example [127.0.0.8]"), ==, 1);
    g_assert_cmpuint(world_told(world, "Calling both.south.example [::1]"), ==, 1);
    g_assert_cmpuint(peer->taken, ==, 1);
}

static void
test_not_to_ourselves(void)
{
    g_test_summary("RFC 5321 §5.1: a smart host or a route that is this host: a circle, reported");
    static char *const ours[] = { "127.0.0.2", "127.0.0.2:25", "mx.north.example",
                                  "::ffff:127.0.0.2", "0.0.0.0" };

    for (guint i = 0; i < G_N_ELEMENTS(ours); i++) {
        g_autoptr(World) world = world_new();
        Peer *ourselves = world_peer(world, "127.0.0.2", NULL);

        world->settings.relay_via = ours[i];
        send_some(world, 1, carol);
        world_run(world);
        g_assert_cmpuint(ourselves->calls, ==, 0);
        g_assert_cmpuint(count_rows(world, STORE_FAILED), ==, 1);
    }
}

static const char *
say_partly(Peer *peer, const char *line)
{
    if (g_str_has_prefix(line, "RCPT TO:<carol"))
        return "550 5.1.1 no carol";
    return g_str_has_prefix(line, "RCPT") ? NULL : peer_polite(peer, line);
}

static void
test_no_second_opinion(void)
{
    g_test_summary("RFC 5321 §4.2.1: a host that has said 550 to one is not overruled by another");
    static const char *const both[] = { "carol@south.example", "dave@south.example", NULL };
    g_autoptr(World) world = world_new();
    Peer *second;

    world->settings.give_up_tries = 1;
    world_peer(world, "127.0.0.3", say_partly);
    second = world_peer(world, "127.0.0.4", NULL);
    send_some(world, 1, both);
    world_run(world);
    g_assert_cmpuint(second->calls, ==, 0);
    g_assert_cmpuint(count_rows(world, STORE_FAILED), ==, 2);
}

static const char *
say_lost(Peer *peer, const char *line)
{
    return g_str_equal(line, ".") && peer->calls == 1 ? NULL : peer_polite(peer, line);
}

static void
test_doubt(void)
{
    g_test_summary(
        "RFC 1047: no reply to the dot: told why the message goes again, and not at once "
        "to another host");
    g_autoptr(World) world = world_new();
    Peer *first = world_peer(world, "127.0.0.3", say_lost);
    Peer *second = world_peer(world, "127.0.0.4", NULL);

    send_some(world, 1, carol);
    world_run(world);
    g_assert_cmpuint(first->taken, ==, 1);
    g_assert_cmpuint(second->calls, ==, 0);
    g_assert_cmpuint(world_told(world, "twice is better than never (RFC 1047)"), ==, 1);
}

/* ---- TLS ---- */

static const char *
say_tls(Peer *peer, const char *line)
{
    if (g_str_has_prefix(line, "EHLO"))
        return peer->secured < peer->calls ? "250-mx.south.example\r\n250 STARTTLS"
                                           : "250 mx.south.example";
    return g_str_equal(line, "STARTTLS") ? "220 go" : peer_polite(peer, line);
}

static void
test_tls(void)
{
    g_test_summary("RFC 3207 §4: TLS where it is offered, told; off: not asked for");
    for (guint off = 0; off < 2; off++) {
        g_autoptr(World) world = world_new();
        Peer *peer = world_peer(world, "127.0.0.3", say_tls);

        world->settings.relay_tls = off ? SMTP_TLS_OFF : SMTP_TLS_OPTIONAL;
        send_some(world, 1, carol);
        world_run(world);
        g_assert_cmpuint(peer->taken, ==, 1);
        g_assert_cmpuint(peer->secured, ==, off ? 0 : 1);
        g_assert_cmpuint(count_heard(peer, "EHLO"), ==, off ? 1 : 2);
        g_assert_cmpuint(world_told(world, "nobody in between can read"), ==, off ? 0 : 1);
    }
}

static void
test_tls_broken(void)
{
    g_test_summary("RFC 3207 §4.1: the handshake fails: the same host at once, without TLS");
    g_autoptr(World) world = world_new();
    Peer *peer = world_peer(world, "127.0.0.3", say_tls);
    Peer *second = world_peer(world, "127.0.0.4", NULL);

    peer->breaks_tls = TRUE;
    send_some(world, 1, carol);
    world_run(world);
    g_assert_cmpuint(peer->calls, ==, 2);
    g_assert_cmpuint(peer->taken, ==, 1);
    g_assert_cmpuint(second->calls, ==, 0);
    g_assert_cmpuint(world_told(world, "The message goes once more, without it"), ==, 1);
    g_assert_cmpint(net_clock_now_s(world->clock), <, WORLD_START_S + 5);
}

static void
test_tls_required(void)
{
    g_test_summary(
        "RFC 3207 §4.1: relay-tls = required: the host without TLS gets nothing, the next "
        "one does");
    g_autoptr(World) world = world_new();
    Peer *first = world_peer(world, "127.0.0.3", NULL);
    Peer *second = world_peer(world, "127.0.0.4", say_tls);

    world->settings.relay_tls = SMTP_TLS_REQUIRED;
    send_some(world, 1, carol);
    world_run(world);
    g_assert_cmpuint(count_heard(first, "MAIL"), ==, 0);
    g_assert_cmpuint(second->taken, ==, 1);
    g_assert_cmpuint(second->secured, ==, 1);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/relay-breaks/breaks-off", test_breaks_off);
    g_test_add_func("/smtp/relay-breaks/both-families", test_both_families);
    g_test_add_func("/smtp/relay-breaks/not-to-ourselves", test_not_to_ourselves);
    g_test_add_func("/smtp/relay-breaks/no-second-opinion", test_no_second_opinion);
    g_test_add_func("/smtp/relay-breaks/doubt", test_doubt);
    g_test_add_func("/smtp/relay-breaks/tls", test_tls);
    g_test_add_func("/smtp/relay-breaks/tls-broken", test_tls_broken);
    g_test_add_func("/smtp/relay-breaks/tls-required", test_tls_required);
    return g_test_run();
}
