/* tests/test_smtp_relay.c - one attempt to hand one message on, against servers that say what the
 * test wants (smtp/relay.c, relay_call.c, relay_hosts.c, relay_settle.c). */
#include <locale.h>

#include "tests/smtp_world.h"

static const char *const carol[] = { "carol@south.example", NULL };
static const char *const carol_dave[] = { "carol@south.example", "dave@south.example", NULL };

/* Row @number must be in @state, with @words as its last. */
static void
expect_row(World *world, guint number, StoreQueueState state, const char *words)
{
    g_autoptr(GPtrArray) rows = world_rows(world);
    const StoreQueueItem *item;

    g_assert_cmpuint(number, <, rows->len);
    item = g_ptr_array_index(rows, number);
    g_assert_cmpstr(store_queue_state_name(item->state), ==, store_queue_state_name(state));
    if (words != NULL)
        g_assert_nonnull(strstr(item->last, words));
}

static guint
attempts_of(World *world, gint64 row)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) attempts = store_queue_attempts(world->store, row, &error);

    g_assert_no_error(error);
    return attempts->len;
}

static void
test_taken(void)
{
    g_test_summary("RFC 5321 §3.6.2: found by MX, handed over, octet for octet, dots doubled");
    g_autoptr(World) world = world_new();
    Peer *peer = world_peer(world, "127.0.0.3", NULL);

    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
    world_run(world);
    g_assert_cmpuint(peer->taken, ==, 1);
    g_assert_cmpstr(peer->heard->str, ==,
                    "EHLO mx.north.example\r\n"
                    "MAIL FROM:<alice@north.example> SIZE=103\r\n"
                    "RCPT TO:<carol@south.example>\r\nDATA\r\n"
                    "From: <alice@north.example>\r\nTo: <carol@south.example>\r\n"
                    "Subject: hello\r\n\r\nHello Carol.\r\n..\r\n...two dots\r\n.\r\nQUIT\r\n");
    g_assert_true(smtp_queue_is_idle(world->queue));
    expect_row(world, 0, STORE_DONE, NULL);
    g_assert_cmpuint(world_told(world, "relay decision mx.south.example has taken"), ==, 1);
}

static void
test_one_copy(void)
{
    g_test_summary("RFC 5321 §4.5.4.1: two recipients in one domain share one copy");
    g_autoptr(World) world = world_new();
    Peer *peer = world_peer(world, "127.0.0.3", NULL);

    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol_dave);
    world_run(world);
    g_assert_cmpuint(peer->calls, ==, 1);
    g_assert_cmpuint(peer->taken, ==, 1);
    expect_row(world, 0, STORE_DONE, NULL);
    expect_row(world, 1, STORE_DONE, NULL);
}

static const char *
say_no_carol(Peer *peer, const char *line)
{
    if (g_str_has_prefix(line, "RCPT TO:<carol"))
        return "550 5.1.1 no carol here";
    return peer_polite(peer, line);
}

static void
test_partly_refused(void)
{
    g_test_summary("RFC 5321 §3.3: carol is refused and reported, dave gets his copy");
    g_autoptr(World) world = world_new();
    Peer *peer = world_peer(world, "127.0.0.3", say_no_carol);
    g_autoptr(GPtrArray) inbox = NULL;

    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol_dave);
    world_run(world);
    g_assert_cmpuint(peer->taken, ==, 1);
    expect_row(world, 0, STORE_FAILED, "550 5.1.1 no carol here");
    expect_row(world, 1, STORE_DONE, NULL);
    inbox = world_inbox(world);
    g_assert_cmpuint(inbox->len, ==, 1);
    g_assert_nonnull(strstr(g_ptr_array_index(inbox, 0), "Remote-MTA: dns; mx.south.example\r\n"));
}

static void
test_second_host(void)
{
    g_test_summary("RFC 5321 §5.1: the first mail host is down, the second takes it");
    g_autoptr(World) world = world_new();
    Peer *second = world_peer(world, "127.0.0.4", NULL);

    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
    world_run(world);
    g_assert_cmpuint(second->taken, ==, 1);
    expect_row(world, 0, STORE_DONE, NULL);
    g_assert_cmpuint(attempts_of(world, 1), ==, 2);
}

static const char *
say_no_service(Peer *peer, const char *line)
{
    return *line == '\0' ? "554 no mail here" : peer_polite(peer, line);
}

static void
test_greeting_refused(void)
{
    g_test_summary("RFC 5321 §3.1: a host that greets with 554 takes no mail; the next is asked");
    g_autoptr(World) world = world_new();
    Peer *first = world_peer(world, "127.0.0.3", say_no_service);
    Peer *second = world_peer(world, "127.0.0.4", NULL);

    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
    world_run(world);
    g_assert_cmpstr(first->heard->str, ==, "QUIT\r\n");
    g_assert_cmpuint(second->taken, ==, 1);
}

static const char *
say_silence(Peer *peer, const char *line)
{
    return g_str_equal(line, "DATA") ? "-" : peer_polite(peer, line);
}

