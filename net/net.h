/* net/net.h - the loop, and connections and datagrams over it.
 *
 * Two back ends stand behind the same calls: sockets (net/loop.c: one GSource over one epoll
 * descriptor) and an in-memory network with virtual latency (net/sim.c). A turn of the loop:
 *
 *   ready connections and datagrams > due timers > idle? the hooks: commit > journal > output
 *
 * Nothing a handler writes leaves before the turn's end, after the hooks: so what must be
 * durable first is.
 *
 * Addresses are text: "127.0.0.2" or "::1", ports apart.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include <gio/gio.h> /* for GIOError codes only */
#include "net/chance.h"
#include "net/clock.h"
#include "net/line.h"

typedef struct Net Net;
typedef struct NetConn NetConn;
typedef struct NetListener NetListener;
typedef struct NetUdp NetUdp;

/* ---- the network of a world ---- */

/* Over a real clock. Raises the limit on open descriptors as far as allowed. */
Net *net_new_sockets(NetClock *clock, GError **error);
/* Over a virtual clock. Octets, datagrams and connects take 1 ms of virtual time. */
Net *net_new_simulated(NetClock *clock);
/* Closes what is still open, without a callback; free services, listeners and datagrams first. */
void net_free(Net *net);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Net, net_free)
gboolean net_is_simulated(const Net *net);
NetClock *net_clock(const Net *net);
/* Whether octets or look-ups are under way between ends of ours: time must not jump then. */
gboolean net_in_flight(const Net *net);

/* Runs until net_quit(); a simulated one also until nothing is left to happen when
 * @until_quiet. For clocks that warp, too: quiet is no connection, datagram or timer left. */
void net_run(Net *net, gboolean until_quiet);
void net_quit(Net *net);

/* Hooks at the end of a turn, in the order they were added. @idle: nothing more was ready, so
 * what waits for company (the group commit) should wait no longer. Return TRUE while there is
 * uncommitted work, so that the loop comes back at once instead of sleeping. */
void net_add_turn_hook(Net *net, gboolean (*hook)(void *data, gboolean idle), void *data);

#define NET_SLOW_TURN_US (50 * 1000)

/* The watchdog: @slow is told of each turn in which callbacks kept everybody else waiting longer
 * than that (hooks and the time the gate holds do not count). */
void net_set_watchdog(Net *net, void (*slow)(void *data, gint64 took_us), void *data);

/* Watches a foreign descriptor (the control socket, a signalfd, standard input): @ready when it
 * is readable. Works on a simulated network too. */
void net_watch_fd(Net *net, int fd, void (*ready)(void *data), void *data);
void net_unwatch_fd(Net *net, int fd);

/* Something is under way that no descriptor shows (a look-up): the clock must not warp. */
void net_busy(Net *net);
void net_unbusy(Net *net);

/* ---- connections ---- */

typedef struct NetHandler {
    /* An outgoing connection stands. */
    void (*opened)(NetConn *conn, void *owner);
    /* Octets came; take them from net_conn_input(). What is left stays for the next call. */
    void (*input)(NetConn *conn, void *owner);
    /* TLS stands: net_conn_secure() of net/tls.h. May be NULL where that is never called. */
    void (*secured)(NetConn *conn, void *owner);
    /* All output has been taken by the network (it was above the cap before). May be NULL. */
    void (*drained)(NetConn *conn, void *owner);
    /* The deadline passed (it is off then). May be NULL: the connection is closed. */
    void (*expired)(NetConn *conn, void *owner);
    /* The peer closed (@why NULL), or it failed, or could not be opened. @conn is gone after this
     * call. Not called after net_conn_close(). Input not yet taken can still be taken here. */
    void (*closed)(NetConn *conn, void *owner, const GError *why);
} NetHandler;

#define NET_INPUT_MAX  (64 * 1024)  /* reading stops when so much waits to be taken */
#define NET_OUTPUT_MAX (256 * 1024) /* net_conn_is_full() from here on */

