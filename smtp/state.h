/* smtp/state.h - what the files of the receiving end share: one session, and its commands.
 *
 * Nobody but session, commands, envelope, body, accept, keep, auth, connect and reply includes
 * this (and enquiry, whose session has no client): a session is opaque to the rest of the house
 * (smtp/session.h).
 */
#ifndef SMTP_STATE_H
#define SMTP_STATE_H

#include "smtp/connect.h"
#include "smtp/data.h"
#include "smtp/blind.h"
#include "smtp/disown.h"
#include "smtp/filter.h"
#include "smtp/parameters.h"
#include "smtp/recipient.h"
#include "smtp/session.h"
#include "storage/message.h"
#include "trace/fault.h"

/* One bit each: a command names the states it is allowed in. */
typedef enum {
    SMTP_START = 1,      /* greeted; the client has not said who it is */
    SMTP_READY = 2,      /* after EHLO or HELO: no message under way */
    SMTP_SENDER = 4,     /* after MAIL */
    SMTP_RCPTS = 8,      /* after MAIL and at least one good RCPT */
    SMTP_BODY = 16,      /* after DATA: what comes is the message, up to the final dot */
    SMTP_SECRET = 32,    /* inside AUTH: the next line is an answer, not a command */
    SMTP_UNWELCOME = 64, /* greeted with 554: only QUIT is left (RFC 5321 §3.1) */
} SmtpState;

#define SMTP_ANY         (SMTP_START | SMTP_READY | SMTP_SENDER | SMTP_RCPTS)
#define SMTP_GREETED     (SMTP_READY | SMTP_SENDER | SMTP_RCPTS)
#define SMTP_TRANSACTION (SMTP_SENDER | SMTP_RCPTS | SMTP_BODY)

typedef enum {
    SMTP_WAITS_NOTHING,
    SMTP_WAITS_HOSTS,
    SMTP_WAITS_COMMIT,
    SMTP_WAITS_PASSWORD
} SmtpWaits;

/* May a command have an argument? */
typedef enum { SMTP_ARG_NONE, SMTP_ARG_MAY, SMTP_ARG_MUST } SmtpArgument;

typedef struct SmtpCommand {
    const char *verb;
    guint allowed; /* of SmtpState */
    SmtpArgument argument;
    Stage stage;         /* which stage of the journey it belongs to */
    const char *section; /* where the standard speaks of it */
    NetNext (*handler)(SmtpSession *session, const char *arg, GString *replies);
    const char *syntax; /* for HELP; NULL: not listed */
} SmtpCommand;

struct SmtpSession {
    const SmtpHost *host;
    const SmtpAsk *ask;
    void *world;
    Trace *trace;         /* the world's: it outlives the session */
    char *origin_journey; /* of the connection's other end, where that is ours; or NULL */
    char *origin_branch;

    SmtpState state;
    SmtpWaits waits;            /* for which answer; no input is taken meanwhile */
    const SmtpCommand *command; /* the one being answered, or NULL */
    Stage stage;                /* the stage that will answer it: replies are told there */
    guint errors;               /* bad commands in a row */
    guint refused;              /* wrong passwords so far */
    guint known, unknown;       /* recipients taken and refused so far, of all messages */
    gboolean after_auth;        /* the last command was AUTH: a stray answer may follow */

    SmtpCaller caller;
    char *helo;     /* the name given in EHLO or HELO; NULL in START */
    gboolean esmtp; /* it was EHLO */

    SaslLogin *login; /* from AUTH to the last answer */

    /* What the filter came to (smtp/policy.c): of the client; of the message under way; of the RCPT
     * that is being answered. */
    SmtpJudgement *at_connect, *judgement, *at_rcpt;

    /* The transaction: from MAIL to the final dot or RSET. */
    SmtpAddress *sender;     /* the reverse-path */
    gboolean eightbit;       /* it is 8-bit: BODY=8BITMIME was said, or such octets came */
    gboolean sevenbit;       /* 8-bit octets may not come: BODY=7BIT was said, or HELO */
    char ret;                /* RET: 'F' or 'H'; 0: not said */
    char *envid;             /* ENVID as it came, or NULL */
    char *branch;            /* of the last RCPT */
    guint rcpts;             /* RCPT commands so far, good or not: numbers the branches */
    SmtpAddress *asked;      /* the recipient whose domain is being looked up */
    SmtpRcptParameters wish; /* what stood behind the last RCPT */
    GPtrArray *recipients;   /* of SmtpRecipient */
    GPtrArray *expanded; /* of SmtpRecipient: aliases for several, whose sender is to be told so */
    guint accepted;      /* good RCPT commands */
    char *rcpt;          /* the address of the last good one */
    SmtpData *data;
    SmtpBlind blind;   /* drops Bcc from what a user submits */
    SmtpDisown disown; /* renames header fields that only we may write */
    StoreDraft *draft;
    const SmtpRefusal *draft_wrong; /* the draft could not be written */
    guint64 data_cut;               /* a fault: break off after so many octets; 0: none */
    char *token;                    /* our id for the message */
};

