/* net/seal.c - the TLS of one connection, between its owner and its network.
 *
 *   owner > output > net_seal_output() > carried > back end > peer
 *   owner < input  < net_seal_received() < arrived < back end < peer
 *
 * GnuTLS is given octets and gives octets; it never touches a socket. The handshake is the same
 * two buffers, before the owner's first octet.
 *
 * Start reading at net_conn_secure(). Tests: tests/test_net_tls.c
 */
#include "net/backend.h"

#include <errno.h>
#include <string.h>

#include "net/tls_inside.h"
#include "trace/words.h"

/* Old versions are not spoken: RFC 8314 §4.1 asks for 1.2 at least. */
#define NET_SEAL_VERSIONS "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

#define NET_SEAL_BLOCK (16 * 1024) /* octets of one TLS record */

struct NetSeal {
    gnutls_session_t session;
    NetBuffer *arrived; /* sealed, from the peer */
    NetBuffer *carried; /* sealed (or written before), to the peer */
    gboolean stands;    /* the handshake is over */
    gboolean ended;     /* our close_notify has gone */
    char *name;         /* as a client: whose certificate we expect */
    char *words;        /* net_conn_secured() */
    char *distrust;     /* net_conn_distrust() */
    NetTimer *pretend;  /* simulated: the handshake that is none */
};

/* ---- what GnuTLS reads and writes ---- */

static ssize_t
net_seal_push(gnutls_transport_ptr_t to, const void *octets, size_t length)
{
    NetSeal *seal = to;

    net_buffer_add(seal->carried, octets, length);
    return length;
}

static ssize_t
net_seal_pull(gnutls_transport_ptr_t from, void *octets, size_t room)
{
    NetSeal *seal = from;
    gsize length;
    const char *arrived = net_buffer_peek(seal->arrived, &length);

    if (length == 0) {
        gnutls_transport_set_errno(seal->session, EAGAIN);
        return -1;
    }
    length = MIN(length, room);
    memcpy(octets, arrived, length);
    net_buffer_take(seal->arrived, length);
    return length;
}

/* Asked in the handshake: is there something to read? */
static int
net_seal_pull_timeout(gnutls_transport_ptr_t from, unsigned int ms G_GNUC_UNUSED)
{
    NetSeal *seal = from;

    return net_buffer_length(seal->arrived) > 0;
}

/* ---- begin and end ---- */

static NetSeal *
net_seal_new(NetTls *tls, const char *name)
{
    NetSeal *seal = g_new0(NetSeal, 1);
    unsigned flags = GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL;

    seal->name = g_strdup(name);
    seal->arrived = net_buffer_new();
    seal->carried = net_buffer_new();
    gnutls_init(&seal->session, flags | (name != NULL ? GNUTLS_CLIENT : GNUTLS_SERVER));
    gnutls_priority_set_direct(seal->session, NET_SEAL_VERSIONS, NULL);
    gnutls_credentials_set(seal->session, GNUTLS_CRD_CERTIFICATE, tls->credentials);
    gnutls_transport_set_ptr(seal->session, seal);
    gnutls_transport_set_push_function(seal->session, net_seal_push);
    gnutls_transport_set_pull_function(seal->session, net_seal_pull);
    gnutls_transport_set_pull_timeout_function(seal->session, net_seal_pull_timeout);
    gnutls_handshake_set_timeout(seal->session, 0); /* the connection's deadline guards it */
    if (name != NULL && !g_hostname_is_ip_address(name))
        gnutls_server_name_set(seal->session, GNUTLS_NAME_DNS, name, strlen(name));
    return seal;
}

void
net_seal_free(NetSeal *seal)
{
    if (seal == NULL)
        return;
    net_timer_stop(&seal->pretend);
    if (seal->session != NULL)
        gnutls_deinit(seal->session);
    net_buffer_free(seal->arrived);
    net_buffer_free(seal->carried);
    g_free(seal->name);
    g_free(seal->words);
    g_free(seal->distrust);
    g_free(seal);
}

/* As a client: is the certificate signed by one we believe, in its time, and for that name? */
static char *
net_seal_distrust(NetSeal *seal)
{
    unsigned status = 0;
    gnutls_datum_t words = { NULL, 0 };
    char *why;

    if (gnutls_certificate_verify_peers3(seal->session, seal->name, &status) < 0)
        return g_strdup(N_("the server showed no certificate"));
    if (status == 0)
        return NULL;
    gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &words, 0);
    why = g_strstrip(g_strdup((const char *)words.data));
    gnutls_free(words.data);
    return why;
}

static char *
net_seal_describe(NetSeal *seal)
{
    return g_strdup_printf("%s with %s",
                           gnutls_protocol_get_name(gnutls_protocol_get_version(seal->session)),
                           gnutls_cipher_get_name(gnutls_cipher_get(seal->session)));
}

static void
net_seal_stands(NetConn *conn)
{
    NetSeal *seal = conn->seal;

    seal->stands = TRUE;
    if (seal->session != NULL) {
        seal->words = net_seal_describe(seal);
        if (seal->name != NULL)
            seal->distrust = net_seal_distrust(seal);
    } else {
        seal->words = g_strdup(N_("TLS1.3 (nothing is sealed on a simulated network)"));
    }
    net_conn_touch(conn);
    if (conn->handler->secured != NULL)
        conn->handler->secured(conn, conn->owner);
}