static void
test_silence(void)
{
    g_test_summary("RFC 5321 §4.5.3.2.4: two minutes without a reply to DATA end the attempt");
    g_autoptr(World) world = world_new();

    world_peer(world, "127.0.0.3", say_silence);
    world->settings.routes = (char *[]){ (char *)"south.example: 127.0.0.3", NULL };
    world->settings.give_up_tries = 1;
    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
    world_run(world);
    expect_row(world, 0, STORE_FAILED, "no reply in time (at DATA)");
    g_assert_cmpint(net_clock_now_s(world->clock), >=, WORLD_START_S + 120);
    g_assert_cmpint(net_clock_now_s(world->clock), <, WORLD_START_S + 130);
}

static const char *
say_cut(Peer *peer, const char *line)
{
    return g_str_equal(line, ".") ? NULL : peer_polite(peer, line);
}

static void
test_cut(void)
{
    g_test_summary("RFC 1047: the connection breaks before the reply to the dot: tried again");
    g_autoptr(World) world = world_new();

    world_peer(world, "127.0.0.3", say_cut);
    world->settings.give_up_tries = 2;
    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
    world_run(world);
    expect_row(world, 0, STORE_FAILED, "(at dot)");
    g_assert_cmpuint(attempts_of(world, 1), ==, 2);
}

/* Where mail for @recipient ends when it can't go anywhere. */
static void
expect_failure(const char *recipient, const char *words)
{
    const char *const to[] = { recipient, NULL };
    g_autoptr(World) world = world_new();
    g_autoptr(GPtrArray) inbox = NULL;

    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, to);
    world_run(world);
    expect_row(world, 0, STORE_FAILED, words);
    inbox = world_inbox(world);
    g_assert_cmpuint(inbox->len, ==, 1);
}

static void
test_dns_says_no(void)
{
    g_test_summary("RFC 5321 §5.1, RFC 7505 §3: no such domain, null MX: reported at once");
    expect_failure("carol@nowhere.south.example", "");
    expect_failure("carol@null.south.example", "");
}

static void
test_circle(void)
{
    g_test_summary("RFC 5321 §5.1: the best mail host is ourselves: it would go round for ever");
    expect_failure("carol@circle.south.example", "circle");
}

static void
test_better_only(void)
{
    g_test_summary("RFC 5321 §5.1: hosts of our own preference or worse are left out");
    static const char *const backup[] = { "carol@backup.south.example", NULL };
    g_autoptr(World) world = world_new();
    Peer *worse = world_peer(world, "127.0.0.4", NULL);

    world->settings.give_up_tries = 1;
    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, backup);
    world_run(world);
    g_assert_cmpuint(worse->calls, ==, 0);
    expect_row(world, 0, STORE_FAILED, "127.0.0.3");
}

static void
test_routes(void)
{
    g_test_summary("RFC 5321 §5.1: an override, a smart host and a literal need no MX");
    static const char *routes[] = { "south.example: 127.0.0.9:25", NULL };
    static const char *const literal[] = { "carol@[127.0.0.9]", NULL };
    g_autoptr(World) world = world_new();
    Peer *peer = world_peer(world, "127.0.0.9", NULL);

    world->settings.routes = (char **)routes;
    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
    world_run(world);
    g_assert_cmpuint(peer->taken, ==, 1);
    world->settings.routes = NULL;
    world->settings.relay_via = (char *)"127.0.0.9";
    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
    world_run(world);
    g_assert_cmpuint(peer->taken, ==, 2);
    world->settings.relay_via = NULL;
    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, literal);
    world_run(world);
    g_assert_cmpuint(peer->taken, ==, 3);
    world->settings.relay_via = (char *)"mx.south.example";
    world_peer(world, "127.0.0.3", NULL);
    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
    world_run(world);
    expect_row(world, 3, STORE_DONE, NULL);
}

static const char *
say_seven_bit(Peer *peer, const char *line)
{
    return g_str_has_prefix(line, "EHLO") ? "250 mx.south.example" : peer_polite(peer, line);
}

static void
test_eightbit(void)
{
    g_test_summary("RFC 6152 §3: 8-bit mail stops at a 7-bit host; what is 7-bit in fact passes");
    g_autoptr(World) world = world_new();
    Peer *peer = world_peer(world, "127.0.0.3", say_seven_bit);

    world_peer(world, "127.0.0.4", say_seven_bit);
    world_queue(world, "alice@north.example", "A: b\r\n\r\n\xc3\xbc\r\n", TRUE, carol);
    world_run(world);
    expect_row(world, 0, STORE_FAILED, "8-bit");
    world_queue(world, "alice@north.example", WORLD_MESSAGE, TRUE, carol);
    world_run(world);
    expect_row(world, 1, STORE_DONE, NULL);
    g_assert_cmpuint(peer->taken, ==, 1);
}

