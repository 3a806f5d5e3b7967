/* tests/test_faults.c - each fault point, armed in the demo world: what the server then does.
 *
 * alice@north.example writes to carol@south.example. Where all goes well, carol has the message
 * within a second; each story below lets one thing go wrong and says how it ends all the same.
 * A simulated world each time, so that five days of trying take no time.
 */
#include <gio/gunixsocketaddress.h>
#include <locale.h>
#include <string.h>

#include "app/ports.h"
#include "app/run.h"
#include "storage/mailbox.h"
#include "tests/folder.h"

#define NORTH "host=mx.north.example "
#define SOUTH "host=mx.south.example "
#define NEVER (-1)

typedef struct Story {
    const char *point;
    const char *how;      /* the rest of the line that arms it */
    Stage stage;          /* where it must fire */
    const char *tells[4]; /* filters: met in this order, from the fault on */
    int delivered_s;      /* from the sending to the last delivery to carol; NEVER */
    guint carol, alice;   /* messages in their inboxes at the end (alice's are reports) */
    const char *keys;     /* of the world, where the point needs others */
    const char *script;   /* other lines of the script */
    const char *at;       /* when the fault is armed; NULL: 0s */
    gboolean apart; /* the last of tells does not follow from the fault: what is due when a clock
                     * jumps was to come anyway */
} Story;

