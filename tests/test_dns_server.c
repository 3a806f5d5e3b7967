/* tests/test_dns_server.c - the name server: asked by dig and by our own resolver on real
 * sockets, and by a slow caller in a simulated network. */
#include "dns/resolver.h"
#include "dns/server.h"

#include <locale.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ZONE                                                                                       \
    "$ORIGIN north.example.\n$TTL 300\n@ IN SOA ns hostmaster ( 1 1h 10m 1d 60 )\n"                \
    "@ NS ns\n@ MX 10 mx\nns A 127.0.0.53\nmx A 127.0.0.2\nmx AAAA ::2\nwww CNAME mx\n"            \
    "t TXT \"two words\" \"a\\\"b\"\n"

typedef struct World {
    NetClock *clock;
    Net *net;
    NetChance *chance;
    DnsServer *server;
    GString *heard; /* an answer, or what dig said */
    int pipe;       /* dig's output */
} World;

static World *
world_new(void)
{
    World *world = g_new0(World, 1);
    GPtrArray *zones = dns_zones_new();
    g_autoptr(GError) error = NULL;

    world->clock = net_clock_new_real();
    world->net = net_new_sockets(world->clock, &error);
    g_assert_no_error(error);
    world->chance = net_chance_new(1, FALSE);
    world->heard = g_string_new(NULL);
    g_ptr_array_add(zones, dns_zone_parse("zone", ZONE, -1, &error));
    world->server = dns_server_new(world->net, NULL, NULL, "127.0.0.53", 0, zones, &error);
    g_assert_no_error(error);
    return world;
}

