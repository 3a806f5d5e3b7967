/* tests/test_dns_zone.c - zone files, and what a zone says of a name. */
#include "dns/zone.h"

#include <locale.h>
#include <string.h>

#define HEAD "$ORIGIN north.example.\n$TTL 300\n@ IN SOA ns hostmaster ( 1 1h 10m 1d 60 )\n"

static DnsZone *
parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    DnsZone *zone = dns_zone_parse("north.zone", text, -1, &error);

    g_assert_no_error(error);
    return zone;
}

/* @text follows HEAD; @message is the whole error. */
static void
expect_error(const char *text, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DnsZone) zone = dns_zone_parse("north.zone", text, -1, &error);

    g_assert_null(zone);
    g_assert_nonnull(error);
    g_assert_cmpstr(error->message, ==, message);
}

static void
expect(const DnsZone *zone, const char *name, DnsType type, DnsZoneMatch match, const char *texts)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    g_autoptr(GString) is = g_string_new(NULL);

    g_assert_cmpint(dns_zone_lookup(zone, name, type, found), ==, match);
    for (guint i = 0; i < found->len; i++) {
        g_autofree char *text = dns_record_describe(g_ptr_array_index(found, i));

        g_string_append_printf(is, "%s%s", i > 0 ? ", " : "", text);
    }
    g_assert_cmpstr(is->str, ==, texts);
}

static void
test_types(void)
{
    g_test_summary("RFC 1035 §5.1: relative and whole names, @, blank owners, all types we know");
    g_autoptr(DnsZone) zone = parse(HEAD "        IN MX 10 mx\n"
                                         "        MX 20 mx.south.example.\n"
                                         "mx 60 IN A 127.0.0.2\n"
                                         "mx IN 60 AAAA ::1\n"
                                         "WWW CNAME @\n"
                                         "t TXT \"two words\" three \"\\\"four\\\"\" a\\;b\n"
                                         "2.0.0 PTR mx\n"
                                         "@ NS ns ; the name server\n");

    g_assert_cmpstr(dns_zone_origin(zone), ==, "north.example");
    expect(zone, "north.example", DNS_MX, DNS_ZONE_FOUND,
           "10 mx.north.example, 20 mx.south.example");
    expect(zone, "MX.north.example", DNS_A, DNS_ZONE_FOUND, "127.0.0.2");
    expect(zone, "mx.north.example", DNS_AAAA, DNS_ZONE_FOUND, "::1");
    expect(zone, "www.north.example", DNS_A, DNS_ZONE_ALIAS, "north.example");
    expect(zone, "www.north.example", DNS_CNAME, DNS_ZONE_FOUND, "north.example");
    expect(zone, "t.north.example", DNS_TXT, DNS_ZONE_FOUND, "two wordsthree\"four\"a;b");
    expect(zone, "2.0.0.north.example", DNS_PTR, DNS_ZONE_FOUND, "mx.north.example");
    expect(zone, "north.example", DNS_NS, DNS_ZONE_FOUND, "ns.north.example");
    expect(zone, "north.example", DNS_SOA, DNS_ZONE_FOUND,
           "ns.north.example hostmaster.north.example 1 3600 600 86400 60");
    expect(zone, "mx.north.example", DNS_MX, DNS_ZONE_NO_DATA, "");
    expect(zone, "no.north.example", DNS_MX, DNS_ZONE_NO_NAME, "");
}

static void
test_layout(void)
{
    g_test_summary(
        "RFC 1035 §5.1: parentheses join lines; comments, CRLF, blank lines, $ORIGIN anew");
    g_autoptr(DnsZone) zone = parse("; a comment\r\n\r\n  \n$ORIGIN example.\r\n"
                                    "north SOA ns.north (host.north ; who\n\n"
                                    "  1 2 3 4\n 5) \n"
                                    "$ORIGIN b.north\n"
                                    "a TXT ( x ) ( y\n)\n"
                                    "@ A 127.0.0.9");

    g_assert_cmpstr(dns_zone_origin(zone), ==, "north.example");
    expect(zone, "a.b.north.example", DNS_TXT, DNS_ZONE_FOUND, "xy");
    expect(zone, "b.north.example", DNS_A, DNS_ZONE_FOUND, "127.0.0.9");
}

