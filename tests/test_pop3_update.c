/* tests/test_pop3_update.c - how a POP3 session ends: what is removed, what stays, who may come next. */
#include "tests/reader_world.h"

#define LOGIN "USER carol\r\nPASS sesame\r\n"

static guint asked;

static void
ask_commit(void *world, Pop3Session *session)
{
    (void)world;
    (void)session;
    asked++;
}

static void
ask_password(void *world, Pop3Session *session, const SaslTry *attempt)
{
    (void)world;
    (void)session;
    (void)attempt;
}

static const Pop3Ask ask_later = { ask_commit, ask_password };

static void
open_session(ReaderWorld *world, const Pop3Ask *ask)
{
    g_clear_pointer(&world->pop3_session, pop3_session_free);
    world->pop3_session =
        pop3_session_new(&world->pop3, "127.0.0.1", TRUE, world->trace, ask, world);
}

static guint
messages_left(ReaderWorld *world)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreMailbox) inbox =
        store_mailbox_find(world->store, world->carol->id, "INBOX", &error);
    StoreMailboxCounts counts;

    g_assert_true(store_mailbox_counts(world->store, inbox->id, &counts, &error));
    return counts.messages;
}

/* Says @lines and goes on until the session waits for an answer or has nothing left to do. */
static NetNext
say_until_it_waits(ReaderWorld *world, const char *lines, GString *replies)
{
    NetNext next;

    net_buffer_add(world->input, lines, strlen(lines));
    do
        next = reader_input(world, world->input, replies);
    while (next == NET_MORE || (next == NET_GO_ON && net_buffer_length(world->input) > 0));
    return next;
}

/* A maildrop of 602 messages, all of them marked, and QUIT said: the first commit is asked for. */
static void
quit_many(ReaderWorld *world, GString *replies)
{
    Pop3Answer account = { .account = world->carol };
    g_autoptr(GString) lines = g_string_new(NULL);
    NetNext next;

    for (guint i = 0; i < 600; i++)
        reader_put(world, "INBOX", "Subject: x\r\n\r\n", 14);
    g_assert_true(store_commit(world->store, NULL));
    tracer_switch(world->tracer, FALSE);
    asked = 0;
    open_session(world, &ask_later);
    g_assert_cmpint(say_until_it_waits(world, LOGIN, replies), ==, NET_PENDING);
    next = pop3_session_answer(world->pop3_session, &account, replies);
    for (guint i = 1; i <= 602; i++)
        g_string_append_printf(lines, "DELE %u\r\n", i);
    g_string_append(lines, "QUIT\r\n");
    while (next == NET_MORE)
        next = reader_input(world, world->input, replies);
    g_assert_cmpint(say_until_it_waits(world, lines->str, replies), ==, NET_PENDING);
    g_assert_cmpuint(asked, ==, 1);
}

/* The session is not free yet, but its maildrop is. */
static void
expect_unlocked(ReaderWorld *world)
{
    g_autoptr(Pop3Maildrop) maildrop =
        pop3_maildrop_open(world->pop3.locks, world->store, world->carol, NULL);

    g_assert_nonnull(maildrop);
}

static void
test_each_slice_is_committed(void)
{
    g_test_summary("RFC 1939 §6: +OK to QUIT means that each slice of the removal is durable");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GString) replies = g_string_new(NULL);
    Pop3Answer durable = { 0 };
    NetNext next;

    quit_many(world, replies);
    do {
        g_assert_null(strstr(replies->str, "signing off"));
        g_assert_true(store_commit(world->store, NULL));
        next = pop3_session_answer(world->pop3_session, &durable, replies);
        while (next == NET_MORE)
            next = reader_input(world, world->input, replies);
    } while (next == NET_PENDING);
    g_assert_cmpint(next, ==, NET_CLOSE);
    g_assert_cmpuint(asked, ==, 4);
    g_assert_true(g_str_has_suffix(replies->str, "signing off (0 messages left)\r\n"));
    g_assert_cmpuint(messages_left(world), ==, 0);
}

