/* smtp/route.h - is the domain ours, or somebody else's? (RFC 5321 §3.6)
 *
 *   our domain, our address literal    local: the next question is recipient
 *   a row of routes, the smart host    to that host, without asking DNS
 *   another address literal            to that address
 *   anything else                      DNS knows the host (MX)
 */
#ifndef SMTP_ROUTE_H
#define SMTP_ROUTE_H

#include "smtp/connect.h"
#include "smtp/reply.h"
#include "smtp/split.h"

typedef enum {
    SMTP_ROUTE_LOCAL,
    SMTP_ROUTE_MX,   /* ask DNS for the domain's mail hosts */
    SMTP_ROUTE_HOST, /* this host, whatever DNS says */
} SmtpRouteKind;

typedef struct SmtpRoute {
    SmtpRouteKind kind;
    char *host;   /* ROUTE_HOST: name or address */
    guint16 port; /* ROUTE_HOST: the settings' relay_port where none was written */
} SmtpRoute;

void smtp_route_clear(SmtpRoute *route);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SmtpRoute, smtp_route_clear)

/* Is @domain (lower case) one that we take mail for? The empty one is: it is <postmaster>'s. */
gboolean smtp_route_is_ours(const SmtpSettings *settings, const char *domain);
/* Does a call to @address end at this host? It does at its own, in either spelling, and at 0.0.0.0
 * and ::, which are nobody's, but lead to the caller's own machine. */
gboolean smtp_route_is_us(const SmtpSettings *settings, const char *address);

/* Tells the decision. */
void smtp_route_decide(const SmtpSettings *settings, Trace *trace, const SmtpAddress *address,
                       SmtpRoute *route);

/* Who may send through us to somebody else's domain? Only those on a positive list: users who
 * logged in, and trusted networks. NULL: yes. */
const SmtpRefusal *smtp_route_may_relay(Trace *trace, const SmtpCaller *caller,
                                        const SmtpAddress *address);

/* ---- a host as people write it (route_host.c) ---- */

/* To "mx.hub.example", "127.0.0.4:2500" or "[::1]:25": host and, where one is written, port; @port
 * otherwise. The route's kind is ROUTE_HOST then. */
void smtp_route_set_host(SmtpRoute *route, const char *target, guint16 port);
/* The target of the first row "DOMAIN: TARGET" of routes for @domain, newly allocated; or NULL. */
char *smtp_route_override(const SmtpSettings *settings, const char *domain);
/* The address inside "[127.0.0.3]" or "[IPv6:::1]"; only for what begins with a bracket. Newly
 * allocated. */
char *smtp_route_literal(const char *domain);

#endif
