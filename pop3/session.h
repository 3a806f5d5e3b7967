/* pop3/session.h - the POP3 server: lines in, replies out (RFC 1939, RFC 2449).
 *
 * An engine without a socket: the network, tests and fuzzers drive it the same way. What has to be
 * waited for it asks through Pop3Ask; the answer comes by pop3_session_answer().
 */
#ifndef POP3_SESSION_H
#define POP3_SESSION_H

#include "net/service.h"
#include "pop3/maildrop.h"
#include "storage/login.h"

typedef struct Pop3Session Pop3Session;

/* The host at work, as far as POP3 is concerned. Owned by app/; outlives its sessions. */
typedef struct Pop3Host {
    const char *hostname;       /* mx.south.example */
    const char *const *domains; /* tried in turn where a user gives none; NULL-terminated */
    Store *store;
    NetClock *clock;
    NetChance *chance;
    Pop3Locks *locks; /* which maildrops are in use: one a host */
    gboolean tls;     /* STLS is offered (RFC 2595 §4) */
} Pop3Host;

/* Each is asked at most once at a time, and answered by pop3_session_answer(), never from within
 * the call. A closed session's answer is forgotten by the world. */
typedef struct Pop3Ask {
    void (*commit)(void *world, Pop3Session *session); /* storage's next group */
    /* @attempt stays valid until the answer, or the session's end. */
    void (*password)(void *world, Pop3Session *session, const SaslTry *attempt);
} Pop3Ask;

typedef struct Pop3Answer {
    const GError *failed;        /* of commit: NULL is success; of password: why not */
    guint64 event;               /* of commit: the COMMIT's event; 0: none */
    const StoreAccount *account; /* of password: whose it is; NULL: refused */
} Pop3Answer;

/* @peer: the client's address. @plaintext_auth: a password may come over this connection. Takes
 * nothing; all must outlive the session. @ask may be NULL in tests: then each question is answered
 * at once through the store. */
Pop3Session *pop3_session_new(const Pop3Host *host, const char *peer, gboolean plaintext_auth,
                              Trace *trace, const Pop3Ask *ask, void *world);
/* Leaves the maildrop unlocked; nothing is deleted without QUIT (RFC 1939 §6). */
void pop3_session_free(Pop3Session *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pop3Session, pop3_session_free)

/* The greeting. */
NetNext pop3_session_greet(Pop3Session *session, GString *replies);
/* Takes one line; or goes on with long work (a big RETR comes in slices, each NET_MORE). */
NetNext pop3_session_input(Pop3Session *session, NetBuffer *input, GString *replies);
/* Takes the answer to the one open question; appends the reply that waited for it. */
NetNext pop3_session_answer(Pop3Session *session, const Pop3Answer *answer, GString *replies);
/* TLS stands, after NET_SECURE or from the first octet: passwords may cross, and what the client
 * said before is forgotten. @words: "TLS1.3 with AES-256-GCM". */
void pop3_session_secured(Pop3Session *session, const char *words);
/* The connection broke, or TLS did not come about: told, because a learner would ask. */
void pop3_session_lost(Pop3Session *session, const GError *why);
/* The autologout timer (RFC 1939 §3): nothing is said, nothing deleted; close the connection. */
void pop3_session_expired(Pop3Session *session, GString *replies);
double pop3_session_patience(Pop3Session *session); /* seconds */
Trace *pop3_session_trace(Pop3Session *session);
/* For snapshots: {"id":"pop3-7","state":"TRANSACTION","peer":"127.0.0.1","waits":"commit"} */
char *pop3_session_json(const Pop3Session *session);

#endif
