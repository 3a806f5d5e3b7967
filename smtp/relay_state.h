/* smtp/relay_state.h - what relay.c and relay_call.c share: one attempt under way.
 *
 * For these two files only; everybody else uses smtp/relay.h.
 */
#ifndef SMTP_RELAY_STATE_H
#define SMTP_RELAY_STATE_H

#include "smtp/client.h"
#include "smtp/relay.h"
#include "smtp/relay_settle.h"

struct SmtpRelay {
    const SmtpHost *host;
    Trace *trace;      /* owned */
    GPtrArray *items;  /* StoreQueueItem, owned */
    char **recipients; /* their addresses, in the same order */
    SmtpRelayDone done;
    void *data;

    SmtpRelayHosts *lookup; /* while we ask who is next; or NULL */
    GPtrArray *hosts;       /* SmtpNextHost; NULL until found */
    guint at;               /* the one being called */
    gint64 called_us;       /* when */
    NetConn *conn;          /* to it; or NULL */
    NetTimer *fault;        /* a fault that takes time; or NULL */
    const char *cut_why;    /* the connection is to fail for this reason as soon as it stands */
    SmtpClient *client;     /* the conversation; NULL before the first call */
    guint64 sent;           /* octets of the message given to the client */

    gboolean settled; /* what came of it is written down */
    gboolean written; /* and the database took it */
};

/* The recipient at @number, from 0. */
const StoreQueueItem *smtp_relay_item(const SmtpRelay *relay, guint number);
/* The host being called; NULL before one was found. */
const SmtpNextHost *smtp_relay_next(const SmtpRelay *relay);

/* ---- relay_call.c: one call to one host ---- */

/* Calls the host that is next. Ends in smtp_relay_call_over(), never before this returns. */
void smtp_relay_call(SmtpRelay *relay);

/* ---- relay.c: what follows from it ---- */

/* Did this host take no decision on the mail at all, so that another one may be asked? */
gboolean smtp_relay_may_go_on(const SmtpRelay *relay);
/* Writes down what came of each recipient. @reply: the same for all; NULL: the client's results. */
void smtp_relay_settle_all(SmtpRelay *relay, const SmtpReply *reply);
/* The call is over, the connection gone. @reply: why it failed, for all recipients; NULL: the
 * client knows. @relay may be gone after this. */
void smtp_relay_call_over(SmtpRelay *relay, const SmtpReply *reply);

#endif
