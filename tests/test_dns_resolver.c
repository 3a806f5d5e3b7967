/* tests/test_dns_resolver.c - look-ups in a simulated network: what is found, kept, asked of a second
 * server, given up. Servers that lie, stay silent or talk nonsense: test_dns_resolver_liar.c.
 */
#include "tests/resolver_world.h"

static void
test_found(void)
{
    g_test_summary("RFC 1034 §5.2.1: a question and its answer, told as two events");
    g_autoptr(World) world = world_with_zone();

    expect(world, "north.example", DNS_MX, "found 10 mx.north.example\n", "MX?\n1 MX\n");
    expect(world, "MX.north.example.", DNS_A, "found 127.0.0.2\n", "A?\n1 A\n");
}

static void
test_no(void)
{
    g_test_summary("RFC 2308 §2.2: no such name and no such type are two different answers");
    g_autoptr(World) world = world_with_zone();

    expect(world, "no.north.example", DNS_MX, "NXDOMAIN\n", "MX?\nNXDOMAIN\n");
    expect(world, "mx.north.example", DNS_MX, "no data\n", "MX?\nno data\n");
    expect(world, "elsewhere.example", DNS_MX, "SERVFAIL\n", "MX?\nSERVFAIL\n");
}

static void
test_cache(void)
{
    g_test_summary("RFC 1034 §5.3.3: what is known is not asked again, until its TTL is over");
    g_autoptr(World) world = world_with_zone();

    expect(world, "north.example", DNS_MX, "found 10 mx.north.example\n", "MX?\n1 MX\n");
    expect(world, "North.example", DNS_MX, "found 10 mx.north.example (cached)\n", "-\n");
    expect(world, "no.north.example", DNS_MX, "NXDOMAIN\n", NULL);
    expect(world, "no.north.example", DNS_MX, "NXDOMAIN (cached)\n", "-\n");
    net_clock_set_virtual(world->clock, 1100 * NET_SECOND);
    expect(world, "no.north.example", DNS_MX, "NXDOMAIN\n", NULL);
    net_clock_set_virtual(world->clock, 2000 * NET_SECOND);
    expect(world, "north.example", DNS_MX, "found 10 mx.north.example\n", NULL);
    dns_resolver_flush(world->resolver);
    expect(world, "north.example", DNS_MX, "found 10 mx.north.example\n", NULL);
}

static void
test_alias(void)
{
    g_test_summary("RFC 1034 §3.6.2: aliases are followed, in the answer and by asking again");
    g_autoptr(World) world = world_with_zone();
    g_autoptr(GPtrArray) zones = dns_zones_new();

    expect(world, "www.north.example", DNS_A, "found 127.0.0.5\n", "A?\n1 A\n");
    expect(world, "out.north.example", DNS_A, "SERVFAIL\n", "A?\nCNAME\nA?\nSERVFAIL\n");
    g_ptr_array_add(zones, dns_zone_parse("zone", ZONE, -1, NULL));
    g_ptr_array_add(zones, dns_zone_parse("zone", SOUTH, -1, NULL));
    dns_server_set_zones(world->server, g_steal_pointer(&zones));
    expect(world, "out.north.example", DNS_A, "found 127.0.0.6\n", "A?\n1 A\n");
}

static void
test_illegal_name(void)
{
    g_test_summary(
        "RFC 1035 §2.3.4: what breaks the limits of a name does not exist; nobody is asked");
    g_autoptr(World) world = world_with_zone();

    expect(world, "a..example", DNS_MX, "NXDOMAIN\n", "NXDOMAIN\n");
    expect(world, "", DNS_MX, "NXDOMAIN\n", "NXDOMAIN\n");
}

static void
test_silence(void)
{
    g_test_summary("RFC 1035 §4.2.1: datagrams get lost: a second try, then no answer");
    g_autoptr(World) world = world_new("127.0.0.53");

    expect(world, "north.example", DNS_MX, "timeout\n", "MX?\ntimeout\nMX?\ntimeout\n-\n");
    g_assert_cmpint(net_clock_now_s(world->clock), ==, 1010);
    world->server = serve(world, "127.0.0.53", ZONE);
    expect(world, "north.example", DNS_MX, "found 10 mx.north.example\n", NULL); /* not cached */
}

