/* tests/test_trace_trace.c - from a trace call to the sinks: numbers, causes, data, wire events. */
#include "trace/trace.h"

#include <locale.h>
#include <string.h>

typedef struct World {
    gint64 now_us;
    Tracer *tracer;
    GPtrArray *events; /* TraceEvent: what a sink saw */
} World;

static gint64
world_now(void *clock)
{
    return *(gint64 *)clock;
}

static void
world_take(const TraceEvent *event, void *data)
{
    g_ptr_array_add(data, trace_event_copy(event));
}

static void
world_open(World *world, gconstpointer data)
{
    (void)data;
    world->now_us = G_GINT64_CONSTANT(1767603600120000);
    world->tracer = tracer_new(world_now, &world->now_us);
    world->events = g_ptr_array_new_with_free_func((GDestroyNotify)trace_event_free);
    tracer_add_sink(world->tracer, world_take, world->events);
    tracer_switch(world->tracer, TRUE);
}

static void
world_close(World *world, gconstpointer data)
{
    (void)data;
    tracer_free(world->tracer);
    g_ptr_array_unref(world->events);
}

static const TraceEvent *
world_last(World *world)
{
    return g_ptr_array_index(world->events, world->events->len - 1);
}

static void
test_off(World *world, gconstpointer data)
{
    g_test_summary("off, or without a speaker, nothing is told and no number is given");
    (void)data;
    tracer_switch(world->tracer, FALSE);
    g_autoptr(Trace) trace = trace_new(world->tracer, "mx.north.example", "smtp");

    g_assert_false(trace_is_on(trace));
    g_assert_null(trace_begin_journey(trace));
    trace_put_text(trace, "a", "b");
    trace_put_time(trace, "t", 0);
    trace_put_arrow(trace, "client", "host", "MAIL");
    trace_decision(trace, STAGE_ROUTE, "RFC 5321 §3.6", "nobody hears this");
    trace_wire_command(trace, STAGE_ROUTE, NULL, "client", "host", "MAIL", "MAIL", FALSE);
    trace_wire_reply(trace, STAGE_ROUTE, NULL, "host", "client", "250", "250 ok\r\n");
    g_assert_cmpuint(tracer_last_seq(world->tracer), ==, 0);
    g_assert_cmpuint(tracer_last_journey(world->tracer), ==, 0);
    g_assert_cmpuint(world->events->len, ==, 0);
    tracer_switch(world->tracer, TRUE);
    trace_state(trace, STAGE_NONE, NULL, "on");
    g_assert_null(world_last(world)->data);
}

static void
test_null(void)
{
    g_test_summary("a NULL speaker takes each call in silence");
    Trace *trace = trace_new(NULL, "mx.north.example", "smtp");

    g_assert_null(trace);
    g_assert_null(trace_fork(trace));
    g_assert_null(trace_begin_journey(trace));
    trace_set_journey(trace, "j1");
    trace_set_branch(trace, "1");
    trace_set_user(trace, "alice");
    trace_follow(trace, 4);
    trace_twin(trace, 4);
    trace_put_number(trace, "n", 1);
    trace_put_list(trace, "l", NULL);
    trace_error(trace, STAGE_STORE, "silence");
    g_assert_null(trace_journey(trace));
    g_assert_null(trace_branch(trace));
    g_assert_null(trace_session(trace));
    g_assert_null(trace_host(trace));
    g_assert_null(trace_tracer(trace));
    g_assert_cmpuint(trace_last(trace), ==, 0);
    trace_free(trace);
}

