/* net/service.h - a protocol engine on a listening port.
 *
 * SMTP, POP3 and IMAP sessions are engines without sockets. This is what carries them: it hands
 * octets in, takes replies out, holds input back while an answer is pending, keeps deadlines
 * and the limits on connections. It knows no protocol; a table says what differs.
 */
#ifndef NET_SERVICE_H
#define NET_SERVICE_H

#include "net/tls.h"
#include "trace/trace.h"

typedef enum {
    NET_GO_ON,   /* send the replies; call again for the next input, if some waits at once */
    NET_PENDING, /* an answer is awaited; hold the input back until net_served_go_on() */
    NET_MORE,    /* send the replies; call again soon, even without input: long work in slices */
    NET_SECURE,  /* send the replies, then TLS: secured() comes, and the session starts anew */
    NET_CLOSE,   /* send the replies, then close */
} NetNext;

typedef struct NetServed NetServed; /* one accepted connection with its session */

typedef struct NetProtocol {
    const char *name; /* "smtp" */
    /* Makes the session of a new connection and appends the greeting. @data is the service's.
     * NULL: refuse (what is in @replies is sent, then closed). */
    void *(*open)(void *data, NetServed *served, GString *replies);
    /* Takes one line, or one block of data, from @input and appends what it replies to that. Called
     * again at once while it returns NET_GO_ON after taking something and input is left. */
    NetNext (*input)(void *session, NetBuffer *input, GString *replies);
    /* The session's speaker: its last event told what was replied (net_conn_wrote). May be NULL. */
    Trace *(*trace)(void *session);
    /* TLS stands: @words say which ("TLS1.3 with AES-256-GCM"). Comes after NET_SECURE, and right
     * behind open() where TLS began with the connection. NULL: a protocol without TLS. */
    void (*secured)(void *session, const char *words);
    /* The deadline passed: append the last word (421, * BYE); the connection closes after it. */
    void (*expired)(void *session, GString *replies);
    /* The program ends: append the last word; the connection closes after it. NULL: without one. */
    void (*dismissed)(void *session, GString *replies);
    /* The connection broke, or the TLS handshake failed: @why. closed() follows. May be NULL. */
    void (*lost)(void *session, const GError *why);
    /* The connection is gone; frees the session and forgets its open questions. */
    void (*closed)(void *session);
    /* Appended before closing when a limit on connections is reached. */
    const char *too_many;
    /* Seconds a client may take for its next whole command (or block of data). */
    double (*patience)(void *session);
} NetProtocol;

typedef struct NetService NetService;

#define NET_SERVICE_PER_ADDRESS 50 /* connections of one address at once; loopback is exempt */
#define NET_SERVICE_IN_ALL      20000

NetService *net_service_new(Net *net, const char *address, guint16 port,
                            const NetProtocol *protocol, void *data, GError **error);
/* What its sessions show after NET_SECURE; @at_once: from the first octet on (implicit TLS, RFC
 * 8314 §3). Must outlive the service. NULL on a simulated network, where nothing is sealed. */
void net_service_set_tls(NetService *service, NetTls *tls, gboolean at_once);
/* Another limit than NET_SERVICE_PER_ADDRESS: for a protocol that counts by itself, and so can say
 * in its own words why it refuses. */
void net_service_set_per_address(NetService *service, guint connections);
guint16 net_service_port(const NetService *service);
/* @event told what breaks all connections now (the host goes down): where the other end is ours
 * too, what it then tells follows from that event. */
void net_service_say_why(NetService *service, guint64 event);
/* Closes all connections because of what @event told (the host crashes). */
void net_service_end_all(NetService *service, guint64 event);
/* The program ends: each session says its last word, and its connection closes. */
void net_service_dismiss_all(NetService *service);
/* Closes the listener and all its connections. */
void net_service_free(NetService *service);
guint net_service_count(const NetService *service);
void net_service_foreach(NetService *service, void (*call)(void *session, void *data), void *data);

/* The answer a pending session waited for has come: @replies is what it appended, @next what it
 * returned. Goes on with input that waited. */
void net_served_go_on(NetServed *served, NetNext next, const GString *replies);
/* Sends without being asked (untagged IDLE responses). */
void net_served_send(NetServed *served, const char *octets, gssize length);
NetConn *net_served_conn(NetServed *served);
void *net_served_session(NetServed *served);

#endif
