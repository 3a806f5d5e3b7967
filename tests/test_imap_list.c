/* tests/test_imap_list.c - LIST, basic and extended, and the same of very many mailboxes. */
#include "storage/inside.h"
#include "tests/imap_reader.h"

/* Mailboxes box1/sub to box@count/sub, and none above them. */
static void
make_many(ReaderWorld *world, gint64 count)
{
    g_autoptr(sqlite3_stmt) insert =
        store_prepare(world->store,
                      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)"
                      "INSERT INTO mailboxes (account, name, uidvalidity, uidnext, modseq)"
                      " SELECT ?1, 'box' || i || '/sub', i, 1, 1 FROM n",
                      NULL);

    g_assert_nonnull(insert);
    sqlite3_bind_int64(insert, 1, world->carol->id);
    sqlite3_bind_int64(insert, 2, count);
    g_assert_true(store_run(world->store, insert, NULL));
    g_assert_true(store_commit(world->store, NULL));
}

static guint
count_lines(const char *said, const char *part)
{
    guint count = 0;

    for (const char *at = strstr(said, part); at != NULL; at = strstr(at + 1, part))
        count++;
    return count;
}

static void
test_extended(void)
{
    g_test_summary("RFC 5258 §3, RFC 5819 §2, RFC 6154 §2: the extended LIST");
    dialog_play_both("imap-list-extended.txt", &reader_imap_engine, NULL);
}

static void
test_many(void)
{
    g_test_summary("RFC 9051 §6.3.9: 5,000 mailboxes are listed a page a turn, each once");
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autoptr(GString) replies = g_string_new(NULL);
    NetNext next = NET_GO_ON;
    guint turns = 0;
    gsize longest = 0;

    make_many(world, 5000);
    net_buffer_add(world->input, "b LIST \"\" *\r\n", 13);
    do {
        gsize before = replies->len;

        next = reader_input(world, world->input, replies);
        longest = MAX(longest, replies->len - before);
        turns++;
    } while (next == NET_MORE || net_buffer_length(world->input) > 0);
    g_assert_cmpuint(count_lines(replies->str, "* LIST "), ==, 5006);
    g_assert_true(g_str_has_suffix(replies->str, "b OK LIST completed\r\n"));
    g_assert_cmpuint(turns, >=, 50);
    g_assert_cmpuint(longest, <, 64 * 1024);
}

static void
test_levels(void)
{
    g_test_summary("RFC 9051 §6.3.9: with % the levels above are told once each, across pages too");
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autofree char *levels = NULL, *statuses = NULL;

    make_many(world, 500);
    levels = reader_say(world, "b LIST \"\" box%\r\n");
    g_assert_cmpuint(count_lines(levels, "* LIST (\\Noselect) \"/\" \"box"), ==, 500);
    g_assert_cmpuint(count_lines(levels, "sub"), ==, 0);
    statuses = reader_say(world, "c LIST \"\" box1*/% RETURN (STATUS (MESSAGES UIDNEXT))\r\n");
    g_assert_cmpuint(count_lines(statuses, "* LIST () \"/\" \"box1"), ==, 111);
    g_assert_cmpuint(count_lines(statuses, "(MESSAGES 0 UIDNEXT 1)"), ==, 111);
}

static void
expect_told(ReaderWorld *world, const char *pattern, guint told)
{
    g_autofree char *command = g_strdup_printf("b LIST \"\" %s\r\n", pattern);
    g_autofree char *said = NULL;

    g_ptr_array_set_size(world->events, 0);
    said = reader_say(world, command);
    g_assert_cmpuint(count_lines(said, "* LIST "), ==, told);
}

static void
test_prefix(void)
{
    g_test_summary("one name among thousands is looked for where it must be");
    g_autoptr(ReaderWorld) world = reader_logged_in();

    make_many(world, 2000);
    expect_told(world, "INBOX", 1);
    g_assert_cmpuint(reader_count_events(world, "in the order of their names"), ==, 1);
    expect_told(world, "box77/sub", 1);
    g_assert_cmpuint(reader_count_events(world, "in the order of their names"), ==, 1);
    expect_told(world, "box77%", 11); /* the levels box77 and box770 to box779 */
    expect_told(world, "box1999*", 1);
    expect_told(world, "box77/", 0);
    expect_told(world, "Zzz", 0);
    expect_told(world, "i%", 1);
    expect_told(world, "inb*", 1);
    expect_told(world, "In*x", 1);
}

/* Mailboxes may come and go between two pages: what is left is listed, and nothing twice. */
static void
test_changes_between(void)
{
    g_test_summary("mailboxes that go while others are listed: the rest is listed all the same");
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autoptr(GString) replies = g_string_new(NULL);

    make_many(world, 300);
    net_buffer_add(world->input, "b LIST \"\" box*\r\n", 16);
    reader_input(world, world->input, replies);
    for (guint i = 100; i <= 300; i++) {
        g_autofree char *name = g_strdup_printf("box%u/sub", i);

        store_mailbox_delete(world->store, world->carol->id, name, NULL);
    }
    g_assert_true(store_commit(world->store, NULL));
    while (reader_input(world, world->input, replies) == NET_MORE)
        continue;
    g_assert_cmpuint(count_lines(replies->str, "* LIST "), >=, 99);
    g_assert_cmpuint(count_lines(replies->str, "\"box99/sub\""), ==, 1);
    g_assert_nonnull(strstr(replies->str, "b OK LIST completed\r\n"));
}

