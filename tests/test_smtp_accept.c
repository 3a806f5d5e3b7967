/* tests/test_smtp_accept.c - from the final dot to the mailbox (smtp/accept.c, smtp/deliver.c). */
#include "smtp/deliver.h"
#include "tests/smtp_taking.h"

/* Sends one message from @peer to @recipients (separated by spaces); the reply to the dot. */
static const char *
send_mail(World *world, Client *client, const char *recipients, const char *message)
{
    g_auto(GStrv) list = g_strsplit(recipients, " ", -1);

    (void)world;
    client_expect(client, "MAIL FROM:<carol@south.example>\r\n", "250 2.1.0 *");
    for (char **one = list; *one != NULL; one++) {
        g_autofree char *rcpt = g_strdup_printf("RCPT TO:<%s>\r\n", *one);

        client_expect(client, rcpt, "250 2.1.5 *");
    }
    client_expect(client, "DATA\r\n", "354 *");
    return client_say(client, message);
}

static Client *
stranger(World *world)
{
    Client *client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);

    client_say(client, "EHLO client.south.example\r\n");
    return client;
}

static void
test_local(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = stranger(world);

    g_test_summary("RFC 5321 §4.4: Return-Path, who got it, then Received, then what was sent");
    g_assert_true(g_str_has_prefix(
        send_mail(world, client, "bob@north.example", "Subject: hello\r\n\r\n..dot\r\n.\r\n"),
        "250 2.6.0 "));
    g_autofree char *found = world_read(world, "bob", "INBOX");
    const char *top = "Return-Path: <carol@south.example>\r\n"
                      "Delivered-To: bob@north.example\r\n"
                      "Received: from client.south.example ([127.0.0.7])\r\n"
                      "\tby mx.north.example with ESMTP id ";
    const char *end = "\r\n\tfor <bob@north.example>; Mon, 5 Jan 2026 09:00:00 +0000\r\n"
                      "Subject: hello\r\n\r\n.dot\r\n";
    g_assert_true(g_str_has_prefix(found, top));
    g_assert_true(g_str_has_suffix(found, end));
    g_assert_cmpuint(world_count(world, "alice", "INBOX"), ==, 0);
}

static void
test_many(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = stranger(world);

    g_test_summary(
        "RFC 5321 §3.3: one copy a mailbox; nobody is named in Received where there are many");
    send_mail(world, client, "sales@north.example bob@north.example BOB@north.example",
              "Subject: x\r\n\r\n.\r\n");
    g_assert_cmpuint(world_count(world, "alice", "INBOX"), ==, 1);
    g_assert_cmpuint(world_count(world, "bob", "INBOX"), ==, 1);
    g_autofree char *found = world_read(world, "bob", "INBOX");
    g_assert_null(strstr(found, "\tfor <"));
}

static void
test_remote(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = stranger(world);

    g_test_summary("RFC 5321 §3.9.1: an alias with a target elsewhere: a mailbox and a queue row");
    g_assert_true(g_str_has_prefix(
        send_mail(world, client, "list@north.example", "Subject: x\r\n\r\n.\r\n"), "250 2.6.0 "));
    g_autoptr(GPtrArray) due = store_queue_due(world->store, WORLD_NOW_S, 10, NULL);
    g_assert_cmpuint(due->len, ==, 1);
    const StoreQueueItem *item = g_ptr_array_index(due, 0);
    g_assert_cmpstr(item->recipient, ==, "carol@south.example");
    g_assert_cmpstr(item->branch, ==, "1.2");
    g_assert_cmpstr(item->sender, ==, "carol@south.example");
    g_assert_cmpuint(world_count(world, "alice", "INBOX"), ==, 1);
}