static void
test_causes(World *world, gconstpointer data)
{
    g_test_summary("an event follows from its speaker's last one, unless told otherwise");
    (void)data;
    g_autoptr(Trace) smtp = trace_new(world->tracer, "mx.north.example", "smtp");
    g_autoptr(Trace) pop3 = trace_new(world->tracer, "mx.north.example", "pop3");

    trace_state(smtp, STAGE_CONNECT, NULL, "one");
    g_assert_cmpuint(world_last(world)->cause, ==, 0);
    trace_state(pop3, STAGE_CONNECT, NULL, "two");
    g_assert_cmpuint(world_last(world)->cause, ==, 0);
    trace_state(smtp, STAGE_SENDER, NULL, "three");
    g_assert_cmpuint(world_last(world)->cause, ==, 1);
    trace_follow(smtp, 2);
    trace_state(smtp, STAGE_SENDER, NULL, "four");
    g_assert_cmpuint(world_last(world)->cause, ==, 2);
    trace_twin(smtp, 0);
    trace_state(smtp, STAGE_SENDER, NULL, "five");
    g_assert_cmpuint(world_last(world)->cause, ==, 4);
    trace_twin(smtp, 3);
    trace_state(smtp, STAGE_SENDER, NULL, "six");
    g_assert_cmpuint(world_last(world)->cause, ==, 3);
    g_assert_cmpuint(world_last(world)->twin, ==, 3);
    trace_state(smtp, STAGE_SENDER, NULL, "seven");
    g_assert_cmpuint(world_last(world)->twin, ==, 0);
    g_assert_cmpuint(trace_last(smtp), ==, 7);
    g_autoptr(Trace) fork = trace_fork(smtp);
    trace_state(fork, STAGE_DNS, NULL, "eight");
    g_assert_cmpuint(world_last(world)->cause, ==, 7);
    g_assert_cmpstr(world_last(world)->session, ==, "smtp-1");
    g_assert_cmpstr(trace_session(pop3), ==, "pop3-2");
}

static void
test_data(World *world, gconstpointer data)
{
    g_test_summary("what was put goes with the next event and with no other");
    (void)data;
    g_autoptr(Trace) trace = trace_new(world->tracer, "mx.north.example", NULL);
    const char *hosts[] = { "mx.hub.example", "a\"b\x1b", NULL };

    trace_put_text(trace, "domain", "south.example");
    trace_put_text(trace, "unset", NULL);
    trace_put_number(trace, "code", -5);
    trace_put_flag(trace, "local", FALSE);
    trace_put_time(trace, "due", 1767603600);
    trace_put_list(trace, "hosts", hosts);
    trace_put_json(trace, "rows", "[{\"id\":\n1}]");
    trace_decision(trace, STAGE_ROUTE, "RFC 5321 §3.6", "%s is not ours", "south.example");
    g_assert_cmpstr(world_last(world)->data, ==,
                    "{\"domain\":\"south.example\",\"code\":-5,\"local\":false,"
                    "\"due\":\"2026-01-05T09:00:00.000Z\","
                    "\"hosts\":[\"mx.hub.example\",\"a\\\"b^[\"],\"rows\":[{\"id\": 1}]}");
    g_assert_cmpstr(world_last(world)->text, ==, "south.example is not ours");
    g_assert_true(g_str_has_prefix(world_last(world)->at, "tests/test_trace_trace.c:"));
    g_assert_true(g_str_has_suffix(world_last(world)->at, ":test_data"));
    g_assert_cmpint(world_last(world)->time_us, ==, world->now_us);
    trace_state(trace, STAGE_ROUTE, NULL, "next");
    g_assert_null(world_last(world)->data);
}

static void
test_limits(World *world, gconstpointer data)
{
    g_test_summary("text and data are bounded and stay JSON; a journal line can be parsed");
    (void)data;
    g_autoptr(Trace) trace = trace_new(world->tracer, "mx.north.example", NULL);
    g_autofree char *much = g_strnfill(100000, '\x1b');
    g_autoptr(GString) line = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < 50; i++)
        trace_put_text(trace, "much", much);
    trace_state(trace, STAGE_STORE, NULL, "%s", much);
    g_assert_cmpuint(strlen(world_last(world)->data), <, 200 * 1024);
    g_assert_cmpuint(strlen(world_last(world)->text), <, 2100);
    g_assert_true(g_str_has_suffix(world_last(world)->text, "..."));
    trace_event_write(world_last(world), line);
    g_autoptr(TraceEvent) event = trace_event_parse(line->str, line->len, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(event->seq, ==, 1);
}

