/* tests/test_smtp_data.c - the octets of a message, up to CRLF . CRLF (smtp/data.c). */
#include <locale.h>
#include <string.h>
#include <time.h>

#include "smtp/data.h"

/* Feeds @wire in portions of @portion octets; what came out, and whether the end was found with
 * @left octets behind it. */
typedef struct Fed {
    GString *out;
    gboolean end;
    gsize left;
    const SmtpRefusal *wrong;
    guint64 octets;
} Fed;

static Fed
feed(const char *wire, gsize length, gsize portion, gboolean eightbit, guint64 most)
{
    g_autoptr(SmtpData) data = smtp_data_new(eightbit, most);
    Fed fed = { g_string_new(NULL), FALSE, 0, NULL, 0 };
    gsize at = 0;

    while (at < length && !fed.end) {
        gsize taken = 0;

        fed.end = smtp_data_feed(data, wire + at, MIN(portion, length - at), &taken, fed.out);
        at += taken;
    }
    fed.left = length - at;
    fed.wrong = smtp_data_wrong(data);
    fed.octets = smtp_data_octets(data);
    return fed;
}

static void
expect(const char *wire, const char *message, const char *wrong)
{
    gsize length = strlen(wire);

    for (gsize portion = 1; portion <= length; portion++) {
        Fed fed = feed(wire, length, portion, FALSE, 100000);

        g_assert_true(fed.end);
        g_assert_cmpuint(fed.left, ==, 0);
        if (wrong == NULL) {
            g_assert_null(fed.wrong);
            g_assert_cmpstr(fed.out->str, ==, message);
            g_assert_cmpuint(fed.octets, ==, fed.out->len);
        } else {
            g_assert_cmpstr(fed.wrong->code, ==, wrong);
        }
        g_string_free(fed.out, TRUE);
    }
}

static void
test_end(void)
{
    g_test_summary("RFC 5321 §4.1.1.4: CRLF . CRLF ends the message, split at each octet");
    expect("Subject: x\r\n\r\nbody\r\n.\r\n", "Subject: x\r\n\r\nbody\r\n", NULL);
    expect(".\r\n", "", NULL);
    expect("\r\n.\r\n", "\r\n", NULL);
}

static void
test_dots(void)
{
    g_test_summary("RFC 5321 §4.5.2: a dot that begins a line is doubled on the wire");
    expect("..\r\n.\r\n", ".\r\n", NULL);
    expect("..a\r\n.b\r\n...\r\n.\r\n", ".a\r\nb\r\n..\r\n", NULL);
    expect("a.\r\na..b\r\n.\r\n", "a.\r\na..b\r\n", NULL);
}

static void
test_smuggling(void)
{
    g_test_summary("RFC 5321 §4.1.1.4: no other sequence ends it; bare CR and LF are refused");
    expect("a\n.\n\r\n.\r\n", NULL, "554 5.6.0");
    expect("a\n.\r\nMAIL FROM:<x@y.example>\r\n.\r\n", NULL, "554 5.6.0");
    expect("a\r\n.\nMAIL FROM:<x@y.example>\r\n.\r\n", NULL, "554 5.6.0");
    expect("a\r.\r\nMAIL FROM:<x@y.example>\r\n.\r\n", NULL, "554 5.6.0");
    expect("a\r\n.\rMAIL FROM:<x@y.example>\r\n.\r\n", NULL, "554 5.6.0");
    expect("a\r\r\n.\r\n", NULL, "554 5.6.0");
    expect("a\r\n.\r\r\n.\r\n", NULL, "554 5.6.0");
}

static void
test_behind(void)
{
    static const char wire[] = "x\r\n.\r\nQUIT\r\n";
    Fed fed = feed(wire, strlen(wire), 1000, FALSE, 1000);

    g_test_summary("RFC 2920 §3.2: what stands behind the end is the next command");
    g_assert_true(fed.end);
    g_assert_cmpuint(fed.left, ==, strlen("QUIT\r\n"));
    g_string_free(fed.out, TRUE);
}

static void
test_octets(void)
{
    static const char nul[] = "a\0b\r\n.\r\n";
    static const char high[] = "caf\303\251\r\n.\r\n";
    Fed with_nul = feed(nul, sizeof nul - 1, 100, TRUE, 1000);
    Fed undeclared = feed(high, strlen(high), 100, FALSE, 1000);
    Fed declared = feed(high, strlen(high), 100, TRUE, 1000);

    g_test_summary("RFC 6152 §3: 8-bit octets where they may come; NUL never");
    g_assert_cmpstr(with_nul.wrong->code, ==, "554 5.6.0");
    g_assert_cmpstr(undeclared.wrong->code, ==, "554 5.6.1");
    g_assert_null(declared.wrong);
    g_assert_cmpstr(declared.out->str, ==, "caf\303\251\r\n");
    g_string_free(with_nul.out, TRUE);
    g_string_free(undeclared.out, TRUE);
    g_string_free(declared.out, TRUE);
}

