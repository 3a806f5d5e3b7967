/* tests/test_storage_index_hostile.c - the MIME index of messages made by chance, and in bad faith: its
 * offsets are right, its cost is bounded.
 */
#include <time.h>

#include "tests/index_scan.h"

/* ---- generated messages: the generator knows where everything lies ---- */

typedef struct Made {
    GString *text;
    GArray *start, *body, *end; /* guint64, a number a part */
    GRand *rand;
    guint boundaries;
} Made;

static void make_part(Made *made, guint depth);

static void
make_leaf(Made *made, gboolean last_line_ends)
{
    guint lines = (guint)g_rand_int_range(made->rand, 0, 4);

    for (guint i = 0; i < lines; i++)
        g_string_append(made->text, i % 2 ? "--not a boundary\r\n" : "some words here\r\n");
    g_string_append(made->text, last_line_ends ? "end\r\n" : "end");
}

static void
make_multipart(Made *made, guint depth)
{
    guint boundary = made->boundaries++;
    guint count = (guint)g_rand_int_range(made->rand, 1, 4);

    g_string_append_printf(
        made->text, "Content-Type: multipart/mixed;\r\n\tboundary=\"=_%u\"\r\n\r\n", boundary);
    g_array_index(made->body, guint64, made->body->len - 1) = made->text->len;
    g_string_append(made->text, "preamble");
    for (guint i = 0; i < count; i++) {
        g_string_append_printf(made->text, "\r\n--=_%u\r\n", boundary);
        make_part(made, depth + 1);
    }
    g_string_append_printf(made->text, "\r\n--=_%u--\r\nepilogue", boundary);
}

static void
make_part(Made *made, guint depth)
{
    guint64 here = made->text->len, none = 0;
    guint number = made->start->len;
    int kind = depth < 5 ? g_rand_int_range(made->rand, 0, 4) : 0;

    g_array_append_val(made->start, here);
    g_array_append_val(made->body, none);
    g_array_append_val(made->end, none);
    g_string_append(made->text, "X-Some: field\r\n folded\r\n");
    if (kind == 0 || kind == 1) {
        g_string_append(made->text, "Content-Type: text/plain\r\n\r\n");
        g_array_index(made->body, guint64, number) = made->text->len;
        make_leaf(made, kind == 1);
    } else if (kind == 2) {
        make_multipart(made, depth);
    } else {
        g_string_append(made->text, "Content-Type: message/rfc822\r\n\r\n");
        g_array_index(made->body, guint64, number) = made->text->len;
        make_part(made, depth + 1);
    }
    g_array_index(made->end, guint64, number) = made->text->len;
}

static void
test_generated(void)
{
    g_test_summary("In 300 generated messages each part lies exactly where it was put");
    for (guint seed = 1; seed <= 300; seed++) {
        Made made = { g_string_new(NULL),           g_array_new(FALSE, FALSE, 8),
                      g_array_new(FALSE, FALSE, 8), g_array_new(FALSE, FALSE, 8),
                      g_rand_new_with_seed(seed),   0 };
        g_autoptr(StoreIndex) index = NULL;

        make_part(&made, 0);
        index = scan(made.text->str, made.text->len, seed % 97 + 1);
        g_assert_cmpuint(store_index_count(index), ==, made.start->len);
        for (guint i = 0; i < made.start->len; i++) {
            const StorePart *part = store_index_part(index, i);

            g_assert_cmpuint(part->start, ==, g_array_index(made.start, guint64, i));
            g_assert_cmpuint(part->body, ==, g_array_index(made.body, guint64, i));
            g_assert_cmpuint(part->end, ==, g_array_index(made.end, guint64, i));
        }
        g_string_free(made.text, TRUE);
        g_array_unref(made.start);
        g_array_unref(made.body);
        g_array_unref(made.end);
        g_rand_free(made.rand);
    }
}

/* ---- hostile ---- */

static void
expect_quick(const GString *text, guint most_parts)
{
    clock_t begun = clock(); /* of the processor: others may keep the machine busy */
    g_autoptr(StoreIndex) index = scan(text->str, text->len, 16384);

    /* Ten times what DESIGN asks for: tests run under sanitizers, too. */
    g_assert_cmpint(clock() - begun, <, CLOCKS_PER_SEC);
    g_assert_cmpuint(store_index_count(index), <=, most_parts);
    g_test_message("%.1f ms", (double)(clock() - begun) * 1000 / CLOCKS_PER_SEC);
}

static void
test_hostile(void)
{
    g_test_summary("100,000 header fields, 10,000 levels, 20,000 parts: bounded and linear");
    g_autoptr(GString) fields = g_string_new(NULL), levels = g_string_new(NULL);
    g_autoptr(GString) mails = g_string_new(NULL), parts = g_string_new(NULL);

    for (guint i = 0; i < 100000; i++)
        g_string_append_printf(fields, "X-%u: y\r\n", i);
    for (guint i = 0; i < 10000; i++)
        g_string_append_printf(
            levels, "Content-Type: multipart/mixed; boundary=b%u\r\n\r\n--b%u\r\n", i, i);
    for (guint i = 0; i < 10000; i++)
        g_string_append(mails, "Content-Type: message/rfc822\r\n\r\n");
    g_string_append(parts, "Content-Type: multipart/mixed; boundary=b\r\n\r\n");
    for (guint i = 0; i < 20000; i++)
        g_string_append(parts, "--b\r\n\r\nx\r\n");
    expect_quick(fields, 1);
    expect_quick(levels, STORE_INDEX_DEPTH);
    expect_quick(mails, STORE_INDEX_DEPTH);
    expect_quick(parts, STORE_INDEX_PARTS);
    /* The last that is allowed is a message: what is in it would be one more. */
    g_string_assign(parts, "Content-Type: multipart/mixed; boundary=b\r\n\r\n");
    for (guint i = 0; i < 10000; i++)
        g_string_append(parts, "--b\r\nContent-Type: message/rfc822\r\n\r\nA: b\r\n\r\nx\r\n");
    expect_quick(parts, STORE_INDEX_PARTS);
}

