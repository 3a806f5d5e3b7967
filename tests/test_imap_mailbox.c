/* tests/test_imap_mailbox.c - mailboxes are made, listed, renamed, removed. */
#include "storage/notify.h"
#include "tests/imap_reader.h"

static void
test_mailboxes(void)
{
    g_test_summary("RFC 3501 §6.3: CREATE, DELETE, RENAME, LIST, LSUB, SUBSCRIBE");
    dialog_play_both("imap-mailboxes.txt", &reader_imap_engine, NULL);
}

static void
test_names(void)
{
    g_test_summary("RFC 9051 §5.1, §6.3.9.7: names in UTF-8, composed; OLDNAME");
    dialog_play_both("imap-names.txt", &reader_imap_engine, NULL);
}

static void
test_selected_deleted(void)
{
    g_test_summary(
        "RFC 9051 §6.3.5: the selected mailbox may be deleted, by any spelling; then none is "
        "selected");
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autofree char *said =
        reader_say(world, "b CREATE INBOX/x\r\nb RENAME INBOX/x INBOX/y\r\nb SELECT INBOX/y\r\n");

    g_assert_nonnull(strstr(said, "b OK [READ-WRITE]"));
    reader_expect(world, "c DELETE inbox/y\r\n",
                  "* OK [CLOSED] It is the mailbox that was open\r\nc OK DELETE completed\r\n");
    reader_expect(world, "d FETCH 1 FLAGS\r\n", "d BAD Not in this state\r\n");
}

/* The session that @world->imap_session is, put aside for another one. */
static ImapSession *
put_aside(ReaderWorld *world)
{
    ImapSession *session = g_steal_pointer(&world->imap_session);
    g_autofree char *said = NULL;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "a LOGIN carol sesame\r\n");
    return session;
}

static void
test_deleted_by_another(void)
{
    g_test_summary(
        "a session whose mailbox another one deletes is told that all is gone, and lives");
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autoptr(ImapSession) other = NULL;
    g_autofree char *said = NULL, *selected = NULL, *again = NULL;

    said = reader_say(world,
                      "b CREATE Work\r\nb SELECT INBOX\r\nb COPY 1:2 Work\r\nb SELECT Work\r\n");
    other = put_aside(world);
    reader_expect(world, "c DELETE Work\r\n", "c OK DELETE completed\r\n");
    imap_session_free(world->imap_session);
    world->imap_session = g_steal_pointer(&other);
    reader_expect(world, "d NOOP\r\n", "* 1 EXPUNGE\r\n* 1 EXPUNGE\r\nd OK NOOP completed\r\n");
    reader_expect(world, "e UID FETCH 1:* FLAGS\r\n", "e OK UID FETCH completed\r\n");
    reader_expect(world, "f EXPUNGE\r\n", "f OK EXPUNGE completed\r\n");
    reader_expect(world, "g STATUS Work (MESSAGES)\r\n",
                  "g NO [NONEXISTENT] There is no such mailbox\r\n");
    reader_expect(world, "h NOOP\r\n", "h OK NOOP completed\r\n");
    selected = reader_say(world, "i SELECT INBOX\r\n");
    g_assert_true(g_str_has_prefix(selected, "* OK [CLOSED]"));
    /* One made anew has UIDs of its own, and another UIDVALIDITY. */
    again = reader_say(world, "j CREATE Work\r\nk STATUS Work (MESSAGES UIDNEXT)\r\n");
    g_assert_nonnull(strstr(again, "* STATUS \"Work\" (MESSAGES 0 UIDNEXT 1)\r\n"));
}

/* Copies of what is in INBOX, straight into the table, until there are @count. */
static void
fill_inbox(ReaderWorld *world, gint64 count)
{
    g_autoptr(StoreMailbox) inbox =
        store_mailbox_find(world->store, world->carol->id, "INBOX", NULL);
    g_autoptr(sqlite3_stmt) insert = store_prepare(
        world->store,
        "WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)"
        "INSERT INTO entries (mailbox, uid, message, flags, keywords, modseq, date, octets, prefix)"
        " SELECT mailbox, i, message, flags, keywords, 3, date, octets, prefix FROM n, entries"
        " WHERE mailbox = ?1 AND uid = 1",
        NULL);
    g_autoptr(sqlite3_stmt) next =
        store_prepare(world->store, "UPDATE mailboxes SET uidnext = ?2 + 1 WHERE id = ?1", NULL);

    sqlite3_bind_int64(insert, 1, inbox->id);
    sqlite3_bind_int64(insert, 2, count);
    sqlite3_bind_int64(next, 1, inbox->id);
    sqlite3_bind_int64(next, 2, count);
    g_assert_true(store_run(world->store, insert, NULL));
    g_assert_true(store_run(world->store, next, NULL));
    g_assert_true(store_commit(world->store, NULL));
}

