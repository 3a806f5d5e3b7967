/* tests/test_smtp_queue.c - mail that has to travel, from the row to its end (smtp/queue.c). */
#include <locale.h>

#include "tests/smtp_world.h"

#define HOUR 3600
#define DAY  (24 * HOUR)

static const char *const carol[] = { "carol@south.example", NULL };

static const StoreQueueItem *
row(const GPtrArray *rows, guint number)
{
    g_assert_cmpuint(number, <, rows->len);
    return g_ptr_array_index(rows, number);
}

/* ---- retry ---- */

static const char *
say_third_time(Peer *peer, const char *line)
{
    if (*line == '\0' && peer->calls < 3)
        return "421 4.3.2 still starting";
    return peer_polite(peer, line);
}

static void
test_third_try(void)
{
    g_test_summary("RFC 5321 §4.5.4.1: not now, not now, then yes: tries at 0, 5 and 15 minutes");
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(GPtrArray) attempts = NULL;
    Peer *peer = world_peer(world, "127.0.0.3", say_third_time);

    world->settings.routes = (char *[]){ (char *)"south.example: 127.0.0.3", NULL };
    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
    world_run(world);
    g_assert_cmpuint(peer->calls, ==, 3);
    g_assert_cmpuint(peer->taken, ==, 1);
    rows = world_rows(world);
    g_assert_cmpint(row(rows, 0)->state, ==, STORE_DONE);
    g_assert_cmpuint(row(rows, 0)->tries, ==, 3);
    attempts = store_queue_attempts(world->store, row(rows, 0)->id, NULL);
    g_assert_cmpuint(attempts->len, ==, 3);
    for (guint i = 0; i < 3; i++) {
        static const gint64 after_s[] = { 0, 300, 900 };
        const StoreAttempt *attempt = g_ptr_array_index(attempts, i);
        g_assert_cmpint(ABS(attempt->when_s - WORLD_START_S - after_s[i]), <=, 1);
    }
    g_assert_cmpuint(world_told(world, "retry timer"), ==, 2);
}

static void
test_five_days(void)
{
    g_test_summary("RFC 5321 §4.5.4.1: five days down: a delay notice after 4 h, then a bounce");
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(GPtrArray) inbox = NULL;
    gint64 took_s;

    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
    world_run(world);
    took_s = net_clock_now_s(world->clock) - WORLD_START_S;
    g_assert_cmpint(took_s, >=, 5 * DAY);
    g_assert_cmpint(took_s, <, 5 * DAY + 10);
    rows = world_rows(world);
    g_assert_cmpint(row(rows, 0)->state, ==, STORE_FAILED);
    g_assert_true(row(rows, 0)->warned);
    inbox = world_inbox(world);
    g_assert_cmpuint(inbox->len, ==, 2);
    g_assert_nonnull(strstr(g_ptr_array_index(inbox, 0), "\r\nAction: delayed\r\n"));
    g_assert_nonnull(strstr(g_ptr_array_index(inbox, 0), "Mon, 5 Jan 2026 13:00:00 +0000"));
    g_assert_nonnull(strstr(g_ptr_array_index(inbox, 1), "\r\nAction: failed\r\n"));
    g_assert_nonnull(strstr(g_ptr_array_index(inbox, 1), "\r\nStatus: 4.4.1\r\n"));
}

static void
test_history(void)
{
    g_test_summary("what is done with is remembered for the time of the key history, no longer");
    static const char *const nowhere[] = { "erin@null.south.example", NULL };
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) rows = NULL;

    world->settings.history_s = DAY;
    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, nowhere); /* fails at once */
    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);   /* in five days */
    world_run(world);
    rows = world_rows(world);
    g_assert_cmpuint(rows->len, ==, 1);
    g_assert_cmpstr(row(rows, 0)->recipient, ==, "carol@south.example");
    g_assert_cmpuint(world_told(world, "forgotten with their attempts: 1"), ==, 1);
}

