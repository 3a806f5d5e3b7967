/* smtp/client.h - the sending end of SMTP: replies in, commands out (RFC 5321 §3).
 *
 *   greeting > EHLO (or HELO) > [STARTTLS, EHLO] > [AUTH] > MAIL > RCPT... > DATA > body > dot
 *                                                            ^                              |
 *                                                            +--- another message, or QUIT -+
 *
 * An engine without a socket, used by the relay, by `glasspost send` and by scripts.
 */
#ifndef SMTP_CLIENT_H
#define SMTP_CLIENT_H

#include "smtp/client_reply.h"
#include "smtp/smtp.h"

typedef struct SmtpClient SmtpClient;

typedef struct SmtpClientMail {
    const char *hostname; /* ours, for EHLO */
    const char *sender;   /* "" null */
    const char *const *recipients;
    const char *user, *password; /* AUTH PLAIN where not NULL */
    guint64 octets;              /* SIZE= where offered */
    gboolean insists;            /* say MAIL though the host takes less: it shall say no itself */
    gboolean eightbit;           /* BODY=8BITMIME was declared for it */
    /* Does it really hold octets above 127? Asked only where the next host can't take them; NULL:
     * what was declared is believed. */
    gboolean (*has_eightbit)(void *data);
    /* Appends the next octets of the message (not dot-stuffed); FALSE: that was all, or @error. */
    gboolean (*body)(void *data, GString *out, GError **error);
    void *data;
    const char *from, *to; /* roles for the arrows: "host" "remote", or "client" "host" */
    Stage stage;           /* STAGE_RELAY, or STAGE_SENDER for a submission */

    /* What the sender wants to be told (RFC 3461 §4), for hosts that offer DSN. */
    const char *envid;        /* xtext; or NULL */
    char ret;                 /* 'F', 'H', 0 */
    const guint *notify;      /* of StoreNotifyWish, one a recipient; NULL: nothing was said */
    const char *const *orcpt; /* one a recipient, each may be NULL; NULL: none */

    gboolean pipelining; /* MAIL, RCPT and DATA go together where the host offers it (RFC 2920) */
    gboolean tls;        /* goes over to TLS where the host offers it (RFC 3207) */
    gboolean only_tls;   /* and says no MAIL without it */
    gboolean stays;      /* after the message no QUIT: SMTP_CLIENT_FREE */
} SmtpClientMail;

typedef enum {
    SMTP_CLIENT_GO_ON,
    SMTP_CLIENT_SENDING, /* call smtp_client_more() whenever the output has room */
    SMTP_CLIENT_SECURE,  /* begin TLS now; then smtp_client_secured() */
    SMTP_CLIENT_FREE,    /* all settled, the host listens: smtp_client_again() or _quit() */
    SMTP_CLIENT_DONE,    /* QUIT is answered (or the peer is gone): close */
} SmtpClientNext;

/* What became of it. */
typedef struct SmtpClientResult {
    SmtpReply *
        recipients; /* one a recipient: the reply to RCPT, or to the dot, or to what failed earlier */
    guint count;
    gboolean taken; /* a 250 to the final dot came */
    const char
        *phase;      /* where it ended: "greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot", "QUIT" */
    gboolean judged; /* the host has decided on the message, or had some of its body: asking another
                       * host now could mean two copies, or a second opinion on a 550 */
    gboolean secured;    /* TLS stood */
    gboolean tls_failed; /* it broke at the step to TLS: in the handshake, or before the first reply
                          * inside, or because the host spoke in front of it */
    gboolean dsn;        /* the host offers DSN: who is told what is its business after a 250 */
    guint replies;       /* how many came, of all messages */
} SmtpClientResult;

SmtpClient *smtp_client_new(const SmtpClientMail *mail, Trace *trace);
void smtp_client_free(SmtpClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpClient, smtp_client_free)
/* Takes whole replies from @input (lines of at most 2,000 octets, 100 a reply), appends commands. */
SmtpClientNext smtp_client_input(SmtpClient *client, NetBuffer *input, GString *out);
/* Appends the next of several commands that go together, or the next portion of the message. */
SmtpClientNext smtp_client_more(SmtpClient *client, GString *out);
/* TLS stands: @words say which, @distrust why the certificate of @name is not to be believed, or
 * NULL. EHLO again: nothing said before counts (RFC 3207 §4.2). */
SmtpClientNext smtp_client_secured(SmtpClient *client, const char *name, const char *words,
                                   const char *distrust, GString *out);
/* After SMTP_CLIENT_FREE: another message over the same connection. The results start anew. */
SmtpClientNext smtp_client_again(SmtpClient *client, const SmtpClientMail *mail, GString *out);
/* After SMTP_CLIENT_FREE: that was all. */
SmtpClientNext smtp_client_quit(SmtpClient *client, GString *out);
/* The connection failed (@why) before QUIT: recipients not settled get code 0 and this text. */
void smtp_client_cut(SmtpClient *client, const char *why);
/* The time to wait for what comes next (RFC 5321 §4.5.3.2), or peer_timeout. */
double smtp_client_patience(const SmtpClient *client, double peer_timeout_s);
const SmtpClientResult *smtp_client_result(const SmtpClient *client);
/* Is it known what became of every recipient? QUIT may still be under way. */
gboolean smtp_client_is_settled(const SmtpClient *client);
/* Is the whole message sent, dot and all, and only the reply missing? (RFC 1047) */
gboolean smtp_client_awaits_verdict(const SmtpClient *client);

#endif
