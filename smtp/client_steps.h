/* smtp/client_steps.h - what client.c and client_steps.c share: the conversation's state.
 *
 * For these two files only; everybody else uses smtp/client.h.
 */
#ifndef SMTP_CLIENT_STEPS_H
#define SMTP_CLIENT_STEPS_H

#include "smtp/client.h"
#include "smtp/client_body.h"

typedef enum {
    SMTP_CLIENT_GREETING, /* waits for the 220 */
    SMTP_CLIENT_EHLO,     /* waits for the reply to it, as for those below */
    SMTP_CLIENT_HELO,
    SMTP_CLIENT_AUTH,
    SMTP_CLIENT_MAIL,
    SMTP_CLIENT_RCPT,
    SMTP_CLIENT_DATA,
    SMTP_CLIENT_BODY, /* sends; waits for nothing */
    SMTP_CLIENT_DOT,
    SMTP_CLIENT_QUIT,
    SMTP_CLIENT_OVER,
} SmtpClientStep;

struct SmtpClient {
    SmtpClientMail mail; /* belongs to the caller */
    Trace *trace;
    SmtpClientStep step;
    SmtpReader *reader;
    SmtpBody *body;
    SmtpClientResult result;
    guint next_recipient; /* the RCPT whose reply is awaited */
    gboolean offers_size; /* what the reply to EHLO said */
    guint64 size_max;     /* 0: no limit told */
    gboolean offers_8bit;
    gboolean offers_plain; /* AUTH PLAIN */
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

#endif