/* clang-format off */
static const Story stories[] = {
    { "greeting-slow", SOUTH "occurrence=first", STAGE_CONNECT,
      { "stage=relay code=220", "stage=relay outcome=ok" }, 30, .carol = 1 },

    /* TLS that cannot be had is no reason to keep the message: it goes in the clear... */
    { "tls-refused", SOUTH "occurrence=first", STAGE_CONNECT,
      { "stage=relay code=454", "stage=relay outcome=fallback", "stage=deliver text~\"UID 1\"" }, 0, .carol = 1,
      .keys = "[host mx.north.example]\nrelay-tls = optional\n" },
    { "tls-cut", SOUTH "occurrence=first", STAGE_CONNECT,
      { "stage=relay outcome=cut", "stage=relay outcome=fallback", "stage=relay text~Calling", "stage=deliver text~\"UID 1\"" }, 0, .carol = 1,
      .keys = "[host mx.north.example]\nrelay-tls = optional\n" },
    /* ...unless the world file says that it is one. Then the message waits, and is given up. */
    { "tls-refused", SOUTH "occurrence=first", STAGE_CONNECT,
      { "stage=relay text~\"No TLS with this host\"", "stage=retry tries=1", "stage=relay text~\"Try 2\"", "stage=deliver text~\"UID 1\"" }, 300, .carol = 1,
      .keys = "[host mx.north.example]\nrelay-tls = required\n" },
    { "tls-cut", SOUTH "occurrence=always", STAGE_CONNECT,
      { "stage=retry tries=1", "stage=bounce action=delayed", "stage=bounce action=failed" }, NEVER, .carol = 0, .alice = 2,
      .keys = "[host mx.north.example]\nrelay-tls = required\n" },
    /* Who listens is kept out all the same, who pretends to be the host is not: it is told, no more. */
    { "tls-unproven", NORTH "occurrence=first", STAGE_RELAY,
      { "stage=relay outcome=distrusted", "stage=relay code=250", "stage=deliver text~\"UID 1\"" }, 0, .carol = 1,
      .keys = "[host mx.north.example]\nrelay-tls = optional\n" },

    { "dns-timeout", NORTH "occurrence=first", STAGE_DNS,
      { "stage=dns outcome=timeout try=1", "stage=dns try=2", "stage=dns outcome=found" }, 5, .carol = 1 },
    { "dns-nxdomain", NORTH "occurrence=first", STAGE_DNS,
      { "stage=dns outcome=refused", "code=550 enhanced=5.1.2", "outcome=refused text~\"not sent\"" }, NEVER, .carol = 0 },
    { "dns-servfail", NORTH "occurrence=first", STAGE_DNS,
      { "stage=dns text~\"asked again later\"", "stage=queue", "stage=dns text~\"Asking DNS\"" }, 0, .carol = 1 },
    { "dns-late", NORTH "occurrence=first", STAGE_DNS,
      { "stage=dns outcome=timeout try=1", "stage=dns try=2", "stage=dns outcome=ignored text~ID", "stage=dns outcome=found" }, 5, .carol = 1 },
    { "dns-late", NORTH "occurrence=first value=3", STAGE_DNS,
      { "stage=dns outcome=found" }, 3, .carol = 1 },
    /* Nobody lives at the address that the liar names, and a lie is not kept for the next try. */
    { "dns-lie", NORTH "occurrence=first", STAGE_DNS,
      { "stage=relay address=127.0.0.66", "stage=retry tries=1", "stage=relay address=127.0.0.3" }, 300, .carol = 1,
      .keys = "[host mx.north.example]\nverify-domain = off\n" },

    { "connect-refused", NORTH "occurrence=first", STAGE_RELAY,
      { "stage=relay text~refused", "stage=retry tries=1", "stage=relay text~\"Try 2\"" }, 300, .carol = 1 },
    /* After four hours alice is told that it takes long, after five days that it failed. */
    { "connect-refused", NORTH "occurrence=always", STAGE_RELAY,
      { "stage=retry tries=1", "stage=bounce action=delayed", "stage=bounce action=failed" }, NEVER, .carol = 0, .alice = 2 },
    { "connect-timeout", NORTH "occurrence=first", STAGE_RELAY,
      { "stage=relay text~\"nobody answers\"", "stage=retry tries=1", "stage=relay text~\"Try 2\"" }, 600, .carol = 1 },
    { "connect-reset", NORTH "occurrence=first", STAGE_RELAY,
      { "stage=relay text~reset", "stage=retry tries=1", "stage=relay text~\"Try 2\"" }, 300, .carol = 1 },
    { "connect-slow", NORTH "occurrence=first", STAGE_RELAY,
      { "stage=relay text~stands" }, 5, .carol = 1 },

    { "command-4xx", SOUTH "stage=split occurrence=first value=450", STAGE_SPLIT,
      { "stage=relay code=450", "stage=retry tries=1", "stage=relay text~\"Try 2\"" }, 300, .carol = 1 },
    { "command-5xx", SOUTH "stage=sender occurrence=first", STAGE_SENDER,
      { "stage=relay code=554", "stage=bounce action=failed" }, NEVER, .carol = 0, .alice = 1 },
    /* EHLO, MAIL, RCPT: the fourth is DATA. */
    { "command-421", SOUTH "occurrence=4", STAGE_STORE,
      { "stage=relay code=421", "stage=retry tries=1", "stage=relay text~\"Try 2\"" }, 300, .carol = 1 },
    { "command-cut", SOUTH "occurrence=first", STAGE_CONNECT,
      { "stage=relay text~\"broke off\"", "stage=retry tries=1", "stage=relay text~\"Try 2\"" }, 300, .carol = 1 },
    /* Our own mail program calls again no more: its user does. */
    { "command-cut", NORTH "occurrence=first", STAGE_CONNECT,
      { "outcome=refused text~\"not sent\"" }, NEVER, .carol = 0 },
    /* USER, PASS, STAT, RETR, DELE: the sixth is QUIT, and without it nothing goes. */
    { "command-cut", SOUTH "stage=pickup occurrence=6", STAGE_PICKUP,
      { "stage=pickup outcome=\"broken off\" marked=1" }, 0, .carol = 1,
      .script = "1m = fetch carol@south.example pop3 delete\n" },
    { "data-cut", SOUTH "occurrence=first value=20", STAGE_STORE,
      { "stage=relay text~\"broke off\"", "stage=retry tries=1", "stage=relay text~\"Try 2\"" }, 300, .carol = 1 },

    /* Both ends did right, and carol has it twice: RFC 1047. */
    { "reply-lost", SOUTH "occurrence=first", STAGE_STORE,
      { "stage=relay text~\"broke off\"", "stage=retry tries=1", "stage=deliver text~\"UID 2\"" }, 300, .carol = 2 },
    { "store-busy", SOUTH "occurrence=first", STAGE_STORE,
      { "stage=store code=451", "stage=retry tries=1", "stage=relay text~\"Try 2\"" }, 300, .carol = 1 },
    /* At the first host, a mail program hears of it, and its user may try again. */
    { "store-busy", NORTH "occurrence=first", STAGE_STORE,
      { "stage=store code=451", "outcome=refused text~\"not sent\"" }, NEVER, .carol = 0 },
    /* The second time it is the queue that writes: the mail is safe there, and waits a minute. */
    { "store-busy", NORTH "occurrence=2", STAGE_STORE,
      { "kind=error stage=queue text~locked" }, 60, .carol = 1 },
    { "store-full", SOUTH "occurrence=first", STAGE_STORE,
      { "stage=store code=452", "stage=retry tries=1", "stage=relay text~\"Try 2\"" }, 300, .carol = 1 },
    { "crash-before-commit", SOUTH "occurrence=first", STAGE_STORE,
      { "text~crashes", "stage=relay text~\"broke off\"", "stage=retry tries=1", "stage=deliver text~\"UID 1\"" }, 300, .carol = 1 },
    { "crash-after-commit", SOUTH "occurrence=first", STAGE_STORE,
      { "text~crashes", "stage=relay text~\"broke off\"", "stage=retry tries=1", "stage=deliver text~\"UID 2\"" }, 300, .carol = 2 },
    { "mailbox-full", SOUTH "occurrence=first", STAGE_RECIPIENT,
      { "stage=recipient code=452 enhanced=4.2.2", "stage=retry tries=1", "stage=relay text~\"Try 2\"" }, 300, .carol = 1 },

    /* Try 2 is due five minutes after the first; a minute after it the clock jumps past that. */
    { "clock-jump", SOUTH "occurrence=first value=3600", STAGE_NONE,
      { "stage=relay text~\"Try 2\"" }, 3659, .carol = 1,
      .script = "0s = host mx.south.example down\n30s = host mx.south.example up\n", .at = "1m", .apart = TRUE },
};
/* clang-format on */

