/* tests/test_smtp_bounce.c - what is reported, to whom, and whether (smtp/bounce.c, bounce_send.c). */
#include <locale.h>

#include "smtp/bounce.h"
#include "tests/smtp_world.h"

/* ---- whether it is wanted ---- */

/* Every combination of what can be asked for and what can happen (RFC 3461 §5.2.2 to §5.2.6). */
static void
test_wanted(void)
{
    g_test_summary("RFC 3461 §5.2: NOTIFY and outcome: is there a report?");
    enum { F = STORE_NOTIFY_FAILURE, D = STORE_NOTIFY_DELAY, S = STORE_NOTIFY_SUCCESS };
    /* clang-format off */
    static const struct {
        guint notify;
        gboolean failed, delayed, relayed, expanded, delivered;
    } rows[] = {
        /*                      failed delayed relayed expanded delivered */
        { 0,                    TRUE,  TRUE,   FALSE,  FALSE,   FALSE },
        { F,                    TRUE,  FALSE,  FALSE,  FALSE,   FALSE },
        { D,                    FALSE, TRUE,   FALSE,  FALSE,   FALSE },
        { F | D,                TRUE,  TRUE,   FALSE,  FALSE,   FALSE },
        { S,                    FALSE, FALSE,  TRUE,   TRUE,    TRUE  },
        { S | F,                TRUE,  FALSE,  TRUE,   TRUE,    TRUE  },
        { S | D,                FALSE, TRUE,   TRUE,   TRUE,    TRUE  },
        { S | F | D,            TRUE,  TRUE,   TRUE,   TRUE,    TRUE  },
        { STORE_NOTIFY_NEVER,   FALSE, FALSE,  FALSE,  FALSE,   FALSE },
    };
    /* clang-format on */

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint notify = rows[i].notify;

        g_assert_cmpint(smtp_bounce_is_wanted(notify, SMTP_BOUNCE_FAILED), ==, rows[i].failed);
        g_assert_cmpint(smtp_bounce_is_wanted(notify, SMTP_BOUNCE_DELAYED), ==, rows[i].delayed);
        g_assert_cmpint(smtp_bounce_is_wanted(notify, SMTP_BOUNCE_RELAYED), ==, rows[i].relayed);
        g_assert_cmpint(smtp_bounce_is_wanted(notify, SMTP_BOUNCE_EXPANDED), ==, rows[i].expanded);
        g_assert_cmpint(smtp_bounce_is_wanted(notify, SMTP_BOUNCE_DELIVERED), ==,
                        rows[i].delivered);
    }
}

/* ---- in the world ---- */

static const char *
say_no(Peer *peer, const char *line)
{
    return g_str_has_prefix(line, "RCPT") ? "550 5.1.1 nobody" : peer_polite(peer, line);
}

static const char *
say_later(Peer *peer, const char *line)
{
    return g_str_has_prefix(line, "RCPT") ? "451 4.2.0 not now" : peer_polite(peer, line);
}

static const char *const carol_dave[] = { "carol@south.example", "dave@south.example", NULL };
static const char *const only_carol[] = { "carol@south.example", NULL };

/* Sends @text to @recipients with these wishes, to a host that says @say; how many reports alice
 * then has. @report: (out): the first. */
static guint
wish(const char *(*say)(Peer *peer, const char *line), const char *const *recipients,
     const char *text, guint notify, char ret, char **report)
{
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) rows = NULL, inbox = NULL;

    world_peer(world, "127.0.0.3", say);
    world->settings.give_up_after_s = 8 * 3600;
    world_queue(world, "alice@north.example", text, FALSE, recipients);
    rows = world_rows(world);
    for (guint i = 0; i < rows->len; i++) {
        const StoreQueueItem *item = g_ptr_array_index(rows, i);

        g_assert_true(
            store_queue_set_envelope(world->store, NULL, item->queue, "Q+2B1", ret, NULL));
        g_assert_true(store_queue_set_notify(world->store, NULL, item->id, notify,
                                             "rfc822;C+2Bx@south.example", NULL));
    }
    world_run(world);
    inbox = world_inbox(world);
    if (report != NULL)
        *report = inbox->len > 0 ? g_strdup(g_ptr_array_index(inbox, 0)) : NULL;
    return inbox->len;
}

