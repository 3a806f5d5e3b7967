/* tests/test_dns_mx.c - which hosts take mail for a domain: every way RFC 5321 §5.1 can end.
 *
 * The simulated world asks a name server that has labs/demo's kinds of domains. */
#include "dns/mx.h"
#include "dns/mx_inside.h"
#include "resolver_world.h"

#define DOMAINS                                                                                    \
    "$ORIGIN example.\n$TTL 300\n@ IN SOA ns hostmaster ( 1 1h 10m 1d 60 )\n"                      \
    "north MX 20 mx2.north\nnorth MX 10 mx1.north\nnorth A 127.0.0.99\n"                           \
    "mx1.north A 127.0.0.2\nmx1.north AAAA ::2\nmx2.north A 127.0.0.3\n"                           \
    "nomail MX 0 .\nnomail A 127.0.0.99\n"                                                         \
    "plain A 127.0.0.4\n"                                                                          \
    "lost MX 10 nowhere\nlost A 127.0.0.99\nempty TXT x\n"                                         \
    "half MX 10 nowhere\nhalf MX 20 mx2.north\n"                                                   \
    "alias CNAME north\nmxalias MX 10 mail\nmail CNAME mx2.north\n"                                \
    "ties MX 10 a.ties\nties MX 10 b.ties\nties MX 10 c.ties\nties MX 5 d.ties\n"                  \
    "a.ties A 127.0.1.1\nb.ties A 127.0.1.2\nc.ties A 127.0.1.3\nd.ties A 127.0.1.4\n"

static World *
world_of_domains(guint64 seed)
{
    World *world = world_new_seeded("127.0.0.53", seed);

    world->server = serve(world, "127.0.0.53", DOMAINS);
    return world;
}

/* The outcome, then "name=address,address" of each host. */
static void
hear_hosts(const DnsMxAnswer *answer, void *data)
{
    World *world = data;

    world->count++;
    g_assert_nonnull(answer->why);
    g_assert_cmpuint(answer->event, ==, tracer_last_seq(world->tracer));
    g_string_append(world->heard, dns_mx_outcome_name(answer->outcome));
    for (guint i = 0; i < answer->hosts->len; i++) {
        const DnsMxHost *host = g_ptr_array_index(answer->hosts, i);
        g_autofree char *addresses = g_strjoinv(",", host->addresses);

        g_string_append_printf(world->heard, " %s%s=%s", host->name, host->implicit ? "(i)" : "",
                               addresses);
    }
}

static void
expect_hosts(World *world, const char *domain, const char *heard)
{
    guint before = world->count;

    g_string_truncate(world->heard, 0);
    g_string_truncate(world->decided, 0);
    dns_mx_lookup(world->resolver, world->trace, domain, hear_hosts, world);
    g_assert_cmpuint(world->count, ==, before);
    net_run(world->net, TRUE);
    g_assert_cmpuint(world->count, ==, before + 1);
    g_assert_cmpstr(world->heard->str, ==, heard);
}

static void
test_order(void)
{
    g_test_summary("RFC 5321 §5.1: lowest preference first, all addresses, never the domain's own");
    g_autoptr(World) world = world_of_domains(1);

    expect_hosts(world, "north.example",
                 "hosts mx1.north.example=127.0.0.2,::2 mx2.north.example=127.0.0.3");
    g_assert_nonnull(strstr(world->decided->str, "\"before\":[\"20 mx2.north.example\","
                                                 "\"10 mx1.north.example\"]"));
    g_assert_nonnull(strstr(world->decided->str, "\"after\":[\"10 mx1.north.example\","
                                                 "\"20 mx2.north.example\"]"));
    /* Once more, from the cache. */
    expect_hosts(world, "north.example",
                 "hosts mx1.north.example=127.0.0.2,::2 mx2.north.example=127.0.0.3");
}

static void
test_null(void)
{
    g_test_summary("RFC 7505 §3: a lone \".\" means no mail");
    g_autoptr(World) world = world_of_domains(1);

    expect_hosts(world, "nomail.example", "null-mx");
}

/* No zone of ours has such records, but somebody else's may. */
static void
test_null_beside(void)
{
    g_test_summary("RFC 7505 §3: a \".\" beside other MX records is left out");
    g_autoptr(GPtrArray) records = dns_records_new();
    g_autoptr(GPtrArray) hosts = g_ptr_array_new_with_free_func((GDestroyNotify)dns_mx_host_free);

    g_ptr_array_add(records, dns_record_new("both.example", DNS_MX, 300, 0, "."));
    g_ptr_array_add(records, dns_record_new("both.example", DNS_MX, 300, 10, "mx1.north.example"));
    g_assert_true(dns_mx_order_choose("both.example", records, hosts));
    g_assert_cmpuint(hosts->len, ==, 1);
    g_assert_cmpstr(((DnsMxHost *)g_ptr_array_index(hosts, 0))->name, ==, "mx1.north.example");
}

static void
test_implicit(void)
{
    g_test_summary("RFC 5321 §5.1: without MX the domain's own address; without that an error");
    g_autoptr(World) world = world_of_domains(1);

    expect_hosts(world, "plain.example", "hosts plain.example(i)=127.0.0.4");
    expect_hosts(world, "empty.example", "no-host");
}

static void
test_no_domain(void)
{
    g_test_summary("RFC 5321 §5.1: a domain that does not exist is an error at once");
    g_autoptr(World) world = world_of_domains(1);

    expect_hosts(world, "no-such-domain.example", "no-domain");
    expect_hosts(world, "not..legal", "no-domain");
}

static void
test_no_host(void)
{
    g_test_summary("RFC 5321 §5.1: MX hosts without address are not used; none left is an error");
    g_autoptr(World) world = world_of_domains(1);

    expect_hosts(world, "lost.example", "no-host");
    expect_hosts(world, "half.example", "hosts mx2.north.example=127.0.0.3");
}

