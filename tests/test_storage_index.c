/* tests/test_storage_index.c - the MIME index: exact offsets, whatever the portions. Messages made by
 * chance or in bad faith: test_storage_index_hostile.c; its way to the database: test_storage_index_json.c.
 */
#include "tests/index_scan.h"

static const char nested[] = "From: alice@north.example\r\n"
                             "Subject: a long\r\n"
                             " subject\r\n"
                             "Received: one\r\n"
                             "Received: two\r\n"
                             "Content-Type: multipart/mixed; boundary=\"a\"\r\n"
                             "\r\n"
                             "preamble\r\n"
                             "--a\r\n"
                             "Content-Type: multipart/alternative; boundary=ab\r\n"
                             "\r\n"
                             "--ab\r\n"
                             "\r\n"
                             "plain one\r\n"
                             "plain two\r\n"
                             "--ab  \t\r\n"
                             "Content-Type: text/html; charset=utf-8\r\n"
                             "Content-Transfer-Encoding: Quoted-Printable\r\n"
                             "\r\n"
                             "<p>html\r\n"
                             "\r\n"
                             "--ab--\r\n"
                             "epilogue of ab\r\n"
                             "--a\r\n"
                             "Content-Type: message/rfc822\r\n"
                             "Content-Disposition: attachment; filename*=utf-8''caf%C3%A9.eml\r\n"
                             "\r\n"
                             "Subject: inner\r\n"
                             "\r\n"
                             "inner body\r\n"
                             "--a--\r\n"
                             "epilogue";

static void
test_nested(void)
{
    g_test_summary("RFC 2046 §5.1.1: the CRLF before a boundary belongs to the boundary");
    g_autoptr(StoreIndex) index = scan_text(nested);
    g_autofree char *subject = store_index_header(index, "subject");
    const StorePart *mail = store_index_part(index, 4);

    g_assert_cmpuint(store_index_count(index), ==, 6);
    g_assert_cmpstr(subject, ==, "a long subject");
    g_assert_cmpuint(store_index_header_count(index, "Received"), ==, 2);
    /* The header of a message inside says nothing of this one. */
    g_assert_cmpuint(store_index_header_count(index, "Subject"), ==, 1);
    expect_body(index, nested, 2, "plain one\r\nplain two");
    g_assert_cmpuint(store_index_part(index, 2)->lines, ==, 2);
    expect_body(index, nested, 3, "<p>html\r\n");
    g_assert_cmpuint(store_index_part(index, 3)->lines, ==, 1);
    g_assert_cmpstr(store_index_part(index, 3)->encoding, ==, "QUOTED-PRINTABLE");
    g_assert_cmpstr(mail->subtype, ==, "rfc822");
    g_assert_cmpstr(mail->disposition, ==, "attachment");
    g_assert_cmpstr(g_ptr_array_index(mail->disposition_parameters, 1), ==, "café.eml");
    expect_body(index, nested, 4, "Subject: inner\r\n\r\ninner body");
    expect_body(index, nested, 5, "inner body");
    g_assert_cmpint(store_index_part(index, 5)->parent, ==, 4);
    g_assert_cmpuint(store_index_octets(index), ==, strlen(nested));
}

static void
test_every_split(void)
{
    g_test_summary("The index is the same whatever portions the octets come in");
    g_autoptr(StoreIndex) whole = scan_text(nested);
    g_autofree char *expected = store_index_to_json(whole);

    for (gsize cut = 0; cut <= strlen(nested); cut++) {
        g_autoptr(StoreIndex) index = store_index_new();
        g_autofree char *json = NULL;

        store_index_feed(index, nested, cut);
        store_index_feed(index, nested + cut, strlen(nested) - cut);
        store_index_finish(index);
        json = store_index_to_json(index);
        g_assert_cmpstr(json, ==, expected);
    }
    for (gsize portion = 1; portion < 80; portion++) {
        g_autoptr(StoreIndex) index = scan(nested, strlen(nested), portion);
        g_autofree char *json = store_index_to_json(index);

        g_assert_cmpstr(json, ==, expected);
    }
}

