/* tests/test_trace_gate.c - holding between two events, and what is worth telling. */
#include "trace/gate.h"

#include <locale.h>
#include <string.h>

/* Stands for control: at each hold it notes the event and does what the script says next. */
typedef struct World {
    Tracer *tracer;
    TraceGate *gate;
    Trace *trace;
    const char *script; /* a letter a hold: s step, n next, c continue */
    GArray *holds;      /* guint64: where it held */
    guint entered, left, waits;
    gboolean tell; /* an event is told while held */
} World;

static gint64
world_now(void *clock)
{
    (void)clock;
    return 0;
}

static void
world_hold(void *data)
{
    World *world = data;
    guint64 at = trace_gate_held_at(world->gate);

    world->entered++;
    g_assert_true(trace_gate_is_held(world->gate));
    g_assert_true(tracer_is_telling(world->tracer));
    g_array_append_val(world->holds, at);
}

static void
world_wait(void *data)
{
    World *world = data;

    /* The first call of each hold brings nothing, as a timeout would. */
    if (++world->waits % 2 == 1)
        return;
    if (world->tell) {
        g_autoptr(Trace) other = trace_new(world->tracer, NULL, NULL);
        trace_input(other, "told while held");
    }
    switch (*world->script) {
    case 's': trace_gate_step(world->gate); break;
    case 'n': trace_gate_next(world->gate); break;
    default: trace_gate_continue(world->gate); break;
    }
    if (*world->script != '\0')
        world->script++;
}

static void
world_release(void *data)
{
    World *world = data;

    world->left++;
    g_assert_false(trace_gate_is_held(world->gate));
    g_assert_cmpuint(trace_gate_held_at(world->gate), ==, 0);
}

static void
world_open(World *world, gconstpointer data)
{
    TraceGateHooks hooks = { world_hold, world_wait, world_release, world };

    (void)data;
    world->tracer = tracer_new(world_now, NULL);
    world->gate = trace_gate_new(world->tracer, &hooks);
    tracer_switch(world->tracer, TRUE);
    world->trace = trace_new(world->tracer, "mx.north.example", "smtp");
    world->script = "";
    world->holds = g_array_new(FALSE, FALSE, sizeof(guint64));
}

static void
world_close(World *world, gconstpointer data)
{
    (void)data;
    g_assert_cmpuint(world->entered, ==, world->left);
    trace_free(world->trace);
    trace_gate_free(world->gate);
    tracer_free(world->tracer);
    g_array_unref(world->holds);
}

static void
expect_holds(World *world, const char *expected)
{
    g_autoptr(GString) seen = g_string_new(NULL);

    for (guint i = 0; i < world->holds->len; i++)
        g_string_append_printf(seen, "%s%d", i == 0 ? "" : " ",
                               (int)g_array_index(world->holds, guint64, i));
    g_assert_cmpstr(seen->str, ==, expected);
}

static void
tell(World *world, guint count)
{
    for (guint i = 0; i < count; i++)
        trace_sql(world->trace, STAGE_STORE, "INSERT");
}

static TraceFilter *
filter(const char *text)
{
    TraceFilter *parsed = trace_filter_parse(text, NULL);

    g_assert_nonnull(parsed);
    return parsed;
}

static void
test_runs(World *world, gconstpointer data)
{
    g_test_summary("without a breakpoint the gate never holds");
    (void)data;
    tell(world, 5);
    expect_holds(world, "");
}

static void
test_steps(World *world, gconstpointer data)
{
    g_test_summary("pause holds at the next event, a step at the one after, continue no more");
    (void)data;
    tell(world, 1);
    trace_gate_pause(world->gate);
    world->script = "ssc";
    tell(world, 6);
    expect_holds(world, "2 3 4");
}

