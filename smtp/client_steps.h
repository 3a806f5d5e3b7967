/* smtp/client_steps.h - what the files of the client share: the conversation's state.
 *
 * For client.c, client_steps.c, client_offers.c and client_mail.c only; everybody else uses
 * smtp/client.h.
 */
#ifndef SMTP_CLIENT_STEPS_H
#define SMTP_CLIENT_STEPS_H

#include "smtp/client.h"
#include "smtp/client_body.h"

typedef enum {
    SMTP_CLIENT_GREETING, /* waits for the 220 */
    SMTP_CLIENT_EHLO,     /* waits for the reply to it, as for those below */
    SMTP_CLIENT_HELO,
    SMTP_CLIENT_STARTTLS,
    SMTP_CLIENT_HANDSHAKE, /* waits for smtp_client_secured() */
    SMTP_CLIENT_AUTH,
    SMTP_CLIENT_RSET,
    SMTP_CLIENT_MAIL,
    SMTP_CLIENT_RCPT,
    SMTP_CLIENT_DATA,
    SMTP_CLIENT_BODY, /* sends; waits for nothing */
    SMTP_CLIENT_DOT,
    SMTP_CLIENT_IDLE, /* free for another message */
    SMTP_CLIENT_QUIT,
    SMTP_CLIENT_OVER,
} SmtpClientStep;

/* What the reply to EHLO said. */
typedef struct SmtpClientOffers {
    gboolean size;
    guint64 size_max; /* 0: no limit told */
    gboolean eightbit;
    gboolean plain; /* AUTH PLAIN */
    gboolean pipelining;
    gboolean starttls;
    gboolean dsn;
} SmtpClientOffers;

struct SmtpClient {
    SmtpClientMail mail; /* belongs to the caller */
    Trace *trace;
    SmtpClientStep step; /* what is awaited */
    SmtpReader *reader;
    SmtpBody *body;
    SmtpClientResult result;
    SmtpClientOffers offers;
    gboolean tls_refused; /* the host offers STARTTLS and says no to it: not asked again */
    GArray *said;         /* guint64: events of the commands whose replies have not come yet */

    /* the transaction */
    guint asked;          /* RCPTs said; more than next_recipient where they go together */
    guint next_recipient; /* the RCPT whose reply is awaited, or is to be said */
    gboolean together;    /* more commands are to be said without waiting */
    gboolean told;        /* that they go together: once a connection */
    gboolean mail_said, data_said;
    guint64
        why; /* where DATA went before the replies to RCPT came: the event of the last of them */
    gboolean open; /* MAIL was taken and nothing has ended it: RSET before another one */
};

typedef struct SmtpClientStepInfo {
    const char *name;
    const char *section; /* of the command, for its wire event */
    double patience_s;   /* for the reply (RFC 5321 §4.5.3.2) */
    void (*answered)(SmtpClient *client, const SmtpReply *reply, GString *out);
} SmtpClientStepInfo;

/* The table of the conversation, by step. */
extern const SmtpClientStepInfo smtp_client_steps[];

/* Whoever is not settled yet gets @reply, or a reason of our own. */
void smtp_client_settle(SmtpClient *client, const SmtpReply *reply);
void smtp_client_settle_reason(SmtpClient *client, const char *enhanced, const char *text);
guint smtp_client_unsettled(const SmtpClient *client);

/* ---- client_steps.c ---- */

/* Says @line, the command of @step, and waits for nothing. FALSE: it would have been two. */
gboolean smtp_client_say(SmtpClient *client, SmtpClientStep step, const char *line, GString *out);
/* The same, and waits for its reply. */
void smtp_client_command(SmtpClient *client, SmtpClientStep step, const char *line, GString *out);
void smtp_client_ehlo(SmtpClient *client, GString *out);
/* The whole mail is refused by @reply, and nothing else can be done here. */
void smtp_client_refused(SmtpClient *client, const SmtpReply *reply, GString *out);
/* The same because we know beforehand that it can't work: a reason, not a reply. */
void smtp_client_give_up(SmtpClient *client, const char *enhanced, const char *text, GString *out);
/* All recipients are settled: QUIT. */
void smtp_client_say_quit(SmtpClient *client, GString *out);

/* ---- client_offers.c: what the host can do, and whether that is enough ---- */

void smtp_client_read_offers(SmtpClient *client);
/* The host has said who it is: goes over to TLS, logs in, or begins the message. */
void smtp_client_begin(SmtpClient *client, GString *out);
void smtp_client_starttls_answered(SmtpClient *client, const SmtpReply *reply, GString *out);
void smtp_client_auth_answered(SmtpClient *client, const SmtpReply *reply, GString *out);
/* Can this message go to this host? Then RSET or MAIL; else the reason is settled. */
void smtp_client_begin_mail(SmtpClient *client, GString *out);

/* ---- client_mail.c: one message ---- */

void smtp_client_rset(SmtpClient *client, GString *out);
void smtp_client_mail(SmtpClient *client, GString *out);
/* What comes now follows from what RCPT was answered, not from the reply to a DATA that was said
 * before anybody knew. */
void smtp_client_follow_why(SmtpClient *client);
/* The next command of those that go together. */
void smtp_client_say_next(SmtpClient *client, GString *out);
void smtp_client_rset_answered(SmtpClient *client, const SmtpReply *reply, GString *out);
void smtp_client_mail_answered(SmtpClient *client, const SmtpReply *reply, GString *out);
void smtp_client_rcpt_answered(SmtpClient *client, const SmtpReply *reply, GString *out);
void smtp_client_data_answered(SmtpClient *client, const SmtpReply *reply, GString *out);
void smtp_client_body_answered(SmtpClient *client, const SmtpReply *reply, GString *out);
void smtp_client_dot_answered(SmtpClient *client, const SmtpReply *reply, GString *out);

#endif
