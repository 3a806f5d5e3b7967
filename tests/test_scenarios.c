/* tests/test_scenarios.c - the demo's scenarios, on sockets and in simulation.
 *
 * Each must pass its stages in order, show what its file expects, leave the state that the story
 * tells of, give every event a place in one gapless chain of causes, and be told in few presses of
 * Space.
 */
#include <locale.h>
#include <string.h>

#include "app/ports.h"
#include "app/run.h"
#include "storage/mailbox.h"
#include "tests/folder.h"
#include "trace/gate.h"

typedef struct Story {
    const char *name;
    const char *stages; /* must be met in this order, others may stand between */
    guint presses;      /* of Space at most: 15 a hop, and a few for each reader */
    struct {
        const char *address, *mailbox;
        guint messages;
    } ends[3];
    /* Filters: a walk along the causes, from the last event that matches the first one, meets the
     * others in this order; the last of them matches a root. */
    const char *back[9];
} Story;

#define SENT      "kind=input text~send"
#define FROM_HERE "host=mx.north.example stage=split", SENT

/* clang-format off */
static const Story stories[] = {
    { "local",          "connect sender split route recipient filter store deliver pickup", 17, { { "bob@north.example", "INBOX", 1 } },
      { "stage=deliver", "stage=recipient", "stage=route outcome=local", FROM_HERE } },
    { "remote",         "connect sender split route dns filter store queue relay connect sender split route recipient filter store deliver pickup", 32, { { "carol@south.example", "INBOX", 1 } },
      { "host=mx.south.example stage=deliver", "host=mx.south.example stage=split", "host=mx.north.example stage=relay", "stage=queue", "label=MX?", "stage=route outcome=remote", FROM_HERE } },
    { "secure",         "connect sender split route dns filter store queue relay connect sender split route recipient filter store deliver pickup", 35, { { "carol@south.example", "INBOX", 1 } },
      { "host=mx.south.example stage=deliver", "host=mx.south.example stage=split", "host=mx.north.example stage=relay label=RCPT", "stage=relay outcome=together", "stage=relay outcome=sealed", "stage=relay label=STARTTLS", "stage=queue", FROM_HERE } },
    { "tls-broken",     "connect sender split route dns filter store queue relay connect relay connect sender split route recipient filter store deliver pickup", 38, { { "carol@south.example", "INBOX", 1 } },
      { "host=mx.south.example stage=deliver", "host=mx.south.example stage=split", "stage=relay outcome=fallback", "stage=relay outcome=cut", "stage=connect kind=fault", "stage=relay label=STARTTLS", "stage=queue", FROM_HERE } },
    { "relay",          "connect sender split route filter store queue relay connect sender split route dns filter store queue relay connect recipient filter store deliver pickup", 43, { { "carol@south.example", "INBOX", 1 } },
      { "host=mx.south.example stage=deliver", "host=mx.hub.example stage=relay", "host=mx.hub.example stage=route", "host=mx.north.example stage=relay", FROM_HERE } },
    { "attachment",     "connect sender split route dns filter store queue relay recipient store deliver pickup", 32, { { "dave@south.example", "INBOX", 1 } },
      { "host=mx.south.example stage=deliver", "host=mx.north.example stage=relay", FROM_HERE } },
    { "refused",        "connect sender split route", 8, { { "carol@south.example", "INBOX", 0 } },
      { "code=550", "stage=route outcome=refused", "stage=route outcome=remote", FROM_HERE } },
    { "unregistered",   "connect sender", 5, { { "bob@north.example", "INBOX", 0 } },
      { "code=550", "stage=sender outcome=refused", "stage=sender kind=sql", SENT } },
    { "unknown-user",   "connect sender split route dns filter store queue relay recipient relay bounce deliver pickup", 34, { { "alice@north.example", "INBOX", 1 } },
      { "stage=deliver", "stage=bounce action=failed", "stage=retry outcome=refused", "stage=relay code=550", "host=mx.south.example code=550", "host=mx.south.example kind=sql text~\"No account\"", "host=mx.north.example stage=relay", FROM_HERE } },
    { "no-such-domain", "connect sender split route dns", 9, { { "alice@north.example", "INBOX", 0 } },
      { "code=550", "stage=dns outcome=no-domain", "label=NXDOMAIN", "label=MX?", "stage=route outcome=remote", FROM_HERE } },
    { "retry",          "store queue relay retry relay retry relay recipient store deliver pickup", 40, { { "carol@south.example", "INBOX", 1 } },
      { "host=mx.south.example stage=deliver", "stage=retry tries=2", "stage=relay label=refused", "stage=retry tries=1", "stage=relay label=refused", "stage=queue", FROM_HERE } },
    { "bounce",         "store queue relay retry bounce deliver pickup relay retry bounce deliver pickup", 79, { { "alice@north.example", "INBOX", 2 }, { "carol@south.example", "INBOX", 0 } },
      { "stage=deliver", "stage=bounce action=failed", "stage=retry outcome=expired", "stage=relay label=refused", "stage=dns label~A", "stage=retry tries=1", "stage=queue", FROM_HERE } },
    { "pop3",           "relay recipient store deliver pickup", 39, { { "carol@south.example", "INBOX", 0 } },
      { "stage=pickup outcome=deleted", "kind=input text~fetch" } },
    { "imap",           "relay recipient store deliver pickup", 38, { { "dave@south.example", "INBOX", 1 } },
      { "stage=pickup kind=sql text~Seen", "stage=pickup label=FETCH", "kind=input text~fetch" } },
    { "two-ways",       "relay recipient store deliver pickup", 62, { { "carol@south.example", "INBOX", 0 }, { "dave@south.example", "INBOX", 1 } },
      { "stage=pickup kind=sql text~Seen", "stage=pickup label=FETCH", "user=dave label=SELECT", "kind=input text~fetch" } },
    { "greylist",       "queue relay recipient filter retry filter relay recipient filter store deliver pickup", 45, { { "carol@south.example", "INBOX", 1 } },
      { "host=mx.south.example stage=deliver", "stage=filter outcome=ok", "stage=relay text~\"Try 2\"", "stage=retry tries=1", "code=451", "stage=filter outcome=greylisted", "stage=recipient", FROM_HERE } },
    { "junk",           "relay recipient filter store deliver", 55, { { "carol@south.example", "INBOX", 0 }, { "carol@south.example", "Junk", 2 } },
      { "stage=deliver", "stage=filter outcome=junk text~gtube", "stage=split", "host=mx.north.example stage=relay", FROM_HERE } },
    { "receipt",        "split route queue relay split recipient filter store deliver bounce queue relay sender recipient store deliver pickup", 60, { { "carol@south.example", "INBOX", 1 }, { "alice@north.example", "INBOX", 1 } },
      { "host=mx.north.example stage=deliver", "host=mx.south.example stage=relay", "stage=bounce action=delivered", "host=mx.south.example stage=deliver", "host=mx.north.example stage=relay", FROM_HERE } },
    { "archive",        "relay recipient filter store deliver archive pickup", 34, { { "carol@south.example", "INBOX", 1 } },
      { "stage=archive", "stage=filter", "stage=split", "host=mx.north.example stage=relay", FROM_HERE } },
    { "crowd",          "connect sender split route recipient filter store deliver", 9990, { { "bob@north.example", "INBOX", 998 } },
      { "stage=deliver", "stage=recipient", "stage=route outcome=local", "kind=input text~crowd" } },
};
/* clang-format on */