static void
test_wishes(void)
{
    g_test_summary("RFC 3461 §5.2: the queue keeps to what NOTIFY asks: taken, refused, late");
    static const struct {
        guint notify, taken, refused, late; /* late: a delay notice, then a failure */
    } rows[] = {
        { 0, 0, 1, 2 },
        { STORE_NOTIFY_NEVER, 0, 0, 0 },
        { STORE_NOTIFY_SUCCESS, 1, 0, 0 },
        { STORE_NOTIFY_FAILURE, 0, 1, 1 },
        { STORE_NOTIFY_DELAY, 0, 0, 1 },
        { STORE_NOTIFY_SUCCESS | STORE_NOTIFY_FAILURE | STORE_NOTIFY_DELAY, 1, 1, 2 },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint notify = rows[i].notify;

        g_assert_cmpuint(wish(NULL, only_carol, WORLD_MESSAGE, notify, 0, NULL), ==, rows[i].taken);
        g_assert_cmpuint(wish(say_no, only_carol, WORLD_MESSAGE, notify, 0, NULL), ==,
                         rows[i].refused);
        g_assert_cmpuint(wish(say_later, only_carol, WORLD_MESSAGE, notify, 0, NULL), ==,
                         rows[i].late);
    }
}

static void
test_joined(void)
{
    g_test_summary("RFC 3461 §5.2.8: recipients who fail in one conversation are in one report");
    g_autofree char *report = NULL, *relayed = NULL;
    const char *second;

    g_assert_cmpuint(wish(say_no, carol_dave, WORLD_MESSAGE, 0, 'H', &report), ==, 1);
    g_assert_nonnull(strstr(report, "\r\nOriginal-Envelope-Id: Q+1\r\n"));
    g_assert_nonnull(strstr(report, "\r\nOriginal-Recipient: rfc822;C+x@south.example\r\n"
                                    "Final-Recipient: rfc822; carol@south.example\r\n"));
    second = strstr(report, "Final-Recipient: rfc822; dave@south.example\r\nAction: failed\r\n");
    g_assert_nonnull(second);
    g_assert_nonnull(strstr(second, "text/rfc822-headers"));
    g_assert_cmpuint(wish(NULL, carol_dave, WORLD_MESSAGE, STORE_NOTIFY_SUCCESS, 'F', &relayed), ==,
                     1);
    g_assert_nonnull(strstr(relayed, "Action: relayed\r\nStatus: 2.0.0\r\n"
                                     "Remote-MTA: dns; mx.south.example\r\n"));
    g_assert_nonnull(strstr(relayed, "text/rfc822-headers")); /* no failure: RET is not asked */
}

static void
test_returned(void)
{
    g_test_summary("RFC 3461 §6.2: FULL brings all of it, up to 50 KB; unsaid and HDRS the header");
    g_autoptr(GString) large = g_string_new(WORLD_MESSAGE);
    g_autofree char *whole = NULL, *header = NULL, *unsaid = NULL, *cut = NULL, *eight = NULL;

    wish(say_no, only_carol, WORLD_MESSAGE, 0, 'F', &whole);
    g_assert_nonnull(strstr(whole, "message/rfc822\r\n"));
    g_assert_nonnull(strstr(whole, "\r\nHello Carol.\r\n.\r\n..two dots\r\n"));
    wish(say_no, only_carol, WORLD_MESSAGE, 0, 'H', &header);
    g_assert_null(strstr(header, "Hello Carol."));
    wish(say_no, only_carol, WORLD_MESSAGE, 0, 0, &unsaid);
    g_assert_null(strstr(unsaid, "Hello Carol."));
    while (large->len <= 50 * 1024)
        g_string_append(large, "All work and no play.\r\n");
    wish(say_no, only_carol, large->str, 0, 'F', &cut);
    g_assert_nonnull(strstr(cut, "text/rfc822-headers\r\n"));
    g_assert_null(strstr(cut, "Hello Carol."));
    wish(say_no, only_carol, WORLD_MESSAGE "\xc3\xbc\r\n", 0, 'F', &eight);
    g_assert_nonnull(strstr(eight, "Content-Transfer-Encoding: 8bit\r\n\r\nFrom: <alice"));
}

