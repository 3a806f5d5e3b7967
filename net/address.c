/* net/address.c - addresses as text, and as the kernel wants them.
 *
 * Tests: tests/test_net_loop.c
 */
#include "net/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

void
net_set_error(GError **error, int code, const char *what, const char *address, guint16 port)
{
    if (address == NULL)
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "%s: %s", what,
                    g_strerror(code));
    else
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "%s %s port %u: %s", what,
                    address, port, g_strerror(code));
}

socklen_t
net_address_parse(NetAddress *address, const char *text, guint16 port)
{
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text, &address->v4.sin_addr) == 1) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons(port);
        return sizeof address->v4;
    }
    if (inet_pton(AF_INET6, text, &address->v6.sin6_addr) == 1) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons(port);
        return sizeof address->v6;
    }
    errno = EINVAL;
    return 0;
}

char *
net_address_text(const NetAddress *address, guint16 *port)
{
    char text[INET6_ADDRSTRLEN] = "";

    if (address->any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &address->v6.sin6_addr, text, sizeof text);
        *port = ntohs(address->v6.sin6_port);
    } else {
        inet_ntop(AF_INET, &address->v4.sin_addr, text, sizeof text);
        *port = ntohs(address->v4.sin_port);
    }
    return g_strdup(text);
}

char *
net_address_local(int fd, guint16 *port)
{
    NetAddress address = { 0 };
    socklen_t length = sizeof address;

    getsockname(fd, &address.any, &length);
    return net_address_text(&address, port);
}

void
net_socket_option(int fd, int level, int option)
{
    const int on = 1;

    setsockopt(fd, level, option, &on, sizeof on);
}

int
net_socket_bound(int type, const char *address, guint16 port)
{
    NetAddress own;
    socklen_t length = net_address_parse(&own, address, port);
    int fd = length > 0 ? socket(own.any.sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) : -1;

    if (fd < 0)
        return -1;
    /* A server that was stopped must be able to start again while old connections fade out. */
    if (type == SOCK_STREAM)
        net_socket_option(fd, SOL_SOCKET, SO_REUSEADDR);
    if (bind(fd, &own.any, length) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}
