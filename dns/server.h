/* dns/server.h - the lab's authoritative name server, on UDP and TCP (RFC 1034 §4.3.2).
 *
 * It is silent about ordinary questions: when one of our hosts asks, the asker's events tell question
 * and answer already (dns/exchange.c). Its own events say that it listens, and which zones it has.
 */
#ifndef DNS_SERVER_H
#define DNS_SERVER_H

#include "dns/zone.h"
#include "net/net.h"
#include "trace/trace.h"

#define DNS_SERVER_CONNECTIONS 100 /* on TCP at once; further ones are closed */
#define DNS_SERVER_IDLE_S      10  /* until a whole question must have come (RFC 7766 §6.2.3) */
#define DNS_SERVER_QUESTIONS   100 /* on one connection; then it is closed */

typedef struct DnsServer DnsServer;

/* Takes @zones (of DnsZone), in any case. Events are told as host "dns" unless @name says
 * otherwise. @port 0: any, the same for UDP and TCP. NULL and @error: address and port. */
DnsServer *dns_server_new(Net *net, Tracer *tracer, const char *name, const char *address,
                          guint16 port, GPtrArray *zones, GError **error);
void dns_server_free(DnsServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DnsServer, dns_server_free)
/* New zones instead of the old (reload). Takes @zones. */
void dns_server_set_zones(DnsServer *server, GPtrArray *zones);
guint16 dns_server_port(const DnsServer *server);

/* An array that owns its DnsZones. */
GPtrArray *dns_zones_new(void);

#endif
