/* net/backend.h - inside net/: what stands behind net.h, shared by its files and by nobody else.
 *
 *   net.h  >  loop.c   the turn and its hooks
 *             item.c   what has a descriptor, ours and others'
 *             conn.c   connections: buffers, deadlines, how they end
 *             seal.c   TLS between the buffers and the network (tls.c: certificates)
 *             pair.c   both ends ours: marks, origin, what is in flight; hosts that are down
 *             port.c   listeners and datagrams
 *                |
 *             NetBackend: socket.c (the kernel's sockets; address.c) or sim.c (an in-memory network)
 *
 * The life of a connection:
 *
 *   CONNECTING --opened()--> OPEN --closed(), or we close--> CLOSING --> DEAD
 *
 * CLOSING has no owner any more: what is buffered is sent, then the end of our octets, then what
 * still comes is thrown away for a short while. Closing with unread input at once would make the
 * kernel send a reset, and a reset can overtake the last reply at the peer.
 */
#ifndef NET_BACKEND_H
#define NET_BACKEND_H

#include "net/net.h"

#define NET_CLOSE_S    30.0        /* to send what is buffered after net_conn_close() */
#define NET_LINGER_S   2.0         /* then, for the peer's end to come */
#define NET_LINGER_MAX (64 * 1024) /* and this many octets of its last words at most */
#define NET_SPARE_PART 8           /* of the descriptors one in so many is not for callers */
#define NET_BATCH      64          /* accepts, or datagrams, of one socket in one turn */

/* Something with a descriptor. First member of all structs below. */
typedef struct NetItem NetItem;
struct NetItem {
    int fd;          /* -1: none (simulated), or closed */
    guint32 watched; /* EPOLLIN, EPOLLOUT, EPOLLERR alone; 0: not in the epoll set */
    void (*ready)(NetItem *item, guint32 events);
    void (*free)(NetItem *item); /* at the end of the turn in which it died */
};

/* The TLS of one connection. */
typedef struct NetSeal NetSeal;

typedef enum { NET_CONNECTING, NET_OPEN, NET_CLOSING, NET_DEAD } NetConnState;

struct NetConn {
    NetItem item;
    Net *net;
    GList *link; /* its place in net->conns */
    NetConnState state;
    const NetHandler *handler; /* NULL from CLOSING on */
    void *owner;
    char *local, *remote;
    guint16 local_port, remote_port;
    NetBuffer *input, *output;
    NetSeal *seal;         /* NULL: in the clear */
    gint64 deadline_us;    /* the owner's; from CLOSING on ours; by steady time */
    NetTimer *deadline;    /* fires then, or before it and is started again; NULL: none is set */
    GError *why;           /* failed: closed() is owed */
    gsize discarded;       /* octets thrown away while CLOSING */
    gboolean held;         /* the owner reads nothing now */
    gboolean ended;        /* the peer's end has come */
    gboolean finished;     /* our end has been sent */
    gboolean was_full;     /* drained() is owed once output is empty */
    gboolean drained;      /* drained() is owed now */
    GList *dirty;          /* its place in net->dirty */
    GList *owed;           /* its place in net->owed */
    gboolean reset;        /* goes with a reset, not with an end */
    gboolean one_too_many; /* accepted with one of the last descriptors */

    /* pair.c */
    NetConn *peer;     /* the other end, where it is ours; NULL again when it died */
    char *key;         /* outgoing: its name in net->outgoing */
    gboolean unpaired; /* outgoing to a listener of ours that has not accepted it yet */
    gboolean orphaned; /* the peer died, and its end has not come yet */
    guint64 written, sent, received;
    guint64 early_end, early_seq; /* net_conn_wrote() before there was a peer */
    char *journey, *branch;
    guint64 event;
    guint64 peer_why; /* the event that told why the peer closes */

    /* sim.c */
    NetBuffer *wire; /* arrived, not yet read */
    gboolean wire_end;
    GQueue flights;    /* to this end, in order */
    gsize flying;      /* octets in them */
    NetTimer *reading; /* input() is due */
};

struct NetListener {
    NetItem item;
    Net *net;
    char *address;
    guint16 port;
    NetAccept accept;
    void *data;
    gboolean open;    /* not while its host is down */
    NetTimer *paused; /* out of descriptors: tries again */
};

struct NetUdp {
    NetItem item;
    Net *net;
    char *address;
    guint16 port;
    NetDatagram datagram;
    void *data;
    guint expected;   /* datagrams we sent here that were not read yet */
    NetTimer *forget; /* ends the waiting for those that were lost */
};