static void
test_every_truncation(void)
{
    g_test_summary("A message cut off anywhere has an index within its octets");
    for (gsize length = 0; length <= strlen(nested); length++) {
        g_autoptr(StoreIndex) index = scan(nested, length, 7);
        gboolean ended = length >= 2 && strncmp(nested + length - 2, "\r\n", 2) == 0;

        g_assert_cmpint(store_index_is_ended(index), ==, ended);
        for (guint i = 0; i < store_index_count(index); i++) {
            const StorePart *part = store_index_part(index, i);

            g_assert_cmpuint(part->start, <=, part->body);
            g_assert_cmpuint(part->body, <=, part->end);
            g_assert_cmpuint(part->end, <=, length);
        }
        g_assert_cmpuint(store_index_part(index, 0)->end, ==, length);
    }
}

static void
test_defaults(void)
{
    g_test_summary("RFC 2045 §5.2: no or unreadable Content-Type is text/plain; "
                   "RFC 2046 §5.1.5: in a digest message/rfc822");
    static const char digest[] = "Content-Type: multipart/digest; boundary=d\r\n\r\n"
                                 "--d\r\n\r\nSubject: one\r\n\r\nfirst\r\n"
                                 "--d\r\nContent-Type: text/plain\r\n\r\nsecond\r\n--d--\r\n";
    g_autoptr(StoreIndex) plain = scan_text("Content-Type: nonsense\r\n\r\nhello\r\n");
    g_autoptr(StoreIndex) index = scan_text(digest);

    g_assert_cmpstr(store_index_part(plain, 0)->type, ==, "text");
    g_assert_cmpstr(store_index_part(plain, 0)->subtype, ==, "plain");
    g_assert_cmpstr(store_index_part(plain, 0)->encoding, ==, "7BIT");
    g_assert_cmpuint(store_index_count(index), ==, 4);
    g_assert_cmpstr(store_index_part(index, 1)->subtype, ==, "rfc822");
    expect_body(index, digest, 2, "first");
    expect_body(index, digest, 3, "second");
    g_assert_cmpint(store_index_child(index, 0, 1), ==, 3);
    g_assert_cmpint(store_index_child(index, 0, 2), ==, -1);
    g_autoptr(StoreIndex) cut = scan_text("Content-Type: multipart/digest; boundary=d\r\n\r\n"
                                          "--d\r\nSubject: no empty line\r\n--d--\r\n");
    g_assert_cmpstr(store_index_part(cut, 1)->subtype, ==, "rfc822");
}

static void
test_unreadable_types(void)
{
    g_autofree char *letters = g_strnfill(81, 'x');
    g_autofree char *long_type = g_strconcat(letters, "/x", NULL);
    const char *const types[] = { "/html", "text/", "text / ; a=b", long_type };

    g_test_summary("RFC 2045 §5.2: a Content-Type without a type or a subtype is text/plain");
    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *text = g_strdup_printf("Content-Type: %s\r\n\r\nx", types[i]);
        g_autoptr(StoreIndex) index = scan_text(text);

        g_assert_cmpstr(store_index_part(index, 0)->type, ==, "text");
        g_assert_cmpstr(store_index_part(index, 0)->subtype, ==, "plain");
    }
}

/* How many parts a message of type @header, with @body, has. */
static void
expect_parts(const char *header, const char *body, guint parts)
{
    g_autofree char *text = g_strdup_printf("%s\r\n\r\n%s", header, body);
    g_autoptr(StoreIndex) index = scan_text(text);

    g_assert_cmpuint(store_index_count(index), ==, parts);
}

static void
test_looked_into(void)
{
    static const char message[] = "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: %s";
    static const struct {
        const char *encoding;
        guint parts;
    } cases[] = { { "7bit", 2 }, { "8bit", 2 }, { "binary", 2 }, { "base64", 1 }, { "x", 1 } };

    g_test_summary("RFC 2046 §5.2.1: a message that is not encoded is looked into; §5.1.1: a "
                   "multipart without a boundary is not, and ends with its last one");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) header = g_string_new(NULL);

        g_string_printf(header, message, cases[i].encoding);
        expect_parts(header->str, "Subject: in\r\n\r\nx", cases[i].parts);
    }
    expect_parts("Content-Type: multipart/mixed; boundary=\"\"", "--\r\n\r\nx\r\n----\r\n", 1);
    expect_parts("Content-Type: multipart/mixed; boundary=b",
                 "--b\r\n\r\nx\r\n--b--\r\n--b\r\n\r\nepilogue\r\n--b--\r\n", 2);
    /* Case makes no difference (RFC 2045 §5.1). */
    expect_parts("Content-Type: MULTIPART/Mixed; BOUNDARY=b", "--b\r\n\r\nx\r\n--b--\r\n", 2);
    expect_parts("Content-Type: Message/RFC822", "Subject: in\r\n\r\nx", 2);
}

