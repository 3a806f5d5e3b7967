/* tests/test_smtp_split.c - addresses and paths taken apart (smtp/split.c, RFC 5321 §4.1.2). */
#include <locale.h>
#include <string.h>

#include "smtp/split.h"

/* ---- addresses that are addresses ---- */

typedef struct Good {
    const char *text, *local, *domain, *full;
} Good;

/* clang-format off */
static const Good good[] = {
    { "alice@north.example",             "alice",       "north.example", "alice@north.example" },
    { "Alice.B+tag@North.EXAMPLE",       "Alice.B+tag", "north.example", "Alice.B+tag@north.example" },
    { "\"alice\"@north.example",         "alice",       "north.example", "alice@north.example" },
    { "\"jo@n\"@north.example",          "jo@n",        "north.example", "\"jo@n\"@north.example" },
    { "\"a\\\"b\\\\c\"@north.example",   "a\"b\\c",     "north.example", "\"a\\\"b\\\\c\"@north.example" },
    { "\"two words\"@north.example",     "two words",   "north.example", "\"two words\"@north.example" },
    { "\"\"@north.example",              "",            "north.example", "\"\"@north.example" },
    { "a@x-1.example",                   "a",           "x-1.example",   "a@x-1.example" },
    { "a@1.2.example",                   "a",           "1.2.example",   "a@1.2.example" },
    { "a@[127.0.0.2]",                   "a",           "[127.0.0.2]",   "a@[127.0.0.2]" },
    { "a@[ipv6:0:0::1]",                 "a",           "[IPv6:::1]",    "a@[IPv6:::1]" },
    { "postMASTER",                      "postMASTER",  "",              "postMASTER" },
    { "e=mc2/{x}@north.example",         "e=mc2/{x}",   "north.example", "e=mc2/{x}@north.example" },
};

static const char *const bad[] = {
    "", "alice", "alice@", "@north.example", ".alice@north.example", "alice.@north.example",
    "al..ice@north.example", "al ice@north.example", "alice@north..example", "alice@.example",
    "alice@-north.example", "alice@north-.example", "alice@north.example.", "alice@north_.example",
    "alice@north.example x", "alice@@north.example", "\"alice@north.example", "\"a\\", "\"",
    "alice@[127.0.0.256]", "alice@[127.0.0.2", "alice@[]", "alice@[IPv6:1]", "alice@[::1]",
    "alice@n\303\266rth.example", "al\303\251ce@north.example", "\"\001\"@north.example",
    "(comment)alice@north.example", "<alice@north.example>",
};
/* clang-format on */

static void
test_good(void)
{
    g_test_summary(
        "RFC 5321 §4.1.2: local part and domain; quoting that changes nothing is removed");
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SmtpAddress) address = smtp_split_address(good[i].text, &error);

        g_assert_no_error(error);
        g_assert_cmpstr(address->local, ==, good[i].local);
        g_assert_cmpstr(address->domain, ==, good[i].domain);
        g_assert_cmpstr(address->full, ==, good[i].full);
        g_assert_cmpint(address->literal, ==, good[i].domain[0] == '[');
    }
}

static void
test_written_again(void)
{
    g_test_summary("RFC 5321 §4.1.2: the written form parses to the same address again");
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(SmtpAddress) once = smtp_split_address(good[i].text, NULL);
        g_autoptr(SmtpAddress) twice = smtp_split_address(once->full, NULL);

        g_assert_nonnull(twice);
        g_assert_cmpstr(once->local, ==, twice->local);
        g_assert_cmpstr(once->full, ==, twice->full);
    }
}

static void
test_bad(void)
{
    g_test_summary("RFC 5321 §4.1.2: what does not fit the grammar is no address");
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SmtpAddress) address = smtp_split_address(bad[i], &error);

        g_assert_null(address);
        g_assert_nonnull(error);
        g_assert_cmpuint(strlen(error->message), >, 5);
    }
}

/* ---- lengths, from both sides ---- */

static gboolean
fits(guint local, guint labels)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < local; i++)
        g_string_append_c(text, 'a');
    g_string_append_c(text, '@');
    for (guint i = 0; i < labels; i++)
        g_string_append(text, "123456789.");
    g_string_append(text, "abc.e");
    g_autoptr(SmtpAddress) address = smtp_split_address(text->str, NULL);
    return address != NULL;
}

static void
test_lengths(void)
{
    g_test_summary("RFC 5321 §4.5.3.1: local part 64, path 256; one more is refused");
    g_assert_true(fits(64, 1));
    g_assert_false(fits(65, 1));
    g_assert_true(fits(1, 24));
    g_assert_true(fits(8, 24));
    g_assert_false(fits(9, 24));
}

