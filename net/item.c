/* net/item.c - what has a descriptor: watched in the epoll set, closed, buried.
 *
 *   made --net_item_watch()--> in the set --net_item_close()--> closed --net_item_bury()--> freed
 *                                                                              at the turn's end
 *
 * An item may be named by an event that epoll has handed out already, later in the same turn. So its
 * memory lives on until the turn ends, and a dead one has no ready().
 *
 * Connections, listeners and datagram sockets are items. So are descriptors of others that the loop
 * watches for them (net_watch_fd): standard input, a control socket, signals.
 * Tests: tests/test_net_loop.c, tests/test_net_loop_outside.c
 */
#include "net/backend.h"

#include <sys/epoll.h>
#include <unistd.h>

typedef struct NetWatch {
    NetItem item; /* a foreign descriptor: never closed here */
    void (*ready)(void *data);
    void *data;
    gboolean always; /* a plain file: epoll refuses it, and it is always readable */
} NetWatch;

/* ---- items: what has a descriptor ---- */

void
net_item_watch(Net *net, NetItem *item, guint32 events)
{
    struct epoll_event event = { .events = events, .data.ptr = item };
    int what = item->watched == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;

    if (item->fd < 0 || item->watched == events)
        return;
    if (epoll_ctl(net->epoll, what, item->fd, &event) == 0)
        item->watched = events;
}

void
net_item_close(NetItem *item)
{
    if (item->fd >= 0)
        close(item->fd); /* which takes it out of the epoll set */
    item->fd = -1;
    item->watched = 0;
}

void
net_item_bury(Net *net, NetItem *item)
{
    item->ready = NULL;
    g_ptr_array_add(net->graves, item);
}

void
net_bury_all(Net *net)
{
    while (net->graves->len > 0) {
        NetItem *item = g_ptr_array_steal_index_fast(net->graves, net->graves->len - 1);

        item->free(item);
    }
}

/* ---- foreign descriptors ---- */

static void
net_watch_ready(NetItem *item, guint32 events G_GNUC_UNUSED)
{
    NetWatch *watch = (NetWatch *)item;

    watch->ready(watch->data);
}

static void
net_watch_free(NetItem *item)
{
    g_free(item);
}

void
net_watch_fd(Net *net, int fd, void (*ready)(void *data), void *data)
{
    NetWatch *watch = g_new0(NetWatch, 1);

    watch->item = (NetItem){ fd, 0, net_watch_ready, net_watch_free };
    watch->ready = ready;
    watch->data = data;
    g_ptr_array_add(net->watches, watch);
    net_item_watch(net, &watch->item, EPOLLIN);
    watch->always = watch->item.watched == 0;
    net->again |= watch->always;
}

void
net_unwatch_fd(Net *net, int fd)
{
    for (guint i = 0; i < net->watches->len; i++) {
        NetWatch *watch = net->watches->pdata[i];

        if (watch->item.fd != fd)
            continue;
        net_item_watch(net, &watch->item, 0);
        g_ptr_array_remove_index(net->watches, i);
        net_item_bury(net, &watch->item);
        return;
    }
}

gboolean
net_has_plain_files(const Net *net)
{
    for (guint i = 0; i < net->watches->len; i++) {
        if (((NetWatch *)net->watches->pdata[i])->always)
            return TRUE;
    }
    return FALSE;
}

void
net_plain_files_ready(Net *net)
{
    for (guint i = 0; i < net->watches->len; i++) {
        NetWatch *watch = net->watches->pdata[i];

        if (watch->always)
            watch->ready(watch->data);
    }
}
