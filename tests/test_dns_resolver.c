/* tests/test_dns_resolver.c - look-ups in a simulated network: against our own name server, and
 * against servers that lie, stay silent or talk nonsense. */
#include "dns/resolver.h"
#include "dns/server.h"
#include "trace/fault.h"

#include <locale.h>
#include <string.h>

#define ZONE                                                                                       \
    "$ORIGIN north.example.\n$TTL 300\n@ IN SOA ns hostmaster ( 1 1h 10m 1d 60 )\n"                \
    "@ MX 10 mx\nmx A 127.0.0.2\nwww CNAME web\nweb A 127.0.0.5\nout CNAME x.south.example.\n"     \
    "empty TXT x\n"
#define SOUTH "$ORIGIN south.example.\n$TTL 300\n@ SOA ns h 1 2 3 4 60\nx A 127.0.0.6\n"

typedef struct World {
    NetClock *clock;
    Net *net;
    NetChance *chance;
    Tracer *tracer;
    Trace *trace;
    TraceFaults *faults;
    DnsServer *server;
    DnsResolver *resolver;
    GString *told;  /* "kind label" of the events, a line each */
    GString *heard; /* the answers, a line each */
    guint count;    /* answers */
    NetUdp *liar;   /* a server of the test's own */
    guint lies;     /* questions it got */
} World;

static gint64
now_us(void *clock)
{
    return net_clock_now_us(clock);
}

static double
chance_fraction(void *chance)
{
    return net_chance_fraction(chance);
}

static void
tell(const TraceEvent *event, void *data)
{
    World *world = data;
    const char *label = event->data == NULL ? NULL : strstr(event->data, "\"label\":\"");

    if (event->kind != TRACE_DNS)
        return;
    label = label == NULL ? "-" : label + strlen("\"label\":\"");
    g_string_append_printf(world->told, "%.*s\n", (int)strcspn(label, "\""), label);
}

static DnsServer *
serve(World *world, const char *address, const char *text)
{
    GPtrArray *zones = dns_zones_new();
    g_autoptr(GError) error = NULL;
    DnsServer *server;

    g_ptr_array_add(zones, dns_zone_parse("zone", text, -1, &error));
    g_assert_no_error(error);
    server = dns_server_new(world->net, NULL, NULL, address, 53, zones, &error);
    g_assert_no_error(error);
    return server;
}

static World *
world_new(const char *server)
{
    World *world = g_new0(World, 1);
    DnsSettings settings = { .servers = { { server, 53 } }, .local = "127.0.0.9" };

    world->clock = net_clock_new_virtual(1000 * NET_SECOND);
    world->net = net_new_simulated(world->clock);
    world->chance = net_chance_new(1, TRUE);
    world->tracer = tracer_new(now_us, world->clock);
    world->told = g_string_new(NULL);
    world->heard = g_string_new(NULL);
    tracer_add_sink(world->tracer, tell, world);
    tracer_switch(world->tracer, TRUE);
    world->faults = trace_faults_new(chance_fraction, world->chance);
    tracer_set_faults(world->tracer, world->faults);
    world->trace = trace_new(world->tracer, "mx.south.example", "test");
    world->resolver = dns_resolver_new(world->net, world->chance, &settings);
    return world;
}

