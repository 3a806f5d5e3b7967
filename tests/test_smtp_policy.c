/* tests/test_smtp_policy.c - the filter's four points in a session, held mail (smtp/policy.c,
 * smtp/held.c).
 */
#include "smtp/held.h"
#include "tests/smtp_taking.h"

#define ENVELOPE "MAIL FROM:<carol@south.example>\r\nRCPT TO:<bob@north.example>\r\nDATA\r\n"

static World *
world_with(const char *rules)
{
    World *world = world_new();
    g_autoptr(GError) error = NULL;

    world->settings.filter = smtp_filter_parse("rules", rules, &error);
    g_assert_no_error(error);
    return world;
}

static Client *
call(World *world)
{
    Client *client = client_new(world, SMTP_PORT_RELAY, "127.0.0.66", NULL, NULL);

    client_say(client, "EHLO client.south.example\r\n");
    return client;
}

static void
test_connect(void)
{
    g_autoptr(World) world = world_with("if client is \"127.0.0.66\" then refuse \"go away\"");
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.66", NULL, NULL);

    g_test_summary("RFC 5321 §3.1: after 554 the client may only say QUIT; the rest is 503");
    g_assert_cmpstr(client->replies->str, ==, "554 5.7.1 mx.north.example go away\r\n");
    client_expect(client, "EHLO a.example\r\n", "503 5.5.1 *");
    client_expect(client, "MAIL FROM:<>\r\n", "503 5.5.1 *");
    client_expect(client, "NOOP\r\n", "503 5.5.1 *");
    smtp_session_secured(client->session, "TLS1.3");
    client_expect(client, "EHLO a.example\r\n", "503 5.5.1 *");
    client_expect(client, "QUIT\r\n", "221 2.0.0 *");
    g_autoptr(Client) other = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);
    g_assert_true(g_str_has_prefix(other->replies->str, "220 "));
}

static void
test_mail(void)
{
    g_autoptr(World) world = world_with("if sender matches \"*@bad.example\" then refuse\n"
                                        "if helo is \"localhost\" then refuse \"who are you?\"\n");
    g_autoptr(Client) client = call(world);

    g_test_summary("RFC 5321 §7.9: a sender, or a name in EHLO, is refused at MAIL");
    client_expect(client, "MAIL FROM:<x@bad.example>\r\n",
                  "550 5.7.1 <x@bad.example>: our policy does not allow this\r\n");
    client_expect(client, "MAIL FROM:<carol@south.example>\r\n", "250 *");
    client_say(client, "EHLO localhost\r\n");
    client_expect(client, "MAIL FROM:<carol@south.example>\r\n",
                  "550 5.7.1 <carol@south.example>: who are you?\r\n");
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_FILTER, "rule rules:1 matches"), ==,
                     1);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_FILTER, "rule rules:2 does not"), ==,
                     1);
}

static void
test_rcpt(void)
{
    g_autoptr(World) world = world_with("if recipient is \"alice@north.example\" then refuse\n"
                                        "if recipient is \"nobody@north.example\" then junk\n");
    g_autoptr(Client) client = call(world);

    g_test_summary("RFC 5321 §7.9: one recipient is refused, the others get the message");
    client_say(client, "MAIL FROM:<carol@south.example>\r\n");
    client_expect(client, "RCPT TO:<alice@north.example>\r\n", "550 5.7.1 <alice@*");
    client_expect(client, "RCPT TO:<nobody@north.example>\r\n", "550 5.1.1 *");
    client_expect(client, "RCPT TO:<bob@north.example>\r\n", "250 *");
    client_say(client, "DATA\r\nSubject: x\r\n\r\n.\r\n");
    /* A rule about somebody who does not exist has no effect on the message. */
    g_assert_cmpuint(world_count(world, "bob", "INBOX"), ==, 1);
    g_assert_cmpuint(world_count(world, "bob", "Junk"), ==, 0);
}