/* Asks @first, then 127.0.0.53. */
static World *
world_with_two(const char *first)
{
    World *world = world_new(first);
    DnsSettings settings = { .servers = { { first, 53 }, { "127.0.0.53", 53 } },
                             .local = "127.0.0.9" };

    dns_resolver_free(world->resolver);
    world->resolver = dns_resolver_new(world->net, world->chance, &settings);
    world->server = serve(world, "127.0.0.53", ZONE);
    return world;
}

static void
test_second_server(void)
{
    g_test_summary("RFC 1034 §5.3.3: the next server is asked when one is silent, and then first");
    g_autoptr(World) world = world_with_two("127.0.0.52");

    expect(world, "north.example", DNS_MX, "found 10 mx.north.example\n",
           "MX?\ntimeout\nMX?\n1 MX\n");
    g_assert_cmpint(net_clock_now_s(world->clock), ==, 1005);
    expect(world, "mx.north.example", DNS_A, "found 127.0.0.2\n", "A?\n1 A\n");
}

static void
test_server_that_fails(void)
{
    g_test_summary("RFC 1034 §5.3.3: the next server is asked, too, when one can't say");
    g_autoptr(World) world = world_with_two("127.0.0.52");
    DnsServer *refuses =
        serve(world, "127.0.0.52", "$ORIGIN other.example.\n@ 9 SOA ns h 1 2 3 4 5\n");

    expect(world, "north.example", DNS_MX, "found 10 mx.north.example\n",
           "MX?\nfailure\nMX?\n1 MX\n");
    dns_server_free(refuses);
}

static void
test_settings(void)
{
    DnsSettings settings = { 0 };

    g_test_summary("up to three servers, each ADDRESS:PORT");
    g_assert_false(dns_settings_add(&settings, "127.0.0.53"));
    g_assert_false(dns_settings_add(&settings, "ns.example:53"));
    g_assert_false(dns_settings_add(&settings, "127.0.0.53:0"));
    g_assert_false(dns_settings_add(&settings, "127.0.0.53:65536"));
    g_assert_true(dns_settings_add(&settings, "127.0.0.51:53"));
    g_assert_true(dns_settings_add(&settings, "127.0.0.52:53"));
    g_assert_true(dns_settings_add(&settings, "::1:53"));
    g_assert_false(dns_settings_add(&settings, "127.0.0.54:53"));
    g_assert_cmpuint(dns_settings_servers(&settings), ==, 3);
    for (guint i = 0; i < 3; i++)
        g_free((char *)settings.servers[i].address);
}

/* @text names @servers, in this order. */
static void
expect_system(const char *text, const char *const *servers)
{
    DnsSettings settings = { 0 };

    dns_settings_system(&settings, text);
    g_assert_cmpuint(dns_settings_servers(&settings), ==, g_strv_length((char **)servers));
    for (guint i = 0; servers[i] != NULL; i++) {
        g_assert_cmpstr(settings.servers[i].address, ==, servers[i]);
        g_assert_cmpuint(settings.servers[i].port, ==, 53);
        g_free((char *)settings.servers[i].address);
    }
}

static void
test_system(void)
{
    static const char *const ours[] = { "127.0.0.1", NULL };
    static const char *const two[] = { "127.0.0.51", "::1", NULL };
    static const char *const three[] = { "127.0.0.51", "127.0.0.52", "127.0.0.53", NULL };

    g_test_summary(
        "key resolver = system: the name servers of the system's own file, three at most");
    expect_system("", ours);
    expect_system("nameserver\nnameserver \nnameserver ns.example\nnameservers 127.0.0.9\n", ours);
    expect_system("# nameserver 127.0.0.9\n; nameserver 127.0.0.9\nsearch x.example\n"
                  "options edns0\nnameserver\t 127.0.0.51   # the near one\r\nnameserver ::1",
                  two);
    expect_system("nameserver 127.0.0.51\nnameserver 127.0.0.52\nnameserver 127.0.0.53\n"
                  "nameserver 127.0.0.54\n",
                  three);
}