/* How many turns of the loop @command takes. */
static guint
count_turns(ReaderWorld *world, const char *command, GString *replies)
{
    NetNext next;
    guint turns = 0;

    g_string_truncate(replies, 0);
    net_buffer_add(world->input, command, strlen(command));
    do {
        next = reader_input(world, world->input, replies);
        turns++;
    } while (next == NET_MORE || net_buffer_length(world->input) > 0);
    return turns;
}

/* The rest of a command that has been begun. */
static void
go_on(ReaderWorld *world, GString *replies)
{
    while (reader_input(world, world->input, replies) == NET_MORE)
        continue;
}

static void
test_renamed_in_between(void)
{
    g_test_summary(
        "a mailbox that gets another name while it is deleted, page by page, is the one that goes");
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autoptr(GString) replies = g_string_new(NULL);

    fill_inbox(world, 300);
    reader_expect(world, "b RENAME INBOX Old\r\n", "b OK RENAME completed\r\n");
    net_buffer_add(world->input, "c DELETE Old\r\n", 14);
    g_assert_cmpint(reader_input(world, world->input, replies), ==, NET_MORE);
    g_assert_true(store_mailbox_rename(world->store, world->carol->id, "Old", "Other", NULL));
    g_assert_true(store_mailbox_create(world->store, world->carol->id, "Old", NULL));
    go_on(world, replies);
    g_assert_cmpstr(replies->str, ==, "c OK DELETE completed\r\n");
    reader_expect(world, "d LIST \"\" O*\r\n",
                  "* LIST () \"/\" \"Old\"\r\nd OK LIST completed\r\n");
}

static void
test_deleted_in_between(void)
{
    g_test_summary(
        "RFC 9051 §6.3.2: a mailbox that goes while it is opened, page by page, is not open");
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autoptr(GString) replies = g_string_new(NULL);

    fill_inbox(world, 2500); /* more than one turn reads */
    reader_expect(world, "b RENAME INBOX Full\r\n", "b OK RENAME completed\r\n");
    net_buffer_add(world->input, "c SELECT Full\r\n", 15);
    g_assert_cmpint(reader_input(world, world->input, replies), ==, NET_MORE);
    g_assert_true(store_mailbox_delete(world->store, world->carol->id, "Full", NULL));
    g_assert_true(store_commit(world->store, NULL));
    go_on(world, replies);
    g_assert_cmpstr(replies->str, ==, "c NO [NONEXISTENT] There is no such mailbox any more\r\n");
    reader_expect(world, "d CHECK\r\n", "d BAD Not in this state\r\n");
}

static void
test_many_messages(void)
{
    g_test_summary("RFC 9051 §6.3.5, §6.3.6: thousands of messages move or go a page a turn");
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autofree char *selected = NULL;

    fill_inbox(world, 1000);
    selected = reader_say(world, "b SELECT INBOX\r\n");
    g_assert_cmpuint(count_turns(world, "c RENAME INBOX Old\r\n", replies), >=, 5);
    g_assert_true(g_str_has_prefix(replies->str, "* 1 EXPUNGE\r\n"));
    g_assert_true(g_str_has_suffix(replies->str, "c OK RENAME completed\r\n"));
    reader_expect(world, "d STATUS Old (MESSAGES UIDNEXT)\r\n",
                  "* STATUS \"Old\" (MESSAGES 1000 UIDNEXT 1001)\r\nd OK STATUS completed\r\n");
    reader_expect(
        world, "e STATUS INBOX (MESSAGES UIDNEXT SIZE)\r\n",
        "* STATUS \"INBOX\" (MESSAGES 0 UIDNEXT 1001 SIZE 0)\r\ne OK STATUS completed\r\n");
    g_assert_cmpuint(count_turns(world, "f DELETE Old\r\n", replies), >=, 5);
    g_assert_cmpstr(replies->str, ==, "f OK DELETE completed\r\n");
    reader_find_event(world, "Old is gone with 1000 messages");
}

/* Another program has emptied INBOX. */
static void
empty_inbox(ReaderWorld *world)
{
    static const char *const statements[] = { "DELETE FROM entries",
                                              "UPDATE mailboxes SET modseq = modseq + 1" };
    g_autoptr(StoreMailbox) inbox =
        store_mailbox_find(world->store, world->carol->id, "INBOX", NULL);

    for (guint i = 0; i < G_N_ELEMENTS(statements); i++) {
        g_autoptr(sqlite3_stmt) statement = store_prepare(world->store, statements[i], NULL);

        g_assert_true(store_run(world->store, statement, NULL));
    }
    store_notify(world->store, inbox->id);
    g_assert_true(store_commit(world->store, NULL));
}

