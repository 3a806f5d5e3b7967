/* tests/test_smtp_wish.c - what the sender wants to be told of mail that comes in (smtp/wish.c). */
#include "smtp/queue.h"
#include "smtp/recipient.h"
#include "smtp/state.h"
#include "tests/smtp_taking.h"

/* alice, so that a report about her mail lies in her own mailbox. */
static Client *
alice(World *world)
{
    Client *client = client_new(world, SMTP_PORT_SUBMIT, "127.0.0.7", NULL, NULL);

    client_say(client, "EHLO laptop\r\nAUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n");
    return client;
}

/* Hands a message in: @rcpt stands behind each "RCPT TO:", parted by semicolons. */
static void
send_mail(Client *client, const char *mail, const char *rcpts)
{
    g_auto(GStrv) list = g_strsplit(rcpts, "|", -1);
    g_autofree char *first = g_strdup_printf("MAIL FROM:<alice@north.example>%s\r\n", mail);

    client_expect(client, first, "250 *");
    for (char **rcpt = list; *rcpt != NULL; rcpt++) {
        g_autofree char *line = g_strdup_printf("RCPT TO:%s\r\n", *rcpt);

        client_expect(client, line, "250 *");
    }
    client_expect(client, "DATA\r\n", "354 *");
    client_expect(client, "Subject: hello\r\n\r\nbody\r\n.\r\n", "250 2.6.0 *");
}

static void
assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        g_error("no '%s' in:\n%s", part, text);
}

static void
test_delivered(void)
{
    g_test_summary(
        "RFC 3461 §5.2.3: SUCCESS for a mailbox here is reported as soon as it lies there");
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = alice(world);

    send_mail(client, " RET=FULL ENVID=QQ+2B1",
              "<bob@north.example> NOTIFY=SUCCESS ORCPT=rfc822;Bob+2Bx@north.example");
    g_assert_cmpuint(world_count(world, "bob", "INBOX"), ==, 1);
    g_assert_cmpuint(world_count(world, "alice", "INBOX"), ==, 1);
    g_autofree char *report = world_read(world, "alice", "INBOX");
    g_assert_true(g_str_has_prefix(report, "Return-Path: <>\r\n"));
    assert_has(report, "\r\nAuto-Submitted: auto-replied\r\n");
    assert_has(report,
               "\r\n\r\nOriginal-Envelope-Id: QQ+1\r\nReporting-MTA: dns; mx.north.example\r\n");
    assert_has(report, "\r\n\r\nOriginal-Recipient: rfc822;Bob+x@north.example\r\n"
                       "Final-Recipient: rfc822; bob@north.example\r\n"
                       "Action: delivered\r\nStatus: 2.1.5\r\n\r\n");
    /* RET is for failures (RFC 3461 §4.3): of a success only the header comes back. */
    assert_has(report, "Content-Type: text/rfc822-headers\r\n");
    g_assert_null(strstr(report, "\r\nbody\r\n"));
}

static void
test_unasked(void)
{
    g_test_summary("RFC 3461 §5.2.3: no report of a delivery that nobody asked for");
    static const char *const wishes[] = { "", " NOTIFY=NEVER", " NOTIFY=FAILURE,DELAY" };
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = alice(world);

    for (guint i = 0; i < G_N_ELEMENTS(wishes); i++) {
        g_autofree char *rcpt = g_strconcat("<bob@north.example>", wishes[i], NULL);

        send_mail(client, "", rcpt);
    }
    g_assert_cmpuint(world_count(world, "bob", "INBOX"), ==, 3);
    g_assert_cmpuint(world_count(world, "alice", "INBOX"), ==, 0);
}

static void
test_null_sender(void)
{
    g_test_summary("RFC 3461 §5.2: never a report for the null sender, whatever is asked");
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);

    client_say(client, "EHLO client.south.example\r\n");
    client_say(client, "MAIL FROM:<>\r\nRCPT TO:<bob@north.example> NOTIFY=SUCCESS\r\nDATA\r\n");
    client_expect(client, "Subject: x\r\n\r\n.\r\n", "250 2.6.0 *");
    g_assert_cmpuint(world_count(world, "bob", "INBOX"), ==, 1);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_BOUNCE, "sender is <>"), ==, 1);
    g_autoptr(GPtrArray) due = store_queue_due(world->store, WORLD_NOW_S, 10, NULL);
    g_assert_cmpuint(due->len, ==, 0);
}