static void
test_cancel(void)
{
    g_test_summary("a cancelled look-up is never answered, and leaves nothing behind");
    g_autoptr(World) world = world_with_zone();
    DnsLookup *lookup =
        dns_resolver_ask(world->resolver, world->trace, "north.example", DNS_MX, hear, world);

    dns_lookup_cancel(lookup);
    dns_lookup_cancel(NULL);
    net_run(world->net, TRUE);
    g_assert_cmpuint(world->count, ==, 0);
    /* And one that is open when the resolver goes: world_free(). */
    dns_resolver_ask(world->resolver, NULL, "north.example", DNS_MX, hear, world);
}

static void
arm(World *world, const char *fault)
{
    g_autoptr(GError) error = NULL;

    trace_faults_clear(world->faults);
    trace_faults_arm(world->faults, fault, &error);
    g_assert_no_error(error);
}

static void
test_faults(void)
{
    g_test_summary("faults: timeout, NXDOMAIN, SERVFAIL, late and lie, as somebody asked for");
    g_autoptr(World) world = world_with_zone();

    arm(world, "dns-timeout occurrence=first");
    expect(world, "north.example", DNS_MX, "found 10 mx.north.example\n",
           "MX?\ntimeout\nMX?\n1 MX\n");
    dns_resolver_flush(world->resolver);
    arm(world, "dns-timeout occurrence=always");
    expect(world, "north.example", DNS_MX, "timeout\n", NULL);
    arm(world, "dns-nxdomain");
    expect(world, "north.example", DNS_MX, "NXDOMAIN\n", "MX?\nNXDOMAIN\n");
    arm(world, "dns-servfail");
    expect(world, "north.example", DNS_MX, "SERVFAIL\n", "MX?\nSERVFAIL\n");
    arm(world, "dns-late value=2 occurrence=first");
    expect(world, "north.example", DNS_MX, "found 10 mx.north.example\n", "MX?\n1 MX\n");
    arm(world, "dns-lie value=127.0.0.66 occurrence=always");
    expect(world, "mx.north.example", DNS_A, "found 127.0.0.66\n", "A?\n1 A\n");
    arm(world, "dns-lie value=web.north.example occurrence=first");
    expect(world, "mx.north.example", DNS_A, "found 127.0.0.5\n", "A?\nCNAME\nA?\n1 A\n");
}

static void
test_late(void)
{
    g_test_summary("RFC 5452 §9.1: an answer to a try that was given up is refused: its id is old");
    g_autoptr(World) world = world_with_zone();

    arm(world, "dns-late");
    expect(world, "north.example", DNS_MX, "found 10 mx.north.example\n",
           "MX?\ntimeout\nMX?\nnot ours\n1 MX\n");
    dns_resolver_flush(world->resolver);
    /* The second try's answer is late as well: it finds nobody at all. */
    arm(world, "dns-late occurrence=always value=7");
    expect(world, "north.example", DNS_MX, "bad answer\n",
           "MX?\ntimeout\nMX?\nnot ours\ntimeout\n-\n");
    arm(world, "dns-late occurrence=always value=4");
    expect(world, "north.example", DNS_MX, "found 10 mx.north.example\n", "MX?\n1 MX\n");
    dns_resolver_flush(world->resolver);
    /* And one that is still held back when the resolver goes: world_free(). */
    arm(world, "dns-late value=4");
    dns_resolver_ask(world->resolver, NULL, "north.example", DNS_MX, hear, world);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dns/resolver/found", test_found);
    g_test_add_func("/dns/resolver/no", test_no);
    g_test_add_func("/dns/resolver/cache", test_cache);
    g_test_add_func("/dns/resolver/alias", test_alias);
    g_test_add_func("/dns/resolver/illegal-name", test_illegal_name);
    g_test_add_func("/dns/resolver/silence", test_silence);
    g_test_add_func("/dns/resolver/second-server", test_second_server);
    g_test_add_func("/dns/resolver/server-that-fails", test_server_that_fails);
    g_test_add_func("/dns/resolver/settings", test_settings);
    g_test_add_func("/dns/resolver/system", test_system);
    g_test_add_func("/dns/resolver/cancel", test_cancel);
    g_test_add_func("/dns/resolver/faults", test_faults);
    g_test_add_func("/dns/resolver/late", test_late);
    return g_test_run();
}