typedef struct Run {
    GPtrArray *awaited;  /* of the file's expect */
    char **stages;       /* of the story */
    guint met;           /* how many of them were met */
    Stage told;          /* of the last event worth telling */
    guint presses;       /* how many of those there were */
    guint64 stages_told; /* the stages that have one, a bit each */
    GPtrArray *events;   /* TraceEvent copies, in order: the event @seq is at @seq - 1 */
    GString *journal;    /* all lines, to compare two runs; NULL: not wanted */
} Run;

/* Only what somebody did from outside, and the start of the world, follows from nothing. Our own
 * mail programs call because of an input, so a client's first octets have a cause here. */
static void
check_root(const TraceEvent *event)
{
    gboolean start = event->kind == TRACE_STATE && event->stage == STAGE_NONE;

    if (event->cause == 0 && event->kind != TRACE_INPUT && !start)
        g_error("event %" G_GUINT64_FORMAT " follows from nothing: %s", event->seq, event->text);
}

static void
follow_presses(const TraceEvent *event, Run *run)
{
    if (!trace_event_is_worth_telling(event, run->told))
        return;
    run->told = event->stage;
    run->presses++;
    run->stages_told |= G_GUINT64_CONSTANT(1) << event->stage;
}

static void
follow(const TraceEvent *event, void *data)
{
    Run *run = data;

    g_ptr_array_add(run->events, trace_event_copy(event));
    g_assert_cmpuint(event->seq, ==, run->events->len);
    g_assert_cmpuint(event->cause, <, event->seq);
    g_assert_true(event->twin == 0 || event->twin < event->seq);
    check_root(event);
    follow_presses(event, run);
    while (run->stages[run->met] != NULL &&
           g_str_equal(run->stages[run->met], stage_name(event->stage)))
        run->met++;
    for (guint i = 0; i < run->awaited->len; i++) {
        if (trace_filter_matches(g_ptr_array_index(run->awaited, i), event)) {
            g_ptr_array_remove_index(run->awaited, i);
            break;
        }
    }
    if (run->journal != NULL)
        trace_event_write(event, run->journal);
}