static void
test_expanded(void)
{
    g_test_summary(
        "RFC 3461 §5.2.7.3: an alias for several: one \"expanded\", and no SUCCESS goes on");
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = alice(world);
    g_autoptr(GPtrArray) due = NULL;
    const StoreQueueItem *item;

    send_mail(client, " ENVID=E1 RET=HDRS",
              "<list@north.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;list@north.example");
    g_assert_cmpuint(world_count(world, "alice", "INBOX"), ==, 2); /* list is alice and carol */
    g_autofree char *report = world_read(world, "alice", "INBOX");
    assert_has(report, "Final-Recipient: rfc822; list@north.example\r\nAction: expanded\r\n");
    g_assert_null(strstr(report, "Action: delivered"));
    due = store_queue_due(world->store, WORLD_NOW_S, 10, NULL);
    item = g_ptr_array_index(due, 0);
    g_assert_cmpstr(item->recipient, ==, "carol@south.example");
    g_assert_cmpuint(item->notify, ==, STORE_NOTIFY_FAILURE);
    g_assert_cmpstr(item->orcpt, ==, "rfc822;list@north.example");
    g_assert_cmpstr(item->envid, ==, "E1");
    g_assert_cmpint(item->ret, ==, 'H');
}

static void
test_expanded_only(void)
{
    g_test_summary(
        "RFC 3461 §5.2.7.3: whoever wanted only SUCCESS hears of nothing after \"expanded\"");
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = alice(world);
    g_autoptr(GPtrArray) due = NULL;

    send_mail(client, "", "<list@north.example> NOTIFY=SUCCESS");
    due = store_queue_due(world->store, WORLD_NOW_S, 10, NULL);
    g_assert_cmpuint(((const StoreQueueItem *)g_ptr_array_index(due, 0))->notify, ==,
                     STORE_NOTIFY_NEVER);
}

static void
test_alias_for_one(void)
{
    g_test_summary(
        "RFC 3461 §5.2.7.2: an alias for one: the wish goes on, nothing is said of the alias");
    const char *const one[] = { "bob@north.example", NULL };
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = alice(world);

    store_alias_set(world->store, "builder", "north.example", one, NULL);
    send_mail(client, "", "<builder@north.example> NOTIFY=SUCCESS");
    g_autofree char *report = world_read(world, "alice", "INBOX");
    assert_has(report, "Final-Recipient: rfc822; bob@north.example\r\nAction: delivered\r\n");
    g_assert_null(strstr(report, "expanded"));
}

static void
test_list(void)
{
    g_test_summary(
        "RFC 3461 §5.2.7.1: a list is where the way ends: \"delivered\", nothing goes on");
    const char *const owner[] = { "bob@north.example", NULL };
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = alice(world);
    g_autoptr(GPtrArray) due = NULL;
    const StoreQueueItem *item;

    store_alias_set(world->store, "owner-list", "north.example", owner, NULL);
    send_mail(client, " ENVID=E1", "<list@north.example> NOTIFY=SUCCESS,FAILURE");
    g_autofree char *report = world_read(world, "alice", "INBOX");
    assert_has(report, "Final-Recipient: rfc822; list@north.example\r\nAction: delivered\r\n");
    due = store_queue_due(world->store, WORLD_NOW_S, 10, NULL);
    item = g_ptr_array_index(due, 0);
    g_assert_cmpstr(item->sender, ==, "owner-list@north.example");
    g_assert_cmpuint(item->notify, ==, 0);
    g_assert_null(item->envid);
}

