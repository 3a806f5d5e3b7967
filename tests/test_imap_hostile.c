/* tests/test_imap_hostile.c - whatever comes gets BAD, NO or BYE, and the mailbox is unharmed. */
#include "tests/imap_reader.h"

/* The two messages are there, with their octets and without flags. */
static void
expect_unharmed(ReaderWorld *world)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreMailbox) inbox =
        store_mailbox_find(world->store, world->carol->id, "INBOX", &error);
    g_autoptr(GPtrArray) page = store_entry_page(world->store, inbox->id, 0, 10, &error);
    static const char *const texts[] = { READER_PREFIX READER_TEXT, READER_PREFIX READER_PARTS };

    g_assert_cmpuint(page->len, ==, 2);
    for (guint i = 0; i < 2; i++) {
        const StoreEntry *entry = g_ptr_array_index(page, i);
        g_autoptr(GString) octets = g_string_new(NULL);

        g_assert_cmpuint(entry->flags, ==, 0);
        g_assert_true(
            store_entry_read(world->store, inbox->id, entry->uid, 0, 100000, octets, &error));
        g_assert_cmpstr(octets->str, ==, texts[i]);
    }
}

/* Says @octets; the session must close, its last words being @last. */
static void
expect_bye(ReaderWorld *world, const char *octets, const char *last)
{
    g_autoptr(GString) replies = g_string_new(NULL);

    g_assert_false(dialog_pump(world->input, octets, strlen(octets), reader_input, world, replies));
    g_assert_true(g_str_has_suffix(replies->str, last));
}

/* Each @command is answered with a tagged BAD or NO, and the session goes on. */
static void
expect_refused(ReaderWorld *world, const char *const *commands, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        g_autofree char *line = g_strdup_printf("t %s\r\n", commands[i]);
        g_autofree char *said = reader_say(world, line);

        if (!g_str_has_prefix(said, "t BAD ") && !g_str_has_prefix(said, "t NO "))
            g_error("%s was answered by %s", commands[i], said);
        reader_expect(world, "u NOOP\r\n", "u OK NOOP completed\r\n");
    }
}

static void
test_unterminated(void)
{
    g_test_summary("RFC 3501 §4.3: a literal that never comes, or is not one");
    static const char *const commands[] = {
        "LOGIN {5",  "LOGIN {5+", "LOGIN {",      "LOGIN }",           "LOGIN {}",
        "LOGIN {+}", "LOGIN {x}", "LOGIN {5}x {", "LOGIN \"carol {5+", "LOGIN {0x5}",
    };
    g_autoptr(ReaderWorld) world = reader_connected();

    expect_refused(world, commands, G_N_ELEMENTS(commands));
    reader_expect(world, "v LOGIN {16000}\r\n", "+ Ready for the literal\r\n");
    reader_expect(world, "only some of it", "");
    expect_unharmed(world);
}

static void
test_huge_literal(void)
{
    g_test_summary("RFC 7888 §4: literals of 4 GiB and more, asked for or not");
    static const char *const commands[] = {
        "LOGIN {4294967296}",
        "LOGIN {18446744073709551616}",
        "SELECT {4294967295}",
        "APPEND INBOX {4294967296}",
        "APPEND INBOX {4294967295}",
        "APPEND INBOX ~{4294967296}",
        "APPEND INBOX {99999999999999999999999999999999999999}",
    };
    static const char *const unasked[] = { "LOGIN {4294967296+}", "APPEND INBOX {4294967296+}",
                                           "SELECT {4294967295+}",
                                           "APPEND INBOX ~{18446744073709551616+}" };
    g_autoptr(ReaderWorld) world = reader_selected();

    expect_refused(world, commands, G_N_ELEMENTS(commands));
    expect_unharmed(world);
    for (gsize i = 0; i < G_N_ELEMENTS(unasked); i++) {
        g_autoptr(ReaderWorld) other = reader_selected();
        g_autofree char *line = g_strdup_printf("t %s\r\n", unasked[i]);

        expect_bye(other, line, "* BYE [TOOBIG] This literal is too long\r\n");
    }
}