static void
check_mailbox(AppRun *run, const char *address, const char *name, guint messages)
{
    const char *at = strrchr(address, '@');
    AppHostFile *file = app_world_host_of_domain(run->file, at + 1);
    AppHost *host = app_run_host(run, file->name);
    g_autofree char *user = g_strndup(address, (gsize)(at - address));
    g_autoptr(StoreAccount) account =
        store_account_find(host->store, NULL, STAGE_NONE, user, at + 1, NULL);
    g_autoptr(StoreMailbox) mailbox = store_mailbox_find(host->store, account->id, name, NULL);
    StoreMailboxCounts counts;

    g_assert_true(store_mailbox_counts(host->store, mailbox->id, &counts, NULL));
    g_assert_cmpuint(counts.messages, ==, messages);
}

static void
check_queues_are_empty(AppRun *run)
{
    for (guint i = 0; i < run->hosts->len; i++) {
        AppHost *host = g_ptr_array_index(run->hosts, i);
        g_autoptr(GPtrArray) left = store_queue_list(host->store, FALSE, NULL);

        g_assert_cmpuint(left->len, ==, 0);
    }
}

/* The last event, at @from or before it, that matches @text; or NULL. @walk: only along the causes. */
static const TraceEvent *
find_back(const Run *run, const TraceEvent *from, const char *text, gboolean walk)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TraceFilter) filter = trace_filter_parse(text, &error);
    guint64 seq = from->seq;

    g_assert_no_error(error);
    while (seq > 0) {
        const TraceEvent *event = g_ptr_array_index(run->events, seq - 1);

        if (trace_filter_matches(filter, event))
            return event;
        seq = walk ? event->cause : seq - 1;
    }
    return NULL;
}

/* What `u` shows, pressed again and again. */
static void
check_causes(const Story *story, const Run *run)
{
    const TraceEvent *event = g_ptr_array_index(run->events, run->events->len - 1);

    for (guint i = 0; i < G_N_ELEMENTS(story->back) && story->back[i] != NULL; i++) {
        event = find_back(run, event, story->back[i], i > 0);
        if (event == NULL)
            g_error("%s: no cause leads back to %s", story->name, story->back[i]);
    }
    g_assert_cmpuint(event->cause, ==, 0);
}

/* Space must be pressed often enough to see each stage, and not so often that one tires. */
static void
check_presses(const Story *story, const Run *run)
{
    for (char **name = run->stages; *name != NULL; name++)
        if ((run->stages_told >> stage_from_name(*name) & 1) == 0)
            g_error("%s: nothing is told of stage %s", story->name, *name);
    g_test_message("%s: %u presses of Space, %u events", story->name, run->presses,
                   run->events->len);
    g_assert_cmpuint(run->presses, <=, story->presses);
}

/* What @event's host says or hears next in a conversation with a next host, or NULL. */
static const TraceEvent *
find_next_line(const Run *run, const TraceEvent *event, const TraceFilter *said)
{
    for (guint64 seq = event->seq + 1; seq <= run->events->len; seq++) {
        const TraceEvent *next = g_ptr_array_index(run->events, seq - 1);

        if (trace_filter_matches(said, next) && g_str_equal(next->host, event->host))
            return next;
    }
    return NULL;
}

/* For a first look the hosts take turns: a command, its answer, the next command. Only where the
 * story is about it several commands go together. */
static void
check_turns(const Story *story, const Run *run)
{
    g_autoptr(TraceFilter) said = trace_filter_parse("stage=relay kind=wire", NULL);
    g_autoptr(TraceFilter) answer = trace_filter_parse("stage=relay kind=wire code>=200", NULL);
    gboolean together = FALSE;

    for (guint i = 0; i < run->events->len; i++) {
        const TraceEvent *event = g_ptr_array_index(run->events, i), *next;

        if (!trace_filter_matches(said, event) || trace_filter_matches(answer, event))
            continue;
        next = find_next_line(run, event, said);
        together |= next != NULL && !trace_filter_matches(answer, next);
    }
    g_assert_cmpint(together, ==, g_str_equal(story->name, "secure"));
}