static void
test_filter(World *world, gconstpointer data)
{
    g_test_summary("a step counts only events that match the filter");
    (void)data;
    trace_gate_set_filter(world->gate, filter("stage=dns"));
    trace_gate_step(world->gate);
    world->script = "sc";
    tell(world, 2);
    trace_dns(world->trace, STAGE_DNS, NULL, "MX?");
    tell(world, 2);
    trace_dns(world->trace, STAGE_DNS, NULL, "answer");
    trace_dns(world->trace, STAGE_DNS, NULL, "A?");
    expect_holds(world, "3 6");
}

static void
test_twins(World *world, gconstpointer data)
{
    g_test_summary("one line on the wire, told at both ends, is one step");
    (void)data;
    trace_gate_pause(world->gate);
    world->script = "sss";
    for (guint i = 0; i < 2; i++) {
        trace_wire(world->trace, STAGE_RELAY, NULL, "sent");
        trace_twin(world->trace, trace_last(world->trace));
        trace_wire(world->trace, STAGE_SENDER, NULL, "received");
    }
    expect_holds(world, "1 3");
    trace_gate_continue(world->gate);
}

static void
test_twin_of_filtered(World *world, gconstpointer data)
{
    g_test_summary("where the filter chooses the receiver, the receiver's event is the step");
    (void)data;
    trace_gate_set_filter(world->gate, filter("stage=sender"));
    trace_gate_step(world->gate);
    trace_wire(world->trace, STAGE_RELAY, NULL, "sent");
    trace_twin(world->trace, trace_last(world->trace));
    trace_wire(world->trace, STAGE_SENDER, NULL, "received");
    expect_holds(world, "2");
}

static void
test_breakpoints(World *world, gconstpointer data)
{
    g_test_summary("continue runs to a breakpoint; cleared ones hold no more");
    (void)data;
    g_assert_cmpuint(trace_gate_break(world->gate, filter("stage=dns")), ==, 1);
    g_assert_cmpuint(trace_gate_break(world->gate, filter("seq=2")), ==, 2);
    g_autofree char *json = trace_gate_breakpoints_json(world->gate);
    g_assert_cmpstr(
        json, ==, "[{\"number\":1,\"filter\":\"stage=dns\"},{\"number\":2,\"filter\":\"seq=2\"}]");
    world->script = "ccc";
    tell(world, 3);
    trace_dns(world->trace, STAGE_DNS, NULL, "MX?");
    expect_holds(world, "2 4");
    g_assert_true(trace_gate_clear(world->gate, 1));
    g_assert_false(trace_gate_clear(world->gate, 1));
    trace_dns(world->trace, STAGE_DNS, NULL, "MX?");
    expect_holds(world, "2 4");
    g_assert_true(trace_gate_clear(world->gate, 0));
    g_assert_cmpuint(trace_gate_breakpoints(world->gate), ==, 0);
}

static void
test_next(World *world, gconstpointer data)
{
    g_test_summary("next runs to the next thing worth telling");
    (void)data;
    trace_gate_next(world->gate);
    world->script = "nnc";
    tell(world, 3); /* how the session's state changed: its decision will tell */
    trace_decision(world->trace, STAGE_ROUTE, "RFC 5321 §3.6", "local"); /* 4 */
    trace_sql(world->trace, STAGE_ROUTE, "SELECT");
    trace_error(world->trace, STAGE_ROUTE, "no disk"); /* 6 */
    expect_holds(world, "4 6");
}

static void
test_exempt(World *world, gconstpointer data)
{
    g_test_summary("control's own events never hold; nor does what is told while held");
    (void)data;
    trace_gate_pause(world->gate);
    trace_gate_exempt(world->gate, TRUE);
    trace_gate_exempt(world->gate, TRUE);
    tell(world, 1);
    trace_gate_exempt(world->gate, FALSE);
    tell(world, 1);
    trace_gate_exempt(world->gate, FALSE);
    world->tell = TRUE;
    world->script = "sc";
    tell(world, 2);
    expect_holds(world, "3 5");
}

/* Of a message, in a session that takes it: kind, stage, stage told before, data, twin; is it worth
 * telling? */