typedef void (*NetAccept)(NetConn *conn, void *data);

/* NULL and @error naming address and port: in use, not ours, not allowed. */
NetListener *net_listen(Net *net, const char *address, guint16 port, NetAccept accept, void *data,
                        GError **error);
/* The port, also where the kernel chose it (port 0). */
guint16 net_listener_port(const NetListener *listener);
void net_listener_free(NetListener *listener);

/* From @local (NULL: any) to @remote. Never fails at once: closed() tells. */
NetConn *net_connect(Net *net, const char *local, const char *remote, guint16 port,
                     const NetHandler *handler, void *owner);
/* One of the last descriptors that the process may open, for an accepted connection? They are left
 * to what those who are served already need: bodies under way, calls to other hosts, look-ups. Say
 * so, and close. */
gboolean net_conn_is_one_too_many(const NetConn *conn);
/* For accepted connections: who handles it from now on. */
void net_conn_handle(NetConn *conn, const NetHandler *handler, void *owner);

NetBuffer *net_conn_input(NetConn *conn);
/* Buffered; sent at the end of the turn. */
void net_conn_write(NetConn *conn, const char *octets, gssize length);
/* The peer reads too slowly: produce no more until drained(). */
gboolean net_conn_is_full(const NetConn *conn);
/* Stops and starts reading (a pending session keeps its pipelined input in the kernel). The peer's
 * end waits behind its octets, so closed() does not come meanwhile; a reset is told at once. */
void net_conn_hold(NetConn *conn, gboolean hold);
/* @seconds from now, once; 0: none. A GUARD timer. */
void net_conn_deadline(NetConn *conn, double seconds);
/* Sends what is buffered, then closes. No callback comes after this; do not touch @conn again. */
void net_conn_close(NetConn *conn);
/* Closes at once with a reset, as a crash would. */
void net_conn_abort(NetConn *conn);

const char *net_conn_local(const NetConn *conn); /* address */
guint16 net_conn_local_port(const NetConn *conn);
const char *net_conn_remote(const NetConn *conn);
guint16 net_conn_remote_port(const NetConn *conn);

/* ---- both ends ours: journey and cause cross the connection ----
 * Of each outgoing connection the net remembers its local endpoint. A connection accepted in the
 * same process finds its other end there. */

/* The connecting end says for which journey and because of which event it dials. */
void net_conn_set_origin(NetConn *conn, const char *journey, const char *branch, guint64 event);
/* The accepting end asks. FALSE: the peer is not ours, or set no origin. Strings live as long as
 * the peer's connection. */
gboolean net_conn_origin(const NetConn *conn, const char **journey, const char **branch,
                         guint64 *event);
/* The octets written so far on @conn were told by event @seq (call after the write). Where the
 * other end is ours too, its input buffer is marked: net_buffer_twin(). */
void net_conn_wrote(NetConn *conn, guint64 seq);
/* Event @seq told why this end closes (call before closing). */
void net_conn_say_why(NetConn *conn, guint64 seq);
/* What the other end said so; 0: nothing, or it is not ours. In closed(), too. */
guint64 net_conn_why(const NetConn *conn);

/* ---- datagrams ---- */

typedef void (*NetDatagram)(NetUdp *udp, const guint8 *octets, gsize length, const char *from,
                            guint16 port, void *data);
/* @port 0: any. */
NetUdp *net_udp_open(Net *net, const char *address, guint16 port, NetDatagram datagram, void *data,
                     GError **error);
/* FALSE: could not be sent (@error). */
gboolean net_udp_send(NetUdp *udp, const guint8 *octets, gsize length, const char *to, guint16 port,
                      GError **error);
guint16 net_udp_port(const NetUdp *udp);
void net_udp_close(NetUdp *udp);

/* ---- hosts that are down ----
 * No connection to or from @address works (refused), no datagram arrives. Open ones are reset. */
void net_set_down(Net *net, const char *address, gboolean down);
gboolean net_is_down(const Net *net, const char *address);

#endif