typedef struct Run {
    const Story *story;
    guint fired;           /* events of kind fault */
    guint met;             /* how many of the story's tells */
    GByteArray *follows;   /* for each event: is it a fault, or has it one among its causes? */
    gboolean led_back;     /* the event that was met last follows from the fault */
    gboolean on_its_way;   /* and it is one of a message's journey */
    gboolean end_led_back; /* the last event of any message follows from the fault */
    gint64 sent_us, delivered_us;
    GString *journal; /* all lines */
} Run;

static gboolean
matches(const char *text, const TraceEvent *event)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TraceFilter) filter = trace_filter_parse(text, &error);

    g_assert_no_error(error);
    return trace_filter_matches(filter, event);
}

/* The table tells where the point is asked; the commands are asked at many places. */
static void
check_fault(const Story *story, const TraceEvent *event)
{
    const TraceFaultPoint *point = trace_fault_points();
    g_autofree char *name = trace_event_data(event, "point");

    g_assert_cmpstr(name, ==, story->point);
    g_assert_cmpstr(stage_name(event->stage), ==, stage_name(story->stage));
    while (!g_str_equal(point->name, name))
        point++;
    if (point->stage != STAGE_NONE)
        g_assert_cmpstr(stage_name(event->stage), ==, stage_name(point->stage));
    if (story->carol > 1)
        g_assert_nonnull(strstr(event->text, "RFC 1047"));
}

static void
follow_story(const Story *story, const TraceEvent *event, Run *run)
{
    guint8 follows = event->kind == TRACE_FAULT ||
                     (event->cause > 0 && run->follows->data[event->cause - 1] != 0);

    g_byte_array_append(run->follows, &follows, 1);
    if (event->kind == TRACE_FAULT) {
        check_fault(story, event);
        run->fired++;
    }
    if (run->fired > 0 && run->met < G_N_ELEMENTS(story->tells) && story->tells[run->met] != NULL &&
        matches(story->tells[run->met], event)) {
        run->met++;
        run->led_back = follows;
        run->on_its_way = event->journey != NULL;
    }
    if (event->journey != NULL)
        run->end_led_back = follows;
}

static void
follow(const TraceEvent *event, void *data)
{
    Run *run = data;
    const Story *story = run->story;
    gboolean start = event->kind == TRACE_STATE && event->stage == STAGE_NONE;

    if (event->cause == 0 && event->kind != TRACE_INPUT && !start)
        g_error("event %" G_GUINT64_FORMAT " follows from nothing: %s", event->seq, event->text);
    trace_event_write(event, run->journal);
    if (matches("kind=input text~send", event))
        run->sent_us = event->time_us;
    if (matches("host=mx.south.example stage=deliver kind=decision", event))
        run->delivered_us = event->time_us;
    if (story != NULL)
        follow_story(story, event, run);
}

/* The demo world, simulated, with @script; its state in @folder. */
static AppRun *
open_world(const char *folder, const char *keys, const char *script, Run *run, gboolean control)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *overlay = g_build_filename(folder, "script.ini", NULL);
    g_autofree char *text = g_strdup_printf("%s[script]\n%s", keys, script);
    AppRunOptions options = { .control = control, .sink = follow, .sink_data = run };
    AppWorldFile *file;
    AppRun *world;
    guint16 base;

    g_file_set_contents(overlay, text, -1, &error);
    g_assert_no_error(error);
    file = app_world_load("labs/demo/world.ini", overlay, &error);
    g_assert_no_error(error);
    g_free(file->state);
    file->state = g_build_filename(folder, "state", NULL);
    file->network = APP_NETWORK_SIMULATED;
    g_assert_true(app_ports_choose(file, 0, &base, &error));
    world = app_run_new(file, &options, &error);
    g_assert_no_error(error);
    return world;
}