static void
test_submission(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_SUBMIT, "127.0.0.7", NULL, NULL);

    g_test_summary(
        "RFC 6409 §8.2, §8.3: submission adds Date and Message-ID where they are missing");
    client_say(client, "EHLO laptop\r\nAUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n");
    client_say(client,
               "MAIL FROM:<alice@north.example>\r\nRCPT TO:<bob@north.example>\r\nDATA\r\n");
    client_expect(client, "Subject: x\r\n\r\n.\r\n", "250 2.6.0 *");
    g_autofree char *found = world_read(world, "bob", "INBOX");
    g_assert_nonnull(strstr(found, "with ESMTPA id "));
    g_assert_nonnull(strstr(found, "\r\nDate: Mon, 5 Jan 2026 09:00:00 +0000\r\n"));
    g_assert_nonnull(strstr(found, "@mx.north.example>\r\nSubject: x\r\n"));

    client_say(client,
               "MAIL FROM:<alice@north.example>\r\nRCPT TO:<bob@north.example>\r\nDATA\r\n");
    client_say(client, "date: x\r\nMESSAGE-ID: <1@a.example>\r\n\r\n.\r\n");
    g_autofree char *complete = world_read(world, "bob", "INBOX");
    g_assert_null(strstr(complete, "Date:"));
    g_assert_null(strstr(complete, "Message-ID:"));
}

static void
test_relay_adds_nothing(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = stranger(world);

    g_test_summary("RFC 5321 §6.4: a server that passes mail on adds no Date and no Message-ID");
    send_mail(world, client, "bob@north.example", "Subject: x\r\n\r\n.\r\n");
    g_autofree char *found = world_read(world, "bob", "INBOX");
    g_assert_null(strstr(found, "Date:"));
    g_assert_null(strstr(found, "Message-ID:"));
}

/* ---- Sender ---- */

/* What alice, logged in, sends to bob, as bob finds it. */
static char *
submit(World *world, const char *message)
{
    g_autoptr(Client) client = client_new(world, SMTP_PORT_SUBMIT, "127.0.0.7", NULL, NULL);

    client_say(client,
               "EHLO laptop\r\nAUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n"
               "MAIL FROM:<alice@north.example>\r\nRCPT TO:<bob@north.example>\r\nDATA\r\n");
    client_expect(client, message, "250 2.6.0 *");
    return world_read(world, "bob", "INBOX");
}

static void
test_sender_field(void)
{
    g_autoptr(World) world = world_new();

    g_test_summary(
        "RFC 6409 §8.1: Sender says who it was where From does not, and From if none does");
    g_autofree char *own = submit(world, "From: Alice <ALICE@north.example>\r\n\r\n.\r\n");
    g_autofree char *two =
        submit(world, "From: bob@north.example,\r\n \"A.\" <alice@north.example>\r\n\r\n.\r\n");
    g_autofree char *other = submit(world, "From: The Boss <boss@north.example>\r\n\r\n.\r\n");
    g_autofree char *none = submit(world, "Subject: x\r\n\r\n.\r\n");
    g_autofree char *has =
        submit(world, "From: boss@north.example\r\nSender: x@south.example\r\n\r\n.\r\n");
    g_autofree char *resent =
        submit(world, "Resent-From: alice@north.example\r\nFrom: carol@south.example\r\n\r\n.\r\n");

    g_assert_null(strstr(own, "\r\nSender:"));
    g_assert_null(strstr(two, "\r\nSender:"));
    g_assert_nonnull(strstr(other, "\r\nSender: alice@north.example\r\n"));
    g_assert_null(strstr(none, "\r\nSender:"));
    g_assert_nonnull(strstr(none, "\r\nFrom: alice@north.example\r\n"));
    g_assert_null(strstr(two, "\r\nFrom: alice"));
    g_assert_null(strstr(has, "Sender: alice@"));
    g_assert_null(strstr(resent, "\r\nSender:"));
}

/* ---- lists and circles ---- */