static const struct {
    TraceKind kind;
    Stage stage, last;
    const char *data;
    guint64 twin;
    gboolean worth;
} events[] = {
    { TRACE_DECISION, STAGE_ROUTE, STAGE_ROUTE, NULL, 0, TRUE },
    { TRACE_FAULT, STAGE_DNS, STAGE_DNS, NULL, 0, TRUE },
    { TRACE_INPUT, STAGE_NONE, STAGE_NONE, NULL, 0, TRUE },
    { TRACE_STATE, STAGE_NONE, STAGE_STORE, NULL, 0, FALSE },
    { TRACE_STATE, STAGE_CONNECT, STAGE_NONE, NULL, 0, TRUE },
    { TRACE_STATE, STAGE_CONNECT, STAGE_CONNECT, NULL, 0, FALSE },
    { TRACE_STATE, STAGE_DELIVER, STAGE_DELIVER, NULL, 0, TRUE },
    { TRACE_SQL, STAGE_STORE, STAGE_STORE, NULL, 0, FALSE },
    { TRACE_SQL, STAGE_STORE, STAGE_FILTER, NULL, 0, TRUE },
    { TRACE_SQL, STAGE_RECIPIENT, STAGE_ROUTE, NULL, 0, FALSE },
    { TRACE_SQL, STAGE_STORE, STAGE_STORE, "{\"messages\":2}", 0, TRUE },
    { TRACE_SQL, STAGE_STORE, STAGE_STORE, "{\"messages\":0}", 0, FALSE },
    { TRACE_STATE, STAGE_RELAY, STAGE_RELAY, "{\"label\":\"connect\"}", 0, TRUE },
    { TRACE_STATE, STAGE_RELAY, STAGE_RELAY, NULL, 0, FALSE },
    { TRACE_DECISION, STAGE_FILTER, STAGE_FILTER, "{\"outcome\":\"no match\"}", 0, FALSE },
    { TRACE_WIRE, STAGE_STORE, STAGE_STORE, "{\"code\":354}", 0, FALSE },
    { TRACE_TIMER, STAGE_RETRY, STAGE_RETRY, NULL, 0, TRUE },
    { TRACE_WIRE, STAGE_SENDER, STAGE_RELAY, "{\"code\":250}", 0, FALSE },
    { TRACE_WIRE, STAGE_RECIPIENT, STAGE_RECIPIENT, "{\"code\":550}", 0, TRUE },
    { TRACE_WIRE, STAGE_RELAY, STAGE_RELAY, "{\"code\":550}", 9, FALSE },
    { TRACE_WIRE, STAGE_STORE, STAGE_STORE, "{\"code\":250}", 0, TRUE },
    { TRACE_WIRE, STAGE_PICKUP, STAGE_PICKUP, "{\"label\":\"STAT\"}", 0, FALSE },
    { TRACE_WIRE, STAGE_PICKUP, STAGE_CONNECT, "{\"label\":\"USER\"}", 0, TRUE },
    { TRACE_WIRE, STAGE_PICKUP, STAGE_PICKUP, "{\"label\":\"RETR\"}", 0, FALSE },
    { TRACE_DECISION, STAGE_PICKUP, STAGE_PICKUP, "{\"outcome\":\"downloaded\"}", 0, TRUE },
    { TRACE_SQL, STAGE_QUEUE, STAGE_STORE, NULL, 0, FALSE },
    { TRACE_DECISION, STAGE_SENDER, STAGE_CONNECT, "{\"outcome\":\"ok\"}", 0, TRUE },
    { TRACE_DECISION, STAGE_STORE, STAGE_STORE, "{\"outcome\":\"ok\"}", 0, FALSE },
    { TRACE_DECISION, STAGE_DNS, STAGE_DNS, "{\"outcome\":\"hosts\"}", 0, TRUE },
    { TRACE_DECISION, STAGE_DNS, STAGE_DNS, "{\"outcome\":\"sorted\"}", 0, TRUE },
    { TRACE_DECISION, STAGE_DNS, STAGE_DNS, NULL, 0, FALSE },
    { TRACE_TIMER, STAGE_RELAY, STAGE_QUEUE, "{\"tries\":1}", 0, FALSE },
    { TRACE_TIMER, STAGE_RELAY, STAGE_RELAY, "{\"outcome\":\"timeout\"}", 0, TRUE },
    { TRACE_DECISION, STAGE_RELAY, STAGE_RELAY, "{\"tries\":2,\"outcome\":\"ok\"}", 0, TRUE },
    { TRACE_DECISION, STAGE_RELAY, STAGE_RELAY, "{\"tries\":3,\"outcome\":\"ok\"}", 0, FALSE },
    { TRACE_STATE, STAGE_RELAY, STAGE_RELAY, "{\"label\":\"refused\",\"tries\":3}", 0, FALSE },
    { TRACE_DECISION, STAGE_RETRY, STAGE_RELAY, "{\"outcome\":\"later\"}", 0, FALSE },
    { TRACE_DECISION, STAGE_RETRY, STAGE_RELAY, "{\"outcome\":\"expired\"}", 0, TRUE },
};

