/* tests/test_app_caller.c - clients that guess, dawdle, or ask too much (app/caller.c, smtp/limits.c).
 *
 * A simulated world, in which minutes take no time; the clients are connections of the test's own.
 */
#include <locale.h>
#include <string.h>

#include "app/ports.h"
#include "app/run.h"
#include "storage/mailbox.h"
#include "tests/folder.h"

#define NORTH "127.0.0.2"
#define WRONG "AUTH PLAIN AGFsaWNlAHdyb25n"         /* alice, wrong */
#define RIGHT "AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=" /* alice, wonderland */

typedef struct Scene {
    char *folder;
    AppRun *run;
    guint clients;  /* still connected */
    guint delays;   /* events that tell of a reply that waits */
    guint circles;  /* and of a message that was stopped in a circle */
    guint marked;   /* hosts that took it before */
    guint unproven; /* senders of ours that a client could not prove to be */
    guint reports;
} Scene;

/* One that says its next line when the last has been answered. */
typedef struct Client {
    Scene *scene;
    NetConn *conn;
    const char *const *says; /* ended by NULL; then it is silent */
    guint said;
    gint64 spoke_us;
    guint arrivals; /* portions of octets that came */
    GString *heard; /* "535 after 1 s\r\n" */
    gboolean closed;
} Client;

/* ---- a client ---- */

static void
client_speak(Client *client)
{
    client->spoke_us = net_clock_now_us(client->scene->run->clock);
    if (client->says[client->said] == NULL)
        return;
    net_conn_write(client->conn, client->says[client->said], -1);
    net_conn_write(client->conn, "\r\n", 2);
    client->said++;
}

static void
client_input(NetConn *conn, void *owner)
{
    Client *client = owner;
    gint64 now_us = net_clock_now_us(client->scene->run->clock);
    g_autofree char *line = NULL;
    gboolean answered = FALSE;

    client->arrivals++;
    while (net_line_take(net_conn_input(conn), 1000, &line) == NET_LINE_OK) {
        answered = line[3] != '-';
        if (answered)
            g_string_append_printf(client->heard, "%.9s after %d s\n", line,
                                   (int)((now_us - client->spoke_us) / NET_SECOND));
        g_clear_pointer(&line, g_free);
    }
    if (answered)
        client_speak(client);
}

static void
client_closed(NetConn *conn, void *owner, const GError *why)
{
    Client *client = owner;

    (void)conn;
    (void)why;
    client->closed = TRUE;
    client->conn = NULL;
    if (--client->scene->clients == 0)
        app_run_stop(client->scene->run);
}

static void
client_opened(NetConn *conn, void *owner)
{
    (void)conn;
    ((Client *)owner)->spoke_us = net_clock_now_us(((Client *)owner)->scene->run->clock);
}

static const NetHandler client_handler = { .opened = client_opened,
                                           .input = client_input,
                                           .closed = client_closed };

static Client *
client_new(Scene *scene, const char *from, const char *service, const char *const *says)
{
    Client *client = g_new0(Client, 1);
    const AppHostFile *host = app_world_host(scene->run->file, "mx.north.example");

    client->scene = scene;
    client->says = says;
    client->heard = g_string_new(NULL);
    client->conn =
        net_connect(scene->run->parts.net, from, NORTH,
                    app_world_port(scene->run->file, host, service), &client_handler, client);
    scene->clients++;
    return client;
}

static void
client_free(Client *client)
{
    if (client->conn != NULL)
        net_conn_close(client->conn);
    g_string_free(client->heard, TRUE);
    g_free(client);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Client, client_free)

/* ---- the world ---- */

static void
scene_sink(const TraceEvent *event, void *data)
{
    Scene *scene = data;

    scene->delays +=
        event->kind == TRACE_TIMER && strstr(event->text, "so that guessing is slow") != NULL;
    scene->circles +=
        event->kind == TRACE_DECISION && strstr(event->text, "a Delivered-To line says") != NULL;
    scene->unproven += event->kind == TRACE_DECISION &&
                       strstr(event->text, "this client did not prove it") != NULL;
    scene->reports += event->kind == TRACE_DECISION && event->stage == STAGE_BOUNCE;
    scene->marked +=
        event->kind == TRACE_DECISION && strstr(event->text, "loop@north.example is an alias");
}