static guint32
ttl_of(const DnsZone *zone, const char *name)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();

    g_assert_cmpint(dns_zone_lookup(zone, name, DNS_A, found), ==, DNS_ZONE_FOUND);
    return ((const DnsRecord *)g_ptr_array_index(found, 0))->ttl_s;
}

static void
test_ttl(void)
{
    g_test_summary(
        "RFC 2308 §4: $TTL for records without one; before it, the last one said counts");
    g_autoptr(DnsZone) zone = parse("$ORIGIN example.\n@ SOA ns h 1 2 3 4 5\n"
                                    "a A 127.0.0.1\n"
                                    "b 1h30m A 127.0.0.1\n"
                                    "c A 127.0.0.1\n"
                                    "$TTL 1w\n"
                                    "d 7 A 127.0.0.1\n"
                                    "e A 127.0.0.1\n");

    g_assert_cmpuint(ttl_of(zone, "a.example"), ==, 5);
    g_assert_cmpuint(ttl_of(zone, "b.example"), ==, 5400);
    g_assert_cmpuint(ttl_of(zone, "c.example"), ==, 5400);
    g_assert_cmpuint(ttl_of(zone, "d.example"), ==, 7);
    g_assert_cmpuint(ttl_of(zone, "e.example"), ==, 604800);
}

static void
test_sets(void)
{
    g_test_summary("RFC 2181 §5, §5.2: a record said twice is one, and a set has one time to live");
    g_autoptr(DnsZone) zone = parse(HEAD "mx 200 A 127.0.0.1\nmx 100 A 127.0.0.2\nmx A 127.0.0.1\n"
                                         "mx 50 AAAA ::1\n"
                                         "@ MX 10 mx\n@ MX 10 MX\n@ MX 20 mx\n"
                                         "t TXT a b\nt TXT ab\nt TXT A b\nt TXT a b\n");
    g_autoptr(GPtrArray) found = g_ptr_array_new();

    expect(zone, "mx.north.example", DNS_A, DNS_ZONE_FOUND, "127.0.0.1, 127.0.0.2");
    expect(zone, "north.example", DNS_MX, DNS_ZONE_FOUND,
           "10 mx.north.example, 20 mx.north.example");
    expect(zone, "t.north.example", DNS_TXT, DNS_ZONE_FOUND, "ab, ab, Ab");
    dns_zone_lookup(zone, "mx.north.example", DNS_A, found);
    for (guint i = 0; i < found->len; i++)
        g_assert_cmpuint(((const DnsRecord *)g_ptr_array_index(found, i))->ttl_s, ==, 100);
    g_assert_cmpuint(ttl_of(zone, "mx.north.example"), ==, 100);
}

static void
test_empty_non_terminal(void)
{
    g_test_summary("RFC 4592 §2.2.2: a name exists when a name below it does");
    g_autoptr(DnsZone) zone = parse(HEAD "a.b.c A 127.0.0.1\n");

    expect(zone, "c.north.example", DNS_A, DNS_ZONE_NO_DATA, "");
    expect(zone, "b.c.north.example", DNS_A, DNS_ZONE_NO_DATA, "");
    expect(zone, "x.c.north.example", DNS_A, DNS_ZONE_NO_NAME, "");
}

static void
test_cut(void)
{
    g_test_summary(
        "RFC 1034 §4.2: below NS records that aren't the zone's own, another zone begins");
    g_autoptr(DnsZone) zone = parse(HEAD "@ NS ns\nsub NS ns.sub\nns.sub A 127.0.0.7\n");
    g_autoptr(GPtrArray) glue = g_ptr_array_new();

    expect(zone, "north.example", DNS_NS, DNS_ZONE_FOUND, "ns.north.example");
    expect(zone, "x.sub.north.example", DNS_A, DNS_ZONE_BELOW, "ns.sub.north.example");
    expect(zone, "ns.sub.north.example", DNS_A, DNS_ZONE_BELOW, "ns.sub.north.example");
    dns_zone_addresses(zone, "ns.sub.north.example", glue);
    g_assert_cmpuint(glue->len, ==, 1);
}

