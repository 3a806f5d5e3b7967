/* tests/test_pop3_session.c - POP3 conversations, and what they leave behind in store and trace. */
#include "tests/reader_world.h"

static void
test_read(void)
{
    g_test_summary("RFC 1939 §5: a message is downloaded octet for octet, dots stuffed");
    dialog_play_both("pop3-read.txt", &reader_pop3_engine, NULL);
}

static void
test_delete(void)
{
    g_test_summary("RFC 1939 §6: what DELE has marked goes at QUIT");
    dialog_play_both("pop3-delete.txt", &reader_pop3_engine, NULL);
}

static void
test_wrong(void)
{
    g_test_summary("RFC 1939 §3: what is wrong gets -ERR, and the session goes on");
    dialog_play_both("pop3-wrong.txt", &reader_pop3_engine, NULL);
}

static void
test_no_passwords(void)
{
    g_test_summary("RFC 2449 §6.2: USER is offered only where a password may come");
    dialog_play_both("pop3-plain.txt", &reader_pop3_engine, NULL);
}

static void
test_login(void)
{
    g_test_summary("RFC 1939 §7: PASS comes immediately behind USER, spaces belong to it");
    dialog_play_both("pop3-login.txt", &reader_pop3_engine, NULL);
}

static void
test_auth(void)
{
    g_test_summary("RFC 5034 §4: challenges, answers, a lone *, and base64 to the letter");
    dialog_play_both("pop3-auth.txt", &reader_pop3_engine, NULL);
}

static void
test_list(void)
{
    g_test_summary("RFC 1939 §5: STAT, LIST and UIDL do not know what is marked; numbers stand");
    dialog_play_both("pop3-list.txt", &reader_pop3_engine, NULL);
}

static void
test_messages(void)
{
    g_test_summary("RFC 1939 §5: RETR, TOP and DELE take a message-number that is there");
    dialog_play_both("pop3-messages.txt", &reader_pop3_engine, NULL);
}

static void
test_pipelining(void)
{
    g_test_summary("RFC 2449 §6.6: commands sent at once are answered in order");
    dialog_play_both("pop3-pipelining.txt", &reader_pop3_engine, NULL);
}

static void
test_limits(void)
{
    g_test_summary("RFC 2449 §4: a line one octet too long is one -ERR, and the session goes on");
    dialog_play_both("pop3-limits.txt", &reader_pop3_engine, NULL);
}

