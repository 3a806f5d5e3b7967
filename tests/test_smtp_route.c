/* tests/test_smtp_route.c - ours or theirs, and who is trusted (smtp/route.c, smtp/connect.c). */
#include "smtp/route.h"
#include "tests/smtp_taking.h"

static void
expect(const SmtpSettings *settings, const char *text, SmtpRouteKind kind, const char *host,
       guint16 port)
{
    g_autoptr(SmtpAddress) address = smtp_split_address(text, NULL);
    g_auto(SmtpRoute) route = { 0 };

    smtp_route_decide(settings, NULL, address, &route);
    g_assert_cmpint(route.kind, ==, kind);
    g_assert_cmpstr(route.host, ==, host);
    g_assert_cmpuint(route.port, ==, port);
}

static void
test_decide(void)
{
    g_autoptr(World) world = world_new();
    const SmtpSettings *settings = &world->settings;

    g_test_summary("RFC 5321 §3.6: our domains and our address stay, all others travel");
    expect(settings, "a@north.example", SMTP_ROUTE_LOCAL, NULL, 0);
    expect(settings, "a@NORTH.example", SMTP_ROUTE_LOCAL, NULL, 0);
    expect(settings, "a@[127.0.0.2]", SMTP_ROUTE_LOCAL, NULL, 0);
    expect(settings, "a@[IPv6:::ffff:127.0.0.2]", SMTP_ROUTE_LOCAL, NULL, 0);
    expect(settings, "a@[IPv6:0:0:0:0:0:FFFF:127.0.0.2]", SMTP_ROUTE_LOCAL, NULL, 0);
    expect(settings, "a@[IPv6:::ffff:7f00:2]", SMTP_ROUTE_LOCAL, NULL, 0);
    expect(settings, "postmaster", SMTP_ROUTE_LOCAL, NULL, 0);
    expect(settings, "a@sub.north.example", SMTP_ROUTE_MX, NULL, 0);
    expect(settings, "a@south.example", SMTP_ROUTE_MX, NULL, 0);
    expect(settings, "a@[127.0.0.3]", SMTP_ROUTE_HOST, "127.0.0.3", 10025);
    expect(settings, "a@[IPv6:::1]", SMTP_ROUTE_HOST, "::1", 10025);
    expect(settings, "a@[IPv6:::ffff:127.0.0.3]", SMTP_ROUTE_HOST, "127.0.0.3", 10025);
    expect(settings, "a@slow.example", SMTP_ROUTE_HOST, "127.0.0.9", 2500);
}

static void
test_smart_host(void)
{
    g_autoptr(World) world = world_new();
    static const struct {
        const char *via, *host;
        guint16 port;
    } cases[] = { { "mx.hub.example", "mx.hub.example", 10025 },
                  { "127.0.0.4:25", "127.0.0.4", 25 },
                  { "[::1]:2525", "::1", 2525 },
                  { "::1", "::1", 10025 },
                  { "[::1]", "::1", 10025 } };

    g_test_summary("a smart host takes all that is not ours and has no row of its own");
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_free(world->settings.relay_via);
        world->settings.relay_via = g_strdup(cases[i].via);
        expect(&world->settings, "a@south.example", SMTP_ROUTE_HOST, cases[i].host, cases[i].port);
        expect(&world->settings, "a@slow.example", SMTP_ROUTE_HOST, "127.0.0.9", 2500);
        expect(&world->settings, "a@north.example", SMTP_ROUTE_LOCAL, NULL, 0);
    }
}

static void
test_networks(void)
{
    static const struct {
        const char *address, *network;
        gboolean inside;
    } cases[] = {
        { "127.0.0.9", "127.0.0.9", TRUE },        { "127.0.0.8", "127.0.0.9", FALSE },
        { "10.200.3.4", "10.0.0.0/8", TRUE },      { "11.0.0.1", "10.0.0.0/8", FALSE },
        { "192.168.1.7", "192.168.1.0/29", TRUE }, { "192.168.1.8", "192.168.1.0/29", FALSE },
        { "1.2.3.4", "0.0.0.0/0", TRUE },          { "fd00::1", "fd00::/8", TRUE },
        { "fe00::1", "fd00::/8", FALSE },          { "::1", "127.0.0.0/8", FALSE },
        { "127.0.0.1", "127.0.0.0/33", FALSE },    { "127.0.0.1", "127.0.0.0/", FALSE },
        { "127.0.0.1", "nonsense", FALSE },        { "nonsense", "127.0.0.0/8", FALSE },
        { "127.0.0.1", "127.0.0.0/-1", FALSE },    { "127.0.0.1", "", FALSE },
    };

    g_test_summary("an address is in a network when its first bits are the same");
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(smtp_connect_in_network(cases[i].address, cases[i].network), ==,
                        cases[i].inside);
}

static void
test_may_relay(void)
{
    g_autoptr(SmtpAddress) address = smtp_split_address("carol@south.example", NULL);
    StoreAccount alice = { 0 };
    SmtpCaller stranger = { .peer = (char *)"127.0.0.7" };
    SmtpCaller trusted = { .peer = (char *)"127.0.0.9", .trusted = TRUE };
    SmtpCaller user = { .peer = (char *)"127.0.0.7", .account = &alice };

    g_test_summary("RFC 5321 §3.6.2: users and trusted networks may relay, nobody else");
    g_assert_cmpstr(smtp_route_may_relay(NULL, &stranger, address)->code, ==, "550 5.7.1");
    g_assert_null(smtp_route_may_relay(NULL, &trusted, address));
    g_assert_null(smtp_route_may_relay(NULL, &user, address));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/route/decide", test_decide);
    g_test_add_func("/smtp/route/smart-host", test_smart_host);
    g_test_add_func("/smtp/route/networks", test_networks);
    g_test_add_func("/smtp/route/may-relay", test_may_relay);
    return g_test_run();
}
