/* net/service_inside.h - between net/service.c (a port and its limits) and net/served.c (one of its
 * connections). Nobody else includes this.
 */
#ifndef NET_SERVICE_INSIDE_H
#define NET_SERVICE_INSIDE_H

#include "net/service.h"

struct NetServed {
    NetService *service;
    NetConn *conn;
    void *session;
    GList *link;             /* its place in service->all */
    NetNext next;            /* what the session returned last */
    gsize taken;             /* octets since the client got its patience */
    gboolean running;        /* inside a call of the session */
    GString *answer_replies; /* net_served_go_on() came inside that call; NULL: it did not */
    NetNext answer;
    NetTimer *later; /* the next turn's steps */
};

struct NetService {
    Net *net;
    NetListener *listener;
    const NetProtocol *protocol;
    void *data;
    NetTls *tls;
    gboolean tls_at_once;
    guint per_address;     /* connections of one address at once */
    GQueue all;            /* of NetServed, oldest first */
    GString *replies;      /* to write in, for whoever runs next; NULL: lent */
    GHashTable *addresses; /* address > number of connections; looked up only */
};

/* Its session begins, once TLS stands where that comes first. */
void net_served_begin(NetService *service, NetConn *conn);
/* Ends it because of what @event told; 0: the last thing that its session told. */
void net_served_end(NetServed *served, guint64 event);
/* Ends it with the last word that its protocol has for the end of the program, if any. */
void net_served_dismiss(NetServed *served);
/* It is one of @served->service's from now on; and no more. */
void net_service_enter(NetServed *served);
void net_service_leave(NetServed *served);

#endif
