/* smtp/connect.h - who is calling, and on which port? (RFC 5321 §3.1, RFC 6409 §3.1) */
#ifndef SMTP_CONNECT_H
#define SMTP_CONNECT_H

#include "smtp/session.h"

/* What is known of the client; decisions about senders and relaying rest on nothing else. */
typedef struct SmtpCaller {
    SmtpPort port;
    char *peer;            /* its address */
    gboolean trusted;      /* the address is in a trusted network */
    gboolean loopback;     /* it calls from this machine */
    char *secured;         /* by TLS: "TLS1.3 with AES-256-GCM"; NULL: in the clear */
    gboolean counted;      /* among the connections of its address (smtp/limits.h) */
    StoreAccount *account; /* whose password it showed (AUTH), or NULL */
} SmtpCaller;

/* Fills @caller in for a client at @peer. */
void smtp_connect_caller(SmtpCaller *caller, const SmtpSettings *settings, SmtpPort port,
                         const char *peer);
void smtp_connect_clear(SmtpCaller *caller);
/* Is @address inside @network ("127.0.0.9", "10.0.0.0/8", "fd00::/8")? */
gboolean smtp_connect_in_network(const char *address, const char *network);
/* Tells who is calling, and greets: 220. */
NetNext smtp_connect_greet(SmtpSession *session, GString *replies);

#endif