static void
scene_open(Scene *scene, const char *keys)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *overlay = NULL;
    AppRunOptions options = { .sink = scene_sink, .sink_data = scene };
    AppWorldFile *file;
    guint16 base;

    scene->folder = folder_new();
    overlay = g_build_filename(scene->folder, "keys.ini", NULL);
    g_file_set_contents(overlay, keys, -1, &error);
    file = app_world_load("labs/demo/world.ini", overlay, &error);
    g_assert_no_error(error);
    g_free(file->state);
    file->state = g_build_filename(scene->folder, "state", NULL);
    file->network = APP_NETWORK_SIMULATED;
    g_assert_true(app_ports_choose(file, 0, &base, &error));
    scene->run = app_run_new(file, &options, &error);
    g_assert_no_error(error);
}

static void
scene_close(Scene *scene)
{
    app_run_free(scene->run);
    folder_remove(scene->folder);
    g_free(scene->folder);
}

/* Until all clients are gone. */
static void
scene_play(Scene *scene)
{
    app_run_loop(scene->run, TRUE);
}

/* ---- guessing ---- */

static void
test_growing(void)
{
    static const char *const guesses[] = {
        "EHLO x.example", WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, NULL
    };
    static const char *const again[] = { "EHLO x.example", WRONG, RIGHT, WRONG, "QUIT", NULL };
    static const char *const elsewhere[] = { "EHLO x.example", WRONG, "QUIT", NULL };
    Scene scene = { 0 };

    g_test_summary(
        "RFC 5321 §7.8: wrong passwords cost 1, 2, 4 ... 16 s, by address, until one is right");
    scene_open(&scene, "");
    {
        g_autoptr(Client) guesser = client_new(&scene, "127.0.0.7", "submission", guesses);

        scene_play(&scene);
        g_assert_cmpstr(guesser->heard->str, ==,
                        "220 mx.no after 0 s\n250 HELP after 0 s\n535 5.7.8 after 1 s\n"
                        "535 5.7.8 after 2 s\n535 5.7.8 after 4 s\n535 5.7.8 after 8 s\n"
                        "535 5.7.8 after 16 s\n421 4.7.0 after 16 s\n");
        g_assert_true(guesser->closed);
    }
    {
        g_autoptr(Client) guesser = client_new(&scene, "127.0.0.7", "submission", again);
        g_autoptr(Client) other = client_new(&scene, "127.0.0.8", "submission", elsewhere);

        scene_play(&scene);
        g_assert_cmpstr(guesser->heard->str, ==,
                        "220 mx.no after 0 s\n250 HELP after 0 s\n535 5.7.8 after 16 s\n"
                        "235 2.7.0 after 0 s\n503 5.5.1 after 0 s\n221 2.0.0 after 0 s\n");
        g_assert_cmpstr(other->heard->str, ==,
                        "220 mx.no after 0 s\n250 HELP after 0 s\n535 5.7.8 after 1 s\n"
                        "221 2.0.0 after 0 s\n");
    }
    {
        g_autoptr(Client) forgiven = client_new(&scene, "127.0.0.7", "submission", elsewhere);

        scene_play(&scene);
        g_assert_nonnull(strstr(forgiven->heard->str, "535 5.7.8 after 1 s\n"));
    }
    g_assert_cmpuint(scene.delays, ==, 9);
    scene_close(&scene);
}

static void
test_other_protocols(void)
{
    static const char *const by_smtp[] = { "EHLO x.example", WRONG, "QUIT", NULL };
    static const char *const by_pop3[] = { "USER alice", "PASS wrong", "QUIT", NULL };
    Scene scene = { 0 };

    g_test_summary("who has guessed by one protocol waits longer at the next, too");
    scene_open(&scene, "");
    {
        g_autoptr(Client) guesser = client_new(&scene, "127.0.0.7", "submission", by_smtp);

        scene_play(&scene);
        g_assert_nonnull(strstr(guesser->heard->str, "535 5.7.8 after 1 s\n"));
    }
    {
        g_autoptr(Client) guesser = client_new(&scene, "127.0.0.7", "pop3", by_pop3);

        scene_play(&scene);
        g_assert_nonnull(strstr(guesser->heard->str, "-ERR [AUT after 2 s\n"));
    }
    scene_close(&scene);
}

