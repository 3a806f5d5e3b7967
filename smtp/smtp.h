/* smtp/smtp.h - what all files of this folder need to know of the host they work for.
 *
 * Reading order: session (the conversation), commands, envelope; the decisions it asks for: sender,
 * split, route, recipient; body and data, accept, filter, received, deliver; then mail that
 * travels: queue, relay, client, retry, bounce. README.md says more.
 */
#ifndef SMTP_SMTP_H
#define SMTP_SMTP_H

#include "dns/mx.h"
#include "net/net.h"
#include "storage/account.h"
#include "storage/archive.h"
#include "storage/mailbox.h"
#include "storage/queue.h"
#include "trace/trace.h"

typedef struct SmtpFilter SmtpFilter;

/* What the world file says of TLS (RFC 3207). */
typedef enum {
    SMTP_TLS_OPTIONAL, /* offered, and used where the other side offers it */
    SMTP_TLS_REQUIRED, /* our users must use it to submit; other hosts need not (RFC 3207 §4) */
    SMTP_TLS_OFF,
} SmtpTls;

/* A [host NAME] section of the world file, as far as SMTP is concerned. Owned by app/. */
typedef struct SmtpSettings {
    char *hostname;          /* mx.north.example */
    char *address;           /* 127.0.0.2: listens here, and calls others from here */
    char **domains;          /* ours: mail for them is delivered here */
    char **trusted_networks; /* "127.0.0.9", "10.0.0.0/8": may relay without AUTH */
    char *relay_via;         /* smart host: "mx.hub.example" or "127.0.0.4:25", or NULL */
    char **routes;           /* "slow.example: 127.0.0.9:2500": overrides of DNS */
    char **catch_all;     /* addresses that take what no account does, one a domain; may be empty */
    char *subaddress;     /* what parts a user's name from a note of their own; "" for none */
    guint64 quota_octets; /* of all mailboxes of a user; 0: no limit */
    guint16 relay_port;   /* where other hosts listen: 25, in a lab 10025 */
    gint64 *retry_s;      /* waits between attempts; the last one repeats */
    guint retries;        /* how many there are, at least 1 */
    gint64 warn_after_s;  /* 0: never */
    gint64 give_up_after_s;
    guint give_up_tries;   /* 0: no limit */
    double peer_timeout_s; /* 0: the RFC's own (RFC 5321 §4.5.3.2) */
    guint64 max_message_octets;
    gboolean verify_domain; /* ask DNS at RCPT */
    gboolean local_sender_needs_auth;
    gboolean plaintext_auth; /* AUTH PLAIN without TLS, from loopback */
    SmtpTls tls;
    gboolean archive;   /* keep a copy of everything */
    SmtpFilter *filter; /* NULL: none */
} SmtpSettings;

/* The host at work. One a [host]; its parts belong to app/. */
typedef struct SmtpHost {
    const SmtpSettings *settings;
    Store *store;
    Net *net;
    NetChance *chance;
    DnsResolver *resolver;
    Tracer *tracer;
} SmtpHost;

/* Limits (RFC 5321 §4.5.3.1), each tested from both sides. */
#define SMTP_COMMAND_MAX    512  /* octets with CRLF */
#define SMTP_MAIL_EXTRA     1000 /* what parameters may add to MAIL and RCPT */
#define SMTP_AUTH_LINE_MAX  12288
#define SMTP_TEXT_LINE_MAX  1000
#define SMTP_LOCAL_PART_MAX 64
#define SMTP_DOMAIN_MAX     255
#define SMTP_PATH_MAX       256
#define SMTP_RECIPIENTS_MAX 1000
#define SMTP_RECEIVED_MAX   100 /* RFC 5321 §6.3 */
#define SMTP_ERRORS_MAX     20  /* bad commands in a row before 421 */
#define SMTP_REFUSED_MAX    5   /* wrong passwords before it */

#endif