static void
test_many_gone(void)
{
    g_test_summary("RFC 3501 §7.4.1: that thousands of messages are gone is told a slice a turn");
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autofree char *selected = NULL;
    guint told = 0;

    fill_inbox(world, 12000);
    selected = reader_say(world, "b SELECT INBOX\r\n");
    empty_inbox(world);
    g_assert_cmpuint(count_turns(world, "c NOOP\r\n", replies), >=, 3);
    for (const char *at = replies->str; g_str_has_prefix(at, "* 1 EXPUNGE\r\n");
         at += strlen("* 1 EXPUNGE\r\n"))
        told++;
    g_assert_cmpuint(told, ==, 12000);
    g_assert_true(g_str_has_suffix(replies->str, "EXPUNGE\r\nc OK NOOP completed\r\n"));
}

static void
test_limits(void)
{
    g_test_summary(
        "RFC 9051 §6.3.4: names too long or too deep, and too many mailboxes, are refused");
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autofree char *name = g_strnfill(256, 'x'), *far = g_strnfill(5000, 'y');
    g_autofree char *longer = g_strdup_printf("b CREATE %s\r\n", name);
    g_autofree char *fits = g_strdup_printf("c CREATE %s\r\n", name + 1);
    g_autofree char *far_too_long = g_strdup_printf("d SELECT %s\r\n", far);
    g_autoptr(sqlite3_stmt) insert = store_prepare(
        world->store,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
        "INSERT INTO mailboxes (account, name, uidvalidity, uidnext, modseq)"
        " SELECT ?1, 'box' || i, i, 1, 1 FROM n",
        NULL);

    reader_expect(world, longer,
                  "b NO [CANNOT] That cannot be: a mailbox may not be called so\r\n");
    reader_expect(world, fits, "c OK CREATE completed\r\n");
    reader_expect(world, far_too_long, "d NO [NONEXISTENT] There is no such mailbox\r\n");
    sqlite3_bind_int64(insert, 1, world->carol->id);
    g_assert_true(store_run(world->store, insert, NULL));
    reader_expect(world, "e CREATE more\r\n", "e NO [LIMIT] There are too many of them\r\n");
    reader_expect(world, "f RENAME INBOX more\r\n", "f NO [LIMIT] There are too many of them\r\n");
}

static void
test_events(void)
{
    g_test_summary("what becomes of a mailbox is told in words");
    g_autoptr(ReaderWorld) world = reader_logged_in();
    g_autofree char *said =
        reader_say(world, "b CREATE Work\r\nc RENAME Work Play\r\nd SUBSCRIBE Play\r\n"
                          "e UNSUBSCRIBE Play\r\nf DELETE Play\r\ng RENAME INBOX Old\r\n");

    g_assert_nonnull(strstr(said, "g OK RENAME completed"));
    reader_find_event(world, "carol@south.example has a mailbox Work now");
    reader_find_event(world, "Work is called Play now");
    reader_find_event(world, "wants to see Play in the list");
    reader_find_event(world, "does not want to see Play in the list any more");
    reader_find_event(world, "Play is gone with 0 messages");
    reader_find_event(world, "INBOX cannot have another name: its 2 messages are in Old now");
}

static void
test_eight_bit(void)
{
    g_test_summary(
        "RFC 3501 §5.1: no 8-bit name is made; UTF-8 in quotes is read as modified UTF-7");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *said = NULL;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "a LOGIN carol sesame\r\n");
    reader_expect(world, "b CREATE \"Entw\xc3\xbcrfe\"\r\n", "b OK CREATE completed\r\n");
    reader_expect(world, "c LIST \"\" E*\r\n",
                  "* LIST () \"/\" \"Entw&APw-rfe\"\r\nc OK LIST completed\r\n");
    reader_expect(world, "d DELETE {9+}\r\nEntw\xc3\xbcrfe\r\n", "d OK DELETE completed\r\n");
    reader_expect(world, "e CREATE \"Entw\xfcrfe\"\r\n", "e BAD A mailbox name is needed here\r\n");
    reader_expect(world, "f CREATE Entw\xc3\xbcrfe\r\n", "f BAD A mailbox name is needed here\r\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/mailbox/mailboxes", test_mailboxes);
    g_test_add_func("/imap/mailbox/names", test_names);
    g_test_add_func("/imap/mailbox/selected-deleted", test_selected_deleted);
    g_test_add_func("/imap/mailbox/deleted-by-another", test_deleted_by_another);
    g_test_add_func("/imap/mailbox/renamed-in-between", test_renamed_in_between);
    g_test_add_func("/imap/mailbox/deleted-in-between", test_deleted_in_between);
    g_test_add_func("/imap/mailbox/many-messages", test_many_messages);
    g_test_add_func("/imap/mailbox/many-gone", test_many_gone);
    g_test_add_func("/imap/mailbox/limits", test_limits);
    g_test_add_func("/imap/mailbox/events", test_events);
    g_test_add_func("/imap/mailbox/eight-bit", test_eight_bit);
    return g_test_run();
}
