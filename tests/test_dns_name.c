/* tests/test_dns_name.c - domain names as text: limits, case, whole labels. */
#include "dns/name.h"

#include <locale.h>
#include <string.h>

static void
expect_clean(const char *name, const char *clean)
{
    g_autofree char *is = dns_name_clean(name);

    g_assert_cmpstr(is, ==, clean);
}

static char *
repeat(const char *part, guint times)
{
    g_autoptr(GString) name = g_string_new(NULL);

    for (guint i = 0; i < times; i++)
        g_string_append(name, part);
    return g_string_free(g_steal_pointer(&name), FALSE);
}

static void
test_form(void)
{
    g_test_summary("RFC 1034 §3.1: labels and dots; the final dot is not kept, the root is \".\"");
    expect_clean("mx.north.example", "mx.north.example");
    expect_clean("MX.north.example.", "MX.north.example");
    expect_clean(".", ".");
    expect_clean("a\\.b.example", "a\\.b.example");
    expect_clean("\\065bc.example", "Abc.example");
    expect_clean("", NULL);
    expect_clean("..", NULL);
    expect_clean(".example", NULL);
    expect_clean("north..example", NULL);
    expect_clean("north.example..", NULL);
    expect_clean("\\999.example", NULL);
}

static void
test_limits(void)
{
    g_test_summary("RFC 1035 §2.3.4: a label has at most 63 octets, a name 255");
    g_autofree char *label63 = repeat("a", 63);
    g_autofree char *label64 = repeat("a", 64);
    g_autofree char *name255 = repeat("a.", 127);
    g_autofree char *name257 = repeat("a.", 128);
    g_autofree char *ok63 = dns_name_clean(label63);
    g_autofree char *ok255 = dns_name_clean(name255);

    g_assert_cmpstr(ok63, ==, label63);
    expect_clean(label64, NULL);
    g_assert_nonnull(ok255);
    g_assert_cmpuint(strlen(ok255), ==, 253);
    expect_clean(name257, NULL);
}

static void
test_case(void)
{
    g_test_summary("RFC 1035 §2.3.3: upper and lower case are the same, for ASCII letters only");
    g_assert_true(dns_name_equal("North.Example", "nORTH.eXAMPLE"));
    g_assert_false(dns_name_equal("north.example", "south.example"));
    g_assert_false(dns_name_equal("\\195\\132.example", "\\195\\164.example"));
}

static void
test_within(void)
{
    g_test_summary(
        "RFC 1034 §3.1: a name lies in a domain by whole labels, not by its last letters");
    g_assert_true(dns_name_is_within("mx.north.example", "north.EXAMPLE"));
    g_assert_true(dns_name_is_within("north.example", "north.example"));
    g_assert_true(dns_name_is_within("north.example", "."));
    g_assert_false(dns_name_is_within("xnorth.example", "north.example"));
    g_assert_false(dns_name_is_within("example", "north.example"));
    g_assert_false(dns_name_is_within("x\\.north.example", "north.example"));
}

static void
test_parent(void)
{
    g_test_summary("RFC 1034 §3.1: above the last label is the root, above the root nothing");
    g_assert_cmpstr(dns_name_parent("mx.north.example"), ==, "north.example");
    g_assert_cmpstr(dns_name_parent("a\\.b.example"), ==, "example");
    g_assert_cmpstr(dns_name_parent("example"), ==, ".");
    g_assert_null(dns_name_parent("."));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dns/name/form", test_form);
    g_test_add_func("/dns/name/limits", test_limits);
    g_test_add_func("/dns/name/case", test_case);
    g_test_add_func("/dns/name/within", test_within);
    g_test_add_func("/dns/name/parent", test_parent);
    return g_test_run();
}
