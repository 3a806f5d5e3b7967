/* smtp/relay_hosts.h - which host is next, at which address? (RFC 5321 §5.1)
 *
 *   a row of routes, the smart host, an address literal    that host
 *   anything else                                          DNS: MX hosts in their order, less
 *                                                          ourselves and all who come after us
 *
 * The answer is a flat list: hosts in their order, each with its addresses in theirs.
 */
#ifndef SMTP_RELAY_HOSTS_H
#define SMTP_RELAY_HOSTS_H

#include "smtp/client_reply.h"
#include "smtp/smtp.h"

#define SMTP_RELAY_ADDRESSES_MAX 5 /* tried in one attempt; RFC 5321 §5.1 allows a limit above 1 */
#define SMTP_RELAY_ADDRESSES_OF  3 /* of one host, where others follow it */

typedef struct SmtpNextHost {
    char *name; /* "mx.south.example"; the address where there is no name */
    char *address;
    guint16 port;
    guint16 preference; /* of its MX record; 0 where DNS was not asked */
    gboolean known;     /* DNS had said so before: it was not asked again */
} SmtpNextHost;

/* What mail for @domain may share a connection with: the domain, or the host that the world file
 * names for it ("via mx.hub.example:25"), which may be the same for many. */
char *smtp_relay_hosts_destination(const SmtpSettings *settings, const char *domain);

typedef struct SmtpRelayHosts SmtpRelayHosts;

/* @hosts: (transfer full) (element-type SmtpNextHost): at least one; NULL where there is none, and
 * then @why is the reason. @event: to follow from. */
typedef void (*SmtpRelayHostsFound)(void *data, GPtrArray *hosts, const SmtpReply *why,
                                    guint64 event);

/* Looks for the hosts that take mail for @domain. @found is called once, never before this
 * returns; the question is gone then. */
SmtpRelayHosts *smtp_relay_hosts_find(const SmtpHost *host, Trace *trace, const char *domain,
                                      SmtpRelayHostsFound found, void *data);
/* Forgets the question. */
void smtp_relay_hosts_cancel(SmtpRelayHosts *hosts);

#endif
