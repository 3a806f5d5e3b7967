/* tests/test_imap_session.c - IMAP conversations, and what they leave behind in store and trace. */
#include "tests/imap_reader.h"

static void
test_read(void)
{
    g_test_summary("RFC 3501 §6.4.5: reading leaves the message there, and sets \\Seen");
    dialog_play_both("imap-read.txt", &reader_imap_engine, NULL);
}

static void
test_flags(void)
{
    g_test_summary("RFC 3501 §6.4: flags, copies, removal in two steps");
    dialog_play_both("imap-flags.txt", &reader_imap_engine, NULL);
}

static void
test_wrong(void)
{
    g_test_summary("RFC 3501 §2.2: what is wrong gets BAD or NO, and the session goes on");
    dialog_play_both("imap-wrong.txt", &reader_imap_engine, NULL);
}

static void
test_no_passwords(void)
{
    g_test_summary("RFC 3501 §6.2.3: LOGINDISABLED where a password may not come");
    dialog_play_both("imap-plain.txt", &reader_imap_engine, NULL);
}

static void
test_patience(void)
{
    g_test_summary("RFC 3501 §5.4: at least thirty minutes of silence are allowed");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GString) replies = g_string_new(NULL);

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    g_assert_cmpfloat(imap_session_patience(world->imap_session), >=, 1800);
    imap_session_expired(world->imap_session, replies);
    g_assert_cmpstr(replies->str, ==, "* BYE Autologout, you were silent for too long\r\n");
}

static void
test_dismissed(void)
{
    g_test_summary("RFC 3501 §3.4: a host that is shut down says BYE");
    g_autoptr(ReaderWorld) world = reader_connected();
    g_autoptr(GString) replies = g_string_new(NULL);

    imap_session_dismissed(world->imap_session, replies);
    g_assert_cmpstr(replies->str, ==, "* BYE This host is shutting down, come again later\r\n");
}

static void
test_journey(void)
{
    g_test_summary("reading is told in the message's own journey, without the password");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *said = NULL;
    const TraceEvent *command, *reads, *body;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "a LOGIN {5+}\r\ncarol {6+}\r\nsesame\r\nb SELECT INBOX\r\n"
                             "c FETCH 2 BODY[]\r\n");
    command = reader_find_event(world, "c FETCH 2");
    reads = reader_find_event(world, "message 2 is read by carol@south.example");
    body = reader_find_event(world, "host to reader: BODY[] of message 2, 623 octets");
    g_assert_cmpstr(command->journey, ==, "j2");
    g_assert_cmpstr(reads->journey, ==, "j2");
    g_assert_nonnull(strstr(reads->data, "\"outcome\":\"read\""));
    g_assert_cmpstr(body->journey, ==, "j2");
    g_assert_nonnull(strstr(body->data, "\"stored_sha256\""));
    g_assert_cmpint(body->stage, ==, STAGE_PICKUP);
    reader_expect_no_secret(world, "sesame");
}

/* ---- questions that are answered later ---- */

static guint asked_commit;

static void
ask_commit(void *world, ImapSession *session)
{
    (void)world;
    (void)session;
    asked_commit++;
}

static void
ask_password(void *world, ImapSession *session, const SaslTry *attempt)
{
    (void)world;
    (void)session;
    g_assert_cmpstr(attempt->password, ==, "sesame");
}

static void
test_pending(void)
{
    g_test_summary("a command that changes something is answered when that is committed");
    static const ImapAsk ask = { ask_commit, ask_password };
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autoptr(GError) broken = g_error_new(STORE_ERROR, STORE_ERROR_FAILED, "disk");
    ImapAnswer account = { .account = world->carol }, durable = { 0 },
               failed = { .failed = broken };

    asked_commit = 0;
    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, &ask, world);
    g_assert_cmpint(reader_go_on(world, "a LOGIN carol sesame\r\n", replies), ==, NET_PENDING);
    g_assert_cmpstr(replies->str, ==, "");
    imap_session_answer(world->imap_session, &account, replies);
    g_assert_true(g_str_has_prefix(replies->str, "a OK "));
    reader_go_on(world, "b SELECT INBOX\r\n", replies);
    g_assert_cmpint(reader_go_on(world, "c STORE 1 FLAGS.SILENT \\Seen\r\nd NOOP\r\n", replies), ==,
                    NET_PENDING);
    g_assert_cmpuint(asked_commit, ==, 1);
    g_assert_cmpint(reader_input(world, world->input, replies), ==, NET_PENDING);
    g_assert_cmpstr(replies->str, ==, "");
    g_assert_true(store_commit(world->store, NULL));
    imap_session_answer(world->imap_session, &durable, replies);
    g_assert_cmpstr(replies->str, ==, "c OK STORE completed\r\n");
    reader_go_on(world, "", replies);
    g_assert_cmpstr(replies->str, ==, "d OK NOOP completed\r\n");
    g_assert_cmpint(reader_go_on(world, "e CREATE New\r\n", replies), ==, NET_PENDING);
    reader_lose_group(world);
    imap_session_answer(world->imap_session, &failed, replies);
    g_assert_cmpstr(replies->str, ==, "e NO [UNAVAILABLE] Try again later\r\n");
}