static void
test_one_slice_fails(void)
{
    g_test_summary("RFC 1939 §6: a slice that is lost on the way makes QUIT an -ERR");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autoptr(GError) full = g_error_new(STORE_ERROR, STORE_ERROR_FULL, "no space");
    Pop3Answer durable = { 0 }, failed = { .failed = full };
    NetNext next;

    quit_many(world, replies);
    g_assert_true(store_commit(world->store, NULL));
    next = pop3_session_answer(world->pop3_session, &durable, replies);
    while (next == NET_MORE)
        next = reader_input(world, world->input, replies);
    g_assert_cmpint(next, ==, NET_PENDING);
    reader_lose_group(world);
    g_assert_cmpint(pop3_session_answer(world->pop3_session, &failed, replies), ==, NET_CLOSE);
    g_assert_true(
        g_str_has_suffix(replies->str, "-ERR [SYS/TEMP] Some deleted messages not removed\r\n"));
    g_assert_cmpuint(messages_left(world), ==, 402);
    expect_unlocked(world);
}

static void
test_unlocked_by_quit(void)
{
    g_test_summary("RFC 1939 §6: QUIT unlocks before it answers; a dropped session unlocks, too");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *first = NULL, *second = NULL, *third = NULL;

    open_session(world, NULL);
    first = reader_say(world, LOGIN "DELE 1\r\nQUIT\r\n");
    g_assert_nonnull(strstr(first, "1 message left"));
    /* The old session is not free yet: its connection may still be closing. */
    Pop3Session *closing = g_steal_pointer(&world->pop3_session);
    open_session(world, NULL);
    second = reader_say(world, LOGIN);
    g_assert_nonnull(strstr(second, "+OK Maildrop locked"));
    pop3_session_free(closing);
    open_session(world, NULL);
    third = reader_say(world, LOGIN);
    g_assert_nonnull(strstr(third, "+OK Maildrop locked"));
}

/* What UIDL says of message @number. */
static char *
unique_id(ReaderWorld *world, guint number)
{
    g_autofree char *command = g_strdup_printf(LOGIN "UIDL %u\r\nQUIT\r\n", number);
    g_autofree char *said = NULL;
    g_auto(GStrv) lines = NULL;

    open_session(world, NULL);
    said = reader_say(world, command);
    lines = g_strsplit(said, "\r\n", -1);
    g_assert_cmpuint(g_strv_length(lines), >=, 4);
    g_assert_true(g_str_has_prefix(lines[2], "+OK "));
    return g_strdup(strrchr(lines[2], ' ') + 1);
}

static void
test_names_outlive_the_session(void)
{
    g_test_summary("RFC 1939 §7: unique-ids are 1 to 70 printable octets, the same next time, also "
                   "where a message in front has gone");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *first = unique_id(world, 1), *second = unique_id(world, 2), *said = NULL;

    g_autoptr(StoreMailbox) inbox =
        store_mailbox_find(world->store, world->carol->id, "INBOX", NULL);
    g_autofree char *expected = g_strdup_printf("%u.1", inbox->uidvalidity);

    g_assert_cmpstr(first, ==, expected);
    g_assert_cmpstr(first, !=, second);
    g_assert_cmpuint(strlen(second), <=, 70);
    open_session(world, NULL);
    said = reader_say(world, LOGIN "DELE 1\r\nQUIT\r\n");
    g_autofree char *again = unique_id(world, 1);
    g_assert_cmpstr(again, ==, second);
}

static void
test_names_are_not_used_again(void)
{
    g_test_summary("RFC 1939 §7: a unique-id is never used again, not even by the next message");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *last = unique_id(world, 2), *said = NULL;

    open_session(world, NULL);
    said = reader_say(world, LOGIN "DELE 2\r\nQUIT\r\n");
    reader_add(world, "INBOX", "Subject: new\r\n\r\n", 16);
    g_autofree char *next = unique_id(world, 2);
    g_assert_cmpstr(next, !=, last);
}

static void
test_names_after_rename(void)
{
    g_test_summary("RFC 1939 §7: not even where IMAP has renamed INBOX, and a new one began");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *first = unique_id(world, 1), *second = unique_id(world, 2), *said = NULL;

    g_clear_pointer(&world->pop3_session, pop3_session_free);
    world->imap_session = imap_session_new(&world->imap, "127.0.0.1", TRUE, NULL, NULL, NULL);
    said = reader_say(world, "a LOGIN carol sesame\r\nb RENAME INBOX Old\r\n");
    g_assert_nonnull(strstr(said, "b OK"));
    reader_add(world, "INBOX", "Subject: new\r\n\r\n", 16);
    g_autofree char *next = unique_id(world, 1);
    g_assert_cmpstr(next, !=, first);
    g_assert_cmpstr(next, !=, second);
}

