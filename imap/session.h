/* imap/session.h - the IMAP server: lines and literals in, responses out (RFC 3501).
 *
 * An engine without a socket: the network, tests and fuzzers drive it the same way. What has to be
 * waited for it asks through ImapAsk; the answer comes by imap_session_answer().
 */
#ifndef IMAP_SESSION_H
#define IMAP_SESSION_H

#include "imap/kept.h"
#include "net/service.h"
#include "storage/login.h"

typedef struct ImapSession ImapSession;

/* The host at work, as far as IMAP is concerned. Owned by app/; outlives its sessions. */
typedef struct ImapHost {
    const char *hostname;       /* mx.south.example */
    const char *const *domains; /* tried in turn where a user gives none; NULL-terminated */
    Store *store;
    NetClock *clock;
    NetChance *chance;
    guint64 max_message_octets; /* of APPEND; 0: 25 MB */
    gboolean tls;               /* STARTTLS is offered (RFC 3501 §6.2.1) */
    guint64 quota_octets;       /* what may lie in all mailboxes of a user; 0: no limit */
    ImapKept *kept;             /* of mailboxes opened lately: one a host; NULL: nothing is kept */
} ImapHost;

/* Each is asked at most once at a time, and answered by imap_session_answer(), never from within
 * the call. A closed session's answer is forgotten by the world. */
typedef struct ImapAsk {
    void (*commit)(void *world, ImapSession *session); /* storage's next group */
    /* @attempt stays valid until the answer, or the session's end. */
    void (*password)(void *world, ImapSession *session, const SaslTry *attempt);
} ImapAsk;

typedef struct ImapAnswer {
    const GError *failed;        /* of commit: NULL is success; of password: why not */
    guint64 event;               /* of commit: the COMMIT's event; 0: none */
    const StoreAccount *account; /* of password: whose it is; NULL: refused */
} ImapAnswer;

/* @peer: the client's address. @plaintext_auth: a password may come over this connection. Takes
 * nothing; all must outlive the session. @ask may be NULL in tests: then each question is answered
 * at once through the store. */
ImapSession *imap_session_new(const ImapHost *host, const char *peer, gboolean plaintext_auth,
                              Trace *trace, const ImapAsk *ask, void *world);
void imap_session_free(ImapSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapSession, imap_session_free)

/* How untagged responses leave while the client is in IDLE (RFC 2177): after a commit that changed
 * the selected mailbox @push is called, outside of _input. Without it IDLE tells at DONE. */
void imap_session_set_push(ImapSession *session,
                           void (*push)(void *data, const char *octets, gsize length), void *data);

/* TLS began with the connection (RFC 8314 §3.2): what the greeting offers is what there is behind it.
 * imap_session_secured() comes all the same. */
void imap_session_begin_secured(ImapSession *session);
/* The greeting. */
NetNext imap_session_greet(ImapSession *session, GString *replies);
/* Takes one line, or a block of a literal; or goes on with long work (FETCH, SEARCH and others come
 * in slices, each NET_MORE). */
NetNext imap_session_input(ImapSession *session, NetBuffer *input, GString *replies);
/* Takes the answer to the one open question; appends the responses that waited for it. */
NetNext imap_session_answer(ImapSession *session, const ImapAnswer *answer, GString *replies);
/* TLS stands, after NET_SECURE or from the first octet: passwords may cross. @words: "TLS1.3 with
 * AES-256-GCM". */
void imap_session_secured(ImapSession *session, const char *words);
/* The connection broke, or TLS did not come about: told, because a learner would ask. */
void imap_session_lost(ImapSession *session, const GError *why);
/* * BYE: the autologout timer (RFC 3501 §5.4). */
void imap_session_expired(ImapSession *session, GString *replies);
/* * BYE: this host is shut down (RFC 3501 §3.4). */
void imap_session_dismissed(ImapSession *session, GString *replies);
double imap_session_patience(ImapSession *session); /* seconds */
Trace *imap_session_trace(ImapSession *session);
/* For snapshots: {"id":"imap-7","state":"SELECTED","peer":"127.0.0.1","waits":"commit"} */
char *imap_session_json(const ImapSession *session);

#endif