static void
test_label(void)
{
    g_test_summary("RFC 1035 §2.3.4: a label has at most 63 octets");
    g_autofree char *most = g_strnfill(63, 'x');
    g_autofree char *ok = g_strconcat("a@", most, ".example", NULL);
    g_autofree char *over = g_strconcat("a@x", most, ".example", NULL);
    g_autoptr(SmtpAddress) fits_in = smtp_split_address(ok, NULL);
    g_autoptr(SmtpAddress) too_long = smtp_split_address(over, NULL);

    g_assert_nonnull(fits_in);
    g_assert_null(too_long);
}

/* ---- paths ---- */

static void
test_path(void)
{
    const char *rest = NULL;

    g_test_summary("RFC 5321 §4.1.1.3: a path, and where its parameters begin");
    g_autoptr(SmtpAddress) address = smtp_split_path("<bob@north.example> SIZE=100", &rest, NULL);
    g_assert_cmpstr(address->full, ==, "bob@north.example");
    g_assert_cmpstr(rest, ==, " SIZE=100");
}

static void
test_null_path(void)
{
    const char *rest = NULL;

    g_test_summary("RFC 5321 §4.5.5: the null path is legal and empty");
    g_autoptr(SmtpAddress) address = smtp_split_path("<>", &rest, NULL);
    g_assert_cmpstr(address->local, ==, "");
    g_assert_cmpstr(address->domain, ==, "");
    g_assert_cmpstr(address->full, ==, "");
    g_assert_cmpstr(rest, ==, "");
}

static void
test_source_route(void)
{
    const char *rest = NULL;

    g_test_summary("RFC 5321 §4.1.2: a source route is accepted and ignored");
    g_autoptr(SmtpAddress) address =
        smtp_split_path("<@a.example,@b.example:bob@north.example>", &rest, NULL);
    g_assert_cmpstr(address->full, ==, "bob@north.example");
}

static void
test_bad_paths(void)
{
    static const char *const paths[] = { "",
                                         "bob@north.example",
                                         "<bob@north.example",
                                         "<",
                                         "< >",
                                         "<bob>",
                                         "<@a.example>",
                                         "<@a.example,:bob@b.example>",
                                         "<@a.example:>",
                                         "<bob@north.example x>",
                                         "<<>>" };

    g_test_summary("RFC 5321 §4.1.2: paths that are none");
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        const char *rest = NULL;
        g_autoptr(SmtpAddress) address = smtp_split_path(paths[i], &rest, NULL);

        g_assert_null(address);
    }
}

static void
test_cut_short(void)
{
    const char *whole = "<@a.example:\"jo\\\"@n\"@[IPv6:::1]>";

    g_test_summary("robustness: a path cut at each octet is refused, and read no further");
    for (gsize length = 0; length < strlen(whole); length++) {
        g_autofree char *cut = g_strndup(whole, length);
        const char *rest = NULL;
        g_autoptr(SmtpAddress) address = smtp_split_path(cut, &rest, NULL);

        g_assert_null(address);
    }
}

static void
test_noise(void)
{
    static const char octets[] = "<>@,:.\"\\[]ab1- \t\177\377";

    g_test_summary("robustness: 200,000 random paths, none read past its end");
    for (guint i = 0; i < 200000; i++) {
        char text[12];
        gsize length = g_test_rand_int_range(0, sizeof text);
        const char *rest = NULL;

        for (gsize at = 0; at < length; at++)
            text[at] = octets[g_test_rand_int_range(0, sizeof octets - 1)];
        text[length == sizeof text ? length - 1 : length] = '\0';
        g_autofree char *copy = g_strdup(text);
        g_autoptr(SmtpAddress) address = smtp_split_path(copy, &rest, NULL);
        if (address != NULL)
            g_assert_cmpuint(strlen(rest), <, strlen(copy));
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/split/good", test_good);
    g_test_add_func("/smtp/split/written-again", test_written_again);
    g_test_add_func("/smtp/split/bad", test_bad);
    g_test_add_func("/smtp/split/lengths", test_lengths);
    g_test_add_func("/smtp/split/label", test_label);
    g_test_add_func("/smtp/split/path", test_path);
    g_test_add_func("/smtp/split/null-path", test_null_path);
    g_test_add_func("/smtp/split/source-route", test_source_route);
    g_test_add_func("/smtp/split/bad-paths", test_bad_paths);
    g_test_add_func("/smtp/split/cut-short", test_cut_short);
    g_test_add_func("/smtp/split/noise", test_noise);
    return g_test_run();
}