/* On sockets the ports are looked for by chance, apart from those of the Python tests, and below those
 * that the kernel gives to clients. */
static gboolean
choose_ports(AppWorldFile *file, GError **error)
{
    gboolean sockets = file->network == APP_NETWORK_LOOPBACK;
    guint16 base = sockets ? (guint16)g_random_int_range(12000, 19000) : 0, chosen;

    return app_ports_choose(file, base, &chosen, error);
}

/* Another process, which may be this very test, can take the ports between the look and the start:
 * then others are tried. */
static AppRun *
start_world(AppWorldFile *file, Run *run)
{
    AppRunOptions options = { .sink = follow, .sink_data = run };
    g_autoptr(GError) error = NULL;
    AppRun *world = NULL;

    for (guint tries = 0; world == NULL && tries < 60; tries++) {
        g_clear_error(&error);
        g_ptr_array_set_size(run->events, 0);
        run->presses = 0;
        world = choose_ports(file, &error) ? app_run_new(file, &options, &error) : NULL;
        if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
            break;
    }
    g_assert_no_error(error);
    return world;
}

/* Runs @story; the journal's lines come back where @journal is not NULL. */
static void
play(const Story *story, AppNetwork network, GString *journal)
{
    g_autofree char *overlay = g_strdup_printf("labs/demo/scenarios/%s.ini", story->name);
    g_autoptr(GError) error = NULL;
    AppWorldFile *file = app_world_load("labs/demo/world.ini", overlay, &error);
    g_autofree char *state = folder_new();
    g_auto(GStrv) stages = g_strsplit(story->stages, " ", -1);
    Run run = {
        .awaited = g_ptr_array_new_with_free_func((GDestroyNotify)trace_filter_free),
        .stages = stages,
        .events = g_ptr_array_new_with_free_func((GDestroyNotify)trace_event_free),
        .journal = journal,
    };

    g_assert_no_error(error);
    g_free(file->state);
    file->state = g_strdup(state);
    file->network = network;
    for (char **text = file->expect; *text != NULL; text++)
        g_ptr_array_add(run.awaited, trace_filter_parse(*text, &error));
    g_assert_no_error(error);
    {
        g_autoptr(AppRun) world = start_world(file, &run);

        app_run_loop(world, TRUE);
        if (run.stages[run.met] != NULL)
            g_error("%s: stage %u (%s) was not met", story->name, run.met + 1, run.stages[run.met]);
        if (run.awaited->len > 0)
            g_error("%s: no event matched %s", story->name,
                    trace_filter_text(g_ptr_array_index(run.awaited, 0)));
        for (guint i = 0; i < G_N_ELEMENTS(story->ends) && story->ends[i].address != NULL; i++)
            check_mailbox(world, story->ends[i].address, story->ends[i].mailbox,
                          story->ends[i].messages);
        check_queues_are_empty(world);
        check_causes(story, &run);
        check_presses(story, &run);
        check_turns(story, &run);
        g_assert_cmpuint(world->script_left, ==, 0);
    }
    g_ptr_array_unref(run.awaited);
    g_ptr_array_unref(run.events);
    folder_remove(state);
}

static void
test_on_sockets(const void *story)
{
    g_test_summary("the scenario passes its stages over real sockets");
    play(story, APP_NETWORK_LOOPBACK, NULL);
}

static void
test_simulated(const void *story)
{
    g_test_summary("two simulated runs give the same journal, byte for byte");
    g_autoptr(GString) first = g_string_new(NULL), second = g_string_new(NULL);

    play(story, APP_NETWORK_SIMULATED, first);
    play(story, APP_NETWORK_SIMULATED, second);
    g_assert_cmpuint(first->len, >, 0);
    g_assert_cmpstr(first->str, ==, second->str);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(stories); i++) {
        g_autofree char *sockets = g_strdup_printf("/scenario/%s/sockets", stories[i].name);
        g_autofree char *simulated = g_strdup_printf("/scenario/%s/simulated", stories[i].name);

        g_test_add_data_func(sockets, &stories[i], test_on_sockets);
        g_test_add_data_func(simulated, &stories[i], test_simulated);
    }
    return g_test_run();
}
