/* smtp/smtp.h - what all files of this folder need to know of the host they work for.
 *
 * Reading order: session (the conversation), commands, envelope; the decisions it asks for: sender,
 * split, route, recipient; body and data, accept, filter, received, deliver; then mail that
 * travels: queue, relay, client, retry, bounce. README.md says more.
 */
#ifndef SMTP_SMTP_H
#define SMTP_SMTP_H

#include "dns/mx.h"
#include "net/tls.h"
#include "storage/account.h"
#include "storage/archive.h"
#include "storage/queue.h"
#include "trace/trace.h"

typedef struct SmtpFilter SmtpFilter;
typedef struct SmtpLimits SmtpLimits; /* smtp/limits.h */

/* What the world file says of TLS (RFC 3207). */
typedef enum {
    SMTP_TLS_OPTIONAL, /* offered, and used where the other side offers it */
    SMTP_TLS_REQUIRED, /* our users must use it to submit; other hosts need not (RFC 3207 §4) */
    SMTP_TLS_OFF,
} SmtpTls;

/* Whom VRFY and EXPN tell who is here (RFC 5321 §7.3). */
typedef enum {
    SMTP_VRFY_OFF,   /* nobody */
    SMTP_VRFY_USERS, /* users who logged in, and trusted networks */
    SMTP_VRFY_ON,    /* everybody */
} SmtpVrfy;

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
    SmtpVrfy vrfy;
    guint connections_per_client; /* of one address at once; 0: no limit */
    guint messages_per_minute;    /* of one user or address; 0: no limit */
    gboolean limit_loopback;      /* both hold for this machine's own addresses, too */
    guint16 relay_port;           /* where other hosts listen: 25, in a lab 10025 */
    gint64 *retry_s;              /* waits between attempts; the last one repeats */
    guint retries;                /* how many there are, at least 1 */
    gint64 warn_after_s;          /* 0: never */
    gint64 give_up_after_s;
    guint give_up_tries;   /* 0: no limit */
    gint64 history_s;      /* finished rows of the queue are forgotten after so long; 0: never */
    double peer_timeout_s; /* 0: the RFC's own (RFC 5321 §4.5.3.2) */
    guint64 max_message_octets;
    gboolean verify_domain; /* ask DNS at RCPT */
    gboolean local_sender_needs_auth;
    gboolean plaintext_auth; /* AUTH PLAIN without TLS, from loopback */
    SmtpTls tls;
    SmtpTls relay_tls;         /* towards other hosts; off where tls is */
    gboolean relay_pipelining; /* MAIL, RCPT and DATA go together where the next host offers it */
    gboolean archive;          /* keep a copy of everything */
    gint64 archive_keep_s;     /* how long copies are kept; 0: for ever */
    gboolean greylist;         /* put off strangers' first tries (RFC 6647) */
    gint64 greylist_delay_s, greylist_window_s, greylist_lifetime_s;
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
    SmtpLimits *limits; /* what is remembered of clients; NULL: no limits */
    NetTls *tls;        /* to call others with; NULL: off, or simulated */
} SmtpHost;

/* Limits (RFC 5321 §4.5.3.1), each tested from both sides. */
#define SMTP_COMMAND_MAX    512  /* octets with CRLF (RFC 5321 §4.5.3.1.4) */
#define SMTP_MAIL_EXTRA     1000 /* what parameters may add to MAIL and RCPT */
#define SMTP_AUTH_LINE_MAX  12288
#define SMTP_TEXT_LINE_MAX  1000 /* with CRLF (RFC 5321 §4.5.3.1.6) */
#define SMTP_LOCAL_PART_MAX 64   /* RFC 5321 §4.5.3.1.1 */
#define SMTP_DOMAIN_MAX     255  /* RFC 5321 §4.5.3.1.2 */
#define SMTP_PATH_MAX       256  /* RFC 5321 §4.5.3.1.3 */
#define SMTP_RECIPIENTS_MAX 1000 /* RFC 5321 §4.5.3.1.8 asks for 100 at least */
#define SMTP_RECEIVED_MAX   100  /* RFC 5321 §6.3 */
#define SMTP_ERRORS_MAX     20   /* bad commands in a row before 421 */
#define SMTP_REFUSED_MAX    5    /* wrong passwords before it */
#define SMTP_UNKNOWN_MAX    100 /* refused recipients before it, if they are more than those taken */

#define SMTP_COMMAND_PATIENCE_S 300.0 /* until a command must have come, or 421 */
#define SMTP_BLOCK_PATIENCE_S   180.0 /* until more of a message must have */

#endif
