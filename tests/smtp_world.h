/* tests/smtp_world.h - a host with mail that has to travel, in a simulated network: for the tests of
 * smtp/'s sending half.
 *
 *   mx.north.example 127.0.0.2   store, queue, relays: the real ones
 *   127.0.0.53                   the real name server, with the zones below
 *   127.0.0.3, 127.0.0.4         peers: servers that say what the test wants
 */
#ifndef TESTS_SMTP_WORLD_H
#define TESTS_SMTP_WORLD_H

#include <string.h>

#include "dns/server.h"
#include "net/service.h"
#include "smtp/queue.h"
#include "smtp/split.h"
#include "storage/entry.h"
#include "storage/mailbox.h"
#include "storage/message.h"
#include "tests/folder.h"

#define WORLD_START_S G_GINT64_CONSTANT(1767603600) /* 2026-01-05T09:00:00Z */
#define WORLD_MESSAGE                                                                              \
    "From: <alice@north.example>\r\nTo: <carol@south.example>\r\nSubject: hello\r\n\r\n"           \
    "Hello Carol.\r\n.\r\n..two dots\r\n"

typedef struct Peer Peer;

typedef struct World {
    NetClock *clock;
    Net *net;
    NetChance *chance;
    Tracer *tracer;
    TraceFaults *faults;
    GPtrArray *events; /* char*: "stage kind text" of each, in order */
    char *folder;
    Store *store;
    DnsServer *dns;
    DnsResolver *resolver;
    SmtpSettings settings;
    SmtpHost host;
    SmtpQueue *queue;
    Trace *store_trace;
    GPtrArray *peers;
} World;

struct Peer {
    World *world;
    NetService *service;
    /* What to say to @line ("" on connecting), without CRLF; NULL: close without a word; "-": say
     * nothing. */
    const char *(*say)(Peer *peer, const char *line);
    guint calls;
    GString *heard;      /* all lines, CRLF each */
    guint taken;         /* messages */
    gboolean breaks_tls; /* closes where the handshake should begin */
    guint secured;       /* handshakes */
};

static const char world_zone_south[] = "$ORIGIN south.example.\n$TTL 300\n"
                                       "@ IN SOA ns hostmaster ( 1 3600 600 86400 60 )\n"
                                       "  IN MX 10 mx\n"
                                       "  IN MX 20 mx2\n"
                                       "mx  IN A 127.0.0.3\n"
                                       "mx2 IN A 127.0.0.4\n"
                                       "null IN MX 0 .\n"
                                       "dual IN MX 10 both\n"
                                       "both IN A 127.0.0.8\n"
                                       "both IN AAAA ::1\n"
                                       "circle IN MX 10 mx.north.example.\n"
                                       "backup IN MX 5 mx\n"
                                       "backup IN MX 10 mx.north.example.\n"
                                       "backup IN MX 20 mx2\n";
static const char world_zone_north[] = "$ORIGIN north.example.\n$TTL 300\n"
                                       "@ IN SOA ns hostmaster ( 1 3600 600 86400 60 )\n"
                                       "  IN MX 10 mx\n"
                                       "mx IN A 127.0.0.2\n";

/* ---- the peer ---- */

static const char *
peer_polite(Peer *peer, const char *line)
{
    if (*line == '\0')
        return "220 mx.south.example";
    if (g_str_has_prefix(line, "EHLO"))
        return "250-mx.south.example\r\n250-8BITMIME\r\n250 SIZE 1000000";
    if (g_str_equal(line, "DATA"))
        return "354 go on";
    if (g_str_equal(line, ".")) {
        peer->taken++;
        return "250 2.0.0 taken";
    }
    return g_str_equal(line, "QUIT") ? "221 bye" : "250 ok";
}

/* One conversation with it. */
typedef struct PeerTalk {
    Peer *peer;
    gboolean in_data;
} PeerTalk;

static NetNext
peer_answer(PeerTalk *talk, const char *line, GString *replies)
{
    const char *words = talk->peer->say(talk->peer, line);

    if (words == NULL)
        return NET_CLOSE;
    talk->in_data = g_str_has_prefix(words, "354");
    if (!g_str_equal(words, "-"))
        g_string_append_printf(replies, "%s\r\n", words);
    if (g_str_equal(line, "STARTTLS") && *words == '2')
        return talk->peer->breaks_tls ? NET_CLOSE : NET_SECURE;
    return g_str_equal(line, "QUIT") || g_str_has_prefix(words, "421") ? NET_CLOSE : NET_GO_ON;
}

static void
peer_secured(void *session, G_GNUC_UNUSED const char *words)
{
    ((PeerTalk *)session)->peer->secured++;
}

static void *
peer_open(void *data, NetServed *served, GString *replies)
{
    PeerTalk *talk = g_new0(PeerTalk, 1);

    (void)served;
    talk->peer = data;
    talk->peer->calls++;
    if (peer_answer(talk, "", replies) != NET_CLOSE)
        return talk;
    g_free(talk);
    return NULL;
}

