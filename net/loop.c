/* net/loop.c - one turn after the other, all in one thread.
 *
 *   +-> owed callbacks > ready descriptors > due timers > hooks (commit, journal) > output --+
 *   |                                                                                       |
 *   +-- sleep in epoll until something is ready or due  <------------- nothing more to do ---+
 *
 * The commit waits for company: as long as a turn has something to send, an answer to that may be
 * here in a moment, with one more message for the same group. So who sends alone waits for nobody.
 *
 * All sockets stand in one epoll set, and the set is one source of a GMainLoop: with a source for
 * each socket GLib would look at every one of them at every wake-up.
 *
 * A simulated network runs through the same turn. There, whatever is on its way is a timer of
 * the virtual clock, and instead of sleeping the clock is moved to the next timer.
 *
 * Start reading at net_turn(); net/item.c has what wakes it. Tests: tests/test_net_loop.c, tests/test_net_sim.c
 */
#define _GNU_SOURCE /* ppoll() */
#include "net/backend.h"
#include "net/address.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#define NET_EVENTS 256 /* taken from epoll at once; more wait for the next turn */

/* What waits for company (the group commit) waits so long for an answer to what has just been
 * sent: a client of the same machine needs about that to say its next command. */
#define NET_COMPANY_US 100

/* To fall asleep and be woken takes longer than a program on the same machine needs for its next
 * command. So the loop looks out for it this long before it sleeps. Who is far away never answers so
 * soon: after a look in vain the next replies are not looked out for. */
#define NET_LOOK_OUT_US   25
#define NET_LOOK_OUT_REST 7

typedef struct NetSource {
    GSource source;
    Net *net;
    gpointer epoll; /* GLib's name for the set in this source */
} NetSource;

/* ---- a turn ---- */

/* A callback may kill what a later event of the same batch names: dead items have no ready(). */
static void
net_serve_ready(Net *net)
{
    struct epoll_event events[NET_EVENTS];
    int count = epoll_wait(net->epoll, events, NET_EVENTS, 0);

    for (int i = 0; i < count; i++) {
        NetItem *item = events[i].data.ptr;

        if (item->ready != NULL)
            item->ready(item, events[i].events);
    }
    net_plain_files_ready(net);
}

/* Somebody is about to hear from us, and may answer soon. (In a simulation that is a timer.) */
static gboolean
net_has_to_send(const Net *net)
{
    for (const GList *link = net->dirty.head; link != NULL && !net->backend->simulated;
         link = link->next)
        if (net_conn_has_to_send(link->data))
            return TRUE;
    return FALSE;
}

static void
net_wait_for_company(const Net *net)
{
    struct pollfd descriptor = { .fd = net->epoll, .events = POLLIN };
    const struct timespec moment = { .tv_nsec = NET_COMPANY_US * 1000 };

    ppoll(&descriptor, 1, &moment, NULL);
}

/* Replies have left, and there is nothing else to do. */
static void
net_look_out(Net *net)
{
    gint64 until = net_clock_steady_us(net->clock) + NET_LOOK_OUT_US;
    struct epoll_event event; /* only asked: it will be told again */

    if (net->look_out_rest > 0) {
        net->look_out_rest--;
        return;
    }
    while (epoll_wait(net->epoll, &event, 1, 0) <= 0) {
        if (net_clock_steady_us(net->clock) >= until) {
            net->look_out_rest = NET_LOOK_OUT_REST;
            return;
        }
    }
}

/* Nothing waits in the kernel, no timer is due this instant, and nobody is about to hear from us. */
static gboolean
net_is_idle(const Net *net)
{
    struct epoll_event event; /* only asked: it will be told again */

    return net_clock_wait_us(net->clock) != 0 && !net_has_to_send(net) &&
           epoll_wait(net->epoll, &event, 1, 0) <= 0;
}

static gboolean
net_run_hooks(Net *net, gboolean idle)
{
    gboolean work_left = FALSE;

    for (guint i = 0; i < net->hooks->len; i++) {
        NetHook hook = g_array_index(net->hooks, NetHook, i);

        work_left |= hook.hook(hook.data, idle);
    }
    return work_left;
}

/* Nothing can happen at this instant any more: may time be skipped? */
static gboolean
net_skip_time(Net *net)
{
    if (net_clock_is_paused(net->clock) || !g_main_loop_is_running(net->main))
        return FALSE;
    if (net->backend->simulated) {
        gint64 next = net_clock_next_us(net->clock);

        if (next >= 0)
            net_clock_set_virtual(net->clock, next);
        return next >= 0;
    }
    return net_clock_warps(net->clock) && !net_in_flight(net) && net_clock_warp(net->clock);
}

/* Nothing will ever happen any more, unless somebody outside starts it. */
static gboolean
net_is_quiet(const Net *net)
{
    if (net_clock_is_paused(net->clock) || net_clock_wait_us(net->clock) >= 0 || net->busy > 0)
        return FALSE;
    return net->backend->simulated || (net->conns.length == 0 && !net_in_flight(net));
}

