/* tests/test_dns_answer.c - the name server's answers, octets in, octets out, no socket.
 *
 * Questions are written and answers read with dns/message.c, so this tests both sides of it. */
#include "dns/answer.h"
#include "dns/message.h"
#include "dns/name.h"
#include "dns/writer.h"

#include <locale.h>
#include <string.h>

#define NORTH                                                                                      \
    "$ORIGIN north.example.\n$TTL 300\n@ IN SOA ns hostmaster ( 1 1h 10m 1d 60 )\n"                \
    "@ NS ns\n@ MX 10 mx\nns A 127.0.0.53\nmx A 127.0.0.2\nmx AAAA ::2\n"                          \
    "www CNAME web\nweb A 127.0.0.5\nlost CNAME gone\nfar CNAME mx.south.example.\n"               \
    "out CNAME host.elsewhere.\nloop1 CNAME loop2\nloop2 CNAME loop1\n"                            \
    "a.b TXT \"one\" \"two\"\nsub NS ns.sub\nns.sub A 127.0.0.7\n"                                 \
    "*.lab MX 10 mx\nown.lab A 127.0.0.8\n*.www2.lab CNAME web\n"
#define SOUTH "$ORIGIN south.example.\n@ 300 SOA ns h 1 2 3 4 900\nmx A 127.0.0.3\n"

enum { NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED };

static GPtrArray *
make_zones(void)
{
    GPtrArray *zones = g_ptr_array_new_with_free_func((GDestroyNotify)dns_zone_free);

    g_ptr_array_add(zones, dns_zone_parse("north", NORTH, -1, NULL));
    g_ptr_array_add(zones, dns_zone_parse("south", SOUTH, -1, NULL));
    g_assert_nonnull(g_ptr_array_index(zones, 0));
    g_assert_nonnull(g_ptr_array_index(zones, 1));
    return zones;
}

static GBytes *
ask_limited(const char *name, DnsType type, gsize limit)
{
    g_autoptr(GPtrArray) zones = make_zones();
    DnsQuestion question = { 4711, (char *)name, type, FALSE };
    g_autoptr(GBytes) octets = dns_message_ask(&question, FALSE);
    gsize length;
    const guint8 *data = g_bytes_get_data(octets, &length);

    return dns_answer_question(zones, data, length, limit);
}

/* Asks, and compares the answer: RCODE, AA, records as text, the SOA of the authority section. */
static void
expect(const char *name, DnsType type, guint rcode, gboolean aa, const char *answers,
       const char *soa)
{
    g_autoptr(GBytes) octets = ask_limited(name, type, DNS_UDP_MAX);
    DnsQuestion question = { 4711, (char *)name, type, FALSE };
    g_autoptr(DnsMessage) message = NULL;
    g_autoptr(GString) is = g_string_new(NULL);
    const char *why = NULL;
    gsize length;
    const guint8 *data = g_bytes_get_data(octets, &length);

    message = dns_message_read(data, length, &question, &why);
    g_assert_cmpstr(why, ==, NULL);
    g_assert_cmpuint(message->rcode, ==, rcode);
    g_assert_cmpint((data[2] & 0x04) != 0, ==, aa);
    g_assert_cmpint(data[3] & 0x80, ==, 0); /* RA is clear */
    for (guint i = 0; i < message->answers->len; i++) {
        const DnsRecord *record = g_ptr_array_index(message->answers, i);
        g_autofree char *text = dns_record_describe(record);

        g_string_append_printf(is, "%s%s %s %s", i > 0 ? ", " : "", record->name,
                               dns_type_name(record->type), text);
    }
    g_assert_cmpstr(is->str, ==, answers);
    g_assert_cmpstr(message->soa == NULL ? NULL : message->soa->name, ==, soa);
}