static void
test_unasked_after_long_line(void)
{
    g_test_summary(
        "RFC 7888 §3: what a line that is refused announces is never taken for commands");
    g_autofree char *filler = g_strnfill(9000, 'x');
    g_autofree char *line = g_strdup_printf("t SEARCH %s {16+}\r\nu DELETE Trash\r\n", filler);
    static const char bare[] = "t LOGIN {16+}\nu DELETE Trash\r\n";
    static const char nul[] = "t SEARCH \0 {16+}\r\nu DELETE Trash\r\n";
    const struct {
        const char *octets;
        gsize length;
    } lines[] = { { line, strlen(line) }, { bare, strlen(bare) }, { nul, sizeof(nul) - 1 } };

    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        for (gsize portion = 1; portion < 20000; portion += 9001) {
            g_autoptr(ReaderWorld) world = reader_selected();
            g_autoptr(GString) replies = g_string_new(NULL);
            gboolean open = TRUE;

            for (gsize at = 0; open && at < lines[i].length; at += portion)
                open =
                    dialog_pump(world->input, lines[i].octets + at,
                                MIN(portion, lines[i].length - at), reader_input, world, replies);
            g_assert_false(open);
            g_assert_cmpstr(replies->str, ==, "* BYE [TOOBIG] This literal is too long\r\n");
        }
    }
}

static void
test_many_literals(void)
{
    g_test_summary("200 literals before login: each is counted, and the command has an end");
    g_autoptr(ReaderWorld) world = reader_connected();
    g_autoptr(GString) asked = g_string_new("t LOGIN {1}\r\n");
    g_autoptr(GString) unasked = g_string_new("t LOGIN {1+}\r\n");

    for (guint i = 0; i < 199; i++) {
        g_string_append(asked, "x {1}\r\n");
        g_string_append(unasked, "x {1+}\r\n");
    }
    g_string_append(asked, "x\r\n");
    g_string_append(unasked, "x\r\n");
    g_autofree char *first = reader_say(world, asked->str);
    g_assert_true(g_str_has_suffix(first, "t BAD LOGIN needs a name and a password\r\n"));
    g_autofree char *second = reader_say(world, unasked->str);
    g_assert_cmpstr(second, ==, "t BAD LOGIN needs a name and a password\r\n");
    /* Without end they come to an end all the same: 16 KB. */
    g_string_assign(unasked, "t LOGIN {1+}\r\n");
    while (unasked->len < 40000)
        g_string_append(unasked, "x {1+}\r\n");
    expect_bye(world, unasked->str, "* BYE [TOOBIG] This literal is too long\r\n");
}

static void
test_empty_literals(void)
{
    g_test_summary("literals of no octets without end count, too");
    g_autoptr(ReaderWorld) world = reader_connected();
    g_autoptr(GString) said = g_string_new("t LOGIN {0+}\r\n");

    while (said->len < 40000)
        g_string_append(said, "{0+}\r\n");
    expect_bye(world, said->str, "* BYE [TOOBIG] This literal is too long\r\n");
}

static void
test_parentheses(void)
{
    g_test_summary("DESIGN §11: 10,000 parentheses, in every place where one may stand");
    static const char *const starts[] = {
        "FETCH 1 ",   "SEARCH ",        "STORE 1 FLAGS ",
        "STORE 1 ",   "LIST ",          "STATUS INBOX ",
        "ID ",        "APPEND INBOX ",  "SELECT INBOX ",
        "ENABLE ",    "COPY ",          "FETCH 1 BODY[HEADER.FIELDS ",
        "LIST \"\" ", "FETCH 1 FLAGS ", "SEARCH RETURN ",
    };
    g_autofree char *line_of = g_strnfill(8000, '('), *many = g_strnfill(10000, '(');
    g_autoptr(ReaderWorld) world = reader_selected();

    for (gsize i = 0; i < G_N_ELEMENTS(starts); i++) {
        g_autofree char *command = g_strconcat(starts[i], line_of, NULL);
        g_autofree char *longer = g_strconcat("t ", starts[i], many, "\r\n", NULL);
        const char *const commands[] = { command };

        expect_refused(world, commands, 1);
        reader_expect(world, longer, "* BAD Line too long\r\n");
        reader_expect(world, "u NOOP\r\n", "u OK NOOP completed\r\n");
    }
    g_autofree char *text = g_strdup_printf("t SEARCH SUBJECT {10000+}\r\n%s\r\n", many);
    reader_expect(world, text, "* SEARCH\r\nt OK SEARCH completed\r\n");
    expect_unharmed(world);
}

