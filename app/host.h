/* app/host.h - one mail host at work: its database, its ports, its queue.
 *
 * All of a host's state hangs on this struct, so that a host can be "crashed" and opened again.
 */
#ifndef APP_HOST_H
#define APP_HOST_H

#include "app/world.h"
#include "imap/session.h"
#include "net/service.h"
#include "net/tally.h"
#include "pop3/session.h"
#include "smtp/filter.h"
#include "smtp/limits.h"
#include "smtp/queue.h"
#include "smtp/session.h"
#include "smtp/upkeep.h"
#include "storage/sasl.h"

#define APP_GROUP_MESSAGES   100           /* a group is committed at this many messages, */
#define APP_GROUP_OCTETS     (1024 * 1024) /* or octets, */
#define APP_GROUP_WAIT_US    5000          /* or after this time, or when nothing else is ready */
#define APP_PASSWORDS_A_TURN 4             /* each takes half a millisecond of the one thread */

/* The write-ahead log moves into the database */
#define APP_WAL_IDLE_OCTETS (4 * 1024 * 1024)  /* when it has so many, and nothing else is to do, */
#define APP_WAL_BUSY_OCTETS (8 * 1024 * 1024)  /* or so many, whoever has to wait for it, */
#define APP_WAL_MOST_OCTETS (16 * 1024 * 1024) /* or so many, even before the replies of a COMMIT */

/* The more wrong passwords come from an address, the longer each is left without an answer. */
#define APP_PASSWORD_DELAY_US     NET_SECOND         /* the first; each next one twice as long */
#define APP_PASSWORD_DELAY_MAX_US (16 * NET_SECOND)  /* but not longer */
#define APP_PASSWORD_QUIET_US     (600 * NET_SECOND) /* of quiet, and it is forgiven */

typedef enum {
    APP_SMTP,
    APP_SUBMISSION,
    APP_SUBMISSIONS,
    APP_POP3,
    APP_POP3S,
    APP_IMAP,
    APP_IMAPS,
    APP_SERVICES
} AppService;

/* What a host shares with the rest of its world. */
typedef struct AppParts {
    const AppWorldFile *file;
    Net *net;
    NetChance *chance;
    Tracer *tracer;
} AppParts;

typedef struct AppHost {
    AppParts parts;
    StoreWorld store_world;
    Pop3Locks *locks;
    ImapKept *kept;
    const AppHostFile *file;
    SmtpSettings settings;
    SmtpHost smtp;
    Pop3Host pop3;
    ImapHost imap;
    Trace *trace; /* the host's own speaker: start, stop, COMMIT */
    Store *store;
    DnsResolver *resolver;
    SmtpQueue *queue;
    SmtpUpkeep *upkeep;
    SmtpLimits *limits;
    NetTally *failures;                 /* wrong passwords of late, by address */
    NetTls *tls;                        /* NULL: off, or simulated */
    NetService *services[APP_SERVICES]; /* NULL: not served */
    GPtrArray *committing;              /* AppCaller whose reply waits for the next COMMIT */
    GPtrArray *checking;                /* AppCaller whose password waits to be checked */
    gint64 group_opened_us;             /* 0: no group is open */
    gboolean committed; /* in this turn: the journal is to be written before anybody hears of it */
    gboolean down;
    gboolean crashing; /* a fault asks for it: before anybody is told of the COMMIT */
} AppHost;

/* Opens the database (accounts and aliases of the world file are made if they are new), the
 * resolver, the queue and the ports. @error names what could not be had. */
AppHost *app_host_open(const AppParts *parts, const AppHostFile *file, GError **error);
/* A host that answers questions and does nothing: no ports, no queue, and a database that is only
 * read, or (before the world's first start) held in memory. For `glasspost route`. */
AppHost *app_host_open_to_ask(const AppParts *parts, const AppHostFile *file, GError **error);
/* What is not committed is gone, as in a crash. */
void app_host_free(AppHost *host);

/* The end of a turn: password checks, then the group's COMMIT and the replies that waited for it.
 * TRUE: there is work left for the next turn. */
gboolean app_host_turn(AppHost *host, gboolean idle);
/* Commits now whatever is open, and answers all who waited for it. FALSE: it is undone (@error). */
gboolean app_host_commit(AppHost *host, GError **error);

/* The program ends: what is open is committed, whoever waited for it is answered, and each client hears
 * that it is over. */
void app_host_dismiss(AppHost *host);

/* The process, not a mail host, dies and comes back: everything but what is on the disk is lost. */
gboolean app_host_crash(AppHost *host, GError **error);
/* Reads the filter file again. On @error the old rules stay. */
gboolean app_host_reload(AppHost *host, GError **error);
void app_host_set_down(AppHost *host, gboolean down);

/* {"name":"mx.north.example","down":false,"sessions":[...],"queue":[...]} */
char *app_host_json(AppHost *host);

/* ---- one accepted connection ---- */

typedef struct AppAnswer {
    const DnsMxAnswer *hosts;
    const GError *failed;
    guint64 event;
    const StoreAccount *account;
} AppAnswer;

typedef struct AppCaller AppCaller;

/* What the three protocols do differently with the same answers (app/serve_*.c). */
typedef NetNext (*AppGiveAnswer)(void *session, const AppAnswer *answer, GString *replies);

struct AppCaller {
    AppHost *host;
    NetServed *served;
    void *session;
    AppGiveAnswer answer;
    Trace *trace;        /* the session's speaker, owned here */
    Stage stage;         /* in which its logins are told */
    guint64 origin;      /* the event of another host of ours that it goes on from; 0: a stranger */
    DnsMxLookup *lookup; /* pending, or NULL */
    SaslTry *attempt;    /* pending, or NULL */
    NetTimer *delay;     /* of a wrong password, or of a slow greeting */
};

/* @name: the session's ("smtp-7" is made of "smtp"). */
AppCaller *app_caller_new(AppHost *host, NetServed *served, const char *name, Stage stage,
                          AppGiveAnswer answer);
/* Forgets its open questions. The session must be gone already. */
void app_caller_free(AppCaller *caller);
/* Its session gets what it waited for, and goes on. */
void app_caller_give(AppCaller *caller, const AppAnswer *answer);
/* app/refusal.c: a wrong password is answered only after a while. */
void app_refusal_delay(AppCaller *caller);
void app_caller_ask_commit(AppCaller *caller);
void app_caller_ask_password(AppCaller *caller, const SaslTry *attempt);
void app_caller_ask_hosts(AppCaller *caller, const char *domain);
/* The event a connection of this process dialled because of; 0: the caller is a stranger. */
guint64 app_caller_origin(const AppCaller *caller, const char **journey, const char **branch);

/* May @peer send a password that everybody on the way can read (key plaintext-auth)? */
gboolean app_plaintext_allowed(const AppHost *host, const char *peer);

extern const NetProtocol app_smtp_protocol;
extern const NetProtocol app_submission_protocol;
extern const NetProtocol app_pop3_protocol;
extern const NetProtocol app_imap_protocol;

#endif