/* A message whose second line has @octets, CRLF included. */
static const SmtpRefusal *
line_of(gsize octets, gboolean dot)
{
    g_autoptr(GString) wire = g_string_new(dot ? "first\r\n." : "first\r\n");

    for (gsize i = 0; i < octets - 2; i++)
        g_string_append_c(wire, dot && i == 0 ? '.' : 'x');
    g_string_append(wire, "\r\n.\r\n");
    Fed fed = feed(wire->str, wire->len, 100, FALSE, 100000);
    g_assert_true(fed.end);
    g_string_free(fed.out, TRUE);
    return fed.wrong;
}

static void
test_lines(void)
{
    g_test_summary("RFC 5321 §4.5.3.1.6: 1000 octets a line, the doubled dot not counted");
    g_assert_null(line_of(1000, FALSE));
    g_assert_null(line_of(1000, TRUE));
    g_assert_cmpstr(line_of(1001, FALSE)->code, ==, "554 5.6.0");
    g_assert_cmpstr(line_of(1001, TRUE)->code, ==, "554 5.6.0");
}

static void
test_size(void)
{
    static const char wire[] = "12345678\r\n..\r\n.\r\n";
    Fed fits = feed(wire, strlen(wire), 3, FALSE, 13);
    Fed over = feed(wire, strlen(wire), 3, FALSE, 12);

    g_test_summary("RFC 1870 §6.3: the size counts the message without dots; one too many is 552");
    g_assert_null(fits.wrong);
    g_assert_cmpuint(fits.octets, ==, 13);
    g_assert_true(over.end);
    g_assert_cmpstr(over.wrong->code, ==, "552 5.3.4");
    g_assert_cmpuint(over.out->len, ==, 12);
    g_string_free(fits.out, TRUE);
    g_string_free(over.out, TRUE);
}

/* Whole lines are taken together where they can be; single octets go through the machine one by one. */
static void
test_portions(void)
{
    static const char *const pieces[] = {
        "\r\n", "\r\n", ".", "x", "some words", "\r", "\n", "\351"
    };
    g_autoptr(GRand) chance = g_rand_new_with_seed(8);

    g_test_summary("in whatever portions it comes, the same comes of it");
    for (guint run = 0; run < 3000; run++) {
        g_autoptr(GString) wire = g_string_new(NULL);
        guint64 most = (guint64)g_rand_int_range(chance, 1, 60);
        gboolean clean = run % 2 == 0; /* without what is refused: then more is looked at */

        for (guint i = 0; i < 12; i++)
            g_string_append(wire, pieces[g_rand_int_range(chance, 0, clean ? 5 : 8)]);
        Fed whole = feed(wire->str, wire->len, wire->len, FALSE, most);
        Fed octets = feed(wire->str, wire->len, 1, FALSE, most);

        g_assert_true(g_string_equal(whole.out, octets.out));
        g_assert_cmpint(whole.end, ==, octets.end);
        g_assert_cmpuint(whole.left, ==, octets.left);
        g_assert_cmpuint(whole.octets, ==, octets.octets);
        g_assert_true(whole.wrong == octets.wrong);
        g_string_free(whole.out, TRUE);
        g_string_free(octets.out, TRUE);
    }
}

static void
test_cost(void)
{
    gsize length = 8 * 1024 * 1024;
    g_autofree char *wire = g_malloc(length);

    g_test_summary("cost is linear: 8 MB of short lines in well under a second");
    for (gsize i = 0; i < length; i++)
        wire[i] = "\r\n.x"[i % 4];
    clock_t start = clock(); /* of the processor: others may keep the machine busy */
    Fed fed = feed(wire, length, 65536, FALSE, length);
    g_assert_cmpint(clock() - start, <, 3 * CLOCKS_PER_SEC);
    g_string_free(fed.out, TRUE);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/data/end", test_end);
    g_test_add_func("/smtp/data/dots", test_dots);
    g_test_add_func("/smtp/data/smuggling", test_smuggling);
    g_test_add_func("/smtp/data/behind", test_behind);
    g_test_add_func("/smtp/data/octets", test_octets);
    g_test_add_func("/smtp/data/lines", test_lines);
    g_test_add_func("/smtp/data/size", test_size);
    g_test_add_func("/smtp/data/portions", test_portions);
    g_test_add_func("/smtp/data/cost", test_cost);
    return g_test_run();
}