static void
test_same_again(void)
{
    g_test_summary("two runs of one world tell the same events, octet for octet");
    g_autoptr(GString) first = g_string_new(NULL);
    g_autoptr(GString) second = g_string_new(NULL);

    for (guint run = 0; run < 2; run++) {
        g_autoptr(World) world = world_new();

        world->settings.give_up_tries = 3;
        world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
        world_run(world);
        for (guint i = 0; i < world->events->len; i++)
            g_string_append_printf(run == 0 ? first : second, "%s\n",
                                   (char *)g_ptr_array_index(world->events, i));
    }
    if (g_test_verbose())
        g_test_message("%s", first->str);
    g_assert_cmpstr(first->str, ==, second->str);
}

/* ---- groups and bounds ---- */

static void
test_two_domains(void)
{
    g_test_summary("RFC 5321 §4.5.4.1: one conversation a domain");
    static const char *const mixed[] = { "carol@south.example", "erin@backup.south.example",
                                         "dave@south.example", NULL };
    g_autoptr(World) world = world_new();
    Peer *peer = world_peer(world, "127.0.0.3", NULL);

    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, mixed);
    world_run(world);
    g_assert_cmpuint(peer->calls, ==, 2);
    g_assert_cmpuint(peer->taken, ==, 2);
}

/* How many conversations stand at most. */
typedef struct Most {
    const Peer *peer;
    guint count;
} Most;

static gboolean
look_how_many(void *data, G_GNUC_UNUSED gboolean idle)
{
    Most *most = data;

    most->count = MAX(most->count, net_service_count(most->peer->service));
    return FALSE;
}

static void
test_many(void)
{
    g_test_summary("SMTP_RELAYS_A_DESTINATION: fifty messages, ten conversations");
    g_autoptr(World) world = world_new();
    Most most = { world_peer(world, "127.0.0.3", NULL), 0 };

    for (guint i = 0; i < 50; i++)
        world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
    net_add_turn_hook(world->net, look_how_many, &most);
    world_run(world);
    g_assert_cmpuint(most.peer->taken, ==, 50);
    g_assert_cmpuint(most.peer->calls, ==, SMTP_RELAYS_A_DESTINATION);
    g_assert_cmpuint(most.count, ==, SMTP_RELAYS_A_DESTINATION);
}

static void
test_many_recipients(void)
{
    g_test_summary(
        "SMTP_RELAY_RECIPIENTS: 150 recipients in one domain: two transactions, one call");
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) recipients = g_ptr_array_new_with_free_func(g_free);
    Peer *peer = world_peer(world, "127.0.0.3", NULL);

    for (guint i = 0; i < 150; i++)
        g_ptr_array_add(recipients, g_strdup_printf("user%u@south.example", i));
    g_ptr_array_add(recipients, NULL);
    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE,
                (const char *const *)recipients->pdata);
    world_run(world);
    g_assert_cmpuint(peer->taken, ==, 2);
    g_assert_cmpuint(peer->calls, ==, 1);
}

/* ---- by hand, and after a crash ---- */

static void
test_held(void)
{
    g_test_summary("a held row is not tried; released, it is");
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) rows = NULL;
    Peer *peer = world_peer(world, "127.0.0.3", NULL);

    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
    rows = world_rows(world);
    g_assert_true(store_queue_set_state(world->store, row(rows, 0)->id, STORE_HELD, 0, NULL));
    world_run(world);
    g_assert_cmpuint(peer->calls, ==, 0);
    g_assert_true(store_queue_set_state(world->store, row(rows, 0)->id, STORE_WAITING,
                                        net_clock_now_s(world->clock), NULL));
    world_run(world);
    g_assert_cmpuint(peer->taken, ==, 1);
}

static void
test_crash(void)
{
    g_test_summary("RFC 5321 §6.1: a crash in the middle of an attempt loses nothing");
    g_autoptr(World) world = world_new();
    Peer *peer = world_peer(world, "127.0.0.3", NULL);

    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
    g_assert_true(store_commit(world->store, NULL));
    smtp_queue_wake(world->queue);
    g_assert_false(smtp_queue_is_idle(world->queue));
    g_assert_true(store_commit(world->store, NULL)); /* the row says: being tried */
    smtp_queue_free(world->queue);
    store_close(world->store);
    world_open_store(world);
    world->queue = smtp_queue_new(&world->host);
    world_run(world);
    g_assert_cmpuint(peer->taken, ==, 1);
}