static guint
count_inbox(AppRun *world, const char *host_name, const char *user, const char *domain)
{
    AppHost *host = app_run_host(world, host_name);
    g_autoptr(StoreAccount) account =
        store_account_find(host->store, NULL, STAGE_NONE, user, domain, NULL);
    g_autoptr(StoreMailbox) mailbox = store_mailbox_find(host->store, account->id, "INBOX", NULL);
    StoreMailboxCounts counts;

    g_assert_true(store_mailbox_counts(host->store, mailbox->id, &counts, NULL));
    return counts.messages;
}

static void
check_end(const Story *story, const Run *run, AppRun *world)
{
    if (run->met < G_N_ELEMENTS(story->tells) && story->tells[run->met] != NULL)
        g_error("%s: no event matched %s", story->point, story->tells[run->met]);
    if (strstr(story->how, "always") != NULL)
        g_assert_cmpuint(run->fired, >, 1);
    else
        g_assert_cmpuint(run->fired, ==, 1);
    if (run->led_back == story->apart || (run->on_its_way && run->end_led_back == story->apart))
        g_error("%s: the last of tells, or of the journal, %s from the fault", story->point,
                story->apart ? "follows" : "does not follow");
    g_assert_cmpuint(count_inbox(world, "mx.south.example", "carol", "south.example"), ==,
                     story->carol);
    g_assert_cmpuint(count_inbox(world, "mx.north.example", "alice", "north.example"), ==,
                     story->alice);
    for (guint i = 0; i < world->hosts->len; i++) {
        AppHost *host = g_ptr_array_index(world->hosts, i);
        g_autoptr(GPtrArray) left = store_queue_list(host->store, FALSE, NULL);

        g_assert_cmpuint(left->len, ==, 0);
    }
    if (story->delivered_s == NEVER)
        g_assert_cmpint(run->delivered_us, ==, 0);
    else
        g_assert_cmpint((run->delivered_us - run->sent_us) / G_USEC_PER_SEC, ==,
                        story->delivered_s);
    g_assert_cmpuint(world->script_left, ==, 0);
}

static void
test_story(const void *data)
{
    g_test_summary("a fault, armed by a line of the script, and what the server does then");
    const Story *story = data;
    g_autofree char *folder = folder_new();
    g_autofree char *script =
        g_strdup_printf("%s%s = fault %s %s\n1s = send alice@north.example carol@south.example\n",
                        story->script != NULL ? story->script : "",
                        story->at != NULL ? story->at : "0s", story->point, story->how);
    g_autoptr(GString) journal = g_string_new(NULL);
    g_autoptr(GByteArray) follows = g_byte_array_new();
    Run run = { .story = story, .follows = follows, .journal = journal };
    {
        g_autoptr(AppRun) world =
            open_world(folder, story->keys != NULL ? story->keys : "", script, &run, FALSE);

        app_run_loop(world, TRUE);
        check_end(story, &run, world);
    }
    folder_remove(folder);
}

static void
test_every_point_has_a_story(void)
{
    g_test_summary("no fault point without a story of what the server then does");

    for (const TraceFaultPoint *point = trace_fault_points(); point->name != NULL; point++) {
        gboolean told = FALSE;

        for (guint i = 0; i < G_N_ELEMENTS(stories); i++)
            told |= g_str_equal(stories[i].point, point->name);
        if (!told)
            g_error("fault point %s has no story here", point->name);
    }
}

/* ---- arming in other ways ---- */

/* Twenty messages, and each time with 30 % the database is busy; nothing is left in the queue. */
static char *
play_by_chance(void)
{
    g_autofree char *folder = folder_new();
    g_autoptr(GString) script = g_string_new("0s = fault store-busy " SOUTH "occurrence=30%\n");
    GString *journal = g_string_new(NULL);
    Run run = { .journal = journal };

    for (guint i = 1; i <= 20; i++)
        g_string_append_printf(script, "%us = send alice@north.example carol@south.example\n", i);
    {
        g_autoptr(AppRun) world = open_world(folder, "", script->str, &run, FALSE);

        app_run_loop(world, TRUE);
        g_assert_cmpuint(count_inbox(world, "mx.south.example", "carol", "south.example"), ==, 20);
    }
    folder_remove(folder);
    return g_string_free(journal, FALSE);
}