static void
test_returned_abroad(void)
{
    g_test_summary("RFC 6152 §3: a report that travels is 7-bit, even where all was asked for");
    g_autoptr(World) world = world_new();
    g_autoptr(SmtpBounce) report = smtp_bounce_new(&world->host);
    g_autoptr(Trace) trace = trace_new(world->tracer, "mx.north.example", NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GPtrArray) rows = NULL, after = NULL;
    StoreQueueItem *item;

    world_queue(world, "erin@west.example", WORLD_MESSAGE "\xc3\xbc\r\n", TRUE, only_carol);
    rows = world_rows(world);
    item = g_ptr_array_index(rows, 0);
    item->ret = 'F';
    smtp_bounce_add(report, trace, item, SMTP_BOUNCE_FAILED, "5.1.1", "550 no", "mx.south.example");
    g_assert_true(smtp_bounce_send(report, trace, NULL));
    after = world_rows(world);
    item = g_ptr_array_index(after, 1);
    g_assert_true(store_message_read(world->store, item->message, 0, 1024 * 1024, text, NULL));
    for (gsize i = 0; i < text->len; i++)
        g_assert_cmpuint((guchar)text->str[i], <, 128);
    g_assert_nonnull(strstr(text->str, "text/rfc822-headers\r\n"));
    g_assert_cmpuint(world_told(world, "8-bit octets, and not every host"), ==, 1);
}

/* ---- where it goes ---- */

/* Bounces a message from @sender that has just joined the queue. */
static void
bounce(World *world, const char *sender)
{
    static const char *const carol[] = { "carol@south.example", NULL };
    g_autoptr(GError) error = NULL;
    g_autoptr(Trace) trace = trace_new(world->tracer, "mx.north.example", NULL);
    g_autoptr(SmtpBounce) report = smtp_bounce_new(&world->host);
    g_autoptr(GPtrArray) rows = NULL;

    world_queue(world, sender, WORLD_MESSAGE, FALSE, carol);
    rows = world_rows(world);
    smtp_bounce_add(report, trace, g_ptr_array_index(rows, rows->len - 1), SMTP_BOUNCE_FAILED,
                    "5.1.1", "550 5.1.1 no such user", "mx.south.example");
    g_assert_true(smtp_bounce_send(report, trace, &error));
    g_assert_no_error(error);
    g_assert_true(store_commit(world->store, &error));
}

static void
test_to_account(void)
{
    g_test_summary("RFC 5321 §6.1: the report lies in the sender's mailbox, its own sender is <>");
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) inbox = NULL;

    bounce(world, "alice@north.example");
    inbox = world_inbox(world);
    g_assert_cmpuint(inbox->len, ==, 1);
    g_assert_true(g_str_has_prefix(g_ptr_array_index(inbox, 0), "Return-Path: <>\r\n"));
    g_assert_nonnull(strstr(g_ptr_array_index(inbox, 0), "550 5.1.1 no such user"));
    g_assert_nonnull(strstr(g_ptr_array_index(inbox, 0), "\r\nSubject: hello\r\n"));
    g_assert_cmpuint(world_told(world, "\"reports_on\":\"j1\""), ==, 1);
}

static void
test_to_another_domain(void)
{
    g_test_summary("RFC 5321 §6.1: a sender elsewhere gets it by the queue, with the null sender");
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) rows = NULL;
    const StoreQueueItem *item;

    bounce(world, "erin@west.example");
    rows = world_rows(world);
    g_assert_cmpuint(rows->len, ==, 2);
    item = g_ptr_array_index(rows, 1);
    g_assert_cmpstr(item->sender, ==, "");
    g_assert_cmpstr(item->recipient, ==, "erin@west.example");
    g_assert_cmpstr(item->journey, ==, "j2");
}

static void
test_full(void)
{
    g_test_summary("RFC 3463 §3.3: a full mailbox makes the report wait, and undoes nothing else");
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) inbox = NULL, later = NULL;

    bounce(world, "alice@north.example");
    world->settings.quota_octets = 1;
    bounce(world, "alice@north.example");
    g_assert_cmpuint(world_told(world, "the report waits in the queue"), ==, 1);
    smtp_queue_wake(world->queue);
    g_assert_true(store_commit(world->store, NULL));
    g_assert_cmpuint(world_told(world, "is there any now?"), ==, 1);
    inbox = world_inbox(world);
    g_assert_cmpuint(inbox->len, ==, 1);
    world->settings.quota_octets = 0;
    world_run(world); /* carol's two fail, too */
    later = world_inbox(world);
    g_assert_cmpuint(world_told(world, "is there any now?"), ==, 2);
    g_assert_cmpuint(later->len, >, 1);
}

