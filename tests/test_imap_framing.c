/* tests/test_imap_framing.c - lines and literals: limits from both sides. */
#include "imap/commands.h"
#include "tests/imap_reader.h"

static void
test_long_line(void)
{
    g_test_summary("DESIGN §11: 8,192 octets are a line, one more is too long");
    g_autoptr(ReaderWorld) world = reader_connected();
    g_autofree char *filler = g_strnfill(8192 - strlen("a NOOP \r\n"), 'x');
    g_autofree char *fits = g_strdup_printf("a NOOP %s\r\n", filler);
    g_autofree char *more = g_strdup_printf("a NOOP x%s\r\n", filler);

    g_assert_cmpuint(strlen(fits), ==, 8192);
    reader_expect(world, fits, "a BAD NOOP has no arguments\r\n");
    reader_expect(world, more, "* BAD Line too long\r\n");
    reader_expect(world, "b NOOP\r\n", "b OK NOOP completed\r\n");
}

static void
test_literal_limits(void)
{
    g_test_summary("RFC 3501 §4.3: a literal's size is checked before the +");
    g_autoptr(ReaderWorld) world = reader_connected();

    reader_expect(world, "a LOGIN {16385}\r\n", "a BAD This literal is too long\r\n");
    reader_expect(world, "b LOGIN {4294967296}\r\n", "b BAD This literal is too long\r\n");
    reader_expect(world, "c LOGIN {16000}\r\n", "+ Ready for the literal\r\n");
    g_autofree char *filler = g_strnfill(16000, 'x');
    reader_expect(world, filler, "");
    reader_expect(world, " {1000}\r\n", "c BAD This literal is too long\r\n");
    reader_expect(world, "d NOOP\r\n", "d OK NOOP completed\r\n");
}

static void
test_unasked_limit(void)
{
    g_test_summary(
        "RFC 7888 §5: a stranger's literal may come unasked up to 4,096 octets, no more");
    g_autoptr(ReaderWorld) world = reader_connected();
    g_autofree char *longest = g_strnfill(4096, 'x');
    g_autofree char *line = g_strdup_printf("a LOGIN {4096+}\r\n%s secret\r\nb NOOP\r\n", longest);
    g_autofree char *said = reader_say(world, line);

    g_assert_nonnull(strstr(said, "a NO "));
    g_assert_nonnull(strstr(said, "b OK "));
    reader_expect(world, "c LOGIN {4097+}\r\n", "* BYE [TOOBIG] This literal is too long\r\n");
}

static void
test_password_forgotten(void)
{
    g_test_summary("a command that may have held a password is overwritten in memory");
    g_autoptr(ReaderWorld) world = reader_connected();
    g_autofree char *said = reader_say(world, "a LOGIN carol sesame\r\n");
    const GString *command = world->imap_session->command;

    g_assert_nonnull(strstr(said, "a OK "));
    for (gsize i = 0; i < strlen("a LOGIN carol sesame"); i++)
        g_assert_cmpint(command->str[i], ==, '\0');
}

static void
test_memory_given_back(void)
{
    g_test_summary("DESIGN §11: a long command's memory is given back, for many clients only wait");
    g_autoptr(ReaderWorld) world = reader_connected();
    g_autofree char *filler = g_strnfill(8000, 'x');
    g_autofree char *line = g_strdup_printf("a NOOP %s\r\n", filler);

    reader_expect(world, line, "a BAD NOOP has no arguments\r\n");
    g_assert_cmpuint(world->imap_session->command->allocated_len, <=, IMAP_COMMAND_KEPT);
}

static void
test_unasked(void)
{
    g_test_summary("RFC 7888 §4: a literal that comes unasked and is too long ends the connection");
    g_autoptr(ReaderWorld) world = reader_connected();
    static const char line[] = "a LOGIN {16385+}\r\n";
    g_autoptr(GString) replies = g_string_new(NULL);

    g_assert_false(dialog_pump(world->input, line, strlen(line), reader_input, world, replies));
    g_assert_cmpstr(replies->str, ==, "* BYE [TOOBIG] This literal is too long\r\n");
}