static void
test_wildcard(void)
{
    g_test_summary(
        "RFC 4592 §3.3.1: a wildcard answers for names that do not exist, as if its own");
    expect("Any.lab.north.example", DNS_MX, NOERROR, TRUE,
           "Any.lab.north.example MX 10 mx.north.example", NULL);
    expect("deep.any.lab.north.example", DNS_MX, NOERROR, TRUE,
           "deep.any.lab.north.example MX 10 mx.north.example", NULL);
    expect("any.lab.north.example", DNS_A, NOERROR, TRUE, "", "north.example");
    expect("own.lab.north.example", DNS_MX, NOERROR, TRUE, "", "north.example");
    expect("below.own.lab.north.example", DNS_MX, NXDOMAIN, TRUE, "", "north.example");
    expect("lab.north.example", DNS_MX, NOERROR, TRUE, "", "north.example");
    expect("*.lab.north.example", DNS_MX, NOERROR, TRUE,
           "*.lab.north.example MX 10 mx.north.example", NULL);
    expect("x.www2.lab.north.example", DNS_A, NOERROR, TRUE,
           "x.www2.lab.north.example CNAME web.north.example, web.north.example A 127.0.0.5", NULL);
}

static void
test_found(void)
{
    g_test_summary("RFC 1034 §4.3.2: records of the type asked for, with authority (AA)");
    expect("north.example", DNS_MX, NOERROR, TRUE, "north.example MX 10 mx.north.example", NULL);
    expect("mx.north.example", DNS_A, NOERROR, TRUE, "mx.north.example A 127.0.0.2", NULL);
    expect("mx.north.example", DNS_AAAA, NOERROR, TRUE, "mx.north.example AAAA ::2", NULL);
    expect("mx.north.example", DNS_ANY, NOERROR, TRUE,
           "mx.north.example A 127.0.0.2, mx.north.example AAAA ::2", NULL);
    expect("a.b.north.example", DNS_TXT, NOERROR, TRUE, "a.b.north.example TXT onetwo", NULL);
    expect("north.example", DNS_SOA, NOERROR, TRUE,
           "north.example SOA ns.north.example hostmaster.north.example 1 3600 600 86400 60", NULL);
}

static void
test_no(void)
{
    g_test_summary("RFC 2308 §2.2: no such type is no error, no such name is; both with the SOA");
    expect("mx.north.example", DNS_MX, NOERROR, TRUE, "", "north.example");
    expect("no.north.example", DNS_MX, NXDOMAIN, TRUE, "", "north.example");
    expect("b.north.example", DNS_A, NOERROR, TRUE, "", "north.example");
    expect("south.example", DNS_MX, NOERROR, TRUE, "", "south.example");
}

static void
test_alias(void)
{
    g_test_summary("RFC 1034 §4.3.2: an alias comes with what it stands for, where we know it");
    expect("www.north.example", DNS_A, NOERROR, TRUE,
           "www.north.example CNAME web.north.example, web.north.example A 127.0.0.5", NULL);
    expect("www.north.example", DNS_CNAME, NOERROR, TRUE,
           "www.north.example CNAME web.north.example", NULL);
    expect("far.north.example", DNS_A, NOERROR, TRUE,
           "far.north.example CNAME mx.south.example, mx.south.example A 127.0.0.3", NULL);
    expect("out.north.example", DNS_A, NOERROR, TRUE, "out.north.example CNAME host.elsewhere",
           NULL);
    expect("www.north.example", DNS_MX, NOERROR, TRUE, "www.north.example CNAME web.north.example",
           "north.example");
}

static void
test_alias_to_nothing(void)
{
    g_test_summary("RFC 2308 §2.1: NXDOMAIN after an alias speaks of its target");
    expect("lost.north.example", DNS_A, NXDOMAIN, TRUE,
           "lost.north.example CNAME gone.north.example", "north.example");
}

static void
test_alias_circle(void)
{
    g_test_summary("RFC 1034 §3.6.2: aliases in a circle are followed for a while, not for ever");
    g_autoptr(GBytes) octets = ask_limited("loop1.north.example", DNS_A, DNS_UDP_MAX);
    const guint8 *data = g_bytes_get_data(octets, NULL);

    g_assert_cmpuint(data[7], ==, DNS_CHAIN_MAX + 1);
}

static void
test_refused(void)
{
    g_test_summary("RFC 1035 §4.1.1: names outside our zones, zone transfers: REFUSED");
    expect("elsewhere", DNS_A, REFUSED, FALSE, "", NULL);
    expect(".", DNS_NS, REFUSED, FALSE, "", NULL);
    expect("north.example", 252, REFUSED, FALSE, "", NULL);
}

