/* tests/resolver_world.h - a resolver in a simulated network, and whom it asks: our own name server with
 * the zones below, or a server of the test's own.
 *
 *   hear(), expect() --> resolver 127.0.0.9 --> 127.0.0.53     world->told: what it did, a line each
 */
#ifndef TESTS_RESOLVER_WORLD_H
#define TESTS_RESOLVER_WORLD_H

#include <locale.h>
#include <string.h>

#include "dns/resolver.h"
#include "dns/server.h"
#include "trace/fault.h"

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
    GString *told;    /* labels of the events of DNS, a line each */
    GString *decided; /* the data of decisions, a line each */
    GString *heard;   /* the answers, a line each */
    guint count;      /* answers */
    NetUdp *liar;     /* a server of the test's own */
    guint lies;       /* questions it got */
} World;

static inline gint64
now_us(void *clock)
{
    return net_clock_now_us(clock);
}

static inline double
chance_fraction(void *chance)
{
    return net_chance_fraction(chance);
}

static inline void
tell(const TraceEvent *event, void *data)
{
    World *world = data;
    const char *label = event->data == NULL ? NULL : strstr(event->data, "\"label\":\"");

    g_assert_cmpuint(event->cause, <, event->seq); /* each follows from an earlier one */
    if (event->kind == TRACE_DECISION)
        g_string_append_printf(world->decided, "%s\n", event->data);
    if (event->kind != TRACE_DNS)
        return;
    label = label == NULL ? "-" : label + strlen("\"label\":\"");
    g_string_append_printf(world->told, "%.*s\n", (int)strcspn(label, "\""), label);
}

static inline DnsServer *
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

static inline World *
world_new_seeded(const char *server, guint64 seed)
{
    World *world = g_new0(World, 1);
    DnsSettings settings = { .servers = { { server, 53 } }, .local = "127.0.0.9" };

    world->clock = net_clock_new_virtual(1000 * NET_SECOND);
    world->net = net_new_simulated(world->clock);
    world->chance = net_chance_new(seed, TRUE);
    world->tracer = tracer_new(now_us, world->clock);
    world->told = g_string_new(NULL);
    world->decided = g_string_new(NULL);
    world->heard = g_string_new(NULL);
    tracer_add_sink(world->tracer, tell, world);
    tracer_switch(world->tracer, TRUE);
    world->faults = trace_faults_new(chance_fraction, world->chance);
    tracer_set_faults(world->tracer, world->faults);
    world->trace = trace_new(world->tracer, "mx.south.example", "test");
    world->resolver = dns_resolver_new(world->net, world->chance, &settings);
    return world;
}

static inline World *
world_new(const char *server)
{
    return world_new_seeded(server, 1);
}

static inline void
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
    g_string_free(world->decided, TRUE);
    g_string_free(world->heard, TRUE);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

static inline World *
world_with_zone(void)
{
    World *world = world_new("127.0.0.53");

    world->server = serve(world, "127.0.0.53", ZONE);
    return world;
}

static inline void
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
static inline void
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

#endif
