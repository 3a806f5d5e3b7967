/* tests/test_imap_structure.c - BODYSTRUCTURE of all kinds of messages. */
#include "imap/structure.h"

#include <locale.h>
#include <string.h>

static void
write_envelope(GString *out, guint64 start, guint64 end, void *data)
{
    (void)start;
    (void)end;
    (void)data;
    g_string_append(out, "ENVELOPE");
}

static char *
structure_for(const char *octets, gboolean extended, gboolean rev2)
{
    g_autoptr(StoreIndex) index = store_index_new();
    GString *out = g_string_new(NULL);

    store_index_feed(index, octets, strlen(octets));
    store_index_finish(index);
    imap_structure_write(out, index, extended, rev2, write_envelope, NULL);
    return g_string_free(out, FALSE);
}

static char *
structure(const char *octets, gboolean extended)
{
    return structure_for(octets, extended, FALSE);
}

static void
expect_structure(const char *octets, gboolean extended, const char *expected)
{
    g_autofree char *found = structure(octets, extended);

    g_assert_cmpstr(found, ==, expected);
}

static void
test_leaves(void)
{
    g_test_summary("RFC 3501 §7.4.2: text has lines, other types have not");
    expect_structure("\r\na\r\nb\r\n", FALSE, "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 6 2)");
    expect_structure("Content-Type: image/gif; name=a\r\nContent-Transfer-Encoding: base64\r\n"
                     "Content-ID: <1@a>\r\nContent-Description: pic\r\n\r\nabcd\r\n",
                     FALSE, "(\"IMAGE\" \"GIF\" (\"NAME\" \"a\") \"<1@a>\" \"pic\" \"BASE64\" 6)");
    expect_structure("Content-Type: text/html\r\nContent-MD5: x\r\n"
                     "Content-Disposition: inline; filename=f\r\n"
                     "Content-Language: en\r\nContent-Location: l\r\n\r\n",
                     TRUE,
                     "(\"TEXT\" \"HTML\" NIL NIL NIL \"7BIT\" 0 0 \"x\" "
                     "(\"INLINE\" (\"FILENAME\" \"f\")) \"en\" \"l\")");
}

static void
test_names(void)
{
    g_test_summary(
        "RFC 2231 §4: a name beyond ASCII is told in ASCII, unless IMAP4rev2 is enabled");
    const char *octets = "Content-Type: image/gif; name=\"=?utf-8?q?gr=C3=B6n_100=25=2Egif?=\"\r\n"
                         "Content-Disposition: attachment; filename*0*=utf-8''gr%C3%B6;\r\n"
                         " filename*1*=n%20; filename*2=\"b'*.gif\"; size=7\r\n\r\n";
    g_autofree char *rev1 = structure(octets, TRUE), *rev2 = structure_for(octets, TRUE, TRUE);

    g_assert_cmpstr(
        rev1, ==,
        "(\"IMAGE\" \"GIF\" (\"NAME*\" \"utf-8''gr%C3%B6n%20100%25.gif\") NIL NIL \"7BIT\" "
        "0 NIL (\"ATTACHMENT\" (\"FILENAME*\" \"utf-8''gr%C3%B6n%20b%27%2A.gif\" "
        "\"SIZE\" \"7\")) NIL NIL)");
    g_assert_nonnull(strstr(rev2, "(\"NAME\" {14}\r\ngr\303\266n 100%.gif)"));
    g_assert_nonnull(strstr(rev2, "(\"FILENAME\" {13}\r\ngr\303\266n b'*.gif \"SIZE\" \"7\")"));
}

static void
test_languages(void)
{
    g_test_summary("RFC 3501 §7.4.2: one language is a string, several are a list");
    static const struct {
        const char *field, *written;
    } cases[] = {
        { "en, de", "(\"en\" \"de\")" },
        { "en,de , fr,", "(\"en\" \"de\" \"fr\")" },
        { "en", "\"en\"" },
        { " ,, ", "NIL" },
        { "i-default ,", "\"i-default\"" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *octets = g_strdup_printf("Content-Language: %s\r\n\r\n", cases[i].field);
        g_autofree char *expected = g_strdup_printf(
            "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0 NIL NIL %s NIL)", cases[i].written);

        expect_structure(octets, TRUE, expected);
    }
}

static void
test_global(void)
{
    g_test_summary(
        "RFC 3501 §7.4.2: only message/rfc822 has an envelope, message/global is a leaf");
    expect_structure("Content-Type: message/global\r\n\r\nSubject: x\r\n\r\ninner\r\n", FALSE,
                     "(\"MESSAGE\" \"GLOBAL\" NIL NIL NIL \"7BIT\" 21)");
}

static void
test_encoded(void)
{
    g_test_summary("RFC 3501 §7.4.2: a message that can't be looked into has an envelope of NILs");
    expect_structure("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                     "QTogYg==\r\n",
                     FALSE,
                     "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"BASE64\" 10 "
                     "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) "
                     "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0) 1)");
}

static void
test_nested(void)
{
    g_test_summary("RFC 3501 §7.4.2: parts in brackets, then the subtype; messages with envelope");
    expect_structure("Content-Type: multipart/mixed; boundary=a\r\n\r\n"
                     "--a\r\n\r\n1\r\n--a\r\nContent-Type: message/rfc822\r\n\r\n"
                     "Subject: x\r\n\r\ninner\r\n--a--\r\n",
                     FALSE,
                     "((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)"
                     "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 19 ENVELOPE "
                     "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 5 1) 3) \"MIXED\")");
    expect_structure("Content-Type: multipart/mixed\r\n\r\nno boundary\r\n", FALSE,
                     "((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0) \"MIXED\")");
}

static void
test_deep(void)
{
    g_test_summary("DESIGN §11: 10,000 levels are written without recursion, brackets balanced");
    g_autoptr(GString) message = g_string_new(NULL);
    int depth = 0, deepest = 0;

    for (guint i = 0; i < 10000; i++)
        g_string_append_printf(
            message, "Content-Type: multipart/mixed; boundary=b%u\r\n\r\n--b%u\r\n", i, i);
    g_autofree char *found = structure(message->str, TRUE);
    for (const char *at = found; *at != '\0'; at++) {
        depth += *at == '(' ? 1 : *at == ')' ? -1 : 0;
        deepest = MAX(deepest, depth);
        g_assert_cmpint(depth, >=, 0);
    }
    g_assert_cmpint(depth, ==, 0);
    g_assert_cmpint(deepest, <, 200);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/structure/leaves", test_leaves);
    g_test_add_func("/imap/structure/encoded", test_encoded);
    g_test_add_func("/imap/structure/nested", test_nested);
    g_test_add_func("/imap/structure/deep", test_deep);
    g_test_add_func("/imap/structure/names", test_names);
    g_test_add_func("/imap/structure/languages", test_languages);
    g_test_add_func("/imap/structure/global", test_global);
    return g_test_run();
}