static void
test_referral(void)
{
    g_test_summary("RFC 1034 §4.3.2: names in a zone below: its servers with their glue, no AA");
    g_autoptr(GBytes) octets = ask_limited("x.sub.north.example", DNS_A, DNS_UDP_MAX);
    const guint8 *data = g_bytes_get_data(octets, NULL);

    expect("x.sub.north.example", DNS_A, NOERROR, FALSE, "", NULL);
    g_assert_cmpuint(data[9], ==, 1);
    g_assert_cmpuint(data[11], ==, 1);
}

static void
test_negative_ttl(void)
{
    g_test_summary("RFC 2308 §3: the SOA of a \"no\" has the lesser of its TTL and its minimum");
    DnsQuestion question = { 4711, (char *)"no.south.example", DNS_A, FALSE };
    g_autoptr(GBytes) octets = ask_limited(question.name, DNS_A, DNS_UDP_MAX);
    const char *why;
    gsize length;
    const guint8 *data = g_bytes_get_data(octets, &length);
    g_autoptr(DnsMessage) message = dns_message_read(data, length, &question, &why);

    g_assert_cmpuint(message->soa->ttl_s, ==, 300);
    g_assert_cmpuint(dns_record_soa_minimum(message->soa), ==, 900);
}

static void
test_case_kept(void)
{
    g_test_summary("RFC 1035 §2.3.3: the question comes back as it was written");
    g_autoptr(GBytes) octets = ask_limited("nOrTh.eXaMpLe", DNS_MX, DNS_UDP_MAX);
    gsize length;
    const guint8 *data = g_bytes_get_data(octets, &length);

    g_assert_true(memcmp(data + 12, "\5nOrTh\7eXaMpLe\0", 15) == 0);
    /* The owner of the record points back to it (RFC 1035 §4.1.4). */
    g_assert_cmpuint(data[12 + 15 + 4], ==, 0xc0);
    g_assert_cmpuint(data[12 + 15 + 5], ==, 12);
}

static GBytes *
raw(const guint8 *octets, gsize length)
{
    g_autoptr(GPtrArray) zones = make_zones();
    g_autofree guint8 *copy = g_memdup2(octets, length); /* exactly so long, for ASan */

    return dns_answer_question(zones, copy, length, DNS_UDP_MAX);
}

static guint
raw_rcode(const guint8 *octets, gsize length)
{
    g_autoptr(GBytes) answer = raw(octets, length);

    g_assert_nonnull(answer);
    return ((const guint8 *)g_bytes_get_data(answer, NULL))[3] & 0x0f;
}

/* north.example MX IN, id 0x1267 */
static const guint8 plain[] = "\x12\x67\x01\0\0\1\0\0\0\0\0\0\5north\7example\0\0\x0f\0\1";
#define PLAIN (sizeof plain - 1)

static void
test_nonsense(void)
{
    g_test_summary("RFC 1035 §4.1.1: FORMERR, NOTIMP, and silence where an answer would do harm");
    guint8 octets[PLAIN];

    g_assert_cmpuint(raw_rcode(plain, PLAIN), ==, NOERROR);
    g_assert_null(raw(plain, 11));
    g_assert_cmpuint(raw_rcode(plain, 12), ==, FORMERR);
    g_assert_cmpuint(raw_rcode(plain, PLAIN - 1), ==, FORMERR);
    memcpy(octets, plain, PLAIN);
    octets[2] = 0x81; /* QR: an answer */
    g_assert_null(raw(octets, PLAIN));
    octets[2] = 0x28; /* opcode UPDATE */
    g_assert_cmpuint(raw_rcode(octets, PLAIN), ==, NOTIMP);
    octets[2] = 0x01;
    octets[5] = 0; /* no question */
    g_assert_cmpuint(raw_rcode(octets, 12), ==, FORMERR);
    octets[5] = 1;
    octets[PLAIN - 1] = 3; /* class CH */
    g_assert_cmpuint(raw_rcode(octets, PLAIN), ==, REFUSED);
    octets[PLAIN - 1] = 1;
    octets[12] = 0xc0; /* a pointer to itself */
    octets[13] = 12;
    g_assert_cmpuint(raw_rcode(octets, PLAIN), ==, FORMERR);
}