static void
test_exempt(void)
{
    static const char rules[] = "if sender is \"carol@south.example\" then accept\n"
                                "if recipient is \"alice@north.example\" then accept\n"
                                "if size over 0 then junk\n";
    g_autoptr(World) world = world_with(rules);
    g_autoptr(Client) client = call(world);

    g_test_summary("who was accepted for the sender, or for each recipient, is asked no more");
    client_say(client, ENVELOPE "Subject: x\r\n\r\n.\r\n");
    g_assert_cmpuint(world_count(world, "bob", "INBOX"), ==, 1);
    client_say(client, "MAIL FROM:<dave@south.example>\r\nRCPT TO:<alice@north.example>\r\nDATA\r\n"
                       "\r\n.\r\n");
    g_assert_cmpuint(world_count(world, "alice", "INBOX"), ==, 1);
    client_say(client, "MAIL FROM:<dave@south.example>\r\nRCPT TO:<alice@north.example>\r\n"
                       "RCPT TO:<bob@north.example>\r\nDATA\r\n\r\n.\r\n");
    g_assert_cmpuint(world_count(world, "alice", "Junk"), ==, 1);
    g_assert_cmpuint(world_count(world, "bob", "Junk"), ==, 1);
}

static void
test_early_effects(void)
{
    g_autoptr(World) world = world_with("if client is \"127.0.0.66\" then tag \"X-Client: odd\"\n"
                                        "if sender contains \"carol\" then junk\n"
                                        "if recipient contains \"bob\" then archive\n"
                                        "if header Subject is \"virus\" then refuse\n");
    g_autoptr(Client) client = call(world);

    g_test_summary("what early rules came to counts for each message; a stricter verdict wins");
    client_say(client, ENVELOPE "Subject: x\r\n\r\n.\r\n");
    g_autofree char *found = world_read(world, "bob", "Junk");
    g_assert_nonnull(strstr(found, "\r\nX-Client: odd\r\nX-Glasspost-Filter: junk "
                                   "(mx.north.example)\r\n\tline 1 tag, line 2 junk, line 3 "
                                   "archive, line 4 no match\r\n"));
    g_autoptr(GPtrArray) kept = store_archive_list(world->store, NULL, 10, NULL);
    g_assert_cmpuint(kept->len, ==, 1);
    client_say(client, ENVELOPE);
    client_expect(client, "Subject: virus\r\n\r\n.\r\n", "550 5.7.1 *");
    client_say(client, ENVELOPE "Subject: y\r\n\r\n.\r\n");
    g_assert_cmpuint(world_count(world, "bob", "Junk"), ==, 2);
}

static void
test_forged(void)
{
    g_autoptr(World) world =
        world_with("if header X-Glasspost-Filter contains \"accept\" then accept\n"
                   "if size over 1 then junk\n");
    g_autoptr(Client) client = call(world);

    g_test_summary("a stranger's verdict is renamed: nobody reads or tests it as ours");
    client_say(client, ENVELOPE "x-glasspost-filter: accept (mx.north.example)\r\n\r\n.\r\n");
    g_autofree char *found = world_read(world, "bob", "Junk");
    g_assert_nonnull(strstr(found, "\r\nX-Elsewhere-filter: accept (mx.north.example)\r\n"));
    g_assert_nonnull(strstr(found, "\r\nX-Glasspost-Filter: junk "));
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_FILTER, "renamed"), ==, 1);
}

static void
test_lists(void)
{
    g_autoptr(World) world = world_new();
    g_autofree char *allow = g_build_filename(world->folder, "allow.list", NULL);
    g_autofree char *block = g_build_filename(world->folder, "block.list", NULL);
    SmtpFilterFiles files = { .allow = allow, .block = block };

    g_test_summary("keys allow-list and block-list: who is allowed is asked nothing more");
    g_file_set_contents(allow, "friend@bad.example\n127.0.0.8\n", -1, NULL);
    g_file_set_contents(block, "bad.example\n127.0.0.0/24\n", -1, NULL);
    world->settings.filter = smtp_filter_load(&files, NULL);
    g_autoptr(Client) blocked = client_new(world, SMTP_PORT_RELAY, "127.0.0.66", NULL, NULL);
    g_assert_true(g_str_has_prefix(blocked->replies->str, "554 5.7.1 "));
    g_autoptr(Client) allowed = client_new(world, SMTP_PORT_RELAY, "127.0.0.8", NULL, NULL);
    client_say(allowed, "EHLO a.example\r\n");
    client_expect(allowed, "MAIL FROM:<x@bad.example>\r\n", "250 *");
    g_autoptr(Client) other = client_new(world, SMTP_PORT_RELAY, "127.0.1.1", NULL, NULL);
    client_say(other, "EHLO a.example\r\n");
    client_expect(other, "MAIL FROM:<x@bad.example>\r\n", "550 5.7.1 *");
    client_expect(other, "MAIL FROM:<friend@bad.example>\r\n", "250 *");
    client_say(other, "RCPT TO:<bob@north.example>\r\nDATA\r\n\r\n.\r\n");
    g_autofree char *found = world_read(world, "bob", "INBOX");
    g_assert_nonnull(strstr(found, "X-Glasspost-Filter: accept (mx.north.example)\r\n"
                                   "\tallow-list client no match, allow-list sender accept,\r\n"
                                   "\tblock-list client no match\r\n"));
}