static void
test_twice(void)
{
    g_test_summary("of two fields with one name the first counts; of two types or dispositions the "
                   "names of both are known; a comment behind an encoding is none of it");
    g_autoptr(StoreIndex) index =
        scan_text("Content-Type: image/gif; name=a\r\nContent-Type: text/html; name=b\r\n"
                  "Content-Transfer-Encoding: base64 (so)\r\nContent-Transfer-Encoding: 7bit\r\n"
                  "Content-ID: <1@a>\r\nContent-ID: <2@a>\r\n"
                  "Content-Disposition: inline; filename=a\r\n"
                  "Content-Disposition: attachment; filename=b\r\n\r\n");
    const StorePart *part = store_index_part(index, 0);

    g_assert_cmpstr(part->type, ==, "image");
    g_assert_cmpuint(part->parameters->len, ==, 4);
    g_assert_cmpstr(g_ptr_array_index(part->parameters, 3), ==, "b");
    g_assert_cmpstr(part->encoding, ==, "BASE64");
    g_assert_cmpstr(part->id, ==, "<1@a>");
    g_assert_cmpstr(part->disposition, ==, "inline");
    g_assert_cmpuint(part->disposition_parameters->len, ==, 4);
    g_assert_cmpstr(g_ptr_array_index(part->disposition_parameters, 3), ==, "b");
}

static void
test_odd_messages(void)
{
    g_test_summary("Header without body, body without header, no last boundary, empty parts");
    static const char open_ended[] = "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
                                     "--x\r\n\r\none\r\n--x\r\n\r\ntwo\r\n";
    static const char empty[] = "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
                                "--x\r\n--x\r\n\r\n--x\r\nA: b\r\n--x--";
    g_autoptr(StoreIndex) header = scan_text("Subject: nothing follows");
    g_autoptr(StoreIndex) body = scan_text("\r\njust a body\r\n");
    g_autoptr(StoreIndex) nothing = scan_text("");
    g_autoptr(StoreIndex) ended = scan_text(open_ended);
    g_autoptr(StoreIndex) empties = scan_text(empty);
    g_autofree char *subject = store_index_header(header, "Subject");

    g_assert_cmpstr(subject, ==, "nothing follows");
    g_assert_cmpuint(store_index_part(header, 0)->body, ==, 24);
    g_assert_cmpuint(store_index_part(body, 0)->body, ==, 2);
    g_assert_cmpuint(store_index_part(body, 0)->lines, ==, 1);
    g_assert_cmpuint(store_index_count(nothing), ==, 1);
    expect_body(ended, open_ended, 1, "one");
    expect_body(ended, open_ended, 2, "two\r\n");
    g_assert_cmpuint(store_index_count(empties), ==, 4);
    for (guint i = 1; i < 4; i++)
        expect_body(empties, empty, i, "");
    /* The field at hand when a boundary comes belongs to the part that ends. */
    g_autoptr(StoreIndex) headers = scan_text("Content-Type: multipart/mixed; boundary=x\r\n\r\n"
                                              "--x\r\nContent-Type: image/gif\r\n--x--\r\n");
    g_assert_cmpstr(store_index_part(headers, 1)->type, ==, "image");
}

static void
test_other_fields(void)
{
    g_test_summary("Filters may ask for any field of a message coming in; what is kept is bounded");
    g_autoptr(GString) text = g_string_new("X-Spam: yes\r\nx-spam: no\r\n");
    g_autofree char *first = NULL, *second = NULL, *last = NULL;
    g_autofree char *long_value = g_strnfill(4000, 'v');
    g_autoptr(StoreIndex) index = NULL;

    for (guint i = 0; i < 1000; i++)
        g_string_append_printf(text, "X-%u: %s\r\n", i, long_value);
    index = scan(text->str, text->len, 100);
    first = store_index_header(index, "X-SPAM");
    second = store_index_header_nth(index, "X-Spam", 1);
    last = store_index_header(index, "X-9");
    g_assert_cmpstr(first, ==, "yes");
    g_assert_cmpstr(second, ==, "no");
    g_assert_null(store_index_header_nth(index, "X-Spam", 2));
    g_assert_null(last);
    g_assert_true(store_index_header_is(index, "X-Spam", "NO"));
    g_assert_false(store_index_header_is(index, "X-Spam", "maybe"));
}

