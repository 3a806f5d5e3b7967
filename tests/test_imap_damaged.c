/* tests/test_imap_damaged.c - damaged and deeply nested messages: what BODYSTRUCTURE shows, BODY[n]
 * finds, with as many octets; and nothing takes long. */
#include "tests/reader_world.h"
#include "tests/structure_walk.h"

/* Leaves of the structure. The message is fed whole and octet by octet. */
static guint
check(const char *octets, gsize length, guint *deepest)
{
    g_autoptr(StoreIndex) whole = store_index_new(), split = store_index_new();
    guint leaves;

    store_index_feed(whole, octets, length);
    store_index_finish(whole);
    for (gsize i = 0; length < 100000 && i < length; i++)
        store_index_feed(split, octets + i, 1);
    store_index_finish(split);
    leaves = structure_check(whole, FALSE, deepest);
    structure_check(whole, TRUE, NULL);
    if (length < 100000)
        g_assert_cmpuint(structure_check(split, FALSE, NULL), ==, leaves);
    return leaves;
}

#define MIXED(boundary) "Content-Type: multipart/mixed; boundary=\"" boundary "\"\r\n\r\n"

static void
test_damaged(void)
{
    static const struct {
        const char *what, *octets;
        guint leaves;
    } cases[] = {
        { "nothing at all", "", 1 },
        { "no empty line", "Subject: x", 1 },
        { "no header", "\r\nbody", 1 },
        { "no end of line at the end", "A: b\r\n\r\nbody", 1 },
        { "a multipart without boundary", "Content-Type: multipart/mixed\r\n\r\nbody\r\n", 1 },
        { "its boundary never comes", MIXED("a") "body\r\n", 1 },
        { "and no body", MIXED("a"), 1 },
        { "only the last boundary", MIXED("a") "--a--\r\n", 1 },
        { "no last boundary", MIXED("a") "--a\r\n\r\none\r\n--a\r\n\r\ntwo", 2 },
        { "no empty line in a part", MIXED("a") "--a\r\nX: y\r\n--a--\r\n", 1 },
        { "nothing in a part", MIXED("a") "--a\r\n--a\r\n\r\n--a--", 2 },
        { "a boundary that begins like another",
          MIXED("a") "--a\r\n" MIXED(
              "ab") "--ab\r\n\r\none\r\n--ab--\r\n--a\r\n\r\ntwo\r\n--a--\r\n",
          2 },
        { "the same boundary inside", MIXED("a") "--a\r\n" MIXED("a") "--a\r\n\r\none\r\n--a--\r\n",
          1 },
        { "the outer one ends first",
          MIXED("a") "--a\r\n" MIXED("b") "--b\r\n\r\none\r\n--a--\r\n--b--\r\n", 1 },
        { "lines that end with LF",
          "Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a--\n", 1 },
        { "a message in base64",
          "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nQTogYg==\r\n",
          2 },
        { "a boundary right after the empty line of a message in a part",
          MIXED("a") "--a\r\nContent-Type: message/rfc822\r\n\r\nA: b\r\n\r\n--a--\r\n", 2 },
        { "the same after that of a part in a part",
          MIXED("a") "--a\r\n" MIXED("b") "--b\r\nA: b\r\n\r\n--a--\r\n", 1 },
        { "a message that is empty", "Content-Type: message/rfc822\r\n\r\n", 2 },
        { "a message in a message in a message",
          "Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\nA: "
          "b\r\n\r\nin\r\n",
          3 },
        { "a multipart in a message",
          "Content-Type: message/rfc822\r\n\r\n" MIXED(
              "a") "--a\r\n\r\n1\r\n--a\r\n\r\n2\r\n--a--\r\n",
          3 },
        { "message/global", "Content-Type: message/global\r\n\r\nA: b\r\n\r\nin\r\n", 1 },
        { "no type", "Content-Type: ;;;\"\r\n\r\nx", 1 },
        { "a digest",
          "Content-Type: multipart/digest; boundary=a\r\n\r\n--a\r\n\r\nA: b\r\n\r\nin\r\n--a--",
          2 },
    };

    g_test_summary(
        "RFC 9051 §6.4.5.1: of each part that a structure shows BODY[n] is found, as long");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint leaves = check(cases[i].octets, strlen(cases[i].octets), NULL);

        if (leaves != cases[i].leaves)
            g_error("%s: %u parts, not %u", cases[i].what, leaves, cases[i].leaves);
        for (gsize length = 0; length < strlen(cases[i].octets); length++)
            check(cases[i].octets, length, NULL);
    }
}

static void
test_nul(void)
{
    static const char octets[] =
        "Sub\0ject: x\0y\r\nContent-Type: text/pl\0ain; a=\"b\0\"\r\n\r\n\0\0\r\n";

    g_test_summary("NULs in header and body change no offset");
    check(octets, sizeof octets - 1, NULL);
}