/* ---- hold ---- */

static StoreQueueItem *
only_item(World *world)
{
    g_autoptr(GPtrArray) items = store_queue_list(world->store, FALSE, NULL);

    g_assert_cmpuint(items->len, ==, 1);
    return g_ptr_array_steal_index(items, 0);
}

static void
release(World *world, gint64 id)
{
    g_autoptr(GError) error = NULL;

    store_queue_set_state(world->store, id, STORE_WAITING, WORLD_NOW_S, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) due = store_queue_due(world->store, WORLD_NOW_S, 10, &error);
    g_assert_cmpuint(due->len, ==, 1);
    g_assert_true(smtp_held_deliver(&world->host, due, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(due->len, ==, 0);
    g_assert_true(store_commit(world->store, &error));
}

static void
test_hold_local(void)
{
    g_autoptr(World) world = world_with("if header Subject is \"money\" then hold");
    g_autoptr(Client) client = call(world);

    g_test_summary("a held message is taken, and lies in no mailbox until it is released");
    client_say(client, ENVELOPE);
    client_expect(client, "Subject: money\r\n\r\n.\r\n", "250 2.6.0 *");
    g_assert_cmpuint(world_count(world, "bob", "INBOX"), ==, 0);
    g_autoptr(StoreQueueItem) item = only_item(world);
    g_assert_cmpint(item->state, ==, STORE_HELD);
    g_assert_cmpstr(item->recipient, ==, "bob@north.example");
    release(world, item->id);
    g_autofree char *found = world_read(world, "bob", "INBOX");
    g_assert_nonnull(strstr(found, "\r\nX-Glasspost-Filter: hold "));
    g_assert_true(g_str_has_prefix(found, "Return-Path: <carol@south.example>\r\n"));
    g_autoptr(GPtrArray) left = store_queue_list(world->store, FALSE, NULL);
    g_assert_cmpuint(left->len, ==, 0);
}

static void
test_hold_gone(void)
{
    g_autoptr(World) world = world_with("if size over 0 then hold");
    g_autoptr(Client) client = call(world);

    g_test_summary("RFC 3464 §2: the user is gone when the message is released: a report");
    client_say(client, ENVELOPE "Subject: x\r\n\r\n.\r\n");
    g_assert_true(store_account_delete(world->store, "bob", "north.example", NULL));
    g_autoptr(StoreQueueItem) item = only_item(world);
    release(world, item->id);
    g_autoptr(StoreQueueItem) report = only_item(world);
    g_assert_cmpstr(report->sender, ==, "");
    g_assert_cmpstr(report->recipient, ==, "carol@south.example");
}

static void
test_hold_remote(void)
{
    g_autoptr(World) world = world_with("if size over 0 then hold");
    g_autoptr(Client) client = call(world);

    g_test_summary("what travels is held, too, row by row");
    client_say(client, "MAIL FROM:<carol@south.example>\r\nRCPT TO:<list@north.example>\r\nDATA\r\n"
                       "Subject: x\r\n\r\n.\r\n");
    g_autoptr(GPtrArray) items = store_queue_list(world->store, FALSE, NULL);
    g_assert_cmpuint(items->len, ==, 2);
    for (guint i = 0; i < items->len; i++)
        g_assert_cmpint(((const StoreQueueItem *)g_ptr_array_index(items, i))->state, ==,
                        STORE_HELD);
    g_assert_cmpint(store_queue_next_due(world->store, NULL), ==, 0);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_QUEUE, "held"), ==, 2);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/policy/connect", test_connect);
    g_test_add_func("/smtp/policy/mail", test_mail);
    g_test_add_func("/smtp/policy/rcpt", test_rcpt);
    g_test_add_func("/smtp/policy/exempt", test_exempt);
    g_test_add_func("/smtp/policy/early-effects", test_early_effects);
    g_test_add_func("/smtp/policy/forged", test_forged);
    g_test_add_func("/smtp/policy/lists", test_lists);
    g_test_add_func("/smtp/policy/hold-local", test_hold_local);
    g_test_add_func("/smtp/policy/hold-gone", test_hold_gone);
    g_test_add_func("/smtp/policy/hold-remote", test_hold_remote);
    return g_test_run();
}