static void
test_postmaster(void)
{
    g_test_summary("RFC 3461 §5.2: no report answers a report; of a lost one the postmaster hears");
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) inbox = NULL;
    const char *report;

    bounce(world, "");
    g_assert_cmpuint(world_told(world, "a report is not answered by a report"), ==, 1);
    inbox = world_inbox(world); /* alice's, who is the first account, and so the postmaster */
    g_assert_cmpuint(inbox->len, ==, 1);
    report = g_ptr_array_index(inbox, 0);
    g_assert_true(g_str_has_prefix(report, "Return-Path: <>\r\n"));
    g_assert_nonnull(strstr(report, "\r\nTo: <postmaster@north.example>\r\n"));
    g_assert_nonnull(strstr(report, "\r\nSubject: A report could not be delivered\r\n"));
    g_assert_nonnull(strstr(report, "550 5.1.1 no such user"));
    g_assert_null(strstr(report, "Your message"));
    /* All of what was lost comes along. */
    g_assert_nonnull(strstr(report, "message/rfc822\r\n"));
    g_assert_nonnull(strstr(report, "\r\nHello Carol.\r\n"));
}

static void
test_nobody(void)
{
    g_test_summary("RFC 5321 §4.5.5: a report for a sender who is nobody goes to the postmaster");
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) inbox = NULL;

    bounce(world, "nobody@north.example");
    g_assert_cmpuint(world_told(world, "so the report goes to the postmaster here"), ==, 1);
    inbox = world_inbox(world);
    g_assert_cmpuint(inbox->len, ==, 1);
    g_assert_nonnull(strstr(g_ptr_array_index(inbox, 0), "\r\nTo: <nobody@north.example>\r\n"));
}

static void
test_no_circle(void)
{
    g_test_summary("RFC 3461 §5.2: word of a lost report that can't be delivered ends there");
    static const char *const targets[] = { "boss@south.example", NULL };
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) rows = NULL, inbox = NULL;
    Peer *peer = world_peer(world, "127.0.0.3", say_no);
    const StoreQueueItem *item;

    g_assert_true(store_alias_set(world->store, "postmaster", "north.example", targets, NULL));
    world_queue(world, "", WORLD_MESSAGE, FALSE, only_carol);
    world_run(world);
    rows = world_rows(world);
    g_assert_cmpuint(rows->len, ==, 2);
    item = g_ptr_array_index(rows, 1);
    g_assert_cmpstr(item->recipient, ==, "boss@south.example");
    g_assert_cmpuint(item->notify, ==, STORE_NOTIFY_NEVER);
    g_assert_cmpint(item->state, ==, STORE_FAILED);
    g_assert_nonnull(strstr(peer->heard->str, "MAIL FROM:<>"));
    g_assert_cmpuint(world_told(world, "can't run in a circle; it ends here"), ==, 1);
    inbox = world_inbox(world);
    g_assert_cmpuint(inbox->len, ==, 0);
}

static void
test_null_sender_other(void)
{
    g_test_summary("RFC 3461 §5.2: of what is late, relayed or delivered the postmaster hears "
                   "nothing where the sender is <>");
    const guint all = STORE_NOTIFY_FAILURE | STORE_NOTIFY_DELAY | STORE_NOTIFY_SUCCESS;

    for (guint action = SMTP_BOUNCE_DELAYED; action <= SMTP_BOUNCE_DELIVERED; action++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Trace) trace = trace_new(world->tracer, "mx.north.example", NULL);
        g_autoptr(SmtpBounce) report = smtp_bounce_new(&world->host);
        g_autoptr(GPtrArray) rows = NULL, inbox = NULL;
        StoreQueueItem *item;

        world_queue(world, "", WORLD_MESSAGE, FALSE, only_carol);
        rows = world_rows(world);
        item = g_ptr_array_index(rows, 0);
        item->notify = all;
        smtp_bounce_add(report, trace, item, action, "4.4.1", "later", NULL);
        g_assert_true(smtp_bounce_send(report, trace, NULL));
        inbox = world_inbox(world);
        g_assert_cmpuint(inbox->len, ==, 0);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/bounce/wanted", test_wanted);
    g_test_add_func("/smtp/bounce/wishes", test_wishes);
    g_test_add_func("/smtp/bounce/joined", test_joined);
    g_test_add_func("/smtp/bounce/returned", test_returned);
    g_test_add_func("/smtp/bounce/returned-abroad", test_returned_abroad);
    g_test_add_func("/smtp/bounce/to-account", test_to_account);
    g_test_add_func("/smtp/bounce/to-another-domain", test_to_another_domain);
    g_test_add_func("/smtp/bounce/full", test_full);
    g_test_add_func("/smtp/bounce/postmaster", test_postmaster);
    g_test_add_func("/smtp/bounce/nobody", test_nobody);
    g_test_add_func("/smtp/bounce/no-circle", test_no_circle);
    g_test_add_func("/smtp/bounce/null-sender-other", test_null_sender_other);
    return g_test_run();
}