static NetNext
peer_input(void *session, NetBuffer *input, GString *replies)
{
    PeerTalk *talk = session;
    g_autofree char *line = NULL;

    if (net_line_take(input, 4096, &line) != NET_LINE_OK)
        return NET_GO_ON;
    g_string_append_printf(talk->peer->heard, "%s\r\n", line);
    if (talk->in_data && !g_str_equal(line, "."))
        return NET_GO_ON;
    return peer_answer(talk, line, replies);
}

static void
peer_expired(void *session, GString *replies)
{
    (void)session;
    (void)replies;
}

static void
peer_closed(void *session)
{
    g_free(session);
}

static double
peer_patience(void *session)
{
    (void)session;
    return 100000;
}

static const NetProtocol peer_protocol = {
    .name = "peer",
    .open = peer_open,
    .input = peer_input,
    .secured = peer_secured,
    .expired = peer_expired,
    .closed = peer_closed,
    .too_many = "",
    .patience = peer_patience,
};

G_GNUC_UNUSED static Peer *
world_peer(World *world, const char *address, const char *(*say)(Peer *peer, const char *line))
{
    g_autoptr(GError) error = NULL;
    Peer *peer = g_new0(Peer, 1);

    peer->world = world;
    peer->say = say != NULL ? say : peer_polite;
    peer->heard = g_string_new(NULL);
    peer->service = net_service_new(world->net, address, 25, &peer_protocol, peer, &error);
    g_assert_no_error(error);
    g_ptr_array_add(world->peers, peer);
    return peer;
}

/* ---- the host ---- */

static gint64
world_now_us(void *clock)
{
    return net_clock_now_us(clock);
}

static gint64
world_now_s(void *data)
{
    return net_clock_now_s(((World *)data)->clock);
}

static void
world_secret(void *data, guint8 *octets, gsize length)
{
    net_chance_secret(((World *)data)->chance, octets, length);
}

static double
world_fraction(void *data)
{
    return net_chance_fraction(((World *)data)->chance);
}

static void
world_sink(const TraceEvent *event, void *data)
{
    g_ptr_array_add(((World *)data)->events,
                    g_strdup_printf("%s %s %s | %s", stage_name(event->stage),
                                    trace_kind_name(event->kind), event->text,
                                    event->data != NULL ? event->data : ""));
}

static gboolean
world_turn(void *data, gboolean idle)
{
    World *world = data;
    g_autoptr(GError) error = NULL;

    (void)idle;
    if (world->queue == NULL || !store_is_open(world->store))
        return FALSE;
    if (store_commit(world->store, &error))
        smtp_queue_wake(world->queue);
    else
        smtp_queue_commit_failed(world->queue);
    return store_is_open(world->store);
}

static DnsServer *
world_name_server(World *world)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *zones = g_ptr_array_new_with_free_func((GDestroyNotify)dns_zone_free);
    DnsServer *server;

    g_ptr_array_add(zones, dns_zone_parse("south.zone", world_zone_south, -1, &error));
    g_ptr_array_add(zones, dns_zone_parse("north.zone", world_zone_north, -1, &error));
    g_assert_no_error(error);
    server = dns_server_new(world->net, NULL, "dns", "127.0.0.53", 53, zones, &error);
    g_assert_no_error(error);
    return server;
}

static void
world_open_store(World *world)
{
    g_autoptr(GError) error = NULL;
    StoreWorld outside = { world_now_s, world_secret, world };

    world->store =
        store_open(world->folder, "mx.north.example", &outside, world->store_trace, &error);
    g_assert_no_error(error);
    world->host.store = world->store;
}

G_GNUC_UNUSED static World *
world_new(void)
{
    static gint64 waits[] = { 300, 600, 1800, 3600, 7200, 14400 };
    static const char *domains[] = { "north.example", NULL };
    DnsSettings dns = {
        .servers = { { "127.0.0.53", 53 } }, .local = "127.0.0.2", .timeout_s = 5, .tries = 2
    };
    g_autoptr(GError) error = NULL;
    World *world = g_new0(World, 1);

    world->clock = net_clock_new_virtual(WORLD_START_S * NET_SECOND);
    world->net = net_new_simulated(world->clock);
    world->chance = net_chance_new(1, TRUE);
    world->events = g_ptr_array_new_with_free_func(g_free);
    world->peers = g_ptr_array_new();
    world->tracer = tracer_new(world_now_us, world->clock);
    world->faults = trace_faults_new(world_fraction, world);
    tracer_set_faults(world->tracer, world->faults);
    tracer_add_sink(world->tracer, world_sink, world);
    tracer_switch(world->tracer, TRUE);
    world->folder = folder_new();
    world->dns = world_name_server(world);
    world->resolver = dns_resolver_new(world->net, world->chance, &dns);
    world->settings = (SmtpSettings){ .hostname = (char *)"mx.north.example",
                                      .address = (char *)"127.0.0.2",
                                      .domains = (char **)domains,
                                      .relay_port = 25,
                                      .relay_pipelining = TRUE,
                                      .retry_s = waits,
                                      .retries = G_N_ELEMENTS(waits),
                                      .warn_after_s = 4 * 3600,
                                      .give_up_after_s = 5 * 86400 };
    world->host = (SmtpHost){ .settings = &world->settings,
                              .net = world->net,
                              .chance = world->chance,
                              .resolver = world->resolver,
                              .tracer = world->tracer };
    world->store_trace = trace_new(world->tracer, "mx.north.example", NULL);
    world_open_store(world);
    g_assert_true(store_account_add(world->store, "alice", "north.example", "wonderland", &error));
    g_assert_true(store_commit(world->store, &error));
    world->queue = smtp_queue_new(&world->host);
    net_add_turn_hook(world->net, world_turn, world);
    return world;
}

