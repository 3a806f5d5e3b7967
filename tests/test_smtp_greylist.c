/* tests/test_smtp_greylist.c - first tries put off, later ones taken (smtp/greylist.c,
 * smtp/upkeep.c).
 */
#include "smtp/upkeep.h"
#include "tests/smtp_taking.h"

/* The database's clock here is the network's, and moves. */
static gint64
moving_now_s(void *data)
{
    return net_clock_now_s(((World *)data)->clock);
}

static gint64
moving_now_us(void *data)
{
    return net_clock_now_us(((World *)data)->clock);
}

static World *
grey_world(void)
{
    World *world = world_new();
    StoreWorld outside = { moving_now_s, world_secret, world };
    g_autoptr(GError) error = NULL;

    store_close(world->store);
    tracer_free(world->tracer);
    world->tracer = tracer_new(moving_now_us, world);
    world->host.tracer = world->tracer;
    tracer_set_faults(world->tracer, world->faults);
    tracer_add_sink(world->tracer, world_sink, world);
    tracer_switch(world->tracer, TRUE);
    world->store = store_open(world->folder, "mx.north.example", &outside, NULL, &error);
    g_assert_no_error(error);
    world->host.store = world->store;
    world->settings.greylist = TRUE;
    world->settings.greylist_delay_s = 60;
    world->settings.greylist_window_s = 3600;
    world->settings.greylist_lifetime_s = 86400;
    return world;
}

static void
wait_s(World *world, gint64 seconds)
{
    net_clock_set_virtual(world->clock, net_clock_now_us(world->clock) + seconds * NET_SECOND);
}

/* What @peer hears to one RCPT. */
static void
expect_rcpt(World *world, const char *peer, const char *sender, const char *recipient,
            const char *reply)
{
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, peer, NULL, NULL);
    g_autofree char *mail = g_strdup_printf("EHLO a.example\r\nMAIL FROM:<%s>\r\n", sender);
    g_autofree char *rcpt = g_strdup_printf("RCPT TO:<%s>\r\n", recipient);

    client_say(client, mail);
    client_expect(client, rcpt, reply);
}

#define CAROL "carol@south.example"
#define BOB   "bob@north.example"
#define ALICE "alice@north.example"

static void
test_comes_back(void)
{
    g_autoptr(World) world = grey_world();

    g_test_summary("RFC 6647 §2.4, §5: put off, put off when too early, then known");
    expect_rcpt(world, "127.0.0.7", CAROL, BOB, "451 4.7.1 <bob@north.example>: greylisted*");
    wait_s(world, 59);
    expect_rcpt(world, "127.0.0.7", CAROL, BOB, "451 4.7.1 *");
    expect_rcpt(world, "127.0.0.7", CAROL, ALICE, "451 4.7.1 *");
    wait_s(world, 1);
    expect_rcpt(world, "127.0.0.8", CAROL, BOB, "451 4.7.1 *");
    expect_rcpt(world, "127.0.0.7", CAROL, BOB, "250 2.1.5 *");
    /* From now on the client is known, with any sender and recipient. */
    expect_rcpt(world, "127.0.0.7", "", ALICE, "250 2.1.5 *");
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_FILTER, "put off"), ==, 4);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_FILTER, "too early"), ==, 1);
    g_assert_cmpuint(world_events(world, TRACE_DECISION, STAGE_FILTER, "passes greylisting"), ==,
                     2);
}

static void
test_too_late(void)
{
    g_autoptr(World) world = grey_world();

    g_test_summary("RFC 6647 §5: behind the window, and behind the lifetime, it is a first try");
    expect_rcpt(world, "127.0.0.7", CAROL, BOB, "451 4.7.1 *");
    wait_s(world, 3601);
    expect_rcpt(world, "127.0.0.7", CAROL, BOB, "451 4.7.1 *");
    wait_s(world, 3600);
    expect_rcpt(world, "127.0.0.7", CAROL, BOB, "250 *");
    wait_s(world, 86400);
    expect_rcpt(world, "127.0.0.7", CAROL, BOB, "250 *");
    wait_s(world, 86401);
    expect_rcpt(world, "127.0.0.7", CAROL, BOB, "451 4.7.1 *");
    wait_s(world, 60);
    expect_rcpt(world, "127.0.0.7", CAROL, BOB, "250 *");
}

static void
test_exempt(void)
{
    g_autoptr(World) world = grey_world();

    g_test_summary("RFC 6647 §5: no greylisting for users, trusted networks and allowed senders");
    g_autoptr(Client) user = client_new(world, SMTP_PORT_SUBMIT, "127.0.0.7", NULL, NULL);
    client_say(user, "EHLO laptop\r\nAUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n");
    client_say(user, "MAIL FROM:<alice@north.example>\r\n");
    client_expect(user, "RCPT TO:<bob@north.example>\r\n", "250 *");
    expect_rcpt(world, "127.0.0.9", CAROL, BOB, "250 *");
    world->settings.filter =
        smtp_filter_parse("rules", "if sender is \"" CAROL "\" then accept", NULL);
    expect_rcpt(world, "127.0.0.7", CAROL, BOB, "250 *");
    expect_rcpt(world, "127.0.0.7", "dave@south.example", BOB, "451 4.7.1 *");
    /* What is wrong for good is said for good. */
    expect_rcpt(world, "127.0.0.7", "dave@south.example", "zoe@north.example", "550 5.1.1 *");
    expect_rcpt(world, "127.0.0.7", "dave@south.example", "x@east.example", "550 5.7.1 *");
}