static void
test_many_fields(void)
{
    g_test_summary("DESIGN §11: of fields that filters may ask for 100 are kept, however short");
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *last = NULL;

    for (guint i = 0; i < STORE_INDEX_OTHERS + 1; i++)
        g_string_append_printf(text, "X-%u: %u\r\n", i, i);
    g_autoptr(StoreIndex) index = scan(text->str, text->len, 100);
    last = store_index_header(index, "X-99");
    g_assert_cmpstr(last, ==, "99");
    g_assert_null(store_index_header(index, "X-100"));
}

static void
test_long_fields(void)
{
    g_test_summary("Of a header field 4 KB are kept; the rest of the message is not moved by it");
    g_autoptr(GString) text = g_string_new("Subject: ");
    g_autofree char *value = NULL;
    g_autoptr(StoreIndex) index = NULL;

    for (guint i = 0; i < 20000; i++)
        g_string_append(text, i % 70 == 69 ? "\r\n " : "xyz");
    g_string_append(text, "\r\n\r\nbody");
    index = scan(text->str, text->len, 1000);
    value = store_index_header(index, "Subject");
    g_assert_cmpuint(strlen(value), <=, STORE_INDEX_FIELD);
    g_assert_cmpuint(strlen(value), >, STORE_INDEX_FIELD - 100);
    expect_body(index, text->str, 0, "body");
}

/* A boundary line with @spaces of padding, longer than what is kept of a line. */
static void
test_padding(void)
{
    g_test_summary("RFC 2046 §5.1.1: white space may follow a boundary, nothing else");
    g_autofree char *spaces = g_strnfill(1000, ' ');
    g_autofree char *text = g_strdup_printf("Content-Type: multipart/mixed; boundary=x\r\n\r\n"
                                            "--x%s\r\n\r\none\r\n--x%sy\r\n--xy\r\n--x--%s\r\n",
                                            spaces, spaces, spaces);
    g_autofree char *one = g_strdup_printf("one\r\n--x%sy\r\n--xy", spaces);
    g_autoptr(StoreIndex) index = scan(text, strlen(text), 11);

    g_assert_cmpuint(store_index_count(index), ==, 2);
    expect_body(index, text, 1, one);
}

static void
test_prepend(void)
{
    g_test_summary(
        "RFC 5321 §4.4: lines put on top move all offsets and are the first of their name");
    static const char head[] = "Return-Path: <>\r\nReceived: zero\r\nSubject: on top\r\n";
    g_autofree char *together = g_strconcat(head, nested, NULL);
    g_autoptr(StoreIndex) index = scan_text(nested);
    g_autoptr(StoreIndex) whole = scan_text(together);
    g_autofree char *expected = store_index_to_json(whole);
    g_autofree char *json = NULL;

    store_index_prepend(index, head, strlen(head));
    json = store_index_to_json(index);
    g_assert_cmpstr(json, ==, expected);
    g_assert_false(store_index_is_cut(index));
    g_autofree char *value = g_strnfill(5000, 'x');
    g_autofree char *line = g_strconcat("To: ", value, "\r\n", NULL);
    store_index_prepend(index, line, strlen(line));
    g_assert_true(store_index_is_cut(index));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage/index/nested", test_nested);
    g_test_add_func("/storage/index/every-split", test_every_split);
    g_test_add_func("/storage/index/every-truncation", test_every_truncation);
    g_test_add_func("/storage/index/defaults", test_defaults);
    g_test_add_func("/storage/index/unreadable-types", test_unreadable_types);
    g_test_add_func("/storage/index/looked-into", test_looked_into);
    g_test_add_func("/storage/index/twice", test_twice);
    g_test_add_func("/storage/index/odd-messages", test_odd_messages);
    g_test_add_func("/storage/index/other-fields", test_other_fields);
    g_test_add_func("/storage/index/many-fields", test_many_fields);
    g_test_add_func("/storage/index/long-fields", test_long_fields);
    g_test_add_func("/storage/index/padding", test_padding);
    g_test_add_func("/storage/index/prepend", test_prepend);
    return g_test_run();
}