G_GNUC_UNUSED static void
world_free(World *world)
{
    smtp_queue_free(world->queue);
    world->queue = NULL;
    for (guint i = 0; i < world->peers->len; i++) {
        Peer *peer = g_ptr_array_index(world->peers, i);

        if (peer->service != NULL)
            net_service_free(peer->service);
        g_string_free(peer->heard, TRUE);
        g_free(peer);
    }
    g_ptr_array_unref(world->peers);
    dns_resolver_free(world->resolver);
    dns_server_free(world->dns);
    store_close(world->store);
    trace_free(world->store_trace);
    net_free(world->net);
    net_chance_free(world->chance);
    tracer_free(world->tracer);
    trace_faults_free(world->faults);
    net_clock_free(world->clock);
    g_ptr_array_unref(world->events);
    folder_remove(world->folder);
    g_free(world->folder);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

/* ---- what tests do with it ---- */

/* Stores @text and queues it for @recipients (ended by NULL). Returns the message's id. */
G_GNUC_UNUSED static gint64
world_queue(World *world, const char *sender, const char *text, gboolean eightbit,
            const char *const *recipients)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Trace) trace = trace_new(world->tracer, "mx.north.example", NULL);
    g_autoptr(StoreDraft) draft = store_draft_new(world->store);
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)smtp_recipient_free);
    SmtpQueueMail mail = { .sender = sender, .eightbit = eightbit };

    trace_begin_journey(trace);
    g_assert_true(store_draft_append(draft, text, strlen(text), &error));
    store_draft_finish(draft);
    mail.message = store_message_add(world->store, trace, draft, "", sender, "q1", &error);
    g_assert_no_error(error);
    for (guint i = 0; recipients[i] != NULL; i++) {
        g_autofree char *branch = g_strdup_printf("%u", i + 1);

        g_ptr_array_add(
            rows, smtp_recipient_new(smtp_split_address(recipients[i], &error), NULL, branch));
        g_assert_no_error(error);
    }
    g_assert_true(smtp_queue_message(&world->host, trace, &mail, rows, &error));
    return mail.message;
}

/* Lets the world run until nothing is left to happen. */
G_GNUC_UNUSED static void
world_run(World *world)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(store_commit(world->store, &error));
    smtp_queue_wake(world->queue);
    net_run(world->net, TRUE);
}

/* How many events contain @text. */
G_GNUC_UNUSED static guint
world_told(const World *world, const char *text)
{
    guint count = 0;

    for (guint i = 0; i < world->events->len; i++)
        count += strstr(g_ptr_array_index(world->events, i), text) != NULL;
    return count;
}

/* The recipient rows, done and failed ones too. */
G_GNUC_UNUSED static GPtrArray *
world_rows(World *world)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *rows = store_queue_list(world->store, TRUE, &error);

    g_assert_no_error(error);
    return rows;
}

/* The messages in alice's INBOX, as a reader sees them: char*. */
G_GNUC_UNUSED static GPtrArray *
world_inbox(World *world)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreAccount) alice =
        store_account_find(world->store, NULL, STAGE_PICKUP, "alice", "north.example", &error);
    g_autoptr(StoreMailbox) inbox = store_mailbox_find(world->store, alice->id, "INBOX", &error);
    g_autoptr(GPtrArray) entries = store_entry_page(world->store, inbox->id, 0, 100, &error);
    GPtrArray *messages = g_ptr_array_new_with_free_func(g_free);

    g_assert_no_error(error);
    for (guint i = 0; i < entries->len; i++) {
        const StoreEntry *entry = g_ptr_array_index(entries, i);
        GString *text = g_string_new(NULL);

        g_assert_true(
            store_entry_read(world->store, inbox->id, entry->uid, 0, entry->octets, text, &error));
        g_ptr_array_add(messages, g_string_free(text, FALSE));
    }
    return messages;
}

#endif