static void
test_pending_all(void)
{
    g_test_summary("DESIGN §4: OK waits for the commit, whatever the command has changed");
    static const ImapAsk ask = { ask_commit, ask_password };
    static const char *const changes[] = {
        "c FETCH 1 BODY[TEXT]\r\n",
        "c UID FETCH 1 BINARY[1]\r\n",
        "c UID STORE 1 +FLAGS (\\Seen)\r\n",
        "c COPY 1 Trash\r\n",
        "c MOVE 1 Trash\r\n",
        "c CREATE New\r\n",
        "c DELETE Trash\r\n",
        "c RENAME Trash Old\r\n",
        "c RENAME INBOX Old\r\n",
        "c SUBSCRIBE Trash\r\n",
        "c UNSUBSCRIBE Trash\r\n",
        "c APPEND INBOX {6+}\r\nA: b\r\n\r\n",
    };

    for (guint i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autoptr(ReaderWorld) world = reader_world_new();
        g_autoptr(GString) replies = g_string_new(NULL);
        ImapAnswer account = { .account = world->carol }, durable = { 0 };

        world->imap_session =
            imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, &ask, world);
        reader_go_on(world, "a LOGIN carol sesame\r\n", replies);
        imap_session_answer(world->imap_session, &account, replies);
        reader_go_on(world, "b SELECT INBOX\r\n", replies);
        g_assert_cmpint(reader_go_on(world, changes[i], replies), ==, NET_PENDING);
        g_assert_null(strstr(replies->str, "c OK "));
        g_assert_true(store_commit(world->store, NULL));
        imap_session_answer(world->imap_session, &durable, replies);
        g_assert_nonnull(strstr(replies->str, "c OK "));
    }
}

static void
test_garbage(void)
{
    g_test_summary("garbage of any kind gets BAD, and after twenty the connection ends");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GString) replies = g_string_new(NULL);
    gboolean open = TRUE;
    guint lines = 0;

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    while (open && lines < 100) {
        char garbage[40];

        for (guint i = 0; i < 38; i++)
            garbage[i] = (char)(' ' + (lines * 37 + i * 101) % 90);
        memcpy(garbage + 38, "\r\n", 2);
        open = dialog_pump(world->input, garbage, 40, reader_input, world, replies);
        lines++;
    }
    g_assert_false(open);
    g_assert_nonnull(strstr(replies->str, "* BYE Too many bad commands\r\n"));
}

static void
test_mistakes(void)
{
    g_test_summary("twenty mistakes end it only in a row, and the last one is answered, too");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GString) replies = g_string_new(NULL);

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    for (guint i = 0; i < 40; i++) {
        reader_expect(world, "a FRED\r\n", "a BAD Unknown command\r\n");
        if (i % 19 == 18)
            reader_expect(world, "b NOOP\r\n", "b OK NOOP completed\r\n");
    }
    for (guint i = 2; i < 19; i++)
        reader_expect(world, "c FRED\r\n", "c BAD Unknown command\r\n");
    g_assert_false(dialog_pump(world->input, "d FRED\r\n", 8, reader_input, world, replies));
    g_assert_cmpstr(replies->str, ==, "d BAD Unknown command\r\n* BYE Too many bad commands\r\n");
}

