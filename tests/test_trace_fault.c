/* tests/test_trace_fault.c - faults: the table, arming by a line, whose turn it is. */
#include "trace/fault.h"

#include <locale.h>
#include <string.h>

typedef struct World {
    Tracer *tracer;
    TraceFaults *faults;
    Trace *north, *south;
    double chance;
    char *told; /* text of the last event */
    guint events;
} World;

static gint64
world_now(void *clock)
{
    (void)clock;
    return 0;
}

static double
world_chance(void *data)
{
    return ((World *)data)->chance;
}

static void
world_take(const TraceEvent *event, void *data)
{
    World *world = data;

    g_assert_cmpint(event->kind, ==, TRACE_FAULT);
    g_free(world->told);
    world->told = g_strdup(event->text);
    world->events++;
}

static void
world_open(World *world, gconstpointer data)
{
    (void)data;
    world->tracer = tracer_new(world_now, NULL);
    tracer_add_sink(world->tracer, world_take, world);
    tracer_switch(world->tracer, TRUE);
    world->faults = trace_faults_new(world_chance, world);
    tracer_set_faults(world->tracer, world->faults);
    world->north = trace_new(world->tracer, "mx.north.example", "smtp");
    world->south = trace_new(world->tracer, "mx.south.example", "smtp");
}

static void
world_close(World *world, gconstpointer data)
{
    (void)data;
    trace_free(world->north);
    trace_free(world->south);
    tracer_free(world->tracer);
    trace_faults_free(world->faults);
    g_free(world->told);
}

static void
arm(World *world, const char *line)
{
    g_autoptr(GError) error = NULL;
    gboolean armed = trace_faults_arm(world->faults, line, &error);

    g_assert_no_error(error);
    g_assert_true(armed);
}

static void
test_first(World *world, gconstpointer data)
{
    g_test_summary("a fault fires the first time, and tells so");
    (void)data;
    g_assert_null(trace_fault(world->north, STAGE_DNS, "dns-timeout"));
    arm(world, "dns-timeout");
    g_assert_null(trace_fault(world->north, STAGE_DNS, "dns-nxdomain"));
    const TraceFault *fault = trace_fault(world->north, STAGE_DNS, "dns-timeout");
    g_assert_nonnull(fault);
    g_assert_cmpstr(fault->point, ==, "dns-timeout");
    g_assert_cmpstr(fault->parameter, ==, "");
    g_assert_cmpstr(world->told, ==, "fault dns-timeout: the question gets no answer");
    g_assert_null(trace_fault(world->north, STAGE_DNS, "dns-timeout"));
    g_assert_cmpuint(world->events, ==, 1);
    g_assert_null(trace_fault(NULL, STAGE_DNS, "dns-timeout"));
}

static void
test_where(World *world, gconstpointer data)
{
    g_test_summary("a fault of one host, of one stage");
    (void)data;
    arm(world, "command-4xx host=mx.south.example stage=recipient occurrence=always value=452");
    g_assert_null(trace_fault(world->north, STAGE_RECIPIENT, "command-4xx"));
    g_assert_null(trace_fault(world->south, STAGE_SENDER, "command-4xx"));
    for (guint i = 0; i < 3; i++)
        g_assert_cmpstr(trace_fault(world->south, STAGE_RECIPIENT, "command-4xx")->parameter, ==,
                        "452");
    trace_faults_clear(world->faults);
    g_assert_null(trace_fault(world->south, STAGE_RECIPIENT, "command-4xx"));
}

static void
test_when(World *world, gconstpointer data)
{
    g_test_summary("the n-th time, and by chance");
    (void)data;
    arm(world, "connect-slow occurrence=3");
    g_assert_null(trace_fault(world->north, STAGE_RELAY, "connect-slow"));
    g_assert_null(trace_fault(world->north, STAGE_RELAY, "connect-slow"));
    g_assert_cmpstr(trace_fault(world->north, STAGE_RELAY, "connect-slow")->parameter, ==, "5");
    g_assert_null(trace_fault(world->north, STAGE_RELAY, "connect-slow"));
    arm(world, "store-busy occurrence=25%");
    world->chance = 0.3;
    g_assert_null(trace_fault(world->north, STAGE_STORE, "store-busy"));
    world->chance = 0.2;
    g_assert_nonnull(trace_fault(world->north, STAGE_STORE, "store-busy"));
    g_autofree char *json = trace_faults_json(world->faults);
    g_assert_cmpstr(json, ==,
                    "[{\"point\":\"connect-slow\",\"line\":\"connect-slow occurrence=3\","
                    "\"asked\":4,\"fired\":1},"
                    "{\"point\":\"store-busy\",\"line\":\"store-busy occurrence=25%\","
                    "\"asked\":2,\"fired\":1}]");
}

static void
test_refused(World *world, gconstpointer data)
{
    g_test_summary("a line that is not understood says why");
    (void)data;
    static const char *const lines[] = {
        "",
        "no-such-point",
        "dns-timeout value=3",
        "dns-timeout stage=dsn",
        "dns-timeout occurrence=0",
        "dns-timeout occurrence=101%",
        "dns-timeout occurrence=-1",
        "dns-timeout occurrence=",
        "dns-timeout occurrence=%",
        "dns-timeout loud",
    };

    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(trace_faults_arm(world->faults, lines[i], &error));
        g_assert_nonnull(error);
    }
    for (guint i = 0; i < 100; i++)
        arm(world, "dns-timeout");
    g_assert_false(trace_faults_arm(world->faults, "dns-timeout", NULL));
}

static void
test_table(void)
{
    g_test_summary("each point has a name of its own and says what it does");
    for (const TraceFaultPoint *point = trace_fault_points(); point->name != NULL; point++) {
        g_assert_nonnull(point->does);
        g_assert_true((point->parameter == NULL) == (point->fallback == NULL));
        for (const TraceFaultPoint *other = trace_fault_points(); other != point; other++)
            g_assert_cmpstr(point->name, !=, other->name);
    }
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add("/trace/fault/first", World, NULL, world_open, test_first, world_close);
    g_test_add("/trace/fault/where", World, NULL, world_open, test_where, world_close);
    g_test_add("/trace/fault/when", World, NULL, world_open, test_when, world_close);
    g_test_add("/trace/fault/refused", World, NULL, world_open, test_refused, world_close);
    g_test_add_func("/trace/fault/table", test_table);
    return g_test_run();
}