static void
test_alias(void)
{
    g_test_summary("RFC 5321 §5.1: an alias is processed as if its target had been asked for");
    g_autoptr(World) world = world_of_domains(1);

    expect_hosts(world, "alias.example",
                 "hosts mx1.north.example=127.0.0.2,::2 mx2.north.example=127.0.0.3");
    expect_hosts(world, "mxalias.example", "hosts mail.example=127.0.0.3");
    g_assert_nonnull(strstr(world->decided->str, "\"canonical\":\"mx2.north.example\""));
}

static void
test_later(void)
{
    g_test_summary("RFC 5321 §5.1: no answer is not \"no\": later");
    g_autoptr(World) world = world_of_domains(1);

    expect_hosts(world, "refused.invalid", "later");
    g_assert_true(trace_faults_arm(world->faults, "dns-timeout occurrence=always", NULL));
    expect_hosts(world, "north.example", "later");
    trace_faults_clear(world->faults);
    /* The MX is answered, the address is not. */
    expect_hosts(world, "half.example", "hosts mx2.north.example=127.0.0.3");
    dns_resolver_flush(world->resolver);
    g_assert_true(trace_faults_arm(world->faults, "dns-servfail occurrence=2", NULL));
    expect_hosts(world, "plain.example", "later");
}

static void
test_ties(void)
{
    g_test_summary("RFC 5321 §5.1: equal preferences in random order: all come first at some time");
    gboolean first[3] = { FALSE };

    for (guint64 seed = 1; seed <= 20; seed++) {
        g_autoptr(World) world = world_of_domains(seed);
        const char *at;

        dns_mx_lookup(world->resolver, world->trace, "ties.example", hear_hosts, world);
        net_run(world->net, TRUE);
        at = world->heard->str;
        g_assert_true(g_str_has_prefix(at, "hosts d.ties.example=127.0.1.4 "));
        at += strlen("hosts d.ties.example=127.0.1.4 ");
        g_assert_cmpint(*at, >=, 'a');
        g_assert_cmpint(*at, <=, 'c');
        first[*at - 'a'] = TRUE;
    }
    g_assert_true(first[0] && first[1] && first[2]);
}

static void
test_same_seed(void)
{
    g_test_summary("simulation: the same seed gives the same order and the same events");
    g_autoptr(World) one = world_of_domains(7);
    g_autoptr(World) two = world_of_domains(7);

    dns_mx_lookup(one->resolver, one->trace, "ties.example", hear_hosts, one);
    dns_mx_lookup(two->resolver, two->trace, "ties.example", hear_hosts, two);
    net_run(one->net, TRUE);
    net_run(two->net, TRUE);
    g_assert_cmpstr(one->heard->str, ==, two->heard->str);
    g_assert_cmpstr(one->decided->str, ==, two->decided->str);
}

static void
test_too_many(void)
{
    g_test_summary(
        "limits: a domain with many mail hosts costs no more than DNS_MX_HOSTS_MAX of them");
    g_autoptr(World) world = world_of_domains(1);
    g_autoptr(GString) zone = g_string_new("$ORIGIN example.\n$TTL 9\n@ SOA ns h 1 2 3 4 5\n");
    GPtrArray *zones = dns_zones_new();
    g_auto(GStrv) words = NULL;

    for (guint i = 0; i < 60; i++)
        g_string_append_printf(zone, "many MX %u h%u\nh%u A 127.0.2.%u\n", i, i, i, i);
    g_ptr_array_add(zones, dns_zone_parse("zone", zone->str, -1, NULL));
    dns_server_set_zones(world->server, zones);
    dns_mx_lookup(world->resolver, world->trace, "many.example", hear_hosts, world);
    net_run(world->net, TRUE);
    words = g_strsplit(world->heard->str, " ", -1);
    g_assert_cmpuint(g_strv_length(words), ==, 1 + DNS_MX_HOSTS_MAX);
    g_assert_cmpstr(words[1], ==, "h0.example=127.0.2.0");
}

static void
test_host(void)
{
    g_test_summary("a smart host is looked up by its address, without MX");
    g_autoptr(World) world = world_of_domains(1);

    dns_mx_lookup_host(world->resolver, world->trace, "north.example", hear_hosts, world);
    net_run(world->net, TRUE);
    g_assert_cmpstr(world->heard->str, ==, "hosts north.example(i)=127.0.0.99");
}

static void
test_cancel(void)
{
    g_test_summary("a cancelled look-up is never answered, and leaves nothing behind");
    g_autoptr(World) world = world_of_domains(1);

    dns_mx_cancel(dns_mx_lookup(world->resolver, world->trace, "north.example", hear_hosts, world));
    dns_mx_cancel(NULL);
    net_run(world->net, TRUE);
    g_assert_cmpuint(world->count, ==, 0);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dns/mx/order", test_order);
    g_test_add_func("/dns/mx/null", test_null);
    g_test_add_func("/dns/mx/null-beside", test_null_beside);
    g_test_add_func("/dns/mx/implicit", test_implicit);
    g_test_add_func("/dns/mx/no-domain", test_no_domain);
    g_test_add_func("/dns/mx/no-host", test_no_host);
    g_test_add_func("/dns/mx/alias", test_alias);
    g_test_add_func("/dns/mx/later", test_later);
    g_test_add_func("/dns/mx/ties", test_ties);
    g_test_add_func("/dns/mx/same-seed", test_same_seed);
    g_test_add_func("/dns/mx/too-many", test_too_many);
    g_test_add_func("/dns/mx/host", test_host);
    g_test_add_func("/dns/mx/cancel", test_cancel);
    return g_test_run();
}
