/* tests/test_net_chaos.c - owners that do anything to any connection, in any callback.
 *
 * Run with the sanitizers, this is the test that nothing is touched after it has gone.
 */
#include "net/net.h"

#include <locale.h>

#define ENDS    60 /* connections alive at once, counted by ends */
#define ACTIONS 4000

typedef struct World {
    NetClock *clock;
    Net *net;
    NetChance *chance;
    NetListener *listener;
    GPtrArray *ends; /* of NetConn: those whose owner we are */
    guint actions;
} World;

static void act(World *world);

static void
some_input(NetConn *conn, void *owner)
{
    World *world = owner;
    NetBuffer *input = net_conn_input(conn);

    net_buffer_take(input, net_chance_below(world->chance, net_buffer_length(input) + 1));
    act(world);
}

static void
some_call(NetConn *conn G_GNUC_UNUSED, void *owner)
{
    act(owner);
}

static void
some_closed(NetConn *conn, void *owner, const GError *why G_GNUC_UNUSED)
{
    World *world = owner;

    g_assert_true(g_ptr_array_remove(world->ends, conn)); /* told once, and of ours only */
    act(world);
}

static const NetHandler wild = {
    .opened = some_call,
    .input = some_input,
    .drained = some_call,
    .expired = some_call,
    .closed = some_closed,
};

static void
wild_accept(NetConn *conn, void *data)
{
    World *world = data;

    net_conn_handle(conn, &wild, world);
    g_ptr_array_add(world->ends, conn);
    act(world);
}

static void
wild_timer(void *data)
{
    World *world = data;

    act(world);
    if (world->actions < ACTIONS)
        net_timer_start(world->clock, NET_TIMER_GUARD, net_chance_below(world->chance, 300),
                        wild_timer, world);
    else
        net_quit(world->net);
}

static void
let_go(World *world, NetConn *conn, gboolean abort)
{
    g_ptr_array_remove(world->ends, conn);
    if (abort)
        net_conn_abort(conn);
    else
        net_conn_close(conn);
}

static void
act_on(World *world, NetConn *conn)
{
    g_autofree char *octets = g_strnfill(net_chance_below(world->chance, 100000), 'x');

    switch (net_chance_below(world->chance, 8)) {
    case 0: let_go(world, conn, FALSE); break;
    case 1: let_go(world, conn, TRUE); break;
    case 2: net_conn_hold(conn, TRUE); break;
    case 3: net_conn_hold(conn, FALSE); break;
    case 4: net_conn_deadline(conn, net_chance_below(world->chance, 3) / 1000.0); break;
    case 5: net_conn_set_origin(conn, "j1", NULL, 1); break;
    default: net_conn_write(conn, octets, -1); net_conn_wrote(conn, world->actions);
    }
}

static void
act(World *world)
{
    guint16 port = net_listener_port(world->listener) + (net_chance_below(world->chance, 9) == 0);

    world->actions++;
    if (net_chance_below(world->chance, 200) == 0)
        net_set_down(world->net, "127.0.0.3", !net_is_down(world->net, "127.0.0.3"));
    if (world->ends->len < ENDS && net_chance_below(world->chance, 3) == 0)
        g_ptr_array_add(world->ends,
                        net_connect(world->net, "127.0.0.2", "127.0.0.3", port, &wild, world));
    for (guint i = net_chance_below(world->chance, 3); i > 0 && world->ends->len > 0; i--)
        act_on(world, world->ends->pdata[net_chance_below(world->chance, world->ends->len)]);
}

static void
test_chaos(gconstpointer simulated)
{
    g_test_summary("Closing, aborting, holding, writing and going down are safe in any callback");
    World world = { .ends = g_ptr_array_new(), .chance = net_chance_new(11, TRUE) };

    world.clock = simulated ? net_clock_new_virtual(0) : net_clock_new_real();
    world.net = simulated ? net_new_simulated(world.clock) : net_new_sockets(world.clock, NULL);
    world.listener = net_listen(world.net, "127.0.0.3", 0, wild_accept, &world, NULL);
    net_timer_start(world.clock, NET_TIMER_GUARD, 0, wild_timer, &world);
    net_run(world.net, FALSE);
    g_assert_cmpuint(world.actions, >=, ACTIONS);
    net_listener_free(world.listener);
    net_free(world.net); /* with all that is still open */
    net_clock_free(world.clock);
    net_chance_free(world.chance);
    g_ptr_array_unref(world.ends);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/net/chaos/sockets", NULL, test_chaos);
    g_test_add_data_func("/net/chaos/simulated", GINT_TO_POINTER(1), test_chaos);
    return g_test_run();
}