static void
test_most_specific(void)
{
    g_test_summary("RFC 1034 §4.3.2: the nearest zone above a name answers for it");
    g_autoptr(GPtrArray) zones = g_ptr_array_new_with_free_func((GDestroyNotify)dns_zone_free);

    g_ptr_array_add(zones, parse("$ORIGIN example.\n@ SOA ns h 1 2 3 4 5\n"));
    g_ptr_array_add(zones, parse(HEAD));
    g_assert_true(dns_zones_find(zones, "mx.NORTH.example") == g_ptr_array_index(zones, 1));
    g_assert_true(dns_zones_find(zones, "xnorth.example") == g_ptr_array_index(zones, 0));
    g_assert_true(dns_zones_find(zones, "example") == g_ptr_array_index(zones, 0));
    g_assert_null(dns_zones_find(zones, "north.invalid"));
    g_assert_null(dns_zones_find(zones, "."));
}

static void
test_errors(void)
{
    g_test_summary("RFC 1035 §5.2: a zone file with an error is not loaded; FILE:LINE says where");
    expect_error("", "north.zone:1: the zone has no SOA record");
    expect_error("mx A 127.0.0.1\n",
                 "north.zone:1: mx is a relative name, but no $ORIGIN came yet");
    expect_error("\n  A 127.0.0.1\n",
                 "north.zone:2: a record without a name, and none came before");
    expect_error("a.example. A 127.0.0.1\n", "north.zone:1: the first record of a zone is its SOA");
    expect_error(HEAD "mx A 127.0.0.256\n", "north.zone:4: 127.0.0.256 is no IPv4 address");
    expect_error(HEAD "mx AAAA 127.0.0.1\n", "north.zone:4: 127.0.0.1 is no IPv6 address");
    expect_error(HEAD "@ MX mx\n", "north.zone:4: the form is: MX PREFERENCE HOST");
    expect_error(HEAD "@ MX 65536 mx\n", "north.zone:4: 65536 is no preference (0 to 65535)");
    expect_error(HEAD "@ MX -1 mx\n", "north.zone:4: -1 is no preference (0 to 65535)");
    expect_error(HEAD "mx SRV 1 2 3 x\n", "north.zone:4: \"SRV\" is no record type that I know");
    expect_error(HEAD "mx CH A 127.0.0.1\n", "north.zone:4: \"CH\" is no record type that I know");
    expect_error(HEAD "mx\n", "north.zone:4: \"\" is no record type that I know");
    expect_error(HEAD "a..b A 127.0.0.1\n", "north.zone:4: a..b is no domain name");
    expect_error(
        HEAD "*.lab NS ns\n",
        "north.zone:4: *.lab.north.example: a wildcard may not hand its names on to other servers "
        "(NS)");
    expect_error(HEAD "$INCLUDE x\n", "north.zone:4: $INCLUDE is not supported");
    expect_error(HEAD "$TTL soon\n", "north.zone:4: the form is: $TTL TIME");
    expect_error(HEAD "$TTL 2147483648\n", "north.zone:4: the form is: $TTL TIME");
    expect_error(HEAD "@ SOA a b 1 2 3 4 5\n", "north.zone:4: north.example: a zone has one SOA");
    expect_error(HEAD "\n\nx.south.example. A 127.0.0.1\n",
                 "north.zone:6: x.south.example: the name lies outside the zone");
    expect_error(HEAD "x A 127.0.0.1\nx CNAME mx\n",
                 "north.zone:5: x.north.example: a CNAME may not stand beside other records of the "
                 "name");
    expect_error(
        HEAD "x CNAME mx\nx A 127.0.0.1\n",
        "north.zone:5: x.north.example: the name is an alias (CNAME) and may have no other "
        "records");
    expect_error(
        HEAD "x MX 0 .\nx MX 10 mx\n",
        "north.zone:5: x.north.example: a null MX (\".\") says that there is no mail host: "
        "no other MX may stand beside it");
    expect_error(
        HEAD "x MX 10 mx\nx MX 0 .\n",
        "north.zone:5: x.north.example: a null MX (\".\") says that there is no mail host: "
        "no other MX may stand beside it");
    expect_error(HEAD "x TXT ( a\nb\n", "north.zone:4: a parenthesis is never closed");
    expect_error(HEAD "x TXT a )\n", "north.zone:4: a parenthesis too many");
    expect_error(HEAD "x TXT \"a\nb\"\n", "north.zone:4: a string without its closing quote");
    expect_error(HEAD "x TXT a\\000b\n",
                 "north.zone:4: a string of more than 255 octets, or a wrong \\DDD");
}