static void
test_address(void)
{
    g_autoptr(World) world = grey_world();

    g_test_summary("RFC 6647 §7: of an IPv6 address the first 64 bits are the client");
    expect_rcpt(world, "fd00::1", CAROL, BOB, "451 4.7.1 *");
    wait_s(world, 60);
    expect_rcpt(world, "fd00:0:0:1::1", CAROL, BOB, "451 4.7.1 *");
    expect_rcpt(world, "fd00::2", CAROL, BOB, "250 *");
}

static void
test_error(void)
{
    g_autoptr(World) world = grey_world();

    g_test_summary("RFC 6647 §8.2: where the table cannot be asked, the client is to come again");
    sqlite3_stmt *drop = store_prepare(world->store, "DROP TABLE greylist", NULL);
    g_assert_true(store_run(world->store, drop, NULL));
    store_statement_done(drop);
    expect_rcpt(world, "127.0.0.7", CAROL, BOB, "451 4.3.0 *");
}

/* ---- upkeep ---- */

static void
test_ripens(void)
{
    g_autoptr(World) world = grey_world();
    SmtpUpkeep *upkeep = smtp_upkeep_new(&world->host);

    g_test_summary("RFC 6647 §5: the end of the delay is a timer that a clock may jump to");
    net_clock_set_warp(world->clock, TRUE);
    g_assert_cmpint(net_clock_next_schedule_us(world->clock), ==, -1);
    expect_rcpt(world, "127.0.0.7", CAROL, BOB, "451 4.7.1 *");
    smtp_upkeep_wake(upkeep);
    g_assert_cmpint(net_clock_next_schedule_us(world->clock), ==, (WORLD_NOW_S + 60) * NET_SECOND);
    g_assert_true(net_clock_warp(world->clock));
    net_clock_run_due(world->clock);
    g_assert_cmpuint(world_events(world, TRACE_TIMER, STAGE_FILTER, "127.0.0.7 may deliver"), ==,
                     1);
    g_assert_cmpint(net_clock_next_schedule_us(world->clock), ==, -1);
    expect_rcpt(world, "127.0.0.7", CAROL, BOB, "250 *");
    smtp_upkeep_free(upkeep);
}

static guint
copies(World *world)
{
    g_autoptr(GPtrArray) kept = store_archive_list(world->store, NULL, 10, NULL);

    return kept->len;
}

static void
send_one(World *world)
{
    g_autoptr(Client) client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);

    client_say(client, "EHLO a.example\r\nMAIL FROM:<" CAROL ">\r\nRCPT TO:<" BOB
                       ">\r\nDATA\r\nSubject: x\r\n\r\n.\r\n");
}

static void
test_retention(void)
{
    g_autoptr(World) world = grey_world();
    SmtpUpkeep *upkeep = smtp_upkeep_new(&world->host);

    g_test_summary("key archive-keep: copies go when they are old enough, and it is told");
    world->settings.greylist = FALSE;
    world->settings.archive = TRUE;
    send_one(world);
    smtp_upkeep_wake(upkeep);
    g_assert_cmpint(net_clock_next_schedule_us(world->clock), ==, -1);
    world->settings.archive_keep_s = 1000;
    wait_s(world, 500);
    send_one(world);
    smtp_upkeep_wake(upkeep);
    wait_s(world, 499);
    net_clock_run_due(world->clock);
    g_assert_cmpuint(copies(world), ==, 2);
    wait_s(world, 1);
    net_clock_run_due(world->clock);
    g_assert_cmpuint(copies(world), ==, 1);
    wait_s(world, 500);
    net_clock_run_due(world->clock);
    g_assert_cmpuint(copies(world), ==, 0);
    g_assert_cmpuint(world_events(world, TRACE_TIMER, STAGE_ARCHIVE, "is removed"), ==, 2);
    g_assert_cmpuint(world_events(world, TRACE_SQL, STAGE_ARCHIVE, "is removed"), ==, 2);
    /* The user's own copy stays. */
    g_assert_true(store_commit(world->store, NULL));
    g_assert_cmpuint(world_count(world, "bob", "INBOX"), ==, 2);
    smtp_upkeep_free(upkeep);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/greylist/comes-back", test_comes_back);
    g_test_add_func("/smtp/greylist/too-late", test_too_late);
    g_test_add_func("/smtp/greylist/exempt", test_exempt);
    g_test_add_func("/smtp/greylist/address", test_address);
    g_test_add_func("/smtp/greylist/error", test_error);
    g_test_add_func("/smtp/upkeep/ripens", test_ripens);
    g_test_add_func("/smtp/upkeep/retention", test_retention);
    return g_test_run();
}