static void
test_numbers(void)
{
    g_test_summary("RFC 9051 §9: numbers beyond 2^32, 2^63 and 2^64 are no numbers");
    static const char *const forms[] = {
        "FETCH %s FLAGS",       "FETCH 1:%s FLAGS",      "UID FETCH %s FLAGS",
        "UID FETCH 1,%s FLAGS", "STORE %s FLAGS ()",     "UID STORE %s FLAGS ()",
        "COPY %s Trash",        "UID MOVE %s Trash",     "UID EXPUNGE %s",
        "SEARCH UID %s",        "SEARCH LARGER %sx",     "FETCH 1 BODY[]<%s.%s>",
        "FETCH 1 BODY[%s]",     "FETCH 1 BODY[]<0.0>",   "STORE 1 (UNCHANGEDSINCE %s) FLAGS ()",
        "SEARCH ON 1-Jan-%s",   "SEARCH ON %s-Jan-2000",
    };
    static const char *const numbers[] = { "18446744073709551616", "18446744073709551617",
                                           "9223372036854775808", "99999999999999999999999999" };
    g_autoptr(ReaderWorld) world = reader_selected();

    for (gsize i = 0; i < G_N_ELEMENTS(forms); i++)
        for (gsize j = 0; j < G_N_ELEMENTS(numbers); j++) {
            g_auto(GStrv) pieces = g_strsplit(forms[i], "%s", -1);
            g_autofree char *command = g_strjoinv(numbers[j], pieces);
            const char *const commands[] = { command };

            expect_refused(world, commands, 1);
        }
    static const char *const beyond_32[] = { "FETCH 4294967296 FLAGS", "UID FETCH 4294967296 FLAGS",
                                             "UID STORE 1:4294967297 FLAGS (\\Seen)",
                                             "UID FETCH 0 FLAGS", "UID MOVE 4294967296 Trash" };
    expect_refused(world, beyond_32, G_N_ELEMENTS(beyond_32));
    expect_unharmed(world);
}

static void
test_tags(void)
{
    g_test_summary("RFC 9051 §9: what is no tag is answered untagged, what is none of ours is BAD");
    static const char *const untagged[] = { "(a NOOP",   "* NOOP",       "+ NOOP", "\"a\" NOOP",
                                            "%a NOOP",   "\\a NOOP",     " NOOP",  "",
                                            "\x7f NOOP", "\xc3\xa9 NOOP" };
    g_autoptr(ReaderWorld) world = reader_connected();

    for (gsize i = 0; i < G_N_ELEMENTS(untagged); i++) {
        g_autofree char *line = g_strconcat(untagged[i], "\r\n", NULL);

        reader_expect(world, line, "* BAD A command begins with a tag\r\n");
        reader_expect(world, "u NOOP\r\n", "u OK NOOP completed\r\n");
    }
    reader_expect(world, "a(b NOOP\r\n", "* BAD A command begins with a tag\r\n");
    reader_expect(world, "a]b- NOOP\r\n", "a]b- OK NOOP completed\r\n");
    g_autofree char *tag = g_strnfill(8000, 't');
    g_autofree char *line = g_strconcat(tag, " NOOP\r\n", NULL);
    g_autofree char *answer = g_strconcat(tag, " OK NOOP completed\r\n", NULL);
    reader_expect(world, line, answer);
    expect_bye(world, "{5}\r\n", "* BYE A literal before any command\r\n");
}

/* Octets with a NUL among them, and how many they are. */
#define HOSTILE_OCTETS(text) (text), sizeof(text) - 1

static void
test_nul(void)
{
    g_test_summary("RFC 9051 §4.3.1: NUL is nowhere allowed but in a literal8");
    static const struct {
        const char *octets;
        gsize length;
        const char *answer;
    } lines[] = {
        { HOSTILE_OCTETS("t \0NOOP\r\n"), "* BAD No NUL and no bare CR in a line\r\n" },
        { HOSTILE_OCTETS("\0\r\n"), "* BAD No NUL and no bare CR in a line\r\n" },
        { HOSTILE_OCTETS("t COPY 1 {3+}\r\na\0b\r\n"),
          "t BAD A mailbox name must follow the sequence set, and nothing more\r\n" },
        { HOSTILE_OCTETS("t APPEND INBOX {3+}\r\na\0b\r\n"), "t BAD No NUL in a message\r\n" },
        { HOSTILE_OCTETS("t APPEND INBOX ~{3+}\r\na\0b\r\n"),
          "t NO [UNKNOWN-CTE] Mailboxes hold text, encode it first\r\n" },
        { HOSTILE_OCTETS("t ID (\"name\" {3+}\r\na\0b)\r\n"), "t BAD ID needs a list, or NIL\r\n" },
        { HOSTILE_OCTETS("t ID (\"name\" \"\xff\xc3\")\r\n"),
          "* ID (\"name\" \"Glasspost\")\r\nt OK ID completed\r\n" },
    };
    g_autoptr(ReaderWorld) world = reader_selected();

    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(GString) replies = g_string_new(NULL);

        g_assert_true(dialog_pump(world->input, lines[i].octets, lines[i].length, reader_input,
                                  world, replies));
        g_assert_cmpstr(replies->str, ==, lines[i].answer);
    }
    expect_unharmed(world);
}