static void
test_commit_fails(void)
{
    g_test_summary(
        "RFC 5321 §6.1: taken, but we could not write it down: written later, not sent again");
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) rows = NULL;
    Peer *peer = world_peer(world, "127.0.0.3", NULL);

    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
    g_assert_true(store_commit(world->store, NULL));
    smtp_queue_wake(world->queue);
    g_assert_true(store_commit(world->store, NULL)); /* the row says: being tried */
    g_assert_true(trace_faults_arm(world->faults, "store-full occurrence=first", NULL));
    net_run(world->net, TRUE);
    g_assert_cmpuint(peer->taken, ==, 1);
    rows = world_rows(world);
    g_assert_cmpint(row(rows, 0)->state, ==, STORE_DONE);
}

static void
test_disk_stays_full(void)
{
    g_test_summary(
        "RFC 5321 §4.5.4.1: tries that can't be written down are not made: no flood of copies");
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) rows = NULL;
    Peer *peer = world_peer(world, "127.0.0.3", NULL);

    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
    g_assert_true(store_commit(world->store, NULL));
    for (guint i = 1; i <= 20; i++) {
        g_autofree char *fault = g_strdup_printf("store-full occurrence=%u", i);

        g_assert_true(trace_faults_arm(world->faults, fault, NULL));
    }
    world_run(world);
    g_assert_cmpuint(peer->taken, ==, 1);
    rows = world_rows(world);
    g_assert_cmpint(row(rows, 0)->state, ==, STORE_DONE);
}

static void
test_free_under_way(void)
{
    g_test_summary("a host that stops cuts its conversations wherever they are");
    for (guint steps = 0; steps < 60; steps++) {
        g_autoptr(World) world = world_new();

        world_peer(world, "127.0.0.3", NULL);
        world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
        g_assert_true(store_commit(world->store, NULL));
        smtp_queue_wake(world->queue);
        for (guint i = 0; i < steps; i++) {
            gint64 next_us = net_clock_next_us(world->clock);

            if (next_us < 0)
                break;
            net_clock_set_virtual(world->clock, MAX(next_us, net_clock_now_us(world->clock)));
            net_clock_run_due(world->clock);
            world_turn(world, TRUE);
        }
    }
}

static void
test_null_sender(void)
{
    g_test_summary("RFC 5321 §4.5.4: a report that can't be delivered causes no other report");
    static const char *const nowhere[] = { "carol@nowhere.south.example", NULL };
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) rows = NULL;

    world_queue(world, "", WORLD_MESSAGE, FALSE, nowhere);
    world_run(world);
    rows = world_rows(world);
    g_assert_cmpuint(rows->len, ==, 1);
    g_assert_cmpint(row(rows, 0)->state, ==, STORE_FAILED);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/queue/third-try", test_third_try);
    g_test_add_func("/smtp/queue/five-days", test_five_days);
    g_test_add_func("/smtp/queue/history", test_history);
    g_test_add_func("/smtp/queue/same-again", test_same_again);
    g_test_add_func("/smtp/queue/two-domains", test_two_domains);
    g_test_add_func("/smtp/queue/many", test_many);
    g_test_add_func("/smtp/queue/many-recipients", test_many_recipients);
    g_test_add_func("/smtp/queue/held", test_held);
    g_test_add_func("/smtp/queue/crash", test_crash);
    g_test_add_func("/smtp/queue/commit-fails", test_commit_fails);
    g_test_add_func("/smtp/queue/disk-stays-full", test_disk_stays_full);
    g_test_add_func("/smtp/queue/free-under-way", test_free_under_way);
    g_test_add_func("/smtp/queue/null-sender", test_null_sender);
    return g_test_run();
}
