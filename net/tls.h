/* net/tls.h - TLS on a connection: who shows which certificate, and when it begins.
 *
 *   certificate, key, authority (PEM files)  >  NetTls, one a host
 *   net_conn_secure(conn, tls, ...)  >  the handshake  >  secured()     from here on octets are
 *                                                                       sealed on the way
 *
 * GnuTLS does the cryptography. On a simulated network nothing is sealed: secured() comes all the
 * same, so that a session sees, and tells, the same steps.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "net/net.h"

typedef struct NetTls NetTls;

/* @certificate may hold a chain, and may be the file that holds the key, too. @authority: whose
 * certificates are believed; NULL: the machine's list. NULL and @error naming the file. */
NetTls *net_tls_new(const char *certificate, const char *key, const char *authority,
                    GError **error);
void net_tls_free(NetTls *tls);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetTls, net_tls_free)

/* The files of a lab's own authority, which is believed by nobody else. */
#define NET_TLS_AUTHORITY "authority.pem"

/**
 * net_tls_make:
 * @folder: made when missing; keys in it can be read by their owner only
 * @host, @address: what the certificate stands for; its file is @folder/@host.pem, with the key
 * @now_s: the certificates hold from the day before, for ten years
 *
 * Makes the authority, and a certificate of @host signed by it, where they are missing or a power cut
 * left them torn, or where the authority has been made anew since.
 */
gboolean net_tls_make(const char *folder, const char *host, const char *address, gint64 now_s,
                      GError **error);

/* From here on TLS, in both directions. What was written before still goes in the clear; what was
 * received and not taken is thrown away: nobody may slip a command in front of the handshake
 * (RFC 3207 §6). Then secured() of the handler, or closed() with the reason.
 * @name: NULL as the server; as the client the name that the certificate is held against: see
 * net_conn_distrust(). @tls may be NULL on a simulated network only. */
void net_conn_secure(NetConn *conn, NetTls *tls, const char *name);
/* "TLS1.3 with AES-256-GCM"; NULL in the clear, and until secured(). */
const char *net_conn_secured(const NetConn *conn);
/* As the client: why the certificate is not to be believed, in words; NULL: it is. */
const char *net_conn_distrust(const NetConn *conn);

#endif