typedef struct NetBackend {
    gboolean simulated;
    /* Opens, or opens again after the host was down. */
    gboolean (*listen)(NetListener *listener, GError **error);
    void (*unlisten)(NetListener *listener);
    void (*connect)(NetConn *conn);
    /* Takes from net_conn_carried() what it can; errors by net_conn_fail(). */
    void (*send)(NetConn *conn);
    void (*finish)(NetConn *conn); /* no more octets will come from us */
    void (*attend)(NetConn *conn); /* reads, or not: net_conn_wants_input() */
    void (*release)(NetConn *conn);
    gboolean (*udp_open)(NetUdp *udp, GError **error);
    gboolean (*udp_send)(NetUdp *udp, const guint8 *octets, gsize length, const char *to,
                         guint16 port, GError **error);
    void (*free)(Net *net);
} NetBackend;

typedef struct NetHook {
    gboolean (*hook)(void *data, gboolean idle);
    void *data;
} NetHook;

struct Net {
    const NetBackend *backend;
    NetClock *clock;
    GMainContext *context;
    GMainLoop *main;
    GSource *source;
    int epoll;
    gboolean again;      /* the next turn follows at once */
    gboolean expecting;  /* an answer to what was just sent would find company */
    guint look_out_rest; /* replies to come that are not looked out for */
    gboolean until_quiet;
    guint busy;
    GArray *hooks;                            /* of NetHook */
    void (*slow)(void *data, gint64 took_us); /* the watchdog */
    void *slow_data;
    GPtrArray *watches; /* of NetWatch */
    GPtrArray *graves;  /* of NetItem: freed at the turn's end */
    GQueue conns;       /* all but the dead, in the order they were made */
    GQueue dirty;       /* to be settled at the turn's end */
    GQueue owed;        /* a callback is owed at the next turn's start */
    GPtrArray *listeners, *udps;
    GHashTable *outgoing; /* key > NetConn; looked up only */
    GHashTable *down;     /* addresses; looked up only */
    GQueue flights;       /* sim.c: datagrams on their way */
    guint16 next_port;    /* sim.c */
};

/* loop.c */
Net *net_new(NetClock *clock, const NetBackend *backend, GError **error);

/* item.c */
void net_item_watch(Net *net, NetItem *item, guint32 events);
void net_item_close(NetItem *item);
/* Its memory lives on until the turn's end: it may be named in the events of this turn. */
void net_item_bury(Net *net, NetItem *item);
void net_bury_all(Net *net);
/* Plain files among the watched descriptors: epoll refuses them, and they are always ready. */
gboolean net_has_plain_files(const Net *net);
void net_plain_files_ready(Net *net);

/* conn.c */
NetConn *net_conn_new(Net *net, NetConnState state);
void net_conn_touch(NetConn *conn);
void net_conn_opened(NetConn *conn);
gboolean net_conn_wants_input(const NetConn *conn);
void net_conn_received(NetConn *conn, const void *octets, gsize length);
void net_conn_ended(NetConn *conn);
/* Takes @why. At once (from the loop), or at the next turn's start (from anywhere). */
void net_conn_lost(NetConn *conn, GError *why);
void net_conn_fail(NetConn *conn, GError *why);
GError *net_conn_error(const NetConn *conn, int code);
void net_conn_die(NetConn *conn);
/* For the turn: calls what is owed; sends what is buffered. */
void net_conns_tell(Net *net);
void net_conns_settle(Net *net);

/* seal.c */
/* What the back end sends: the output, or what it became. */
NetBuffer *net_conn_carried(const NetConn *conn);
gboolean net_conn_has_to_send(const NetConn *conn);
gboolean net_seal_is_real(const NetConn *conn);
void net_seal_output(NetConn *conn);
void net_seal_end(NetConn *conn);
void net_seal_received(NetConn *conn, const void *octets, gsize length);
void net_seal_free(NetSeal *seal);

/* pair.c */
void net_pair_register(NetConn *outgoing);
void net_pair_accepted(NetConn *accepted);
void net_pair(NetConn *outgoing, NetConn *accepted);
void net_unpair(NetConn *conn);

/* port.c: who listens there (on that address, or on all). NULL: nobody of us */
NetListener *net_listener_find(const Net *net, const char *address, guint16 port);
NetUdp *net_udp_find(const Net *net, const char *address, guint16 port);

#endif
