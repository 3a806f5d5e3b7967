/* tests/smtp_taking.h - one mail host without a network, for the tests of smtp/'s taking half.
 *
 *   mx.north.example, 127.0.0.2, takes mail for north.example
 *   alice:wonderland and bob:builder; sales is both, list is alice and carol@south.example
 *   127.0.0.9 is trusted; the clock stands at 2026-01-05 09:00:00 UTC
 */
#ifndef TESTS_SMTP_TAKING_H
#define TESTS_SMTP_TAKING_H

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "smtp/filter.h"
#include "smtp/limits.h"
#include "smtp/session.h"
#include "storage/entry.h"
#include "storage/mailbox.h"
#include "tests/dialog.h"
#include "tests/folder.h"
#include "trace/fault.h"

#define WORLD_NOW_S G_GINT64_CONSTANT(1767603600)

typedef struct World {
    char *folder;
    Store *store;
    SmtpSettings settings;
    SmtpHost host;
    NetClock *clock;
    Tracer *tracer;
    TraceFaults *faults;
    GPtrArray *events;  /* of TraceEvent, all so far */
    SmtpSession *other; /* of a client that says nothing; or NULL */
} World;

static inline gint64
world_now_s(void *data)
{
    (void)data;
    return WORLD_NOW_S;
}

static inline gint64
world_now_us(void *data)
{
    (void)data;
    return WORLD_NOW_S * 1000000;
}

static inline void
world_secret(void *data, guint8 *octets, gsize length)
{
    net_chance_secret(((World *)data)->host.chance, octets, length);
}

static inline double
world_fraction(void *data)
{
    return net_chance_fraction(((World *)data)->host.chance);
}

static inline void
world_sink(const TraceEvent *event, void *data)
{
    g_ptr_array_add(((World *)data)->events, trace_event_copy(event));
}

static inline void
world_fill(World *world)
{
    const char *const sales[] = { "alice@north.example", "bob@north.example", NULL };
    const char *const list[] = { "alice@north.example", "carol@south.example", NULL };
    const char *const one[] = { "circle-b@north.example", NULL };
    const char *const two[] = { "circle-a@north.example", NULL };
    g_autoptr(GError) error = NULL;

    store_account_add(world->store, "alice", "north.example", "wonderland", &error);
    g_assert_no_error(error);
    store_account_add(world->store, "bob", "north.example", "builder", &error);
    store_alias_set(world->store, "sales", "north.example", sales, &error);
    store_alias_set(world->store, "list", "north.example", list, &error);
    store_alias_set(world->store, "circle-a", "north.example", one, &error);
    store_alias_set(world->store, "circle-b", "north.example", two, &error);
    store_commit(world->store, &error);
    g_assert_no_error(error);
}

static inline void
world_settings(World *world)
{
    world->settings = (SmtpSettings){
        .hostname = g_strdup("mx.north.example"),
        .address = g_strdup("127.0.0.2"),
        .domains = g_strsplit("north.example", ";", -1),
        .trusted_networks = g_strsplit("127.0.0.9", ";", -1),
        .routes = g_strsplit("slow.example: 127.0.0.9:2500", ";", -1),
        .catch_all = g_strsplit("", ";", -1),
        .relay_port = 10025,
        .max_message_octets = 100000,
        .verify_domain = TRUE,
        .local_sender_needs_auth = TRUE,
        .plaintext_auth = TRUE,
        .vrfy = SMTP_VRFY_USERS,
    };
}

static inline World *
world_new(void)
{
    World *world = g_new0(World, 1);
    StoreWorld outside = { world_now_s, world_secret, world };
    g_autoptr(GError) error = NULL;

    world->folder = folder_new();
    world->events = g_ptr_array_new_with_free_func((GDestroyNotify)trace_event_free);
    world->tracer = tracer_new(world_now_us, world);
    world->clock = net_clock_new_virtual(WORLD_NOW_S * NET_SECOND);
    world->host = (SmtpHost){ .net = net_new_simulated(world->clock),
                              .settings = &world->settings,
                              .chance = net_chance_new(1, TRUE),
                              .tracer = world->tracer };
    world->store = store_open(world->folder, "mx.north.example", &outside, NULL, &error);
    g_assert_no_error(error);
    world->host.store = world->store;
    world_settings(world);
    world_fill(world);
    world->faults = trace_faults_new(world_fraction, world);
    tracer_set_faults(world->tracer, world->faults);
    tracer_add_sink(world->tracer, world_sink, world);
    tracer_switch(world->tracer, TRUE);
    return world;
}