static void
test_list(void)
{
    const char *const owner[] = { "bob@north.example", NULL };
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.9", NULL, NULL);

    g_test_summary("RFC 5321 §3.9.2: what a list sends on has its owner as reverse-path");
    store_alias_set(world->store, "owner-list", "north.example", owner, NULL);
    client_say(client, "EHLO gate.north.example\r\n");
    g_assert_true(g_str_has_prefix(
        send_mail(world, client, "list@north.example dave@slow.example", "\r\n.\r\n"), "250 "));
    g_autoptr(GPtrArray) due = store_queue_due(world->store, WORLD_NOW_S, 10, NULL);
    g_assert_cmpuint(due->len, ==, 2);
    const StoreQueueItem *listed = g_ptr_array_index(due, 0);
    const StoreQueueItem *direct = g_ptr_array_index(due, 1);
    g_assert_cmpstr(listed->recipient, ==, "carol@south.example");
    g_assert_cmpstr(listed->sender, ==, "owner-list@north.example");
    g_assert_cmpstr(direct->recipient, ==, "dave@slow.example");
    g_assert_cmpstr(direct->sender, ==, "carol@south.example");
    g_autofree char *found = world_read(world, "alice", "INBOX");
    g_assert_true(g_str_has_prefix(found, "Return-Path: <owner-list@north.example>\r\n"));
}

static void
test_list_report(void)
{
    const char *const owner[] = { "bob@north.example", NULL };
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = stranger(world);

    g_test_summary("RFC 5321 §4.5.5: a report sent to a list keeps its null reverse-path");
    store_alias_set(world->store, "owner-list", "north.example", owner, NULL);
    client_say(client, "MAIL FROM:<>\r\nRCPT TO:<list@north.example>\r\nDATA\r\n");
    client_expect(client, "\r\n.\r\n", "250 2.6.0 *");
    g_autoptr(GPtrArray) due = store_queue_due(world->store, WORLD_NOW_S, 10, NULL);
    g_assert_cmpuint(due->len, ==, 1);
    g_assert_cmpstr(((const StoreQueueItem *)g_ptr_array_index(due, 0))->sender, ==, "");
}

static void
test_mark(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = stranger(world);

    g_test_summary("an alias that leads elsewhere marks the message, unless others would see that");
    send_mail(world, client, "list@north.example", "Subject: x\r\n\r\n.\r\n");
    g_autofree char *alone = world_read(world, "alice", "INBOX");
    g_assert_nonnull(strstr(alone, "+0000\r\nDelivered-To: list@north.example\r\n"));
    send_mail(world, client, "list@north.example bob@north.example", "Subject: x\r\n\r\n.\r\n");
    g_autofree char *shared = world_read(world, "alice", "INBOX");
    g_assert_null(strstr(shared, "Delivered-To: list"));
    send_mail(world, client, "sales@north.example", "Subject: x\r\n\r\n.\r\n");
    g_autofree char *local = world_read(world, "alice", "INBOX");
    g_assert_null(strstr(local, "Delivered-To: sales"));
}

static void
test_alias_circle(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = stranger(world);

    g_test_summary(
        "RFC 5321 §6.3: a message that comes back to the alias that sent it on is stopped");
    g_assert_true(g_str_has_prefix(send_mail(world, client, "list@north.example",
                                             "Delivered-To: other@south.example\r\n"
                                             "DELIVERED-TO: List@North.Example\r\n\r\n.\r\n"),
                                   "554 5.4.6 "));
    g_assert_cmpuint(world_count(world, "alice", "INBOX"), ==, 0);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_ROUTE, "runs in a circle"), ==, 1);
    /* A user may well send on by hand what they once got, to themselves, too. */
    g_assert_true(g_str_has_prefix(send_mail(world, client, "bob@north.example",
                                             "Delivered-To: bob@north.example\r\n\r\n.\r\n"),
                                   "250 2.6.0 "));
    /* What stands in the body is no header line. */
    g_assert_true(g_str_has_prefix(send_mail(world, client, "list@north.example",
                                             "\r\nDelivered-To: list@north.example\r\n.\r\n"),
                                   "250 2.6.0 "));
}

static const char *
send_received(World *world, Client *client, guint lines)
{
    g_autoptr(GString) message = g_string_new(NULL);

    for (guint i = 0; i < lines; i++)
        g_string_append(message, "Received: from a by b; Mon, 5 Jan 2026 09:00:00 +0000\r\n");
    g_string_append(message, "\r\n.\r\n");
    return send_mail(world, client, "bob@north.example", message->str);
}