static void
test_quiet(void)
{
    static const char *const guess[] = { "EHLO x.example", WRONG, "QUIT", NULL };
    Scene scene = { 0 };

    g_test_summary("an address that was quiet for ten minutes is as good as new");
    scene_open(&scene, "");
    for (guint i = 0; i < 2; i++) {
        g_autoptr(Client) guesser = client_new(&scene, "127.0.0.7", "submission", guess);

        scene_play(&scene);
        g_assert_nonnull(strstr(guesser->heard->str, "535 5.7.8 after 1 s\n"));
        net_clock_jump(scene.run->clock, APP_PASSWORD_QUIET_US);
    }
    scene_close(&scene);
}

/* ---- dawdling ---- */

static void
test_silence(void)
{
    static const char *const nothing[] = { NULL };
    static const char *const half[] = { "EHLO x.example", NULL };
    static const char *const in_data[] = {
        "EHLO x.example", "MAIL FROM:<>", "RCPT TO:<bob@north.example>", "DATA", "Subject: x", NULL
    };
    Scene scene = { 0 };

    g_test_summary(
        "RFC 5321 §4.5.3.2.7: a server waits five minutes for a command, three for data");
    scene_open(&scene, "");
    {
        g_autoptr(Client) silent = client_new(&scene, "127.0.0.7", "smtp", nothing);
        g_autoptr(Client) tired = client_new(&scene, "127.0.0.8", "smtp", half);
        g_autoptr(Client) writing = client_new(&scene, "127.0.0.9", "smtp", in_data);

        scene_play(&scene);
        g_assert_cmpstr(silent->heard->str, ==, "220 mx.no after 0 s\n421 4.4.2 after 300 s\n");
        g_assert_cmpstr(tired->heard->str, ==,
                        "220 mx.no after 0 s\n250 HELP after 0 s\n421 4.4.2 after 300 s\n");
        g_assert_true(
            g_str_has_suffix(writing->heard->str, "354 send  after 0 s\n421 4.4.2 after 180 s\n"));
        g_assert_true(silent->closed && tired->closed && writing->closed);
    }
    scene_close(&scene);
}

/* ---- asking too much ---- */

static void
test_connections(void)
{
    static const char *const stay[] = { "EHLO x.example", NULL };
    static const char *const leave[] = { "QUIT", NULL };
    Scene scene = { 0 };

    g_test_summary("key connections-per-client: one more hears 421 4.7.0, until another has gone");
    scene_open(&scene, "[host mx.north.example]\nconnections-per-client = 2\nlimit-loopback = on\n"
                       "trusted-networks = 127.0.0.9\n");
    {
        g_autoptr(Client) one = client_new(&scene, "127.0.0.7", "smtp", stay);
        g_autoptr(Client) two = client_new(&scene, "127.0.0.7", "submission", stay);
        g_autoptr(Client) three = client_new(&scene, "127.0.0.7", "smtp", leave);
        g_autoptr(Client) other = client_new(&scene, "127.0.0.8", "smtp", leave);

        scene_play(&scene);
        g_assert_true(g_str_has_prefix(one->heard->str, "220 mx.no after 0 s\n250 HELP "));
        g_assert_true(g_str_has_prefix(two->heard->str, "220 mx.no after 0 s\n250 HELP "));
        g_assert_cmpstr(three->heard->str, ==, "421 4.7.0 after 0 s\n");
        g_assert_true(three->closed);
        g_assert_true(g_str_has_prefix(other->heard->str, "220 mx.no after 0 s\n221 "));
    }
    {
        g_autoptr(Client) later = client_new(&scene, "127.0.0.7", "smtp", leave);

        scene_play(&scene);
        g_assert_true(g_str_has_prefix(later->heard->str, "220 mx.no after 0 s\n221 "));
    }
    scene_close(&scene);
}

static void
test_exempt(void)
{
    static const char *const stay[] = { "QUIT", NULL };
    Scene scene = { 0 };

    g_test_summary("without limit-loopback this machine's own clients are not limited");
    scene_open(&scene, "[host mx.north.example]\nconnections-per-client = 1\n");
    {
        g_autoptr(Client) one = client_new(&scene, "127.0.0.7", "smtp", stay);
        g_autoptr(Client) two = client_new(&scene, "127.0.0.7", "smtp", stay);

        scene_play(&scene);
        g_assert_true(g_str_has_prefix(one->heard->str, "220 "));
        g_assert_true(g_str_has_prefix(two->heard->str, "220 "));
    }
    scene_close(&scene);
}

/* ---- pipelining ---- */