static void
net_turn(Net *net)
{
    gint64 began = net_clock_steady_us(net->clock), took;
    gboolean idle, work_left, said;

    net->again = FALSE;
    if (net->expecting)
        net_wait_for_company(net);
    net_conns_tell(net);
    net_serve_ready(net);
    net_clock_run_due(net->clock);
    took = net_clock_steady_us(net->clock) - began;
    if (took > NET_SLOW_TURN_US && net->slow != NULL)
        net->slow(net->slow_data, took);
    idle = net_is_idle(net);
    work_left = net_run_hooks(net, idle);
    said = net_has_to_send(net);
    net->expecting = work_left && said;
    net_conns_settle(net);
    net_bury_all(net);
    if (said && !work_left)
        net_look_out(net);

    net->again |= work_left || !idle || net->owed.length > 0 || net->dirty.length > 0 ||
                  net_has_plain_files(net);
    if (!net->again)
        net->again = net_skip_time(net);
    if (!net->again && net->until_quiet && net_is_quiet(net))
        net_quit(net);
}

/* ---- the source in GLib's loop ---- */

static gboolean
net_source_prepare(GSource *source, gint *timeout_ms)
{
    Net *net = ((NetSource *)source)->net;
    gint64 wait = net->again ? 0 : net_clock_wait_us(net->clock);

    /* The virtual clock does not run while we sleep: only descriptors can wake a simulation. */
    if (net->backend->simulated && wait > 0)
        wait = -1;
    *timeout_ms = wait < 0 ? -1 : (gint)MIN((wait + 999) / 1000, G_MAXINT);
    return wait == 0;
}

static gboolean
net_source_check(GSource *source)
{
    NetSource *own = (NetSource *)source;

    return g_source_query_unix_fd(source, own->epoll) != 0 ||
           net_clock_wait_us(own->net->clock) == 0;
}

static gboolean
net_source_dispatch(GSource *source, GSourceFunc callback G_GNUC_UNUSED,
                    gpointer data G_GNUC_UNUSED)
{
    net_turn(((NetSource *)source)->net);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs net_source_functions = {
    .prepare = net_source_prepare,
    .check = net_source_check,
    .dispatch = net_source_dispatch,
};

/* ---- the network ---- */

Net *
net_new(NetClock *clock, const NetBackend *backend, GError **error)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    NetSource *own;
    Net *net;

    if (epoll < 0) {
        net_set_error(error, errno, "epoll", NULL, 0);
        return NULL;
    }
    net = g_new0(Net, 1);
    net->clock = clock;
    net->backend = backend;
    net->epoll = epoll;
    net->hooks = g_array_new(FALSE, FALSE, sizeof(NetHook));
    net->watches = g_ptr_array_new();
    net->graves = g_ptr_array_new();
    net->listeners = g_ptr_array_new();
    net->udps = g_ptr_array_new();
    net->outgoing = g_hash_table_new(g_str_hash, g_str_equal);
    net->down = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    net->context = g_main_context_new();
    net->main = g_main_loop_new(net->context, FALSE);
    net->source = g_source_new(&net_source_functions, sizeof(NetSource));
    own = (NetSource *)net->source;
    own->net = net;
    /* Or GLib would take the descriptor out of its set during each turn, and wake itself up twice. */
    g_source_set_can_recurse(net->source, TRUE);
    own->epoll = g_source_add_unix_fd(net->source, epoll, G_IO_IN);
    g_source_attach(net->source, net->context);
    return net;
}

static void
net_close_all(Net *net)
{
    while (net->conns.length > 0)
        net_conn_die(g_queue_peek_head(&net->conns));
    while (net->listeners->len > 0)
        net_listener_free(net->listeners->pdata[0]);
    while (net->udps->len > 0)
        net_udp_close(net->udps->pdata[0]);
    while (net->watches->len > 0)
        net_unwatch_fd(net, ((NetItem *)net->watches->pdata[0])->fd);
    net_bury_all(net);
}

void
net_free(Net *net)
{
    if (net == NULL)
        return;
    net_close_all(net);
    if (net->backend->free != NULL)
        net->backend->free(net);
    g_source_destroy(net->source);
    g_source_unref(net->source);
    g_main_loop_unref(net->main);
    g_main_context_unref(net->context);
    g_array_unref(net->hooks);
    g_ptr_array_unref(net->watches);
    g_ptr_array_unref(net->graves);
    g_ptr_array_unref(net->listeners);
    g_ptr_array_unref(net->udps);
    g_hash_table_unref(net->outgoing);
    g_hash_table_unref(net->down);
    g_queue_clear(&net->dirty);
    g_queue_clear(&net->owed);
    close(net->epoll);
    g_free(net);
}

gboolean
net_is_simulated(const Net *net)
{
    return net->backend->simulated;
}

NetClock *
net_clock(const Net *net)
{
    return net->clock;
}

void
net_run(Net *net, gboolean until_quiet)
{
    net->until_quiet = until_quiet;
    net->again = TRUE; /* the first turn does not sleep: what is set up is to begin */
    g_main_loop_run(net->main);
}

void
net_quit(Net *net)
{
    g_main_loop_quit(net->main);
}

void
net_add_turn_hook(Net *net, gboolean (*hook)(void *data, gboolean idle), void *data)
{
    NetHook added = { hook, data };

    g_array_append_val(net->hooks, added);
}

void
net_set_watchdog(Net *net, void (*slow)(void *data, gint64 took_us), void *data)
{
    net->slow = slow;
    net->slow_data = data;
}

void
net_busy(Net *net)
{
    net->busy++;
}

void
net_unbusy(Net *net)
{
    g_assert(net->busy > 0);
    net->busy--;
}
