/* net/address.h - inside net/: addresses as text, and as the kernel wants them. */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <glib.h>
#include <netinet/in.h>
#include <sys/socket.h>

typedef union NetAddress {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} NetAddress;

/* Returns: its length, or 0 (and errno) where @text is no address. */
socklen_t net_address_parse(NetAddress *address, const char *text, guint16 port);
/* Newly allocated. */
char *net_address_text(const NetAddress *address, guint16 *port);
/* The local end of @fd, as the kernel chose it. */
char *net_address_local(int fd, guint16 *port);

void net_socket_option(int fd, int level, int option);
/* A socket of @type bound to @address. -1 and errno where that can't be had. */
int net_socket_bound(int type, const char *address, guint16 port);

/* "@what ADDRESS port PORT: " and the words for errno @code. Without @address: "@what: ...". */
void net_set_error(GError **error, int code, const char *what, const char *address, guint16 port);

#endif