static void
test_large(void)
{
    g_test_summary("RFC 5321 §4.5.3.2.5: 900 KB go in portions, with back-pressure");
    g_autoptr(World) world = world_new();
    Peer *peer = world_peer(world, "127.0.0.3", NULL);
    GString *text = g_string_new("A: b\r\n\r\n");

    world->settings.max_message_octets = 10000000;
    while (text->len < 900000)
        g_string_append(text, ".a line with a dot at its start\r\n");
    world_queue(world, "alice@north.example", text->str, FALSE, carol);
    world_run(world);
    g_assert_cmpuint(peer->taken, ==, 1);
    g_assert_cmpuint(peer->heard->len, >, text->len);
    g_string_free(text, TRUE);
}

static void
test_faults(void)
{
    g_test_summary("faults: refused, reset, timeout and slow, then the second host or attempt");
    static const char *const faults[] = { "connect-refused", "connect-reset", "connect-timeout",
                                          "connect-slow" };

    for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autoptr(World) world = world_new();
        g_autoptr(GError) error = NULL;
        g_autofree char *line = g_strdup_printf("%s occurrence=first", faults[i]);
        Peer *first = world_peer(world, "127.0.0.3", NULL);
        Peer *second = world_peer(world, "127.0.0.4", NULL);

        g_assert_true(trace_faults_arm(world->faults, line, &error));
        world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
        world_run(world);
        g_assert_cmpuint(first->taken + second->taken, ==, 1);
        g_assert_cmpuint(first->taken, ==, i == 3 ? 1 : 0);
    }
}

static const char *
say_garbage(Peer *peer, const char *line)
{
    (void)peer;
    return *line == '\0' ? "\x01\x02 hello\r\n220 hi" : "250 ok";
}

static void
test_garbage(void)
{
    g_test_summary("RFC 5321 §4.2: a server that does not speak SMTP: cut, and tried again later");
    g_autoptr(World) world = world_new();

    world_peer(world, "127.0.0.3", say_garbage);
    world_peer(world, "127.0.0.4", say_garbage);
    world->settings.give_up_tries = 1;
    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
    world_run(world);
    expect_row(world, 0, STORE_FAILED, "no SMTP reply");
}

/* ---- over real sockets ---- */

static gboolean
sockets_turn(void *data, gboolean idle)
{
    World *world = data;

    world_turn(world, idle);
    if (smtp_queue_is_idle(world->queue) && !store_is_open(world->store))
        net_quit(world->net);
    return store_is_open(world->store);
}

static void
test_sockets(void)
{
    g_test_summary("RFC 5321 §3.6.2: the same relay over the machine's own network");
    g_autoptr(World) world = world_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(NetClock) clock = net_clock_new_real();
    g_autoptr(Net) net = net_new_sockets(clock, &error);
    g_autofree char *route = NULL;
    NetService *service;
    Peer *peer = world_peer(world, "127.0.0.3", NULL);

    g_assert_no_error(error);
    service = net_service_new(net, "127.0.0.3", 0, &peer_protocol, peer, &error);
    g_assert_no_error(error);
    route = g_strdup_printf("south.example: 127.0.0.3:%u", net_service_port(service));
    world->settings.routes = (char *[]){ route, NULL };
    world_queue(world, "alice@north.example", WORLD_MESSAGE, FALSE, carol);
    g_assert_true(store_commit(world->store, &error));
    /* From here on the host works in the other network. */
    SmtpHost host = world->host;
    Net *simulated = world->net;
    host.net = world->net = net;
    smtp_queue_free(world->queue);
    world->queue = smtp_queue_new(&host);
    smtp_queue_wake(world->queue);
    net_add_turn_hook(net, sockets_turn, world);
    net_run(net, FALSE);
    g_assert_cmpuint(peer->taken, ==, 1);
    expect_row(world, 0, STORE_DONE, NULL);
    smtp_queue_free(world->queue);
    world->queue = NULL;
    net_service_free(service);
    world->net = simulated;
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/relay/taken", test_taken);
    g_test_add_func("/smtp/relay/one-copy", test_one_copy);
    g_test_add_func("/smtp/relay/partly-refused", test_partly_refused);
    g_test_add_func("/smtp/relay/second-host", test_second_host);
    g_test_add_func("/smtp/relay/greeting-refused", test_greeting_refused);
    g_test_add_func("/smtp/relay/silence", test_silence);
    g_test_add_func("/smtp/relay/cut", test_cut);
    g_test_add_func("/smtp/relay/dns-says-no", test_dns_says_no);
    g_test_add_func("/smtp/relay/circle", test_circle);
    g_test_add_func("/smtp/relay/better-only", test_better_only);
    g_test_add_func("/smtp/relay/routes", test_routes);
    g_test_add_func("/smtp/relay/eightbit", test_eightbit);
    g_test_add_func("/smtp/relay/large", test_large);
    g_test_add_func("/smtp/relay/faults", test_faults);
    g_test_add_func("/smtp/relay/garbage", test_garbage);
    g_test_add_func("/smtp/relay/sockets", test_sockets);
    return g_test_run();
}