static void
test_loop(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = stranger(world);

    g_test_summary("RFC 5321 §6.3: 100 Received lines pass, one more is a loop");
    g_assert_true(g_str_has_prefix(send_received(world, client, 100), "250 2.6.0 "));
    g_assert_true(g_str_has_prefix(send_received(world, client, 101), "554 5.4.6 "));
    g_assert_cmpuint(world_count(world, "bob", "INBOX"), ==, 1);
}

static void
test_wrong_data(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = stranger(world);
    g_autofree char *big = g_strnfill(99990, '\n');

    g_test_summary("RFC 5321 §4.1.1.4: what is wrong in the message is said behind the dot");
    g_assert_true(g_str_has_prefix(
        send_mail(world, client, "bob@north.example", "a\n.\r\nb\r\n.\r\n"), "554 5.6.0 "));
    for (gsize i = 0; i < 99990; i += 2)
        big[i] = '\r';
    g_autofree char *fits = g_strconcat(big, "12345678\r\n", ".\r\n", NULL);
    g_autofree char *over = g_strconcat(big, "123456789\r\n", ".\r\n", NULL);
    g_assert_true(g_str_has_prefix(send_mail(world, client, "bob@north.example", fits), "250 "));
    g_assert_true(
        g_str_has_prefix(send_mail(world, client, "bob@north.example", over), "552 5.3.4 "));
    g_assert_cmpuint(world_count(world, "bob", "INBOX"), ==, 1);
}

static void
test_eightbit(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = stranger(world);
    static const char mail[] = "Subject: x\r\n\r\ncaf\303\251\r\n.\r\n";

    g_test_summary(
        "RFC 6152 §3: 8-bit octets pass on as BODY=8BITMIME; after BODY=7BIT or HELO not");
    g_assert_true(g_str_has_prefix(send_mail(world, client, "list@north.example", mail), "250 "));
    g_autoptr(GPtrArray) due = store_queue_due(world->store, WORLD_NOW_S, 10, NULL);
    g_assert_true(((const StoreQueueItem *)g_ptr_array_index(due, 0))->eightbit);
    g_autofree char *found = world_read(world, "alice", "INBOX");
    g_assert_true(g_str_has_suffix(found, "\r\n\r\ncaf\303\251\r\n"));
    client_say(client, "MAIL FROM:<> BODY=7BIT\r\nRCPT TO:<bob@north.example>\r\nDATA\r\n");
    client_expect(client, mail, "554 5.6.1 *");
    client_say(client, "HELO client.south.example\r\n");
    g_assert_true(
        g_str_has_prefix(send_mail(world, client, "bob@north.example", mail), "554 5.6.1 "));
}

static void
test_filter(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = stranger(world);

    g_test_summary("RFC 5321 §7.9: a rule refuses, files as junk, or asks for a copy");
    world->settings.filter = smtp_filter_parse(
        "rules",
        "if header Subject contains \"contract\" then archive\n"
        "if header Subject contains \"lottery\" then junk\n"
        "if header Subject contains \"virus\" then refuse \"no viruses, please\"\n",
        NULL);
    g_assert_cmpstr(send_mail(world, client, "bob@north.example", "Subject: virus\r\n\r\n.\r\n"),
                    ==, "550 5.7.1 no viruses, please\r\n");
    send_mail(world, client, "bob@north.example", "Subject: Lottery\r\n\r\n.\r\n");
    send_mail(world, client, "bob@north.example", "Subject: the contract\r\n\r\n.\r\n");
    g_assert_cmpuint(world_count(world, "bob", "Junk"), ==, 1);
    g_assert_cmpuint(world_count(world, "bob", "INBOX"), ==, 1);
    g_autofree char *junk = world_read(world, "bob", "Junk");
    g_assert_nonnull(strstr(junk, "\r\nX-Glasspost-Filter: junk (mx.north.example)\r\n"));
    g_autoptr(GPtrArray) kept = store_archive_list(world->store, NULL, 10, NULL);
    g_assert_cmpuint(kept->len, ==, 1);
    const StoreArchived *copy = g_ptr_array_index(kept, 0);
    g_assert_cmpstr(copy->recipients, ==, "bob@north.example");
    g_assert_cmpstr(copy->subject, ==, "the contract");
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_ARCHIVE, "contract"), ==, 1);
}