static void
test_deep(void)
{
    g_test_summary("DESIGN §11: 500 levels: all that the structure shows can be fetched");
    g_autoptr(GString) parts = g_string_new(NULL), messages = g_string_new(NULL);
    g_autoptr(GString) both = g_string_new(NULL);
    guint deepest;

    for (guint i = 0; i < 500; i++) {
        g_string_append_printf(parts, MIXED("b%u") "--b%u\r\n", i, i);
        g_string_append(messages, "Content-Type: message/rfc822\r\n\r\n");
        g_string_append_printf(both,
                               i % 2
                                   ? "Content-Type: message/rfc822\r\n\r\n"
                                   : "Content-Type: multipart/mixed; boundary=c%u\r\n\r\n--c%u\r\n",
                               i, i);
    }
    check(parts->str, parts->len, &deepest);
    g_assert_cmpuint(deepest, >, 90);
    check(messages->str, messages->len, &deepest);
    g_assert_cmpuint(deepest, >, 90);
    check(both->str, both->len, &deepest);
    g_assert_cmpuint(deepest, >, 40);
}

static void
test_many(void)
{
    g_test_summary("DESIGN §11: 20,000 parts: 10,000 are known, in one pass");
    g_autoptr(GString) message = g_string_new(MIXED("a"));

    for (guint i = 0; i < 20000; i++)
        g_string_append_printf(message, "--a\r\n\r\n%u\r\n", i);
    g_assert_cmpuint(check(message->str, message->len, NULL), ==, STORE_INDEX_PARTS - 1);
}

/* ---- the same through a session ---- */

static ReaderWorld *
selected_with(const GString *message)
{
    ReaderWorld *world = reader_world_new();
    g_autofree char *said = NULL;

    reader_add(world, "INBOX", message->str, message->len);
    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "a LOGIN carol sesame\r\nb SELECT INBOX\r\n");
    return world;
}

static void
test_long_line(void)
{
    g_test_summary("a header line of 1 MB: envelope, structure, fields and search answer");
    g_autoptr(GString) message = g_string_new("Subject: ");
    g_autofree char *filler = g_strnfill(1000000, 'x');
    g_string_append_printf(message, "%s walrus\r\nFrom: bob@north.example\r\n\r\nbody\r\n", filler);
    g_autoptr(ReaderWorld) world = selected_with(message);
    g_autofree char *envelope = reader_say(world, "c FETCH 3 ENVELOPE\r\n");
    g_assert_true(g_str_has_suffix(envelope, "c OK FETCH completed\r\n"));
    g_assert_cmpuint(strlen(envelope), <, 100000);
    reader_expect(world, "d FETCH 3 (BODY.PEEK[TEXT] BODY.PEEK[HEADER.FIELDS (from)])\r\n",
                  "* 3 FETCH (BODY[TEXT] {6}\r\nbody\r\n BODY[HEADER.FIELDS (from)] {27}\r\n"
                  "From: bob@north.example\r\n\r\n)\r\nd OK FETCH completed\r\n");
    reader_expect(world, "e SEARCH FROM bob BODY body\r\n",
                  "* SEARCH 3\r\ne OK SEARCH completed\r\n");
}

static void
test_deep_session(void)
{
    g_test_summary("a path of 90 numbers is fetched; one number more than is known is BAD");
    g_autoptr(GString) message = g_string_new(NULL), path = g_string_new("1");
    for (guint i = 0; i < 500; i++)
        g_string_append_printf(message, MIXED("b%u") "--b%u\r\n", i, i);
    for (guint i = 1; i < 90; i++)
        g_string_append(path, ".1");
    g_autoptr(ReaderWorld) world = selected_with(message);
    g_autofree char *fetch = g_strdup_printf("c FETCH 3 BODY.PEEK[%s]<0.4>\r\n", path->str);
    g_autofree char *expected = g_strdup_printf(
        "* 3 FETCH (BODY[%s]<0> {4}\r\n--b9)\r\nc OK FETCH completed\r\n", path->str);
    reader_expect(world, fetch, expected);
    for (guint i = 90; i <= IMAP_PATH_MAX; i++)
        g_string_append(path, ".1");
    g_autofree char *deeper = g_strdup_printf("d FETCH 3 BODY.PEEK[%s]\r\n", path->str);
    reader_expect(world, deeper, "d BAD Not a list of FETCH items\r\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/damaged/damaged", test_damaged);
    g_test_add_func("/imap/damaged/nul", test_nul);
    g_test_add_func("/imap/damaged/deep", test_deep);
    g_test_add_func("/imap/damaged/many", test_many);
    g_test_add_func("/imap/damaged/long-line", test_long_line);
    g_test_add_func("/imap/damaged/deep-session", test_deep_session);
    return g_test_run();
}
