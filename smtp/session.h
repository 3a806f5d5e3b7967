/* smtp/session.h - the receiving end of SMTP: lines in, replies out (RFC 5321, RFC 6409).
 *
 * An engine without a socket: the network, tests and fuzzers drive it the same way. What has to be
 * waited for it asks through SmtpAsk; the answer comes by smtp_session_answer().
 */
#ifndef SMTP_SESSION_H
#define SMTP_SESSION_H

#include "net/service.h"
#include "smtp/smtp.h"
#include "storage/login.h"

typedef struct SmtpSession SmtpSession;

typedef enum {
    SMTP_PORT_RELAY,  /* 25: hosts deliver to us */
    SMTP_PORT_SUBMIT, /* 587: our users hand in mail (RFC 6409) */
} SmtpPort;

/* Each is asked at most once at a time, and answered by smtp_session_answer(), never from within
 * the call. A closed session's answer is forgotten by the world. */
typedef struct SmtpAsk {
    void (*mail_hosts)(void *world, SmtpSession *session, const char *domain);
    void (*commit)(void *world, SmtpSession *session); /* storage's next group */
    void (*password)(void *world, SmtpSession *session, const SaslTry *attempt);
} SmtpAsk;

typedef struct SmtpAnswer {
    const DnsMxAnswer *hosts;    /* of mail_hosts */
    const GError *failed;        /* of commit: NULL is success; of password: why not */
    guint64 event;               /* of commit: the COMMIT's event */
    const StoreAccount *account; /* of password: whose it is; NULL: refused */
} SmtpAnswer;

/* @peer: the client's address. Takes nothing; all must outlive the session. @ask may be NULL in
 * tests: then each question is answered at once (hosts found, committed through the store,
 * password checked through the store). */
SmtpSession *smtp_session_new(const SmtpHost *host, SmtpPort port, const char *peer, Trace *trace,
                              const SmtpAsk *ask, void *world);
void smtp_session_free(SmtpSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpSession, smtp_session_free)

/* The connection came from a connection of this process: its events go on in that journey. */
void smtp_session_set_origin(SmtpSession *session, const char *journey, const char *branch,
                             guint64 event);
/* 220, or 554 where policy refuses the caller. */
NetNext smtp_session_greet(SmtpSession *session, GString *replies);
/* Takes one line, or one block of a message's data. */
NetNext smtp_session_input(SmtpSession *session, NetBuffer *input, GString *replies);
/* One command line without its CRLF. */
NetNext smtp_session_line(SmtpSession *session, const char *line, GString *replies);
/* Takes the answer to the one open question; appends the reply that waited for it. */
NetNext smtp_session_answer(SmtpSession *session, const SmtpAnswer *answer, GString *replies);
/* TLS stands, after NET_SECURE or from the first octet: what the client said before is forgotten
 * (RFC 3207 §4.2). @words: "TLS1.3 with AES-256-GCM". */
void smtp_session_secured(SmtpSession *session, const char *words);
/* The connection broke: told, because a learner would ask. */
void smtp_session_lost(SmtpSession *session, const GError *why);
/* 421: too slow (RFC 5321 §4.5.3.2.7). */
void smtp_session_expired(SmtpSession *session, GString *replies);
/* 421: this host is shut down (RFC 5321 §3.8). */
void smtp_session_dismissed(SmtpSession *session, GString *replies);
double smtp_session_patience(SmtpSession *session); /* seconds */
Trace *smtp_session_trace(SmtpSession *session);
/* For snapshots: {"id":"smtp-7","state":"RCPTS","peer":"127.0.0.1","waits":"dns"} */
char *smtp_session_json(const SmtpSession *session);
/* The transaction, as further members of that object: ,"sender":"...","recipients":[...] (see
 * smtp/snapshot.c); nothing where none is under way. */
void smtp_session_transaction_json(const SmtpSession *session, GString *json);

#endif
