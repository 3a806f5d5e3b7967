/* tests/test_net_service_limits.c - what a service does with clients that are slow, or too many. */
#include "tests/toy_service.h"

#include <sys/resource.h>

#include "net/backend.h" /* NET_SPARE_PART */

#define STRANGER "192.0.2.1" /* simulated only: not exempt from the limit by address */

static void
trickle(World *world, NetConn *conn, guint times)
{
    for (guint i = 0; i < times; i++) {
        net_conn_write(conn, "E", 1);
        run_for(world->net, 200);
    }
}

static void
test_slowloris(gconstpointer simulated)
{
    g_test_summary("RFC 5321 §4.5.3.2: the deadline is for a whole command, not for each octet");
    g_autoptr(World) world = world_new(simulated, &toy);
    NetConn *conn = dial(world, "127.0.0.2");

    run_for(world->net, 10);
    trickle(world, conn, 4);
    net_conn_write(conn, "\r\n", -1); /* unknown, but whole; no reply, so no new patience */
    expect_came(world, "hello\r\n");
    run_for(world->net, 500);
    expect_came(world, "too slow\r\n");
    g_assert_cmpuint(world->closed, ==, 1);
    g_assert_cmpuint(world->client_closed, ==, 1);
}

static void
test_patience_renewed(gconstpointer simulated)
{
    g_test_summary("Each command that is answered gives the client new patience");
    g_autoptr(World) world = world_new(simulated, &toy);
    NetConn *conn = dial(world, "127.0.0.2");

    for (guint i = 0; i < 4; i++) {
        net_conn_write(conn, "ECHO x\r\n", -1);
        run_for(world->net, 500);
    }
    expect_came(world, "hello\r\nx\r\nx\r\nx\r\nx\r\n");
    g_assert_cmpuint(world->closed, ==, 0);
}

static void
test_limit_by_address(gconstpointer simulated)
{
    g_test_summary(
        "One address may hold so many connections, one more is told so; loopback is exempt");
    g_autoptr(World) world = world_new(simulated, &toy);
    NetConn *conn = NULL;

    for (guint i = 0; i < NET_SERVICE_PER_ADDRESS; i++) {
        conn = dial(world, STRANGER);
        dial(world, "127.0.0.2");
    }
    dial(world, "127.0.0.2");
    run_for(world->net, 20);
    g_assert_null(strstr(world->came->str, "too many"));
    g_string_truncate(world->came, 0);
    dial(world, STRANGER);
    run_for(world->net, 20);
    expect_came(world, "too many\r\n");
    net_conn_close(conn);
    run_for(world->net, 20);
    dial(world, STRANGER);
    run_for(world->net, 20);
    expect_came(world, "hello\r\n");
}

static double
an_hour(void *session G_GNUC_UNUSED)
{
    return 3600;
}

static guint
descriptors_used(void)
{
    guint used = 0;
    g_autoptr(GDir) open = g_dir_open("/proc/self/fd", 0, NULL);

    while (g_dir_read_name(open) != NULL)
        used++;
    return used - 1; /* the folder itself */
}

static void
test_limit_of_descriptors(gconstpointer simulated)
{
    g_test_summary(
        "The last descriptors are not for callers: one more is told so, and the others do "
        "not notice");
    NetProtocol patient = toy;
    g_autoptr(World) world = world_new(simulated, &patient);
    struct rlimit old, low;
    NetConn *first = dial(world, "127.0.0.2");

    patient.patience = an_hour;
    getrlimit(RLIMIT_NOFILE, &old);
    low = old;
    low.rlim_cur = descriptors_used() + 60;
    setrlimit(RLIMIT_NOFILE, &low);
    while (strstr(world->came->str, "too many") == NULL) {
        g_assert_cmpuint(world->opened, <, 30); /* both ends of each take one */
        dial(world, "127.0.0.2");
        run_for(world->net, 20);
    }
    g_assert_cmpuint(low.rlim_cur - descriptors_used(), >=, low.rlim_cur / NET_SPARE_PART - 4);
    g_assert_cmpuint(net_service_count(world->service), ==, world->opened);
    g_string_truncate(world->came, 0);
    net_conn_write(first, "ECHO still here\r\n", -1);
    run_for(world->net, 20);
    expect_came(world, "still here\r\n");
    setrlimit(RLIMIT_NOFILE, &old);
    run_for(world->net, 150); /* a while nobody is accepted */
    dial(world, "127.0.0.2");
    run_for(world->net, 20);
    expect_came(world, "hello\r\n");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    /* Seconds of patience: in virtual time only. */
    g_test_add_data_func("/net/service/simulated/slowloris", GINT_TO_POINTER(1), test_slowloris);
    g_test_add_data_func("/net/service/simulated/patience", GINT_TO_POINTER(1),
                         test_patience_renewed);
    g_test_add_data_func("/net/service/sockets/descriptors", NULL, test_limit_of_descriptors);
    g_test_add_data_func("/net/service/simulated/limit", GINT_TO_POINTER(1), test_limit_by_address);
    return g_test_run();
}