static void
test_archive_all(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = stranger(world);

    g_test_summary("key archive: the host keeps a copy of everything");
    world->settings.archive = TRUE;
    send_mail(world, client, "bob@north.example alice@north.example", "\r\n.\r\n");
    g_autoptr(GPtrArray) kept = store_archive_list(world->store, NULL, 10, NULL);
    g_assert_cmpuint(kept->len, ==, 1);
    const StoreArchived *copy = g_ptr_array_index(kept, 0);
    g_assert_cmpstr(copy->recipients, ==, "bob@north.example, alice@north.example");
}

static void
test_missing_folder(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = stranger(world);
    g_autoptr(StoreAccount) bob =
        store_account_find(world->store, NULL, STAGE_NONE, "bob", "north.example", NULL);

    g_test_summary("a user who deleted Junk finds junk in INBOX: nothing is lost");
    world->settings.filter = smtp_filter_parse("rules", "if size over 0 then junk", NULL);
    if (!store_mailbox_delete(world->store, bob->id, "Junk", NULL)) {
        g_test_skip("this store keeps Junk");
        return;
    }
    send_mail(world, client, "bob@north.example", "Subject: x\r\n\r\n.\r\n");
    g_assert_cmpuint(world_count(world, "bob", "INBOX"), ==, 1);
}

static void
test_failure_leaves_nothing(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = stranger(world);
    static const char break_it[] =
        "CREATE TRIGGER broken BEFORE INSERT ON entries WHEN NEW.mailbox "
        "IN (SELECT id FROM mailboxes WHERE account = 1) BEGIN SELECT "
        "RAISE(ABORT, 'broken'); END";
    g_autoptr(GError) error = NULL;

    g_test_summary(
        "RFC 5321 §4.2.5: if one mailbox fails, nobody gets the message, and 451 says so");
    sqlite3_stmt *statement = store_prepare(world->store, break_it, &error);
    g_assert_no_error(error);
    g_assert_true(store_run(world->store, statement, &error));
    store_statement_done(statement);
    g_assert_true(g_str_has_prefix(send_mail(world, client, "bob@north.example alice@north.example",
                                             "Subject: x\r\n\r\n.\r\n"),
                                   "451 4.3.0 "));
    g_assert_cmpuint(world_count(world, "bob", "INBOX"), ==, 0);
    g_assert_true(g_str_has_prefix(
        send_mail(world, client, "bob@north.example", "Subject: x\r\n\r\n.\r\n"), "250 2.6.0 "));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/accept/local", test_local);
    g_test_add_func("/smtp/accept/many", test_many);
    g_test_add_func("/smtp/accept/remote", test_remote);
    g_test_add_func("/smtp/accept/submission", test_submission);
    g_test_add_func("/smtp/accept/relay-adds-nothing", test_relay_adds_nothing);
    g_test_add_func("/smtp/accept/loop", test_loop);
    g_test_add_func("/smtp/accept/sender-field", test_sender_field);
    g_test_add_func("/smtp/accept/list", test_list);
    g_test_add_func("/smtp/accept/list-report", test_list_report);
    g_test_add_func("/smtp/accept/mark", test_mark);
    g_test_add_func("/smtp/accept/alias-circle", test_alias_circle);
    g_test_add_func("/smtp/accept/wrong-data", test_wrong_data);
    g_test_add_func("/smtp/accept/eightbit", test_eightbit);
    g_test_add_func("/smtp/accept/filter", test_filter);
    g_test_add_func("/smtp/accept/archive-all", test_archive_all);
    g_test_add_func("/smtp/accept/missing-folder", test_missing_folder);
    g_test_add_func("/smtp/accept/failure-leaves-nothing", test_failure_leaves_nothing);
    return g_test_run();
}
