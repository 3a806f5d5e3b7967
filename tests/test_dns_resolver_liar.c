/* tests/test_dns_resolver_liar.c - look-ups at servers that lie, stay silent, talk nonsense, or have too
 * much to say for a datagram.
 */
#include "tests/resolver_world.h"

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

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dns/resolver/not-believed", test_not_believed);
    g_test_add_func("/dns/resolver/flood", test_flood);
    g_test_add_func("/dns/resolver/other-source", test_other_source);
    g_test_add_func("/dns/resolver/tcp-silent", test_tcp_silent);
    g_test_add_func("/dns/resolver/tcp", test_tcp);
    g_test_add_func("/dns/resolver/no-edns", test_no_edns);
    g_test_add_func("/dns/resolver/edns-size", test_edns_size);
    return g_test_run();
}