static void
test_worth(void)
{
    g_test_summary("decisions, new stages and what settles things are worth telling");
    for (guint i = 0; i < G_N_ELEMENTS(events); i++) {
        gboolean commit = events[i].data != NULL && strstr(events[i].data, "messages") != NULL;
        TraceEvent event = { .kind = events[i].kind,
                             .journey = commit ? NULL : "j1",
                             .session = "smtp-1",
                             .stage = events[i].stage,
                             .data = events[i].data,
                             .twin = events[i].twin };

        g_test_message("event %u", i);
        g_assert_cmpint(trace_event_is_worth_telling(&event, events[i].last), ==, events[i].worth);
    }
}

static void
test_worth_again(void)
{
    g_test_summary("what the relay asks again, and a login before MAIL, are not told");
    TraceEvent again = { .kind = TRACE_DECISION,
                         .journey = "j1",
                         .session = "relay-2",
                         .stage = STAGE_DNS,
                         .data = "{\"outcome\":\"hosts\"}" };
    TraceEvent refused = again, question = again, login = again;

    refused.data = "{\"outcome\":\"no-domain\"}";
    question.kind = TRACE_DNS;
    login.stage = STAGE_SENDER;
    login.session = "smtp-1";
    login.journey = NULL;
    login.data = "{\"outcome\":\"ok\"}";
    g_assert_false(trace_event_is_worth_telling(&again, STAGE_QUEUE));
    g_assert_true(trace_event_is_worth_telling(&refused, STAGE_QUEUE));
    g_assert_false(trace_event_is_worth_telling(&question, STAGE_QUEUE));
    g_assert_false(trace_event_is_worth_telling(&login, STAGE_CONNECT));
    login.journey = "j1";
    g_assert_true(trace_event_is_worth_telling(&login, STAGE_CONNECT));
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add("/trace/gate/runs", World, NULL, world_open, test_runs, world_close);
    g_test_add("/trace/gate/steps", World, NULL, world_open, test_steps, world_close);
    g_test_add("/trace/gate/filter", World, NULL, world_open, test_filter, world_close);
    g_test_add("/trace/gate/twins", World, NULL, world_open, test_twins, world_close);
    g_test_add("/trace/gate/twin-of-filtered", World, NULL, world_open, test_twin_of_filtered,
               world_close);
    g_test_add("/trace/gate/breakpoints", World, NULL, world_open, test_breakpoints, world_close);
    g_test_add("/trace/gate/next", World, NULL, world_open, test_next, world_close);
    g_test_add("/trace/gate/exempt", World, NULL, world_open, test_exempt, world_close);
    g_test_add_func("/trace/gate/worth", test_worth);
    g_test_add_func("/trace/gate/worth-again", test_worth_again);
    return g_test_run();
}