/* ---- session ---- */

/* Asks the one question @what; the state keeps what it is about. */
NetNext smtp_session_wait(SmtpSession *session, SmtpWaits what, const char *domain,
                          GString *replies);
/* Forgets the transaction; the session is ready for the next one. */
void smtp_session_reset(SmtpSession *session);
const char *smtp_session_state_name(const SmtpSession *session);

/* ---- commands ---- */

/* The row of @verb (any case), or NULL. */
const SmtpCommand *smtp_commands_find(const char *verb, gsize length);

/* ---- envelope, body, accept, auth: the handlers, and what goes on when their answer has come ---- */

/* Numbers the recipient that a RCPT is about to name: the trace's branch. */
void smtp_envelope_branch(SmtpSession *session);
NetNext smtp_envelope_mail(SmtpSession *session, const char *arg, GString *replies);
NetNext smtp_envelope_rcpt(SmtpSession *session, const char *arg, GString *replies);
NetNext smtp_envelope_hosts(SmtpSession *session, const DnsMxAnswer *hosts, GString *replies);

NetNext smtp_body_data(SmtpSession *session, const char *arg, GString *replies);
NetNext smtp_body_input(SmtpSession *session, NetBuffer *input, GString *replies);

/* Writes it into the open group, with where it goes: delivers, queues, archives. FALSE: nothing of it
 * is left behind. */
gboolean smtp_keep_message(SmtpSession *session, const StoreIndex *index,
                           const SmtpJudgement *judgement, GError **error);
/* The message is whole: filters it, writes it down, and asks for the commit. */
NetNext smtp_accept_message(SmtpSession *session, const StoreIndex *index, GString *replies);
NetNext smtp_accept_committed(SmtpSession *session, const SmtpAnswer *answer, GString *replies);

/* The mechanisms for EHLO, or NULL: none here. */
const char *smtp_auth_offered(const SmtpSession *session);
NetNext smtp_auth_command(SmtpSession *session, const char *arg, GString *replies);
NetNext smtp_auth_line(SmtpSession *session, const char *line, GString *replies);
NetNext smtp_auth_checked(SmtpSession *session, const SmtpAnswer *answer, GString *replies);

/* ---- verify ---- */

/* Does the answer to EHLO list EXPN? */
gboolean smtp_verify_offered(const SmtpSession *session);
NetNext smtp_verify_vrfy(SmtpSession *session, const char *arg, GString *replies);
NetNext smtp_verify_expn(SmtpSession *session, const char *arg, GString *replies);

/* ---- wish: what the sender wants to be told (RFC 3461) ---- */

/* Tells what MAIL asked for. */
void smtp_wish_of_message(SmtpSession *session);
/* Gives those of @found, to whom the last RCPT for @address led, what it asked for. */
void smtp_wish_of_recipients(SmtpSession *session, const SmtpAddress *address,
                             const GPtrArray *found);
/* @kept gets the message already; @other named the same mailbox once more, and wants, too. */
void smtp_wish_join(SmtpRecipient *kept, const SmtpRecipient *other);
/* Reports what was delivered or expanded, where that is wanted; in the open group. */
gboolean smtp_wish_report(SmtpSession *session, gint64 message, GError **error);

/* ---- policy: the filter's four points (smtp/policy.c) ---- */

/* Each returns the words of a refusal, or NULL; the reply then belongs to stage filter. */
const char *smtp_policy_connect(SmtpSession *session);
const char *smtp_policy_mail(SmtpSession *session, const char *sender);
const char *smtp_policy_rcpt(SmtpSession *session, const char *recipient);
/* A recipient that this host would take: is it too early? */
const SmtpRefusal *smtp_policy_greylist(SmtpSession *session, const char *recipient);
/* The RCPT has succeeded: what the rules said of it counts for the message. */
void smtp_policy_taken(SmtpSession *session);
/* The whole message. The verdict's header field is written. */
const SmtpJudgement *smtp_policy_content(SmtpSession *session);
/* The transaction is over. */
void smtp_policy_forget(SmtpSession *session);

/* ---- tls ---- */

gboolean smtp_tls_offered(const SmtpSession *session);
/* The world file wants TLS of this client before @verb, and it has none yet. */
gboolean smtp_tls_missing(const SmtpSession *session, const char *verb);
NetNext smtp_tls_command(SmtpSession *session, const char *arg, GString *replies);

#endif
