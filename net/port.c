/* net/port.c - listeners and datagrams, whatever network carries them.
 *
 * Tests: tests/test_net_loop.c, tests/test_net_sim.c
 */
#include "net/backend.h"

#include <string.h>

/* A datagram we sent to ourselves and that has not come after so long was lost. */
#define NET_UDP_FORGET_US (NET_SECOND / 5)

/* Does somebody who listens on @address hear what is sent to @to? */
static gboolean
net_address_covers(const char *address, const char *to)
{
    return strcmp(address, to) == 0 || strcmp(address, "0.0.0.0") == 0 ||
           strcmp(address, "::") == 0;
}

/* ---- listeners ---- */

static void
net_listener_release(NetItem *item)
{
    NetListener *listener = (NetListener *)item;

    g_free(listener->address);
    g_free(listener);
}

NetListener *
net_listen(Net *net, const char *address, guint16 port, NetAccept accept, void *data,
           GError **error)
{
    NetListener *listener = g_new0(NetListener, 1);

    listener->item.fd = -1;
    listener->item.free = net_listener_release;
    listener->net = net;
    listener->address = g_strdup(address);
    listener->port = port;
    listener->accept = accept;
    listener->data = data;
    if (!net->backend->listen(listener, error)) {
        net_listener_release(&listener->item);
        return NULL;
    }
    listener->open = TRUE;
    g_ptr_array_add(net->listeners, listener);
    if (net_is_down(net, address)) {
        net->backend->unlisten(listener);
        listener->open = FALSE;
    }
    return listener;
}

guint16
net_listener_port(const NetListener *listener)
{
    return listener->port;
}

void
net_listener_free(NetListener *listener)
{
    if (listener == NULL)
        return;
    net_timer_stop(&listener->paused);
    net_item_close(&listener->item);
    g_ptr_array_remove(listener->net->listeners, listener);
    net_item_bury(listener->net, &listener->item);
}

NetListener *
net_listener_find(const Net *net, const char *address, guint16 port)
{
    for (guint i = 0; i < net->listeners->len; i++) {
        NetListener *listener = net->listeners->pdata[i];

        if (listener->open && listener->port == port &&
            net_address_covers(listener->address, address))
            return listener;
    }
    return NULL;
}

/* ---- datagrams ---- */

static void
net_udp_release(NetItem *item)
{
    NetUdp *udp = (NetUdp *)item;

    g_free(udp->address);
    g_free(udp);
}

NetUdp *
net_udp_open(Net *net, const char *address, guint16 port, NetDatagram datagram, void *data,
             GError **error)
{
    NetUdp *udp = g_new0(NetUdp, 1);

    udp->item.fd = -1;
    udp->item.free = net_udp_release;
    udp->net = net;
    udp->address = g_strdup(address);
    udp->port = port;
    udp->datagram = datagram;
    udp->data = data;
    if (!net->backend->udp_open(udp, error)) {
        net_udp_release(&udp->item);
        return NULL;
    }
    g_ptr_array_add(net->udps, udp);
    return udp;
}

NetUdp *
net_udp_find(const Net *net, const char *address, guint16 port)
{
    for (guint i = 0; i < net->udps->len; i++) {
        NetUdp *udp = net->udps->pdata[i];

        if (udp->port == port && net_address_covers(udp->address, address))
            return udp;
    }
    return NULL;
}

static void
net_udp_forget(void *data)
{
    NetUdp *udp = data;

    udp->forget = NULL;
    udp->expected = 0;
}

/* Counts what we send to a socket of ours: until it is read, the clock must not warp. */
static void
net_udp_expect(NetUdp *udp)
{
    udp->expected++;
    if (udp->forget == NULL)
        udp->forget = net_timer_start(udp->net->clock, NET_TIMER_GUARD, NET_UDP_FORGET_US,
                                      net_udp_forget, udp);
}

/* What a host that is down sends, or is sent, gets lost: nobody tells the sender. */
gboolean
net_udp_send(NetUdp *udp, const guint8 *octets, gsize length, const char *to, guint16 port,
             GError **error)
{
    NetUdp *target;

    if (net_is_down(udp->net, udp->address) || net_is_down(udp->net, to))
        return TRUE;
    if (!udp->net->backend->udp_send(udp, octets, length, to, port, error))
        return FALSE;
    target = udp->net->backend->simulated ? NULL : net_udp_find(udp->net, to, port);
    if (target != NULL)
        net_udp_expect(target);
    return TRUE;
}

guint16
net_udp_port(const NetUdp *udp)
{
    return udp->port;
}

void
net_udp_close(NetUdp *udp)
{
    if (udp == NULL)
        return;
    net_timer_stop(&udp->forget);
    net_item_close(&udp->item);
    g_ptr_array_remove(udp->net->udps, udp);
    net_item_bury(udp->net, &udp->item);
}