static void
test_hostile(void)
{
    g_test_summary("RFC 1035 §7.3: any octets at all get an answer or silence, no harm");
    guint8 octets[PLAIN];

    for (gsize at = 0; at < PLAIN; at++)
        for (guint value = 0; value < 256; value++) {
            g_autoptr(GBytes) changed = NULL;
            g_autoptr(GBytes) shorter = NULL;

            memcpy(octets, plain, PLAIN);
            octets[at] = value;
            if (value % 16 != 15 && at < 12)
                continue;
            changed = raw(octets, PLAIN);
            shorter = raw(octets, at);
        }
}

static void
test_edns(void)
{
    g_test_summary("RFC 6891 §6.1.1: OPT is answered by OPT; an unknown version by BADVERS");
    guint8 octets[PLAIN + 11];
    g_autoptr(GBytes) good = NULL;
    g_autoptr(GBytes) bad = NULL;
    const guint8 *data;
    gsize length;

    memcpy(octets, plain, PLAIN);
    memcpy(octets + PLAIN, "\0\0\x29\x10\0\0\0\0\0\0\0", 11);
    octets[11] = 1;
    good = raw(octets, sizeof octets);
    data = g_bytes_get_data(good, &length);
    g_assert_cmpuint(data[3] & 0x0f, ==, NOERROR);
    g_assert_cmpuint(data[11], ==, 3); /* A, AAAA, OPT */
    g_assert_true(memcmp(data + length - 11, "\0\0\x29\x04\xd0\0\0\0\0\0\0", 11) == 0);
    octets[PLAIN + 6] = 1;
    bad = raw(octets, sizeof octets);
    data = g_bytes_get_data(bad, &length);
    g_assert_cmpuint(data[7], ==, 0);
    g_assert_cmpuint(data[length - 6], ==, 1); /* 1 << 4: BADVERS */
}

static void
test_named_opt(void)
{
    g_test_summary("RFC 6891 §6.1.2: an OPT record bears the name of the root, or it is none");
    guint8 octets[PLAIN + 13];

    memcpy(octets, plain, PLAIN);
    memcpy(octets + PLAIN, "\1x\0\0\x29\x10\0\0\0\0\0\0\0", 13);
    octets[11] = 1;
    g_assert_cmpuint(raw_rcode(octets, sizeof octets), ==, FORMERR);
}

static void
test_truncated(void)
{
    g_test_summary(
        "RFC 2181 §9: TC when an answer doesn't fit; whole records only, extras may lack");
    g_autoptr(GBytes) whole = ask_limited("north.example", DNS_MX, DNS_MESSAGE_MAX);
    gsize full = g_bytes_get_size(whole);

    for (gsize limit = 31; limit <= full; limit++) {
        DnsQuestion question = { 4711, (char *)"north.example", DNS_MX, FALSE };
        g_autoptr(GBytes) octets = ask_limited(question.name, DNS_MX, limit);
        g_autoptr(DnsMessage) message = NULL;
        const char *why;
        gsize length;
        const guint8 *data = g_bytes_get_data(octets, &length);

        g_assert_cmpuint(length, <=, limit);
        message = dns_message_read(data, length, &question, &why);
        g_assert_cmpstr(why, ==, NULL);
        g_assert_cmpint(message->truncated, ==, data[7] == 0);
        g_assert_cmpint(limit == full, ==, data[11] == 2);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dns/answer/found", test_found);
    g_test_add_func("/dns/answer/wildcard", test_wildcard);
    g_test_add_func("/dns/answer/no", test_no);
    g_test_add_func("/dns/answer/alias", test_alias);
    g_test_add_func("/dns/answer/alias-to-nothing", test_alias_to_nothing);
    g_test_add_func("/dns/answer/alias-circle", test_alias_circle);
    g_test_add_func("/dns/answer/refused", test_refused);
    g_test_add_func("/dns/answer/referral", test_referral);
    g_test_add_func("/dns/answer/negative-ttl", test_negative_ttl);
    g_test_add_func("/dns/answer/case-kept", test_case_kept);
    g_test_add_func("/dns/answer/nonsense", test_nonsense);
    g_test_add_func("/dns/answer/hostile", test_hostile);
    g_test_add_func("/dns/answer/edns", test_edns);
    g_test_add_func("/dns/answer/named-opt", test_named_opt);
    g_test_add_func("/dns/answer/truncated", test_truncated);
    return g_test_run();
}