static void
test_in_literal(void)
{
    g_test_summary("RFC 3501 §4.3: what looks like a command in a literal is none");
    g_autoptr(ReaderWorld) world = reader_connected();

    reader_expect(world, "a LOGIN {16+}\r\nx LOGOUT\r\nabcdef {6}\r\n",
                  "+ Ready for the literal\r\n");
    reader_expect(world, "sesame\r\n", "a NO [AUTHENTICATIONFAILED] User or password is wrong\r\n");
}

static void
test_sasl_limit(void)
{
    g_test_summary("an answer to AUTHENTICATE is at most 12,288 octets");
    g_autoptr(ReaderWorld) world = reader_connected();
    g_autofree char *filler = g_strnfill(12288 - 2, 'A');
    g_autofree char *fits = g_strconcat(filler, "\r\n", NULL);
    g_autofree char *line = g_strconcat("A", filler, "\r\n", NULL);

    reader_expect(world, "a AUTHENTICATE PLAIN\r\n", "+ \r\n");
    reader_expect(world, fits, "a BAD Not the answer asked for\r\n");
    reader_expect(world, "a AUTHENTICATE PLAIN\r\n", "+ \r\n");
    reader_expect(world, line, "a BAD Line too long\r\n");
    reader_expect(world, "b NOOP\r\n", "b OK NOOP completed\r\n");
}

static void
test_pipelined(void)
{
    g_test_summary("RFC 3501 §5.5: commands sent ahead are answered in order, long work between");
    g_autoptr(ReaderWorld) world = reader_connected();
    g_autofree char *said =
        reader_say(world, "a LOGIN carol sesame\r\nb SELECT INBOX\r\nc FETCH 1:2 BODY[]\r\n"
                          "d SEARCH ALL\r\ne NOOP\r\n");

    g_assert_true(
        g_str_has_suffix(said, "c OK FETCH completed\r\n* SEARCH 1 2\r\nd OK SEARCH completed\r\n"
                               "e OK NOOP completed\r\n"));
}

static void
test_behind_long_work(void)
{
    g_test_summary("RFC 3501 §5.5: what came during long work is looked at when that is done");
    g_autoptr(ReaderWorld) world = reader_connected();
    g_autoptr(GString) replies = g_string_new(NULL);
    static const char lines[] = "c STORE 1:* FLAGS.SILENT (\\Seen)\r\nd NOOP\r\n";
    NetNext next;

    for (guint i = 2; i < 700; i++)
        reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    g_assert_true(store_commit(world->store, NULL));
    g_autofree char *said = reader_say(world, "a LOGIN carol sesame\r\nb SELECT INBOX\r\n");
    g_assert_nonnull(strstr(said, "b OK "));
    net_buffer_add(world->input, lines, strlen(lines));
    while ((next = reader_input(world, world->input, replies)) == NET_MORE)
        continue;
    g_assert_cmpint(next, ==, NET_GO_ON);
    g_assert_cmpstr(replies->str, ==, "c OK STORE completed\r\nd OK NOOP completed\r\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/framing/long-line", test_long_line);
    g_test_add_func("/imap/framing/literal-limits", test_literal_limits);
    g_test_add_func("/imap/framing/unasked-limit", test_unasked_limit);
    g_test_add_func("/imap/framing/password-forgotten", test_password_forgotten);
    g_test_add_func("/imap/framing/memory-given-back", test_memory_given_back);
    g_test_add_func("/imap/framing/unasked", test_unasked);
    g_test_add_func("/imap/framing/in-literal", test_in_literal);
    g_test_add_func("/imap/framing/sasl-limit", test_sasl_limit);
    g_test_add_func("/imap/framing/pipelined", test_pipelined);
    g_test_add_func("/imap/framing/behind-long-work", test_behind_long_work);
    return g_test_run();
}