static void
world_free(World *world)
{
    dns_server_free(world->server);
    net_chance_free(world->chance);
    net_free(world->net);
    net_clock_free(world->clock);
    g_string_free(world->heard, TRUE);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

static void
hear(const DnsAnswer *answer, void *data)
{
    World *world = data;

    g_string_append(world->heard, dns_outcome_name(answer->outcome));
    for (guint i = 0; i < answer->records->len; i++)
        g_string_append_printf(world->heard, " %s",
                               ((DnsRecord *)g_ptr_array_index(answer->records, i))->text);
    net_quit(world->net);
}

static void
test_resolver(void)
{
    g_test_summary("RFC 1035 §4.2.1: our resolver asks our server over real sockets");
    g_autoptr(World) world = world_new();
    DnsSettings settings = { .servers = { { "127.0.0.53", dns_server_port(world->server) } } };
    g_autoptr(DnsResolver) resolver = dns_resolver_new(world->net, world->chance, &settings);

    dns_resolver_ask(resolver, NULL, "north.example", DNS_MX, hear, world);
    net_run(world->net, FALSE);
    g_assert_cmpstr(world->heard->str, ==, "found mx.north.example");
}

static void
test_nobody(void)
{
    g_test_summary("RFC 1035 §4.2.1: nobody listens there: no answer, in the time that was set");
    g_autoptr(World) world = world_new();
    DnsSettings settings = { .servers = { { "127.0.0.54", dns_server_port(world->server) } },
                             .timeout_s = 0.05,
                             .tries = 2 };
    g_autoptr(DnsResolver) resolver = dns_resolver_new(world->net, world->chance, &settings);

    dns_resolver_ask(resolver, NULL, "north.example", DNS_MX, hear, world);
    net_run(world->net, FALSE);
    g_assert_cmpstr(world->heard->str, ==, "timeout");
}

/* ---- TCP, in a simulated network ---- */

typedef struct Caller {
    Net *net;
    const guint8 *octets; /* what it sends, ten octets a second */
    gsize length, sent;
    NetConn *conn; /* NULL: closed */
    NetTimer *next;
    GByteArray *heard;
    gint64 closed_s; /* when the server closed */
} Caller;

static void
caller_next(void *data)
{
    Caller *caller = data;

    caller->next = NULL;
    if (caller->conn == NULL || caller->sent == caller->length)
        return;
    net_conn_write(caller->conn, (const char *)caller->octets + caller->sent++, 1);
    caller->next = net_timer_start(net_clock(caller->net), NET_TIMER_GUARD, NET_SECOND / 10,
                                   caller_next, caller);
}

static void
caller_opened(NetConn *conn G_GNUC_UNUSED, void *owner)
{
    caller_next(owner);
}

static void
caller_input(NetConn *conn, void *owner)
{
    Caller *caller = owner;
    gsize length;
    const char *octets = net_buffer_peek(net_conn_input(conn), &length);

    g_byte_array_append(caller->heard, (const guint8 *)octets, length);
    net_buffer_take(net_conn_input(conn), length);
}

static void
caller_closed(NetConn *conn G_GNUC_UNUSED, void *owner, const GError *why G_GNUC_UNUSED)
{
    Caller *caller = owner;

    caller->conn = NULL;
    caller->closed_s = net_clock_now_s(net_clock(caller->net));
}

static const NetHandler caller_handler = {
    .opened = caller_opened,
    .input = caller_input,
    .closed = caller_closed,
};

/* Sends @octets drop by drop; @answers: octets that must come back before the server closes;
 * @closed_s: when it closes. */
static void
expect_tcp(const guint8 *octets, gsize length, gsize answers, gint64 closed_s)
{
    g_autoptr(NetClock) clock = net_clock_new_virtual(0);
    g_autoptr(Net) net = net_new_simulated(clock);
    GPtrArray *zones = dns_zones_new();
    Caller caller = { .net = net, .octets = octets, .length = length, .closed_s = -1 };
    DnsServer *server;

    g_ptr_array_add(zones, dns_zone_parse("zone", ZONE, -1, NULL));
    server = dns_server_new(net, NULL, NULL, "127.0.0.53", 53, zones, NULL);
    caller.heard = g_byte_array_new();
    caller.conn = net_connect(net, "127.0.0.2", "127.0.0.53", 53, &caller_handler, &caller);
    net_run(net, TRUE);
    g_assert_cmpuint(caller.heard->len, ==, answers);
    g_assert_cmpint(caller.closed_s, ==, closed_s);
    net_timer_stop(&caller.next);
    g_byte_array_unref(caller.heard);
    dns_server_free(server);
}

/* ns.north.example A, with its length in front */
static const guint8 ns_question[] =
    "\0\x22\x12\x67\1\0\0\1\0\0\0\0\0\0\2ns\5north\7example\0\0\1\0\1";
#define NS_QUESTION (sizeof ns_question - 1)
#define NS_ANSWER   (NS_QUESTION + 16)

static void
test_tcp_drops(void)
{
    g_test_summary("RFC 7766 §6.2.3: octet by octet a question is one; then the idle time runs");
    expect_tcp(ns_question, NS_QUESTION, NS_ANSWER, 13);
}

static void
test_tcp_slow(void)
{
    g_test_summary("RFC 7766 §6.2.3: the deadline is for a whole question, not for each octet");
    static const guint8 slow[600] = { 0xff, 0xff };

    expect_tcp(slow, sizeof slow, 0, 10);
    expect_tcp(slow, 0, 0, 10);
}

static void
test_tcp_nonsense(void)
{
    g_test_summary("RFC 1035 §4.2.2: a message too short to have an id ends the connection");
    expect_tcp((const guint8 *)"\0\0", 2, 0, 0);
    expect_tcp((const guint8 *)"\0\5hello", 7, 0, 0);
}

/* ---- dig ---- */

/* dig has said something; at its end the loop may stop. */
static void
dug(void *data)
{
    World *world = data;
    char octets[4096];
    gssize length = read(world->pipe, octets, sizeof octets);

    if (length > 0) {
        g_string_append_len(world->heard, octets, length);
        return;
    }
    net_unwatch_fd(world->net, world->pipe);
    close(world->pipe);
    net_quit(world->net);
}

/* What dig says to @arguments. NULL: there is no dig. */
static const char *
dig(World *world, const char *arguments)
{
    g_autofree char *path = g_find_program_in_path("dig");
    g_autofree char *line = NULL;
    GPid child;
    g_auto(GStrv) words = NULL;
    g_autoptr(GError) error = NULL;

    if (path == NULL) {
        g_test_skip("dig is not installed (package bind9-dnsutils)");
        return NULL;
    }
    line = g_strdup_printf("%s @127.0.0.53 -p %u +tries=1 +time=60 %s", path,
                           dns_server_port(world->server), arguments);
    words = g_strsplit(line, " ", -1);
    g_spawn_async_with_pipes(NULL, words, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &child, NULL,
                             &world->pipe, NULL, &error);
    g_assert_no_error(error);
    g_string_truncate(world->heard, 0);
    net_watch_fd(world->net, world->pipe, dug, world);
    net_run(world->net, FALSE);
    waitpid(child, NULL, 0);
    return world->heard->str;
}

static void
expect(World *world, const char *arguments, const char *part)
{
    const char *said = dig(world, arguments);

    if (said == NULL)
        return;
    if (strstr(said, part) == NULL || strstr(said, "WARNING") != NULL ||
        strstr(said, "Warning") != NULL || strstr(said, "malformed") != NULL)
        g_test_message("dig %s said:\n%s", arguments, said);
    g_assert_nonnull(strstr(said, part));
    g_assert_null(strstr(said, "malformed"));
    g_assert_null(strstr(said, "Warning"));
}

static void
test_dig_short(void)
{
    g_test_summary("RFC 1034 §4.3.2: dig gets the records it asks for, over UDP and TCP");
    g_autoptr(World) world = world_new();

    expect(world, "+short north.example MX", "10 mx.north.example.\n");
    expect(world, "+short +tcp north.example MX", "10 mx.north.example.\n");
    expect(world, "+short +noedns mx.north.example AAAA", "::2\n");
    expect(world, "+short www.north.example A", "mx.north.example.\n127.0.0.2\n");
    expect(world, "+short t.north.example TXT", "\"two words\" \"a\\\"b\"\n");
    expect(world, "+short north.example SOA",
           "ns.north.example. hostmaster.north.example. 1 3600 600 86400 60\n");
}

static void
test_dig_whole(void)
{
    g_test_summary("RFC 1035 §4.1.1: dig reads the whole answer without complaint");
    g_autoptr(World) world = world_new();

    expect(world, "+norec north.example MX",
           "flags: qr aa; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 3\n");
    expect(world, "+norec no.north.example MX", "status: NXDOMAIN");
    expect(world, "+norec mx.north.example MX",
           "flags: qr aa; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1\n");
    expect(world, "+norec elsewhere.example MX", "status: REFUSED");
    expect(world, "+norec +noedns +opcode=NOTIFY north.example SOA", "status: NOTIMP");
    expect(world, "+norec +edns=1 +noednsneg north.example MX", "status: BADVERS");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dns/server/resolver", test_resolver);
    g_test_add_func("/dns/server/nobody", test_nobody);
    g_test_add_func("/dns/server/tcp-drops", test_tcp_drops);
    g_test_add_func("/dns/server/tcp-slow", test_tcp_slow);
    g_test_add_func("/dns/server/tcp-nonsense", test_tcp_nonsense);
    g_test_add_func("/dns/server/dig-short", test_dig_short);
    g_test_add_func("/dns/server/dig-whole", test_dig_whole);
    return g_test_run();
}