static void
test_chance(void)
{
    g_test_summary("a probability with the world's seed: the same run twice, byte for byte");
    g_autofree char *first = play_by_chance(), *second = play_by_chance();
    g_auto(GStrv) fired = g_strsplit(first, "\"kind\":\"fault\"", -1);

    g_assert_cmpstr(first, ==, second);
    g_assert_cmpuint(g_strv_length(fired) - 1, >, 1);
    g_assert_cmpuint(g_strv_length(fired) - 1, <, 20);
}

static void
test_refused_line(void)
{
    g_test_summary("a line of the script that arms nothing is an error in the journal");
    g_autofree char *folder = folder_new();
    g_autoptr(GString) journal = g_string_new(NULL);
    Run run = { .journal = journal };
    {
        g_autoptr(AppRun) world = open_world(folder, "",
                                             "0s = fault dns-tiemout\n"
                                             "1s = fault dns-timeout stage=relay\n"
                                             "2s = fault dns-late value=5 seconds\n",
                                             &run, FALSE);
        g_autofree char *armed = NULL;

        app_run_loop(world, TRUE);
        armed = trace_faults_json(world->faults);
        g_assert_cmpstr(armed, ==, "[]");
    }
    g_assert_nonnull(strstr(journal->str, "there is no fault point 'dns-tiemout'"));
    g_assert_nonnull(strstr(journal->str, "dns-timeout happens at stage dns"));
    g_assert_nonnull(strstr(journal->str, "'seconds' is not understood"));
    folder_remove(folder);
}

/* @line by control.sock; the answer. */
static char *
ask(AppRun *world, const char *line)
{
    g_autofree char *path = g_build_filename(world->file->state, "control.sock", NULL);
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
    g_autoptr(GSocket) socket =
        g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
    g_autofree char *answer = g_malloc0(16 * 1024);

    g_assert_true(g_socket_connect(socket, address, NULL, NULL));
    g_assert_cmpint(g_socket_send(socket, line, strlen(line), NULL, NULL), ==, strlen(line));
    /* The first turn takes the caller, the second hears it. */
    trace_control_serve(world->control, FALSE);
    trace_control_serve(world->control, FALSE);
    g_socket_set_timeout(socket, 5);
    g_assert_cmpint(g_socket_receive(socket, answer, 16 * 1024 - 1, NULL, NULL), >, 0);
    return g_steal_pointer(&answer);
}

static void
test_by_control(void)
{
    g_test_summary("`glasspost ctl fault` arms, clears, and says what it did not understand");
    static const Story story = {
        "dns-timeout", "", STAGE_DNS, { "stage=dns try=2" }, 5, .carol = 1
    };
    g_autofree char *folder = folder_new();
    g_autoptr(GString) journal = g_string_new(NULL);
    g_autoptr(GByteArray) follows = g_byte_array_new();
    Run run = { .story = &story, .follows = follows, .journal = journal };
    {
        g_autoptr(AppRun) world = open_world(
            folder, "", "1s = send alice@north.example carol@south.example\n", &run, TRUE);
        g_autofree char *busy = ask(world, "fault store-busy occurrence=always\n");
        g_autofree char *clear = ask(world, "fault clear\n");
        g_autofree char *wrong = ask(world, "fault dns-timeout occurrence=often\n");
        g_autofree char *armed = ask(world, "fault dns-timeout " NORTH "occurrence=first\n");

        g_assert_nonnull(strstr(busy, "\"ok\":true"));
        g_assert_nonnull(strstr(clear, "\"faults\":[]"));
        g_assert_nonnull(strstr(wrong, "'occurrence=often' is not understood"));
        g_assert_nonnull(strstr(armed, "\"point\":\"dns-timeout\""));
        app_run_loop(world, TRUE);
        check_end(&story, &run, world);
    }
    folder_remove(folder);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/faults/every point has a story", test_every_point_has_a_story);
    for (guint i = 0; i < G_N_ELEMENTS(stories); i++) {
        g_autofree char *path = g_strdup_printf("/faults/%s/%u", stories[i].point, i + 1);

        g_test_add_data_func(path, &stories[i], test_story);
    }
    g_test_add_func("/faults/by chance", test_chance);
    g_test_add_func("/faults/by a wrong line", test_refused_line);
    g_test_add_func("/faults/by control", test_by_control);
    return g_test_run();
}