static void
world_free(World *world)
{
    dns_resolver_free(world->resolver);
    dns_server_free(world->server);
    if (world->liar != NULL)
        net_udp_close(world->liar);
    trace_free(world->trace);
    tracer_set_faults(world->tracer, NULL);
    trace_faults_free(world->faults);
    tracer_free(world->tracer);
    net_chance_free(world->chance);
    net_free(world->net);
    net_clock_free(world->clock);
    g_string_free(world->told, TRUE);
    g_string_free(world->heard, TRUE);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

static World *
world_with_zone(void)
{
    World *world = world_new("127.0.0.53");

    world->server = serve(world, "127.0.0.53", ZONE);
    return world;
}

static void
hear(const DnsAnswer *answer, void *data)
{
    World *world = data;

    world->count++;
    g_string_append(world->heard, dns_outcome_name(answer->outcome));
    for (guint i = 0; i < answer->records->len; i++) {
        g_autofree char *text = dns_record_describe(g_ptr_array_index(answer->records, i));

        g_string_append_printf(world->heard, " %s", text);
    }
    g_string_append_printf(world->heard, "%s\n", answer->cached ? " (cached)" : "");
    g_assert_cmpuint(answer->event, ==, tracer_last_seq(world->tracer));
}

/* Asks, runs the world until nothing happens any more, compares what was heard and told. */
static void
expect(World *world, const char *name, DnsType type, const char *heard, const char *told)
{
    guint before = world->count;

    g_string_truncate(world->heard, 0);
    g_string_truncate(world->told, 0);
    dns_resolver_ask(world->resolver, world->trace, name, type, hear, world);
    g_assert_cmpuint(world->count, ==, before); /* never before ask returns */
    net_run(world->net, TRUE);
    g_assert_cmpuint(world->count, ==, before + 1);
    g_assert_cmpstr(world->heard->str, ==, heard);
    if (told != NULL)
        g_assert_cmpstr(world->told->str, ==, told);
}

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

/* ---- a server that lies: what it does depends on the name asked for ---- */

static void
lie(NetUdp *udp, const guint8 *octets, gsize length, const char *from, guint16 port, void *data)
{
    World *world = data;
    guint8 answer[512];
    const char *name = (const char *)octets + 13;

    world->lies++;
    g_assert_cmpuint(length, <, sizeof answer);
    memcpy(answer, octets, length);
    answer[2] |= 0x80;
    if (g_str_has_prefix(name, "id"))
        answer[0] ^= 1;
    else if (g_str_has_prefix(name, "qr"))
        answer[2] &= 0x7f;
    else if (g_str_has_prefix(name, "name"))
        answer[13] ^= 1;
    else if (g_str_has_prefix(name, "short"))
        length = 11;
    else if (g_str_has_prefix(name, "tc"))
        answer[2] |= 0x02;
    for (guint i = 0; i < (g_str_has_prefix(name, "flood") ? 30 : 1); i++) {
        answer[1] = octets[1] ^ (g_str_has_prefix(name, "flood") ? i + 1 : 0);
        net_udp_send(udp, answer, length, from, port, NULL);
    }
}

static World *
world_with_liar(void)
{
    World *world = world_new("127.0.0.53");

    world->liar = net_udp_open(world->net, "127.0.0.53", 53, lie, world, NULL);
    g_assert_nonnull(world->liar);
    return world;
}

static void
test_not_believed(void)
{
    g_test_summary(
        "RFC 5452 §9.1: what doesn't answer our question is ignored, and the wait goes on");
    g_autoptr(World) world = world_with_liar();
    static const char *const names[] = { "id.example", "qr.example", "name.example",
                                         "short.example" };

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        expect(world, names[i], DNS_A, "bad answer\n",
               "A?\nnot ours\ntimeout\nA?\nnot ours\ntimeout\n-\n");
    expect(world, "true.example", DNS_A, "no data\n", "A?\nno data\n");
}

static void
test_flood(void)
{
    g_test_summary("RFC 5452 §9.3: many wrong answers to one question: somebody is guessing");
    g_autoptr(World) world = world_with_liar();

    expect(world, "flood.example", DNS_A, "bad answer\n", NULL);
    g_assert_cmpuint(world->lies, ==, 1);
}

static void
other_source(NetUdp *udp G_GNUC_UNUSED, const guint8 *octets, gsize length, const char *from,
             guint16 port, void *data)
{
    World *world = data;
    NetUdp *other = net_udp_open(world->net, "127.0.0.66", 53, other_source, world, NULL);

    net_udp_send(other, octets, length, from, port, NULL);
    net_udp_close(other);
}

static void
test_other_source(void)
{
    g_test_summary("RFC 5452 §9.1: an answer from an address that was not asked is ignored");
    g_autoptr(World) world = world_new("127.0.0.53");

    world->liar = net_udp_open(world->net, "127.0.0.53", 53, other_source, world, NULL);
    expect(world, "north.example", DNS_A, "bad answer\n",
           "A?\nnot ours\ntimeout\nA?\nnot ours\ntimeout\n-\n");
}

static void
test_tcp_silent(void)
{
    g_test_summary("RFC 7766 §5: TC leads to TCP, with a deadline; refused there is no answer");
    g_autoptr(World) world = world_with_liar();

    expect(world, "tc.example", DNS_A, "bad answer\n", "A?\ncut (TC)\n-\n");
}

static void
test_tcp(void)
{
    g_test_summary("RFC 7766 §5: an answer too long for a datagram comes over TCP");
    g_autoptr(World) world = world_new("127.0.0.53");
    g_autoptr(GString) zone = g_string_new("$ORIGIN example.\n$TTL 9\n@ SOA ns h 1 2 3 4 5\n");
    g_auto(GStrv) words = NULL;

    for (guint i = 0; i < 90; i++)
        g_string_append_printf(zone, "big A 127.0.1.%u\n", i);
    world->server = serve(world, "127.0.0.53", zone->str);
    g_string_truncate(world->heard, 0);
    dns_resolver_ask(world->resolver, world->trace, "big.example", DNS_A, hear, world);
    net_run(world->net, TRUE);
    words = g_strsplit(world->heard->str, " ", -1);
    g_assert_cmpuint(g_strv_length(words), ==, 91);
    g_assert_cmpstr(world->told->str, ==, "A?\ncut (TC)\n90 A\n");
}

/* A server of the old kind: whoever speaks EDNS to it gets FORMERR. */
static void
old_server(NetUdp *udp, const guint8 *octets, gsize length, const char *from, guint16 port,
           void *data G_GNUC_UNUSED)
{
    guint8 answer[512];

    memcpy(answer, octets, length);
    answer[2] |= 0x80;
    answer[3] = octets[11] > 0 ? 1 : 0; /* ARCOUNT: an OPT record */
    answer[11] = 0;
    net_udp_send(udp, answer, octets[11] > 0 ? length - 11 : length, from, port, NULL);
}

static void
test_no_edns(void)
{
    g_test_summary("RFC 6891 §6.2.2: a server without EDNS is asked again without it, at once");
    g_autoptr(World) world = world_new("127.0.0.53");

    world->liar = net_udp_open(world->net, "127.0.0.53", 53, old_server, world, NULL);
    expect(world, "true.example", DNS_A, "no data\n", "A?\nno EDNS\nA?\nno data\n");
    g_assert_cmpint(net_clock_now_s(world->clock), ==, 1000);
}

static void
test_edns_size(void)
{
    g_test_summary("RFC 6891 §6.2.3: an answer of more than 512 octets still comes in a datagram");
    g_autoptr(World) world = world_new("127.0.0.53");
    g_autoptr(GString) zone = g_string_new("$ORIGIN example.\n$TTL 9\n@ SOA ns h 1 2 3 4 5\n");

    for (guint i = 0; i < 60; i++)
        g_string_append_printf(zone, "big A 127.0.1.%u\n", i);
    world->server = serve(world, "127.0.0.53", zone->str);
    dns_resolver_ask(world->resolver, world->trace, "big.example", DNS_A, hear, world);
    net_run(world->net, TRUE);
    g_assert_cmpstr(world->told->str, ==, "A?\n60 A\n");
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
    g_test_add_func("/dns/resolver/not-believed", test_not_believed);
    g_test_add_func("/dns/resolver/flood", test_flood);
    g_test_add_func("/dns/resolver/other-source", test_other_source);
    g_test_add_func("/dns/resolver/tcp-silent", test_tcp_silent);
    g_test_add_func("/dns/resolver/tcp", test_tcp);
    g_test_add_func("/dns/resolver/no-edns", test_no_edns);
    g_test_add_func("/dns/resolver/edns-size", test_edns_size);
    g_test_add_func("/dns/resolver/second-server", test_second_server);
    g_test_add_func("/dns/resolver/server-that-fails", test_server_that_fails);
    g_test_add_func("/dns/resolver/settings", test_settings);
    g_test_add_func("/dns/resolver/system", test_system);
    g_test_add_func("/dns/resolver/cancel", test_cancel);
    g_test_add_func("/dns/resolver/faults", test_faults);
    g_test_add_func("/dns/resolver/late", test_late);
    return g_test_run();
}