static ReaderWorld *
logged_in(void)
{
    ReaderWorld *world = reader_world_new();
    g_autofree char *said = NULL;

    world->pop3_session =
        pop3_session_new(&world->pop3, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    said = reader_say(world, "USER carol\r\nPASS sesame\r\n");
    g_assert_nonnull(strstr(said, "+OK Maildrop locked"));
    return world;
}

static void
test_too_long(void)
{
    g_test_summary("RFC 2449 §4: 255 octets are a command, 256 are too long");
    g_autoptr(ReaderWorld) world = logged_in();
    g_autofree char *filler = g_strnfill(248, 'x');
    g_autofree char *fits = g_strdup_printf("NOOP %s\r\n", filler);
    g_autofree char *long_one = g_strdup_printf("NOOP x%s\r\n", filler);

    g_assert_cmpuint(strlen(fits), ==, 255);
    reader_expect(world, fits, "-ERR No argument is allowed here\r\n");
    reader_expect(world, long_one, "-ERR Line too long\r\n");
    reader_expect(world, "NOOP\r\n", "+OK\r\n");
}

static void
test_dropped(void)
{
    g_test_summary("RFC 1939 §6: without QUIT nothing is removed");
    g_autoptr(ReaderWorld) world = logged_in();
    g_autofree char *said = reader_say(world, "DELE 1\r\nDELE 2\r\n");
    g_autoptr(GError) error = NULL;
    StoreMailboxCounts counts;
    g_autoptr(StoreMailbox) inbox =
        store_mailbox_find(world->store, world->carol->id, "INBOX", &error);

    g_clear_pointer(&world->pop3_session, pop3_session_free);
    g_assert_true(store_mailbox_counts(world->store, inbox->id, &counts, &error));
    g_assert_cmpuint(counts.messages, ==, 2);
}

static void
test_in_use(void)
{
    g_test_summary("RFC 2449 §8.1.2: one POP3 session a maildrop, the second is told [IN-USE]");
    g_autoptr(ReaderWorld) world = logged_in();
    Pop3Session *first = g_steal_pointer(&world->pop3_session);

    world->pop3_session = pop3_session_new(&world->pop3, "127.0.0.1", TRUE, NULL, NULL, NULL);
    reader_expect(world, "USER carol\r\nPASS sesame\r\n",
                  "+OK Now the password\r\n"
                  "-ERR [IN-USE] Another POP3 session has this maildrop\r\n");
    pop3_session_free(first);
    g_autofree char *said = reader_say(world, "USER carol\r\nPASS sesame\r\n");
    g_assert_nonnull(strstr(said, "+OK Maildrop locked"));
}

static void
test_not_opened(void)
{
    g_test_summary("RFC 3206 §4: a maildrop that cannot be opened is [SYS/TEMP], and not locked");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GString) unended = g_string_new("A: b\r\n\r\n");
    g_autofree char *bodies = g_strdup_printf("%s/mx.south.example.bodies", world->folder);

    while (unended->len < 300000) /* it lies in a file, and its end must be looked at */
        g_string_append(unended, "0123456789");
    reader_add(world, "INBOX", unended->str, unended->len);
    folder_remove(bodies);
    world->pop3_session =
        pop3_session_new(&world->pop3, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    reader_expect(world, "USER carol\r\nPASS sesame\r\nSTAT\r\n",
                  "+OK Now the password\r\n-ERR [SYS/TEMP] Maildrop cannot be opened\r\n"
                  "-ERR Not allowed now\r\n");
    g_autoptr(Pop3Maildrop) other =
        pop3_maildrop_open(world->pop3.locks, world->store, world->carol, NULL);
    g_assert_nonnull(other);
}

static void
test_no_tls(void)
{
    g_test_summary("RFC 2595 §4: a host without TLS does not offer STLS, and refuses it");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *capa = NULL;

    world->pop3.tls = FALSE;
    world->pop3_session =
        pop3_session_new(&world->pop3, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    capa = reader_say(world, "CAPA\r\n");
    g_assert_null(strstr(capa, "STLS"));
    reader_expect(world, "STLS\r\n", "-ERR STLS is not offered here\r\n");
}

static void
test_passwords_by_tls(void)
{
    g_test_summary("RFC 2595 §2.3: behind STLS a password may come where it could not before");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *said = NULL;

    world->pop3_session =
        pop3_session_new(&world->pop3, "127.0.0.1", FALSE, world->trace, NULL, NULL);
    reader_expect(world, "USER carol\r\nSTLS\r\n",
                  "-ERR No passwords over this connection\r\n+OK Begin TLS\r\n");
    pop3_session_secured(world->pop3_session, "TLS1.3");
    said = reader_say(world, "USER carol\r\nPASS sesame\r\n");
    g_assert_nonnull(strstr(said, "+OK Maildrop locked"));
}

static void
test_too_many_passwords(void)
{
    g_test_summary("five wrong passwords end the connection, and none is in the trace");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GString) replies = g_string_new(NULL);

    world->pop3_session =
        pop3_session_new(&world->pop3, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    for (guint i = 1; i <= 5; i++) {
        static const char try[] = "USER carol\r\nPASS verysecret\r\n";
        gboolean open = dialog_pump(world->input, try, strlen(try), reader_input, world, replies);

        g_assert_cmpint(open, ==, i < 5);
    }
    reader_expect_no_secret(world, "verysecret");
}

static void
test_journey(void)
{
    g_test_summary("reading and removing are told in the message's own journey");
    g_autoptr(ReaderWorld) world = logged_in();
    g_autofree char *said = reader_say(world, "RETR 1\r\nDELE 1\r\nQUIT\r\n");
    const TraceEvent *command = reader_find_event(world, "RETR 1");
    const TraceEvent *downloads = reader_find_event(world, "message 1 is downloaded");
    const TraceEvent *body = reader_find_event(world, "host to reader: message 1");
    const TraceEvent *removed = reader_find_event(world, "now it is removed");

    g_assert_cmpstr(command->journey, ==, "j1");
    g_assert_cmpstr(downloads->journey, ==, "j1");
    g_assert_nonnull(strstr(downloads->data, "\"outcome\":\"downloaded\""));
    g_assert_cmpstr(body->journey, ==, "j1");
    g_assert_nonnull(strstr(body->data, "\"from\":\"host\",\"to\":\"reader\""));
    g_assert_nonnull(strstr(body->data, "\"stored_sha256\""));
    g_assert_cmpint(body->stage, ==, STAGE_PICKUP);
    g_assert_cmpstr(removed->journey, ==, "j1");
    g_assert_cmpstr(removed->user, ==, "carol");
    reader_expect_no_secret(world, "sesame");
}

/* ---- questions that are answered later ---- */

static guint asked_commit, asked_password;

static void
ask_commit(void *world, Pop3Session *session)
{
    (void)world;
    (void)session;
    asked_commit++;
}

static void
ask_password(void *world, Pop3Session *session, const SaslTry *attempt)
{
    (void)world;
    (void)session;
    g_assert_cmpstr(attempt->user, ==, "carol");
    g_assert_cmpstr(attempt->password, ==, "sesame");
    asked_password++;
}

/* What a snapshot says of the session. */
static void
expect_state(const ReaderWorld *world, const char *expected)
{
    g_autofree char *json = pop3_session_json(world->pop3_session);

    g_assert_nonnull(strstr(json, expected));
}

static void
test_pending(void)
{
    g_test_summary("RFC 1939 §6: QUIT is answered when the removal is committed, not before");
    static const Pop3Ask ask = { ask_commit, ask_password };
    static const char lines[] = "USER carol\r\nPASS sesame\r\nDELE 1\r\nQUIT\r\n";
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GString) replies = g_string_new(NULL);
    Pop3Answer account = { .account = world->carol }, durable = { 0 };
    NetNext next;

    asked_commit = asked_password = 0;
    world->pop3_session =
        pop3_session_new(&world->pop3, "127.0.0.1", TRUE, world->trace, &ask, world);
    net_buffer_add(world->input, lines, strlen(lines));
    do
        next = reader_input(world, world->input, replies);
    while (next == NET_GO_ON || next == NET_MORE);
    g_assert_cmpint(next, ==, NET_PENDING);
    g_assert_cmpuint(asked_password, ==, 1);
    g_assert_cmpint(reader_input(world, world->input, replies), ==, NET_PENDING);
    g_assert_cmpstr(replies->str, ==, "+OK Now the password\r\n");
    next = pop3_session_answer(world->pop3_session, &account, replies);
    while (next == NET_GO_ON || next == NET_MORE)
        next = reader_input(world, world->input, replies);
    g_assert_cmpint(next, ==, NET_PENDING);
    g_assert_cmpuint(asked_commit, ==, 1);
    g_assert_null(strstr(replies->str, "signing off"));
    expect_state(world, "\"state\":\"UPDATE\",\"peer\":\"127.0.0.1\",\"waits\":\"commit\"");
    g_assert_cmpint(pop3_session_answer(world->pop3_session, &durable, replies), ==, NET_CLOSE);
    g_assert_true(g_str_has_suffix(replies->str, "signing off (1 message left)\r\n"));
}

static void
test_commit_failed(void)
{
    g_test_summary("RFC 1939 §6: a removal that fails is -ERR");
    static const Pop3Ask ask = { ask_commit, ask_password };
    static const char lines[] = "DELE 1\r\nQUIT\r\n";
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autoptr(GError) full = g_error_new(STORE_ERROR, STORE_ERROR_FULL, "no space");
    Pop3Answer account = { .account = world->carol }, failed = { .failed = full };
    NetNext next = NET_GO_ON;

    world->pop3_session =
        pop3_session_new(&world->pop3, "127.0.0.1", TRUE, world->trace, &ask, world);
    net_buffer_add(world->input, "USER carol\r\nPASS sesame\r\n", 25);
    while (next == NET_GO_ON)
        next = reader_input(world, world->input, replies);
    next = pop3_session_answer(world->pop3_session, &account, replies);
    net_buffer_add(world->input, lines, strlen(lines));
    while (next == NET_GO_ON || next == NET_MORE)
        next = reader_input(world, world->input, replies);
    g_string_truncate(replies, 0);
    g_assert_cmpint(pop3_session_answer(world->pop3_session, &failed, replies), ==, NET_CLOSE);
    g_assert_cmpstr(replies->str, ==, "-ERR [SYS/TEMP] Some deleted messages not removed\r\n");
}

static void
test_garbage(void)
{
    g_test_summary("garbage of any kind gets -ERR, and after twenty the connection ends");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GString) replies = g_string_new(NULL);
    gboolean open = TRUE;
    guint lines = 0;

    world->pop3_session =
        pop3_session_new(&world->pop3, "127.0.0.1", TRUE, world->trace, NULL, NULL);
    while (open && lines < 100) {
        char garbage[32];

        for (guint i = 0; i < 30; i++)
            garbage[i] = (char)(lines * 37 + i * 101);
        garbage[30] = '\n';
        open = dialog_pump(world->input, garbage, 31, reader_input, world, replies);
        lines++;
    }
    g_assert_false(open);
    g_assert_cmpuint(lines, <=, 30);
}