static void
test_joined(void)
{
    g_test_summary("RFC 3461 §5.2.8: deliveries of one moment are one report, of those who asked");
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = alice(world);

    store_account_add(world->store, "carl", "north.example", "x", NULL);
    send_mail(client, "",
              "<bob@north.example> NOTIFY=SUCCESS|<carl@north.example> NOTIFY=NEVER|"
              "<list@north.example> NOTIFY=SUCCESS");
    g_assert_cmpuint(world_count(world, "alice", "INBOX"), ==, 2);
    g_autofree char *report = world_read(world, "alice", "INBOX");
    assert_has(report, "list@north.example\r\nAction: expanded\r\n");
    assert_has(report, "bob@north.example\r\nAction: delivered\r\n");
    g_assert_null(strstr(report, "carl@north.example"));
}

static void
test_same_mailbox(void)
{
    g_test_summary("RFC 3461 §5.2.3: two names of one mailbox: one copy, and each wish is kept");
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = alice(world);

    send_mail(client, "", "<bob@north.example> NOTIFY=NEVER|<BOB@north.example> NOTIFY=SUCCESS");
    g_assert_cmpuint(world_count(world, "bob", "INBOX"), ==, 1);
    g_assert_cmpuint(world_count(world, "alice", "INBOX"), ==, 1);
}

static void
test_long_lines(void)
{
    g_test_summary("RFC 3461 §5.4: a RCPT with ORCPT and NOTIFY of full length is one line");
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = alice(world);
    g_autofree char *many = g_strnfill(493, 'x');
    g_autofree char *rcpt = g_strdup_printf("RCPT TO:<bob@north.example> "
                                            "NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;%s\r\n",
                                            many);
    g_autofree char *too_long =
        g_strdup_printf("RCPT TO:<bob@north.example> ORCPT=rfc822;%sx\r\n", many);

    client_expect(client, "MAIL FROM:<alice@north.example>\r\n", "250 2.1.0 *");
    client_expect(client, rcpt, "250 2.1.5 *");
    client_expect(client, too_long, "501 5.5.4 *");
}

static void
test_exact(void)
{
    g_test_summary("RFC 3461 §6.3: what xtext stood for is in the report, each space of it");
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = alice(world);

    send_mail(client, " ENVID=a+20+20b",
              "<bob@north.example> NOTIFY=SUCCESS ORCPT=x-other;+22Bob+20+20Builder+22");
    g_autofree char *report = world_read(world, "alice", "INBOX");
    assert_has(report, "\r\nOriginal-Envelope-Id: a  b\r\n");
    assert_has(report, "\r\nOriginal-Recipient: x-other;\"Bob  Builder\"\r\n");
}

static void
test_forgotten(void)
{
    g_test_summary("RFC 5321 §4.1.1.5: RSET forgets the wishes, too");
    g_autoptr(World) world = world_new();
    g_autoptr(Client) client = alice(world);

    client_say(client, "MAIL FROM:<alice@north.example> RET=FULL ENVID=old\r\n"
                       "RCPT TO:<list@north.example> NOTIFY=SUCCESS\r\nRSET\r\n");
    send_mail(client, "", "<carol@south.example>");
    g_autoptr(GPtrArray) due = store_queue_due(world->store, WORLD_NOW_S, 10, NULL);
    const StoreQueueItem *item = g_ptr_array_index(due, 0);
    g_assert_null(item->envid);
    g_assert_cmpint(item->ret, ==, 0);
    g_assert_cmpuint(item->notify, ==, 0);
    g_assert_cmpuint(world_count(world, "alice", "INBOX"), ==, 0);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/wish/delivered", test_delivered);
    g_test_add_func("/smtp/wish/unasked", test_unasked);
    g_test_add_func("/smtp/wish/null-sender", test_null_sender);
    g_test_add_func("/smtp/wish/expanded", test_expanded);
    g_test_add_func("/smtp/wish/expanded-only", test_expanded_only);
    g_test_add_func("/smtp/wish/alias-for-one", test_alias_for_one);
    g_test_add_func("/smtp/wish/list", test_list);
    g_test_add_func("/smtp/wish/joined", test_joined);
    g_test_add_func("/smtp/wish/same-mailbox", test_same_mailbox);
    g_test_add_func("/smtp/wish/long-lines", test_long_lines);
    g_test_add_func("/smtp/wish/exact", test_exact);
    g_test_add_func("/smtp/wish/forgotten", test_forgotten);
    return g_test_run();
}
