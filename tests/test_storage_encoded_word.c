/* tests/test_storage_encoded_word.c - encoded words of header fields. */
#include "storage/encoded_word.h"
#include "storage/index.h"

#include <locale.h>
#include <string.h>

static void
expect(const char *value, const char *expected)
{
    g_autofree char *text = store_encoded_words(value);

    g_assert_cmpstr(text, ==, expected);
}

static void
test_words(void)
{
    g_test_summary("RFC 2047 §4: words in B and in Q, in any charset, among others");
    expect("plain", "plain");
    expect("", "");
    expect("a =?utf-8?q?caf=C3=A9_?= b", "a caf\303\251  b");
    expect("=?ISO-8859-1?B?Q29sb2du6Q==?= x", "Cologn\303\251 x");
    expect("=?windows-1251?b?z/Do4uXy?=", "\320\237\321\200\320\270\320\262\320\265\321\202");
    expect("=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "\346\227\245\346\234\254");
    expect("=?utf-8*en?b?w6k=?=", "\303\251");
    expect("caf\xe9", "caf\303\251"); /* no word, and no UTF-8 */
}

static void
test_neighbours(void)
{
    g_test_summary(
        "RFC 2047 §2, §6.2: each word may end with padding; the blank between two is none");
    expect("=?utf-8?b?QQ==?= =?utf-8?b?Qg==?=", "AB");
    expect("=?utf-8?B?w4Q=?=  =?UTF-8?b?w5Y=?=\t=?utf-8?b?w5w=?= end",
           "\303\204\303\226\303\234 end");
    expect("=?utf-8?b?w4Q=?= =?utf-8?q?=C3=96?=", "\303\204\303\226");
    expect("=?iso-8859-1?b?xA==?= =?utf-8?b?w5Y=?=", "\303\204\303\226");
    /* A character in two halves: no mailer should, some do. */
    expect("=?utf-8?b?w4TD?= =?utf-8?b?lg==?=", "\303\204\303\226");
    expect("=?utf-8?b?QQ?= =?utf-8?b?QkM?=", "ABC"); /* without padding */
}

static void
test_damaged(void)
{
    static const char whole[] = "a =?utf-8?b?w4TDlg==?= =?utf-8?q?x=C3=A9?= b";

    g_test_summary("RFC 2047 §6.3: what is no encoded word stays as it is, wherever it is cut");
    expect("=?utf-8?b?w4Q", "=?utf-8?b?w4Q");
    expect("=?b?x?=", "=?b?x?=");
    expect("=?", "=?");
    expect("=?=?=?", "=?=?=?");
    expect("=?utf-8?b?YQ==?x", "=?utf-8?b?YQ==?x");
    expect("=??b?YQ==?=", "=??b?YQ==?=");
    for (gsize length = 0; length <= strlen(whole); length++) {
        g_autofree char *cut = g_strndup(whole, length);
        g_autofree char *text = store_encoded_words(cut);

        g_assert_true(g_utf8_validate(text, -1, NULL));
    }
}

static void
test_parameters(void)
{
    static const char message[] = "Content-Type: application/pdf;\r\n"
                                  " name=\"=?utf-8?B?w4Q=?=\r\n =?utf-8?B?w5YucGRm?=\"\r\n\r\n";
    g_autoptr(StoreIndex) index = store_index_new();
    const StorePart *part;

    g_test_summary("RFC 2047 §5 forbids them in the name of a file; most mailers write them there");
    store_index_feed(index, message, strlen(message));
    store_index_finish(index);
    part = store_index_part(index, 0);
    g_assert_cmpuint(part->parameters->len, ==, 2);
    g_assert_cmpstr(g_ptr_array_index(part->parameters, 1), ==, "\303\204\303\226.pdf");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage/encoded-word/words", test_words);
    g_test_add_func("/storage/encoded-word/neighbours", test_neighbours);
    g_test_add_func("/storage/encoded-word/damaged", test_damaged);
    g_test_add_func("/storage/encoded-word/parameters", test_parameters);
    return g_test_run();
}
