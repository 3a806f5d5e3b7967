/* tests/test_smtp_disown.c - header fields that only we may write (smtp/disown.c). */
#include <locale.h>
#include <string.h>

#include "smtp/disown.h"

static const char came[] = "X-Glasspost-Filter: accept\r\n"
                           "Subject: X-Glasspost-Filter: accept\r\n"
                           "\tX-Glasspost-folded\r\n"
                           "x-gLASSPOST-Other : x\r\n"
                           "X-Glass: half a name\r\n"
                           "X-\r\n"
                           "\r\n"
                           "X-Glasspost-Filter: in the body\r\n";
static const char stored[] = "X-Elsewhere-Filter: accept\r\n"
                             "Subject: X-Glasspost-Filter: accept\r\n"
                             "\tX-Glasspost-folded\r\n"
                             "X-Elsewhere-Other : x\r\n"
                             "X-Glass: half a name\r\n"
                             "X-\r\n"
                             "\r\n"
                             "X-Glasspost-Filter: in the body\r\n";

static void
test_renamed(void)
{
    g_test_summary("only names at the beginning of header lines are renamed, wherever it is cut");
    for (gsize i = 0; i <= strlen(came); i++) {
        SmtpDisown disown = { 0 };
        g_autoptr(GString) out = g_string_new(NULL);

        smtp_disown_feed(&disown, came, i, out);
        smtp_disown_feed(&disown, came + i, strlen(came) - i, out);
        smtp_disown_finish(&disown, out);
        g_assert_cmpstr(out->str, ==, stored);
        g_assert_cmpuint(disown.renamed, ==, 2);
    }
}

static void
test_octet_by_octet(void)
{
    SmtpDisown disown = { 0 };
    g_autoptr(GString) out = g_string_new(NULL);

    g_test_summary("an octet at a time gives the same");
    for (const char *octet = came; *octet != '\0'; octet++)
        smtp_disown_feed(&disown, octet, 1, out);
    smtp_disown_finish(&disown, out);
    g_assert_cmpstr(out->str, ==, stored);
}

static void
test_cut_short(void)
{
    g_test_summary("a message that ends in the middle of a name loses nothing");
    for (gsize i = 0; i <= strlen(came); i++) {
        SmtpDisown disown = { 0 };
        g_autoptr(GString) out = g_string_new(NULL);

        smtp_disown_feed(&disown, came, i, out);
        smtp_disown_finish(&disown, out);
        g_assert_cmpuint(out->len, ==, i);
    }
}

static void
expect_first(const char *came_in, const char *is_stored, gboolean headless)
{
    for (gsize i = 0; i <= strlen(came_in); i++) {
        SmtpDisown disown = { 0 };
        g_autoptr(GString) out = g_string_new(NULL);

        smtp_disown_feed(&disown, came_in, i, out);
        smtp_disown_feed(&disown, came_in + i, strlen(came_in) - i, out);
        smtp_disown_finish(&disown, out);
        g_assert_cmpstr(out->str, ==, is_stored);
        g_assert_cmpint(disown.headless, ==, headless);
    }
}

static void
test_first_line(void)
{
    g_test_summary("RFC 5322 §2.2.3: a first line that would continue ours is text");
    expect_first(" x\r\nX-Glasspost-a: b\r\n", "\r\n x\r\nX-Glasspost-a: b\r\n", TRUE);
    expect_first("\tline 99 accept\r\n\r\nx\r\n", "\r\n\tline 99 accept\r\n\r\nx\r\n", TRUE);
    expect_first(" ", "\r\n ", TRUE);
    expect_first("a:\r\n b\r\n", "a:\r\n b\r\n", FALSE);
    expect_first("\r\n x\r\n", "\r\n x\r\n", FALSE);
    expect_first("", "", FALSE);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/disown/renamed", test_renamed);
    g_test_add_func("/smtp/disown/octet-by-octet", test_octet_by_octet);
    g_test_add_func("/smtp/disown/cut-short", test_cut_short);
    g_test_add_func("/smtp/disown/first-line", test_first_line);
    return g_test_run();
}