/* The parameters of Content-Type @value as "name=value,name=value". */
static char *
parameters_of(const char *value)
{
    g_autofree char *text = g_strdup_printf("Content-Type: %s\r\n\r\n", value);
    g_autoptr(StoreIndex) index = scan_text(text);
    const GPtrArray *parameters = store_index_part(index, 0)->parameters;
    GString *out = g_string_new(NULL);

    for (guint i = 0; i + 1 < parameters->len; i += 2)
        g_string_append_printf(out, "%s%s=%s", i > 0 ? "," : "",
                               (char *)g_ptr_array_index(parameters, i),
                               (char *)g_ptr_array_index(parameters, i + 1));
    return g_string_free(out, FALSE);
}

static void
test_parameters(void)
{
    g_test_summary("RFC 2045 §5.1: comments are not values; a broken parameter spoils only itself");
    /* clang-format off */
    static const char *const cases[][2] = {
        { "text/plain; charset=us-ascii (Plain text)",      "charset=us-ascii"      },
        { "text/plain (a; b=c (d)); charset=utf-8 (\\) x)", "charset=utf-8"         },
        { "text/plain; name=\"a (b); \\\" c\"; x=y",         "name=a (b); \" c,x=y"  },
        { "text/plain; charset; =x; foo= ; boundary=b",     "boundary=b"            },
        { "text/plain;; ; format=flowed;",                  "format=flowed"         },
        { "text/plain; name=a(b; x=y",                      "name=a(b,x=y"          },
        { "text/plain; (c) name = \"a b\" (d)",             "name=a b"              },
        { "text/plain; name*0=a; name*1*=%20b; z",          "name=a b"              },
        { "text/plain (not closed; x=y",                    "x=y"                   },
        { "text/plain; name=\"a (b\"; c=d (e; f=g)",        "name=a (b,c=d"         },
        { "text/plain; c=d (a (b) c; f=g)",                 "c=d"                   },
        { "text/plain; name=\"a \\\" (b)\"",                "name=a \" (b)"         },
        { "text/plain; name=\"a\\\";b\"; x=y",               "name=a\";b,x=y"        },
        { "text/plain",                                     ""                      },
    };
    /* clang-format on */

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *found = parameters_of(cases[i][0]);

        g_assert_cmpstr(found, ==, cases[i][1]);
    }
}

static void
test_garbage(void)
{
    g_test_summary("Octets without sense never leave the bounds");
    GRand *rand = g_rand_new_with_seed(7);
    static const char *const pieces[] = { "--",
                                          "b",
                                          "\r\n",
                                          "\n",
                                          "\r",
                                          ":",
                                          " ",
                                          "Content-Type",
                                          "multipart/x",
                                          "; boundary=b",
                                          "message/rfc822",
                                          "\0",
                                          "\xff",
                                          "--b--",
                                          "--b\r\n" };

    for (guint round = 0; round < 500; round++) {
        g_autoptr(GString) text = g_string_new("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
        g_autoptr(StoreIndex) index = NULL;

        for (guint i = 0; i < 60; i++) {
            const char *piece = pieces[g_rand_int_range(rand, 0, G_N_ELEMENTS(pieces))];

            g_string_append_len(text, piece, MAX(1, (gssize)strlen(piece)));
        }
        index = scan(text->str, text->len, round % 9 + 1);
        for (guint i = 0; i < store_index_count(index); i++) {
            const StorePart *part = store_index_part(index, i);

            g_assert_cmpuint(part->start, <=, part->body);
            g_assert_cmpuint(part->body, <=, part->end);
            g_assert_cmpuint(part->end, <=, text->len);
        }
    }
    g_rand_free(rand);
}

static void
expect_name(const char *value, const char *expected)
{
    g_autofree char *octets = g_strdup_printf("Content-Type: text/plain; %s\r\n\r\n", value);
    g_autoptr(StoreIndex) index = scan_text(octets);
    const StorePart *part = store_index_part(index, 0);

    g_assert_cmpuint(part->parameters->len, ==, 2);
    g_assert_cmpstr(g_ptr_array_index(part->parameters, 1), ==, expected);
}

static void
test_raw_parameters(void)
{
    g_test_summary("RFC 2045 §5.1: raw 8-bit octets in a parameter are no RFC's, and are kept");
    expect_name("name=\"caf\xe9\"", "café");
    expect_name("name=caf\xe9", "café");
    expect_name("name=\"\xe9t\xe9 caf\xe9\"", "été café");
    expect_name("name=\"\xe9\"", "é");
    expect_name("name=\"caf\xc3\xa9\"", "café");
    expect_name("name=caf\xc3\xa9", "café");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage/index/generated", test_generated);
    g_test_add_func("/storage/index/hostile", test_hostile);
    g_test_add_func("/storage/index/parameters", test_parameters);
    g_test_add_func("/storage/index/garbage", test_garbage);
    g_test_add_func("/storage/index/raw-parameters", test_raw_parameters);
    return g_test_run();
}
