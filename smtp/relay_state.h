/* smtp/relay_state.h - what the files of a relay share: relay, relay_call, relay_talk, relay_over.
 *
 * For these files only; everybody else uses smtp/relay.h.
 */
#ifndef SMTP_RELAY_STATE_H
#define SMTP_RELAY_STATE_H

#include "smtp/client.h"
#include "smtp/relay.h"
#include "smtp/relay_settle.h"

struct SmtpRelay {
    const SmtpRelayCrew *crew;
    const SmtpHost *host; /* the crew's */
    Trace *trace;         /* owned */
    char *destination;    /* what may share this connection */

    /* the message */
    GPtrArray *items;  /* StoreQueueItem, owned */
    char **recipients; /* their addresses, in the same order */
    guint *notify;     /* and their wishes (RFC 3461 §4.1) */
    char **orcpt;
    guint64 sent;     /* octets of the message given to the client */
    gboolean durable; /* that it is being tried is committed */
    gboolean careful; /* and it does not set out before that */
    gboolean settled; /* what came of it is written down */

    /* the host */
    SmtpRelayHosts *lookup; /* while we ask who is next; or NULL */
    GPtrArray *hosts;       /* SmtpNextHost; NULL until found */
    guint at;               /* the one being called */
    gboolean plain;         /* it failed at TLS: called again without */
    gint64 called_us;       /* when */
    NetTimer *later;        /* a call that does not begin with dialling; or NULL */
    char *known_why;        /* it could not be reached a moment ago, for this reason; or NULL */
    const char *cut_why;    /* the connection is to fail for this reason as soon as it stands */

    /* the connection */
    NetConn *conn;      /* or NULL */
    SmtpClient *client; /* the conversation; NULL before the first call */
    guint carried;      /* messages that have begun on this connection */
    gboolean free;      /* waits for another message */
    gboolean leaving;   /* QUIT is said */
    gboolean written;   /* the database took all there was to write */
};

/* The recipient at @number, from 0. */
const StoreQueueItem *smtp_relay_item(const SmtpRelay *relay, guint number);
/* The host being called; NULL before one was found. */
const SmtpNextHost *smtp_relay_next(const SmtpRelay *relay);

/* ---- relay_call.c: one call to one host ---- */

/* Calls the host that is next. Ends in smtp_relay_call_over(), never before this returns. */
void smtp_relay_call(SmtpRelay *relay);

/* ---- relay_talk.c: what is said once the connection stands ---- */

extern const NetHandler smtp_relay_handler;

/* The host could not be talked to. @label: of the arrow; @why names its address. */
void smtp_relay_no_connection(SmtpRelay *relay, const char *label, const char *why);
/* The same where nobody else has put it in words. */
void smtp_relay_no_answer(SmtpRelay *relay, const char *label, const char *what);
/* The next message over the open connection. */
void smtp_relay_talk_again(SmtpRelay *relay);
/* QUIT. */
void smtp_relay_talk_end(SmtpRelay *relay);

/* ---- relay_over.c: what follows from it ---- */

/* This call settles nothing, and there is another one to be made: the host took no decision on the
 * mail, and there is another host, or another way to this one. */
gboolean smtp_relay_may_go_on(const SmtpRelay *relay);
/* Writes down what came of each recipient. @reply: the same for all; NULL: the client's results. */
void smtp_relay_settle_all(SmtpRelay *relay, const SmtpReply *reply);
/* The call is over, the connection gone. @reply: why it failed, for all recipients; NULL: the
 * client knows. @relay may be gone after this. */
void smtp_relay_call_over(SmtpRelay *relay, const SmtpReply *reply);

#endif