static void
test_hostile_patterns(void)
{
    g_test_summary(
        "patterns full of wildcards, and very many of them, cost no more than a LIST may");
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autoptr(GString) command = g_string_new("b LIST \"\" (");
    g_autofree char *said = NULL;
    gint64 start;

    make_many(world, 200);
    for (guint i = 0; i < 400; i++)
        g_string_append(command, "*a*b*c*d*e*f*%*%a ");
    g_string_append(command, "**%%**I%N*X)\r\n");
    start = g_get_monotonic_time();
    said = reader_say(world, command->str);
    g_assert_cmpstr(said, ==, "b OK LIST completed\r\n"); /* the last one was beyond the limit */
    g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
    g_assert_nonnull(reader_find_event(world, "some of its patterns can match nothing here"));
    reader_expect(world, "c LIST \"\" **%%**I%N*X\r\n",
                  "* LIST () \"/\" \"INBOX\"\r\nc OK LIST completed\r\n");
}

static void
test_soup(void)
{
    g_test_summary(
        "whatever words follow LIST, LSUB, STATUS or SELECT: one tagged answer, and it lives");
    static const char *const words[] = {
        " ",
        "(",
        ")",
        "\"\"",
        "*",
        "%",
        "INBOX",
        "\"",
        "RETURN",
        "SUBSCRIBED",
        "RECURSIVEMATCH",
        "CHILDREN",
        "STATUS",
        "MESSAGES",
        "{3+}",
        "SIZE",
        "&-",
        "&APw-",
        "&",
        "\"a\\\"b\"",
        "(SUBSCRIBED) \"\" *",
        " ",
        " ",
        "\"\" ",
        " RETURN (",
        "()",
        "CONDSTORE",
        "\"\xc3\xbc\"",
    };
    static const char *const commands[] = { "LIST ",   "LIST ",   "LSUB ",
                                            "STATUS ", "SELECT ", "CREATE " };
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autoptr(GRand) random = g_rand_new_with_seed(5258);
    guint good = 0;

    for (guint i = 0; i < 1500; i++) {
        g_autoptr(GString) line = g_string_new("b ");
        g_autofree char *said = NULL;

        g_string_append(line, commands[g_rand_int_range(random, 0, G_N_ELEMENTS(commands))]);
        for (gint count = g_rand_int_range(random, 1, 9); count > 0; count--) {
            g_string_append(line, words[g_rand_int_range(random, 0, G_N_ELEMENTS(words))]);
            if (g_str_has_suffix(line->str, "{3+}"))
                g_string_append(line, "\r\nabc");
        }
        g_string_append(line, "\r\n");
        said = reader_say(world, line->str);
        g_assert_cmpuint(count_lines(said, "b OK ") + count_lines(said, "b NO ") +
                             count_lines(said, "b BAD "),
                         ==, 1);
        good += count_lines(said, "b OK ");
        reader_expect(world, "c CAPABILITY x\r\nd STATUS Drafts (UIDNEXT)\r\n",
                      "c BAD CAPABILITY has no arguments\r\n"
                      "* STATUS \"Drafts\" (UIDNEXT 1)\r\nd OK STATUS completed\r\n");
    }
    g_assert_cmpuint(good, >, 20);
}

static void
test_events(void)
{
    g_test_summary("what was asked of the database, and what came of it, is told");
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autofree char *said = reader_say(world, "b LIST \"\" J*\r\n");
    const TraceEvent *sql = reader_find_event(world, "6 mailboxes in the order of their names");
    const TraceEvent *decision = reader_find_event(
        world, "1 names are what the client asked for; 4 mailboxes were looked at");

    g_assert_cmpstr(said, ==, "* LIST (\\Junk) \"/\" \"Junk\"\r\nb OK LIST completed\r\n");
    g_assert_cmpint(sql->kind, ==, TRACE_SQL);
    g_assert_nonnull(strstr(sql->data, "\"params\":["));
    g_assert_cmpint(decision->stage, ==, STAGE_PICKUP);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/list/extended", test_extended);
    g_test_add_func("/imap/list/many", test_many);
    g_test_add_func("/imap/list/levels", test_levels);
    g_test_add_func("/imap/list/prefix", test_prefix);
    g_test_add_func("/imap/list/changes-between", test_changes_between);
    g_test_add_func("/imap/list/hostile-patterns", test_hostile_patterns);
    g_test_add_func("/imap/list/soup", test_soup);
    g_test_add_func("/imap/list/events", test_events);
    return g_test_run();
}