static void
test_long_string(void)
{
    g_test_summary("RFC 1035 §3.3: a string has at most 255 octets");
    g_autofree char *long255 = g_strnfill(255, 'x');
    g_autofree char *good = g_strdup_printf(HEAD "t TXT %s\n", long255);
    g_autofree char *bad = g_strdup_printf(HEAD "t TXT %sx\n", long255);
    g_autoptr(DnsZone) zone = parse(good);

    expect(zone, "t.north.example", DNS_TXT, DNS_ZONE_FOUND, long255);
    expect_error(bad, "north.zone:4: a string of more than 255 octets, or a wrong \\DDD");
}

static void
test_too_much(void)
{
    g_test_summary("limits: words, octets and records of a zone file are bounded");
    g_autoptr(GString) many = g_string_new(HEAD "t TXT");
    g_autoptr(GString) big = g_string_new(NULL);
    g_autoptr(GString) records = g_string_new(HEAD);

    for (guint i = 0; i < 300; i++)
        g_string_append(many, " x");
    expect_error(many->str, "north.zone:4: more than 300 words in one entry");
    while (big->len <= DNS_ZONE_OCTETS_MAX)
        g_string_append(big, "; comment\n");
    expect_error(big->str, "north.zone:1: longer than 1048576 octets, or not text");
    for (guint i = 0; i < DNS_ZONE_RECORDS_MAX; i++)
        g_string_append_printf(records, "h%u A 127.0.0.1\n", i);
    expect_error(records->str, "north.zone:10003: h9999.north.example: too many records");
}

static void
test_cut_anywhere(void)
{
    g_test_summary(
        "RFC 1035 §5.2: a zone file cut short at any octet is a zone or an error, no crash");
    const char *text =
        HEAD "a 1h IN MX ( 10\n mx.b\\.c ) ; x\n\"t\" TXT \"a\\065b\" (c)\n$TTL 5m\n";
    gsize length = strlen(text);

    for (gsize cut = 0; cut <= length; cut++)
        for (guint octet = 0; octet < 256; octet += 11) {
            g_autofree char *copy = g_strndup(text, length);

            dns_zone_free(dns_zone_parse("cut", copy, cut, NULL));
            if (cut < length)
                copy[cut] = (char)octet;
            dns_zone_free(dns_zone_parse("changed", copy, length, NULL));
        }
}

static void
test_demo_zones(void)
{
    g_test_summary("labs/demo: the zones of the demo world load, each under its own name");
    static const char *const origins[] = { "example", "north", "south", "hub" };

    for (gsize i = 0; i < G_N_ELEMENTS(origins); i++) {
        g_autofree char *path = g_strdup_printf("labs/demo/%s.zone", origins[i]);
        g_autofree char *origin =
            i == 0 ? g_strdup("example") : g_strdup_printf("%s.example", origins[i]);
        g_autoptr(GError) error = NULL;
        g_autoptr(DnsZone) zone = NULL;

        if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
            g_test_skip("to be run from the top folder");
            return;
        }
        zone = dns_zone_load(path, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(dns_zone_origin(zone), ==, origin);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dns/zone/types", test_types);
    g_test_add_func("/dns/zone/layout", test_layout);
    g_test_add_func("/dns/zone/ttl", test_ttl);
    g_test_add_func("/dns/zone/sets", test_sets);
    g_test_add_func("/dns/zone/empty-non-terminal", test_empty_non_terminal);
    g_test_add_func("/dns/zone/cut", test_cut);
    g_test_add_func("/dns/zone/most-specific", test_most_specific);
    g_test_add_func("/dns/zone/errors", test_errors);
    g_test_add_func("/dns/zone/long-string", test_long_string);
    g_test_add_func("/dns/zone/too-much", test_too_much);
    g_test_add_func("/dns/zone/cut-anywhere", test_cut_anywhere);
    g_test_add_func("/dns/zone/demo", test_demo_zones);
    return g_test_run();
}
