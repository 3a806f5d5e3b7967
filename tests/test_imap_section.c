/* tests/test_imap_section.c - where the octets of BODY[...] lie: the example of RFC 3501 §6.4.5. */
#include "imap/items.h"
#include "imap/structure.h"

#include <locale.h>
#include <string.h>

/* Like the RFC's tree, each leaf's body being its own part number. */
static const char message[] = "Subject: top\r\n"
                              "Content-Type: multipart/mixed; boundary=a\r\n\r\n"
                              "--a\r\nContent-Type: text/plain\r\n\r\n1\r\n"
                              "--a\r\nContent-Type: application/octet-stream\r\n\r\n2\r\n"
                              "--a\r\nContent-Type: message/rfc822\r\n\r\n"
                              "Subject: three\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
                              "--b\r\n\r\n3.1\r\n--b\r\n\r\n3.2\r\n--b--\r\n"
                              "--a\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
                              "--c\r\nContent-Type: image/gif\r\n\r\n4.1\r\n"
                              "--c\r\nContent-Type: message/rfc822\r\n\r\n"
                              "Subject: four two\r\n\r\n4.2.1\r\n"
                              "--c--\r\n"
                              "--a--\r\n";

static StoreIndex *
index_of(const char *octets)
{
    StoreIndex *index = store_index_new();

    store_index_feed(index, octets, strlen(octets));
    store_index_finish(index);
    return index;
}

/* The octets of @section in @octets; NULL: there is no such part. */
static void
expect_section(const char *octets, const char *section, const char *expected)
{
    g_autoptr(StoreIndex) index = index_of(octets);
    g_autofree char *text = g_strdup_printf("BODY[%s]", section);
    g_autofree char *found = NULL;
    guint64 start, end;
    ImapParse parse;

    imap_parse_start(&parse, text, strlen(text));
    g_autoptr(GPtrArray) items = imap_items_parse(&parse);
    g_assert_nonnull(items);
    if (imap_item_find(g_ptr_array_index(items, 0), index, FALSE, &start, &end)) {
        g_assert_cmpuint(start, <=, end);
        g_assert_cmpuint(end, <=, strlen(octets));
        found = g_strndup(octets + start, end - start);
    }
    g_assert_cmpstr(found, ==, expected);
}

static void
test_numbers(void)
{
    g_test_summary("RFC 3501 §6.4.5: part numbers, through multiparts and messages in messages");
    expect_section(message, "", message);
    expect_section(message, "1", "1");
    expect_section(message, "2", "2");
    expect_section(message, "3.1", "3.1");
    expect_section(message, "3.2", "3.2");
    expect_section(message, "4.1", "4.1");
    expect_section(message, "4.2.1", "4.2.1");
    expect_section(message, "4.2", "Subject: four two\r\n\r\n4.2.1");
}

static void
test_texts(void)
{
    g_test_summary("RFC 3501 §6.4.5: HEADER and TEXT are said of messages, MIME of parts");
    expect_section(message, "HEADER",
                   "Subject: top\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n");
    expect_section(message, "3.HEADER",
                   "Subject: three\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
    expect_section(message, "3.TEXT", "--b\r\n\r\n3.1\r\n--b\r\n\r\n3.2\r\n--b--");
    expect_section(message, "4.2.HEADER", "Subject: four two\r\n\r\n");
    expect_section(message, "4.2.TEXT", "4.2.1");
    expect_section(message, "4.1.MIME", "Content-Type: image/gif\r\n\r\n");
    expect_section(message, "4.2.MIME", "Content-Type: message/rfc822\r\n\r\n");
}

static void
test_missing(void)
{
    g_test_summary("a part that is not there is NIL, whatever is asked of it");
    static const char *const missing[] = { "5",
                                           "1.1",
                                           "1.HEADER",
                                           "1.TEXT",
                                           "3.3",
                                           "4.1.1",
                                           "4.2.2",
                                           "4.2.1.1",
                                           "4.HEADER",
                                           "2147483647",
                                           "1.1.1.1.1.1.1.1.1.1" };

    for (guint i = 0; i < G_N_ELEMENTS(missing); i++)
        expect_section(message, missing[i], NULL);
}

static void
test_simple(void)
{
    g_test_summary("RFC 3501 §6.4.5: a message that is no multipart has a part 1");
    static const char simple[] = "Subject: x\r\n\r\nbody\r\n";

    expect_section(simple, "1", "body\r\n");
    expect_section(simple, "1.MIME", "Subject: x\r\n\r\n");
    expect_section(simple, "TEXT", "body\r\n");
    expect_section(simple, "2", NULL);
    expect_section(simple, "1.1", NULL);
    expect_section("Subject: header only\r\n", "HEADER", "Subject: header only\r\n");
    expect_section("Subject: header only\r\n", "1", "");
}

static void
test_encoded(void)
{
    static const char encoded[] =
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nQTogYg==\r\n";

    g_test_summary(
        "RFC 3501 §7.4.2: a message that can't be looked into has one part, an empty text");
    expect_section(encoded, "1", "QTogYg==\r\n");
    expect_section(encoded, "1.HEADER", "");
    expect_section(encoded, "1.1", "");
    expect_section(encoded, "1.2", NULL);
    expect_section(encoded, "1.1.1", NULL);
    expect_section(encoded, "1.1.HEADER", NULL);
}

static void
test_damaged(void)
{
    g_test_summary("a message cut at each octet has sections within it");
    static const char *const sections[] = {
        "", "1", "3.1", "4.2.TEXT", "4.2.1", "HEADER", "2.MIME"
    };

    for (gsize length = 0; length < strlen(message); length++) {
        g_autofree char *cut = g_strndup(message, length);
        g_autoptr(StoreIndex) index = index_of(cut);

        for (guint i = 0; i < G_N_ELEMENTS(sections); i++) {
            g_autofree char *text = g_strdup_printf("BODY[%s]", sections[i]);
            guint64 start, end;
            ImapParse parse;

            imap_parse_start(&parse, text, strlen(text));
            g_autoptr(GPtrArray) items = imap_items_parse(&parse);
            if (!imap_item_find(g_ptr_array_index(items, 0), index, FALSE, &start, &end))
                continue;
            g_assert_cmpuint(start, <=, end);
            g_assert_cmpuint(end, <=, length);
        }
    }
}

static void
test_global(void)
{
    static const char global[] = "Content-Type: message/global\r\n\r\nA: b\r\n\r\ninner\r\n";

    g_test_summary("RFC 3501 §7.4.2: what BODYSTRUCTURE calls a leaf has no parts");
    expect_section(global, "1", "A: b\r\n\r\ninner\r\n");
    expect_section(global, "1.1", NULL);
    expect_section(global, "1.HEADER", NULL);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/section/numbers", test_numbers);
    g_test_add_func("/imap/section/texts", test_texts);
    g_test_add_func("/imap/section/missing", test_missing);
    g_test_add_func("/imap/section/simple", test_simple);
    g_test_add_func("/imap/section/encoded", test_encoded);
    g_test_add_func("/imap/section/damaged", test_damaged);
    g_test_add_func("/imap/section/global", test_global);
    return g_test_run();
}
