/* tests/test_storage_envelope.c - address fields, as IMAP's ENVELOPE wants them. */
#include "storage/envelope.h"

#include <locale.h>
#include <string.h>
#include <time.h>

/* Each address as "name|route|mailbox|host", "-" for NULL, joined by spaces. */
static char *
addresses_text(GPtrArray *list)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < list->len; i++) {
        StoreAddress *address = g_ptr_array_index(list, i);

        g_string_append_printf(text, "%s%s|%s|%s|%s", i > 0 ? " " : "",
                               address->name != NULL ? address->name : "-",
                               address->route != NULL ? address->route : "-",
                               address->mailbox != NULL ? address->mailbox : "-",
                               address->host != NULL ? address->host : "-");
    }
    return g_string_free(text, FALSE);
}

static void
expect_addresses(const char *value, const char *expected)
{
    g_autoptr(GPtrArray) list = store_addresses_parse(value);
    g_autofree char *text = addresses_text(list);

    g_assert_cmpstr(text, ==, expected);
}

static void
test_addresses(void)
{
    g_test_summary("RFC 5322 §3.4: addresses with names, comments, quotes, literals and lists");
    expect_addresses("alice@north.example", "-|-|alice|north.example");
    expect_addresses("Alice Smith <alice@north.example>", "Alice Smith|-|alice|north.example");
    expect_addresses("\"Smith, Alice\" <alice@north.example>, bob@south.example",
                     "Smith, Alice|-|alice|north.example -|-|bob|south.example");
    expect_addresses("alice@north.example (Alice (the) first)",
                     "Alice (the) first|-|alice|north.example");
    expect_addresses("=?utf-8?Q?M=C3=BCller?=\r\n <m@north.example>",
                     "=?utf-8?Q?M=C3=BCller?=|-|m|north.example");
    expect_addresses("\"a b\"@[127.0.0.2]", "-|-|a b|[127.0.0.2]");
    expect_addresses("\"q\\\"uote\" <x@y.example>", "q\"uote|-|x|y.example");
    expect_addresses(" , ,alice@north.example,, ", "-|-|alice|north.example");
    expect_addresses("alice@north.example <alice@north.example>",
                     "alice@north.example|-|alice|north.example");
    expect_addresses("alice@north.example (a \\) b)", "a ) b|-|alice|north.example");
    expect_addresses("a(b)c <x@y.example>", "a c|-|x|y.example");
    expect_addresses("a\"b\"c@d.example", "-|-|abc|d.example");
    expect_addresses("<>", "");
    expect_addresses("", "");
    /* RFC 5322, appendix A.6 */
    expect_addresses("Mary Smith <@machine.tld:mary@example.net>, , jdoe@test   . example",
                     "Mary Smith|@machine.tld|mary|example.net -|-|jdoe|test.example");
    expect_addresses("John Q. Doe <john . doe@machine(comment).  example>",
                     "John Q. Doe|-|john.doe|machine.example");
}

static void
test_groups(void)
{
    g_test_summary(
        "RFC 9051 §7.5.2: a group has a beginning without host and an end without anything");
    expect_addresses("team: bob@south.example, Carol <carol@south.example>;",
                     "-|-|team|- -|-|bob|south.example Carol|-|carol|south.example -|-|-|-");
    expect_addresses("undisclosed-recipients:;", "-|-|undisclosed-recipients|- -|-|-|-");
    expect_addresses("open: bob@south.example", "-|-|open|- -|-|bob|south.example -|-|-|-");
    expect_addresses("a:b:c@d.example;;", "-|-|a|- -|-|c|d.example -|-|-|-");
    expect_addresses(":a@b.example;", "-|-||- -|-|a|b.example -|-|-|-");
}

static void
test_obsolete(void)
{
    g_test_summary(
        "RFC 5322 §4.4: a route is understood; an address without host has an empty one");
    expect_addresses("<@a.example,@b.example:carol@south.example>",
                     "-|@a.example,@b.example|carol|south.example");
    expect_addresses("carol", "-|-|carol|");
    expect_addresses("Carol <carol>", "Carol|-|carol|");
    expect_addresses("<@broken", "-|-||broken");
    expect_addresses("a b c <d@e.example> junk", "a b c|-|d|e.example");
    expect_addresses("<d@e.example> x@y \"q\" [l] z: (c), f@g.example",
                     "c|-|d|e.example -|-|f|g.example");
    expect_addresses("team: <d@e.example>junk, f@g.example;",
                     "-|-|team|- -|-|d|e.example -|-|f|g.example -|-|-|-");
}