static void
test_broken_off(void)
{
    g_test_summary("RFC 1939 §6: a line that breaks before QUIT removes nothing, and is told");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *said = NULL;

    open_session(world, NULL);
    said = reader_say(world, LOGIN "DELE 1\r\nDELE 2\r\nRSET\r\nDELE 2\r\n");
    g_clear_pointer(&world->pop3_session, pop3_session_free);
    g_assert_cmpuint(messages_left(world), ==, 2);
    g_assert_cmpuint(reader_count_events(world, "nothing is removed, though 1 of 2 messages"), ==,
                     1);
}

static void
test_autologout(void)
{
    g_test_summary(
        "RFC 1939 §3: after ten minutes of silence nothing is said, and nothing removed");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autofree char *said = NULL;

    open_session(world, NULL);
    said = reader_say(world, LOGIN "DELE 1\r\n");
    g_assert_cmpfloat(pop3_session_patience(world->pop3_session), >=, 600);
    pop3_session_expired(world->pop3_session, replies);
    g_assert_cmpuint(replies->len, ==, 0);
    expect_unlocked(world);
    g_clear_pointer(&world->pop3_session, pop3_session_free);
    g_assert_cmpuint(messages_left(world), ==, 2);
}

static void
test_tls_forgets(void)
{
    g_test_summary("RFC 2595 §4: what was said before STLS does not count behind it");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autofree char *said = NULL;

    open_session(world, NULL);
    reader_expect(world, "USER carol\r\n", "+OK Now the password\r\n");
    reader_expect(world, "STLS\r\n", "+OK Begin TLS\r\n");
    pop3_session_secured(world->pop3_session, "TLS1.3");
    reader_expect(world, "PASS sesame\r\n", "-ERR Not allowed now\r\n");
    reader_expect(world, "STLS\r\n", "-ERR TLS stands already\r\n");
    said = reader_say(world, "CAPA\r\n");
    g_assert_null(strstr(said, "STLS"));
    g_assert_nonnull(strstr(said, "\r\nUSER\r\n"));
}

static void
test_our_own_trouble(void)
{
    g_test_summary("RFC 3206 §4: where we cannot look, it is [SYS/TEMP] and not the password");
    g_autoptr(ReaderWorld) world = reader_world_new();
    g_autoptr(GString) replies = g_string_new(NULL);
    g_autoptr(GError) busy = g_error_new(STORE_ERROR, STORE_ERROR_BUSY, "locked");
    Pop3Answer failed = { .failed = busy };

    open_session(world, &ask_later);
    g_assert_cmpint(say_until_it_waits(world, LOGIN, replies), ==, NET_PENDING);
    g_string_truncate(replies, 0);
    g_assert_cmpint(pop3_session_answer(world->pop3_session, &failed, replies), ==, NET_GO_ON);
    g_assert_cmpstr(replies->str, ==, "-ERR [SYS/TEMP] Try again later\r\n");
    reader_expect(world, "PASS sesame\r\n", "-ERR Not allowed now\r\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pop3/update/each-slice-is-committed", test_each_slice_is_committed);
    g_test_add_func("/pop3/update/one-slice-fails", test_one_slice_fails);
    g_test_add_func("/pop3/update/unlocked-by-quit", test_unlocked_by_quit);
    g_test_add_func("/pop3/update/names-outlive-the-session", test_names_outlive_the_session);
    g_test_add_func("/pop3/update/names-are-not-used-again", test_names_are_not_used_again);
    g_test_add_func("/pop3/update/names-after-rename", test_names_after_rename);
    g_test_add_func("/pop3/update/broken-off", test_broken_off);
    g_test_add_func("/pop3/update/autologout", test_autologout);
    g_test_add_func("/pop3/update/tls-forgets", test_tls_forgets);
    g_test_add_func("/pop3/update/our-own-trouble", test_our_own_trouble);
    return g_test_run();
}
