/* smtp/relay_down.c - hosts that could not be reached a moment ago (RFC 5321 §4.5.4.1).
 *
 * A short list by time: what is at its front has been known longest and goes first.
 * Tests: tests/test_smtp_relay_many.c
 */
#include "smtp/relay_down.h"

#include <string.h>

typedef struct SmtpDownHost {
    char *address;
    guint16 port;
    char *why;
    gint64 since_us, until_us;
} SmtpDownHost;

struct SmtpRelayDown {
    NetClock *clock;
    GPtrArray *hosts; /* SmtpDownHost, the one noted last at the end */
};

static void
smtp_down_host_free(gpointer data)
{
    SmtpDownHost *host = data;

    g_free(host->address);
    g_free(host->why);
    g_free(host);
}

SmtpRelayDown *
smtp_relay_down_new(NetClock *clock)
{
    SmtpRelayDown *down = g_new0(SmtpRelayDown, 1);

    down->clock = clock;
    down->hosts = g_ptr_array_new_with_free_func(smtp_down_host_free);
    return down;
}

void
smtp_relay_down_free(SmtpRelayDown *down)
{
    if (down == NULL)
        return;
    g_ptr_array_unref(down->hosts);
    g_free(down);
}

void
smtp_relay_down_forget_all(SmtpRelayDown *down)
{
    g_ptr_array_set_size(down->hosts, 0);
}

void
smtp_relay_down_forget(SmtpRelayDown *down, const char *address, guint16 port)
{
    for (guint i = down->hosts->len; i > 0; i--) {
        const SmtpDownHost *host = g_ptr_array_index(down->hosts, i - 1);

        if (host->port == port && strcmp(host->address, address) == 0)
            g_ptr_array_remove_index(down->hosts, i - 1);
    }
}

void
smtp_relay_down_note(SmtpRelayDown *down, const char *address, guint16 port, const char *why,
                     gint64 first_wait_s)
{
    SmtpDownHost *host = g_new0(SmtpDownHost, 1);

    smtp_relay_down_forget(down, address, port);
    if (down->hosts->len == SMTP_RELAY_DOWN_MAX)
        g_ptr_array_remove_index(down->hosts, 0);
    host->address = g_strdup(address);
    host->port = port;
    host->why = g_strdup(why);
    host->since_us = net_clock_now_us(down->clock);
    host->until_us =
        host->since_us + MIN(SMTP_RELAY_DOWN_S * NET_SECOND, first_wait_s * NET_SECOND / 2);
    g_ptr_array_add(down->hosts, host);
}

/* A clock that jumped back makes a memory old, too: it is from another time. */
const char *
smtp_relay_down_find(SmtpRelayDown *down, const char *address, guint16 port, gint64 *ago_s)
{
    gint64 now_us = net_clock_now_us(down->clock);

    for (guint i = 0; i < down->hosts->len; i++) {
        const SmtpDownHost *host = g_ptr_array_index(down->hosts, i);

        if (host->port != port || strcmp(host->address, address) != 0)
            continue;
        *ago_s = (now_us - host->since_us) / NET_SECOND;
        return now_us >= host->since_us && now_us < host->until_us ? host->why : NULL;
    }
    return NULL;
}