static void
test_header(void)
{
    g_test_summary("RFC 9051 §7.5.2: Sender and Reply-To default to From; fields are unfolded, the "
                   "first counts, the body does not");
    static const char header[] = "From: Alice\r\n <alice@north.example>\r\n"
                                 "Subject: one\r\n two\r\n"
                                 "SUBJECT: another\r\n"
                                 "To : carol@south.example\r\n"
                                 "Reply-To:\r\n"
                                 "Date: Mon, 5 Jan 2026 09:00:00 +0000\r\n"
                                 "\r\n"
                                 "Cc: body@north.example\r\n";
    g_autoptr(StoreEnvelope) envelope = store_envelope_from_header(header, strlen(header));
    g_autofree char *reply_to = addresses_text(envelope->reply_to);
    g_autofree char *sender = addresses_text(envelope->sender);
    g_autofree char *to = addresses_text(envelope->to);

    g_assert_cmpstr(envelope->subject, ==, "one two");
    g_assert_cmpstr(envelope->date, ==, "Mon, 5 Jan 2026 09:00:00 +0000");
    g_assert_null(envelope->message_id);
    g_assert_cmpstr(sender, ==, "Alice|-|alice|north.example");
    g_assert_cmpstr(reply_to, ==, sender);
    g_assert_cmpstr(to, ==, "-|-|carol|south.example");
    g_assert_cmpuint(envelope->cc->len, ==, 0);
}

static void
expect_written(const char *header, gsize length, const char *expected)
{
    g_autoptr(StoreEnvelope) envelope = store_envelope_from_header(header, length);
    g_autoptr(GString) text = g_string_new(NULL);

    store_envelope_write(text, envelope);
    g_assert_cmpstr(text->str, ==, expected);
}

static void
test_written(void)
{
    static const char all[] = "Date: d\r\nSubject: s\r\nFrom: f@a\r\nFrom: g@a\r\nSender: s@a\r\n"
                              "Reply-To: r@a\r\nTo: t@a\r\nCc: c@a\r\nBcc: b@a\r\n"
                              "In-Reply-To: <i@a>\r\nMessage-ID: <m@a>\r\n\r\n";
    static const char nul[] = "Subject: a\0b\r\n\r\n";
    g_autofree char *octets = g_strnfill(1001, 'x');
    g_autofree char *large = g_strconcat("Subject: ", octets, "\r\n\r\n", NULL);
    g_autofree char *literal =
        g_strconcat("(NIL {1001}\r\n", octets, " NIL NIL NIL NIL NIL NIL NIL NIL)", NULL);

    g_test_summary("RFC 3501 §7.4.2: ten fields in their order; §4.3: what is in no quoted string "
                   "is a literal");
    expect_written(
        all, strlen(all),
        "(\"d\" \"s\" ((NIL NIL \"f\" \"a\")) ((NIL NIL \"s\" \"a\")) ((NIL NIL \"r\" \"a\")) "
        "((NIL NIL \"t\" \"a\")) ((NIL NIL \"c\" \"a\")) ((NIL NIL \"b\" \"a\")) "
        "\"<i@a>\" \"<m@a>\")");
    expect_written(nul, sizeof nul - 1, "(NIL \"ab\" NIL NIL NIL NIL NIL NIL NIL NIL)");
    expect_written("Subject: a\rb\n\n", 15, "(NIL {3}\r\na\rb NIL NIL NIL NIL NIL NIL NIL NIL)");
    expect_written(large, strlen(large), literal);
}

static void
test_many(void)
{
    g_test_summary("DESIGN §11: of one field 1,000 addresses are looked at");
    g_autoptr(GString) value = g_string_new(NULL);

    for (guint i = 0; i < STORE_ADDRESSES_MAX + 10; i++)
        g_string_append_printf(value, "%u@a,", i);
    g_autoptr(GPtrArray) list = store_addresses_parse(value->str);
    g_assert_cmpuint(list->len, ==, STORE_ADDRESSES_MAX);
}