/* The alert that says why still goes out. */
static void
net_seal_failed(NetConn *conn, int code)
{
    gnutls_alert_send_appropriate(conn->seal->session, code);
    conn->net->backend->send(conn);
    net_conn_fail(conn, g_error_new(G_IO_ERROR, G_IO_ERROR_FAILED, "%s port %u: TLS: %s",
                                    conn->remote, conn->remote_port, gnutls_strerror(code)));
}

static void
net_seal_shake_hands(NetConn *conn)
{
    int code;

    do
        code = gnutls_handshake(conn->seal->session);
    while (code < 0 && code != GNUTLS_E_AGAIN && !gnutls_error_is_fatal(code));
    net_conn_touch(conn);
    if (code == GNUTLS_E_SUCCESS)
        net_seal_stands(conn);
    else if (code != GNUTLS_E_AGAIN)
        net_seal_failed(conn, code);
}

/* On a simulated network, in the turn after: as if there had been a handshake. */
static void
net_seal_pretend(void *data)
{
    NetConn *conn = data;

    conn->seal->pretend = NULL;
    if (conn->state == NET_OPEN)
        net_seal_stands(conn);
}

void
net_conn_secure(NetConn *conn, NetTls *tls, const char *name)
{
    gsize length;
    const char *octets = net_buffer_peek(conn->output, &length);

    if (conn->state != NET_OPEN || conn->seal != NULL)
        return;
    net_buffer_clear(conn->input);
    if (conn->net->backend->simulated) {
        conn->seal = g_new0(NetSeal, 1);
        conn->seal->pretend =
            net_timer_start(conn->net->clock, NET_TIMER_GUARD, 0, net_seal_pretend, conn);
        return;
    }
    conn->seal = net_seal_new(tls, name);
    net_buffer_add(conn->seal->carried, octets, length); /* written before: still in the clear */
    net_buffer_take(conn->output, length);
    net_seal_shake_hands(conn);
}

const char *
net_conn_secured(const NetConn *conn)
{
    return conn->seal != NULL && conn->seal->stands ? conn->seal->words : NULL;
}

const char *
net_conn_distrust(const NetConn *conn)
{
    return conn->seal != NULL ? conn->seal->distrust : NULL;
}

/* ---- octets ---- */

gboolean
net_seal_is_real(const NetConn *conn)
{
    return conn->seal != NULL && conn->seal->session != NULL;
}

NetBuffer *
net_conn_carried(const NetConn *conn)
{
    return net_seal_is_real(conn) ? conn->seal->carried : conn->output;
}

/* In a handshake the owner's octets have to wait: nothing to be sent then but the handshake's. */
gboolean
net_conn_has_to_send(const NetConn *conn)
{
    gboolean waits = net_seal_is_real(conn) && !conn->seal->stands;

    return net_buffer_length(net_conn_carried(conn)) > 0 ||
           (net_buffer_length(conn->output) > 0 && !waits);
}

/* Seals what the owner wrote, as much as the network may hold. */
void
net_seal_output(NetConn *conn)
{
    NetSeal *seal = conn->seal;
    gsize length;
    const char *octets;

    while (seal->stands && net_buffer_length(seal->carried) < NET_OUTPUT_MAX) {
        octets = net_buffer_peek(conn->output, &length);
        if (length == 0)
            return;
        length = MIN(length, NET_SEAL_BLOCK);
        if (gnutls_record_send(seal->session, octets, length) < 0)
            return; /* only after an alert: the reading side tells of it */
        net_buffer_take(conn->output, length);
    }
}

void
net_seal_end(NetConn *conn)
{
    NetSeal *seal = conn->seal;

    if (seal->stands && !seal->ended)
        gnutls_bye(seal->session, GNUTLS_SHUT_WR);
    seal->ended = TRUE;
}

/* Opens all that has arrived: at most what one read gave. */
static int
net_seal_open(NetConn *conn)
{
    static guint8 octets[NET_SEAL_BLOCK];
    NetBuffer *arrived = conn->seal->arrived;
    gsize left;
    ssize_t got;

    do {
        left = net_buffer_length(arrived);
        got = gnutls_record_recv(conn->seal->session, octets, sizeof octets);
        if (got > 0)
            net_buffer_add(conn->input, octets, got);
        /* "Again" is also said after a record that holds nothing for us, such as a session ticket;
         * others may stand behind it. */
    } while (got > 0 || got == GNUTLS_E_INTERRUPTED || got == GNUTLS_E_REHANDSHAKE ||
             (got == GNUTLS_E_AGAIN && net_buffer_length(arrived) > 0 &&
              net_buffer_length(arrived) < left));
    return (int)got;
}

void
net_seal_received(NetConn *conn, const void *octets, gsize length)
{
    NetSeal *seal = conn->seal;
    gsize before = net_buffer_length(conn->input);
    int code;

    net_buffer_add(seal->arrived, octets, length);
    if (!seal->stands)
        net_seal_shake_hands(conn);
    if (!seal->stands || conn->state != NET_OPEN || conn->why != NULL)
        return;
    code = net_seal_open(conn);
    if (net_buffer_length(conn->input) > before && conn->handler->input != NULL)
        conn->handler->input(conn, conn->owner);
    if (conn->state != NET_OPEN)
        return;
    if (code == 0)
        net_conn_ended(conn);
    else if (code != GNUTLS_E_AGAIN)
        net_seal_failed(conn, code);
}