static void
test_journey(World *world, gconstpointer data)
{
    g_test_summary("journeys are numbered; a restart goes on counting");
    (void)data;
    tracer_resume(world->tracer, 100, 6, 20);
    g_autoptr(Trace) trace = trace_new(world->tracer, "mx.north.example", "smtp");

    trace_set_branch(trace, "1.2");
    g_assert_cmpstr(trace_begin_journey(trace), ==, "j7");
    g_assert_null(trace_branch(trace));
    trace_set_journey(trace, trace_journey(trace));
    trace_set_user(trace, "alice");
    trace_state(trace, STAGE_SENDER, NULL, "MAIL");
    g_assert_cmpuint(world_last(world)->seq, ==, 101);
    g_assert_cmpstr(world_last(world)->journey, ==, "j7");
    g_assert_cmpstr(world_last(world)->session, ==, "smtp-21");
    g_assert_cmpstr(world_last(world)->user, ==, "alice");
}

static void
test_wire(World *world, gconstpointer data)
{
    g_test_summary("commands and replies: arrow, line, code; never a password");
    (void)data;
    g_autoptr(Trace) trace = trace_new(world->tracer, "mx.north.example", "smtp");

    trace_wire_command(trace, STAGE_SENDER, "RFC 5321 §4.1.1.2", "client", "host", "MAIL",
                       "MAIL FROM:<a@north.example>\r\n", FALSE);
    g_assert_cmpstr(world_last(world)->data, ==,
                    "{\"from\":\"client\",\"to\":\"host\",\"label\":\"MAIL\","
                    "\"line\":\"MAIL FROM:<a@north.example>\"}");
    trace_wire_command(trace, STAGE_SENDER, "RFC 4954 §4", "client", "host", "AUTH",
                       "AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n", TRUE);
    g_assert_null(strstr(world_last(world)->data, "AGFs"));
    g_assert_null(strstr(world_last(world)->text, "AGFs"));
    trace_wire_reply(trace, STAGE_RECIPIENT, "RFC 5321 §4.2", "host", "client", "550",
                     "550-5.1.1 no\x1b\r\n550 5.1.1 user\r\n");
    g_assert_cmpstr(world_last(world)->data, ==,
                    "{\"from\":\"host\",\"to\":\"client\",\"label\":\"550\","
                    "\"lines\":\"550-5.1.1 no^[\\n550 5.1.1 user\",\"code\":550,"
                    "\"enhanced\":\"5.1.1\"}");
    g_assert_cmpstr(world_last(world)->text, ==,
                    "host to client: 550-5.1.1 no^[ (and 1 more line)");
    trace_wire_reply(trace, STAGE_PICKUP, NULL, "host", "reader", "+OK", "+OK\r\n");
    g_assert_null(strstr(world_last(world)->data, "code"));
    trace_wire_reply(trace, STAGE_PICKUP, NULL, "host", "reader", "", "");
    trace_wire_reply(trace, STAGE_RELAY, NULL, "remote", "host", "250", "250 127.0.0.1 hello");
    g_assert_null(strstr(world_last(world)->data, "enhanced"));
}

static void
test_nested(World *world, gconstpointer data)
{
    g_test_summary("a removed sink hears nothing more");
    (void)data;
    g_autoptr(Trace) trace = trace_new(world->tracer, NULL, NULL);

    g_assert_false(tracer_is_telling(world->tracer));
    tracer_remove_sink(world->tracer, world_take, world->events);
    trace_state(trace, STAGE_NONE, NULL, "unheard");
    g_assert_cmpuint(world->events->len, ==, 0);
    g_assert_cmpuint(tracer_last_seq(world->tracer), ==, 1);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trace/trace/null", test_null);
    g_test_add("/trace/trace/off", World, NULL, world_open, test_off, world_close);
    g_test_add("/trace/trace/causes", World, NULL, world_open, test_causes, world_close);
    g_test_add("/trace/trace/data", World, NULL, world_open, test_data, world_close);
    g_test_add("/trace/trace/limits", World, NULL, world_open, test_limits, world_close);
    g_test_add("/trace/trace/journey", World, NULL, world_open, test_journey, world_close);
    g_test_add("/trace/trace/wire", World, NULL, world_open, test_wire, world_close);
    g_test_add("/trace/trace/removed-sink", World, NULL, world_open, test_nested, world_close);
    return g_test_run();
}