static void
test_too_many_passwords(void)
{
    g_test_summary("DESIGN §11: five wrong passwords end the connection, and none is in the trace");
    g_autoptr(ReaderWorld) world = reader_connected();
    static const char try[] = "a LOGIN carol verysecret\r\n";
    g_autoptr(GString) replies = g_string_new(NULL);

    for (guint i = 1; i <= 5; i++)
        g_assert_cmpint(dialog_pump(world->input, try, strlen(try), reader_input, world, replies),
                        ==, i < 5);
    g_assert_true(g_str_has_suffix(replies->str, "* BYE Too many wrong passwords\r\n"));
    reader_expect_no_secret(world, "verysecret");
}

static void
test_our_own_trouble(void)
{
    g_test_summary("RFC 5530 §3: where we cannot look, it is UNAVAILABLE and not the password");
    static const ImapAsk ask = { ask_commit, ask_password };
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autoptr(GError) busy = g_error_new(STORE_ERROR, STORE_ERROR_BUSY, "locked");
    ImapAnswer failed = { .failed = busy };

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, &ask, world);
    reader_go_on(world, "a LOGIN carol sesame\r\n", replies);
    imap_session_answer(world->imap_session, &failed, replies);
    g_assert_cmpstr(replies->str, ==, "a NO [UNAVAILABLE] Try again later\r\n");
}

static void
test_each_waits(void)
{
    g_test_summary("each command that changes something is answered behind its COMMIT");
    static const ImapAsk ask = { ask_commit, ask_password };
    static const char *const commands[] = {
        "CREATE New",       "SUBSCRIBE Far",    "UNSUBSCRIBE Far",
        "RENAME New Newer", "DELETE Newer",     "STORE 1 FLAGS.SILENT \\Deleted",
        "COPY 2 Trash",     "EXPUNGE",          "APPEND Sent {8+}\r\nA: b\r\n\r\n",
        "MOVE 1 Sent",      "RENAME INBOX Old",
    };
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GString) replies = g_string_new(NULL);
    ImapAnswer account = { .account = world->carol }, durable = { 0 };

    world->imap_session =
        imap_session_new(&world->imap, "127.0.0.1", TRUE, world->trace, &ask, world);
    reader_go_on(world, "a LOGIN carol sesame\r\n", replies);
    imap_session_answer(world->imap_session, &account, replies);
    reader_go_on(world, "b SELECT INBOX\r\n", replies);
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        g_autofree char *line = g_strdup_printf("c %s\r\n", commands[i]);

        g_assert_cmpint(reader_go_on(world, line, replies), ==, NET_PENDING);
        g_assert_cmpstr(replies->str, ==, "");
        g_assert_true(store_commit(world->store, NULL));
        imap_session_answer(world->imap_session, &durable, replies);
        g_assert_nonnull(strstr(replies->str, "c OK "));
    }
}

static void
test_logout(void)
{
    g_test_summary("RFC 3501 §6.1.3: LOGOUT is answered at once, whatever is new in the mailbox");
    g_autoptr(ReaderWorld) world = reader_selected();

    reader_add(world, "INBOX", "A: b\r\n\r\n", 8);
    reader_put(world, "INBOX", "A: b\r\n\r\n", 8);
    reader_expect(world, "c LOGOUT\r\n",
                  "* BYE mx.south.example signing off\r\nc OK LOGOUT completed\r\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap/session/read", test_read);
    g_test_add_func("/imap/session/flags", test_flags);
    g_test_add_func("/imap/session/wrong", test_wrong);
    g_test_add_func("/imap/session/no-passwords", test_no_passwords);
    g_test_add_func("/imap/session/patience", test_patience);
    g_test_add_func("/imap/session/dismissed", test_dismissed);
    g_test_add_func("/imap/session/journey", test_journey);
    g_test_add_func("/imap/session/pending", test_pending);
    g_test_add_func("/imap/session/pending-all", test_pending_all);
    g_test_add_func("/imap/session/too-many-passwords", test_too_many_passwords);
    g_test_add_func("/imap/session/our-own-trouble", test_our_own_trouble);
    g_test_add_func("/imap/session/each-waits", test_each_waits);
    g_test_add_func("/imap/session/logout", test_logout);
    g_test_add_func("/imap/session/garbage", test_garbage);
    g_test_add_func("/imap/session/mistakes", test_mistakes);
    return g_test_run();
}