static void
test_states(void)
{
    g_test_summary("RFC 9051 §3: each command only in its states");
    static const char *const to_user[] = {
        "SELECT INBOX", "EXAMINE INBOX",    "CREATE a",    "DELETE a",    "RENAME a b",
        "SUBSCRIBE a",  "UNSUBSCRIBE a",    "LIST \"\" *", "LSUB \"\" *", "STATUS INBOX ()",
        "NAMESPACE",    "ENABLE CONDSTORE", "IDLE"
    };
    static const char *const to_box[] = { "CHECK",
                                          "CLOSE",
                                          "UNSELECT",
                                          "EXPUNGE",
                                          "SEARCH ALL",
                                          "FETCH 1 FLAGS",
                                          "STORE 1 FLAGS ()",
                                          "COPY 1 Trash",
                                          "MOVE 1 Trash",
                                          "UID FETCH 1 FLAGS",
                                          "UID EXPUNGE 1",
                                          "UID MOVE 1 Trash",
                                          "UID NOOP",
                                          "UID",
                                          "UID LOGIN carol sesame" };
    static const char *const to_stranger[] = { "LOGIN carol sesame", "STARTTLS",
                                               "AUTHENTICATE PLAIN =" };
    g_autoptr(ReaderWorld) world = reader_connected();

    expect_refused(world, to_user, G_N_ELEMENTS(to_user));
    expect_refused(world, to_box, G_N_ELEMENTS(to_box));
    g_autofree char *login = reader_say(world, "a LOGIN carol sesame\r\n");
    g_assert_nonnull(strstr(login, "a OK "));
    expect_refused(world, to_box, G_N_ELEMENTS(to_box));
    expect_refused(world, to_stranger, G_N_ELEMENTS(to_stranger));
    g_autofree char *select = reader_say(world, "b SELECT INBOX\r\n");
    g_assert_nonnull(strstr(select, "b OK "));
    expect_refused(world, to_stranger, G_N_ELEMENTS(to_stranger));
    expect_unharmed(world);
}

static void
test_cut(void)
{
    g_test_summary("a connection that is cut at any octet leaves the mailbox as it was");
    static const char script[] = "a LOGIN carol sesame\r\nb SELECT INBOX\r\nc ENABLE x\r\n"
                                 "d APPEND INBOX (\\Seen) {8+}\r\nA: b\r\n\r\n\r";
    static const char stranger[] = "a LOGIN {5}\r\ncarol {6+}\r\nsesam";
    g_autoptr(ReaderWorld) world = reader_connected();

    for (gsize cut = 1; cut <= strlen(script); cut += cut < 20 ? 5 : 1) {
        g_autofree char *some = g_strndup(script, cut), *said = NULL;

        imap_session_free(world->imap_session);
        net_buffer_clear(world->input);
        world->imap_session = imap_session_new(&world->imap, "127.0.0.1", TRUE, NULL, NULL, NULL);
        said = reader_say(world, some);
    }
    for (gsize cut = 1; cut <= strlen(stranger); cut++) {
        g_autofree char *some = g_strndup(stranger, cut), *said = NULL;

        imap_session_free(world->imap_session);
        net_buffer_clear(world->input);
        world->imap_session = imap_session_new(&world->imap, "127.0.0.1", TRUE, NULL, NULL, NULL);
        said = reader_say(world, some);
    }
    expect_unharmed(world);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/hostile/unterminated", test_unterminated);
    g_test_add_func("/imap/hostile/huge-literal", test_huge_literal);
    g_test_add_func("/imap/hostile/unasked-after-long-line", test_unasked_after_long_line);
    g_test_add_func("/imap/hostile/many-literals", test_many_literals);
    g_test_add_func("/imap/hostile/empty-literals", test_empty_literals);
    g_test_add_func("/imap/hostile/parentheses", test_parentheses);
    g_test_add_func("/imap/hostile/numbers", test_numbers);
    g_test_add_func("/imap/hostile/tags", test_tags);
    g_test_add_func("/imap/hostile/nul", test_nul);
    g_test_add_func("/imap/hostile/states", test_states);
    g_test_add_func("/imap/hostile/cut", test_cut);
    return g_test_run();
}