static inline void
world_free(World *world)
{
    g_clear_pointer(&world->other, smtp_session_free);
    store_close(world->store);
    smtp_limits_free(world->host.limits);
    tracer_free(world->tracer);
    trace_faults_free(world->faults);
    net_chance_free(world->host.chance);
    net_free(world->host.net);
    net_clock_free(world->clock);
    g_ptr_array_unref(world->events);
    g_free(world->settings.hostname);
    g_free(world->settings.address);
    g_free(world->settings.relay_via);
    g_strfreev(world->settings.domains);
    g_strfreev(world->settings.trusted_networks);
    g_strfreev(world->settings.routes);
    g_strfreev(world->settings.catch_all);
    smtp_filter_free(world->settings.filter);
    folder_remove(world->folder);
    g_free(world->folder);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

/* ---- one client ---- */

typedef struct Client {
    SmtpSession *session;
    Trace *trace;
    NetBuffer *buffer;
    GString *replies;
    gboolean closed;
} Client;

static inline Client *
client_new(World *world, SmtpPort port, const char *peer, const SmtpAsk *ask, void *data)
{
    Client *client = g_new0(Client, 1);

    client->trace = trace_new(world->tracer, world->settings.hostname, "smtp");
    client->session = smtp_session_new(&world->host, port, peer, client->trace, ask, data);
    client->buffer = net_buffer_new();
    client->replies = g_string_new(NULL);
    smtp_session_greet(client->session, client->replies);
    return client;
}

static inline void
client_free(Client *client)
{
    smtp_session_free(client->session);
    trace_free(client->trace);
    net_buffer_free(client->buffer);
    g_string_free(client->replies, TRUE);
    g_free(client);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Client, client_free)

static inline NetNext
client_take(void *session, NetBuffer *input, GString *replies)
{
    return smtp_session_input(session, input, replies);
}

/* Sends @octets; what is replied to them. Valid until the next call. */
static inline const char *
client_say(Client *client, const char *octets)
{
    g_string_truncate(client->replies, 0);
    client->closed = !dialog_pump(client->buffer, octets, strlen(octets), client_take,
                                  client->session, client->replies);
    return client->replies->str;
}

/* Sends @octets and wants exactly @reply (a * at the end stands for anything). */
static inline void
client_expect(Client *client, const char *octets, const char *reply)
{
    const char *found = client_say(client, octets);
    gsize length = strlen(reply);

    if (length > 0 && reply[length - 1] == '*' && strncmp(found, reply, length - 1) == 0)
        return;
    g_assert_cmpstr(found, ==, reply);
}

/* All that comes before the text of a message from Carol to Bob. */
static inline void
client_data_to_bob(Client *client)
{
    client_say(client, "EHLO client.south.example\r\nMAIL FROM:<carol@south.example>\r\n"
                       "RCPT TO:<bob@north.example>\r\nDATA\r\n");
}

/* Clients of this machine are limited, too, and nothing is remembered of them so far. 0: no limit. */
static inline void
world_limit(World *world, guint connections, guint messages)
{
    smtp_limits_free(world->host.limits);
    world->host.limits = smtp_limits_new(world->clock);
    world->settings.connections_per_client = connections;
    world->settings.messages_per_minute = messages;
    world->settings.limit_loopback = TRUE;
}

/* ---- the same client for dialog files: "with: submission from 127.0.0.9",
 *      "with: 2 messages a minute", "with: vrfy on", "with: policy.filter", "with: greylist",
 *      "with: submissions", "with: tls required", "with: catch-all", "with: a full mailbox",
 *      "with: one connection a client", "with: at most 100 octets" ---- */

/* Bob has a message, and no room for another one. */
static inline void
world_fill_mailbox(World *world)
{
    g_autoptr(Client) client = NULL;

    world->settings.quota_octets = 0;
    client = client_new(world, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL);
    client_say(client, "HELO client.south.example\r\nMAIL FROM:<carol@south.example>\r\n"
                       "RCPT TO:<bob@north.example>\r\nDATA\r\n");
    client_expect(client, "Subject: x\r\n\r\n.\r\n", "250 2.6.0 *");
    world->settings.quota_octets = 100;
}

/* The one connection that a client may have is there. */
static inline void
world_fill_connections(World *world)
{
    g_autoptr(GString) greeting = g_string_new(NULL);

    g_clear_pointer(&world->other, smtp_session_free);
    world_limit(world, 1, 0);
    world->other = smtp_session_new(&world->host, SMTP_PORT_RELAY, "127.0.0.7", NULL, NULL, NULL);
    smtp_session_greet(world->other, greeting);
}

static inline void
world_dialog_keys(World *world, const char *with)
{
    if (strstr(with, " messages a minute") != NULL)
        world_limit(world, 0, (guint)g_ascii_strtoull(with, NULL, 10));
    if (strstr(with, "vrfy on") != NULL)
        world->settings.vrfy = SMTP_VRFY_ON;
    if (strstr(with, "policy.filter") != NULL && world->settings.filter == NULL)
        world->settings.filter =
            smtp_filter_load(&(SmtpFilterFiles){ .rules = "tests/dialogs/policy.filter" }, NULL);
    if (strstr(with, "greylist") != NULL) {
        world->settings.greylist = TRUE;
        world->settings.greylist_delay_s = 60;
        world->settings.greylist_window_s = world->settings.greylist_lifetime_s = 86400;
    }
    if (strstr(with, "tls required") != NULL)
        world->settings.tls = SMTP_TLS_REQUIRED;
    if (strstr(with, "catch-all") != NULL) {
        g_strfreev(world->settings.catch_all);
        world->settings.catch_all = g_strsplit("bob@north.example", ";", -1);
        world->settings.subaddress = (char *)"+";
    }
    if (strstr(with, "full mailbox") != NULL)
        world_fill_mailbox(world);
    if (strstr(with, "one connection") != NULL)
        world_fill_connections(world);
    if (strstr(with, "at most ") != NULL)
        world->settings.max_message_octets =
            g_ascii_strtoull(strstr(with, "at most ") + strlen("at most "), NULL, 10);
}

static inline void *
world_dialog_open(void *data, const char *with, GString *replies)
{
    const char *from = strstr(with, "from ");
    SmtpPort port = strstr(with, "submission") != NULL ? SMTP_PORT_SUBMIT : SMTP_PORT_RELAY;
    Client *client;

    world_dialog_keys(data, with);
    client = client_new(data, port, from != NULL ? from + 5 : "127.0.0.7", NULL, NULL);
    if (strstr(with, "submissions") != NULL)
        smtp_session_secured(client->session, "TLS1.3");
    g_string_append(replies, client->replies->str);
    return client;
}

static inline gboolean
world_dialog_input(void *session, const char *octets, gsize length, GString *replies)
{
    Client *client = session;

    return dialog_pump(client->buffer, octets, length, client_take, client->session, replies);
}

static inline void
world_dialog_close(void *session)
{
    client_free(session);
}

/* ---- what has happened ---- */

static inline StoreMailbox *
world_mailbox(World *world, const char *user, const char *name)
{
    g_autoptr(StoreAccount) account =
        store_account_find(world->store, NULL, STAGE_NONE, user, "north.example", NULL);
    StoreMailbox *mailbox = store_mailbox_find(world->store, account->id, name, NULL);

    g_assert_nonnull(mailbox);
    return mailbox;
}

/* How many messages lie in @user's mailbox @name. */
static inline guint
world_count(World *world, const char *user, const char *name)
{
    g_autoptr(StoreMailbox) mailbox = world_mailbox(world, user, name);
    StoreMailboxCounts counts = { 0 };

    g_assert_true(store_mailbox_counts(world->store, mailbox->id, &counts, NULL));
    return counts.messages;
}

/* The newest message there, as a reader sees it. */
static inline char *
world_read(World *world, const char *user, const char *name)
{
    g_autoptr(StoreMailbox) mailbox = world_mailbox(world, user, name);
    g_autoptr(GPtrArray) page = store_entry_page(world->store, mailbox->id, 0, 1000, NULL);
    GString *out = g_string_new(NULL);

    g_assert_cmpuint(page->len, >, 0);
    const StoreEntry *entry = g_ptr_array_index(page, page->len - 1);
    g_assert_true(
        store_entry_read(world->store, mailbox->id, entry->uid, 0, entry->octets, out, NULL));
    return g_string_free(out, FALSE);
}

/* The events of @kind and @stage so far whose text contains @text. */
static inline guint
world_events(const World *world, TraceKind kind, Stage stage, const char *text)
{
    guint count = 0;

    for (guint i = 0; i < world->events->len; i++) {
        const TraceEvent *event = g_ptr_array_index(world->events, i);

        count += event->kind == kind && event->stage == stage && strstr(event->text, text) != NULL;
    }
    return count;
}

#endif
