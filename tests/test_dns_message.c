/* tests/test_dns_message.c - an answer is believed only when it answers our question. */
#include "dns/message.h"

#include <locale.h>
#include <string.h>

/* north.example MX? answered by: MX 10 mx.north.example, TTL 300. */
static const guint8 good[] = "\x12\x67\x85\0\0\1\0\1\0\0\0\0"   /* header */
                             "\5north\7example\0\0\x0f\0\1"     /* question, at 12 */
                             "\xc0\x0c\0\x0f\0\1\0\0\1\x2c\0\7" /* record, its data at 43 */
                             "\0\x0a\2mx\xc0\x0c";
#define GOOD (sizeof good - 1)

static const DnsQuestion question = { 0x1267, (char *)"North.example", DNS_MX, FALSE };

static DnsMessage *
read_copy(const guint8 *octets, gsize length, const char **why)
{
    g_autofree guint8 *copy = g_memdup2(octets, length); /* exactly so long, for ASan */

    return dns_message_read(copy, length, &question, why);
}

/* @good with the octet at @at changed to @value is refused for the reason @why. */
static void
expect_refused(gsize at, guint8 value, const char *why)
{
    guint8 octets[GOOD];
    const char *is = NULL;
    g_autoptr(DnsMessage) message = NULL;

    memcpy(octets, good, GOOD);
    octets[at] = value;
    message = read_copy(octets, GOOD, &is);
    g_assert_null(message);
    g_assert_cmpstr(is, ==, why);
}

static void
test_ask(void)
{
    g_test_summary(
        "RFC 1035 §4.1: a question: RD set, one question, class IN; on TCP its length first");
    g_autoptr(GBytes) udp = dns_message_ask(&question, FALSE);
    g_autoptr(GBytes) tcp = dns_message_ask(&question, TRUE);
    static const char octets[] = "\0\x1f\x12\x67\1\0\0\1\0\0\0\0\0\0\5North\7example\0\0\x0f\0\1";
    gsize length = sizeof octets - 1;

    g_assert_cmpmem(g_bytes_get_data(tcp, NULL), g_bytes_get_size(tcp), octets, length);
    g_assert_cmpmem(g_bytes_get_data(udp, NULL), g_bytes_get_size(udp), octets + 2, length - 2);
}

static void
test_good(void)
{
    g_test_summary("RFC 1035 §4.1.3: owner, type, TTL and data of a record; case doesn't matter");
    const char *why;
    g_autoptr(DnsMessage) message = read_copy(good, GOOD, &why);
    const DnsRecord *record;

    g_assert_nonnull(message);
    g_assert_cmpuint(message->answers->len, ==, 1);
    record = g_ptr_array_index(message->answers, 0);
    g_assert_cmpstr(record->name, ==, "north.example");
    g_assert_cmpstr(record->text, ==, "mx.north.example");
    g_assert_cmpuint(record->preference, ==, 10);
    g_assert_cmpuint(record->ttl_s, ==, 300);
}

static void
test_not_ours(void)
{
    g_test_summary("RFC 5452 §9.1: id, QR, opcode, question, type and class must be ours");
    expect_refused(0, 0x13, "the ID is not ours");
    expect_refused(2, 0x05, "it is a question (QR is 0)");
    expect_refused(2, 0xa5, "the opcode is not QUERY");
    expect_refused(5, 0, "it does not repeat our one question");
    expect_refused(5, 2, "it does not repeat our one question");
    expect_refused(13, 'm', "it answers for another name");
    expect_refused(28, 1, "it answers for another type");
    expect_refused(30, 3, "the class is not IN");
    expect_refused(12, 0xff, "its question cannot be read");
    expect_refused(31, 0x55, "its records cannot be read");
}

static void
test_ttl_sign(void)
{
    g_test_summary("RFC 2181 §8: a TTL with its highest bit set is zero");
    guint8 octets[GOOD];
    g_autoptr(DnsMessage) message = NULL;
    const char *why;

    memcpy(octets, good, GOOD);
    octets[37] = 0x80;
    message = read_copy(octets, GOOD, &why);
    g_assert_cmpuint(((const DnsRecord *)g_ptr_array_index(message->answers, 0))->ttl_s, ==, 0);
}

static void
test_truncated(void)
{
    g_test_summary(
        "RFC 1035 §4.1.1: of an answer with TC nothing is taken, even when it is cut badly");
    guint8 octets[GOOD];
    g_autoptr(DnsMessage) message = NULL;
    const char *why;

    memcpy(octets, good, GOOD);
    octets[2] |= 0x02;
    message = read_copy(octets, 36, &why);
    g_assert_true(message->truncated);
    g_assert_cmpuint(message->answers->len, ==, 0);
}

static void
test_bad_data(void)
{
    g_test_summary("RFC 1035 §3.3: a record whose data isn't what its type says is passed over");
    guint8 octets[GOOD];
    g_autoptr(DnsMessage) message = NULL;
    const char *why;

    memcpy(octets, good, GOOD);
    octets[34] = 1; /* seven octets as an IPv4 address */
    message = read_copy(octets, GOOD, &why);
    g_assert_nonnull(message);
    g_assert_cmpuint(message->answers->len, ==, 0);
}

static void
test_damaged(void)
{
    g_test_summary("RFC 2308 §2.2: an answer that can't be read is no answer, not \"no data\"");
    expect_refused(45, 63, "its records cannot be read"); /* a label that runs over the end */
    expect_refused(49, 49, "its records cannot be read"); /* a pointer to itself */
}

static void
test_cut_and_changed(void)
{
    g_test_summary(
        "RFC 1035 §7.3: cut at each octet it's refused; each octet changed does no harm");
    for (gsize at = 0; at < GOOD; at++) {
        const char *why = NULL;
        g_autoptr(DnsMessage) cut = read_copy(good, at, &why);

        g_assert_null(cut);
        g_assert_nonnull(why);
        for (guint value = 0; value < 256; value++) {
            g_autoptr(DnsMessage) changed = NULL;
            guint8 octets[GOOD];

            memcpy(octets, good, GOOD);
            octets[at] = value;
            changed = read_copy(octets, GOOD, &why);
        }
    }
}

static void
test_types(void)
{
    g_test_summary("RFC 1035 §3.2.2: types have names");
    g_assert_cmpstr(dns_type_name(DNS_AAAA), ==, "AAAA");
    g_assert_cmpstr(dns_type_name(257), ==, "?");
    g_assert_cmpint(dns_type_from_name("mx"), ==, DNS_MX);
    g_assert_cmpint(dns_type_from_name("mxx"), ==, 0);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dns/message/ask", test_ask);
    g_test_add_func("/dns/message/good", test_good);
    g_test_add_func("/dns/message/not-ours", test_not_ours);
    g_test_add_func("/dns/message/ttl-sign", test_ttl_sign);
    g_test_add_func("/dns/message/truncated", test_truncated);
    g_test_add_func("/dns/message/bad-data", test_bad_data);
    g_test_add_func("/dns/message/damaged", test_damaged);
    g_test_add_func("/dns/message/cut-and-changed", test_cut_and_changed);
    g_test_add_func("/dns/message/types", test_types);
    return g_test_run();
}