static void
test_batch(void)
{
    static const char *const group[] = { "EHLO x.example",
                                         "MAIL FROM:<>\r\nRCPT TO:<nobody@north.example>\r\n"
                                         "RCPT TO:<bob@north.example>\r\nDATA",
                                         "Subject: x\r\n\r\n.\r\nMAIL FROM:<>\r\nRSET\r\nQUIT",
                                         NULL };
    Scene scene = { 0 };

    g_test_summary("RFC 2920 §3.2: the answers to a group of commands come in order, and as one");
    scene_open(&scene, "");
    {
        g_autoptr(Client) client = client_new(&scene, "127.0.0.7", "smtp", group);

        scene_play(&scene);
        g_assert_cmpstr(client->heard->str, ==,
                        "220 mx.no after 0 s\n250 HELP after 0 s\n250 2.1.0 after 0 s\n"
                        "550 5.1.1 after 0 s\n250 2.1.5 after 0 s\n354 send  after 0 s\n"
                        "250 2.6.0 after 0 s\n250 2.1.0 after 0 s\n250 2.0.0 after 0 s\n"
                        "221 2.0.0 after 0 s\n");
        /* The greeting, EHLO, the group, and what waited for the commit. */
        g_assert_cmpuint(client->arrivals, ==, 4);
    }
    scene_close(&scene);
}

/* ---- two hosts that send to each other ---- */

/* Messages in alice's INBOX. */
static guint
count_alice(Scene *scene)
{
    AppHost *north = app_run_host(scene->run, "mx.north.example");
    g_autoptr(StoreAccount) alice =
        store_account_find(north->store, NULL, STAGE_NONE, "alice", "north.example", NULL);
    g_autoptr(StoreMailbox) inbox = store_mailbox_find(north->store, alice->id, "INBOX", NULL);
    StoreMailboxCounts counts = { 0 };

    g_assert_true(store_mailbox_counts(north->store, inbox->id, &counts, NULL));
    return counts.messages;
}

static void
test_circle(void)
{
    Scene scene = { 0 };

    g_test_summary(
        "RFC 5321 §6.3: aliases of two hosts that lead to each other: one round, one report");
    /* South returns alice's message to north in her name: north must let it come so far. */
    scene_open(&scene, "[host mx.north.example]\naliases = loop: "
                       "loop@south.example\nlocal-sender-needs-auth = off\n"
                       "[host mx.south.example]\naliases = loop: loop@north.example\n"
                       "[script]\n1s = send alice@north.example loop@north.example\n");
    scene_play(&scene);
    g_assert_cmpuint(scene.circles, ==, 1);
    g_assert_cmpuint(scene.marked, ==, 2);
    g_assert_cmpuint(count_alice(&scene), ==, 1);
    scene_close(&scene);
}

static void
test_forwarded(void)
{
    static const struct {
        const char *keys;
        guint refused; /* what comes into alice's mailbox is then the report of it */
    } norths[] = { { "", 1 },
                   { "trusted-networks = 127.0.0.3\n", 0 },
                   { "local-sender-needs-auth = off\n", 0 } };

    g_test_summary("RFC 5321 §3.9.1: an alias elsewhere keeps our user's name: refused on its way "
                   "back, but from a trusted network, or where the key is off");
    for (guint i = 0; i < G_N_ELEMENTS(norths); i++) {
        Scene scene = { 0 };
        g_autofree char *keys =
            g_strdup_printf("[host mx.north.example]\n%s"
                            "[host mx.south.example]\naliases = sales: alice@north.example\n"
                            "[script]\n1s = send alice@north.example sales@south.example\n",
                            norths[i].keys);

        scene_open(&scene, keys);
        scene_play(&scene);
        g_assert_cmpuint(scene.unproven, ==, norths[i].refused);
        g_assert_cmpuint(scene.reports, ==, norths[i].refused);
        g_assert_cmpuint(count_alice(&scene), ==, 1);
        scene_close(&scene);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/app/caller/growing", test_growing);
    g_test_add_func("/app/caller/other-protocols", test_other_protocols);
    g_test_add_func("/app/caller/quiet", test_quiet);
    g_test_add_func("/app/caller/silence", test_silence);
    g_test_add_func("/app/caller/connections", test_connections);
    g_test_add_func("/app/caller/exempt", test_exempt);
    g_test_add_func("/app/caller/batch", test_batch);
    g_test_add_func("/app/caller/circle", test_circle);
    g_test_add_func("/app/caller/forwarded", test_forwarded);
    return g_test_run();
}