static void
test_mistakes(void)
{
    g_test_summary("twenty mistakes end it only in a row; a message that is gone is none");
    g_autoptr(ReaderWorld) world = logged_in();
    g_autoptr(GString) replies = g_string_new(NULL);

    for (guint i = 0; i < 50; i++)
        reader_expect(world, "RETR 9\r\nPASS x\r\n",
                      "-ERR No such message\r\n-ERR Not allowed now\r\n");
    for (guint i = 0; i < 38; i++) {
        reader_expect(world, i % 2 == 0 ? "FRED\r\n" : "DELE one\r\n",
                      i % 2 == 0 ? "-ERR Unknown command\r\n"
                                 : "-ERR A message-number is needed\r\n");
        if (i == 18)
            reader_expect(world, "NOOP\r\n", "+OK\r\n");
    }
    g_assert_false(dialog_pump(world->input, "FRED\r\n", 6, reader_input, world, replies));
    g_assert_cmpstr(replies->str, ==, "-ERR Unknown command; too many bad commands, closing\r\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pop3/session/read", test_read);
    g_test_add_func("/pop3/session/delete", test_delete);
    g_test_add_func("/pop3/session/wrong", test_wrong);
    g_test_add_func("/pop3/session/login", test_login);
    g_test_add_func("/pop3/session/auth", test_auth);
    g_test_add_func("/pop3/session/list", test_list);
    g_test_add_func("/pop3/session/messages", test_messages);
    g_test_add_func("/pop3/session/pipelining", test_pipelining);
    g_test_add_func("/pop3/session/limits", test_limits);
    g_test_add_func("/pop3/session/no-passwords", test_no_passwords);
    g_test_add_func("/pop3/session/too-long", test_too_long);
    g_test_add_func("/pop3/session/dropped", test_dropped);
    g_test_add_func("/pop3/session/in-use", test_in_use);
    g_test_add_func("/pop3/session/not-opened", test_not_opened);
    g_test_add_func("/pop3/session/no-tls", test_no_tls);
    g_test_add_func("/pop3/session/passwords-by-tls", test_passwords_by_tls);
    g_test_add_func("/pop3/session/too-many-passwords", test_too_many_passwords);
    g_test_add_func("/pop3/session/journey", test_journey);
    g_test_add_func("/pop3/session/pending", test_pending);
    g_test_add_func("/pop3/session/commit-failed", test_commit_failed);
    g_test_add_func("/pop3/session/garbage", test_garbage);
    g_test_add_func("/pop3/session/mistakes", test_mistakes);
    return g_test_run();
}
