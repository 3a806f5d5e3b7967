/* app/ports.c - finds a free range of ports by listening on it, for a moment. */
#include "app/ports.h"

static gboolean
app_ports_listen(Net *net, const char *address, guint16 port, GPtrArray *listeners, GError **error)
{
    NetListener *listener = net_listen(net, address, port, NULL, NULL, error);

    if (listener == NULL)
        return FALSE;
    g_ptr_array_add(listeners, listener);
    return TRUE;
}

static gboolean
app_ports_hosts_are_free(const AppWorldFile *file, Net *net, GPtrArray *listeners, GError **error)
{
    static const char *const services[] = { "smtp",  "submission", "submissions", "pop3",
                                            "pop3s", "imap",       "imaps" };

    for (guint i = 0; i < file->hosts->len; i++) {
        AppHostFile *host = g_ptr_array_index(file->hosts, i);

        for (guint k = 0; k < G_N_ELEMENTS(services); k++) {
            guint16 port = app_world_port(file, host, services[k]);

            if (port != 0 && !app_ports_listen(net, host->address, port, listeners, error))
                return FALSE;
        }
    }
    return TRUE;
}

/* Could everybody listen? Tried with real sockets, which are closed again at once. */
static gboolean
app_ports_are_free(const AppWorldFile *file, GError **error)
{
    g_autoptr(NetClock) clock = net_clock_new_real();
    g_autoptr(Net) net = net_new_sockets(clock, error);
    GPtrArray *listeners = g_ptr_array_new_with_free_func((GDestroyNotify)net_listener_free);
    gboolean all = net != NULL && app_ports_hosts_are_free(file, net, listeners, error);

    if (all && file->has_dns) {
        NetUdp *udp = net_udp_open(net, file->dns_address, file->dns_port, NULL, NULL, error);

        all = udp != NULL;
        g_clear_pointer(&udp, net_udp_close);
    }
    g_ptr_array_unref(listeners);
    return all;
}

gboolean
app_ports_choose(AppWorldFile *file, guint16 base, guint16 *chosen, GError **error)
{
    guint first = base != 0 ? base : APP_PORTS_BASE;
    guint ranges = base != 0 ? 1 : APP_PORTS_BASES;

    for (guint i = 0; i < ranges; i++) {
        g_autoptr(GError) taken = NULL;

        *chosen = (guint16)(first + i * 1000);
        app_world_set_ports(file, *chosen);
        if (file->network == APP_NETWORK_SIMULATED || app_ports_are_free(file, &taken))
            return TRUE;
        if (i + 1 == ranges)
            g_propagate_error(error, g_steal_pointer(&taken));
    }
    return FALSE;
}