/* What is made of a header while the message comes is what is made of it when it is read. */
static void
expect_same_from_index(const char *header)
{
    g_autoptr(StoreIndex) index = store_index_new();
    g_autoptr(StoreEnvelope) read = store_envelope_from_header(header, strlen(header));
    g_autoptr(GString) from_header = g_string_new(NULL), from_index = g_string_new(NULL);

    store_index_feed(index, header, strlen(header));
    store_index_finish(index);
    g_assert_false(store_index_is_cut(index));
    g_autoptr(StoreEnvelope) scanned = store_envelope_from_index(index);
    store_envelope_write(from_header, read);
    store_envelope_write(from_index, scanned);
    g_assert_cmpstr(from_index->str, ==, from_header->str);
}

static void
test_from_index(void)
{
    g_test_summary(
        "RFC 3501 §7.4.2: an envelope kept when the message came says what its header does");
    expect_same_from_index(
        "From: Alice\r\n <alice@north.example>\r\nSubject: one\r\n two\r\n"
        "SUBJECT: another\r\nTo : carol@south.example\r\nReply-To:\r\n"
        "Date: Mon, 5 Jan 2026 09:00:00 +0000\r\n\r\nCc: body@north.example\r\n");
    expect_same_from_index("Subject: caf\xe9 \"quoted\\\"\r\nBcc: team: a@b.example;\r\n"
                           "In-Reply-To: <1@a.example>\r\nMessage-ID:<2@a.example>\t\r\n"
                           "Sender: <@a.example:x@y.example>\r\nno field\r\nCc: z@y.example");
    expect_same_from_index(
        " Subject: not one\nFrom: a@b.example\nCc: c@d.example\n\nTo: e@f.example");
    expect_same_from_index("\r\nSubject: body\r\n");
    expect_same_from_index("");
}

static void
test_cut(void)
{
    g_test_summary("A field too long to be kept whole is said to be so; one inside a part is not");
    static const char parts[] = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX: ";
    g_autofree char *octets = g_strnfill(STORE_INDEX_FIELD, 'a');
    g_autofree char *top = g_strconcat("Subject: ", octets, "\r\n\r\n", NULL);
    g_autofree char *inside = g_strconcat(parts, octets, "\r\n\r\n", NULL);
    g_autoptr(StoreIndex) cut = store_index_new();
    g_autoptr(StoreIndex) whole = store_index_new();

    store_index_feed(cut, top, strlen(top));
    store_index_finish(cut);
    g_assert_true(store_index_is_cut(cut));
    store_index_feed(whole, inside, strlen(inside));
    store_index_finish(whole);
    g_assert_false(store_index_is_cut(whole));
}

static void
test_hostile(void)
{
    g_test_summary("Brackets, quotes and commas by the thousand: bounded, linear, no recursion");
    static const char signs[] = "()<>@,:;\"\\[] a\n\t=?";
    GRand *rand = g_rand_new_with_seed(3);
    clock_t begun = clock(); /* of the processor: others may keep the machine busy */

    for (guint i = 0; signs[i] != '\0'; i++) {
        g_autofree char *value = g_strnfill(60000, signs[i]);
        g_autofree char *header = g_strconcat("To: ", value, NULL);
        g_autoptr(StoreEnvelope) envelope = store_envelope_from_header(header, strlen(header));

        g_assert_cmpuint(envelope->to->len, <=, STORE_ADDRESSES_MAX + 1);
    }
    for (guint round = 0; round < 2000; round++) {
        char value[61] = { 0 };
        g_autoptr(GPtrArray) list = NULL;

        for (guint i = 0; i < 60; i++)
            value[i] = signs[g_rand_int_range(rand, 0, sizeof signs - 1)];
        list = store_addresses_parse(value);
        g_assert_cmpuint(list->len, <=, 61);
    }
    g_assert_cmpint(clock() - begun, <, CLOCKS_PER_SEC);
    g_rand_free(rand);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/storage/envelope/addresses", test_addresses);
    g_test_add_func("/storage/envelope/groups", test_groups);
    g_test_add_func("/storage/envelope/obsolete", test_obsolete);
    g_test_add_func("/storage/envelope/header", test_header);
    g_test_add_func("/storage/envelope/written", test_written);
    g_test_add_func("/storage/envelope/many", test_many);
    g_test_add_func("/storage/envelope/from-index", test_from_index);
    g_test_add_func("/storage/envelope/cut", test_cut);
    g_test_add_func("/storage/envelope/hostile", test_hostile);
    return g_test_run();
}
